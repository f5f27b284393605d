"""When a portal is next asked for news: its rhythm, learned from what its polls returned. Pure functions.

The rule is that of reference/operations.md F4. A portal's expected rate of new articles changes over the
hours of the week; of all ways to spend a request budget, polls spaced as ``k / sqrt(rate)`` give the
smallest mean delay between publication and discovery (rates.EXPONENT says why it is not quite the root).
The clock keeps a Rhythm per portal, makes a Plan once a day, and calls ``learn`` after each poll and
``next_poll`` for the next due time. docs/freshness.md has the measurements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

import numpy as np
from numpy.typing import NDArray

from crawler.running import rates
from crawler.running.rates import HOURS, Array
from crawler.running.rechecks import SHARE
from crawler.running.rhythm_words import in_words
from storage.said import Said
from storage.timetable import Due

FLOOR = timedelta(minutes=10)
"""Nobody's listing is asked for more often (F4)."""

CEILING = timedelta(hours=24)
"""Nobody's listing is asked for less often, except on hold (F4)."""

JITTER = 0.05
"""Share of an interval by which a poll may move, so that portals do not fall into step (F4)."""

HOLD = timedelta(minutes=90)
"""Hold after one failure; sixteen of them make the cap of 24 hours."""

HOLD_CAP = timedelta(hours=24)

GIVE_UP_AFTER = 30
"""Weighted failures after which a portal is asked once a week, but never not at all (F4)."""

FIRST_RATE = 2.0 / 24
"""Articles per hour of a portal while nothing is known of any: two a day (F3: 735 a day on 300 portals)."""

FIRST_WINDOW = 60 * 24.0
"""Hours that a first listing can speak for; older dates say nothing of today's rhythm."""

GROUP_SIZE = 10
"""Portals that make a group worth a prior of its own (J)."""

LISTING_SIZE = 20
"""Articles on one page of a listing where no page was seen full."""

