"""Names of places as they stand in a text: found, with their type word, and not yet decided.

A name is looked for only where a capital begins it, so an article costs about as much as one pass of a
regular expression. What a name may mean ("Châu Thành": ten districts) is left to :mod:`vietnam.places`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from vietnam import tones, writing
from vietnam.byte_letters import in_bytes, table_of
from vietnam.capitals import capital_runs
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


class Mention(NamedTuple):
    """One place name in a text. ``kind`` is the key of its type word, "" where it stands bare."""

    level: Level
    name: str
    kind: str
    start: int
    end: int
    provinces: tuple[str, ...] = ()
    """What it means where ``level`` is province: a name of 2024."""
    districts: tuple[District, ...] = ()
    old_communes: tuple[OldCommune, ...] = ()
    new_communes: tuple[NewCommune, ...] = ()
    inside: Mention | None = None
    """The larger place written right after it, as in an address: "xã Ia Băng, huyện Chư Prông"."""
    bracketed: bool = False


def _words(joined: str) -> frozenset[str]:
    return frozenset(joined.split("|"))


_NUMBERED = tuple(re.compile(rf"{q}(?!u(?!ận))(?<!\w.)(?:uận|\.)?\s?(\d{{1,2}})\b(?![/.]\d)") for q in "Qq")
"""Behind a q is a u in any other word."""
_BETWEEN_WORDS = re.compile(r"[ '’–-]+")
_CLAUSE_END = re.compile(r"[,;:!?()\"“”\[\]…\n]")
_CLAUSE_SIGNS = frozenset(',;:!?()"“”[]…\n')
_CLAUSE_ENDS = table_of(lambda letter: "\n" if letter in _CLAUSE_SIGNS else ".")
"""The same on bytes: 1,000 instructions for the words before a name, to split them off takes 5,000."""

# The words before a name that say what it is, with the Party committee ("Huyện ủy") and Youth Union of it.
_TYPE_WORDS = {
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
_TYPE_ENDS = frozenset(words.split()[-1] for words in _TYPE_WORDS)
_QUALIFIERS = frozenset(
    {"đảo", "miền", "núi", "biên", "giới", "vùng", "cao", "nghèo", "anh", "hùng", "ven", "biển"}
)
_TELLING = _QUALIFIERS.union(*map(str.split, _TYPE_WORDS))
"""A word before a name that is none of these tells nothing of its kind, and neither does what stands further
before."""
_COMMUNE_WORDS = ("xã", "phường", "thị trấn", "tt", "đặc khu", "p", "x", *_QUALIFIERS)
_TYPE_KEYS = frozenset({"xa", "phuong", "tran", "khu", "tt"})
_LEVEL_OF_KIND: dict[str, Level] = {
    "tinh": "province", "huyen": "district", "quan": "district", "thixa": "district",
    "xa": "commune", "phuong": "commune", "thitran": "commune", "dackhu": "commune",
}  # fmt: skip

# Before a bare name these say that it is a person, a street, a newspaper, an institution, not the place.
_SURNAMES = _words(
    "nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|đinh|trịnh|lương|mai|tô|trương|"
    "đoàn|lâm|phùng|tạ|thái|hà|cao|châu|chu|đào|đàm|giáp|kiều|la|lò|lưu|mạc|nghiêm|ninh|nông|ông|quách|tăng|"
    "thạch|tống|triệu|từ|văn|viên|vương|thị|lường|quàng|cầm|vi|lục|hứa|khổng|bạch|thân"
)
_NOT_A_PLACE_AFTER = _words(
    "đường|phố|sông|cầu|chợ|hồ|núi|chùa|đền|bà|ông|anh|chị|cô|báo|trường|quốc|lộ|cảng|ga|chiến|dịch|tư|tưởng|"
    "chủ|tịch|bác|tncs|tntp|lăng|khách|sạn|hội|đồng|đội"
)
_INSTITUTIONS = (
    "Đại học", "ĐH", "Học viện", "Công ty", "Cty", "Ngân hàng", "Tập đoàn", "Trường", "Bệnh viện", "Nhà máy",
    "Khách sạn", "Bảo tàng",
)  # fmt: skip
_INSTITUTION = re.compile(
    rf"(?:{'|'.join(_INSTITUTIONS)})(?:(?!\s(?:tại|ở|thuộc)\s)[^,.;:()“”\"\n]|(?<=TP)\.)*$"
)
_ADDRESS_GAP = re.compile(
    r"\s*(?:,|\(|-|–)?\s*(?:(?:thuộc|của)\s+)?"
    r"(?:(?:huyện|quận|thị xã|thành phố|tp|tx|tỉnh|h|t)\b[\s.]*)?(?:đảo|miền núi|biên giới|vùng cao|"
    r"nghèo)?\s*",
    re.IGNORECASE,
)
# Names that begin like a province and are none: longest match stops there.
_OTHER_NAMES = frozenset(
    {"dienbienphu", "hanoimoi", "namdinhvu", "hanamninh", "saigongiaiphong", "thaibinhduong"}
)
# District names that are also everyday words or given names; bare they prove nothing.
_EVERYDAY = frozenset(
    {"thongnhat", "tamnong", "hoabinh", "tantien", "thanhbinh", "anlao", "miduc", "chomoi", "dongson"}
)
_LONGEST = 6
_NEAR = 26
"""Letters before a name in which stands what it is."""
_RECURRING = 64
"""Letters of a run that is remembered. The same runs stand in all news of a portal ("MTTQ Việt Nam", its
province, its people): to look them up anew took a third of a tag."""


def find_mentions(text: str, letters: bytes | None = None) -> list[Mention]:
    """Return the places that a text names, in order. Text: NFC (:func:`vietnam.writing.clean`).

    ``letters``: its :func:`vietnam.byte_letters.in_bytes`, where these are there already.
    """
    letters = in_bytes(text) if letters is None else letters
    shouting = writing.is_all_caps(text)
    unaccented = text.isascii()
    found: list[Mention] = []
    for start, end in capital_runs(text, letters):
        words = text[start:end]
        run = _recurring(words) if end - start <= _RECURRING else _run_of(words)
        if run is None or not (run.tells_kind or _follows_commune_word(text, start)):
            continue
        word = _word_before(text, start)
        if word is None or word in _TELLING:
            before = _words_before(text, letters, start)
        elif run.names_alone:
            before = [word] if word else []
        else:
            continue
        found.extend(_in_run(run, before, text, start, shouting=shouting, unaccented=unaccented))
    if "uận" in text or "Q" in text:
        found.extend(_numbered(gazetteer(), text))
        found.sort(key=lambda mention: mention.start)
    return _with_addresses(text, found)


def _follows_commune_word(text: str, start: int) -> bool:
    return text[max(0, start - 10) : start].rstrip(" .").lower().endswith(_COMMUNE_WORDS)


def _in_run(
    run: _Run, before: list[str], text: str, start: int, *, shouting: bool, unaccented: bool
) -> Iterator[Mention]:
    behind = 0
    for place in run.places:
        if place < behind:
            continue
        lead = [*before, *run.lowered[:place]] if place else before
        kind = _kind(lead)
        named = run.named_at(place, kind)
        if named is None:
            continue
        behind = named.behind
        begin = start + named.begin
        if _means_the_place(named, kind, lead, text, begin, shouting=shouting, unaccented=unaccented):
            yield Mention(
                named.meaning.level,
                named.name,
                kind,
                begin,
                start + named.end,
                *named.meaning[1:],
                bracketed=_in_brackets(text, begin),
            )


def _in_brackets(text: str, position: int) -> bool:
    near = max(0, position - 16)
    return text.rfind("(", near, position) > text.rfind(")", near, position)


class _Meaning(NamedTuple):
    """What a name may stand for, before it is known where it stands."""

    level: Level
    provinces: tuple[str, ...] = ()
    districts: tuple[District, ...] = ()
    old_communes: tuple[OldCommune, ...] = ()
    new_communes: tuple[NewCommune, ...] = ()


class _Named(NamedTuple):
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
    meaning: _Meaning
    spelled_so: bool
    """Whether one of the places that are meant is spelled with these accents."""


@dataclass(frozen=True, slots=True)
class _Run:
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
    _asked: dict[tuple[int, str], _Named | None] = field(default_factory=dict)

    def named_at(self, place: int, kind: str) -> _Named | None:
        """The name that begins at a word, if it is one behind that type word."""
        asked = place, kind
        if asked not in self._asked:
            self._asked[asked] = self._looked_up(place, kind)
        return self._asked[asked]

    def _looked_up(self, place: int, kind: str) -> _Named | None:
        known = gazetteer()
        found = _longest(known, _candidates(known, self.keys, place), kind)
        if found is None:
            return None
        length, meaning = found
        behind = place + length
        name = " ".join(self.words[place:behind])
        meaning = _Meaning(  # of namesakes without accents ("Văn Lang", "Văn Lăng") those that are spelled so
            meaning.level,
            meaning.provinces,
            spelled_alike(meaning.districts, name),
            spelled_alike(meaning.old_communes, name),
            spelled_alike(meaning.new_communes, name),
        )
        return _Named(
            name,
            key(name),
            _offset(self.written, self.words, place),
            _offset(self.written, self.words, behind - 1) + len(self.words[behind - 1]),
            behind,
            self.words[behind] if behind < len(self.words) else "",
            meaning,
            _same_spelling(name, meaning),
        )


def _run_of(written: str) -> _Run | None:
    """The words of a run; None where none begins a name."""
    joined = _BETWEEN_WORDS.sub(" ", written)
    words, keys = joined.split(), slug_key(writing.unaccented(joined)).split()
    if len(keys) != len(words):
        return None
    known = gazetteer()
    places = [place for place in range(len(keys)) if _candidates(known, keys, place)]
    if not places:
        return None
    tells_kind = not (known.first_syllables.isdisjoint(keys) and _TYPE_KEYS.isdisjoint(keys))
    run = _Run(written, words, [word.lower() for word in words], keys, tells_kind, places)
    alone = any(run.named_at(place, _kind(run.lowered[:place])) for place in places)
    return replace(run, names_alone=alone)


_recurring = lru_cache(maxsize=4096)(_run_of)  # 800 bytes each


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
) -> tuple[int, _Meaning] | None:
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


def _lookup(known: Gazetteer, name: str, kind: str, length: int) -> _Meaning | None:
    level = _LEVEL_OF_KIND.get(kind)
    if level == "commune":
        old = tuple(unit for unit in known.old_communes.get(name, ()) if unit.kind == kind)
        new = tuple(unit for unit in known.new_communes.get(name, ()) if unit.kind == kind)
        return _Meaning("commune", old_communes=old, new_communes=new) if old or new else None
    districts = tuple(known.districts.get(name, ()))
    if level == "district":
        return _Meaning("district", districts=districts) if districts else None
    province = known.provinces_2024.get(name)
    if kind == "thanhpho":
        cities = tuple(unit for unit in districts if unit.kind == "thanhpho")
        cities = cities or tuple(unit for unit in districts if unit.kind == "thixa")
        if cities:
            return _Meaning("district", districts=cities)
    if province:
        return _Meaning("province", provinces=(province,))
    if kind == "" and districts and ((length > 1 and not name[-1].isdigit()) or name == "prtc"):
        return _Meaning("district", districts=districts)
    return None


def _means_the_place(
    named: _Named, kind: str, lead: list[str], text: str, start: int, *, shouting: bool, unaccented: bool
) -> bool:
    level = named.meaning.level
    if level == "commune" or (kind and kind != "thanhpho"):
        return True
    if _is_of_institution(text, start):
        return False
    if kind:
        return True
    if named.key == "hochiminh":  # bare, it is the man, the Youth Union or his thought
        return False
    if lead and (lead[-1] in _NOT_A_PLACE_AFTER or _is_surname(text, start, shouting=shouting)):
        return False
    if not unaccented and not named.spelled_so:
        return False
    if level == "province":
        return True
    if named.key in _EVERYDAY and not shouting and start > 0:
        return False
    following = named.following
    return shouting or not following or following.lower() in _SURNAMES or following.isupper()


def _is_of_institution(text: str, start: int) -> bool:
    opening = text[max(0, start - 60) : start]
    for word in _INSTITUTIONS:  # spelled out: any() takes 1,500 instructions more
        if word in opening:
            return _INSTITUTION.search(opening) is not None
    return False


def _is_surname(text: str, start: int, *, shouting: bool) -> bool:
    """Tell whether the words before make the name a given name ("Nguyễn Thái Bình")."""
    if shouting:
        return False
    near = _CLAUSE_END.split(text[max(0, start - 24) : start])[-1].split()
    return any(word[:1].isupper() and word.lower() in _SURNAMES for word in near[-2:])


def _same_spelling(name: str, meaning: _Meaning) -> bool:
    written = tones.match_form(name).lower().replace("-", " ").split()
    names = meaning.provinces or tuple(without_type(district.name) for district in meaning.districts)
    return any(
        tones.match_form(meant).lower().replace("-", " ").split() == written or key(meant) != key(name)
        for meant in names
    )


def _word_before(text: str, start: int) -> str | None:
    """The word right before a name, lower case: "" where a clause begins, None where it takes a closer look.

    Takes a third of what :func:`_words_before` does, and is enough for three names in five.
    """
    if not start or text[start - 1] in _CLAUSE_SIGNS:
        return ""
    space = text.rfind(" ", max(0, start - _NEAR), start - 1)
    word = text[space + 1 : start - 1].lower()
    return word if space >= 0 and text[start - 1] == " " and word.isalpha() else None


def _words_before(text: str, letters: bytes, start: int) -> list[str]:
    """The up to four words before a name, lower case, within its clause; "TP." loses its stop."""
    near = max(0, start - _NEAR)
    clause = text[near + letters[near:start].translate(_CLAUSE_ENDS).rfind(b"\n") + 1 : start]
    if not clause:
        return []
    words = clause.lower().split()[-4:]
    return [word.rstrip(".").split(".")[-1] for word in words] if "." in clause else words


def _kind(lead: list[str]) -> str:
    end = len(lead)
    while end and lead[end - 1] in _QUALIFIERS:
        end -= 1
    if not end or lead[end - 1] not in _TYPE_ENDS:
        return ""
    two = _TYPE_WORDS.get(f"{lead[end - 2]} {lead[end - 1]}") if end > 1 else None
    return two or _TYPE_WORDS.get(lead[end - 1], "")


def _offset(span: str, words: list[str], place: int) -> int:
    position = 0
    for word in words[:place]:
        position = span.index(word, position) + len(word)
    return span.index(words[place], position)


def _numbered(known: Gazetteer, text: str) -> Iterator[Mention]:
    for form, letter in zip(_NUMBERED, "Qq", strict=True):
        for match in form.finditer(text) if letter in text else ():
            districts = tuple(known.districts.get(f"quan{int(match[1])}", ()))
            if districts:
                yield Mention("district", match[0], "quan", match.start(), match.end(), districts=districts)


_RANK = {"commune": 0, "district": 1, "province": 2}


def _with_addresses(text: str, found: list[Mention]) -> list[Mention]:
    """Tie each place to the larger one written right behind it, from the last to the first."""
    larger: Mention | None = None
    for number in reversed(range(len(found))):
        mention = found[number]
        if (
            larger
            and _RANK[larger.level] > _RANK[mention.level]
            and larger.start - mention.end < 24
            and _ADDRESS_GAP.fullmatch(text, mention.end, larger.start)
        ):
            found[number] = mention = mention._replace(inside=larger)
        larger = mention
    return found
