"""The data dictionary in the forms in which people and programs read it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from storage.dictionary import META, NEVER, OBJECTS, VIEWS, Column, Type
from storage.views import view_name

_OFFSET = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00$"

_JSON_TYPES: dict[Type, dict[str, object]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time", "pattern": _OFFSET},
    "day": {"type": "string", "format": "date"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object", "additionalProperties": {"type": "string"}},
}


def comments() -> Iterator[str]:
    """``COMMENT ON`` for each view and column of PostgreSQL: what psql's ``\\d+`` shows."""
    for view in VIEWS:
        name = view_name(view.name, "postgresql")
        yield f"COMMENT ON VIEW {name} IS {_quoted(view.meaning)}"
        for column in view.columns:
            said = f"{_meaning(column)}. Null: {column.null}. Example: {_example(column)}"
            yield f'COMMENT ON COLUMN {name}."{column.name}" IS {_quoted(said)}'


def rows() -> Iterator[dict[str, object]]:
    """One object a column, for programs."""
    for view in VIEWS:
        for column in view.columns:
            yield {
                "view": view.name,
                "column": column.name,
                "type": column.type,
                "meaning": column.meaning,
                "null": None if column.null == NEVER else column.null,
                "nullable": not column.null.startswith(NEVER),
                "example": column.example,
                "values": list(column.words) or None,
                "key": column.name in view.key,
            }


def markdown() -> str:
    """docs/data-dictionary.md."""
    lines = [
        "# The data dictionary",
        "Every view and column of the contract; `frontnews db dictionary` makes this page from",
        "`storage/dictionary.py`. [Reading the data](reading-the-data.md) tells how they are read.",
        "",
        "| type | on PostgreSQL | on SQLite |",
        "|---|---|---|",
        "| text | `text` | `TEXT` |",
        "| integer, number | `integer` or `bigint`, `double precision` | `INTEGER`, `REAL` |",
        "| boolean | `boolean` | 0 or 1 |",
        "| time | `timestamptz` | ISO text in UTC, `2026-03-05T01:30:00Z` |",
        "| day | `text`, `2026-03-05` | the same |",
        "| all others are JSON: texts, object, documents … | `jsonb` | text |",
    ]
    for view in VIEWS:
        lines += [
            "",
            f"## {view.name}",
            f"{view.meaning[0].upper()}{view.meaning[1:]}.",
            f"`api_v1.{view.name}`, on SQLite `v1_{view.name}`; one row for each `{', '.join(view.key)}`.",
            "",
            "| column | type | meaning | null | example |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| `{column.name}` | {column.type} | {_cell(_meaning(column))} | {_cell(column.null)} "
            f"| `{_cell(_example(column))}` |"
            for column in view.columns
        ]
        if view.name == "meta":
            lines += ["", "| name | value |", "|---|---|"]
            lines += [f"| `{name}` | {_cell(meaning)} |" for name, meaning in META.items()]
    lines += ["", "## The objects in JSON lists", "", "| list | keys of each object |", "|---|---|"]
    lines += [
        f"| {name} | {', '.join(f'`{key}`' + (' (or null)' if null else '') for key, null in keys)} |"
        for name, keys in OBJECTS.items()
    ]
    return "\n".join(lines) + "\n"


def record_schema() -> dict[str, object]:
    """docs/record.schema.json: JSON Schema 2020-12 of one line of ``frontnews export --format jsonl``.

    It is the row of the view ``articles``, with times in Vietnam's offset. Keys may be added within v1.
    """
    (view,) = (view for view in VIEWS if view.name == "articles")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Frontnews record, v1",
        "description": "One article as export --format jsonl writes it. Keys may be added, none is removed.",
        "type": "object",
        "required": [column.name for column in view.columns],
        "properties": {column.name: _property(column) for column in view.columns},
    }


def _property(column: Column) -> dict[str, object]:
    schema = dict(_JSON_TYPES.get(column.type) or {"type": "array", "items": _object(column.type)})
    if column.words:
        schema["enum"] = list(column.words)
    if not column.null.startswith(NEVER):
        schema["type"] = [schema["type"], "null"]
        if column.words:
            schema["enum"] = [*column.words, None]
    if column.name == "relevance":
        schema |= {"minimum": 0, "maximum": 1}
    if column.name == "revision":
        schema["minimum"] = 1
    example = column.example
    if column.type == "time":
        example = "2026-03-05T08:30:00+07:00"
    return {**schema, "description": f"{column.meaning}. Null: {column.null}.", "examples": [example]}


def _object(type_: Type) -> dict[str, object]:
    keys = OBJECTS[type_]
    return {
        "type": "object",
        "required": [key for key, _ in keys],
        "properties": {key: {"type": ["string", "null"] if null else "string"} for key, null in keys},
    }


def _meaning(column: Column) -> str:
    return column.meaning + (f" ({', '.join(column.words)})" if column.words else "")


def _example(column: Column) -> str:
    if isinstance(column.example, str):
        return column.example
    return json.dumps(column.example, ensure_ascii=False)


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
