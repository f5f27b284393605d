"""The learned rhythms at work: what each run teaches, when a portal is due by its rhythm, the daily plan.

crawler.running.rhythm has the arithmetic, storage.rhythms what is kept. Every run teaches, whoever began it
(the clock, a worker, a person); only portals of schedule kind ``adaptive`` follow what was learned.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from crawler.running import rhythm
from crawler.running.rhythm import Budget, Plan, Rhythm
from storage import rhythms
from storage.said import Said
from storage.timetable import Due, Schedule

PLAN_EVERY = timedelta(hours=24)
"""A plan shares out the coming day (docs/freshness.md)."""

MANY = 0.1
"""Share of the portals that may come or go before the day's plan is made anew."""

EXACT = ("minute", "second")

DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Poll:
    """A look at a portal's listings that succeeded.

    ``listing_size``: articles on one page of the busiest listing. ``requests``: what a look that finds
    nothing new asks for. ``new``: of each article that no poll before had shown, when it was published, to
    the minute, None where that is not known; of the first poll the dates of all, bare days too. Without it
    the articles are counted that the database has first seen since the poll before.
    """

    at: datetime
    listing_size: int
    requests: float
    new: Sequence[datetime | None] | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """A look that failed. ``weight`` below 1: it may pass (operations.md F4)."""

    at: datetime
    weight: float


def teach(
    engine: Engine, portal: str, owner: str, outcome: Poll | Miss, now: datetime, *, run_id: int | None = None
) -> None:
    """Learn from one look at a portal that ended ``now``.

    ``run_id``: under whose lease. Raises storage.runs.LeaseLost where it is lost.
    """
    known = rhythms.load(engine, [portal]).get(portal)
    state = Rhythm.from_json(known) if known else newcomer(portal, owner)
    if isinstance(outcome, Miss):
        state = rhythm.fail(state, outcome.at, outcome.weight)
    else:
        new = outcome.new if outcome.new is not None else _new_of(engine, portal, state)
        state = replace(state, group=owner, cost=max(1.0, outcome.requests), counted_at=now)
        state = rhythm.learn(
            state, outcome.at, new, outcome.listing_size, plan_in_force(engine),
            _exposure(engine, portal, state, outcome.at),
        )  # fmt: skip
    rhythms.save(engine, {portal: state.to_json()}, run_id=run_id)


def _new_of(engine: Engine, portal: str, state: Rhythm) -> list[datetime | None]:
    found = rhythms.published(engine, portal, state.counted_at)
    if state.polled_at is None:
        return [each.published_at for each in found if each.published_at]
    return [each.published_at if each.precision in EXACT else None for each in found]


def _exposure(engine: Engine, portal: str, state: Rhythm, at: datetime) -> float:
    """The share of the time since the last poll in which the portal could publish: not in Tết."""
    if state.polled_at is None or at <= state.polled_at:
        return 1.0
    closed = rhythms.closed_seconds(engine, portal, state.polled_at, at)
    return 1.0 - closed / (at - state.polled_at).total_seconds()


def newcomer(portal: str, owner: str) -> Rhythm:
    """The rhythm of a portal that was never asked."""
    return Rhythm(group=owner, phase=zlib.crc32(portal.encode()) / 2**32)


def plan_in_force(engine: Engine) -> Plan:
    """The stored plan; before the first one, one for portals of which nothing is known."""
    stored = rhythms.latest_plan(engine)
    return Plan.from_json(stored.plan) if stored else rhythm.plan((), Budget(0.0), datetime.now(UTC))


def plan_the_day(engine: Engine, now: datetime) -> Plan | None:
    """Share out the coming day's requests, if that was not done within a day or many portals came or went.

    The budget is what the portals' intervals would take: at equal cost, the rhythms find news sooner. Returns
    the new plan, None where the one in force stands.
    """
    following = rhythms.followers(engine)
    stored = rhythms.latest_plan(engine)
    if stored is not None and timedelta(0) <= now - stored.made_at < PLAN_EVERY:
        before = Plan.from_json(stored.plan).portals
        if abs(len(following) - before) <= MANY * before:
            return None
    known = rhythms.load(engine, [each.portal for each in following])
    states = [
        Rhythm.from_json(known[each.portal]) if each.portal in known else newcomer(each.portal, each.owner)
        for each in following
    ]
    budget = Budget(0.0)
    polls = sum(
        state.cost * DAY / each.interval_seconds for state, each in zip(states, following, strict=True)
    )
    made = rhythm.plan(states, replace(budget, requests_per_day=polls / (1.0 - budget.rechecks)), now)
    rhythms.save_plan(engine, now, made.to_json())
    return made


class Rhythms:
    """When portals are due by their rhythms: what storage.timetable asks for as ``Adaptive``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._plan: Plan | None = None

    def renew(self, now: datetime) -> None:
        """Make the day's plan if it is time, and read the one in force, which may be another clock's."""
        self._plan = plan_the_day(self._engine, now) or plan_in_force(self._engine)

    def due(self, schedule: Schedule, now: datetime) -> Due:
        """When the portal is asked next, after what is known of it."""
        return self._due(schedule, now, running=False)

    def due_after_run(self, schedule: Schedule, now: datetime) -> Due:
        """When the portal is asked next if the run that begins ``now`` finds nothing new."""
        return self._due(schedule, now, running=True)

    def _due(self, schedule: Schedule, now: datetime, *, running: bool) -> Due:
        if self._plan is None:
            self._plan = plan_in_force(self._engine)
        known = rhythms.load(self._engine, [schedule.portal]).get(schedule.portal)
        state = Rhythm.from_json(known) if known else newcomer(schedule.portal, "")
        due = rhythm.next_poll(state, now, self._plan, running=running)
        return Due(due.at, f"adaptive: {due.reason}", (Said("due.adaptive"), *due.said))
