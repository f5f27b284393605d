"""Runs of capitalised words, where names stand: "Ủy ban MTTQ", "Nguyễn Văn An", "Quận 1"."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from vietnam.letters import ByCodeUnit, looked_up

UPPER = "".join(
    chr(code)
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x1B0), *range(0x1EA0, 0x1EFA))
    if chr(code).isupper() and chr(code) not in "ÐÞŁ"
)
"""Vietnamese capitals, for a character class; ranges will not do: Ạ-Ỹ holds the small letters too."""
_WORD = rb"A[Aa]*+(?:'[Aa]++)*+"
_RUN = re.compile(rb"%s(?:(?: ?- ?| )(?:%s|0{1,2}(?![0Aa_])))*+" % (_WORD, _WORD))
"""Run on shapes: 70,000 instructions on 1,500 letters, one of the letters themselves takes 270,000."""


def capital_runs(text: str) -> list[tuple[int, int]]:
    """Return where each run of capitalised words begins and ends; numbers of two digits at most, hyphens and
    apostrophes may stand in it."""
    return [match.span() for match in _RUN.finditer(_shapes(text))]


def _shapes(text: str) -> bytes:
    shapes = looked_up(_shape_of_unit(), text)
    if len(shapes) > len(text):  # an emoji is two code units: places would no longer be letters
        return b"".join(map(_shape, text))
    return shapes


@lru_cache(maxsize=1)
def _shape_of_unit() -> ByCodeUnit:
    return np.frombuffer(b"".join(map(_shape, map(chr, range(1 << 16)))), dtype=np.uint8)


def _shape(letter: str) -> bytes:
    if letter.isalnum():
        return b"A" if letter in UPPER else b"0" if letter.isdecimal() else b"a"
    return b"'" if letter in "'’" else b"-" if letter in "-–" else letter.encode() if letter in " _" else b"."
