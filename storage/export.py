"""The database as CONTRACT records, streamed: all of it, or what changed since a change number.

Everything is read in one transaction, so that the records, the changes and the high-water mark are of one
moment, and row by row, so that memory does not grow with their number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, and_, case, func, literal, select

from storage.changes import CursorTooOld, check_cursor, last_seq
from storage.columns import now
from storage.engine import reading
from storage.record_json import KEYS, cells, in_vietnam_sql, select_records, to_json
from storage.tables import SERVED, articles, changes

_AT_ONCE = 500
"""Rows fetched at once: about 3 MB of text."""

DELTA_KEYS = ("op", "change_seq", "changed_at", "merged_into")
"""What a row of a delta has before the keys of the record."""


class TooFarBehind(Exception):
    """The changes after this number are no longer whole: a full export is needed."""

    def __init__(self, why: CursorTooOld) -> None:
        super().__init__(
            f"{why.reason}, so a delta would not be whole; "
            "export without --since-seq and go on from its high-water mark"
        )


@dataclass(frozen=True, slots=True)
class Exported:
    """One article, or one that is gone (``is_gone``: merged or deleted), with its last change."""

    row: Sequence[Any]
    is_delta: bool

    @property
    def changed_at(self) -> str:
        """When it last changed, ISO 8601 with +07:00: its first ten letters are the day."""
        return str(self.row[-3])

    @property
    def is_gone(self) -> bool:
        return self.row[-4] in ("merge", "delete")

    def json(self) -> str:
        """One JSON object on one line."""
        if not self.is_delta:
            return to_json(self.row)
        head = json.dumps(dict(zip(DELTA_KEYS, self._change(), strict=True)))[:-1]
        if self.is_gone:
            return f'{head}, "id": {json.dumps(self.row[0])}}}'
        return f"{head},{to_json(self.row)[1:]}"

    def cells(self) -> list[Any]:
        """One row of a table, under :attr:`Snapshot.names`; of what is gone the id alone."""
        values = [self.row[0], *[None] * (len(KEYS) - 1)] if self.is_gone else cells(self.row)
        return [*self._change(), *values] if self.is_delta else values

    def _change(self) -> tuple[object, ...]:
        op, changed_at, merged_into, change_seq = self.row[-4:]
        return op, change_seq, changed_at, merged_into


class Snapshot:
    """The state of the database at one moment."""

    def __init__(self, connection: Connection, since_seq: int | None) -> None:
        self._connection = connection
        self._since_seq = since_seq
        self.since_seq = since_seq
        self.taken_at: datetime = now()
        self.high_water = last_seq(connection)
        """Number of the last change that is in it: where a delta or ``changes --after`` goes on."""
        if since_seq is not None:
            try:
                check_cursor(connection, since_seq)
            except CursorTooOld as why:
                raise TooFarBehind(why) from why

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of :meth:`Exported.cells`."""
        return (*DELTA_KEYS, *KEYS) if self._since_seq is not None else KEYS

    def count(self) -> int:
        """How many rows :meth:`rows` will give."""
        if self._since_seq is None:
            query = select(func.count()).select_from(articles).where(SERVED)
        else:
            query = select(func.count(changes.c.article_id.distinct())).where(
                changes.c.change_seq > self._since_seq
            )
        return self._connection.scalar(query) or 0

    def rows(self, *, by_change: bool = False) -> Iterator[Exported]:
        """Every article: in the order in which they were first stored, or of their last changes.

        A delta is always in the order of changes, and has a row for each article that is gone.
        """
        is_delta = self._since_seq is not None
        query = self._by_change() if by_change or is_delta else self._plain()
        for row in self._connection.execution_options(yield_per=_AT_ONCE).execute(query):
            yield Exported(row, is_delta)

    def _plain(self) -> Select[Any]:
        nothing = [literal(None).label(name) for name in ("op", "changed_at", "merged_into", "change_seq")]
        query = select_records(self._connection.dialect.name, *nothing)
        return query.where(SERVED).order_by(articles.c.id)

    def _by_change(self) -> Select[Any]:
        into, later, first = articles.alias(), changes.alias(), changes.alias()
        dialect = self._connection.dialect.name
        was_new = (
            select(literal(1))
            .where(
                first.c.article_id == changes.c.article_id,
                first.c.change_seq > (self._since_seq or 0),
                first.c.op == "insert",
            )
            .exists()
        )
        op = case((and_(changes.c.op == "update", was_new), "insert"), else_=changes.c.op)
        changed_at = in_vietnam_sql(changes.c.changed_at, dialect)
        query = (
            select_records(dialect, op, changed_at, into.c.public_id, changes.c.change_seq)
            .join(changes, changes.c.article_id == articles.c.id)
            .outerjoin(into, into.c.id == changes.c.merged_into)
            .where(
                ~select(literal(1))
                .where(later.c.article_id == changes.c.article_id, later.c.change_seq > changes.c.change_seq)
                .exists()
            )
            .order_by(changes.c.change_seq)
        )
        if self._since_seq is None:
            return query.where(SERVED)
        return query.where(changes.c.change_seq > self._since_seq)


@contextmanager
def snapshot(engine: Engine, since_seq: int | None = None) -> Iterator[Snapshot]:
    """The database at one moment, whatever others write meanwhile. Raises TooFarBehind."""
    with reading(engine) as connection:
        yield Snapshot(connection, since_seq)


def records(engine: Engine, *, since_seq: int | None = None) -> Iterator[dict[str, object]]:
    """The records as values, for programs of this house; those that are gone are left out."""
    with snapshot(engine, since_seq) as taken:
        for exported in taken.rows():
            if not exported.is_gone:
                yield json.loads(to_json(exported.row))
