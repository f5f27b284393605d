"""A record against the live site: what ``frontnews portals check`` tells, and the corrected record.

Three things befall a portal in its life, and each is told apart: it **moves** to another host (the record
follows, the old host becomes an alias and the articles keep their keys), it **changes its CMS** (platform
and sections are looked for anew), or it is **merged** into another portal of the registry (it ends, with a
successor). What is proposed is never written by a check alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal
from urllib.parse import urljoin, urlsplit

from crawler.reading import urls
from crawler.reading.listing import read_listing
from crawler.reading.page import Listing, Page
from crawler.reading.platform import Platform
from spiders.discovery import DiscoveryFailed, discover
from spiders.learned import described, fits, learn
from spiders.platforms import PLATFORMS, SURE, recognise
from spiders.registry import Registry
from spiders.registry_rules import bare_host
from spiders.samples import pick, read_sample
from spiders.section_search import Fetch
from storage.portals import Portal, Section, Selectors
from storage.said import many

Level = Literal["ok", "warning", "error"]

BUDGET = 28
"""Requests of the search for a changed site, after the two or more that showed that it changed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. An ``error`` is what makes a crawl of the portal fail."""

    level: Level
    message: str


@dataclass(frozen=True, slots=True)
class Check:
    """All findings on one portal. ``proposed``: the record as it should be, None where it is right or
    nothing better is known."""

    portal: str
    findings: tuple[Finding, ...]
    proposed: Portal | None = None
    answered: bool = True
    """False where the home page did not: then the check says nothing of what the record should be."""

    @property
    def ok(self) -> bool:
        return all(finding.level != "error" for finding in self.findings)


async def check_portal(portal: Portal, fetch: Fetch, registry: Registry | None = None) -> Check:
    """Look at a portal's home page, the first page of each section and one article; no writes.

    ``fetch`` is that of spiders.discovery. ``registry`` tells whether the host that a portal leads to is
    another portal's. Where the site changed, up to BUDGET requests more look for its sections. Nothing
    raises for what the site does.
    """
    home, at_home = await fetch(portal.url), portal
    if home is None:
        home, at_home = await _over_the_other(portal, fetch)
    if home is None or home.status != 200:
        answer = "no answer" if home is None else f"status {home.status}"
        return Check(portal.id, (Finding("error", f"{portal.url}: {answer}"),), answered=False)
    if (merged := _merged(portal, home, registry)) is not None:
        return merged
    findings = [_check_host(at_home, home)]
    if at_home is not portal:
        findings.insert(0, Finding("warning", f"{portal.url} does not answer, {at_home.url} does"))
    at_home = _moved(at_home, home)
    platform_finding, seen = _check_platform(at_home, home)
    findings.append(platform_finding)
    listings: list[Listing] = []
    platform = described(PLATFORMS.get(seen or portal.platform), portal.selectors)
    pages: list[Page] = []
    for section in at_home.sections:
        url = urljoin(at_home.url, section.path)
        page = home if urls.canonical(url) == urls.canonical(home.url) else await fetch(url)
        finding, listing = _check_section(section, page, home, platform)
        findings.append(finding)
        listings += [listing] if listing is not None else []
        pages += [page] if page is not None and listing is not None else []
    misfit = _check_selectors(portal.selectors, pages)
    findings += misfit
    findings += await _check_article(at_home, listings, platform, fetch)
    proposed = at_home
    if any(f.level == "error" for f in findings) or not portal.sections:
        if not portal.sections:
            findings.append(Finding("warning", "no sections in the record: each crawl has to discover them"))
        proposed, told = await _found_anew(at_home, fetch)
        findings += told
    elif seen is not None and portal.platform != seen:
        proposed = replace(at_home, platform=seen, selectors=None)
    elif misfit:
        proposed = replace(at_home, selectors=learn(pages))
    return Check(portal.id, tuple(findings), proposed if proposed != portal else None)


async def _over_the_other(portal: Portal, fetch: Fetch) -> tuple[Page | None, Portal]:
    """The home page over https instead of http, or the other way round, and the record with that address: a
    portal that changes from one to the other and leaves no redirect behind."""
    scheme, _, rest = portal.url.partition("://")
    other = replace(portal, url=f"{'http' if scheme == 'https' else 'https'}://{rest}")
    home = await fetch(other.url)
    return (home, other) if home is not None and home.status == 200 else (None, portal)


# --- the host ------------------------------------------------------------------------------------------


def _merged(portal: Portal, home: Page, registry: Registry | None) -> Check | None:
    """The check of a portal whose home page leads to another portal of the registry."""
    other = registry.for_url(home.url) if registry is not None else None
    if other is None or other.id == portal.id or urls.same_site(home.url, portal.url):
        return None
    told = f"{portal.url} leads to {home.url}, which is {other.id}: merged into it?"
    if portal.successor == other.id:
        return Check(portal.id, (Finding("ok", f"{portal.url} leads to its successor {other.id}"),))
    ended = portal.active_until or home.fetched_at.date() - timedelta(days=1)
    proposed = replace(portal, active_until=ended, successor=other.id)
    return Check(portal.id, (Finding("warning", told),), proposed)


def _moved(portal: Portal, home: Page) -> Portal:
    """The record at the host where its home page ended; its own where it did not move."""
    if urls.same_site(home.url, portal.url) or urls.site_of(home.url) in portal.aliases:
        return portal
    parts, before = urlsplit(home.url), urlsplit(portal.url).netloc.lower()
    aliases = dict.fromkeys([before, *portal.aliases])
    aliases.pop(bare_host(parts.netloc), None)
    return replace(portal, url=f"{parts.scheme}://{parts.netloc}/", aliases=tuple(aliases))


def _check_host(portal: Portal, home: Page) -> Finding:
    if urls.same_site(home.url, portal.url):
        return Finding("ok", f"{portal.url} answers")
    if urls.site_of(home.url) in portal.aliases:
        return Finding("ok", f"{portal.url} answers as its alias {urls.site_of(home.url)}")
    return Finding(
        "warning", f"{portal.url} leads to {home.url}: moved? A record of the new host, or an alias"
    )


# --- the platform ----------------------------------------------------------------------------------------


def _check_platform(portal: Portal, home: Page) -> tuple[Finding, str | None]:
    """What the home page says of the platform, and its name where that is surely another."""
    ranked = recognise(home)
    if not ranked or ranked[0][1] < SURE:
        if portal.platform in {"unknown", "generic"}:
            return Finding("ok", "platform: still without known signs"), None
        return Finding("warning", f"platform: no signs of {portal.platform} on the home page"), None
    seen, weight, signs = ranked[0]
    told = f"{seen.name} ({weight:.2f}: {', '.join(signs)})"
    if seen.name == portal.platform:
        return Finding("ok", f"platform {told}"), None
    warning = Finding("warning", f"platform: the record says {portal.platform}, the home page {told}")
    return warning, seen.name


async def _found_anew(portal: Portal, fetch: Fetch) -> tuple[Portal, list[Finding]]:
    """The record with platform and sections as discovery finds them now. What still lists stays as it was
    written; a section that nothing took the place of is kept, for a person to strike."""
    try:
        found = await discover(portal.url, fetch, portal_id=portal.id, budget=BUDGET)
    except DiscoveryFailed as problem:
        return portal, [Finding("warning", f"sections could not be looked for anew: {problem}")]
    if not found.portal.sections or found.portal.confidence == "low":
        return portal, [Finding("warning", "looked for sections anew and found none to propose")]
    written = {section.path: section for section in portal.sections}
    sections = tuple(written.get(section.path, section) for section in found.portal.sections)
    named = ", ".join(section.path for section in sections if section.path not in written)
    platform = found.portal.platform if found.portal.platform != "unknown" else portal.platform
    told = f"looked for sections anew: {named}" if named else "looked for sections anew: the same"
    selectors = found.portal.selectors
    return replace(portal, platform=platform, sections=sections, selectors=selectors), [Finding("ok", told)]


# --- sections and articles -------------------------------------------------------------------------------


def _check_section(
    section: Section, page: Page | None, home: Page, platform: Platform | None
) -> tuple[Finding, Listing | None]:
    if page is None or page.status != 200:
        answer = "no answer" if page is None else f"status {page.status}"
        return Finding("error", f"section {section.path}: {answer}"), None
    if page is not home and urls.canonical(page.url) == urls.canonical(home.url):
        return Finding("error", f"section {section.path}: leads to the home page"), None
    listing = read_listing(page, platform)
    if listing.maps:
        return Finding("ok", f"section {section.path}: {many(len(listing.maps), 'map')}"), None
    if not listing.rows:
        return Finding("error", f"section {section.path}: lists no article"), None
    return Finding("ok", f"section {section.path}: {len(listing.rows)} articles{_newest(listing)}"), listing


def _check_selectors(selectors: Selectors | None, pages: list[Page]) -> list[Finding]:
    """What the record's own selectors no longer find, though the page's structure tells of articles."""
    lost = [page.url for page in pages if selectors is not None and not fits(page, selectors)]
    if not lost:
        return []
    told = f"selectors: nothing fits item on {len(lost)} of {len(pages)} lists, {lost[0]}: another layout?"
    return [Finding("warning", told)]


async def _check_article(
    portal: Portal, listings: list[Listing], platform: Platform | None, fetch: Fetch
) -> list[Finding]:
    """Read the newest article: the fields that the record expects of most must fill."""
    wanted = {
        name: getattr(portal, f"filled_{name}") for name in ("title", "date", "body")
        if getattr(portal, f"filled_{name}")
    }  # fmt: skip
    own = frozenset(
        row.url for listing in listings for row in listing.rows if urls.same_site(row.url, portal.url)
    )
    rows = pick(listings, 1, own)
    if not wanted or not rows:
        return []
    page = await fetch(rows[0].url)
    if page is None or page.status != 200:
        return [Finding("warning", f"article {rows[0].url}: does not answer")]
    article = read_sample(page, rows[0], platform).article
    has = {
        "title": article is not None and bool(article.title),
        "date": article is not None and article.published_at is not None,
        "body": article is not None and bool(article.paragraphs),
    }
    empty = [name for name in wanted if not has[name]]
    if empty:
        return [
            Finding("warning", f"article {rows[0].url}: no {', no '.join(empty)}: has the layout changed?")
        ]
    return [Finding("ok", f"article {rows[0].url}: {', '.join(wanted)} read")]


def _newest(listing: Listing) -> str:
    days = [row.published_at.date() for row in listing.rows if row.published_at is not None]
    return f", newest of {max(days).isoformat()}" if days else ""
