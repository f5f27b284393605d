"""Menus that are no links: drop-down boxes, cells that a script makes clickable, image maps, icons, drawings,
what scripts name; and the ways to a home page that lies behind a frameset or an intro page.

Each is a claim like any link's text: a section that it names is read before it is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from urllib.parse import urlencode

from crawler.reading import tree as trees
from crawler.reading import urls
from crawler.reading.decoding import decode
from crawler.reading.markup import Element, base_of, parse, select, text_of
from crawler.reading.page import Page
from crawler.reading.page_numbers import OFFSET, PARAMETER
from crawler.reading.reader import read
from spiders.script_menus import MOST_LINKS, SCRIPT, own_links, script_links
from vietnam.writing import fold

FRAMES = 3
FEW_LINKS = 8
"""A page with more links is a home page of its own, whatever it would lead on to."""
LITTLE_TEXT = 300
"""Letters of a page that says no more than its name, "Loading" and "Please enable JavaScript"."""

_LOCATION = re.compile(r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\(|open\()\s*['\"]([^'\"]+)")
_OPTION = re.compile(
    r"<option\b[^>]*?\bvalue\s*=\s*['\"]((?:/|https?:|\?|\./)[^'\"]{0,300})['\"][^>]*>([^<]{2,120})",
    re.IGNORECASE,
)
_PATH = re.compile(r"['\"]((?:/|https?:|\?)[^'\"]{1,300})['\"]")
_MORE = re.compile(
    r"(?:xem|doc) (?:them|tiep|tat ca|het|toan bo)(?: tin)?|tat ca|chi tiet|more|view all|see all"
)
_ENTRANCE = re.compile(
    r"(?:tieng viet|vietnamese|vn|vi|trang chu|vao (?:trang|website|cong).*|enter(?: site)?)"
)
_REFRESH = re.compile(r"url\s*=\s*['\"]?\s*([^'\"\s;]+)", re.IGNORECASE)
_IS_PAGE = re.compile(rf"data-(?:{PARAMETER.pattern}|{OFFSET.pattern})", re.IGNORECASE)
_DIRECTORY = re.compile(
    r"(?:so do|ban do)(?: trang| site| cong| website)*|site ?map|rss(?: feeds?)?|tat ca chuyen muc"
)


def hidden_links(page: Page) -> list[tuple[str, str]]:
    """Addresses with their names that a page's boxes, scripts and pictures lead to, on its own site."""
    tree = parse(page)
    if tree is None:
        return []
    base = base_of(tree, page.url)
    found: list[tuple[str, str]] = []
    markup = decode(page)
    found += [(unescape(to), unescape(name)) for to, name in _OPTION.findall(markup)]
    for element in select(tree, "[onclick]"):
        to = _LOCATION.search(element.get("onclick") or "")
        found += [(to[1], text_of(element))] if to else []
    areas = select(tree, "area[href]")
    found += [(area.get("href") or "", area.get("alt") or area.get("title") or "") for area in areas]
    for element in select(tree, "[data-href], [data-url], [data-link]"):
        if any(map(_IS_PAGE.fullmatch, map(str, element.attrib))):
            continue  # loads the next page of the list above it
        address = element.get("data-href") or element.get("data-url") or element.get("data-link") or ""
        found += [(address, text_of(element))]
    for anchor in select(tree, "a[href^='javascript:']"):
        to = _PATH.search(anchor.get("href") or "")
        found += [(to[1], text_of(anchor))] if to else []
    found += _named_by_heading(tree)
    found += script_links(markup)
    found += _without_words(tree)
    found += _behind_hash(tree)
    found += _put_aside(markup)
    return own_links(found, base, page.url)


def _named_by_heading(tree: Element) -> Iterator[tuple[str, str]]:
    """The "Xem thêm" of a box whose heading is no link: the box's name is the section's."""
    for anchor in islice(select(tree, "a[href]"), 2000):
        if not _MORE.fullmatch(fold(text_of(anchor))):
            continue
        for box in islice(anchor.iterancestors(), 3):
            heading = next((h for h in box.iter("h1", "h2", "h3", "h4", "h5") if text_of(h)), None)
            if heading is not None:
                if next(heading.iter("a"), None) is None:
                    yield anchor.get("href") or "", text_of(heading)
                break


