"""The headline: what the page prints as one, agreed with what it tells machines."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

from lxml.etree import _Element as Element

from crawler.reading import generic, noise, printed_times
from crawler.reading import tree as trees
from crawler.reading.ledger import Ledger
from crawler.reading.lines import Line
from crawler.reading.machine import Machine
from crawler.reading.platform import Platform
from crawler.reading.tree import Tree
from vietnam import writing

_SEPARATORS = re.compile(r"\s+[|–—\-»«:•·/]+\s+")
_NAMES_TITLE = re.compile(
    r"(?:^|[\s_-])(?:title|tieu-?de|headline|tit|lbl_?(?:title|tieude)|ten-?(?:tin|bai)(?:-?viet)?)"
    r"(?:[\s_-]|$)|title|tieude",
    re.I,
)
_NAMES_OTHER = re.compile(
    r"site|logo|brand|widget|block|box|portlet|menu|sub-?title|related|other|banner|footer|module|page-?title-?bar",
    re.I,
)
_NAMES_MODULE = re.compile(r"(?:dnn-?|portlet-|webpart-?|module-?)title", re.I)
"""Of a box that a page is put together from, whose title is the section's; DNN's title tag repeats it."""
_NAMED_TITLE = re.compile(r"itle|headline|ieu-?de|ten-?(?:tin|bai)", re.I)
"""Class names of what calls itself a headline: old ASP.NET pages print it in a span."""
_HEADINGS = ("h1", "h2", "h3", "h4")
_TITLED = frozenset(("div", "span", "p", "td", "b", "strong", "a", "h5"))
_PORTAL_WORDS = re.compile(
    r"(?:chi tiet|trang chu|tin tuc|ban tin|(?:cong|trang) (?:thong tin|tin)|noi dung|bai viet|thuc don)"
    r"\b(?! .{40})"
)
"""How headings of portlets and portals begin; a headline that begins so goes on for longer."""
_HOME = re.compile(
    r"(?:https?:)?(?://[^/?#]+)?/?(?:(?:vi|en|home|index|default|trang-?chu|web/guest)(?:\.\w+)?/?)?", re.I
)
_DESCENDANTS = 12
"""Elements within a headline; Word's spans nest to six (recorded sites, November 2026)."""
_LINK_DEPTH = 3
"""Elements from a heading up to the link around it."""
_PORTAL_NAME = 7
"""Words: most portals' names have fewer, of the 133 labelled headlines 9 in 10 have as many."""
_SHORT_HEADING = 25
"""Score of a first-level heading of fewer words, which nothing repeats: an element called title that has as
many does better (``<h1>`` with the section's name above ``<h2 class="news-title">``)."""
_TIME = 60
"""Characters of a heading that prints the time: most headlines have more."""
_SHORTEST, _LONGEST = 20, 250
"""Characters of a headline that only its looks tell."""
_PORTAL_MOST = 1.5
"""What a portal's own heading scores at most."""
_LIMIT = 500
"""Characters: longer than the longest headline of the labelled openings, shorter than a paragraph."""


