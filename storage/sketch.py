"""MinHash of a text's word 3-shingles: how near two texts are, from 512 bytes each (Broder 1997).

Our own few lines because the sketches are stored: those of the libraries change with their versions
for the same seed (datasketch 1 and 2, rensa 0.4 and 0.5; reference/engine.md section 5). Everything
here is a pure function of the words; a change of any constant needs a new VERSION.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

VERSION = 1
PERMUTATIONS = 128
BANDS = 32
ROWS = PERMUTATIONS // BANDS
"""Four rows find heavily edited copies (Jaccard 0.6: 0.9884 by the formula; 6 rows find 65 %);
what they find too much is verified (reference/engine.md section 5b)."""

_MEMORY = 100_000
"""Word hashes kept in memory, about 15 MB. Vietnamese has some 7,000 syllables; the rest are numbers."""

Shingles = npt.NDArray[np.uint64]
Signature = npt.NDArray[np.uint32]


class _WordHashes(dict[str, int]):
    def __missing__(self, word: str) -> int:
        if len(self) >= _MEMORY:
            self.clear()
        self[word] = value = int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")
        return value


def _constants(name: str, count: int) -> npt.NDArray[np.uint64]:
    """Odd 64-bit numbers that are the same for ever: hashes of their own names."""
    numbers = [blake2b(f"{name} {i}".encode(), digest_size=8).digest() for i in range(count)]
    return np.array([int.from_bytes(number, "little") | 1 for number in numbers], dtype=np.uint64)


_word_hashes = _WordHashes()
_PLACE = _constants("place in shingle", 3)
_MIX = _constants("mix", 1)[0]
_MULTIPLIER = _constants("permutation multiplier", PERMUTATIONS).astype(np.uint32)[:, None]
_OFFSET = (_constants("permutation offset", PERMUTATIONS) >> np.uint64(32)).astype(np.uint32)[:, None]
_ROW = _constants("row of band", ROWS)
_BAND = _constants("band", BANDS)
_HALF = np.uint64(32)
_AT_ONCE = 32
"""Permutations whose numbers stay below 128 kB for 1,000 words: beyond it malloc maps fresh pages each
time, and a signature takes 185 instead of 56 µs (November 2026)."""


def shingles(words: Sequence[str]) -> Shingles:
    """The distinct 3-word shingles of folded words, as sorted 64-bit hashes; of fewer than 3 words, none."""
    count = len(words)
    if count < 3:
        return np.empty(0, dtype=np.uint64)
    hashes = np.fromiter(map(_word_hashes.__getitem__, words), dtype=np.uint64, count=count)
    mixed = hashes[:-2] * _PLACE[0] + hashes[1:-1] * _PLACE[1] + hashes[2:] * _PLACE[2]
    ordered = np.sort(_avalanche(mixed))
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
    rows = of.reshape(BANDS, ROWS).astype(np.uint64)
    keys = _avalanche((rows * _ROW).sum(axis=1, dtype=np.uint64) + _BAND)
    return [int(key) for key in keys.view(np.int64)]


def estimate(one: Signature, other: Signature) -> float:
    """The Jaccard similarity by two signatures: standard deviation 0.043 at 0.6."""
    return float(np.count_nonzero(one == other)) / PERMUTATIONS


def jaccard(one: Shingles, other: Shingles) -> float:
    """The true Jaccard similarity of two shingle sets; of two empty ones 0."""
    if not one.size or not other.size:
        return 0.0
    shared = int(np.intersect1d(one, other, assume_unique=True).size)
    return shared / (one.size + other.size - shared)


def _avalanche(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Let every bit of the input reach the high bits, from which permutations and bands are taken."""
    numbers = (numbers ^ (numbers >> _HALF)) * _MIX
    return numbers ^ (numbers >> _HALF)
