"""Taking over from the dead: claims of dispatchers, and runs of workers, that are gone or silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, or_, select, update

from storage.claims import free, present
from storage.columns import is_unheard, unheard
from storage.columns import now as real_now
from storage.engine import reading, writing
from storage.runs import LOST
from storage.said import Said
from storage.schedules import plan_row
from storage.server_slots import QUEUE, claiming, forget_visits, visitors
from storage.tables import crawl_runs, dispatchers, schedules
from storage.timetable import Due

ORPHANS_STOP = 5
"""Seconds in which the crawl hosts of a clock that is gone notice it and stop asking servers. Of one that was
silent for a whole lease they have no permit any more (crawler.fetching.permit): nobody waits for them."""

IsGone = Callable[[str], bool]
"""Whether an owner (``host:pid``) is known to be dead."""


def bury(engine: Engine, now: datetime, is_gone: IsGone) -> list[str]:
    """Strike dispatchers that are gone or silent off the list; return the portals that they had claimed.

    They are due again at once.
    """
    listed, at = present(engine), real_now()
    gone = [d.owner for d in listed if is_gone(d.owner)]
    with reading(engine) as connection:  # a look costs nothing; taking the writers' lock may
        holders = set(connection.scalars(select(schedules.c.claimed_by).distinct())) - {None, QUEUE}
        holders |= visitors(connection)
    living = {d.owner for d in listed if d.owner not in gone and not is_unheard(d.beat_at, at)}
    if living >= holders | {d.owner for d in listed}:
        return []
    with claiming(engine) as connection:
        silent = unheard(dispatchers.c.beat_at, at)
        connection.execute(delete(dispatchers).where(or_(dispatchers.c.owner.in_(gone), silent)))
        forget_visits(connection)
        orphaned = select(schedules.c.claimed_by).where(
            schedules.c.claimed_by.not_in(select(dispatchers.c.owner)), schedules.c.claimed_by != QUEUE
        )
        owners = list(connection.scalars(orphaned.distinct()))
        # A command crawled itself, so that nobody goes on in its place.
        quiet = {d.owner for d in listed if d.kind == "command" or is_unheard(d.beat_at, at)}
        rest = real_now() + timedelta(seconds=ORPHANS_STOP)
        reason, said = "crawled again: who had it is gone", Said("due.holder_gone")
        loud = [owner for owner in owners if owner not in quiet]
        freed = free(connection, loud, now, reason, said, rest=rest)
        dropped = free(connection, [owner for owner in owners if owner in quiet], now, reason, said)
        # The runs of its hosts beat a moment longer than it did: whoever came meanwhile found them running.
        _lose(connection, crawl_runs.c.portal.in_(dropped))
        return [*freed, *dropped]


def reap(engine: Engine, now: datetime, is_gone: IsGone) -> list[str]:
    """End the runs whose worker is gone or silent; return their portals, which are due again at once.

    A portal that a living dispatcher has in hand is left to it.
    """
    silent = unheard(crawl_runs.c.heartbeat_at, real_now())
    running = select(crawl_runs.c.owner, func.count().filter(silent)).where(crawl_runs.c.status == "running")
    with reading(engine) as connection:
        owners = connection.execute(running.group_by(crawl_runs.c.owner)).all()
    gone = [owner for owner, _ in owners if owner is not None and is_gone(owner)]
    if not gone and not any(count for _, count in owners):
        return []
    with writing(engine) as connection:
        lost = _lose(connection, or_(crawl_runs.c.owner.in_(gone), silent))
        connection.execute(
            update(schedules)
            .where(schedules.c.portal.in_(lost), schedules.c.enabled, schedules.c.claimed_by.is_(None))
            .values(plan_row(Due(now, "crawled again: its run was lost", (Said("due.run_lost"),)), now))
        )
    return lost


def _lose(connection: Connection, which: ColumnElement[bool]) -> list[str]:
    """End runs under way as lost; return their portals. Whoever made them can write nothing any more."""
    ended = (
        update(crawl_runs)
        .where(crawl_runs.c.status == "running", which)
        .values(
            status="lost", verdict="lost", finished_at=real_now(), message="its worker is gone", said=LOST
        )
    )
    return list(connection.scalars(ended.returning(crawl_runs.c.portal)))
