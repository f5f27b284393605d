"""The places an article is about, as units of 2024 and of 2025.

Names are ambiguous (ten districts are called Châu Thành, 596 of 696 district names were given to a new
commune): :mod:`vietnam.toponyms` finds them, :mod:`vietnam.disambiguation` decides what each means, and here
is chosen which of them the article is about. The title speaks for it, then its opening; a text without any
place is its portal's. reference/places.md has the cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

from vietnam.byte_letters import in_bytes
from vietnam.capitals import UPPER
from vietnam.disambiguation import Context, Decided, of_kind
from vietnam.gazetteer import (
    REFORM,
    District,
    Gazetteer,
    gazetteer,
    key,
    kind_of,
    spelled_alike,
    without_type,
)
from vietnam.hosts import Home, home_from_host, home_from_url
from vietnam.phrases import Phrases
from vietnam.sought import sought
from vietnam.toponyms import find_mentions

__all__ = [
    "Home",
    "Places",
    "commune_2025",
    "communes_of",
    "district_2024",
    "find_places",
    "home_from_host",
    "province_2024",
    "province_2025",
    "successor",
]

_T = TypeVar("_T")

_OPENING = 1500
"""Letters of the body that are read for places: beyond them stand guests, comparisons and related news."""


class Places(NamedTuple):
    """Where an article takes place; names as the CONTRACT spells them, in the order of the text."""

    provinces_2024: tuple[str, ...] = ()
    districts_2024: tuple[str, ...] = ()
    provinces_2025: tuple[str, ...] = ()
    communes_2025: tuple[str, ...] = ()


# --- lookups --------------------------------------------------------------------------------------


def province_2024(name: str) -> str | None:
    """Return the province of 2024 as the contract spells it ("tỉnh hoa binh" -> "Hòa Bình"), or None."""
    known = gazetteer().provinces_2024
    return known.get(key(name)) or known.get(key(without_type(name)))


def province_2025(name: str) -> str | None:
    """Return the province of 2025 as the contract spells it, or None where none bears that name."""
    known = gazetteer().provinces_2025
    return known.get(key(name)) or known.get(key(without_type(name)))


def district_2024(name: str, province: str | None = None) -> str | None:
    """Return the district with its type word, or None if unknown or, without a province, not the only one.

    A type word decides between namesakes ("Thị xã Long Mỹ", "Huyện Long Mỹ"); a type that the district had
    earlier is accepted where the name is its own ("huyện Kinh Môn" -> "Thị xã Kinh Môn"). A remark in
    brackets is ignored. Districts that were merged away ("Quận 9", "Huyện Đất Đỏ") keep their own name.
    """
    bare = re.sub(r"\s*\(.*\)\s*$", "", name)
    known = gazetteer().districts
    units = known.get(key(without_type(bare)), []) or known.get(key(bare), [])
    home = province_2024(province) if province else None
    if province:
        units = [unit for unit in units if unit.province == home]
    units = of_kind(spelled_alike(tuple(units), bare), kind_of(bare))
    return units[0].name if len({(unit.province, unit.name) for unit in units}) == 1 else None


def commune_2025(name: str, province: str | None = None) -> str | None:
    """Return the commune of after July 2025 with its type word, or None if unknown or ambiguous."""
    kind, home = kind_of(name), province_2025(province) if province else None
    units = tuple(
        unit
        for unit in gazetteer().new_communes.get(key(without_type(name)), ())
        if (not kind or unit.kind == kind) and (province is None or unit.province == home)
    )
    units = spelled_alike(units, name)
    return units[0].name if len(units) == 1 else None


def successor(province_2024: str) -> str:
    """Return the province of 2025 that a province of 2024 went into. KeyError for an unknown name."""
    known = gazetteer()
    return known.successor[known.provinces_2024[key(province_2024)]]


def communes_of(district_2024: str, province_2024: str) -> tuple[str, ...]:
    """Return the communes of 2025 that hold land of a district of 2024; () for an unknown one."""
    known = gazetteer()
    unit = known.district(known.provinces_2024.get(key(province_2024), ""), district_2024)
    return known.successors_of(unit) if unit else ()


# --- finding --------------------------------------------------------------------------------------

# "tỉnh", "UBND huyện", "Tỉnh ủy" without a name behind them: the portal's own.
_OWN = rf"(?:(?: (?:[uủ][yỷ]|đoàn|nhà|ta))\b)?(?![ .]*[{UPPER}0-9(])(?!,? (?:xã|thành|quận|huyện|phố|thị)\b)"
_NOT_ALL = r"(?<!\w.)(?<!các .)(?<!cấp .)(?<!liên .)(?<!mọi .)(?<!\d .)"
"""Behind a word's first letter, not before it: see :mod:`vietnam.sought` (111 µs to 29 for 1,500 letters)."""
_LOCAL = re.compile(
    rf"(?:[tT]{_NOT_ALL}(?i:ỉnh|hị xã|hành phố|hị trấn)|[hH]{_NOT_ALL}(?i:uyện)|[qQ]{_NOT_ALL}(?i:uận)"
    rf"|[xX]{_NOT_ALL}(?i:ã)|[pP]{_NOT_ALL}(?i:hường))\b{_OWN}"
)
_PROVINCE_WORD = ("tỉnh",)
_LOCAL_WORDS = (*_PROVINCE_WORD, "huyện", "xã", "thành phố", "phường", "thị xã", "thị trấn", "quận")
_NATIONAL = re.compile(r"(?i:toàn quốc|cả nước)|Việt Nam lần thứ|lần thứ [IVX\d]+,? Hội [^,.;]*Việt Nam")
_NATIONAL_WORDS = ("toàn quốc", "cả nước", "lần thứ")
"""In small letters one of them stands in every match: the expression takes 600,000 instructions on 1,500
letters."""
PHRASES = (*(word for word in _LOCAL_WORDS if len(word) > 3), *_NATIONAL_WORDS)
WORDS = ("xã",)
_PHRASES = Phrases(PHRASES, WORDS)
_CENTRAL = sought(r"Trung ương|T\.?Ư\b|\bTW\b|toàn quốc|Việt Nam")
_RECIPIENT_ENDS = (
    *("bào", "dân", "con", "lũ", "hộ", "trợ", "với", "về", "ện", "trung", "các", "tỉnh", "hai", "ba"),
    *("vớı", "haı"),  # where case is ignored, a dotless i is an i
)
"""In small letters what stands before the name of a recipient ends with one of these: to look takes 1,000
instructions, the expression 30,000."""
_RECIPIENT = re.compile(
    r"(?:đồng bào|nhân dân|người dân|bà con|vùng (?:bão,? )?lũ|ủng hộ|(?:hỗ|cứu) trợ|chia sẻ với|"
    r"hướng về|chi viện)"
    r"(?: (?:vùng lũ|miền Trung|các|tỉnh|hai|ba|với))*\s*$",
    re.IGNORECASE,
)
_NEWSPAPER = re.compile(rf"\b[Bb]áo ([{UPPER}]\w+(?: [{UPPER}]\w+){{1,2}})")
_CREDIT = 200
"""Letters at the end in which a copied text says where it comes from."""
_NEAR = 48
"""Letters before a name in which stands what it is to the sentence."""
_SENTENCE_END = re.compile(r"(?<![A-Z])[.;](?:\s|$)")
_AT_THE_CAPITAL = re.compile(r"\b(?:tại|ở)\s+(?:(?:TP|thành phố|Thủ đô)\.?\s*)?$", re.IGNORECASE)


