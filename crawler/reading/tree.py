"""A page as one lxml tree, parsed once; selectors compiled once; what a reader of it would see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import cast

from lxml import etree
from lxml.etree import _Element as Element

from crawler.reading.selectors import Index
from vietnam import writing

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}>", re.I)
SILENT = frozenset(
    (
        *("script", "style", "noscript", "template", "head", "meta", "link", "title"),
        *("svg", "math", "canvas", "iframe", "object", "embed", "audio", "video", "map", "area"),
        *("select", "option", "button", "input", "textarea", "label", "datalist", "dialog"),
    )
)
"""Elements whose text is never the author's."""
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
HIDDEN_CLASSES = frozenset(
    (
        "hidden",
        "hide",
        "d-none",
        "sr-only",
        "screen-reader-text",
        "visually-hidden",
        "visuallyhidden",
        "element-invisible",
        "hide-accessible",
        "ms-hidden",
        "ms-accessible",
    )
)
"""Bootstrap, WordPress, Drupal, Liferay and SharePoint hide text for screen readers by these."""


class Tree:
    """One parsed page. ``truncated`` tells that markup was nested deeper than the parser follows
    (2048 elements: libxml2), so that text may be missing."""

    __slots__ = ("_index", "body", "has_microdata", "root", "truncated")

    def __init__(self, root: Element, *, truncated: bool, has_microdata: bool) -> None:
        self.root = root
        self.truncated = truncated
        self.has_microdata = has_microdata
        body = next(root.iterchildren("body"), None)
        self.body: Element = root if body is None else body
        self._index: Index | None = None

    @property
    def index(self) -> Index:
        """The page's elements by class and id, made when first asked for."""
        if self._index is None:
            self._index = Index(self.root)
        return self._index

    def select(self, css: str) -> list[Element]:
        """The elements that a CSS selector matches, in page order."""
        return self.index.select(css)

    def first(self, selectors: Iterable[str]) -> tuple[Element, str] | None:
        """The first match of the best selector that matches anything, and that selector."""
        for css in selectors:
            if found := self.select(css):
                return found[0], css
        return None


TAGS = 200_000
"""Tags of a page that are read; the largest one recorded has 1,500. Each element costs some 30 µs:
10 MB of small paragraphs held up every portal of the process for half a minute (November 2026)."""


def parse(text: str, encoded: bytes | None = None) -> Tree | None:
    """The tree of an HTML text, or None where there is no markup at all. Never raises. ``encoded`` is the
    same text in UTF-8, where somebody has it already.

    lxml, because it is linear and bounded on markup made to hurt: 200,000 nested elements, 60,000
    unclosed tags take milliseconds (tests/crawler/reading/test_limits.py), where html.parser and
    lexbor take minutes.
    """
    if declaration := _XML_DECLARATION.match(text):
        text = text[declaration.end() :]
        encoded = encoded and encoded[len(declaration[0].encode("utf-8", "replace")) :]
    if not text or text.isspace():
        return None
    # a text of fewer characters has fewer tags: counting takes 50 µs
    too_long = len(text) > TAGS and text.count("<") > TAGS
    if too_long:
        text, encoded = "<".join(text.split("<", TAGS)[:TAGS]), None
    if encoded is None:
        encoded = text.encode("utf-8", "replace")
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(encoded, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    truncated = too_long or any("Excessive depth" in entry.message for entry in parser.error_log)
    return Tree(root, truncated=truncated, has_microdata=b"itemprop" in encoded)


@lru_cache(maxsize=64)
def _path(expression: str) -> etree.XPath:
    return etree.XPath(expression)


def xpath(element: Element, expression: str) -> list[Element]:
    """The elements that an XPath expression for elements finds, in page order. ``descendant::`` is a third
    faster than ``.//``, which visits every node of the page and then its children; ``*/@itemprop/..`` takes a
    quarter of ``*[@itemprop]``, which evaluates a condition for each element."""
    return cast("list[Element]", _path(expression)(element))


_LINKS = etree.XPath("count(descendant-or-self::a)")


def count_links(element: Element) -> int:
    """How many anchors an element holds, itself included."""
    return int(cast("float", _LINKS(element)))


def is_within(element: Element | None, root: Element) -> bool:
    """Whether an element is ``root`` or below it."""
    node = element
    while node is not None:
        if node is root:
            return True
        node = node.getparent()
    return False


def preferring(elements: list[Element], scope: Element) -> list[Element]:
    """The elements within ``scope``, or all where none is: a page's clock has an article date's class."""
    if len(elements) < 2:
        return elements
    return [element for element in elements if is_within(element, scope)] or elements


def is_hidden(element: Element) -> bool:
    """Whether the page itself hides the element from its readers."""
    names, style = element.get("class"), element.get("style")
    if (names and _hides(names)) or (style and _hides_by_style(style)):
        return True
    return element.get("hidden") is not None


def hides(own: Mapping[str, str]) -> bool:
    """:func:`is_hidden` by an element's attributes."""
    names, style = own.get("class"), own.get("style")
    return bool((names and _hides(names)) or (style and _hides_by_style(style))) or "hidden" in own


@lru_cache(maxsize=4096)
def _hides(names: str) -> bool:
    return not HIDDEN_CLASSES.isdisjoint(names.split())


@lru_cache(maxsize=4096)
def _hides_by_style(style: str) -> bool:
    return _HIDDEN_STYLE.search(style) is not None


def text_of(element: Element) -> str:
    """All text below an element as a reader sees it, in contract form (:func:`vietnam.writing.clean`)."""
    if not len(element):  # a link, a date: to walk through it takes three times as long
        return writing.clean(element.text or "")
    pieces: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, node in walker:
        if event == "start":
            if node.tag in SILENT and node is not element:
                walker.skip_subtree()
            elif node.tag == "br":
                pieces.append(" ")
            elif node.text:
                pieces.append(node.text)
        elif node is not element:
            if node.tag not in _INLINE:
                pieces.append(" ")
            if node.tail:
                pieces.append(node.tail)
    return writing.clean("".join(pieces))


_INLINE = frozenset(
    (
        *(
            "a",
            "abbr",
            "acronym",
            "b",
            "bdi",
            "big",
            "cite",
            "code",
            "em",
            "font",
            "i",
            "ins",
            "kbd",
            "mark",
            "q",
        ),
        *("s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "time", "o:p"),
    )
)


_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def names_of(element: Element) -> str:
    """Class and id of an element in lower case, words that only capitals part by hyphens (``ArticleSummary``
    is ``article-summary``); ``""`` where it has neither."""
    return spelled_names(element.get("class"), element.get("id"))


def spelled_names(names: str | None, own_id: str | None) -> str:
    """:func:`names_of` of a class and an id."""
    if names is None and own_id is None:
        return ""
    both = f"{names or ''} {own_id or ''}"
    lower = both.lower()
    return lower if lower == both else _CAMEL.sub("-", both).lower()
