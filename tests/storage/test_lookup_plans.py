"""An article is found by what a person has at hand without a table being read whole."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert, literal, select, text

from benchmarks.saving import grow
from storage.engine import reading
from storage.lookup import NoSuchArticle, find
from storage.saving import save_batch
from storage.tables import articles, former_addresses
from tests.storage.texts import article, seen

HOST = "https://xa.gov.vn/"
ASKED = [f"{HOST}moi-1.html", f"{HOST}cu-1.html", f"{HOST}nie-1.html", "01976b4e"]
"""The address of a copy, one that it had before, one of none, and the beginning of an id."""


@pytest.fixture
def grown(engine: Engine) -> Engine:
    """A database with a few thousand articles that were renamed, and one that a batch saved and renamed."""
    grow(engine, 3_000)
    with engine.begin() as connection:
        names = literal(f"{HOST}vua-") + articles.c.public_id, articles.c.id
        connection.execute(insert(former_addresses).from_select(["url", "article_id"], select(*names)))
        connection.execute(text("ANALYZE"))
    for slug in ("cu-1.html", "moi-1.html"):
        save_batch(engine, None, [seen(article(1, url=f"{HOST}{slug}"), key="1")])
    return engine


@pytest.mark.parametrize("name", ASKED)
def test_no_table_is_read_whole_to_find_an_article(grown: Engine, name: str) -> None:
    with reading(grown) as connection:
        with asked_of(connection) as questions, contextlib.suppress(NoSuchArticle):
            find(connection, name)
        steps = [step for question in questions for step in plan(connection, *question)]
    assert steps, "something was asked"
    assert [step for step in steps if "Seq Scan" in step or step.startswith("SCAN")] == []


@contextlib.contextmanager
def asked_of(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """The questions that are asked within ``with``, with their parameters."""
    questions: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        questions.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    yield questions
    event.remove(connection, "before_cursor_execute", note)


def plan(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """How the database goes about a question, a step a line."""
    explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    return [row[-1] for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)]
