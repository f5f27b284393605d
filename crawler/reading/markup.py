"""HTML as a tree for listings and menus: parsed once, asked by CSS, texts cleaned."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from lxml import etree, html
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from crawler.reading.decoding import decode
from crawler.reading.page import Page
from vietnam.writing import clean

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_SILENT = ("script", "style", "noscript", "template", "svg", "iframe", "select")
_INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "big",
        "cite",
        "em",
        "font",
        "i",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
    }
)
"""Elements that end no word: a theme may colour a single letter."""


def parse(page: Page) -> HtmlElement | None:
    """The page's tree, or None where it has no element at all. Never raises on bad markup."""
    text = _XML_DECLARATION.sub("", decode(page).replace("\x00", ""), count=1)
    if not text.strip():
        return None
    try:
        tree = html.document_fromstring(text)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    etree.strip_elements(tree, etree.Comment, *_SILENT, with_tail=False)
    return tree


@lru_cache(maxsize=2048)
def _selector(css: str) -> CSSSelector:
    return CSSSelector(css, translator="html")


def select(element: HtmlElement, css: str) -> list[HtmlElement]:
    """Elements below ``element`` that the CSS selector matches, in page order."""
    found = _selector(css)(element)
    return found if isinstance(found, list) else []


def select_all(element: HtmlElement, selectors: Iterable[str]) -> list[HtmlElement]:
    """The matches of the first selector that matches anything."""
    for css in selectors:
        if found := select(element, css):
            return found
    return []


def union(element: HtmlElement, selectors: Iterable[str]) -> list[HtmlElement]:
    """The matches of any of the selectors, in page order, each once."""
    selectors = tuple(selectors)
    return select(element, ", ".join(selectors)) if selectors else []


def text_of(element: HtmlElement) -> str:
    """All text below an element, cleaned; blocks are set apart by a space, inline elements are not."""
    if len(element) == 0:
        return clean(element.text or "")
    pieces: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if node.tag not in _INLINE:
            pieces.append(" ")
        if event == "start":
            pieces.append(node.text or "")
        elif node is not element:
            pieces.append(node.tail or "")
    return clean("".join(pieces))


def is_longer(element: HtmlElement, limit: int) -> bool:
    """Whether an element holds more than ``limit`` characters of text; stops counting there."""
    length = 0
    for piece in element.itertext():
        length += len(piece.strip())
        if length > limit:
            return True
    return False


def names_of(element: HtmlElement) -> str:
    """Class and id of an element in lower case, ``""`` where it has none."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".strip().lower()


def drop(element: HtmlElement) -> None:
    """Take an element out of the tree, keeping the text after it."""
    parent = element.getparent()
    if parent is not None:
        element.drop_tree()


def base_of(tree: HtmlElement, url: str) -> str:
    """The address that relative links resolve against: ``<base href>`` of the same scheme, else ``url``."""
    for base in tree.iter("base"):
        href = (base.get("href") or "").strip()
        if href.lower().startswith(("http://", "https://", "//")):
            return href if not href.startswith("//") else f"{url.partition(':')[0]}:{href}"
        break
    return url
