"""Portals that publish as real ones do, for benchmarks.freshness: the truth that no scheduler is told.

Rates are lognormal (reference/operations.md F3: 735 articles a day on 300 portals); a twentieth of the
portals is nearly dead. Three fifths work office hours, a quarter evenings, the rest both; hours, days and
weekends differ from portal to portal. Clerks publish in sessions of several articles, now and then four to
ten within an hour. A tenth of the portals change their rate for good at some time, to a fifth or to three
times. Tết silences all of them for nine days: on odd seeds not at all, on the others in week 2 or in week
4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
WEEK = 168
HISTORY = 8
"""Weeks of publishing before the simulation: what the first listings show."""


@dataclass(frozen=True, slots=True)
class Customs:
    """How the portals of a world publish."""

    mean: float = 2.45
    """Articles a day."""
    sigma: float = 1.2
    """Of the logarithm of the rate: a tenth of the portals publishes half of all articles."""
    most: float = 60.0
    """Articles a day of the busiest: 60 in office hours with bursts come near a listing per ten minutes,
    which is as often as anybody is polled."""
    contrast: float = 1.0
    """0: around the clock, all week; 1: as described above."""
    undated: float = 0.1
    """Share of the portals that print no date at all; the others print days."""


@dataclass(frozen=True, slots=True)
class World:
    """Articles by portal, then time. Times are in hours; 0 is a Monday 00:00."""

    portals: int
    end: float
    portal: NDArray[np.intp]
    time: Array
    first: NDArray[np.intp]
    """Index of each portal's first article; one more at the end."""
    dated: NDArray[np.bool_]


def make_world(portals: int, weeks: int, seed: int, customs: Customs) -> World:
    """Return the articles that ``portals`` publish in HISTORY weeks before hour 0 and ``weeks`` after it."""
    random = np.random.default_rng(seed)
    start, end = -HISTORY * WEEK, weeks * WEEK
    hour = np.arange(start, end)
    silence = np.ones(len(hour))
    if seed % 2 == 0:
        tet = (1 if seed % 4 == 0 else 3) * WEEK + 24
        silence[(hour >= tet) & (hour < tet + 9 * 24)] = 0.05
    rate = customs.mean / 24 * random.lognormal(-(customs.sigma**2) / 2, customs.sigma, portals)
    rate[random.random(portals) < 0.05] /= 100
    rate = np.minimum(rate, customs.most / 24)
    times = []
    for i in range(portals):
        week = 1 + customs.contrast * (_week(random) - 1)
        session = random.choice([1.0, 1.5, 2.5], p=[0.4, 0.4, 0.2])
        begun = rate[i] / session * week[hour % WEEK] * silence
        if random.random() < 0.1:
            change = min(random.choice([0.2, 3.0]), customs.most / 24 / rate[i])
            begun = begun * np.where(hour > random.uniform(start, end), change, 1.0)
        sessions = np.repeat(hour, random.poisson(begun))
        in_session = _sessions(random, sessions + random.random(len(sessions)), session)
        bursts = random.uniform(start, end, random.poisson(rate[i] * len(hour) / 400))
        backlog = np.repeat(bursts, random.integers(4, 11, len(bursts)))
        mine = np.concatenate([in_session, backlog + random.random(len(backlog))])
        times.append(np.sort(mine[mine < end]))
    first = np.concatenate([[0], np.cumsum([len(mine) for mine in times])])
    return World(
        portals,
        float(end),
        np.repeat(np.arange(portals), np.diff(first)),
        np.concatenate(times),
        first,
        random.random(portals) >= customs.undated,
    )


def _week(random: np.random.Generator) -> Array:
    """Return a portal's hours of the week, mean 1."""
    hour: Array = np.arange(24.0) + 0.5
    late = random.normal(0, 0.7)
    office = 0.01 + random.uniform(0.7, 1.3) * _bump(hour - 9.2 - late, 1.1)
    office += random.uniform(0.6, 1.2) * _bump(hour - 15.3 - late, 1.2)
    evening = _bump((hour - 20.3 - late + 12) % 24 - 12, 1.4)
    habit = random.choice(3, p=[0.6, 0.25, 0.15])
    day = (office, evening + 0.15 * office, office / office.sum() + evening / evening.sum())[habit]
    weekend = random.uniform(0.05, 0.5) if habit == 0 else random.uniform(0.4, 1.1)
    days = random.gamma(6, 1 / 6, 7) * np.array([1, 1, 1, 1, 1, weekend, 0.8 * weekend])
    week: Array = (days[:, None] * day * random.gamma(8, 1 / 8, 24)).ravel()
    week /= week.mean()
    return week


def _bump(distance: NDArray[np.floating], width: float) -> Array:
    bump: Array = np.exp(-0.5 * (distance / width) ** 2)
    return bump


def _sessions(random: np.random.Generator, begun: Array, size: float) -> Array:
    """Return the articles of the sessions: ``size`` on average, a quarter of an hour apart on average."""
    sizes = random.geometric(1 / size, len(begun))
    pauses = random.exponential(0.25, int(sizes.sum()))
    opening = np.cumsum(sizes) - sizes
    pauses[opening] = 0.0
    passed = np.cumsum(pauses)
    times: Array = np.repeat(begun - passed[opening], sizes) + passed
    return times
