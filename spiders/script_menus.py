"""Menus in scripts: JSON in the page or in a file, scripts' own objects, calls that draw a tree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from urllib.parse import urljoin, urlsplit

from crawler.reading import urls
from crawler.reading.decoding import decode
from crawler.reading.page import Page
from vietnam.writing import clean

MOST_LINKS = 400
"""Entries that are taken from one page's scripts and boxes."""
MOST_SCRIPTS = 60
MENU_FILES = 2

SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.IGNORECASE | re.DOTALL)
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
_NO_DATA = re.compile(r"\.(?:js|css|png|jpe?g|gif|svg|html?|aspx)(?:\?|$)", re.IGNORECASE)
_GROUP = re.compile(
    r"[{(\[]((?:[^{}()\[\]'\"]|'(?:[^'\\\n]|\\.){0,300}'|\"(?:[^\"\\\n]|\\.){0,300}\"){3,900})"
)
"""What stands in one bracket before another opens or this one closes: a call's values, or an object's."""
_LITERAL = re.compile(r"(?:'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\")(?!\s*:)")
_ADDRESS = re.compile(
    r"(?:https?://|/|\./|\?)[^\s<>]*|[\w./-]+\.(?:html?|aspx?|php|jsp|do)(?:\?\S*)?", re.IGNORECASE
)
_LETTERS = re.compile(r"[^\W\d_]{2}")


def script_links(markup: str) -> list[tuple[str, str]]:
    """Address and name of each entry that a page's scripts name, as they write them."""
    found: list[tuple[str, str]] = []
    for script in islice(SCRIPT.findall(markup), MOST_SCRIPTS):
        found += _pairs(script)
        found += islice(_side_by_side(script), MOST_LINKS)
    return found


def json_links(page: Page) -> list[tuple[str, str]]:
    """The entries of a menu that is a JSON file; [] for anything else."""
    text = decode(page).strip()
    return own_links(_pairs(text), page.url, page.url) if text.startswith(("{", "[")) else []


def menu_files(page: Page) -> list[str]:
    """Addresses on the page's own site that its scripts name and that sound like a menu's data."""
    found: dict[str, None] = {}
    for script in islice(SCRIPT.findall(decode(page)), MOST_SCRIPTS):
        for name in _MENU_FILE.findall(script):
            url = urls.absolute(page.url, name) if "/" in name and not _NO_DATA.search(name) else None
            if url is not None and urls.same_site(url, page.url):
                found[url] = None
    return list(found)[:MENU_FILES]


def own_links(found: list[tuple[str, str]], base: str, page_url: str) -> list[tuple[str, str]]:
    """The entries that have a name and stay on the site, each address once."""
    names: dict[str, str] = {}
    for url, name in _absolute(found, base, page_url):
        names.setdefault(url, name)
    return list(names.items())[:MOST_LINKS]


def _absolute(found: list[tuple[str, str]], base: str, page_url: str) -> Iterator[tuple[str, str]]:
    for address, text in found:
        name = clean(text)
        url = urls.absolute(base, address) if name else None
        if url is not None and urls.same_site(url, page_url) and urlsplit(url).path + urlsplit(url).query:
            yield urljoin(base, url), name


def _pairs(text: str) -> list[tuple[str, str]]:
    """Address and name of each object of JSON, or of a script's object that looks like it."""
    found = []
    for pattern, name_first in zip(_PAIRS, (True, False), strict=True):
        for one, other in islice(pattern.findall(text), MOST_LINKS):
            name, address = (one, other) if name_first else (other, one)
            found.append((_unescaped(address), _unescaped(name)))
    return found


def _side_by_side(script: str) -> Iterator[tuple[str, str]]:
    """An address and a text in one bracket: ``{ten: 'Mặt trận', link: '/mt'}``, ``d.add(1, 0, 'Mặt trận',
    '/mt')``."""
    for group in islice(_GROUP.finditer(script), 4 * MOST_LINKS):
        literals = [_unescaped(one or other) for one, other in _LITERAL.findall(group[1])]
        address = next((text for text in literals if _ADDRESS.fullmatch(text)), None)
        name = next(
            (text for text in literals if _LETTERS.search(text) and not _ADDRESS.fullmatch(text)), None
        )
        if address is not None and name is not None:
            yield address, unescape(name)


def _unescaped(text: str) -> str:
    try:
        return str(json.loads('"' + text.replace("\\'", "'") + '"'))
    except ValueError:
        return text
