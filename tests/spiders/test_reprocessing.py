"""Today's reader over yesterday's pages: nothing changes but what the reader now reads differently."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from crawler.reading.platform import ArticleRules, EarlierLayout, Platform
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions
from spiders.platforms import PLATFORMS
from spiders.reading_processes import reading_processes
from spiders.reprocessing import Outcome, read_again, reprocess
from storage import export
from storage.archive_use import count_to_read_again, to_read_again
from storage.engine import open_database
from storage.portals import Portal
from tests.loopback import http
from tests.spiders.rereading import read_here
from tests.spiders.small_portal import SmallPortal

Again = Callable[..., Outcome]
NOTICE = "<p class='thong-bao'>Mời bạn đọc theo dõi trang của chúng tôi trên mạng xã hội mỗi ngày.</p>"

THEME = Platform("thu", "Thử", article=ArticleRules(title=("h1",), body=(".content",)))
"""The rules of a home-made theme, as they were when the pages were fetched."""


@pytest.fixture
def site() -> Iterator[SmallPortal]:
    """A portal of 12 articles; two of them carry a notice in their text."""
    with SmallPortal() as running:
        running.publish(12)
        for news in (running.news[2], running.news[7]):
            html = news.html().replace("<div class='content'>", f"<div class='content'>{NOTICE}")
            running.broken[news.path] = http(html)
        yield running


@pytest.fixture
def database(database_url: str) -> str:
    """The address of an empty database of each kind."""
    return database_url


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = open_database(database)
    yield engine
    engine.dispose()


@pytest.fixture
def portal(site: SmallPortal, monkeypatch: pytest.MonkeyPatch) -> Portal:
    monkeypatch.setitem(PLATFORMS, "thu", THEME)
    return site.portal(platform="thu")


@pytest.fixture
def crawled(portal: Portal, database: str, tmp_path: Path) -> Portal:
    """The portal, crawled into database and archive."""
    crawl_it(portal, database, tmp_path)
    return portal


@pytest.fixture
def again(engine: Engine, crawled: Portal, tmp_path: Path) -> Again:
    """Read the archive again."""

    def run(**options: Any) -> Outcome:
        return reprocess(
            engine, tmp_path / "archive", to_read_again(engine), lambda _: crawled, read_here,
            expected=count_to_read_again(engine), **options,
        )  # fmt: skip

    return run


def crawl_it(portal: Portal, database: str, folder: Path, **more: object) -> None:
    options = {
        "delay": 0.0, "retry_wait": 0.01, "allow_addresses": ("127.0.0.0/8",),
        "archive": str(folder / "archive"),
    } | more  # fmt: skip
    (result,) = crawl([portal], CrawlOptions(**options), database)  # type: ignore[arg-type]
    assert result.verdict == "new"


def records(engine: Engine) -> dict[str, dict[str, Any]]:
    return {str(record["url"]): record for record in export.records(engine)}


def newer_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform file of today knows that the notice is no text."""
    rules = ArticleRules(title=("h1",), body=(".content",), noise=(".thong-bao",))
    monkeypatch.setitem(PLATFORMS, "thu", Platform("thu", "Thử", article=rules))


def test_reading_again_gives_identical_records_and_leaves_no_trace(engine: Engine, again: Again) -> None:
    before = records(engine)
    outcome = again()
    assert (outcome.read, outcome.unchanged, outcome.changed, outcome.new) == (12, 12, 0, 0)
    assert records(engine) == before
    assert len(before) == 12


