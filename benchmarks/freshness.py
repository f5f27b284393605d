"""How soon new articles are discovered: adaptive polls against a fixed interval, at equally many polls.

    python -m benchmarks.freshness [--portals 300,3000] [--seeds 1,2] [--polls 12,6] [--plot FILE]

The scheduler learns only from what its polls return: how many articles were new, and from a portal's first
listing the printed days. Delays are those of the articles published in weeks 3 and 4, after two weeks of
learning; lost articles (more than a listing of 20 between two polls) are counted from the first hour on.
Exit code 1 where a target of issue 4 is missed: mean delay <= 0.60 and p95 <= 1.00 of the fixed interval's,
nothing lost, not more polls than the fixed interval makes.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.freshness_plot import Curves, draw
from benchmarks.freshness_world import WEEK, Array, Customs, World, make_world
from crawler.running import rates
from crawler.running.rhythm import FIRST_RATE, FLOOR, first_listing, jitter

Rows = NDArray[np.intp]

LISTING = 20
"""Articles on a listing page; older ones are gone for a scheduler that reads one page."""

STEP = FLOOR.total_seconds() / 3600
"""Hours simulated at once: no portal is polled twice within."""

LEARNING, WEEKS = 2, 4
MEAN_TARGET, TAIL_TARGET = 0.60, 1.00


class Scheduler(Protocol):
    """What decides about polls. Rows are portals, times hours."""

    def replan(self, now: float) -> None:
        """Do what is done once a day."""

    def begin(self, row: int, now: float, listed: Array) -> None:
        """Take in a portal's first listing: the printed days of its articles, none where it prints none."""

    def learn(self, rows: Rows, now: Array, new: Array) -> None:
        """Take in how many articles were new."""

    def next(self, rows: Rows, now: Array) -> Array:
        """Return when the portals just polled are polled again."""


class Fixed:
    """Every portal at the same interval."""

    def __init__(self, polls: float) -> None:
        self.interval = 24 / polls

    def replan(self, now: float) -> None:
        """There is nothing to plan."""

    def begin(self, row: int, now: float, listed: Array) -> None:
        """There is nothing to learn."""

    def learn(self, rows: Rows, now: Array, new: Array) -> None:
        """There is nothing to learn."""

    def next(self, rows: Rows, now: Array) -> Array:  # noqa: ARG002 - the interval is everyone's
        """Return the same interval for all."""
        return now + self.interval


