"""Who did what, when, to which portal: one row for each action of a person, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine, insert, select

from storage.columns import now
from storage.engine import reading, writing
from storage.tables import audit

Place = Literal["dashboard", "command"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One action. ``detail`` is what it was given; ``outcome`` is ``done`` or why nothing was done."""

    id: int
    at: datetime
    who: str
    place: str
    action: str
    target: str
    detail: dict[str, object]
    outcome: str


def record(
    engine: Engine,
    *,
    who: str,
    place: Place,
    action: str,
    target: str,
    detail: Mapping[str, object] | None = None,
    outcome: str = "done",
) -> None:
    """Write down one action."""
    row = {
        "at": now(), "who": who, "place": place, "action": action, "target": target,
        "detail": dict(detail or {}), "outcome": outcome,
    }  # fmt: skip
    with writing(engine) as connection:
        connection.execute(insert(audit).values(row))


def entries(engine: Engine, *, target: str | None = None, limit: int = 100) -> list[Entry]:
    """The actions (on ``target``), the latest first."""
    query = select(*(audit.c[name] for name in Entry.__slots__)).order_by(audit.c.id.desc()).limit(limit)
    if target is not None:
        query = query.where(audit.c.target == target)
    with reading(engine) as connection:
        return [Entry(*row) for row in connection.execute(query)]
