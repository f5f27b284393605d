"""The database that benchmarks.reading measures is the one that saving its articles would have left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from benchmarks.reading_corpus import Corpus
from benchmarks.reading_load import fill
from storage import changes, migrate
from storage.articles_query import page
from storage.engine import open_database, reading
from storage.facets import Filters
from storage.saving import save_batch
from storage.search import search
from storage.views import view_name
from tests.databases import administer
from tests.postgres import running_postgresql

COUNT = 200
UNTIL = datetime(2026, 11, 20, tzinfo=UTC)

OF_THE_DAY = {"first_seen_at", "last_seen_at", "seen_at", "changed_at"}
"""A made database says that it was filled over a year, a saved one that it was today."""


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Engine]]:
    """A database written in bulk, and one of saved articles."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("databases")
        yield list(_filled([f"sqlite:///{folder / name}.db" for name in ("bulk", "saved")]))
        return
    with running_postgresql() as server:
        for name in ("bulk", "saved"):
            administer(server, f"CREATE DATABASE {name}")
        engines = list(_filled([server.replace("/postgres?", f"/{name}?", 1) for name in ("bulk", "saved")]))
        yield engines
        for engine in engines:
            engine.dispose()


def _filled(urls: list[str]) -> Iterator[Engine]:
    corpus = Corpus(COUNT, UNTIL)
    for number, url in enumerate(urls):
        engine = open_database(url)
        migrate.upgrade(engine)
        if number == 0:
            fill(engine, corpus)
        else:
            for some in corpus.stored(50):
                save_batch(engine, None, [corpus.sighting(made) for made in some])
        yield engine


@pytest.mark.parametrize(
    "name",
    ["articles", "article_copies", "article_revisions", "article_organizations", "article_places", "stories",
     "changes"],
)  # fmt: skip
def test_every_view_shows_the_same(pair: list[Engine], name: str) -> None:
    bulk, saved = (_rows(engine, name) for engine in pair)
    assert bulk == saved
    assert bulk or name == "stories"


def test_the_search_index_is_the_same(pair: list[Engine]) -> None:
    bulk, saved = (_index(engine) for engine in pair)
    assert len(bulk) >= COUNT
    assert bulk == saved


def test_what_is_asked_is_answered_alike(pair: list[Engine]) -> None:
    queries = ("ủy ban", "hoi nong dan", '"tặng quà"', "xã", "phiên họp -camera")
    hits = [
        [
            (query, [hit.url for hit in search(engine, query).hits], search(engine, query).total)
            for query in queries
        ]
        for engine in pair
    ]
    assert hits[0] == hits[1]
    assert all(found for _, found, _ in hits[0])
    lists = [page(engine, Filters(organization="MTTQ"), limit=20) for engine in pair]
    assert lists[0].last == lists[1].last is not None
    feeds = [[(c.change_seq, c.op) for c in changes.read(engine, 0)] for engine in pair]
    assert feeds[0] == feeds[1]


def test_nothing_is_wrong_with_the_database(pair: list[Engine]) -> None:
    assert migrate.check(pair[0]) == []


def test_a_filled_database_can_be_crawled_into(pair: list[Engine]) -> None:
    made = next(Corpus(COUNT + 1, UNTIL).stored(COUNT + 1))[-1]
    for engine in pair:
        saved = save_batch(engine, None, [Corpus(COUNT + 1, UNTIL).sighting(made)])
        with reading(engine) as connection:
            assert changes.last_seq(connection) == COUNT + 1, saved


def _rows(engine: Engine, name: str) -> list[dict[str, object]]:
    """The rows of a view, in an order of their own, with the address of an article in the place of its id."""
    with reading(engine) as connection:
        dialect = engine.dialect.name
        query = text(f"SELECT id, url FROM {view_name('articles', dialect)}")
        address: dict[object, object] = {row.id: row.url for row in connection.execute(query)}
        found = connection.execute(text(f"SELECT * FROM {view_name(name, dialect)}")).mappings()
        rows = [
            {
                key: address.get(value, value) if key in ("id", "article_id") else value
                for key, value in row.items()
                if key not in OF_THE_DAY
            }
            for row in found
        ]
    return sorted(rows, key=repr)


def _index(engine: Engine) -> list[tuple[object, ...]]:
    words = "key, CAST(words AS text)" if engine.dialect.name == "postgresql" else "rowid, title, body, marks"
    queries = (
        f"SELECT {words} FROM article_search ORDER BY 1",
        "SELECT article_id, key, facets FROM article_search_keys ORDER BY 1",
    )
    with reading(engine) as connection:
        return [tuple(row) for query in queries for row in connection.execute(text(query))]
