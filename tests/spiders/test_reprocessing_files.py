"""Articles whose text is a PDF: the file is archived with its page, and read again with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from crawler.archive.retention import Retention, prune
from crawler.archive.verify import verify
from crawler.reading import pdf
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions
from spiders.reprocessing import Outcome, reprocess
from storage import archive, export
from storage.archive_use import count_to_read_again, to_read_again
from storage.portals import Portal
from tests.crawler.reading.pdf_files import pdf_of
from tests.loopback import http
from tests.spiders.rereading import read_here
from tests.spiders.small_portal import SmallPortal
from tests.spiders.test_walk_files import LINES, TEXT, a_portal_with_a_file

FILE = "/tep/thong-bao.pdf"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is the same on both engines: the others ask the database for more than rows."""

MORE = "Đại biểu các thôn cùng dự và chung vui bữa cơm đoàn kết."


@pytest.fixture
def site() -> Iterator[SmallPortal]:
    """A portal with one article, whose text is in a PDF."""
    with SmallPortal() as running:
        a_portal_with_a_file(running)
        yield running


@pytest.fixture
def portal(site: SmallPortal) -> Portal:
    return site.portal()


@pytest.fixture
def crawled(portal: Portal, database_url: str, tmp_path: Path) -> Callable[[], None]:
    """Crawl the portal into the archive."""

    def run() -> None:
        options = CrawlOptions(
            delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",), archive=str(tmp_path / "archive")
        )
        crawl([portal], options, database_url)

    return run


@pytest.fixture
def again(engine: Engine, portal: Portal, tmp_path: Path) -> Callable[[], Outcome]:
    return lambda: reprocess(
        engine, tmp_path / "archive", to_read_again(engine), lambda _: portal, read_here,
        expected=count_to_read_again(engine),
    )  # fmt: skip


def the_record(engine: Engine) -> dict[str, Any]:
    (record,) = export.records(engine)
    return dict(record)


def test_the_text_of_an_archived_file_is_read_again_and_is_the_same(
    crawled: Callable[[], None],
    again: Callable[[], Outcome],
    engine: Engine,
    tmp_path: Path,
    site: SmallPortal,
) -> None:
    crawled()
    before = the_record(engine)
    assert before["paragraphs"] == [TEXT]
    outcome = again()
    assert (outcome.read, outcome.unchanged, outcome.changed, outcome.unreadable) == (1, 1, 0, [])
    assert the_record(engine) == before
    (file,) = [page for page in archive.newest(engine) if page.kind == "file"]
    assert file.url.endswith(FILE)
    assert file.listing == {"url": f"{site.url.rstrip('/')}{FILE}"}
    assert verify(engine, tmp_path / "archive").problems == []


@ON_SQLITE
def test_a_reader_of_files_that_has_learned_something_changes_the_record(
    crawled: Callable[[], None],
    again: Callable[[], Outcome],
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as then:
        then.setattr(
            pdf, "_paragraphs", lambda pages: [" ".join(line for page in pages for line in page[:1])]
        )
        crawled()
    assert the_record(engine)["paragraphs"] == [LINES[0]]
    assert again().reworded == 1
    assert the_record(engine)["paragraphs"] == [TEXT]


def test_the_file_that_was_fetched_last_is_read_again_also_where_a_later_look_at_it_failed(
    crawled: Callable[[], None], again: Callable[[], Outcome], engine: Engine, site: SmallPortal
) -> None:
    crawled()
    site.pages[FILE] = http(pdf_of([[*LINES, MORE]]), content_type="application/pdf")
    crawled()
    site.pages[FILE] = http("", "503 Service Unavailable")
    crawled()
    before = the_record(engine)
    assert before["paragraphs"] == [TEXT, MORE] and before["revision"] == 2
    assert again().changed == 0
    assert the_record(engine) == before


@ON_SQLITE
def test_the_file_of_an_article_outlives_its_page_in_no_prune(
    crawled: Callable[[], None], again: Callable[[], Outcome], engine: Engine, tmp_path: Path
) -> None:
    crawled()
    crawled()
    prune(engine, tmp_path / "archive", Retention(max_bytes=0))
    kinds = sorted(page.kind for page in archive.newest(engine))
    assert set(kinds) == {"article", "file"}
    assert again().unchanged == 1
    prune(engine, tmp_path / "archive", Retention(max_bytes=0, drop_latest=True))
    assert archive.newest(engine) == []


@ON_SQLITE
def test_a_file_that_the_archive_has_not_does_not_take_the_text_with_it(
    crawled: Callable[[], None], again: Callable[[], Outcome], engine: Engine
) -> None:
    crawled()
    archive.forget(engine, [page.id for page in archive.newest(engine) if page.kind == "file"])
    outcome = again()
    assert [message for _, message in outcome.unreadable] == [
        "its text is that of a file, and no file of it is in the archive"
    ]
    assert the_record(engine)["paragraphs"] == [TEXT]


@ON_SQLITE
def test_an_article_whose_file_never_came_is_as_it_was(
    crawled: Callable[[], None], again: Callable[[], Outcome], engine: Engine, site: SmallPortal
) -> None:
    site.pages[FILE] = http("", "404 Not Found")
    crawled()
    outcome = again()
    assert (outcome.unchanged, outcome.unreadable) == (1, [])
    assert the_record(engine)["paragraphs"] == []
