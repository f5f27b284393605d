"""CSS selectors asked of an index of class names, ids and tags.

A platform lists the selectors of all its themes, some fifty of them, and a page answers few. XPath walks
the whole page for each (0.17 ms on a page of 500 elements, November 2026: 3 ms for a page); here the
last part of a selector looks its candidates up and the rest is checked on their ancestors. What this
grammar does not know (alternatives, most pseudo-classes) is left to lxml.
"""

from __future__ import annotations

import re
from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.etree import _Element as Element

_PART = re.compile(
    r"""(?P<tag>[a-zA-Z][\w-]*|\*)
    | \#(?P<id>[\w-]+)
    | \.(?P<name>[\w-]+)
    | \[\s*(?P<attribute>[\w-]+)\s*(?:(?P<how>[~^$*]?=)\s*["']?(?P<value>[^"'\]]*)["']?\s*)?\]
    | :(?P<edge>first-child|last-child)(?![\w-])
    | (?P<combinator>\s*[>+~]\s*|\s+)""",
    re.X,
)


@dataclass(frozen=True, slots=True)
class _Compound:
    """What one element must be: ``div.a.b#c[d=e]``; ``combinator`` joins it to the one before."""

    tag: str | None
    own_id: str | None
    names: tuple[str, ...]
    attributes: tuple[tuple[str, str | None, str], ...]
    edges: tuple[str, ...]
    combinator: str | None

    def matches(self, node: Element) -> bool:
        if self.tag is not None and node.tag != self.tag:
            return False
        if self.own_id is not None and node.get("id") != self.own_id:
            return False
        if self.names:
            have = node.get("class")
            if have is None or not _split(have).issuperset(self.names):
                return False
        if self.edges and any(not _stands_at(node, edge) for edge in self.edges):
            return False
        if not self.attributes:
            return True
        return all(_has(node.get(name), how, value) for name, how, value in self.attributes)


@dataclass(frozen=True, slots=True)
class _Selector:
    """The ``compounds`` of a selector, the last one first, and what a page must have for it: most selectors
    of a platform's many themes need not be looked for, as their page is another one."""

    compounds: tuple[_Compound, ...]
    names: tuple[str, ...]
    ids: tuple[str, ...]
    one_name: str | None
    """The class name of a selector that asks for nothing else."""

    @classmethod
    def of(cls, compounds: Sequence[_Compound]) -> _Selector:
        last = compounds[-1]
        asks_more = len(compounds) > 1 or last.tag or last.own_id or last.attributes or last.edges
        return cls(
            tuple(reversed(compounds)),
            tuple(name for part in compounds for name in part.names),
            tuple(part.own_id for part in compounds if part.own_id is not None),
            None if asks_more or len(last.names) != 1 else last.names[0],
        )


def _stands_at(node: Element, edge: str) -> bool:
    return (node.getprevious() if edge == "first-child" else node.getnext()) is None


def _has(actual: str | None, how: str | None, value: str) -> bool:
    if actual is None:
        return False
    match how:
        case None:
            return True
        case "=":
            return actual == value
        case "~=":
            return value in actual.split()
        case "^=":
            return bool(value) and actual.startswith(value)
        case "$=":
            return bool(value) and actual.endswith(value)
        case _:
            return bool(value) and value in actual


@lru_cache(maxsize=4096)
def _parse(css: str) -> _Selector | None:
    """A selector; None for what this grammar does not know."""
    compounds: list[_Compound] = []
    tag: str | None = None
    own_id: str | None = None
    names: list[str] = []
    attributes: list[tuple[str, str | None, str]] = []
    edges: list[str] = []
    combinator: str | None = None
    text, at, fresh = css.strip(), 0, True
    while at < len(text):
        found = _PART.match(text, at)
        if found is None or (found.group("tag") and not fresh):
            return None
        at = found.end()
        if joint := found.group("combinator"):
            compounds.append(
                _Compound(tag, own_id, tuple(names), tuple(attributes), tuple(edges), combinator)
            )
            tag, own_id, names, attributes, edges, fresh = None, None, [], [], [], True
            combinator = joint.strip() or " "
            continue
        fresh = False
        if found.group("tag"):
            tag = None if found.group("tag") == "*" else found.group("tag").lower()
        elif found.group("id"):
            own_id = found.group("id")
        elif found.group("name"):
            names.append(found.group("name"))
        elif found.group("edge"):
            edges.append(found.group("edge"))
        else:
            attributes.append((found.group("attribute"), found.group("how"), found.group("value") or ""))
    if fresh:
        return None
    compounds.append(_Compound(tag, own_id, tuple(names), tuple(attributes), tuple(edges), combinator))
    return _Selector.of(compounds)


