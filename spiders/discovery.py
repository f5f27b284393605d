"""First discovery: an address becomes a registry record whose sections have been read.

The platform is known by its signs, sections by their names in menus, feeds and category sitemaps;
each section is fetched and must list articles of its own before it is believed. Nothing here knows
how pages are fetched: the driver takes a ``fetch`` that is polite already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from crawler.reading import urls
from crawler.reading.page import Listing, Page
from spiders.hidden_menus import challenge_of, is_built_by_scripts, leads_on_to
from spiders.learned import GENERIC, knows, learn
from spiders.registry_rules import ORGANIZATIONS
from spiders.registry_text import suggest_id
from spiders.samples import Sample, pick, read_sample, with_expectations
from spiders.section_files import add_sitemap, looks_cut
from spiders.section_search import Fetch, Paging, SectionSearch, was_redirected
from spiders.site_names import site_name
from spiders.whereabouts import Question, Whereabouts, whereabouts
from storage.discoveries import IDENTITY, identified
from storage.portals import Confidence, Portal, Section, Selectors
from storage.said import many

BUDGET = 30
"""Requests of one discovery: a minute of a portal's time at the usual 2 s between two requests."""
INTROS = 3
"""Pages up to the home page, where intro pages lead from one to the next."""
SAMPLES = 3
"""Articles that are read and shown of a site that is new."""


class DiscoveryFailed(Exception):
    """No record came of an address; the message says why, for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What discovery found: the record, what speaks for each of its claims, the requests it cost.

    ``samples`` are the articles that were read; ``first_page`` is that of the first section; ``questions``
    are what a person should answer, the most important first.
    """

    portal: Portal
    evidence: tuple[str, ...]
    requests: int
    paging: Paging = "none"
    samples: tuple[Sample, ...] = ()
    first_page: Page | None = None
    questions: tuple[Question, ...] = ()
    seen_at: datetime | None = None
    """When the home page was fetched."""


async def discover(
    url: str,
    fetch: Fetch,
    *,
    scope: Literal["front", "all"] = "front",
    portal_id: str | None = None,
    platform: str | None = None,
    budget: int = BUDGET,
    samples: int = 0,
) -> Discovery:
    """Make a record of the site at ``url`` (its home page, a subsite, or one of its sections).

    ``scope`` ``all`` adds listings of every other subject; ``platform`` is what is known already, for
    a home page without signs. ``samples`` articles are read, for the place of the site and what may be
    expected of it. At most ``budget`` requests are made. Raises DiscoveryFailed where the address gives
    no page.
    """
    search = await _begin(url, fetch, budget - samples, platform)
    name = site_name(search.home) or urlsplit(search.home.url).netloc
    # On an organization's own site every listing is likely to have its news, whatever its name.
    search.own = whereabouts([search.home], name, ()).owner in ORGANIZATIONS
    if not search.take_single(url):
        await search.find(everything=scope == "all" or search.own)
    if search.paging in ("repeats", "unreadable") or looks_cut(search):
        await add_sitemap(search)
    selectors = _learned(search)
    if selectors is not None:
        search.take_small(selectors)
    # Ours first, in menu order within, as a person would write them.
    keys = sorted(search.sections, key=lambda key: search.sections[key].scope != "front")
    listings = [search.listings[key] for key in keys if key in search.listings]
    search.budget = budget
    read = await _read_samples(search, listings, samples)
    first_page = next((search.first_pages[key] for key in keys if key in search.first_pages), None)
    pages = [search.home] if first_page is None else [search.home, first_page]
    where = whereabouts(pages, name, [sample.article for sample in read if sample.article is not None])
    search.evidence.extend(_keys_of(search, read))
    search.evidence.extend(f"place: {reason}" for reason in where.reasons)
    record = replace(
        _record(search, url, name, portal_id, where),
        platform=search.platform.name if search.platform is not None else platform or "unknown",
        sections=tuple(search.sections[key] for key in keys),
        evidence=f"first discovery on {search.home.fetched_at:%Y-%m-%d}, {many(len(keys), 'section')} found",
    )
    record = replace(record, selectors=selectors, confidence=_confidence(record.sections, search.certain))
    if samples:
        record = with_expectations(record, listings, read, search.home.fetched_at)
    return Discovery(
        portal=record,
        evidence=tuple(search.evidence),
        requests=search.requests,
        paging=search.paging,
        samples=tuple(read),
        first_page=first_page,
        questions=tuple(_questions(search, record, where)),
        seen_at=search.home.fetched_at,
    )


