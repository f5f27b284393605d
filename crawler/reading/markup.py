"""What listings and menus need of a tree beyond :mod:`crawler.reading.tree`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from lxml import etree
from lxml.etree import _Element as Element

from crawler.reading import tree
from crawler.reading.decoding import decode_both
from crawler.reading.page import Page
from crawler.reading.selectors import select
from crawler.reading.tree import names_of, text_of

__all__ = [
    "MAX_LINKS",
    "Element",
    "anchors_of",
    "base_of",
    "drop",
    "is_longer",
    "names_of",
    "parse",
    "select",
    "select_all",
    "text_of",
    "union",
]

MAX_LINKS = 3_000
MAX_DEPTH = 200
_NO_TEXT = ("script", "style", "noscript", "template", "svg", "iframe", "select")


def parse(page: Page) -> Element | None:
    """The root of the page's tree without scripts and the like, or None where it has no markup."""
    parsed = tree.parse(*decode_both(page.body, page.content_type))
    if parsed is None:
        return None
    etree.strip_elements(parsed.root, *_NO_TEXT, with_tail=False)
    return parsed.root


def select_all(element: Element, selectors: Iterable[str]) -> list[Element]:
    """The matches of the first selector that matches anything."""
    for css in selectors:
        if found := select(element, css):
            return found
    return []


def union(element: Element, selectors: Iterable[str]) -> list[Element]:
    """The matches of any of the selectors, in page order, each once."""
    selectors = tuple(selectors)
    return select(element, ", ".join(selectors)) if selectors else []


def anchors_of(root: Element) -> Iterator[Element]:
    """The anchors of a page in page order: at most 3,000 of them, none deeper than 200 elements. The
    recorded pages have up to 120 links at a depth of up to 25; a page made to hurt has more
    (hostile_servers.md 49, 50), and every step of reading a listing climbs from its links."""
    for anchor in islice(root.iter("a"), MAX_LINKS):
        if next(islice(anchor.iterancestors(), MAX_DEPTH, None), None) is None:
            yield anchor


def is_longer(element: Element, limit: int) -> bool:
    """Whether an element holds more than ``limit`` characters of text; stops counting there."""
    if not len(element):
        return len((element.text or "").strip()) > limit
    length = 0
    for piece in element.itertext():
        length += len(str(piece).strip())
        if length > limit:
            return True
    return False


def drop(element: Element) -> None:
    """Take an element out of the tree, keeping the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def base_of(root: Element, url: str) -> str:
    """The address that relative links resolve against: an absolute ``<base href>``, else ``url``."""
    for base in root.iter("base"):
        href = (base.get("href") or "").strip()
        if href.lower().startswith(("http://", "https://")):
            return href
        if href.startswith("//"):
            return f"{url.partition(':')[0]}:{href}"
        break
    return url