def find_places(
    title: str,
    text: str,
    *,
    published: date | None = None,
    home: Home | None = None,
    url: str | None = None,
    letters: bytes | None = None,
    lowered: str | None = None,
    at: Mapping[str, Sequence[int]] | None = None,
) -> Places:
    """Return the places of an article.

    Title and text: clean (:func:`vietnam.writing.clean`), lead included in the text. ``published`` decides
    what a commune's name means (before July 2025 the old one). ``home`` is the portal's place; where it is
    None or empty the address is asked. Of title, line break and text, where these are there already:
    ``letters``, the :func:`vietnam.byte_letters.in_bytes`; ``lowered``, the match form in as many small
    letters; ``at``, where in that :data:`PHRASES` and :data:`WORDS` stand, among others. Never raises on any
    text.
    """
    known = gazetteer()
    if home and (home.province_2024 or home.province_2025):
        home = _completed(known, home)
    else:
        home = home_from_url(url) if url else None
    opening = text[:_OPENING]
    beginning = title + "\n" + opening
    if letters is None:
        letters = in_bytes(title + "\n" + text)
    if lowered is None or at is None:
        small = beginning.replace("İ", "_").lower()  # İ alone would become two letters
        at = _PHRASES.places(small)
    else:
        small = lowered[: len(beginning)]
    body = len(title) + 1
    if home is None and _is_local(_PROVINCE_WORD, beginning, at):
        home = _of_newspaper(known, opening + "\n" + text[-_CREDIT:])
    in_title = find_mentions(title, letters[: len(title)])
    in_text = find_mentions(opening, letters[body : len(beginning)])
    if not (in_title or in_text or home):  # nothing else tells: the first place further on
        in_text = find_mentions(text[_OPENING : 4 * _OPENING])[:1]
    context = Context(known, published, home, [*in_title, *in_text])
    titled = context.decide(in_title)
    decided = context.decide(in_text)
    own = home.province_2024 if home else None
    titled = _without_recipients(titled, title, small, own, others=home is not None)
    decided = _without_recipients(decided, opening, small[body:], own, others=bool(home or titled))
    local = _is_local(_LOCAL_WORDS, beginning, at)
    national = any(at.get(word, (len(small),))[0] <= len(small) - len(word) for word in _NATIONAL_WORDS)
    if (
        national
        and home is not None
        and _NATIONAL.search(title)
        and not _is_local(_PROVINCE_WORD, beginning, at)
    ):
        home, local = None, False
        if not titled:
            decided = [found for found in decided if found.mention.level != "province"]
    if national and home is None and not titled and _NATIONAL.search(beginning):
        decided = [found for found in decided if found.mention.level != "province"]
    provinces = _provinces(known, titled, decided, home, opening, local=local)
    districts, communes = _districts(known, titled, decided, home, provinces, local=local)
    places = _places(known, provinces, districts, communes, titled, decided, home)
    merged = any(known.successor[unit.province] != unit.province for unit in districts)
    if merged and published and published >= REFORM:
        return Places(_before_the_reform(known, places.provinces_2024, districts, titled), *places[1:])
    return places


