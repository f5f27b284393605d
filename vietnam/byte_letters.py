"""Texts with a byte for each letter, at the letter's own place: to look through these is cheap.

``bytes.translate`` and expressions of bytes take a third to a half of the instructions that the same takes on
a ``str`` of Vietnamese, runs of capitals 85 a letter in place of 180. A tag looks each letter of an article
up once (:func:`in_forms`: its byte, its small letter, the letters of words, 70 instructions a letter), and
every part looks through these, in classes of letters that suit it (:class:`Shapes`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vietnam import one_byte
from vietnam.tones import MISPLACED, placed_at

NUL = 0
"""Stands for each letter that has no byte of its own: other alphabets, emoji."""
_MORE = "²³½→●▪"
_LETTERS = one_byte.with_letters(_MORE)
_ABOVE = re.compile("[\U00010000-\U0010ffff]")
"""A letter above U+FFFF is two units of UTF-16: places would no longer be letters."""


class Forms(NamedTuple):
    """A text in the forms in which the parts of a tag look at it, letter by letter."""

    letters: bytes
    """Its :func:`in_bytes`."""
    matched: str
    """Its :func:`vietnam.tones.placed`."""
    lowered: str
    """That in small letters (of İ it has two)."""
    words: npt.NDArray[np.uint16]
    """The :func:`word_letters` of ``lowered``."""


def in_bytes(text: str) -> bytes:
    """A byte for each letter of any text, :data:`NUL` for those that have none."""
    return _bytes().take(_units(text), mode="wrap").tobytes()


def in_forms(text: str) -> Forms:
    """All forms of a text, of which each letter is looked up once: 230,000 instructions on 3,200 letters."""
    rows = _rows_of(text)
    letters = rows.view(np.uint8)[2 * _OF_LETTER :: 8].tobytes()
    places = _misplaced(letters, rows[_OF_ROLES::4].copy())
    matched = placed_at(text, places)
    if NUL in letters:
        lower = matched.lower()
        return Forms(letters, matched, lower, word_letters(lower))
    if matched is not text:
        changed = [place for at in places for place in range(at, min(at + 3, len(text)))]
        rows.view("<u8")[changed] = _rows_of("".join([matched[place] for place in changed])).view("<u8")
    lower = rows[_OF_SMALL::4].tobytes().decode("utf-16-le")
    return Forms(letters, matched, lower, rows[_OF_WORD::4].copy())


def word_letters(lowered: str) -> npt.NDArray[np.uint16]:
    """A number for each letter of a text in small letters, that of a space for each sign that is none."""
    return _rows_of(lowered)[_OF_WORD::4].copy()


def _rows_of(text: str) -> npt.NDArray[np.uint16]:
    """Four numbers for each letter, of :func:`_table`."""
    return _table().take(_units(text), mode="wrap").view("<u2")


def _units(text: str) -> npt.NDArray[np.uint16]:
    """The text in UTF-16, a unit for each letter. They index tables that have a place for every unit: "wrap"
    spares the question whether there is one."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) > 2 * len(text):
        units = _ABOVE.sub("\0", text).encode("utf-16-le", "surrogatepass")
    return np.frombuffer(units, dtype="<u2")


def table_of(shape: Callable[[str], str]) -> bytes:
    """A table for ``bytes.translate`` that makes of each letter what ``shape`` makes of it, one of ASCII."""
    return "".join(map(shape, _LETTERS)).encode("ascii")


class Shapes:
    """Letters in classes, each a letter of ASCII: what an expression of bytes is written for."""

    def __init__(self, shape: Callable[[str], str]) -> None:
        self._shape = shape
        self._table = table_of(shape)

    def of(self, text: str, letters: bytes) -> bytes:
        """The shapes of a text, of which ``letters`` are the :func:`in_bytes`."""
        shapes = letters.translate(self._table)
        place = letters.find(NUL)
        if place < 0:
            return shapes
        exact = bytearray(shapes)
        while place >= 0:
            exact[place] = ord(self._shape(text[place]))
            place = letters.find(NUL, place + 1)
        return bytes(exact)


def _misplaced(letters: bytes, roles: npt.NDArray[np.uint16]) -> list[int]:
    """Where a pair of MISPLACED stands that a word's end does not make right."""
    places: list[int] = ((roles[:-1] * _SECOND & roles[1:]) != 0).nonzero()[0].tolist()
    if not places:
        return places
    ended = letters + b" "
    return [at for at in places if ended[at] not in _BY_THE_END or ended[at + 2] not in _INSIDE]


@lru_cache(maxsize=1)
def _bytes() -> npt.NDArray[np.uint8]:
    """The byte of each unit of UTF-16."""
    table = np.zeros(1 << 16, dtype=np.uint8)
    for letter, byte in _BYTE.items():
        table[ord(letter)] = byte
    return table


@lru_cache(maxsize=1)
def _roles() -> npt.NDArray[np.uint16]:
    """For each byte the pairs of MISPLACED that it begins (a bit for each first letter) and that it ends."""
    firsts = sorted({pair[0].lower() for pair in MISPLACED})
    roles = np.zeros(256, dtype=np.uint16)
    for pair in MISPLACED:
        bit = 1 << firsts.index(pair[0].lower())
        roles[_BYTE[pair[0]]] |= bit
        roles[_BYTE[pair[1]]] |= bit * int(_SECOND)
    return roles


@lru_cache(maxsize=1)
def _table() -> npt.NDArray[np.uint64]:
    """What is known of each unit of UTF-16: four numbers, read as one."""
    rows = np.zeros((1 << 16, 4), dtype="<u2")
    rows[:, _OF_WORD] = ord(" ")
    for letter, byte in _BYTE.items():
        small = letter.lower()
        known = [0] * 4
        known[_OF_LETTER], known[_OF_SMALL], known[_OF_ROLES] = byte, ord(small), int(_roles()[byte])
        known[_OF_WORD] = ord(small) if letter.isalnum() or letter == "_" else ord(" ")
        rows[ord(letter)] = known
    return rows.view("<u8")[:, 0]


_OF_LETTER, _OF_SMALL, _OF_WORD, _OF_ROLES = range(4)
"""The numbers of a row: the letter's byte, its small letter, the same of a word's letter, its roles."""
_SECOND = np.uint16(256)
"""Bits of the letters that a pair of MISPLACED ends with stand above those that it begins with."""
_BYTE = {letter: byte for byte, letter in enumerate(_LETTERS) if letter != one_byte.NO_LETTER}
_BY_THE_END = frozenset(_BYTE[letter] for letter in "oOuU")
"""Letters whose pairs are misplaced at a word's end only: "hoà", and "toàn" is right."""
_INSIDE = frozenset(byte for byte, letter in enumerate(_LETTERS) if letter.isalnum())
