"""How near two texts are: runs of words as numbers, kept as 512 bytes and found again by a dozen of them.

- **Shingles**, runs of three words: their Jaccard similarity is what a near-copy is told by.
- The **signature** is the SIGNED smallest of them (a bottom-k sketch; Thorup 2013): an estimate of that
  similarity without the text, for nothing, since shingles are sorted anyway. 128 minima under as many
  orders took 59 µs of an article's 97.
- **Windows**, runs of WINDOW words, are what a near-copy is found by: a text owns the OWNED smallest
  that nobody had before it, and asks for the owners of its ASKED smallest. An edit of each seventh word
  leaves a third of the windows whole, so that one of twelve survives in 99 of 100 texts; three minima, a band
  of MinHash, need nine words to survive, and 42 bands for the same. What an organization always says
  belongs to those who said it first, and takes no place of a text's own.

Our own few lines because the numbers are stored: those of the libraries change with their versions for the
same seed (reference/engine.md section 5). Everything here is a pure function of the folded words; a change of
any constant needs a new VERSION and a migration that calls storage.resketching.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

VERSION = 3
SHINGLE = 3
WINDOW = 7
"""Words. Measured on 10,000 texts: 6 finds as much and meets twice as many strangers, 9 loses one of 70."""
OWNED = 12
ASKED = 28
SIGNED = 128

Shingles = npt.NDArray[np.uint64]
"""Distinct and sorted."""
Sequence64 = npt.NDArray[np.uint64]
"""The shingles as they follow each other in the text."""
Signature = npt.NDArray[np.uint32]
"""SIGNED numbers, sorted."""
Signatures = npt.NDArray[np.uint32]
"""Several of them, one a row."""


def _constants(name: str, count: int) -> npt.NDArray[np.uint64]:
    """Odd 64-bit numbers that are the same for ever: hashes of their own names."""
    numbers = [blake2b(f"{name} {i}".encode(), digest_size=8).digest() for i in range(count)]
    return np.array([int.from_bytes(number, "little") | 1 for number in numbers], dtype=np.uint64)


_LETTER = _constants("letter", 256)
_BASE, _MIX = _constants("base and mix", 2)
_HALF = np.uint64(32)
_SPACE = ord(" ")
_NOTHING = 0xFFFFFFFF
_LONGEST = 1 << 20
"""Letters of a text that are looked at: its powers take 34 MB. The longest honest text seen has 60,000."""
_TOGETHER = 1 << 15
"""Letters that are counted through at once: what is computed of them stays in the processor's cache."""
_SHIFT = 40
"""Words by which what stayed may be shifted against what stands around it: a sentence or two that changed
places."""
_FAR = 1 << 32
"""More than any text has words: places of one shingle are told from those of the next."""


def runs(folded: str, *lengths: int) -> list[Sequence64]:
    """For each length the numbers of the runs of so many words in a folded text, as they follow each other.

    A run's number is a polynomial of its letters: what two sums over the beginning of the text differ by,
    taken down to the power 0. So a run costs the same whatever its length, and wherever it stands.
    """
    return runs_of([folded], *lengths)[0]


def runs_of(texts: Sequence[str], *lengths: int) -> list[list[Sequence64]]:
    """The :func:`runs` of each text.

    Texts are counted through one behind the other, as many as have _TOGETHER letters: of 600 words each they
    take 19 µs apiece, one by one 32, the half of which are calls.
    """
    found: list[list[Sequence64]] = []
    group: list[bytes] = []
    size = 0
    for letters in (text.encode()[:_LONGEST] for text in texts):
        if group and size + len(letters) >= _TOGETHER:
            found.extend(_runs_of_group(group, lengths))
            group, size = [], 0
        group.append(letters)
        size += len(letters) + 1
    if group:
        found.extend(_runs_of_group(group, lengths))
    return found


def _runs_of_group(texts: Sequence[bytes], lengths: Sequence[int]) -> Iterator[list[Sequence64]]:
    letters = np.frombuffer(b" ".join(texts), dtype=np.uint8)
    power, inverse = _powers(max(_TOGETHER, 1 << letters.size.bit_length()))
    sums = np.empty(letters.size + 1, dtype=np.uint64)
    sums[0] = 0
    np.cumsum(_LETTER.take(letters, mode="wrap") * power[: letters.size], out=sums[1:])
    spaces = np.flatnonzero(letters == _SPACE)
    starts = np.concatenate(([0], spaces + 1))
    before, after = sums.take(starts), np.append(sums.take(spaces), sums[-1])
    down = inverse.take(starts)
    counts = [max(0, starts.size - length + 1) for length in lengths]
    numbers = [
        _avalanche((after[length - 1 :] - before[:count]) * down[:count])
        for length, count in zip(lengths, counts, strict=True)
    ]
    offsets = accumulate((len(text) + 1 for text in texts), initial=0)
    firsts = np.searchsorted(starts, list(offsets)).tolist()  # words that stand before each text
    for first, end in pairwise(firsts):  # runs from one text into the next are left out
        yield [
            of_length[first : max(first, end - length + 1)]
            for of_length, length in zip(numbers, lengths, strict=True)
        ]


def shingles(folded: str) -> Shingles:
    """The distinct shingles of a folded text; of fewer than three words, none."""
    (sequence,) = runs(folded, SHINGLE)
    return distinct(sequence)


