"""A second look: known articles are asked for again where a page does not look like the portal's others did.

A run reads one or two articles a day: too few to tell a changed layout from an odd article. Known articles
tell at once, as one knows what they were. So it is too while an alarm of the portal's pages is up. What
comes is compared, not stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.fetching.outcomes import FetchProblem
from crawler.reading.page import ListingRow, Page
from crawler.running.drift import ENOUGH_NOW, OF_PAGES, is_odd
from crawler.running.watching import past_of
from crawler.saving import utc_now
from storage.frontier import Known
from storage.records import VIETNAM

if TYPE_CHECKING:
    from spiders.walk import Walk


async def second_look(walk: Walk) -> None:
    """Ask for ENOUGH_NOW known articles, where that is called for."""
    log = walk.tally.pages
    if len(log.pages) >= ENOUGH_NOW or not walk.options.whole or not walk.tally.counts.listed:
        return
    past = past_of(await walk.ledger.past_pages())
    odd = any(is_odd(page, past.pages) for page in log.pages)
    if not odd and not OF_PAGES & await walk.ledger.alarms_up():
        return
    read = {page.url for page in log.pages}
    known_urls = list(dict.fromkeys(page.url for page in past.pages if page.url not in read and page.day))
    known = await walk.ledger.known([walk.key(url) for url in known_urls])
    asked = came = 0
    for url in known_urls:
        article = known.get(walk.key(url))
        if article is None or article.article_id is None or is_of_today(article):
            continue
        if came >= ENOUGH_NOW or asked >= 2 * ENOUGH_NOW:
            return
        asked += 1
        outcome = await walk.fetch(url, row=ListingRow(url=url))
        if isinstance(outcome, FetchProblem):
            if outcome.error in ("http_4xx", "gone"):
                continue  # taken down since
            return
        if isinstance(outcome, Page):
            walk.tally.counts.fetched += 1
            read_now = walk.read(outcome)
            walk.tally.read(read_now)
            log.add(outcome, read_now, article.published_at)
            came += 1


def is_of_today(article: Known) -> bool:
    """Tell whether an article was published today: it cannot tell a date that is right from a wrong one."""
    published_at = article.published_at
    return (
        published_at is not None
        and published_at.astimezone(VIETNAM).date() == utc_now().astimezone(VIETNAM).date()
    )
