"""MinHash of a text's word 3-shingles: how near two texts are, from 512 bytes each (Broder 1997).

Our own few lines because the sketches are stored: those of the libraries change with their versions
for the same seed (datasketch 1 and 2, rensa 0.4 and 0.5; reference/engine.md section 5). Everything
here is a pure function of the words; a change of any constant needs a new VERSION.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import cast

import numpy as np
import numpy.typing as npt

VERSION = 2
PERMUTATIONS = 128
ROWS = 3
BANDS = PERMUTATIONS // ROWS
"""42 bands of three rows find copies with 15 % of the words changed (Jaccard 0.44) in 98 of 100 cases by the
formula; 32 of four rows (VERSION 1) in 72. What they find too much is verified (docs/decisions.md)."""

Shingles = npt.NDArray[np.uint64]
"""Distinct and sorted."""
Sequence64 = npt.NDArray[np.uint64]
"""The shingles as they follow each other in the text."""
Signature = npt.NDArray[np.uint32]


def _constants(name: str, count: int) -> npt.NDArray[np.uint64]:
    """Odd 64-bit numbers that are the same for ever: hashes of their own names."""
    numbers = [blake2b(f"{name} {i}".encode(), digest_size=8).digest() for i in range(count)]
    return np.array([int.from_bytes(number, "little") | 1 for number in numbers], dtype=np.uint64)


_PLACE = _constants("place in shingle", 3)
_MIX = _constants("mix", 1)[0]
_MULTIPLIER = _constants("permutation multiplier", PERMUTATIONS).astype(np.uint32)[:, None]
_OFFSET = (_constants("permutation offset", PERMUTATIONS) >> np.uint64(32)).astype(np.uint32)[:, None]
_ROW = _constants("row of band", ROWS)
_BAND = _constants("band", BANDS)
_HALF = np.uint64(32)
_SHIFT = 40
"""Words by which what stayed may be shifted between two texts: a sentence or two, cut or added."""
_FAR = 1 << 32
"""More than any text has words: places of one shingle are told from those of the next."""
_AT_ONCE = 32
"""Permutations whose numbers stay below 128 kB for 1,000 words: beyond it malloc maps fresh pages each
time, and a signature takes 185 instead of 56 µs (November 2026)."""


def shingles(words: Sequence[str]) -> Shingles:
    """The distinct 3-word shingles of folded words, as sorted 64-bit hashes; of fewer than 3 words, none."""
    return distinct(sequence(b"".join(map(word_hash, words))))


def word_hash(word: str) -> bytes:
    """The 8 bytes that stand for a folded word."""
    return blake2b(word.encode(), digest_size=8).digest()


def sequence(hashes: bytes) -> Sequence64:
    """The shingles of words in a row, given as their word_hash one after the other."""
    words = np.frombuffer(hashes, dtype="<u8")
    if words.size < 3:
        return np.empty(0, dtype=np.uint64)
    return _avalanche(words[:-2] * _PLACE[0] + words[1:-1] * _PLACE[1] + words[2:] * _PLACE[2])


def distinct(shingles: Sequence64) -> Shingles:
    """Each shingle once, sorted."""
    if not shingles.size:
        return shingles
    ordered = np.sort(shingles)
    first = np.ones(ordered.size, dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]  # np.unique, five times as fast


def signature(of: Shingles) -> Signature:
    """The minimum of the shingles under each of PERMUTATIONS orders (multiply-shift on 32 bits)."""
    if not of.size:
        return np.full(PERMUTATIONS, 0xFFFFFFFF, dtype=np.uint32)
    short = (of >> _HALF).astype(np.uint32)
    minima = np.empty(PERMUTATIONS, dtype=np.uint32)
    for start in range(0, PERMUTATIONS, _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        permuted = _MULTIPLIER[some] * short
        permuted += _OFFSET[some]
        permuted.min(axis=1, out=minima[some])
    return minima


def bands(of: Signature) -> list[int]:
    """The signature's BANDS keys, signed 64-bit: texts that share one may be near each other."""
    rows = of[: BANDS * ROWS].reshape(BANDS, ROWS).astype(np.uint64)
    keys = _avalanche((rows * _ROW).sum(axis=1, dtype=np.uint64) + _BAND)
    return cast(list[int], keys.view(np.int64).tolist())


def estimate(one: Signature, other: Signature) -> float:
    """The Jaccard similarity by two signatures: standard deviation 0.043 at 0.6."""
    return float(np.count_nonzero(one == other)) / PERMUTATIONS


def jaccard(one: Shingles, other: Shingles) -> float:
    """The true Jaccard similarity of two shingle sets; of two empty ones 0."""
    if not one.size or not other.size:
        return 0.0
    shared = int(np.intersect1d(one, other, assume_unique=True).size)
    return shared / (one.size + other.size - shared)


def covered(text: Sequence64, other: Sequence64) -> float:
    """Share of a text's words in shingles that the other text has at about the same place; of none 0.

    Where edits are spread over a text, this is near the share of words that stayed, while Jaccard falls with
    its third power: with 15 % of the words replaced 0.80, and Jaccard 0.44. The place is counted from that at
    which most of the two texts lie upon each other, so that a lead before one of them does not matter; what
    stands elsewhere (the phrases that all reports share) does not count.
    """
    if not text.size or not other.size:
        return 0.0
    known, rank, times = np.unique(other, return_inverse=True, return_counts=True)
    of_text = np.minimum(np.searchsorted(known, text), known.size - 1)
    found = np.flatnonzero(known[of_text] == text)
    once = found[times[of_text[found]] == 1]
    if not once.size:
        return 0.0
    places = np.sort(rank * _FAR + np.arange(other.size))  # by shingle, then by place
    first = np.searchsorted(places, of_text[once] * _FAR)
    shift = np.median(places[first] % _FAR - once)
    wanted = of_text[found] * _FAR + np.clip(found + int(shift), 0, _FAR - 1)
    after = np.minimum(np.searchsorted(places, wanted), places.size - 1)
    away = np.minimum(np.abs(places[after] - wanted), np.abs(places[np.maximum(after - 1, 0)] - wanted))
    found = found[away <= _SHIFT]
    words = np.zeros(text.size + 2, dtype=bool)
    for place in range(3):
        words[found + place] = True
    return float(np.count_nonzero(words)) / words.size


def _avalanche(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Let every bit of the input reach the high bits, from which permutations and bands are taken."""
    numbers = (numbers ^ (numbers >> _HALF)) * _MIX
    return numbers ^ (numbers >> _HALF)