def find_title(
    tree: Tree, platform: Platform | None, machine: Machine, ledger: Ledger, row_title: str | None
) -> tuple[str, Element | None]:
    """The headline ("" for none) and its element (None where only machines are told).

    Order: the platform's selector; a heading that the page's own title tag, Open Graph or JSON-LD
    repeats; the listing's title where a heading agrees; the only ``h1``; then what machines are told.
    """
    if platform is not None:
        for css in platform.article.title:
            for element in tree.select(css):
                text = trees.text_of(element)
                if not text or len(text) > _LIMIT or trees.is_hidden(element):
                    continue
                if doubt := _portal_heading(writing.fold(text), element, machine):
                    ledger.propose("title", text, f"platform:{css}", doubt)
                    continue
                ledger.propose("title", text, f"platform:{css}")
                ledger.choose("title", f"platform:{css}", "the platform's selector")
                return text, element
    told = [(writing.fold(text), text, source) for text, source in machine.title]
    page_key = writing.fold(machine.page_title)
    row_key = writing.fold(row_title) if row_title else ""
    best: tuple[float, int, str, Element, str] | None = None
    for n, element in enumerate(_headings(tree)):
        text = trees.text_of(element)
        if not text or len(text) > _LIMIT or noise.is_end_label(text):
            continue
        beaten = best is not None and best[0] > _PORTAL_MOST and not ledger.explain
        score, reason = _agreement(writing.fold(text), element, told, page_key, row_key, machine, beaten)
        if score > 0 and len(text) <= _TIME and printed_times.is_labelled(text):
            score, reason = 0, "a line of the time"
        source = f"{element.tag}.{element.get('class') or ''}".rstrip(".")
        ledger.propose("title", text, source, None if score > 0 else reason)
        if score > 0 and (best is None or score > best[0]):
            best = (score, -n, text, element, reason)
            ledger.choose("title", source, reason)
    if best is not None and best[0] <= _PORTAL_MOST:
        best = _unnamed_headline(tree, machine, row_title, ledger) or best
    if best is not None:
        return best[2], _unlinked(tree, best[2], best[3])
    for _, text, source in told:
        ledger.propose("title", text, source)
        ledger.choose("title", source, "no heading of the page says more")
        return _printed(tree, _without_site(text, machine))
    if row_title:
        ledger.propose("title", row_title, "listing")
        ledger.choose("title", "listing", "the page has none")
        return _printed(tree, row_title)
    if machine.page_title:
        ledger.propose("title", machine.page_title, "title tag")
        ledger.choose("title", "title tag", "no heading, nothing else")
        for part in sorted(_SEPARATORS.split(machine.page_title), key=len, reverse=True):
            if len(part) >= _SHORTEST and (printed := _printed(tree, part))[1] is not None:
                return printed
        return _printed(tree, _without_site(machine.page_title, machine))
    return "", None


def _unnamed_headline(
    tree: Tree, machine: Machine, row_title: str | None, ledger: Ledger
) -> tuple[float, int, str, Element, str] | None:
    """What the listing or the title tag calls the page, where an element without a headline's name prints it
    and every heading is a portal's (SharePoint's forms have the names of fields for headings)."""
    parts = [part for part in _SEPARATORS.split(machine.page_title) if len(part.split()) >= _PORTAL_NAME]
    claims = [(row_title, "listing")] if row_title else []
    claims += [(part, "title tag") for part in sorted(parts, key=len, reverse=True)]
    for text, source in claims:
        _, element = _printed(tree, text)
        if element is None or element.tag == "a" or _portal_heading(writing.fold(text), element, machine):
            continue
        ledger.propose("title", text, source)
        ledger.choose("title", source, "printed on the page, whose headings are the portal's")
        return 1.0, 0, text, element, source
    return None


def is_doubtful(title: str, element: Element | None, machine: Machine, row_title: str | None) -> bool:
    """Whether a title is likelier the portal's than the article's: short, and told by the title tag
    alone or by a heading that nothing else repeats."""
    if machine.title or row_title:
        return False
    key = writing.fold(title)
    if element is not None:
        return len(key.split()) < _PORTAL_NAME and key not in writing.fold(machine.page_title)
    names = [writing.fold(name) for name, _ in machine.site_name]
    return not key or key in names or bool(_PORTAL_WORDS.match(key)) or len(key.split()) < _PORTAL_NAME


