"""Markup to lines: what stands on a page line by line, each with the looks that tell what it is.

Every editor writes its paragraphs another way (``<p>``, ``<div>``, ``<br>``, table cells, Word's nested
spans), but all of them come out as lines with the same few properties, and the rules of
:mod:`crawler.reading.body` look at those alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree
from lxml.etree import _Element as Element

from crawler.reading import noise
from crawler.reading.tree import SILENT, hides, spelled_names
from vietnam import writing

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BOLD = frozenset(("b", "strong", "th", *HEADINGS))
_ITALIC = frozenset(("i", "em", "cite"))
_STYLE_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.I)
_STYLE_ITALIC = re.compile(r"font-style\s*:\s*italic", re.I)
_ALIGN = re.compile(r"text-align\s*:\s*(\w+)", re.I)
_CLASS_ALIGN = {
    **dict.fromkeys(("text-center", "has-text-align-center", "aligncenter", "rtecenter"), "center"),
    **dict.fromkeys(("text-right", "has-text-align-right", "rteright"), "right"),
}
_IMAGE_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-lazy", "src")
"""Where lazy loaders keep the real address; ``src`` then holds a placeholder."""
_TINY = 60
"""Pixels: smaller pictures are icons (buttons, smileys, bullets)."""
_ICON = re.compile(r"(?:icon|smil|emoji|spacer|pixel|loading|blank|bullet|print|logo|/share|rating)", re.I)
_ENDS = (".", "!", "?", ":", ";", "…", '"', "”", ")", "]")
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
    tag: str = ""
    look: str = ""
    """Tag, class and alignment of the nearest block: lines that look alike share it."""
    role: str | None = None
    frame: int = 0
    item: bool = False
    block: Element | None = None
    image: str | None = None
    alt: str | None = None

    def mostly(self, characters: int) -> bool:
        """Whether nearly all of the line's text is so marked."""
        return characters >= 0.9 * len(self.text.replace(" ", "")) and bool(self.text)

    @property
    def heading(self) -> bool:
        return self.tag in HEADINGS


class _Frame:
    """What an open element lends to the text in it."""

    __slots__ = ("align", "block", "bold", "frame", "italic", "item", "join", "link", "role", "verbatim")

    def __init__(self, parent: _Frame | None) -> None:
        if parent is None:
            self.bold = self.italic = self.item = False
            self.align: str | None = None
            self.role: str | None = None
            self.link: int | None = None
            self.frame = 0
            self.join = self.verbatim = False
            self.block: Element | None = None
        else:
            self.bold, self.italic, self.item = parent.bold, parent.italic, parent.item
            self.align, self.role, self.link = parent.align, parent.role, parent.link
            self.frame, self.join, self.block = parent.frame, parent.join, parent.block
            self.verbatim = parent.verbatim


