"""The walk of a portal: what is asked for, what is left alone, and what is in the database afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, Event, PortalResult
from storage import frontier
from storage.engine import open_database, writing
from storage.portals import Section
from storage.tables import robots
from tests.databases import fresh_sqlite_database
from tests.loopback import http, page, redirect
from tests.spiders.small_portal import SmallPortal, a_day_passes, stored

Run = Callable[..., PortalResult]


@pytest.fixture
def site() -> Iterator[SmallPortal]:
    """A portal without articles yet."""
    with SmallPortal() as running:
        yield running


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of an empty database."""
    return fresh_sqlite_database(tmp_path)


@pytest.fixture
def run(site: SmallPortal, database: str) -> Run:
    """Crawl the portal as ``frontnews crawl`` does, with an empty server log."""

    def crawl_it(*, events: list[Event] | None = None, portal: Any = None, **options: Any) -> PortalResult:
        site.log.clear()
        usual = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
        heard: list[Event] = [] if events is None else events
        (result,) = crawl([portal or site.portal()], replace(usual, **options), database, heard.append)
        return result

    return crawl_it


def forget_robots(database: str) -> None:
    """The kept robots.txt has run out."""
    engine = open_database(database)
    with writing(engine) as connection:
        connection.execute(delete(robots))
    engine.dispose()


def articles_asked(site: SmallPortal) -> list[str]:
    return [path for path in site.paths() if path.endswith(".html")]


def listings_asked(site: SmallPortal) -> list[str]:
    return [path for path in site.paths() if not path.endswith(".html")]


def test_a_first_crawl_goes_to_the_end_of_every_section_and_stores_each_article_once(
    site: SmallPortal, run: Run, database: str
) -> None:
    site.publish(25)
    site.publish(12, "hoi-phu-nu")
    result = run()
    assert (result.verdict, result.listed, result.new, result.failed) == ("new", 37, 37, 0)
    records = stored(database)
    assert {r["url"] for r in records} == {site.url.rstrip("/") + n.path for n in site.news}
    by_url = {r["url"]: r for r in records}
    for news in site.news:
        record = by_url[site.url.rstrip("/") + news.path]
        assert record["title"] == news.title
        assert record["paragraphs"] == news.paragraphs()
    assert sorted(articles_asked(site)) == sorted(n.path for n in site.news), "each page once"


def test_a_second_crawl_reads_two_quiet_pages_a_section_and_no_article(site: SmallPortal, run: Run) -> None:
    site.publish(45)
    run()
    result = run()
    assert (result.verdict, result.new, result.changed) == ("nothing_new", 0, 0)
    assert site.paths() == ["/mat-tran/", "/mat-tran/?page=2"]


def test_a_back_dated_article_behind_known_ones_is_found(site: SmallPortal, run: Run) -> None:
    site.publish(30)
    run()
    late = site.news.pop()
    site.publish(3, days_old=1)
    site.news.insert(0, late)  # stays on its own number, behind the three new ones
    hidden = site.news[15]
    site.news = [n for n in site.news if n is not hidden]
    run()
    site.news.insert(15, hidden)
    result = run()
    assert result.new == 0, "known already: it was stored by the first crawl"


def test_a_page_with_something_new_is_followed_by_more_pages(site: SmallPortal, run: Run) -> None:
    site.publish(60)
    run()
    site.publish(11, days_old=90)
    result = run()
    assert result.new == 11
    assert listings_asked(site) == ["/mat-tran/", *[f"/mat-tran/?page={n}" for n in (2, 3, 4)]], (
        "two pages with news, one without, and one more"
    )


def test_the_page_budget_ends_a_section_and_a_larger_one_goes_on(site: SmallPortal, run: Run) -> None:
    site.publish(50)
    first = run(pages=2)
    assert (first.verdict, first.new) == ("new", 20)
    assert len(listings_asked(site)) == 2
    second = run(pages=10)
    assert second.new == 30


def test_the_limit_ends_a_portal_and_the_rest_comes_with_the_next_crawl(site: SmallPortal, run: Run) -> None:
    site.publish(25)
    first = run(limit=7)
    assert (first.verdict, first.new) == ("new", 7)
    assert len(articles_asked(site)) == 7
    second = run()
    assert second.new == 18


