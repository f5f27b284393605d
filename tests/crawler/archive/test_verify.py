"""What is torn, corrupt or wrong in the index is found, named and mended."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.archive import files
from crawler.archive.reading import Reader
from crawler.archive.records import Context
from crawler.archive.verify import Problem, verify
from crawler.archive.writer import Archive
from storage import archive as index
from tests.crawler.archive.conftest import a_page
from tests.crawler.archive.test_writing import warcio_accepts


def kinds(problems: list[Problem]) -> list[str]:
    return [problem.kind for problem in problems]


def readable(engine: Engine, folder: Path) -> int:
    """How many pages of the index can be read."""
    reader = Reader(folder, lambda id: index.by_id(engine, [id]).get(id))
    return len([reader.page(row) for row in index.newest(engine)])


def test_a_sound_archive_has_no_problems(filled: Path, engine: Engine, folder: Path) -> None:
    found = verify(engine, folder)
    assert (found.files, found.pages, found.bytes, found.problems) == (1, 8, filled.stat().st_size, [])


def test_a_changed_byte_costs_its_record_alone_and_the_damaged_file_is_put_aside(
    filled: Path, engine: Engine, folder: Path
) -> None:
    third = index.of_file(engine, next(files.on_disk(folder))[0])[2]
    data = bytearray(filled.read_bytes())
    data[third.offset + 300] ^= 0x40
    filled.write_bytes(data)
    found = verify(engine, folder)
    assert kinds(found.problems) == ["corrupt", "points_nowhere"]
    assert (found.problems[0].offset, found.problems[0].url) == (third.offset, third.url)
    assert not found.sound
    assert verify(engine, folder, repair=True).sound
    assert verify(engine, folder).problems == []
    assert readable(engine, folder) == 7
    assert warcio_accepts(folder.rglob("*.warc.gz"))
    assert len(list(folder.rglob("*.damaged"))) == 1


@pytest.mark.parametrize("cut", [1, 40, 400])
def test_a_torn_end_is_cut_off(filled: Path, engine: Engine, folder: Path, cut: int) -> None:
    last = index.of_file(engine, next(files.on_disk(folder))[0])[-1]
    with filled.open("rb+") as file:
        file.truncate(last.offset + cut)
    found = verify(engine, folder)
    assert kinds(found.problems) == ["torn", "points_nowhere"]
    assert {problem.offset for problem in found.problems} == {last.offset}
    assert verify(engine, folder, repair=True).sound
    assert verify(engine, folder).problems == []
    assert readable(engine, folder) == 7
    assert warcio_accepts([filled])


def test_the_index_is_made_again_from_the_files_alone(filled: Path, engine: Engine, folder: Path) -> None:
    before = {row.id: row for row in index.newest(engine)}
    index.forget(engine, before)
    found = verify(engine, folder, repair=True)
    assert kinds(found.problems) == ["not_indexed"] * 8
    assert {row.id: row for row in index.newest(engine)} == before


def test_rows_of_a_file_that_is_gone_are_named_and_forgotten(
    filled: Path, engine: Engine, folder: Path
) -> None:
    filled.unlink()
    found = verify(engine, folder)
    assert kinds(found.problems) == ["points_nowhere"] * 8
    assert {problem.url for problem in found.problems} == {row.url for row in index.newest(engine)}
    assert verify(engine, folder, repair=True).sound
    assert index.newest(engine) == []


def test_a_revisit_without_its_body_is_named(engine: Engine, folder: Path) -> None:
    rows = []
    for days_old in (1, 0):
        archive = Archive(folder, engine)
        rows.append(archive.write(a_page(1, days_old=days_old), Context("xa", "article", "1")))
        archive.close()
        index.add(engine, rows)
    (folder / rows[0].file).unlink()
    assert kinds(verify(engine, folder).problems) == ["points_nowhere"]
    found = verify(engine, folder, repair=True)
    assert kinds(found.problems) == ["points_nowhere", "lost_original"]
    assert index.newest(engine) == []


def test_a_file_that_is_being_written_is_left_alone(engine: Engine, folder: Path) -> None:
    archive = Archive(folder, engine)
    row = archive.write(a_page(1), Context("xa", "article", "1"))
    assert verify(engine, folder, repair=True).problems == []
    index.add(engine, [row])
    archive.write(a_page(2), Context("xa", "article", "2"))
    archive.close()
    assert kinds(verify(engine, folder).problems) == ["not_indexed"]


def test_what_an_interrupted_prune_left_is_removed(filled: Path, engine: Engine, folder: Path) -> None:
    twin = filled.with_name(filled.name.replace(".warc.gz", ".r1.warc.gz"))
    twin.write_bytes(filled.read_bytes())
    found = verify(engine, folder, repair=True)
    assert kinds(found.problems) == ["leftover"]
    assert not twin.exists()
    assert readable(engine, folder) == 8


def test_nobody_repairs_while_somebody_reads(filled: Path, engine: Engine, folder: Path) -> None:
    with files.in_use(folder), pytest.raises(files.ArchiveInUse, match="being read"):
        verify(engine, folder, repair=True)
    with files.alone(folder), pytest.raises(files.ArchiveInUse, match="try again"):
        verify(engine, folder)


def test_a_row_with_another_rows_place_is_found(filled: Path, engine: Engine, folder: Path) -> None:
    first, second = index.of_file(engine, next(files.on_disk(folder))[0])[:2]
    index.add(engine, [dataclasses.replace(first, offset=second.offset)])
    found = verify(engine, folder)
    assert [(p.kind, p.url) for p in found.problems] == [("points_nowhere", first.url)]
