"""Lists that are files: a site's sitemap, where its pages do not turn, and its feeds, where no page lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawler.reading import urls
from crawler.reading.decoding import decode
from crawler.reading.listing import read_listing
from crawler.reading.page import Listing, Page
from spiders.candidates import Candidate, feeds_of
from spiders.hidden_menus import directories
from spiders.section_names import judge_section
from storage.said import many

if TYPE_CHECKING:
    from spiders.section_search import SectionSearch

SITEMAP, ROBOTS = "/sitemap.xml", "/robots.txt"
MOST_NAMED = 3
"""Sitemaps of robots.txt that are tried: one of pictures or videos may come first."""
FULL = 5
"""Articles from which on a list may be a full page; shorter ones are equally long by chance."""
LEAST = 2
_NAMED = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


def looks_cut(search: SectionSearch) -> bool:
    """Whether the lists turn no pages, and the longest of them have equally many articles: as many as a page
    has, so that there are more. The home page, where it is all that lists articles, has the newest alone."""
    if [section.path for section in search.sections.values()] == ["/"]:
        return True
    sizes = search.sizes()
    longest = max(sizes, default=0)
    return search.paging == "none" and longest >= FULL and sizes.count(longest) > 1


async def add_sitemap(search: SectionSearch) -> None:
    """Take the site's sitemap, the usual one or what robots.txt names, for a section of mixed news where it
    has articles that no list shows: the walk reads the maps of an index as well."""
    found = await _sitemap(search)
    if found is None:
        return
    page, listing = found
    count = len(search.unlisted(listing))
    if not listing.maps and count < LEAST:
        return
    why = "the lists do not turn their pages"
    section = search.enter(Candidate(page.url, "Sitemap", "news", why, "sitemap"))
    told = many(len(listing.maps), "map") if listing.maps else many(count, "article")
    search.evidence.append(f"section {section.path} (news: {why}): {told}")


async def _sitemap(search: SectionSearch) -> tuple[Page, Listing] | None:
    home = search.home.url
    if (usual := await _sitemap_at(search, urljoin(home, SITEMAP))) is not None:
        return usual
    robots = await search.get(urljoin(home, ROBOTS))
    named = _NAMED.findall(decode(robots)) if robots is not None else []
    for address in [one for one in dict.fromkeys(named) if urls.same_site(one, home)][:MOST_NAMED]:
        if (found := await _sitemap_at(search, address)) is not None:
            return found
    return None


async def _sitemap_at(search: SectionSearch, address: str) -> tuple[Page, Listing] | None:
    """The page at an address with what it lists; None where it lists nothing."""
    page = await search.get(address)
    if page is None:
        return None
    listing = read_listing(page, search.platform)
    return (page, listing) if listing.rows or listing.maps else None


async def take_feeds(search: SectionSearch) -> bool:
    """Take feeds for sections where no page is one: those with a known name, else the site's own where its
    home page lists nothing. Tells whether there were any."""
    feeds = feeds_of(search.home)
    for address in directories(search.home):
        page = await search.get(address)
        feeds |= feeds_of(page) if page is not None else {}
    found = [_candidate(url, name) for url, name in feeds.items()]
    known = [one for one in found if one.kind in {"front", "news"}]
    if not known and not search.own_rows(read_listing(search.home, search.platform)):
        known = [Candidate(one.url, one.name, "news", "the site's own", "feed") for one in found[:1]]
    for candidate in known:
        page = await search.get(candidate.url)
        listing = read_listing(page, search.platform) if page is not None else None
        if page is None or listing is None or len(search.unlisted(listing)) < LEAST:
            continue
        section = search.take(candidate, listing, page)
        told = many(len(search.own_rows(listing)), "article")
        search.evidence.append(
            f"section {section.path} ({section.scope}: {candidate.reason}; a feed): {told}"
        )
    return bool(search.sections)


def _candidate(url: str, name: str) -> Candidate:
    judgement = judge_section(name, url)
    return Candidate(url, name, judgement.kind, judgement.reason, "feed")
