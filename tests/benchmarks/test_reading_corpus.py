"""The articles that benchmarks.reading measures with are indexed as the crawl would index them."""

from __future__ import annotations

import json

from benchmarks.reading_corpus import made
from storage.search_index import entry


def test_a_made_article_has_the_index_entry_that_its_row_would_get() -> None:
    lists = ("paragraphs", "organizations", "provinces_2024", "provinces_2025", "portals", "images")
    for one in made(1, 300):
        row = one.row | {name: json.loads(one.row[name]) for name in lists}
        assert one.entry == entry(row)
