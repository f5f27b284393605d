"""Expressions searched for in every article, written so that a search can skip to their first letters.

Python's ``re`` looks for an alternation whose alternatives all begin with a letter in one sweep over the text
(3 µs for 500 letters, November 2026), but tries every position of the text where one of them begins with
``\\b`` or a look-behind (10 to 28 µs). :func:`sought` moves these behind the first letter: ``\\bđảng`` and
``đ(?<!\\wđ)ảng`` match the same. Alternatives of one letter stand together, so that a place is asked for
each letter once and whether a word begins there once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import AnyStr

_AHEAD = re.compile(r"\\b|\^|\(\?<(?P<sign>[!=])(?P<inside>(?:[^()|\\]|\\.)*)\)")
"""What may stand before the first letter: a word's edge, the text's beginning, a look-behind."""
_REPEATED = ("?", "*", "+", "{")


def sought(*alternatives: str) -> re.Pattern[str]:
    """Return an expression that matches what any of the alternatives matches, the first that does.

    Alternatives are for text in small letters, without capturing groups and flags. Where one of them has no
    first letter (a class, ``\\d``, something optional) all are compiled as they stand.
    """
    joined = "|".join(alternatives)
    try:
        forms = [form for part in _split(joined) for form in _letter_first("", part)]
        return re.compile(_grouped(forms))
    except _NoFirstLetter:
        return re.compile(joined)


def standing(*alternatives: str, common: Collection[str] = ()) -> frozenset[str]:
    """Return texts of which one stands in every match of the alternatives: of each alternative the longest
    that it has outside of choices, or those of a choice that it has. ``common``: texts that tell nothing,
    chosen where an alternative has no other."""
    return frozenset(text for part in _split("|".join(alternatives)) for text in _standing_in(part, common))


_LITERAL = re.compile(r"(?:\\(?=[^\w\s]))?([\w ,/=:;&<>%@!~-]|(?<=\\)[^\w\s])")
"""A letter or sign that stands for itself, or one that is escaped."""


def _standing_in(pattern: str, common: Collection[str]) -> frozenset[str]:
    options: list[frozenset[str]] = []
    run = ""
    while pattern:
        piece, pattern = _first_piece(pattern)
        repeated = pattern.startswith(_REPEATED)
        if (literal := _LITERAL.fullmatch(piece)) and not repeated:
            run += literal[1]
            continue
        options.append(frozenset({run}))
        run = ""
        if piece.startswith("(?:") and not repeated:
            options.append(standing(piece[3:-1], common=common))
        if repeated:
            pattern = _REPETITION.sub("", pattern, count=1)
    options.append(frozenset({run}))
    return max(options, key=lambda texts: min(0 if text in common else len(text) for text in texts))


_REPETITION = re.compile(r"(?:[?*+]|\{[^}]*\})\??")


def _first_piece(pattern: str) -> tuple[str, str]:
    """A letter, class or group that a pattern begins with, and the rest."""
    if pattern.startswith("("):
        depth = 0
        for place, sign in _signs(pattern):
            depth += (sign == "(") - (sign == ")")
            if depth == 0:
                return pattern[: place + 1], pattern[place + 1 :]
    token = _TOKEN.match(pattern)
    end = token.end() if token else 1
    return pattern[:end], pattern[end:]


def matches_at(pattern: re.Pattern[str], text: str, places: Iterable[int]) -> Iterator[re.Match[str]]:
    """Yield what ``pattern.finditer`` does, where every match begins at one of the places (in order)."""
    free_from = 0
    for place in places:
        if place >= free_from and (match := pattern.match(text, place)):
            free_from = match.end()
            yield match


def places_of(text: AnyStr, words: Iterable[AnyStr]) -> list[int]:
    """Where any of the words begins, in order. A word takes 9,000 instructions on 3,000 letters, a sweep
    for a class of letters 130,000 (November 2026)."""
    places = []
    for word in words:
        place = text.find(word)
        while place >= 0:
            places.append(place)
            place = text.find(word, place + 1)
    return sorted(places)


class _NoFirstLetter(Exception):
    """An alternative does not begin with one certain letter."""


def _grouped(forms: Sequence[tuple[str, str, str]]) -> str:
    """The alternatives by first letter, and neighbours of one letter by what stands behind it.

    Where two match at one place, they begin with one letter, and the first of them stays the first.
    """
    by_letter: dict[str, list[tuple[str, str]]] = {}
    for letter, behind, rest in forms:
        by_letter.setdefault(letter, []).append((behind, rest))
    return "|".join(
        letter
        + _any_of(
            behind + _any_of(rest for _, rest in group) for behind, group in groupby(parts, itemgetter(0))
        )
        for letter, parts in by_letter.items()
    )


def _any_of(patterns: Iterable[str]) -> str:
    patterns = list(patterns)
    return patterns[0] if len(patterns) == 1 else f"(?:{'|'.join(patterns)})"


def _letter_first(ahead: str, pattern: str) -> Iterator[tuple[str, str, str]]:
    """Yield what an alternative stands for: its letter, ``ahead`` moved behind it, and the rest."""
    while looks := _AHEAD.match(pattern):
        ahead, pattern = ahead + looks[0], pattern[looks.end() :]
    if pattern.startswith("(?:"):
        inside, rest = _group(pattern)
        if rest.startswith(_REPEATED):
            raise _NoFirstLetter
        for part in _split(inside):
            yield from _letter_first(ahead, part + rest)
        return
    if not pattern[:1].isalnum() or pattern[1:].startswith(_REPEATED):
        raise _NoFirstLetter
    letter = pattern[0]
    yield letter, "".join(_behind(looks, letter) for looks in _AHEAD.finditer(ahead)), pattern[1:]


def _behind(looks: re.Match[str], letter: str) -> str:
    """An assertion that stood before a letter as one that stands behind it."""
    match looks[0]:
        case r"\b":
            return rf"(?<!\w{letter})"
        case "^":
            return f"(?<=^{letter})"
        case _:
            return f"(?<{looks['sign']}{looks['inside']}{letter})"


def _group(pattern: str) -> tuple[str, str]:
    """What stands in the group that a pattern begins with, and what follows the group."""
    depth = 0
    for place, sign in _signs(pattern):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return pattern[3:place], pattern[place + 1 :]
    raise _NoFirstLetter


def _split(pattern: str) -> list[str]:
    """The alternatives of a pattern: what stands between the bars outside of groups."""
    parts, depth, begin = [], 0, 0
    for place, sign in _signs(pattern):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and depth == 0:
            parts.append(pattern[begin:place])
            begin = place + 1
    return [*parts, pattern[begin:]]


_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<sign>[()|])", re.DOTALL)


def _signs(pattern: str) -> Iterator[tuple[int, str]]:
    """The brackets and bars of a pattern that are no letters of it, and where they stand."""
    for token in _TOKEN.finditer(pattern):
        if token["sign"]:
            yield token.start(), token["sign"]
