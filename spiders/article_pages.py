"""From an article's page to what is kept of it: shared by the walk, ``reprocess`` and ``archive import``."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from crawler.archive.records import digest_of
from crawler.fetching.outcomes import ErrorClass, FetchProblem
from crawler.reading import pdf
from crawler.reading.further_pages import Pages
from crawler.reading.page import Page, PageKind
from crawler.reading.platform import Platform
from crawler.reading.reader import read
from crawler.tagging import home_of, tag
from storage.portals import Portal, Section
from storage.records import Article, Sighting
from vietnam.values import changed

logger = logging.getLogger(__name__)

ERROR_OF_KIND: dict[PageKind, ErrorClass] = {
    "soft404": "soft_404",
    "login": "auth_wall",
    "waf": "waf_challenge",
    "document": "not_html",
}


def read_article(page: Page, portal: Portal, platform: Platform | None) -> Article | FetchProblem:
    """Read and tag an article's page. A fault of ours costs this page, not the portal.

    A further page of an article is not tagged: the whole is.
    """
    try:
        reading = read(page, platform, site_name=portal.name)
        if reading.article is not None:
            return reading.article if page.part_of else tagged(reading.article, portal)
    except Exception as error:
        logger.exception("%s: a fault of the reader", page.url)
        return FetchProblem(page.url, "internal", f"{type(error).__name__}: {error}", page.status)
    kind = ERROR_OF_KIND.get(reading.kind, "parse_incomplete")
    reason = f"not an article but {reading.kind}" + (f": {reading.reason}" if reading.reason else "")
    return FetchProblem(page.url, kind, reason, page.status)


def with_kept_pages(
    article: Article,
    portal: Portal,
    kept: Callable[[str], Page | None],
    platform_of: Callable[[Page], Platform | None],
) -> tuple[Article, dict[str, Page]]:
    """An article with the text of its further pages, tagged anew; and these, by their addresses in its pager.

    They are taken until one is not ``kept`` (asked by its address) or is no page of the article.
    """
    pages = Pages(article)
    joined: dict[str, Page] = {}
    while (url := pages.next) is not None and (page := kept(url)) is not None:
        part = read_article(replace(page, part_of=article.url), portal, platform_of(page))
        if isinstance(part, FetchProblem) or not pages.is_part(part):
            break
        pages.add(part)
        joined[url] = page
    return (tagged(pages.article, portal) if pages.count > 1 else article), joined


def with_text_of_files(article: Article, portal: Portal, files: Mapping[str, bytes]) -> Article:
    """An article with the text of its PDFs, tagged anew; ``files``: bytes by the addresses of pdf.wanted."""
    return tagged(pdf.with_text(article, files), portal)


def tagged(article: Article, portal: Portal) -> Article:
    """An article tagged by what the portal's record says of its place and owner."""
    return tag(article, home=home_of(portal), owner=portal.owner)


def sighting_of(
    article: Article, page: Page, portal: str, key: str, section: Section | None, *, look: bool = False
) -> Sighting:
    """The article as it is handed to storage; the section's name is the record's where the page has none.
    ``look``: as in Sighting."""
    if article.section is None and section is not None and section.name is not None:
        found = article.provenance | {"section": "listing"}
        article = changed(article, section=section.name, provenance=found)
    return Sighting(
        portal=portal,
        key=key,
        article=article,
        fetched_at=page.fetched_at,
        etag=page.headers.get("etag"),
        last_modified=page.headers.get("last-modified"),
        digest=page.digest or digest_of(page.body),
        look=look,
    )


def is_wanted(article: Article, section: Section | None) -> bool:
    """Whether an article is kept by the scope ``front``: all of a ``front`` section, and what is relevant."""
    return article.relevant or (section is not None and section.scope == "front")
