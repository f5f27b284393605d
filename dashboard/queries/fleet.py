"""All portals with how they stand: what the overview, the matrix, the map and the schedule are made of.

Everything is read in six queries, whatever the number of portals (600: about 100 ms).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from urllib.parse import urlsplit

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    String,
    Text,
    cast,
    column,
    func,
    select,
    table,
)  # fmt: skip

from dashboard.lights import LEVELS, Lights, PastRun, Standing, lights
from storage import alarms, tables
from storage.alarms import Alarm
from storage.bulk import chunks
from storage.columns import UtcTime
from storage.columns import now as real_now
from storage.engine import reading
from storage.said import Said, all_of
from storage.views import view_name
from vietnam.stamps import VIETNAM

STRIP = 30
"""Runs that the strip of a portal shows."""

DAYS = 14
"""Days of the spark lines, today included."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run of a portal, with what it has to say."""

    id: int
    verdict: str
    started_at: datetime
    counts: dict[str, int]
    errors: dict[str, int]
    message: str | None
    said: list[object] | None


@dataclass(frozen=True, slots=True)
class Hold:
    """A host that asked to be left alone."""

    host: str
    until: datetime
    reason: str
    """In English."""
    said: Sequence[object] | None
    """``reason`` in codes: rows of storage.said.Said."""

    def told(self) -> list[Said]:
        """The reason as codes of the catalogues."""
        return all_of(self.said)


@dataclass(frozen=True, slots=True)
class PortalState:
    """A portal with its schedule, its last runs (the newest first) and its lights."""

    id: str
    name: str
    url: str
    owner: str
    platform: str
    province_2024: str | None
    district_2024: str | None
    province_2025: str | None
    enabled: bool
    retired: bool
    next_due_at: datetime | None
    due_reason: str
    due_said: Sequence[object] | None
    """``due_reason`` in codes: rows of storage.said.Said."""
    claimed: bool
    runs: tuple[PastRun, ...]
    last: LastRun | None
    new_by_day: tuple[int, ...]
    hold: Hold | None
    lights: Lights
    last_new_at: datetime | None
    usual_gap: timedelta | None
    calling: tuple[Alarm, ...] = ()
    """Alarms that need a person (storage.alarms), the oldest first; of a portal at rest none."""

    def why(self) -> list[Said]:
        """Why it is due when it is, as codes of the catalogues."""
        return all_of(self.due_said)

    @property
    def new(self) -> int:
        """Articles that were new in the days of ``new_by_day``."""
        return sum(self.new_by_day)

    @property
    def needs_person(self) -> bool:
        """Whether somebody should look: an alarm is down, and nobody has it in hand."""
        return bool(self.calling)


def days_before(now: datetime) -> list[date]:
    """The last DAYS days in Vietnam, today last."""
    today = now.astimezone(VIETNAM).date()
    return [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]


