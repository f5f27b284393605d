"""Older articles that no list shows: those that are linked at the foot of the ones that a list shows.

Asked for only where a section's list has one page that looks full. Nothing says that such a link stays in the
section, so that each of these articles must earn its place by itself, and only the feet of those that did
lead on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.reading.foot_links import foot_links
from crawler.reading.page import Listing, ListingRow, Page
from crawler.reading.platform import Platform
from crawler.running.large_pages import read_beside
from storage.frontier import Queued

if TYPE_CHECKING:
    from spiders.walk import Walk

CUT, FOOT = "cut", "foot"
"""What an article is queued as (storage.frontier.Queued): one of a list that may be cut, and one that stands
at the foot of another. Of both the foot is read, also by the walk that goes on after one was killed."""
ROWS = 10
"""Articles of a page, where there is none."""
FULL = 5
"""Rows from which on a list of one page may have been cut; a shorter one has all that there is."""


def may_be_cut(listing: Listing, rows: int, platform: Platform | None) -> bool:
    """Whether a section's first page may show less than there is. Not where the platform's pages are known to
    turn, nor on a sitemap, which has no titles."""
    if platform is not None and (platform.listing.page_url is not None or platform.read_listing is not None):
        return False
    has_titles = any(row.title for row in listing.rows)
    return listing.next is None and not listing.maps and has_titles and rows >= FULL


async def queue_feet(walk: Walk, queued: Queued, page: Page) -> None:
    """Queue what stands at the foot of an article that is kept, before it is saved: a walk that is killed
    then leaves the way on."""
    if queued.kind not in (CUT, FOOT) or queued.section is None or walk.backfill is not None:
        return
    links = {walk.key(row.url): row for row in await read_beside(page, foot_links, walk.platform)}
    new = {key: row for key, row in links.items() if key not in walk.met and walk.hosts.cover(row.url)}
    known = await walk.ledger.known(new)
    found = [
        Queued(key=key, url=row.url, section=queued.section, kind=FOOT)
        for key, row in new.items()
        if key not in known
    ]
    await walk.ledger.queue(found)
    walk.feet[queued.section] += found


async def follow_feet(walk: Walk) -> None:
    """Fetch what was queued so, and what that leads on to: as much in a section as its further pages would
    have had. After all sections, for what a list shows is that section's, on whatever subject."""
    for section, feet in list(walk.feet.items()):
        account = walk.tally.sections.get(section)
        left = (walk.options.pages - 1) * ROWS
        while feet and left > 0:
            queued = feet.popleft()
            if queued.key in walk.met:
                continue
            left -= 1
            if account is not None:
                account.new += 1
            await walk.article(queued, ListingRow(url=queued.url))
