"""Rows into PostgreSQL by COPY, in its text form: what is known not to be there yet.

INSERT from one parameter of JSON reads it twice, and then writes row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import JSON, Column, Connection, Table

from storage.column_json import column_json
from storage.engine import driver_cursor

if TYPE_CHECKING:
    import psycopg  # not when running on SQLite: storage.engine.sqlstate says why

_NULL = r"\N"


def copy_columns(connection: Connection, table: Table, columns: Mapping[str, Sequence[object]]) -> None:
    """Insert rows given as their columns. Where the key of one is there already, nothing is kept."""
    copy_texts(
        connection, table.name, {name: _texts(table.c[name], values) for name, values in columns.items()}
    )


def copy_texts(connection: Connection, table: str, columns: Mapping[str, Iterable[str]]) -> None:
    """The same, of columns that are in COPY's own form (:func:`text_of`)."""
    names = ", ".join(f'"{name}"' for name in columns)
    rows = "\n".join(map("\t".join, zip(*columns.values(), strict=True)))
    with driver_cursor(connection) as cursor:
        statement = cast("Any", f'COPY "{table}" ({names}) FROM STDIN')
        with cast("psycopg.Cursor", cursor).copy(statement) as copy:
            copy.write(f"{rows}\n")


def text_of(value: object) -> str:
    """A value as COPY reads it."""
    return _TEXT_OF[type(value)](value)


def _texts(column: Column[Any], values: Sequence[object]) -> list[str]:
    if isinstance(column.type, JSON):  # has no control characters left
        return [_NULL if value is None else column_json(value).replace("\\", "\\\\") for value in values]
    kinds = {*map(type, values)}
    if len(kinds) == 1:
        return [*map(_TEXT_OF[kinds.pop()], values)]
    return [_TEXT_OF[type(value)](value) for value in values]


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


@lru_cache(maxsize=1000)
def _moment(value: datetime) -> str:
    """A batch writes few different ones, many times over."""
    if value.tzinfo is None:
        raise ValueError(f"time without a zone: {value}")
    return value.isoformat(timespec="seconds")


class _ByType(dict[type, Callable[[Any], str]]):
    def __missing__(self, kind: type) -> Callable[[Any], str]:
        of_base = next((self[base] for base in kind.__mro__ if base in self), None)
        if of_base is None:
            raise TypeError(f"no column keeps a {kind.__name__}")
        self[kind] = of_base
        return of_base


_TEXT_OF = _ByType(
    {
        type(None): lambda _: _NULL,
        str: _escaped,
        bool: lambda value: "t" if value else "f",
        int: str,
        float: repr,
        bytes: lambda value: f"\\\\x{value.hex()}",
        datetime: _moment,
    }
)
