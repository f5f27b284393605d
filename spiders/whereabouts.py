"""Where a site is and whose it is, guessed from its host, its own name, the address that it prints and its
articles. A guess says on what it rests and whether a person should look at it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from crawler.reading.markup import parse
from crawler.reading.page import Page
from spiders.section_names import judge_owner
from storage.portals import Portal
from storage.records import Article
from vietnam import places
from vietnam.places import Home, find_places
from vietnam.writing import clean, fold

_ADDRESS = re.compile(r"(?:địa chỉ|trụ sở)\b[^:]{0,30}:?", re.IGNORECASE)
_ADDRESS_LENGTH = 200
_MOST = 0.6
"""Share of the articles that must be of one place for them to speak for it."""
_LEVELS = (
    ("district_portal", re.compile(r"\b(?:huyen|quan|thi xa|tx|thanh pho|tp)\b(?! uy)")),
    ("province_portal", re.compile(r"\btinh\b(?! uy)")),
)
_COMMUNE = re.compile(r"\b(?:xa(?! hoi)|phuong|thi tran|dac khu)\b")

PLACED = frozenset({"other", "province_portal", "district_portal", "commune_portal"})
"""Owners that were guessed from the place alone."""

Certainty = Literal["certain", "likely", "unknown"]


@dataclass(frozen=True, slots=True)
class Question:
    """The one thing that a person is asked. ``key`` is the record's key that an answer sets."""

    key: Literal["province", "district", "owner", "sections", "platform"]
    text: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Place and owner of a site, what speaks for them, and how sure that is."""

    home: Home
    owner: str
    place: Certainty
    reasons: tuple[str, ...]

    def question(self) -> Question | None:
        """What to ask where the place is not certain."""
        if self.place == "certain":
            return None
        if self.place == "unknown":
            return Question(
                "province", "of which province is it? Nothing on the site tells; say --province NAME"
            )
        told = ", ".join(filter(None, (self.home.district_2024, self.home.province_2024)))
        return Question("district", f"is it of {told}? If not, say --province NAME or --district NAME")


def whereabouts(pages: Sequence[Page], name: str, articles: Sequence[Article]) -> Whereabouts:
    """Guess place and owner from the home page and perhaps others.

    The host is believed before the site's name, that before the address that is printed on a page, and that
    before the articles; two that agree, or the host with a district, are certain.
    """
    host = urlsplit(pages[0].url).hostname or ""
    told = {
        "host": places.home_from_host(host) or Home(),
        "name": _of_commune(name) or _home_in(name),
        "printed address": _home_in(next(filter(None, map(printed_address, pages)), "")),
        "articles": _home_of(articles),
    }
    told = {source: home for source, home in told.items() if home.province_2024}
    home = next(iter(told.values()), Home())
    for other in told.values():  # a later source may know the district of the same province
        if home.province_2024 == other.province_2024 and not home.district_2024:
            home = other
    named = any(told[source].district_2024 for source in ("host", "name") if source in told)
    if home.district_2024 and "host" not in told and not named and _is_provincial(name):
        # a province's body has its office in a district, and tells of one more than of the others
        home = Home(home.province_2024, None, home.province_2025)
    agree = [source for source, other in told.items() if other.province_2024 == home.province_2024]
    certain = "host" in told or len(agree) > 1
    reasons = tuple(
        f"{source} says {', '.join(filter(None, (other.district_2024, other.province_2024)))}"
        for source, other in told.items()
    )
    return Whereabouts(
        home=home,
        owner=owner_of(host, name, home),
        place="certain" if certain else "likely" if told else "unknown",
        reasons=reasons,
    )


def owner_of(host: str, name: str, home: Home) -> str:
    """Who runs a site, by host and name; ``other`` for a body of a place that is not known."""
    folded = fold(name)
    if home.communes_2025 or (_COMMUNE.search(folded) and home.province_2025):
        local = "commune_portal"
    else:
        local = next((level for level, words in _LEVELS if words.search(folded)), "")
        if not local or (local == "district_portal" and not home.district_2024):
            local = "district_portal" if home.district_2024 else "province_portal"
    owner = judge_owner(host, name, otherwise=local if home.province_2024 or home.province_2025 else "other")
    if owner == "provincial_newspaper" and not home.province_2024:
        return "central"
    return owner


def printed_address(page: Page) -> str:
    """The lines of a page that begin with "Địa chỉ" or "Trụ sở", as in a footer; "" where it has none."""
    tree = parse(page)
    if tree is None:
        return ""
    text = clean(" ".join(str(piece) for piece in tree.itertext()))
    found = [text[m.end() : m.end() + _ADDRESS_LENGTH] for m in _ADDRESS.finditer(text)]
    return ". ".join(found[:3])


def _is_provincial(name: str) -> bool:
    return re.search(r"\btinh\b(?! uy)", fold(name)) is not None


def _home_in(text: str) -> Home:
    """The place that a line names; a province or district of its own alone, not one of several."""
    if not text:
        return Home()
    found = find_places(text, text)
    if len(found.provinces_2024) != 1:
        return Home()
    district = found.districts_2024[0] if len(found.districts_2024) == 1 else None
    return _home(found.provinces_2024[0], district)


def _of_commune(name: str) -> Home | None:
    """The place of a site that is named after one commune of today. An address says less: a district's
    offices stand in a commune too."""
    found = find_places(name, "")
    (commune, *others) = found.communes_2025 or ("",)
    if others or not commune or fold(commune) not in fold(name):
        return None
    home = _home_in(name)
    return replace(home, communes_2025=(commune,)) if home.province_2024 else None


def _home_of(articles: Iterable[Article]) -> Home:
    """The place that most of the articles are about."""
    articles = list(articles)
    province = _usual((a.provinces_2024 for a in articles), len(articles))
    district = _usual((a.districts_2024 for a in articles), len(articles))
    return _home(province, district) if province else Home()


def _usual(names: Iterable[Sequence[str]], of: int) -> str | None:
    counted = Counter(name for some in names for name in set(some))
    best = counted.most_common(1)
    return best[0][0] if best and best[0][1] >= max(2, _MOST * of) else None


def _home(province: str, district: str | None) -> Home:
    if district is not None and places.district_2024(district, province) != district:
        district = None
    return Home(province, district, places.successor(province))


def placed(portal: Portal, province: str, district: str | None) -> Portal:
    """The record with a place that a person gave; the owner follows where it was a guess of the place."""
    home = _home(province, district)
    portal = replace(
        portal,
        province_2024=home.province_2024,
        district_2024=home.district_2024,
        province_2025=home.province_2025,
        communes_2025=(),
    )
    if portal.owner not in PLACED:
        return portal
    return replace(portal, owner=owner_of(urlsplit(portal.url).hostname or "", portal.name, home))
