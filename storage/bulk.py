"""Statements over many rows that both databases understand: upserts, and lookups by many keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, Table, tuple_
from sqlalchemy.dialects import postgresql, sqlite

IN_ONE_QUERY = 500
"""Keys in one IN list. SQLite takes 32,766 parameters, and the compiled statement of a size is cached."""

T = TypeVar("T")


def chunks(values: Sequence[T], size: int = IN_ONE_QUERY) -> Iterator[Sequence[T]]:
    """``values`` in pieces of at most ``size``, in order."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def at_addresses(table: Table, addresses: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    """Condition: the row's (portal, key) is one of ``addresses``."""
    return tuple_(table.c.portal, table.c.key).in_(addresses)


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert ``rows``; one whose key is there already is left as it is."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, object]],
    *,
    key: Sequence[str],
    keep: Sequence[str] = (),
) -> None:
    """Insert ``rows``, or write them over those with the same ``key``, except for the columns ``keep``."""
    if rows:
        statement = _insert(connection, table)
        overwritten = [name for name in rows[0] if name not in key and name not in keep]
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(key), set_={name: statement.excluded[name] for name in overwritten}
            ),
            rows,
        )


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