_MOMENTS = ("begun_at", "polled_at", "counted_at", "failed_at")
_FLAT = (1.0,) * HOURS
_BLANK = (0.0,) * HOURS


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is known of a portal's publishing. ``Rhythm()`` is a portal that was never asked.

    ``counts`` and ``watched`` have a number for each hour of the week, Monday 00:00 in Vietnam first:
    articles counted, and hours watched, both forgotten with a half-life of 14 days. F4's a and b are their
    sums.
    """

    counts: tuple[float, ...] = _BLANK
    watched: tuple[float, ...] = _BLANK
    begun_at: datetime | None = None
    """The first poll."""
    polled_at: datetime | None = None
    counted_at: datetime | None = None
    """Articles first seen up to then are in ``counts``: those of a poll are stored after ``polled_at``."""
    pace: float = 0.0
    """New articles per hour between the last two polls."""
    polls: int = 0
    failures: float = 0.0
    """Weighted, since the last success."""
    failed_at: datetime | None = None
    listing_size: int = LISTING_SIZE
    """Articles on one page of the busiest listing."""
    group: str = ""
    """Whose typical week and rate a new portal starts from: the owner of its registry record, say."""
    weight: float = 1.0
    """How much an hour of delay matters here."""
    cost: float = 1.0
    """Requests that one poll takes: its listings."""
    phase: float = 0.5
    """0..1, of the portal's id: where in a first interval it begins, and its jitter."""

    def to_json(self) -> dict[str, object]:
        """Return the rhythm as JSON types, to be kept in the database."""
        state: dict[str, object] = {name: getattr(self, name) for name in self.__slots__}
        state |= {name: [round(n, 4) for n in getattr(self, name)] for name in ("counts", "watched")}
        state |= {name: _iso(getattr(self, name)) for name in _MOMENTS}
        return state

    @classmethod
    def from_json(cls, state: Mapping[str, object]) -> Rhythm:
        """Read what ``to_json`` gave; keys that an older version did not have take their defaults."""
        known = {name: value for name, value in state.items() if name in cls.__slots__}
        known |= {
            name: tuple(cast("list[float]", known[name])) for name in ("counts", "watched") if name in known
        }
        known |= {name: _moment(known.get(name)) for name in _MOMENTS}
        return cls(**known)  # type: ignore[arg-type]  # the values are those of to_json


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for a portal whatever its rhythm. ``floor`` is the longest of FLOOR, robots' crawl delay and
    a sane Cache-Control; ``not_before`` a hold on its host."""

    floor: timedelta = FLOOR
    ceiling: timedelta = CEILING
    not_before: datetime | None = None
    hold_reason: str = "the host asked to be left alone"


@dataclass(frozen=True, slots=True)
class Budget:
    """Requests per day for all portals together, and how they are shared out."""

    requests_per_day: float
    rechecks: float = SHARE
    """Share for articles that are known already (F4): crawler.running.rechecks."""
    exploration: float = 0.1
    """Share of the polls for portals that would otherwise be asked at the ceiling only (F4)."""

    @property
    def polls(self) -> float:
        """Requests per day for listings."""
        return self.requests_per_day * (1.0 - self.rechecks)


@dataclass(frozen=True, slots=True)
class Prior:
    """The typical portal of a group: articles per hour, and its week (168 numbers of mean 1)."""

    rate: float = FIRST_RATE
    profile: tuple[float, ...] = _FLAT


@dataclass(frozen=True, slots=True)
class Plan:
    """One day's allocation: made by ``plan``, used by ``learn`` and ``next_poll``."""

    k: float
    gap: timedelta
    priors: Mapping[str, Prior]
    portals: int = 0
    """How many it was made for."""

    def prior(self, group: str) -> Prior:
        """Return the prior of a group; of all portals for one that is not known."""
        return self.priors.get(group) or self.priors[""]

    def to_json(self) -> dict[str, object]:
        """Return the plan as JSON types, to be kept in the database."""
        priors = {
            group: {"rate": prior.rate, "profile": [round(n, 4) for n in prior.profile]}
            for group, prior in self.priors.items()
        }
        return {
            "k": self.k, "gap": self.gap.total_seconds(), "priors": priors, "portals": self.portals,
        }  # fmt: skip

    @classmethod
    def from_json(cls, state: Mapping[str, object]) -> Plan:
        """Read what ``to_json`` gave."""
        priors = cast("Mapping[str, Mapping[str, object]]", state["priors"])
        return cls(
            cast("float", state["k"]),
            timedelta(seconds=cast("float", state["gap"])),
            {
                group: Prior(cast("float", p["rate"]), tuple(cast("list[float]", p["profile"])))
                for group, p in priors.items()
            },
            cast("int", state.get("portals", 0)),
        )


def plan(rhythms: Sequence[Rhythm], budget: Budget, now: datetime) -> Plan:
    """Share out the coming day's budget: to be called once a day, and when many portals came or went.

    Polls are planned for the 24 hours from ``now``. With no rhythms the plan is one for portals to come.
    """
    if not rhythms:
        return Plan(1.0, CEILING, {"": Prior()})
    counts, watched = _array(rhythms, "counts"), _array(rhythms, "watched")
    priors = {"": Prior()}
    known = watched.sum(axis=1) > 0
    if known.any():
        priors[""] = _prior(counts[known], watched[known])
    for group in sorted({rhythm.group for rhythm in rhythms} - {""}):
        members = known & np.array([rhythm.group == group for rhythm in rhythms])
        if members.sum() >= GROUP_SIZE:
            priors[group] = _prior(counts[members], watched[members])
    mine = [priors.get(rhythm.group, priors[""]) for rhythm in rhythms]
    expected = rates.rates(
        counts, watched, np.array([prior.rate for prior in mine]), np.array([prior.profile for prior in mine])
    )
    cost = np.array([rhythm.cost for rhythm in rhythms])
    fitted = rates.fit(
        expected,
        rates.feared(expected, counts),
        (int(rates.hours(now)) + np.arange(24)) % HOURS,
        np.array([rhythm.weight for rhythm in rhythms]) / cost,
        cost,
        np.array([float(rhythm.listing_size) for rhythm in rhythms]),
        requests=budget.polls,
        floor=FLOOR / timedelta(hours=1),
        ceiling=CEILING / timedelta(hours=1),
        exploration=budget.exploration,
    )
    return Plan(fitted.k, timedelta(hours=fitted.gap), priors, len(rhythms))


