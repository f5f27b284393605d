"""How alike two texts are: the true Jaccard similarity of their folded word 3-shingles.

Written apart from the project's own folding on purpose: it is the yardstick that near-copies are
measured with, so it may not share a mistake with what it measures.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

Shingles = frozenset[tuple[str, ...]]
WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Words of a text without marks and case: ``Đại hội`` -> ``dai hoi``."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


def shingles(paragraphs: Iterable[str]) -> Shingles:
    """Every run of three words over the whole text."""
    run = words(" ".join(paragraphs))
    return frozenset(zip(run, run[1:], run[2:], strict=False))


def jaccard(one: Shingles, other: Shingles) -> float:
    """Share of the runs that both have among those that either has; 0 where both are empty."""
    common = len(one & other)
    total = len(one) + len(other) - common
    return common / total if total else 0.0


class Shelf:
    """Texts that a new one is compared with: an index, since each shares runs with few others."""

    def __init__(self) -> None:
        self._texts: list[Shingles] = []
        self._holders: dict[tuple[str, ...], list[int]] = defaultdict(list)

    def closest(self, text: Shingles) -> float:
        """The highest Jaccard of a text with any on the shelf; 0 where it shares no run."""
        shared = Counter(holder for run in text for holder in self._holders.get(run, ()))
        return max((n / (len(text) + len(self._texts[at]) - n) for at, n in shared.items()), default=0.0)

    def add(self, text: Shingles) -> None:
        """Put a text on the shelf."""
        for run in text:
            self._holders[run].append(len(self._texts))
        self._texts.append(text)
