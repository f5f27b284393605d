"""Who crawls what is due: claims, which any number of clocks on any number of machines may take at once.

A claim says that one dispatcher (a clock's pool, a command at a shell) has a portal in hand or in its queue.
It keeps the others from the portal and from its server, whose politeness slot belongs to one dispatcher at a
time (storage.server_slots). The lease of the run (storage.runs) is the second lock behind it.

Two kinds of time meet here. ``now`` is the clock's, which plans with it; whether somebody is alive, and how
long a server rests, is measured with the machine's own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from storage.columns import now as real_now
from storage.columns import unheard
from storage.engine import reading, writing
from storage.lease import CLOCK_SKEW
from storage.said import Said
from storage.schedules import COLUMNS, NoSchedule, is_crawled, plan_row, windows_of
from storage.server_slots import QUEUE, claiming, forget_visits, in_hand, resting_until
from storage.tables import dispatchers, portals, schedules
from storage.timetable import Adaptive, Due, Schedule, Window, next_due, opening

IN_HAND = 4
"""Portals of one server that a dispatcher has in hand at once. They wait for each other's turns, so more
would only hold up the portals of other servers."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a tick took, and whether due portals had to be left for want of room."""

    schedules: list[Schedule]
    more: bool


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Somebody who may hold claims. ``kind``: clock, command or worker."""

    owner: str
    kind: str
    started_at: datetime
    beat_at: datetime


def join(engine: Engine, owner: str, kind: str, now: datetime) -> None:
    """Enter the list of dispatchers. An earlier process of the same name is gone, and its claims with it."""
    started = real_now()
    with claiming(engine) as connection:
        connection.execute(delete(dispatchers).where(dispatchers.c.owner == owner))
        free(connection, [owner], now, f"{owner} was started anew", Said("due.anew", {"owner": owner}))
        forget_visits(connection, [owner])
        connection.execute(
            insert(dispatchers).values(owner=owner, kind=kind, started_at=started, beat_at=started)
        )


def beat(engine: Engine, owner: str) -> bool:
    """Show that ``owner`` is alive; False: it was given up meanwhile, and must join again."""
    with writing(engine) as connection:
        query = update(dispatchers).where(dispatchers.c.owner == owner).values(beat_at=real_now())
        return connection.execute(query).rowcount > 0


def leave(engine: Engine, owner: str, now: datetime) -> list[str]:
    """Leave the list; what is still claimed is due again. Return those portals."""
    with claiming(engine) as connection:
        connection.execute(delete(dispatchers).where(dispatchers.c.owner == owner))
        forget_visits(connection, [owner])
        said = Said("due.left", {"owner": owner})
        return free(connection, [owner], now, f"left by {owner} when it was stopped", said)


def present(engine: Engine) -> list[Dispatcher]:
    """The dispatchers in the list, dead ones among them until somebody buries them."""
    columns = (dispatchers.c[name] for name in Dispatcher.__slots__)
    with reading(engine) as connection:
        return [Dispatcher(*row) for row in connection.execute(select(*columns))]


def claim_due(
    engine: Engine,
    owner: str,
    now: datetime,
    limit: int,
    *,
    adaptive: Adaptive | None = None,
    enqueue: Callable[[Connection, Sequence[Schedule]], None] | None = None,
) -> Claimed:
    """Claim up to ``limit`` due portals for ``owner`` and write their next time, in one transaction.

    The next time is computed from ``now``: missed periods are not made up. A portal whose server another
    dispatcher is asking stays due. One that quiet hours or a window hold back is moved behind them.
    ``enqueue`` puts the claims into a queue of the same database, in the same transaction.
    """
    with reading(engine) as connection:
        idle = connection.scalar(select(func.count()).where(_open(now))) == 0
    if idle:
        return Claimed([], more=False)
    with claiming(engine) as connection:
        windows = windows_of(connection)
        _plan_again(connection, now, windows, adaptive)
        waiting = connection.execute(
            select(schedules.c.portal, schedules.c.server_group)
            .join(portals, portals.c.id == schedules.c.portal)
            .where(schedules.c.enabled, schedules.c.claimed_by.is_(None), schedules.c.next_due_at <= now)
            .where(*is_crawled(now))
            .order_by(schedules.c.next_due_at, schedules.c.portal)
        ).all()
        if not waiting:
            return Claimed([], more=False)
        mine, closed = in_hand(connection, owner)
        chosen: list[str] = []
        for portal, group in waiting:
            if len(chosen) == limit:
                break
            if group not in closed and mine[group] < IN_HAND:
                mine[group] += 1
                chosen.append(portal)
        claimed = []
        plans: list[dict[str, object]] = []
        for schedule in _locked(connection, chosen):
            open_at = opening(schedule, Due(now, ""), windows)
            if open_at.at > now:
                plans.append(_plan(schedule, open_at, now))
                continue
            due = next_due(schedule, now, windows=windows, adaptive=adaptive, just_ran=True)
            plans.append(_plan(schedule, due, now) | _taken(owner, now))
            claimed.append(schedule)
        _write(connection, plans)
        if enqueue is not None and claimed:
            enqueue(connection, claimed)
    return Claimed(claimed, more=len(waiting) > len(claimed))


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a portal cannot be claimed: ``holder`` has it since then; None, and its server is being asked."""

    holder: str | None
    since: datetime


