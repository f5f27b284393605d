"""Alarms of portals: their states, and what becomes of them when a run is judged.

An alarm that is raised once is ``pending``: a passing fault. Raised CONFIRMED times in a row it is ``down``
and told; cleared, it is ``ok`` and told if it was down. People are told of transitions only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, exists, null, or_, select, update

from storage import outbox
from storage.bulk import upsert
from storage.columns import now as real_now
from storage.engine import reading, writing
from storage.said import Said
from storage.schedules import is_crawled
from storage.tables import alarms, portals

State = Literal["pending", "down", "ok"]

CONFIRMED = 2
"""Judgements in a row that raise an alarm before anybody is told (Uptime-Kuma's retries)."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm that a run raises: in words, in numbers where it has them, and addresses to look at.

    ``message`` is English, ``said`` the same in codes.
    """

    name: str
    message: str
    observed: float | None = None
    bound: float | None = None
    urls: tuple[str, ...] = ()
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one run says of its portal's alarms.

    ``cleared`` are those that it had the evidence to clear. All others stay as they are.
    """

    raised: tuple[Raised, ...] = ()
    cleared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm of one portal. ``since``: when it came into its state; ``seen``: times in a row raised."""

    portal: str
    name: str
    state: State
    since: datetime
    seen: int
    run_id: int | None
    judged_at: datetime
    message: str
    observed: float | None
    bound: float | None
    urls: Sequence[str]
    notified_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    muted_until: datetime | None = None
    muted_by: str | None = None
    accepted_at: datetime | None = None
    said: Said | None = None

    def is_muted(self, now: datetime) -> bool:
        """Tell whether nobody is to be told of it now."""
        return self.muted_until is not None and self.muted_until > now

    def calls(self, now: datetime) -> bool:
        """Tell whether it needs a person: it is down, and nobody looks after it or has muted it."""
        return self.state == "down" and self.acknowledged_at is None and not self.is_muted(now)


def read(
    engine: Engine, *, portal: str | None = None, states: Collection[State] = ("down", "pending")
) -> list[Alarm]:
    """Alarms in these states, of one portal or of all: those that are down first, the oldest first.

    Those of portals that nobody crawls any more are left out where all are asked for: no run can end them.
    """
    query = select(*_COLUMNS).where(alarms.c.state.in_(states))
    query = query.where(alarms.c.portal == portal if portal is not None else ~is_past(real_now()))
    with reading(engine) as connection:
        found = [_alarm(row) for row in connection.execute(query)]
    order = ("down", "pending", "ok")
    return sorted(found, key=lambda a: (order.index(a.state), a.since, a.portal, a.name))


def judge(
    engine: Engine, portal: str, run_id: int | None, judgement: Judgement, now: datetime
) -> list[Alarm]:
    """Move the alarms of ``portal`` by what a run says; return those that went down or came back.

    The messages for people are put into the outbox in the same transaction. A run counts once.
    """
    moved: list[Alarm] = []
    with writing(engine) as connection:
        rows = connection.execute(select(*_COLUMNS).where(alarms.c.portal == portal).with_for_update())
        before = {row.name: _alarm(row) for row in rows}
        changed: list[Alarm] = []
        for raised in judgement.raised:
            old = before.get(raised.name)
            if old is None or run_id is None or old.run_id != run_id:
                changed.append(_raise(portal, old, raised, run_id, now))
        for old in before.values():
            if old.state == "ok" or (run_id is not None and old.run_id == run_id):
                continue
            if old.name in judgement.cleared:
                changed.append(_clear(old, run_id, now))
        for new in changed:
            old = before.get(new.name)
            was, now_is = old.state if old else "ok", new.state
            told = new
            if now_is == "down" and was != "down":
                told = _tell(connection, new, "down", now)
                moved.append(told)
            elif now_is == "ok" and was == "down":
                told = _tell(connection, new, "recovered", now)
                moved.append(told)
            row = _row(told)
            upsert(connection, alarms, [row], key=("portal", "name"))
    return moved


def _raise(portal: str, old: Alarm | None, raised: Raised, run_id: int | None, now: datetime) -> Alarm:
    seen = old.seen + 1 if old is not None and old.state != "ok" else 1
    state: State = "down" if seen >= CONFIRMED else "pending"
    new = Alarm(
        portal, raised.name, state, now, seen, run_id, now,
        raised.message, raised.observed, raised.bound, raised.urls[:5], said=raised.said,
    )  # fmt: skip
    if old is None:
        return new
    new = replace(
        new, muted_until=old.muted_until, muted_by=old.muted_by,
        accepted_at=old.accepted_at, notified_at=old.notified_at,
    )  # fmt: skip
    if old.state == state:
        new = replace(
            new, since=old.since, acknowledged_by=old.acknowledged_by, acknowledged_at=old.acknowledged_at
        )
    return new


def _clear(old: Alarm, run_id: int | None, now: datetime) -> Alarm:
    return replace(
        old, state="ok", since=now, seen=0, run_id=run_id, judged_at=now,
        acknowledged_by=None, acknowledged_at=None,
    )  # fmt: skip


def _tell(connection: Connection, alarm: Alarm, kind: Literal["down", "recovered"], now: datetime) -> Alarm:
    """Put the message of a transition into the outbox; a recovery from what nobody was told tells nothing."""
    if kind == "recovered":
        untold = outbox.withdraw(connection, alarm.portal, alarm.name)
        if untold or alarm.notified_at is None:
            return replace(alarm, notified_at=None)
    if alarm.is_muted(now):
        return replace(alarm, notified_at=None)
    text = f"{alarm.portal}: {alarm.name}: {alarm.message}" + (f" ({alarm.urls[0]})" if alarm.urls else "")
    if kind == "recovered":
        text = f"{alarm.portal}: {alarm.name}: well again"
    key = f"{kind} {alarm.portal} {alarm.name} {now.isoformat()}"
    outbox.put(connection, key, kind, text, now, portal=alarm.portal, alarm=alarm.name)
    return replace(alarm, notified_at=now if kind == "down" else None)


def remind(engine: Engine, now: datetime, after: timedelta) -> int:
    """Put a reminder of each alarm that is still down, not acknowledged and not muted, every ``after``."""
    count = 0
    due: tuple[ColumnElement[bool], ...] = (
        alarms.c.state == "down",
        alarms.c.acknowledged_at.is_(None),
        or_(alarms.c.muted_until.is_(None), alarms.c.muted_until <= now),
        or_(alarms.c.notified_at.is_(None), alarms.c.notified_at <= now - after),
        ~is_past(now),
    )
    with writing(engine) as connection:
        for row in connection.execute(select(*_COLUMNS).where(*due)).all():
            alarm = _alarm(row)
            text = f"{alarm.portal}: {alarm.name}, since {alarm.since:%Y-%m-%d %H:%M} UTC: {alarm.message}"
            key = f"reminder {alarm.portal} {alarm.name} {alarm.notified_at or alarm.since}"
            count += outbox.put(connection, key, "reminder", text, now, portal=alarm.portal, alarm=alarm.name)
            _change(connection, alarm.portal, alarm.name, {"notified_at": now})
    return count


def is_past(now: datetime) -> ColumnElement[bool]:
    """Whether an alarm is of a portal that has left the registry, or publishes no more."""
    return exists().where(portals.c.id == alarms.c.portal, ~and_(*is_crawled(now)))


def acknowledge(engine: Engine, portal: str, name: str | None, by: str, now: datetime) -> int:
    """Note that ``by`` looks after the alarms of a portal (or the one of ``name``): no more reminders."""
    values = {"acknowledged_by": by, "acknowledged_at": now}
    with writing(engine) as connection:
        return _change(connection, portal, name, values, alarms.c.state != "ok")


def mute(engine: Engine, portal: str, name: str, until: datetime, by: str, now: datetime) -> None:
    """Tell nobody of an alarm until then, whether it is up at present or not."""
    with writing(engine) as connection:
        if not _change(connection, portal, name, {"muted_until": until, "muted_by": by}):
            quiet = Alarm(portal, name, "ok", now, 0, None, now, "", None, None, [])
            row = _row(replace(quiet, muted_until=until, muted_by=by))
            upsert(connection, alarms, [row], key=("portal", "name"))


def unmute(engine: Engine, portal: str, name: str | None = None) -> int:
    """Let people be told again; return of how many alarms."""
    values = {"muted_until": null(), "muted_by": null()}
    with writing(engine) as connection:
        return _change(connection, portal, name, values, alarms.c.muted_until.is_not(None))


def accept(engine: Engine, portal: str, name: str, by: str, now: datetime) -> int:
    """The portal has changed and that is right: from now on it is measured by what comes after."""
    values = {
        "state": "ok", "since": now, "seen": 0, "accepted_at": now, "notified_at": null(),
        "acknowledged_by": by, "acknowledged_at": now,
    }  # fmt: skip
    with writing(engine) as connection:
        outbox.withdraw(connection, portal, name)
        return _change(connection, portal, name, values, alarms.c.state != "ok")


def _change(
    connection: Connection,
    portal: str,
    name: str | None,
    values: Mapping[str, object],
    *where: ColumnElement[bool],
) -> int:
    change = update(alarms).where(alarms.c.portal == portal, *where).values(dict(values))
    if name is not None:
        change = change.where(alarms.c.name == name)
    return connection.execute(change).rowcount


def _alarm(row: Row[Any]) -> Alarm:
    return Alarm(**{**row._mapping, "said": Said.from_row(row.said)})


def _row(alarm: Alarm) -> dict[str, object]:
    return asdict(alarm) | {"urls": list(alarm.urls), "said": alarm.said.as_row() if alarm.said else None}


_COLUMNS = tuple(alarms.c[name] for name in Alarm.__slots__)
