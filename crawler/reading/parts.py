"""The outline of a page, put together from parts that recur.

Three quarters of a page are its menu, sidebar and footer, the same on every page of a portal. What stands
beside the way from the page down to its headline is looked up as it is written, box by box; a box that was
written so before is not read again.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from crawler.reading import starts
from crawler.reading.lines import Line, Outline, is_data_row, outline_of, read_outline
from crawler.reading.starts import PLAIN, RECURRING, Look, Start

_KEPT = 3_000_000
"""Bytes of markup of which the outlines are kept: the boxes of a hundred portals. With their lines they take
three times as much memory."""
_LARGEST = 100_000
"""Bytes of a box that may be kept."""
_SEEN = 20_000
"""Boxes that are remembered as written before, by their hashes."""
_TEXTS = frozenset(("p", "pre", "li", "h1", "h2", "h3", "h4", "h5", "h6"))
"""Boxes of a sentence or two: to read one takes no longer than to look it up."""
_UNREAD = frozenset(("script", "style"))
_MANY = 1_000
"""Elements beside the way that are written one by one: from there on libxml2 writes the page at once."""
_LONGEST = 1_000_000
"""Bytes of a page that is read part by part."""


def read_page(root: Element, title: Element | None) -> Outline:
    """:func:`crawler.reading.lines.read_outline` of a page with its headline. Lines without
    a block belong to other pages too: :func:`line_at` gives them for this one."""
    way = [] if title is None else [title, *title.iterancestors()]
    if title is None or root is title or root not in way:
        return read_outline(root, title=title)
    starts.forget_doctype(root)
    way = way[way.index(root) :: -1]
    skeleton = _Skeleton()
    if not skeleton.gather(way):
        return read_outline(root, title=title)
    return skeleton.outline(title)


def line_at(outline: Outline, n: int) -> Line:
    """A line as it stands on its page, for good."""
    line = outline.lines[n]
    return line if line.block is not None else line.at(outline.node(outline.places[n]), line.role)


class _Parts:
    """Outlines of boxes by how they are written and what is around lends to them.

    What is written so for the first time is only remembered by its hash: most of it is an article's text,
    and never comes again.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[bytes, Look], Outline] = OrderedDict()
        self._seen: dict[int, None] = {}
        self._bytes = 0

    def find(self, markup: bytes, look: Look) -> Outline | None:
        key = markup, look
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, markup: bytes, look: Look, outline: Outline) -> bool:
        """Remember a box, or keep its outline if it is remembered; whether it is kept."""
        key = markup, look
        seen = hash(key)
        if seen not in self._seen:
            if len(self._seen) >= _SEEN:
                self._seen.clear()
            self._seen[seen] = None
            return False
        if len(markup) > _LARGEST:
            return False
        self._kept[key] = outline
        self._bytes += len(markup)
        while self._bytes > _KEPT:
            (oldest, _), _ = self._kept.popitem(last=False)
            self._bytes -= len(oldest)
        return True


_PARTS = _Parts()


def _part(element: Element, markup: bytes, look: Look) -> Outline | None:
    """The outline of a box; None for what libxml2 writes otherwise than it stands on the page."""
    found = _PARTS.find(markup, look)
    if found is not None:
        return found
    pieces = starts.cut(markup)
    if pieces is None:
        return None
    nodes = list(element.iter("*"))
    part = outline_of(nodes, pieces, look=look)
    part.nodes, part.numbers = [], ()
    if _PARTS.keep(markup, look, part):
        for line in part.lines:
            line.block = None  # an element holds its whole page in memory
    return part


