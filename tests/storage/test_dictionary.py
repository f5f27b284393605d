"""The data dictionary: complete, true of the views, and the same in every form that is made from it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema_rs
import psycopg
import pytest
from sqlalchemy import Engine, insert, text

from storage import export, portal_table, runs, schedules, typed
from storage.columns import now
from storage.dictionary import META, NEVER, OBJECTS, VIEWS, Column
from storage.dictionary_formats import markdown, record_schema, rows
from storage.portals import Portal, Section
from storage.records import Attachment, Document, Image, Official
from storage.saving import save_batch
from storage.tables import meta
from storage.views import NAMES, view_name
from tests.storage.texts import article, report, seen

DOCS = Path(__file__).resolve().parents[2] / "docs"
COLUMNS = [(view.name, column) for view in VIEWS for column in view.columns]

View = Callable[[str], list[dict[str, object]]]
Connected = typed.Connection


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """Articles with every kind of field set, and one with nothing but a title."""
    full = article(
        1,
        lead="Tóm tắt", captions=("Ảnh",), byline="Lê Thơ, Đài huyện", authors=("Lê Thơ",),
        source_credit="Báo Thanh Hóa", site_name="Thọ Xuân", section="/mttq/", language="vi", kind="tong_ket",
        modified_at=datetime(2026, 1, 6, tzinfo=UTC), documents=(Document("Nghị quyết", "60-NQ/TW"),),
        officials=(Official("Lê Thị Hoa", "Chủ tịch"),), images=(Image("https://a.vn/1.jpg", "Ảnh"),),
        attachments=(Attachment("https://a.vn/1.pdf", "Kế hoạch", "pdf"),),
        event_date=datetime(2026, 1, 5, tzinfo=UTC).date(), communes_2025=("Xã Thọ Xuân",),
    )  # fmt: skip
    bare = article(2, published_at=None, published_precision=None, paragraphs=(), provenance={})
    save_batch(engine, None, [seen(full), seen(bare), seen(article(1, title="Khác"), portal="b/c")])
    save_batch(engine, None, [seen(replace(full, paragraphs=report(1, 9)))])
    portal = Portal("b/c", "Xã", "https://c.vn/", "front", sections=(Section("/mttq/", "front"),))
    portal_table.sync(engine, [portal, replace(portal, id="b/d", active_until=date(2025, 6, 30))])
    schedules.ensure(engine, {"b/c": "c.vn"}, now())
    run = runs.begin(engine, "b/c")
    runs.finish(engine, run.id, verdict="partial", counts={"listed": 2}, errors={"timeout": 1}, message="x")
    runs.begin(engine, "b/d")
    return engine


@pytest.fixture
def connection(filled: Engine) -> Iterator[sqlite3.Connection | psycopg.Connection]:
    """A plain connection, as another program has it."""
    if filled.dialect.name == "sqlite":
        plain = sqlite3.connect(f"file:{filled.url.database}?mode=ro", uri=True)
        yield plain
        plain.close()
        return
    address = filled.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as server:
        yield server


@pytest.mark.parametrize(("view", "column"), COLUMNS, ids=[f"{v}.{c.name}" for v, c in COLUMNS])
def test_a_column_has_a_meaning_an_example_and_says_what_null_is(view: str, column: Column) -> None:
    assert len(column.meaning) > 10
    assert column.example not in ("", None)
    assert column.null
    if column.words:
        assert column.example in column.words
    if column.type in OBJECTS:
        assert isinstance(column.example, list)
        assert {name for name, _ in OBJECTS[column.type]} == set(column.example[0])


def test_the_dictionary_has_the_views_and_columns_of_the_database_in_their_order(
    engine: Engine, view: View
) -> None:
    assert [one.name for one in VIEWS] == list(NAMES)
    with engine.connect() as connection:
        for one in VIEWS:
            query = f"SELECT * FROM {view_name(one.name, engine.dialect.name)}"
            assert list(connection.execute(text(query)).keys()) == [c.name for c in one.columns], one.name
    names = {str(row["name"]) for row in view("meta")} | {"last_cycle_completed_at_interval"}
    restored = {"restored_from_change_seq", "resumed_at_change_seq", "lost_change_seqs"}
    assert names - {"migration"} == META.keys() - restored


def test_columns_hold_what_their_type_and_null_say(filled: Engine, view: View) -> None:
    for one in VIEWS:
        rows = view(one.name)
        for column in one.columns:
            values = [row[column.name] for row in rows]
            if column.null.startswith(NEVER):
                assert None not in values, f"{one.name}.{column.name}"
            for value in (value for value in values if value is not None):
                _check(column, value)
        keys = [tuple(row[name] for name in one.key) for row in rows]
        assert len(set(keys)) == len(keys), f"{one.name}: {one.key} tells its rows apart"


def _check(column: Column, value: object) -> None:
    match column.type:
        case "time":
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            assert moment.tzinfo is not None
        case "day":
            datetime.strptime(str(value), "%Y-%m-%d").replace(tzinfo=UTC)
        case "boolean":
            assert value in (True, False)
        case "integer":
            assert isinstance(value, int)
        case "number":
            assert isinstance(value, float)
        case "text":
            assert isinstance(value, str)
        case _:
            parsed = json.loads(value) if isinstance(value, str) else value
            assert isinstance(parsed, dict if column.type == "object" else list)
            for entry in parsed if column.type in OBJECTS else ():
                assert set(entry) == {name for name, _ in OBJECTS[column.type]}
    if column.words:
        assert value in column.words, column.name


def test_the_page_and_the_schema_in_docs_are_made_from_it() -> None:
    made = "frontnews db dictionary > docs/data-dictionary.md; … --format schema > docs/record.schema.json"
    assert (DOCS / "data-dictionary.md").read_text("utf-8") == markdown(), made
    assert json.loads((DOCS / "record.schema.json").read_text("utf-8")) == record_schema(), made
    assert len(list(rows())) == len(COLUMNS)


def test_exported_records_are_valid_by_the_schema_and_broken_ones_are_not(filled: Engine) -> None:
    jsonschema_rs.meta.validate(record_schema())
    validator = jsonschema_rs.validator_for(record_schema(), validate_formats=True)
    records = list(export.records(filled))
    assert len(records) == 2
    for record in records:
        assert [error.message for error in validator.iter_errors(record)] == []
        assert list(record) == record_schema()["required"]
    faults: dict[str, object] = {
        "title": None, "relevance": 1.5, "published_precision": "hour", "revision": 0, "urls": "https://a.vn",
        "published_at": "2026-01-05T00:30:00Z", "event_date": "5/1/2026", "kind": "party", "images": [{}],
        "documents": [{"kind": 1, "number": None, "date": None, "issuer": None}],
    }  # fmt: skip
    for name, wrong in faults.items():
        assert not validator.is_valid({**records[0], name: wrong}), name
    assert not validator.is_valid({name: value for name, value in records[0].items() if name != "lead"})


def test_postgresql_shows_the_meanings_as_comments(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite keeps no comments")
    query = """
        SELECT c.relname, a.attname, col_description(c.oid, a.attnum), obj_description(c.oid)
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'api_v1'
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"""
    with engine.connect() as connection:
        told = {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(text(query))}
    assert told.keys() == {(view, column.name) for view, column in COLUMNS}
    for view in VIEWS:
        for column in view.columns:
            of_column, of_view = told[view.name, column.name]
            assert column.meaning in of_column
            assert column.null in of_column
            assert of_view == view.meaning


def test_the_typed_readers_have_the_columns_of_the_dictionary() -> None:
    types = {
        "text": "str", "day": "str", "integer": "int", "number": "float", "boolean": "bool",
        "time": "datetime", "texts": "tuple[str, ...]", "sections": "tuple[Section, ...]",
        "documents": "tuple[Document, ...]",
        "officials": "tuple[Official, ...]", "images": "tuple[Image, ...]",
        "attachments": "tuple[Attachment, ...]",
    }  # fmt: skip
    assert list(typed.CLASSES) == [view.name for view in VIEWS]
    for view in VIEWS:
        for field, column in zip(fields(typed.CLASSES[view.name]), view.columns, strict=True):
            value = "int" if column.name in ("counts", "errors") else "str"
            wanted = types.get(column.type, f"Mapping[str, {value}]")
            nullable = "" if column.null.startswith(NEVER) else " | None"
            assert (field.name, field.type) == (column.name, wanted + nullable), view.name


def test_the_typed_readers_give_the_same_values_on_both_engines(connection: Connected) -> None:
    full, bare = typed.articles(connection)
    assert full.documents == (Document("Nghị quyết", "60-NQ/TW"),)
    assert full.published_at == datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
    assert (full.relevant, full.relevance, full.authors) == (True, 0.9, ("Lê Thơ",))
    assert (bare.published_at, bare.paragraphs, bare.provenance) == (None, (), {})
    assert typed.article(connection, full.id) == full
    assert typed.article(connection, "gone") is None
    classes: list[type[object]] = [*typed.CLASSES.values()]
    found = [row for of in classes for row in typed.rows(connection, of)]
    assert {type(row) for row in found} >= {
        typed.Article, typed.ArticleCopy, typed.ArticleRevision, typed.Change, typed.Fact, typed.Portal,
        typed.Run, typed.PortalFreshness,
    }  # fmt: skip
    (portal, _) = typed.rows(connection, typed.Portal, "ORDER BY id")
    assert (portal.sections, portal.in_registry) == ((typed.Section("/mttq/", "front"),), True)
    (partial,) = typed.rows(connection, typed.Run, "WHERE verdict = ?", ("partial",))
    assert (partial.counts, partial.errors) == ({"listed": 2}, {"timeout": 1})
    fresh = {row.portal: row.verdict for row in typed.rows(connection, typed.PortalFreshness)}
    assert fresh == {"b/c": "fresh", "b/d": "retired"}


def test_the_typed_readers_follow_the_changes(connection: Connected) -> None:
    every = list(typed.changes(connection, 0))
    assert [change.change_seq for change in every] == [1, 2, 3]
    assert [change.op for change in every] == ["insert", "insert", "update"]
    assert list(typed.changes(connection, 2)) == every[2:]
    assert list(typed.changes(connection, 3)) == []


def test_a_cursor_that_cannot_be_followed_is_refused(filled: Engine, connection: Connected) -> None:
    with pytest.raises(typed.SnapshotNeeded, match="change 4 was lost") as caught:
        next(typed.changes(connection, 4))
    assert caught.value.cursor == 3
    if isinstance(connection, psycopg.Connection):
        connection.rollback()
    with filled.begin() as writer:
        facts = {"restored_from_change_seq": "1", "resumed_at_change_seq": "3"}
        writer.execute(insert(meta), [{"name": name, "value": value} for name, value in facts.items()])
    with pytest.raises(typed.SnapshotNeeded, match="change 2 was lost"):
        next(typed.changes(connection, 2))
    assert len(list(typed.changes(connection, 1))) == 2
    with filled.begin() as writer:
        writer.execute(text("DELETE FROM changes WHERE change_seq < 3"))
        writer.execute(text("DELETE FROM meta"))
    if isinstance(connection, psycopg.Connection):
        connection.rollback()
    with pytest.raises(typed.SnapshotNeeded, match="just after 1 are kept no more"):
        next(typed.changes(connection, 1))
    assert len(list(typed.changes(connection, 2))) == 1