def learn(
    state: Rhythm,
    polled_at: datetime,
    new_articles: Sequence[datetime | None] | int,
    listing_size: int,
    plan: Plan,
    exposure: float = 1.0,
) -> Rhythm:
    """Return the rhythm after a poll that succeeded and found ``new_articles``.

    Times are given where they are known to the minute, None or a count where they are not; of the first poll,
    the dates of all that is listed (bare days will do): they tell the rate before anything was awaited.
    ``listing_size`` is the number of articles on one page of the busiest listing. ``exposure`` below 1 says
    that the time since the last poll proves little: the field was silent (Tết) or the portal could not
    publish.
    """
    found = new_articles if isinstance(new_articles, int) else len(new_articles)
    times = [] if isinstance(new_articles, int) else [rates.hours(time) for time in new_articles if time]
    until = rates.hours(polled_at)
    prior = plan.prior(state.group)
    counts, watched = _row(state.counts), _row(state.watched)
    pace = 0.0
    if state.polled_at is None:
        counts[0], watched[0] = first_listing(np.array(times), until, np.array(prior.profile))
    elif polled_at > state.polled_at:
        since = rates.hours(state.polled_at)
        exact = [time for time in times if since < time <= until]
        counts, watched = rates.observe(
            counts,
            watched,
            rates.cut(np.array([since]), np.array([until])),
            np.array([until - since]),
            np.array([float(found - len(exact))]),
            listing_size,
            rates.rates(counts, watched, prior.rate, np.array([prior.profile])),
            exposure,
        )
        pace = found / (until - since)
        np.add.at(counts[0], [int(time) % HOURS for time in exact], 1.0)
    return replace(
        state,
        counts=tuple(counts[0].tolist()),
        watched=tuple(watched[0].tolist()),
        begun_at=state.begun_at or polled_at,
        polled_at=polled_at,
        pace=pace,
        polls=state.polls + 1,
        failures=0.0,
        failed_at=None,
        listing_size=max(listing_size, 1),
    )


