"""What a crawl was asked to do, and what it tells while it does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from crawler.fetching.turns import DELAY
from storage.records import Article
from vietnam.values import quickly_made

Verdict = Literal[
    "new", "nothing_new", "suspicious_empty", "blocked", "layout_drift", "partial", "failed", "lost",
    "cancelled",
]  # fmt: skip

PAGES = 200
"""Listing pages of a section that one crawl reads at most (DESIGN.md)."""

BACKFILL_PAGES = 100_000
"""The same for a crawl with ``--since``, which ends at that day: a bound against lists without end."""

MOST_LENT = 3
"""So many times the places of a crawl are given away at most, by portals whose servers owe an answer: each
crawl under way has some MB."""


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """The options of ``frontnews crawl``.

    ``since`` and ``until`` are days of publication in Vietnam, both inclusive. ``limit`` is the number of
    articles read per portal, ``pages`` of listing pages per section. ``scope`` ``front`` keeps the relevant
    articles of ``news`` sections and all of ``front`` ones; ``all`` keeps everything. ``delay`` is in
    seconds; below one only loopback is asked. ``allow_addresses`` are networks (CIDR) that the address guard
    lets through. ``archive`` is the folder of the raw archive; None keeps no pages.
    """

    since: date | None = None
    until: date | None = None
    limit: int | None = None
    pages: int = PAGES
    scope: Literal["front", "all"] = "front"
    dry_run: bool = False
    delay: float = DELAY
    allow_addresses: tuple[str, ...] = ()
    trigger: Literal["manual", "schedule", "retry", "backfill"] = "manual"
    concurrency: int = 64
    """Portals crawled at once in one reactor. Asked every two seconds each, they keep it half busy.

    M: where nobody waits, 20 at once took half the time of 8, and more gained nothing. But polite portals
    wait, and hostile ones longer: beside 15 of those the others ended twice as late (benchmarks.fifty).
    """
    retry_wait: float = 2.0
    timeout: float = 30.0
    archive: str | None = None

    def __post_init__(self) -> None:
        if self.pages < 1 or (self.limit is not None and self.limit < 1):
            raise ValueError("pages and limit start at 1")
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"since {self.since} is after until {self.until}")
        if self.delay < 0:
            raise ValueError("a delay is not negative")

    @property
    def is_backfill(self) -> bool:
        """Whether the crawl walks back to a day, and keeps how far it has come."""
        return self.since is not None and not self.dry_run

    @property
    def whole(self) -> bool:
        """Whether nothing keeps the crawl from the listings as far as it would read them by itself."""
        return self.limit is None and self.since is None and self.until is None and self.pages >= PAGES

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, str]) -> CrawlOptions:
        """Read options as ``scrapy crawl -a name=value`` gives them. Raises ValueError."""
        unknown = arguments.keys() - _ARGUMENTS.keys()
        if unknown:
            raise ValueError(f"unknown argument {min(unknown)!r}; known are {', '.join(sorted(_ARGUMENTS))}")
        scope = arguments.get("scope", "front")
        if scope not in ("front", "all"):
            raise ValueError(f"scope is front or all, not {scope!r}")
        values: dict[str, Any] = {name: _ARGUMENTS[name](value) for name, value in arguments.items()}
        return cls(**values)


_ARGUMENTS: dict[str, Callable[[str], object]] = {
    "since": date.fromisoformat,
    "until": date.fromisoformat,
    "limit": int,
    "pages": int,
    "scope": str,
    "dry_run": lambda value: value.lower() in ("1", "true", "yes"),
}


@dataclass(slots=True)
class Counts:
    """What a run has counted so far.

    ``listed`` articles on listing pages (each once), ``fetched`` article pages read, ``not_modified`` for
    answers 304; ``new``, ``changed``, ``unchanged`` and ``copies`` as storage saved them, ``stories`` newly
    begun; ``off_topic`` left by the scope, ``failed`` addresses kept for the next run, ``pages`` of listings.
    """

    pages: int = 0
    listed: int = 0
    fetched: int = 0
    not_modified: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    copies: int = 0
    stories: int = 0
    off_topic: int = 0
    failed: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name, as they are stored with the run."""
        return {name: getattr(self, name) for name in self.__slots__}


EventKind = Literal["started", "listing", "article", "saved", "problem", "finished"]


@quickly_made
@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the crawl of a portal, for a progress display.

    ``counts`` are those of the portal so far. ``article`` comes with kind ``article``, ``message`` with
    ``problem`` and ``finished``, ``verdict`` with ``finished``.
    """

    portal: str
    kind: EventKind
    counts: dict[str, int]
    url: str | None = None
    article: Article | None = None
    message: str | None = None
    verdict: Verdict | None = None
    error: str | None = None
    """With kind ``problem``: its class (crawler.fetching.outcomes.ErrorClass)."""


OnEvent = Callable[[Event], None]


def ignore_event(event: Event) -> None:
    """The listener of a crawl that nobody watches."""
    del event


@dataclass(frozen=True, slots=True)
class PortalResult:
    """What the crawl of one portal came to. ``signal`` is the number of the signal that stopped it."""

    portal: str
    verdict: Verdict
    listed: int = 0
    fetched: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    copies: int = 0
    stories: int = 0
    failed: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    message: str | None = None
    off_topic: int = 0
    run_id: int | None = None
    signal: int | None = None
    already_running: bool = False
    """Somebody else is crawling this portal; nothing was done."""
