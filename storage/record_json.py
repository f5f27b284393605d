"""Articles as CONTRACT records, written as JSON straight from the columns of the database.

A list is JSON in the database already: to read it into Python and write it out again would be nine tenths
of the time of an export (95 of 105 µs a row, measured on 50,000 articles in November 2026).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    cast,
    func,
    literal_column,
    select,
    type_coerce,
)

from storage.bulk import is_one_of
from storage.engine import compact_json
from storage.records import Article, Document, to_record
from storage.tables import SERVED, articles, copies, stories

KEYS = tuple(to_record(Article(url="", title="")))
"""The keys of the record, in the order of the contract."""

TIMES = frozenset({"published_at", "modified_at", "first_seen_at", "last_seen_at"})
LISTS = frozenset(
    {
        "urls", "portals", "paragraphs", "captions", "authors", "organizations", "provinces_2024",
        "districts_2024", "provinces_2025", "communes_2025", "documents", "officials", "images",
        "attachments", "provenance",
    }
)  # fmt: skip
"""Keys whose column is JSON."""


def select_records(dialect: str, *more: ColumnElement[Any]) -> Select[Any]:
    """SELECT of articles, one column a key as text, number or null, then ``more``; for :func:`to_json`.

    Times are ISO 8601 with +07:00, lists JSON. The caller adds which articles (storage.tables.SERVED).
    """
    last_seen = (
        select(func.max(copies.c.last_seen_at)).where(copies.c.article_id == articles.c.id).scalar_subquery()
    )
    sources: dict[str, ColumnElement[Any]] = {
        "id": articles.c.public_id,
        "story_id": stories.c.public_id,
        "last_seen_at": last_seen,
    }
    columns: list[ColumnElement[Any]] = []
    for key in KEYS:
        column = sources.get(key, articles.c.get(key))
        assert column is not None
        if key in TIMES:
            column = in_vietnam_sql(column, dialect)
        elif key in LISTS:
            column = cast(column, Text) if dialect == "postgresql" else type_coerce(column, Text)
        columns.append(column.label(f"r_{key}"))
    return select(*columns, *more).select_from(
        articles.outerjoin(stories, stories.c.id == articles.c.story_id)
    )


def records_of(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """The records of served articles by internal id, as JSON."""
    if not ids:
        return {}
    query = select_records(connection.dialect.name, articles.c.id)
    query = query.where(is_one_of(connection, articles.c.id, ids), SERVED)
    return {row[-1]: to_json(row) for row in connection.execute(query)}


def to_json(row: Sequence[Any]) -> str:
    """A row of :func:`select_records` as one JSON object on one line."""
    pairs = zip(_WRITERS, row, strict=False)  # further columns may follow
    return "{" + ",".join([key + ("null" if v is None else write(v)) for (key, write), v in pairs]) + "}"


def cells(row: Sequence[Any]) -> list[Any]:
    """A row of :func:`select_records` as values of a table: lists stay JSON text."""
    values = list(row[: len(KEYS)])
    for place, form in _CELLS:
        if values[place] is not None:
            values[place] = form(values[place])
    return values


def in_vietnam_sql(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """A moment as the record writes it, in SQL."""
    if dialect == "postgresql":
        there = column.op("AT TIME ZONE")(literal_column("INTERVAL '7 hours'"))
        return func.to_char(there, 'YYYY-MM-DD"T"HH24:MI:SS"+07:00"')
    return func.strftime("%Y-%m-%dT%H:%M:%S+07:00", type_coerce(column, Text), "+7 hours")


def _documents(value: str) -> str:
    """jsonb sorts keys by length; of all lists only this one has another order in the contract."""
    if value == "[]" or value.startswith('[{"kind"'):
        return value
    return compact_json([{name: entry.get(name) for name in _OF_A_DOCUMENT} for entry in json.loads(value)])


def _writer(key: str) -> Callable[[Any], str]:
    if key == "documents":
        return _documents
    if key in LISTS:
        return str
    if key == "relevant":
        return lambda value: "true" if value else "false"
    if key in ("relevance", "revision"):
        return repr
    return encode_basestring


_OF_A_DOCUMENT = tuple(Document.__dataclass_fields__)
_WRITERS = [(f'"{key}":', _writer(key)) for key in KEYS]
_CELLS: list[tuple[int, Callable[[Any], object]]] = [
    (KEYS.index("documents"), _documents),
    (KEYS.index("relevant"), bool),
]
