"""The article as every layer passes it on: the CONTRACT record of DESIGN.md as frozen values.

The reader makes an :class:`Article`, tagging fills its knowledge fields, storage keeps it and adds
what only the database knows (id, copies, story, revision, first and last sight).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TypedDict, Unpack

from vietnam.stamps import VIETNAM, Precision
from vietnam.values import quickly_made


@dataclass(frozen=True, slots=True)
class Document:
    """An official document that the text names. ``date`` is ISO (``2022-01-10``) or None."""

    kind: str
    number: str | None = None
    date: str | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Official:
    """A person named with a position."""

    name: str
    position: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the article; ``url`` is absolute."""

    url: str
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that the article links to; ``type`` is the lower-case extension without its dot."""

    url: str
    name: str
    type: str


@quickly_made
@dataclass(frozen=True, slots=True)
class Article:
    """One text as read from one page.

    Texts are NFC, trimmed, one space between words, without zero-width or control characters.
    Times carry the offset +07:00. ``provenance`` maps a field's name to its source, such as
    ``{"title": "platform:h1.title", "published_at": "json-ld"}``.
    """

    url: str
    title: str
    paragraphs: tuple[str, ...] = ()
    lead: str | None = None
    captions: tuple[str, ...] = ()
    byline: str | None = None
    authors: tuple[str, ...] = ()
    source_credit: str | None = None
    published_at: datetime | None = None
    published_precision: Precision | None = None
    modified_at: datetime | None = None
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    site_name: str | None = None
    section: str | None = None
    language: str | None = None
    further_pages: tuple[str, ...] = ()
    """Addresses that the page links to for the rest of its text; no key of the record."""
    # filled by crawler.tagging
    event_date: date | None = None
    relevant: bool = False
    relevance: float = 0.0
    organizations: tuple[str, ...] = ()
    provinces_2024: tuple[str, ...] = ()
    districts_2024: tuple[str, ...] = ()
    provinces_2025: tuple[str, ...] = ()
    communes_2025: tuple[str, ...] = ()
    kind: str | None = None
    documents: tuple[Document, ...] = ()
    officials: tuple[Official, ...] = ()
    provenance: dict[str, str] = field(default_factory=dict)


@quickly_made
@dataclass(frozen=True, slots=True)
class Sighting:
    """An article seen at one address of one portal: what the crawl hands to storage.

    ``key`` is the platform's own id of the article on its portal (``6646`` of ``…-6646.html``), or
    the canonical URL where the platform has none; unique within the portal.
    """

    portal: str
    key: str
    article: Article
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    """Of the response body, as WARC writes it (``sha1:`` and base32): finds the page in the archive."""
    look: bool = False
    """A look for edits at a known article: one that finds nothing new is counted (``copies.quiet_looks``)."""


_OF_PAGES = re.compile(r", (\d+) pages$")


def of_pages(source: str, count: int) -> str:
    """The provenance of paragraphs that stand on ``count`` pages; on the first they are from ``source``."""
    return f"{source}, {count} pages"


def pages_in(source: str | None) -> int:
    """How many pages the paragraphs of a provenance stand on."""
    found = _OF_PAGES.search(source or "")
    return int(found[1]) if found else 1


class DatabaseKeys(TypedDict, total=False):
    """The keys of the CONTRACT record that only the database knows."""

    id: str
    urls: Sequence[str]
    portal: str
    portals: Sequence[str]
    story_id: str | None
    revision: int
    first_seen_at: datetime
    last_seen_at: datetime


def to_record(article: Article, **database_keys: Unpack[DatabaseKeys]) -> dict[str, object]:
    """The CONTRACT record: every key, in the order of the contract, in types that JSON has.

    Times are ISO 8601 with the offset +07:00. Keys of the database that are not given are null, or [].
    """
    known: Mapping[str, object] = database_keys
    return {
        "id": known.get("id"),
        "url": article.url,
        "urls": list(database_keys.get("urls", ())),
        "portal": known.get("portal"),
        "portals": list(database_keys.get("portals", ())),
        "site_name": article.site_name,
        "section": article.section,
        "title": article.title,
        "lead": article.lead,
        "paragraphs": list(article.paragraphs),
        "captions": list(article.captions),
        "byline": article.byline,
        "authors": list(article.authors),
        "source_credit": article.source_credit,
        "published_at": in_vietnam(article.published_at),
        "published_precision": article.published_precision,
        "modified_at": in_vietnam(article.modified_at),
        "event_date": article.event_date.isoformat() if article.event_date else None,
        "relevant": article.relevant,
        "relevance": article.relevance,
        "organizations": list(article.organizations),
        "provinces_2024": list(article.provinces_2024),
        "districts_2024": list(article.districts_2024),
        "provinces_2025": list(article.provinces_2025),
        "communes_2025": list(article.communes_2025),
        "kind": article.kind,
        "documents": [asdict(document) for document in article.documents],
        "officials": [asdict(official) for official in article.officials],
        "images": [asdict(image) for image in article.images],
        "attachments": [asdict(attachment) for attachment in article.attachments],
        "story_id": known.get("story_id"),
        "revision": known.get("revision"),
        "language": article.language,
        "first_seen_at": in_vietnam(database_keys.get("first_seen_at")),
        "last_seen_at": in_vietnam(database_keys.get("last_seen_at")),
        "provenance": dict(article.provenance),
    }


def in_vietnam(moment: datetime | None) -> str | None:
    """A moment as the record writes it: ISO 8601 with the offset +07:00."""
    return moment.astimezone(VIETNAM).isoformat() if moment else None
