"""The event log of each run: what was asked for, read, saved and refused, in order.

Of a long run the first FIRST and the last LAST events are kept; a gap in ``seq`` says how many are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Engine, delete, func, select

from storage.bulk import insert_rows
from storage.columns import now
from storage.engine import reading, writing
from storage.said import Said
from storage.tables import crawl_runs, run_events
from vietnam.values import quickly_made

FIRST = 100
LAST = 400
"""Together 500 rows of some 150 bytes: 75 kB for the longest run. An ordinary one has five to thirty."""

KEPT = timedelta(days=30)
"""As long as the last re-check of an article; the run itself is kept longer (storage.housekeeping)."""

Level = Literal["info", "warning", "error"]


@quickly_made
@dataclass(frozen=True, slots=True)
class RunEvent:
    """One event. ``seq`` counts from 1 within the run; ``event`` is the crawler's word for it.

    ``message`` is English, ``said`` the same in codes.
    """

    seq: int
    at: datetime
    level: Level
    event: str
    url: str | None = None
    message: str | None = None
    said: Said | None = None


def append(engine: Engine, run_id: int, events: Sequence[RunEvent]) -> None:
    """Write events, the oldest first, and leave out what lies between the first and the last of the run."""
    if not events:
        return
    middle = (
        delete(run_events)
        .where(run_events.c.run_id == run_id)
        .where(run_events.c.seq > FIRST, run_events.c.seq <= events[-1].seq - LAST)
    )
    with writing(engine) as connection:
        # A crawl notes each article: 5 µs a row so, 35 through SQLAlchemy's parameters (M: 2026-11).
        insert_rows(connection, run_events, [_row(run_id, event) for event in events if not event.said])
        insert_rows(connection, run_events, [_row(run_id, event) for event in events if event.said])
        if events[-1].seq > FIRST + LAST:
            connection.execute(middle)


def _row(run_id: int, event: RunEvent) -> dict[str, object]:
    row: dict[str, object] = {"run_id": run_id}
    row |= {name: getattr(event, name) for name in RunEvent.__slots__ if name != "said"}
    return row | {"said": event.said.as_row()} if event.said else row  # absent is SQL's null, not JSON's


def read(engine: Engine, run_id: int, *, after: int = 0) -> list[RunEvent]:
    """Return the events of a run with a ``seq`` above ``after``, in order."""
    columns = (run_events.c[name] for name in RunEvent.__slots__)
    query = select(*columns).where(run_events.c.run_id == run_id, run_events.c.seq > after)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(run_events.c.seq))
        return [RunEvent(**{**row._mapping, "said": Said.from_row(row.said)}) for row in rows]


def forget(engine: Engine) -> None:
    """Drop the events of runs that began longer than KEPT ago."""
    old = select(func.max(crawl_runs.c.id)).where(crawl_runs.c.started_at < now() - KEPT)
    with writing(engine) as connection:
        connection.execute(delete(run_events).where(run_events.c.run_id <= old.scalar_subquery()))
