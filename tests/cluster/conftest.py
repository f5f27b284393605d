"""A queue on a real PostgreSQL, and clocks and workers in processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, RowMapping, text

from storage import portal_table, schedules
from storage.engine import open_database, writing
from storage.portals import Portal
from tests.conftest import fresh_postgresql_database
from tests.forked import Forked
from tests.scheduling.conftest import Frontnews

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def engine(postgresql: str) -> Iterator[Engine]:
    """A PostgreSQL database with the tables of today, those of the queue too."""
    engine = open_database(fresh_postgresql_database(postgresql))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def _one_for_all(postgresql: str) -> Iterator[Engine]:
    engine = open_database(fresh_postgresql_database(postgresql))
    yield engine
    engine.dispose()


@pytest.fixture
def emptied(_one_for_all: Engine) -> Engine:
    """A database that its tests share one after the other: nothing is in the queue, nobody is there."""
    with writing(_one_for_all) as connection:
        connection.execute(text("TRUNCATE schedules, portals, dispatchers, crawl_runs"))
        connection.execute(text("TRUNCATE procrastinate.procrastinate_jobs CASCADE"))
    return _one_for_all


@pytest.fixture
def frontnews(postgresql: str, tmp_path: Path, forked: Forked) -> Iterator[Frontnews]:
    """The command on an empty PostgreSQL database; the test writes the registry."""
    command = Frontnews(fresh_postgresql_database(postgresql), tmp_path / "registry", tmp_path, forked)
    yield command
    command.end()


def jobs_in(engine: Engine) -> list[RowMapping]:
    """The jobs of the queue, the oldest first."""
    with engine.connect() as connection:
        query = text("SELECT * FROM procrastinate.procrastinate_jobs ORDER BY id")
        return list(connection.execute(query).mappings())


def fill(engine: Engine, count: int, *, servers: int | None = None) -> list[str]:
    """Portals that are due now; ``servers``: so many servers are all that they stand on."""
    portals = [Portal(f"tinh/p{n:03}", f"Cổng {n}", f"https://p{n}.vn/", "front") for n in range(count)]
    portal_table.sync(engine, portals)
    groups = {p.id: f"server{n % (servers or count)}" for n, p in enumerate(portals)}
    schedules.ensure(engine, groups, NOW, interval_seconds=3600)
    schedules.due_now(engine, groups, NOW, "wanted by a test")
    return [p.id for p in portals]
