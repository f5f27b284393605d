"""Articles that stand on several pages: where a text goes on, and its pages put together.

Reading a page never fetches. It records the addresses of the pages that the text goes on at; :class:`Pages`
then tells which one to ask for and joins what comes, for whoever has the pages: the walk, ``reprocess``,
``archive import``. What tells a page of the same article from a neighbour, a page of comments or the next
post is its address: that of the article, and the number of a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice, takewhile
from typing import NamedTuple, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml.etree import _Element as Element

from crawler.reading import tree as trees
from crawler.reading import urls
from crawler.reading.page import Page
from crawler.reading.page_numbers import OFFSET, PARAMETER
from crawler.reading.tree import Tree
from storage.records import Article, of_pages
from vietnam import writing

T = TypeVar("T")

MOST_PAGES = 20
"""Pages of an article that are read; a book of more is cut there."""
_ENDING = re.compile(r"\.(?:html?|aspx?|php)$", re.I)
_BEHIND = re.compile(r"[/_.-](?:p|page|trang)[-_/]?(?P<named>\d{1,2})|(?P<bare>[/_-]\d{1,2})", re.I)
"""What a page's number adds to the path of its article; a bare one says less (``hoi-nghi-2.html``)."""
_MAY_BE = re.compile(r"\d(?:/|\.\w{3,5})?(?:[?&#]|$)")
_FIRST = re.compile(
    r"\W*(?:(?:trang|page)?\s*[01]|(?:trang |page )?(?:đầu|trước|first|prev(?:ious)?))\W*", re.I
)
_ONWARD = re.compile(
    r"\W*(?:(?:xem|đọc)\s+)?(?:tiếp(?: theo| tục)?|next|continue(?: reading)?)?\s*"
    r"(?:(?:trang|page|phần)\s*(?:sau|kế|tiếp(?: theo)?|next|\d{1,2})?|\d{1,2})?\W*",
    re.I,
)
"""A number, an arrow, "Trang sau", "Xem tiếp trang 2"."""
_ONWARD_LIMIT = 40
_MOST_LINKS = 200
"""Links to an article's own address that are looked at: an honest page has a dozen."""
_BOX_DEPTH = 5
"""Elements from a link up to the box that its pager belongs to."""
_OTHERS = re.compile(r"comment|binh-?luan|phan-?hoi|y-?kien|respond|relate|lien-?quan|(?:tin|bai)-?khac")
"""Names of boxes whose pager is not that of the text."""


class Place(NamedTuple):
    """Where an address stands in an article; ``is_bare``: the number alone tells it from a neighbour."""

    number: int
    is_bare: bool


def place_in(article: str, link: str) -> Place | None:
    """The page that an address asks for of the article at another; None where it asks for none.

    ``/tin-1/2/`` (WordPress), ``/tin-1-p2.html``, ``/tin-1/trang-2.html``, ``?page=2``, ``?start=1``.
    """
    if not urls.same_site(article, link):
        return None
    whole, part = urlsplit(urls.canonical(article)), urlsplit(urls.canonical(link))
    given, asked = (dict(parse_qsl(parts.query)) for parts in (whole, part))
    if whole.path.rstrip("/") == part.path.rstrip("/"):
        more = asked.items() - given.items()
        if len(more) != 1 or len(asked) != len(given) + 1:
            return None
        ((name, value),) = more
        is_page = PARAMETER.fullmatch(name) or OFFSET.fullmatch(name)
        return Place(int(value), is_bare=False) if is_page and value.isdecimal() and len(value) <= 2 else None
    if given != asked:
        return None
    path = part.path.rstrip("/")
    for own in (whole.path.rstrip("/"), _ENDING.sub("", whole.path)):
        if path.startswith(own) and (found := _BEHIND.fullmatch(_ENDING.sub("", path[len(own) :]))):
            if found["named"] is not None:
                return Place(int(found["named"]), is_bare=False)
            # /hoi-nghi-2/ is a neighbour's slug
            is_slug = found["bare"][0] != "/" and not _ENDING.search(path)
            return None if is_slug else Place(int(found["bare"][1:]), is_bare=True)
    return None


def further_pages(page: Page, tree: Tree, base: Callable[[], str]) -> tuple[str, ...]:
    """The addresses of the article's pages that a page links to, in their order; ``base``: of its links."""
    article = page.part_of or page.url
    found: dict[int, str] = {}
    for link, href in islice(_candidates(tree, article), _MOST_LINKS):
        address = urls.absolute(base(), href)
        place = place_in(article, address) if address else None
        if address and place and place.number and place.number not in found and _leads_on(link, href, place):
            found[place.number] = address
    return tuple(found[number] for number in sorted(found))


