"""Every test here runs on a real SQLite file and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text


@pytest.fixture
def url(database_url: str) -> str:
    """The address of a database with the tables of today."""
    return database_url


@pytest.fixture
def view(engine: Engine) -> Callable[[str], list[dict[str, object]]]:
    """Read a view of the contract as another program would."""

    def read(name: str) -> list[dict[str, object]]:
        prefix = "api_v1." if engine.dialect.name == "postgresql" else "v1_"
        with engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(f"SELECT * FROM {prefix}{name}")).mappings()]

    return read