def test_a_limit_that_leftovers_use_up_is_no_failure(site: SmallPortal, run: Run) -> None:
    site.publish(8)
    verdicts = [(result.verdict, result.new) for result in (run(limit=2), run(limit=2), run(limit=2))]
    assert verdicts == [("new", 2)] * 3
    assert not {"/mat-tran/"} & set(listings_asked(site)), "the third met leftovers alone"
    assert run().new == 2


def test_a_limit_does_not_hide_a_portal_that_is_down(run: Run) -> None:
    with SmallPortal() as site:
        site.publish(8)
        portal = site.portal()
        run(portal=portal, limit=2)
    assert run(portal=portal, limit=2).verdict == "failed"


def test_an_edited_recent_article_becomes_a_revision(site: SmallPortal, run: Run, database: str) -> None:
    site.etags = True
    site.publish(20)
    site.publish(2, days_old=1)
    run()
    site.edit(22)
    result = run()
    assert (result.verdict, result.new, result.changed) == ("new", 0, 1)
    recent = [n.path for n in site.news if n.day > datetime.now(UTC) - timedelta(days=2)]
    assert sorted(articles_asked(site)) == sorted(recent), "only what is younger than two days"
    assert all("if-none-match" in a.headers for a in site.log if a.path.endswith(".html"))
    (edited,) = [r for r in stored(database) if r["title"] == site.news[21].title]
    assert edited["revision"] == 2 and edited["paragraphs"][-1] == "Đoạn này được thêm khi sửa bài."


def test_a_recent_article_that_no_listing_page_shows_any_more_is_checked_too(
    site: SmallPortal, run: Run
) -> None:
    site.etags = True
    site.publish(45, days_old=1)
    run()
    site.edit(1)
    result = run()
    assert listings_asked(site) == ["/mat-tran/", "/mat-tran/?page=2"]
    assert (result.changed, result.unchanged) == (1, 44)
    assert all("if-none-match" in a.headers for a in site.log if a.path.endswith(".html"))


def test_an_article_that_was_taken_down_is_no_failure_and_is_deleted_on_the_third_day(
    site: SmallPortal, run: Run, database: str
) -> None:
    site.publish(3, days_old=1)
    run()
    taken = site.news[0]
    site.broken[taken.path] = http("", "410 Gone")
    for day in range(3):
        assert len(stored(database)) == 3, f"deleted after {day} days"
        assert run().verdict == "nothing_new"
        assert run().verdict == "nothing_new"  # twice a day is one day
        assert articles_asked(site).count(taken.path) == 0, "asked for once a day"
        a_day_passes(database)
    assert {r["title"] for r in stored(database)} == {n.title for n in site.news[1:]}
    run()
    assert len(stored(database)) == 2

    del site.broken[taken.path]
    a_day_passes(database)
    run()
    assert len(stored(database)) == 3, "it is listed and answers again"


def test_a_portal_that_lists_nothing_says_nothing_of_its_articles(
    site: SmallPortal, run: Run, database: str
) -> None:
    site.publish(2, days_old=1)
    run()
    for path in ("/mat-tran/", *(news.path for news in site.news)):
        site.broken[path] = http("", "404 Not Found")
    for _ in range(4):
        run()
        a_day_passes(database)
    assert len(stored(database)) == 2


def test_articles_that_robots_txt_closes_are_deleted_as_late_as_missing_ones(
    site: SmallPortal, run: Run, database: str
) -> None:
    from storage import changes

    site.publish(2, days_old=1)
    run()
    site.pages["/robots.txt"] = http(
        f"User-agent: *\nDisallow: {site.news[0].path}", content_type="text/plain"
    )
    for _ in range(3):
        assert len(stored(database)) == 2
        forget_robots(database)
        run()
        a_day_passes(database)
    engine = open_database(database)
    assert [(c.op, c.reason) for c in changes.read(engine, 2)] == [("delete", "robots")]
    engine.dispose()


def test_an_unchanged_recent_article_costs_a_304_and_no_change_row(
    site: SmallPortal, run: Run, database: str
) -> None:
    from storage import changes

    site.etags = True
    site.publish(2, days_old=1)
    run()
    engine = open_database(database)
    before = len(changes.read(engine, 0))
    result = run()
    assert (result.verdict, result.unchanged) == ("nothing_new", 2)
    assert len(changes.read(engine, 0)) == before
    engine.dispose()


