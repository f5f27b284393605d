"""A second look: known articles are asked for again, and compared with what they were.

A run reads one or two articles a day: too few to tell a changed layout from an odd article. Known articles
tell at once. So a run with news asks for one of them too, if it has not read one anyway: a request for each
new article of a quiet portal, where its polls take ten times as many. Where a page does not look like the
portal's others did, or an alarm of its pages is up, ENOUGH_NOW are asked for. What comes is not stored.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from crawler.fetching.outcomes import FetchProblem
from crawler.reading.page import ListingRow, Page
from crawler.running.drift import ENOUGH_BEFORE, ENOUGH_NOW, OF_PAGES, is_odd
from crawler.running.page_facts import PageFacts
from crawler.running.watching import past_of
from crawler.utc import utc_now
from storage.frontier import Known
from vietnam.stamps import VIETNAM

if TYPE_CHECKING:
    from spiders.walk import Walk


async def second_look(walk: Walk) -> None:
    """Ask for known articles where that is called for: for one, and for ENOUGH_NOW if something is odd."""
    log = walk.tally.pages
    if not walk.options.whole or not walk.tally.counts.listed:
        return
    before = past_of(await walk.ledger.past_pages()).pages
    urls = {page.url for page in before}
    again = sum(page.url in urls for page in log.pages)
    if again >= ENOUGH_NOW:
        return
    few = len(log.pages) < ENOUGH_NOW  # of many pages one is odd by chance
    worried = few and any(is_odd(page, before) for page in log.pages)
    worried = worried or bool(OF_PAGES & await walk.ledger.alarms_up())
    unproven = bool(log.pages) and not again and len(before) >= ENOUGH_BEFORE
    if not worried and not unproven:
        return
    async with aclosing(known_again(walk, before)) as pages:
        async for page in pages:
            worried = worried or is_odd(page, before)
            if not worried:
                return


async def known_again(walk: Walk, before: Sequence[PageFacts]) -> AsyncGenerator[PageFacts]:
    """Ask again for up to ENOUGH_NOW of the articles that good runs read ``before``, the latest first."""
    log = walk.tally.pages
    read = {page.url for page in log.pages}
    known_urls = list(dict.fromkeys(page.url for page in before if page.url not in read and page.day))
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
            if walk.key(outcome.url) != article.key:
                continue  # sent elsewhere: perhaps taken down, and no page of this layout
            walk.tally.counts.fetched += 1
            read_now = await walk.read(outcome)
            walk.tally.read(read_now)
            came += 1
            facts = log.add(outcome, read_now, article.published_at)
            if facts is not None:
                yield facts


def is_of_today(article: Known) -> bool:
    """Tell whether an article was published today: it cannot tell a date that is right from a wrong one."""
    published_at = article.published_at
    return (
        published_at is not None
        and published_at.astimezone(VIETNAM).date() == utc_now().astimezone(VIETNAM).date()
    )
