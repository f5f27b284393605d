"""One listing page while it is read: what is asked of its links and elements again and again is told once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, partial
from itertools import islice

from crawler.reading import markup, urls
from crawler.reading.markup import Element, base_of, names_of, select, text_of
from crawler.reading.page import Page
from crawler.reading.platform import Platform
from crawler.reading.selectors import names_on, needs
from vietnam.dates import Stamp, parse_stamp

_MAY_GROW = re.compile(r"\+|:(?!not\([.#\w-]+\))")
"""Selectors that may match more elements when others are taken out of the page: by place, or by what is not
there."""
_OF_ITSELF = re.compile(r"[^\s>+~,:]+")
"""Selectors of one element alone, whatever stands around it."""


_KEPT = 5_000
"""Elements of a page; the largest one recorded has 1,500."""


class Sheet:
    """The tree of a listing page as :func:`crawler.reading.markup.parse` gives it, and its address.

    Elements are taken out of the tree by :meth:`drop` alone.
    """

    __slots__ = (
        "_grown", "_kept", "_matching", "_may_be", "_on_page", "_site", "_targets", "_url", "base", "names",
        "page", "platform", "stamp", "text", "tree",
    )  # fmt: skip

    def __init__(self, tree: Element, page: Page, platform: Platform | None = None) -> None:
        self.tree, self.page, self.platform = tree, page, platform
        self.base = base_of(tree, page.url)
        # lxml makes an object of an element each time that it is asked for, unless somebody holds one
        self._kept = list(islice(tree.iter(), _KEPT))
        self._on_page = names_on(tree)
        self._site, self._url = urls.site_of(page.url), urls.canonical(page.url)
        self._targets: dict[Element, str | None] = {}
        self._may_be: dict[str | None, bool] = {None: False}
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
            )
        return may_be

    def possible(self, selectors: Iterable[str]) -> list[str]:
        """Those selectors whose class names and ids are on the page: of a platform's many themes, few."""
        return [css for css in selectors if needs(css) <= self._on_page]

    def select(self, below: list[Element], css: str) -> list[Element]:
        """The elements that a selector matches in a part of the page: ``below`` are all of it in page order.

        What matches nothing on the whole page is asked once: an XPath of lxml takes 30,000 instructions in
        a row of a list, and each row asked for seventeen.
        """
        if self._grown and _MAY_GROW.search(css):
            return select(below[0], css)
        matching = self._matching.get(css)
        if matching is None:
            matching = self._matching[css] = set(select(self.tree, css))
        if not matching or matching.isdisjoint(below):
            return []
        if _OF_ITSELF.fullmatch(css):
            return [element for element in below if element in matching]
        return select(below[0], css)

    def drop(self, element: Element) -> None:
        """Take an element out of the tree, keeping the text after it."""
        markup.drop(element)
        self._grown = True
        self.text.cache_clear()  # type: ignore[attr-defined]
