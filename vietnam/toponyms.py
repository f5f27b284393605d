"""Names of places as they stand in a text: found, with their type word, and not yet decided.

A name is looked for only where a capital begins it, so an article costs about as much as one pass of a
regular expression. What a name may mean ("Châu Thành": ten districts) is left to :mod:`vietnam.places`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from vietnam import writing
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
from vietnam.sought import matches_at, places_of

Level = Literal["province", "district", "commune"]


@dataclass(frozen=True, slots=True)
class Mention:
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


UPPER = "".join(
    chr(code)
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x1B0), *range(0x1EA0, 0x1EFA))
    if chr(code).isupper() and chr(code) not in "ÐÞŁ"
)
"""Vietnamese capitals, for a character class; ranges will not do: Ạ-Ỹ holds the small letters too."""
_CAPITALISED = rf"[{UPPER}][^\W\d_]*(?:['’][^\W\d_]+)*"
_NAME = re.compile(rf"{_CAPITALISED}(?:(?: ?[-–] ?| )(?:{_CAPITALISED}|\d{{1,2}}\b))*")
_NUMBERED = re.compile(r"[Qq](?<!\w.)(?:uận|\.)?\s?(\d{1,2})\b(?![/.]\d)")
_BETWEEN_WORDS = re.compile(r"[ '’–-]+")
_CLAUSE_END = re.compile(r"[,;:!?()\"“”\[\]…\n]")

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
_QUALIFIERS = frozenset(
    {"đảo", "miền", "núi", "biên", "giới", "vùng", "cao", "nghèo", "anh", "hùng", "ven", "biển"}
)
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


def find_mentions(text: str) -> list[Mention]:
    """Return the places that a text names, in order. Text: NFC (:func:`vietnam.writing.clean`)."""
    known = gazetteer()
    spans = [(match.start(), match[0]) for match in _NAME.finditer(text)]
    # all names at once: three passes over one text, not three a name
    joined = _BETWEEN_WORDS.sub(" ", "\n".join(span for _, span in spans))
    names = [name.split() for name in joined.split("\n")]
    keys = [name.split() for name in slug_key(writing.unaccented(joined)).split("\n")]
    shouting = writing.is_all_caps(text)
    unaccented = text.isascii()
    found: list[Mention] = []
    for (start, span), words, plain in zip(spans, names, keys, strict=False):
        found.extend(
            _in_span(known, text, start, span, words, plain, shouting=shouting, unaccented=unaccented)
        )
    if "uận" in text or "Q" in text:
        found.extend(_numbered(known, text))
        found.sort(key=lambda mention: mention.start)
    return list(_with_addresses(text, found))


def _in_span(
    known: Gazetteer,
    text: str,
    start: int,
    span: str,
    words: list[str],
    keys: list[str],
    *,
    shouting: bool,
    unaccented: bool,
) -> Iterator[Mention]:
    """``span``: a run of capitalised words; ``words``: these; ``keys``: the same as the tables have them."""
    if len(keys) != len(words):
        return
    tells, named = _named_in(tuple(keys))
    if not named or (
        not tells and not text[max(0, start - 10) : start].rstrip(" .").lower().endswith(_COMMUNE_WORDS)
    ):
        return
    before: list[str] | None = None
    behind = 0
    for place, candidates in named:
        if place < behind:
            continue
        if before is None:
            before = _words_before(text, start)
        lead = [*before, *(word.lower() for word in words[:place])] if place else before
        kind = _kind(lead)
        found = _longest(known, candidates, kind)
        if found is None:
            continue
        length, meaning = found
        matched = words[place : place + length]
        begin = _offset(span, words, place) + start
        end = _offset(span, words, place + length - 1) + len(matched[-1]) + start
        mention = _mention(meaning, " ".join(matched), kind, text, begin, end)
        following = words[place + length] if place + length < len(words) else ""
        if _means_the_place(mention, lead, following, text, shouting=shouting, unaccented=unaccented):
            yield mention
        behind = place + length


def _mention(meaning: _Meaning, name: str, kind: str, text: str, begin: int, end: int) -> Mention:
    """The mention; of namesakes without accents ("Văn Lang", "Văn Lăng") those that are spelled so."""
    return Mention(
        meaning.level,
        name,
        kind,
        begin,
        end,
        provinces=meaning.provinces,
        districts=spelled_alike(meaning.districts, name),
        old_communes=spelled_alike(meaning.old_communes, name),
        new_communes=spelled_alike(meaning.new_communes, name),
        bracketed=_in_brackets(text, begin),
    )


def _in_brackets(text: str, position: int) -> bool:
    before = text[max(0, position - 16) : position]
    return before.rfind("(") > before.rfind(")")


class _Meaning(NamedTuple):
    """What a name may stand for, before it is known where it stands."""

    level: Level
    provinces: tuple[str, ...] = ()
    districts: tuple[District, ...] = ()
    old_communes: tuple[OldCommune, ...] = ()
    new_communes: tuple[NewCommune, ...] = ()


@lru_cache(maxsize=4096)
def _named_in(keys: tuple[str, ...]) -> tuple[bool, tuple[tuple[int, tuple[tuple[int, str], ...]], ...]]:
    """Of a run of words: whether one begins a larger place's name or tells its kind, and the names of any
    kind that may begin at each word, with their lengths in words, the longest first.

    The same runs stand in all news of a portal ("MTTQ Việt Nam", its province): looking them up anew took a
    tenth of a tag.
    """
    known = gazetteer()
    tells = not (known.first_syllables.isdisjoint(keys) and _TYPE_KEYS.isdisjoint(keys))
    named = ((place, tuple(_candidates(known, keys, place))) for place in range(len(keys)))
    return tells, tuple((place, candidates) for place, candidates in named if candidates)


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
    mention: Mention, lead: list[str], following: str, text: str, *, shouting: bool, unaccented: bool
) -> bool:
    name = mention.name
    if mention.level == "commune" or (mention.kind and mention.kind != "thanhpho"):
        return True
    short = key(name)
    opening = text[max(0, mention.start - 60) : mention.start]
    if any(word in opening for word in _INSTITUTIONS) and _INSTITUTION.search(opening):
        return False
    if mention.kind:
        return True
    if short == "hochiminh":  # bare, it is the man, the Youth Union or his thought
        return False
    if lead and (lead[-1] in _NOT_A_PLACE_AFTER or _is_surname(text, mention, shouting=shouting)):
        return False
    if not unaccented and not _same_spelling(mention):
        return False
    if mention.level == "province":
        return True
    if short in _EVERYDAY and not shouting and mention.start > 0:
        return False
    return shouting or not following or following.lower() in _SURNAMES or following.isupper()


def _is_surname(text: str, mention: Mention, *, shouting: bool) -> bool:
    """Tell whether the words before make the name a given name ("Nguyễn Thái Bình")."""
    if shouting:
        return False
    near = _CLAUSE_END.split(text[max(0, mention.start - 24) : mention.start])[-1].split()
    return any(word[:1].isupper() and word.lower() in _SURNAMES for word in near[-2:])


def _same_spelling(mention: Mention) -> bool:
    written = writing.match_form(mention.name).lower().replace("-", " ").split()
    names = mention.provinces or tuple(without_type(district.name) for district in mention.districts)
    return any(
        writing.match_form(name).lower().replace("-", " ").split() == written
        or key(name) != key(mention.name)
        for name in names
    )


def _words_before(text: str, start: int) -> list[str]:
    """The up to four words before a name, lower case, within its clause; "TP." loses its stop."""
    clause = _CLAUSE_END.split(text[max(0, start - 26) : start])[-1]
    return [word.rstrip(".").split(".")[-1] for word in clause.lower().split()[-4:]]


def _kind(lead: list[str]) -> str:
    words = lead
    while words and words[-1] in _QUALIFIERS:
        words = words[:-1]
    for length in (2, 1):
        if len(words) >= length:
            kind = _TYPE_WORDS.get(" ".join(words[-length:]))
            if kind:
                return kind
    return ""


def _offset(span: str, words: list[str], place: int) -> int:
    position = 0
    for word in words[:place]:
        position = span.index(word, position) + len(word)
    return span.index(words[place], position)


def _numbered(known: Gazetteer, text: str) -> Iterator[Mention]:
    for match in matches_at(_NUMBERED, text, places_of(text, "Qq")):
        districts = tuple(known.districts.get(f"quan{int(match[1])}", ()))
        if districts:
            yield Mention("district", match[0], "quan", match.start(), match.end(), districts=districts)


_RANK = {"commune": 0, "district": 1, "province": 2}


def _with_addresses(text: str, found: list[Mention]) -> Iterator[Mention]:
    """Tie each place to the larger one written right behind it, from the last to the first."""
    tied: list[Mention] = []
    for mention in reversed(found):
        larger = tied[-1] if tied else None
        if (
            larger
            and _RANK[larger.level] > _RANK[mention.level]
            and larger.start - mention.end < 24
            and _ADDRESS_GAP.fullmatch(text, mention.end, larger.start)
        ):
            mention = replace(mention, inside=larger)
        tied.append(mention)
    return reversed(tied)
