"""One listing page while it is read: what is asked of its links and elements again and again is told once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, partial
from itertools import islice

from crawler.reading import markup, urls
from crawler.reading.markup import Element, base_of, names_of, select, text_of, union
from crawler.reading.page import Page
from crawler.reading.platform import Platform
from crawler.reading.selectors import Index, needs, with_attribute
from crawler.reading.tree import is_within
from vietnam.dates import Stamp, parse_stamp

_MAY_GROW = re.compile(r"\+|:(?!not\([.#\w-]+\)|has\([^():+]*\))")
"""Selectors that may match more elements when others are taken out of the page: by place, or by what is not
there."""
_OF_ITSELF = re.compile(r"[^\s>+~,:]+")
"""Selectors of one element alone, whatever stands around it."""
_TWO = re.compile(r"(?P<outer>[^\s>+~,:\[]+) (?P<inner>[^\s>+~,:\[]+)")
"""``.title a``: an element with another one around it."""
_HAS_CHILD = re.compile(r":has\(> \.([\w-]+)\)")
_BUT = re.compile(r"(?P<css>[^:+,]*[^:+,\s>~]):not\(\.(?P<name>[\w-]+)\)")
_ID = re.compile(r"#[\w-]+")
_ODD_SPACE = re.compile(r"[^\S \t\r\n]")
_KEPT = 5_000
"""Elements of a page; the largest one recorded has 1,500."""


class Sheet:
    """The tree of a listing page as :func:`crawler.reading.markup.parse` gives it, and its address.

    Elements are taken out of the tree by :meth:`drop` alone.
    """

    __slots__ = (
        *("_by_id", "_found", "_grown", "_index", "_is_odd", "_kept", "_matching", "_may_be", "_site"),
        *("_targets", "_url", "_without", "base", "names", "page", "platform", "stamp", "text", "tree"),
    )

    def __init__(
        self,
        tree: Element,
        page: Page,
        platform: Platform | None = None,
        without: frozenset[str] = frozenset(),
    ) -> None:
        """``without``: keys of articles that are none of this list."""
        self.tree, self.page, self.platform, self._without = tree, page, platform, without
        self.base = base_of(tree, page.url)
        # lxml makes an object of an element each time that it is asked for, unless somebody holds one
        self._kept = list(islice(tree.iter(), _KEPT))
        self._index = Index(tree)
        # what Python takes for white space and XPath does not, an index of names would cut at
        self._is_odd = _ODD_SPACE.search("\n".join(self._index.classes)) is not None
        self._by_id: dict[str, list[Element]] | None = None
        self._site, self._url = urls.site_of(page.url), urls.canonical(page.url)
        self._targets: dict[Element, str | None] = {}
        self._may_be: dict[str | None, bool] = {None: False}
        self._found: dict[str, list[Element]] = {}
        self._matching: dict[str, set[Element]] = {}
        self._grown = False
        self.text: Callable[[Element], str] = cache(text_of)
        self.names: Callable[[Element], str] = cache(names_of)
        self.stamp: Callable[[str], Stamp | None] = cache(
            partial(parse_stamp, now=page.fetched_at, latest=page.fetched_at)
        )
        """The time that a text tells; a list has many articles of one day."""

    def target(self, anchor: Element) -> str | None:
        """Where a link leads, None for what is no link."""
        try:
            return self._targets[anchor]
        except KeyError:
            link = self._targets[anchor] = urls.absolute(self.base, anchor.get("href"))
            return link

    def may_be_article(self, anchor: Element) -> bool:
        """Whether a link may lead to an article: same site, not the listing itself, no twin."""
        link = self.target(anchor)
        may_be = self._may_be.get(link)
        if may_be is None:
            may_be = self._may_be[link] = (
                urls.site_of(link or "") == self._site != ""
                and urls.is_article(link or "", self.platform) is not False
                and urls.canonical(link or "") != self._url
                and not (self._without and urls.article_key(link or "", self.platform) in self._without)
            )
        return may_be

    def possible(self, selectors: Iterable[str]) -> tuple[str, ...]:
        """Those selectors whose class names and ids are on the page: of a platform's many themes, few."""
        return tuple(css for css in selectors if all(map(self._has, needs(css))))

    def _has(self, name: str) -> bool:
        if name[0] != "#":
            return name in self._index.names
        return name[1:] in self._ids()

    def _ids(self) -> dict[str, list[Element]]:
        """The elements of the page by their id."""
        if self._by_id is None:
            self._by_id = {}
            for element in with_attribute(self.tree, "id"):
                self._by_id.setdefault(element.get("id") or "", []).append(element)
        return self._by_id

    def find(self, css: str) -> list[Element]:
        """The elements that a selector matches on the page as it is now, in page order.

        An XPath for a class name takes 700,000 instructions on a page of 660 elements, the index a tenth; but
        it knows the page from before anything was taken out, so that it is asked before that.
        """
        if self._grown and (css not in self._found or _MAY_GROW.search(css)):
            return select(self.tree, css)
        found = self._found.get(css)
        if found is None:
            found = self._found[css] = self._look_up(css)
        return [element for element in found if is_within(element, self.tree)] if self._grown else found

    def _look_up(self, css: str) -> list[Element]:
        if _ID.fullmatch(css):
            return self._ids().get(css[1:], [])
        # without a class name XPath is the quicker one
        if self._is_odd or "#" in css or not needs(css):
            return select(self.tree, css)
        if has := _HAS_CHILD.fullmatch(css):
            parents = {child.getparent() for child in self._index.named(has[1])}
            return [up for up in parents if up is not None] if len(parents) < 2 else select(self.tree, css)
        if but := _BUT.fullmatch(css):
            return [
                element
                for element in self._index.select(but["css"])
                if but["name"] not in (element.get("class") or "").split()
            ]
        return self._index.select(css)

    def within(self, scope: Element, selectors: Iterable[str]) -> list[Element]:
        """The elements in a part of the page that any of the selectors matches there, in page order."""
        matching = [css for css in selectors if self.find(css)]
        if len(matching) == 1 and scope is self.tree:
            return list(self.find(matching[0]))
        return union(scope, matching)

    def select(self, below: list[Element], css: str) -> list[Element]:
        """The elements that a selector matches in a part of the page: ``below`` are all of it in page order.

        What matches nothing on the whole page is asked once: an XPath of lxml takes 30,000 instructions in
        a row of a list, and each row asked for seventeen.
        """
        if self._grown and _MAY_GROW.search(css):
            return select(below[0], css)
        matching = self._matched(css)
        if not matching or matching.isdisjoint(below):
            return []
        if _OF_ITSELF.fullmatch(css):
            return [element for element in below if element in matching]
        if two := _TWO.fullmatch(css):
            outer = self._matched(two["outer"]).intersection(below)
            return [
                element
                for element in below
                if element in matching and any(up in outer for up in element.iterancestors())
            ]
        return select(below[0], css)

    def _matched(self, css: str) -> set[Element]:
        matching = self._matching.get(css)
        if matching is None:
            matching = self._matching[css] = set(self.find(css))
        return matching

    def drop(self, element: Element) -> None:
        """Take an element out of the tree, keeping the text after it."""
        markup.drop(element)
        self._grown = True
        self.text.cache_clear()  # type: ignore[attr-defined]
