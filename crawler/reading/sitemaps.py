"""Sitemaps (sitemaps.org 0.9, news extension) as listings, and sitemap indexes."""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from crawler.reading import urls
from crawler.reading.feeds import child_text, local, parse_xml
from crawler.reading.page import ListingRow, Page
from crawler.reading.platform import Platform
from vietnam.dates import parse_stamp
from vietnam.writing import clean

MAX_URLS = 50_000
"""Addresses of one sitemap: the limit of the sitemaps.org protocol."""
MAX_BYTES = 52_428_800
"""Bytes of one sitemap unpacked, the limit of the protocol; larger is a bomb (hostile_servers.md 54)."""
_PIECE = 1 << 20
MAX_CHILDREN = 200
"""Sitemaps that one index may name; WordPress writes one for 2,000 posts, NukeViet one a module."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap said. ``children`` are the sitemaps of an index: same host, not itself, bounded, the one
    that was changed last first where the index says so of each (``by_age``); how deep to follow is the
    caller's bound (one level is all that the protocol allows)."""

    url: str
    rows: tuple[ListingRow, ...] = ()
    children: tuple[str, ...] = ()
    truncated: bool = False
    by_age: bool = False


def read_sitemap(page: Page, platform: Platform | None = None) -> Sitemap | None:
    """A sitemap or sitemap index (also gzipped); None where the page is neither.

    ``lastmod`` is the time of the last edit, except on NukeViet, which writes the publish time there
    (``modules/news/funcs/sitemap.php``, field_lessons.md); a time after the fetch is dropped.
    """
    body = _unpacked(page.body)
    root = parse_xml(body) if body is not None else None
    if root is None:
        return None
    kind = local(root)
    if kind == "sitemapindex":
        return _index(root, page)
    if kind != "urlset":
        return None
    lastmod_is_publication = platform is not None and platform.listing.lastmod_is_publication
    rows: dict[str, ListingRow] = {}
    truncated = False
    for number, entry in enumerate(child for child in root if local(child) == "url"):
        if number >= MAX_URLS:
            truncated = True
            break
        if row := _row(entry, page, platform, lastmod_is_publication):
            rows.setdefault(row.url, row)
    return Sitemap(url=page.url, rows=tuple(rows.values()), truncated=truncated)


def _unpacked(body: bytes) -> bytes | None:
    """A body without its gzip; None for one that is broken or unpacks to more than MAX_BYTES.

    The size is counted before anything is kept: a bomb takes time, not memory.
    """
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        size = 0
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as counted:
            while piece := counted.read(_PIECE):
                size += len(piece)
                if size > MAX_BYTES:
                    return None
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return None


def _index(root: etree._Element, page: Page) -> Sitemap:
    children: dict[str, datetime | None] = {}
    truncated = False
    for entry in root:
        link = urls.absolute(page.url, child_text(entry, "loc"))
        if (
            link is None
            or not urls.same_site(link, page.url)
            or urls.canonical(link) == urls.canonical(page.url)
        ):
            continue
        if len(children) >= MAX_CHILDREN:
            truncated = True
            break
        changed = parse_stamp(child_text(entry, "lastmod") or "")
        children.setdefault(link, changed.at if changed is not None else None)
    dated = {link: at for link, at in children.items() if at is not None}
    by_age = len(dated) == len(children) > 1
    ordered = sorted(dated, key=dated.__getitem__, reverse=True) if by_age else list(children)
    return Sitemap(url=page.url, children=tuple(ordered), truncated=truncated, by_age=by_age)


def _row(
    entry: etree._Element, page: Page, platform: Platform | None, lastmod_is_publication: bool
) -> ListingRow | None:
    link = urls.absolute(page.url, child_text(entry, "loc"))
    if link is None or not urls.same_site(link, page.url) or urls.is_article(link, platform) is False:
        return None
    news = next((child for child in entry if local(child) == "news"), None)
    printed = child_text(news, "publication_date") if news is not None else None
    title = child_text(news, "title") if news is not None else None
    lastmod = child_text(entry, "lastmod")
    stamp = parse_stamp(lastmod, latest=page.fetched_at) if lastmod else None
    published = parse_stamp(printed, latest=page.fetched_at) if printed else None
    if published is None and lastmod_is_publication:
        published, stamp = stamp, None
    return ListingRow(
        url=urls.canonical(link, platform),
        title=clean(title) if title else None,
        published_at=published.at if published else None,
        published_precision=published.precision if published else None,
        modified_at=stamp.at if stamp else None,
    )
