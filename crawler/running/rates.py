"""How often portals publish, hour by hour of the week: the arithmetic of the adaptive rhythm, on arrays.

A row is a portal, a column an hour of the week (0 is Monday 00:00 in Vietnam). Two numbers are kept per
cell: the articles counted in that hour, and the hours of it that were watched, both forgotten with a
half-life (reference/operations.md F4). Times are in hours since HOUR_ZERO. One portal is an array of one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vietnam.dates import VIETNAM

Array: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.intp]

HOURS = 168
"""Hours of a week: the bins of a profile."""

HOUR_ZERO = datetime(1970, 1, 5, tzinfo=VIETNAM)
"""A Monday, so that an hour modulo 168 is the hour of the week."""

HALF_LIFE = 14 * 24.0
"""Hours after which a count weighs half (F4)."""

RATE_WEIGHT = 0.5
"""Articles that the group's rate counts for beside the portal's own. Rates are spread so widely (lognormal,
sigma 1.2: relative variance 3.2) that the group says little: 1/3.2 would be exact for that spread."""

PART_WEIGHT, HOUR_WEIGHT, BIN_WEIGHT = 1.0, 1.0, 3.0
"""Expected articles at which a portal's own counts weigh as much as what is known more coarsely: for parts
of the day, for hours of the day, for hours of the week. J; twice and four times as much make the mean delay
1 to 3 % longer (M, benchmarks/freshness.py)."""

POOL_WEIGHT = 1.0
"""The same for an hour of the pooled week, over the portals of a group."""

EXPONENT = 0.45
"""Polls per hour go with this power of the rate. The root is best for rates that are known (F4). Learned
ones differ more than true ones do, and the p95 lives on quiet portals: M, 18 worlds: 0.45 makes the mean
delay 0 to 2 % longer and the p95 3 to 6 % shorter, down to the fixed interval's even where portals hardly
differ."""

HIDDEN = 1.5
"""A listing that is new to its last line is counted as half as many again (J): what it hid is unknown."""

OVERFLOW = 0.5
"""Share of a listing that may fill between two polls (F4): posting comes in bursts."""

NEWCOMER_AGES, NEWCOMER_PEAKS = (0.0, 168.0, 336.0), (36.0, 24.0, 0.0)
"""Hours since the first poll, and how much busier than its mean a portal's busiest hour is feared to be
then. M, in the worlds of benchmarks.freshness: 6 to 15 times on nine portals of ten, 22 at most, and a
first listing read on a Monday morning shows half the true rate or less. With 12 at first, four of 3,000
portals lost articles in their first week, with 24 one of 15,000."""

UNPLANNED = 0.02
"""Share of the requests left for bursts, which no plan foresees (M: they take up to 1.3 %)."""

MOMENTUM = 3.0
"""How much faster than just before the next articles are feared to come: posting comes in bursts, and a
clerk's busy hour begins with a few (M: without it, one of 3,000 portals lost articles on a
weekday new to us)."""

_HOUR = np.arange(HOURS)
_HOUR_OF_DAY = _HOUR % 24
_WEEKEND = (_HOUR // 24 >= 5).astype(np.intp)
_PART_OF_DAY = np.searchsorted([6, 12, 18], _HOUR_OF_DAY, side="right")


def _membership(cell: Whole) -> Array:
    """A matrix that sums columns into cells; its transpose hands a cell's value back to its columns."""
    matrix = np.zeros((HOURS, int(cell.max()) + 1))
    matrix[_HOUR, cell] = 1.0
    return matrix


def _beside() -> Array:
    """Sums over an hour of the day and, half, its neighbours: office hours differ by half an hour or so."""
    blur = np.zeros((48, 48))
    for hour in range(24):
        for weekend in range(2):
            for step, weight in ((-1, 0.5), (0, 1.0), (1, 0.5)):
                blur[hour * 2 + weekend, (hour + step) % 24 * 2 + weekend] = weight
    return blur


_PARTS = _membership(_PART_OF_DAY * 2 + _WEEKEND)
_HOURS_OF_DAY = _membership(_HOUR_OF_DAY * 2 + _WEEKEND)
_HOURS_BESIDE = _HOURS_OF_DAY @ _beside()


def hours(at: datetime) -> float:
    """Return a time with a zone as hours since HOUR_ZERO."""
    return (at - HOUR_ZERO) / timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Watched:
    """A stretch of time cut at the full hours, per row: which bins it covers, and how much of each."""

    bins: Whole
    shares: Array


