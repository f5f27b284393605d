"""Sections that begin with their oldest article."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from crawler.reading.page import NextPage
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, PortalResult
from spiders.oldest_first import is_oldest_first, near_the_end
from tests.loopback import http
from tests.spiders.small_portal import SmallPortal
from vietnam.dates import VIETNAM


class OldestFirst(SmallPortal):
    """A portal whose lists nobody has sorted; ``days``: whether they print days."""

    days = True

    def listing(self, section: str, page: int) -> str:
        mine = sorted((n for n in self.news if n.section == section), key=lambda n: n.number)
        shown = mine[(page - 1) * self.per_page : page * self.per_page]
        rows = "".join(
            f"<div class='item'><h3><a href='{n.path}'>{n.title}</a></h3>"
            + (f"<span class='date'>{n.day:%d/%m/%Y}</span>" if self.days else "")
            + f"<p>{n.paragraphs()[0][:90]}</p></div>"
            for n in shown
        )
        pages = range(1, -(-len(mine) // self.per_page) + 1)
        links = "".join(f"<a href='/{section}/?page={n}'>{n}</a> " for n in pages if n != page)
        return (
            f"<!doctype html><html lang=vi><head><title>{section}</title></head><body><main>"
            f"<div class='list'>{rows}</div><div class='pagination'>{links}<b>{page}</b></div>"
            "</main></body></html>"
        )


@pytest.fixture
def site() -> Iterator[OldestFirst]:
    with OldestFirst() as running:
        running.publish(85, days_old=200)
        yield running


def run(site: SmallPortal, database: str, **options: object) -> PortalResult:
    site.log.clear()
    given = {"delay": 0.0, "retry_wait": 0.01, "allow_addresses": ("127.0.0.0/8",)} | options
    (result,) = crawl([site.portal()], CrawlOptions(**given), database)  # type: ignore[arg-type]
    return result


def pages_asked(site: SmallPortal) -> list[int]:
    listings = [path for path in site.paths() if not path.endswith(".html")]
    return [int(path.partition("?page=")[2] or 1) for path in listings]


@pytest.mark.parametrize("days", [True, False])
def test_what_is_new_on_the_last_page_is_found_by_each_visit(
    site: OldestFirst, database_url: str, days: bool
) -> None:
    site.days = days
    assert run(site, database_url).new == 85
    assert run(site, database_url).verdict == "nothing_new"
    for _ in range(3):
        site.publish(4, days_old=20)
        result = run(site, database_url)
        assert (result.verdict, result.new) == ("new", 4)
    assert pages_asked(site) == [1, 2, 9, 10], "two pages tell the order, and the end is read from there on"


def test_more_new_articles_than_fit_on_a_page_are_found(site: OldestFirst, database_url: str) -> None:
    run(site, database_url)
    site.publish(37, days_old=60)
    assert run(site, database_url).new == 37


@pytest.mark.parametrize("beyond", ["nothing", "the first page"])
def test_a_list_that_has_become_shorter_is_walked_from_its_top(
    site: OldestFirst, database_url: str, beyond: str
) -> None:
    run(site, database_url)
    site.news = site.news[:20] + site.news[55:]
    site.publish(2, days_old=3)
    if beyond == "the first page":
        site.broken["/mat-tran/?page=8"] = lambda _: http(site.listing("mat-tran", 1))
    assert run(site, database_url).new == 2
    assert list(dict.fromkeys(pages_asked(site))) == [1, 2, 8, 3, 4, 5, 6]
    site.publish(2, days_old=1)
    assert run(site, database_url).new == 2
    assert pages_asked(site) == [1, 2, 5, 6]


def test_since_leaves_out_the_old_ones_and_goes_on(site: OldestFirst, database_url: str) -> None:
    since = datetime.now(VIETNAM).date() - timedelta(days=130)
    assert isinstance(since, date)
    result = run(site, database_url, since=since)
    assert result.new == sum(news.day.date() >= since for news in site.news) > 10


def test_a_list_in_the_usual_order_is_left_where_it_is_quiet(database_url: str) -> None:
    with SmallPortal() as site:
        site.publish(45, days_old=100)
        run(site, database_url)
        run(site, database_url)
        assert pages_asked(site) == [1, 2]


def test_an_order_is_told_by_nearly_all_of_its_rows() -> None:
    days = [datetime(2026, 1, day, tzinfo=VIETNAM) for day in range(1, 21)]
    assert is_oldest_first(days)
    assert is_oldest_first([*days[:10], days[3], *days[10:]])
    assert not is_oldest_first(days[::-1])
    assert not is_oldest_first([days[0]] * 20)
    assert not is_oldest_first(days[:2])
    assert not is_oldest_first([*days[:5], *days[:5], *days[:5]])


@pytest.mark.parametrize(
    ("second", "third", "last", "far"),
    [
        ("http://a.vn/t?page=2", "http://a.vn/t?page=3", 9, "http://a.vn/t?page=8"),
        ("http://a.vn/t?page=1", "http://a.vn/t?page=2", 9, "http://a.vn/t?page=7"),
        ("http://a.vn/t?start=20", "http://a.vn/t?start=40", 9, "http://a.vn/t?start=140"),
        ("http://a.vn/t/trang-2.html", "http://a.vn/t/trang-3.html", 9, "http://a.vn/t/trang-8.html"),
        ("http://a.vn/t?page=2", "http://a.vn/t?page=3", 4, None),
        ("http://a.vn/t?x=b", "http://a.vn/t?x=c", 9, None),
    ],
)
def test_the_page_before_the_last_is_asked_for_as_the_others(
    second: str, third: str, last: int, far: str | None
) -> None:
    assert near_the_end(NextPage(second), NextPage(third), last) == (NextPage(far) if far else None)
