"""Whole texts folded and compared, by one look into a table for each letter.

What vietnam.writing does word by word or in several passes, for texts that are saved: `fold` of 2,800 letters
takes 197 µs, :func:`folded` 10 and :func:`folded_and_spelled` 24, which has the spelling too (November 2026).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from vietnam import one_byte
from vietnam.writing import fold

ByCodeUnit = npt.NDArray[np.uint8]
"""What each of the 65,536 code units of UTF-16 becomes; a character above U+FFFF is two of them."""

_LATIN = (range(0x250), range(0x1E00, 0x1F00), range(0x2000, 0x2070))
"""Latin letters and general punctuation: what Vietnamese is written with."""
_SIGNS = (range(0x2190, 0x2800), range(0xF020, 0xF100))
"""Arrows, boxes and bullets; Word's own bullets, in its private characters."""
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzăâđêôơư"
_TONES = ("\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_RAISED = "²³"
"""The letters that Vietnamese is written with besides (m², m³). What folds to them is a byte from
_FIRST_RAISED on until the text is done."""
_FIRST_RAISED = 0x80
_SPACE = 32
_SHORT = 200
"""Letters: a title is split and joined in 0.5 µs, arrays take 3; of a text of 2,800 it is 24 and 5."""
_FIRST_LETTER = 64
_OTHER = 255
"""A letter of another alphabet, or half a character above U+FFFF."""
_STRANGE = bytes([_OTHER])
"""What such a letter folds to in _both."""
_HALF = 8
"""Bits of one of the two bytes of a number in _both."""
_ASCII = bytes(range(0x80))


def folded(text: str) -> bytes:
    """The :func:`vietnam.writing.fold` of any text, in UTF-8."""
    letters = _looked_up(_folding(), text)
    if b"\0" in letters:  # an emoji, another alphabet
        return fold(text).encode()
    return _with_raised(_spaced_once(letters))


def spelling(text: str) -> bytes:
    """What texts have in common that say the same words, accents included.

    Capitals, punctuation, the spacing between words and the place of a tone in its word (hoà, hòa) do not
    count. First the letters without their tones, then the tones, word by word.
    """
    written = _looked_up(_writing(), text)
    others = b""
    if _OTHER in written:
        text = "".join(letter for letter in text if letter.isalnum() or letter.isspace())
        written = _looked_up(_writing(), text)
        vietnamese = frozenset(_letters())
        others = "".join(c for c in text.lower() if c.isalnum() and c not in vietnamese).encode()
    return _plain_then_tones(_spaced_once(written.translate(None, b"\0")), others)


def _plain_then_tones(written: bytes, others: bytes = b"") -> bytes:
    plain, tones, toneless = _plain_and_tones()
    return b"\0".join((written.translate(plain), written.translate(tones, toneless), others))


def folded_and_spelled(texts: Sequence[Sequence[str]]) -> list[tuple[list[bytes], bytes]]:
    """Of each text, given in parts: the :func:`folded` of each part, and the :func:`spelling` of all, a line
    each.

    By one look for both: what a character folds to and what it is spelled by are the two bytes of one number
    (a class that two tables of bytes.translate are asked for took 47 thousand instructions more). Texts are
    looked at one behind the other, each part in a line: of 3,000 letters each they take 207 thousand
    instructions apiece, one by one 287.
    """
    every = chain.from_iterable(texts)
    joined = "\n".join(part.replace("\n", " ") for part in every)
    both = _both().take(_code_units(joined), mode="wrap")
    folds, writes = (both >> _HALF).astype(np.uint8).tobytes(), both.astype(np.uint8).tobytes()
    of_parts = _lines(_single_spaced(folds))
    of_writing = _lines(_single_spaced(writes.replace(b"\0", b"")))
    is_strange = _STRANGE in folds
    found = []
    end = 0
    for parts in texts:
        start, end = end, end + len(parts)
        if is_strange and any(_STRANGE in part for part in of_parts[start:end]):
            found.append(([folded(part) for part in parts], spelling("\n".join(parts))))
            continue
        own = [_with_raised(part.strip()) for part in of_parts[start:end]]
        words = b" ".join(filter(None, (part.strip() for part in of_writing[start:end])))
        raised = b"".join(part.translate(None, _ASCII) for part in own if not part.isascii())
        found.append((own, _plain_then_tones(words, raised)))
    return found


def in_small_letters(text: str) -> str:
    """Small letters and digits, with their accents; a space for everything else.

    A title of 90 letters takes 10 thousand instructions, ``re.sub`` 35.
    """
    letters = one_byte.encoded(text)
    if letters is None or one_byte.NUL in letters:  # an emoji, another alphabet
        return _in_small_letters(text)
    return one_byte.decoded(letters, _small())


def _in_small_letters(text: str) -> str:
    return "".join(letter if letter.isalnum() else " " for letter in text.casefold())


def _with_raised(letters: bytes) -> bytes:
    if not letters.isascii():
        for number, letter in enumerate(_RAISED, _FIRST_RAISED):
            letters = letters.replace(bytes([number]), letter.encode("utf-8"))
    return letters


def _looked_up(table: ByCodeUnit, text: str) -> bytes:
    return table.take(_code_units(text), mode="wrap").tobytes()  # none is beyond: a sixth less than to check


def _code_units(text: str) -> npt.NDArray[np.uint16]:
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")


def _lines(letters: bytes) -> list[bytes]:
    """``letters.split(b"\\n")``, which looks at each letter: of 3,000 in three lines 11 thousand instructions
    where this takes one."""
    lines = []
    start = 0
    while (end := letters.find(b"\n", start)) >= 0:
        lines.append(letters[start:end])
        start = end + 1
    return [*lines, letters[start:]]


def _spaced_once(letters: bytes) -> bytes:
    """With one space where there are several; ``letters`` has no NUL."""
    if len(letters) < _SHORT:
        return b" ".join(letters.split())
    return _single_spaced(letters).strip()


def _single_spaced(letters: bytes) -> bytes:
    units = np.frombuffer(letters, dtype=np.uint8)
    kept = units != _SPACE
    kept[1:] |= kept[:-1].copy()  # the first space after a letter stays
    once: bytes = (units * kept.view(np.uint8)).tobytes()
    return once.replace(b"\0", b"")  # a quarter less than units[kept]


@lru_cache(maxsize=1)
def _folding() -> ByCodeUnit:
    """What it folds to; 0 where that is not one letter, digit or space of ASCII, nor of _RAISED."""
    table = np.zeros(1 << 16, dtype=np.uint8)
    for code in (code for block in (*_LATIN, *_SIGNS) for code in block):
        inside = fold(f"a{chr(code)}a")[1:-1]
        if inside.isascii() and len(inside) == 1:
            table[code] = ord(inside)
    for number, letter in enumerate(_RAISED, _FIRST_RAISED):
        table[ord(letter)] = number
    return table


@lru_cache(maxsize=1)
def _small() -> str:
    """For one_byte.decoded."""
    return one_byte.text_table(_in_small_letters)


@lru_cache(maxsize=1)
def _writing() -> ByCodeUnit:
    """The number of its letter and tone, a space for white space, 0 for punctuation, else _OTHER."""
    numbers = {letter: _FIRST_LETTER + place for place, letter in enumerate(_letters())}
    table = np.zeros(1 << 16, dtype=np.uint8)
    for code, letter in enumerate(map(chr, range(1 << 16))):
        if letter.isspace():
            table[code] = _SPACE
        elif letter.isalnum() or "\ud800" <= letter < "\ue000":
            table[code] = numbers.get(letter.lower(), _OTHER)
    return table


@lru_cache(maxsize=1)
def _both() -> npt.NDArray[np.uint16]:
    """What each code unit folds to, in the upper byte, and what it is written by. Both are _OTHER where one
    of the two tables does not know it. A line break stays what it is."""
    folding, writing = _folding(), _writing()
    known = (folding >= _FIRST_RAISED) | (folding != 0) & (writing != _OTHER)
    table = np.where(known, folding.astype(np.uint16) << _HALF | writing, _OTHER << _HALF | _OTHER)
    table[ord("\n")] = ord("\n") << _HALF | ord("\n")
    return table.astype(np.uint16)


@lru_cache(maxsize=1)
def _plain_and_tones() -> tuple[bytes, bytes, bytes]:
    """Tables for bytes.translate: to the letters without tones, to the tones, and what has none."""
    plain, tones, toneless = bytearray(range(256)), bytearray(range(256)), bytearray([_OTHER])
    letters = _letters()
    for place, letter in enumerate(letters):
        marks = [mark for mark in unicodedata.normalize("NFD", letter) if mark in _TONES]
        if not marks:
            toneless.append(_FIRST_LETTER + place)
            continue
        bare = unicodedata.normalize("NFD", letter).replace(marks[0], "")
        plain[_FIRST_LETTER + place] = _FIRST_LETTER + letters.index(unicodedata.normalize("NFC", bare))
        tones[_FIRST_LETTER + place] = 1 + _TONES.index(marks[0])
    return bytes(plain), bytes(tones), bytes(toneless)


def _letters() -> list[str]:
    """Every small letter and digit of Vietnamese, with each of its tones."""
    toned = [unicodedata.normalize("NFC", letter + tone) for letter in "aăâeêioôơuưy" for tone in _TONES]
    return [*_ALPHABET, *toned]
