"""Runs of capitalised words, where names stand: "Ủy ban MTTQ", "Nguyễn Văn An", "Quận 1"."""

from __future__ import annotations

import re

from vietnam.byte_letters import Shapes

UPPER = "".join(
    chr(code)
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x1B0), *range(0x1EA0, 0x1EFA))
    if chr(code).isupper() and chr(code) not in "ÐÞŁ"
)
"""Vietnamese capitals, for a character class; ranges will not do: Ạ-Ỹ holds the small letters too."""
_NEXT = rb"(?:A[Aa]*+|0{1,2}(?![0Aa_]))"
_RUN = re.compile(rb"A[Aa]*+(?: (?:%s|- ?%s)|'(?<=[Aa]')[Aa]++|- ?%s)*+" % (_NEXT, _NEXT, _NEXT))
"""Run on shapes: 70,000 instructions on 1,500 letters, one of the letters themselves takes 270,000."""


def capital_runs(text: str, letters: bytes) -> list[tuple[int, int]]:
    """Return where each run of capitalised words begins and ends; numbers of two digits at most, hyphens and
    apostrophes may stand in it. ``letters``: the text's :func:`vietnam.byte_letters.in_bytes`."""
    return list(map(re.Match.span, _RUN.finditer(_SHAPES.of(text, letters))))


def _shape(letter: str) -> str:
    if letter.isalnum():
        return "A" if letter in UPPER else "0" if letter.isdecimal() else "a"
    return "'" if letter in "'’" else "-" if letter in "-–" else letter if letter in " _" else "."


_SHAPES = Shapes(_shape)