def distinct(numbers: Sequence64) -> Shingles:
    """Each number once, sorted."""
    if not numbers.size:
        return numbers
    return _distinct_of_own(numbers.copy())


def _distinct_of_own(ordered: Sequence64) -> Shingles:
    """:func:`distinct` of an array that nobody else has: it is sorted in place."""
    ordered.sort()
    first = np.empty(ordered.size, dtype=bool)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]  # np.unique, five times as fast


def smallest(numbers: Sequence64, count: int) -> Shingles:
    """The ``count`` smallest of :func:`distinct`, or all where they are fewer.

    Numbers lie evenly: of 600, those below a quarter of all are sorted for the 128 smallest, 6 µs instead
    of 10. Where too few are below (a text that repeats itself), all are.
    """
    expected = count + 6 * math.isqrt(count) + 6  # six standard deviations above what is needed
    if numbers.size > expected:
        few = numbers[numbers < np.uint64((expected << 64) // numbers.size)]
        if few.size >= count and (found := _distinct_of_own(few)).size >= count:
            return found[:count]
    return distinct(numbers)[:count]


def signature(sequence: Sequence64) -> Signature:
    """The SIGNED smallest shingles, cut to 32 bits; where there are fewer, _NOTHING fills the rest."""
    found = smallest(sequence, SIGNED)
    numbers = np.full(SIGNED, _NOTHING, dtype=np.uint32)
    numbers[: found.size] = found >> _HALF
    return numbers


def windows(sequence: Sequence64) -> list[int]:
    """The ASKED smallest of a text's runs of WINDOW words, as signed 64-bit numbers, the smallest first."""
    found: list[int] = smallest(sequence, ASKED).view(np.int64).tolist()
    return found


def estimates(ones: Signatures, others: Signatures) -> npt.NDArray[np.float64]:
    """The Jaccard similarities of pairs by their signatures, row by row: standard deviation 0.04 at 0.6.

    Up to the end of the shorter of two signatures both are whole: of the shingles there, the share in both.
    """
    both = np.sort(np.concatenate((ones, others), axis=1), axis=1)
    inside = (both <= np.minimum(ones[:, -1:], others[:, -1:])) & (both < _NOTHING)
    shared = _count((both[:, 1:] == both[:, :-1]) & inside[:, 1:])
    different = np.maximum(1, _count(inside) - shared)
    similarities: npt.NDArray[np.float64] = shared / different
    return similarities


def _count(rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """How many are true in each row; of 256, ``np.count_nonzero`` makes as many whole numbers first."""
    counts: npt.NDArray[np.int64] = np.bitwise_count(np.packbits(rows, axis=1)).sum(axis=1, dtype=np.int64)
    return counts


def jaccard(one: Shingles, other: Shingles) -> float:
    """The true Jaccard similarity of two shingle sets; of two empty ones 0."""
    if not one.size or not other.size:
        return 0.0
    both = np.sort(np.concatenate((one, other)))
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    return shared / (one.size + other.size - shared)


def covered(text: Sequence64, other: Sequence64) -> float:
    """Share of a text's words in shingles that the other text has in the same order; of none 0.

    Where edits are spread over a text, this is near the share of words that stayed, while Jaccard falls with
    its third power: with 15 % of the words replaced 0.80, and Jaccard 0.44. The order is that of the longest
    row of shared shingles which rises in both texts, so that a lead before one of them or a paragraph cut out
    of its middle does not matter; what stands elsewhere (the phrases that all reports share) does not count.
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
    there = places[np.searchsorted(places, of_text[once] * _FAR)] % _FAR
    row = _longest_rising(there.tolist())
    once, shifts = once[row], (there - once)[row]
    behind = np.searchsorted(once, found)
    away = np.full(found.size, _FAR)
    for beside in (behind - 1, behind):  # by what the neighbours in the row were shifted
        shift = shifts[np.clip(beside, 0, once.size - 1)]
        wanted = of_text[found] * _FAR + np.clip(found + shift, 0, _FAR - 1)
        after = np.minimum(np.searchsorted(places, wanted), places.size - 1)
        for near in (after, np.maximum(after - 1, 0)):
            away = np.minimum(away, np.abs(places[near] - wanted))
    found = found[away <= _SHIFT]
    words = np.zeros(text.size + 2, dtype=bool)
    for place in range(3):
        words[found + place] = True
    return float(np.count_nonzero(words)) / words.size


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """The places of the longest row of numbers, one behind the other, of which each is above the last."""
    ends: list[int] = []
    """The smallest number that a rising row of each length ends with."""
    at: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left(ends, number)
        before.append(at[length - 1] if length else -1)
        ends[length : length + 1] = [number]
        at[length : length + 1] = [place]
    row = []
    place = at[-1] if at else -1
    while place >= 0:
        row.append(place)
        place = before[place]
    return row[::-1]


def _avalanche(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Let every bit reach the high ones, by which the smallest are told. In place."""
    numbers ^= numbers >> _HALF
    numbers *= _MIX
    numbers ^= numbers >> _HALF
    return numbers


@lru_cache(maxsize=4)
def _powers(count: int) -> tuple[Sequence64, Sequence64]:
    """The first powers of the base, and those of its inverse."""
    inverse = pow(int(_BASE), -1, 1 << 64)
    up, down = (np.full(count, number, dtype=np.uint64) for number in (_BASE, inverse))
    up[0] = down[0] = 1
    return np.multiply.accumulate(up), np.multiply.accumulate(down)
