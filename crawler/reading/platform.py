"""A platform as a value: what a file of spiders/platforms states and the reader obeys.

Selectors are CSS; patterns are Python regular expressions without nested repetition. A platform
file starts with a numbered recipe for recognising the platform, then states one PLATFORM.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from crawler.reading.page import Listing, NextPage, Page


@dataclass(frozen=True, slots=True)
class Sign:
    """One mark by which a platform is known; weights add up, 1.0 is certain. ``pattern`` and page are
    compared in lower case, so that a pattern has no upper-case escape (``\\S``)."""

    where: Literal["generator", "html", "url", "header"]
    pattern: str
    weight: float = 0.5
    required: bool = False
    """True: without this mark the page is not the platform's, whatever else speaks for it."""


@dataclass(frozen=True, slots=True)
class UrlRules:
    """Addresses: ``article`` patterns with a named group ``key`` (the platform's own id) match an
    article's path and query; ``never`` are twins and other pages that must not be fetched as articles
    (``/savefile/``, ``/print/``); ``drop_params`` (names as full-match patterns) are removed when an
    address is made canonical; ``keep_params``, where not None, are the only ones kept."""

    article: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    drop_params: tuple[str, ...] = ()
    keep_params: tuple[str, ...] | None = None
    only: bool = False
    """True: every article of this platform matches ``article``, so that what does not is none."""


@dataclass(frozen=True, slots=True)
class ArticleRules:
    """CSS selectors, best first. ``noise`` is removed from the body before it is read."""

    title: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    caption: tuple[str, ...] = ()
    noise: tuple[str, ...] = ()
    distrust: tuple[str, ...] = ()
    """Machine sources that lie on this platform: "json-ld", "microdata", "og", "rss-minutes"."""


@dataclass(frozen=True, slots=True)
class ListingRules:
    """``item`` selects one block an article, the others select within it; ``link`` the anchor.

    ``next_page`` selects the anchor of the next page; ``page_url`` is a template of the n-th page
    with ``{section}`` (URL without query and final slash), ``{query}`` and ``{n}``; ``first`` is the
    number that the second page carries (offset CMSes: ``step`` > 1).
    """

    item: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    next_page: tuple[str, ...] = ()
    page_url: str | None = None
    second: int = 2
    step: int = 1
    within: tuple[str, ...] = ()
    """The elements that hold the listing, best first: where one is there, nothing outside it is a row,
    so that an empty section gives none in place of its sidebar's."""
    noise: tuple[str, ...] = ()
    """Blocks of a listing page that also hold article links but are no part of it (sidebars)."""
    lastmod_is_publication: bool = False
    """True: ``lastmod`` of the platform's sitemap is the publish time, not that of the last edit."""


@dataclass(frozen=True, slots=True)
class EarlierLayout:
    """The rules of a theme that the platform had until a day: pages of then are in the archive for ever."""

    until: date
    article: ArticleRules


@dataclass(frozen=True, slots=True)
class Platform:
    """A CMS family."""

    name: str
    title: str
    signs: tuple[Sign, ...] = ()
    urls: UrlRules = UrlRules()
    article: ArticleRules = ArticleRules()
    listing: ListingRules = ListingRules()
    read_listing: Callable[[Page], Listing | None] | None = None
    """Where HTML rules do not reach (JSON lists): answers None for a page that is not its own."""
    first_page: Callable[[str], NextPage] | None = None
    """Where a section is best listed from another address (REST, JSON): section URL -> first request."""
    earlier: tuple[EarlierLayout, ...] = ()
    """Layouts before ``article``, the latest first."""
    layout: date | None = None
    """Of :meth:`layouts`: the last day of the layout whose rules ``article`` are; None for those of today."""

    def layouts(self, day: date) -> Iterator[Platform]:
        """The platform with the rules of each layout, those in force on ``day`` first.

        The others follow, for sites change their theme before the platform file learns of it, or long after.
        """
        if not self.earlier:
            yield self
            return
        then = [layout for layout in self.earlier if day <= layout.until]
        then.sort(key=lambda layout: layout.until)
        others = [layout for layout in self.earlier if day > layout.until]
        for layout in (*then, None, *others):
            yield self if layout is None else replace(self, article=layout.article, layout=layout.until)

    def told(self, provenance: Mapping[str, str]) -> dict[str, str]:
        """Provenance with the layout in what an earlier one's selectors found: ``platform@2026-06-30:h1``."""
        if self.layout is None:
            return dict(provenance)
        named = f"platform@{self.layout.isoformat()}:"
        return {name: source.replace("platform:", named, 1) for name, source in provenance.items()}
