"""The sections of a portal whose record names none, as a walk begins: those of last time, or found anew."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.fetching.outcomes import FetchProblem
from crawler.reading.page import Page
from crawler.utc import utc_now
from spiders.discovery import DiscoveryFailed, complete
from spiders.hidden_menus import challenge_of
from spiders.learned import platform_of

if TYPE_CHECKING:
    from spiders.walk import Walk

DISCOVERY_KEPT = timedelta(days=7)
"""How long found sections are walked before they are looked for again: new ones are opened now and then."""


async def find_sections(walk: Walk) -> FetchProblem | None:
    """Give the walk its sections and platform; returns the problem for which there is nothing to walk.

    What was found is kept for DISCOVERY_KEPT, and looked for again before that if now more is asked for.
    """
    wide = walk.options.scope == "all"
    found = await walk.ledger.discovery()
    if found is not None and utc_now() - found.found_at < DISCOVERY_KEPT and (found.wide or not wide):
        walk.portal = found.filled_in(walk.portal)
    else:
        problems: list[FetchProblem] = []
        first: Page | None = None

        async def fetch(url: str) -> Page | None:
            nonlocal first
            outcome = await walk.fetch(url)
            if isinstance(outcome, FetchProblem):
                problems.append(outcome)
            if not isinstance(outcome, Page):
                return None
            first = first or outcome
            return outcome

        try:
            discovery = await complete(walk.portal, fetch, scope=walk.options.scope)
        except DiscoveryFailed as error:
            return problems[0] if problems else FetchProblem(walk.portal.url, "http_4xx", str(error))
        if first is not None and not discovery.portal.sections and (wall := challenge_of(first)):
            return FetchProblem(first.url, "waf_challenge", wall)
        walk.portal = discovery.portal
        await walk.ledger.keep_discovery(walk.portal, wide=wide)
    walk.platform = platform_of(walk.portal)
    walk.sections = {section.path: section for section in walk.portal.sections}
    if not walk.sections:
        walk.note(FetchProblem(walk.portal.url, "listing_empty", "no section with articles was found"))
    return None
