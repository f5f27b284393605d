"""The administrative units of Vietnam before and after 1 July 2025, and what became of each.

63 provinces, 696 districts and 10,040 communes of the old order, 34 provinces and 3,321 communes of the
new one (data/README.md says where the tables come from), with the districts that were merged away or
renamed in 2011-2025. Everything is looked up by :func:`key`, which ignores accents, case and spacing, so
"Uông Bí", "UONG BI" and the host label "uongbi" are one. The tables are read on first use (about 0.1 s).
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar

from vietnam import tones, writing

DATA = Path(__file__).parent / "data"
REFORM = date(2025, 7, 1)
"""Districts end, 63 provinces become 34, 10,035 communes 3,321 (Resolutions 202 and 203/2025/QH15)."""
_LAYER = date(2024, 1, 1)  # a district that was merged away after this day was still there in 2024

PROVINCE_TYPES = {"tinh": "tỉnh", "thanhpho": "thành phố"}
DISTRICT_TYPES = {"huyen": "Huyện", "quan": "Quận", "thixa": "Thị xã", "thanhpho": "Thành phố"}
COMMUNE_TYPES = {"xa": "Xã", "phuong": "Phường", "thitran": "Thị trấn", "dackhu": "Đặc khu"}

_NOT_IN_KEYS = re.compile(r"[^a-z0-9\n]+")
_ABBREVIATIONS = {"tp": "thanhpho", "tx": "thixa", "tt": "thitran"}
_ABBREVIATED = re.compile(r"^(T[PXT])\. ?", re.IGNORECASE)
_TYPES = PROVINCE_TYPES.keys() | DISTRICT_TYPES.keys() | COMMUNE_TYPES.keys() | _ABBREVIATIONS.keys()

# Names that a province is called by besides its own (reference/places.md "Aliases seen").
_PROVINCE_ALIASES = {
    "hcm": "Hồ Chí Minh",
    "tphcm": "Hồ Chí Minh",
    "hn": "Hà Nội",
    "brvt": "Bà Rịa - Vũng Tàu",
    "hue": "Thừa Thiên Huế",
    "daclac": "Đắk Lắk",
    "dacnong": "Đắk Nông",
}
_DISTRICT_ALIASES = {"prtc": "Phan Rang-Tháp Chàm", "bmt": "Buôn Ma Thuột"}


@dataclass(frozen=True, slots=True, eq=False)
class District:
    """A district of 2024, or one that was merged away before; ``name`` has its type ("Huyện Hàm Yên").

    Each is made once, so that two are one where they are the same object: a hash of all its fields takes
    2,000 instructions, and deciding what a name means asks for dozens.
    """

    province: str
    name: str
    kind: str
    code: str = ""
    merged_into: tuple[str, ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class OldCommune:
    """A commune of before July 2025. ``successors`` are names with type, the default one first."""

    name: str
    kind: str
    district: District
    successors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewCommune:
    """A commune of after July 2025; ``district`` is the old one that most of it lay in."""

    name: str
    kind: str
    province: str
    district: District


_Unit = TypeVar("_Unit", District, OldCommune, NewCommune)


def key(name: str) -> str:
    """Return the name as the tables are looked up: folded, without spaces, y as i.

    "Đắk R'lấp" -> "dakrlap", "Phú Quý" and "Phú Quí" -> "phuqui": both spellings of i are official somewhere.
    """
    return slug_key(writing.fold(name).replace(" ", ""))


def slug_key(folded: str) -> str:
    """Return the key of what is folded and without spaces already, such as the label of a host."""
    return folded.replace("y", "i")


def without_type(name: str) -> str:
    """Return "Hàm Yên" of "Huyện Hàm Yên" and of "Hàm Yên"."""
    words = _ABBREVIATED.sub(r"\1 ", name).split()
    length = _type_length(words)
    return " ".join(words[length:]) if length else name


def kind_of(name: str) -> str:
    """Return the key of the type word that a name begins with ("huyen", "thixa", …), or ""."""
    words = _ABBREVIATED.sub(r"\1 ", name).split()
    kind = _plain(" ".join(words[: _type_length(words)]))
    return _ABBREVIATIONS.get(kind, kind)


def _type_length(words: list[str]) -> int:
    for length in (1, 2):
        if len(words) > length and _plain(" ".join(words[:length])) in _TYPES:
            return length
    return 0


def spelled_alike(units: tuple[_Unit, ...], written: str) -> tuple[_Unit, ...]:
    """Return the units whose name has the very accents of ``written``; all of them where none has."""
    if len(units) < 2:
        return units
    spelling = _spelling(written)
    return tuple(unit for unit in units if _spelling(unit.name) == spelling) or units


@lru_cache(maxsize=8192)
def _spelling(name: str) -> str:
    return " ".join(tones.match_form(without_type(name)).lower().replace("-", " ").split())


def _plain(words: str) -> str:
    return writing.fold(words).replace(" ", "")


def _first_syllables(names: Iterable[str]) -> frozenset[str]:
    """The keys that a province's or a district's name begins with; a text without them names none."""
    joined = slug_key(writing.unaccented("\n".join((*names, *_PROVINCE_ALIASES, "tp", "br", "pr"))))
    return frozenset(re.split(r"[^a-z0-9]", line)[0] for line in joined.split("\n"))


def _commune_keys(names: Iterable[str]) -> list[tuple[str, str]]:
    """("thitran", "vinhan") of "Thị trấn Vĩnh An", for the 13,000 rows of the tables at once."""
    joined = writing.unaccented("\n".join(names))
    return [_without_type_key(slug_key(line)) for line in _NOT_IN_KEYS.sub("", joined).split("\n")]


def _without_type_key(whole: str) -> tuple[str, str]:
    for kind in ("thitran", "phuong", "dackhu", "xa"):
        if whole.startswith(kind):
            return kind, whole.removeprefix(kind)
    return "", whole


class Gazetteer:
    """The tables, keyed. One instance for the process: :func:`gazetteer`."""

    def __init__(self) -> None:
        self.successor: dict[str, str] = {
            row["name_2024"]: row["name_2025"] for row in _rows("provinces.csv")
        }
        self.provinces_2024 = {key(name): name for name in self.successor} | _PROVINCE_ALIASES
        self.provinces_2025 = {key(name): name for name in self.successor.values()}
        self.provinces_2025 |= {alias: self.successor[name] for alias, name in _PROVINCE_ALIASES.items()}
        self.districts: dict[str, list[District]] = {}
        self.old_communes: dict[str, list[OldCommune]] = {}
        self.new_communes: dict[str, list[NewCommune]] = {}
        self._successors: dict[District, tuple[str, ...]] = {}
        self.communes_in: dict[District, list[OldCommune]] = {}
        self._load_districts()
        self._load_communes()
        self.larger_keys = frozenset(self.provinces_2024) | frozenset(self.districts)
        self.commune_keys = frozenset(self.old_communes) | frozenset(self.new_communes)
        self.first_syllables = _first_syllables(
            (*self.successor, *map(without_type, self._names_of_districts()))
        )

    def names_a_place(self, name: str) -> bool:
        """Whether a :func:`key` is that of a province, a district or a commune, of today or of before."""
        return name in self.larger_keys or name in self.commune_keys

    def _load_districts(self) -> None:
        by_name: dict[tuple[str, str], District] = {}
        for row in _rows("districts_2024.csv"):
            district = District(row["province"], row["name"], kind_of(row["name"]), row["code"])
            by_name[district.province, district.name] = district
            self._add_district(without_type(district.name), district)
        for row in _rows("former_districts.csv"):
            merged, until = tuple(row["merged_into"].split("|")), date.fromisoformat(row["until"])
            former = District(row["province"], row["name"], kind_of(row["name"]), "", merged, until)
            by_name[former.province, former.name] = former
            self._add_district(without_type(former.name), former)
        for row in _rows("renamed_districts.csv"):
            self._add_district(without_type(row["former_name"]), by_name[row["province"], row["name"]])
        for alias, name in _DISTRICT_ALIASES.items():
            self.districts[alias] = self.districts[key(name)]
        self._district_named = by_name

    def _add_district(self, name: str, district: District) -> None:
        # "Quận 1" is called by its number alone nowhere but behind its type word
        name = district.name if name.isdigit() else name
        self.districts.setdefault(key(name), []).append(district)

    def _load_communes(self) -> None:
        by_code = {district.code: district for district in self._district_named.values() if district.code}
        former = self._former_by_commune()
        names = {row["code"]: row["name"] for row in _rows("communes_2025.csv")}
        new_keys = dict(zip(names, _commune_keys(names.values()), strict=True))
        seats = {district: key(without_type(district.name)) for district in self._district_named.values()}
        sources: dict[str, Counter[District]] = {}
        old_keys = _commune_keys(row["name"] for row in _rows("communes_2024.csv"))
        for row, (kind, short) in zip(_rows("communes_2024.csv"), old_keys, strict=True):
            name, codes = row["name"], row["successors"].split()
            successors = tuple(names[code] for code in codes)
            district = by_code[row["district"]]
            merged = former.get((district.province, district.name, short))
            unit = OldCommune(name, kind, district, successors)
            self.communes_in.setdefault(district, []).append(unit)
            if merged:
                self.communes_in.setdefault(merged, []).append(unit)
                if merged.until and merged.until > _LAYER:
                    district, unit = merged, OldCommune(name, kind, merged, successors)
            if name:
                self.old_communes.setdefault(short, []).append(unit)
            for taken in row["taken_in"].split():
                kind, taken_short = _without_type_key(slug_key(taken))
                unit = OldCommune("", kind, district, successors)
                self.old_communes.setdefault(taken_short, []).append(unit)
            for place, code in enumerate(codes):
                # where a new unit took land of several districts, the commune whose name it kept tells its
                # seat, then the district whose name it bears; a split commune counts for its default
                weight = 4 * (short == new_keys[code][1]) + 3 * (seats[district] == new_keys[code][1])
                sources.setdefault(code, Counter())[district] += weight + (2 if place == 0 else 1)
        for row in _rows("communes_2025.csv"):
            kind, short = new_keys[row["code"]]
            mother = sources[row["code"]].most_common(1)[0][0]
            unit_2025 = NewCommune(row["name"], kind, row["province"], mother)
            self.new_communes.setdefault(short, []).append(unit_2025)

    def _former_by_commune(self) -> dict[tuple[str, str, str], District]:
        """(province, district that took it in, key of the commune) -> the district it belonged to before."""
        return {
            (row["province"], heir, key(commune)): self._district_named[row["province"], row["name"]]
            for row in _rows("former_districts.csv")
            for heir in row["merged_into"].split("|")
            for commune in row["communes"].split("|")
            if commune
        }

    def _names_of_districts(self) -> Iterable[str]:
        yield from (name for _, name in self._district_named)
        yield from (row["former_name"] for row in _rows("renamed_districts.csv"))

    def district(self, province: str, name: str) -> District | None:
        """Return the district of exactly this province and name."""
        return self._district_named.get((province, name))

    def successors_of(self, district: District) -> tuple[str, ...]:
        """Return the communes of 2025 that hold land of the district, sorted by their names without type."""
        if district in self._successors:
            return self._successors[district]
        communes = self.communes_in.get(district)
        if communes is None:  # merged away, and its own communes are not recorded: its heirs' stand for it
            heirs = [self.district(district.province, name) for name in district.merged_into]
            communes = [unit for heir in heirs if heir for unit in self.communes_in[heir]]
        found = {name for unit in communes for name in unit.successors}
        self._successors[district] = tuple(sorted(found, key=lambda name: (without_type(name), name)))
        return self._successors[district]


@cache
def gazetteer() -> Gazetteer:
    """Return the tables, read once."""
    return Gazetteer()


def _rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table, one at a time: 13,000 at once would leave holes of 4 MB in memory for good (M)."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
