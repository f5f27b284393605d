"""What a walk reads is in the archive first, as WARC that other tools accept."""

from __future__ import annotations

import argparse
import asyncio
import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from crawler.archive import files
from crawler.archive.reading import ArchiveDamage, Reader, first_member, parse
from crawler.archive.records import Context, digest_of, exchange, page_of, record_id
from crawler.archive.verify import members, verify
from crawler.archive.writer import Archive
from storage import archive as index
from storage import frontier
from storage.archive import ArchivedPage
from tests.crawler.archive.conftest import Crawl, a_page
from tests.loopback import http
from tests.spiders.small_portal import SmallPortal

ROOT = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("write_here.py")


def warcio_accepts(paths: Iterable[Path]) -> bool:
    """Whether ``warcio check`` finds nothing wrong."""
    command = argparse.Namespace(inputs=[str(path) for path in paths], verbose=False)
    assert command.inputs
    return bool(Checker(command).process_all() == 0)


def records(path: Path) -> Iterator[tuple[str, str | None, bytes]]:
    """Type, address and payload of each record, as warcio reads them."""
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            url = record.rec_headers.get_header("WARC-Target-URI")
            yield record.rec_type, url, record.content_stream().read()


def test_a_crawl_archives_every_page_that_it_reads_and_warcio_accepts_the_file(
    site: SmallPortal, crawled: Crawl, engine: Engine, folder: Path
) -> None:
    assert crawled(site.portal()).new == 12
    (path,) = folder.rglob("*.warc.gz")
    assert warcio_accepts([path])
    kept = {url: body for kind, url, body in records(path) if kind == "response"}
    base = site.url.rstrip("/")
    assert set(kept) == {f"{base}{path}" for path in dict.fromkeys(site.paths())}
    assert kept[f"{base}{site.news[3].path}"] == site.news[3].html().encode()
    assert sum(kind == "request" for kind, _, _ in records(path)) == len(kept)
    pages = index.newest(engine, limit=100)
    assert {page.url: page.kind for page in pages} == {
        url: "article" if url and url.endswith(".html") else "listing" for url in kept
    }
    listed = next(page for page in pages if page.url.endswith(site.news[3].path))
    assert listed.listing["title"] == site.news[3].title
    copies = frontier.known(engine, "thu_nghiem/nho", [page.key for page in pages if page.key])
    assert len(copies) == 12


def test_no_secret_of_either_side_is_kept(
    site: SmallPortal, crawled: Crawl, folder: Path, engine: Engine
) -> None:
    news = site.news[5]
    site.broken[news.path] = http(news.html(), Set_Cookie="nv4_sess=bi-mat,con-day; path=/; HttpOnly")
    crawled(site.portal())
    archive = Archive(folder, engine)
    archive.write(a_page(1), Context("xa", "article", "1"))
    archive.close()
    text = b"".join(gzip.decompress(path.read_bytes()) for path in folder.rglob("*.warc.gz"))
    assert b"set-cookie: nv4_sess=\r\n" in text, "platforms are known by the names of their cookies"
    assert [secret for secret in (b"bi-mat", b"con-day", b"bao-mat") if secret in text] == []


def test_a_dry_run_and_a_crawl_without_an_archive_keep_nothing_but_the_digest_is_known(
    site: SmallPortal, crawled: Crawl, folder: Path, engine: Engine
) -> None:
    crawled(site.portal(), dry_run=True)
    crawled(site.portal(), archive=None)
    assert not folder.exists()
    assert index.newest(engine) == []
    with engine.connect() as connection:
        digests = connection.exec_driver_sql("SELECT digest FROM copies").scalars().all()
    assert digest_of(site.news[0].html().encode()) in digests


def test_a_page_with_the_bytes_of_before_is_a_revisit_and_reads_the_same(
    engine: Engine, folder: Path
) -> None:
    first, again = a_page(1, days_old=1), a_page(1)
    for page in (first, again):  # two processes, one after the other
        archive = Archive(folder, engine)
        row = archive.write(page, Context("xa", "article", "1"))
        elsewhere = archive.write(page, Context("xa_khac", "article", "1"))
        archive.close()
        index.add(engine, [row, elsewhere])
    assert row.original is not None
    assert row.length < 900 < len(first.body)
    assert warcio_accepts(folder.rglob("*.warc.gz"))
    reader = Reader(folder, lambda id: index.by_id(engine, [id]).get(id))
    assert reader.page(row).body == again.body
    assert reader.page(row).fetched_at == again.fetched_at
    assert index.original(engine, "xa_khac", row.digest) is not None, "one portal never stands for another"


def test_a_body_is_looked_for_in_the_index_only_if_its_address_was_asked_for_before(
    engine: Engine, folder: Path
) -> None:
    def kept(archive: Archive, key: str, *, first: bool) -> ArchivedPage:
        return archive.write(a_page(1), Context("xa", "article", key, first=first))

    before = Archive(folder, engine)
    index.add(engine, [kept(before, "1", first=True)])
    before.close()
    archive = Archive(folder, engine)
    rows = [kept(archive, key, first=first) for key, first in (("2", True), ("3", True), ("1", False))]
    archive.close()
    assert rows[0].original is None, "another process had it, under another address"
    assert rows[1].original == rows[0].id, "this process had it"
    assert rows[2].original is not None
    assert warcio_accepts(folder.rglob("*.warc.gz"))


