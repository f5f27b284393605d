"""What the start of an element says of the text in it: told once for each way in which themes write it.

A portal prints the same start tags on every page, some hundred of them. So a tag is looked up as it is
written, name and attributes together, and class, style and tag are judged when it is first seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from lxml import etree
from lxml.etree import _Element as Element

from crawler.reading import noise
from crawler.reading.tree import SILENT, hides, spelled_names
from vietnam import writing
from vietnam.values import quickly_made

BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div"),
        *("dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "li", "main", "menu", "nav", "ol", "p", "pre", "section"),
        *("summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    )
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BOLD = frozenset(("b", "strong", "th", *HEADINGS))
_ITALIC = frozenset(("i", "em", "cite"))
_STYLE_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.I)
_STYLE_ITALIC = re.compile(r"font-style\s*:\s*italic", re.I)
_CLASS_BOLD = re.compile(
    r"(?<!\S)(?:fw-bold|fw-semibold|fw-bolder|font-weight-bold|font-bold|font-semibold|text-bold|bold)(?!\S)"
)
_ALIGN = re.compile(r"text-align\s*:\s*(\w+)", re.I)
_CLASS_ALIGN = {
    **dict.fromkeys(("text-center", "has-text-align-center", "aligncenter", "rtecenter"), "center"),
    **dict.fromkeys(("text-right", "has-text-align-right", "rteright"), "right"),
}
_IMAGE_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-lazy", "src")
"""Where lazy loaders keep the real address; ``src`` then holds a placeholder."""
_TINY = 60
"""Pixels: smaller pictures are icons (buttons, smileys, bullets)."""
_ROUND = re.compile(r"border-radius\s*:\s*50%", re.I)
"""The style of a person's portrait."""
_ICON = re.compile(r"(?:icon|smil|emoji|spacer|pixel|loading|blank|bullet|print|logo|/share|rating)", re.I)
_FILE_ICON = re.compile(
    r"/(?:file-?)?icons?/[^?#]*$|(?:^|/)(?:ic|icon[_-]?|file[_-]?)?"
    r"(?:pdf|docx?|xlsx?|pptx?|word|excel|zip|rar|files?|attach(?:ment)?|dinhkem|download)"
    r"(?:[_-]?(?:icon|file|ico|\d{2,3}))?\.(?:png|gif|svg)(?:$|[?#])",
    re.I,
)
"""What stands beside a link to a file: the type's own picture, by its folder or its name."""
_PHOTOGRAPHS = frozenset((".jpg", ".JPG", "jpeg", "JPEG"))
"""How the addresses of photographs end; icons are drawn in other formats."""
_SIDES = frozenset(
    ("left", "right", "alignleft", "alignright", "float-left", "float-right", "pull-left", "pull-right",
     "float-start", "float-end", "ms-rtePosition-1", "ms-rtePosition-2")
)  # fmt: skip
BESIDE = "beside"
"""The alignment of a picture that text runs on beside."""
_STYLE_FLOAT = re.compile(r"float\s*:\s*(?:left|right)", re.I)
_WHOLE = frozenset(("html", "body", "main", "article"))
"""Elements around a whole page or text; their classes name the theme's layout."""
_TAG_ROLES = {
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    **dict.fromkeys(("nav", "footer", "aside", "menu"), "noise"),
}
_LENDS = frozenset(("a", "table", "tr", *_BOLD, *_ITALIC, *_TAG_ROLES))
"""Elements that mark the text in them whatever their style and class."""
RECURRING = 300
"""Characters of a start tag that is remembered: longer ones carry a picture in them, or a script."""
_LISTED = frozenset(("li", "pre"))
_MORE_THAN_BOXES = frozenset(("a", "table", "tr", "hr", "br", "img"))
_FILES = frozenset(("iframe", "object", "embed"))
_ATTRIBUTE = re.compile(r' (=?[^\s=>]+)="([^"]*)"')
_ESCAPE = re.compile(r"&(?:amp|lt|gt|quot|#9|#10|#13);")
_ESCAPES = {
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#9;": "\t",
    "&#10;": "\n",
    "&#13;": "\r",
}
_OTHER_ESCAPE = re.compile(b"&#(?!(?:9|10|13);)")
_MANY = 20_000
"""Elements from which a page is written out tag by tag, so that it is not in memory once more; the largest
one recorded has 1,500."""


