"""Many phrases looked for in one text at once.

``phrase in text`` takes 9,000 instructions on 3,000 letters, and the organizations alone have a hundred
phrases. Here four letters of each phrase are looked up at every place of the text in one go (numpy), and a
phrase is compared only where its four stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from math import prod

import numpy as np
import numpy.typing as npt

from vietnam.byte_letters import word_letters

Grams = npt.NDArray[np.uint16]
_GRAM = 4
"""Letters by which a phrase is looked up."""
_FIRST, _PAIR = np.uint16(40503), np.uint16(30011)
"""Odd numbers that spread what differs in a few bits over all sixteen."""


class Phrases:
    """A set of phrases, looked for together; all of small letters.

    ``words``: phrases of three letters that are meant only where a word ends behind them ("ccb"), of two that
    are meant as words of their own ("xã"). ``later``: those that count anywhere in a text, where the others
    count in its beginning only; None for all.
    """

    def __init__(
        self, phrases: Iterable[str], words: Iterable[str] = (), *, later: Iterable[str] | None = None
    ) -> None:
        phrases, words = tuple(dict.fromkeys(phrases)), tuple(dict.fromkeys(words))
        later = frozenset((*phrases, *words) if later is None else later)
        self._short = tuple(phrase for phrase in phrases if len(phrase) < _GRAM)
        self._words = words
        self._by_hash: dict[int, list[tuple[int, str]]] = {}
        self._begins = np.zeros(1 << 16, dtype=np.bool_)
        self._begins_later = np.zeros(1 << 16, dtype=np.bool_)
        frequent = Counter("".join(phrases))
        for phrase in phrases:
            # Of a phrase those four letters that are rare in any text: where words meet ("g đo" of "công
            # đoàn", not "công"), and pairs do that seldom stand together.
            choices = [
                (
                    " " not in gram[1:-1],
                    prod(map(_share, pairwise(gram))) / frequent[gram[1]] / frequent[gram[2]],
                    n,
                )
                for n, gram in enumerate(_grams(phrase))
            ]
            if choices:
                begin = min(choices)[-1]
                self._add(phrase[begin : begin + _GRAM], begin, phrase, later)
        for word in words:
            self._add(f" {word} "[-_GRAM:], len(word) + 1 - _GRAM, word, later)

    def _add(self, gram: str, begin: int, phrase: str, later: frozenset[str]) -> None:
        number = int(grams_of(word_letters(gram))[0])
        self._by_hash.setdefault(number, []).append((begin, phrase))
        self._begins[number] = True
        self._begins_later[number] |= phrase in later

    def places(
        self, text: str, grams: Grams | None = None, beginning: int | None = None
    ) -> dict[str, list[int]]:
        """Return where each phrase that the text has begins, in order; different ones may overlap.

        ``grams``: the :func:`grams_of` of the text, where these are there already. ``beginning``: letters in
        which all phrases are looked for; behind them the later ones are.
        """
        if grams is None:
            grams = grams_of(word_letters(text))
        found: dict[str, list[int]] = {}
        for phrase in self._short:
            at = text.find(phrase)
            while at >= 0:
                found.setdefault(phrase, []).append(at)
                at = text.find(phrase, at + 1)
        self._add_places(found, text, grams[:beginning], self._begins, 0)
        if beginning is not None:
            self._add_places(found, text, grams[beginning:], self._begins_later, beginning)
        if text.startswith(self._words) or text.endswith(self._words):
            self._add_at_edges(found, text)
        return found

    def _add_at_edges(self, found: dict[str, list[int]], text: str) -> None:
        """Words at the beginning and end of the text, where no sign stands before or behind them."""
        for word in self._words:
            is_short, end = len(word) < _GRAM - 1, len(text) - len(word)
            if is_short and text.startswith(word) and not _is_of_word(text[len(word) : len(word) + 1]):
                found.setdefault(word, []).insert(0, 0)
            if text.endswith(word) and not (is_short and (end == 0 or _is_of_word(text[end - 1]))):
                found.setdefault(word, []).append(end)

    def _add_places(
        self,
        found: dict[str, list[int]],
        text: str,
        grams: Grams,
        begins: npt.NDArray[np.bool_],
        behind: int,
    ) -> None:
        hits = begins.take(grams, mode="wrap").nonzero()[0]
        for number, at in zip(grams.take(hits).tolist(), hits.tolist(), strict=True):
            for before, phrase in self._by_hash[number]:
                place = at + behind - before
                if place >= 0 and text.startswith(phrase, place):
                    if phrase in found:
                        found[phrase].append(place)
                    else:
                        found[phrase] = [place]


_FREQUENT = (
    " tngn  c  g  n đi nhc thh ch v ht tr b la m  ko u  sy  mhi p dphà  giệanp  qquônáckhàngiuyên xcáânvà"
    "hohưviinonộihàơniếhuó hộiêhaị ườánháại rã ghcủượtiệne ủahíết"
)
"""The pairs of letters that news have most, the most frequent first (457 articles, November 2026)."""
_RANK = {_FREQUENT[n : n + 2]: n // 2 for n in range(0, len(_FREQUENT), 2)}


def _share(pair: tuple[str, str]) -> float:
    """How often two letters stand together, by their rank: of the grams so chosen 13 to 34 stand in an
    article that are of no phrase, a half more where letters alone are asked."""
    rank = _RANK.get("".join(pair))
    return 1 / (5 + rank) if rank is not None else 1 / 3 / (5 + len(_RANK))


def _is_of_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _grams(phrase: str) -> list[str]:
    return [phrase[begin : begin + _GRAM] for begin in range(len(phrase) - _GRAM + 1)]


def grams_of(letters: npt.NDArray[np.uint16]) -> Grams:
    """A number for each four letters of a text's :func:`vietnam.byte_letters.word_letters`."""
    if len(letters) < _GRAM:
        return letters[:0]
    pairs = letters[:-1] * _FIRST
    pairs += letters[1:]
    grams = pairs[:-2] * _PAIR
    grams += pairs[2:]
    return grams
