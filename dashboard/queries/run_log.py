"""The log of a run: the events that its crawl wrote; of a run whose events are gone, what its row tells."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from storage import run_events
from storage.run_events import Level, RunEvent
from storage.runs import RunRow
from storage.said import Said


def lines(engine: Engine, run: RunRow, after: int = 0) -> list[RunEvent]:
    """The events of a run after the one numbered ``after``, in order; those of an old run are told anew."""
    found = run_events.read(engine, run.id, after=after)
    if found or after or run.status == "running":
        return found
    return told(run)


def told(run: RunRow) -> list[RunEvent]:
    """The story of an ended run as its own row tells it: begun, its sections, its errors, its end."""
    begun = Said("event.started", {"trigger": run.trigger, "owner": run.owner or "?"})
    story: list[tuple[datetime, Level, str, str | None, str | None, Said | None]] = [
        (run.started_at, "info", "started", None, f"{run.trigger}, by {run.owner or '?'}", begun)
    ]
    end = run.finished_at or run.heartbeat_at
    for path, section in run.sections.items():
        facts = section if isinstance(section, dict) else {}
        problem = facts.get("problem")
        counts = {name: facts.get(name, 0) for name in ("pages", "listed", "new")}
        text = ", ".join(f"{count} {name}" for name, count in counts.items())
        level: Level = "error" if problem else "info"
        said = Said("event.section", counts)
        story.append((end, level, "section", path, f"{text}; {problem}" if problem else text, said))
    ended = Said("event.ended", {"verdict": run.verdict or run.status})
    for name, count in run.errors.items():
        story.append(
            (
                end,
                "error",
                "problem",
                None,
                f"{name} × {count}",
                Said("event.times", {"error": name, "count": count}),
            )
        )
    story.append((end, "info", "finished", None, run.message or run.verdict, ended))
    return [RunEvent(seq, *facts) for seq, facts in enumerate(story, 1)]
