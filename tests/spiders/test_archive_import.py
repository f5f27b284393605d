"""WARC files that other tools made give the records that a crawl gives."""

from __future__ import annotations

import gzip
import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from sqlalchemy import Engine
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive.retention import Retention, prune
from crawler.archive.verify import verify
from crawler.archive.writer import Archive
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions
from spiders.archive_import import Imported, import_warcs
from spiders.reprocessing import reprocess
from storage import archive as index
from storage import export, migrate
from storage.archive_use import count_to_read_again, to_read_again
from storage.engine import open_database
from storage.portals import Portal
from tests.spiders.rereading import read_here
from tests.spiders.small_portal import SmallPortal
from tests.spiders.test_walk_files import TEXT, a_portal_with_a_file, page_with_file

OF_THE_DATABASE = ("id", "story_id", "first_seen_at", "last_seen_at")
Import = Callable[..., Imported]


@pytest.fixture
def site() -> Iterator[SmallPortal]:
    """A portal of 12 articles of ours and three others."""
    with SmallPortal() as running:
        running.publish(12)
        running.publish(3, "the-thao", off_topic=True)
        yield running


@pytest.fixture
def portal(site: SmallPortal) -> Portal:
    return site.portal(scope="news", platform="generic")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'frontnews.db'}")
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def imported(engine: Engine, tmp_path: Path, portal: Portal) -> Import:
    """Import files; every address of the portal's host is the portal's."""

    def run(*paths: Path) -> Imported:
        archive = Archive(tmp_path / "archive", engine)
        try:
            return import_warcs(
                engine, archive, paths, lambda url: portal if url.startswith(portal.url) else None
            )
        finally:
            archive.close()

    return run


def crawled(portal: Portal, folder: Path) -> dict[str, dict[str, Any]]:
    """What a crawl of the portal gives."""
    database = f"sqlite:///{folder / 'crawled.db'}"
    options = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
    crawl([portal], options, database)
    engine = open_database(database)
    try:
        return records(engine)
    finally:
        engine.dispose()


def records(engine: Engine) -> dict[str, dict[str, Any]]:
    return {
        str(record["url"]): {name: value for name, value in record.items() if name not in OF_THE_DATABASE}
        for record in export.records(engine)
    }


def by_warcio(
    site: SmallPortal,
    path: Path,
    *,
    packed: bool,
    encoded: bool = False,
    date: str | None = None,
    targets: list[str] | None = None,
) -> Path:
    """All pages of a site in a file that warcio's own writer wrote; ``encoded``: gzipped by the server."""
    listings = ["/mat-tran/", "/mat-tran/?page=2", "/the-thao/"]
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)
        for target in targets or (*listings, *(news.path for news in site.news)):
            with urlopen(site.url.rstrip("/") + target) as answer:
                body = answer.read()
            headers = [("Content-Type", answer.headers["Content-Type"])]
            if encoded:
                body = gzip.compress(body)
                headers += [("Content-Encoding", "gzip"), ("Set-Cookie", "sess=bi-mat; path=/")]
            http_headers = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
            url = site.url.rstrip("/") + target
            record = writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), length=len(body), http_headers=http_headers,
                warc_headers_dict={"WARC-Date": date} if date else {},
            )  # fmt: skip
            writer.write_record(record)
    return path


