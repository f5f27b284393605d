"""Who may ask which server now: one politeness slot a server group, over all processes of a database.

A slot is held by whoever has a portal of the group in hand (``schedules.claimed_by``, storage.claims), or
visits the server without a portal's claim (``server_visits``): a crawl of an address outside the registry,
and a dry run, which must not count as the portal's crawl. After either the server rests for its delay.

Whether somebody is alive, and how long a server rests, is measured with the machine's own time.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, select, text, update

from storage.bulk import upsert
from storage.columns import now
from storage.engine import writing
from storage.tables import dispatchers, schedules, server_visits

QUEUE = "queue"
"""The holder of claims that wait for a worker (storage.queue). It is no process, so it cannot die; what waits
in the queue keeps nobody from its server."""

LONGEST_REST = timedelta(hours=1)
"""A server that is to rest for longer was told so by a machine whose time has since been set back."""

_LOCK = 7_240_003
"""Advisory lock of PostgreSQL, beside those of storage.saving and storage.migrate. Two clocks could each
take another portal of one server at the same moment; claiming takes milliseconds, so they take turns."""


@contextmanager
def claiming(engine: Engine) -> Iterator[Connection]:
    """A transaction in which nobody else claims; SQLite's writers are alone as it is."""
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


def in_hand(connection: Connection, owner: str) -> tuple[Counter[str], set[str]]:
    """How many portals of each server group ``owner`` has in hand, and which groups it must leave alone.

    The queue and its workers are one: they keep apart themselves, and a worker waits while a server rests.
    """
    mine: Counter[str] = Counter()
    closed: set[str] = set()
    workers: set[str] = set()
    if owner == QUEUE:
        workers.update(connection.scalars(select(dispatchers.c.owner).where(dispatchers.c.kind == "worker")))
    held = select(schedules.c.server_group, schedules.c.claimed_by, func.count()).where(
        schedules.c.claimed_by.is_not(None)
    )
    visited = select(server_visits.c.server_group, server_visits.c.owner, 1).where(
        server_visits.c.owner.is_not(None)
    )
    for group, holder, count in [
        *connection.execute(held.group_by(schedules.c.server_group, schedules.c.claimed_by)),
        *connection.execute(visited),
    ]:
        if holder == owner or holder in workers:
            mine[group] += count
        elif holder != QUEUE:
            closed.add(group)
    if owner == QUEUE:
        return mine, closed
    return mine, closed | {group for group in _resting(connection) if not mine[group]}


def is_asked_by_others(connection: Connection, group: str, owner: str) -> bool:
    """Whether a process other than ``owner`` asks a server; what waits in the queue asks nobody."""
    claimed = select(func.count()).where(
        schedules.c.server_group == group, schedules.c.claimed_by.not_in([QUEUE, owner])
    )
    visited = select(func.count()).where(
        server_visits.c.server_group == group, server_visits.c.owner != owner
    )
    return bool(connection.scalar(claimed) or connection.scalar(visited))


def rest_of(connection: Connection, group: str) -> float:
    """Seconds that a server is to be left alone after its last crawl, wherever that was."""
    ends = [
        connection.scalar(
            select(func.max(table.c.cooling_until)).where(
                table.c.server_group == group, table.c.cooling_until <= now() + LONGEST_REST
            )
        )
        for table in (schedules, server_visits)
    ]
    return max((max(0.0, (end - now()).total_seconds()) for end in ends if end is not None), default=0.0)


def resting_until(cooling: float) -> datetime | None:
    """When a server may be asked again that was asked until now, and rests for ``cooling`` seconds."""
    rest = min(timedelta(seconds=math.ceil(cooling) + 1), LONGEST_REST)
    return now() + rest if cooling > 0 else None


def visit(engine: Engine, owner: str, group: str) -> bool:
    """Take the slot of a server that no claim of ``owner`` stands for; False: others ask it, or it rests.

    ``owner`` is in the list of dispatchers (storage.claims.join). Taken twice it is held once.
    """
    with claiming(engine) as connection:
        _, closed = in_hand(connection, owner)
        if group in closed:
            return False
        rested = server_visits.c.owner.is_(None) & (server_visits.c.cooling_until <= now())
        connection.execute(delete(server_visits).where(rested))
        row = {"server_group": group, "owner": owner, "begun_at": now(), "cooling_until": None}
        upsert(connection, server_visits, [row], key=("server_group",))
    return True


def end_visit(engine: Engine, owner: str, group: str, cooling: float) -> None:
    """Give the slot of a visit back; the server rests for ``cooling`` seconds."""
    mine = (server_visits.c.server_group == group) & (server_visits.c.owner == owner)
    with writing(engine) as connection:
        left = {"owner": None, "cooling_until": resting_until(cooling) or now()}
        connection.execute(update(server_visits).where(mine).values(left))


def visitors(connection: Connection) -> set[str]:
    """Who visits a server now."""
    query = select(server_visits.c.owner).where(server_visits.c.owner.is_not(None))
    return set(connection.scalars(query.distinct()))


def forget_visits(connection: Connection, owners: Collection[str] | None = None) -> None:
    """End the visits of ``owners``, or of all who are no longer in the list of dispatchers."""
    gone = (
        server_visits.c.owner.in_(list(owners))
        if owners is not None
        else server_visits.c.owner.not_in(select(dispatchers.c.owner))
    )
    connection.execute(delete(server_visits).where(gone))


def _resting(connection: Connection) -> set[str]:
    return {
        group
        for table in (schedules, server_visits)
        for group in connection.scalars(
            select(table.c.server_group).where(
                table.c.cooling_until > now(), table.c.cooling_until <= now() + LONGEST_REST
            )
        )
    }
