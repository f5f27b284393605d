"""The queue that workers on many machines read: Procrastinate's jobs beside our claims (storage.claims).

A claim says who may crawl a portal, a job says that somebody should come for it. Both are written in one
transaction, always: a claim that waits (held by server_slots.QUEUE) has a job to do, and a job is under way
exactly as long as a living worker holds the claim. What is lost is due again in ``schedules``, never tried
again in the queue itself. So there is no retry for a newer job to collide with (Procrastinate issue 1446),
and none that waits with its lock where somebody wants to crawl by hand (issue 1599).

The statements are the package's own (``procrastinate.sql``), run on our connections: its version and that of
its tables agree (storage.queue_schema).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Engine, RowMapping, func, select, text, update

from storage import claims
from storage.columns import now as real_now
from storage.columns import unheard
from storage.engine import reading, writing
from storage.lease import LEASE_SECONDS
from storage.queue_schema import search_here
from storage.said import Said
from storage.schedules import COLUMNS
from storage.server_slots import QUEUE, claiming, is_asked_by_others, rest_of
from storage.tables import dispatchers, schedules
from storage.timetable import Schedule

JOBS = "crawl"
"""The name of the queue, and of the task, under which our jobs are seen in Procrastinate's own tools."""

AHEAD = 2
"""Portals in the queue and under way for each place of a worker: one more waits for each that is crawled."""

OTHERS_FIRST = timedelta(seconds=15)
"""A portal whose server somebody outside the queue is asking is due again after this."""

