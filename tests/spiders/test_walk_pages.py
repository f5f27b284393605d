"""Articles that stand on several pages, on a crawl: the pages are fetched, joined and archived."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from crawler.archive.writer import Archive
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, PortalResult
from spiders.archive_import import import_warcs
from spiders.reprocessing import Outcome, reprocess
from storage import archive, export
from storage.archive_use import count_to_read_again, to_read_again
from storage.engine import open_database, writing
from storage.portals import Portal, Section
from storage.tables import copies
from tests.databases import fresh_sqlite_database
from tests.loopback import NOT_FOUND, http
from tests.spiders.paged_articles import (
    HOME_MADE,
    NUKEVIET,
    SHAPES,
    SIGNATURE,
    TEXTS,
    WORDPRESS,
    PagedArticle,
    Shape,
)
from tests.spiders.rereading import read_here
from tests.spiders.small_portal import SmallPortal
from vietnam.dates import VIETNAM

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is the same on both engines."""
Crawl = Callable[..., PortalResult]


@pytest.fixture
def site() -> Iterator[SmallPortal]:
    """A portal without articles yet."""
    with SmallPortal() as running:
        yield running


@pytest.fixture
def crawled(site: SmallPortal, database_url: str, tmp_path: Path) -> Crawl:
    """Crawl the portal into the archive, with an empty server log."""

    def run(shape: Shape) -> PortalResult:
        site.log.clear()
        options = CrawlOptions(
            delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",), archive=str(tmp_path / "archive")
        )
        (result,) = crawl([portal_of(site, shape)], options, database_url)
        return result

    return run


@pytest.fixture
def again(engine: Engine, site: SmallPortal, tmp_path: Path) -> Callable[[Shape], Outcome]:
    """Read the archive again."""
    return lambda shape: reprocess(
        engine, tmp_path / "archive", to_read_again(engine), lambda _: portal_of(site, shape), read_here,
        expected=count_to_read_again(engine),
    )  # fmt: skip


def portal_of(site: SmallPortal, shape: Shape) -> Portal:
    return site.portal(platform=shape.platform, sections=(Section("/mat-tran/", "front"),))


def the_record(engine: Engine) -> dict[str, Any]:
    (record,) = export.records(engine)
    return dict(record)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_text_on_three_pages_is_one_record_and_is_the_same_when_it_is_read_again(
    shape: Shape, site: SmallPortal, crawled: Crawl, engine: Engine, again: Callable[[Shape], Outcome]
) -> None:
    article = PagedArticle(site, shape)
    result = crawled(shape)
    assert (result.verdict, result.new, result.failed) == ("new", 1, 0)
    assert article.asked() == [1, 2, 3], "each page once, in order"
    before = the_record(engine)
    assert before["paragraphs"] == article.paragraphs()
    assert (before["byline"], before["authors"]) == (SIGNATURE, [SIGNATURE])
    assert before["url"] == site.url.rstrip("/") + article.address(1)
    assert before["provenance"]["paragraphs"].endswith(", 3 pages")
    kinds = sorted(page.kind for page in archive.newest(engine) if page.key is not None)
    assert kinds == ["article", "file", "file"]
    outcome = again(shape)
    assert (outcome.read, outcome.unchanged, outcome.unreadable) == (1, 1, [])
    assert the_record(engine) == before


@ON_SQLITE
@pytest.mark.parametrize(
    "extra",
    [
        "<div id='comments'><ul><li>Bài viết rất hay.</li></ul><nav class='comment-navigation'>"
        "<a href='{at}comment-page-2/#comments'>Bình luận cũ hơn</a> <a href='?page=2'>2</a></nav></div>",
        "<p><a href='{at}?page=2#binh-luan'>2</a></p>",
        "<nav class='post-navigation'><a rel='next' href='/tong-ket-phong-trao-2/'>Bài tiếp theo »</a></nav>",
        "<div class='tin-khac'><a href='/tin-khac/'>Tin khác của huyện</a> <a href='?page=2'>2</a></div>",
        "<p><a href='{at}?print=1'>In</a> <a href='/mat-tran/?page=2'>2</a>"
        " <a href='{at}?replytocom=2'>2</a></p>",
    ],
    ids=["comments", "comments by fragment", "next post", "other news", "print, section, reply"],
)
def test_no_other_pager_of_a_page_is_that_of_its_text(
    extra: str, site: SmallPortal, crawled: Crawl, engine: Engine
) -> None:
    (text, *_) = TEXTS
    article = PagedArticle(site, WORDPRESS, [text], extra=extra.format(at=WORDPRESS.path))
    crawled(WORDPRESS)
    asked = [path for path in site.paths() if path not in ("/robots.txt", "/mat-tran/")]
    assert asked == [article.address(1)]
    assert the_record(engine)["paragraphs"] == article.paragraphs()


