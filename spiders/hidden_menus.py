"""Menus that are no links: drop-down boxes, cells that a script makes clickable, image maps, JSON in the page
or in a file of its own; and the ways to a home page that lies behind a frameset or an intro page.

Each is a claim like any link's text: a section that it names is read before it is believed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from urllib.parse import urljoin, urlsplit

from crawler.reading import urls
from crawler.reading.decoding import decode
from crawler.reading.markup import Element, base_of, parse, select, text_of
from crawler.reading.page import Page
from vietnam.writing import clean, fold

MOST_LINKS = 400
"""Entries that are taken from one page's scripts and boxes."""
FEW_LINKS = 8
"""A page with more links is a home page of its own, whatever it would lead on to."""
MENU_FILES = 2
LITTLE_TEXT = 300
"""Letters of a page that says no more than its name, "Loading" and "Please enable JavaScript"."""

_LOCATION = re.compile(r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\(|open\()\s*['\"]([^'\"]+)")
_NAME_KEY = r"(?:title|name|text|label|caption|ten\w*|tieu_?de|menu_?name|tenchuyenmuc)"
_URL_KEY = r"(?:url|href|link|path|to|slug|alias|duong_?dan|lien_?ket)"
_STRING = r'\s*"((?:[^"\\]|\\.){1,200})"'
_PAIRS = (
    re.compile(rf'"{_NAME_KEY}"\s*:{_STRING}[^{{}}\[\]]{{0,300}}?"{_URL_KEY}"\s*:{_STRING}', re.IGNORECASE),
    re.compile(rf'"{_URL_KEY}"\s*:{_STRING}[^{{}}\[\]]{{0,300}}?"{_NAME_KEY}"\s*:{_STRING}', re.IGNORECASE),
)
_MENU_FILE = re.compile(
    r"['\"]((?:https?:)?/?[^'\"\s<>]{0,150}(?:menu|nav|categor|chuyen-?muc|danh-?muc)[^'\"\s<>]{0,80})['\"]",
    re.IGNORECASE,
)
_OPTION = re.compile(
    r"<option\b[^>]*?\bvalue\s*=\s*['\"]((?:/|https?:|\?|\./)[^'\"]{0,300})['\"][^>]*>([^<]{2,120})",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.IGNORECASE | re.DOTALL)
_NO_DATA = re.compile(r"\.(?:js|css|png|jpe?g|gif|svg|html?|aspx)(?:\?|$)", re.IGNORECASE)
_PATH = re.compile(r"['\"]((?:/|https?:|\?)[^'\"]{1,300})['\"]")
_MORE = re.compile(
    r"(?:xem|doc) (?:them|tiep|tat ca|het|toan bo)(?: tin)?|tat ca|chi tiet|more|view all|see all"
)
_REFRESH = re.compile(r"url\s*=\s*['\"]?\s*([^'\"\s;]+)", re.IGNORECASE)
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
        address = element.get("data-href") or element.get("data-url") or element.get("data-link") or ""
        found += [(address, text_of(element))]
    for anchor in select(tree, "a[href^='javascript:']"):
        to = _PATH.search(anchor.get("href") or "")
        found += [(to[1], text_of(anchor))] if to else []
    found += _named_by_heading(tree)
    for image in select(tree, "a[href] img[alt]"):
        anchor = next(image.iterancestors("a"))
        found += [(anchor.get("href") or "", image.get("alt") or "")] if not text_of(anchor) else []
    for script in islice(_SCRIPT.findall(markup), 60):
        found += _pairs(script)
    return _own(found, base, page.url)


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


def json_links(page: Page) -> list[tuple[str, str]]:
    """The entries of a menu that is a JSON file; [] for anything else."""
    text = decode(page).strip()
    if not text.startswith(("{", "[")):
        return []
    return _own(_pairs(text), page.url, page.url)


def menu_files(page: Page) -> list[str]:
    """Addresses on the page's own site that its scripts name and that sound like a menu's data."""
    found: dict[str, None] = {}
    for script in islice(_SCRIPT.findall(decode(page)), 60):
        for name in _MENU_FILE.findall(script):
            url = urls.absolute(page.url, name) if "/" in name and not _NO_DATA.search(name) else None
            if url is not None and urls.same_site(url, page.url):
                found[url] = None
    return list(found)[:MENU_FILES]


def frames(page: Page) -> list[str]:
    """Addresses of the frames of a frameset, on the page's own site; [] for a page of its own."""
    tree = parse(page)
    found = select(tree, "frameset frame[src]") if tree is not None else []
    addresses = (urls.absolute(page.url, frame.get("src")) for frame in found)
    return [url for url in addresses if url is not None and urls.same_site(url, page.url)][:3]


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
        told += [to for script in _SCRIPT.findall(decode(page)) for to in _LOCATION.findall(script)]
        anchors = {urls.absolute(page.url, a.get("href")) for a in select(tree, "a[href]")} - {None}
        told += [one for one in anchors if one is not None and len(anchors) == 1]
    for address in told:
        url = urls.absolute(base_of(tree, page.url), address)
        if url is not None and urls.canonical(url) != here:
            return url
    return None


def is_built_by_scripts(page: Page) -> bool:
    """Whether a page has scripts and next to nothing to read: a browser would make it of them."""
    tree = parse(page)
    return tree is None or (len(text_of(tree)) < LITTLE_TEXT and _SCRIPT.search(decode(page)) is not None)


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


def _pairs(text: str) -> list[tuple[str, str]]:
    """Address and name of each object of JSON, or of a script's object that looks like it."""
    found = []
    for pattern, name_first in zip(_PAIRS, (True, False), strict=True):
        for one, other in islice(pattern.findall(text), MOST_LINKS):
            name, address = (one, other) if name_first else (other, one)
            found.append((_unescaped(address), _unescaped(name)))
    return found


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text


def _own(found: list[tuple[str, str]], base: str, page_url: str) -> list[tuple[str, str]]:
    """The entries that have a name and stay on the site, each address once."""
    return list({url: (url, name) for url, name in _absolute(found, base, page_url)}.values())[:MOST_LINKS]


def _absolute(found: list[tuple[str, str]], base: str, page_url: str) -> Iterator[tuple[str, str]]:
    for address, text in found:
        name = clean(text)
        url = urls.absolute(base, address) if name else None
        if url is not None and urls.same_site(url, page_url) and urlsplit(url).path + urlsplit(url).query:
            yield urljoin(base, url), name
