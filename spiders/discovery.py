"""First discovery: an address becomes a registry record whose sections have been read.

The platform is known by its signs, sections by their names in menus, feeds and category sitemaps;
each section is fetched and must list articles of its own before it is believed. Nothing here knows
how pages are fetched: the driver takes a ``fetch`` that is polite already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from crawler.reading import urls
from spiders.registry_rules import ORGANIZATIONS
from spiders.registry_text import suggest_id, to_yaml
from spiders.section_names import judge_owner
from spiders.section_search import Fetch, SectionSearch, site_name
from storage.portals import Confidence, Portal, Section
from vietnam import places

__all__ = ["Discovery", "DiscoveryFailed", "Fetch", "complete", "discover", "suggest_id", "to_yaml"]

BUDGET = 30
"""Requests of one discovery: a minute of a portal's time at the usual 2 s between two requests."""


class DiscoveryFailed(Exception):
    """No record came of an address; the message says why, for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What discovery found: the record, what speaks for each of its claims, the requests it cost."""

    portal: Portal
    evidence: tuple[str, ...]
    requests: int


async def discover(
    url: str,
    fetch: Fetch,
    *,
    scope: Literal["front", "all"] = "front",
    portal_id: str | None = None,
    platform: str | None = None,
    budget: int = BUDGET,
) -> Discovery:
    """Make a record of the site at ``url`` (its home page, a subsite, or one of its sections).

    ``scope`` ``all`` adds listings of every other subject; ``platform`` is what is known already, for
    a home page without signs. At most ``budget`` requests are made. Raises DiscoveryFailed where the
    address gives no page.
    """
    search = await _begin(url, fetch, budget, platform)
    record = _record(search, url, portal_id)
    # On an organization's own site every listing is likely to have its news, whatever its name.
    search.own = record.owner in ORGANIZATIONS
    if not search.take_single(url):
        await search.find(everything=scope == "all" or search.own)
    # Ours first, in menu order within, as a person would write them.
    sections = tuple(sorted(search.sections.values(), key=lambda section: section.scope != "front"))
    record = replace(
        record,
        platform=search.platform.name if search.platform is not None else platform or "unknown",
        sections=sections,
        confidence=_confidence(sections, search.certain),
        evidence=f"first discovery on {search.home.fetched_at:%Y-%m-%d}, {len(sections)} sections found",
    )
    return Discovery(record, tuple(search.evidence), search.requests)


async def complete(portal: Portal, fetch: Fetch, *, scope: Literal["front", "all"] = "front") -> Discovery:
    """Fill what a record leaves open, its platform and its sections, and keep all that it says.

    A complete record costs no request, one that lacks its platform alone costs one. Raises
    DiscoveryFailed where the portal's address gives no page.
    """
    known = None if portal.platform == "unknown" else portal.platform
    if portal.sections and known is not None:
        return Discovery(portal, (), 0)
    if portal.sections:
        search = await _begin(portal.url, fetch, 1, None)
        found = search.platform.name if search.platform is not None else portal.platform
        return Discovery(replace(portal, platform=found), tuple(search.evidence), search.requests)
    discovery = await discover(portal.url, fetch, scope=scope, portal_id=portal.id, platform=known)
    return replace(
        discovery,
        portal=replace(
            portal, platform=known or discovery.portal.platform, sections=discovery.portal.sections
        ),
    )


async def _begin(url: str, fetch: Fetch, budget: int, platform: str | None) -> SectionSearch:
    """Fetch the page that was given and name its platform."""
    home = await fetch(url)
    if home is None:
        raise DiscoveryFailed(f"{url}: no answer")
    if home.status != 200:
        raise DiscoveryFailed(f"{url}: answered with status {home.status}")
    search = SectionSearch(home, fetch, budget)
    search.recognise(home, platform)
    return search


def _record(search: SectionSearch, given: str, portal_id: str | None) -> Portal:
    """The record without its platform and sections."""
    parts = urlsplit(search.home.url)
    home = places.home_from_host(parts.hostname or "")
    name = site_name(search.home) or parts.netloc
    district = home.district_2024 if home else None
    place_owner = "district_portal" if district else "province_portal" if home else "other"
    given_host = urlsplit(given).netloc
    return Portal(
        id=portal_id or suggest_id(search.home.url),
        name=name,
        url=f"{parts.scheme}://{parts.netloc}/",
        owner=judge_owner(parts.hostname or "", name, otherwise=place_owner),
        province_2024=home.province_2024 if home else None,
        district_2024=district,
        province_2025=home.province_2025 if home else None,
        communes_2025=home.communes_2025 if home else (),
        aliases=() if urls.same_site(given, search.home.url) or not given_host else (given_host,),
    )


def _confidence(sections: tuple[Section, ...], certain: bool) -> Confidence:
    if certain and any(section.scope == "front" for section in sections):
        return "high"
    return "medium" if sections and all(section.path != "/" for section in sections) else "low"
