"""How SQLite reads the views: by an index, whatever it believes of tables that were never analysed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.databases import fresh_sqlite_database


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("articles WHERE id = ?", "sqlite_autoindex_articles_1 (public_id=?)"),
        ("articles WHERE id > ? ORDER BY id LIMIT 500", "sqlite_autoindex_articles_1 (public_id>?)"),
        ("articles WHERE published_at > ? ORDER BY published_at LIMIT 50", "ix_articles_published_at"),
        ("changes WHERE change_seq > ? ORDER BY change_seq LIMIT 500", "INTEGER PRIMARY KEY (rowid>?)"),
        ("article_copies WHERE portal = ?", "portal=?"),
        ("article_copies WHERE url = ?", "ix_copies_url (url=?)"),
        ("runs WHERE portal = ? ORDER BY started_at DESC LIMIT 30", "ix_crawl_runs_portal_started_at"),
    ],
)
def test_a_reader_reads_what_it_asks_for_and_not_the_whole(tmp_path: Path, query: str, index: str) -> None:
    fresh_sqlite_database(tmp_path, "f.db")
    reader = sqlite3.connect(f"file:{tmp_path / 'f.db'}?mode=ro", uri=True)
    plan = [row[3] for row in reader.execute(f"EXPLAIN QUERY PLAN SELECT * FROM v1_{query}", ("x",))]
    reader.close()
    assert index in plan[0]
    assert not [step for step in plan if "TEMP B-TREE" in step or step.startswith("SCAN")]
