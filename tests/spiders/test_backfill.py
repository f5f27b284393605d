"""`crawl --since` far back, after crawls that did not reach as far: nothing in between stays unread."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, PortalResult
from storage.portals import Portal
from tests.spiders.small_portal import SmallPortal


@pytest.fixture
def site() -> Iterator[SmallPortal]:
    with SmallPortal() as running:
        running.publish(34, days_old=60)
        yield running


def run(portal: Portal, folder: Path, **options: Any) -> PortalResult:
    given = {"delay": 0.0, "retry_wait": 0.01, "allow_addresses": ("127.0.0.0/8",)} | options
    (result,) = crawl([portal], CrawlOptions(**given), f"sqlite:///{folder / 'frontnews.db'}")
    return result


@pytest.mark.parametrize("first", [3, 15, 29, 31])
def test_a_later_crawl_that_reaches_further_back_reads_all_that_was_left(
    site: SmallPortal, tmp_path: Path, first: int
) -> None:
    since = site.news[-first].day.date()
    recent = run(site.portal(), tmp_path, since=since)
    assert recent.new == first
    older = run(site.portal(), tmp_path, since=date(2019, 1, 1))
    assert (older.new, older.failed) == (34 - first, 0)
    site.log.clear()
    again = run(site.portal(), tmp_path, since=date(2019, 1, 1))
    assert again.new == 0
    assert len(site.paths()) < 34, "what is known is not asked for again"


def test_a_backfill_in_portions_comes_to_its_end_beside_daily_crawls(
    site: SmallPortal, tmp_path: Path
) -> None:
    new = 0
    for _ in range(4):
        new += run(site.portal(), tmp_path, since=date(2019, 1, 1), limit=10).new
        new += run(site.portal(), tmp_path, since=site.news[-2].day.date()).new
    assert new == 34