class _Writer:
    """Collects pieces of text into lines."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.links: list[tuple[str, list[str]]] = []
        self._pieces: list[str] = []
        self._bold = self._italic = self._linked = 0
        self._used: list[int] = []
        self._frame: _Frame | None = None
        self._after_break = False

    def write(self, text: str, frame: _Frame) -> None:
        if frame.verbatim and "\n" in text and len(self.lines) < _VERBATIM:
            for part in text.split("\n", _VERBATIM):
                self.write(part, frame)
                self.end()
            return
        if text.isspace() or not text:
            if self._frame is not None:
                self._pieces.append(" ")
            return
        self._pieces.append(text)
        if self._frame is None:
            self._frame = frame
        if not (frame.bold or frame.italic or frame.link is not None):
            return
        size = sum(map(len, text.split()))
        if frame.bold:
            self._bold += size
        if frame.italic:
            self._italic += size
        if frame.link is not None:
            self._linked += size
            self.links[frame.link][1].append(text)
            if not self._used or self._used[-1] != frame.link:
                self._used.append(frame.link)

    def end(self, *, broken: bool = False) -> None:
        """Ends the line; ``broken`` by a ``<br>``, which may stand within a sentence."""
        frame, pieces = self._frame, self._pieces
        if frame is None:
            if broken and self._after_break:
                self._after_break = False  # an empty line: a paragraph ends
            return
        text = writing.clean("".join(pieces))
        if text:
            links = [(self.links[n][0], writing.clean("".join(self.links[n][1]))) for n in self._used]
            last = self.lines[-1] if self.lines else None
            if self._after_break and last is not None and _runs_on(last, text, frame):
                last.text = f"{last.text} {text}"
                last.bold += self._bold
                last.italic += self._italic
                last.linked += self._linked
                last.links += links
            else:
                self.lines.append(self._line(text, links, frame))
        self._pieces, self._frame = [], None
        self._bold = self._italic = self._linked = 0
        self._used = []
        self._after_break = broken

    def _line(self, text: str, links: list[tuple[str, str]], frame: _Frame) -> Line:
        block = frame.block
        tag = block.tag if block is not None else ""
        return Line(
            text=text, bold=self._bold, italic=self._italic, linked=self._linked, links=links,
            align=frame.align, tag=tag, role=frame.role, frame=frame.frame, item=frame.item, block=block,
            look=f"{tag} {block.get('class') or '' if block is not None else ''} {frame.align or ''}",
        )  # fmt: skip

    def picture(self, source: str, alt: str, frame: _Frame) -> None:
        self.end()
        self._after_break = False
        self.lines.append(
            Line(image=source, alt=writing.clean(alt), align=frame.align, frame=frame.frame, role=frame.role,
                 block=frame.block, links=[(self.links[frame.link][0], "")] if frame.link is not None else [])
        )  # fmt: skip


def _runs_on(last: Line, text: str, frame: _Frame) -> bool:
    """A hard line break within a sentence (mttqhanoi; vietnamese_text.md): the next line goes on in
    lower case where the last one came to no end."""
    return (
        last.block is frame.block
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
    writer = _Writer()
    frames: list[tuple[Element, _Frame, bool]] = []
    current = _Frame(None)
    current.block = root
    tables = 0
    around_title = set(title.iterancestors()) if title is not None else ()
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, node in walker:
        tag = node.tag
        if event == "end":
            if frames and frames[-1][0] is node:
                _, current, is_block = frames.pop()
                if is_block:
                    writer.end()
            if node is not root and (tail := node.tail):
                writer.write(tail, current)
            continue
        if tag == "br":
            if current.join:
                writer.write(" ", current)
            else:
                writer.end(broken=not current.verbatim)
            continue
        own = dict(node.items())  # one call for what five look-ups would ask; a third have no attribute
        if tag == "img":
            _see_image(own, current, writer)
            continue
        if tag in SILENT or (node in skip if skip else False) or (own and node is not root and hides(own)):
            if files is not None and tag in ("iframe", "object", "embed"):
                files.append((own.get("src") or own.get("data") or "", own.get("title") or ""))
            walker.skip_subtree()
            continue
        role = None
        if own and tag not in _WHOLE and node not in around_title:
            role = _role(own.get("class"), own.get("id"))
        # a date or author in a span is a line of its own, which the theme's style sheet makes a block
        block = tag in BLOCKS or node is title or (role is not None and tag == "span")
        if block and current.join:
            writer.write(" ", current)
        elif block:
            writer.end()
        elif role is None and tag not in _LENDS and "style" not in own and not captions:
            if node.text:  # most spans: they lend nothing to their text
                writer.write(node.text, current)
            continue
        frame = _Frame(current)
        _look(node, tag, own, block, role, frame)
        if captions and node in captions:
            frame.role = "caption"
        if tag == "a" and (href := own.get("href")):
            writer.links.append((href, []))
            frame.link = len(writer.links) - 1
        elif tag == "table":
            tables += 1
            frame.frame = tables if node not in around_title and _frames_picture(node) else 0
        elif tag == "tr" and _is_data_row(node):
            frame.join = True
        elif tag == "hr":
            writer.end()
        frames.append((node, current, block and not current.join))
        current = frame
        if node.text:
            writer.write(node.text, frame)
    writer.end()
    return writer.lines


_WHOLE = frozenset(("html", "body", "main", "article"))
"""Elements around a whole page or text; their classes name the theme's layout."""