@lru_cache(maxsize=256)
def _by_first_name(selectors: tuple[str, ...]) -> tuple[tuple[str, str | None], ...]:
    """Selectors, each with a class name without which it matches nothing; None for what needs none."""
    parsed = [(css, _parse(css)) for css in selectors]
    return tuple((css, told.names[0] if told is not None and told.names else None) for css, told in parsed)


@lru_cache(maxsize=2048)
def _compiled(css: str) -> CSSSelector:
    return CSSSelector(css, translator="html")


def select(element: Element, css: str) -> list[Element]:
    """The elements below ``element`` that a CSS selector matches, in page order: for parts of a page."""
    return cast("list[Element]", _compiled(css)(element))


_BRACKETS = re.compile(r"\[[^\]]*\]|:not\([^()]*\)", re.IGNORECASE)
_NAMES = re.compile(r"\.[\w-]+|#[\w-]+")


@lru_cache(maxsize=4096)
def needs(css: str) -> frozenset[str]:
    """Class names, and ids behind a ``#``, without all of which a selector matches nothing."""
    bare = _BRACKETS.sub("", css)
    if "," in bare or ":not" in bare.lower() or "\\" in bare:
        return frozenset()  # alternatives, and what must not be there
    return frozenset(name.removeprefix(".") for name in _NAMES.findall(bare))


def with_attribute(root: Element, name: str) -> list[Element]:
    """The elements that have an attribute, in page order."""
    return cast("list[Element]", _with("*", name)(root))


_CLASSES = etree.XPath("descendant-or-self::*/@class", smart_strings=False)
"""The class attributes of a page as plain texts: a third of the instructions of asking each element for its
own (0.41 and 1.2 million for 440 elements, November 2026), as no element becomes an object for it."""
_WITH_CLASS = etree.XPath("descendant-or-self::*/@class/..")
_WITH_ID = etree.XPath("descendant-or-self::*/@id/..")
"""Attributes and then their elements: a fifth of the time of ``*[@id]``, which evaluates a condition for each
element of the page."""


@lru_cache(maxsize=64)
def _with(tag: str, attribute: str) -> etree.XPath:
    return etree.XPath(f"descendant-or-self::{tag}/@{attribute}/..")


_Way = tuple[int, ...]
"""From the root to an element: which child of the one around it each is. Their order is that of the page."""
_KNOWN_WAYS: dict[str, tuple[tuple[_Way, ...], ...]] = {}
"""Where on other pages the elements with a class attribute stood, latest first: a portal prints all its
articles by one template."""
_MOST_WAYS, _WAYS_EACH = 4_096, 8
"""Class attributes that are remembered, and templates that may call elements alike: as many as there are
portals of one platform that a crawl reads in turn."""
_LONGEST_WAY, _LONGEST_NAMES, _MOST_ALIKE = 40, 300, 8
"""Elements around one, characters of a class attribute, elements with it: what is more is not remembered."""
_FEW = 12
"""Class attributes whose elements are sought where they stand on other pages; for more, all are fetched."""
_MANY = 1_000
"""Different class attributes from which a page is made to hurt, and nothing of it is remembered."""


def _way_to(node: Element) -> _Way:
    way: list[int] = []
    while (around := node.getparent()) is not None:
        way.append(around.index(node))
        node = around
    return tuple(reversed(way))