def test_news_sections_keep_what_is_ours_and_remember_the_rest(
    site: SmallPortal, run: Run, database: str
) -> None:
    site.publish(6, "tin-tuc")
    site.publish(4, "tin-tuc", off_topic=True)
    portal = site.portal(scope="news", owner="district_portal")
    first = run(portal=portal)
    assert first.off_topic == 4
    assert {r["title"] for r in stored(database)} == {n.title for n in site.news if not n.off_topic}
    second = run(portal=portal)
    assert articles_asked(site) == [], "what was left is not fetched again"
    assert second.verdict == "nothing_new"
    third = run(portal=portal, scope="all")
    assert third.new == 4, "a wider scope fetches what was left"


def test_since_and_until_bound_the_day_of_publication(site: SmallPortal, run: Run, database: str) -> None:
    site.publish(30, days_old=40)
    days = sorted(n.day.date() for n in site.news)
    result = run(since=days[-12], until=days[-3])
    assert result.new == 10
    assert {date.fromisoformat(r["published_at"][:10]) for r in stored(database)} == set(days[-12:-2])
    assert listings_asked(site) == ["/mat-tran/", "/mat-tran/?page=2", "/mat-tran/?page=3"]
    assert run().new == 20, "a later crawl without bounds fetches the others"


def test_a_dry_run_writes_nothing_and_still_tells_its_articles(
    site: SmallPortal, run: Run, database: str, tmp_path: Path
) -> None:
    site.publish(3)
    (tmp_path / "frontnews.db").unlink()
    events: list[Event] = []
    result = run(dry_run=True, events=events)
    assert result.listed == 3 and result.fetched == 3
    assert [e.article.title for e in events if e.article] == [n.title for n in reversed(site.news)]
    assert list(tmp_path.iterdir()) == []


def test_a_failing_article_is_kept_for_the_next_crawl(site: SmallPortal, run: Run, database: str) -> None:
    site.publish(8)
    bad = site.news[3].path
    site.broken[bad] = http("", "500 Internal Server Error")
    first = run()
    assert (first.verdict, first.new, first.failed, first.errors) == ("partial", 7, 1, {"http_5xx": 1})
    assert first.message is not None and bad in first.message
    assert site.paths().count(bad) == 3
    site.broken.clear()
    second = run()
    assert second.new == 1 and site.paths()[0] == bad, "leftovers come first"
    assert second.listed == 8, "what is fetched first is listed all the same"


def test_an_article_that_never_works_is_given_up_in_the_end(site: SmallPortal, run: Run) -> None:
    site.publish(3)
    bad = site.news[1].path
    site.broken[bad] = http("", "404 Not Found")
    verdicts = [run().verdict for _ in range(frontier.ATTEMPTS)]
    assert set(verdicts) == {"partial"}
    assert run().verdict == "nothing_new"
    assert bad not in site.paths()


def test_a_passing_empty_page_is_not_the_end_of_a_section(site: SmallPortal, run: Run) -> None:
    site.publish(30)
    answers = iter([page("đang cập nhật")])
    site.broken["/mat-tran/?page=2"] = lambda asked: next(answers, None) or http(site.listing("mat-tran", 2))
    assert run().new == 30


def test_an_empty_section_is_suspicious_and_named(site: SmallPortal, run: Run) -> None:
    site.publish(3)
    site.broken["/mat-tran/"] = page("<p>Trang đang được cập nhật</p>")
    result = run()
    assert result.verdict == "suspicious_empty"
    assert result.message is not None and site.url + "mat-tran/" in result.message
    assert site.paths() == ["/mat-tran/", "/mat-tran/"], "asked twice before it is believed"


def test_a_section_that_never_listed_anything_is_no_alarm_among_others_that_do(
    site: SmallPortal, run: Run
) -> None:
    site.publish(3)
    site.pages["/hoi-dong-y/"] = page("<p>Chuyên mục đang được xây dựng</p>")
    portal = site.portal(sections=(Section("/mat-tran/", "front"), Section("/hoi-dong-y/", "front")))
    assert [run(portal=portal).verdict for _ in range(2)] == ["new", "nothing_new"]


def test_a_section_that_listed_articles_before_and_none_now_is_suspicious(
    site: SmallPortal, run: Run
) -> None:
    site.publish(3)
    site.publish(3, "hoi-phu-nu")
    portal = site.portal()
    assert run(portal=portal).verdict == "new"
    site.broken["/hoi-phu-nu/"] = page("<p>Chuyên mục đang được xây dựng</p>")
    result = run(portal=portal)
    assert (result.verdict, result.errors) == ("suspicious_empty", {"listing_empty": 1})
    assert result.message is not None and "/hoi-phu-nu/" in result.message


