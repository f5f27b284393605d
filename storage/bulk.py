"""Statements over many rows that both databases understand: upserts, and lookups by many keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Table,
    any_,
    func,
    literal,
    select,
    tuple_,
)
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


def is_one_of(
    connection: Connection, column: ColumnElement[int], values: Sequence[int]
) -> ColumnElement[bool]:
    """Condition: the column's number is one of ``values``, however many: they travel as one parameter."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(values), postgresql.ARRAY(BigInteger)))
    return column.in_(select(func.json_each(json.dumps(list(values))).table_valued("value").c.value))


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert ``rows``; one whose key is there already is left as it is. No row may have a JSON column."""
    if not rows:
        return
    columns = [table.c[name] for name in rows[0]]
    names = [column.name for column in columns]
    if connection.dialect.name == "sqlite":
        # past SQLAlchemy's parameters, which cost more than the insert where a row is two numbers
        convert = [
            column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
            for column in columns
        ]
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) "  # noqa: S608
            "ON CONFLICT DO NOTHING",
            [
                tuple(to(row[name]) if to else row[name] for name, to in zip(names, convert, strict=True))
                for row in rows
            ],
        )
        return
    # one array a column: rows as parameters of their own take ten times as long on PostgreSQL
    arrays = [
        literal([row[column.name] for row in rows], postgresql.ARRAY(column.type)) for column in columns
    ]
    unnested = select(*(func.unnest(array) for array in arrays))
    statement = postgresql.insert(table).from_select(names, unnested).on_conflict_do_nothing()
    connection.execute(statement)


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
