"""What a portal prints alike around its articles, left out before a page is parsed.

Two thirds of a page are menus, sidebars, styles and scripts, byte for byte the same on others of its portal.
Parsing them and telling that they are no article took 4.4 of the 11.7 million instructions of a known page,
8.8 of the 20 of unknown markup. So where many pages of a portal are read, pages are laid side by side; boxes
that stand on two of them are emptied on the pages that follow, which are then parsed without them.

That this changes nothing is not taken for granted. The tree of a page with emptied boxes has to be the tree
of the page with the boxes emptied afterwards; what may tell of an article is never left out; and the first
pages, then ever fewer of the following, are read both ways: one difference, and the portal's pages are read
as they come.
"""

from __future__ import annotations

import re
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from crawler.reading import tree as trees

PATIENCE = 6
"""Pages of a portal that are read before any are compared: a crawl of what is new reads one or two."""
LARGEST = 150_000
"""Bytes of a page that anything is learned from."""
_BESIDE = 4
"""Pages that the next one is compared with: a menu marks the section that an article is of."""
_LAYOUTS = 8
"""Layouts of a portal that are remembered, those met last."""
_ATTEMPTS = 16
"""Pages in a row that are compared with others; then 16 times as many are not as were so far."""
_LONGEST_WAIT = 4_096
_KEPT = 8_000_000
"""Bytes of boxes and pages of all portals, those read last."""
_PORTALS = 256
_SMALLEST = 800
"""Bytes of a box: to look for one takes some 10,000 instructions, to parse this much 90,000."""
_LEAST = 0.25
"""Share of a page that a layout has in boxes, else it is not worth its checks."""
_MORE = 1.1
"""Times of what was left out of a page that a layout has to have, to be kept beside the one that did."""
_WHOLE, _ENOUGH = 0.8, 0.5
"""Shares of a layout and of a page that are left out of a page from which nothing is to be learned."""
_MOST = 300
"""Elements of a page that are looked for on another."""
_HEAD = 96
"""Bytes that a box is looked for by; all of it is compared where they stand."""
_ALWAYS = 4
"""Pages of a portal that are read both ways before it is done at every second, fourth, eighth …"""
_ALWAYS_OF_LAYOUT = 2
_SETTLED = 64
"""Pages of known layouts after which the pages kept for comparing are let go."""
_IN_VAIN = 8
"""Pages that may turn out to be none to leave anything out of, before their share is looked at."""

