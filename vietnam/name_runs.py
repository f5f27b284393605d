"""What capitalised words may name, wherever they stand: looked up by their syllables and type words.

A name may mean many places ("Châu Thành": ten districts); which one is meant, and whether one is, is for
:mod:`vietnam.toponyms` and :mod:`vietnam.disambiguation` to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from vietnam import tones, writing
from vietnam.gazetteer import (
    District,
    Gazetteer,
    NewCommune,
    OldCommune,
    gazetteer,
    key,
    slug_key,
    spelled_alike,
    without_type,
)

Level = Literal["province", "district", "commune"]

_BETWEEN_WORDS = re.compile(r"[ '’–-]+")

# The words before a name that say what it is, with the Party committee ("Huyện ủy") and Youth Union of it.
TYPE_WORDS = {
    words: kind
    for kind, all_words in {
        "tinh": "tỉnh|tình|tỉnh ủy|tỉnh đoàn|tỉnh hội",
        "thanhpho": "thành phố|tp|t.p|thành ủy|thành đoàn|thành hội",
        "huyen": "huyện|h|huyện ủy|huyện đoàn|huyện hội",
        "quan": "quận|q|quận ủy|quận đoàn",
        "thixa": "thị xã|tx|thị ủy|thị đoàn",
        "xa": "xã|x|xã đoàn",
        "phuong": "phường|p",
        "thitran": "thị trấn|tt",
        "dackhu": "đặc khu",
    }.items()
    for words in (*all_words.split("|"), *all_words.replace("ủy", "uỷ").split("|"))
}
_TYPE_ENDS = frozenset(words.split()[-1] for words in TYPE_WORDS)
QUALIFIERS = frozenset(
    {"đảo", "miền", "núi", "biên", "giới", "vùng", "cao", "nghèo", "anh", "hùng", "ven", "biển"}
)
_TYPE_KEYS = frozenset({"xa", "phuong", "tran", "khu", "tt"})
_LEVEL_OF_KIND: dict[str, Level] = {
    "tinh": "province", "huyen": "district", "quan": "district", "thixa": "district",
    "xa": "commune", "phuong": "commune", "thitran": "commune", "dackhu": "commune",
}  # fmt: skip

# Names that begin like a province and are none: longest match stops there.
_OTHER_NAMES = frozenset(
    {"dienbienphu", "hanoimoi", "namdinhvu", "hanamninh", "saigongiaiphong", "thaibinhduong"}
)
_LONGEST = 6
"""Syllables of a name."""
_RECURRING = 64
"""Letters of a run that is remembered. The same runs stand in all news of a portal ("MTTQ Việt Nam", its
province, its people): to look them up anew took a third of a tag."""


class Meaning(NamedTuple):
    """What a name may stand for, before it is known where it stands."""

    level: Level
    provinces: tuple[str, ...] = ()
    districts: tuple[District, ...] = ()
    old_communes: tuple[OldCommune, ...] = ()
    new_communes: tuple[NewCommune, ...] = ()


class Named(NamedTuple):
    """A name in a run, and what it may mean behind a certain type word."""

    name: str
    key: str
    begin: int
    end: int
    """Where it stands, counted from the beginning of the run."""
    behind: int
    """The number of the word behind it."""
    following: str
    """That word; "" where the name ends the run."""
    meaning: Meaning
    spelled_so: bool
    """Whether one of the places that are meant is spelled with these accents."""


@dataclass(frozen=True, slots=True)
class Run:
    """Capitalised words of which some may begin a name."""

    written: str
    words: list[str]
    lowered: list[str]
    keys: list[str]
    """The words as the tables have them."""
    tells_kind: bool
    """Whether one begins a larger place's name or tells its kind."""
    places: list[int]
    """The words at which names may begin."""
    names_alone: bool = False
    """Whether one begins a name where no word before the run tells its kind."""
    _asked: dict[tuple[int, str], Named | None] = field(default_factory=dict)

    def named_at(self, place: int, kind: str) -> Named | None:
        """The name that begins at a word, if it is one behind that type word."""
        asked = place, kind
        if asked not in self._asked:
            self._asked[asked] = self._looked_up(place, kind)
        return self._asked[asked]

    def _looked_up(self, place: int, kind: str) -> Named | None:
        known = gazetteer()
        found = _longest(known, _candidates(known, self.keys, place), kind)
        if found is None:
            return None
        length, meaning = found
        behind = place + length
        name = " ".join(self.words[place:behind])
        meaning = Meaning(  # of namesakes without accents ("Văn Lang", "Văn Lăng") those that are spelled so
            meaning.level,
            meaning.provinces,
            spelled_alike(meaning.districts, name),
            spelled_alike(meaning.old_communes, name),
            spelled_alike(meaning.new_communes, name),
        )
        return Named(
            name,
            key(name),
            _offset(self.written, self.words, place),
            _offset(self.written, self.words, behind - 1) + len(self.words[behind - 1]),
            behind,
            self.words[behind] if behind < len(self.words) else "",
            meaning,
            _same_spelling(name, meaning),
        )