def first_listing(times: Array, now: float, profile: Array) -> tuple[Array, Array]:
    """Return counts and watched hours that the dates of a first listing stand for; times as of rates.hours.

    The newest three quarters count: an old article pinned on top would stretch the span to years.
    """
    counts, watched = np.zeros(HOURS), np.zeros(HOURS)
    recent = np.sort(np.clip(now - times, 0.0, None))
    recent = recent[: max(3, -(-len(recent) * 3 // 4))]
    if len(recent) < 3:
        return counts, watched
    span = max(float(recent[-1]), 12.0)  # bare days: all of today's may be a minute or a day old
    articles = float(len(recent) - 1)  # the span ends at an article, which therefore proves nothing
    if span > FIRST_WINDOW:
        articles, span = float((recent <= FIRST_WINDOW).sum()), FIRST_WINDOW
    fading = min(1.0, rates.HALF_LIFE / span)
    counts += articles * fading * profile / HOURS
    watched += span * fading / HOURS
    return counts, watched


def fail(state: Rhythm, at: datetime, weight: float = 1.0) -> Rhythm:
    """Return the rhythm after a poll that failed; ``weight`` below 1 for what may pass (a timeout)."""
    return replace(state, failures=state.failures + weight, failed_at=at)


def hold(failures: float) -> timedelta:
    """Return how long a portal is left alone after so many weighted failures in a row (F4)."""
    if failures > GIVE_UP_AFTER:
        return timedelta(days=7)
    return min(HOLD * min(failures, 16.0), HOLD_CAP)


def next_poll(
    state: Rhythm, now: datetime, plan: Plan, limits: Limits | None = None, *, running: bool = False
) -> Due:
    """Return when the portal is next asked, not before ``now``, and why.

    The time follows from the last poll and not from ``now``: asking again later gives the same answer, until
    a poll, a failure or a new plan changes it. While a poll is ``running`` the time follows from ``now``, as
    if nothing was found.
    """
    limits = limits or Limits()
    if running:
        state = replace(state, begun_at=state.begun_at or now, polled_at=now, polls=state.polls + 1)
    due = _by_rhythm(state, now, plan, limits)
    if state.failed_at is not None and state.failures > 0:
        until = state.failed_at + hold(state.failures)
        count = f"{state.failures:g} failure{'s' if state.failures != 1 else ''} in a row"
        if until > due.at:
            said = Said("due.failures", {"count": f"{state.failures:g}"})
            due = Due(until, f"on hold after {count}", (said,))
    if limits.not_before is not None and limits.not_before > due.at:
        due = Due(limits.not_before, limits.hold_reason, (Said("due.left_alone"),))
    return due if due.at >= now else Due(now, f"overdue: {due.reason}", (Said("due.overdue"), *due.said))


def _by_rhythm(state: Rhythm, now: datetime, plan: Plan, limits: Limits) -> Due:
    expected = expected_rates(state, plan)
    worth = state.weight / state.cost
    if state.polled_at is None:
        typical = float(np.sqrt(worth) * expected.mean() ** rates.EXPONENT)
        wait = min(plan.k / typical, limits.ceiling / timedelta(hours=1))
        return Due(now + timedelta(hours=wait * state.phase), "never polled", (Said("due.never_polled"),))
    gap = min(plan.gap, limits.ceiling)
    floor = min(max(limits.floor, FLOOR), gap)
    deserved = rates.density(
        expected,
        rates.feared(
            expected, _row(state.counts), np.array([_age(state, state.polled_at)]), np.array([state.pace])
        ),
        k=plan.k,
        worth=worth,
        listing=float(state.listing_size),
        floor=floor / timedelta(hours=1),
    )
    last = rates.hours(state.polled_at)
    due = rates.next_due(
        deserved,
        np.array([last]),
        floor=floor / timedelta(hours=1),
        gap=gap / timedelta(hours=1),
        shift=jitter(np.array([state.phase]), np.array([state.polls])),
    )
    after = timedelta(hours=float(due[0]) - last)
    words, rhythm = in_words(expected[0])
    said = [rhythm]
    if after >= gap:
        hours = f"{gap / timedelta(hours=1):g}"
        words = f"never later than after {hours} hours: {words}"
        said.insert(0, Said("due.never_later", {"hours": hours}))
    elif after <= floor:
        minutes = f"{floor / timedelta(minutes=1):g}"
        words = f"never sooner than after {minutes} minutes: {words}"
        said.insert(0, Said("due.never_sooner", {"minutes": minutes}))
    return Due(state.polled_at + after, words, tuple(said))


def jitter(phase: Array, polls: NDArray[np.intp]) -> Array:
    """Return a factor around 1: another for each poll and portal, always the same for the same one."""
    golden = 0.6180339887498949  # its multiples modulo 1 are spread most evenly
    factor: Array = 1.0 + JITTER * ((phase + polls * golden) % 1.0 - 0.5)
    return factor


def expected_rates(state: Rhythm, plan: Plan) -> Array:
    """Return the articles per hour expected of the portal, in one row of 168 hours of the week."""
    prior = plan.prior(state.group)
    return rates.rates(_row(state.counts), _row(state.watched), prior.rate, np.array([prior.profile]))


def _age(state: Rhythm, at: datetime) -> float:
    """Hours since the first poll."""
    return (at - (state.begun_at or at)) / timedelta(hours=1)


def _prior(counts: Array, watched: Array) -> Prior:
    rate, profile = rates.pool(counts, watched)
    return Prior(rate, tuple(profile.tolist()))


def _array(rhythms: Sequence[Rhythm], name: str) -> Array:
    return np.array([getattr(rhythm, name) for rhythm in rhythms])


def _row(numbers: tuple[float, ...]) -> Array:
    return np.array([numbers])


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