_TOKENS = re.compile(rb"<!--|<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_RAW = frozenset((b"script", b"style", b"textarea", b"title", b"noscript", b"xmp", b"iframe"))
"""Elements whose markup is none, or is read in another way by some parsers."""
_CLOSING = {name: re.compile(rb"</" + name + rb"\s*>", re.IGNORECASE) for name in _RAW}
_VOID = frozenset(
    b"area base br col embed frame hr img input link meta param source track wbr basefont isindex".split()
)
_BOXES = frozenset(b"aside div footer form header nav ol script section style table ul".split())
_TELLING = (
    *(b"<h1", b"<meta", b"<base", b"<article", b"<main", b"<pre", b"<textarea", b"<video", b"<audio"),
    *(b"<iframe", b"<object", b"<embed", b"password", b"crumb", b"author", b"byline", b"tacgia", b"tac-gia"),
)
"""What may tell of an article (headline, byline, section, media) or of the page's kind. Boxes with it are
parsed, those in them that have none are not. Dates tell nothing: two pages do not share an article's own."""
_Place = tuple[int, int, int, int]
"""Of an element: where it starts, where its start tag ends, where its end tag starts and where that ends."""
_LINK = re.compile(rb"<a[\s>]", re.IGNORECASE)
_LOST = "\ufffd".encode()
"""Where a page has too many of it, its decoding was wrong: boxes have none, so that the rest tells."""


@dataclass(slots=True)
class Box:
    """An element as a portal writes it on its pages, and the same element empty."""

    markup: bytes
    stub: bytes
    links: int
    """Anchors in it."""
    _gap: int = 0
    _to_end: int = 0
    """Bytes from the box before and to the page's end where it was found last. One of them is the same on
    nearly every page, and a guess is free: a search takes 0.03 ms."""

    def is_at_end(self, markup: bytes) -> bool:
        """Whether a page has the box as far from its end as the page that had it last."""
        return markup.startswith(self.markup, len(markup) - self._to_end)

    def find(self, markup: bytes, start: int) -> int:
        """Where a page has the box, -1 where it has none or first another that begins alike."""
        for at in (start + self._gap, len(markup) - self._to_end):
            if at >= start and markup.startswith(self.markup, at):
                break
        else:
            at = markup.find(self.markup[:_HEAD], start)
            if at < 0 or not markup.startswith(self.markup, at):
                return -1
        self._gap, self._to_end = at - start, len(markup) - at
        return at


_Found = list[tuple[int, Box]]


@dataclass(slots=True)
class _Layout:
    """Boxes that pages of a portal have together, in page order."""

    boxes: list[Box]
    used: int = 0

    @property
    def size(self) -> int:
        return _size(self.boxes)

    def ends_alike(self, markup: bytes) -> bool:
        """Whether a page has one of the boxes as far from its end as the page that had it last."""
        # what stands behind the last boxes changes seldom
        return any(box.is_at_end(markup) for box in reversed(self.boxes))

    def found_in(self, markup: bytes) -> _Found:
        """Those that a page has, with their places."""
        found: _Found = []
        end = 0
        for box in self.boxes:
            at = box.find(markup, end)
            if at >= 0:
                found.append((at, box))
                end = at + len(box.markup)
        return found


@dataclass(slots=True)
class _Known:
    """A page that others are compared with: its elements by their hashes."""

    url: str
    markup: bytes
    elements: frozenset[int]


@dataclass(slots=True)
class _Portal:
    layouts: list[_Layout] = field(default_factory=list)
    """The one met last comes first."""
    beside: deque[_Known] = field(default_factory=lambda: deque(maxlen=_BESIDE))
    wait: int = PATIENCE
    attempts: int = 0
    used: int = 0
    in_vain: int = 0
    is_off: bool = False

    @property
    def size(self) -> int:
        return sum(layout.size for layout in self.layouts) + sum(len(page.markup) for page in self.beside)

    def turn_off(self) -> None:
        """Leave nothing out of its pages from now on."""
        self.is_off = True
        self.layouts = []
        self.beside.clear()


@dataclass(slots=True)
class Lean:
    """A page without its portal's furniture. ``encoded``: its markup, in UTF-8. ``links``: anchors that went.
    ``is_checked``: whether the page is to be read as it came too, and :meth:`tell` told the outcome."""

    encoded: bytes
    links: int
    is_checked: bool
    is_whole_layout: bool
    """Whether most of the page and nearly all of its layout is left out. A menu that marks another section
    is not: the page is to be learned from."""
    _portal: _Portal
    _layout: _Layout

    def tell(self, *, agrees: bool) -> None:
        """Whether the page reads the same as it came; where not, nothing of its portal is left out again."""
        if not agrees:
            self._portal.turn_off()

    def keep(self) -> None:
        """Leave the boxes of a page that was learned from out of others too."""
        self._portal.layouts = [self._layout, *self._portal.layouts[: _LAYOUTS - 1]]

    def was_in_vain(self) -> None:
        """The page is no article for certain without its furniture, and is read twice. Where every third page
        is, nothing is left out any more."""
        self._portal.in_vain += 1
        if self._portal.in_vain > _IN_VAIN + self._portal.used // 3:
            self._portal.turn_off()


class Furniture:
    """The furniture of the portals read last. One for the process; safe to use from threads."""

    def __init__(self) -> None:
        self._portals: OrderedDict[tuple[str, str], _Portal] = OrderedDict()
        self._lock = threading.Lock()

    def without(self, url: str, platform: str, encoded: bytes) -> Lean | None:
        """A page of ``url`` without its furniture, None where it is to be read as it came.

        ``platform``: the name of what the page is read by, ``""`` for structure alone.
        """
        with self._lock:
            portal = self._portal(url, platform)
            return _lean(portal, encoded) if portal.layouts else None

    def learn(self, url: str, platform: str, encoded: bytes, lean: Lean | None = None) -> Lean | None:
        """Learn from an article's page, of which :meth:`without` gave ``lean``.

        Returns the page without what it shares with an earlier one, to be kept (:meth:`Lean.keep`) if it
        reads the same: what two articles share may be of their texts, such as the account for donations.
        """
        if len(encoded) > LARGEST or (lean is not None and lean.is_whole_layout):
            return None
        left_out = len(encoded) - len(lean.encoded) if lean is not None else 0
        with self._lock:
            portal = self._portal(url, platform)
            if portal.is_off:
                return None
            boxes = _learn(portal, url, encoded, max(_LEAST * len(encoded), _MORE * left_out))
            kept = sum(portal.size for portal in self._portals.values())
            while kept > _KEPT and len(self._portals) > 1:
                _, oldest = self._portals.popitem(last=False)
                kept -= oldest.size
        return _without(portal, _Layout(boxes), encoded) if boxes else None

    def forget(self) -> None:
        """Forget every portal, as at the start of the process."""
        with self._lock:
            self._portals.clear()

    def _portal(self, url: str, platform: str) -> _Portal:
        key = url.split("/", 3)[:3][-1], platform
        found = self._portals.get(key)
        if found is None:
            found = self._portals[key] = _Portal()
            if len(self._portals) > _PORTALS:
                self._portals.popitem(last=False)
        else:
            self._portals.move_to_end(key)
        return found


FURNITURE = Furniture()


def _lean(portal: _Portal, encoded: bytes) -> Lean | None:
    """The page without the boxes of the layout of which it has most; None where it has half of none."""
    best: tuple[_Layout, _Found] | None = None
    most, is_whole = 0, False
    for layout in _likeliest_first(portal.layouts, encoded):
        found = layout.found_in(encoded)
        left_out = _size(box for _, box in found)
        if left_out > most and left_out >= 0.5 * layout.size:
            is_whole = left_out >= _WHOLE * layout.size and left_out >= _ENOUGH * len(encoded)
            best, most = (layout, found), left_out
            if is_whole:
                break
    if best is None:
        return None
    layout, found = best
    portal.layouts.remove(layout)
    portal.layouts.insert(0, layout)
    layout.used += 1
    portal.used += 1
    often = portal.used
    if often % _SETTLED == 0:
        portal.beside.clear()
    lean = _without(portal, layout, encoded, found)
    lean.is_checked = often <= _ALWAYS or often & (often - 1) == 0 or layout.used <= _ALWAYS_OF_LAYOUT
    lean.is_whole_layout = is_whole
    return lean


def _likeliest_first(layouts: Sequence[_Layout], encoded: bytes) -> Iterator[_Layout]:
    """Those that end as the page does, then the others: to look for the boxes of another layout takes 0.1 ms.
    Most pages have the first one, and the others are not asked how they end."""
    others = []
    for layout in tuple(layouts):
        if layout.ends_alike(encoded):
            yield layout
        else:
            others.append(layout)
    yield from others


def _without(portal: _Portal, layout: _Layout, encoded: bytes, found: _Found | None = None) -> Lean:
    """The page without the boxes of a layout that were ``found`` on it, None for all that are."""
    found = layout.found_in(encoded) if found is None else found
    return Lean(_emptied(encoded, found), sum(box.links for _, box in found), True, True, portal, layout)


def _learn(portal: _Portal, url: str, encoded: bytes, least: float) -> list[Box]:
    """The boxes, of at least so many bytes, that a page has together with one of those before it."""
    if portal.wait:
        portal.wait -= 1
        return []
    elements = _elements(encoded)
    hashes = {place: hash(encoded[place[0] : place[3]]) for place in elements}
    best: list[Box] = []
    other = b""
    for known in portal.beside:
        if known.url != url:
            boxes = _boxes(encoded, [place for place in elements if hashes[place] in known.elements])
            if _size(boxes) > _size(best):
                best, other = boxes, known.markup
    portal.attempts += 1
    if portal.attempts % _ATTEMPTS == 0:
        portal.wait = min(_ATTEMPTS * portal.attempts, _LONGEST_WAIT)
        portal.beside.clear()
    else:
        portal.beside.append(_Known(url, encoded, frozenset(hashes.values())))
    return _proved(best, encoded, other) if _size(best) >= least else []


def _size(boxes: Iterable[Box]) -> int:
    return sum(len(box.markup) for box in boxes)


def _emptied(encoded: bytes, found: _Found) -> bytes:
    """A page with its boxes empty."""
    pieces, end = [], 0
    for at, box in found:
        pieces += [encoded[end:at], box.stub]
        end = at + len(box.markup)
    return b"".join([*pieces, encoded[end:]])


# --- learning ---------------------------------------------------------------------------------------


def furniture_of(page: bytes, other: bytes) -> list[Box]:
    """The largest boxes that two pages of a portal have alike, in page order; empty where leaving them out of
    either would leave another tree than leaving them out of its tree. For tests: :func:`_learn` asks so of
    the pages that it has kept."""
    theirs = {other[start:stop] for start, _, _, stop in _elements(other)}
    alike = [place for place in _elements(page) if page[place[0] : place[3]] in theirs]
    return _proved(_boxes(page, alike), page, other)


def _boxes(page: bytes, places: list[_Place]) -> list[Box]:
    """The outermost of some elements that tell nothing of an article."""
    boxes: list[Box] = []
    end = 0
    for start, inner, close, stop in places:
        if start >= end and not _tells(page, start, inner, stop):
            links = len(_LINK.findall(page, start, stop))
            boxes.append(Box(page[start:stop], page[start:inner] + page[close:stop], links))
            end = stop
    return boxes


def _tells(page: bytes, start: int, inner: int, stop: int) -> bool:
    """Whether an element may tell of an article. Styles and scripts name what they are for; data is told by
    its type."""
    if page.find(_LOST, start, stop) >= 0:
        return True
    if page[start : start + 7].lower() in (b"<style>", b"<style ", b"<script"):
        return b"application/" in page[start:inner]
    markup = page[start:stop].lower()
    return any(word in markup for word in _TELLING)


def _proved(boxes: list[Box], page: bytes, other: bytes) -> list[Box]:
    """Those of the boxes that are found on both pages, if it leaves the rest of both trees as it is."""
    layout = _Layout(boxes)
    there = [box for _, box in layout.found_in(other)]
    layout.boxes = there
    layout.boxes = [box for _, box in layout.found_in(page)]
    return layout.boxes if all(_keeps_tree(markup, layout) for markup in (page, other)) else []


def _elements(markup: bytes) -> list[_Place]:
    """Elements that may be boxes, in page order."""
    found: list[_Place] = []
    stack: list[tuple[bytes, int, int]] = []
    still_open: Counter[bytes] = Counter()
    at = 0
    while (token := _TOKENS.search(markup, at)) is not None:
        at = token.end()
        if token[2] is None:  # a comment
            at = markup.find(b"-->", at)
            if at < 0:
                break
            continue
        name = token[2].lower()
        if token[1]:
            while still_open[name]:
                opened, start, inner = stack.pop()
                still_open[opened] -= 1
                if opened == name:
                    if name in _BOXES and at - start >= _SMALLEST:
                        found.append((start, inner, token.start(), at))
                    break
        elif name in _RAW:
            close = _CLOSING[name].search(markup, at)
            if close is None:
                break
            if name in _BOXES and close.end() - token.start() >= _SMALLEST:
                found.append((token.start(), at, close.start(), close.end()))
            at = close.end()
        elif name not in _VOID and not token[0].endswith(b"/>"):
            stack.append((name, token.start(), at))
            still_open[name] += 1
    return sorted(found)[:_MOST]


def _keeps_tree(markup: bytes, layout: _Layout) -> bool:
    """Whether emptying the boxes of a page empties these elements of its tree, and does nothing else."""
    found = layout.found_in(markup)
    marked = [(at, Box(box.markup, _marked(box.markup), 0)) for at, box in found]
    whole = trees.parse("<", _emptied(markup, marked))
    marked = [(at, Box(box.markup, _marked(box.stub), 0)) for at, box in found]
    lean = trees.parse("<", _emptied(markup, marked))
    if whole is None or lean is None:
        return False
    emptied = trees.xpath(whole.root, "//*[@data-left-out]")
    for element in emptied:
        tail = element.tail
        element[:] = []
        element.text, element.tail = None, tail
    return len(emptied) == len(found) and etree.tostring(whole.root) == etree.tostring(lean.root)


def _marked(markup: bytes) -> bytes:
    return markup.replace(b">", b' data-left-out="1">', 1)