def by_looks(tree: Tree, element: Element | None, ledger: Ledger) -> tuple[str, Element] | None:
    """The headline of a page whose markup names none: a line of its own without a link or a full stop, right
    above the text or its first line, bold or followed by the line of the time. Where the doubtful ``element``
    stands there, only a longer heading below it, right above the time."""
    region = generic.locate(tree, None, None)
    if region is None:
        return None
    near = [*region.above, *region.lines[:2]]
    doubtful = [
        n for n, line in enumerate(near) if element is not None and trees.is_within(line.block, element)
    ]
    if doubtful:
        near = near[doubtful[-1] + 1 :]
    for line in near if not doubtful else ():
        if not _looks_like_headline(line) or line.block is None:
            continue
        ledger.propose("title", line.text, "looks")
        ledger.choose("title", "looks", "a bold line above the text, and no markup names a headline")
        return line.text, line.block
    for line, following in pairwise(near):
        if doubtful and not (line.heading and len(line.text.split()) >= _PORTAL_NAME):
            continue
        if _may_be_headline(line) and line.block is not None and printed_times.is_date_line(following.text):
            ledger.propose("title", line.text, "looks")
            ledger.choose("title", "looks", "a line right above the time, and no markup names a headline")
            return line.text, line.block
    return None


def _looks_like_headline(line: Line) -> bool:
    return (line.heading or line.mostly(line.bold)) and _may_be_headline(line)


def _may_be_headline(line: Line) -> bool:
    return (
        line.image is None
        and all(address.startswith(("#", "javascript:")) for address, _ in line.links)
        and line.role in (None, "lead")
        and _SHORTEST <= len(line.text) <= _LONGEST
        and not line.text.endswith((".", ":", ";", ","))
        and not noise.is_end_label(line.text)
        and not printed_times.is_date_line(line.text)
    )


def _unlinked(tree: Tree, title: str, element: Element) -> Element:
    """The element that prints a headline without a link, where there is one beside a linked one: a box of top
    news shows the article that is open as well."""
    if element.tag != "a" and next(element.iter("a"), None) is None:
        return element
    for node in tree.body.iter(*_TITLED, *_HEADINGS):
        text = node.text
        if not text or node.tag == "a" or len(text) >= len(title) + 200 or writing.clean(text) != title:
            continue
        if next(node.iterancestors("a"), None) is None and not trees.is_hidden(node):
            return node
    return element


def _printed(tree: Tree, title: str) -> tuple[str, Element | None]:
    """A headline that machines are told, and the element that prints it under a name of its own: one without
    a link, where there is one, or an entry in a box of most read articles would be taken for it."""
    linked: Element | None = None
    for node in tree.body.iter():
        text = node.text
        if text and len(title) <= len(text) < len(title) + 200 and writing.clean(text) == title:
            if node.tag != "a" and next(node.iterancestors("a"), None) is None:
                return title, node
            linked = node if linked is None else linked
    return title, linked


def _headings(tree: Tree) -> list[Element]:
    found = list(tree.body.iter(*_HEADINGS))
    found += [e for e in tree.index.named_like(_NAMED_TITLE) if e.tag in _TITLED and _heading_in(e) is None]
    return [e for e in found[:400] if not trees.is_hidden(e) and _is_small(e)]


def _heading_in(element: Element) -> Element | None:
    """The heading in a box called title (``<div class="title"><h2>…</h2><span>14/10/2025</span></div>``): it
    is the headline, and not the box."""
    if not len(element):  # most are links and spans
        return None
    return next((e for e in element.iter(*_HEADINGS) if len(trees.text_of(e)) >= _SHORTEST), None)


def _is_small(element: Element) -> bool:
    """Whether an element has a headline's markup, and not a whole header's."""
    return next(islice(element.iterdescendants(), _DESCENDANTS, None), None) is None


