"""WARC files of other tools (wget, warcio, browsertrix …), read page by page.

Records are found in one pass and loaded one by one afterwards: a file of any size takes little memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from crawler.archive.reading import ArchiveDamage
from crawler.fetching.fetcher import cookie_names
from crawler.reading.page import Page

LARGEST = 10 * 1024 * 1024
"""Bytes of a page that are read, as in a crawl (DOWNLOAD_MAXSIZE)."""

_PAGES = ("html", "xml", "json", "text/plain")
"""What a page's content type says; one without any is looked at."""
_FILES = ("pdf",)
"""And that of a file which may hold an article's text."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in a foreign file: where it is, and what it is a revisit of. ``metadata``: our own, if any.
    ``is_file``: no page, but a file that a page may link to, or a further page of its text."""

    path: Path
    offset: int
    url: str
    fetched_at: datetime
    digest: str | None
    is_revisit: bool
    metadata: str | None
    is_file: bool = False


def entries(path: Path) -> Iterator[Entry]:
    """The answers with status 200 or 203 that may be pages, or their PDFs, in the order of the file.

    Raises ArchiveDamage for a file that is no WARC, or is compressed as one piece; OSError.
    """
    with path.open("rb") as file:
        iterator = ArchiveIterator(file)
        try:
            for record in iterator:
                named = record.rec_headers
                kind = _kind_of(record) if record.rec_type in ("response", "revisit") else None
                if kind is None:
                    continue
                url = named.get_header("WARC-Target-URI") or named.get_header("uri") or ""
                date = named.get_header("WARC-Date") or named.get_header("archive-date") or ""
                digest = named.get_header("WARC-Payload-Digest")
                metadata = named.get_header("WARC-JSON-Metadata")
                yield Entry(
                    path, iterator.get_record_offset(), url.strip("<>"), moment(date), digest,
                    record.rec_type == "revisit", metadata, kind == "file",
                )  # fmt: skip
        except ArchiveLoadFailed as error:
            said = " ".join(str(error).split())
            if "non-chunked" in said:
                said = f"compressed as one piece; first: warcio recompress {path} {path.stem}.new.gz"
            raise ArchiveDamage(f"{path}: {said[:200]}") from error


def load(entry: Entry, original: Entry | None = None) -> Page:
    """The page of an entry, its body from ``original`` where it is a revisit. Raises ArchiveDamage."""
    fields, status, body = _answer(entry)
    if original is not None:
        fields_then, status_then, body = _answer(original)
        fields, status = fields or fields_then, status or status_then
    headers: dict[str, str] = {}
    for name, value in fields:
        if name != "set-cookie":
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    if cookies := [value for name, value in fields if name == "set-cookie"]:
        headers["set-cookie"] = cookie_names(cookies)
    return Page(
        url=entry.url,
        body=body,
        fetched_at=entry.fetched_at,
        content_type=headers.get("content-type"),
        status=status,
        headers=headers,
    )


def _answer(entry: Entry) -> tuple[list[tuple[str, str]], int, bytes]:
    """Headers (lower-case names), status and unpacked body of a record."""
    try:
        with entry.path.open("rb") as file:
            file.seek(entry.offset)
            record = next(iter(ArchiveIterator(file)))
            http = record.http_headers
            if http is None:
                return [], 0, b""
            encoding = (http.get_header("content-encoding") or "identity").lower()
            if encoding not in ("identity", *BufferedReader.get_supported_decompressors()):
                raise ArchiveDamage(f"{entry.url}: its content encoding {encoding!r} cannot be unpacked here")
            body: bytes = record.content_stream().read(LARGEST + 1)
            fields = [(name.lower(), value) for name, value in http.headers]
            status = int(http.get_statuscode())
    except (OSError, StopIteration, ValueError, ArchiveLoadFailed) as error:
        raise ArchiveDamage(f"{entry.path} at {entry.offset}: {error}") from error
    if len(body) > LARGEST:
        raise ArchiveDamage(f"{entry.url}: larger than {LARGEST} bytes")
    return fields, status, body


def moment(text: str) -> datetime:
    """A WARC-Date, or an ARC's fourteen digits. Raises ArchiveDamage."""
    try:
        if text.isdigit():
            return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ArchiveDamage(f"{text!r} is no date of a record") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _kind_of(record: ArcWarcRecord) -> Literal["page", "file"] | None:
    """What an answer may be by its status and content type; a revisit without a head is taken for a page."""
    if record.http_headers is None:
        return "page" if record.rec_type == "revisit" else None
    if record.http_headers.get_statuscode() not in ("200", "203"):
        return None
    content_type = (record.http_headers.get_header("content-type") or "html").lower()
    if any(word in content_type for word in _PAGES):
        return "page"
    return "file" if any(word in content_type for word in _FILES) else None
