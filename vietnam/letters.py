"""Whole texts folded and compared, by one look into a table for each letter.

What vietnam.writing does word by word or in several passes, for texts that are saved: `fold` of 2,800 letters
takes 197 µs, :func:`folded` 10 and :func:`folded_and_spelled` 24, which has the spelling too (November 2026).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, islice

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
_LINE = b"\xfe"
"""The class of a line break."""
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

    By one look for both: a character's class tells what it folds to and what it is spelled by. Texts are
    looked at one behind the other, each part in a line: of 3,000 letters each they take 304 thousand
    instructions apiece, one by one 356.
    """
    every = chain.from_iterable(texts)
    classes = _looked_up(_classes()[0], "\n".join(part.replace("\n", " ") for part in every))
    _, folding, writing, silent = _classes()
    of_parts = iter(_single_spaced(classes.translate(folding)).split(b"\n"))
    written = iter(_single_spaced(classes.translate(writing, silent)).split(b"\n"))
    strange = iter([_OTHER in part for part in classes.split(_LINE)] if _OTHER in classes else ())
    found = []
    for parts in texts:
        own = [_with_raised(part.strip()) for part in islice(of_parts, len(parts))]
        words = b" ".join(filter(None, (part.strip() for part in islice(written, len(parts)))))
        if any([*islice(strange, len(parts))]):  # all of them are taken: the next are of the next text
            found.append(([folded(part) for part in parts], spelling("\n".join(parts))))
            continue
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
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    return table.take(units, mode="wrap").tobytes()  # none is beyond the table: a sixth less than to check


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
def _classes() -> tuple[ByCodeUnit, bytes, bytes, bytes]:
    """The class of each code unit, _OTHER where one of the two tables does not know it.

    Then tables for bytes.translate: what a class folds to, what it is written by, and the classes that are
    not written (punctuation). A line break has a class of its own, and stays what it is.
    """
    folding, writing = _folding(), _writing()
    known = (folding >= _FIRST_RAISED) | (folding != 0) & (writing != _OTHER)
    kinds, of_known = np.unique(folding[known].astype(np.uint16) << 8 | writing[known], return_inverse=True)
    line = ord(_LINE)
    assert kinds.size <= line, "a class is a byte"
    table = np.full(1 << 16, _OTHER, dtype=np.uint8)
    table[known] = of_known
    table[ord("\n")] = line
    folds, writes = (np.zeros(256, dtype=np.uint8) for _ in range(2))
    folds[: kinds.size], writes[: kinds.size] = kinds >> 8, kinds & 0xFF
    folds[line] = writes[line] = ord("\n")
    silent = np.flatnonzero(writes == 0).astype(np.uint8)
    return table, folds.tobytes(), writes.tobytes(), silent.tobytes()


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
