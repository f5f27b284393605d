"""What a line of a page whose markup nobody has described is worth, and whether it leads to other articles.

It hangs on nothing but the line, is asked for ten times, and so told once and kept with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.reading import noise
from crawler.reading.language import has_dense, size_of
from crawler.reading.lines import Line

LONG = 80
"""Characters from which a line is prose for certain; menus and titles of related articles are shorter."""
_UNLINKED = 30
"""Characters outside of links that make a long line a sentence with links."""
_SENTENCE_ENDS = (".", "!", "?", "…", ":", ";", "”", '"', "/", "。", "！", "？", "」", "”。", "।", "؟")
_WORDS_BESIDE = 3
"""Words outside of its links that make a line prose: "See the report, the minutes and the letter."."""
HEADLINE = 20
"""Characters of a link that may be a headline; section names are mostly shorter."""
_BESIDE = 60
"""Characters beside the link of an entry in a list: number, date, section, views."""


@dataclass(slots=True, eq=False)  # to make a frozen one takes four times as long
class Judged:
    """``worth``: characters of text that speak for an article, negative for what costs something (links,
    crumbs, counters)."""

    worth: float
    is_link: bool
    """Whether nearly all of it is link."""
    is_headline: bool
    """:func:`is_headline_link`"""
    is_entry: bool
    """:func:`is_entry`"""
    is_shown: bool
    """Whether it is neither all link nor of a menu or widget."""
    is_end: bool
    """:func:`crawler.reading.noise.is_end_label`"""


def judged_all(lines: Sequence[Line]) -> list[Judged]:
    """What each line of a page comes to."""
    fresh = [line.text for line in lines if line.judged is None]
    # whether one letter says as much as three is asked of all at once: 1,500 instructions a line, not 9,000
    may_be_dense = has_dense(" ".join(fresh))
    return [line.judged or judged(line, may_be_dense=may_be_dense) for line in lines]


def judged(line: Line, *, may_be_dense: bool = True) -> Judged:
    """What a line comes to by itself, wherever it stands. ``may_be_dense``: False where it is known to have
    no letter that says as much as three (:func:`crawler.reading.language.has_dense`)."""
    own = line.judged
    if own is None:
        size = size_of(line.text) if may_be_dense else len(line.text)
        worth = 0.0 if line.image is not None else _worth(line, size)
        is_link = is_headline = is_in_list = False
        if line.links or line.linked:  # most lines have none
            is_link, is_headline = line.mostly(line.linked), is_headline_link(line)
            is_in_list = is_entry(line)
        own = line.judged = Judged(
            worth,
            is_link,
            is_headline,
            is_in_list,
            line.role != "noise" and not is_link,
            noise.is_end_label(line.text),
        )
    return own


def _worth(line: Line, size: int) -> float:
    text = line.text
    linked = 0.0
    if line.linked:
        linked = line.linked / max(1, len(text) - text.count(" "))
        if linked > 0.5:
            sentence = size >= LONG and text.endswith(_SENTENCE_ENDS)
            if sentence and _is_linked_prose(line):
                linked /= 2
            elif not (sentence and size - line.linked >= _UNLINKED):
                return -15.0 - min(size, 60) / 2
    if line.role == "noise":
        return -min(size, 60) / 2 - 5
    if noise.is_imprint(text):
        return -30.0
    if size >= LONG:
        return float(size) * (1 - linked)
    if size < 25:
        return -3.0
    return size * 0.6 if text.endswith(_SENTENCE_ENDS) else 0.0


def _is_linked_prose(line: Line) -> bool:
    """Whether a sentence of mostly links is one with links in it, as blogs write, and no list of links."""
    linked_words = sum(len(text.split()) for _, text in line.links)
    return len(line.links) > 1 and len(line.text.split()) - linked_words >= _WORDS_BESIDE


def is_headline_link(line: Line) -> bool:
    """Whether a line is nearly all link and as long as a headline."""
    text = line.text
    return (
        line.linked > 0  # a picture has no text, most lines no link
        and len(text) >= HEADLINE
        and line.linked >= 0.8 * (len(text) - text.count(" "))
        and not noise.is_see_also(text)
    )


def is_entry(line: Line) -> bool:
    """Whether a line is an entry of a list: a headline's link, alone or with a number and a date. Two
    linked dates ("10/07/2025 12/07/2025", WordPress's permalink) are none."""
    return (
        bool(line.links)
        and len(line.text) - line.linked <= _BESIDE
        and any(len(text) >= HEADLINE and _has_letters(text) for _, text in line.links)
    )


def _has_letters(text: str) -> bool:
    """Whether a link has enough letters for a headline; its beginning nearly always has."""
    return any(sum(map(str.isalpha, part)) >= HEADLINE / 2 for part in (text[:HEADLINE], text))
