"""Pages to WARC 1.1 records (ISO 28500:2017) and back: bytes in, bytes out, no files.

An answer is kept as it was read: whole and unpacked. A Content-Encoding that was taken off stands as
``X-Archive-Orig-Content-Encoding`` (as pywb and browsertrix write it), so that length and digest are those of
the bytes that are there. What the crawl knows besides (portal, key, what the listing said) is JSON in
``WARC-JSON-Metadata``, so that the files alone are enough to make the index again.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit

from isal import isal_zlib

from crawler.reading.page import ListingRow, Page
from storage.archive import ArchivedPage, Kind
from storage.columns import uuid7
from vietnam.stamps import Precision
from vietnam.values import quickly_made

LEVEL = 2
"""isal's. M (2026-11, benchmarks.speed_site, 40 kB): 0.06 ms and 24.1 %, where zlib's 4 takes 0.32 ms for
22.5 %; isal's 3 takes 0.13 ms for 23.4 %, zlib-ng's 4 0.24 ms for 22.4 %."""

GZIP = 16 + zlib.MAX_WBITS

REVISIT = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"

_TAKEN_OFF = ("content-encoding", "transfer-encoding", "content-length")
"""Headers that are not true any more of a body that was put together and unpacked."""

_SECRETS = {"authorization", "cookie", "proxy-authorization", "set-cookie2"}
_COOKIE_NAMES = re.compile(r"[^=;,\s]+=(?:, [^=;,\s]+=)*")
"""What crawler.fetching leaves of Set-Cookie: platforms are known by the names of their cookies."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Context:
    """What the crawl knows of a page beside its bytes."""

    portal: str
    kind: Kind
    key: str | None = None
    platform: str | None = None
    section: str | None = None
    first: bool = False
    """Whether nobody asked for its address before: an earlier page with the same body is then looked for
    among those of this process alone, not in the index (M: 0.13 ms)."""


@dataclass(frozen=True, slots=True)
class Original:
    """The record of the same body in the archive, which a revisit refers to."""

    id: str
    url: str
    fetched_at: datetime


_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TWO_LETTERS = tuple(first + second for first in _BASE32 for second in _BASE32)
_PLACES = range(150, -1, -10)


def digest_of(body: bytes) -> str:
    """The payload digest of a body in the form that WARC tools share: ``sha1:`` and base32 (RFC 4648)."""
    number = int.from_bytes(hashlib.sha1(body, usedforsecurity=False).digest())
    # ten bits of 160 a step: 20,000 instructions, base64.b32encode takes 29,000 (M, 2026-11)
    return "sha1:" + "".join([_TWO_LETTERS[number >> place & 1023] for place in _PLACES])


def record_id(fetched_at: datetime) -> str:
    """A new id whose time is that of the fetch: ids sort as pages were fetched."""
    return uuid7(int(fetched_at.timestamp() * 1000))


def first_id(moment: datetime) -> str:
    """What the ids of pages fetched at ``moment`` or later sort after, and those of earlier ones before."""
    return record_id(moment)[: len("01234567-89ab")]


def warcinfo(filename: str, software: str, fields: Mapping[str, str]) -> bytes:
    """The first record of a file: who made it, and how."""
    now = datetime.now(UTC)
    block = "".join(
        f"{name}: {value}\r\n"
        for name, value in {
            "software": software, "format": "WARC File Format 1.1", "conformsTo": CONFORMS_TO, **fields,
        }.items()
    ).encode()  # fmt: skip
    return _record(
        {
            "WARC-Type": "warcinfo",
            "WARC-Record-ID": _urn(record_id(now)),
            "WARC-Date": _date(now),
            "WARC-Filename": filename,
            "Content-Type": "application/warc-fields",
        },
        block,
    )


def exchange(
    page: Page,
    context: Context,
    id: str,
    digest: str,
    original: Original | None,
    listing: Mapping[str, str] | None = None,
) -> bytes:
    """The records of one page: its answer, or a revisit of ``original``, and the request after it.

    Each record is a gzip member of its own, so that a reader can begin at any of them. ``listing``:
    :func:`listing_facts` of the page's row, where the caller has them.
    """
    head = _answer_head(page)
    named = {
        "WARC-Type": "revisit" if original else "response",
        "WARC-Record-ID": _urn(id),
        "WARC-Date": _date(page.fetched_at),
        "WARC-Target-URI": page.url,
        "WARC-Payload-Digest": digest,
        "Content-Type": "application/http; msgtype=response",
    }
    if original is not None:
        named |= {
            "WARC-Profile": REVISIT,
            "WARC-Refers-To": _urn(original.id),
            "WARC-Refers-To-Target-URI": original.url,
            "WARC-Refers-To-Date": _date(original.fetched_at),
        }
    named["WARC-JSON-Metadata"] = _json(_metadata(page, context, listing))
    answer = _record(named, head) if original else _record(named, head, page.body)
    return answer + _request(page, id) if page.asked is not None else answer


