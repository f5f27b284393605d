"""The log of a run: the events that its crawl wrote; of a run whose events are gone, what its row tells."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from storage import run_events
from storage.run_events import Level, RunEvent
from storage.runs import RunRow


def lines(engine: Engine, run: RunRow, after: int = 0) -> list[RunEvent]:
    """The events of a run after the one numbered ``after``, in order; those of an old run are told anew."""
    found = run_events.read(engine, run.id, after=after)
    if found or after or run.status == "running":
        return found
    return told(run)


def told(run: RunRow) -> list[RunEvent]:
    """The story of an ended run as its own row tells it: begun, its sections, its errors, its end."""
    story: list[tuple[datetime, Level, str, str | None, str | None]] = [
        (run.started_at, "info", "started", None, f"{run.trigger}, by {run.owner or '?'}")
    ]
    end = run.finished_at or run.heartbeat_at
    for path, section in run.sections.items():
        facts = section if isinstance(section, dict) else {}
        problem = facts.get("problem")
        said = f"{facts.get('pages', 0)} pages, {facts.get('listed', 0)} listed, {facts.get('new', 0)} new"
        level: Level = "error" if problem else "info"
        story.append((end, level, "section", path, f"{said}; {problem}" if problem else said))
    story += [(end, "error", name, None, f"× {count}") for name, count in run.errors.items()]
    story.append((end, "info", "finished", None, run.message or run.verdict))
    return [RunEvent(seq, at, level, event, url, said) for seq, (at, level, event, url, said) in
            enumerate(story, 1)]  # fmt: skip
