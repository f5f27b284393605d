"""Readers of the change feed that say who they are: the one thing that the API writes down.

As `frontnews changes --reader` does it: a reader that asks for what comes after a number has applied
everything up to it, so that the dashboard and `frontnews readers` show how far behind it is.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from sqlalchemy import Engine

from dashboard.api.answers import Problem
from storage import readers
from storage.engine import DatabaseProblem

ReaderName = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=readers.LONGEST_NAME,
        description="Who asks: `after` is noted as what you have applied, for the people who look after the"
        " feed. Without it nothing is written",
        examples=["kho-tinh"],
    ),
]


def note_reader(request: Request, engine: Engine, name: str, cursor: int) -> None:
    """Note that a reader has applied every change up to ``cursor``. Raises Problem where that cannot be."""
    # GET passes the gate from anywhere, since it changes nothing; this one does.
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise Problem(403, "Refused", "a page of another site may not note a reader; ask without `reader`")
    try:
        readers.note(engine, name, cursor)
    except readers.BadName as problem:
        raise Problem(409, "The reader cannot be noted", str(problem)) from None
    except DatabaseProblem:
        told = "the database may not be written to here, or does not answer: ask without `reader`"
        raise Problem(503, "The reader was not noted", told) from None


def noted_cursor(engine: Engine, name: str) -> int:
    """The last change that a reader has applied, 0 for a new one. Raises Problem for what is no name."""
    try:
        return readers.cursor_of(engine, name)
    except readers.BadName as problem:
        raise Problem(409, "No such reader", str(problem)) from None
