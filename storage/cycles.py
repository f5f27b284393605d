"""Cycles: proof for a reader that the crawler goes round, also when no portal has news.

A cycle is over when every enabled portal has been looked at once since it began; the next one begins in
the same moment. ``meta.last_cycle_completed_at`` therefore moves on as long as the whole works, and stands
still when it does not: the difference between "no news" and "nobody looks" (operations.md B2, 7).

Portals that will not be asked within a day are not waited for: those on hold after many failures, with a
weekly crontab, or behind a maintenance window. ``portal_freshness`` tells of them one by one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Select, and_, exists, func, or_, select, update

from storage.bulk import insert_missing
from storage.columns import now as real_now
from storage.engine import reading, writing
from storage.tables import crawl_runs, cycles, portals, schedules

ALL = "all"
"""The cycle of all portals, whatever the kind of their schedule."""

NOT_WAITED_FOR = timedelta(hours=24)
"""The longest that a working portal is left alone (operations.md F4)."""

_kind = func.coalesce(schedules.c.kind, "interval")  # what a portal without a schedule would be given


def settle(engine: Engine, now: datetime | None = None) -> list[str]:
    """End the cycles in which every portal was looked at; return their classes.

    A class is a kind of schedule, or ``all``. To be called after crawls and every few minutes; the clock
    does so in its housekeeping. ``now`` is the clock by which portals are due, if it is not the real one.
    """
    moment = real_now()
    due_by = now or moment
    with reading(engine) as connection:
        begun = {row.schedule_class: row.begun_at for row in connection.execute(select(cycles))}
        classes = {ALL, *connection.scalars(_enabled(due_by).with_only_columns(_kind).distinct())}
        first_run = connection.scalar(select(func.min(crawl_runs.c.started_at)))
        # the first cycle of an old database is not the work of years
        since = max(first_run or moment, moment - NOT_WAITED_FOR)
        over = [
            name for name in sorted(classes) if _is_over(connection, name, begun.get(name, since), due_by)
        ]
    new = [{"schedule_class": name, "begun_at": since} for name in sorted(classes - begun.keys())]
    if over or new:
        with writing(engine) as connection:
            insert_missing(connection, cycles, new)
            connection.execute(
                update(cycles)
                .where(cycles.c.schedule_class.in_(over), cycles.c.begun_at < moment)
                .values(begun_at=moment, completed_at=moment)
            )
    return over


def _enabled(now: datetime) -> Select[str]:
    """The portals that somebody is to look at."""
    today = now.date().isoformat()
    return (
        select(portals.c.id)
        .join(schedules, schedules.c.portal == portals.c.id, isouter=True)
        .where(
            portals.c.in_registry,
            func.coalesce(schedules.c.enabled, True),
            or_(portals.c.active_from.is_(None), portals.c.active_from <= today),
            or_(portals.c.active_until.is_(None), portals.c.active_until >= today),
        )
    )


def _is_over(connection: Connection, schedule_class: str, begun_at: datetime, now: datetime) -> bool:
    """Whether all portals of the class have a run that began since then and came to something.

    A lost run counts once the portal was given up until its next time, not while it is to be done again.
    """
    given_up = and_(crawl_runs.c.verdict == "lost", schedules.c.next_due_at > now)
    looked_at = exists().where(
        crawl_runs.c.portal == portals.c.id,
        crawl_runs.c.started_at >= begun_at,
        crawl_runs.c.status != "running",
        or_(
            crawl_runs.c.verdict.not_in(("cancelled", "lost")), and_(crawl_runs.c.verdict == "lost", given_up)
        ),
    )
    not_soon = func.coalesce(schedules.c.next_due_at > now + NOT_WAITED_FOR, False)
    query = _enabled(now).with_only_columns(
        func.count().filter(looked_at), func.count().filter(~or_(looked_at, not_soon))
    )
    if schedule_class != ALL:
        query = query.where(_kind == schedule_class)
    done, missing = connection.execute(query).one()
    return done > 0 and missing == 0
