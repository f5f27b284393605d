"""A record against the live site: what ``frontnews portals check`` tells of a portal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin

from crawler.reading import urls
from crawler.reading.listing import read_listing
from crawler.reading.page import Listing, Page
from crawler.reading.platform import Platform
from spiders.platforms import PLATFORMS, recognise
from spiders.section_search import SURE, Fetch
from storage.portals import Portal, Section

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. An ``error`` is what makes a crawl of the portal fail."""

    level: Level
    message: str


@dataclass(frozen=True, slots=True)
class Check:
    """All findings on one portal."""

    portal: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return all(finding.level != "error" for finding in self.findings)


async def check_portal(portal: Portal, fetch: Fetch) -> Check:
    """Look at a portal's home page and first page of each section: two requests or more, no writes.

    ``fetch`` is that of spiders.discovery. Nothing raises for what the site does.
    """
    home = await fetch(portal.url)
    if home is None or home.status != 200:
        answer = "no answer" if home is None else f"status {home.status}"
        return Check(portal.id, (Finding("error", f"{portal.url}: {answer}"),))
    findings = [_check_host(portal, home), _check_platform(portal, home)]
    for section in portal.sections:
        url = urljoin(portal.url, section.path)
        page = home if urls.canonical(url) == urls.canonical(home.url) else await fetch(url)
        findings.append(_check_section(section, page, home, PLATFORMS.get(portal.platform)))
    if not portal.sections:
        findings.append(Finding("warning", "no sections in the record: each crawl has to discover them"))
    return Check(portal.id, tuple(findings))


def _check_host(portal: Portal, home: Page) -> Finding:
    if urls.same_site(home.url, portal.url):
        return Finding("ok", f"{portal.url} answers")
    if urls.site_of(home.url) in portal.aliases:
        return Finding("ok", f"{portal.url} answers as its alias {urls.site_of(home.url)}")
    return Finding(
        "warning", f"{portal.url} leads to {home.url}: moved? A record of the new host, or an alias"
    )


def _check_platform(portal: Portal, home: Page) -> Finding:
    ranked = recognise(home)
    if not ranked or ranked[0][1] < SURE:
        if portal.platform in {"unknown", "generic"}:
            return Finding("ok", "platform: still without known signs")
        return Finding("warning", f"platform: no signs of {portal.platform} on the home page")
    seen, weight, signs = ranked[0]
    told = f"{seen.name} ({weight:.2f}: {', '.join(signs)})"
    if seen.name == portal.platform:
        return Finding("ok", f"platform {told}")
    return Finding("warning", f"platform: the record says {portal.platform}, the home page {told}")


def _check_section(section: Section, page: Page | None, home: Page, platform: Platform | None) -> Finding:
    if page is None or page.status != 200:
        answer = "no answer" if page is None else f"status {page.status}"
        return Finding("error", f"section {section.path}: {answer}")
    if page is not home and urls.canonical(page.url) == urls.canonical(home.url):
        return Finding("error", f"section {section.path}: leads to the home page")
    listing = read_listing(page, platform)
    if not listing.rows:
        return Finding("error", f"section {section.path}: lists no article")
    return Finding("ok", f"section {section.path}: {len(listing.rows)} articles{_newest(listing)}")


def _newest(listing: Listing) -> str:
    days = [row.published_at.date() for row in listing.rows if row.published_at is not None]
    return f", newest of {max(days).isoformat()}" if days else ""