@pytest.mark.parametrize(("packed", "encoded"), [(True, False), (False, False), (True, True)])
def test_a_file_of_warcio_gives_the_records_of_a_crawl(
    packed: bool,
    encoded: bool,
    site: SmallPortal,
    portal: Portal,
    tmp_path: Path,
    engine: Engine,
    imported: Import,
) -> None:
    path = by_warcio(site, tmp_path / "site.warc", packed=packed, encoded=encoded)
    done = imported(path)
    assert (done.pages, done.listings, done.unwanted, done.problems) == (15, 3, 3, [])
    assert records(engine) == crawled(portal, tmp_path)
    assert len(records(engine)) == 12
    assert verify(engine, tmp_path / "archive").problems == []
    assert imported(path).saved["new"] == 0


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not on this machine")
def test_a_file_of_wget_gives_the_records_of_a_crawl(
    site: SmallPortal, portal: Portal, tmp_path: Path, engine: Engine, imported: Import
) -> None:
    starts = [site.url + "mat-tran/", site.url + "the-thao/"]
    command = ["wget", "-q", "-r", "-l", "4", "--delete-after", "--warc-file=site", *starts]
    subprocess.run(command, cwd=tmp_path, timeout=60, check=False)  # 8: a linked page was not there
    done = imported(tmp_path / "site.warc.gz")
    assert done.problems == []
    assert records(engine) == crawled(portal, tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not on this machine")
def test_what_wget_saw_twice_and_did_not_save_again_is_read_from_its_first_file(
    site: SmallPortal, portal: Portal, tmp_path: Path, engine: Engine, imported: Import
) -> None:
    """``--warc-dedup`` makes revisits; the second file is plain (``--no-warc-compression``)."""
    wget = ["wget", "-q", "-r", "-l", "4", "--delete-after", site.url + "mat-tran/", site.url + "the-thao/"]
    first = [*wget, "--warc-file=first", "--warc-cdx"]
    subprocess.run(first, cwd=tmp_path, timeout=60, check=False)
    second = [*wget, "--warc-file=second", "--warc-dedup=first.cdx", "--no-warc-compression"]
    subprocess.run(second, cwd=tmp_path, timeout=60, check=False)
    plain = tmp_path / "second.warc"
    assert plain.read_bytes().count(b"WARC-Type: revisit") > 12
    alone = imported(plain)
    assert "a revisit of a page that is in none of the files" in alone.problems[0]
    assert records(engine) == {}
    assert imported(tmp_path / "first.warc.gz", plain).problems == []
    assert records(engine) == crawled(portal, tmp_path)
    assert verify(engine, tmp_path / "archive").problems == []


@pytest.mark.parametrize("tool", ["warcio", "wget"])
def test_an_article_that_is_a_pdf_is_imported_with_its_text(
    tool: str, tmp_path: Path, engine: Engine, imported: Import, site: SmallPortal
) -> None:
    if tool == "wget" and shutil.which("wget") is None:
        pytest.skip("wget is not on this machine")
    site.news.clear()
    a_portal_with_a_file(site)
    site.broken[site.news[0].path] = page_with_file()  # the same for everybody, to the second
    path = tmp_path / "site.warc.gz"
    if tool == "wget":
        command = [
            "wget",
            "-q",
            "-r",
            "-l",
            "4",
            "--delete-after",
            "--warc-file=site",
            site.url + "mat-tran/",
        ]
        subprocess.run(command, cwd=tmp_path, timeout=60, check=False)
    else:
        targets = ["/mat-tran/", site.news[0].path, "/tep/thong-bao.pdf"]
        by_warcio(site, path, packed=True, targets=targets)
    assert imported(path).problems == []
    (record,) = records(engine).values()
    assert record["paragraphs"] == [TEXT]
    assert {record["url"]: record} == crawled(site.portal(scope="news", platform="generic"), tmp_path)

    own = list((tmp_path / "archive").rglob("*.warc.gz"))
    index.forget(engine, [page.id for page in index.newest(engine)])
    assert imported(*own).saved == {"unchanged": 1}, "our own files are as good as anybody's"


def test_the_archive_goes_round_on_either_database(
    database_url: str, site: SmallPortal, portal: Portal, tmp_path: Path
) -> None:
    """Imported, read again, pruned, its index lost and made again: nothing changes on the way."""
    engine = open_database(database_url)
    migrate.upgrade(engine)
    folder = tmp_path / "archive"
    old = by_warcio(site, tmp_path / "old.warc.gz", packed=True, date="2026-01-02T03:04:05Z")
    site.edit(3)
    new = by_warcio(site, tmp_path / "new.warc.gz", packed=True)
    for path in (old, new):
        archive = Archive(folder, engine)
        assert import_warcs(engine, archive, [path], lambda _: portal).problems == []
        archive.close()
    before = records(engine)
    assert sorted(record["revision"] for record in before.values()) == [1] * 11 + [2]
    assert verify(engine, folder).problems == []

    pruned = prune(engine, folder, Retention(keep=timedelta(days=30)))
    assert pruned.pages == 1, "the old state of the edited article; all else has the body of a page of today"
    rows = {page.id: page for page in index.newest(engine, limit=100)}
    index.forget(engine, rows)
    repaired = verify(engine, folder, repair=True)
    assert {problem.kind for problem in repaired.problems} == {"not_indexed"}
    assert {page.id: page for page in index.newest(engine, limit=100)} == rows

    assert count_to_read_again(engine) == 12
    outcome = reprocess(engine, folder, to_read_again(engine), lambda _: portal, read_here, expected=12)
    assert (outcome.read, outcome.unchanged, outcome.changed, outcome.damaged) == (12, 12, 0, [])
    assert records(engine) == before
    engine.dispose()


def test_history_does_not_overwrite_what_was_read_since(
    site: SmallPortal, tmp_path: Path, engine: Engine, imported: Import
) -> None:
    old = by_warcio(site, tmp_path / "old.warc.gz", packed=True, date="2026-01-02T03:04:05Z")
    site.edit(3)
    imported(by_warcio(site, tmp_path / "new.warc.gz", packed=True))
    before = records(engine)
    done = imported(old)
    assert done.known == 12
    assert records(engine) == before


def test_what_cannot_be_used_is_named(site: SmallPortal, tmp_path: Path, imported: Import) -> None:
    whole = tmp_path / "whole.warc.gz"
    whole.write_bytes(gzip.compress(by_warcio(site, tmp_path / "x.warc", packed=False).read_bytes()))
    text = tmp_path / "note.txt"
    text.write_text("không phải WARC", "utf-8")
    with SmallPortal() as stranger:
        stranger.publish(2, "the-thao")
        stranger.publish(11)
        foreign = by_warcio(stranger, tmp_path / "stranger.warc.gz", packed=True)
        done = imported(whole, text, foreign)
        assert dict(done.strangers) == {stranger.netloc: 16}
    assert "warcio recompress" in done.problems[0]
    assert "note.txt" in done.problems[1]
    assert done.pages <= 1
