"""The places an article is about, as units of 2024 and of 2025.

Names are ambiguous (ten districts are called Châu Thành, 596 of 696 district names were given to a new
commune), so each is decided in this order: the province written with it > other places of the text >
the portal's own place > unique in the country > left out. reference/places.md has the cases.

The title speaks for the article; then its opening; a text without any place is its portal's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from vietnam.gazetteer import (
    REFORM,
    District,
    Gazetteer,
    NewCommune,
    OldCommune,
    gazetteer,
    key,
    kind_of,
    spelled_alike,
    without_type,
)
from vietnam.hosts import Home, home_from_host, home_from_url
from vietnam.toponyms import Mention, find_mentions

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


@dataclass(frozen=True, slots=True)
class Places:
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
    units = _of_kind(spelled_alike(units, bare), kind_of(bare))
    return units[0].name if len({(unit.province, unit.name) for unit in units}) == 1 else None


def commune_2025(name: str, province: str | None = None) -> str | None:
    """Return the commune of after July 2025 with its type word, or None if unknown or ambiguous."""
    units = gazetteer().new_communes.get(key(without_type(name)), [])
    if province:
        home = province_2025(province) or ""
        units = [unit for unit in units if unit.province == home]
    kind = kind_of(name)
    units = list(spelled_alike([unit for unit in units if not kind or unit.kind == kind], name))
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


def _of_kind(units: Sequence[District], kind: str) -> list[District]:
    """The units of that type; all of them where no unit has it, for a district may have risen since."""
    standing = [unit for unit in units if unit.until is None] or list(units)
    return [unit for unit in units if unit.kind == kind] or standing


# --- finding --------------------------------------------------------------------------------------

# "tỉnh", "UBND huyện", "Tỉnh ủy" without a name behind them: the portal's own.
_UPPER = "A-ZĐÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĨŨƠƯẠ-Ỹ"
_OWN = rf"(?:(?: (?:[uủ][yỷ]|đoàn|nhà|ta))\b)?(?![ .]*[{_UPPER}0-9(])(?!,? (?:xã|thành|quận|huyện|phố|thị)\b)"
_LOCAL = re.compile(
    r"(?<!các )(?<!cấp )(?<!liên )(?<!mọi )(?<!\d )"
    rf"\b(?i:tỉnh|huyện|quận|thị xã|thành phố|xã|phường|thị trấn)\b{_OWN}"
)
_LOCAL_PROVINCE = re.compile(rf"(?<!các )(?<!cấp )(?<!liên )(?<!mọi )(?<!\d )\b(?i:tỉnh)\b{_OWN}")
_NATIONAL = re.compile(r"(?i:toàn quốc|cả nước)|Việt Nam lần thứ|lần thứ [IVX\d]+,? Hội [^,.;]*Việt Nam")
_CENTRAL = re.compile(r"Trung ương|T\.?Ư\b|\bTW\b|toàn quốc|Việt Nam")
_AT_THE_CAPITAL = re.compile(r"\b(?:tại|ở)\s+(?:(?:TP|thành phố|Thủ đô)\.?\s*)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Decided:
    """A mention that came to mean one thing. ``independent``: not merely the address of a smaller place."""

    mention: Mention
    province: str
    district: District | None = None
    commune: str | None = None
    commune_province: str | None = None


def find_places(
    title: str,
    text: str,
    *,
    published: date | None = None,
    home: Home | None = None,
    url: str | None = None,
) -> Places:
    """Return the places of an article.

    Title and text: clean (:func:`vietnam.writing.clean`), lead included in the text. ``published`` decides
    what a commune's name means (before July 2025 the old one). ``home`` is the portal's place; without it
    the address is asked. Never raises on any text.
    """
    if home is None and url:
        home = home_from_url(url)
    known = gazetteer()
    opening = text[:_OPENING]
    in_title = find_mentions(title)
    in_text = find_mentions(opening)
    context = _Context(known, published, home, [*in_title, *in_text])
    titled = context.decide(in_title)
    decided = context.decide(in_text)
    local = bool(_LOCAL.search(title) or _LOCAL.search(opening))
    if home is not None and _NATIONAL.search(title) and not _LOCAL_PROVINCE.search(title + "\n" + opening):
        home, local = None, False
        if not titled:
            decided = [found for found in decided if found.mention.level != "province"]
    if home is None and not titled and _NATIONAL.search(title + "\n" + opening):
        decided = [found for found in decided if found.mention.level != "province"]
    provinces = _provinces(known, titled, decided, home, opening, local=local)
    districts, communes = _districts(known, titled, decided, home, provinces, local=local)
    return _places(known, provinces, districts, communes, titled, decided, home)


class _Context:
    """What decides between namesakes: the provinces that the whole article speaks of, and the portal's."""

    def __init__(
        self, known: Gazetteer, published: date | None, home: Home | None, mentions: Iterable[Mention]
    ):
        self.known = known
        self.published = published
        self.home = home
        mentions = list(mentions)
        self.named = {province for mention in mentions for province in mention.provinces}
        for mention in mentions:  # a district whose name is its own speaks for its province
            provinces = {unit.province for unit in mention.districts}
            if len(provinces) == 1 and mention.kind:
                self.named |= provinces
        self.heirs = {known.successor[name] for name in self.named}

    def decide(self, mentions: Iterable[Mention]) -> list[_Decided]:
        return [found for mention in mentions if (found := self._decide(mention))]

    def _decide(self, mention: Mention) -> _Decided | None:
        if mention.level == "province":
            return _Decided(mention, mention.provinces[0])
        if mention.level == "district":
            district = self._district(mention)
            if district:
                return _Decided(mention, district.province, district)
            province = (
                self.known.provinces_2024.get(key(mention.name)) if mention.kind == "thanhpho" else None
            )
            if province:  # Huế, a district's name until 2025 and the province's since
                return _Decided(replace(mention, level="province", provinces=(province,)), province)
            return None
        return self._commune(mention)

    def _weight(self, province: str, within: Mention | None) -> int:
        """How well a province fits: 5 written with the name, 4 named, 3 home, 2 of the same new "
        "province, 1 else."""
        successor = self.known.successor[province]
        if within and within.level == "province":
            if province in within.provinces:
                return 5
            return 4 if successor in within.provinces else 0
        if province in self.named:
            return 4
        if self.home and self.home.province_2024 == province:
            return 3
        if successor in self.named or (self.home and self.home.province_2025 == successor):
            return 2
        return 1

    def _district(self, mention: Mention) -> District | None:
        units = [unit for unit in mention.districts if not mention.kind or self._type_agrees(mention, unit)]
        weights = {unit: self._weight(unit.province, mention.inside) for unit in units}
        best = max(weights.values(), default=0)
        if best == 0 or (best == 1 and not mention.kind and self._placed()):
            return None
        fitting = [unit for unit, weight in weights.items() if weight == best]
        if self.home and self.home.district_2024:
            own = [unit for unit in fitting if unit.name == self.home.district_2024]
            fitting = own if own and not mention.kind else fitting
        fitting = _of_kind(fitting, mention.kind)
        return fitting[0] if len(fitting) == 1 else self._of_the_time(fitting)

    def _type_agrees(self, mention: Mention, unit: District) -> bool:
        """ "thành phố X" is no huyện; "huyện X" may be a town by now."""
        return not (mention.kind == "thanhpho" and unit.kind in ("huyen", "quan"))

    def _placed(self) -> bool:
        return bool(self.named or (self.home and self.home.province_2024))

    def _of_the_time(self, units: Sequence[District]) -> District | None:
        """Of a district that was merged away and a namesake, the one that stood on the day."""
        if self.published:
            units = [unit for unit in units if unit.until is None or self.published < unit.until]
        standing = [unit for unit in units if unit.until is None]
        return units[0] if len(units) == 1 else standing[0] if len(standing) == 1 else None

    def _commune(self, mention: Mention) -> _Decided | None:
        new_era = self.published is not None and self.published >= REFORM
        old_era = self.published is not None and self.published < REFORM
        within = mention.inside
        old: list[tuple[int, OldCommune]] = []
        new: list[tuple[int, NewCommune]] = []
        for unit in mention.old_communes:
            if within and within.level == "district":
                weight = 6 if unit.district.name in {part.name for part in within.districts} else 0
            else:
                weight = self._weight(unit.district.province, within)
            if self.home and self.home.district_2024 == unit.district.name and weight >= 3:
                weight = max(weight, 5)
            old.append((weight, unit))
        for heir in mention.new_communes:
            weight = self._new_weight(heir, within)
            new.append((weight, heir))
        if new or any(
            unit.name for _, unit in old
        ):  # what was merged before 2024 only where nothing else fits
            old = [(weight, unit) for weight, unit in old if unit.name]
        best_old, best_new = max((w for w, _ in old), default=0), max((w for w, _ in new), default=0)
        if max(best_old, best_new) < (2 if self._placed() else 1):
            return None
        if new and best_new and (new_era or (not old_era and best_new > best_old)):
            fitting_new = [unit for weight, unit in new if weight == best_new]
            if len(fitting_new) == 1:
                heir = fitting_new[0]
                return _Decided(mention, heir.district.province, heir.district, heir.name, heir.province)
        fitting = [unit for weight, unit in old if weight == best_old and best_old]
        if len({unit.district for unit in fitting}) == 1:
            unit = fitting[0]
            commune = unit.successors[0] if unit.successors else None
            province = unit.district.province
            return _Decided(mention, province, unit.district, commune, self.known.successor[province])
        return None

    def _new_weight(self, unit: NewCommune, within: Mention | None) -> int:
        if within and within.level == "province":
            return 5 if unit.province in within.provinces or unit.district.province in within.provinces else 0
        if within:
            return 0  # "xã X, huyện Y" is an address of before the reform
        if unit.province in self.named or unit.district.province in self.named:
            return 4
        if self.home and self.home.communes_2025 == (unit.name,):
            return 5
        if self.home and self.home.province_2025 == unit.province:
            return 3
        return 1


