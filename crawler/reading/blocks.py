"""One block of a listing (a card, a list item) to a :class:`ListingRow`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from crawler.reading import urls
from crawler.reading.markup import Element, is_longer, select, select_all, text_of
from crawler.reading.page import ListingRow, Page
from crawler.reading.platform import ListingRules, Platform
from crawler.reading.starts import HEADINGS
from vietnam.dates import Stamp, parse_stamp
from vietnam.writing import clean

MORE = re.compile(
    r"[\s\[(]*(?:(?:xem|đọc)\s+(?:tiếp|thêm|chi tiết)|chi tiết|read more|continue reading)[\s\])»›>.…]*$",
    re.IGNORECASE,
)
"""The words of a "read on" link, alone or at the end of a summary."""
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
_DATE_MAXIMUM = 80
"""Characters of a text that may be a date line ("Thứ tư - 22/06/2020 14:47 - Đã xem: 1440")."""


def is_cut(text: str) -> bool:
    """Whether a title or summary was cut by the theme ("…", "[...]")."""
    return bool(_CUT.search(text))


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


def read_row(
    block: Element, base: str, page: Page, platform: Platform | None, rules: ListingRules
) -> ListingRow | None:
    """The row of a block, or None where the block links to no article of this site.

    ``base`` resolves relative links. The title is that of the heading or link; a title that the
    theme cut short is completed from the link's ``title`` attribute.
    """
    anchor = _anchor(block, base, page, platform, rules)
    if anchor is None:
        return None
    link = urls.absolute(base, anchor.get("href"))
    if link is None:
        return None
    title = _title(block, anchor, link, base, rules)
    if not title:
        return None
    stamp = _stamp(block, title, page, rules)
    return ListingRow(
        url=urls.canonical(link, platform),
        title=title,
        lead=_lead(block, title, rules),
        published_at=stamp.at if stamp else None,
        published_precision=stamp.precision if stamp else None,
    )


def may_be_article(link: str | None, page_url: str, platform: Platform | None) -> bool:
    """Whether a link of a listing may lead to an article: same site, not the listing itself, no twin."""
    return (
        link is not None
        and urls.same_site(link, page_url)
        and urls.is_article(link, platform) is not False
        and urls.canonical(link) != urls.canonical(page_url)
    )


def _anchor(
    block: Element, base: str, page: Page, platform: Platform | None, rules: ListingRules
) -> Element | None:
    def usable(anchor: Element) -> bool:
        return may_be_article(urls.absolute(base, anchor.get("href")), page.url, platform)

    if block.tag == "a" and usable(block):
        return block
    for css in rules.link:
        for anchor in select(block, css):
            if usable(anchor):
                return anchor
    headings = [a for a in select(block, "h1 a, h2 a, h3 a, h4 a, h5 a, h6 a") if usable(a) and text_of(a)]
    if headings:
        return headings[0]
    anchors = [a for a in block.iter("a") if usable(a)]
    if rules.link or platform is None or not platform.urls.article:
        # Without a rule the longest text is the headline; "Xem tiếp" and the picture are shorter.
        return max(anchors, key=lambda a: len(_label(a)), default=None)
    sure = [a for a in anchors if urls.is_article(urls.absolute(base, a.get("href")) or "", platform)]
    return max(sure or anchors, key=lambda a: len(_label(a)), default=None)


def _label(anchor: Element) -> str:
    """The headline that an anchor shows: its text, or of an anchor round a whole card the part that is
    marked as its heading, else the first part of some length."""
    text = text_of(anchor)
    if MORE.fullmatch(text):
        return ""
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
        label = text_of(heading)
        if len(label.split()) >= _HEADLINE_WORDS and not (
            len(label) <= _DATE_MAXIMUM // 2 and parse_stamp(label)
        ):
            return label
    return text


def _title(block: Element, anchor: Element, link: str, base: str, rules: ListingRules) -> str:
    text = ""
    for element in select_all(block, rules.title):
        if text := text_of(element):
            break
    if not text:
        text = _label(anchor)
    if not text:  # a picture or "Xem chi tiết" is linked, the heading of the card is not
        text = next(filter(None, map(text_of, block.iter(*HEADINGS))), "")
    text = _TRAILING_DATE.sub("", text)
    named = clean(anchor.get("title") or "")
    if len(named) > len(text) // 2 and text.endswith(named):
        return named  # NukeViet's list view sets a number before the title
    if not text or is_cut(text):
        same = [a for a in [anchor, *block.iter("a")] if urls.absolute(base, a.get("href")) == link]
        fuller = [clean(a.get("title") or "") for a in same] + [
            clean(image.get("alt") or "") for a in same for image in a.iter("img")
        ]
        stem = _CUT.sub("", text).strip()
        return next((f for f in fuller if len(f) > len(stem) and f.startswith(stem)), text)
    return text


def _stamp(block: Element, title: str, page: Page, rules: ListingRules) -> Stamp | None:
    for element in [*select_all(block, rules.date), *block.iter("time")]:
        for text in (
            element.get("datetime"),
            element.get("title") if element.tag == "abbr" else None,
            text_of(element),
        ):
            if text and (stamp := parse_stamp(text, now=page.fetched_at, latest=page.fetched_at)):
                return stamp
    # No rule: a short text that is a date line, marked as one or standing apart from title and lead.
    for element in block.iter():
        if not isinstance(element.tag, str):
            continue
        # Text in an element of its own, then text that stands bare behind it.
        own = ((element.text, element),) if not _in_sentence(element) else ()
        for text, owner in (*own, (element.tail, element.getparent())):
            line = clean(text or "")
            if not line or len(line) > _DATE_MAXIMUM or line in title or not any(c.isdigit() for c in line):
                continue
            marked = owner is not None and any(
                mark in (owner.get("class") or "").lower() for mark in _DATE_MARKS
            )
            if (marked or len(line) <= _DATE_MAXIMUM // 2) and (
                stamp := parse_stamp(line, now=page.fetched_at, latest=page.fetched_at)
            ):
                return (stamp.precision == "month" and _of_box(owner, page)) or stamp
    return None


def _of_box(owner: Element | None, page: Page) -> Stamp | None:
    """The day of a box that prints it above its month: ``<b>14</b><i>Tháng 11/2025</i>``."""
    box = owner.getparent() if owner is not None else None
    if box is None or is_longer(box, _DATE_MAXIMUM // 2):
        return None
    stamp = parse_stamp(text_of(box), now=page.fetched_at, latest=page.fetched_at)
    return stamp if stamp is not None and stamp.precision == "day" else None


def _in_sentence(element: Element) -> bool:
    """Whether an element is a word or two in bold within a sentence: text stands before or after it."""
    before, parent = element.getprevious(), element.getparent()
    leading = before.tail if before is not None else parent.text if parent is not None else None
    return element.tag in _INLINE and bool(clean(leading or "") or clean(element.tail or ""))


def _lead(block: Element, title: str, rules: ListingRules) -> str | None:
    marked = [text_of(element) for element in select_all(block, rules.lead)]
    for text in marked or (own for own in _own_texts(block) if len(own) >= _LEAD_MINIMUM):
        lead = MORE.sub("", text).strip()
        if lead and lead != title:
            return lead
    return None


def _own_texts(block: Element) -> list[str]:
    """Texts that stand outside links, between two line breaks or blocks, longest first; date lines are
    left out."""
    texts: list[str] = []
    for element in block.iter():
        if not isinstance(element.tag, str) or element.tag == "a" or element.tag in _INLINE - {"span"}:
            continue
        if any(True for _ in element.iterancestors("a")):
            continue
        lines = [[element.text or ""]]
        for child in element:
            if child.tag == "br":
                lines.append([])
            elif child.tag in _INLINE and not select(child, "a"):
                text = text_of(child)
                lines[-1].append("" if len(text) <= _DATE_MAXIMUM and parse_stamp(text) else text)
            lines[-1].append(child.tail or "")
        texts.extend(clean(" ".join(line)) for line in lines)
    return sorted(texts, key=len, reverse=True)
