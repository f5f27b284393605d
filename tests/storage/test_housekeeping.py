"""Housekeeping gets in nobody's way."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from storage import housekeeping
from storage.engine import BUSY_SECONDS, open_database, reading, writing
from storage.housekeeping import READERS_WAITED_FOR
from tests.databases import fresh_sqlite_database


def test_a_forgotten_reader_of_sqlite_holds_up_neither_housekeeping_nor_writers(tmp_path: Path) -> None:
    """Somebody's shell with a transaction open keeps the log from being emptied: not worth waiting for."""
    engine = open_database(fresh_sqlite_database(tmp_path))
    log = tmp_path / "frontnews.db-wal"
    with closing(sqlite3.connect(tmp_path / "frontnews.db", isolation_level=None)) as forgotten:
        forgotten.execute("BEGIN")
        forgotten.execute("SELECT count(*) FROM articles").fetchall()
        with writing(engine) as connection:
            connection.execute(text("INSERT INTO meta (name, value) VALUES ('a test', '1')"))
        began = time.monotonic()
        housekeeping.tidy(engine)
        assert time.monotonic() - began < BUSY_SECONDS / 2, f"it waits {READERS_WAITED_FOR} ms"
        assert log.stat().st_size > 0
    housekeeping.tidy(engine)
    assert log.stat().st_size == 0, "the log is emptied when the reader is gone"
    with reading(engine) as connection:
        assert connection.scalar(text("PRAGMA busy_timeout")) == BUSY_SECONDS * 1000, "writers wait as before"
    engine.dispose()
