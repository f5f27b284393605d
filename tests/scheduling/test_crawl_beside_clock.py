"""`frontnews crawl` beside a clock: a server is asked by one of them at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import claims, migrate, runs, schedules
from storage.engine import open_database
from tests.scheduling.conftest import Frontnews, until
from tests.scheduling.stubs import Stubs

DELAY = 0.5


@pytest.fixture
def stubs() -> Iterator[Stubs]:
    """Six portals, all on one server."""
    with Stubs(6, servers=1) as running:
        yield running


@pytest.fixture
def frontnews(tmp_path: Path, stubs: Stubs) -> Iterator[Frontnews]:
    """The command with the stubs' registry and an empty SQLite database."""
    registry = stubs.registry(tmp_path / "registry")
    command = Frontnews(f"sqlite:///{tmp_path / 'frontnews.db'}", registry, tmp_path)
    yield command
    command.end()


def test_a_crawl_and_a_clock_never_ask_a_server_closer_than_the_delay(
    frontnews: Frontnews, stubs: Stubs
) -> None:
    mine = [stubs.id(n) for n in (4, 5)]
    engine = open_database(frontnews.database)
    migrate.upgrade(engine)
    now = datetime.now(UTC)
    schedules.ensure(engine, {stubs.id(n): "server" for n in range(6)}, now, interval_seconds=15)
    for portal in mine:
        schedules.change(engine, portal, now, enabled=False)
    clock = frontnews.start("schedule", "run", "--tick", "1", "--hosts", "1", "--delay", str(DELAY))
    until(lambda: len(stubs.hits) > 3, "the clock crawls")
    crawl = frontnews.start("crawl", *mine, "--delay", str(DELAY), log="crawl")
    crawl.wait(90)
    clock.terminate()
    assert clock.wait(60) == 143
    assert "waits: another portal of its server" in frontnews.said("crawl"), "they did meet"
    assert crawl.returncode == 0, frontnews.said("crawl")
    by = {run.trigger for run in runs.list_runs(engine, limit=1000) if run.verdict in ("new", "nothing_new")}
    engine.dispose()
    assert by == {"manual", "schedule"}
    assert stubs.closest() >= DELAY - 0.005


def test_what_a_killed_crawl_had_in_hand_is_crawled_at_once_by_the_next(
    frontnews: Frontnews, stubs: Stubs
) -> None:
    killed = frontnews.start("crawl", stubs.id(0), "--delay", "30", log="killed")
    until(lambda: bool(stubs.hits), "the first request")
    killed.kill()
    killed.wait()
    engine = open_database(frontnews.database)
    assert claims.present(engine) and schedules.read(engine, [stubs.id(0)])[0].claimed_by
    again = frontnews("crawl", stubs.id(0), "--delay", "0")
    assert again.returncode == 0, again.stderr
    assert "waits" not in again.stderr
    assert claims.present(engine) == []
    assert all(s.claimed_by is None for s in schedules.read(engine))
    engine.dispose()
