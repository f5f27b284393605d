"""CSS selectors asked of an index of class names, ids and tags.

A platform lists the selectors of all its themes, some fifty of them, and a page answers few. XPath walks
the whole page for each (0.17 ms on a page of 500 elements, November 2026: 3 ms for a page); here the
last part of a selector looks its candidates up and the rest is checked on their ancestors. What this
grammar does not know (alternatives, most pseudo-classes) is left to lxml.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
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

    @property
    def is_one_name(self) -> bool:
        """Whether it asks for one class name and nothing else."""
        return len(self.names) == 1 and not (self.tag or self.own_id or self.attributes or self.edges)


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
def _parse(css: str) -> tuple[_Compound, ...] | None:
    """The compounds of a selector, the last one first; None for what this grammar does not know."""
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
    return tuple(reversed(compounds))


@lru_cache(maxsize=2048)
def _compiled(css: str) -> CSSSelector:
    return CSSSelector(css, translator="html")


def select(element: Element, css: str) -> list[Element]:
    """The elements below ``element`` that a CSS selector matches, in page order: for parts of a page."""
    return cast("list[Element]", _compiled(css)(element))


_CLASS = cast("str", b"class")
"""As bytes, because lxml encodes a name on every call: a tenth of the time that classes of a page take."""


_WITH_ID = etree.XPath("descendant-or-self::*/@id/..")
"""Attributes and then their elements: a fifth of the time of ``*[@id]``, which evaluates a condition for each
element of the page."""


@lru_cache(maxsize=64)
def _with(tag: str, attribute: str) -> etree.XPath:
    return etree.XPath(f"descendant-or-self::{tag}/@{attribute}/..")


class Index:
    """Elements of a page by class name, by id, by attribute and by tag, in page order."""

    __slots__ = (
        *("_all", "_attributed", "_by_id", "_classes", "_distinct"),
        *("_found", "_names", "_root", "_starts"),
    )

    def __init__(self, root: Element) -> None:
        self._root = root
        self._classes: dict[str, list[tuple[int, Element]]] = {}
        self._by_id: dict[str, list[Element]] | None = None
        self._attributed: dict[tuple[str, str], list[Element]] = {}
        self._found: dict[str, list[Element]] = {}
        classes = self._classes
        for place, node in enumerate(root.iter()):
            if names := node.get(_CLASS):
                if names in classes:
                    classes[names].append((place, node))
                else:
                    classes[names] = [(place, node)]
        self._distinct = list(classes)
        self._all = "\n".join(self._distinct)
        self._names = frozenset(self._all.split())
        self._starts = [0, *accumulate(len(names) + 1 for names in self._distinct)]

    @property
    def _ids(self) -> dict[str, list[Element]]:
        """The elements by their id; a page has a dozen of them."""
        if self._by_id is None:
            self._by_id = {}
            for node in cast("list[Element]", _WITH_ID(self._root)):
                if own_id := node.get("id"):
                    self._by_id.setdefault(own_id, []).append(node)
        return self._by_id

    def named(self, name: str) -> list[Element]:
        """The elements with a class name, in page order."""
        if name not in self._names:  # most names of a platform's many themes are on no page
            return []
        found = self._found.get(name)
        if found is None:
            groups = []
            at = self._all.find(name)
            while at >= 0:  # from hit to hit: a page has 200 different class attributes
                n = bisect_right(self._starts, at) - 1
                if n < len(self._distinct) and name in _split(names := self._distinct[n]):
                    groups.append(self._classes[names])
                at = self._all.find(name, self._starts[n + 1]) if n + 1 < len(self._starts) else -1
            found = self._found[name] = _in_order(groups)
        return found

    def named_like(self, pattern: re.Pattern[str]) -> list[Element]:
        """The elements whose class or id a pattern finds something in, in page order."""
        groups = [group for names, group in self._classes.items() if pattern.search(names)]
        called = {node for own_id, nodes in self._ids.items() if pattern.search(own_id) for node in nodes}
        if called:
            groups.append([(place, node) for place, node in enumerate(self._root.iter()) if node in called])
        return _in_order(groups)

    def _with_attribute(self, tag: str, name: str) -> list[Element]:
        """The elements of a tag (``*`` for any) that have an attribute, in page order."""
        found = self._attributed.get((tag, name))
        if found is None:
            found = self._attributed[tag, name] = cast("list[Element]", _with(tag, name)(self._root))
        return found

    def select(self, css: str) -> list[Element]:
        """The elements that a selector matches, in page order."""
        compounds = _parse(css)
        if compounds is None:
            return select(self._root, css)
        last = compounds[0]
        candidates: Iterable[Element]
        if last.own_id is not None:
            candidates = self._ids.get(last.own_id, ())
        elif last.names:
            if last.names[0] not in self._names:
                return []
            candidates = self.named(last.names[0])
            if len(compounds) == 1 and last.is_one_name:
                return list(candidates)
        elif any(self._lacks(part) for part in compounds[1:]):
            return []
        elif last.attributes and _is_looked_up(last):
            candidates = self._with_attribute(last.tag or "*", last.attributes[0][0])
        elif last.tag is not None:
            candidates = self._below(compounds, last.tag)
        else:
            return select(self._root, css)
        return [node for node in candidates if last.matches(node) and _fits(node, compounds, 0)]

    def _lacks(self, part: _Compound) -> bool:
        """Whether the page has nothing of a name or id that a part of a selector needs."""
        if part.own_id is not None and part.own_id not in self._ids:
            return True
        return any(not self.named(name) for name in part.names)

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


@lru_cache(maxsize=16384)
def _split(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _in_order(groups: list[list[tuple[int, Element]]]) -> list[Element]:
    if len(groups) == 1:
        return [node for _, node in groups[0]]
    places = {place: node for group in groups for place, node in group}
    return [places[place] for place in sorted(places)]


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
