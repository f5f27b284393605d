"""`crawl --since` far back: nothing in between stays unread, nothing is read twice, and the daily crawls go
first."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from crawler.running.crawl import crawl
from crawler.running.options import BACKFILL_PAGES, CrawlOptions, PortalResult
from crawler.running.rows import portal_row
from crawler.running.servers import server_group
from crawler.running.slots import SecondLane
from storage import claims, export, portal_table, runs, schedules
from storage.engine import open_database
from storage.portals import Portal, Section
from storage.timetable import Due
from tests.loopback import Asked, Reply, http
from tests.spiders.small_portal import SmallPortal

ROOT = Path(__file__).resolve().parents[2]
LONG_AGO = date(2019, 1, 1)


@pytest.fixture
def site() -> Iterator[SmallPortal]:
    with SmallPortal() as running:
        running.publish(34, days_old=60)
        yield running


def run(portal: Portal, folder: Path, **options: Any) -> PortalResult:
    usual = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
    (result,) = crawl([portal], replace(usual, **options), f"sqlite:///{folder / 'frontnews.db'}")
    return result


@pytest.mark.parametrize("first", [3, 15, 29, 31])
def test_a_later_crawl_that_reaches_further_back_reads_all_that_was_left(
    site: SmallPortal, tmp_path: Path, first: int
) -> None:
    since = site.news[-first].day.date()
    recent = run(site.portal(), tmp_path, since=since)
    assert recent.new == first
    older = run(site.portal(), tmp_path, since=LONG_AGO)
    assert (older.new, older.failed) == (34 - first, 0)
    site.log.clear()
    again = run(site.portal(), tmp_path, since=LONG_AGO)
    assert again.new == 0
    assert len(site.paths()) < 34, "what is known is not asked for again"


def test_a_backfill_in_portions_comes_to_its_end_beside_daily_crawls(
    site: SmallPortal, tmp_path: Path
) -> None:
    new = 0
    for _ in range(4):
        new += run(site.portal(), tmp_path, since=LONG_AGO, limit=10).new
        new += run(site.portal(), tmp_path, since=site.news[-2].day.date()).new
    assert new == 34


# --- killed and started again --------------------------------------------------------------------------

CHILD = """
import json, sys
from datetime import date
from crawler.running.crawl import crawl
from crawler.running.rows import portal_of
from crawler.running.options import CrawlOptions
portal, database = json.loads(sys.argv[1]), sys.argv[2]
options = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",), since=date(2019, 1, 1))
crawl([portal_of(portal)], options, database)
"""


@dataclass
class Deadly(SmallPortal):
    """A portal that kills whoever asks for one of ``deadly``, each once, before it answers."""

    deadly: set[str] = field(default_factory=set)
    victim: int | None = None

    def answer_to(self, asked: Asked) -> Reply:
        if asked.path in self.deadly and self.victim is not None:
            self.deadly.discard(asked.path)
            os.kill(self.victim, signal.SIGKILL)
        return super().answer_to(asked)

    def backfill(self, portal: Portal, database: str) -> int:
        """Crawl in a process of its own; its exit status."""
        argument = json.dumps(portal_row(portal))
        child = subprocess.Popen([sys.executable, "-c", CHILD, argument, database], cwd=ROOT)
        self.victim = child.pid
        return child.wait(120)

    def lists_read(self) -> Counter[str]:
        """How often each listing page was asked for."""
        return Counter(path for path in self.paths() if "/bai-so-" not in path)


@pytest.mark.slow
def test_a_backfill_that_is_killed_reads_no_list_twice_but_the_one_in_flight(database_url: str) -> None:
    with Deadly(per_page=5) as site:
        site.publish(34, days_old=60)
        site.publish(9, "hoi-phu-nu", days_old=60)
        in_a_list, in_an_article = "/mat-tran/?page=3", site.news[36].path
        site.deadly = {in_a_list, in_an_article}
        portal = site.portal()
        assert [site.backfill(portal, database_url) for _ in range(3)] == [
            -signal.SIGKILL,
            -signal.SIGKILL,
            0,
        ]
        assert site.news[36].section == "hoi-phu-nu"
        again = {path: times for path, times in site.lists_read().items() if times > 1}
        assert again == {in_a_list: 2, "/hoi-phu-nu/?page=2": 2}, (
            "each was in flight when the crawl was killed"
        )
        engine = open_database(database_url)
        assert len(list(export.records(engine))) == 43
        engine.dispose()


def test_a_backfill_that_has_come_to_its_end_begins_at_the_top_again(
    site: SmallPortal, tmp_path: Path
) -> None:
    assert run(site.portal(), tmp_path, since=LONG_AGO).new == 34
    site.publish(2, days_old=2)
    assert run(site.portal(), tmp_path, since=LONG_AGO).new == 2


def test_a_place_in_a_list_that_is_no_more_is_left_for_the_top(site: SmallPortal, tmp_path: Path) -> None:
    assert run(site.portal(), tmp_path, since=LONG_AGO, limit=15).new == 15
    site.broken["/mat-tran/?page=2"] = http("", "404 Not Found")
    site.per_page = 40  # the list was rearranged
    assert run(site.portal(), tmp_path, since=LONG_AGO).new == 19


# --- beside the daily crawls ---------------------------------------------------------------------------


def test_a_daily_crawl_does_not_take_up_what_a_backfill_has_begun(site: SmallPortal, tmp_path: Path) -> None:
    assert run(site.portal(), tmp_path, pages=1).new == 10
    assert run(site.portal(), tmp_path, since=LONG_AGO, limit=13).new == 13
    site.log.clear()
    site.publish(1, days_old=0)
    assert run(site.portal(), tmp_path, pages=1).new == 1
    older = [news.path for news in site.news[:24]]
    assert not set(older) & set(site.paths()), "what the backfill has queued is its own"
    assert "/mat-tran/?page=2" not in site.paths()
    assert run(site.portal(), tmp_path, since=LONG_AGO).new == 11


def test_news_at_the_top_that_only_an_unfinished_backfill_has_seen_is_not_passed_over(
    site: SmallPortal, tmp_path: Path
) -> None:
    assert run(site.portal(), tmp_path).new == 34
    site.publish(35, days_old=40)
    assert run(site.portal(), tmp_path, since=LONG_AGO, limit=25).new == 25
    assert run(site.portal(), tmp_path).new == 10


def test_a_backfill_makes_way_for_a_crawl_that_is_due_and_goes_on_after_it(
    engine: Engine, database_url: str, site: SmallPortal
) -> None:
    portal = site.portal()
    portal_table.sync(engine, [portal])
    now = datetime.now(UTC)
    later = Due(now + timedelta(hours=1), "later")
    group = server_group(portal.url)
    schedules.ensure(engine, {portal.id: group}, now, kind="adaptive", adaptive=lambda *_: later)
    asked_meanwhile: list[int] = []
    said: list[str] = []

    def clock() -> None:
        """The daily crawl falls due while the backfill runs; it takes a while, and asks the server itself."""
        claims.join(engine, "clock:1", "clock", datetime.now(UTC))
        wait_until(lambda: len(site.log) > 12)
        schedules.due_now(engine, [portal.id], datetime.now(UTC), "daily")
        wait_until(lambda: bool(claims.claim_due(engine, "clock:1", datetime.now(UTC), 1).schedules))
        before = len(site.log)
        wait_until(lambda: bool(said))
        asked_meanwhile.append(len(site.log) - before)
        claims.settle(engine, "clock:1", portal.id, datetime.now(UTC), adaptive=lambda *_: later)

    daily = threading.Thread(target=clock)
    daily.start()
    claims.join(engine, "backfill:1", "command", now)
    options = CrawlOptions(
        delay=0.05, retry_wait=0.01, allow_addresses=("127.0.0.0/8",), since=LONG_AGO, pages=BACKFILL_PAGES
    )
    lane = SecondLane(engine, "backfill:1", 0.0, said.append)
    (result,) = crawl([portal], options, database_url, slots=lane)
    daily.join()
    assert asked_meanwhile == [0]
    assert (result.verdict, result.new) == ("new", 34), result
    assert any("go first" in line for line in said)
    assert len(runs.list_runs(engine)) == 2
    lists = Counter(path for path in site.paths() if "page=" in path or path.endswith("/mat-tran/"))
    assert sorted(lists.values()) in ([1, 1, 1, 1], [1, 1, 1, 2]), "only the list in flight is read twice"


def wait_until(condition: Any) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come")


# --- further than the lists ----------------------------------------------------------------------------


@dataclass
class ShortLists(SmallPortal):
    """Lists of ten articles and no more; a sitemap index has all, a feed some."""

    feed: bool = False

    def listing(self, section: str, page: int) -> str:
        text = re.sub("<a rel='next'.*?</a>", "", super().listing(section, page))
        link = f"<link rel='alternate' type='application/rss+xml' href='/{section}/rss'>" if self.feed else ""
        return text.replace("</head>", f"{link}</head>")

    def answer_to(self, asked: Asked) -> Reply:
        found: bytes | None = None
        if asked.path == "/robots.txt":
            found = http(f"User-agent: *\nSitemap: {self.url}maps.xml\n", content_type="text/plain")
        elif asked.path == "/maps.xml" and not self.feed:
            maps = "".join(f"<sitemap><loc>{self.url}map-{n}.xml</loc></sitemap>" for n in range(3))
            found = http(f"<sitemapindex>{maps}</sitemapindex>", content_type="application/xml")
        elif asked.path.startswith("/map-"):
            mine = self.news[int(asked.path[5]) :: 3]
            rows = "".join(
                f"<url><loc>{self.url.rstrip('/')}{n.path}</loc><lastmod>{n.day:%Y-%m-%d}</lastmod></url>"
                for n in mine
            )
            found = http(f"<urlset>{rows}</urlset>", content_type="application/xml")
        elif asked.path.endswith("/rss") and self.feed:
            rows = "".join(
                f"<item><title>{n.title}</title><link>{self.url.rstrip('/')}{n.path}</link></item>"
                for n in self.news[-25:]
            )
            found = http(
                f"<rss version='2.0'><channel>{rows}</channel></rss>", content_type="application/rss+xml"
            )
        if found is None:
            return super().answer_to(asked)
        self.log.append(asked)
        return found


def test_where_lists_end_too_early_a_backfill_goes_by_the_sitemap(tmp_path: Path) -> None:
    with ShortLists() as site:
        site.publish(4, days_old=900)
        site.publish(34, days_old=60)
        site.publish(5, "the-thao", days_old=60, off_topic=True)
        portal = replace(site.portal(), sections=(Section("/mat-tran/", "front"),))
        first = run(portal, tmp_path, since=datetime.now(UTC).date() - timedelta(days=365), limit=20)
        assert first.fetched == 20
        site.log.clear()
        daily = run(portal, tmp_path)
        assert daily.new == 0
        assert len(site.paths()) <= 2, "the rest of the sitemap is not the daily crawl's"
        rest = run(portal, tmp_path, since=datetime.now(UTC).date() - timedelta(days=365))
    assert (first.new + rest.new, rest.failed, first.off_topic + rest.off_topic) == (34, 0, 5)
    old = {news.path for news in site.news if news.day.year < datetime.now(UTC).date().year - 1}
    assert not old & set(site.paths()), "what is older by its last change is not asked for"
    maps = Counter(path for path in site.paths() if path.endswith(".xml"))
    assert max(maps.values()) == 1


def test_a_list_of_one_page_is_followed_into_its_feed(tmp_path: Path) -> None:
    with ShortLists(feed=True) as site:
        site.publish(34, days_old=60)
        assert run(site.portal(), tmp_path, since=LONG_AGO).new == 25
        assert run(site.portal(), tmp_path, since=LONG_AGO).new == 0


def test_a_backfill_by_the_sitemap_that_is_stopped_between_its_maps_goes_on_there(tmp_path: Path) -> None:
    with ShortLists() as site:
        site.publish(34, days_old=60)
        portal, new = site.portal(), 0
        for _ in range(5):
            new += run(portal, tmp_path, since=LONG_AGO, limit=7).new
        lists = Counter(path for path in site.paths() if "/bai-so-" not in path)
    assert new == 34
    assert all(times <= 2 for times in lists.values()), lists