def _is_local(words: Iterable[str], text: str, at: Mapping[str, Sequence[int]]) -> bool:
    """Whether one of the words stands in the text without a name. ``at``: where each may stand."""
    if "xã" in words and text.endswith(("xã", "Xã", "xÃ", "XÃ")) and _LOCAL.match(text, len(text) - 2):
        return True  # a word may go on where the text is cut
    return any(_LOCAL.match(text, place) for word in words for place in at.get(word, ()))


def _of_newspaper(known: Gazetteer, text: str) -> Home | None:
    """The province whose newspaper a copied text names, for its "tỉnh": "Theo Báo Ninh Thuận"."""
    for match in _NEWSPAPER.finditer(text):
        province = known.provinces_2024.get(key(match[1]))
        if province:
            return Home(province, None, known.successor[province])
    return None


def _completed(known: Gazetteer, home: Home) -> Home:
    """Fill in what the rest of a portal's record implies; a commune of 2025 implies its old district."""
    district, province = home.district_2024, home.province_2024
    if province is None and home.province_2025:
        names = {key(without_type(name)) for name in home.communes_2025[:1]}
        communes = [unit for name in names for unit in known.new_communes.get(name, ())]
        own = [unit.district for unit in communes if unit.province == home.province_2025]
        heirs = [old for old, new in known.successor.items() if new == home.province_2025]
        if len(own) == 1:
            district, province = own[0].name, own[0].province
        else:
            province = known.provinces_2024.get(key(home.province_2025), heirs[0] if heirs else None)
    return Home(
        province, district, home.province_2025 or known.successor.get(province or ""), home.communes_2025
    )


