"""Before the walk: a record that does not say its platform or sections is completed by looking at the site.

What was found is kept in the database, so that only the first crawl of such a portal pays for it.
"""

from __future__ import annotations

from dataclasses import replace

from crawler.fetching.fetcher import Fetcher
from crawler.fetching.outcomes import FetchProblem
from crawler.running.options import CrawlOptions
from crawler.running.tally import Tally
from crawler.running.visit import fetch_of
from crawler.saving import Ledger
from spiders.discovery import Discovery, DiscoveryFailed, complete, discover
from spiders.registry_text import suggest_id
from storage.portals import Portal


def bare_portal(url: str) -> Portal:
    """A record of an address alone, for a site outside the registry: all but the address is to be found."""
    return Portal(id=suggest_id(url), name="", url=url, owner="other")


async def completed(
    portal: Portal, options: CrawlOptions, fetcher: Fetcher, ledger: Ledger, tally: Tally
) -> Portal | None:
    """The record with platform and sections; None where there is nothing to walk, and the tally says why.

    Raises what storage raises.
    """
    if portal.name and portal.platform != "unknown" and portal.sections:
        return portal
    known = await ledger.recalled_portal(options.scope)
    if known is not None:
        # The record itself may have learned something since: what it says goes before what was found.
        if not portal.name:
            return known
        platform = known.platform if portal.platform == "unknown" else portal.platform
        return replace(portal, platform=platform, sections=portal.sections or known.sections)
    problems: list[FetchProblem] = []
    tally.tell("discovery", message="looking for the platform and the sections")
    try:
        found = await _look(portal, options, fetcher, problems)
    except DiscoveryFailed as failure:
        first = next(iter(problems), None)
        tally.stop(first.error if first else "listing_empty", str(first or failure))
        return None
    for line in found.evidence:
        tally.tell("discovery", message=line)
    if not found.portal.sections:
        tally.stop("listing_empty", f"{portal.url}: no section with articles found")
        return None
    await ledger.remember_portal(found.portal, options.scope)
    return found.portal


async def _look(
    portal: Portal, options: CrawlOptions, fetcher: Fetcher, problems: list[FetchProblem]
) -> Discovery:
    fetch = fetch_of(fetcher, problems.append)
    if portal.name:
        return await complete(portal, fetch, scope=options.scope)
    return await discover(portal.url, fetch, scope=options.scope, portal_id=portal.id)
