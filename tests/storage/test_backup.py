"""Backups taken while others write, restores into empty places, and readers who carry on."""

from __future__ import annotations

import itertools
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text

from storage import backup as backups
from storage import changes, migrate, runs, typed
from storage.backup import Exists, backup, restore
from storage.engine import DatabaseProblem, open_database
from storage.saving import save_batch
from tests.databases import drop_postgresql_database, empty_postgresql_database
from tests.storage.filling import content, fill
from tests.storage.texts import article, report, seen

Place = Callable[[], str]


@pytest.fixture
def place(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """Addresses of places of the same kind in which there is nothing yet."""
    opened = []

    def make() -> str:
        if engine.dialect.name == "sqlite":
            return f"sqlite:///{tmp_path / f'place-{len(list(tmp_path.iterdir()))}.db'}"
        opened.append(empty_postgresql_database(request.getfixturevalue("postgresql")))
        return opened[-1]

    yield make
    for address in opened:
        drop_postgresql_database(address)


@contextmanager
def database(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def plain(url: str) -> Iterator[sqlite3.Connection | psycopg.Connection]:
    """A connection as a downstream program has it."""
    if url.startswith("sqlite"):
        connection: sqlite3.Connection | psycopg.Connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    else:
        connection = psycopg.connect(url, autocommit=True)
    try:
        yield connection
    finally:
        connection.close()


def test_every_row_of_every_table_comes_back(engine: Engine, place: Place, tmp_path: Path) -> None:
    with engine.begin() as connection:
        fill(connection)
        before = content(connection)
    made = backup(engine, tmp_path / "copy")
    assert (made.migration, made.articles, made.last_change_seq) == (migrate.head(), 3, 3)
    restored = restore(there := place(), made.path)
    assert restored.articles == 3
    with database(there) as copy, copy.connect() as connection:
        after = content(connection)
        assert migrate.check(copy) == []
    assert after.pop("changes")["change_seq"] == [1, 2, 3, 3 + backups.LEAP]
    of_before = [name in before["meta"]["name"] for name in after["meta"]["name"]]
    after["meta"] = {name: [*itertools.compress(values, of_before)] for name, values in after["meta"].items()}
    changes = before.pop("changes")
    assert changes["change_seq"] == [1, 2, 3]
    assert after == before


def test_a_restored_database_is_crawled_on(engine: Engine, place: Place, tmp_path: Path) -> None:
    """Numbers go on, duplicates are known, and search finds what was found before."""
    save_batch(engine, None, [seen(article(number)) for number in range(4)])
    first = runs.begin(engine, "a/b")
    runs.finish(engine, first.id, verdict="new", counts={}, errors={})
    restore(there := place(), backup(engine, tmp_path / "copy").path)
    with database(there) as copy:
        assert runs.begin(copy, "a/b").id > first.id
        outcomes = [row.outcome for row in save_batch(copy, None, [seen(article(n)) for n in (3, 4)])]
        assert outcomes == ["unchanged", "new"]
        with copy.connect() as connection:
            indexed = connection.scalar(text("SELECT count(*) FROM article_search"))
        assert indexed == 5


def test_a_reader_carries_on_across_a_backup_and_a_restore_while_a_writer_writes(
    engine: Engine, url: str, place: Place, tmp_path: Path
) -> None:
    """Three readers: one behind the backup, one that was there too, one that saw what was lost."""
    numbers = itertools.count()
    stop = threading.Event()

    def write(to: Engine) -> None:
        number = next(numbers)
        save_batch(to, None, [seen(article(number))])
        if number % 3 == 0:
            save_batch(to, None, [seen(article(number // 2, paragraphs=report(number // 2, 9 + number % 4)))])

    def write_on() -> None:
        while not stop.is_set():
            write(engine)

    for _ in range(4):
        write(engine)
    behind: dict[str, object] = {}
    with plain(url) as source:
        behind_at = follow(source, behind, 0)
    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        made = backup(engine, tmp_path / "copy")
        while (ahead := last_change(engine)) <= made.last_change_seq + 5:
            pass
    finally:
        stop.set()
        writer.join()
    assert made.last_change_seq >= behind_at
    ahead = last_change(engine)

    restore(there := place(), made.path)
    with database(there) as copy, plain(there) as source:
        for _ in range(5):
            write(copy)
        follow(source, behind, behind_at)
        assert behind == truth(source), "the reader behind missed nothing"
        for cursor in (made.last_change_seq + 1, ahead):
            with pytest.raises(typed.SnapshotNeeded, match="was lost") as caught:
                follow(source, {}, cursor)
        snapshot: dict[str, object] = {one.id: one for one in typed.articles(source)}
        write(copy)
        follow(source, snapshot, caught.value.cursor)
        assert snapshot == truth(source)
        assert min(c.change_seq for c in typed.changes(source, made.last_change_seq)) > ahead, (
            "no number that was given out before is given out again"
        )


def test_a_reader_that_slept_through_two_restores_is_told_of_the_first(
    engine: Engine, place: Place, tmp_path: Path
) -> None:
    def write(to: Engine, *numbers: int) -> None:
        for number in numbers:
            save_batch(to, None, [seen(article(number))])

    write(engine, 1, 2)
    first = backup(engine, tmp_path / "first")
    write(engine, 3, 4, 5)
    with database(once := place()):
        pass
    restore(once, first.path)
    with database(once) as copy:
        write(copy, 6)
        second = backup(copy, tmp_path / "second")
        write(copy, 7, 8)
        seen_between = last_change(copy)
    restore(there := place(), second.path)
    resumed = 2 + backups.LEAP
    with database(there) as copy, plain(there) as source:
        write(copy, 9)
        for lost in (3, 5, seen_between, second.last_change_seq + 1):
            with pytest.raises(changes.CursorLost):
                changes.read(copy, lost)
            with pytest.raises(typed.SnapshotNeeded, match="was lost"):
                next(typed.changes(source, lost))
        for good in (2, resumed, second.last_change_seq):
            found = [change.change_seq for change in changes.read(copy, good)]
            assert found == [change.change_seq for change in typed.changes(source, good)]
            assert found[-1] == last_change(copy)


def last_change(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT max(change_seq) FROM changes")) or 0


def follow(source: typed.Connection, kept: dict[str, object], cursor: int) -> int:
    """Apply the changes after the cursor to a copy of the articles; the new cursor."""
    for change in typed.changes(source, cursor):
        current = typed.article(source, change.article_id)
        if current is None:
            kept.pop(change.article_id, None)
        else:
            kept[change.article_id] = current
        cursor = change.change_seq
    return cursor


def truth(source: typed.Connection) -> dict[str, object]:
    return {one.id: one for one in typed.articles(source)}


def test_a_backup_while_others_write_is_of_one_moment(
    engine: Engine, tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes after every step. Outside a transaction SQLite would begin anew each time, for ever."""
    monkeypatch.setattr(backups, "_PAGES", 20)
    save_batch(engine, None, [seen(article(number)) for number in range(40)])
    steps = 0
    writing = itertools.count(100)

    def write_between(done: int, total: int) -> None:
        nonlocal steps
        steps += 1
        save_batch(engine, None, [seen(article(next(writing)))])
        assert 0 <= done <= total
        assert steps < 100

    made = backup(engine, tmp_path / "copy", progress=write_between)
    assert steps > 1
    assert made.articles == made.last_change_seq == 40
    restore(there := place(), made.path)
    with database(there) as copy, copy.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM articles")) == 40
        assert connection.scalar(text("SELECT count(*) FROM copies")) == 40


def test_what_is_in_the_way_is_neither_overwritten_nor_mixed_in(
    engine: Engine, url: str, place: Place, tmp_path: Path
) -> None:
    save_batch(engine, None, [seen(article(1))])
    kept = tmp_path / "kept"
    kept.write_text("somebody's")
    with pytest.raises(Exists, match="--overwrite"):
        backup(engine, kept)
    assert kept.read_text() == "somebody's"
    backup(engine, kept, overwrite=True)
    with pytest.raises(DatabaseProblem, match=r"has tables already|database with tables"):
        restore(url, kept)
    assert last_change(engine) == 1
    inside = backup(engine, tmp_path / "folder" / "copy").path.parent
    assert backup(engine, inside).path.name.startswith("frontnews-20")
    assert list(tmp_path.rglob("*partial*")) == []


def test_a_damaged_cut_off_or_foreign_file_makes_no_database(
    engine: Engine, place: Place, tmp_path: Path
) -> None:
    save_batch(engine, None, [seen(article(number)) for number in range(30)])
    whole = backup(engine, tmp_path / "whole").path.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096  # where a page of SQLite begins
    damaged = bytearray(whole)
    damaged[middle : middle + 2000] = b"\xff" * 2000
    there = place()
    for name, body in {
        "cut": whole[:middle], "damaged": bytes(damaged), "text": b"no backup at all", "empty": b"",
    }.items():  # fmt: skip
        file = tmp_path / name
        file.write_bytes(body)
        with pytest.raises(DatabaseProblem) as caught:
            restore(there, file)
        assert "\n" not in str(caught.value), name
    with database(there) as empty:
        assert migrate.check(empty) == ["the database is empty; run: frontnews db upgrade"]


def test_a_backup_of_an_older_version_is_brought_to_this_one_and_of_a_newer_one_is_refused(
    engine: Engine, place: Place, tmp_path: Path
) -> None:
    save_batch(engine, None, [seen(article(1))])
    migrate.downgrade(engine, migrate.revisions()[0])
    restore(there := place(), backup(engine, tmp_path / "old").path)
    with database(there) as copy:
        assert migrate.check(copy) == []
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer = backup(engine, tmp_path / "new")
    with pytest.raises(DatabaseProblem, match="newer Frontnews"):
        restore(place(), newer.path)


def test_an_empty_database_is_not_backed_up(empty_url: str, tmp_path: Path) -> None:
    with database(empty_url) as empty, pytest.raises(DatabaseProblem):
        backup(empty, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_log_that_an_earlier_database_left_is_not_taken_into_the_new_one(tmp_path: Path) -> None:
    with database(f"sqlite:///{tmp_path / 'a.db'}") as engine:
        migrate.upgrade(engine)
        made = backup(engine, tmp_path / "copy")
    (tmp_path / "b.db-wal").write_bytes(b"rows of another database")
    with pytest.raises(DatabaseProblem, match="left of an earlier database"):
        restore(f"sqlite:///{tmp_path / 'b.db'}", made.path)


def test_a_backup_goes_into_a_database_of_its_own_kind_only(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "copy", "w") as archive:
        archive.writestr("manifest.json", "{}")
    with pytest.raises(DatabaseProblem, match="is a backup of postgresql"):
        restore(f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "copy")
    assert not (tmp_path / "a.db").exists()
