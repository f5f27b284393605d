"""`frontnews health`: whether the clock runs and keeps up, in exit codes that a monitor understands."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from commands.options import ExitCode, Settings, with_settings
from commands.output import ZONE, local, write_json, write_table
from commands.schedule import seconds_of
from storage.said import many
from storage.timetable import duration

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.health import Member

Level = Literal["ok", "late", "down"]

NAMED = 5
"""Portals that a process crawls now, as a person is told them; --json has all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``level`` down is worse than late."""

    what: str
    level: Level
    message: str


@dataclass(frozen=True, slots=True)
class Process:
    """A clock, a worker or a crawl by hand in the database's list."""

    member: Member
    state: Literal["alive", "silent", "gone"]
    age: float
    """Seconds since its last heartbeat."""

    @property
    def is_stalled(self) -> bool:
        """Whether it lives, on this machine, without a sign of it: suspended, hung, or kept from writing."""
        return self.state == "silent" and self.member.machine == socket.gethostname()

    @property
    def level(self) -> Level:
        """What is silent or gone still has portals that wait for somebody to notice."""
        return "ok" if self.state == "alive" else "late"

    @property
    def message(self) -> str:
        """What it does, or since when it does nothing."""
        seen = f"last heartbeat {duration(self.age)} ago"
        if self.age < 0:
            seen = f"last heartbeat {duration(-self.age)} ahead of this machine's time: one of them is wrong"
        if self.state != "alive":
            return f"{self.state}, {seen}; the next look of a clock makes due again what it had"
        return f"{seen}; crawls {many(len(self.member.crawls), 'portal')}, {self.member.waiting} more in hand"


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
    """Check the database, the clock and the runs: 0 all well, 4 late, 5 no clock runs, 8 database."""
    from storage.engine import DatabaseProblem, open_existing
    from storage.migrate import other_release

    engine = open_existing(settings.database)
    try:
        if (other := other_release(engine)) is not None:
            raise DatabaseProblem(other)
        there, findings = look(engine, timedelta(seconds=seconds_of(late)))
        if max_age is not None:
            findings.append(_last_run(engine, timedelta(seconds=seconds_of(max_age))))
    finally:
        engine.dispose()
    if settings.json:
        write_json({"what": f.what, "level": f.level, "message": f.message} for f in findings)
        write_json(_row(process) for process in there)
    else:
        write_table(("", "", ""), ((f.what, f.level, f.message) for f in findings))
        _show(there)
    levels = {finding.level for finding in findings} | {process.level for process in there}
    if "down" in levels:
        raise typer.Exit(int(ExitCode.ALL_FAILED))
    if "late" in levels:
        raise typer.Exit(int(ExitCode.PARTIAL))


def look(engine: Engine, late: timedelta) -> tuple[list[Process], list[Finding]]:
    """What can be told of the clocks, the workers and their portals from the database."""
    from storage import alarms, runs, schedules
    from storage.health import crew, hindrance

    now = datetime.now(UTC)
    hindered = hindrance(engine)
    database = engine.url.render_as_string(hide_password=True)
    who = crew(engine)
    there = [_process(member, now) for member in who.members]
    alive = [process.member for process in there if process.state == "alive"]
    ticking = [member.owner for member in alive if member.kind == "clock"]
    workers = sum(member.kind == "worker" for member in alive)
    rows = schedules.crawled(engine, now)
    overdue = [row for row in rows if schedules.state(row, now) == "due" and now - row.next_due_at > late]
    begun = max((row.last_dispatched_at for row in rows if row.last_dispatched_at), default=None)
    clocks = [process for process in there if process.member.kind == "clock"]
    dead = runs.unbeaten(engine)
    down = [f"{a.portal} {a.name}" for a in alarms.read(engine) if a.state == "down"]
    return there, [
        Finding("database", "late" if hindered else "ok", hindered or database),
        Finding("clock", "ok" if ticking else "down", _clocks(clocks, ticking, begun, now, bool(hindered))),
        Finding(
            "workers", "late" if who.queued and not workers else "ok",
            f"{workers}, {many(who.queued, 'portal')} waiting for one"
            if workers or who.queued
            else "none is needed",
        ),
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


def _clocks(
    clocks: Sequence[Process], ticking: Sequence[str], begun: datetime | None, now: datetime, hindered: bool
) -> str:
    """Which clocks tick; without any, since when: a clock that was stopped has left the list, and what it
    did last (``begun``: its last crawl) tells since when nobody crawls."""
    said = ", ".join(ticking) or "none"
    last_seen = max((clock.member.beat_at for clock in clocks), default=None)
    if last_seen and not ticking:
        said += f"; the last was seen {duration(max(0.0, (now - last_seen).total_seconds()))} ago"
    elif begun and not ticking:
        said += f"; the last crawl was begun {duration((now - begun).total_seconds())} ago"
    if stalled := [clock.member.owner for clock in clocks if clock.is_stalled]:
        why = "it cannot write" if hindered else "suspended, hung, or kept from writing: see its log"
        said += f"; {', '.join(stalled)} is there without a sign of life: {why}"
    return said


def _process(member: Member, now: datetime) -> Process:
    from crawler.running.owners import is_gone
    from storage.health import CLOCK_SILENT
    from storage.lease import CLOCK_SKEW

    age = now - member.beat_at
    gone = is_gone(member.owner)
    state: Literal["alive", "silent", "gone"] = (
        "gone" if gone else "silent" if age > CLOCK_SILENT or age < -CLOCK_SKEW else "alive"
    )
    return Process(member, state, age.total_seconds() if age < -CLOCK_SKEW else max(0.0, age.total_seconds()))


def _row(process: Process) -> dict[str, object]:
    member = process.member
    return {
        "what": "process", "level": process.level, "message": process.message, "kind": member.kind,
        "state": process.state, "machine": member.machine, "pid": member.pid,
        "started_at": member.started_at, "heartbeat_at": member.beat_at,
        "crawls": list(member.crawls), "waiting": member.waiting, "visits": list(member.visits),
    }  # fmt: skip


def _show(there: Sequence[Process]) -> None:
    """The processes as a table, below what was found."""
    if not there:
        return
    typer.echo()
    write_table(
        ("process", "machine", "pid", "state", "heartbeat", f"started {ZONE}", "crawls now"),
        (
            (
                p.member.kind, p.member.machine, p.member.pid, p.state,
                f"{duration(p.age)} ago" if p.age >= 0 else f"{duration(-p.age)} ahead",
                local(p.member.started_at), _crawls(p),
            )
            for p in there
        ),
        numbers=frozenset({"pid"}),
        below=("crawls now",),
    )  # fmt: skip


def _crawls(process: Process) -> str:
    names = process.member.crawls
    said = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    visits = ", ".join(f"server {server}" for server in process.member.visits)
    waiting = f"{process.member.waiting} wait" if process.member.waiting else ""
    return "; ".join(filter(None, (said, visits, waiting))) or "nothing"


def _last_run(engine: Engine, at_most: timedelta) -> Finding:
    from storage.health import last_run

    ended = last_run(engine)
    if ended is None:
        return Finding("last run", "late", "none has succeeded yet")
    age = datetime.now(UTC) - ended
    said = f"succeeded {duration(age.total_seconds())} ago"
    return Finding("last run", "late" if age > at_most else "ok", said)
