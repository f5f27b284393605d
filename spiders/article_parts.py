"""What an article has besides its page, on a walk: the further pages of its text, and the PDFs that hold it.

Both are asked for with the crawl's manners and archived as files of the article. What does not come leaves a
new article without it (a page that may come yet is waited for, once, until the next crawl); of a known one
that would store its text as deleted, so there it is a failure, and what was taken down leaves the article as
it is.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.fetching.outcomes import NO_LONGER, PASSING, FetchProblem
from crawler.reading import pdf
from crawler.reading.further_pages import Pages
from crawler.reading.page import ListingRow, Page
from spiders.article_pages import tagged, with_text_of_files
from storage.frontier import Queued
from storage.records import Article, pages_in

if TYPE_CHECKING:
    from spiders.walk import Walk

logger = logging.getLogger(__name__)


async def with_parts(walk: Walk, article: Article, queued: Queued) -> Article | FetchProblem | None:
    """The article with the text of its further pages and its files; None: it is to be left as it is."""
    whole = await _with_pages(walk, article, queued) if article.further_pages else article
    if isinstance(whole, Article) and pdf.wanted(whole) and pdf.is_installed():
        return await _with_files(walk, whole, queued)
    return whole


async def _with_pages(walk: Walk, article: Article, queued: Queued) -> Article | FetchProblem | None:
    """The article with the text of the pages that it goes on at, until one does not come."""
    pages = Pages(article)
    while (url := pages.next) is not None:
        part = await _page(walk, article, queued, url)
        if isinstance(part, Article) and not pages.is_part(part):
            part = FetchProblem(url, "parse_incomplete", f"another article stands there: {part.title[:80]}")
        if isinstance(part, Article):
            pages.add(part)
            continue
        logger.warning("%s: page %d of it did not come: %s", article.url, pages.count + 1, part)
        is_first_try = queued.kind != "recheck" and queued.key not in walk.left
        if part.error == "rate_limited" or (is_first_try and part.error in PASSING):
            return part  # the article stays queued: the next crawl may find it whole
        if queued.kind == "recheck" and pages_in(await walk.ledger.text_from(queued.key)) > pages.count:
            return _lost(part)
        break
    return tagged(pages.article, walk.portal) if pages.count > 1 else article


async def _page(walk: Walk, article: Article, queued: Queued, url: str) -> Article | FetchProblem:
    """What stands on a further page."""
    row = ListingRow(url=url)  # the archive knows the page by the address that the pager has
    outcome = await walk.fetch(url, row=row, queued=queued, part=True)
    if isinstance(outcome, Page):
        return await walk.read(replace(outcome, part_of=article.url))
    return (
        outcome if isinstance(outcome, FetchProblem) else FetchProblem(url, "protocol", "answered 304", 304)
    )


async def _with_files(walk: Walk, article: Article, queued: Queued) -> Article | FetchProblem | None:
    """The article with the text of its PDFs, read in a thread: other portals go on."""
    files: dict[str, bytes] = {}
    for file in pdf.wanted(article):
        row = ListingRow(url=file.url)  # the archive knows the file by the address that the page has
        outcome = await walk.fetch(file.url, row=row, queued=queued, file=True)
        if isinstance(outcome, Page):
            files[file.url] = outcome.body
        elif isinstance(outcome, FetchProblem):
            logger.warning("%s: its file did not come: %s", article.url, outcome)
            if queued.kind == "recheck":
                return _lost(outcome)
    return await asyncio.to_thread(with_text_of_files, article, walk.portal, files)


def _lost(problem: FetchProblem) -> FetchProblem | None:
    """What a known article comes to without a part of it: nothing new where that was taken from us."""
    if problem.status in NO_LONGER or problem.error in ("soft_404", "robots_disallow"):
        return None
    return replace(problem, status=None)
