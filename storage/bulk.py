"""Statements over many rows that both databases understand: upserts, and lookups by many keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain, repeat
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Row,
    RowMapping,
    Table,
    Text,
    TextClause,
    TextualSelect,
    any_,
    func,
    literal,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects import postgresql

from storage.column_json import column_json
from storage.columns import UtcTime, utc_text
from storage.copying import copy_columns
from storage.engine import driver_cursor

IN_ONE_QUERY = 500
"""Keys in one IN list. SQLite takes 32,766 parameters, and the compiled statement of a size is cached."""

_TOGETHER = 10
"""Rows of one insertion on SQLite, which is prepared once a connection for 8,000 instructions a row."""

_ASKED = 50
"""Values of one question on SQLite, for the same reason."""

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
        return column == any_(literal(_array(values), Text).cast(postgresql.ARRAY(BigInteger)))
    return column.in_(select(func.json_each(json.dumps(list(values))).table_valued("value").c.value))


def rows_with(
    connection: Connection, columns: Sequence[Column[Any]], key: Column[int], values: Sequence[int]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """``columns`` of the rows whose ``key`` is one of ``values`` (each once), for what every batch asks.

    Text that is written once: to build and to recognise the same question as expressions costs 1 ms.
    """
    on_postgresql = connection.dialect.name == "postgresql"
    given = _array(values) if on_postgresql else json.dumps(values)
    return connection.execute(_rows_with(on_postgresql, tuple(columns), key), {"given": given}).all()


@lru_cache(maxsize=64)
def _rows_with(
    on_postgresql: bool,
    columns: tuple[Column[Any], ...],
    key: Column[int],
) -> TextualSelect:
    table = key.table.description
    names = ", ".join(f'"{table}"."{column.name}"' for column in columns)
    if on_postgresql:
        source = f'"{table}" WHERE "{key.name}" = ANY (CAST(:given AS bigint[]))'
    else:  # a join in this order: IN sorts the values first, 27 instead of 19 µs for the 28 of an article
        source = f'json_each(:given) AS given CROSS JOIN "{table}" ON "{table}"."{key.name}" = given.value'
    return text(f"SELECT {names} FROM {source}").columns(*columns)  # noqa: S608


def plain_rows_with(
    connection: Connection,
    columns: Sequence[Column[Any]],
    key: Column[int] | Column[bytes],
    values: Sequence[int] | Sequence[bytes],
) -> Sequence[Any]:
    """:func:`rows_with` of columns that the driver gives as they are: whole numbers, texts, bytes.

    On SQLite by some dozen parameters a question: a third less than from JSON, and half with its rows.
    """
    names = _names(column.name for column in columns)
    table = key.table.description
    if connection.dialect.name == "postgresql":
        if values and isinstance(values[0], bytes):
            ask = f'SELECT {names} FROM "{table}" WHERE "{key.name}" = ANY (%s)'  # noqa: S608
            return [*connection.exec_driver_sql(ask, ([*values],))]
        return rows_with(connection, columns, cast("Column[int]", key), cast("Sequence[int]", values))
    found: list[Any] = []
    with driver_cursor(connection) as cursor:
        for some in chunks([*values], _ASKED):
            filled = [*some, *repeat(some[-1], _ASKED - len(some))]
            cursor.execute(_plain_rows_with(names, table, key.name), filled)
            rows = cursor.fetchall()
            # what fills the last question up is answered as often
            found += rows if len(some) == _ASKED else dict.fromkeys(rows)
    return found


@lru_cache(maxsize=16)
def _plain_rows_with(names: str, table: str, key: str) -> str:
    given = f"WITH given (value) AS (VALUES {', '.join(['(?)'] * _ASKED)})"
    return f'{given} SELECT {names} FROM given CROSS JOIN "{table}" ON "{table}"."{key}" = given.value'  # noqa: S608


def rows_at(
    connection: Connection, table: Table, addresses: Sequence[tuple[str, str]]
) -> Sequence[RowMapping]:
    """The whole rows of ``table`` at (portal, key) addresses."""
    given = {"given": json.dumps(addresses)}
    return connection.execute(_rows_at(connection.dialect.name, table), given).mappings().all()


def delete_at(connection: Connection, table: Table, addresses: Sequence[tuple[str, str]]) -> None:
    """Delete the rows of ``table`` at (portal, key) addresses."""
    connection.execute(_delete_at(connection.dialect.name, table), {"given": json.dumps(addresses)})


@lru_cache(maxsize=16)
def _delete_at(dialect: str, table: Table) -> TextClause:
    return text(f'DELETE FROM "{table.name}" WHERE {_AT[dialect]}')  # noqa: S608


@lru_cache(maxsize=16)
def _rows_at(dialect: str, table: Table) -> TextualSelect:
    names = _names(column.name for column in table.columns)
    return text(f'SELECT {names} FROM "{table.name}" WHERE {_AT[dialect]}').columns(*table.columns)  # noqa: S608


_AT = {
    "sqlite": "(portal, key) IN "
    "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:given))",
    "postgresql": "(portal, key) IN "
    "(SELECT value ->> 0, value ->> 1 FROM json_array_elements(CAST(:given AS json)))",
}


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert ``rows``, all of the same columns; none of their keys is there."""
    insert_columns(connection, table, _columns(rows))