class Adaptive:
    """The arithmetic of crawler.running.rhythm, for all portals at once."""

    def __init__(self, portals: int, polls: float) -> None:
        self.requests = polls * portals
        self.counts = np.zeros((portals, WEEK))
        self.watched = np.zeros((portals, WEEK))
        self.last = np.full(portals, np.nan)
        self.begun = np.full(portals, np.inf)
        self.pace = np.zeros(portals)
        self.polls = np.zeros(portals, dtype=np.intp)
        self.phase = np.random.default_rng(0).random(portals)
        self.rate, self.profile = FIRST_RATE, np.ones(WEEK)
        self.replan(0.0)

    def replan(self, now: float) -> None:
        """Pool what was learned, and fit k to the coming day's budget."""
        known = self.watched.sum(axis=1) > 0
        if known.any():
            self.rate, self.profile = rates.pool(self.counts[known], self.watched[known])
        self.expected = rates.rates(self.counts, self.watched, self.rate, self.profile)
        ones = np.ones(len(self.counts))
        self.fit = rates.fit(
            self.expected,
            rates.feared(self.expected, self.counts),
            (int(now) + np.arange(24)) % WEEK,
            ones,
            ones,
            LISTING * ones,
            requests=self.requests,
            floor=STEP,
            ceiling=24.0,
            exploration=0.1,
        )

    def begin(self, row: int, now: float, listed: Array) -> None:
        """Take the rate from the printed days."""
        self.counts[row], self.watched[row] = first_listing(listed, now, self.profile)
        self.begun[row] = now
        self._polled(np.array([row]), np.array([now]))

    def learn(self, rows: Rows, now: Array, new: Array) -> None:
        """Spread the counts over the hours since the last polls."""
        self.counts[rows], self.watched[rows] = rates.observe(
            self.counts[rows],
            self.watched[rows],
            rates.cut(self.last[rows], now),
            now - self.last[rows],
            new,
            LISTING,
            self.expected[rows],
        )
        self.pace[rows] = new / (now - self.last[rows])
        self._polled(rows, now)

    def _feared(self, rows: Rows, now: Array) -> Array:
        age = np.maximum(now - self.begun[rows], 0.0)
        return rates.feared(self.expected[rows], self.counts[rows], age, self.pace[rows])

    def _polled(self, rows: Rows, now: Array) -> None:
        self.last[rows] = now
        self.polls[rows] += 1
        self.expected[rows] = rates.rates(self.counts[rows], self.watched[rows], self.rate, self.profile)

    def next(self, rows: Rows, now: Array) -> Array:
        """Return when each portal's rhythm asks for it."""
        return rates.next_due(
            rates.density(
                self.expected[rows],
                self._feared(rows, now),
                k=self.fit.k,
                worth=1.0,
                listing=LISTING,
                floor=STEP,
            ),
            now,
            floor=STEP,
            gap=self.fit.gap,
            shift=jitter(self.phase[rows], self.polls[rows]),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scheduler came to. ``seen`` is when each article was found: nan where it was not."""

    seen: Array
    lost: int
    polls_per_day: Array


def simulate(world: World, scheduler: Scheduler, polls: float) -> Outcome:
    """Let the scheduler poll the world from hour 0 to its end."""
    portals = world.portals
    stretch = 1e6  # sorts by portal, then time
    order = world.portal * stretch + world.time
    due = np.random.default_rng(1).random(portals) * 24 / polls
    found = np.full(portals, -1)
    seen = np.full(len(order), np.nan)
    per_day = np.zeros(int(world.end // 24))
    lost = 0
    for now in np.arange(0.0, world.end, STEP):
        if now % 24 < STEP / 2:
            scheduler.replan(now)
        rows = np.flatnonzero(due < now + STEP)
        if not len(rows):
            continue
        at = due[rows]
        upto = np.searchsorted(order, rows * stretch + at, side="right")
        for row, moment, end in zip(rows, at, upto, strict=True):
            start = found[row]
            if start < 0:
                shown = world.time[max(world.first[row], end - LISTING) : end]
                days = np.floor(shown / 24) * 24
                scheduler.begin(int(row), float(moment), days if world.dated[row] else days[:0])
            elif end > start:
                shown_from = max(start, end - LISTING)
                seen[shown_from:end] = moment
                lost += int(shown_from - start)
        known = found[rows] >= 0
        if known.any():
            new = np.minimum(upto[known] - found[rows[known]], LISTING).astype(float)
            scheduler.learn(rows[known], at[known], new)
        found[rows] = upto
        due[rows] = scheduler.next(rows, at)
        np.add.at(per_day, np.minimum(at // 24, len(per_day) - 1).astype(int), 1)
    return Outcome(seen, lost, per_day / portals)


@dataclass(frozen=True, slots=True)
class Score:
    """Delays in hours of what was published after the learning weeks, up to a day before the end."""

    mean: float
    median: float
    tail: float
    lost: int
    polls: float
    most: float
    by_day: Array
    delays: Array


def score(world: World, outcome: Outcome) -> Score:
    """Return the delays. Polls are counted over the two whole weeks, per portal and day."""
    delay = outcome.seen - world.time
    inside = (world.time >= LEARNING * WEEK) & (world.time < WEEKS * WEEK) & ~np.isnan(delay)
    measured = delay[inside]
    days = (world.time // 24).astype(int)
    by_day = np.array(
        [np.mean(delay[(days == day) & ~np.isnan(delay)]) for day in range(WEEKS * 7)], dtype=float
    )
    return Score(
        float(measured.mean()),
        float(np.median(measured)),
        float(np.quantile(measured, 0.95)),
        outcome.lost,
        float(outcome.polls_per_day[LEARNING * 7 : WEEKS * 7].mean()),
        float(outcome.polls_per_day.max()),
        by_day,
        measured,
    )


def compare(portals: int, polls: float, seed: int, customs: Customs) -> tuple[Score, Score]:
    """Return the scores of the fixed interval and of the adaptive rhythm on one world."""
    world = make_world(portals, WEEKS + 1, seed, customs)  # the last week lets what is late be found
    fixed = score(world, simulate(world, Fixed(polls), polls))
    return fixed, score(world, simulate(world, Adaptive(portals, polls), polls))


def line(name: str, polls: float, fixed: Score, adaptive: Score) -> str:
    """Return one line of the table."""
    return (
        f"{name:16} {polls:5g} {fixed.mean:6.2f} {adaptive.mean:6.2f} {adaptive.mean / fixed.mean:6.2f}"
        f" {fixed.median:6.2f} {adaptive.median:6.2f} {fixed.tail:6.2f} {adaptive.tail:6.2f}"
        f" {adaptive.tail / fixed.tail:6.2f} {fixed.lost:6} {adaptive.lost:6} {adaptive.polls:6.2f}"
        f" {adaptive.most:6.2f}"
    )


HEADER = (
    "world            polls   mean  mean'  ratio    p50   p50'    p95   p95'  ratio   lost  lost' polls'\n"
    "                              (hours of delay; fixed interval, then ' adaptive)"
)


def missed(polls: float, fixed: Score, adaptive: Score) -> list[str]:
    """Return the targets that were missed."""
    targets = {
        f"mean ratio {adaptive.mean / fixed.mean:.3f} > {MEAN_TARGET}": adaptive.mean
        > MEAN_TARGET * fixed.mean,
        f"p95 ratio {adaptive.tail / fixed.tail:.3f} > {TAIL_TARGET}": adaptive.tail
        > TAIL_TARGET * fixed.tail,
        f"{adaptive.lost} lost": adaptive.lost > 0,
        f"{adaptive.polls:.2f} polls > {polls:g}": adaptive.polls > polls,
    }
    return [text for text, is_missed in targets.items() if is_missed]


def main() -> int:
    """Print the table; return 1 where a target was missed."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--portals", default="300,3000")
    options.add_argument("--seeds", default="1,2,3,4,5")
    options.add_argument("--polls", default="12,6")
    options.add_argument("--sigma", type=float, default=Customs().sigma)
    options.add_argument("--most", type=float, default=Customs().most)
    options.add_argument("--contrast", type=float, default=Customs().contrast)
    options.add_argument("--undated", type=float, default=Customs().undated)
    options.add_argument("--plot", type=Path, help="write the curves of the last world as SVG")
    asked = options.parse_args()
    customs = Customs(sigma=asked.sigma, most=asked.most, contrast=asked.contrast, undated=asked.undated)
    began = time.monotonic()
    print(HEADER)
    problems: list[str] = []
    curves: list[Curves] = []
    runs = 0
    for portals in map(int, asked.portals.split(",")):
        for polls in map(float, asked.polls.split(",")):
            for seed in map(int, asked.seeds.split(",")):
                fixed, adaptive = compare(portals, polls, seed, customs)
                print(line(f"{portals}, seed {seed}", polls, fixed, adaptive), flush=True)
                problems += [
                    f"{portals} portals, seed {seed}, {polls:g} polls: {text}"
                    for text in missed(polls, fixed, adaptive)
                ]
                runs += 1
            curves.append(
                Curves(f"{polls:g} polls a day", fixed.by_day, adaptive.by_day, fixed.delays, adaptive.delays)
            )
    if asked.plot:
        asked.plot.write_text(draw(curves[-len(asked.polls.split(",")) :]), encoding="utf-8")
    for problem in problems:
        print("missed:", problem)
    print(f"freshness: {runs} worlds, {len(problems)} targets missed, {time.monotonic() - began:.0f} s")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