def _without_words(tree: Element) -> Iterator[tuple[str, str]]:
    """Links that are a picture or an icon: what they are called for those who cannot see them."""
    for anchor in islice(select(tree, "a[href]"), 2000):
        if not text_of(anchor):
            pictures = (image.get("alt") for image in anchor.iter("img"))
            names = (anchor.get("title"), anchor.get("aria-label"), *pictures)
            yield anchor.get("href") or "", next(filter(None, names), "")


def _behind_hash(tree: Element) -> Iterator[tuple[str, str]]:
    """Routes of scripts, ``#!/mat-tran``: many servers answer the same path without its hash."""
    for anchor in islice(select(tree, "a[href^='#']"), 500):
        route = (anchor.get("href") or "").lstrip("#!")
        if route.startswith("/"):
            yield route, text_of(anchor)


def _put_aside(markup: str) -> Iterator[tuple[str, str]]:
    """Links in what the reader of articles never looks at: templates, drawings, boxes for browsers without
    scripts, and forms that ask for a section."""
    parsed = trees.parse(markup)
    if parsed is None:
        return
    for anchor in islice(select(parsed.root, "template a, noscript a, svg a"), 500):
        yield anchor.get("href") or anchor.get("xlink:href") or "", text_of(anchor)
    for form in islice(select(parsed.root, "form[action]"), 10):
        if (form.get("method") or "get").lower() != "get":
            continue
        for box in islice(form.iter("select"), 3):
            for option in islice(box.iter("option"), MOST_LINKS):
                if (value := option.get("value")) and (name := box.get("name")):
                    yield f"{form.get('action')}?{urlencode({name: value})}", text_of(option)


def frames(page: Page) -> list[str]:
    """Addresses of a page's frames, on its own site: those of a frameset, and those in the page."""
    parsed = trees.parse(decode(page))
    found = select(parsed.root, "frame[src], iframe[src]") if parsed is not None else []
    addresses = (urls.absolute(page.url, frame.get("src")) for frame in found)
    return [url for url in addresses if url is not None and urls.same_site(url, page.url)][:FRAMES]


def leads_on_to(page: Page) -> str | None:
    """Where an intro page sends its visitor: a refresh with an address, a script's, or its only link. None
    for a page with links of its own."""
    tree = parse(page)
    if tree is None or len(select(tree, "a[href]")) > FEW_LINKS:
        return None
    here = urls.canonical(page.url)
    told = [
        found[1]
        for meta in select(tree, "meta[http-equiv]")
        if (meta.get("http-equiv") or "").lower() == "refresh"
        and (found := _REFRESH.search(meta.get("content") or ""))
    ]
    if not select(tree, "frameset") and len(text_of(tree)) < 400:
        told += [to for script in SCRIPT.findall(decode(page)) for to in _LOCATION.findall(script)]
        anchors = {urls.absolute(page.url, a.get("href")) for a in select(tree, "a[href]")} - {None}
        told += [one for one in anchors if one is not None and len(anchors) == 1]
        told += [
            a.get("href") or "" for a in select(tree, "a[href]") if _ENTRANCE.fullmatch(fold(text_of(a)))
        ]
    for address in told:
        url = urls.absolute(base_of(tree, page.url), address)
        if url is not None and urls.canonical(url) != here:
            return url
    return None


def is_built_by_scripts(page: Page) -> bool:
    """Whether a page has scripts and next to nothing to read: a browser would make it of them."""
    tree = parse(page)
    return tree is None or (len(text_of(tree)) < LITTLE_TEXT and SCRIPT.search(decode(page)) is not None)


def challenge_of(page: Page) -> str | None:
    """What a page says that stands before the whole site (a firewall's, a cookie wall); None for others."""
    reading = read(page)
    return f"the home page {reading.reason}" if reading.kind == "waf" else None


def directories(page: Page) -> list[str]:
    """Pages that list a site's sections: "Sơ đồ trang", "Sitemap", "RSS"."""
    tree = parse(page)
    if tree is None:
        return []
    base = base_of(tree, page.url)
    found: dict[str, None] = {}
    for anchor in islice(select(tree, "a[href]"), 2000):
        name = fold(text_of(anchor) or anchor.get("title") or "")
        url = urls.absolute(base, anchor.get("href")) if _DIRECTORY.fullmatch(name) else None
        if url is not None and urls.same_site(url, page.url):
            found[url] = None
    return list(found)[:2]
