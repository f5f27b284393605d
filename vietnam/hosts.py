"""What the address of a portal says of its place: ``thoxuan.thanhhoa.gov.vn`` is Huyện Thọ Xuân."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import unquote, urlsplit

from vietnam.gazetteer import District, Gazetteer, NewCommune, OldCommune, gazetteer, slug_key


@dataclass(frozen=True, slots=True)
class Home:
    """What a portal's record says of its place. Districts and communes carry their type word."""

    province_2024: str | None = None
    district_2024: str | None = None
    province_2025: str | None = None
    communes_2025: tuple[str, ...] = ()


# Papers and offices of one province whose host does not say so (data/portals.csv, imprints, 2026-11).
_NAMED_OTHERWISE = {
    "sggp": "Hồ Chí Minh",
    "voh": "Hồ Chí Minh",
    "nld": "Hồ Chí Minh",
    "plo": "Hồ Chí Minh",
    "thanhuytphcm": "Hồ Chí Minh",
    "hcmcpv": "Hồ Chí Minh",
    "phunuonline": "Hồ Chí Minh",
    "congan": "Hồ Chí Minh",
    "kinhtedothi": "Hà Nội",
    "anninhthudo": "Hà Nội",
    "tuoitrethudo": "Hà Nội",
    "laodongthudo": "Hà Nội",
    "phunuthudo": "Hà Nội",
    "baoapbac": "Tiền Giang",
    "baodongkhoi": "Bến Tre",
    "huengaynay": "Thừa Thiên Huế",
}
# Labels that are no places though they look like one, and second-level suffixes.
_SUFFIXES = frozenset(
    {"vn", "com", "gov", "org", "net", "edu", "info", "www", "m", "mail", "beta", "demo", "dcs", "portal"}
)
_OFFICES = (
    r"(?:huyenuy|thiuy|thanhuy|quanuy|tinhuy|ubnd|hdnd|ubmttq|mttq|ubmt|huyendoan|tinhdoan|"
    r"thanhdoan|thidoan|quandoan|hu|tu)"
)
_AREA = re.compile(
    rf"^{_OFFICES}?(?P<kind>xa|phuong|thitran|tt|huyen|quan|thixa|tx|thanhpho|tp|"
    rf"dackhu)?(?P<name>[a-z0-9]+?)(?:city)?$"
)
_SHORT_SLUG = 5
"""A province's slug of up to so many letters ("hanoi", "camau", "hue") counts at the edge of a label only."""


@lru_cache(maxsize=4096)
def home_from_host(host: str) -> Home | None:
    """Return the place that a host name tells, or None.

    Host: as in a URL, any case, port and final dot allowed. ``anvinh.gialai.gov.vn`` (a commune of after
    July 2025 whose land was Bình Định) gives its old district and province too.
    """
    labels = [label for label in host.lower().split(":")[0].strip(".").split(".") if label not in _SUFFIXES]
    if not labels or labels[-1].isdigit():
        return None
    known = gazetteer()
    for label in labels:
        if label in _NAMED_OTHERWISE:
            return _of_province(known, _NAMED_OTHERWISE[label])
    province, rest = _province(known, labels)
    if province:
        for label in reversed(rest):
            home = _area(known, label, province)
            if home:
                return home
        return _of_province(known, province)
    return _district_alone(known, labels)


def home_from_url(url: str) -> Home | None:
    """Return the place that an address tells: its host, else the first parts of its path.

    ``vietnam.vn/tuyenquang/…``, ``ttkhcn.baria-vungtau.gov.vn/phuoclongtho/news.aspx``: told by the path.
    """
    parts = urlsplit(url)
    segments = unquote(parts.path).lower().split("/")
    return _home_from_parts(parts.hostname or "", tuple(segments[1:3]) if len(segments) > 2 else ())


@lru_cache(maxsize=4096)
def _home_from_parts(host: str, folders: tuple[str, ...]) -> Home | None:
    home = home_from_host(host)
    known = gazetteer()
    for folder in folders:
        slug = slug_key(folder.replace("-", ""))
        if slug in known.provinces_2024:
            return home or _of_province(known, known.provinces_2024[slug])
        if home and home.province_2024 and not home.district_2024 and len(slug) > _SHORT_SLUG:
            found = _area(known, slug, home.province_2024)
            if found and found.province_2024 == home.province_2024:
                return found
    return home


