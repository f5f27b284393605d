"""Where a search finds candidates beside the menus of the home page: frames, files, maps, breadcrumbs.

Each asks for pages within the search's budget and queues what they name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawler.reading.listing import read_listing
from crawler.reading.page import ListingRow
from crawler.tagging import tag_row
from spiders.candidates import (
    CATEGORY_SITEMAPS,
    address_candidates,
    category_sitemaps,
    file_candidates,
    menu_candidates,
    sitemap_candidates,
)
from spiders.hidden_menus import directories, frames
from spiders.script_menus import menu_files
from spiders.section_files import SITEMAP

if TYPE_CHECKING:
    from spiders.section_search import SectionSearch

MOST_FRAMES = 5
"""Frames that are opened, those in frames among them."""

CRUMBS = 4
"""Articles whose breadcrumbs are read where no menu names a section of ours."""


async def open_menus(search: SectionSearch) -> None:
    """Queue what stands in frames, and in the frames of these, and in the JSON files of menus."""
    waiting = frames(search.home)
    for _ in range(MOST_FRAMES):
        page = await search.get(waiting.pop(0)) if waiting else None
        for candidate in menu_candidates(page) if page is not None else ():
            search.queue(candidate)
        waiting += frames(page) if page is not None else []
    if any(candidate.kind == "front" for candidate in search.candidates.values()):
        return
    for address in menu_files(search.home):
        page = await search.get(address)
        for candidate in file_candidates(page) if page is not None else ():
            search.queue(candidate)


async def look_further(search: SectionSearch) -> None:
    """Queue what the map of the site names, where the menus name nothing of ours."""
    for address in directories(search.home):
        page = await search.get(address)
        for candidate in menu_candidates(page) if page is not None else ():
            search.queue(candidate)
    page = await search.get(urljoin(search.home.url, SITEMAP))
    for candidate in address_candidates(page) if page is not None else ():
        search.queue(candidate)
    if not any(candidate.kind == "front" for candidate in search.candidates.values()):
        await _follow_crumbs(search)


async def _follow_crumbs(search: SectionSearch) -> None:
    """Queue the sections that articles of the home page say they stand in: some of each of its boxes,
    most of them articles of ours."""
    rows = [row for row in read_listing(search.home, search.platform).rows if search.is_own(row.url)]
    ours = [row for row in rows if tag_row(row.title or "", "", row.url, None)["relevant"]]
    others = [row for row in rows if row not in ours]
    for row in [*_spread(ours, CRUMBS), *_spread(others, CRUMBS // 2)]:
        page = await search.get(row.url)
        for candidate in menu_candidates(page) if page is not None else ():
            search.queue(candidate)


async def queue_categories(search: SectionSearch) -> None:
    """Queue the categories of WordPress' sitemap: menus need not name them all."""
    for path in CATEGORY_SITEMAPS:
        index = await search.get(urljoin(search.home.url, path))
        for address in category_sitemaps(index) if index is not None else ():
            page = await search.get(address)
            for candidate in sitemap_candidates(page) if page is not None else ():
                search.queue(candidate)
        if index is not None:
            return


def _spread(rows: list[ListingRow], count: int) -> list[ListingRow]:
    """So many of the rows, at equal distances."""
    return [rows[n * len(rows) // count] for n in range(count)] if len(rows) > count else rows
