"""Looking through the files of an archive: what is torn or corrupt, where the index is wrong; and mending it.

A file is read record by record. Where one cannot be unpacked, the next gzip member with a WARC record in it
is looked for: where there is none, the writer was killed in this record (torn), else bytes have changed
(corrupt).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import IO, Literal

from sqlalchemy import Engine

from crawler.archive import files
from crawler.archive.reading import ArchiveDamage, Reader, Record, parse
from crawler.archive.records import GZIP, digest_of, index_row, uuid_of
from crawler.archive.rewriting import write_without
from storage import archive as index
from storage.archive import ArchivedPage

Kind = Literal["torn", "corrupt", "left_open", "not_indexed", "points_nowhere", "lost_original", "leftover"]

_MAGIC = b"\x1f\x8b\x08"
_READ = 1 << 18
_LARGEST = 64 * 1024 * 1024
"""Bytes of one unpacked record: six times the largest page that is fetched."""
_AT_ONCE = 1000
"""Pages that are held against the index at a time."""
_NO_RECORD = "no such record there"
_HEAD = 4096
"""Packed bytes in which the named fields of a record are, and by which a gzip member is known for one."""
_URL = re.compile(rb"WARC-Target-URI: ([^\r\n]+)")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong. ``url`` is that of the page, where it can be told."""

    kind: Kind
    file: str
    offset: int | None
    url: str | None
    message: str
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """One gzip member of a file: its record, or its ``fault``. ``is_last``: no record comes after it."""

    offset: int
    end: int
    record: Record | None
    fault: str | None = None
    url: str | None = None
    is_last: bool = False


