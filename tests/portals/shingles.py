"""How alike two texts are: the true Jaccard similarity of their folded word 3-shingles.

Written apart from the project's own folding on purpose: it is the yardstick that near-copies are
measured with, so it may not share a mistake with what it measures.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Words of a text without marks and case: ``Đại hội`` -> ``dai hoi``."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


def shingles(paragraphs: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """Every run of three words over the whole text."""
    run = words(" ".join(paragraphs))
    return frozenset(zip(run, run[1:], run[2:], strict=False))


def jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """Share of the runs that both have among those that either has; 0 where both are empty."""
    common = len(one & other)
    total = len(one) + len(other) - common
    return common / total if total else 0.0