async def complete(portal: Portal, fetch: Fetch, *, scope: Literal["front", "all"] = "front") -> Discovery:
    """Fill what a record leaves open, its platform, sections and selectors, and keep all that it says; one
    that is an address alone gets the site's name, owner and place as well.

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
    made = discovery.portal
    filled = replace(
        identified(portal, {key: getattr(made, key) for key in IDENTITY}),
        platform=known or made.platform,
        sections=made.sections,
        selectors=portal.selectors or made.selectors,
    )
    return replace(discovery, portal=filled)


async def _begin(url: str, fetch: Fetch, budget: int, platform: str | None) -> SectionSearch:
    """Fetch the page that was given and name its platform."""
    home = await fetch(url)
    if home is None:
        raise DiscoveryFailed(f"{url}: no answer")
    if home.status != 200:
        raise DiscoveryFailed(f"{url}: answered with status {home.status}")
    requests = 1 + was_redirected(url, home)
    while requests < INTROS and (onward := leads_on_to(home)) is not None:
        page = await fetch(onward)
        requests += 1 + was_redirected(onward, page)
        if page is None or page.status != 200:
            break
        home = page
    search = SectionSearch(home, fetch, budget, requests=requests)
    search.recognise(home, platform)
    return search


async def _read_samples(search: SectionSearch, listings: list[Listing], count: int) -> list[Sample]:
    """Fetch and read the first articles of the sections."""
    own = frozenset(row.url for listing in listings for row in listing.rows if search.is_own(row.url))
    read = []
    for row in pick(listings, count, own):
        page = await search.get(row.url)
        if page is not None:
            read.append(read_sample(page, row, search.platform))
    return read


def _learned(search: SectionSearch) -> Selectors | None:
    """The selectors of the lists that were read, where they have some in common."""
    pages = [page for key, page in search.first_pages.items() if key in search.sections]
    if knows(search.platform, pages):
        return None
    found = learn(pages, search.platform or GENERIC)
    if found is not None:
        told = ", ".join(f"{name} {css}" for name, css in asdict(found).items() if css is not None)
        search.evidence.append(f"lists learned on {many(len(pages), 'page')}: {told}")
    return found


def _keys_of(search: SectionSearch, read: list[Sample]) -> Iterator[str]:
    """How the articles that were read are told apart by a crawl."""
    for sample in read[:1]:
        key = urls.article_key(sample.page.url, search.platform)
        kind = "address" if "/" in key else "own number"
        yield f"articles go by their {kind}: {key}"


def _record(
    search: SectionSearch, given: str, name: str, portal_id: str | None, where: Whereabouts
) -> Portal:
    """The record without its platform and sections."""
    parts = urlsplit(search.home.url)
    given_host = urlsplit(given).netloc
    return Portal(
        id=portal_id or suggest_id(search.home.url),
        name=name,
        url=f"{parts.scheme}://{parts.netloc}{_base(search, given)}",
        owner=where.owner,
        province_2024=where.home.province_2024,
        district_2024=where.home.district_2024,
        province_2025=where.home.province_2025,
        communes_2025=where.home.communes_2025,
        aliases=() if urls.same_site(given, search.home.url) or not given_host else (given_host,),
    )


_NO_SUBSITE = re.compile(r"/(?:vi|vn|vi-vn|vie|en|portal|web|home|index|default|trang-chu)/", re.IGNORECASE)


def _base(search: SectionSearch, given: str) -> str:
    """The base path: ``/``, or that of a subsite, a folder that was given and holds all its sections."""
    path = urlsplit(given).path
    paths = [section.path for section in search.sections.values()]
    inside = all(one.startswith(path) and one != path for one in paths)
    return path if path.endswith("/") and paths and inside and not _NO_SUBSITE.fullmatch(path) else "/"


def _questions(search: SectionSearch, record: Portal, where: Whereabouts) -> Iterator[Question]:
    """What is not sure, the most important first."""
    if not record.sections and (wall := challenge_of(search.home)):
        yield Question("sections", f"{wall}: say --browser, or ask its owner to let the crawler in")
    elif not record.sections and is_built_by_scripts(search.home):
        yield Question(
            "sections",
            "the page is built by scripts: say --browser, or give the address of a feed",
        )
    elif not record.sections:
        yield Question("sections", "which page lists its news? Give the address of that page")
    elif not any(section.scope == "front" for section in record.sections):
        yield Question(
            "sections", "no section is the Front's or an organization's alone: is there one? Give its address"
        )
    if (question := where.question()) is not None:
        yield question
    if search.paging in ("repeats", "unreadable"):
        yield Question("sections", "the second page of its lists could not be read; what is its address?")


def _confidence(sections: tuple[Section, ...], certain: bool) -> Confidence:
    if certain and any(section.scope == "front" for section in sections):
        return "high"
    return "medium" if sections and all(section.path != "/" for section in sections) else "low"
