"""Every test here runs on a real SQLite file and on a real PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from storage import migrate
from storage.engine import open_database
from tests.postgres import running_postgresql

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A server of this session, with a migrated database ``template`` to copy."""
    with running_postgresql() as uri:
        administer(uri, "CREATE DATABASE template_empty")
        administer(uri, "CREATE DATABASE template_frontnews")
        engine = open_database(uri.replace("/postgres?", "/template_frontnews?", 1))
        migrate.upgrade(engine)
        engine.dispose()
        yield uri


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    yield from _database(request, tmp_path, "template_empty")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with the tables of today."""
    yield from _database(request, tmp_path, "template_frontnews")


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def view(engine: Engine) -> Callable[[str], list[dict[str, object]]]:
    """Read a view of the contract as another program would."""

    def read(name: str) -> list[dict[str, object]]:
        prefix = "api_v1." if engine.dialect.name == "postgresql" else "v1_"
        with engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(f"SELECT * FROM {prefix}{name}")).mappings()]

    return read


def _database(request: pytest.FixtureRequest, folder: Path, template: str) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'frontnews.db'}"
        return
    with fresh_database(request.getfixturevalue("postgresql"), template) as address:
        yield address


@contextmanager
def fresh_database(server: str, template: str) -> Iterator[str]:
    """The address of a copy of the database ``template``, dropped in the end."""
    name = f"test_{next(_numbers)}"
    administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield server.replace("/postgres?", f"/{name}?")
    finally:
        administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def administer(uri: str, statement: str) -> None:
    """Run statements outside a transaction as the superuser of the server."""
    engine = create_engine(
        uri.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
