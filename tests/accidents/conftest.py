"""Databases to let accidents befall: SQLite in every run of the tests, PostgreSQL in the slow ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.engine import open_database
from tests.databases import empty_postgresql_database, fresh_postgresql_database, fresh_sqlite_database

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'frontnews.db'}"
    return empty_postgresql_database(request.getfixturevalue("postgresql"))


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with the tables of today."""
    if request.param == "sqlite":
        engine = open_database(fresh_sqlite_database(tmp_path))
    else:
        engine = open_database(fresh_postgresql_database(request.getfixturevalue("postgresql")))
    yield engine
    engine.dispose()