@dataclass(slots=True)
class Verified:
    """What was looked at, and what is wrong with it."""

    files: int = 0
    pages: int = 0
    bytes: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong that was not repaired."""
        return all(problem.repaired for problem in self.problems)


def members(path: Path) -> Iterator[Member]:
    """Every member of a file in order, those that cannot be read included; one record in memory at a time."""
    size = path.stat().st_size
    offset = 0
    with path.open("rb") as file:
        while offset < size:
            member = _member(file, offset, size)
            yield member
            offset = member.end


def verify(
    engine: Engine,
    folder: Path,
    *,
    repair: bool = False,
    on_progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Verified:
    """Read every record of every file, and hold the index against them.

    With ``repair`` torn ends are cut off, files with corrupt records are written anew without them (the old
    one stays as ``.damaged``), files that a killed process left are closed, and the index is made to say what
    is there. What is being written now is left alone. ``on_progress`` is told how many bytes of all files
    have been read, after each record. Raises files.ArchiveInUse where ``repair`` would get in somebody's way.
    """
    found = Verified()
    with files.alone(folder) if repair else files.in_use(folder):
        paths = list(files.on_disk(folder))
        in_all = sum(path.stat().st_size for _, path in paths)
        for name, path in paths:
            before = found.bytes
            _File(engine, folder, name, path, found, repair=repair).verify(
                lambda end, before=before: on_progress(before + end, max(in_all, before + end))  # type: ignore[misc]
            )
        for summed in index.files(engine):
            if files.place(folder, summed.file) is None:
                lost = index.of_file(engine, summed.file)
                _note_rows(engine, found, "points_nowhere", lost, "the file is not there", repair=repair)
        _check_originals(engine, found, repair=repair)
    return found


class _File:
    """One file under verification. Its pages are held against the index some at a time."""

    def __init__(
        self, engine: Engine, folder: Path, name: str, path: Path, found: Verified, *, repair: bool
    ) -> None:
        self.engine = engine
        self.folder = folder
        self.name = name
        self.path = path
        self.found = found
        self.repair = repair
        self.is_being_written = files.is_being_written(path)
        self.waiting: list[ArchivedPage] = []
        """Pages that were read and not yet held against the index."""
        self.matched = self.elsewhere = self.missing = 0
        """How many of its pages the index has in this file, in another one, and not at all."""
        self.misplaced: set[str] = set()
        """Ids of pages of this file that the index has at another offset."""
        self.first_end = 0
        """Where its first record ends, which tells of the file itself."""
        self.torn_at: int | None = None
        self.is_corrupt = False

    def verify(self, on_progress: Callable[[int], None]) -> None:
        """Look through the file; ``on_progress`` is told where each record ends."""
        if self.path.name.endswith(files.OPEN) and not self.is_being_written:
            self.note("left_open", None, None, "its writer is gone", repaired=self.repair)
        self.found.files += 1
        self.found.bytes += self.path.stat().st_size
        for member in members(self.path):
            if not (member.is_last and self.is_being_written):
                self.take(member)
            on_progress(member.end)
        self.compare(self.waiting)
        if self.is_being_written:
            return
        if self.elsewhere and not self.missing and not self.matched:
            message = "all its pages are in other files: what an interrupted prune left"
            self.note("leftover", None, None, message, repaired=self.repair)
            if self.repair:
                self.path.unlink()
            return
        self.look_for_rows()
        if self.repair:
            self.mend()

    def take(self, member: Member) -> None:
        """Take one member in."""
        fault = member.fault
        if member.record is not None:
            fault = _wrong_digest(member.record)
        if fault is not None or member.record is None:
            torn = member.is_last and member.record is None
            self.torn_at = member.offset if torn else self.torn_at
            self.is_corrupt |= not torn
            kind: Kind = "torn" if torn else "corrupt"
            self.note(kind, member.offset, member.url, fault or "", repaired=self.repair)
            return
        named = member.record.named
        if member.offset == 0:
            self.first_end = member.end
        row = index_row(named, self.name, member.offset, member.end - member.offset)
        if row is not None:
            if len(self.waiting) >= _AT_ONCE:
                self.compare(self.waiting)
                self.waiting = []
            self.waiting.append(row)
        elif named.get("warc-type") == "request" and self.waiting:
            answer = self.waiting[-1]
            is_its = answer.id == uuid_of(named.get("warc-concurrent-to", ""))
            if is_its and answer.offset + answer.length == member.offset:
                self.waiting[-1] = replace(answer, length=member.end - answer.offset)

    def compare(self, pages: list[ArchivedPage]) -> None:
        """Hold some pages of the file against the index."""
        self.found.pages += len(pages)
        if self.is_being_written:
            return
        indexed = index.by_id(self.engine, [page.id for page in pages])
        to_index: list[ArchivedPage] = []
        for page in pages:
            row = indexed.get(page.id)
            if row is None or (row.file != self.name and files.place(self.folder, row.file) is None):
                self.missing += 1
                message = "not in the index: its writer was killed or could not write the database"
                self.note("not_indexed", page.offset, page.url, message, repaired=self.repair)
                to_index.append(page)
            elif row.file != self.name:
                self.elsewhere += 1
            else:
                self.matched += 1
                if row.offset != page.offset:
                    self.misplaced.add(page.id)
                    self.note("points_nowhere", row.offset, row.url, _NO_RECORD, repaired=self.repair)
                    to_index.append(page)
        if self.repair:
            index.add(self.engine, to_index)

    def look_for_rows(self) -> None:
        """Find the rows of the index that have no record in the file: where they are more than its pages."""
        indexed = self.matched + (self.missing if self.repair else 0)
        if index.count_of_file(self.engine, self.name) == indexed:
            return
        reader = Reader(self.folder, lambda _: None)
        places = index.places(self.engine, self.name)
        while some := list(islice(places, _AT_ONCE)):
            rows = index.by_id(self.engine, [place.id for place in some])
            lost = [
                row for row in rows.values() if row.id not in self.misplaced and not _is_there(reader, row)
            ]
            lost.sort(key=lambda row: row.offset)
            _note_rows(self.engine, self.found, "points_nowhere", lost, _NO_RECORD, repair=self.repair)

    def mend(self) -> None:
        """Cut off a torn end, close what was left open, write a file with corrupt records anew."""
        if self.torn_at is not None:
            with self.path.open("rb+") as file:
                file.truncate(self.torn_at)
        self.path = files.close(self.path)
        if self.is_corrupt:
            write_without(self.engine, self.folder, self.name, self.first_end, iter(()))
            self.path.rename(self.path.with_name(self.path.name + ".damaged"))

    def note(self, kind: Kind, offset: int | None, url: str | None, message: str, *, repaired: bool) -> None:
        """Note a problem of this file."""
        self.found.problems.append(Problem(kind, self.name, offset, url, message, repaired))


def _is_there(reader: Reader, row: ArchivedPage) -> bool:
    try:
        reader.record(row)
    except ArchiveDamage:
        return False
    return True


def _note_rows(
    engine: Engine, found: Verified, kind: Kind, rows: list[ArchivedPage], message: str, *, repair: bool
) -> None:
    found.problems += [Problem(kind, row.file, row.offset, row.url, message, repair) for row in rows]
    if repair and rows:
        index.forget(engine, [row.id for row in rows])


def _check_originals(engine: Engine, found: Verified, *, repair: bool) -> None:
    message = "its body was in a record that is gone"
    _note_rows(engine, found, "lost_original", index.without_original(engine), message, repair=repair)


def _wrong_digest(record: Record) -> str | None:
    """What is wrong with a record whose bytes are whole; the check sum of gzip has seen most before."""
    if record.named.get("warc-block-digest") not in (None, digest_of(record.block)):
        return "the record is not what its digest says"
    payload = record.named.get("warc-payload-digest")
    if record.named.get("warc-type") == "response" and payload is not None:
        body = record.block.partition(b"\r\n\r\n")[2]
        if payload != digest_of(body):
            return "the body is not what its digest says"
    return None


def _member(file: IO[bytes], offset: int, size: int) -> Member:
    stream = zlib.decompressobj(GZIP)
    unpacked = bytearray()
    file.seek(offset)
    fault: str | None = None
    while not stream.eof and fault is None:
        data = file.read(_READ)
        if not data:
            fault = "the record ends early"
            break
        try:
            unpacked += stream.decompress(data)
        except zlib.error as error:
            fault = str(error)
        if len(unpacked) > _LARGEST:
            fault = f"the record unpacks to more than {_LARGEST} bytes"
    if fault is None:
        end = file.tell() - len(stream.unused_data)
        try:
            record = parse(bytes(unpacked))
        except ValueError as error:
            return Member(offset, end, None, str(error), _url_at(file, offset), is_last=end == size)
        return Member(offset, end, record, url=record.named.get("warc-target-uri"), is_last=end == size)
    following = _next_record(file, offset + 1)
    return Member(offset, following or size, None, fault, _url_at(file, offset), is_last=following is None)


def _url_at(file: IO[bytes], offset: int) -> str | None:
    """The address in as much of a damaged record as can be unpacked."""
    stream = zlib.decompressobj(GZIP)
    unpacked = b""
    file.seek(offset)
    for byte in file.read(_HEAD):
        try:
            unpacked += stream.decompress(bytes((byte,)))
        except zlib.error:
            break
    found = _URL.search(unpacked)
    return found.group(1).decode("utf-8", errors="replace") if found else None


def _next_record(file: IO[bytes], offset: int) -> int | None:
    """Where the next gzip member begins that holds a WARC record."""
    file.seek(offset)
    base, window = offset, b""
    while data := file.read(_READ):
        window += data
        at = window.find(_MAGIC)
        while at >= 0:
            if _begins_record(window[at : at + _HEAD]):
                return base + at
            at = window.find(_MAGIC, at + 1)
        keep = min(len(window), _HEAD)
        base, window = base + len(window) - keep, window[-keep:]
    return None


def _begins_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(GZIP).decompress(data, 16).startswith(b"WARC/1.")
    except zlib.error:
        return False
