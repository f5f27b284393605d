"""Boxes that stand on each page of a list ("Tin mới", "Tin nổi bật"), taken for rows of a later one.

One page cannot tell them: where a list ends with two rows, a box of seven beside it looks more like the list.
Two pages can: what the first page links in the very same place is no row of the second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from crawler.reading import urls
from crawler.reading.listing import read_listing
from crawler.reading.markup import parse
from crawler.reading.page import Listing, Page
from crawler.reading.platform import Platform
from crawler.reading.structure import Place, placed_links

MOST_BOXES = 3
"""Boxes of a page that look more like its list than the list."""


def without_boxes(page: Page, first: Page, listing: Listing, platform: Platform | None) -> Listing:
    """The listing of a later page without the rows that are a box of its section's ``first`` page; where they
    are all of its rows, the list that the box has hidden. A page that is the first again stays as it is."""
    if not any(_path(row.url) in first.body for row in listing.rows):
        return listing

    def key(url: str) -> str:
        return urls.article_key(url, platform)

    if {key(row.url) for row in listing.rows} == {key(row.url) for row in read_listing(first, platform).rows}:
        return listing
    here, there = _places(page, platform), _places(first, platform)

    def is_boxed(article: str) -> bool:
        return bool(here[article]) and here[article] <= there[article]

    rows, boxed = listing.rows, frozenset[str]()
    for _ in range(MOST_BOXES):
        kept = tuple(row for row in rows if not is_boxed(key(row.url)))
        if kept:
            return replace(listing, rows=kept)
        boxed |= {key(row.url) for row in rows}
        rows = read_listing(page, platform, without=boxed).rows
        if not rows:
            break
    return listing


def _places(page: Page, platform: Platform | None) -> Mapping[str, set[Place]]:
    """Where on a page each article is linked, by its key."""
    found: dict[str, set[Place]] = defaultdict(set)
    tree = parse(page)
    for url, place in placed_links(tree, page) if tree is not None else ():
        found[urls.article_key(url, platform)].add(place)
    return found


def _path(url: str) -> bytes:
    parts = urlsplit(url)
    return (parts.query.rpartition("&")[2] or parts.path).encode()