def test_a_missing_section_makes_the_run_partial_and_is_named(site: SmallPortal, run: Run) -> None:
    site.publish(3)
    portal = site.portal(sections=(Section("/mat-tran/", "front"), Section("/khong-co/", "front")))
    result = run(portal=portal)
    assert (result.verdict, result.new, result.errors) == ("partial", 3, {"http_4xx": 1})
    assert result.message is not None and "/khong-co/" in result.message and "404" in result.message


def test_a_portal_that_is_down_has_failed_with_one_line(site: SmallPortal, run: Run) -> None:
    site.publish(3)
    portal = site.portal()
    with SmallPortal() as gone:
        url = gone.url
    from dataclasses import replace

    result = run(portal=replace(portal, url=url))
    assert (result.verdict, result.errors) == ("failed", {"connect": 1})
    assert result.message == f"{url}mat-tran/: connection refused [connect]"


def test_a_portal_that_was_down_for_many_crawls_loses_nothing_that_was_queued(
    site: SmallPortal, run: Run
) -> None:
    site.publish(10)
    run(limit=3)
    site.pages["/robots.txt"] = None
    site.broken = {news.path: None for news in site.news}
    verdicts = {run().verdict for _ in range(frontier.ATTEMPTS + 2)}
    assert len(verdicts) == 1 and verdicts <= {"failed", "partial"}
    site.broken.clear()
    assert run().new == 7


def test_a_portal_behind_a_cookie_wall_is_blocked_and_says_what_stands_there(
    site: SmallPortal, run: Run
) -> None:
    wall = '<script>document.cookie="D1N=0a1b2c; path=/";window.location.reload(true);</script>'
    site.broken["/"] = http(f"<html><head>{wall}</head><body></body></html>")
    for _ in range(2):
        result = run(portal=site.portal(sections=(), platform="unknown"))
        assert (result.verdict, result.errors) == ("blocked", {"waf_challenge": 1})
        assert result.message is not None and "the home page is a cookie wall" in result.message


def test_a_portal_that_forbids_us_is_blocked_and_not_asked(site: SmallPortal, run: Run) -> None:
    site.publish(3)
    site.pages["/robots.txt"] = http("User-agent: *\nDisallow: /\n", content_type="text/plain")
    result = run()
    assert (result.verdict, result.errors) == ("blocked", {"robots_disallow": 1})
    assert site.paths() == []


def test_what_robots_forbids_is_no_failure_and_not_asked(site: SmallPortal, run: Run) -> None:
    site.publish(3)
    site.pages["/robots.txt"] = http(
        f"User-agent: *\nDisallow: {site.news[0].path}\n", content_type="text/plain"
    )
    result = run()
    assert (result.verdict, result.new, result.failed) == ("new", 2, 0)
    assert site.news[0].path not in site.paths()


def test_a_server_that_asks_for_peace_gets_it_in_the_next_run_too(site: SmallPortal, run: Run) -> None:
    site.publish(10)
    site.broken[site.news[4].path] = http("", "429 Too Many Requests", Retry_After="3600")
    first = run()
    assert (first.verdict, first.new, first.errors) == ("blocked", 5, {"rate_limited": 1})
    second = run()
    assert second.verdict == "blocked"
    assert site.paths(robots=True) == [], "not even robots.txt before the hour is over"


def test_robots_is_not_asked_again_within_a_day(site: SmallPortal, run: Run) -> None:
    site.publish(2)
    run()
    assert site.paths(robots=True).count("/robots.txt") == 1
    run()
    assert site.paths(robots=True).count("/robots.txt") == 0


def test_a_dead_server_ends_the_walk_and_the_rest_stays_queued(site: SmallPortal, run: Run) -> None:
    site.publish(20)
    site.broken = {n.path: None for n in site.news[:-2]}
    first = run()
    assert (first.new, first.errors) == (2, {"reset": 5})
    assert len(articles_asked(site)) == 2 + 5 * 3
    site.broken.clear()
    assert run().new == 18


