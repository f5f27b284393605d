"""The disk refuses the n-th write, sync, rename …, n counted up until the operation completes; full disks."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import resource
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from benchmarks.invariants import wrong_with, wrong_with_archive
from crawler.archive.reading import ArchiveDamage, Reader
from crawler.archive.records import Context, digest_of
from crawler.archive.verify import verify
from crawler.archive.writer import Archive
from storage import archive as index
from storage import export, export_files, migrate
from storage.archive import ArchivedPage
from storage.backup import backup, restore
from storage.engine import DatabaseProblem, open_database, reading
from storage.saving import save_batch
from tests.accidents.faults import Fault, every_call, failing_disk
from tests.crawler.archive.conftest import a_page
from tests.storage.texts import article, seen

SHORT = (False, pytest.param(True, marks=pytest.mark.slow))
"""Whether a refused write puts half of its bytes down first."""


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite database with some articles."""
    engine = open_database(f"sqlite:///{tmp_path / 'frontnews.db'}")
    migrate.upgrade(engine)
    save_batch(engine, None, [seen(article(number)) for number in range(12)])
    yield engine
    engine.dispose()


@contextlib.contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes, whoever writes it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("short", SHORT)
def test_the_index_never_names_bytes_that_the_archive_does_not_have(
    sqlite: Engine, tmp_path: Path, short: bool
) -> None:
    folder = tmp_path / "archive"
    archives: list[Archive] = []
    numbers = itertools.count()
    acknowledged: dict[str, ArchivedPage] = {}

    def attempt(_: int, fault: Fault) -> None:
        archive = Archive(folder, sqlite, file_bytes=4_000)  # two pages a file: it ends and begins files too
        archives.append(archive)
        rows = []
        with failing_disk(folder, fault, short=short):
            for _ in range(5):
                number = next(numbers)
                rows.append(archive.write(a_page(number), Context("xa", "article", str(number))))
            archive.sync_now()
            index.add(sqlite, rows)
            acknowledged.update({row.id: row for row in rows})
            archive.close()

    def look(number: int) -> None:
        archive = archives.pop()
        with contextlib.suppress(OSError):  # told once, of what was written before
            archive.sync_now()
        row = archive.write(a_page(next(numbers)), Context("xa", "article", f"after {number}"))
        archive.sync_now()
        index.add(sqlite, [row])
        acknowledged[row.id] = row
        archive.close()
        assert wrong_with_archive(folder, sqlite) == []
        reader = Reader(folder, lambda id: acknowledged[id])
        for row in acknowledged.values():
            reader.page(row)

    assert every_call(attempt, look, (OSError,)) > 15
    assert verify(sqlite, folder, repair=True).pages >= len(acknowledged)
    assert verify(sqlite, folder).sound


def ends_of_members(data: bytes) -> Iterator[int]:
    """Where each gzip member of a file ends: one for each WARC record."""
    at = 0
    while at < len(data):
        member = zlib.decompressobj(wbits=31)
        member.decompress(data[at:])
        at = len(data) - len(member.unused_data)
        yield at


