"""Thirty quiet days raise nothing: weekends, Tết, bursts, photo news, weekly schedules; a fault does."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from crawler.running import drift
from crawler.running.drift import Past, Section, Seen
from crawler.running.expectations import Observed, unmet
from crawler.running.page_facts import PageFacts
from storage.history import History
from storage.portals import Portal
from vietnam import tet
from vietnam.stamps import VIETNAM

NEW_YEAR = datetime(2026, 2, 17, tzinfo=VIETNAM)
BUSY, MIDDLE, RARE = 8.0, 1.0, 0.15
"""Articles a day."""


class Quiet:
    """A portal that does what portals do, crawled every four hours; ``raised`` counts alarms by name."""

    def __init__(self, rate: float, seed: int) -> None:
        self.random = random.Random(seed)
        self.rate = rate
        self.at = NEW_YEAR - timedelta(days=20)
        self.portal = Portal(id="x/y", name="Y", url="http://y.vn/", owner="front")
        self.number = 0
        self.stored: list[PageFacts] = [self.article(days_old=n % 60) for n in range(60)]
        self.published = sorted((self.at - timedelta(days=n / rate) for n in range(40)), reverse=True)
        self.runs: list[tuple[int, int, list[PageFacts]]] = [(60, 60, list(self.stored))]
        self.raised: Counter[str] = Counter()
        self.cut = 1

    def article(self, days_old: int = 0) -> PageFacts:
        """An article: its length varies four-fold, one in six is photo news, some titles come every week."""
        self.number += 1
        length = round(self.random.lognormvariate(7.2, 0.5))
        if self.random.random() < 0.17:
            length = self.random.randint(60, 250)
        title = 7 if self.random.random() < 0.15 else self.number + 100  # "Lịch công tác tuần"
        day = (self.at - timedelta(days=days_old)).astimezone(VIETNAM).date().isoformat()
        return PageFacts(f"http://y.vn/{self.number}", title, self.number, length, day, None)

    def expected(self) -> float:
        """Articles of four hours: few at night and on weekends, none at Tết, many at a congress."""
        local = self.at.astimezone(VIETNAM)
        if tet.spans(self.at, self.at + timedelta(seconds=1)):
            return 0.0
        rate = self.rate / 6 * (2.0 if 7 <= local.hour < 18 else 0.05)
        if local.weekday() >= 5:
            rate *= 0.15
        return rate * (8 if local.day in (3, 19) else 1)

    def run(self) -> None:
        """One crawl: new articles, and now and then a look at recent ones."""
        self.at += timedelta(hours=4)
        fresh = [self.article() for _ in range(self.poisson(self.expected()))]
        self.published[:0] = [self.at] * len(fresh)
        again = [replace(page, redated=False) for page in self.stored[:2] if self.random.random() < 0.3]
        past = Past(
            [page for run in reversed(self.runs[-5:]) for page in run[2]],
            [page for run in reversed(self.runs[-14:]) for page in run[2]] + self.stored,
            [run[0] / run[1] for run in self.runs[-14:]],
        )
        pages = [self.as_read(page) for page in fresh + again]
        known = [self.as_read(replace(page, redated=False)) for page in self.stored[:9] if page not in again][
            :5
        ]
        odd = len(pages) < 5 and any(drift.is_odd(page, past.pages) for page in pages)
        if pages and not odd and not again:  # as spiders.second_look does
            pages.append(known.pop(0))
            odd = drift.is_odd(pages[-1], past.pages)
        if odd:
            pages += known
        listed = 40 + min(len(fresh), 40) + self.random.randint(-3, 0)
        history = History(
            tuple(run[1] for run in self.runs[-14:]), (), self.published[0],
            tuple((a - b).total_seconds() / 86400 for a, b in pairwise(self.published[:30])),
        )  # fmt: skip
        festive = sum((b - a).total_seconds() for a, b in tet.spans(self.published[0], self.at))
        age = ((self.at - self.published[0]).total_seconds() - festive) / 86400
        filled = {"read": len(pages), "title": len(pages), "date": len(pages), "body": len(pages)}
        failed = unmet(self.portal, Observed(listed, filled, age), history)
        seen = Seen(
            "new" if fresh else "nothing_new", [Section("http://y.vn/tin", True, False)], {}, failed, None,
            4 + len(pages), listed, pages, age, history.gaps,
        )  # fmt: skip
        raised = [each.name for each in drift.judge(seen, past).raised]
        self.raised.update(raised)
        self.stored[:0] = fresh
        if not raised:
            self.runs.append((4 + len(pages), listed, pages))

    def as_read(self, page: PageFacts) -> PageFacts:
        """A page as it is read today."""
        return replace(page, length=page.length // self.cut)

    def poisson(self, mean: float) -> int:
        """So many, by chance."""
        count, left = 0, self.random.expovariate(1.0)
        while left < mean:
            count += 1
            left += self.random.expovariate(1.0)
        return count


@pytest.mark.parametrize("rate", [BUSY, MIDDLE, RARE])
def test_thirty_quiet_days_around_tet_raise_nothing(rate: float) -> None:
    for seed in range(10):
        portal = Quiet(rate, seed)
        for _ in range(30 * 6):
            portal.run()
        assert portal.raised == Counter(), (seed, portal.raised)


def test_the_same_portal_with_halved_bodies_raises_one_alarm() -> None:
    portal = Quiet(BUSY, 1)
    for _ in range(60):
        portal.run()
    portal.cut = 3
    for _ in range(18):
        portal.run()
    assert set(portal.raised) == {"body_short"}


def test_the_same_portal_fallen_silent_raises_one_alarm_after_a_week() -> None:
    portal = Quiet(BUSY, 1)
    portal.at += timedelta(days=40)  # past Tết, whose days do not count
    for _ in range(60):
        portal.run()
    portal.rate = 0.0
    for _ in range(6 * 6):
        portal.run()
    assert portal.raised == Counter()
    for _ in range(6 * 3):
        portal.run()
    assert set(portal.raised) == {"silent"}


def test_tet_is_where_it_is() -> None:
    day = datetime(2027, 2, 6, 12, tzinfo=UTC)
    assert tet.spans(day, day + timedelta(hours=1)) == [(day, day + timedelta(hours=1))]
    assert tet.spans(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)) == []
