"""The walk on both databases, without known sections, and with a database that goes away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, PortalResult
from crawler.running.tally import exit_code
from storage import discoveries, export, runs
from storage.engine import open_database
from storage.portals import Portal, Selectors
from tests.loopback import Asked, page
from tests.spiders.odd_sites import HOST_NAME, PER_PAGE, PlainMenu
from tests.spiders.small_portal import SmallPortal

OPTIONS = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
OF_THE_DATABASE = ("id", "story_id", "first_seen_at", "last_seen_at")


@pytest.fixture
def site() -> Iterator[SmallPortal]:
    """A portal of two sections, and a home page with a menu."""
    with SmallPortal() as running:
        running.publish(14, "mat-tran")
        running.publish(12, "hoi-phu-nu")
        running.pages["/"] = page(
            "<header><nav><ul><li><a href='/'>Trang chủ</a></li>"
            "<li><a href='/mat-tran/'>Mặt trận Tổ quốc</a></li>"
            "<li><a href='/hoi-phu-nu/'>Hội Liên hiệp Phụ nữ</a></li></ul></nav></header>"
            "<main>Chào mừng</main>",
            title="Ủy ban MTTQ Việt Nam huyện Thử",
        )
        yield running


def run(portal: Portal, database: str) -> PortalResult:
    (result,) = crawl([portal], OPTIONS, database)
    return result


def records(database: str) -> dict[str, dict[str, Any]]:
    engine = open_database(database)
    try:
        return {str(record["url"]): record for record in export.records(engine)}
    finally:
        engine.dispose()


def test_both_databases_keep_the_same_records(site: SmallPortal, database_url: str) -> None:
    first = run(site.portal(), database_url)
    assert (first.verdict, first.new) == ("new", 26)
    assert run(site.portal(), database_url).verdict == "nothing_new"
    kept = records(database_url)
    assert set(kept) == {site.url.rstrip("/") + news.path for news in site.news}
    for news in site.news:
        record = kept[site.url.rstrip("/") + news.path]
        assert record["title"] == news.title
        assert record["paragraphs"] == news.paragraphs()
        assert str(record["published_at"])[:10] == news.day.strftime("%Y-%m-%d")


def test_a_portal_without_known_sections_is_discovered_once(site: SmallPortal, database_url: str) -> None:
    bare = site.portal(sections=(), platform="unknown")
    first = run(bare, database_url)
    assert (first.verdict, first.new) == ("new", 26)
    assert "/" in site.paths()
    site.log.clear()
    second = run(bare, database_url)
    assert second.verdict == "nothing_new"
    assert sorted(site.paths()) == ["/hoi-phu-nu/", "/hoi-phu-nu/?page=2", "/mat-tran/", "/mat-tran/?page=2"]


class BoxBeside(PlainMenu):
    """A box of titles beside every list, with more entries than the last page of a list has rows."""

    def aside(self) -> str:
        rows = "".join(
            f"<li><a href='{self.article_path(n)}'>{n.title}</a></li>" for n in self.news["tin-tuc"][:5]
        )
        return f"<div class='hop'><ul>{rows}</ul></div>"


def test_the_one_row_of_a_last_page_is_read_by_what_discovery_learned_of_the_first(database_url: str) -> None:
    with BoxBeside() as site:
        site.news["mat-tran"] = site.news["mat-tran"][: 2 * PER_PAGE + 1]
        bare = Portal("other/box", "Hộp", site.url, "other", sections=(), platform="unknown")
        first = run(bare, database_url)
        assert site.at(site.article_path(site.news["mat-tran"][-1])) in records(database_url)
        assert first.errors == {}
        engine = open_database(database_url)
        found = discoveries.recall(engine, bare.id)
        engine.dispose()
        assert found is not None and found.selectors is not None
        assert run(bare, database_url).verdict == "nothing_new"


def test_an_address_alone_has_the_name_and_place_of_its_site_in_every_crawl(database_url: str) -> None:
    """``crawl URL``: the site's own, not its host, then and when its sections are remembered."""
    with PlainMenu() as site:
        host = site.url.split("/")[2]
        bare = Portal("other/x", host, site.url, "other", sections=(), platform="unknown")
        kept, site.news["mat-tran"] = site.news["mat-tran"], site.news["mat-tran"][1:]
        run(bare, database_url)
        site.news["mat-tran"] = kept
        assert run(bare, database_url).new == 1
    names = {record["site_name"] for record in records(database_url).values()}
    assert names == {HOST_NAME}
    engine = open_database(database_url)
    found = discoveries.recall(engine, bare.id)
    engine.dispose()
    assert found is not None
    known = found.filled_in(bare)
    assert (known.name, known.owner) == (HOST_NAME, "district_portal")
    assert (known.province_2024, known.district_2024) == ("Thanh Hóa", "Huyện Thọ Xuân")
    placed = found.filled_in(replace(bare, province_2024="Nghệ An"))
    assert (placed.name, placed.province_2024, placed.district_2024) == (HOST_NAME, "Nghệ An", None)
    named = found.filled_in(replace(bare, name="Hộp"))
    assert (named.name, named.owner, named.province_2024) == ("Hộp", "other", None)


def test_what_was_found_leaves_a_record_its_own_selectors() -> None:
    found = discoveries.Found("generic", (), Selectors("div.row"), wide=False, found_at=datetime.now(UTC))
    bare = Portal("other/box", "Hộp", "http://x.example.vn/", "other", sections=(), platform="unknown")
    own = replace(bare, selectors=Selectors("li.tin"))
    assert found.filled_in(bare).selectors == Selectors("div.row")
    assert found.filled_in(own).selectors == Selectors("li.tin")


def test_an_address_where_nobody_answers_has_failed_before_discovery(database_url: str) -> None:
    with SmallPortal() as gone:
        bare = gone.portal(sections=())
    result = run(bare, database_url)
    assert (result.verdict, result.errors) == ("failed", {"connect": 1})
    assert result.message == f"{bare.url}: connection refused [connect]"


def test_a_database_that_goes_away_ends_the_crawl_with_one_line(
    site: SmallPortal, request: pytest.FixtureRequest
) -> None:
    from tests.conftest import fresh_postgresql_database

    server: str = request.getfixturevalue("postgresql")
    database = fresh_postgresql_database(server)
    name = database.rpartition("?")[0].rpartition("/")[2]
    news = site.news[7]

    def drop(asked: Asked) -> bytes:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        return site.article(news, asked)

    site.broken[news.path] = drop
    result = run(site.portal(), database)
    assert (result.verdict, result.errors) == ("failed", {"store_failed": 1})
    assert result.message is not None and "database" in result.message and "\n" not in result.message
    assert exit_code([result]) == 8


def test_each_run_leaves_its_row_with_counts_and_sections(site: SmallPortal, database_url: str) -> None:
    site.broken[site.news[0].path] = None
    result = run(site.portal(), database_url)
    engine = open_database(database_url)
    (row,) = runs.list_runs(engine)
    engine.dispose()
    assert (row.id, row.status, row.verdict) == (result.run_id, "finished", "partial")
    assert (row.counts["listed"], row.counts["new"], row.counts["failed"]) == (26, 25, 1)
    assert row.errors == {"reset": 1}
    assert row.sections["/mat-tran/"] == {"pages": 2, "listed": 14, "new": 14, "problem": None, "error": None}
