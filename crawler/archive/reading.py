"""Reading the archive: an index row to the page as it was fetched."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crawler.archive import files
from crawler.archive.records import GZIP, digest_of, page_of
from crawler.reading.page import Page
from storage.archive import ArchivedPage


class ArchiveDamage(Exception):
    """A page cannot be had from the archive; the message names file, offset and what is wrong."""


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record: its header fields by lower-case names, and its block."""

    named: dict[str, str]
    block: bytes


class Reader:
    """Reads pages of one folder; ``find`` gives index rows by id, for the originals of revisits."""

    def __init__(self, folder: Path, find: Callable[[str], ArchivedPage | None]) -> None:
        self.folder = folder
        self._find = find

    def page(self, row: ArchivedPage) -> Page:
        """The page of an index row, its digest checked. Raises ArchiveDamage."""
        record = self.record(row)
        body: bytes | None = None
        if row.original is not None:
            original = self._find(row.original)
            if original is None:
                raise ArchiveDamage(
                    f"{row.file} at {row.offset}: the body is in record {row.original}, which is gone"
                )
            body = self.page(original).body
        try:
            page = page_of(record.named, record.block, body)
        except (KeyError, ValueError) as error:
            raise ArchiveDamage(f"{row.file} at {row.offset}: {error}") from error
        if digest_of(page.body) != row.digest:
            raise ArchiveDamage(f"{row.file} at {row.offset}: the body is not what its digest says")
        return page

    def record(self, row: ArchivedPage) -> Record:
        """The record of an index row, as it lies in its file. Raises ArchiveDamage."""
        path = files.place(self.folder, row.file)
        if path is None:
            raise ArchiveDamage(f"{row.file} is not in {self.folder}")
        try:
            with path.open("rb") as file:
                file.seek(row.offset)
                record = parse(first_member(file.read(row.length)))
        except (OSError, ValueError, zlib.error) as error:
            raise ArchiveDamage(f"{row.file} at {row.offset}: {error}") from error
        if row.id not in record.named.get("warc-record-id", ""):
            raise ArchiveDamage(f"{row.file} at {row.offset}: another record stands there")
        return record


def first_member(data: bytes) -> bytes:
    """The first gzip member of ``data``, unpacked. Raises zlib.error, ValueError where it has no end."""
    stream = zlib.decompressobj(GZIP)
    unpacked = stream.decompress(data)
    if not stream.eof:
        raise ValueError("the record ends early")
    return unpacked


def parse(unpacked: bytes) -> Record:
    """One unpacked record. Raises ValueError for what is no WARC record, or is not as long as it says."""
    head, separator, rest = unpacked.partition(b"\r\n\r\n")
    if not separator or not head.startswith(b"WARC/1."):
        raise ValueError("no WARC record")
    named = header_fields(head)
    length = named.get("content-length", "")
    if not length.isdigit() or len(rest) != int(length) + 4 or not rest.endswith(b"\r\n\r\n"):
        raise ValueError("the record is not as long as it says")
    return Record(named, rest[:-4])


def header_fields(head: bytes) -> dict[str, str]:
    """The named fields of a record's head, by lower-case names."""
    lines = head.decode("utf-8", errors="replace").split("\r\n")[1:]
    return {name.strip().lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
