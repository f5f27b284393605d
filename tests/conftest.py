"""What several test folders share: the recorded sites, and a real database of each kind."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import Engine

from benchmarks.shared_data import MISSING, SHARED
from storage.engine import open_database
from tests.databases import administer, dropped, empty_postgresql_database, fresh_sqlite_database
from tests.databases import fresh_postgresql_database as fresh_postgresql_database
from tests.forked import Forked
from tests.postgres import running_postgresql

gc.disable()
"""What importing and collecting makes stays; looking through it was an eighth of it (measured)."""

hypothesis.settings.register_profile("shared machine", deadline=None)
hypothesis.settings.load_profile("shared machine")
"""An example may take long where others compute; that it ends at all is the timeout's matter."""

ROOT = Path(__file__).resolve().parent.parent


def pytest_runtestloop() -> None:
    """From here on there is garbage. (Among several processes the first collects no tests, but loops too.)"""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded sites, seeds and labelled data."""
    if SHARED is None:
        pytest.skip(MISSING)
    return SHARED


@pytest.fixture(scope="session")
def forked() -> Iterator[Forked]:
    """The process that has imported `frontnews`, for commands that are forked from it."""
    with Forked() as process:
        yield process


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server; started once a session.

    It does not wait for the disk: what is committed outlives the death of its processes all the same (the
    kernel has it), and the death of the machine is no test's.
    """
    with running_postgresql(in_memory=True) as address:
        administer(address, "ALTER SYSTEM SET fsync = off")
        administer(address, "ALTER SYSTEM SET max_wal_size = '128MB'")
        administer(address, "SELECT pg_reload_conf()")
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the tables of today: each test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield fresh_sqlite_database(tmp_path)
        return
    with dropped(fresh_postgresql_database(request.getfixturevalue("postgresql"))) as address:
        yield address


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """That database, opened."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of each kind without tables; of SQLite there is no file yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'frontnews.db'}"
        return
    with dropped(empty_postgresql_database(request.getfixturevalue("postgresql"))) as address:
        yield address
