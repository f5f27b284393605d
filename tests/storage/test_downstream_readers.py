"""Writers and readers that are killed at any moment: the copies end up equal to the views, row for row.

The control is a feed as it is usually built, with a serial number that is given before the commit. Read
with ``id > last`` by a reader that nobody kills, it loses rows under the very same writers.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage import changes, migrate
from storage.changes import CursorTooOld
from storage.compaction import compact
from storage.saving import save_batch
from tests.storage.downstream import CONTROL, Reader, kill, missing_tool, write
from tests.storage.texts import article, seen

View = Callable[[str], list[dict[str, object]]]

WRITERS = 8

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.storage.downstream"])


def reader_of(kind: str, url: str, tmp_path: Path) -> Reader:
    """The sample, or a skip where it is for the other database or a tool is missing."""
    on_sqlite = url.startswith("sqlite")
    if kind == ("postgresql.sql" if on_sqlite else "sqlite.sql"):
        pytest.skip("the SQL sample of the other database")
    if tool := missing_tool(kind):
        pytest.skip(f"{tool} is not on this machine")
    folder = tmp_path / kind
    folder.mkdir()
    if on_sqlite:
        (folder / "frontnews.db").symlink_to(url.removeprefix("sqlite:///"))
    return Reader(
        kind, folder, "frontnews.db" if on_sqlite and kind == "sqlite.sql" else url.removeprefix("sqlite:///")
    )


class Writers:
    """Eight processes that write until told to stop; one that was killed is replaced."""

    def __init__(self, url: str, seed: int) -> None:
        self._url = url
        self._rng = random.Random(seed)
        self._running = [self._start(number) for number in range(WRITERS)]

    def _start(self, number: int) -> BaseProcess:
        process = _processes.Process(target=write, args=(self._url, number, self._rng.random(), 1_000_000))
        process.start()
        return process

    def kill_one(self) -> None:
        """Kill a writer at whatever it does, and start another in its place."""
        number = self._rng.randrange(WRITERS)
        self._running[number].kill()
        self._running[number].join()
        self._running[number] = self._start(number)

    def end(self) -> None:
        """Kill them all."""
        for process in self._running:
            process.kill()
            process.join()


class SerialReader(threading.Thread):
    """The control: ``id > last``, never killed."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(daemon=True)
        self._engine = engine
        self._seen: set[int] = set()
        self._last = 0
        self.stopping = threading.Event()

    def run(self) -> None:
        """Follow until told to stop."""
        query = text("SELECT id FROM serial_feed WHERE id > :last ORDER BY id")
        while not self.stopping.is_set():
            with self._engine.connect() as connection:
                rows = list(connection.scalars(query, {"last": self._last}))
            self._seen.update(rows)
            self._last = rows[-1] if rows else self._last
            time.sleep(0.002)

    def lost(self) -> int:
        """Rows that were committed after this reader had gone past them: it will never look there again."""
        last = self._last
        query = text("SELECT id FROM serial_feed WHERE id <= :last")
        with self._engine.connect() as connection:
            return len(set(connection.scalars(query, {"last": last})) - self._seen)


@contextmanager
def control(engine: Engine) -> Iterator[SerialReader | None]:
    """The control at work, on PostgreSQL: SQLite has one writer at a time, whose numbers are in order."""
    if engine.dialect.name != "postgresql":
        yield None
        return
    with engine.begin() as connection:
        connection.execute(text(CONTROL))
    reader = SerialReader(engine)
    reader.start()
    try:
        yield reader
    finally:
        reader.stopping.set()
        reader.join()
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE serial_feed"))


def follow_under_fire(engine: Engine, url: str, readers: list[Reader], kills: int, seed: int) -> int:
    """Kill readers and writers ``kills`` times, and until the control has lost a row; then let the readers
    catch up. Rows that the control lost."""
    rng = random.Random(seed)
    for reader in readers:
        reader.catch_up()  # the first run takes a snapshot: here, of nothing
    with control(engine) as serial:
        writers = Writers(url, seed)
        at_work = {reader.kind: reader.start() for reader in readers}
        patience = time.monotonic() + 60
        killed = 0
        try:
            while killed < kills or (serial and not serial.lost() and time.monotonic() < patience):
                time.sleep(rng.uniform(0.05, 0.6))  # the moment of death: the one thing left to chance
                killed += 1
                if killed % 4 == 0:
                    writers.kill_one()
                else:
                    reader = rng.choice(readers)
                    kill(at_work[reader.kind])
                    at_work[reader.kind] = reader.start()
        finally:
            writers.end()
            for process in at_work.values():
                kill(process)
        lost = serial.lost() if serial else 0
    for reader in readers:
        reader.catch_up()
    return lost


