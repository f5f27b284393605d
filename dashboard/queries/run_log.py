"""The log of a run, a piece at a time: what streams to whoever watches it.

The rows are those of ``run_events``, where the database has that table; before it has, and for older runs,
the lines are told from the run itself, so that the page is never empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from storage.engine import reading
from storage.runs import RunRow
from storage.tables import metadata

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened in a run; ``seq`` grows, and is where a watcher goes on after a break."""

    seq: int
    at: datetime
    level: str
    event: str
    url: str | None
    message: str | None


def lines(engine: Engine, run: RunRow, after: int = 0, limit: int = AT_ONCE) -> list[Line]:
    """The lines of a run after the one numbered ``after``, in order."""
    events = metadata.tables.get("run_events")
    if events is not None:
        columns = (events.c[name] for name in Line.__slots__)
        query = select(*columns).where(events.c.run_id == run.id, events.c.seq > after)
        with reading(engine) as connection:
            found = [Line(*row) for row in connection.execute(query.order_by(events.c.seq).limit(limit))]
            if found or after:
                return found
    return [line for line in told(run) if line.seq > after][:limit]


def told(run: RunRow) -> list[Line]:
    """The story of a run as its own row tells it: begun, its sections, its errors, its end."""
    story: list[tuple[datetime, str, str, str | None, str | None]] = [
        (run.started_at, "info", "started", None, f"{run.trigger}, {run.owner or '?'}")
    ]
    end = run.finished_at or run.heartbeat_at
    for path, section in run.sections.items():
        facts = section if isinstance(section, dict) else {}
        problem = facts.get("problem")
        said = f"{facts.get('pages', 0)} pages, {facts.get('listed', 0)} listed, {facts.get('new', 0)} new"
        level, text = ("error", f"{said}; {problem}") if problem else ("info", said)
        story.append((end, level, "section", path, text))
    story += [(end, "error", name, None, f"× {count}") for name, count in run.errors.items()]
    if run.finished_at:
        story.append((run.finished_at, "info", "finished", None, run.message or run.verdict))
    return [Line(seq, *entry) for seq, entry in enumerate(story, 1)]
