"""Words with their places in the binary form of PostgreSQL's tsvector, of several texts at once.

A word of at most eight letters is the number that its letters make, the first letter highest, so that numbers
sort as words do: the longest syllable of Vietnamese, "nghiêng", has seven. PostgreSQL, which sorts what it
receives unless it is sorted, finds it so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, pairwise

import numpy as np
import numpy.typing as npt

from storage.bulk import chunks

Text = tuple[str, str, Sequence[str]]
"""The folded words of a title and those of a body, with one space between them; and marks, each once, none
of them a word."""
Numbers = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]

POSITIONS = 16_383
"""Limit of a tsvector: a word beyond has no place in a phrase."""
MOST_PLACES = 256
"""Of one word in a tsvector."""

_TOGETHER = 10
"""Texts that are sorted at once: what is computed of them stays in the processor's cache."""
_LETTERS = 8
"""The most of a word that is a number."""
_SPACE = ord(" ")
_OF_WORD, _OF_TEXT = 14, 46
"""Bits of a place; of a place, and before it the rank of the word."""
_PLACE, _RANK = (1 << _OF_WORD) - 1, (1 << _OF_TEXT - _OF_WORD) - 1
_FIRST_LETTERS = np.array([(1 << 64) - (1 << 64 - 8 * n) for n in range(_LETTERS + 1)], dtype=np.uint64)
"""The bits of the first so many letters."""

_ROW = 16
"""Bytes of a place: its word, a NUL, how often the word is there, the place, and three that fill it up."""
_OF_COUNT, _OF_A_PLACE = 40, 24
"""Bits after a count, and after a place, in the second half of a row."""
_SAID = np.array(
    [
        [byte < n or (n > 0 and 8 <= byte < 11) or 11 <= byte < 13 for byte in range(_ROW)]
        for n in range(_LETTERS + 1)
    ]
)
"""What of a row is said, by how many letters its word has: 0 from the second place of a word on."""
_SIZES = _SAID.sum(axis=1)

_PLACES = [place.to_bytes(2) for place in range(1, POSITIONS + 1)]
_COUNTS = [count.to_bytes(2) for count in range(MOST_PLACES + 1)]


def tsvectors(texts: Sequence[Text]) -> list[bytes]:
    """The tokens of each text as PostgreSQL sends and receives them.

    How many there are, then each with a NUL, the number of its places, and its places. A phrase does not run
    from the title into the body. PostgreSQL takes MOST_PLACES of a word, which are the first.
    """
    return [*chain.from_iterable(map(_of_some, chunks(texts, _TOGETHER)))]


def _of_some(texts: Sequence[Text]) -> Iterator[bytes]:
    words = [f"{title} {body}".strip().encode() for title, body, _ in texts]
    usual = [bool(letters) and letters.count(b" ") < POSITIONS - 2 for letters in words]
    together: Iterator[bytes | None] = iter(())
    if any(usual):
        group = _Group(
            [text for text, is_usual in zip(texts, usual, strict=True) if is_usual],
            [letters for letters, is_usual in zip(words, usual, strict=True) if is_usual],
        )
        together = group.tsvectors()
    for text, is_usual in zip(texts, usual, strict=True):
        yield (next(together) if is_usual else None) or tsvector(text)


def tsvector(text: Text) -> bytes:
    """The tokens of one text, however long it is and however often it says a word."""
    title, body, marks = text
    of_title = title.encode().split()
    places = dict.fromkeys(map(str.encode, marks), b"")
    for words, before in ((of_title, 0), (body.encode().split(), len(of_title) + 1)):
        for word, place in zip(words, _PLACES[before : before + len(words)], strict=False):
            places[word] = places.get(word, b"") + place
        for word in words[max(0, POSITIONS - before) :]:  # past the last place that counts: the word alone
            places.setdefault(word, b"")
    tokens = [_token(word, of_word) for word, of_word in sorted(places.items())]
    return b"".join((len(tokens).to_bytes(4), *tokens))


