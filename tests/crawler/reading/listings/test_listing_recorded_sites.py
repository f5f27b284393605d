"""Listings of the two recorded sites: every article is listed, nothing else is, and the walk ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from crawler.reading import urls
from crawler.reading.listing import read_listing
from crawler.reading.page import Listing, ListingRow
from crawler.reading.platform import Platform
from crawler.reading.sitemaps import read_sitemap
from spiders.platforms import PLATFORMS, recognise
from vietnam.writing import fold

SECTIONS = {
    "nukeviet": (
        "/hoat-dong-mat-tran/",
        "/giam-sat-phan-bien-xa-hoi/",
        "/doan-thanh-nien-cong-doan/",
        "/tin-trong-huyen/",
    ),
    "wordpress": (
        "/category/mat-tran-to-quoc/",
        "/category/cac-doan-the/",
        "/category/giam-sat-phan-bien/",
        "/category/tin-tuc-su-kien/",
    ),
}
SITES = pytest.mark.parametrize("name", list(SECTIONS))


def walk(site: Any, section: str, platform: Platform) -> Iterator[Listing]:
    path, seen = section, set[str]()
    while True:
        assert path not in seen, f"{path} came twice"
        seen.add(path)
        listing = read_listing(site.pages[path], platform)
        yield listing
        if listing.next is None:
            return
        path = listing.next.url.removeprefix(site.base)


def rows_of(site: Any, name: str, platform: Platform) -> dict[str, ListingRow]:
    found: dict[str, ListingRow] = {}
    for section in SECTIONS[name]:
        for listing in walk(site, section, platform):
            for row in listing.rows:
                found.setdefault(unquote(row.url.removeprefix(site.base)), row)
    return found


@SITES
def test_walking_the_sections_lists_every_article_and_nothing_else(
    recorded: Callable[[str], Any], name: str
) -> None:
    site = recorded(name)
    assert set(rows_of(site, name, PLATFORMS[name])) == {unquote(path) for path in site.truth}


@SITES
def test_rows_carry_the_title_and_the_publish_time(recorded: Callable[[str], Any], name: str) -> None:
    site = recorded(name)
    for path, row in rows_of(site, name, PLATFORMS[name]).items():
        truth = site.truth[path]
        assert row.title == truth.get("title_rendered", truth["title"])
        assert row.published_at is not None
        assert row.published_at.isoformat()[:16] == truth["published"][:16], path


@SITES
def test_the_lead_of_a_row_is_the_articles_whole_lead_or_none(
    recorded: Callable[[str], Any], name: str
) -> None:
    site = recorded(name)
    for path, row in rows_of(site, name, PLATFORMS[name]).items():
        # Folded: WordPress makes typographic dashes and quotes of the typed ones.
        assert row.lead is None or fold(row.lead) == fold(site.truth[path]["lead"]), path


@SITES
def test_unknown_markup_lists_the_same_articles_by_its_structure_alone(
    recorded: Callable[[str], Any], name: str
) -> None:
    site = recorded(name)
    assert set(rows_of(site, name, PLATFORMS["generic"])) == {unquote(path) for path in site.truth}


@SITES
def test_every_page_of_a_recorded_site_is_recognised(recorded: Callable[[str], Any], name: str) -> None:
    site = recorded(name)
    pages = [page for page in site.pages.values() if (page.content_type or "").startswith("text/html")]
    assert len(pages) > 100
    for page in pages:
        platform, confidence, evidence = recognise(page)[0]
        assert (platform.name, bool(evidence)) == (name, True)
        assert confidence >= 0.9


def test_an_empty_nukeviet_section_gives_no_row_of_the_most_read_box(recorded: Callable[[str], Any]) -> None:
    site = recorded("nukeviet")
    for platform in (PLATFORMS["nukeviet"], PLATFORMS["generic"], None):
        assert read_listing(site.pages["/hoi-nong-dan/"], platform).rows == ()


def test_nukeviet_feed_dates_are_days_because_their_minutes_are_the_month(
    recorded: Callable[[str], Any],
) -> None:
    site = recorded("nukeviet")
    listing = read_listing(site.pages["/rss/hoat-dong-mat-tran/"], None)
    assert len(listing.rows) == 30
    for row in listing.rows:
        truth = site.truth[unquote(row.url.removeprefix(site.base))]
        assert row.published_at is not None
        assert (row.published_precision, row.published_at.date().isoformat()) == (
            "day",
            truth["published"][:10],
        )
        assert row.published_at.hour == row.published_at.minute == 0


def test_the_nukeviet_sitemap_lists_every_article_with_its_publish_time(
    recorded: Callable[[str], Any],
) -> None:
    site = recorded("nukeviet")
    listing = read_listing(site.pages["/sitemap-vi.news.xml"], PLATFORMS["nukeviet"])
    found = {unquote(row.url.removeprefix(site.base)): row for row in listing.rows}
    assert set(found) == {unquote(path) for path in site.truth}
    for path, row in found.items():
        assert row.published_at is not None
        assert row.published_at.isoformat()[:16] == site.truth[path]["published"][:16]


def test_the_sitemap_index_names_its_children_and_no_row(recorded: Callable[[str], Any]) -> None:
    site = recorded("wordpress")
    sitemap = read_sitemap(site.pages["/wp-sitemap.xml"])
    assert sitemap is not None
    assert f"{site.base}/wp-sitemap-posts-post-1.xml" in sitemap.children
    assert sitemap.rows == ()


def test_the_wordpress_feed_carries_title_minute_and_author(recorded: Callable[[str], Any]) -> None:
    site = recorded("wordpress")
    listing = read_listing(site.pages["/category/mat-tran-to-quoc/feed/"], PLATFORMS["wordpress"])
    assert len(listing.rows) == 10
    for row in listing.rows:
        truth = site.truth[unquote(row.url.removeprefix(site.base))]
        assert row.title == truth["title_rendered"]
        assert row.published_at is not None
        assert row.published_at.isoformat() == truth["published"]
        assert row.byline == truth["author_field"]


def test_one_article_in_two_nukeviet_categories_is_one_key(recorded: Callable[[str], Any]) -> None:
    site = recorded("nukeviet")
    for path, truth in site.truth.items():
        for other in truth["alt_paths"] or []:
            assert urls.article_key(site.base + other, PLATFORMS["nukeviet"]) == str(truth["id"])
        assert urls.article_key(site.base + path, PLATFORMS["nukeviet"]) == str(truth["id"])
