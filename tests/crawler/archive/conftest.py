"""An archive in a folder of the test, and a portal whose crawl fills it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.archive.records import Context
from crawler.archive.writer import Archive
from crawler.reading.page import Asked, Page
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, PortalResult
from storage.archive import add
from storage.engine import open_database
from storage.portals import Portal
from tests.databases import fresh_sqlite_database
from tests.spiders.small_portal import SmallPortal

Crawl = Callable[..., PortalResult]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def database(tmp_path: Path) -> str:
    return fresh_sqlite_database(tmp_path)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = open_database(database)
    yield engine
    engine.dispose()


@pytest.fixture
def site() -> Iterator[SmallPortal]:
    """A portal of 12 articles on two pages."""
    with SmallPortal() as running:
        running.publish(12)
        yield running


@pytest.fixture
def crawled(database: str, folder: Path) -> Crawl:
    """Crawl a portal into the database and the archive of the test."""

    def run(portal: Portal, **more: object) -> PortalResult:
        options = {
            "delay": 0.0, "retry_wait": 0.01, "allow_addresses": ("127.0.0.0/8",), "archive": str(folder),
        } | more  # fmt: skip
        (result,) = crawl([portal], CrawlOptions(**options), database)  # type: ignore[arg-type]
        return result

    return run


@pytest.fixture
def filled(engine: Engine, folder: Path) -> Path:
    """An archive of one closed file with eight pages, all in the index; the file."""
    archive = Archive(folder, engine)
    rows = [archive.write(a_page(number), Context("xa", "article", str(number))) for number in range(8)]
    archive.close()
    add(engine, rows)
    return folder / rows[0].file


def a_page(number: int, *, body: bytes | None = None, days_old: float = 0) -> Page:
    """A page of some 3 kB that no other number has."""
    text = " ".join(f"đoạn {number * 7 + n} của bài số {number}" for n in range(100))
    return Page(
        url=f"https://xa.example.vn/bai-{number}.html",
        body=f"<html><body>{text}</body></html>".encode() if body is None else body,
        fetched_at=datetime.now(UTC) - timedelta(days=days_old, seconds=60 - number),
        content_type="text/html; charset=utf-8",
        headers={"content-type": "text/html; charset=utf-8", "etag": f'"{number}"'},
        asked=Asked("GET", (("User-Agent", "frontnews"), ("Authorization", "Basic bao-mat"))),
    )