def cut(since: Array, until: Array) -> Watched:
    """Cut ``since``..``until`` at the full hours. Of a stretch longer than a week the last week counts."""
    since = np.maximum(since, until - (HOURS - 1))  # no bin is met twice
    columns = int(np.ceil(np.max(until - np.floor(since))))
    starts = np.floor(since)[:, None] + np.arange(max(columns, 1))
    shares = np.minimum(until[:, None], starts + 1) - np.maximum(since[:, None], starts)
    return Watched((starts % HOURS).astype(np.intp), np.clip(shares, 0.0, 1.0))


def observe(
    counts: Array,
    watched: Array,
    stretch: Watched,
    elapsed: Array,
    articles: Array,
    listing: Array | int,
    rates: Array,
    exposure: Array | float = 1.0,
) -> tuple[Array, Array]:
    """Return counts and watched hours after ``articles`` (per row) appeared somewhere in ``stretch``.

    When they appeared is not known: they are spread as ``rates`` expected them. ``elapsed`` are the hours
    since the last observation; ``exposure`` says how much the stretch proves (1: all of it). Exactly a whole
    ``listing`` of new articles hides more; a larger number was counted beyond the first page.
    """
    articles = np.where(articles == listing, HIDDEN * articles, articles)
    articles = articles * np.minimum(HOURS / elapsed, 1.0)  # a longer stretch was cut to its last week
    row = np.arange(len(counts))[:, None]
    keep = 0.5 ** (elapsed / HALF_LIFE)
    counts, watched = counts * keep[:, None], watched * keep[:, None]
    expected = rates[row, stretch.bins] * stretch.shares
    total = expected.sum(axis=1, keepdims=True)
    counts[row, stretch.bins] += articles[:, None] * expected / np.maximum(total, 1e-300)
    watched[row, stretch.bins] += stretch.shares * np.reshape(exposure, (-1, 1))
    return counts, watched


def rates(counts: Array, watched: Array, group_rate: Array | float, profile: Array) -> Array:
    """Return the expected articles per hour in each hour of the week.

    The portal's mean rate is Gamma-Poisson around ``group_rate`` (articles per hour). Its week starts as the
    group's ``profile`` (mean 1; one row or one each) and is drawn to its own counts from coarse to fine:
    first whether it works mornings, evenings, weekends, then at which hour, then on which day at which hour.
    """
    exposure = np.sum(watched * profile, axis=1)
    mean = (RATE_WEIGHT + counts.sum(axis=1)) / (RATE_WEIGHT / np.asarray(group_rate) + exposure)
    rate: Array = mean[:, None] * profile
    for into, back, weight in (
        (_PARTS, _PARTS, PART_WEIGHT),
        (_HOURS_BESIDE, _HOURS_OF_DAY, HOUR_WEIGHT),
    ):
        ratio = (counts @ into + weight) / ((watched * rate) @ into + weight)
        rate = rate * (ratio @ back.T)
    own: Array = rate * (counts + BIN_WEIGHT) / (watched * rate + BIN_WEIGHT)
    return own


def pool(counts: Array, watched: Array) -> tuple[float, Array]:
    """Return what the rows have in common: their rate (articles per hour) and their week (mean 1).

    A row weighs by the root of its count: a newspaper must not draw the week of a hundred communes. The
    rate is a geometric mean, as fits rates that spread over several powers of ten.
    """
    total = counts.sum(axis=1)
    seen = watched.sum(axis=1)
    rate = np.exp(np.mean(np.log((total + RATE_WEIGHT) / (seen + 48.0 * RATE_WEIGHT))))
    weight = 1.0 / np.sqrt(total + 1.0)
    expected = weight @ (watched * (total / np.maximum(seen, 1e-9))[:, None])
    ratio = (weight @ counts + POOL_WEIGHT) / (expected + POOL_WEIGHT)
    smooth = 0.25 * np.roll(ratio, 1) + 0.5 * ratio + 0.25 * np.roll(ratio, -1)
    return float(rate), smooth / smooth.mean()


