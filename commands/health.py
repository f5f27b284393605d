"""`frontnews health`: whether the clock runs and keeps up, in exit codes that a monitor understands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import typer
from sqlalchemy import Engine

from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json, write_table
from commands.schedule import seconds_of
from storage.timetable import duration


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``level`` down is worse than late."""

    what: str
    level: Literal["ok", "late", "down"]
    message: str


@with_settings
def health(
    late: Annotated[
        str, typer.Option("--late", metavar="TIME", help="A portal that is overdue by more is late")
    ] = "1h",
    max_age: Annotated[
        str | None,
        typer.Option(
            "--max-age", metavar="TIME", help="Late where no run has succeeded for longer, on any portal"
        ),
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Look at the database, the clock, the runs: 0 all well, 4 late, 5 no clock runs, 8 database."""
    from storage.engine import DatabaseProblem, open_existing
    from storage.migrate import head, is_current

    engine = open_existing(settings.database)
    try:
        if not is_current(engine):
            raise DatabaseProblem(f"the database is not at migration {head()}; run: frontnews db upgrade")
        findings = look(engine, timedelta(seconds=seconds_of(late)))
        if max_age is not None:
            findings.append(_last_run(engine, timedelta(seconds=seconds_of(max_age))))
    finally:
        engine.dispose()
    if settings.json:
        write_json({"what": f.what, "level": f.level, "message": f.message} for f in findings)
    else:
        write_table(("", "", ""), ((f.what, f.level, f.message) for f in findings))
    levels = {finding.level for finding in findings}
    if "down" in levels:
        raise typer.Exit(int(ExitCode.ALL_FAILED))
    if "late" in levels:
        raise typer.Exit(int(ExitCode.PARTIAL))


def look(engine: Engine, late: timedelta) -> list[Finding]:
    """What can be told of the clock and its portals from the database."""
    from storage import alarms, claims, runs, schedules
    from storage.health import CLOCK_SILENT

    now = datetime.now(UTC)
    clocks = [d for d in claims.present(engine) if d.kind == "clock"]
    alive = [d for d in clocks if now - d.beat_at <= CLOCK_SILENT]
    rows = schedules.read(engine)
    overdue = [row for row in rows if schedules.state(row, now) == "due" and now - row.next_due_at > late]
    last_seen = max((d.beat_at for d in clocks), default=None)
    said = ", ".join(d.owner for d in alive) or "none"
    if last_seen and not alive:
        said += f"; the last was seen {duration((now - last_seen).total_seconds())} ago"
    dead = runs.unbeaten(engine)
    down = [f"{a.portal} {a.name}" for a in alarms.read(engine) if a.state == "down"]
    return [
        Finding("database", "ok", engine.url.render_as_string(hide_password=True)),
        Finding("clock", "ok" if alive else "down", said),
        Finding(
            "portals", "late" if overdue else "ok",
            f"{len(rows)}, {len(overdue)} of them due for more than {duration(late.total_seconds())}"
            + (f": {', '.join(row.portal for row in overdue[:5])}" if overdue else ""),
        ),
        Finding(
            "runs", "late" if dead else "ok",
            f"{len(dead)} without a sign of life" + (f": {', '.join(dead[:5])}" if dead else ""),
        ),
        Finding(
            "alarms", "ok",
            f"{len(down)} are down" + (f": {', '.join(down[:5])}" if down else ""),
        ),
    ]  # fmt: skip


def _last_run(engine: Engine, at_most: timedelta) -> Finding:
    from storage.health import last_run

    ended = last_run(engine)
    if ended is None:
        return Finding("last run", "late", "none has succeeded yet")
    age = datetime.now(UTC) - ended
    said = f"succeeded {duration(age.total_seconds())} ago"
    return Finding("last run", "late" if age > at_most else "ok", said)
