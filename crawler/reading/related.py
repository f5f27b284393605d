"""Cards of other articles under an article: headline, summary and date of each, in a block of its own.

Where a theme sets them in the article's own element, their summaries read like its text. What tells
them is their build: the smallest element around a linked headline and the line after it holds no other
headline. A pointer between two paragraphs ("Xem thêm: …") shares its element with the whole text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from crawler.reading.judging import Judged
from crawler.reading.lines import Outline

_OWN_TEXT = 200
"""Characters of text between title and cards that make the page an article with cards under it; a
listing's headline has its cards, or a line about the section, right below it."""
_FEWEST = 2
_MOST = 8
"""Cards of a "related" box: three to six in the themes seen (November 2026); a listing has ten or more,
and at most one paragraph above them that introduces it."""
_PARAGRAPH = 80
_BEFORE = 6
"""Lines before a headline among which a paragraph of the same element would stand."""
_LOOKED_AT = 200
"""Headlines: each is compared with all others."""


def related_cards(outline: Outline, start: int, told: Sequence[Judged]) -> frozenset[int]:
    """The indexes of the lines in cards of other articles; empty on a listing.

    ``start`` is the index of the line that is the page's title, negative where none is; ``told`` is what each
    line was judged to be.
    """
    lines, places = outline.lines, outline.places
    if start < 0:
        return frozenset()
    headlines = [n for n in range(start + 1, len(lines)) if told[n].is_headline][:_LOOKED_AT]
    ranked = sorted(places[n] for n in headlines)
    known = frozenset(headlines)
    cards = [card for n in headlines if (card := _card(outline, n, ranked, known)) is not None]
    if len(cards) < _FEWEST:
        return frozenset()
    inside = frozenset(_lines_in(cards, outline, start + 1))
    first = min(inside)
    own = [len(line.text) - line.linked for line in lines[start + 1 : first] if line.role != "noise"]
    if sum(own) < _OWN_TEXT:
        return frozenset()
    may_introduce = sum(size >= _PARAGRAPH for size in own) < 2
    return frozenset() if may_introduce and len(cards) > _MOST else inside


def _card(outline: Outline, n: int, ranked: Sequence[int], known: frozenset[int]) -> int | None:
    """The smallest element around headline ``n`` and the text after it; None where it holds another
    headline or a paragraph before it (a pointer in a text), or is no more than the headline's own.
    ``known`` are all headlines, ``ranked`` their places in order."""
    lines, places = outline.lines, outline.places
    for following in range(n + 1, min(n + 4, len(lines))):
        if lines[following].image is None:
            break
    else:
        return None
    if following in known:
        return None
    own, card = places[n], places[following]
    while not card <= own < outline.ends[card]:
        card = outline.parents[card]
    if card == own == places[following]:
        return None
    end = outline.ends[card]
    if card <= places[0] < end or bisect_left(ranked, end) - bisect_left(ranked, card) > 1:
        return None
    begun = any(
        len(lines[k].text) >= _PARAGRAPH and card <= places[k] < end for k in range(max(n - _BEFORE, 0), n)
    )
    # the whole page is no card, and has the first number
    return None if begun or (card == 0 and outline.nodes[0].tag in ("body", "html")) else card


def _lines_in(cards: Sequence[int], outline: Outline, first: int) -> Iterator[int]:
    """The indexes of the lines from the ``first`` on that stand in any of the elements."""
    outermost: list[int] = []
    for card in sorted(cards):
        if not outermost or card >= outline.ends[outermost[-1]]:
            outermost.append(card)
    for n in range(first, len(outline.lines)):
        place = outline.places[n]
        at = bisect_right(outermost, place)
        if at and place < outline.ends[outermost[at - 1]]:
            yield n
