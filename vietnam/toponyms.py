"""Names of places as they stand in a text: found, with their type word, and not yet decided.

A name is looked for only where a capital begins it, so an article costs about as much as one pass of a
regular expression. What a name may mean is looked up in :mod:`vietnam.name_runs`, which of that ("Châu
Thành": ten districts) is meant is left to :mod:`vietnam.disambiguation`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from vietnam import writing
from vietnam.byte_letters import in_bytes, table_of
from vietnam.capitals import UPPER, capital_runs
from vietnam.gazetteer import District, Gazetteer, NewCommune, OldCommune, gazetteer, key, without_type
from vietnam.name_runs import QUALIFIERS, TYPE_WORDS, Level, Named, Run, kind_before, run_of


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
_WARD = re.compile(rf"hường (?P<number>\d{{1,2}})\b(?![/.]\d)(?P<rest> [{UPPER}]\w+ [{UPPER}]\w+)?")
_CLAUSE_END = re.compile(r"[,;:!?()\"“”\[\]…\n]")
_CLAUSE_SIGNS = frozenset(',;:!?()"“”[]…\n')
_CLAUSE_ENDS = table_of(lambda letter: "\n" if letter in _CLAUSE_SIGNS else ".")
"""The same on bytes: 1,000 instructions for the words before a name, to split them off takes 5,000."""

_TELLING = QUALIFIERS.union(*map(str.split, TYPE_WORDS))
"""A word before a name that is none of these tells nothing of its kind, and neither does what stands further
before."""
_COMMUNE_WORDS = ("xã", "phường", "thị trấn", "tt", "đặc khu", "p", "x", *QUALIFIERS)

# Before a bare name these say that it is a person, a street, a newspaper, an institution, not the place.
_SURNAMES = _words(
    "nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|đinh|trịnh|lương|mai|tô|trương|"
    "đoàn|lâm|phùng|tạ|thái|hà|cao|châu|chu|đào|đàm|giáp|kiều|la|lò|lưu|mạc|nghiêm|ninh|nông|ông|quách|tăng|"
    "thạch|tống|triệu|từ|văn|viên|vương|thị|lường|quàng|cầm|vi|lục|hứa|khổng|bạch|thân"
)
_NOT_A_PLACE_AFTER = _words(
    "đường|phố|sông|cầu|chợ|hồ|núi|chùa|đền|bà|ông|anh|chị|cô|báo|trường|quốc|lộ|cảng|ga|chiến|dịch|tư|tưởng|"
    "chủ|tịch|bác|tncs|tntp|lăng|khách|sạn|hội|đồng|đội|"
    "thôn|ấp|xóm|khóm|bản|buôn|làng|khối|khu|cư|xứ|clb|đèo|suối|kênh|rạch|đập|đồi"
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
# District names that are also everyday words or given names; bare they prove nothing.
_EVERYDAY = frozenset(
    {"thongnhat", "tamnong", "hoabinh", "tantien", "thanhbinh", "anlao", "miduc", "chomoi", "dongson"}
)
_NEAR = 26
"""Letters before a name in which stands what it is."""


def find_mentions(text: str, letters: bytes | None = None) -> list[Mention]:
    """Return the places that a text names, in order. Text: NFC (:func:`vietnam.writing.clean`).

    ``letters``: its :func:`vietnam.byte_letters.in_bytes`, where these are there already.
    """
    letters = in_bytes(text) if letters is None else letters
    shouting = writing.is_all_caps(text)
    unaccented = text.isascii()
    found: list[Mention] = []
    for start, end in capital_runs(text, letters):
        run = run_of(text[start:end])
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
    if "hường " in text and (wards := list(_numbered_wards(gazetteer(), text))):
        found = [
            mention for mention in found if not any(ward.start <= mention.start < ward.end for ward in wards)
        ]
        found = sorted([*found, *wards], key=lambda mention: mention.start)
    return _with_addresses(text, found)


def _follows_commune_word(text: str, start: int) -> bool:
    return text[max(0, start - 10) : start].rstrip(" .").lower().endswith(_COMMUNE_WORDS)


def _in_run(
    run: Run, before: list[str], text: str, start: int, *, shouting: bool, unaccented: bool
) -> Iterator[Mention]:
    behind = 0
    for place in run.places:
        if place < behind:
            continue
        lead = [*before, *run.lowered[:place]] if place else before
        kind = kind_before(lead)
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


def _means_the_place(
    named: Named, kind: str, lead: list[str], text: str, start: int, *, shouting: bool, unaccented: bool
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


def _numbered(known: Gazetteer, text: str) -> Iterator[Mention]:
    for form, letter in zip(_NUMBERED, "Qq", strict=True):
        for match in form.finditer(text) if letter in text else ():
            districts = tuple(known.districts.get(f"quan{int(match[1])}", ()))
            if districts:
                yield Mention("district", match[0], "quan", match.start(), match.end(), districts=districts)


def _numbered_wards(known: Gazetteer, text: str) -> Iterator[Mention]:
    """ "phường 4" of before July 2025, and "phường 1 Bảo Lộc" of since."""
    for match in _WARD.finditer(text):
        number = str(int(match["number"]))
        town = key(match["rest"]) if match["rest"] else ""
        new = tuple(known.new_communes.get(number + town, ())) if town else ()
        old = tuple(known.old_communes.get(number, ()))
        if new:
            old = tuple(unit for unit in old if key(without_type(unit.district.name)) == town)
        if old or new:
            start, end = match.start("number"), match.end() if new else match.end("number")
            yield Mention(
                "commune", text[start:end], "phuong", start, end, old_communes=old, new_communes=new
            )


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