def test_after_a_change_of_the_reader_exactly_the_affected_articles_get_a_revision(
    engine: Engine, again: Again, site: SmallPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = records(engine)
    newer_reader(monkeypatch)

    rehearsed = again(rehearse=True)
    assert records(engine) == before, "a rehearsal stores nothing"
    assert (rehearsed.changed, rehearsed.reworded) == (2, 2)
    text, text_of_today = rehearsed.sample[0].fields["paragraphs"]
    (gone,) = set(text) - set(text_of_today)  # type: ignore[call-overload]
    assert gone.startswith("Mời bạn đọc")

    outcome = again()
    after = records(engine)
    affected = {site.url + news.path[1:] for news in (site.news[2], site.news[7])}
    assert {url for url, record in after.items() if record != before[url]} == affected
    assert {after[url]["revision"] for url in affected} == {2}
    assert (outcome.changed, outcome.fields["paragraphs"], outcome.unchanged) == (2, 2, 10)

    assert again().changed == 0, "the second time there is nothing left to do"
    assert records(engine) == after


def test_pages_of_an_old_layout_are_still_read_after_the_platform_file_moved_on(
    engine: Engine,
    database: str,
    tmp_path: Path,
    site: SmallPortal,
    again: Again,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The fixtures have crawled 12 pages of the old layout; of the new one there will be three."""
    before = records(engine)
    site.publish(3, "phu-nu")
    for news in site.news[12:]:
        new_theme = f"<div class='entry'><p class='duong-day-nong'>{NOTICE}</p>"
        site.broken[news.path] = http(news.html().replace("<div class='content'>", new_theme))
    rules = ArticleRules(title=("h1",), body=(".entry",), noise=(".duong-day-nong", ".thong-bao"))
    until = datetime.now(UTC).date()

    def platform_of_today(*earlier: ArticleRules) -> None:
        layouts = tuple(EarlierLayout(until, rules) for rules in earlier)
        monkeypatch.setitem(PLATFORMS, "thu", Platform("thu", "Thử", article=rules, earlier=layouts))

    platform_of_today(THEME.article)
    crawl_it(site.portal(platform="thu"), database, tmp_path)
    outcome = again()
    assert (outcome.read, outcome.unchanged, outcome.changed, outcome.unreadable) == (15, 15, 0, [])
    after = records(engine)
    assert {url: after[url] for url in before} == before
    new = [record for url, record in after.items() if url not in before]
    assert {record["provenance"]["paragraphs"] for record in new} == {"platform:.entry"}
    assert not any("mạng xã hội" in text for record in new for text in record["paragraphs"])

    platform_of_today(ArticleRules(title=("h1",), body=(".content",), noise=(".thong-bao",)))
    assert again().changed == 2, "what is learned of an old layout holds for its pages"
    told = [record["provenance"]["paragraphs"] for record in records(engine).values()]
    assert told.count(f"platform@{until}:.content") == 2


def test_a_page_that_a_crawl_has_read_meanwhile_is_not_overwritten_by_an_older_one(
    engine: Engine, again: Again, crawled: Portal, site: SmallPortal, database: str, tmp_path: Path
) -> None:
    old = list(to_read_again(engine))
    site.publish(1, days_old=0)
    crawl_it(crawled, database, tmp_path)
    site.edit(13)
    crawl_it(crawled, database, tmp_path, archive=None)  # the newer page is not even in the archive
    before = records(engine)
    outcome = again()
    assert records(engine) == before
    assert (outcome.changed, outcome.read) == (0, 12)
    assert len(old) == 12


def test_what_was_off_topic_and_what_could_not_be_read_is_kept_once_the_reader_knows_better(
    engine: Engine, database: str, tmp_path: Path, site: SmallPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PLATFORMS, "thu", THEME)
    site.publish(3, "the-thao", off_topic=True)
    unreadable = site.news[4]
    site.broken[unreadable.path] = http("<html><body><h1>Bài</h1><p class=x></p></body></html>")
    portal = site.portal(platform="thu", scope="news")
    options = CrawlOptions(
        delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",), archive=str(tmp_path / "archive")
    )
    crawl([portal], options, database)
    stored = len(records(engine))
    pages = list(to_read_again(engine))
    assert sorted(one.stored for one in pages) == [False] * 4 + [True] * stored
    outcome = reprocess(engine, tmp_path / "archive", pages, lambda _: portal, read_here, expected=len(pages))
    assert (outcome.unwanted, outcome.new, len(records(engine))) == (4, 0, stored)

    wide = site.portal(platform="thu", scope="front")  # the record knows better: all of it is ours
    outcome = reprocess(engine, tmp_path / "archive", pages, lambda _: wide, read_here, expected=len(pages))
    assert (outcome.new, len(records(engine))) == (3, stored + 3)


def test_many_pages_are_read_in_processes_of_their_own_with_the_same_result(
    site: SmallPortal, database: str, tmp_path: Path
) -> None:
    site.publish(80)
    portal = site.portal()
    crawl_it(portal, database, tmp_path)
    told: list[int] = []
    with reading_processes(read_again, 2) as read_all:
        engine = open_database(database)
        before = records(engine)
        outcome = reprocess(
            engine, tmp_path / "archive", to_read_again(engine), lambda _: portal, read_all,
            expected=count_to_read_again(engine), on_progress=lambda so_far: told.append(so_far.read),
        )  # fmt: skip
    assert (outcome.read, outcome.unchanged, outcome.changed) == (92, 92, 0)
    assert told == [40, 80, 92]
    assert records(engine) == before
    engine.dispose()


def test_a_stop_keeps_what_was_done_and_a_damaged_page_is_named(
    engine: Engine, again: Again, tmp_path: Path
) -> None:
    assert again(stopping=lambda: True).stopped is False, "all was read in the first batch"
    (path,) = (tmp_path / "archive").rglob("*.warc.gz")
    data = bytearray(path.read_bytes())
    page = next(to_read_again(engine)).page
    data[page.offset + 600] ^= 0xFF
    path.write_bytes(data)
    outcome = again()
    assert [url for url, _ in outcome.damaged] == [page.url]
    assert (outcome.unchanged, outcome.changed) == (11, 0)