def midnight(day: date) -> datetime:
    """When a day begins in Vietnam, in UTC."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def fleet(
    engine: Engine, now: datetime | None = None, only: Collection[str] | None = None
) -> list[PortalState]:
    """The portals of the registry (``only`` some of them), the worst first."""
    now = now or real_now()
    known, plan = tables.portals.c, tables.schedules.c
    query = select(
        known.id, known.name, known.url, known.owner, known.platform, known.province_2024,
        known.district_2024, known.province_2025, known.active_until, known.in_registry,
        plan.enabled, plan.next_due_at, plan.due_reason, plan.due_said,
        plan.claimed_by,
    ).join(tables.schedules, plan.portal == known.id, isouter=True)  # fmt: skip
    query = query.where(known.id.in_(list(only))) if only is not None else query.where(known.in_registry)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
        runs = past_runs(connection, [row.id for row in rows] if only is not None else None)
        last = _last_runs(connection, [history[0].id for history in runs.values()])
        daily = _new_by_day(connection, now, only)
        holds = {hold.host: hold for hold in holds_of(connection, now)}
        seen = _freshness(connection, only)
    calling: defaultdict[str, list[Alarm]] = defaultdict(list)
    for alarm in alarms.read(engine):
        if alarm.calls(now):
            calling[alarm.portal].append(alarm)
    today = f"{now.astimezone(VIETNAM):%Y-%m-%d}"
    states = []
    for row in rows:
        history, newest = runs.get(row.id, ()), last.get(row.id)
        address = urlsplit(row.url)
        hold = holds.get(address.netloc) or holds.get(address.hostname or "")
        retired = not row.in_registry or bool(row.active_until and row.active_until < today)
        enabled = row.enabled is None or bool(row.enabled)
        errors = frozenset(newest.errors) if newest else frozenset()
        last_new_at, usual_gap = seen.get(row.id, (None, None))
        standing = Standing(
            enabled, retired, row.next_due_at, hold is not None, errors, last_new_at, usual_gap
        )  # fmt: skip
        states.append(
            PortalState(
                row.id, row.name, row.url, row.owner, row.platform, row.province_2024, row.district_2024,
                row.province_2025, enabled, retired, row.next_due_at, row.due_reason or "",
                row.due_said, row.claimed_by is not None, history, newest,
                daily.get(row.id, (0,) * DAYS), hold, lights(history, standing, now), last_new_at, usual_gap,
                tuple(calling[row.id]) if enabled and not retired else (),
            )
        )  # fmt: skip
    return sorted(states, key=_worst_first)


def past_runs(connection: Connection, only: Sequence[str] | None = None) -> dict[str, tuple[PastRun, ...]]:
    """The last STRIP runs of each portal, the newest first: one short walk of the index a portal.

    The runs of a portal come as one text: 18,000 rows of 600 portals would take eight times as long.
    """
    runs = tables.crawl_runs.c
    if connection.dialect.name == "postgresql":
        started: ColumnElement[str] = func.to_char(
            func.timezone("UTC", runs.started_at), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
        )
    else:
        started = cast(runs.started_at, Text)
    new = func.coalesce(runs.counts["new"].as_string(), "0")
    text = cast(runs.id, Text) + "|" + func.coalesce(runs.verdict, runs.status) + "|" + started + "|" + new
    newest = select(text.label("run")).where(runs.portal == tables.portals.c.id)
    newest = newest.order_by(runs.started_at.desc(), runs.id.desc()).limit(STRIP).correlate(tables.portals)
    together = select(func.aggregate_strings(newest.subquery("newest").c.run, " ")).scalar_subquery()
    query = select(tables.portals.c.id, together)
    if only is not None:
        query = query.where(tables.portals.c.id.in_(list(only)))
    return {portal: _history(text) for portal, text in connection.execute(query) if text}


def _history(text: str) -> tuple[PastRun, ...]:
    # In order already as both databases do it, but SQL does not promise that of an aggregate's input.
    runs = map(_past_run, text.split(" "))
    return tuple(sorted(runs, key=attrgetter("started_at", "id"), reverse=True))


def _past_run(text: str) -> PastRun:
    id, verdict, started, new = text.split("|")
    return PastRun(int(id), verdict, datetime.fromisoformat(started), int(new))


def holds_of(connection: Connection, now: datetime) -> list[Hold]:
    """The hosts that are held back now, the longest hold first."""
    held = tables.holds.c
    query = select(held.host, held.until, held.reason, held.said)
    query = query.where(held.until > now).order_by(held.until.desc())
    return [Hold(*row) for row in connection.execute(query)]


def _last_runs(connection: Connection, ids: Sequence[int]) -> dict[str, LastRun]:
    runs = tables.crawl_runs.c
    query = select(
        runs.portal, runs.id, func.coalesce(runs.verdict, runs.status), runs.started_at, runs.counts,
        runs.errors, runs.message, runs.said,
    )  # fmt: skip
    return {
        portal: LastRun(*rest)
        for some in chunks(ids)
        for portal, *rest in connection.execute(query.where(runs.id.in_(some)))
    }


def _new_by_day(
    connection: Connection, now: datetime, only: Collection[str] | None
) -> dict[str, tuple[int, ...]]:
    """New articles a portal and day, from the counts of its runs; most runs say by their verdict: none."""
    runs = tables.crawl_runs.c
    days = days_before(now)
    if connection.dialect.name == "postgresql":
        day = func.to_char(func.timezone("Asia/Ho_Chi_Minh", runs.started_at), "YYYY-MM-DD")
    else:
        day = func.date(cast(runs.started_at, String), "+7 hours")
    new = func.sum(cast(runs.counts["new"].as_string(), Integer))
    query = select(runs.portal, day, new).group_by(runs.portal, day)
    query = query.where(runs.started_at >= midnight(days[0]), runs.verdict != "nothing_new")
    if only is not None:
        query = query.where(runs.portal.in_(list(only)))
    index = {day.isoformat(): position for position, day in enumerate(days)}
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0] * DAYS)
    for portal, name, count in connection.execute(query):
        if count and name in index:
            found[portal][index[name]] = count
    return {portal: tuple(counts) for portal, counts in found.items()}


def _freshness(
    connection: Connection, only: Collection[str] | None
) -> dict[str, tuple[datetime | None, timedelta | None]]:
    """When something new of a portal was last seen, and its usual gap, as the view has them."""
    schema, _, name = view_name("portal_freshness", connection.dialect.name).rpartition(".")
    view = table(
        name, column("portal", String), column("last_new_at", UtcTime),
        column("expected_gap_seconds", Integer), schema=schema or None,
    )  # fmt: skip
    query = select(view.c.portal, view.c.last_new_at, view.c.expected_gap_seconds)
    if only is not None:
        query = query.where(view.c.portal.in_(list(only)))
    return {
        portal: (seen_at, None if gap is None else timedelta(seconds=gap))
        for portal, seen_at, gap in connection.execute(query)
    }


_RANK = {level: rank for rank, level in enumerate(LEVELS)}


def _worst_first(state: PortalState) -> tuple[int, int, str]:
    four = (state.lights.reach, state.lights.freshness, state.lights.quality, state.lights.politeness)
    return _RANK[state.lights.worst], sum(_RANK[level] for level in four), state.id