@quickly_made
@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A start tag. ``shows``: False for what readers never see of the text in it; ``is_hidden``: by class or
    style, which does not count for the element that is read. ``role``, ``align`` and the like are what it
    lends to its text; ``plain``: it lends nothing."""

    tag: str
    shows: bool
    is_hidden: bool
    block: bool
    plain: bool
    bold: bool
    italic: bool
    align: str | None
    role: str | None
    look: str
    """Tag and class, as :class:`crawler.reading.lines.Line` has it."""
    lends: bool
    """Whether :func:`lent` may change a look."""
    is_box: bool
    """A block that is shown and nothing else."""
    link: str | None = None
    picture: tuple[str, str] | None = None
    """Of an image that is no icon: its address and its words."""
    floats: bool = False
    """Whether text runs beside the image, as its own attributes say."""
    file: tuple[str, str] | None = None
    """Of a frame: the address and name of what is shown in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the elements around a text lend to it."""

    bold: bool = False
    italic: bool = False
    item: bool = False
    verbatim: bool = False
    align: str | None = None
    role: str | None = None


PLAIN = Look()
"""The look of text that nothing around lends anything to."""


@lru_cache(maxsize=4096)
def lent(around: Look, start: Start) -> Look:
    """The look of the text in an element that stands in text of the look ``around``."""
    return _look(
        around.bold or start.bold,
        around.italic or start.italic,
        around.item or (start.block and start.tag == "li"),
        around.verbatim or (start.block and start.tag == "pre"),
        start.align or around.align,
        start.role or around.role,
    )


def as_caption(look: Look) -> Look:
    """The look of a text that is known to be a caption."""
    return _look(look.bold, look.italic, look.item, look.verbatim, look.align, "caption")


@lru_cache(maxsize=512)
def _look(bold: bool, italic: bool, item: bool, verbatim: bool, align: str | None, role: str | None) -> Look:
    return Look(bold, italic, item, verbatim, align, role)


def start_of(written: str, around_title: bool = False, is_title: bool = False) -> Start:
    """A start tag by its name and attributes as :func:`tags_of` writes them.

    ``around_title``: the headline stands in it, so that its class says nothing of the text. ``is_title``: it
    is the headline's own element, a line whatever its tag.
    """
    end = written.find(" ")
    tag = written if end < 0 else written[:end]
    own = {} if end < 0 else {name: unescaped(value) for name, value in _ATTRIBUTE.findall(written, end)}
    role = None
    if own and tag not in _WHOLE and not around_title:
        role = _role(own.get("class"), own.get("id"))
    # a date or author in a span is a line of its own, which the theme's style sheet makes a block
    block = tag in BLOCKS or is_title or (role is not None and tag == "span")
    style = own.get("style")
    bold, italic, align = _style(style) if style else (False, False, None)
    if "bold" in written and _CLASS_BOLD.search(own.get("class") or ""):
        bold = True
    if block:
        align = align or own.get("align") or _class_align(own.get("class") or "")
        align = (align or "center").lower() if align or tag == "center" else None
    is_plain = not block and role is None and tag not in _LENDS and not bold and "style" not in own
    bold, italic, role = bold or tag in _BOLD, italic or tag in _ITALIC, role or _TAG_ROLES.get(tag)
    shows, is_hidden = tag not in SILENT, hides(own)
    return Start(
        tag=tag,
        shows=shows,
        is_hidden=is_hidden,
        block=block,
        plain=is_plain,
        bold=bold,
        italic=italic,
        align=align if block else None,
        role=role,
        look=f"{tag} {own.get('class') or ''}",
        lends=bold or italic or role is not None or (block and (align is not None or tag in _LISTED)),
        is_box=block and shows and not is_hidden and tag not in _MORE_THAN_BOXES,
        link=own.get("href") or None if tag == "a" else None,
        picture=_picture(own) if tag == "img" else None,
        floats=tag == "img" and _floats(own),
        file=(own.get("src") or own.get("data") or "", own.get("title") or "") if tag in _FILES else None,
    )


known_start = lru_cache(maxsize=4096)(start_of)
""":func:`start_of`, remembered: for tags of up to :data:`RECURRING` characters."""


def _role(names: str | None, own_id: str | None) -> str | None:
    return noise.role(spelled) if (spelled := spelled_names(names, own_id)) else None


def _style(style: str) -> tuple[bool, bool, str | None]:
    """Bold, italic and alignment of a style attribute."""
    align = _ALIGN.search(style)
    return bool(_STYLE_BOLD.search(style)), bool(_STYLE_ITALIC.search(style)), align and align.group(1)


def _class_align(names: str) -> str | None:
    return next((_CLASS_ALIGN[name] for name in names.split() if name in _CLASS_ALIGN), None)


PASTED = "data:"
"""The source of a picture that is part of the markup, as editors leave it that paste from Word. It has no
address to be kept, but a caption."""
_PLACEHOLDER = 2_000
"""Characters of a picture in the markup that only holds the place of one that a script loads."""


def _floats(own: dict[str, str]) -> bool:
    """Whether an image stands at one side and the text runs on beside it."""
    if own.get("align") in _SIDES or ((names := own.get("class")) and not _SIDES.isdisjoint(names.split())):
        return True
    style = own.get("style")
    return style is not None and _STYLE_FLOAT.search(style) is not None


def _picture(own: dict[str, str]) -> tuple[str, str] | None:
    source = next((s for name in _IMAGE_SOURCES if (s := own.get(name, "").strip())), "")
    if not source or hides(own):
        return None
    if source.startswith("data:"):
        return (PASTED, writing.clean(own.get("alt") or "")) if len(source) >= _PLACEHOLDER else None
    for side in (own.get("width"), own.get("height")):
        digits = (side or "").removesuffix("px").strip()
        if digits.isdigit() and int(digits) < _TINY:
            return None
    if "50%" in own.get("style", "") and _ROUND.search(own["style"]):
        return None
    if source[-4:] in _PHOTOGRAPHS:  # nearly every picture
        return source, writing.clean(own.get("alt") or "")
    if (source.lower().endswith(".gif") and _ICON.search(source)) or _FILE_ICON.search(source):
        return None
    return source, writing.clean(own.get("alt") or "")


def tags_of(root: Element, elements: int) -> Iterable[tuple[str, str]]:
    """An element as markup, cut at every "<" and ">": each tag and the text after it. ``elements`` is how
    many there are in it; comments there are none (:func:`crawler.reading.tree.parse`).

    It is libxml2 that writes, a tenth of the time that asking for every name, attribute and text takes
    (120 µs for 430 elements, November 2026): every tag is closed, and in text and attributes "<", ">", "&"
    and '"' are escaped, so that these need no parser. What it writes otherwise than it stands on the page is
    written here: control characters, and names with "<" in them.
    """
    if elements > _MANY:
        return _written(root)
    forget_doctype(root)
    pieces = cut(written_by_libxml2(root))
    return _written(root) if pieces is None else pieces


def forget_doctype(root: Element) -> None:
    """Else libxml2 writes as XHTML demands where the page calls itself so: an id for each name."""
    root.getroottree().docinfo.clear()


def written_by_libxml2(element: Element) -> bytes:
    """An element as XML, without the text behind it."""
    markup: bytes = etree.tostring(element, encoding="utf-8", with_tail=False)
    return markup


def cut(markup: bytes) -> Iterable[tuple[str, str]] | None:
    """The pieces of :func:`tags_of`; None for what libxml2 writes otherwise than it stands on the page."""
    # one split in C: to part tag and text piece by piece took 800 instructions each
    pieces = markup.decode().replace(">", "<").split("<")
    signs = np.frombuffer(markup, np.uint8)
    is_odd = len(pieces) != 2 * np.count_nonzero(signs == _OPENS) + 1
    # one byte is sought for twenty times as fast as two
    if is_odd or (b"&" in markup and b"&#" in markup and _OTHER_ESCAPE.search(markup)):
        return None
    return zip(pieces[1::2], pieces[2::2], strict=True)


_OPENS = ord("<")


def _written(root: Element) -> Iterator[tuple[str, str]]:
    """:func:`tags_of`, whatever stands in names and text."""
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            yield head_of(node), escaped(node.text or "")
        else:
            yield "/", escaped(node.tail or "") if node is not root else ""


def head_of(node: Element) -> str:
    """Name and attributes of an element as :func:`tags_of` has them."""
    own = cast("list[tuple[str, str]]", node.items())
    return _name(node.tag) + "".join(f' {_name(name)}="{escaped(value)}"' for name, value in own)


def _name(name: str) -> str:
    return name.replace("<", "_")


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def unescaped(text: str) -> str:
    """Text or an attribute of :func:`tags_of` as it stands on the page."""
    return _ESCAPE.sub(lambda found: _ESCAPES[found[0]], text) if "&" in text else text