def insert_columns(connection: Connection, table: Table, columns: Mapping[str, Sequence[object]]) -> None:
    """The same, of rows given as their columns: a batch has thousands of rows of two numbers."""
    _insert(connection, table, columns, "")


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert ``rows``; one whose key is there already is left as it is."""
    insert_missing_columns(connection, table, _columns(rows))


def insert_missing_columns(
    connection: Connection, table: Table, columns: Mapping[str, Sequence[object]]
) -> None:
    """The same, of rows given as their columns."""
    _insert(connection, table, columns, "ON CONFLICT DO NOTHING")


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
        overwritten = [f'"{name}" = excluded."{name}"' for name in rows[0] if name not in {*key, *keep}]
        conflict = f"ON CONFLICT ({_names(key)}) DO UPDATE SET {', '.join(overwritten)}"
        _insert(connection, table, _columns(rows), conflict)


def update_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Write ``rows``, all of the same columns, over the rows with the same ``id``."""
    if not rows:
        return
    names = [name for name in rows[0] if name != "id"]
    if connection.dialect.name == "sqlite":
        assigned = ", ".join(f'"{name}" = ?' for name in names)
        values = _stored(
            connection.dialect, table, {name: [row[name] for row in rows] for name in (*names, "id")}
        )
        with driver_cursor(connection) as cursor:
            cursor.executemany(f'UPDATE "{table.name}" SET {assigned} WHERE id = ?', values)  # noqa: S608
        return
    assigned = ", ".join(f'"{name}" = given."{name}"' for name in names)
    given = f'json_populate_recordset(CAST(NULL AS "{table.name}"), CAST(:rows AS json)) AS given'
    statement = f'UPDATE "{table.name}" SET {assigned} FROM {given} WHERE "{table.name}".id = given.id'  # noqa: S608
    connection.execute(text(statement), {"rows": _rows_as_json(rows)})


def _columns(rows: Sequence[Mapping[str, object]]) -> Mapping[str, Sequence[object]]:
    if not rows:
        return {}
    names = [*rows[0]]
    if len(names) == 1:
        return {names[0]: [row[names[0]] for row in rows]}
    return dict(zip(names, zip(*map(itemgetter(*names), rows), strict=True), strict=True))


