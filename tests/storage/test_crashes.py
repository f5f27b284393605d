"""What is left when a worker or the database's connection dies in the middle."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update

from storage import changes, frontier, migrate, runs
from storage.columns import now
from storage.engine import DatabaseProblem, writing
from storage.frontier import Queued
from storage.lease import LEASE_SECONDS
from storage.saving import save_batch
from storage.tables import crawl_runs
from storage.writers_lock import lock_writers
from tests.storage.texts import article, seen

View = Callable[[str], list[dict[str, object]]]

BATCH = 5
WORKER = f"""
import sys
from storage import frontier, runs
from storage.engine import open_database
from storage.frontier import Queued
from storage.saving import save_batch
from tests.storage.texts import article, seen

engine = open_database(sys.argv[1])
run = runs.begin(engine, "xa")
frontier.add(engine, run.id, "xa", [Queued(str(n), article(n).url) for n in range(10_000)])
for start in range(0, 10_000, {BATCH}):
    save_batch(engine, run.id, [seen(article(n), "xa", str(n)) for n in range(start, start + {BATCH})])
    print(start, flush=True)
"""


def test_a_worker_killed_at_any_moment_leaves_whole_batches_and_the_rest_in_the_frontier(
    url: str, engine: Engine, view: View
) -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, url], cwd=root, env={"PYTHONPATH": str(root)}, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout is not None
        for _ in range(4):
            assert worker.stdout.readline(), "the worker ended by itself"
        worker.kill()
    with writing(engine) as connection:
        lock_writers(connection)  # a PostgreSQL server may still be at the dead worker's last commit
    stored = len(view("articles"))
    assert stored >= 4 * BATCH
    assert stored % BATCH == 0
    assert [row.key for row in frontier.pending(engine, "xa", limit=1)] == [str(stored)]
    assert len(frontier.pending(engine, "xa")) == 10_000 - stored
    assert [row.change_seq for row in changes.read(engine, 0)] == list(range(1, stored + 1))
    assert migrate.check(engine) == []

    with pytest.raises(runs.AlreadyRunning):
        runs.begin(engine, "xa")  # its lease lives on for a minute
    with engine.begin() as connection:
        connection.execute(
            update(crawl_runs).values(heartbeat_at=now() - timedelta(seconds=LEASE_SECONDS + 2))
        )
    heir = runs.begin(engine, "xa")
    (saved,) = save_batch(engine, heir.id, [seen(article(stored), "xa", str(stored))])
    assert saved.outcome == "new"


def test_a_connection_that_the_server_ends_is_one_line_and_the_next_batch_goes_through(
    engine: Engine,
) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no server")
    frontier.add(engine, None, "xa", [Queued("1", "https://xa.vn/1")])
    with pytest.raises(DatabaseProblem) as caught, writing(engine) as connection:
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        connection.execute(text("DELETE FROM frontier"))
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
        connection.execute(text("SELECT 1"))
    assert "\n" not in str(caught.value)
    assert len(frontier.pending(engine, "xa")) == 1
    save_batch(engine, None, [seen(article(1), "xa", "1")])
    assert frontier.pending(engine, "xa") == []