def _without_recipients(
    found: list[Decided], text: str, small: str, own: str | None, *, others: bool
) -> list[Decided]:
    """Leave out whom help goes to ("ủng hộ đồng bào Quảng Trị") where others tell the place.

    ``own``: the portal's province. Help that stays there is its news.
    """
    if not others:
        return found
    return [
        part for part in found if part.province == own or not _is_recipient(text, small, part.mention.start)
    ]


def _is_recipient(text: str, small: str, start: int) -> bool:
    begin = max(0, start - _NEAR)
    before = small[begin:start].rstrip()
    return before.endswith(_RECIPIENT_ENDS) and _RECIPIENT.search(text[begin:start]) is not None


def _independent(found: Iterable[Decided], level: str) -> list[Decided]:
    """The decided mentions of a level that are not merely the address of a smaller place."""
    found = list(found)
    addresses = {id(part.mention.inside) for part in found if part.mention.inside}
    return [part for part in found if part.mention.level == level and id(part.mention) not in addresses]


def _provinces(
    known: Gazetteer,
    titled: Sequence[Decided],
    decided: Sequence[Decided],
    home: Home | None,
    opening: str,
    *,
    local: bool,
) -> list[str]:
    own = home.province_2024 if home else None
    from_title = _unique(found.province for found in titled)
    if len(from_title) > 1 and "Hà Nội" in from_title and own != "Hà Nội":
        from_title.remove("Hà Nội")  # events of everybody are held in the capital
    if from_title and (own is None or own in from_title):
        return from_title
    if from_title and titled[0].mention.start < 12:
        return from_title  # "Gia Lai: …" in another province's newspaper
    mentioned = _unique([*from_title, *(found.province for found in decided)])
    if own and (own in mentioned or local):
        return [own]
    if own and _heir_named(known, own, mentioned):
        return [own]
    if from_title:
        return from_title
    places = [found for found in decided if not _at_the_capital(found, opening)]
    if not places and decided:
        if _CENTRAL.search(opening):
            return []  # a conference of the central body in the capital is of no province
        places = list(decided)
    if not places:
        return [own] if own else []
    first = places[0].mention.start
    end = _SENTENCE_END.search(opening, places[0].mention.end)
    sentence = [
        found for found in places if first <= found.mention.start <= (end.start() if end else len(opening))
    ]
    communes = [found for found in sentence if found.mention.level == "commune" and not found.mention.inside]
    if own and len(communes) > 1 and len(communes) == len(sentence):
        return [own]  # wards named as examples: the paper's own city
    addresses = {id(found.mention.inside) for found in sentence}
    independent = [found.province for found in _independent(sentence, "province")]
    return _unique(
        independent or [found.province for found in sentence if id(found.mention) not in addresses]
    )


def _heir_named(known: Gazetteer, own: str, mentioned: Iterable[str]) -> bool:
    return known.successor[own] in set(mentioned)


def _at_the_capital(found: Decided, text: str) -> bool:
    before = text[: found.mention.start][-_NEAR:]
    return (
        found.mention.level == "province"
        and found.province == "Hà Nội"
        and bool(_AT_THE_CAPITAL.search(before))
    )


