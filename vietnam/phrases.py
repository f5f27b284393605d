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

_GRAM = 4
"""Letters by which a phrase is looked up: as many code units of UTF-16 as a number of 64 bits has."""
_MIXED = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio: spreads what differs in a few bits over all of the upper ones."""
_DROPPED = np.uint64(48)


class Phrases:
    """A set of phrases, looked for together."""

    def __init__(self, phrases: Iterable[str]) -> None:
        phrases = tuple(dict.fromkeys(phrases))
        self._short = tuple(phrase for phrase in phrases if len(phrase) < _GRAM)
        self._by_hash: dict[int, list[tuple[int, str]]] = {}
        grams = Counter(gram for phrase in phrases for gram in set(_grams(phrase)))
        letters = Counter("".join(phrases))
        for phrase in phrases:
            # Of a phrase those four letters that are rare in any text: where words meet ("g đo" of "công
            # đoàn", not "công"; 33 places an article, 66 without this), then those that few others have.
            choices = [
                (" " not in gram[1:-1], grams[gram] * prod(letters[letter] for letter in gram), place)
                for place, gram in enumerate(_grams(phrase))
            ]
            if choices:
                begin = min(choices)[-1]
                number = int(_hashes(phrase[begin : begin + _GRAM])[0])
                self._by_hash.setdefault(number, []).append((begin, phrase))
        self._may_begin = np.zeros(1 << 16, dtype=np.bool_)
        self._may_begin[list(self._by_hash)] = True

    def places(self, text: str) -> dict[str, list[int]]:
        """Return where each phrase that the text has begins, in order; different ones may overlap."""
        found: dict[str, list[int]] = {}
        for phrase in self._short:
            at = text.find(phrase)
            while at >= 0:
                found.setdefault(phrase, []).append(at)
                at = text.find(phrase, at + len(phrase))
        hashes = _hashes(text)
        hits = self._may_begin.take(hashes).nonzero()[0]
        for number, at in zip(hashes[hits].tolist(), hits.tolist(), strict=True):
            for before, phrase in self._by_hash[number]:
                if text.startswith(phrase, at - before) and at >= before:
                    found.setdefault(phrase, []).append(at - before)
        return found


def _grams(phrase: str) -> list[str]:
    return [phrase[begin : begin + _GRAM] for begin in range(len(phrase) - _GRAM + 1)]


def _hashes(text: str) -> npt.NDArray[np.int64]:
    """A number of 16 bits for each four letters of a text."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) > 2 * len(text):  # an emoji is two units: places would no longer be letters
        units = "".join(x if x <= "\uffff" else "?" for x in text).encode("utf-16-le", "surrogatepass")
    # the bytes are read as overlapping numbers of 64 bits, one at every letter
    grams = np.ndarray(max(0, len(text) - _GRAM + 1), dtype="<u8", buffer=units, strides=(2,)) * _MIXED
    grams >>= _DROPPED
    return grams.view(np.int64)