def assert_copy_is_the_views(reader: Reader, engine: Engine, view: View) -> None:
    """Every change was applied once, and every row of the copy is that of the view."""
    numbers = [change.change_seq for change in changes.read(engine, 0, limit=10_000_000)]
    assert reader.applied() == numbers, f"{reader.kind}: missed or applied twice"
    copied, served = reader.articles(), {row["id"]: row for row in view("articles")}
    assert copied.keys() == served.keys(), reader.kind
    for id, row in served.items():
        mine = dict(copied[id])
        if reader.kind == "shell":  # the records of `articles show`, whose times are Vietnam's
            row = {
                key: row[key] for key in ("id", "title", "url", "portal", "revision", "story_id", "relevant")
            }
            mine = {key: mine[key] for key in row}
        elif reader.kind == "python":
            row = json.loads(json.dumps(row, default=str))
        del_seen = {"last_seen_at": None}  # moves without a change
        assert {**mine, **del_seen} == {**row, **del_seen}, reader.kind


@pytest.mark.parametrize(
    ("kinds", "kills"),
    [
        pytest.param(("python", "sqlite.sql", "postgresql.sql"), 5, id="5 kills"),
        pytest.param(
            ("python", "sqlite.sql", "postgresql.sql", "shell"),
            200,
            id="200 kills",
            marks=[pytest.mark.slow, pytest.mark.timeout(900)],
        ),
    ],
)
def test_readers_that_are_killed_at_random_end_up_with_a_copy_of_the_views(
    url: str, engine: Engine, view: View, tmp_path: Path, kinds: tuple[str, ...], kills: int
) -> None:
    other = "postgresql.sql" if engine.dialect.name == "sqlite" else "sqlite.sql"
    wanted = [kind for kind in kinds if kind != other and missing_tool(kind) is None]
    readers = [reader_of(kind, url, tmp_path) for kind in wanted]
    lost_by_serial = follow_under_fire(engine, url, readers, kills, seed=kills)
    written = changes.read(engine, 0, limit=10_000_000)
    assert {change.op for change in written} >= {"insert", "update"}
    for reader in readers:
        assert_copy_is_the_views(reader, engine, view)
    if engine.dialect.name == "postgresql":
        assert lost_by_serial > 0, "the control must lose rows, or these writers prove nothing"
    print(
        f"\n{engine.dialect.name}: {kills} kills, {len(written)} changes, {len(view('articles'))} articles, "
        f"{', '.join(wanted)}: 0 missed, 0 twice; the serial reader lost {lost_by_serial}"
    )
    assert migrate.check(engine) == []


@pytest.mark.parametrize("kind", ["python", "sqlite.sql", "postgresql.sql"])
@pytest.mark.parametrize("lost", ["[[1, 100000001], [100000005, 200000005]]", None])
def test_a_sample_that_saw_what_a_restore_has_lost_says_so(
    url: str, engine: Engine, view: View, tmp_path: Path, kind: str, lost: str | None
) -> None:
    """It stands at 3: lost in the first of two restores, or beyond the newest change of an older database."""
    reader = reader_of(kind, url, tmp_path)
    save_batch(engine, None, [seen(article(number)) for number in range(3)])
    reader.catch_up()
    with engine.begin() as connection:
        if lost is None:
            connection.execute(text("DELETE FROM changes WHERE change_seq = 3"))
        else:
            connection.execute(
                text("INSERT INTO meta (name, value) VALUES ('lost_change_seqs', :lost)"), {"lost": lost}
            )
        connection.execute(text("UPDATE articles SET deleted_at = first_seen_at WHERE id = 3"))
    if kind == "python":
        reader.catch_up()  # takes a snapshot by itself
        assert reader.articles().keys() == {row["id"] for row in view("articles")}
    else:
        with pytest.raises(subprocess.CalledProcessError):
            reader.catch_up()
        assert len(reader.articles()) == 3


@pytest.mark.parametrize("kind", ["python", "sqlite.sql", "postgresql.sql", "shell"])
def test_a_sample_follows_and_is_not_fooled_by_a_compaction(
    url: str, engine: Engine, view: View, tmp_path: Path, kind: str
) -> None:
    if kind == "shell" and engine.dialect.name == "postgresql":
        pytest.skip("it asks `frontnews`, one for both; here it runs under fire, in make chaos")
    reader = reader_of(kind, url, tmp_path)
    save_batch(engine, None, [seen(article(number)) for number in range(3)])
    reader.catch_up()
    assert reader.articles().keys() == {row["id"] for row in view("articles")}
    for title in ("Một", "Hai", "Ba"):
        save_batch(engine, None, [seen(article(1, title=title))])
    compact(engine, timedelta(days=-1))
    with pytest.raises(CursorTooOld):
        changes.read(engine, 3)
    if kind == "python":
        reader.catch_up()  # takes a snapshot by itself
        assert {row["title"] for row in reader.articles().values()} >= {"Ba"}
        return
    with pytest.raises(subprocess.CalledProcessError):
        reader.catch_up()
    assert "Ba" not in {row["title"] for row in reader.articles().values()}, "it stopped before the gap"
