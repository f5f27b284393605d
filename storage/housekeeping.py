"""Keeping the database small: what nobody will ask for any more, and the write-ahead log of SQLite."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, delete

from storage import run_events, run_pages
from storage.columns import now
from storage.compaction import compact
from storage.engine import BUSY_SECONDS, explaining, writing
from storage.tables import crawl_runs, maintenance_windows

RUNS_KEPT = timedelta(days=400)
"""A year and the Tết after it: what a portal did at this time of last year can still be looked up."""

READERS_WAITED_FOR = 500
"""Milliseconds that the write-ahead log may wait for its readers to be emptied. An ordinary one is done by
then; for another the next round comes in five minutes."""


def tidy(engine: Engine) -> None:
    """Drop runs, events and windows that ended long ago, compact the change feed; empty the write-ahead log
    where nobody reads it."""
    long_ago = now() - RUNS_KEPT
    with writing(engine) as connection:
        connection.execute(
            delete(crawl_runs).where(crawl_runs.c.status != "running", crawl_runs.c.started_at < long_ago)
        )
        connection.execute(delete(maintenance_windows).where(maintenance_windows.c.ends_at < long_ago))
    run_events.forget(engine)
    compact(engine)
    run_pages.forget(engine)
    if engine.dialect.name == "sqlite":
        with explaining(engine):
            driver = engine.raw_connection()
            cursor = driver.cursor()
            try:
                # The log grows without bound as long as one reader after the other holds it open. They are
                # waited for with the writers' lock held: beside a forgotten one nobody wrote for 28 s.
                cursor.execute(f"PRAGMA busy_timeout={READERS_WAITED_FOR}")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
                driver.close()
