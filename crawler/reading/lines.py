"""Markup to lines: what stands on a page line by line, each with the looks that tell what it is.

Every editor writes its paragraphs another way (``<p>``, ``<div>``, ``<br>``, table cells, Word's nested
spans), but all of them come out as lines with the same few properties, and the rules of
:mod:`crawler.reading.body` look at those alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from lxml.etree import _Element as Element

from crawler.reading.starts import (
    BESIDE,
    HEADINGS,
    PLAIN,
    RECURRING,
    Look,
    Start,
    as_caption,
    known_start,
    lent,
    start_of,
    tags_of,
    unescaped,
)
from vietnam import writing

if TYPE_CHECKING:
    from crawler.reading.judging import Judged

_ENDS = (".", "!", "?", ":", ";", "…", '"', "”", ")", "]")
_LONG = 64
"""Characters of a line that is an article's own: shorter ones recur, and are known cleaned."""
_VERBATIM = 2_000
"""Lines of ``<pre>`` that are kept apart; what follows them is one."""
_LONGEST_RUN = 20_000
"""Characters of a line put together from broken ones: no sentence is longer, and joining stays linear."""


@dataclass(slots=True, eq=False)
class Line:
    """One line of text, or one picture (``image`` set, ``text`` empty).

    ``bold``, ``italic`` and ``linked`` count characters; ``links`` are (address as written, anchor
    text). ``role`` is what class names and tags say: "lead", "caption", "byline", "date", "noise" or
    None. ``table`` numbers the table that the line is in as a picture's frame (0: none).
    """

    text: str = ""
    bold: int = 0
    italic: int = 0
    linked: int = 0
    links: list[tuple[str, str]] = field(default_factory=list)
    align: str | None = None
    """Where a text is set; of a picture :data:`BESIDE`, if the text that follows runs on beside it."""
    tag: str = ""
    look: str = ""
    """Tag and class of the nearest block: lines that look alike share it, and ``align``."""
    role: str | None = None
    frame: int = 0
    item: bool = False
    block: Element | None = None
    place: int = -1
    """Number of the block among the elements that were read, in page order."""
    image: str | None = None
    alt: str | None = None
    judged: Judged | None = None
    """What :func:`crawler.reading.judging.judged` made of it."""

    def mostly(self, characters: int) -> bool:
        """Whether nearly all of the line's text is so marked."""
        if not characters:  # most lines have no link: looked at first, since each is asked ten times
            return False
        return characters >= 0.9 * (len(self.text) - self.text.count(" ")) and bool(self.text)

    @property
    def heading(self) -> bool:
        return self.tag in HEADINGS


@dataclass(slots=True)
class Outline:
    """The lines of a page or a part of it, and where its elements stand: by number, in page order.

    An element's number is greater than that of all around it, and what stands in it follows it up to
    ``ends``: whether one is within another is a comparison.
    """

    lines: list[Line]
    places: list[int]
    """Number of each line's block."""
    parents: list[int]
    """Number of the element around; -1 for the first one."""
    ends: list[int]
    """Number of the first element behind it."""
    files: list[tuple[int, tuple[str, str]]]
    """Embedded files: number of the frame, address and name."""
    nodes: list[Element]

    def number_of(self, element: Element | None) -> int:
        """The number of one of ``nodes``; -1 for any other element, and for None."""
        try:
            return self.nodes.index(element) if element is not None else -1
        except ValueError:
            return -1

    def children(self, number: int) -> Iterator[int]:
        """The numbers of the elements right below one, in page order."""
        child, end = number + 1, self.ends[number]
        while child < end:
            yield child
            child = self.ends[child]


