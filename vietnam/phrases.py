"""Many phrases looked for in one text at once.

``phrase in text`` takes 9,000 instructions on 3,000 letters, and the organizations alone have a hundred
phrases. Here four letters of each phrase are looked up at every place of the text in one go (numpy), and a
phrase is compared only where its four stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import prod

import numpy as np
import numpy.typing as npt

from vietnam.byte_letters import in_bytes

_GRAM = 4
"""Letters by which a phrase is looked up: as many as a number of 32 bits has bytes."""
_MIXED = np.uint32(0x9E3779B1)
"""2^32 over the golden ratio: spreads what differs in a few bits over all of the upper ones."""
_DROPPED = np.uint32(16)


class Phrases:
    """A set of phrases, looked for together."""

    def __init__(self, phrases: Iterable[str]) -> None:
        phrases = tuple(dict.fromkeys(phrases))
        self._short = tuple((phrase, in_bytes(phrase)) for phrase in phrases if len(phrase) < _GRAM)
        self._by_hash: dict[int, list[tuple[int, str, bytes]]] = {}
        grams = Counter(gram for phrase in phrases for gram in set(_grams(phrase)))
        frequent = Counter("".join(phrases))
        for phrase in phrases:
            # Of a phrase those four letters that are rare in any text: where words meet ("g đo" of "công
            # đoàn", not "công"; 33 places an article, 66 without this), then those that few others have.
            choices = [
                (" " not in gram[1:-1], grams[gram] * prod(frequent[letter] for letter in gram), place)
                for place, gram in enumerate(_grams(phrase))
            ]
            if choices:
                begin = min(choices)[-1]
                letters_of_it = in_bytes(phrase)
                number = int(_hashes(letters_of_it[begin : begin + _GRAM])[0])
                self._by_hash.setdefault(number, []).append((begin, phrase, letters_of_it))
        self._may_begin = np.zeros(1 << 16, dtype=np.bool_)
        self._may_begin[list(self._by_hash)] = True

    def places(self, letters: bytes) -> dict[str, list[int]]:
        """Return where each phrase that the text has begins, in order; different ones may overlap.

        ``letters``: the :func:`vietnam.byte_letters.in_bytes` of the text.
        """
        found: dict[str, list[int]] = {}
        for phrase, short in self._short:
            at = letters.find(short)
            while at >= 0:
                found.setdefault(phrase, []).append(at)
                at = letters.find(short, at + len(short))
        hashes = _hashes(letters)
        hits = self._may_begin.take(hashes).nonzero()[0]
        for number, at in zip(hashes[hits].tolist(), hits.tolist(), strict=True):
            for before, phrase, whole in self._by_hash[number]:
                if letters.startswith(whole, at - before) and at >= before:
                    found.setdefault(phrase, []).append(at - before)
        return found


def _grams(phrase: str) -> list[str]:
    return [phrase[begin : begin + _GRAM] for begin in range(len(phrase) - _GRAM + 1)]


def _hashes(letters: bytes) -> npt.NDArray[np.uint32]:
    """A number of 16 bits for each four letters of a text."""
    # the bytes are read as overlapping numbers of 32 bits, one at every letter
    grams = np.ndarray(max(0, len(letters) - _GRAM + 1), dtype="<u4", buffer=letters, strides=(1,)) * _MIXED
    grams >>= _DROPPED
    return grams
