"""A run succeeds only if its portal's expectations are met: written ones, else those of its own last runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.running.crawl import crawl
from crawler.running.expectations import Observed, Unmet, unmet
from crawler.running.options import CrawlOptions, PortalResult
from storage import history, runs
from storage.engine import open_database
from storage.history import History
from storage.portals import Portal
from storage.runs import RunRow
from tests.loopback import http
from tests.spiders.small_portal import SmallPortal

PORTAL = Portal("a/b", "B", "https://b.vn/", "front")
NO_PAST = History()
GOOD = {"read": 10, "title": 10, "date": 10, "body": 10}


def names(portal: Portal, observed: Observed, past: History = NO_PAST) -> list[str]:
    return [each.name for each in unmet(portal, observed, past)]


def test_a_portal_of_which_nothing_is_written_or_known_is_held_against_nothing() -> None:
    assert names(PORTAL, Observed(1, {"read": 10}, newest_age=4000.0)) == []


def test_what_the_record_says_stands_above_the_portals_own_past() -> None:
    strict = replace(PORTAL, minimum_listed=20, newest_within=30, filled_date=0.9, filled_body=1.0)
    poor = Observed(19, {"read": 10, "title": 10, "date": 8, "body": 9}, newest_age=31.0)
    assert names(strict, poor) == ["listed", "newest", "filled_date", "filled_body"]
    assert names(strict, Observed(20, GOOD, newest_age=30.0)) == []
    lenient = replace(PORTAL, minimum_listed=1)
    assert names(lenient, Observed(1, GOOD), History(listed=(40,) * 14)) == []


def test_a_run_that_lists_less_than_half_of_the_usual_is_noticed_from_five_runs_on() -> None:
    assert names(PORTAL, Observed(19, {}), History(listed=(40, 38, 5000, 42, 40))) == ["listed"]
    assert names(PORTAL, Observed(21, {}), History(listed=(40, 38, 5000, 42, 40))) == []
    assert names(PORTAL, Observed(1, {}), History(listed=(40,) * 4)) == []


def test_a_field_that_breaks_is_noticed_and_one_that_was_always_rare_is_not() -> None:
    past = History(filled=({"read": 6, "title": 6, "date": 6, "body": 1},) * 5)
    assert names(PORTAL, Observed(9, {"read": 6, "title": 6, "date": 1}), past) == ["filled_date"]
    assert names(PORTAL, Observed(9, {"read": 6, "title": 6, "date": 5}), past) == []
    assert names(PORTAL, Observed(9, {"read": 4, "title": 4}), past) == [], "four articles prove nothing"


def test_a_portal_that_falls_silent_is_no_fault_of_a_run_unless_its_record_says_so() -> None:
    hourly = History(gaps=(0.04,) * 6)
    assert names(PORTAL, Observed(9, {}, newest_age=400.0), hourly) == []
    watched = replace(PORTAL, newest_within=7)
    assert names(watched, Observed(9, {}, newest_age=7.1), hourly) == ["newest"]


def test_an_expectation_says_what_was_seen_and_what_was_wanted() -> None:
    assert str(Unmet("listed", 3, 20)) == "3 articles listed, 20 or more expected"
    assert str(Unmet("newest", 40.4, 7)) == "the newest article is 40 days old, at most 7 expected"
    assert str(Unmet("filled_date", 0.1, 0.8)) == "10% of the articles have a date, 80% or more expected"


@pytest.fixture
def site() -> Iterator[SmallPortal]:
    """A portal on loopback."""
    with SmallPortal() as running:
        yield running


class Crawls:
    """Crawls of one portal, and what is stored of them."""

    def __init__(self, folder: Path) -> None:
        self.database = f"sqlite:///{folder / 'frontnews.db'}"

    def __call__(self, portal: Portal, **options: object) -> PortalResult:
        given = {"delay": 0.0, "retry_wait": 0.01, "allow_addresses": ("127.0.0.0/8",)} | options
        (result,) = crawl([portal], CrawlOptions(**given), self.database)  # type: ignore[arg-type]
        return result

    def last(self) -> RunRow:
        """The latest run as it is stored."""
        engine = open_database(self.database)
        (row,) = runs.list_runs(engine, limit=1)
        engine.dispose()
        return row

    def past(self, portal: str) -> History:
        """The portal's past as the next run will see it."""
        engine = open_database(self.database)
        found = history.read(engine, portal, datetime.now(UTC))
        engine.dispose()
        return found