def _agreement(
    key: str,
    element: Element,
    told: list[tuple[str, str, str]],
    page_key: str,
    row_key: str,
    machine: Machine,
    beaten: bool,
) -> tuple[float, str]:
    """How well a heading fits as the headline (0: not at all), and why. ``beaten``: another does better than
    a portal's heading, so that this one needs not be known for one."""
    if not key or len(key) < 3:
        return 0, "too short"
    size = len(key)
    h1 = 1.0 if element.tag == "h1" else 0.5 if element.tag in ("h2", "h3") else 0.2
    linked = element.tag == "a" or next(element.iter("a"), None) is not None or _is_in_link(element)
    for claim, _, source in told:
        if claim == key or (
            size > 20 and (claim.startswith(key) or (key.startswith(claim.rstrip(" ")) and len(claim) > 20))
        ):
            return 100 + h1 + min(size, 300) / 1000 - (0.3 if linked else 0), f"{source} says the same"
    if row_key and (key == row_key or (len(row_key) > 25 and key.startswith(row_key))):
        return 90 + h1, "the listing says the same"
    is_told = bool(page_key) and size > 12 and key in page_key
    if linked and beaten and not is_told:
        return 0, "nothing agrees with it"  # so are most headings of a page: of its listings and boxes
    called = _called(trees.names_of(element))
    is_other = called.module or (linked and called.other)
    if is_other or _portal_heading(key, element, machine):
        return _PORTAL_MOST - 1 + h1, "a heading, if one of the portal"
    if is_told:
        weight = 60 + 30 * size / max(len(page_key), 1) + h1
        return weight - (10 if linked else 0), "the title tag repeats it"
    if element.tag == "h1" and not linked and size >= 15 and not called.other:
        if len(key.split()) < _PORTAL_NAME:
            return _SHORT_HEADING, "a first-level heading, as short as a section's name"
        return 30 + min(size, 100) / 100, "a first-level heading"
    if not called.title and element.tag in _HEADINGS and (box := element.getparent()) is not None:
        called = _called(trees.names_of(box))
    if not linked and size >= 25 and called.title and not called.other:
        words = len(key.split())
        enough = _SHORT_HEADING if words >= _PORTAL_NAME else 20
        return enough + h1 + min(size, 200) / 200, "an element called title"
    if not linked and size >= 30 and element.tag in ("h2", "h3"):
        return 10 + h1, "a heading without a link"
    return 0, "nothing agrees with it"


def _is_in_link(element: Element) -> bool:
    """Whether a heading is part of a link: a listing's cards and titles are, whatever stands innermost."""
    return any(up.tag == "a" for up in islice(element.iterancestors(), _LINK_DEPTH))


class _Called(NamedTuple):
    """What an element calls itself by its class and id."""

    title: bool
    other: bool
    module: bool


@lru_cache(maxsize=4096)  # a portal's headings are called alike on all its pages
def _called(names: str) -> _Called:
    patterns = (_NAMES_TITLE, _NAMES_OTHER, _NAMES_MODULE)
    return _Called(*(pattern.search(names) is not None for pattern in patterns))


def _portal_heading(key: str, element: Element, machine: Machine) -> str | None:
    """Why a heading is the portal's and not the article's, or None."""
    if any(key == writing.fold(name) for name, _ in machine.site_name):
        return "the site's name"
    if _PORTAL_WORDS.match(key):
        return "a portlet's heading"
    return "links to the home page" if _leads_home(element) else None


def names_portal(title: str) -> bool:
    """Whether a headline reads like the name of a portal or of a part of it ("Cổng thông tin điện tử …")."""
    return bool(_PORTAL_WORDS.match(writing.fold(title)))


def _leads_home(element: Element) -> bool:
    """Whether a heading is the site's name, linked to its home page."""
    link = element if element.tag == "a" else next(element.iter("a"), None)
    if link is None:
        return False
    address = link.get("href") or ""
    return bool(_HOME.fullmatch(address.strip()))


def _without_site(text: str, machine: Machine) -> str:
    """A title tag without the site's name around it."""
    names = [writing.fold(name) for name, _ in machine.site_name]
    parts = [part for part in _SEPARATORS.split(text) if part.strip()]
    if len(parts) < 2:
        return text
    kept = [part for part in parts if writing.fold(part) not in names]
    if len(kept) < len(parts) and kept:
        for part in (parts[0], parts[-1]):
            if writing.fold(part) in names:
                text = text.removesuffix(part).removeprefix(part)
        return text.strip(" |–—-»«:•·/") or " - ".join(kept)
    last = parts[-1]
    if len(parts[0]) >= len(last) and re.search(r"cổng|trang|báo|portal|news|\.vn|\.com", last, re.I):
        return text[: text.rindex(last)].strip(" |–—-»«:•·/")
    return text