def _of_province(known: Gazetteer, province: str) -> Home | None:
    return Home(province_2024=province, province_2025=known.successor[province]) if province else None


def _province(known: Gazetteer, labels: list[str]) -> tuple[str | None, list[str]]:
    """The province that a label names, with the labels left of it (what lies within the province)."""
    for place in range(len(labels) - 1, -1, -1):
        slug = slug_key(labels[place].replace("-", ""))
        if slug in known.provinces_2024:
            return known.provinces_2024[slug], labels[:place]
    for place in range(len(labels) - 1, -1, -1):
        province = _province_within(slug_key(labels[place].replace("-", "")))
        if province:
            area = labels[place].endswith("city")  # backancity.gov.vn, hatinhcity.gov.vn: its provincial town
            return province, [*labels[:place], labels[place]] if area else labels[:place]
    return None, labels


def _province_within(label: str) -> str | None:
    best = ""
    slugs = _province_slugs()
    for slug in slugs:
        if len(slug) > len(best) and slug in label:
            at_edge = label.startswith((slug, "bao" + slug)) or label.endswith(slug)
            if at_edge or len(slug) > _SHORT_SLUG:
                best = slug
    return slugs.get(best)


@cache
def _province_slugs() -> dict[str, str]:
    return {slug: name for slug, name in gazetteer().provinces_2024.items() if len(slug) >= _SHORT_SLUG}


def _area(known: Gazetteer, label: str, province: str) -> Home | None:
    """The district or commune within a province of 2024, or within the one of 2025 that bears its name."""
    match = _AREA.match(label.replace("-", ""))
    if not match:
        return None
    city = label.endswith("city")
    names = [(match["kind"] or "", slug_key(match["name"])), ("", slug_key(label.replace("-", "")))]
    for kind, name in names:
        districts = [unit for unit in known.districts.get(name, ()) if not city or unit.kind == "thanhpho"]
        if kind in ("xa", "phuong", "thitran", "tt", "dackhu"):
            districts = []
        same = [unit for unit in districts if unit.province == province and unit.until is None]
        if same and not (len(same) > 1 and kind == ""):
            unit = next((unit for unit in same if unit.kind == kind), same[0])
            return _of_district(known, unit)
        if kind in ("huyen", "quan", "thixa", "tx", "thanhpho", "tp"):
            continue
        home = _commune(known, name, province) or _merged_district(known, districts, province)
        if home:
            return home
    return None


def _merged_district(known: Gazetteer, districts: list[District], province: str) -> Home | None:
    """A district that came to this province in July 2025: yenminh.tuyenquang.gov.vn was Hà Giang."""
    merged = [unit for unit in districts if known.successor[unit.province] == province]
    return _of_district(known, merged[0]) if len(merged) == 1 else None


def _of_district(known: Gazetteer, unit: District) -> Home:
    return Home(unit.province, unit.name, known.successor[unit.province])


def _commune(known: Gazetteer, name: str, province: str) -> Home | None:
    new: list[NewCommune] = [unit for unit in known.new_communes.get(name, ()) if unit.province == province]
    old: list[OldCommune] = [
        unit for unit in known.old_communes.get(name, ()) if unit.district.province == province
    ]
    if len(new) == 1:
        district = new[0].district
        return Home(district.province, district.name, new[0].province, (new[0].name,))
    districts = {unit.district for unit in old}
    if len(districts) == 1:
        unit = old[0]
        return Home(province, unit.district.name, known.successor[province], unit.successors[:1])
    return None


def _district_alone(known: Gazetteer, labels: list[str]) -> Home | None:
    """A district whose name is its own in the country, on a host of its own: ``mongcai.gov.vn``."""
    for label in labels:
        whole = slug_key(label.replace("-", ""))
        for name in (whole, *(whole[cut:] for cut in range(3, len(whole) - 4))):
            units = [
                unit
                for unit in known.districts.get(name, ())
                if unit.until is None or len(name) < _SHORT_SLUG
            ]
            if len({unit.province for unit in units}) == 1 and len(units) == 1:
                if name == whole or len(name) > _SHORT_SLUG:
                    return _of_district(known, units[0])
                break
        numbered = re.search(r"(quan\d{1,2})$", whole)
        if numbered and numbered[1] in known.districts:
            return _of_district(known, known.districts[numbered[1]][0])
    return None
