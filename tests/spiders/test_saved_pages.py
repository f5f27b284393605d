"""The page that is saved with a new record: read the same by today's reader, or told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from spiders.discovery import Discovery, discover
from spiders.saved_pages import changed, save
from tests.spiders.odd_sites import PlainMenu
from tests.spiders.plain_fetch import fetch


def found() -> Discovery:
    with PlainMenu() as site:
        return asyncio.run(discover(site.url, fetch, samples=1))


def test_a_saved_page_is_read_as_on_the_day_it_was_saved(tmp_path: Path) -> None:
    discovery = found()
    path = save(tmp_path, discovery.portal, discovery.samples)
    assert path is not None and path.exists()
    assert changed(tmp_path, discovery.portal) == []


def test_fields_that_are_read_otherwise_today_are_named(tmp_path: Path) -> None:
    discovery = found()
    (sample,) = discovery.samples
    assert sample.article is not None
    other = replace(sample, article=replace(sample.article, title="Tiêu đề cũ", byline="Lam Hồng"))
    save(tmp_path, discovery.portal, [other])
    assert changed(tmp_path, discovery.portal) == ["title", "byline"]


def test_without_an_article_nothing_is_saved(tmp_path: Path) -> None:
    discovery = found()
    assert save(tmp_path, discovery.portal, []) is None
    assert changed(tmp_path, discovery.portal) == []