def _candidates(tree: Tree, article: str) -> Iterator[tuple[Element, str]]:
    """The few links that may be of its pages: taking one address apart costs 100,000 instructions."""
    mark = _mark(article)
    spelled = unquote(mark)
    relative = mark if "?" in article else "?"  # "?page=2" is of an address without parameters
    for link in _links(tree):
        href = link.get("href")
        if href and (mark in href or href[0] == relative or spelled in href) and _MAY_BE.search(href):
            yield link, href


def _links(tree: Tree) -> Iterator[Element]:
    """The links of a page, and what its head says of the next one."""
    head = next(tree.root.iterchildren("head"), None)
    told = head.iterchildren("link") if head is not None else ()
    return chain(tree.body.iter("a"), (link for link in told if link.get("rel") == "next"))


def _mark(article: str) -> str:
    """What the address of each page of an article holds: its slug, or its number among the parameters."""
    parts = urlsplit(article)
    values = [value for _, value in parse_qsl(parts.query) if re.fullmatch(r"[\w.-]+", value, re.A)]
    return max(values, key=len) if values else _ENDING.sub("", parts.path.rstrip("/")).rpartition("/")[2]


def _leads_on(link: Element, href: str, place: Place) -> bool:
    """Whether a link to a page of the article is one of its pager, and not to the first page again."""
    label = trees.text_of(link) or writing.clean(link.get("title") or "")
    if _FIRST.fullmatch(label) or _OTHERS.search(href.partition("#")[2]):
        return False
    if place.is_bare and not (len(label) <= _ONWARD_LIMIT and _ONWARD.fullmatch(label)):
        return False
    boxes = takewhile(lambda up: up.tag != "body", link.iterancestors())
    return not any(_OTHERS.search(trees.names_of(up)) for up in islice(boxes, _BOX_DEPTH))


class Pages:
    """An article that is put together from its pages, ``count`` by now: ask for ``next``, ``add`` what was
    read there."""

    def __init__(self, first: Article) -> None:
        self.article = first
        self._title = writing.fold(first.title)
        self._first = first
        self._known: dict[int, str] = {}
        self._number = 0
        self.count = 1
        self._learn(first)

    @property
    def next(self) -> str | None:
        """The address of the page to be read now; None where the text is whole."""
        ahead = [number for number in self._known if number > self._number]
        return self._known[min(ahead)] if ahead and self.count < MOST_PAGES else None

    def is_part(self, read: Article) -> bool:
        """Whether what was read is a page of the article: some add the page's own heading to the title."""
        title = writing.fold(read.title)
        return title in self._title or self._title in title

    def add(self, part: Article) -> None:
        """Join the page that was asked for. One that repeats what is there already is the end."""
        place = place_in(self._first.url, self.next or "")
        self._number = place.number if place is not None else 0
        whole = _joined(self.article, part)
        if place is None or whole is None:
            self._known.clear()
            return
        self.count += 1
        source = of_pages(self._first.provenance.get("paragraphs", ""), self.count)
        self.article = replace(whole, provenance={**whole.provenance, "paragraphs": source})
        self._learn(part)

    def _learn(self, read: Article) -> None:
        for address in read.further_pages:
            if (place := place_in(self._first.url, address)) is not None:
                self._known.setdefault(place.number, address)


def _joined(whole: Article, part: Article) -> Article | None:
    """An article with a further page's text under its own; None where that page has nothing new."""
    said = {writing.fold(text) for text in (whole.title, whole.lead or "", *whole.paragraphs)}
    lines = [*([part.lead] if part.lead else []), *part.paragraphs]
    while lines and writing.fold(lines[0]) in said:  # the lead, printed on each page
        lines.pop(0)
    while lines and writing.fold(lines[-1]) in said:
        lines.pop()
    images = _with_new(whole.images, part.images)
    if not lines and images == whole.images:
        return None
    provenance = dict(whole.provenance)
    credit = whole
    if "signature" in (part.provenance.get("byline"), part.provenance.get("source_credit")):
        credit = part  # the text is signed at its end
        for name in ("byline", "authors", "source_credit"):
            provenance.pop(name, None)
            provenance |= {name: part.provenance[name]} if name in part.provenance else {}
    return replace(
        whole,
        paragraphs=(*whole.paragraphs, *lines),
        captions=_with_new(whole.captions, part.captions),
        byline=credit.byline,
        authors=credit.authors,
        source_credit=credit.source_credit,
        images=images,
        attachments=_with_new(whole.attachments, part.attachments),
        provenance=provenance,
    )


def _with_new(known: Sequence[T], more: Sequence[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*known, *more)))