def feared(rates: Array, counts: Array, age: Array | None = None, pace: Array | None = None) -> Array:
    """Return the articles per hour that must be reckoned with, lest a listing overflow.

    ``1 + 2 / sqrt(shape)`` times the mean of a Gamma is close to its 95 % quantile. ``age`` are the hours
    since the first poll: at first any hour but those already known as quiet may be the busiest. ``pace``
    are the articles per hour between the last two polls. Without them, portals are taken for settled and
    quiet.
    """
    spread = 1.0 + 2.0 / np.sqrt(RATE_WEIGHT + counts.sum(axis=1))
    reckoned = rates
    if age is not None:
        peak = np.interp(age, NEWCOMER_AGES, NEWCOMER_PEAKS)
        mean = rates.mean(axis=1, keepdims=True)
        quiet = np.sqrt(np.minimum(rates / mean, 1.0))
        reckoned = np.maximum(rates, peak[:, None] * mean * quiet)
    higher: Array = reckoned * spread[:, None]
    return higher if pace is None else np.maximum(higher, MOMENTUM * pace[:, None])


def density(
    rates: Array, feared: Array, *, k: float, worth: Array | float, listing: Array | float, floor: float
) -> Array:
    """Return how many polls each hour deserves: ``sqrt(worth) * rate ** EXPONENT / k``, one per ``floor``
    at most.

    At least so many that no more than OVERFLOW of a ``listing`` (articles) is feared between two of them.
    """
    wanted = rates**EXPONENT * np.sqrt(np.reshape(worth, (-1, 1))) / k
    safe = feared / (OVERFLOW * np.reshape(listing, (-1, 1)))
    bounded: Array = np.minimum(np.maximum(wanted, safe), 1.0 / floor)
    return bounded


def next_due(density: Array, last: Array, *, floor: float, gap: float, shift: Array) -> Array:
    """Return when the integral of ``density`` from ``last`` on reaches 1, in hours.

    The interval is stretched by ``shift`` (jitter, around 1) and kept within ``floor`` and ``gap`` hours.
    """
    starts = np.floor(last)[:, None] + np.arange(int(np.ceil(gap)) + 2)
    deserved = density[np.arange(len(last))[:, None], (starts % HOURS).astype(np.intp)]
    rest = 1.0 - (last - starts[:, 0])
    deserved[:, 0] *= rest
    reached = np.cumsum(deserved, axis=1)
    row = np.arange(len(last))
    column = np.minimum((reached < 1.0).sum(axis=1), reached.shape[1] - 1)  # past the gap where never
    missing = 1.0 - (reached[row, column] - deserved[row, column])
    begun = np.where(column > 0, starts[row, column] - last, 0.0)
    length = np.where(column > 0, 1.0, rest)
    wait = begun + length * missing / np.maximum(deserved[row, column], 1e-12)
    due: Array = last + np.clip(wait * shift, floor, gap)
    return due


@dataclass(frozen=True, slots=True)
class Fit:
    """How a day's budget is spent: ``k`` of ``density``, and ``gap``, the hours that no portal waits
    longer than, however little it is expected to publish."""

    k: float
    gap: float


def fit(
    rates: Array, feared: Array, today: Whole, worth: Array, cost: Array, listing: Array, *,
    requests: float, floor: float, ceiling: float, exploration: float,
) -> Fit:  # fmt: skip
    """Return the smallest ``k`` whose polls in the bins ``today`` (24 of them) cost at most ``requests``.

    ``worth`` weighs a portal's delay per request, ``cost`` are its requests per poll. The gap is the ceiling,
    or down to half of it where the polls that only the gap asks for cost at most ``exploration`` of the
    requests. Where floors and ceiling alone cost more than ``requests``, as little as possible is spent.
    ``feared`` is that of settled portals: what newcomers cost beyond comes on top, for a fortnight. Planned
    within the budget it starved the others, which then overflowed (M).
    """
    rates, feared = rates[:, today], feared[:, today]
    low, high, gap = _SMALLEST_K, _LARGEST_K, ceiling
    while high / low > 1.001:
        k = float(np.sqrt(low * high))
        polls = density(rates, feared, k=k, worth=worth, listing=listing, floor=floor).sum(axis=1)
        wider = next(
            (
                share * ceiling
                for share in (0.5, 0.75)
                if float(np.maximum(24.0 / (share * ceiling) - polls, 0.0) @ cost) <= exploration * requests
            ),
            ceiling,
        )
        if float(np.maximum(polls, 24.0 / wider) @ cost) > (1.0 - UNPLANNED) * requests:
            low = k
        else:
            high, gap = k, wider
    return Fit(high, gap)


_SMALLEST_K, _LARGEST_K = 1e-4, 1e4
"""From a poll a minute for a portal with an article in ten days, to none at all."""
