"""What a site and its sections call themselves: titles without slogans, "Trang chủ" and one another."""

from __future__ import annotations

import re

from crawler.reading.markup import Element, parse, select, text_of
from crawler.reading.page import Listing, Page
from vietnam.writing import clean, fold

NAME_LENGTH = 120
"""Characters of a name: titles of home pages go on with slogans."""

_BETWEEN = re.compile(r"\s+[-–—|»·:]\s+")
_HOME = re.compile(r"^(?:trang chủ|home)\s+[-–—|»·:]\s+|\s+[-–—|»·:]\s+(?:trang chủ|home)$", re.IGNORECASE)
_HOME_PAGES = frozenset({"trang chu", "home", "trang nhat"})
_ANY_SITE = _HOME_PAGES | {"", "index", "cong thong tin dien tu", "trang thong tin dien tu"}
"""Titles that any site may have."""
_OWNER = re.compile(
    r"(?:(?:bản quyền (?:thuộc(?: về)?|của)|(?:©|copyright)[©\s]*(?:\d{4})?|cơ quan chủ quản"
    r"|đơn vị (?:chủ quản|quản lý))\s*:?\s*){1,2}"
    r"(?P<name>[^\W\d_][^.|;:–\n]{7,119}?)(?=\s*(?:[.|;:–\n]|\s-\s|$))",
    re.IGNORECASE,
)
_SITE = re.compile(r"(?P<name>(?:cổng|trang) thông tin điện tử\s+[^\W\d_][^.|;:–\n]{4,99})$", re.IGNORECASE)
"""A line that is a site's name, as it stands above its address."""
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
    """What a page calls its site: Open Graph's ``site_name``, else its title, else whose it says to be at its
    foot; "" where it has none of them."""
    tree = parse(page)
    if tree is None:
        return ""
    for meta in select(tree, 'meta[property="og:site_name"]'):
        if name := clean(meta.get("content") or ""):
            return name[:NAME_LENGTH].strip()
    title = _once(page_title(page))
    named = title if fold(title) not in _ANY_SITE else _printed_owner(tree) or title
    return named[:NAME_LENGTH].strip()


def _printed_owner(tree: Element) -> str:
    """Who answers for a site, else the name that stands above its address, both as printed at the foot."""
    texts = [clean(str(piece)) for piece in tree.itertext()]
    for form in (_OWNER, _SITE):
        for text in reversed(texts):
            if named := form.match(text):
                return named["name"].strip()
    return ""


def _once(title: str) -> str:
    """A home page's title without "Trang chủ" and without its second half where both are the same."""
    parts = [part for part in _BETWEEN.split(title) if fold(part) not in _HOME_PAGES]
    known = {fold(part) for part in parts}
    return parts[0] if len(known) == 1 else _HOME.sub("", title)