def _districts(
    known: Gazetteer,
    titled: Sequence[Decided],
    decided: Sequence[Decided],
    home: Home | None,
    provinces: Sequence[str],
    *,
    local: bool,
) -> tuple[list[District], list[Decided]]:
    """The districts of the article, and the communes that narrow them down."""
    here = set(provinces)
    own = (
        known.district(home.province_2024 or "", home.district_2024) if home and home.district_2024 else None
    )

    def fitting(found: Iterable[Decided], level: str) -> list[Decided]:
        return [
            part
            for part in found
            if part.mention.level == level
            and part.district
            and (part.province in here or known.successor[part.province] in here)
        ]

    title_communes = fitting(titled, "commune")
    title_districts = fitting(titled, "district")
    if title_districts:
        return _unique(part.district for part in title_districts if part.district), title_communes
    if title_communes:
        return _unique(part.district for part in title_communes if part.district), title_communes
    districts = fitting(decided, "district")
    communes = fitting(decided, "commune")
    if (
        own
        and own.province in here
        and (local or not districts or own in [part.district for part in districts])
    ):
        return [own], [part for part in communes if part.district == own]
    if len(_unique(part.province for part in _independent(decided, "province") if part.province in here)) > 1:
        return [], []  # told of whole provinces; a district there is an example
    typed = [part for part in districts if part.mention.kind or _address_of_commune(part, communes)]
    if typed:
        found = _unique(part.district for part in typed if part.district)
        return found, [part for part in communes if part.district in found]
    bare = _unique(part.district for part in districts if part.district)
    if len(bare) == 1:
        return bare, [part for part in communes if part.district in bare]
    communes = [part for part in communes if part.mention.inside or not part.mention.bracketed]
    alone = _unique(part.district for part in communes if part.district)
    names = {part.mention.name for part in communes}
    if len(alone) == 1 and len(names) == 1:
        return alone, communes
    return [], []


def _address_of_commune(part: Decided, communes: Iterable[Decided]) -> bool:
    return any(commune.mention.inside is part.mention for commune in communes)


def _places(
    known: Gazetteer,
    provinces: Sequence[str],
    districts: Sequence[District],
    communes: Sequence[Decided],
    titled: Sequence[Decided],
    decided: Sequence[Decided],
    home: Home | None,
) -> Places:
    old = [] if districts and not _independent([*titled, *decided], "province") else list(provinces)
    old = _unique([*(district.province for district in districts), *old]) if districts else list(provinces)
    old = [name for name in old if name in provinces] or old
    new = _unique(known.successor[name] for name in old)
    if communes and not _whole_district(communes, titled, decided):
        names = _unique(part.commune for part in communes if part.commune)
    elif districts:
        own = (
            home is not None
            and home.communes_2025
            and [home.district_2024] == [unit.name for unit in districts]
        )
        names = list(home.communes_2025) if home and own else []
        names = names or _unique(name for unit in districts for name in known.successors_of(unit))
    else:
        names = []
    return Places(tuple(old), tuple(unit.name for unit in districts), tuple(new), tuple(names))


def _before_the_reform(
    known: Gazetteer, provinces: Iterable[str], districts: Iterable[District], titled: Iterable[Decided]
) -> tuple[str, ...]:
    """The provinces of 2024 that an article of after July 2025 means: beside a place that came to Đồng Tháp
    from Tiền Giang, "tỉnh Đồng Tháp" is the province of today, and the place was in Tiền Giang. A title that
    names both provinces means those of before."""
    own = _unique(unit.province for unit in districts)
    in_title = {part.province for part in titled if part.mention.level == "province"}
    enlarged = {known.successor[name] for name in own if name not in in_title}
    return tuple(_unique([*(name for name in provinces if name in own or name not in enlarged), *own]))


def _whole_district(
    communes: Sequence[Decided],
    titled: Sequence[Decided],
    decided: Sequence[Decided],
) -> bool:
    """Tell whether a district stands in the text by itself, not only in the address of a commune."""
    if any(part in titled for part in communes):
        return False
    return bool(_independent([*titled, *decided], "district"))


def _unique(values: Iterable[_T]) -> list[_T]:
    return list(dict.fromkeys(values))