@dataclass(slots=True)
class _Skeleton:
    """A page with each of its ``parts`` as a box of one line, or of none."""

    pieces: list[str] = field(default_factory=list)
    nodes: list[Element] = field(default_factory=list)
    parts: dict[int, Outline] = field(default_factory=dict)
    """By the number of their box in the skeleton."""
    _bytes: int = 0

    def gather(self, way: list[Element]) -> bool:
        """Put together what the page has by the ``way`` from its body to its headline.

        False where it has to be read as a whole: lines of ``<pre>`` are counted all over it, and a page made
        to hurt is not held in memory.
        """
        looks: list[Look | None] = []
        look: Look | None = PLAIN
        for depth, node in enumerate(way[:-1]):
            head = starts.head_of(node)
            self.nodes.append(node)
            self.pieces.append(f"{head}>{starts.escaped(node.text or '')}")
            start = _start(head, True, False)
            look = None if look is None or _reads_otherwise(start, node, depth) else starts.lent(look, start)
            looks.append(look)
            for child in node:
                if child is way[depth + 1]:
                    break
                if not self._add(child, look):
                    return False
        if not self._add(way[-1], None):
            return False
        for depth in range(len(way) - 1, 0, -1):
            for child in way[depth].itersiblings():
                if not self._add(child, looks[depth - 1]):
                    return False
            tail = way[depth - 1].tail if depth > 1 else None
            self.pieces.append(f"/>{starts.escaped(tail or '')}")
        return True

    def _add(self, element: Element, look: Look | None) -> bool:
        """Add what stands beside the way, or the headline itself. ``look``: what is around lends to it; None
        where it is read as it is."""
        tail = starts.escaped(element.tail or "")
        if not len(element):
            self.nodes.append(element)
            if element.tag in _UNREAD:
                self.pieces.append(f"{element.tag}/>{tail}")
            else:
                text = starts.escaped(element.text or "")
                self.pieces += [f"{starts.head_of(element)}>{text}", f"/>{tail}"]
            return element.tag != "pre" and len(self.nodes) < _MANY
        markup = starts.written_by_libxml2(element)
        self._bytes += len(markup)
        if self._bytes > _LONGEST or b"<pre" in markup:
            return False
        part = _part(element, markup, look) if look is not None and _is_box(markup) else None
        # a line break in a box without lines still parts what stands around it
        if part is not None and (part.lines or b"<br" not in markup):
            self.parts[len(self.nodes)] = part
            self.nodes.append(element)
            self.pieces += ["div>0", f"/>{tail}"] if part.lines else [f"div/>{tail}"]
            return True
        pieces = starts.cut(markup)
        if pieces is None:
            return False
        pieces[-1] += tail
        self.pieces += pieces
        self.nodes += element.iter("*")
        return len(self.nodes) < _MANY

    def outline(self, title: Element) -> Outline:
        """The outline of the whole page."""
        skeleton = outline_of(self.nodes, self.pieces, title=title)
        numbers: list[int] = []
        number = 0
        for n in range(len(self.nodes)):
            numbers.append(number)
            number += len(self.parts[n].ends) if n in self.parts else 1
        after = [*numbers, number]
        whole = Outline([], [], [], [], [], self.nodes, numbers)
        for n, (parent, end) in enumerate(zip(skeleton.parents, skeleton.ends, strict=True)):
            whole.parents.append(numbers[parent] if parent >= 0 else -1)
            part = self.parts.get(n)
            if part is None:
                whole.ends.append(after[end])
                continue
            first = numbers[n]
            whole.parents += [inner + first for inner in part.parents[1:]]
            whole.ends += [inner + first for inner in part.ends]
            whole.files += [(inner + first, file) for inner, file in part.files]
        for line in skeleton.lines:
            part = self.parts.get(line.place)
            if part is None:
                whole.lines.append(line)
                whole.places.append(numbers[line.place])
            else:
                begin = len(whole.lines)
                whole.parts.append((begin, begin + len(part.lines), numbers[line.place]))
                whole.lines += part.lines
                whole.places += [inner + numbers[line.place] for inner in part.places]
        if whole.files or skeleton.files:
            whole.files += [(numbers[n], file) for n, file in skeleton.files]
            whole.files.sort(key=lambda file: file[0])
        return whole


def _start(head: str, *around: bool) -> Start:
    """:func:`crawler.reading.starts.start_of`, remembered where the tag is one that recurs."""
    return (starts.known_start if len(head) <= RECURRING else starts.start_of)(head, *around)


def _reads_otherwise(start: Start, node: Element, depth: int) -> bool:
    """Whether what stands in an element on the way is not read as it would be by itself: not shown, within a
    link, across a row, line by line."""
    is_unseen = not start.shows or (start.is_hidden and depth > 0)
    is_row = start.tag == "tr" and is_data_row(node)
    return is_unseen or is_row or start.link is not None or start.tag == "pre"


def _is_box(markup: bytes) -> bool:
    """Whether an element is a box: no line goes into it or out of it."""
    head = markup[1 : markup.index(b">")].decode()
    start = _start(head)
    return start.is_box and start.tag not in _TEXTS
