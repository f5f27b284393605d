"""The menu of a site: its links with their texts, for finding the sections of an unknown portal."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.reading import urls
from crawler.reading.markup import Element, anchors_of, base_of, names_of, parse, text_of
from crawler.reading.page import Page
from crawler.reading.structure import is_menu
from vietnam.writing import clean

_MENU_WORDS = 16
"""Syllables of the longest entry taken: the longest section name of data/portals.csv has 15
("Tin tức hoạt động Ủy ban Mặt trận Tổ quốc và các đoàn thể chính trị xã hội" without its dashes)."""
_SHORT_WORDS = 10


@dataclass(frozen=True, slots=True)
class MenuLink:
    """One entry of a menu; ``url`` is absolute and keeps its parameters. ``in_menu`` False: a short
    link of a list or heading elsewhere on the page, which may as well be a headline."""

    url: str
    text: str
    in_menu: bool = True


def section_links(page: Page) -> list[MenuLink]:
    """The menu and breadcrumb entries of a page that stay on its site, nested ones included, each
    address once, in page order; then other short links of lists and headings (portals without a
    marked menu). The home page, files, logins, feeds and searches are left out."""
    tree = parse(page)
    if tree is None:
        return []
    base = base_of(tree, page.url)
    menu: dict[str, MenuLink] = {}
    others: dict[str, MenuLink] = {}
    for anchor in anchors_of(tree):
        entry = _entry(anchor, base, page)
        if entry is None:
            continue
        key = urls.canonical(entry.url)
        words = len(entry.text.split())
        if _in_menu(anchor) and words <= _MENU_WORDS:
            menu.setdefault(key, entry)
        elif words <= _SHORT_WORDS and _in_list_or_heading(anchor):
            others.setdefault(key, MenuLink(entry.url, entry.text, in_menu=False))
    return [*menu.values(), *(entry for key, entry in others.items() if key not in menu)]


def linked(page: Page) -> list[str]:
    """Where the anchors of a page lead, absolute, in page order, each as often as it is linked."""
    tree = parse(page)
    if tree is None:
        return []
    base = base_of(tree, page.url)
    found = (urls.absolute(base, anchor.get("href")) for anchor in anchors_of(tree))
    return [url for url in found if url is not None]


def _entry(anchor: Element, base: str, page: Page) -> MenuLink | None:
    link = urls.absolute(base, anchor.get("href"))
    text = text_of(anchor) or clean(anchor.get("title") or "")
    if link is None or not text or not urls.same_site(link, page.url):
        return None
    home = urls.canonical(page.url).partition("?")[0].rstrip("/") == urls.canonical(link).rstrip("/")
    return None if home or urls.is_article(link) is False else MenuLink(link, text)


def _in_menu(anchor: Element) -> bool:
    return any(
        is_menu(up) or "menu" in names_of(up)
        for up in (anchor, *anchor.iterancestors())
        if up.tag not in ("body", "html", "footer")
    )


def _in_list_or_heading(anchor: Element) -> bool:
    return any(up.tag in ("li", "h1", "h2", "h3", "h4", "h5", "th") for up in anchor.iterancestors())
