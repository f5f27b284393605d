"""What stands first among more matches than are ranked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile

import pytest
from sqlalchemy import Engine

from benchmarks.reading_corpus import Corpus
from benchmarks.reading_load import fill
from storage.engine import open_database
from storage.facets import Filters
from storage.saving import save_batch
from storage.search import COUNTED, RANKED, RANKED_TITLES, Results, search
from tests.databases import dropped, fresh_postgresql_database, fresh_sqlite_database
from tests.storage.texts import article, seen
from vietnam.writing import unaccented

UNTIL = datetime(2026, 11, 20, tzinfo=UTC)
OLD = datetime(2001, 1, 1, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """700 articles whose texts name a thôn and whose titles do not; and older ones whose titles do."""
    folder = tmp_path_factory.mktemp("archive")
    if request.param == "sqlite":
        yield _filled(fresh_sqlite_database(folder))
        return
    server = request.getfixturevalue("postgresql")
    with dropped(fresh_postgresql_database(server)) as url:
        engine = _filled(url)
        yield engine
        engine.dispose()


def _filled(url: str) -> Engine:
    engine = open_database(url)
    fill(engine, Corpus(700, UNTIL))
    titles = ["Thôn Một giữ gìn nếp nhà"] + [f"Cây thon thứ {n}" for n in range(RANKED_TITLES + 5)]
    save_batch(
        engine,
        None,
        [
            seen(
                article(
                    n,
                    url=f"https://cu.vn/{n}",
                    title=title,
                    paragraphs=(f"Tin cũ số {n} của xã.",),
                    published_at=OLD + timedelta(hours=n),
                    organizations=("HND",),
                )
            )
            for n, title in enumerate(titles)
        ],
    )  # fmt: skip
    return engine


def test_an_old_title_with_the_words_comes_before_newer_texts(archive: Engine) -> None:
    found = search(archive, "thon")
    assert found.is_more
    assert all("thon" in unaccented(hit.title.text).split() for hit in found.hits)
    assert sum("cu.vn" in hit.url for hit in found.hits) > 15


def test_an_old_title_with_the_accents_comes_before_newer_titles_without(archive: Engine) -> None:
    found = search(archive, "thôn")
    assert found.is_more
    assert "https://cu.vn/0" in _leading(found, "thôn")


def test_so_does_it_where_all_matches_are_counted_and_not_all_are_ranked(archive: Engine) -> None:
    found = search(archive, "thôn", Filters(organization="HND"))
    assert RANKED < found.total <= COUNTED
    assert not found.is_more
    assert "https://cu.vn/0" in _leading(found, "thôn")


def test_a_phrase_is_looked_for_among_titles_too(archive: Engine) -> None:
    assert search(archive, '"thôn một"').hits[0].url == "https://cu.vn/0"
    assert [hit.url for hit in search(archive, '"một thôn"').hits if "cu.vn" in hit.url] == []


def _leading(found: Results, word: str) -> list[str]:
    """The addresses of the hits before the first one whose title has not the word."""
    return [hit.url for hit in takewhile(lambda hit: word in hit.title.text.casefold().split(), found.hits)]
