"""The portals' schedules as people see and edit them, also while a clock runs: it looks at every tick."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal, TypedDict, Unpack

from sqlalchemy import ColumnElement, Connection, Engine, delete, or_, select, update

from storage.bulk import insert_missing, upsert
from storage.columns import now as real_now
from storage.engine import reading, writing
from storage.said import Said, as_rows
from storage.tables import maintenance_windows, portals, schedules
from storage.timetable import EVERY, Adaptive, Due, Kind, Schedule, Window, next_due

COLUMNS = tuple(schedules.c[name] for name in Schedule.__slots__)


class NoSchedule(Exception):
    """A portal that has no schedule yet: it is in no registry that a clock or ``schedule`` has read."""

    def __init__(self, portal: str) -> None:
        super().__init__(f"{portal} has no schedule")
        self.portal = portal


class Change(TypedDict, total=False):
    """What of a schedule may be changed; what is not named stays."""

    kind: Kind
    interval_seconds: int
    cron: str | None
    quiet_hours: str | None
    enabled: bool


def ensure(
    engine: Engine,
    server_groups: Mapping[str, str],
    now: datetime,
    *,
    kind: Kind = "interval",
    interval_seconds: int = EVERY,
    adaptive: Adaptive | None = None,
) -> int:
    """Give portals without a schedule the usual one; return how many there were.

    ``server_groups`` maps portals to what is known of their servers before anybody asked for the address.
    ``interval_seconds`` of kind ``adaptive`` is what a portal has a claim to on average.
    """
    with writing(engine) as connection:
        present = set(connection.scalars(select(schedules.c.portal)))
        missing = [portal for portal in server_groups if portal not in present]
        rows = []
        for portal in missing:
            bare = Schedule(portal, now, kind, interval_seconds)
            rows.append(_planned(bare, now, adaptive) | {"server_group": server_groups[portal]})
        insert_missing(connection, schedules, rows)
    return len(missing)


def read(engine: Engine, names: Collection[str] | None = None) -> list[Schedule]:
    """The schedules (of portals ``names``), the one that is due first in front."""
    query = select(*COLUMNS).order_by(schedules.c.next_due_at, schedules.c.portal)
    if names is not None:
        query = query.where(schedules.c.portal.in_(list(names)))
    with reading(engine) as connection:
        return [Schedule(*row) for row in connection.execute(query)]


def crawled(engine: Engine, now: datetime) -> list[Schedule]:
    """The schedules by which portals are crawled today: without those that have left the registry, or whose
    record says that they publish no more. They stand as they were, due for ever."""
    query = select(*COLUMNS).join(portals, portals.c.id == schedules.c.portal).where(*is_crawled(now))
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(schedules.c.next_due_at, schedules.c.portal))
        return [Schedule(*row) for row in rows]


def is_crawled(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Whether a portal is one that a clock crawls: in its registry, and publishing today by its record."""
    today = now.date().isoformat()
    return (
        portals.c.in_registry,
        or_(portals.c.active_from.is_(None), portals.c.active_from <= today),
        or_(portals.c.active_until.is_(None), portals.c.active_until >= today),
    )


def change(
    engine: Engine,
    portal: str,
    now: datetime,
    *,
    adaptive: Adaptive | None = None,
    **changes: Unpack[Change],
) -> Schedule:
    """Change a schedule and plan it anew from ``now``; return what it is then. Raises NoSchedule."""
    with writing(engine) as connection:
        row = connection.execute(
            select(*COLUMNS).where(schedules.c.portal == portal).with_for_update()
        ).first()
        if row is None:
            raise NoSchedule(portal)
        wanted = replace(Schedule(*row), **changes)
        due = next_due(wanted, now, windows=windows_of(connection), adaptive=adaptive)
        connection.execute(
            update(schedules).where(schedules.c.portal == portal).values({**changes, **plan_row(due, now)})
        )
    return replace(
        wanted, next_due_at=due.at, due_reason=due.reason, due_said=as_rows(due.said), planned_at=now
    )


def due_now(engine: Engine, names: Iterable[str], now: datetime, reason: str, *said: Said) -> int:
    """Make portals due at once, if they are not paused; return how many were.

    ``said``: the ``reason`` in codes.
    """
    with writing(engine) as connection:
        made = connection.execute(
            update(schedules)
            .where(schedules.c.portal.in_(list(names)), schedules.c.enabled)
            .values(plan_row(Due(now, reason, said), now))
        )
        return made.rowcount


def ask_for(engine: Engine, portal: str, now: datetime, who: str) -> bool:
    """Make a portal due at once because ``who`` asks for it; False where it is paused."""
    said = Said("due.asked_for", {"who": who})
    return due_now(engine, [portal], now, f"asked for by {who}", said) == 1


def add_window(engine: Engine, window: Window) -> None:
    """Keep a time in which nothing is crawled; one of the same name is replaced."""
    if window.begins_at >= window.ends_at:
        raise ValueError(f"the window {window.name} ends before it begins")
    row = {name: getattr(window, name) for name in Window.__slots__}
    with writing(engine) as connection:
        upsert(connection, maintenance_windows, [row], key=("name",))


def remove_window(engine: Engine, name: str) -> bool:
    """Take a window away; tell whether there was one."""
    with writing(engine) as connection:
        gone = connection.execute(delete(maintenance_windows).where(maintenance_windows.c.name == name))
        return gone.rowcount > 0


def windows(engine: Engine) -> list[Window]:
    """The windows that are not over yet, the earliest first."""
    with reading(engine) as connection:
        return windows_of(connection)


def windows_of(connection: Connection) -> list[Window]:
    """The windows that are not over yet, inside the caller's transaction."""
    columns = (maintenance_windows.c[name] for name in Window.__slots__)
    query = select(*columns).where(maintenance_windows.c.ends_at > real_now())
    return [Window(*row) for row in connection.execute(query.order_by(maintenance_windows.c.begins_at))]


def state(schedule: Schedule, now: datetime) -> Literal["paused", "running", "due", "waiting"]:
    """How a portal stands: paused, in the hands of a dispatcher, due and not yet taken, or waiting."""
    if schedule.claimed_by is not None:
        return "running"
    if not schedule.enabled:
        return "paused"
    return "due" if schedule.next_due_at <= now else "waiting"


def _planned(schedule: Schedule, now: datetime, adaptive: Adaptive | None) -> dict[str, object]:
    due: Due = next_due(schedule, now, adaptive=adaptive)
    row: dict[str, object] = {name: getattr(schedule, name) for name in Schedule.__slots__}
    return row | plan_row(due, now)


def plan_row(due: Due, now: datetime) -> dict[str, object]:
    """The columns of a schedule that hold its plan, made ``now``."""
    return {
        "next_due_at": due.at, "due_reason": due.reason, "due_said": as_rows(due.said), "planned_at": now,
    }  # fmt: skip
