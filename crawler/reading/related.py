"""Cards of other articles under an article: headline, summary and date of each, in a block of its own.

Where a theme sets them in the article's own element, their summaries read like its text. What tells
them is their build: the smallest element around a linked headline and the line after it holds no other
headline. A pointer between two paragraphs ("Xem thêm: …") shares its element with the whole text.
"""

from __future__ import annotations

from collections.abc import Sequence

from crawler.reading import noise
from crawler.reading.lines import Line, Outline

_HEADLINE = 20
"""Characters of a link that may be a headline; section names are mostly shorter."""
_OWN_TEXT = 200
"""Characters of text between title and cards that make the page an article with cards under it; a
listing's headline has its cards, or a line about the section, right below it."""
_FEWEST = 2
_MOST = 8
"""Cards of a "related" box: three to six in the themes seen (November 2026); a listing has ten or more,
and at most one paragraph above them that introduces it."""
_PARAGRAPH = 80
_BESIDE = 60
"""Characters beside the link of an entry in a list: number, date, section, views."""
_BEFORE = 6
"""Lines before a headline among which a paragraph of the same element would stand."""
_LOOKED_AT = 200
"""Headlines: each is compared with all others."""


def is_headline_link(line: Line) -> bool:
    """Whether a line is nearly all link and as long as a headline."""
    text = line.text
    return (
        line.linked > 0  # a picture has no text, most lines no link
        and len(text) >= _HEADLINE
        and line.linked >= 0.8 * (len(text) - text.count(" "))
        and not noise.is_see_also(text)
    )


def related_cards(outline: Outline, start: int) -> frozenset[int]:
    """The indexes of the lines in cards of other articles; empty on a listing.

    ``start`` is the index of the line that is the page's title, negative where none is.
    """
    lines = outline.lines
    if start < 0:
        return frozenset()
    headlines = [n for n in range(start + 1, len(lines)) if is_headline_link(lines[n])][:_LOOKED_AT]
    known = frozenset(headlines)
    cards = [card for n in headlines if (card := _card(outline, n, headlines, known)) is not None]
    if len(cards) < _FEWEST:
        return frozenset()
    spans = [(card, outline.ends[card]) for card in cards]
    inside = frozenset(
        n for n in range(start + 1, len(lines)) if any(a <= lines[n].place < b for a, b in spans)
    )
    first = min(inside)
    own = [len(line.text) - line.linked for line in lines[start + 1 : first] if line.role != "noise"]
    if sum(own) < _OWN_TEXT:
        return frozenset()
    may_introduce = sum(size >= _PARAGRAPH for size in own) < 2
    return frozenset() if may_introduce and len(cards) > _MOST else inside


def is_entry(line: Line) -> bool:
    """Whether a line is an entry of a list: a headline's link, alone or with a number and a date. Two
    linked dates ("10/07/2025 12/07/2025", WordPress's permalink) are none."""
    return (
        bool(line.links)
        and len(line.text) - line.linked <= _BESIDE
        and any(
            len(text) >= _HEADLINE and sum(map(str.isalpha, text)) >= _HEADLINE / 2 for _, text in line.links
        )
    )


def _card(outline: Outline, n: int, headlines: Sequence[int], known: frozenset[int]) -> int | None:
    """The smallest element around headline ``n`` and the text after it; None where it holds another
    headline or a paragraph before it (a pointer in a text), or is no more than the headline's own.
    ``known`` are the ``headlines`` too."""
    lines = outline.lines
    following = next((k for k in range(n + 1, min(n + 4, len(lines))) if lines[k].image is None), None)
    if following is None or following in known:
        return None
    own, card = lines[n].place, lines[following].place
    while not card <= own < outline.ends[card]:
        card = outline.parents[card]
    if outline.nodes[card].tag in ("body", "html"):
        return None
    if card == own == lines[following].place:
        return None
    end = outline.ends[card]
    if any(card <= lines[k].place < end for k in (0, *headlines) if k != n):
        return None
    begun = any(
        len(lines[k].text) >= _PARAGRAPH and card <= lines[k].place < end
        for k in range(max(n - _BEFORE, 0), n)
    )
    return None if begun else card