def _remember(names: str, elements: list[Element]) -> None:
    if len(names) > _LONGEST_NAMES or len(elements) > _MOST_ALIKE:
        return
    ways = tuple(way for element in elements if len(way := _way_to(element)) <= _LONGEST_WAY)
    if len(_KNOWN_WAYS) >= _MOST_WAYS:
        _KNOWN_WAYS.clear()
    _KNOWN_WAYS[names] = (ways, *_KNOWN_WAYS.get(names, ())[: _WAYS_EACH - 1])


@lru_cache(maxsize=32)
def _finder(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """Whether a pattern finds something in a class or id, remembered, as every page of a portal has the same.

    Each pattern has a memory of its own, for its hash is that of its whole code: 3,000 instructions.
    """

    @lru_cache(maxsize=4096)
    def is_like(names: str) -> bool:
        return bool(names) and pattern.search(names) is not None

    return is_like


@lru_cache(maxsize=64)
def _by_name(classes: tuple[str, ...]) -> dict[str, list[str]]:
    """Class attributes by the names in them. Remembered, as the pages of one template have the same."""
    found: dict[str, list[str]] = {}
    for names in classes:
        for name in _split(names):
            found.setdefault(name, []).append(names)
    return found


class Index:
    """Elements of a page by class name, by id, by attribute and by tag, in page order.

    ``root`` is the root of a page as :func:`crawler.reading.tree.parse` gives it, which nobody changes.
    """

    __slots__ = (
        "_attributed",
        "_by_id",
        "_by_name",
        "_classes",
        "_found",
        "_numbers",
        "_reached",
        "_root",
        "_with_class",
    )

    def __init__(self, root: Element) -> None:
        self._root = root
        self._classes = cast("list[str]", _CLASSES(root))
        self._numbers = Counter(self._classes)
        by_name = _by_name if len(self._numbers) < _MANY else _by_name.__wrapped__
        self._by_name = by_name(tuple(self._numbers))
        self._with_class: list[Element] | None = None
        self._reached: dict[_Way, Element | None] = {(): root}
        self._by_id: dict[str, list[Element]] | None = None
        self._attributed: dict[tuple[str, str], list[Element]] = {}
        self._found: dict[str, list[Element]] = {}

    @property
    def _ids(self) -> dict[str, list[Element]]:
        """The elements by their id; a page has a dozen of them."""
        if self._by_id is None:
            self._by_id = {}
            for node in cast("list[Element]", _WITH_ID(self._root)):
                if own_id := node.get("id"):
                    self._by_id.setdefault(own_id, []).append(node)
        return self._by_id

    @property
    def classes(self) -> Iterable[str]:
        """The different class attributes of the page."""
        return self._numbers.keys()

    @property
    def names(self) -> Mapping[str, list[str]]:
        """The class attributes of the page by the names in them."""
        return self._by_name

    def named(self, name: str) -> list[Element]:
        """The elements with a class name, in page order."""
        classes = self._by_name.get(name)
        if classes is None:  # most names of a platform's many themes are on no page
            return []
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = self._having(classes)
        return found

    def _having(self, classes: Sequence[str]) -> list[Element]:
        """The elements with one of some class attributes of the page, in page order."""
        if not classes:
            return []
        if self._with_class is None and len(classes) <= _FEW:
            # the attributes tell how many have each: as many found where they stand on other pages are all
            known = [self._by_known_ways(names) for names in classes]
            if None not in known:
                return [node for _, node in sorted(found for group in known for found in group or ())]
            for names, group in zip(classes, known, strict=True):
                if group is None:
                    _remember(names, self._with_any({names}))
        return self._with_any(set(classes))

    def _by_known_ways(self, names: str) -> list[tuple[_Way, Element]] | None:
        """The elements with a class attribute, if they stand where as many stood on another page."""
        number = self._numbers[names]
        for ways in _KNOWN_WAYS.get(names, ()):
            if len(ways) == number:
                found = [(way, node) for way in ways if (node := self._at(way)) is not None]
                if len(found) == number and all(node.get("class") == names for _, node in found):
                    return found
        return None

    def _at(self, way: _Way) -> Element | None:
        """The element to which a way leads. Most ways begin alike, and are gone once."""
        if way in self._reached:
            return self._reached[way]
        around = self._at(way[:-1])
        try:
            node = around[way[-1]] if around is not None else None
        except IndexError:
            node = None
        self._reached[way] = node
        return node

    def _with_any(self, classes: set[str]) -> list[Element]:
        if self._with_class is None:
            self._with_class = cast("list[Element]", _WITH_CLASS(self._root))
        pairs = zip(self._classes, self._with_class, strict=True)
        return [node for names, node in pairs if names in classes]

    def named_like(self, pattern: re.Pattern[str]) -> list[Element]:
        """The elements whose class or id a pattern finds something in, in page order."""
        is_like = _finder(pattern)
        found = self._having(list(filter(is_like, self._numbers)))
        called = [node for own_id in filter(is_like, self._ids) for node in self._ids[own_id]]
        for node in set(called).difference(found):
            insort(found, node, key=_way_to)
        return found

    def _with_attribute(self, tag: str, name: str) -> list[Element]:
        """The elements of a tag (``*`` for any) that have an attribute, in page order."""
        found = self._attributed.get((tag, name))
        if found is None:
            found = self._attributed[tag, name] = cast("list[Element]", _with(tag, name)(self._root))
        return found

    def select_any(self, selectors: tuple[str, ...]) -> set[Element]:
        """The elements that one of some selectors matches. Most of a platform's name a class that is not on
        the page."""
        known = self._by_name
        likely = [css for css, name in _by_first_name(selectors) if name is None or name in known]
        return {node for css in likely for node in self.select(css)}

    def select(self, css: str) -> list[Element]:
        """The elements that a selector matches, in page order."""
        selector = _parse(css)
        if selector is None:
            return select(self._root, css)
        for name in selector.names:
            if name not in self._by_name:
                return []
        if selector.one_name is not None:
            return list(self.named(selector.one_name))
        for own_id in selector.ids:
            if own_id not in self._ids:
                return []
        compounds = selector.compounds
        last = compounds[0]
        candidates: Iterable[Element]
        if last.own_id is not None:
            candidates = self._ids.get(last.own_id, ())
        elif last.names:
            candidates = self.named(last.names[0])
        elif last.attributes and _is_looked_up(last):
            candidates = self._with_attribute(last.tag or "*", last.attributes[0][0])
        elif last.tag is not None:
            candidates = self._below(compounds, last.tag)
        else:
            return select(self._root, css)
        return [node for node in candidates if last.matches(node) and _fits(node, compounds, 0)]

    def _below(self, compounds: tuple[_Compound, ...], tag: str) -> Iterable[Element]:
        """The elements of a tag, only those below the one element that a part before demands."""
        for part in compounds[1:]:
            roots = self.named(part.names[0]) if part.names else []
            if len(roots) == 1 and all(c.combinator in (" ", ">", None) for c in compounds):
                return roots[0].iterdescendants(tag)
        return self._root.iter(tag)


_PLAIN = re.compile(r"[a-z][a-z\d-]*")


def _is_looked_up(part: _Compound) -> bool:
    """Whether elements are looked up by the first attribute of a part. Where a part states no tag either,
    lxml finds them but for what this module and lxml surely understand alike."""
    if not _PLAIN.fullmatch(part.attributes[0][0]) or not _PLAIN.fullmatch(part.tag or "a"):
        return False
    return part.tag is not None or all(how in (None, "=") for _, how, _ in part.attributes)


@lru_cache(maxsize=2048)  # a kilobyte each, and WordPress numbers every page ("post-4711")
def _split(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _fits(node: Element, compounds: tuple[_Compound, ...], at: int) -> bool:
    """Whether what stands before ``compounds[at]`` in the selector fits around ``node``."""
    if at + 1 == len(compounds):
        return True
    wanted = compounds[at + 1]
    return any(
        wanted.matches(other) and _fits(other, compounds, at + 1)
        for other in _related(node, compounds[at].combinator)
    )


def _related(node: Element, combinator: str | None) -> Iterator[Element]:
    if combinator == ">":
        parent = node.getparent()
        return iter(() if parent is None else (parent,))
    if combinator == "+":
        before = node.getprevious()
        return iter(() if before is None else (before,))
    if combinator == "~":
        return node.itersiblings(preceding=True)
    return node.iterancestors()