def _independent(found: Iterable[_Decided], level: str) -> list[_Decided]:
    """The decided mentions of a level that are not merely the address of a smaller place."""
    found = list(found)
    addresses = {id(part.mention.inside) for part in found if part.mention.inside}
    return [part for part in found if part.mention.level == level and id(part.mention) not in addresses]


def _provinces(
    known: Gazetteer,
    titled: Sequence[_Decided],
    decided: Sequence[_Decided],
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
    if not places and not (own is None and _CENTRAL.search(opening)):
        places = list(decided)  # a conference of the central body in the capital is of no province
    if not places:
        return [own] if own else []
    first = places[0].mention.start
    end = re.compile(r"(?<![A-Z])[.;](?:\s|$)").search(opening, places[0].mention.end)
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


def _at_the_capital(found: _Decided, text: str) -> bool:
    before = text[max(0, found.mention.start - 16) : found.mention.start]
    return (
        found.mention.level == "province"
        and found.province == "Hà Nội"
        and bool(_AT_THE_CAPITAL.search(before))
    )


def _districts(
    known: Gazetteer,
    titled: Sequence[_Decided],
    decided: Sequence[_Decided],
    home: Home | None,
    provinces: Sequence[str],
    *,
    local: bool,
) -> tuple[list[District], list[_Decided]]:
    """The districts of the article, and the communes that narrow them down."""
    here = set(provinces)
    own = (
        known.district(home.province_2024 or "", home.district_2024) if home and home.district_2024 else None
    )

    def fitting(found: Iterable[_Decided], level: str) -> list[_Decided]:
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


def _address_of_commune(part: _Decided, communes: Iterable[_Decided]) -> bool:
    return any(commune.mention.inside is part.mention for commune in communes)


def _places(
    known: Gazetteer,
    provinces: Sequence[str],
    districts: Sequence[District],
    communes: Sequence[_Decided],
    titled: Sequence[_Decided],
    decided: Sequence[_Decided],
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


def _whole_district(
    communes: Sequence[_Decided],
    titled: Sequence[_Decided],
    decided: Sequence[_Decided],
) -> bool:
    """Tell whether a district stands in the text by itself, not only in the address of a commune."""
    if any(part in titled for part in communes):
        return False
    return bool(_independent([*titled, *decided], "district"))


def _unique(values: Iterable[_T]) -> list[_T]:
    return list(dict.fromkeys(values))
