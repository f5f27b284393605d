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
from crawler.reading.page import Listing, ListingRow, Page
from crawler.reading.platform import Platform
from crawler.reading.structure import Place, placed_links

MOST_BOXES = 3
"""Boxes of a page that look more like its list than the list."""


class FirstPage:
    """The first page of a section, for telling what its later pages have in common with it."""

    def __init__(self, page: Page, platform: Platform | None) -> None:
        self.page = page
        self.platform = platform
        self._read: tuple[frozenset[str], Mapping[str, set[Place]]] | None = None

    def rows_and_places(self) -> tuple[frozenset[str], Mapping[str, set[Place]]]:
        """Return the keys of its rows, and where it links each article."""
        if self._read is None:
            rows = read_listing(self.page, self.platform).rows
            self._read = frozenset(map(self.key, rows)), _places(self.page, self.platform)
        return self._read

    def key(self, row: ListingRow) -> str:
        """Return a row's key."""
        return urls.article_key(row.url, self.platform)


def without_boxes(page: Page, first: FirstPage, listing: Listing) -> Listing:
    """The listing of a later page without the rows that are a box of its section's first page; where they
    are all of its rows, the list that the box has hidden. A page that is the first again stays as it is."""
    # Of most lists no row stands on the first page: that is seen in its bytes, and costs no second parse.
    if not any(_path(row.url) in first.page.body for row in listing.rows):
        return listing
    rows_there, there = first.rows_and_places()
    keys = set(map(first.key, listing.rows))
    if keys == rows_there or there.keys().isdisjoint(keys):
        return listing
    here = _places(page, first.platform)

    def is_boxed(row: ListingRow) -> bool:
        places = here.get(first.key(row))
        return places is not None and places <= there.get(first.key(row), set())

    rows, boxed = listing.rows, frozenset[str]()
    for _ in range(MOST_BOXES):
        if kept := tuple(row for row in rows if not is_boxed(row)):
            return replace(listing, rows=kept)
        boxed |= set(map(first.key, rows))
        rows = read_listing(page, first.platform, without=boxed).rows
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