def _insert(
    connection: Connection, table: Table, columns: Mapping[str, Sequence[object]], conflict: str
) -> None:
    """Past SQLAlchemy's parameters, which cost more than the insert itself.

    PostgreSQL gets all rows as one parameter, not one message for each row. Columns of whole numbers go as
    arrays, shorter than JSON.
    """
    if not columns or not next(iter(columns.values())):
        return
    if connection.dialect.name == "sqlite":
        # sqlite3 asks for an adapter of each None, 0.2 µs: what no row has is left out
        stored_as = _stored_as(connection.dialect, table)
        said = {
            name: values
            for name, values in columns.items()
            if values[0] is not None or stored_as[name].fills or any(value is not None for value in values)
        }
        into = f'INSERT INTO "{table.name}" ({_names(said)})'
        insert_by_the_dozen(connection, into, _stored(connection.dialect, table, said), conflict)
        return
    if not conflict:
        copy_columns(connection, table, columns)
        return
    into = f'INSERT INTO "{table.name}" ({_names(columns)})'
    if all(isinstance(table.c[name].type, BigInteger) for name in columns):
        arrays = ", ".join(f"unnest(CAST(:{name} AS bigint[]))" for name in columns)
        parameters = {name: _array(values) for name, values in columns.items()}
        connection.execute(text(f"{into} SELECT {arrays} {conflict}"), parameters)
        return
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    given = f'json_populate_recordset(CAST(NULL AS "{table.name}"), CAST(:rows AS json))'
    statement = text(f"{into} SELECT {_names(columns)} FROM {given} {conflict}")  # noqa: S608
    connection.execute(statement, {"rows": _rows_as_json(rows)})


def insert_by_the_dozen(
    connection: Connection, into: str, rows: Sequence[tuple[object, ...]], conflict: str = ""
) -> None:
    """Insert rows by the dozen (SQLite).

    A statement for each row takes 2,700 instructions more for each, and lets go of the interpreter twice,
    which the event loop's thread takes each time and keeps for as long as it likes.
    """
    width = len(rows[0])
    with driver_cursor(connection) as cursor:
        whole = len(rows) // _TOGETHER * _TOGETHER
        for start in range(0, whole, _TOGETHER):
            values = [*chain.from_iterable(rows[start : start + _TOGETHER])]
            cursor.execute(_insertion(into, conflict, width, _TOGETHER), values)
        if whole < len(rows):
            cursor.executemany(_insertion(into, conflict, width, 1), rows[whole:])


@lru_cache(maxsize=256)
def _insertion(into: str, conflict: str, width: int, count: int) -> str:
    row = f"({', '.join('?' * width)})"
    return f"{into} VALUES {', '.join([row] * count)} {conflict}"


def _stored(
    dialect: Dialect, table: Table, columns: Mapping[str, Sequence[object]]
) -> list[tuple[object, ...]]:
    """Rows as the driver takes them, of columns."""
    stored_as = _stored_as(dialect, table)
    converted = [
        map(to, values) if (to := stored_as[name].convert) else values for name, values in columns.items()
    ]
    return list(zip(*converted, strict=True))


def _names(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _array(numbers: Iterable[object]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


class _StoredAs(NamedTuple):
    """How a column's values are turned into what the driver takes."""

    convert: Callable[[object], object] | None
    """None where they are left as they are."""
    fills: bool
    """Whether the database fills in a value where a row names none."""


@lru_cache(maxsize=64)
def _stored_as(dialect: Dialect, table: Table) -> Mapping[str, _StoredAs]:
    """By name: to look a column up in its table takes 3,000 instructions."""
    return {
        column.name: _StoredAs(_converter(dialect, column), column.server_default is not None)
        for column in table.columns
    }


def _converter(dialect: Dialect, column: Column[Any]) -> Callable[[object], object] | None:
    """As SQLAlchemy would, whose own way to our two functions is twice as long as they are."""
    if isinstance(column.type, JSON):
        return column_json
    if isinstance(column.type, UtcTime):
        return utc_text
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"time without a zone: {value}")
        return value.isoformat(timespec="seconds")
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"no column keeps {value!r}")


_rows_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
