"""What several test folders share: the recorded sites, and a real database of each kind."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from benchmarks.shared_data import MISSING, SHARED
from tests.postgres import running_postgresql

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded sites, seeds and labelled data."""
    if SHARED is None:
        pytest.skip(MISSING)
    return SHARED


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server; started once a session."""
    with running_postgresql() as address:
        yield address


def fresh_postgresql_database(server: str) -> str:
    """Make an empty database on the server and return its address."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?", 1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: each test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'frontnews.db'}"
    server: str = request.getfixturevalue("postgresql")
    return fresh_postgresql_database(server)
