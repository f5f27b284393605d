"""The site that speed is measured on: pages as large as real ones, distinct, and read right."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from benchmarks import speed_site
from crawler.reading.listing import read_listing
from crawler.reading.page import Page
from crawler.reading.reader import read
from spiders.platforms import PLATFORMS

AT = datetime(2026, 11, 21, 3, tzinfo=UTC)
SHAPES = speed_site.shapes(720)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.portal.platform)
def test_an_article_is_read_as_it_was_written(shape: speed_site.Shape) -> None:
    platform = PLATFORMS[shape.portal.platform]
    for number in range(shape.first, shape.first + speed_site.VARIANTS):
        address = f"https://x.example.vn{shape.path(number)}"
        body = shape.answer(shape.path(number))
        assert body is not None
        assert 0.9 * speed_site.SIZE <= len(body) <= 1.1 * speed_site.SIZE
        article = read(Page(address, body, AT, "text/html; charset=utf-8"), platform).article
        assert article is not None
        wanted = speed_site.written(number)
        assert (article.title, article.lead) == (wanted.title, wanted.lead)
        assert [text for text in article.paragraphs if text in wanted.paragraphs] == list(wanted.paragraphs)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.portal.platform)
def test_its_listing_leads_to_every_article(shape: speed_site.Shape) -> None:
    platform = PLATFORMS[shape.portal.platform]
    found: list[str] = []
    target: str | None = shape.listing_path
    while target is not None:
        body = shape.answer(target)
        assert body is not None
        listing = read_listing(Page(f"https://x.example.vn{target}", body, AT, "text/html"), platform)
        found += [row.url.removeprefix("https://x.example.vn") for row in listing.rows]
        target = listing.next.url.removeprefix("https://x.example.vn") if listing.next else None
    assert set(found) == set(shape.numbers)


def test_what_is_not_there_is_not_answered() -> None:
    assert SHAPES[0].answer("/khong-co.html") is None
    assert SHAPES[0].answer(f"{SHAPES[0].listing_path}?x=1") is None