_SWEEPING = 7_240_015
"""Advisory lock of PostgreSQL, beside those of storage.saving, storage.migrate and storage.claims."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claimed portal on its way into the queue. ``record`` is what a worker is told of it, as JSON."""

    portal: str
    server_group: str
    record: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A job that a worker took, and the claim with it. ``rests``: seconds its server is left alone yet."""

    schedule: Schedule
    record: Mapping[str, Any]
    rests: float


@dataclass(frozen=True, slots=True)
class Crew:
    """The living workers: how many, for how many portals at once; and what is in the queue or in hand."""

    workers: int
    places: int
    in_hand: int

    @property
    def room(self) -> int:
        """How many more portals they should find in the queue."""
        return max(0, AHEAD * self.places - self.in_hand)


def enqueue(connection: Connection, waiting: Sequence[Waiting]) -> None:
    """Hand claims to the queue, inside the claiming transaction: a job each, locked by server group.

    A job that still waits for one of these portals is an old one: who claimed has the only say.
    """
    if not waiting:
        return
    names = [one.portal for one in waiting]
    connection.execute(update(schedules).where(schedules.c.portal.in_(names)).values(claimed_by=QUEUE))
    search_here(connection)
    connection.execute(
        text("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(:names)"),
        {"names": names},
    )
    jobs = [
        (JOBS, JOBS, 0, one.server_group, one.portal, Jsonb({"portal": one.record}), None) for one in waiting
    ]
    _ask(connection, "defer_jobs", jobs=jobs)


def crew(engine: Engine) -> Crew:
    """The workers that are alive, and how much they have to do."""
    alive = ~unheard(dispatchers.c.beat_at, real_now())
    workers = select(dispatchers.c.owner).where(dispatchers.c.kind == "worker")
    held = (schedules.c.claimed_by == QUEUE) | schedules.c.claimed_by.in_(workers)
    columns = (
        select(func.count()).where(dispatchers.c.kind == "worker", alive).scalar_subquery(),
        select(func.coalesce(func.sum(dispatchers.c.places), 0)).where(alive).scalar_subquery(),
        select(func.count()).select_from(schedules).where(held).scalar_subquery(),
    )
    with reading(engine) as connection:
        row = connection.execute(select(*columns)).one()
    return Crew(*(int(number) for number in row))


def join(engine: Engine, owner: str, places: int, now: datetime) -> int:
    """Enter the list of dispatchers as a worker; return its number in the queue."""
    claims.join(engine, owner, "worker", now)
    with writing(engine) as connection:
        search_here(connection)
        number = int(_ask(connection, "register_worker")[0]["worker_id"])
        mine = update(dispatchers).where(dispatchers.c.owner == owner)
        connection.execute(mine.values(places=places, job_worker=number))
    return number


def beat(engine: Engine, owner: str, worker: int) -> bool:
    """Show that a worker is alive; False: it was given up meanwhile, and must join again."""
    with writing(engine) as connection:
        search_here(connection)
        _ask(connection, "update_heartbeat", worker_id=worker)
    return claims.beat(engine, owner)


def leave(engine: Engine, owner: str, worker: int, now: datetime) -> list[str]:
    """Leave the list; what the worker still held is due again. Return those portals."""
    left = claims.leave(engine, owner, now)
    end_settled(engine, owner, worker)
    with writing(engine) as connection:
        search_here(connection)
        _ask(connection, "unregister_worker", worker_id=worker)
    return left


def fetch(engine: Engine, owner: str, worker: int, limit: int) -> list[Fetched]:
    """Take up to ``limit`` jobs and their claims, in one transaction.

    One whose claim is no longer the queue's is dropped: it was crawled by hand meanwhile, or paused. One
    whose server somebody outside the queue is asking goes back to the schedule, and is due again soon.
    """
    taken: list[Fetched] = []
    with reading(engine) as connection:  # claims are taken one clock at a time: not for an empty queue
        search_here(connection)
        waits = text("SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'todo')")
        if not connection.scalar(waits):
            return taken
    with claiming(engine) as connection:
        search_here(connection)
        while len(taken) < limit:
            job = _ask(connection, "fetch_job", queues=[JOBS], worker_id=worker)[0]
            if job["id"] is None:
                break
            schedule = _take(connection, owner, job["queueing_lock"])
            if schedule is None:
                _end(connection, [job["id"]], "aborted")
                continue
            taken.append(Fetched(schedule, job["args"]["portal"], rest_of(connection, schedule.server_group)))
    return taken


def held(engine: Engine, owner: str) -> set[str]:
    """The portals that a worker has claims on."""
    with reading(engine) as connection:
        return set(connection.scalars(select(schedules.c.portal).where(schedules.c.claimed_by == owner)))


def end_settled(engine: Engine, owner: str, worker: int) -> int:
    """End the jobs of a worker whose claims it has given back; return how many there were."""
    with writing(engine) as connection:
        search_here(connection)
        done = connection.scalars(
            text(
                "SELECT id FROM procrastinate_jobs AS job WHERE status = 'doing' AND worker_id = :worker"
                " AND NOT EXISTS (SELECT FROM schedules"
                " WHERE portal = job.queueing_lock AND claimed_by = :owner) FOR UPDATE"
            ),
            {"worker": worker, "owner": owner},
        ).all()
        _end(connection, done, "succeeded")
    return len(done)


def sweep(engine: Engine, now: datetime) -> list[str]:
    """End the jobs of workers that are gone, and make due again what waits in the queue without a job.

    Gone is who is no longer in the list of dispatchers (storage.takeover.bury strikes off the dead and the
    silent). Returns the portals that are due again.
    """
    with writing(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SWEEPING})
        search_here(connection)
        stalled = connection.scalars(
            text(
                "SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND (worker_id IS NULL OR worker_id"
                " NOT IN (SELECT job_worker FROM dispatchers WHERE job_worker IS NOT NULL)) FOR UPDATE"
            )
        ).all()
        _end(connection, stalled, "failed")
        connection.execute(
            text(
                "DELETE FROM procrastinate_workers"
                " WHERE last_heartbeat < now() - make_interval(secs => :lease)"
                " AND id NOT IN (SELECT job_worker FROM dispatchers WHERE job_worker IS NOT NULL)"
            ),
            {"lease": LEASE_SECONDS},
        )
        jobless = connection.scalars(
            text(
                "SELECT portal FROM schedules WHERE claimed_by = :queue AND NOT EXISTS (SELECT FROM"
                " procrastinate_jobs WHERE queueing_lock = portal AND status IN ('todo', 'doing'))"
            ),
            {"queue": QUEUE},
        ).all()
        reason, said = "crawled again: it was lost from the queue", Said("due.queue_lost")
        return claims.free(connection, [QUEUE], now, reason, said, only=jobless) if jobless else []


def _take(connection: Connection, owner: str, portal: str) -> Schedule | None:
    query = select(*COLUMNS).where(schedules.c.portal == portal, schedules.c.claimed_by == QUEUE)
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        return None
    schedule = Schedule(*row)
    mine = update(schedules).where(schedules.c.portal == portal)
    if not schedule.enabled:
        connection.execute(mine.values(claimed_by=None, claimed_at=None))
        return None
    if is_asked_by_others(connection, schedule.server_group, owner):
        why, said = "its server was being asked for another portal", Said("due.server_busy")
        claims.free(connection, [QUEUE], real_now() + OTHERS_FIRST, why, said, only=[portal])
        return None
    connection.execute(mine.values(claimed_by=owner, claimed_at=real_now()))
    return schedule


def _end(connection: Connection, jobs: Sequence[int], status: str) -> None:
    """End jobs and forget them: what became of a crawl stands in its run."""
    for job in jobs:
        _ask(connection, "finish_job", job_id=job, status=status, delete_job=True)


def _ask(connection: Connection, query: str, **values: object) -> Sequence[RowMapping]:
    """Run one of Procrastinate's statements."""
    from procrastinate import sql

    return connection.exec_driver_sql(sql.queries[query], values).mappings().all()
