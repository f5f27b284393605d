"""Several workers on one database at once: nothing doubled, nothing split, nothing skipped."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from storage import changes, migrate, runs, writers_lock
from storage.engine import DatabaseProblem, open_database, writing
from storage.saving import save_batch
from tests.storage.texts import article, edited, report, seen

WORKERS = 8
TEXTS = 40

View = Callable[[str], list[dict[str, object]]]


def test_eight_workers_with_the_same_news_store_each_once_and_split_no_story(
    url: str, engine: Engine, view: View
) -> None:
    """Each worker crawls its own portal; all carry the same 40 texts, and an edited copy of each."""

    def crawl(worker: int) -> None:
        database = open_database(url)
        run = runs.begin(database, f"portal_{worker}")
        sightings = [
            seen(
                article(number, url=f"https://p{worker}.vn/{number}-{edition}", paragraphs=text),
                f"portal_{worker}",
                f"{number}-{edition}",
            )
            for number in range(TEXTS)
            for edition, text in enumerate((report(number), edited(report(number), 0.03, number)))
        ]
        random.Random(worker).shuffle(sightings)
        for start in range(0, len(sightings), 10):
            save_batch(database, run.id, sightings[start : start + 10])
        runs.finish(database, run.id, verdict="new", counts={}, errors={})
        database.dispose()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(crawl, range(WORKERS)))

    articles = view("articles")
    assert len(articles) == 2 * TEXTS
    assert len(view("article_copies")) == 2 * TEXTS * WORKERS
    stories = Counter(row["story_id"] for row in articles)
    assert None not in stories
    assert set(stories.values()) == {2}
    assert len(stories) == TEXTS


def test_a_reader_that_follows_the_changes_sees_every_one_in_order(url: str, engine: Engine) -> None:
    """The reader polls while four writers commit; the sequence it saw has no hole."""
    writers_done = threading.Event()
    followed: list[int] = []

    def follow() -> None:
        while True:
            last_round = writers_done.is_set()
            rows = changes.read(engine, followed[-1] if followed else 0, limit=50)
            followed.extend(row.change_seq for row in rows)
            if last_round and not rows:
                return

    def write(worker: int) -> None:
        database = open_database(url)
        for number in range(25):
            own = article(1000 * worker + number, paragraphs=report(1000 * worker + number, 4))
            save_batch(database, None, [seen(own, f"portal_{worker}")])
        database.dispose()

    with ThreadPoolExecutor(5) as pool:
        reader = pool.submit(follow)
        list(pool.map(write, range(4)))
        writers_done.set()
        reader.result(timeout=60)
    assert followed == list(range(1, 101))


def test_one_of_two_workers_that_begin_at_once_gets_the_portal(url: str, engine: Engine) -> None:
    def begin(_: int) -> bool:
        database = open_database(url)
        try:
            runs.begin(database, "a/b")
        except runs.AlreadyRunning:
            return False
        else:
            return True
        finally:
            database.dispose()

    with ThreadPoolExecutor(WORKERS) as pool:
        assert Counter(pool.map(begin, range(WORKERS))) == {True: 1, False: WORKERS - 1}


def test_programs_that_start_at_once_on_an_empty_database_all_find_the_tables(empty_url: str) -> None:
    def start(_: int) -> list[str]:
        database = open_database(empty_url)
        migrate.upgrade(database)
        problems = migrate.check(database)
        database.dispose()
        return problems

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == [[]] * 4


def test_a_writer_that_stalls_is_cut_off_and_the_others_go_on(
    url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip(
            "on SQLite the lock of a stopped process is that of its file: others wait 30 s and say so"
        )
    monkeypatch.setattr(writers_lock, "STALLED_SECONDS", 1)
    suspended = open_database(url)
    with pytest.raises(DatabaseProblem), writing(suspended) as connection:
        writers_lock.lock_writers(connection)
        save_batch(engine, None, [seen(article())])  # waits for the lock until the server takes it away
        connection.execute(text("SELECT 1"))
    suspended.dispose()
    assert len(changes.read(engine, 0)) == 1