def _token(word: bytes, places: bytes) -> bytes:
    some = places[: 2 * MOST_PLACES]
    return b"%b\0%b%b" % (word, _COUNTS[len(some) // 2], some)


class _Group:
    """Texts of which the words are sorted together: by text, by word, by place.

    ``words`` are the letters of each one's title and body, not more than have a place.
    """

    def __init__(self, texts: Sequence[Text], words: Sequence[bytes]) -> None:
        joined = b" ".join(words)
        letters = np.frombuffer(joined, dtype=np.uint8)
        spaces = np.flatnonzero(letters == _SPACE)
        starts = np.concatenate(([0], spaces + 1))
        lengths = np.append(spaces, letters.size) - starts
        shortened = np.minimum(lengths, _LETTERS)
        from_each = np.ndarray(letters.size, dtype=">u8", buffer=joined + bytes(_LETTERS), strides=(1,))
        numbers = from_each.take(starts).astype(np.uint64)
        numbers &= _FIRST_LETTERS.take(shortened)
        counts = [text.count(b" ") + 1 for text in words]
        firsts = [*accumulate(counts, initial=0)]
        places = np.arange(1, starts.size + 1) - np.repeat(firsts[:-1], counts)
        places += places > np.repeat([len(title.split()) for title, _, _ in texts], counts)

        of_text = np.repeat(np.arange(len(texts)), counts)
        self._distinct, self._lengths, ranks = _ranked(numbers, shortened)
        ordered = of_text << _OF_TEXT | ranks << _OF_WORD | places
        self._others = [dict.fromkeys(map(str.encode, marks), b"") for *_, marks in texts]
        """Of each text, what is no number, with its places."""
        is_long = lengths > _LETTERS
        for number in np.flatnonzero(is_long).tolist():
            word = joined[starts[number] : starts[number] + lengths[number]]
            others = self._others[of_text[number]]
            others[word] = others.get(word, b"") + _PLACES[places[number] - 1]
        self._ordered = np.sort(ordered[~is_long])

    def tsvectors(self) -> Iterator[bytes | None]:
        """The :func:`tsvector` of each text; None of one in which a word stands too often."""
        of_words = self._ordered >> _OF_WORD
        begins = np.flatnonzero(np.diff(of_words, prepend=-1))
        how_often = np.diff(begins, append=of_words.size)
        ranks = of_words & _RANK
        rows = np.empty((of_words.size, 2), dtype=">u8")
        rows[:, 0] = self._distinct.take(ranks)
        halves = (self._ordered & _PLACE) << _OF_A_PLACE
        halves[begins] |= how_often << _OF_COUNT
        rows[:, 1] = halves
        letters = np.zeros(of_words.size, dtype=np.int64)
        letters[begins] = self._lengths.take(ranks.take(begins))
        tokens = rows.view(np.uint8)[_SAID.take(letters, axis=0)].tobytes()
        ends = np.concatenate(([0], np.cumsum(_SIZES.take(letters))))

        texts = np.arange(len(self._others) + 1)
        firsts = np.searchsorted(self._ordered, texts << _OF_TEXT)
        counts = np.diff(np.searchsorted(begins, firsts)).tolist()
        too_often = {*(np.searchsorted(firsts, begins[how_often > MOST_PLACES], side="right") - 1).tolist()}
        others = [sorted(of_text.items()) for of_text in self._others]
        rows_before = self._rows_before([[word for word, _ in of_text] for of_text in others])
        between = iter(ends.take(rows_before).tolist())
        for number, (at, end) in enumerate(pairwise(ends.take(firsts).tolist())):
            parts = [(counts[number] + len(others[number])).to_bytes(4)]
            for (word, places), before in zip(others[number], between, strict=False):
                parts += tokens[at:before], _token(word, places)
                at = before
            parts.append(tokens[at:end])
            yield None if number in too_often else b"".join(parts)

    def _rows_before(self, words: Sequence[Sequence[bytes]]) -> Integers:
        """How many places stand before each of the words, which are no numbers: by their first letters."""
        together = np.array([*chain.from_iterable(words)], dtype=f"S{_LETTERS}")
        ranks = np.searchsorted(self._distinct, together.view(">u8").astype(np.uint64), side="right")
        of_text = np.repeat(np.arange(len(words)), [*map(len, words)])
        return np.searchsorted(self._ordered, of_text << _OF_TEXT | ranks << _OF_WORD)


def _ranked(numbers: Numbers, lengths: Integers) -> tuple[Numbers, Integers, Integers]:
    """Each number once, sorted, and its length; and where each of ``numbers`` is among these.

    ``np.unique`` takes three times as long.
    """
    order = np.argsort(numbers)
    ordered = numbers.take(order)
    is_new = np.empty(order.size, dtype=bool)
    is_new[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    ranks = np.empty(order.size, dtype=np.int64)
    ranks[order] = np.cumsum(is_new) - 1
    return ordered[is_new], lengths.take(order[is_new]), ranks
