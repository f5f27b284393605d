"""Where the article's text is: by a platform's selectors, else by structure; and what stands about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from lxml.etree import _Element as Element

from crawler.reading import attachments, credits, details, enclosures, generic, noise, printed_times
from crawler.reading import tree as trees
from crawler.reading.blocks import MORE
from crawler.reading.body import LEAD_MINIMUM, Body, read_body
from crawler.reading.kinds import TEXT_MINIMUM
from crawler.reading.ledger import Ledger
from crawler.reading.lines import Line, read_lines
from crawler.reading.markup import is_longer
from crawler.reading.media import locate_media
from crawler.reading.page import Page
from crawler.reading.platform import Platform
from crawler.reading.tree import Tree
from vietnam import bylines, writing

_CARDS = 3
"""Headlines with a summary each that make a listing of a region whose text is mostly those summaries."""
_SUMMARY = 600
"""Characters of a headline and its summary, on the average of a page of them."""
_APART = 400
"""Characters of text, standing apart from the title, that are rather a sidebar's than an article's."""
_BETWEEN = 4
"""Lines that may stand between a title and its text: section, date, author, counter."""
_TEXTS_APART = 2
_SHARE_APART = 0.8
"""Lines, and share of all their letters, in one element from which the line before it is the summary."""
_ON_TOP = 5
"""Lines from the top of a text in which its date and author may still stand."""
_WRITTEN = 200
"""Characters of text above a line that is no longer on its top."""
_AT_FOOT = 2
"""Lines from the end of a text in which old pages print its time, labelled."""
_CREDIT = 90
"""Characters; the longest credit of bylines_dev.csv with its unit has 74."""
_WORDS_BESIDE_TIME = 40
"""Characters of what stands beside the time in an element of its own."""
_NAME = 8
"""Characters of a name that tells a line by standing in it."""
_AHEAD, _BEHIND = 4, 16
"""Lines before the title, and after the text, in which its date or author may stand."""


@dataclass(slots=True)
class Found:
    """The body of a page, how it was found, and what stands about it.

    ``scope`` is the smallest element around title and text: what is printed of the article stands in
    it. ``headline_links``, ``linked`` (characters), ``shown``, ``is_listing`` and ``is_apart`` are as in
    :class:`crawler.reading.kinds.Shown`.
    """

    body: Body
    source: str
    scope: Element
    look_around: Callable[[], list[Line]]
    by_platform: bool = False
    lead: str | None = None
    lead_source: str | None = None
    headline_links: int = 0
    linked: int = 0
    shown: Sequence[str] = ()
    headlines: int = 0
    is_listing: bool = False
    is_apart: bool = False
    in_pictures: bool = False
    """Whether the article is what its page shows under the headline: photographs, files, a player."""
    is_dated: bool = False
    """Whether a time stands about the headline of such a page."""
    _around: list[Line] | None = None

    @property
    def around(self) -> list[Line]:
        """Lines about the title and after the text, best first; read when first asked for."""
        if self._around is None:
            self._around = self.look_around()
        return self._around


def by_selectors(
    page: Page, tree: Tree, platform: Platform, title: str, title_element: Element | None, ledger: Ledger
) -> Found | None:
    """The body by the platform's selectors; None where they match nothing, several articles alike (a
    listing), or an element around the headline too (another theme's page)."""
    rules = platform.article
    skip: set[Element] | None = None
    captions: list[Element] = []
    for css in rules.body:
        elements = _outermost([e for e in tree.select(css) if not trees.is_hidden(e)])
        if not elements:
            continue
        if skip is None:
            skip = tree.index.select_any(rules.noise)
            captions = [e for selector in rules.caption for e in tree.select(selector)]
        texts = [_Text.of(element, skip, set(captions)) for element in elements]
        if len(texts) > 1 and not _is_one_article(texts):
            return None
        text = max(texts, key=lambda t: t.size)
        if not text.lines and not text.files:
            continue
        if title_element is not None and text.element in title_element.iterancestors():
            return None
        base = base_of(page, tree)
        body = read_body(text.lines, base, title=title)
        enclosures.embed(body, text.files, base)
        scope = generic.common(text.element, title_element)
        enclosures.illustrate(body, scope, text.element, [e for e in captions if e not in skip], base)
        enclosures.feature(body, scope, text.element, title_element, base)
        look_around = partial(_surroundings, scope, text.element, title_element)
        found = Found(body, f"platform:{css}", scope, look_around, by_platform=True)
        _find_lead(tree, platform, text.element, found, ledger)
        if found.lead is None and body.lead is None:
            found.lead, found.lead_source = _lead_among(found.around)
        return found
    return None


@dataclass(frozen=True, slots=True)
class _Text:
    """What stands in one element that a body selector matched."""

    element: Element
    lines: list[Line]
    files: list[tuple[str, str]]
    size: int

    @classmethod
    def of(cls, element: Element, skip: set[Element], captions: set[Element]) -> _Text:
        files: list[tuple[str, str]] = []
        lines = read_lines(element, skip=skip, captions=captions, files=files)
        return cls(element, lines, files, sum(len(line.text) for line in lines))


def _outermost(elements: list[Element]) -> list[Element]:
    if len(elements) < 2:
        return elements
    return [
        e for e in elements if not any(other is not e and other in e.iterancestors() for other in elements)
    ]


def _is_one_article(texts: Sequence[_Text]) -> bool:
    """Whether several matches of a body selector are one text and scraps (a listing shows many alike)."""
    sizes = sorted((text.size for text in texts), reverse=True)
    return sizes[1] < 0.25 * sizes[0]


def _find_lead(tree: Tree, platform: Platform, element: Element, found: Found, ledger: Ledger) -> None:
    """The summary by the platform's selectors, in the scope of title and text."""
    for css in platform.article.lead:
        for lead in tree.select(css):
            if lead is element or lead in element.iterancestors():
                continue
            if not trees.is_within(lead, found.scope):
                continue
            if text := trees.text_of(lead):
                ledger.propose("lead", text, f"platform:{css}")
                found.lead, found.lead_source = text, f"platform:{css}"
                return


def _surroundings(scope: Element, element: Element, title_element: Element | None) -> list[Line]:
    """The lines about a headline and after a text whose element is known, best first."""
    lines = [x for x in read_lines(scope, skip={element}, title=title_element) if x.image is None]
    start = generic.title_line(lines, None, title_element)
    if start < 0:
        return lines[: _AHEAD + _BEHIND]
    return [*lines[start + 1 : start + _BEHIND], *reversed(lines[max(0, start - _AHEAD) : start])]


def by_structure(
    page: Page, tree: Tree, title: str, title_element: Element | None, authors: Sequence[str] = ()
) -> Found | None:
    """The body of unknown markup; None where the page has no text at all. ``authors`` are whom machines
    are told of: a line on top that prints one of them is no text."""
    region = generic.locate(tree, title or None, title_element)
    in_pictures = False
    if region is None or sum(map(_prose, region.lines)) < TEXT_MINIMUM:
        shown = locate_media(tree, title or None, title_element)
        in_pictures = shown is not None
        region = shown or region
    if region is None:
        return None
    base = base_of(page, tree)
    names = [key for author in authors if (key := writing.fold(author))]
    at_foot = [x for x in region.lines[-_AT_FOOT:] if x.image is None and printed_times.is_labelled(x.text)]
    text = _without_details(region.lines, page, names)
    if at_foot:
        text = [x for x in text if x not in at_foot]
    body = read_body(text, base, title=title or None)
    enclosures.embed(body, region.files, base)
    body.captions[:0] = [
        x.text for x in region.between if x.role == "caption" and x.text not in body.captions
    ]
    enclosures.illustrate(body, region.scope, region.element, list(region.scope.iter("figcaption")), base)
    enclosures.illustrate_by_rows(body, region.element, title_element, base)
    enclosures.feature(body, region.scope, region.element, title_element, base)
    whole_page = region.scope.tag in enclosures.WHOLE_PAGE
    found = Found(
        body,
        "structure",
        region.scope,
        lambda: [
            *region.between,
            *region.lines[:4],
            *(
                line
                for line in (*region.ahead, *reversed(region.above))
                if not printed_times.is_clock(line.text, page)
            ),
            *at_foot,
            *region.after,
        ],
        headline_links=region.titles,
        linked=region.linked,
        shown=region.shown,
        headlines=region.headlines,
        is_listing=region.in_card
        or (region.cards >= _CARDS and region.carded >= 0.5 * region.prose)
        or _leads_on(region),
        is_apart=whole_page and region.prose < _APART and len(region.between) > _BETWEEN,
        in_pictures=in_pictures and (bool(body.images or body.attachments) or not body.paragraphs),
        is_dated=in_pictures
        and any(printed_times.prints_time(x.text, page) for x in [*region.between, *region.ahead]),
    )
    if body.lead is None:
        found.lead, found.lead_source = _lead_among(region.between)
        if found.lead is None:
            found.lead, found.lead_source = _lead_apart(text)
        if found.lead is None and not whole_page:
            found.lead, found.lead_source = _lead_before(region.between)
    return found


def _leads_on(region: generic.Region) -> bool:
    """Whether a region is summaries that each end in a link to read on ("Đọc tiếp"), headlines unlinked."""
    onward = {address for line in region.lines for address, text in line.links if MORE.fullmatch(text)}
    pages = [address for address in onward if not attachments.file_type(address)]
    return len(pages) >= _CARDS and region.prose <= _SUMMARY * len(pages)


def _prose(line: Line) -> int:
    """Characters of a line that are neither links nor a caption."""
    return 0 if line.role == "caption" or line.frame else len(line.text) - line.linked


def _without_details(lines: Sequence[Line], page: Page, authors: Sequence[str]) -> list[Line]:
    """The lines of a text without those on top that print its time and author, and the author's picture."""
    kept: list[Line] = []
    written = 0
    for n, line in enumerate(lines):
        if n > _ON_TOP:
            return kept + list(lines[n:])
        if line.role == "byline" and written >= _WRITTEN:
            kept.append(line)  # under a short text stand its signature and its source
        elif names_author(lines, n, page):
            if kept and kept[-1].image is not None:
                kept.pop()
        elif written >= 2 * LEAD_MINIMUM and line.text[:9].casefold() == "thời gian":
            kept.append(line)  # of the event that a notice tells of
        elif not written and _shares_box_with_time(lines, n, page):
            pass
        elif not _is_meta(line, page, authors):
            kept.append(line)
            written += len(line.text)
    return kept


def _shares_box_with_time(lines: Sequence[Line], n: int, page: Page) -> bool:
    """Whether a few words on top of a text stand in a box with the line of the time before or behind them and
    nothing else: the section, a counter."""
    line = lines[n]
    if line.image is not None or line.heading or line.block is None or len(line.text) > _WORDS_BESIDE_TIME:
        return False
    for other in (*lines[max(0, n - 1) : n], *lines[n + 1 : n + 2]):
        if other.image is None and other.block is not None and printed_times.prints_time(other.text, page):
            box = generic.common(line.block, other.block)
            return not is_longer(box, details.LONGEST)
    return False


def names_author(lines: Sequence[Line], n: int, page: Page) -> bool:
    """Whether a line is a person's name that stands right above or below the line of the time."""
    if lines[n].image is not None or not bylines.is_full_name(lines[n].text):
        return False
    beside = [line.text for line in (*lines[max(0, n - 1) : n], *lines[n + 1 : n + 2]) if line.image is None]
    return any(len(text) <= details.LONGEST and printed_times.prints_time(text, page) for text in beside)


def _is_meta(line: Line, page: Page, authors: Sequence[str]) -> bool:
    """Whether a line on top of a text prints its time, or its author: in an element so called, after "by",
    or one whose name machines are told."""
    if line.image is not None or len(line.text) > details.LONGEST:
        return False
    if line.links and any(attachments.file_type(address) for address, _ in line.links):
        return False  # a file with its day
    if printed_times.prints_time(line.text, page):
        return True
    if len(line.text) > _CREDIT or line.text.endswith((".", "!", "?")):
        return line.role == "byline" and len(line.text) <= _CREDIT
    key = writing.fold(line.text) if authors else ""
    named = any(key in author or (author in key and len(author) >= _NAME) for author in authors)
    return line.role == "byline" or named or credits.is_by_line(line.text) or _is_detail(line)


def _is_detail(line: Line) -> bool:
    """Whether a line stands in a box for date, author and section (``<ul class="post-meta">``)."""
    block = line.block
    if block is None or line.heading:
        return False
    return any(noise.names_details(trees.names_of(up)) for up in islice((block, *block.iterancestors()), 3))


_LABELLED_LEAD = re.compile(r"(?i:tóm tắt|trích yếu|mô tả)(?: ?: ?| (?=[^\W\d_a-z]))(\S.*)")
"""A summary in the form that shows a list's entry field by field (SharePoint's ``DispForm.aspx``)."""
_BOLD_SENTENCE = 60
"""Characters of a bold sentence between title and text that is a summary; without its full stop twice 40."""


def _lead_among(lines: Sequence[Line]) -> tuple[str | None, str | None]:
    """A summary among the lines between title and text: by its class, or wholly bold."""
    for line in lines:
        labelled = _LABELLED_LEAD.fullmatch(line.text)
        if labelled is not None and not line.links and len(labelled[1]) >= LEAD_MINIMUM:
            return labelled[1], "behind its label"
    for line in lines:
        if len(line.text) < LEAD_MINIMUM or line.links:
            continue
        if line.heading and line.role != "lead":
            if len(line.text) >= 2 * LEAD_MINIMUM and line.text.endswith("."):
                return line.text, "heading that is a sentence"
            continue
        if line.role == "lead":
            return line.text, "own element"
        if line.role is None and line.mostly(line.bold):
            enough = _BOLD_SENTENCE if line.text.endswith(".") else 2 * LEAD_MINIMUM
            if len(line.text) >= enough:
                return line.text, "bold line between title and text"
    return None, None


def _lead_before(lines: Sequence[Line]) -> tuple[str | None, str | None]:
    """The sentence right before a text that was found without it."""
    texts = [x for x in lines if x.role not in ("caption", "noise")]
    if not texts or texts[-1].links or texts[-1].heading or texts[-1].role is not None:
        return None, None
    last = texts[-1].text
    if len(last) < 2 * LEAD_MINIMUM or not last.endswith((".", "!", "…")) or noise.is_widget(last):
        return None, None
    return last, "sentence between title and text"


def _lead_apart(lines: Sequence[Line]) -> tuple[str | None, str | None]:
    """The first sentence where it stands in an element of its own, before the one that has all others."""
    texts = [x for x in lines if x.image is None and x.role != "caption" and x.block is not None]
    while texts and len(texts[0].text) < LEAD_MINIMUM:
        texts.pop(0)  # the time, a counter
    if len(texts) <= _TEXTS_APART:
        return None, None
    lead, *others = texts
    block, part = lead.block, others[0].block
    if block is None or part is None or lead.links or lead.heading or lead.item:
        return None, None
    if len(lead.text) < 2 * LEAD_MINIMUM or not lead.text.endswith((".", "!", "…")):
        return None, None
    around = set(block.iterancestors())
    parent = part.getparent()
    if part in around or parent in around:
        return None, None  # paragraphs beside each other
    while parent is not None and parent not in around:
        part, parent = parent, parent.getparent()
    if block.getnext() is not part or not (_has_look(block) and _has_look(part)):
        return None, None
    within = sum(len(line.text) for line in others if trees.is_within(line.block, part))
    if within < _SHARE_APART * sum(len(line.text) for line in others):
        return None, None
    return lead.text, "own element before the text's"


def _has_look(element: Element) -> bool:
    """Whether a theme gave an element a look of its own."""
    return bool(element.get("class") or element.get("style"))


def base_of(page: Page, tree: Tree) -> str:
    """The address that relative addresses on the page resolve against."""
    base = next(tree.root.iter("base"), None)
    href = base.get("href") if base is not None else None
    return attachments.absolute(page.url, href) or page.url if href else page.url
