"""How things stand, in numbers: for monitors, for ``frontnews health`` and ``doctor``."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, column, func, select, table

from storage import certificates, readers
from storage.alarms import is_past
from storage.columns import now as real_now
from storage.engine import reading
from storage.lease import BEAT_SECONDS
from storage.schedules import is_crawled
from storage.server_slots import QUEUE
from storage.tables import (
    alarms,
    articles,
    changes,
    crawl_runs,
    dispatchers,
    frontier,
    outbox,
    portals,
    schedules,
    server_visits,
)
from storage.views import view_name

CLOCK_SILENT = timedelta(seconds=60)
"""A clock beats at every tick, four times in this."""

NO_ROOM = 1024**2
"""Bytes of free disk below which SQLite counts as kept from writing: a batch takes some hundred kB."""

LOCK_SECONDS = 2.0
"""A lock that somebody holds for longer is worth a word; a batch holds it for milliseconds."""

JUST_NOW = timedelta(seconds=3 * BEAT_SECONDS)
"""Signs of life are written so often that two may fail before somebody is taken to be kept from writing."""

DAY = timedelta(hours=24)
TWO_WEEKS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Member:
    """A clock, a worker or a crawl by hand. ``owner`` is ``machine:pid``; ``crawls``: portals under way.

    ``waiting``: how many more portals it has claimed and not begun; ``visits``: servers that it asks without
    a portal's claim (storage.server_slots). A member stays in the list until somebody buries it
    (storage.takeover), so ``beat_at`` may be long ago.
    """

    owner: str
    kind: str
    started_at: datetime
    beat_at: datetime
    crawls: tuple[str, ...]
    waiting: int
    visits: tuple[str, ...] = ()

    @property
    def machine(self) -> str:
        """The name of its machine."""
        return self.owner.rpartition(":")[0]

    @property
    def pid(self) -> int | None:
        """Its process there."""
        pid = self.owner.rpartition(":")[2]
        return int(pid) if pid.isdigit() else None


@dataclass(frozen=True, slots=True)
class Crew:
    """Who is there, the clocks first; ``queued``: portals that wait in the queue for a worker."""

    members: tuple[Member, ...]
    queued: int


Labelled = list[tuple[tuple[str, ...], float]]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The state of everything at one moment. Ages in seconds; labelled numbers as (labels, value)."""

    articles: int
    change_seq: int
    alarms: Labelled
    down: Labelled
    portals: Labelled
    runs: Labelled
    counts: Labelled
    errors: Labelled
    running: int
    due: int
    oldest_due: float
    frontier: int
    outbox: int
    certificates: int
    readers: Labelled
    clock_age: float | None
    last_run_at: datetime | None


def clock_age(engine: Engine, now: datetime) -> float | None:
    """Seconds since the last beat of any clock; None where none is known."""
    with reading(engine) as connection:
        last: datetime | None = connection.scalar(_LAST_BEAT)
    return (now - last).total_seconds() if last else None


def crew(engine: Engine) -> Crew:
    """Who is in the list of dispatchers, and what each has in hand at this moment."""
    claimed = select(schedules.c.claimed_by, schedules.c.portal).where(schedules.c.claimed_by.is_not(None))
    with reading(engine) as connection:
        listed = connection.execute(
            select(dispatchers).order_by(dispatchers.c.kind, dispatchers.c.owner)
        ).all()
        held = connection.execute(claimed.order_by(schedules.c.portal)).all()
        running = set(connection.scalars(select(crawl_runs.c.portal).where(crawl_runs.c.status == "running")))
        visited = connection.execute(select(server_visits.c.owner, server_visits.c.server_group)).all()
    members = []
    for row in listed:
        mine = [portal for owner, portal in held if owner == row.owner]
        crawls = tuple(portal for portal in mine if portal in running)
        visits = tuple(server for owner, server in visited if owner == row.owner)
        members.append(
            Member(row.owner, row.kind, row.started_at, row.beat_at, crawls, len(mine) - len(crawls), visits)
        )
    return Crew(tuple(members), sum(owner == QUEUE for owner, _ in held))


