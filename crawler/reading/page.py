"""What reading takes in and gives out, as values: the fetch and the parse meet only here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from storage.records import Article
from vietnam.stamps import Precision
from vietnam.values import quickly_made

PageKind = Literal[
    "article", "listing", "home", "search", "tag", "document", "login", "soft404", "updating",
    "waf", "empty", "calendar", "sitemap",
]  # fmt: skip


@quickly_made
@dataclass(frozen=True, slots=True)
class ListingRow:
    """One article as a listing shows it. ``url`` is absolute and canonical."""

    url: str
    title: str | None = None
    lead: str | None = None
    published_at: datetime | None = None
    published_precision: Precision | None = None
    modified_at: datetime | None = None
    byline: str | None = None
    """Author field as the listing, feed or REST answer has it; None where it has none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a page was asked for: kept in the archive, never looked at by the reader."""

    method: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""


@quickly_made
@dataclass(frozen=True, slots=True)
class Page:
    """One fetched page, the only input of the reader: bytes, where and when they came from.

    ``body`` is decoded by reading (charset of ``content_type``, BOM, meta, detection).
    ``fetched_at`` has a time zone; a date after it is refused. ``row`` is what the listing said.
    """

    url: str
    body: bytes
    fetched_at: datetime
    content_type: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    row: ListingRow | None = None
    asked: Asked | None = None
    digest: str | None = None
    """Of ``body``, where the archive has worked it out (crawler.archive.records.digest_of)."""
    part_of: str | None = None
    """Address of the article that this is a later page of, where that is known."""

    def with_digest(self, digest: str) -> Page:
        """The page with its digest; dataclasses.replace takes 32 thousand instructions, this a third."""
        return Page(
            self.url, self.body, self.fetched_at, self.content_type, self.status, self.headers, self.row,
            self.asked, digest, self.part_of,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """One proposal for a field: for --explain, and for the rules that choose."""

    field: str
    value: str
    source: str
    chosen: bool = False
    reason: str | None = None


@quickly_made
@dataclass(frozen=True, slots=True)
class Reading:
    """What a page came to: an article (``kind == "article"``), or another kind with its reason."""

    url: str
    kind: PageKind
    article: Article | None = None
    reason: str | None = None
    candidates: tuple[Candidate, ...] = ()
    """Filled only where the caller asked for an explanation."""


@dataclass(frozen=True, slots=True)
class NextPage:
    """How to ask for the next page of a listing: a GET, or a form to post (WebForms postback)."""

    url: str
    form: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a listing page showed. ``next`` is None on the last page."""

    url: str
    rows: tuple[ListingRow, ...]
    next: NextPage | None = None
    title: str | None = None
    maps: tuple[str, ...] = ()
    """The sitemaps that an index names; their rows are those of the section."""
    maps_by_age: bool = False
    """Whether the sitemap that was changed last comes first."""