class _Writer:
    """Collects pieces of text into lines."""

    def __init__(self, nodes: list[Element]) -> None:
        self.lines: list[Line] = []
        self.links: list[tuple[str, list[str]]] = []
        self.begun: tuple[Look, Start, int, int] | None = None
        """Of the text that began the line: its look, its block and that one's number, its table."""
        self._nodes = nodes
        self._pieces: list[str] = []
        self._bold = self._italic = self._linked = 0
        self._used: list[int] = []
        self._after_break = False
        self._raw: list[Line] = []
        """Lines whose text stands as it was written, for :meth:`clean` to look at all in one go."""

    def write(self, text: str, look: Look, block: Start, place: int, table: int, link: int) -> None:
        if look.verbatim and "\n" in text and len(self.lines) < _VERBATIM:
            for part in text.split("\n", _VERBATIM):
                self.write(part, look, block, place, table, link)
                self.end()
            return
        if text.isspace() or not text:
            if self.begun is not None:
                self._pieces.append(" ")
            return
        self._pieces.append(text)
        if self.begun is None:
            self.begun = look, block, place, table
        if not (look.bold or look.italic or link >= 0):
            return
        # white space but for the plain space is not printable; to split takes four times as much
        size = len(text) - text.count(" ") if text.isprintable() else sum(map(len, text.split()))
        if look.bold:
            self._bold += size
        if look.italic:
            self._italic += size
        if link >= 0:
            self._linked += size
            self.links[link][1].append(text)
            if not self._used or self._used[-1] != link:
                self._used.append(link)

    def end(self, *, broken: bool = False) -> None:
        """Ends the line; ``broken`` by a ``<br>``, which may stand within a sentence."""
        if self.begun is None:
            if broken and self._after_break:
                self._after_break = False  # an empty line: a paragraph ends
            return
        look, block, place, table = self.begun
        text = "".join(self._pieces)
        if self._after_break:
            self.clean()  # the line may run on from the last one
        waits = len(text) > _LONG and not self._after_break
        if not waits:
            text = writing.clean(text)
        if text:
            links = []
            if self._used:
                links = [(self.links[n][0], writing.clean("".join(self.links[n][1]))) for n in self._used]
            if self._after_break and self.lines and _runs_on(last := self.lines[-1], text, place):
                last.text = f"{last.text} {text}"
                last.bold += self._bold
                last.italic += self._italic
                last.linked += self._linked
                last.links += links
            else:
                self.lines.append(
                    Line(
                        text, self._bold, self._italic, self._linked, links, look.align, block.tag,
                        block.look, look.role, table, look.item,
                        self._nodes[place], place,
                    )
                )  # fmt: skip
                if waits:
                    self._raw.append(self.lines[-1])
        self._pieces, self.begun = [], None
        self._bold = self._italic = self._linked = 0
        self._used = []
        self._after_break = broken

    def clean(self) -> None:
        """Clean the lines that wait for it; of one that nobody sees nothing is left."""
        if not self._raw:
            return
        for line, text in zip(self._raw, writing.clean_all([line.text for line in self._raw]), strict=True):
            line.text = text
            if not text:
                self.lines.remove(line)
        self._raw = []

    def picture(self, start: Start, look: Look, place: int, table: int, link: int) -> None:
        self.end()
        self._after_break = False
        source, alt = start.picture or ("", "")
        self.lines.append(
            Line(image=source, alt=alt, align=BESIDE if start.floats else look.align, frame=table,
                 role=look.role, place=place, block=self._nodes[place],
                 links=[(self.links[link][0], "")] if link >= 0 else [])
        )  # fmt: skip


def _runs_on(last: Line, text: str, place: int) -> bool:
    """A hard line break within a sentence (mttqhanoi; vietnamese_text.md): the next line goes on in
    lower case where the last one came to no end."""
    return (
        last.place == place
        and last.image is None
        and text[0].islower()
        and not last.text.endswith(_ENDS)
        and len(last.text) < _LONGEST_RUN
    )


def read_lines(
    root: Element,
    *,
    skip: Collection[Element] = (),
    captions: Collection[Element] = (),
    title: Element | None = None,
    files: list[tuple[str, str]] | None = None,
) -> list[Line]:
    """The lines and pictures below an element in page order.

    ``skip`` are elements to leave out, ``captions`` those known to be captions. ``title``
    is the headline's element: a line of its own, and no class of what stands around it makes the text
    a widget. ``files`` receives the address and name of each embedded file (``<iframe src=….pdf>``,
    ``<object>``, ``<embed>``).
    """
    return read_outline(root, skip=skip, captions=captions, title=title, files=files).lines


