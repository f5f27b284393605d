"""Portals as records: what the registry says of a website, and how that is kept in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Scope = Literal["front", "news"]
Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Section:
    """A listing of articles on a portal.

    ``path`` is absolute on the portal (``/hoat-dong-mat-tran/``) or a full URL. ``scope`` ``front``:
    all of it is ours; ``news``: each article must earn its place.
    """

    path: str
    scope: Scope = "news"
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Selectors:
    """CSS selectors of a portal's listings, where its platform's own do not fit or nobody has described it.

    ``item`` is one block an article; ``link``, ``title``, ``date`` and ``lead`` stand in it; ``within`` holds
    the list, so that nothing outside of it is a row; ``next_page`` is the link to the next page.
    """

    item: str
    link: str | None = None
    title: str | None = None
    date: str | None = None
    lead: str | None = None
    within: str | None = None
    next_page: str | None = None


@dataclass(frozen=True, slots=True)
class Portal:
    """One website that publishes the news: a record of the registry (about ten lines of YAML)."""

    id: str
    """``province/name`` in ASCII, ``thanh_hoa/tho_xuan``; stable for ever."""
    name: str
    url: str
    """Base address with scheme and final slash."""
    owner: str
    """Closed list of spiders.registry.OWNERS: front, trade_union, farmers, women, youth, veterans, central,
    province_portal, district_portal, commune_portal, party_committee, provincial_newspaper, other."""
    platform: str = "unknown"
    sections: tuple[Section, ...] = ()
    province_2024: str | None = None
    district_2024: str | None = None
    province_2025: str | None = None
    communes_2025: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other host names of the same portal."""
    active_from: date | None = None
    active_until: date | None = None
    successor: str | None = None
    confidence: Confidence = "medium"
    evidence: str | None = None
    delay: float | None = None
    """Seconds between two requests where the portal needs more than the usual 2."""
    note: str | None = None
    minimum_listed: int | None = None
    """Expectation: a run that lists fewer articles than this is suspicious."""
    newest_within: int | None = None
    """Expectation: the newest article is at most so many days old."""
    filled_title: float | None = None
    """Expectation: at least this share of the articles that a run reads have a title."""
    filled_date: float | None = None
    filled_body: float | None = None
    selectors: Selectors | None = None
    browser: bool = False
    """Scripts build its pages: they are read as a browser shows them (crawler.fetching.browser)."""

    def is_active(self, day: date) -> bool:
        """Whether the portal publishes on a day, as far as its record knows."""
        return (self.active_from or day) <= day <= (self.active_until or day)
