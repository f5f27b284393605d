"""Put the articles of benchmarks.reading_corpus straight into the tables of either database.

storage.saving takes 2 ms an article; here they are written in bulk and the indexes are made afterwards. What
comes of it is what saving would have left, but for what saving alone looks at (the hash and the signature of
the words, the owners of texts, the buckets of near-copies): a test compares every view and the search index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import psycopg
from sqlalchemy import Engine

from benchmarks.reading_corpus import COLUMNS, PORTALS, SEED, Corpus, Made
from storage.columns import now
from storage.search_index import copy_words
from storage.tables import article_organizations, article_places, articles, changes, copies
from tests.dashboard.seed import seed

Row = Sequence[object]

_HASH = 64 << 20
"""Bytes that FTS5 gathers before it writes a segment; its own 1 MB would leave a thousand of them."""


def load(engine: Engine, count: int, until: datetime | None = None) -> None:
    """Fill the empty tables of ``engine``: portals with three weeks of runs, then ``count`` articles."""
    seed(engine, portals=PORTALS, articles=0, days=21, number=SEED)
    fill(engine, Corpus(count, until or now()))


def fill(engine: Engine, corpus: Corpus) -> None:
    """Write the articles of a corpus."""
    if engine.dialect.name == "sqlite":
        engine.dispose()  # nobody else may have the file open while it has no journal
        _fill_sqlite(str(engine.url.database), corpus)
    else:
        _fill_postgresql(
            engine.url.set(drivername="postgresql").render_as_string(hide_password=False), corpus
        )


def _tables(corpus: Corpus, some: Sequence[Made]) -> Iterator[tuple[str, Sequence[str], Iterable[Row]]]:
    """(table, columns, rows) of some articles: all but the search index."""
    rows = list(map(corpus.row, some))
    yield articles.name, COLUMNS, rows
    yield (
        copies.name,
        ("portal", "key", "article_id", "url", "title", "section", "published_at", "words", "first_seen_at",
         "last_seen_at"),
        [
            (made.place.portal, str(made.id), made.id, row[_URL], row[_TITLE], row[_SECTION],
             row[_PUBLISHED], row[_WORDS], row[_SEEN], row[_SEEN])
            for made, row in zip(some, rows, strict=True)
        ],
    )  # fmt: skip
    columns = ("article_id", "organization")
    yield article_organizations.name, columns, [(made.id, made.organization) for made in some]
    yield (
        article_places.name,
        ("article_id", "level", "name"),
        [
            (made.id, level, name)
            for made in some
            for level, name in (
                ("districts_2024", made.place.district),
                ("provinces_2024", made.place.province),
                ("provinces_2025", made.place.new_province),
            )
        ],
    )
    yield (
        changes.name,
        ("change_seq", "article_id", "op", "revision", "changed_at", "public_id"),
        [
            (made.id, made.id, "insert", 1, row[_SEEN], row[_PUBLIC_ID])
            for made, row in zip(some, rows, strict=True)
        ],
    )


_PUBLIC_ID, _URL, _TITLE, _SECTION, _PUBLISHED, _WORDS, _SEEN = map(
    COLUMNS.index, ("public_id", "url", "title", "section", "published_at", "words", "first_seen_at")
)
_FILLED = (articles, copies, article_organizations, article_places, changes)


def _fill_sqlite(path: str, corpus: Corpus) -> None:
    """FTS5 begins a segment for every rowid below the one before, so its rows come in their own order."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "locking_mode=EXCLUSIVE"):
            connection.execute(f"PRAGMA {pragma}")
        names = ", ".join(f"'{table.name}'" for table in _FILLED)
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master "
            f"WHERE type = 'index' AND sql <> '' AND tbl_name IN ({names})"
        ).fetchall()
        connection.execute("BEGIN")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        for some in corpus.stored():
            for table, columns, rows in _tables(corpus, some):
                connection.executemany(_insert(table, columns), rows)
        for _, statement in indexes:
            connection.execute(statement)
        hash_size = "INSERT INTO article_search (article_search, rank) VALUES ('hashsize', ?)"
        connection.execute(hash_size, (_HASH,))
        words = _insert("article_search", ("rowid", "title", "body", "marks"))
        keys = _insert("article_search_keys", ("article_id", "key", "facets"))
        for some in corpus.published():
            entries = list(map(corpus.entry, some))
            connection.executemany(words, ((e.key, e.title, e.body, " ".join(e.marks)) for e in entries))
            connection.executemany(keys, ((e.id, e.key, e.facets) for e in entries))
        connection.execute("COMMIT")
        connection.execute(hash_size, (1 << 20,))
        connection.execute("PRAGMA locking_mode=NORMAL")
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _fill_postgresql(address: str, corpus: Corpus) -> None:
    names = [*(table.name for table in _FILLED), "article_search", "article_search_keys"]
    with psycopg.connect(address) as server:
        server.execute("SET session_replication_role = replica")  # no look at foreign keys, row by row
        server.execute("SET maintenance_work_mem = '1GB'")
        indexes = server.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
            "WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique", [names],
        ).fetchall()  # fmt: skip
        for name, _ in indexes:
            server.execute(f"DROP INDEX {name}")
        for some in corpus.stored():
            for table, columns, rows in _tables(corpus, some):
                _copy(server, table, columns, rows)
            entries = list(map(corpus.entry, some))
            keys = ((e.id, e.key, e.facets) for e in entries)
            _copy(server, "article_search_keys", ("article_id", "key", "facets"), keys)
            copy_words(server.cursor(), entries)
        for _, definition in indexes:
            server.execute(definition)
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("VACUUM ANALYZE")


def _copy(server: psycopg.Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with server.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as into:
        for row in rows:
            into.write_row(row)
