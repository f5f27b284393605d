"""What a site and its sections call themselves: titles without slogans, "Trang chủ" and one another."""

from __future__ import annotations

import re

from crawler.reading.markup import parse, select, text_of
from crawler.reading.page import Listing, Page
from vietnam.writing import clean, fold

NAME_LENGTH = 120
"""Characters of a name: titles of home pages go on with slogans."""

_BETWEEN = re.compile(r"\s+[-–—|»·:]\s+")
_HOME = re.compile(r"^(?:trang chủ|home)\s+[-–—|»·:]\s+|\s+[-–—|»·:]\s+(?:trang chủ|home)$", re.IGNORECASE)
_STRONG = re.compile(r"\s+[|»·]\s+")
"""Separators that stand before a site's name only; a dash stands in "Tin tức – Sự kiện" too."""


def heading_of(listing: Listing, page: Page, home: Page) -> str:
    """What a section calls itself: its heading or title without the name of the site behind it.

    The site's name must go before the section is judged: "Kinh tế – Mặt trận và các đoàn thể huyện" is
    the economy of a site named after the Front.
    """
    title, of_site = clean(listing.title or "") or page_title(page), page_title(home)
    for cut in _BETWEEN.finditer(title):
        rest = title[cut.end() :]
        if of_site and (of_site.startswith(rest) or rest.startswith(of_site)):
            return title[: cut.start()]
    return _STRONG.split(title, maxsplit=1)[0]


def page_title(page: Page) -> str:
    """A page's ``title`` in one line; "" where it has none."""
    tree = parse(page)
    return (
        next((name for title in select(tree, "title") if (name := text_of(title))), "")
        if tree is not None
        else ""
    )


def site_name(page: Page) -> str:
    """What a page calls its site: Open Graph's ``site_name``, else its title; "" where it has neither."""
    tree = parse(page)
    if tree is None:
        return ""
    for meta in select(tree, 'meta[property="og:site_name"]'):
        if name := clean(meta.get("content") or ""):
            return name[:NAME_LENGTH].strip()
    return _once(page_title(page))[:NAME_LENGTH].strip()


def _once(title: str) -> str:
    """A home page's title without "Trang chủ" and without its second half where both are the same."""
    parts = [part for part in _BETWEEN.split(title) if fold(part) not in {"trang chu", "home", "trang nhat"}]
    known = {fold(part) for part in parts}
    return parts[0] if len(known) == 1 else _HOME.sub("", title)