def claim(engine: Engine, owner: str, portal: str, now: datetime) -> Obstacle | None:
    """Claim one portal whether due or not, also one that waits in the queue; None: it is claimed.

    Its next time stays as it is; one that passes meanwhile has been done with this crawl. Raises NoSchedule.
    """
    with claiming(engine) as connection:
        query = select(*COLUMNS).where(schedules.c.portal == portal)
        row = connection.execute(query.with_for_update()).first()
        if row is None:
            raise NoSchedule(portal)
        schedule = Schedule(*row)
        if schedule.claimed_by not in (None, owner, QUEUE):
            return Obstacle(schedule.claimed_by, schedule.claimed_at or now)
        _, closed = in_hand(connection, owner)
        if schedule.server_group in closed:
            return Obstacle(None, now)
        _write(connection, [{"portal": portal} | _taken(owner, now)])
    return None


def is_waited_for(engine: Engine, group: str, now: datetime) -> bool:
    """Tell whether a clock that is alive has a crawl to make at a server (``group``) and would make it now.

    What can wait (a backfill, the check of a record) leaves the server to it. Without a clock nobody waits.
    """
    alive = ~unheard(dispatchers.c.beat_at, real_now())
    clock = select(dispatchers.c.owner).where(dispatchers.c.kind == "clock", alive)
    due = (
        select(schedules.c.portal)
        .join(portals, portals.c.id == schedules.c.portal)
        .where(schedules.c.server_group == group, schedules.c.enabled, schedules.c.next_due_at <= now)
        .where(*is_crawled(now))
    )
    with reading(engine) as connection:
        if connection.execute(due.limit(1)).first() is None:
            return False
        return connection.execute(clock.limit(1)).first() is not None


def place(engine: Engine, owner: str, groups: Mapping[str, str], now: datetime) -> set[str]:
    """Write the servers that claimed portals were found to stand on; return those that may be crawled.

    A portal whose server turns out to be another dispatcher's is due again, and so is one that is no longer
    claimed by ``owner``: it was suspended and is late.
    """
    with claiming(engine) as connection:
        held = [s for s in _locked(connection, list(groups)) if s.claimed_by == owner]
        _, closed = in_hand(connection, owner)
        moved = [s.portal for s in held if groups[s.portal] != s.server_group]
        if moved:
            connection.execute(
                update(schedules)
                .where(schedules.c.portal == bindparam("of"))
                .values(server_group=bindparam("group")),
                [{"of": portal, "group": groups[portal]} for portal in moved],
            )
        refused = [portal for portal in moved if groups[portal] in closed]
        reason, said = "its server is being asked for another portal", Said("due.server_busy")
        free(connection, [owner], now, reason, said, only=refused)
    return {s.portal for s in held} - set(refused)


