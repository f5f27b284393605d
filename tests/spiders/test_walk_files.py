"""Articles that are a PDF, on a crawl: the file is fetched with the crawl's manners and read as the text."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, PortalResult
from storage.engine import open_database, writing
from storage.tables import copies, robots
from tests.crawler.reading.pdf_files import pdf_of
from tests.databases import fresh_sqlite_database
from tests.loopback import Asked, http
from tests.spiders.small_portal import SmallPortal, a_day_passes, stored
from vietnam.dates import VIETNAM

LINES = [
    "Ủy ban Mặt trận Tổ quốc xã Tân Lập thông báo về việc tổ chức Ngày hội Đại đoàn kết",
    "toàn dân tộc ở các thôn trong tháng 11.",
]
TEXT = " ".join(LINES)


def crawl_once(site: SmallPortal, database: str, robots: str = "") -> PortalResult:
    site.pages["/robots.txt"] = http(robots.encode(), content_type="text/plain")
    options = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
    (result,) = crawl([site.portal()], options, database, lambda event: None)
    return result


def page_with_file(asked: Asked | None = None) -> bytes:
    title = "Thông báo của Ủy ban Mặt trận Tổ quốc xã về Ngày hội Đại đoàn kết toàn dân tộc"
    at = datetime.now(VIETNAM) - timedelta(hours=20)  # so young that each crawl looks at it again
    return http(
        f"<html><head><title>{title}</title></head><body><main><article><h1>{title}</h1>"
        f"<time datetime='{at.isoformat()}'>{at:%d/%m/%Y %H:%M}</time>"
        "<div class='content'><iframe src='/tep/thong-bao.pdf'></iframe></div></article></main></body></html>"
    )


def a_portal_with_a_file(site: SmallPortal) -> None:
    site.publish(1, days_old=1)
    site.broken[site.news[0].path] = page_with_file
    site.pages["/tep/thong-bao.pdf"] = http(pdf_of([LINES]), content_type="application/pdf")


def test_the_text_of_the_file_is_the_articles_text(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'frontnews.db'}"
    with SmallPortal() as site:
        a_portal_with_a_file(site)
        result = crawl_once(site, database)
        assert (result.verdict, result.new, result.failed) == ("new", 1, 0)
        (record,) = stored(database)
        assert record["paragraphs"] == [TEXT]
        assert record["relevant"] is True
        assert [a["url"] for a in record["attachments"]] == [f"{site.url.rstrip('/')}/tep/thong-bao.pdf"]
        assert site.paths().count("/tep/thong-bao.pdf") == 1


def test_a_file_that_robots_txt_forbids_is_left_alone_and_the_article_kept(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'frontnews.db'}"
    with SmallPortal() as site:
        a_portal_with_a_file(site)
        crawl_once(site, database, "User-agent: *\nDisallow: /tep/\n")
        assert "/tep/thong-bao.pdf" not in site.paths()
    (record,) = stored(database)
    assert record["paragraphs"] == []
    assert record["attachments"]


def test_a_file_that_is_gone_for_a_while_does_not_take_the_text_with_it(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'frontnews.db'}"
    with SmallPortal() as site:
        a_portal_with_a_file(site)
        crawl_once(site, database)
        site.pages["/tep/thong-bao.pdf"] = http("", "503 Service Unavailable")
        crawl_once(site, database)
        assert site.paths().count("/tep/thong-bao.pdf") > 1
    (record,) = stored(database)
    assert (record["paragraphs"], record["revision"]) == ([TEXT], 1)


def test_a_file_that_is_gone_for_good_takes_neither_its_article_nor_the_text(tmp_path: Path) -> None:
    database = fresh_sqlite_database(tmp_path)
    with SmallPortal() as site:
        a_portal_with_a_file(site)
        site.publish(1, days_old=1)
        crawl_once(site, database)
        site.pages["/tep/thong-bao.pdf"] = http("", "404 Not Found")
        for _ in range(4):
            result = crawl_once(site, database)
            assert site.paths().count("/tep/thong-bao.pdf") > 1
            assert (result.verdict, result.failed) == ("nothing_new", 0)
            a_day_passes(database)
    texts = [(record["paragraphs"], record["revision"]) for record in stored(database)]
    assert ([TEXT], 1) in texts and len(texts) == 2


def test_a_file_that_robots_txt_forbids_since_takes_neither_its_article_nor_the_text(tmp_path: Path) -> None:
    database = fresh_sqlite_database(tmp_path)
    with SmallPortal() as site:
        a_portal_with_a_file(site)
        crawl_once(site, database)
        engine = open_database(database)
        with writing(engine) as connection:
            connection.execute(delete(robots))  # the kept robots.txt has run out
        result = crawl_once(site, database, "User-agent: *\nDisallow: /tep/\n")
        assert (result.verdict, result.failed) == ("nothing_new", 0)
        with writing(engine) as connection:
            assert list(connection.scalars(select(copies.c.missing_at))) == [None]
        engine.dispose()
    (record,) = stored(database)
    assert (record["paragraphs"], record["revision"]) == ([TEXT], 1)
