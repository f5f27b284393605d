"""Where a tone stands: one placement for matching, whichever of the two the author writes (hoà, hòa)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from vietnam.sought import matches_at
from vietnam.syllables import PLAIN, TONE_OF, TONES
from vietnam.writing import clean


def _move_tone(pair: str, to: int) -> str:
    """Return two letters with their one tone on letter ``to``, each letter in its own case."""
    tone = next((TONE_OF[c] for c in pair.lower() if TONE_OF.get(c)), "")
    plain = [PLAIN[c] for c in pair.lower()]
    plain[to] = unicodedata.normalize("NFC", plain[to] + tone)
    return "".join(new.upper() if old.isupper() else new for old, new in zip(pair, plain, strict=True))


def _toned(letters: str) -> str:
    """Return the letters with each of the five tones, small and capital: a piece of a regex class."""
    small = "".join(tones[TONES[""].index(letter)] for letter in letters for tones in TONES.values())
    return "".join(letter for letter in small if TONE_OF[letter]) + "".join(
        letter.upper() for letter in small if TONE_OF[letter]
    )


def _misplaced(first: str, second: str, to: int) -> dict[str, str]:
    """Two letters of which the second or the first has a tone -> the same with it on letter ``to``."""
    toned = 1 - to
    pairs = (
        (one, other)
        for one in (_toned(first) if toned == 0 else first + first.upper())
        for other in (_toned(second) if toned == 1 else second + second.upper())
    )
    return {one + other: _move_tone(one + other, to) for one, other in pairs}


_LATE = _misplaced("o", "ae", 0) | _misplaced("u", "y", 0)
_EARLY = {
    **{q + pair: q + right for pair, right in _misplaced("u", "aăâeêioôơuy", 1).items() for q in "qQ"},
    **{g + pair: g + right for pair, right in _misplaced("i", "aăâeêioôơuy", 1).items() for g in "gG"},
}  # Qùa, qúy, gía: typing errors of real pages (danviet)
# One sweep for both, and whatever can be told behind the letters is told there: of 3,000 letters 150,000
# instructions, where two sweeps that asked a function of each pair took 456,000 (November 2026).
_MISPLACED = re.compile(
    "[oOuUqQgG](?:"
    # toàn has one place only, and the u of quý belongs to q
    rf"(?:(?<=[oO])[{_toned('ae')}]|(?<=[uU])(?<![qQ].)[{_toned('y')}])(?![^\W_])"
    rf"|(?:(?<=[qQ])[{_toned('u')}]|(?<=[gG])[{_toned('i')}])[aăâeêioôơuyAĂÂEÊIOÔƠUY])"
)
_RIGHT = _LATE | _EARLY
MISPLACED = frozenset(written[:2] for written in _RIGHT)
"""What a misplaced tone begins with: only there does :func:`placed` have anything to put right."""


def _put_right(match: re.Match[str]) -> str:
    return _RIGHT[match[0]]


@lru_cache(maxsize=256)  # of an article's title and paragraphs, asked for by each part of tagging
def match_form(text: str) -> str:
    """Return what organization patterns are run on: :func:`clean` text with one tone placement.

    The placement is hòa, khỏe, ủy, thúy; misplaced tones after q and g are put right (Qùa -> Quà).
    Case is kept, length is not.
    """
    return placed(clean(text))


def placed(text: str) -> str:
    """Return the :func:`match_form` of text that is clean, or of several joined by line breaks."""
    return text if text.isascii() else _MISPLACED.sub(_put_right, text)


def placed_at(text: str, places: Iterable[int]) -> str:
    """Return :func:`placed` text of which it is known where a pair of :data:`MISPLACED` stands, in order."""
    pieces: list[str] = []
    end = 0
    for match in matches_at(_MISPLACED, text, places):
        pieces += text[end : match.start()], _RIGHT[match[0]]
        end = match.end()
    return "".join((*pieces, text[end:])) if pieces else text