@ON_SQLITE
def test_a_page_that_repeats_the_text_is_the_end_of_it(
    site: SmallPortal, crawled: Crawl, engine: Engine
) -> None:
    article = PagedArticle(site, NUKEVIET)
    article.break_page(2, lambda asked: article.answer(1, asked))
    result = crawled(NUKEVIET)
    assert article.asked() == [1, 2]
    assert (result.verdict, the_record(engine)["paragraphs"]) == ("new", article.paragraphs(1))


@ON_SQLITE
def test_another_article_at_the_next_page_is_no_part_of_the_text(
    site: SmallPortal, crawled: Crawl, engine: Engine
) -> None:
    article = PagedArticle(site, HOME_MADE)
    site.publish(1, "khac")
    article.break_page(2, http(site.news[-1].html()))
    crawled(HOME_MADE)
    assert the_record(engine)["paragraphs"] == article.paragraphs(1)


@ON_SQLITE
def test_what_each_page_prints_again_stands_in_the_text_once(
    site: SmallPortal, crawled: Crawl, engine: Engine
) -> None:
    (first, second, _) = TEXTS
    article = PagedArticle(site, WORDPRESS, [first, [first[0], *second]])
    crawled(WORDPRESS)
    assert the_record(engine)["paragraphs"] == [*first, *second]
    assert article.asked() == [1, 2]


@ON_SQLITE
def test_a_book_is_read_up_to_its_twentieth_page(site: SmallPortal, crawled: Crawl, engine: Engine) -> None:
    texts = [
        [f"Chương {n} của tập sách nói về phong trào thi đua ở khu dân cư số {n}."] for n in range(1, 31)
    ]
    article = PagedArticle(site, WORDPRESS, texts)
    crawled(WORDPRESS)
    assert article.asked() == list(range(1, 21))
    assert the_record(engine)["paragraphs"] == article.paragraphs(20)


def test_an_article_whose_second_page_is_gone_is_kept_with_what_came(
    site: SmallPortal,
    crawled: Crawl,
    engine: Engine,
    again: Callable[[Shape], Outcome],
    caplog: pytest.LogCaptureFixture,
) -> None:
    article = PagedArticle(site, WORDPRESS)
    article.break_page(2, NOT_FOUND)
    with caplog.at_level(logging.WARNING):
        result = crawled(WORDPRESS)
    assert (result.verdict, result.new, result.failed) == ("new", 1, 0)
    before = the_record(engine)
    assert before["paragraphs"] == article.paragraphs(1)
    assert "page 2 of it did not come" in caplog.text
    assert again(WORDPRESS).unchanged == 1
    article.edit(1, "Ủy ban MTTQ huyện đã sửa lại trang đầu của bài viết này vào buổi chiều.")
    crawled(WORDPRESS)
    assert the_record(engine)["paragraphs"] == article.paragraphs(1), "no page was lost: an edit is an edit"
    article.mended(2)
    crawled(WORDPRESS)
    assert the_record(engine)["paragraphs"] == article.paragraphs()


@ON_SQLITE
@pytest.mark.parametrize("comes", [True, False])
def test_an_article_whose_second_page_may_come_yet_waits_for_the_next_crawl(
    comes: bool, site: SmallPortal, crawled: Crawl, engine: Engine
) -> None:
    article = PagedArticle(site, WORDPRESS)
    article.break_page(2, http("", "503 Service Unavailable"))
    result = crawled(WORDPRESS)
    assert (result.verdict, result.new, result.failed) == ("partial", 0, 1)
    if comes:
        article.mended(2)
    result = crawled(WORDPRESS)
    assert (result.verdict, result.new, result.failed) == ("new", 1, 0)
    assert the_record(engine)["paragraphs"] == article.paragraphs(None if comes else 1)


