"""Rows in every table of a database as it is, whatever its revision: made from the tables themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    inspect,
    text,
)
from sqlalchemy.types import Integer, TypeEngine

ROWS = 3
_OURS = ("alembic_version", "article_search")
"""Tables that Alembic and the search index fill."""


def tables_of(connection: Connection) -> list[Table]:
    """The tables that hold records, those that others refer to first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if not table.name.startswith(_OURS)]


def fill(connection: Connection) -> None:
    """Put ROWS rows into every table; rows of a number refer to the rows of the same number."""
    for table in tables_of(connection):
        rows = [{c.name: row_value(c, number) for c in table.columns} for number in range(1, ROWS + 1)]
        connection.execute(table.insert(), rows)


def content(connection: Connection) -> dict[str, dict[str, list[Any]]]:
    """What stands in every table: table -> column -> values as they are stored, by the primary key."""
    found = {}
    for (_, table), key in inspect(connection).get_multi_pk_constraint().items():
        if not table.startswith(_OURS):
            order = f" ORDER BY {', '.join(columns)}" if (columns := key["constrained_columns"]) else ""
            rows = connection.execute(text(f"SELECT * FROM {table}{order}")).mappings()
            names, values = rows.keys(), rows.all()
            found[table] = {name: [row[name] for row in values] for name in names}
    return found


def row_value(column: Column[Any], number: int) -> object:
    """A value for a column that tells its number."""
    kind: TypeEngine[Any] = column.type
    if column.foreign_keys or isinstance(kind, (Integer, Numeric, Float)):
        return number if not (column.nullable and column.foreign_keys and number == 1) else None
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, DateTime):
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    if isinstance(kind, LargeBinary):
        return bytes([number]) * 512  # as long as a signature
    if isinstance(kind, JSON):
        return [f"{column.name} {number}"]
    if column.name.endswith(("_at", "until")) and column.name != "active_until":
        return f"2026-01-01T0{number}:00:00Z"  # UtcTime on SQLite is text
    return f"{column.name} {number}"
