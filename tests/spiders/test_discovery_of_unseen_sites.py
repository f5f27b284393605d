"""From an address to sections and right records, over made-up sites of the platforms that portals run on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from crawler.reading.page import Page
from crawler.reading.reader import read
from spiders.discovery import BUDGET, SAMPLES, discover
from spiders.platforms import PLATFORMS
from tests.spiders.plain_fetch import fetch
from tests.spiders.unseen.all import UNSEEN
from tests.spiders.unseen.judging import faults
from tests.spiders.unseen.site import Unseen
from tests.spiders.unseen.stories import Story

EACH = 5
"""Articles of a section that are read: with a caption and without, with a file and without."""


@pytest.mark.parametrize("made", UNSEEN, ids=lambda made: made.__name__)
def test_a_site_of_a_known_platform_is_found_with_its_sections_and_its_pages(made: type[Unseen]) -> None:
    with made() as site:
        found = asyncio.run(discover(site.url, fetch, samples=SAMPLES))
    assert {section.path: section.scope for section in found.portal.sections} == site.expected()
    assert found.portal.platform == site.platform
    assert (found.paging == "verified") == site.turns
    assert found.requests <= BUDGET
    assert (found.portal.owner, found.portal.district_2024) == site.owner


@pytest.mark.parametrize("made", UNSEEN, ids=lambda made: made.__name__)
def test_its_articles_are_read_with_all_their_parts(made: type[Unseen]) -> None:
    with made() as site:
        stories = [story for some in site.news.values() for story in some[:EACH]]
        records = [record for story in stories for record in _read(site, story)]
        assert len(records) == len(stories)
        assert faults(site, records) == []


def _read(site: Unseen, story: Story) -> list[Mapping[str, object]]:
    url = site.at(site.article_path(story))
    page = Page(url, site.article(story).encode(), datetime.now(UTC))
    article = read(page, PLATFORMS.get(site.platform)).article
    if article is None:
        return []
    told = asdict(article)
    lists = {name: list(told[name]) for name in ("paragraphs", "captions", "images", "attachments")}
    return [told | lists | {"urls": [url], "byline": article.byline}]
