"""The piece of a text that shows why it was found, and where in it the query's words stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from storage.search_query import Query
from vietnam.writing import fold

WORDS = 32
"""Of a snippet: two lines of a wide page."""

_LOOKED_AT = 4000
"""Words of a text that are looked at; the best piece of what lies beyond is not worth the wait."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with the places to highlight: (begin, end) in characters, in order, not overlapping."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with whether it is highlighted."""
        at = 0
        for begin, end in self.marks:
            if begin > at:
                yield self.text[at:begin], False
            yield self.text[begin:end], True
            at = end
        if at < len(self.text):
            yield self.text[at:], False


def highlighted(text: str, query: Query) -> Passage:
    """The whole text with the query's words marked; neighbours in one mark."""
    words = text.split()
    return _passage(words, _hits(words, query), "", "")


def snippet(parts: Iterable[str | None], query: Query) -> Passage:
    """The WORDS words of a text with the most of the query in them, a phrase in its order before all else."""
    words = " ".join(filter(None, parts)).split()[:_LOOKED_AT]
    hits = _hits(words, query)
    start = max(0, _best(hits) - WORDS // 4)
    piece = words[start : start + WORDS]
    inside = {place - start: folded for place, folded in hits.items() if start <= place < start + WORDS}
    return _passage(piece, inside, "… " if start else "", " …" if start + WORDS < len(words) else "")


def _hits(words: Sequence[str], query: Query) -> dict[int, str]:
    """Place of each word that the query names, or a part of which it names, with what it named."""
    wanted = set(query.words)
    found: dict[int, str] = {}
    for place, word in enumerate(words):
        named = wanted.intersection(_folded(word))
        if named:
            found[place] = min(named)
    return found


@lru_cache(maxsize=100_000)
def _folded(word: str) -> tuple[str, ...]:
    """Remembered: a language has few words, and folding each of a page of results costs 30 ms."""
    return tuple(fold(word).split())


def _best(hits: dict[int, str]) -> int:
    """Where a piece should begin: different words weigh most, then words next to each other."""
    places = sorted(hits)
    best, best_score = 0, (-1, -1)
    first = 0
    for last, place in enumerate(places):
        while place - places[first] >= WORDS * 3 // 4:
            first += 1
        inside = places[first : last + 1]
        neighbours = sum(b - a == 1 for a, b in pairwise(inside))
        score = (len({hits[p] for p in inside}), neighbours)
        if score > best_score:
            best, best_score = places[first], score
    return best


def _passage(words: Sequence[str], hits: dict[int, str], before: str, after: str) -> Passage:
    marks: list[tuple[int, int]] = []
    at = len(before)
    for place, word in enumerate(words):
        if place in hits:
            begin = at + next(i for i, c in enumerate(word) if c.isalnum())
            end = at + len(word) - next(i for i, c in enumerate(reversed(word)) if c.isalnum())
            if marks and place - 1 in hits and begin - marks[-1][1] == 1:
                marks[-1] = (marks[-1][0], end)
            else:
                marks.append((begin, end))
        at += len(word) + 1
    return Passage(before + " ".join(words) + after, tuple(marks))