@pytest.fixture
def crawls(tmp_path: Path) -> Crawls:
    """Crawls into a database of their own."""
    return Crawls(tmp_path)


def test_old_news_where_fresh_ones_are_expected_is_suspicious(site: SmallPortal, crawls: Crawls) -> None:
    site.publish(5, days_old=100)
    result = crawls(site.portal(newest_within=30))
    assert (result.verdict, result.new) == ("suspicious_empty", 5), "what came is stored all the same"
    assert result.message == "the newest article is 96 days old, at most 30 expected"
    (said,) = crawls.last().unmet or []
    assert (said["name"], said["bound"]) == ("newest", 30)
    assert crawls(site.portal(newest_within=120)).verdict == "nothing_new"
    assert crawls.last().unmet == []


def test_a_dry_run_is_judged_by_the_record_and_a_bounded_one_is_not(
    site: SmallPortal, crawls: Crawls
) -> None:
    site.publish(5)
    assert crawls(site.portal(minimum_listed=6), dry_run=True).verdict == "suspicious_empty"
    assert crawls(site.portal(minimum_listed=6), limit=2).verdict == "new"


def test_a_listing_that_shrinks_below_the_portals_own_past_is_no_success(
    site: SmallPortal, crawls: Crawls
) -> None:
    site.publish(20)
    for _ in range(5):
        assert crawls(site.portal()).verdict in ("new", "nothing_new")
    everything = site.news
    site.news = everything[:3]
    for _ in range(2):
        assert crawls(site.portal()).verdict == "suspicious_empty"
        assert crawls.last().unmet == [{"name": "listed", "observed": 3, "bound": 10.0}]
    assert crawls.past("thu_nghiem/nho").listed == (20,) * 5, "the bound does not sink with the count"
    site.news = everything
    assert crawls(site.portal()).verdict == "nothing_new"


def test_dates_that_vanish_from_a_portal_are_a_changed_layout(site: SmallPortal, crawls: Crawls) -> None:
    for _ in range(5):
        site.publish(5, days_old=4)
        assert crawls(site.portal()).verdict == "new"
    site.publish(6, days_old=0)
    for news in site.news[-6:]:
        undated = re.sub(r"<time.*?</time>|Ngày \d+ vừa qua, ", "", news.html())
        site.broken[news.path] = http(undated)
    listing = re.sub(r"<span class='date'>.*?</span>|Ngày \d+ vừa qua, ", "", site.listing("mat-tran", 1))
    site.broken["/mat-tran/"] = http(listing)
    result = crawls(site.portal())
    assert (result.verdict, result.new) == ("layout_drift", 6)
    assert result.message is not None and "of the articles have a date" in result.message


def test_an_archive_that_was_read_back_sets_no_pace_but_news_that_appears_does(
    site: SmallPortal, crawls: Crawls
) -> None:
    site.publish(12, days_old=20)
    crawls(site.portal())
    assert crawls.past("thu_nghiem/nho").gaps == ()
    engine = open_database(crawls.database)
    with engine.begin() as connection:  # the first crawl was a month ago
        connection.exec_driver_sql(
            "UPDATE crawl_runs SET finished_at = ?",
            (f"{datetime.now(UTC) - timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}",),
        )
    engine.dispose()
    assert crawls.past("thu_nghiem/nho").gaps == pytest.approx([1.0] * 11)