def test_files_are_closed_at_their_size_and_open_until_then(engine: Engine, folder: Path) -> None:
    archive = Archive(folder, engine, file_bytes=3000)
    rows = [
        archive.write(a_page(n, body=os.urandom(1500)), Context("xa", "article", str(n))) for n in range(5)
    ]
    names = sorted(path.name for path in folder.rglob("*.warc.gz*"))
    assert [name.endswith(files.OPEN) for name in names] == [False, False, True]
    assert files.is_being_written(next(folder.rglob("*.open")))
    archive.close()
    assert list(folder.rglob("*.open")) == []
    assert len({row.file for row in rows}) == 3
    assert warcio_accepts(folder.rglob("*.warc.gz"))


def test_processes_that_write_at_once_have_a_file_each(folder: Path, database: str, engine: Engine) -> None:
    command = [sys.executable, str(SCRIPT), str(folder), database, "40"]
    writers = [subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert len(list(folder.rglob("*.warc.gz"))) == 3
    found = verify(engine, folder)
    assert (found.files, found.pages, found.problems) == (3, 120, [])


def test_a_kill_loses_at_most_the_record_in_flight_and_verify_says_which(
    folder: Path, database: str, engine: Engine
) -> None:
    command = [sys.executable, str(SCRIPT), str(folder), database, "1000000"]
    with subprocess.Popen(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(30)]
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.readlines()
    written = [line.strip() for line in said if line.endswith("\n")]
    (path,) = folder.rglob("*.open")
    # the kill seldom falls into the write itself: the last record is torn by hand, in its middle
    last = max(index_offsets(path))
    with path.open("rb+") as file:
        file.truncate(last + (path.stat().st_size - last) // 2)

    found = verify(engine, folder)
    torn = [problem for problem in found.problems if problem.kind == "torn"]
    assert [(problem.file + files.OPEN, problem.offset) for problem in torn] == [
        (path.relative_to(folder).as_posix(), last)
    ]
    assert torn[0].url is not None
    assert torn[0].url.startswith("https://xa.example.vn/")
    assert verify(engine, folder, repair=True).sound
    assert verify(engine, folder).problems == []
    assert warcio_accepts(folder.rglob("*.warc.gz"))
    lost = set(written) - {page.url for page in index.newest(engine, limit=100_000)}
    assert lost <= {torn[0].url}


def index_offsets(path: Path) -> list[int]:
    """Where the answers of a file begin."""
    found = [m for m in members(path) if m.record is not None]
    return [m.offset for m in found if m.record and m.record.named["warc-type"] == "response"]


def test_a_disk_that_is_full_stops_the_archive_and_not_the_crawl(
    folder: Path, database: str, engine: Engine
) -> None:
    command = [sys.executable, str(SCRIPT), str(folder), database, "30", "1000000"]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("pages are read and not archived") == 1
    assert 5 < len(done.stdout.splitlines()) < 30
    found = verify(engine, folder)
    assert found.problems == []
    assert found.pages == len(done.stdout.splitlines())


@pytest.mark.parametrize("damage", ["file", "offset", "byte"])
def test_a_page_that_cannot_be_had_says_where_and_why(
    filled: Path, engine: Engine, folder: Path, damage: str
) -> None:
    row = index.newest(engine)[3]
    if damage == "file":
        filled.rename(filled.with_name("elsewhere.warc.gz"))
    elif damage == "offset":
        other = index.newest(engine)[2]
        index.move(engine, (), [index.Moved(row.id, row.file, other.offset, other.length)])
        row = index.by_id(engine, [row.id])[row.id]
    else:
        data = bytearray(filled.read_bytes())
        data[row.offset + 400] ^= 0xFF  # in the answer; its request stands behind it
        filled.write_bytes(data)
    with pytest.raises(ArchiveDamage, match=r"warc\.gz"):
        Reader(folder, lambda _: None).page(row)


def test_a_page_comes_back_as_it_was_fetched() -> None:
    page = a_page(5)
    data = exchange(
        page, Context("xa", "article", "5"), record_id(page.fetched_at), digest_of(page.body), None
    )
    record = parse(first_member(data))
    back = page_of(record.named, record.block)
    assert (back.url, back.body, back.fetched_at, back.status) == (
        page.url, page.body, page.fetched_at, page.status,
    )  # fmt: skip
    assert back.headers == page.headers


@pytest.mark.parametrize("first", [True, False])
def test_pages_are_kept_in_their_order_whether_at_once_or_by_a_thread(
    folder: Path, engine: Engine, first: bool
) -> None:
    archive = Archive(folder, engine)
    pages = [a_page(number) for number in range(5)]

    async def keep() -> list[ArchivedPage | None]:
        kept = [await archive.keep(page, Context("xa", "article", page.url, first=first)) for page in pages]
        await archive.sync()
        return kept

    rows = [row for row in asyncio.run(keep()) if row is not None]
    archive.close()
    assert [row.url for row in rows] == [page.url for page in pages]
    assert [row.offset for row in rows] == sorted({row.offset for row in rows})
    (path,) = folder.rglob("*.warc.gz")
    assert warcio_accepts([path])
    assert [(url, body) for kind, url, body in records(path) if kind == "response"] == [
        (page.url, page.body) for page in pages
    ]


def test_a_page_that_comes_while_the_file_is_synced_waits_in_a_thread(folder: Path, engine: Engine) -> None:
    archive = Archive(folder, engine)
    archive.write(a_page(0), Context("xa", "article", "0"))

    async def keep() -> ArchivedPage | None:
        with archive._lock:  # as a sync holds it
            waiting = asyncio.create_task(archive.keep(a_page(1), Context("xa", "article", "1", first=True)))
            await asyncio.wait([waiting], timeout=0)
            assert not waiting.done(), "the event loop went on"
        return await waiting

    row = asyncio.run(keep())
    archive.close()
    assert row is not None
    assert row.offset > 0
