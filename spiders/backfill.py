"""A backfill: a crawl with ``--since`` walks old pages to the end, over days, on from where it was stopped.

Its place in each section is kept before each listing page (storage.backfills). What it queues is its own:
a daily crawl does not take it up. Where lists end before the day that was asked for, the site's sitemap and
the feeds of its lists are read as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crawler.reading import urls
from crawler.reading.listing import read_listing
from crawler.reading.markup import base_of, parse, select
from crawler.reading.page import NextPage, Page
from crawler.running.large_pages import read_beside
from crawler.running.options import CrawlOptions
from crawler.saving import Ledger
from storage.backfills import Position
from storage.portals import Section

if TYPE_CHECKING:
    from spiders.walk import Walk

KIND = "backfill"
"""What an article is queued as: the walk's word for why (storage.frontier.Queued)."""

WHOLE = ""
"""The name, among those of sections, of the place that says whether the whole backfill is done."""

SITEMAP = "/sitemap.xml"
MOST_FEEDS = 10


class Backfill:
    """The places of one backfill in the sections of a portal."""

    def __init__(self, ledger: Ledger, options: CrawlOptions) -> None:
        self._ledger = ledger
        self._name = str(options.since) + (f"..{options.until}" if options.until else "")
        self._positions: dict[str, Position] = {}
        self.resumed = False
        """Whether an earlier run has begun it."""
        self.short: dict[str, Page | None] = {}
        """Sections whose lists ended before the day that was asked for, with their only page where they had
        one page alone."""

    async def open(self) -> None:
        """Read the places; a backfill that has come to its end begins anew."""
        self._positions = await self._ledger.positions(self._name)
        if self.is_done(WHOLE):
            await self._ledger.forget_positions(self._name)
            self._positions = {}
        self.resumed = bool(self._positions)
        if not self.resumed:
            await self._keep(Position(WHOLE, WHOLE))

    async def close(self, sections: Iterable[str]) -> None:
        """Keep that the backfill has come to its end, where it has in every section."""
        if all(self.is_done(path) for path in sections):
            await self.end(WHOLE)

    def is_done(self, path: str) -> bool:
        """Tell whether the end of a section was reached."""
        return path in self._positions and self._positions[path].done

    def place(self, path: str) -> Position | None:
        """Return where an earlier run stopped in a section, None where it begins."""
        return self._positions.get(path)

    async def at(
        self, path: str, ask: NextPage, pages: int, maps: Iterable[NextPage], *, left_out: bool
    ) -> None:
        """Keep the place in a section before a page is asked for."""
        after = tuple(one.url for one in maps)
        await self._keep(Position(path, ask.url, ask.form, after, pages, left_out))

    async def end(self, path: str) -> None:
        """Keep that a section was read to its end."""
        place = self._positions.get(path) or Position(path, path)
        await self._keep(replace(place, done=True))

    async def _keep(self, position: Position) -> None:
        self._positions[position.section] = position
        await self._ledger.keep_position(self._name, position)


async def further(walk: Walk) -> list[tuple[Section, Page | None]]:
    """Sitemaps and feeds that reach further back than the lists did, each as a section with its first page
    (None: an earlier run stopped in it). What does not answer is no fault of the portal's."""
    backfill = walk.backfill
    if backfill is None or not (backfill.short or backfill.resumed):
        return []
    found: list[tuple[Section, Page | None]] = []
    for section in (*await _sitemaps(walk), *_feeds(walk, backfill)):
        if section.path in walk.sections or backfill.is_done(section.path):
            continue
        if backfill.place(section.path) is not None:
            found.append((section, None))
            continue
        page = await walk.fetch(urljoin(walk.portal.url, section.path))
        if isinstance(page, Page):
            listing = await read_beside(page, read_listing, walk.platform)
            if listing.rows or listing.maps:
                found.append((section, page))
    return found


async def _sitemaps(walk: Walk) -> list[Section]:
    """The sitemaps that robots.txt names, else the usual one."""
    robots = await walk.fetcher.robots(walk.portal.url)
    named = [url for url in robots.sitemaps if walk.hosts.cover(url)] if robots is not None else []
    paths = [_path(walk, url) for url in named] or [SITEMAP]
    return [Section(path, "news", "Sitemap") for path in dict.fromkeys(paths)]


def _feeds(walk: Walk, backfill: Backfill) -> list[Section]:
    """The feeds of lists that have one page alone; that of a section of ours is ours."""
    found: dict[str, Section] = {}
    for path, page in backfill.short.items():
        tree = parse(page) if page is not None else None
        if page is None or tree is None:
            continue
        section = walk.sections[path]
        for link in select(tree, 'link[rel~="alternate"][type*="rss"], link[rel~="alternate"][type*="atom"]'):
            url = urls.absolute(base_of(tree, page.url), link.get("href"))
            if url is not None and walk.hosts.cover(url):
                feed = _path(walk, url)
                below = section.path != "/" and section.path.rstrip("/") in feed
                found.setdefault(feed, Section(feed, section.scope if below else "news", section.name))
    return list(found.values())[:MOST_FEEDS]


def _path(walk: Walk, url: str) -> str:
    parts = urlsplit(url)
    same = urls.same_site(url, walk.portal.url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "") if same else url