def run_of(written: str) -> Run | None:
    """The words of a run; None where none begins a name."""
    return _recurring(written) if len(written) <= _RECURRING else _looked_through(written)


def _looked_through(written: str) -> Run | None:
    joined = _BETWEEN_WORDS.sub(" ", written)
    words, keys = joined.split(), slug_key(writing.unaccented(joined)).split()
    if len(keys) != len(words):
        return None
    known = gazetteer()
    places = [place for place in range(len(keys)) if _candidates(known, keys, place)]
    if not places:
        return None
    tells_kind = not (known.first_syllables.isdisjoint(keys) and _TYPE_KEYS.isdisjoint(keys))
    run = Run(written, words, [word.lower() for word in words], keys, tells_kind, places)
    alone = any(run.named_at(place, kind_before(run.lowered[:place])) for place in places)
    return replace(run, names_alone=alone)


_recurring = lru_cache(maxsize=4096)(_looked_through)  # 800 bytes each


def _candidates(known: Gazetteer, keys: Sequence[str], place: int) -> list[tuple[int, str]]:
    found = []
    name = ""
    for length, syllable in enumerate(keys[place : place + _LONGEST], 1):
        name += syllable
        if name in known.larger_keys or name in known.commune_keys or name in _OTHER_NAMES:
            found.append((length, name))
    found.reverse()
    return found


def _longest(
    known: Gazetteer, candidates: Sequence[tuple[int, str]], kind: str
) -> tuple[int, Meaning] | None:
    names = known.commune_keys if _LEVEL_OF_KIND.get(kind) == "commune" else known.larger_keys
    for length, name in candidates:
        if name in _OTHER_NAMES:
            return None
        if name not in names:
            continue
        meaning = _lookup(known, name, kind, length)
        if meaning is not None:
            return length, meaning
    return None


def _lookup(known: Gazetteer, name: str, kind: str, length: int) -> Meaning | None:
    level = _LEVEL_OF_KIND.get(kind)
    if level == "commune":
        old = tuple(unit for unit in known.old_communes.get(name, ()) if unit.kind == kind)
        new = tuple(unit for unit in known.new_communes.get(name, ()) if unit.kind == kind)
        return Meaning("commune", old_communes=old, new_communes=new) if old or new else None
    districts = tuple(known.districts.get(name, ()))
    if level == "district":
        return Meaning("district", districts=districts) if districts else None
    province = known.provinces_2024.get(name)
    if kind == "thanhpho":
        cities = tuple(unit for unit in districts if unit.kind == "thanhpho")
        cities = cities or tuple(unit for unit in districts if unit.kind == "thixa")
        if cities:
            return Meaning("district", districts=cities)
    if province:
        return Meaning("province", provinces=(province,))
    if kind == "" and districts and ((length > 1 and not name[-1].isdigit()) or name == "prtc"):
        return Meaning("district", districts=districts)
    return None


def _same_spelling(name: str, meaning: Meaning) -> bool:
    written = tones.match_form(name).lower().replace("-", " ").split()
    names = meaning.provinces or tuple(without_type(district.name) for district in meaning.districts)
    return any(
        tones.match_form(meant).lower().replace("-", " ").split() == written or key(meant) != key(name)
        for meant in names
    )


def kind_before(lead: list[str]) -> str:
    """The key of the type word that the words before a name end in, "" where they end in none."""
    end = len(lead)
    while end and lead[end - 1] in QUALIFIERS:
        end -= 1
    if not end or lead[end - 1] not in _TYPE_ENDS:
        return ""
    two = TYPE_WORDS.get(f"{lead[end - 2]} {lead[end - 1]}") if end > 1 else None
    return two or TYPE_WORDS.get(lead[end - 1], "")


def _offset(span: str, words: list[str], place: int) -> int:
    position = 0
    for word in words[:place]:
        position = span.index(word, position) + len(word)
    return span.index(words[place], position)