def test_twins_and_foreign_links_are_never_fetched(site: SmallPortal, run: Run) -> None:
    site.publish(3)
    rows = "".join(
        f"<div class='item'><h3><a href='{href}'>{title} của xã trong tháng vừa qua</a></h3></div>"
        for href, title in (
            ("/print/mat-tran/bai-so-1-10001.html", "Bản in bài số một"),
            ("/savefile/mat-tran/bai-so-1-10001.html", "Tải bài số một về"),
            ("https://example.com/tin-999.html", "Tin của báo bạn"),
            ("/tag/mttq/", "Thẻ Mặt trận Tổ quốc"),
        )
    )
    whole = site.listing("mat-tran", 1).replace("<div class='list'>", f"<div class='list'>{rows}")
    site.broken["/mat-tran/"] = http(whole)
    result = run()
    assert result.new == 3
    assert sorted(articles_asked(site)) == sorted(n.path for n in site.news)


def test_a_pager_that_leads_in_circles_ends(site: SmallPortal, run: Run) -> None:
    site.publish(10)
    looping = site.listing("mat-tran", 1).replace(
        "<div class='pagination'>",
        "<div class='pagination'><a rel=next href='/mat-tran/?page=2'>Trang sau</a>",
    )
    site.broken["/mat-tran/"] = http(looping)
    site.broken["/mat-tran/?page=2"] = http(looping.replace("?page=2", "?page=3"))
    site.broken["/mat-tran/?page=3"] = http(looping.replace("?page=2", "?page=4"))
    assert run().new == 10
    assert len(listings_asked(site)) <= 3


def test_a_later_page_that_is_sent_on_to_the_home_page_is_the_end_of_its_list(
    site: SmallPortal, run: Run, database: str
) -> None:
    site.publish(10)
    site.publish(3, "tin-tuc", off_topic=True)
    whole = site.listing("mat-tran", 1).replace(
        "<div class='pagination'>",
        "<div class='pagination'><a rel=next href='/mat-tran/?page=2'>Trang sau</a>",
    )
    site.broken["/mat-tran/"] = http(whole)
    site.broken["/mat-tran/?page=2"] = redirect("/")
    site.broken["/"] = http(site.listing("tin-tuc", 1))
    mine = Section("/mat-tran/", "front")
    assert run(portal=site.portal(sections=(mine,))).new == 10
    assert all("/mat-tran/" in record["url"] for record in stored(database))


def test_two_seconds_lie_between_requests_where_nobody_says_otherwise(
    site: SmallPortal, database: str
) -> None:
    site.publish(1)
    options = CrawlOptions(allow_addresses=("127.0.0.0/8",))
    (result,) = crawl([site.portal()], options, database)
    assert result.new == 1
    assert [a.path for a in site.log] == ["/robots.txt", "/mat-tran/", site.news[0].path]
    assert min(later.at - sooner.at for sooner, later in pairwise(site.log)) >= 2


def test_the_articles_of_two_portals_on_one_server_wait_for_each_other(
    site: SmallPortal, database: str
) -> None:
    site.publish(3, "mat-tran")
    site.publish(3, "hoi-phu-nu")
    one = site.portal("a/mot", sections=(Section("/mat-tran/", "front"),))
    two = site.portal("a/hai", sections=(Section("/hoi-phu-nu/", "front"),))
    options = CrawlOptions(delay=0.1, allow_addresses=("127.0.0.0/8",))
    results = crawl([one, two], options, database)
    assert [(r.portal, r.verdict, r.new) for r in results] == [("a/mot", "new", 3), ("a/hai", "new", 3)]
    times = sorted(a.at for a in site.log)
    assert min(later - sooner for sooner, later in pairwise(times)) >= 0.1


def test_a_clocks_crawl_spends_a_fifth_of_its_requests_on_known_articles_and_the_rest_stays_due(
    site: SmallPortal, run: Run, database: str
) -> None:
    site.publish(16, days_old=20)  # aged 20 to 5 days
    run(trigger="schedule")
    engine = open_database(database)
    with engine.begin() as connection:  # all were last looked at a month ago
        long_ago = f"{datetime.now(UTC) - timedelta(days=31):%Y-%m-%dT%H:%M:%SZ}"
        connection.exec_driver_sql("UPDATE copies SET last_seen_at = ?", (long_ago,))
    engine.dispose()
    seen: set[str] = set()
    for _ in range(3):
        run(trigger="schedule")
        asked = articles_asked(site)
        assert len(asked) == 1 and not seen & set(asked), "one of two listing pages, another each time"
        seen |= set(asked)
    run()
    a_week_old = {news.path for news in site.news[:14]}
    assert set(articles_asked(site)) == a_week_old - seen, "a crawl by hand has no such budget"