@lru_cache(maxsize=16384)
def _role(names: str | None, own_id: str | None) -> str | None:
    """What an element's class and id say of its text; themes have a few hundred pairs of them."""
    return noise.role(spelled) if (spelled := spelled_names(names, own_id)) else None


def _look(node: Element, tag: str, own: dict[str, str], block: bool, role: str | None, frame: _Frame) -> None:
    """Sets what the element's tag, style and class (of its attributes ``own``) say of its text."""
    style = own.get("style")
    bold, italic, align = _style(style) if style else (False, False, None)
    if bold or tag in _BOLD:
        frame.bold = True
    if italic or tag in _ITALIC:
        frame.italic = True
    if block:
        frame.block = node
        align = align or own.get("align") or _class_align(own.get("class") or "")
        if align or tag == "center":
            frame.align = (align or "center").lower()
        if tag == "li":
            frame.item = True
        elif tag == "pre":
            frame.verbatim = True
    frame.role = role or _TAG_ROLES.get(tag) or frame.role


_TAG_ROLES = {
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    **dict.fromkeys(("nav", "footer", "aside", "menu"), "noise"),
}


@lru_cache(maxsize=4096)
def _style(style: str) -> tuple[bool, bool, str | None]:
    """Bold, italic and alignment of a style attribute."""
    align = _ALIGN.search(style)
    return bool(_STYLE_BOLD.search(style)), bool(_STYLE_ITALIC.search(style)), align and align.group(1)


@lru_cache(maxsize=4096)
def _class_align(names: str) -> str | None:
    return next((_CLASS_ALIGN[name] for name in names.split() if name in _CLASS_ALIGN), None)


def _frames_picture(table: Element) -> bool:
    """Whether a table is there to frame pictures: it has some, and text for captions only."""
    pictures = sum(1 for _ in table.iter("img"))
    if not pictures or next(table.iterdescendants(*_NEVER_IN_FRAMES), None) is not None:
        return False
    sizes = [len(text) for text in table.itertext(with_tail=False) if not text.isspace()]
    return sum(sizes) <= _FRAME_TEXT * pictures and max(sizes, default=0) <= _FRAME_TEXT


_NEVER_IN_FRAMES = ("table", "h1", "h2", "h3", "ul", "ol", "form")
_FRAME_TEXT = 400
"""Characters of a caption; a cell with more is text laid out in a table."""


def _is_data_row(row: Element) -> bool:
    """Whether a row holds figures to be read across, and not text laid out in cells."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if len(cells) < 2 or next(row.iter("img"), None) is not None:
        return False
    sizes = [sum(map(len, cell.itertext())) for cell in cells]
    return max(sizes) <= 200 and next(row.iterdescendants("table"), None) is None


_LENDS = frozenset(("a", "table", "tr", *_BOLD, *_ITALIC, *_TAG_ROLES))
"""Elements that mark the text in them whatever their style and class."""


def _see_image(own: dict[str, str], frame: _Frame, writer: _Writer) -> None:
    source = next((s for name in _IMAGE_SOURCES if (s := own.get(name, "").strip())), "")
    if not source or source.startswith("data:") or hides(own):
        return
    for side in (own.get("width"), own.get("height")):
        digits = (side or "").removesuffix("px").strip()
        if digits.isdigit() and int(digits) < _TINY:
            return
    if source.lower().endswith(".gif") and _ICON.search(source):
        return
    writer.picture(source, own.get("alt") or "", frame)
