"""What one page shows of whether it is a section: one article's own page, or the card of a section."""

from __future__ import annotations

from crawler.reading.markup import parse, select
from crawler.reading.page import Listing, ListingRow, Page
from crawler.reading.platform import Platform
from crawler.reading.reader import read
from spiders.candidates import SHORT_LINK
from spiders.section_names import is_headline, judge_section
from vietnam.writing import fold

_MARKS_OF_ARTICLE = 'meta[property="article:published_time"], body.single-post, body[class*="postid-"]'
"""Marks that no listing has: the publication time of Open Graph (NukeViet 4.5, SEO plugins), and
WordPress' body class of a single post."""


def is_article(page: Page, name: str, listing: Listing, platform: Platform | None) -> bool:
    """Whether a page is one article: by its own marks, or it reads as one of the ``name`` by which it was
    linked and lists no further page."""
    tree = parse(page)
    if tree is not None and select(tree, _MARKS_OF_ARTICLE):
        return True
    if listing.next is not None or not name:
        return False
    article = read(page, platform).article
    if article is None or fold(article.title) != fold(name):
        return False
    return not _is_told_by_rows([article.lead or "", *article.paragraphs], listing)


def _is_told_by_rows(texts: list[str], listing: Listing) -> bool:
    """Whether most of a text is headlines and summaries of a list: that of a section with a few articles."""
    told = [fold(text) for row in listing.rows for text in (row.title, row.lead) if text]
    size = sum(map(len, texts))
    known = sum(len(text) for text in texts if any(one in fold(text) for one in told))
    return known > size / 2


def names_section(row: ListingRow) -> bool:
    """Whether a row is the card of a section on a page that lists sections: a known name and nothing else."""
    title = row.title or ""
    if row.published_at is not None or row.lead or len(title.split()) > SHORT_LINK + 2 or is_headline(title):
        return False
    return judge_section(title, "").kind in {"front", "news"}