def settle(
    engine: Engine,
    owner: str,
    portal: str,
    now: datetime,
    *,
    cooling: float = 0.0,
    again: Due | None = None,
    not_before: Due | None = None,
    adaptive: Adaptive | None = None,
) -> Due | None:
    """Give a claim back after the crawl; return when the portal is due next, None if it was not ours.

    ``cooling``: seconds that its server rests now. ``again``: when to come back where the crawl could not
    be done. ``not_before``: a hold. A time that passed while the crawl ran is not made up.
    """
    with writing(engine) as connection:
        held = [s for s in _locked(connection, [portal]) if s.claimed_by == owner]
        if not held:
            return None
        schedule = held[0]
        windows = windows_of(connection)
        kept = due = schedule.due
        if again is not None:
            due = again
        elif schedule.next_due_at <= now or (schedule.kind == "adaptive" and adaptive is not None):
            due = next_due(schedule, now, windows=windows, adaptive=adaptive, just_ran=True)
        if not_before is not None and due.at < not_before.at:
            due = opening(schedule, not_before, windows)
        freed: dict[str, object] = {"claimed_by": None, "claimed_at": None}
        freed["cooling_until"] = resting_until(cooling)
        # A plan that stands keeps the time at which it was made: that clock may have been ahead.
        if due != kept:
            freed |= _plan(schedule, due, now)
        connection.execute(update(schedules).where(schedules.c.portal == portal).values(freed))
    return due


def give_back(engine: Engine, owner: str, known: Collection[str], now: datetime) -> list[str]:
    """Free what ``owner`` has claimed and does not know of, for the answer to its commit was lost."""
    with claiming(engine) as connection:
        held = select(schedules.c.portal).where(schedules.c.claimed_by == owner)
        unknown = set(connection.scalars(held)) - set(known)
        reason, said = "claimed when the database went away", Said("due.database_away")
        return free(connection, [owner], now, reason, said, only=unknown) if unknown else []


def _open(now: datetime) -> ColumnElement[bool]:
    """Whether a schedule asks for anything: it is due, or was planned by a clock that ran ahead."""
    due = and_(schedules.c.enabled, schedules.c.claimed_by.is_(None), schedules.c.next_due_at <= now)
    return or_(due, schedules.c.planned_at > now + CLOCK_SKEW)


def _locked(connection: Connection, names: Collection[str]) -> list[Schedule]:
    """The schedules of these portals, the one that has waited longest in front, kept from other writers; one
    that is being edited now is left out."""
    if not names:
        return []
    query = select(*COLUMNS).where(schedules.c.portal.in_(list(names)))
    query = query.order_by(schedules.c.next_due_at, schedules.c.portal)
    return [Schedule(*row) for row in connection.execute(query.with_for_update(skip_locked=True))]


def _plan_again(
    connection: Connection, now: datetime, windows: Sequence[Window], adaptive: Adaptive | None
) -> None:
    """Plan anew what a clock planned that was ahead of this one."""
    ahead = select(*COLUMNS).where(schedules.c.planned_at > now + CLOCK_SKEW)
    plans = []
    for row in connection.execute(ahead.with_for_update(skip_locked=True)).all():
        schedule = Schedule(*row)
        due = next_due(schedule, now, windows=windows, adaptive=adaptive, just_ran=True)
        plans.append(_plan(schedule, due, now))
    _write(connection, plans)


def _plan(schedule: Schedule, due: Due, now: datetime) -> dict[str, object]:
    return {"portal": schedule.portal, **plan_row(due, now)}


def _taken(owner: str, now: datetime) -> dict[str, object]:
    return {"claimed_by": owner, "claimed_at": real_now(), "last_dispatched_at": now}


def _write(connection: Connection, plans: Sequence[dict[str, object]]) -> None:
    for with_claim in (False, True):
        rows = [plan for plan in plans if ("claimed_by" in plan) is with_claim]
        if rows:
            names = [name for name in rows[0] if name != "portal"]
            connection.execute(
                update(schedules)
                .where(schedules.c.portal == bindparam("of"))
                .values({name: bindparam(f"new_{name}") for name in names}),
                [{"of": row["portal"]} | {f"new_{name}": row[name] for name in names} for row in rows],
            )


def free(
    connection: Connection,
    owners: Sequence[str],
    now: datetime,
    reason: str,
    said: Said,
    *,
    only: Collection[str] | None = None,
    rest: datetime | None = None,
) -> list[str]:
    """Give up the claims of ``owners``, inside the caller's transaction; their portals are due at once.

    ``said``: the ``reason`` in codes.
    """
    query = update(schedules).where(schedules.c.claimed_by.in_(owners))
    if only is not None:
        query = query.where(schedules.c.portal.in_(list(only)))
    values: dict[str, object] = {"claimed_by": None, "claimed_at": None, "cooling_until": rest}
    values |= plan_row(Due(now, reason, (said,)), now)
    return list(connection.scalars(query.values(values).returning(schedules.c.portal)))
