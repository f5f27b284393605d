"""The article as every layer passes it on: the CONTRACT record of DESIGN.md as frozen values.

The reader makes an :class:`Article`, tagging fills its knowledge fields, storage keeps it and adds
what only the database knows (id, copies, story, revision, first and last sight).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Precision = Literal["second", "minute", "day", "month"]


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
    """SHA-1 of the response body in hex: finds the page in the archive."""
