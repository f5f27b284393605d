"""What a record of the registry may not say: contradictions with itself and with the map of the country."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from storage.portals import Portal
from vietnam import places
from vietnam.gazetteer import gazetteer

OWNERS = (
    "front",
    "trade_union",
    "farmers",
    "women",
    "youth",
    "veterans",
    "province_portal",
    "district_portal",
    "commune_portal",
    "party_committee",
    "provincial_newspaper",
    "central",
    "other",
)
"""Who runs a portal. The first six are the Front and the mass organizations themselves."""

PLATFORM_NAMES = (
    "nukeviet",
    "nukeviet_egov",
    "wordpress",
    "vnpt_portal",
    "sharepoint",
    "liferay",
    "webcenter",
    "drupal",
    "joomla",
    "dnn",
    "mojoportal",
    "threecms",
    "trang_n",
    "channel_cms",
    "onecms",
    "templates_v1",
    "vccorp",
    "aspx_custom",
    "generic",
    "unknown",
)
"""The platforms of spiders.platforms (a test holds the two together; importing that package here would
make each start of the command line pay for its parsers), and ``unknown``: discovery will tell."""

ORGANIZATIONS = frozenset(OWNERS[:6])
LOCAL = frozenset({"province_portal", "district_portal", "commune_portal", "provincial_newspaper"})
"""Owners that are of one place: a record of theirs without a province is incomplete."""

USUAL_DELAY = 2.0
"""Seconds between two requests to one host (DESIGN.md); a record may ask for more, not for less."""
MOST_DELAY = 3600.0
"""Seconds (storage.server_slots.LONGEST_REST): a rest between crawls is told by its length from one
that a wrong clock wrote."""


def did_you_mean(wrong: str, valid: Iterable[str]) -> str:
    """``"; did you mean 'platform'?"``, or nothing where no valid word is near."""
    near = difflib.get_close_matches(wrong, list(valid), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def provinces_2024() -> Iterable[str]:
    """Names of the 63 provinces."""
    return gazetteer().successor


def provinces_2025() -> Iterable[str]:
    """Names of the 34 provinces."""
    return set(gazetteer().successor.values())


def contradictions(portal: Portal) -> list[tuple[str, str]]:
    """What a record says against itself or against the map: pairs of key and message."""
    return [*_place_contradictions(portal), *_section_contradictions(portal), *_other_contradictions(portal)]


def _place_contradictions(portal: Portal) -> Iterable[tuple[str, str]]:
    old, new, district = portal.province_2024, portal.province_2025, portal.district_2024
    if portal.owner in LOCAL and old is None and new is None:
        yield "owner", f"a {portal.owner} needs a province: province_2024, or 'province:' of the file"
    if portal.owner == "central" and (old or new):
        yield "owner", f"a central portal is of no province, but the record says '{old or new}'"
    if old and new and places.successor(old) != new:
        yield (
            "province_2025",
            f"'{old}' became part of '{places.successor(old)}' in July 2025, not of '{new}'",
        )
    if portal.owner == "district_portal" and district is None:
        yield "owner", "a district_portal needs district_2024"
    if district and old is None:
        yield "district_2024", "district_2024 without province_2024"
    elif district and old:
        canonical = places.district_2024(district, old)
        if canonical is None:
            hint = did_you_mean(district, _districts_of(old))
            yield "district_2024", f"'{old}' has no district '{district}'{hint}"
        elif canonical != district:
            yield "district_2024", f"district '{district}' is written '{canonical}'"
    if portal.communes_2025 and new is None:
        yield "communes_2025", "communes_2025 without province_2025"
        return
    for commune in portal.communes_2025:
        canonical = places.commune_2025(commune, new)
        if canonical is None:
            hint = did_you_mean(commune, _communes_of(new)) if new else ""
            yield "communes_2025", f"'{new}' has no commune '{commune}' after July 2025{hint}"
        elif canonical != commune:
            yield "communes_2025", f"commune '{commune}' is written '{canonical}'"


def _districts_of(province: str) -> list[str]:
    units = (unit for same_name in gazetteer().districts.values() for unit in same_name)
    return [unit.name for unit in units if unit.province == province]


def _communes_of(province: str) -> list[str]:
    units = (unit for same_name in gazetteer().new_communes.values() for unit in same_name)
    return [unit.name for unit in units if unit.province == province]


def _section_contradictions(portal: Portal) -> Iterable[tuple[str, str]]:
    own_hosts = {bare_host(urlsplit(portal.url).netloc), *map(bare_host, portal.aliases)}
    seen: set[str] = set()
    for section in portal.sections:
        if section.path in seen:
            yield "sections", f"section '{section.path}' is given twice"
        seen.add(section.path)
        host = bare_host(urlsplit(section.path).netloc)
        if host and host not in own_hosts:
            yield "sections", f"section '{section.path}' lies on another host than the portal and its aliases"
        home = section.path == "/" or section.path == portal.url
        if home and section.scope == "front" and portal.owner not in ORGANIZATIONS:
            yield "sections", f"the home page of a {portal.owner} cannot be of scope 'front': use 'news'"


def _other_contradictions(portal: Portal) -> Iterable[tuple[str, str]]:
    if portal.active_from and portal.active_until and portal.active_until < portal.active_from:
        yield "active_until", f"active_until {portal.active_until} is before active_from {portal.active_from}"
    if portal.successor == portal.id:
        yield "successor", "a portal cannot be its own successor"
    if portal.delay is not None and portal.delay < USUAL_DELAY and not _is_loopback(portal.url):
        yield (
            "delay",
            f"delay {portal.delay:g} s is less than the usual {USUAL_DELAY:g} s between two requests",
        )
    if portal.delay is not None and portal.delay > MOST_DELAY:
        yield "delay", f"delay {portal.delay:g} s is more than an hour between two requests"


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def bare_host(netloc: str) -> str:
    """Host and port as portals are told apart: lower case, without ``www.`` and final dot."""
    return netloc.lower().removeprefix("www.").rstrip(".")
