"""The first articles of a new site: read, shown to a person, and what they let us expect of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, pairwise
from statistics import median

from crawler.reading.page import Listing, ListingRow, Page
from crawler.reading.platform import Platform
from crawler.reading.reader import read
from crawler.tagging import tag
from storage.portals import Portal
from storage.records import Article

SHARE_LISTED = 0.5
"""Of the articles on the first pages: a run that lists fewer has lost a listing."""
SILENT_GAPS = 6
SILENT_DAYS = 30
"""A portal is silent after six of its usual gaps; nothing is said of one that is slower than a month."""
LEAST_DATED = 5
FILLED = {"filled_title": 0.9, "filled_date": 0.9, "filled_body": 0.8}
"""Shares expected of articles where all samples have the field: a few pages of photos have no text."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One article's page and what the reader made of it: None where it is no article."""

    page: Page
    article: Article | None
    reason: str | None = None


def read_sample(page: Page, row: ListingRow, platform: Platform | None) -> Sample:
    """Read one article as a crawl would."""
    reading = read(replace(page, row=row), platform)
    if reading.article is None:
        return Sample(page, None, f"not an article but {reading.kind}")
    return Sample(page, tag(reading.article))


def pick(listings: Iterable[Listing], count: int, own: frozenset[str]) -> list[ListingRow]:
    """Rows to read: the first of each listing, then the second of each, ``count`` in all. ``own`` are the
    addresses that count as articles of the site."""
    rows = [[row for row in listing.rows if row.url in own] for listing in listings]
    longest = max(map(len, rows), default=0)
    in_turn = chain.from_iterable((some[n] for some in rows if n < len(some)) for n in range(longest))
    return list({row.url: row for row in in_turn}.values())[:count]


def with_expectations(
    portal: Portal, listings: Sequence[Listing], samples: Sequence[Sample], now: datetime
) -> Portal:
    """Return the record with what a later run is held against, from the first pages and the articles read.

    Nothing is expected of what the site did not show: no age of an archive that sleeps already, no date of
    articles that print none.
    """
    rows = {row.url: row for listing in listings for row in listing.rows}
    articles = [sample.article for sample in samples if sample.article is not None]
    has = {
        "filled_title": bool(articles),
        "filled_date": bool(articles) and all(a.published_at for a in articles),
        "filled_body": bool(articles) and all(a.paragraphs for a in articles),
    }
    shares = {name: share for name, share in FILLED.items() if has[name]}
    return replace(
        portal,
        minimum_listed=max(1, int(len(rows) * SHARE_LISTED)) if rows else None,
        newest_within=_newest_within(rows.values(), now),
        filled_title=shares.get("filled_title"),
        filled_date=shares.get("filled_date"),
        filled_body=shares.get("filled_body"),
    )


def _newest_within(rows: Iterable[ListingRow], now: datetime) -> int | None:
    days = sorted((now - row.published_at).days for row in rows if row.published_at is not None)
    if len(days) < LEAST_DATED:
        return None
    usual = median(later - earlier for earlier, later in pairwise(days))
    bound = max(SILENT_DAYS, round(SILENT_GAPS * usual))
    return bound if days[0] <= bound / 2 else None
