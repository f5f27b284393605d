"""What the address of a portal says of its place: ``thoxuan.thanhhoa.gov.vn`` is Huyện Thọ Xuân."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import unquote, urlsplit

from vietnam.gazetteer import District, Gazetteer, gazetteer, key, slug_key, without_type
from vietnam.values import quickly_made
from vietnam.writing import fold


@quickly_made
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
_COMMUNE_SLUGS = frozenset({"xa", "phuong", "thitran", "tt", "dackhu"})
_DISTRICT_SLUGS = frozenset({"huyen", "quan", "thixa", "tx", "thanhpho", "tp"})
_STATION = re.compile(r"(?:tv|rt|net|online|24h)$")
_SHORT_SLUG = 5
"""A province's slug of up to so many letters ("hanoi", "camau", "hue") counts at the edge of a label only."""


_PLAIN = re.compile(r"https?://([a-z0-9.-]+)(?::[0-9]*)?((?:/[^?#\t\r\n]*)?)(?=[?#]|\Z)")
"""Nearly every address: its host and path in 2,000 instructions, ``urlsplit`` takes 37,000."""


def host_of(url: str) -> str:
    """Return the host of an address in small letters, "" where it has none."""
    return _host_and_path(url)[0]


def _host_and_path(url: str) -> tuple[str, str]:
    plain = _PLAIN.match(url)
    if plain:
        return plain[1], plain[2]
    parts = urlsplit(url)
    return parts.hostname or "", parts.path


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
    if labels[-1] in _NAMED_OTHERWISE:
        return _of_province(known, _NAMED_OTHERWISE[labels[-1]])
    province, rest = _province(known, labels)
    if province:
        if _is_paper(known, labels[len(rest) : len(rest) + 1]):
            # Left of a newspaper stands a paper that it took in, not a place: dongkhoi.baovinhlong.vn.
            own = (_NAMED_OTHERWISE.get(f"bao{label}") for label in reversed(rest))
            return _of_province(known, next(filter(None, own), province))
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
    host, path = _host_and_path(url)
    segments = unquote(path).lower().split("/", 3)
    return _home_from_parts(host, tuple(segments[1:3]) if len(segments) > 2 else ())


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


def _is_paper(known: Gazetteer, labels: list[str]) -> bool:
    """Whether a host's province is told by the label of its newspaper ("baovinhlong")."""
    return any(label.startswith("bao") and slug_key(label[3:]) in known.provinces_2024 for label in labels)


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
    label = label.replace("-", "")
    match = _AREA.match(label)
    if not match:
        return None
    for kind, name in ((match["kind"] or "", match["name"]), ("", label)):
        districts = known.districts.get(slug_key(name), []) if kind not in _COMMUNE_SLUGS else []
        if label.endswith("city"):
            districts = [unit for unit in districts if unit.kind == "thanhpho"]
        own = [unit for unit in districts if unit.province == province and unit.until is None]
        if len(own) > 1:  # Long Mỹ, town and district: the slug must say which
            own = [unit for unit in own if unit.kind == kind]
        if own:
            return _of_district(known, own[0])
        if kind not in _DISTRICT_SLUGS:
            home = _commune(known, slug_key(name), province) or _merged_district(known, districts, province)
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
    """The commune of 2025 where there is one of that name, for they have hosts more often than the old."""
    new = [
        unit
        for unit in known.new_communes.get(name, ())
        if known.provinces_2024.get(key(unit.province)) == province
    ]
    if len(new) == 1:
        district = new[0].district
        return Home(district.province, district.name, new[0].province, (new[0].name,))
    old = [unit for unit in known.old_communes.get(name, ()) if unit.district.province == province]
    if len({unit.district for unit in old}) == 1:
        return Home(province, old[0].district.name, known.successor[province], old[0].successors[:1])
    return None


def _district_alone(known: Gazetteer, labels: list[str]) -> Home | None:
    """A district whose name is its own in the country, on a host of its own: ``mongcai.gov.vn``.

    The name may have something before it (``tuoitregiongrieng``, ``trungtamvanhoaquan9``) or the sign of a
    station behind (``badontv``); shorter ones are too often part of another word.
    """
    for label in labels:
        whole = _STATION.sub("", label.replace("-", ""))
        for cut in range(len(whole) - 3):
            name = whole[cut:]
            units = [unit for unit in known.districts.get(slug_key(name), ()) if unit.until is None or cut]
            if len(units) == 1 and (cut == 0 or _ends_with_all_of(name, units[0])):
                return _of_district(known, units[0])
    return None


def _ends_with_all_of(name: str, unit: District) -> bool:
    """Tell "giongrieng" from an accident of spelling: "cuuch-ienbinh" is no Yên Bình."""
    spelled = fold(unit.name if name[-1].isdigit() else without_type(unit.name)).replace(" ", "")
    return spelled == name and (len(name) > _SHORT_SLUG or name[-1].isdigit())