def page_of(named: Mapping[str, str], block: bytes, body: bytes | None = None) -> Page:
    """The page of an answer: its WARC headers (lower case names) and its block.

    ``body`` is that of the original where the record is a revisit. Raises ValueError for a block that is no
    HTTP answer.
    """
    head, separator, own = block.partition(b"\r\n\r\n")
    if not separator:
        raise ValueError("no HTTP answer in the record")
    first, *lines = head.decode("latin-1").split("\r\n")
    status = first.split(" ", 2)[1] if first.startswith("HTTP/") else ""
    if not status.isdigit():
        raise ValueError(f"no HTTP status line: {first[:60]!r}")
    headers = {name.strip().lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    headers.pop("content-length", None)
    encoding = headers.pop("x-archive-orig-content-encoding", None)
    if encoding is not None:
        headers["content-encoding"] = encoding
    return Page(
        url=named["warc-target-uri"],
        body=own if body is None else body,
        fetched_at=datetime.fromisoformat(named["warc-date"]),
        content_type=headers.get("content-type"),
        status=int(status),
        headers=headers,
        row=listing_row(named["warc-target-uri"], metadata_of(named).get("listing")),
    )


def index_row(named: Mapping[str, str], file: str, offset: int, length: int) -> ArchivedPage | None:
    """The index row of a record that this program wrote; None for one that it did not."""
    known = metadata_of(named)
    if named.get("warc-type") not in ("response", "revisit") or "portal" not in known:
        return None
    listing = known.get("listing")
    return ArchivedPage(
        id=uuid_of(named["warc-record-id"]),
        portal=str(known["portal"]),
        kind=kind_of(known.get("kind")),
        key=_text(known.get("key")),
        url=named["warc-target-uri"],
        fetched_at=datetime.fromisoformat(named["warc-date"]),
        digest=named["warc-payload-digest"],
        file=file,
        offset=offset,
        length=length,
        original=uuid_of(named["warc-refers-to"]) if "warc-refers-to" in named else None,
        platform=_text(known.get("platform")),
        section=_text(known.get("section")),
        listing=cast("dict[str, str]", listing) if isinstance(listing, dict) else {},
    )


def kind_of(text: object) -> Kind:
    """What a record says that it is of; a listing where it says nothing that is known."""
    return text if text == "article" or text == "file" else "listing"


def metadata_of(named: Mapping[str, str]) -> dict[str, object]:
    """What WARC-JSON-Metadata of a record says; {} where it has none, or another tool's."""
    try:
        known = json.loads(named.get("warc-json-metadata", "{}"))
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}


def listing_facts(row: ListingRow | None) -> dict[str, str]:
    """What a listing said of an article, without what it did not say, times as ISO text."""
    if row is None:
        return {}
    facts = {
        "title": row.title,
        "lead": row.lead,
        "published_at": row.published_at.isoformat() if row.published_at else None,
        "published_precision": row.published_precision,
        "modified_at": row.modified_at.isoformat() if row.modified_at else None,
        "byline": row.byline,
        "url": row.url,
    }
    return {name: value for name, value in facts.items() if value is not None}


def listing_row(url: str, facts: object) -> ListingRow | None:
    """The row that :func:`listing_facts` put down; None where there was none."""
    if not isinstance(facts, dict) or not facts:
        return None
    published, modified = facts.get("published_at"), facts.get("modified_at")
    return ListingRow(
        url=facts.get("url") or url,
        title=facts.get("title"),
        lead=facts.get("lead"),
        published_at=datetime.fromisoformat(published) if published else None,
        published_precision=cast("Precision | None", facts.get("published_precision")),
        modified_at=datetime.fromisoformat(modified) if modified else None,
        byline=facts.get("byline"),
    )


def uuid_of(urn: str) -> str:
    """The UUID in ``<urn:uuid:…>``."""
    return urn.strip("<>").removeprefix("urn:uuid:")


_json = json.JSONEncoder(separators=(",", ":")).encode
"""json.dumps makes an encoder for each call that asks for separators."""


def _metadata(page: Page, context: Context, listing: Mapping[str, str] | None) -> dict[str, object]:
    known: dict[str, object] = {
        "portal": context.portal,
        "kind": context.kind,
        "key": context.key,
        "platform": context.platform,
        "section": context.section,
        "listing": listing_facts(page.row) if listing is None else listing,
    }
    return {name: value for name, value in known.items() if value}


def _answer_head(page: Page) -> bytes:
    try:
        phrase = HTTPStatus(page.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {page.status} {phrase}"]
    for name, value in page.headers.items():
        if name in _SECRETS or (name == "set-cookie" and not _COOKIE_NAMES.fullmatch(value)):
            continue
        if name not in _TAKEN_OFF:
            lines.append(f"{name}: {value}")
        elif name == "content-encoding":
            lines.append(f"x-archive-orig-{name}: {value}")
    lines.append(f"content-length: {len(page.body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", errors="replace")


def _request(page: Page, answer_id: str) -> bytes:
    assert page.asked is not None
    parts = urlsplit(page.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{page.asked.method} {target} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in page.asked.headers if name.lower() not in _SECRETS]
    block = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", errors="replace") + page.asked.body
    return _record(
        {
            "WARC-Type": "request",
            "WARC-Record-ID": _urn(record_id(page.fetched_at)),
            "WARC-Date": _date(page.fetched_at),
            "WARC-Target-URI": page.url,
            "WARC-Concurrent-To": _urn(answer_id),
            "Content-Type": "application/http; msgtype=request",
        },
        block,
    )


def _record(named: Mapping[str, str], *block: bytes) -> bytes:
    """A record without a block digest, which gzip's check sum stands for; to work out a second digest of the
    same 40 kB took as long as all else of its record but the packing (M, 2026-11: 0.5 million instructions).
    """
    lines = [f"{name}: {value}" for name, value in named.items()]
    length = sum(map(len, block))
    head = "WARC/1.1\r\n" + "\r\n".join(lines) + f"\r\nContent-Length: {length}\r\n\r\n"
    return _packed(b"".join((head.encode(), *block, b"\r\n\r\n")))


def _packed(record: bytes) -> bytes:
    """One gzip member, without a name or a time."""
    return bytes(isal_zlib.compress(record, LEVEL, GZIP))


def _urn(id: str) -> str:
    return f"<urn:uuid:{id}>"


@lru_cache(
    maxsize=100
)  # both records of a page have its time, and to write one takes 23 thousand instructions
def _date(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
