"""One block of a listing (a card, a list item) to a :class:`ListingRow`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from crawler.reading import urls
from crawler.reading.markup import Element, is_longer, select, text_of
from crawler.reading.page import ListingRow
from crawler.reading.platform import ListingRules
from crawler.reading.sheet import Sheet
from crawler.reading.starts import HEADINGS
from vietnam.dates import Stamp, parse_stamp
from vietnam.writing import clean

MORE = re.compile(
    r"[\s\[(]*(?:(?:xem|đọc)\s+(?:tiếp|thêm|chi tiết)|chi tiết|read more|continue reading)[\s\])»›>.…]*$",
    re.IGNORECASE,
)
"""The words of a "read on" link, alone or at the end of a summary."""
_ENDS_OF_MORE = ("ếp", "êm", "ết", "re", "ng")
_BEHIND_MORE = " ])»›>.…"
"""How a text that ends in :data:`MORE` ends, and what may stand behind: to look for the expression takes 100
instructions a letter."""
_CUT_ENDS = ("...", "…", "[…]", "[...]", "[&hellip;]")
_CUT = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|\[&hellip;\])$")
_TRAILING_DATE = re.compile(
    r"\s*[(\[]\s*(?:\d{1,2}:\d{2}\s*,?\s*)?\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}[^()\[\]]{0,12}[)\]]$"
)
"""A date that the theme prints inside the link, "(27/12/2022)" (NukeViet's list of other news)."""
_CUT_TIMES = 2
_CLOSING = (".", "!", "?", ":", ";")
_INLINE = frozenset({"b", "strong", "i", "em", "u", "span", "font", "small", "sup", "sub"})
_DATE_MARKS = ("time", "date", "ngay", "clock", "publish", "posted", "calendar", "muted", "meta")
_HEADLINE_WORDS = 3
_LEAD_MINIMUM = 40
"""Characters: of the leads of the two recorded sites the shortest has 47 (November 2026)."""
_DAY_WORD = 40
_NEAR_DAY = re.compile(r"\W*hôm\s+(?:nay|qua)\W*", re.IGNORECASE)
"""A date without a number, and how long it may be with what a theme sets around it."""
_ROWS_BEHIND = 3
_DATE_MAXIMUM = 80
"""Characters of a text that may be a date line ("Thứ tư - 22/06/2020 14:47 - Đã xem: 1440")."""


_tells_time = lru_cache(maxsize=512)(parse_stamp)
"""A date line of a listing is asked for by its headline and by its lead."""


def is_cut(text: str) -> bool:
    """Whether a title or summary was cut by the theme ("…", "[...]")."""
    return text.endswith(_CUT_ENDS)


def with_whole_leads(rows: Iterable[ListingRow]) -> tuple[ListingRow, ...]:
    """The rows without those summaries that the software cut short.

    A mark tells it ("…", "[...]"), or a missing full stop (of the 254 leads of the two recorded sites 2
    end without a closing mark), or, where a cut falls on the end of a sentence, the count of words:
    the same that other summaries of the page were cut at (ColorMag cuts after 20).
    """
    rows = tuple(rows)
    cut_lengths = Counter(len(row.lead.split()) for row in rows if row.lead and _is_cut_summary(row.lead))
    limits = {length for length, times in cut_lengths.items() if times >= _CUT_TIMES}
    return tuple(
        replace(row, lead=None)
        if row.lead and (_is_cut_summary(row.lead) or len(row.lead.split()) in limits)
        else row
        for row in rows
    )


def _is_cut_summary(text: str) -> bool:
    return is_cut(text) or text.rstrip("\"'”’»)]")[-1:] not in _CLOSING


def read_row(element: Element, sheet: Sheet, rules: ListingRules) -> ListingRow | None:
    """The row of a block, or None where the block links to no article of this site.

    The title is that of the heading or link; a title that the theme cut short is completed from the
    link's ``title`` attribute.
    """
    block = _Block(
        element,
        [part for row in (element, *rows_behind(element)) for part in row.iter()],
        list(element.iter("a")),
    )
    anchor = _anchor(block, sheet, rules)
    if anchor is None:
        return None
    link = sheet.target(anchor)
    if link is None:
        return None
    title = _title(block, anchor, link, sheet, rules)
    if not title:
        return None
    stamp = _stamp(block, title, sheet, rules)
    return ListingRow(
        url=urls.canonical(link, sheet.platform),
        title=title,
        lead=_lead(block, title, sheet, rules),
        published_at=stamp.at if stamp else None,
        published_precision=stamp.precision if stamp else None,
    )


def rows_behind(block: Element) -> list[Element]:
    """The table rows without links behind a block that is one: old tables have an article's date and summary
    in rows below its headline."""
    found: list[Element] = []
    if block.tag == "tr":
        for row in islice(block.itersiblings(), _ROWS_BEHIND):
            if row.tag != "tr" or next(row.iter("a"), None) is not None:
                break
            found.append(row)
    return found


@dataclass(frozen=True, slots=True)
class _Block:
    """A block, all elements of it (``own`` first) and the links among them, in page order."""

    own: Element
    all: list[Element]
    anchors: list[Element]


def _select_all(block: _Block, sheet: Sheet, selectors: Iterable[str]) -> list[Element]:
    """The matches of the first selector that matches anything in a block."""
    for css in selectors:
        if found := sheet.select(block.all, css):
            return found
    return []


def _anchor(block: _Block, sheet: Sheet, rules: ListingRules) -> Element | None:
    usable = sheet.may_be_article
    if block.own.tag == "a" and usable(block.own):
        return block.own
    for css in rules.link:
        for anchor in sheet.select(block.all, css):
            if usable(anchor):
                return anchor
    for heading in block.all:
        if heading.tag in HEADINGS:
            for anchor in heading.iter("a"):
                if usable(anchor) and sheet.text(anchor):
                    return anchor
    anchors = [a for a in block.anchors if usable(a)]
    platform = sheet.platform
    if platform is not None and platform.urls.article and not platform.listing.link:
        # Without a rule the longest text is the headline; "Xem tiếp" and the picture are shorter.
        anchors = [a for a in anchors if urls.is_article(sheet.target(a) or "", platform)] or anchors
    if len(anchors) < 2:
        return anchors[0] if anchors else None
    return max(anchors, key=lambda a: len(_label(a, sheet)))


def own_headline(block: Element) -> str:
    """The headline that a card shows without a link: its heading, what is called a title, or words that it
    shows below its picture and in the picture's ``alt`` as well."""
    first = ""
    for heading in _headings(block):
        text = text_of(heading)
        if len(text.split()) > _HEADLINE_WORDS:
            return text
        first = first or text
    for image in block.iter("img"):
        named = clean(image.get("alt") or "")
        if len(named.split()) > _HEADLINE_WORDS and named in text_of(block):
            return named
    return first


def _headings(block: Element) -> Iterator[Element]:
    yield from block.iter(*HEADINGS)
    for element in block.iter():
        called = element.get("class")
        if called is not None and ("title" in called or "tieude" in called):
            yield element


def _label(anchor: Element, sheet: Sheet) -> str:
    """The headline that an anchor shows: its text, or of an anchor round a whole card the part that is
    marked as its heading, else the first part of some length."""
    text = sheet.text(anchor)
    if MORE.fullmatch(text):
        return ""
    if text and not len(anchor):
        return text
    card = anchor
    while True:
        if clean((card.text or "") + "".join(part.tail or "" for part in card)):
            return text  # words of its own: a headline, perhaps with a word in bold
        parts = [part for part in card if clean("".join(map(str, part.itertext())))]
        if len(parts) != 1:
            break
        card = parts[0]
    headings = select(
        anchor, "h1, h2, h3, h4, h5, h6, strong, b, [class*=title], [class*=tieude], [class*=name]"
    )
    for heading in (*headings, *parts):
        label = sheet.text(heading)
        if len(label.split()) >= _HEADLINE_WORDS and not (
            len(label) <= _DATE_MAXIMUM // 2 and _tells_time(label)
        ):
            return label
    return text


def _title(block: _Block, anchor: Element, link: str, sheet: Sheet, rules: ListingRules) -> str:
    text = ""
    for element in _select_all(block, sheet, rules.title):
        if text := sheet.text(element):
            break
    if not text:
        text = _label(anchor, sheet)
    if not text:  # a picture or "Xem chi tiết" is linked, the heading of the card is not
        text = own_headline(block.own)
    if text.endswith((")", "]")):
        text = _TRAILING_DATE.sub("", text)
    named = clean(anchor.get("title") or "")
    if len(named) > len(text) // 2 and text.endswith(named):
        return named  # NukeViet's list view sets a number before the title
    if not text or is_cut(text):
        same = [a for a in [anchor, *block.anchors] if sheet.target(a) == link]
        fuller = [clean(a.get("title") or "") for a in same] + [
            clean(image.get("alt") or "") for a in same for image in a.iter("img")
        ]
        stem = _CUT.sub("", text).strip()
        return next((f for f in fuller if len(f) > len(stem) and f.startswith(stem)), text)
    return text


def _stamp(block: _Block, title: str, sheet: Sheet, rules: ListingRules) -> Stamp | None:
    marked = _select_all(block, sheet, rules.date)
    for element in (*marked, *(element for element in block.all if element.tag == "time")):
        for text in (
            element.get("datetime"),
            element.get("title") if element.tag == "abbr" else None,
            sheet.text(element),
        ):
            if text and (stamp := sheet.stamp(text)):
                return stamp
    # No rule: a short text that is a date line, marked as one or standing apart from title and lead.
    for element in block.all:
        # Text in an element of its own, then text that stands bare behind it.
        text, behind = element.text, element.tail
        if text and _may_tell_time(text) and not _in_sentence(element):
            stamp = _date_line(text, element, title, sheet)
            if stamp is not None:
                return stamp
        if behind and _may_tell_time(behind):
            stamp = _date_line(behind, element.getparent(), title, sheet)
            if stamp is not None:
                return stamp
    return None


def _may_tell_time(text: str) -> bool:
    return any(map(str.isdigit, text)) or (len(text) < _DAY_WORD and _NEAR_DAY.fullmatch(text) is not None)


def _date_line(text: str, owner: Element | None, title: str, sheet: Sheet) -> Stamp | None:
    line = clean(text)
    if not line or len(line) > _DATE_MAXIMUM or line in title:
        return None
    if len(line) > _DATE_MAXIMUM // 2:
        names = (owner.get("class") or "").lower() if owner is not None else ""
        if not any(mark in names for mark in _DATE_MARKS):
            return None
    stamp = sheet.stamp(line)
    return (stamp.precision == "month" and _of_box(owner, sheet)) or stamp if stamp else None


def _of_box(owner: Element | None, sheet: Sheet) -> Stamp | None:
    """The day of a box that prints it above its month: ``<b>14</b><i>Tháng 11/2025</i>``."""
    box = owner.getparent() if owner is not None else None
    if box is None or is_longer(box, _DATE_MAXIMUM // 2):
        return None
    stamp = sheet.stamp(sheet.text(box))
    return stamp if stamp is not None and stamp.precision == "day" else None


def _in_sentence(element: Element) -> bool:
    """Whether an element is a word or two in bold within a sentence: text stands before or after it."""
    before, parent = element.getprevious(), element.getparent()
    leading = before.tail if before is not None else parent.text if parent is not None else None
    return element.tag in _INLINE and bool(clean(leading or "") or clean(element.tail or ""))


def _lead(block: _Block, title: str, sheet: Sheet, rules: ListingRules) -> str | None:
    marked = [sheet.text(element) for element in _select_all(block, sheet, rules.lead)]
    for text in marked or _own_texts(block):
        more = text.rstrip(_BEHIND_MORE)[-2:].lower() in _ENDS_OF_MORE
        lead = MORE.sub("", text).strip() if more else text
        if lead and lead != title:
            return lead
    return None


def _own_texts(block: _Block) -> list[str]:
    """Texts of the length of a summary that stand outside links, between two line breaks or blocks, longest
    first; date lines are left out."""
    texts: list[str] = []
    for element in block.all:
        if element.tag == "a" or (element.tag in _INLINE and element.tag != "span"):
            continue
        lines = [[element.text or ""]]
        for child in element:
            if child.tag == "br":
                lines.append([])
            elif child.tag in _INLINE and next(child.iter("a"), None) is None:
                text = text_of(child)
                lines[-1].append("" if len(text) <= _DATE_MAXIMUM and _tells_time(text) else text)
            lines[-1].append(child.tail or "")
        # cleaned, a text is three times as long at most (UAX 15: composition takes some letters apart)
        whole = [text for line in lines if 3 * len(text := " ".join(line)) >= _LEAD_MINIMUM]
        if whole and next(element.iterancestors("a"), None) is None:
            texts += (text for text in map(clean, whole) if len(text) >= _LEAD_MINIMUM)
    return sorted(texts, key=len, reverse=True)