def read_outline(
    root: Element,
    *,
    skip: Collection[Element] = (),
    captions: Collection[Element] = (),
    title: Element | None = None,
    files: list[tuple[str, str]] | None = None,
) -> Outline:
    """:func:`read_lines`, with where each element stands."""
    nodes = list(root.iter("*"))
    look = PLAIN
    writer = _Writer(nodes)
    skipped = {n for n, node in enumerate(nodes) if node in skip} if skip else ()
    captioned = {n for n, node in enumerate(nodes) if node in captions} if captions else ()
    parents: list[int] = []
    ends = [0] * len(nodes)
    outline = Outline(writer.lines, [], parents, ends, [], nodes)
    title_number = outline.number_of(title)
    around = set(title.iterancestors()) if title is not None else ()
    around_title = {n for n, node in enumerate(nodes[: max(title_number, 0)]) if node in around}
    apart = bool(skipped or captioned)
    opened: list[_Before | None] = []
    block, place, table, link, joins = known_start(nodes[0].tag), 0, 0, -1, False
    inner = unseen = -1  # the innermost open element, the outermost one that is not shown
    tables = 0
    for head, text in tags_of(root, len(nodes)):
        if head[0] != "/":
            number = len(parents)
            parents.append(inner)
            before: _Before | None = None
            if is_closed := head[-1] == "/":
                head = head[:-1]
            if unseen < 0:
                told = known_start if len(head) <= RECURRING else start_of
                if number <= title_number and (number == title_number or number in around_title):
                    start = told(head, number != title_number, number == title_number)
                else:
                    start = told(head)
                if not number:
                    block = start
                if (
                    start.is_box and not joins and not apart
                ):  # two in three elements: the least is asked of them
                    before = look, block, place, table, link, joins, True
                    if writer.begun is not None:
                        writer.end()
                    block, place = start, number
                    if start.lends:
                        look = lent(look, start)
                elif start.tag == "br":
                    if joins:
                        writer.write(" ", look, block, place, table, link)
                    else:
                        writer.end(broken=not look.verbatim)
                elif start.tag == "img":
                    if start.picture is not None:
                        writer.picture(start, look, place, table, link)
                elif not start.shows or number in skipped or (start.is_hidden and number):
                    unseen = number
                    if start.file is not None:
                        outline.files.append((number, start.file))
                elif not start.plain or number in captioned:
                    before = look, block, place, table, link, joins, start.block and not joins
                    if start.block:
                        if joins:
                            writer.write(" ", look, block, place, table, link)
                        else:
                            writer.end()
                        block, place = start, number
                    if start.lends:
                        look = lent(look, start)
                    if number in captioned:
                        look = as_caption(look)
                    if start.link is not None:
                        writer.links.append((start.link, []))
                        link = len(writer.links) - 1
                    elif start.tag == "table":
                        tables += 1
                        is_frame = number not in around_title and _frames_picture(nodes[number])
                        table = tables if is_frame else 0
                    elif start.tag == "tr" and not table and is_data_row(nodes[number]):
                        joins = True  # not the captions of two pictures beside each other
                    elif start.tag == "hr":
                        writer.end()
            if not is_closed:
                opened.append(before)
                inner = number
        else:
            before = opened.pop()
            number, inner, is_closed = inner, parents[inner], True
        if is_closed:
            ends[number] = len(parents)
            if before is not None:
                look, block, place, table, link, joins, is_block = before
                if is_block and writer.begun is not None:
                    writer.end()
            elif number == unseen:
                unseen = -1
        if text and unseen < 0 and (writer.begun is not None or look.verbatim or not text.isspace()):
            if "&" in text:
                text = unescaped(text)
            writer.write(text, look, block, place, table, link)
    writer.end()
    writer.clean()
    outline.places += [line.place for line in writer.lines]
    if files is not None:
        files += [file for _, file in outline.files]
    return outline


_Before = tuple[Look, Start, int, int, int, bool, bool]
"""What an element's end brings back: look, block, its number, table, link, whether blocks join; and whether a
line ends with it."""


def _frames_picture(table: Element) -> bool:
    """Whether a table is there to frame pictures: it has some, and text for captions only."""
    if next(table.iterdescendants(*_NEVER_IN_FRAMES), None) is not None:
        return False  # first, as tables around half a page have these, and many pictures to count
    pictures = sum(1 for _ in table.iter("img"))
    if not pictures:
        return False
    sizes = [len(text) for text in table.itertext(with_tail=False) if not text.isspace()]
    if sum(sizes) > _FRAME_TEXT * pictures or max(sizes, default=0) > _FRAME_TEXT:
        return False
    return sum(sizes) <= _BESIDE_PICTURE or not any(map(_has_text_beside_picture, table.iter("tr")))


def _has_text_beside_picture(row: Element) -> bool:
    """Whether one cell of a row has a picture and the next one a text: captions stand below, or are short."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    pictured = [cell for cell in cells if next(cell.iter("img"), None) is not None]
    if not pictured or len(pictured) == len(cells):
        return False
    texts = ("".join(map(str, cell.itertext())).strip() for cell in cells if cell not in pictured)
    return any(len(text) > _BESIDE_PICTURE and text.endswith(_SENTENCE_ENDS) for text in texts)


_NEVER_IN_FRAMES = ("table", "h1", "h2", "h3", "ul", "ol", "form")
_FRAME_TEXT = 400
"""Characters of a caption; a cell with more is text laid out in a table."""
_BESIDE_PICTURE = 120
_SENTENCE_ENDS = (".", "!", "…")


def is_data_row(row: Element) -> bool:
    """Whether a row holds figures to be read across, and not text laid out in cells."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2 or next(row.iter("img"), None) is not None:
        return False
    sizes = [sum(map(len, cell.itertext())) for cell in cells]
    if max(sizes) > 200 or next(row.iterdescendants("table"), None) is not None:
        return False
    # paragraphs in a cell are no figures: the end of a letter has whom it goes to beside who signed it
    many = [cell for cell in cells if len(cell) > 1]
    return not any(next(islice(cell.iterchildren("p", "div"), 1, None), None) is not None for cell in many)
