"""The sections of one site: candidates are read one by one, and only what lists articles of its own stays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal
from urllib.parse import urlsplit

from crawler.reading import urls
from crawler.reading.listing import read_listing
from crawler.reading.menus import linked
from crawler.reading.page import Listing, Page
from crawler.reading.page_numbers import position
from crawler.reading.pager_labels import is_of_pager
from crawler.reading.platform import Platform
from spiders import section_pages
from spiders.candidates import (
    Candidate,
    feed_candidates,
    menu_candidates,
    sites_of_their_own,
)
from spiders.hidden_menus import frames
from spiders.learned import described, fits
from spiders.platforms import PLATFORMS, SURE, recognise
from spiders.section_files import take_feeds
from spiders.section_names import SectionKind, is_headline, is_own_work, judge_section
from spiders.section_sources import look_further, open_menus, queue_categories
from spiders.site_names import heading_of
from storage.portals import Scope, Section, Selectors
from storage.said import many
from vietnam.writing import fold

Fetch = Callable[[str], Awaitable[Page | None]]
"""GET an address, redirects followed (``Page.url`` is where it ended); None where nothing came."""

Paging = Literal["none", "verified", "by form", "repeats", "unreadable"]
"""How the listings of a site turn pages: not at all (what was read fits on one), a second page with other
articles was read, by a form that is posted, by an address that gives the first page again, or no page."""

CERTAIN = 1.0
"""Weight of signs from which a platform is no question; from spiders.platforms.SURE on it is believed."""
MINIMUM_ROWS = 2
"""Articles that a page must list to be taken for a section: one link alone is a teaser on a static page."""
MOST_ALIKE = 2
"""Sections that may list the very same articles before the list is taken for furniture of the theme."""
DAYS = 4
"""Pages of one day each that are read until one has what a list of the newest had not."""
PAGING_TRIES = 2
"""Second pages that are read at most: all listings of a platform turn pages alike, one may be at fault."""

_ARCHIVE = re.compile(r"/(?:19|20)\d\d(?:/(?:0?[1-9]|1[0-2])(?:/\d{1,2})?)?/?$")
"""Path of a year's or month's archive: what it lists, the sections list too."""
_ORDER: dict[SectionKind, int] = {"front": 0, "news": 1, "other": 2, "none": 3}


@dataclass(slots=True)
class SectionSearch:
    """One search under way. ``evidence`` tells what was looked at, in order, for a person to read.

    ``own``: the site is an organization's own, so that "hoạt động Hội" is ours.
    """

    home: Page
    fetch: Fetch
    budget: int
    own: bool = False
    platform: Platform | None = None
    certain: bool = False
    requests: int = 1
    sections: dict[str, Section] = field(default_factory=dict)
    """Found, by canonical address without final slash."""
    evidence: list[str] = field(default_factory=list)
    candidates: dict[str, Candidate] = field(default_factory=dict)
    """What may be a section, read or not, by canonical address without final slash."""
    _declared: set[str] = field(default_factory=set)
    """Keys of candidates that the CMS itself calls categories, wherever else they were seen."""
    _read: set[str] = field(default_factory=set)
    _rows_of: dict[str, frozenset[str]] = field(default_factory=dict)
    """Article keys that a section lists, by the section's key in ``sections``."""
    _articles: set[str] = field(default_factory=set)
    """Keys of every article that a page has listed: a link to one outside of menus names no section."""
    paging: Paging = "none"
    listings: dict[str, Listing] = field(default_factory=dict)
    """The first page of each section that was read, by its key in ``sections``."""
    first_pages: dict[str, Page] = field(default_factory=dict)
    _paging_tries: int = 0
    _from_menu: dict[str, tuple[Candidate, Page, frozenset[str]]] = field(default_factory=dict)
    """Entries of menus that were read, by their keys: the page, and the articles that it seemed to list."""

    def recognise(self, page: Page, known: str | None = None) -> None:
        """Name the platform by the signs of a page; ``known`` is believed where there are none."""
        ranked = recognise(page)
        if ranked and ranked[0][1] >= SURE:
            platform, weight, signs = ranked[0]
            self.platform, self.certain = platform, weight >= CERTAIN
            self.evidence.append(f"platform {platform.name} ({weight:.2f}): {', '.join(signs)}")
        elif known is not None:
            self.platform = PLATFORMS.get(known)
            self.evidence.append(f"platform {known}: from the record")
        elif page is self.home:
            weak = f"; weak signs of {ranked[0][0].name}: {', '.join(ranked[0][2])}" if ranked else ""
            self.evidence.append(f"platform: not recognised on the home page{weak}")

    def take_single(self, given: str) -> bool:
        """Take the section whose own address was given. False for a home page, and for the home of a
        subsite: its name says nothing of news, or it has sections below it."""
        parts = urlsplit(given)
        if parts.path in {"", "/"} and not parts.query:
            return False
        listing = read_listing(self.home, self.platform)
        rows = self.own_rows(listing)
        name = heading_of(listing, self.home, self.home)
        judgement = judge_section(name, self.home.url)
        if len(rows) < MINIMUM_ROWS or judgement.kind not in {"front", "news"}:
            return False
        below = self.home.url.rstrip("/") + "/"
        if sum(c.kind != "none" and c.url.startswith(below) for c in menu_candidates(self.home)) > 1:
            return False
        section = Section(self._path(self.home.url), _scope(judgement.kind), name or None)
        self._take_home(section)
        self.evidence.append(
            f"section {section.path} ({section.scope}: {judgement.reason}; given): "
            f"{many(len(rows), 'article')}"
        )
        return True

    def _take_home(self, section: Section) -> None:
        key = self._key(self.home.url)
        self.sections[key] = section
        self.listings[key], self.first_pages[key] = read_listing(self.home, self.platform), self.home

    async def find(self, *, everything: bool) -> None:
        """Find the front and news sections; with ``everything``, listings of every other subject too."""
        for candidate in [*menu_candidates(self.home), *feed_candidates(self.home)]:
            self.queue(candidate)
        if self.platform is not None and self.platform.name == "wordpress":
            await queue_categories(self)
        self._articles |= self.own_rows(read_listing(self.home, self.platform))
        for address, name in sites_of_their_own(self.home).items():
            told = f"a site of its own: {address} ({name}); frontnews portals add {address}"
            self.evidence.append(told)
        kinds: tuple[SectionKind, ...] = ("front", "news", "other") if everything else ("front", "news")
        await open_menus(self)
        await self._read_candidates(kinds)
        if not any(section.scope == "front" for section in self.sections.values()):
            await look_further(self)
            await self._read_candidates(kinds)
        if not self.sections:
            # No name that we know: whatever lists articles, and the home page for the newest of all.
            await self._read_candidates((*kinds, "other"))
            if self.sections or not await take_feeds(self):
                self._fall_back_on_home()

    # --- candidates ------------------------------------------------------------------------

    def queue(self, candidate: Candidate) -> None:
        """Note a candidate under the best of its names ("Hội Nông dân" over the "Xem thêm" of its block);
        articles, the home page and later pages of a listing ("Trang sau") never are sections."""
        candidate = self._of_own_work(candidate)
        key = self._key(candidate.url)
        if key == self._key(self.home.url) or urls.is_article(candidate.url, self.platform) is True:
            return
        if urls.is_later_page(candidate.url) or _ARCHIVE.search(urlsplit(candidate.url).path):
            return
        if is_of_pager(candidate.name):
            return
        if candidate.declared:
            self._declared.add(key)
        known = self.candidates.get(key)
        if known is None or (key not in self._read and _rank(candidate) < _rank(known)):
            self.candidates[key] = candidate

    def _of_own_work(self, candidate: Candidate) -> Candidate:
        if self.own and candidate.kind in {"news", "other"} and is_own_work(candidate.name):
            return replace(candidate, kind="front", reason="the organization's own work")
        return candidate

    def _unread(self, kinds: Iterable[SectionKind]) -> dict[str, Candidate]:
        return {
            key: candidate
            for key, candidate in self.candidates.items()
            if key not in self._read
            and candidate.kind in kinds
            and not (self._may_be_headline(candidate) and self._article_key(candidate.url) in self._articles)
        }

    def _may_be_headline(self, candidate: Candidate) -> bool:
        return candidate.source == "page" or (candidate.kind == "other" and is_headline(candidate.name))

    # --- reading ---------------------------------------------------------------------------

    async def get(self, url: str) -> Page | None:
        """Fetch within the budget; None when it is spent, or for anything but a 200."""
        if self.requests >= self.budget:
            return None
        self.requests += 1
        page = await self.fetch(url)
        self.requests += was_redirected(url, page)
        return page if page is not None and page.status == 200 else None

    async def _read_candidates(self, kinds: tuple[SectionKind, ...]) -> None:
        """Read the candidates, ours first; pages read on the way may name further ones."""
        while (unread := self._unread(kinds)) and self.requests < self.budget:
            key, candidate = min(unread.items(), key=lambda item: _rank(item[1]))
            self._read.add(key)
            page = await self.get(candidate.url)
            if page is None:
                self.evidence.append(f"section {self._path(candidate.url)}: no page")
                continue
            if self.platform is None:
                self.recognise(page)
            await self._judge(key, candidate, page)
            for further in menu_candidates(page):
                self.queue(further)
        self._drop_furniture()
        if unread:
            self._settle_the_unread(unread)

    async def _judge(self, key: str, candidate: Candidate, page: Page) -> None:
        """Keep a candidate that lists articles of its own; tell why it is left out otherwise."""
        path = self._path(candidate.url)
        landed = self._key(page.url)
        if landed != key and (landed in self._rows_of or landed == self._key(self.home.url)):
            self.evidence.append(f"section {path}: leads to {self._path(page.url)}")
            return
        listing = read_listing(page, self.platform)
        if self._shows_home(listing):
            self.evidence.append(f"section {path}: is the home page")
            return
        if candidate.source == "menu":
            self._from_menu[key] = candidate, page, self.own_rows(listing)
        if section_pages.is_article(page, candidate.name, listing, self.platform):
            self.evidence.append(f"section {path}: is an article, left out")
            return
        rows = self.own_rows(listing)
        self._articles |= rows
        # What the CMS declares is a category with its first article, so is what has a further page (a list
        # of the newest day); any other page must look like a list.
        is_list = key in self._declared or listing.next is not None
        if len(rows) < (1 if is_list else MINIMUM_ROWS):
            inner = frames(page) if candidate.kind in {"front", "news"} else []
            for address in inner[:1]:
                self.queue(replace(candidate, url=address))
            told = "in a frame" if inner else "left out"
            self.evidence.append(f"section {path}: lists {many(len(rows), 'article')}, {told}")
            return
        if not candidate.name:
            name = heading_of(listing, page, self.home)
            judgement = judge_section(name, candidate.url)
            candidate = self._of_own_work(
                replace(candidate, name=name, kind=judgement.kind, reason=judgement.reason)
            )
        for other, known in self._rows_of.items():
            if rows == known and fold(self.sections[other].name or "") == fold(candidate.name):
                self.evidence.append(f"section {path}: a twin of {self.sections[other].path}, left out")
                return
        section = self.take(candidate, listing, page)
        paging = await self._second_page(listing, rows)
        self.evidence.append(
            f"section {path} ({section.scope}: {candidate.reason}; seen in {candidate.source}):"
            f" {many(len(rows), 'article')}{paging}"
        )

    def _shows_home(self, listing: Listing) -> bool:
        """Whether a page is the home page by another address (``/web/guest``): the same articles under the
        same title."""
        home = read_listing(self.home, self.platform)
        same_title = bool(home.title) and listing.title == home.title
        return same_title and [row.url for row in listing.rows] == [row.url for row in home.rows]

    async def _second_page(self, listing: Listing, rows: frozenset[str]) -> str:
        """Turn a page and see other articles; one of a portal's listings is enough."""
        if listing.next is None:
            return ""
        if self.paging == "verified" or self._paging_tries == PAGING_TRIES:
            return ", more pages"
        if listing.next.form is not None:
            self.paging = "by form"
            return ", more pages by a form"
        self._paging_tries += 1
        fresh: frozenset[str] = frozenset()
        for _ in range(DAYS if position(listing.next.url).by_day else 1):
            if listing.next is None or fresh:
                break
            page = await self.get(listing.next.url)
            if page is None:
                self.paging = "unreadable"
                return ", second page not readable"
            listing = read_listing(page, self.platform)
            fresh = self.own_rows(listing) - rows
        self.paging = "verified" if fresh else "repeats"
        return f", {len(fresh)} more on the second page" if fresh else ", second page repeats the first"

    def _drop_furniture(self) -> None:
        """Leave out pages that all list the same articles: a "latest news" block that stands on every
        page, read as the list of pages that have none (two may be a parent and its only filled child)."""
        shared = Counter(self._rows_of.values())
        for key in [key for key, rows in self._rows_of.items() if shared[rows] > MOST_ALIKE]:
            self._leave_out(key, f"lists what {shared[self._rows_of[key]]} pages list")
        for key in [key for key in self._rows_of if self._lists_a_box(key)]:
            self._leave_out(key, "lists a box that stands on other pages as well")

    def _lists_a_box(self, key: str) -> bool:
        """Whether a page's only list is a box of the theme: its rows in their order stand on the home page
        and on another section's page as well. A section that is small enough for the box has them twice."""
        listed = [self._article_key(row.url) for row in self.listings[key].rows]
        rows = [article for article in listed if article in self._rows_of[key]]
        if self._times_linked(rows, self.first_pages[key]) != 1 or not self._times_linked(rows, self.home):
            return False
        others = (page for other, page in self.first_pages.items() if other != key)
        return any(self._times_linked(rows, page) for page in others)

    def _times_linked(self, rows: list[str], page: Page) -> int:
        """How often a page links these articles one after the other."""
        keys = [self._article_key(url) for url in linked(page) if self.is_own(url)]
        keys = [key for key, _ in groupby(keys)]  # a row links its picture and its title
        return sum(keys[n : n + len(rows)] == rows for n in range(len(keys) - len(rows) + 1))

    def _leave_out(self, key: str, why: str) -> None:
        section = self.sections.pop(key)
        self._rows_of.pop(key), self.listings.pop(key), self.first_pages.pop(key)
        self.evidence.append(f"section {section.path}: {why}, left out")

    def take_small(self, selectors: Selectors) -> None:
        """Take the sections that were left out because a box of the theme has more articles than they have:
        what the lists of the others have in common (``selectors``) tells theirs from the box."""
        platform = described(self.platform, selectors)
        seen = {rows for _, _, rows in self._from_menu.values()}
        for key, (candidate, page, seen_here) in self._from_menu.items():
            if key in self.sections or not fits(page, selectors):
                continue
            listing = read_listing(page, platform)
            rows = self.own_rows(listing)
            if rows in seen or len(rows) < (1 if seen_here else MINIMUM_ROWS):
                continue
            section = self.take(candidate, listing, page)
            told = (
                f"section {section.path} ({section.scope}: {candidate.reason}): {many(len(rows), 'article')}"
            )
            self.evidence.append(f"{told} in a list like those of the other sections")

    def _settle_the_unread(self, unread: dict[str, Candidate]) -> None:
        """When the budget is spent: what the CMS calls a category is one, the rest is left out and told."""
        declared = {key: candidate for key, candidate in unread.items() if key in self._declared}
        self.sections |= {key: self._section(candidate) for key, candidate in declared.items()}
        self.evidence.append(
            f"budget of {self.budget} requests spent: "
            f"{many(len(declared), 'category', 'categories')} taken unread,"
            f" {len(unread) - len(declared)} possible sections left out"
        )

    def _fall_back_on_home(self) -> None:
        rows = self.own_rows(read_listing(self.home, self.platform))
        if len(rows) < MINIMUM_ROWS:
            self.evidence.append("no section with a known name, and the home page lists no articles")
            return
        section = Section(self._path(self.home.url), "news", "Trang chủ")
        self._take_home(section)
        self.evidence.append(
            f"section {section.path} (news: last resort, no section with a known name): "
            f"{many(len(rows), 'article')}"
        )

    def take(self, candidate: Candidate, listing: Listing, page: Page) -> Section:
        """Take a page for a section of the site."""
        key = self._key(candidate.url)
        self._rows_of[key], self.listings[key], self.first_pages[key] = self.own_rows(listing), listing, page
        return self.enter(candidate)

    def enter(self, candidate: Candidate) -> Section:
        """Enter a section in the record, with nothing expected of what it lists."""
        section = self.sections[self._key(candidate.url)] = self._section(candidate)
        return section

    def sizes(self) -> list[int]:
        """How many articles the first pages of the sections have."""
        return [len(rows) for rows in self._rows_of.values()]

    def unlisted(self, listing: Listing) -> frozenset[str]:
        """Keys of the articles among the rows that no page has listed, but for those in the folder of a page
        that is no section of ours: its list was not read."""
        others = tuple(
            f"{candidate.url.rstrip('/')}/"
            for key, candidate in self.candidates.items()
            if key not in self.sections and not urlsplit(candidate.url).query
        )
        rows = tuple(row for row in listing.rows if not row.url.startswith(others))
        lists = {self._article_key(key) for key in (*self.sections, *self.candidates)}
        return self.own_rows(replace(listing, rows=rows)) - self._articles - lists

    # --- addresses -------------------------------------------------------------------------

    def _key(self, url: str) -> str:
        # What a platform's articles do without, a section may be chosen by (``?catalog=``, ``?tabid=``).
        return urls.canonical(url).rstrip("/")

    def _article_key(self, url: str) -> str:
        return urls.article_key(url, self.platform)

    def own_rows(self, listing: Listing) -> frozenset[str]:
        """Keys of the rows that may be articles of the site."""
        return frozenset(
            self._article_key(row.url)
            for row in listing.rows
            if self.is_own(row.url) and not section_pages.names_section(row)
        )

    def is_own(self, url: str) -> bool:
        """Whether an address may be an article of the site."""
        return urls.same_site(url, self.home.url) and urls.is_article(url, self.platform) is not False

    def _section(self, candidate: Candidate) -> Section:
        return Section(self._path(candidate.url), _scope(candidate.kind), candidate.name or None)

    def _path(self, url: str) -> str:
        """An address as a record writes it: absolute on the portal, whole where it lies elsewhere, without
        the session that it was linked with."""
        url = urls.without_session(url)
        if not urls.same_site(url, self.home.url):
            return url
        parts = urlsplit(url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def was_redirected(url: str, page: Page | None) -> int:
    """Requests that a fetch cost beyond its first: one where it ended elsewhere, as far as can be told."""
    return int(page is not None and urls.canonical(page.url) != urls.canonical(url))


def _rank(candidate: Candidate) -> tuple[int, bool]:
    """Order of reading: ours first, and what a menu or the CMS names before links found elsewhere."""
    return _ORDER[candidate.kind], candidate.source == "page"


def _scope(kind: SectionKind) -> Scope:
    return "front" if kind == "front" else "news"
