"""Links to other articles at an article's foot: "Các tin cũ hơn", "Tin khác", and the ways to its neighbours.

On a portal whose lists have one page they are the only way to its older articles. What tells them from boxes
of the newest and the most read is their heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from crawler.reading import urls
from crawler.reading.markup import Element, base_of, parse, select, text_of
from crawler.reading.page import ListingRow, Page
from crawler.reading.platform import Platform
from vietnam.writing import clean, fold

_HEADING = re.compile(
    r"(?:(?:xem|doc)(?: them)? )?(?:(?:cac|nhung) )?(?:tin|bai|tin tuc|tin bai|bai viet|thong tin|ban tin)"
    r"(?: (?:tin|bai|bai viet|da dang))?"
    r" (?:(?:da )?(?:dua|dang|cu)(?: hon| truoc(?: do)?)?|truoc(?: do)?|khac|lien quan|tiep theo"
    r"|cung (?:chuyen muc|muc|loai|chu de|danh muc|the loai|chuyen de|nhom))"
    r"|cung (?:chuyen muc|muc|chu de|danh muc)|older (?:posts|news|articles)|related (?:posts|news|articles)"
)
_LONGEST_HEADING = 40
_UP = 4
"""Elements from a heading up to the one that holds its links as well."""
_MOST_LINKS = 40
"""Links of such a box; an element with more is half the page."""
_WORDS = 4
"""Words of a headline."""


def foot_links(page: Page, platform: Platform | None = None) -> list[ListingRow]:
    """The articles of the site that a page links below such a heading, or as the one before and after it."""
    tree = parse(page)
    if tree is None:
        return []
    base, own = base_of(tree, page.url), urls.article_key(page.url, platform)
    found: dict[str, ListingRow] = {}
    for anchor, is_named in _anchors(tree):
        link = urls.absolute(base, anchor.get("href"))
        title = text_of(anchor) or clean(anchor.get("title") or "")
        if link is None or not urls.same_site(link, page.url) or urls.is_article(link, platform) is False:
            continue
        if is_named and len(title.split()) < _WORDS:
            continue
        key = urls.article_key(link, platform)
        if key != own:
            # no title: these are cut off more often than those of lists
            found.setdefault(key, ListingRow(url=urls.canonical(link, platform)))
    return list(found.values())


def _anchors(tree: Element) -> Iterator[tuple[Element, bool]]:
    """The links, and whether their texts are headlines."""
    for heading in tree.iter():
        if not isinstance(heading.tag, str) or heading.tag in ("title", "option"):
            continue
        text = (heading.text or "").strip()
        if 0 < len(text) <= _LONGEST_HEADING and _HEADING.fullmatch(fold(text)):
            yield from ((anchor, True) for anchor in _below(heading))
    for anchor in select(tree, "a[rel~=prev], a[rel~=next]"):
        yield anchor, False


def _below(heading: Element) -> list[Element]:
    """The links behind a heading, in the smallest element around it that has any."""
    for box in islice(heading.iterancestors(), _UP):
        links, is_behind = [], False
        for element in box.iter():
            if element is heading:
                is_behind = True
            elif is_behind and element.tag == "a" and len(text_of(element).split()) >= _WORDS:
                links.append(element)
        if links:
            return links if len(links) <= _MOST_LINKS else []
    return []