def test_an_archive_torn_at_any_byte_gives_every_page_before_it_and_is_mended(
    sqlite: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    archive = Archive(folder, sqlite)
    rows = [archive.write(a_page(number), Context("xa", "article", str(number))) for number in range(3)]
    index.add(sqlite, rows)
    archive.close()
    path = folder / rows[0].file
    whole = path.read_bytes()
    known = {row.id: row for row in rows}
    ends = [end for end in ends_of_members(whole) if rows[1].offset < end < len(whole)]
    for cut in sorted({*range(rows[1].offset, len(whole), 97), *ends}):
        path.write_bytes(whole[:cut])
        reader = Reader(folder, known.__getitem__)
        for row in rows:
            if row.offset + row.length <= cut:
                reader.page(row)
            else:  # the page may be whole still, where only the request behind it is cut
                with contextlib.suppress(ArchiveDamage):
                    assert digest_of(reader.page(row).body) == row.digest
        kinds = {problem.kind for problem in verify(sqlite, folder).problems}
        if cut in ends:  # nothing is torn: between a page and its request, or before the next page
            assert kinds == ({"points_nowhere"} if any(row.offset >= cut for row in rows) else set())
        else:
            assert kinds and kinds <= {"torn", "points_nowhere"}
        verify(sqlite, folder, repair=True)
        assert verify(sqlite, folder).sound, f"cut at {cut}"
        path.write_bytes(whole)
        verify(sqlite, folder, repair=True)  # the pages that are back are in the index again


@pytest.mark.parametrize("short", SHORT)
@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_an_export_is_the_old_one_or_the_new_one_and_never_a_part(
    sqlite: Engine, tmp_path: Path, form: str, short: bool
) -> None:
    folder = tmp_path / "exports"

    def write(place: Path) -> None:
        with export.snapshot(sqlite) as taken:
            if form == "parquet":
                export_files.write_parquet(taken, place, lambda _: None, {})
                return
            with export_files.replaced(place) as file:
                if form == "jsonl":
                    export_files.write_jsonl(taken.rows(), file, lambda _: None)
                else:
                    export_files.write_csv(taken.rows(), taken.names, file, lambda _: None)

    write(folder / "new")
    before = _content(folder / "new")
    save_batch(sqlite, None, [seen(article(100))])
    write(tmp_path / "reference")
    after = _content(tmp_path / "reference")
    assert before != after

    def attempt(_: int, fault: Fault) -> None:
        with failing_disk(folder, fault, short=short):
            write(folder / "new")

    def look(_: int) -> None:
        assert _content(folder / "new") in (before, after), "a part took the place of a whole"
        assert [path.name for path in folder.iterdir()] == ["new"], "something was left behind"

    assert every_call(attempt, look, (OSError,)) >= 4
    assert _content(folder / "new") == after


def _content(place: Path) -> object:
    """What an export has: its bytes, or the sums of its files where all are there."""
    if place.is_file():
        return place.read_bytes()
    manifest = json.loads((place / "manifest.json").read_text())
    for file in manifest["files"]:
        assert hashlib.sha256((place / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    return [(file["path"], file["rows"], file["sha256"]) for file in manifest["files"]]


@pytest.mark.parametrize("step", [200_000, pytest.param(9_000, marks=pytest.mark.slow)])
def test_a_backup_that_the_disk_does_not_take_is_not_there_and_neither_is_a_restored_database(
    sqlite: Engine, tmp_path: Path, step: int
) -> None:
    folder, places = tmp_path / "backups", tmp_path / "places"
    whole = backup(sqlite, tmp_path / "whole").size
    refused = 0
    for size in range(1_000, whole + 2 * step, step):
        with full_disk(size), contextlib.suppress(DatabaseProblem):
            backup(sqlite, folder / "copy")
        with full_disk(size), contextlib.suppress(DatabaseProblem):
            restore(f"sqlite:///{places / 'a.db'}", tmp_path / "whole")
        for path in (folder / "copy", places / "a.db"):
            if not path.exists():
                refused += 1
                continue
            copy = open_database(f"sqlite:///{path}")
            assert migrate.check(copy) == [] and wrong_with(copy) == []
            copy.dispose()
            for file in path.parent.iterdir():
                file.unlink()
        assert [file.name for file in (*folder.iterdir(), *places.iterdir())] == []
    assert refused > 2, "no backup met the full disk"


def test_a_database_whose_disk_is_full_keeps_every_batch_that_it_took(tmp_path: Path) -> None:
    """Each batch is taken whole or refused in one line, and the refused ones come later."""
    engine = open_database(f"sqlite:///{tmp_path / 'frontnews.db'}")
    migrate.upgrade(engine)
    taken: list[int] = []
    refused: list[int] = []
    for number in range(60):
        largest = max(path.stat().st_size for path in tmp_path.iterdir())
        with full_disk(largest + number % 6 * 25_000):
            try:
                save_batch(engine, None, [seen(article(number))])
                taken.append(number)
            except DatabaseProblem as problem:
                assert "disk" in str(problem) and "\n" not in str(problem)
                refused.append(number)
    assert len(taken) > 5 and len(refused) > 5
    assert wrong_with(engine) == []
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM articles")) == len(taken)
    for number in refused:
        save_batch(engine, None, [seen(article(number))])
    assert wrong_with(engine) == []
    engine.dispose()