def hindrance(engine: Engine) -> str | None:
    """What keeps everybody from writing, as far as that can be seen without writing: a full disk below a file
    of SQLite, or somebody who holds its lock.

    SQLite tells of its lock only to who asks for it. Where a process has written a sign of life just now
    nobody holds it, and monitors that ask each minute come in no writer's way.
    """
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path:
        return None
    if shutil.disk_usage(Path(path).absolute().parent).free < NO_ROOM:
        return f"there is no space left on the disk of {path}"
    with reading(engine) as connection:
        beat_at = connection.scalar(select(func.max(dispatchers.c.beat_at)))
    if beat_at and timedelta() <= real_now() - beat_at < JUST_NOW:
        return None
    with closing(sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)) as asking:
        try:
            asking.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return f"another program holds the lock of {path} (fuser names it): nobody can write"
    return None


def last_run(engine: Engine) -> datetime | None:
    """When the last run that read its portal's listings ended."""
    query = select(func.max(crawl_runs.c.finished_at)).where(
        crawl_runs.c.verdict.in_(("new", "nothing_new", "partial"))
    )
    with reading(engine) as connection:
        ended: datetime | None = connection.scalar(query)
    return ended


def numbers(engine: Engine, now: datetime) -> Numbers:
    """Read the numbers, in one snapshot of the database."""
    prefix, _, name = view_name("portal_freshness", engine.dialect.name).rpartition(".")
    freshness = table(name, column("verdict"), schema=prefix or None)
    with reading(engine) as connection:
        runs = connection.execute(
            select(crawl_runs.c.verdict, crawl_runs.c.counts, crawl_runs.c.errors).where(
                crawl_runs.c.started_at > now - DAY
            )
        ).all()
        counts: Counter[str] = Counter()
        errors: Counter[str] = Counter()
        for run in runs:
            counts.update(run.counts)
            errors.update(run.errors)
        due = (
            select(func.count(), func.min(schedules.c.next_due_at))
            .join_from(schedules, portals, portals.c.id == schedules.c.portal)
            .where(schedules.c.enabled, schedules.c.claimed_by.is_(None), schedules.c.next_due_at <= now)
            .where(*is_crawled(now))
        )
        due_count, oldest = connection.execute(due).one()
        last_beat = connection.scalar(_LAST_BEAT)
        present = ~is_past(now)
        states = select(alarms.c.name, alarms.c.state, func.count()).where(present)
        states = states.group_by(alarms.c.name, alarms.c.state)
        down = select(alarms.c.portal, alarms.c.name).where(alarms.c.state == "down", present)
        verdicts = select(freshness.c.verdict, func.count()).group_by(freshness.c.verdict)
        return Numbers(
            articles=connection.scalar(select(func.count()).where(articles.c.merged_into.is_(None))) or 0,
            change_seq=connection.scalar(select(func.max(changes.c.change_seq))) or 0,
            alarms=[((row[0], row[1]), row[2]) for row in connection.execute(states)],
            down=[((row[0], row[1]), 1) for row in connection.execute(down)],
            portals=[((row[0],), row[1]) for row in connection.execute(verdicts)],
            runs=[((verdict,), n) for verdict, n in Counter(r.verdict or "running" for r in runs).items()],
            counts=[((what,), n) for what, n in sorted(counts.items())],
            errors=[((what,), n) for what, n in sorted(errors.items())],
            running=connection.scalar(select(func.count()).where(crawl_runs.c.status == "running")) or 0,
            due=due_count,
            oldest_due=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
            frontier=connection.scalar(select(func.count()).where(frontier.c.state == "pending")) or 0,
            certificates=certificates.ending(engine, now - TWO_WEEKS, now + TWO_WEEKS),
            readers=[((reader.name,), reader.behind) for reader in readers.read(engine)],
            outbox=connection.scalar(select(func.count()).where(outbox.c.sent_at.is_(None))) or 0,
            clock_age=(now - last_beat).total_seconds() if last_beat else None,
            last_run_at=connection.scalar(select(func.max(crawl_runs.c.started_at))),
        )


_LAST_BEAT = select(func.max(dispatchers.c.beat_at)).where(dispatchers.c.kind == "clock")
