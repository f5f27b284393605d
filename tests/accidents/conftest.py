"""Databases to let accidents befall: SQLite in every run of the tests, PostgreSQL in the slow ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage import migrate
from storage.engine import open_database
from tests.conftest import fresh_postgresql_database

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'frontnews.db'}"
    return fresh_postgresql_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    """A database with the tables of today."""
    engine = open_database(empty_url)
    migrate.upgrade(engine)
    yield engine
    engine.dispose()
