"""Migrations, there and back on a filled database, and what is said of a database that does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Engine, Text, text

from storage import frontier, migrate, runs
from storage.engine import DatabaseProblem, open_database
from storage.frontier import Queued
from storage.saving import save_batch
from storage.views import NAMES, create_statements
from tests.storage.texts import article, edited, report, seen

View = Callable[[str], list[dict[str, object]]]


@pytest.fixture
def empty(empty_url: str) -> Iterator[Engine]:
    engine = open_database(empty_url)
    yield engine
    engine.dispose()


def test_an_empty_database_says_so_and_an_upgraded_one_is_as_the_code_expects(empty: Engine) -> None:
    assert migrate.check(empty) == ["the database is empty; run: frontnews db upgrade"]
    migrate.upgrade(empty)
    assert migrate.check(empty) == []
    migrate.upgrade(empty)
    assert migrate.check(empty) == []


def test_every_migration_goes_back_and_forth_on_a_filled_database(engine: Engine, view: View) -> None:
    save_batch(engine, None, [seen(article(number)) for number in range(5)])
    save_batch(engine, None, [seen(article(1, paragraphs=report(1, 9)))])
    frontier.add(engine, None, "xa", [Queued("1", "https://xa.vn/1")])
    run = runs.begin(engine, "xa")
    runs.finish(engine, run.id, verdict="nothing_new", counts={}, errors={})
    for revision in migrate.revisions():
        migrate.downgrade(engine, revision)
        migrate.upgrade(engine)
        assert migrate.check(engine) == []
    assert len(view("articles")) in (0, 5)  # the tables' own migration takes the rows with it
    save_batch(engine, None, [seen(article(9))])


def test_the_columns_of_every_view_are_those_of_the_golden_list(view: View, engine: Engine) -> None:
    golden = (Path(__file__).parent / "views_v1.txt").read_text(encoding="utf-8").splitlines()
    prefix = "api_v1." if engine.dialect.name == "postgresql" else "v1_"
    columns = []
    with engine.connect() as connection:
        for name in NAMES:
            keys = connection.execute(text(f"SELECT * FROM {prefix}{name}")).keys()
            columns.append(f"{name}: {', '.join(keys)}")
    assert columns == golden, "columns of v1 are added at the end, never renamed, moved or removed"


def test_a_database_of_a_newer_frontnews_is_refused_in_one_line(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    (problem,) = migrate.check(engine)
    assert "newer Frontnews" in problem
    with pytest.raises(
        DatabaseProblem, match=r"^the database was written by a newer Frontnews .*9999"
    ) as caught:
        migrate.upgrade(engine)
    assert "\n" not in str(caught.value)


def test_a_migration_that_copies_a_table_keeps_the_rows_that_refer_to_it(engine: Engine, view: View) -> None:
    """With SQLite's foreign keys on, Alembic's copy of ``articles`` would take its copies along."""
    save_batch(engine, None, [seen(article(number)) for number in range(3)])

    def copy_table(config: Config) -> None:
        context = MigrationContext.configure(config.attributes["connection"])
        with Operations(context).batch_alter_table("articles", recreate="always") as table:
            table.add_column(Column("mood", Text))

    if engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL alters a table in its place")
    migrate.run(engine, copy_table, create_statements)
    assert len(view("article_copies")) == 3
    assert len(view("article_organizations")) == 3
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    assert any("mood" in problem for problem in migrate.check(engine))


def test_a_view_or_column_that_is_missing_is_named(engine: Engine) -> None:
    prefix = "api_v1." if engine.dialect.name == "postgresql" else "v1_"
    with engine.begin() as connection:
        connection.execute(text(f"DROP VIEW {prefix}runs"))
        connection.execute(text("DROP TABLE holds"))
    problems = "\n".join(migrate.check(engine))
    assert f"{prefix}runs is missing" in problems
    assert "holds" in problems
    migrate.upgrade(engine)
    assert f"{prefix}runs" not in "\n".join(migrate.check(engine)), "upgrade makes missing views again"


def test_near_copies_of_what_was_stored_before_the_sketches_changed_are_found(engine: Engine) -> None:
    save_batch(engine, None, [seen(article(1))])
    migrate.downgrade(engine, "0004")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM dup_bands"))
        assert list(connection.scalars(text("SELECT sig_version FROM articles"))) == [1]
    migrate.upgrade(engine)
    (saved,) = save_batch(engine, None, [seen(article(2, paragraphs=edited(report(1), 0.03)), "bao")])
    assert saved.story_new