@ON_SQLITE
@pytest.mark.parametrize("status", ["404 Not Found", "503 Service Unavailable"])
def test_a_page_that_is_gone_later_does_not_take_its_text_with_it(
    status: str, site: SmallPortal, crawled: Crawl, engine: Engine
) -> None:
    article = PagedArticle(site, NUKEVIET)
    crawled(NUKEVIET)
    before = the_record(engine)
    article.break_page(3, http("", status))
    result = crawled(NUKEVIET)
    assert article.asked()[:3] == [1, 2, 3], "the crawl looked"
    assert result.failed == (1 if status.startswith("503") else 0)
    after = the_record(engine)
    assert (after["paragraphs"], after["revision"]) == (before["paragraphs"], 1)


@ON_SQLITE
def test_a_text_that_its_editor_put_on_fewer_pages_is_shorter(
    site: SmallPortal, crawled: Crawl, engine: Engine
) -> None:
    article = PagedArticle(site, WORDPRESS)
    crawled(WORDPRESS)
    article.texts = article.texts[:2]
    crawled(WORDPRESS)
    record = the_record(engine)
    assert (record["paragraphs"], record["revision"]) == (article.paragraphs(), 2)


def test_a_304_leaves_the_text_and_the_next_full_look_finds_a_changed_second_page(
    site: SmallPortal, crawled: Crawl, engine: Engine
) -> None:
    day = datetime.now(VIETNAM) - timedelta(hours=30)
    article = PagedArticle(site, WORDPRESS, etag=True, day=day)
    crawled(WORDPRESS)
    article.edit(2, "Trang hai của bài viết này đã được ban biên tập viết lại toàn bộ trong ngày hôm sau.")
    result = crawled(WORDPRESS)
    assert (result.verdict, article.asked()) == ("nothing_new", [1])
    assert the_record(engine)["paragraphs"] == [text for texts in TEXTS for text in texts]
    with writing(engine) as connection:  # the last look was before the article was a day old
        connection.execute(update(copies).values(last_seen_at=datetime.now(UTC) - timedelta(hours=10)))
    crawled(WORDPRESS)
    record = the_record(engine)
    assert (record["paragraphs"], record["revision"]) == (article.paragraphs(), 2)


@ON_SQLITE
def test_a_page_that_the_archive_has_not_does_not_take_the_text_with_it(
    site: SmallPortal, crawled: Crawl, engine: Engine, again: Callable[[Shape], Outcome]
) -> None:
    article = PagedArticle(site, HOME_MADE)
    crawled(HOME_MADE)
    archive.forget(engine, [page.id for page in archive.newest(engine) if page.url.endswith("-p3.html")])
    outcome = again(HOME_MADE)
    assert [message for _, message in outcome.unreadable] == [
        "its text stands on 3 pages, and the archive has 2"
    ]
    assert the_record(engine)["paragraphs"] == article.paragraphs()


@ON_SQLITE
@pytest.mark.parametrize("shape", [WORDPRESS, NUKEVIET], ids=["WordPress", "NukeViet"])
def test_an_archive_that_is_imported_elsewhere_gives_the_same_record(
    shape: Shape, site: SmallPortal, crawled: Crawl, engine: Engine, tmp_path: Path
) -> None:
    PagedArticle(site, shape)
    crawled(shape)
    (tmp_path / "other").mkdir()
    other = open_database(fresh_sqlite_database(tmp_path / "other"))
    into = Archive(tmp_path / "other" / "archive", other)
    files = sorted((tmp_path / "archive").rglob("*.warc.gz*"))
    done = import_warcs(other, into, files, lambda url: portal_of(site, shape))
    into.close()
    assert (done.saved["new"], done.problems) == (1, [])
    same = ("url", "title", "paragraphs", "byline", "provenance")
    assert [the_record(other)[name] for name in same] == [the_record(engine)[name] for name in same]
    other.dispose()
