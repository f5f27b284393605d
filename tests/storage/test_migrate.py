"""Migrations, there and back on a filled database, and what is said of a database that does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Engine, Text, text

from storage import migrate
from storage.engine import DatabaseProblem, open_database, reading
from storage.facets import Filters
from storage.saving import save_batch
from storage.search import search
from storage.tables import metadata
from storage.views import NAMES, create_statements, view_name
from tests.databases import copied
from tests.storage.filling import content, fill
from tests.storage.texts import article, edited, report, seen

NEWEST = 3
SOME = migrate.revisions()[:NEWEST] + migrate.revisions()[NEWEST:-1][::4] + ["base"]
"""Versions that `make test` goes back to: the newest, and every fourth before them. All of them take a
minute and a half, in `make chaos`."""
VERSIONS = [
    pytest.param(SOME, id="some versions"),
    pytest.param(migrate.revisions(), id="every version", marks=pytest.mark.slow),
]
View = Callable[[str], list[dict[str, object]]]


@pytest.fixture
def empty(empty_url: str) -> Iterator[Engine]:
    with opened(empty_url) as engine:
        yield engine


def test_an_empty_database_says_so_and_an_upgraded_one_is_as_the_code_expects(empty: Engine) -> None:
    assert migrate.check(empty) == ["the database is empty; run: frontnews db upgrade"]
    migrate.upgrade(empty)
    assert migrate.check(empty) == []
    migrate.upgrade(empty)
    assert migrate.check(empty) == []


def test_the_names_of_the_migrations_tell_their_order() -> None:
    versions = Path(migrate.__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(versions).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    chain = list(ScriptDirectory.from_config(config).walk_revisions())
    assert [migrate.head(), *migrate.revisions()] == [*(step.revision for step in chain), "base"]
    assert [step.down_revision for step in chain] == [*migrate.revisions()[:-1], None]


@pytest.mark.parametrize("versions", VERSIONS)
def test_every_migration_goes_back_and_forth_on_a_filled_database(
    engine: Engine, versions: list[str]
) -> None:
    with engine.begin() as connection:
        fill(connection)
        before = stored(connection)
    assert before.keys() == metadata.tables.keys() - {"window_owners"}
    for revision in versions:
        migrate.downgrade(engine, revision)
        with engine.connect() as connection:
            left = stored(connection)
        assert left == {table: columns_of(before[table], left[table]) for table in left}
        migrate.upgrade(engine)
        assert migrate.check(engine) == []
        with engine.connect() as connection:
            after = stored(connection)
        assert {table: columns_of(after[table], left[table]) for table in left} == left
    assert left == {}, "the last step removed every table"
    save_batch(engine, None, [seen(article(9))])


@pytest.mark.parametrize("versions", VERSIONS)
def test_a_database_of_every_earlier_version_is_upgraded_with_its_rows(
    empty_url: str, versions: list[str], tmp_path: Path
) -> None:
    for revision in reversed(versions[:-1]):
        with opened(empty_url) as growing:
            migrate.run(growing, lambda config, to=revision: command.upgrade(config, to), lambda _: ())  # type: ignore[misc]
        with copied(empty_url, tmp_path) as url, opened(url) as older:
            with older.begin() as connection:
                fill(connection)
                before = stored(connection)
            migrate.upgrade(older)
            assert migrate.check(older) == []
            with older.connect() as connection:
                after = stored(connection)
                for name in NAMES:
                    connection.execute(text(f"SELECT * FROM {view_name(name, older.dialect.name)}")).all()
            assert {table: columns_of(after[table], before[table]) for table in before} == before, revision


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    try:
        yield engine
    finally:
        engine.dispose()


def stored(connection: Connection) -> dict[str, dict[str, list[object]]]:
    """What stands in every table, but for what is made of the texts, with each version anew."""
    tables = content(connection)
    for made_of_texts in ("dup_bands", "window_owners"):
        tables.pop(made_of_texts, None)
    for table, columns in (("articles", ("sig_version", "signature", "words")), ("copies", ("words",))):
        for column in columns if table in tables else ():
            tables[table].pop(column, None)
    return tables


def columns_of(table: dict[str, list[object]], like: dict[str, list[object]]) -> dict[str, list[object]]:
    """The columns of ``table`` that ``like`` has too."""
    return {name: table[name] for name in like if name in table}


def test_a_reader_in_a_transaction_does_not_hold_up_a_migration_for_ever(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "PATIENCE_SECONDS", 1)
    save_batch(engine, None, [seen(article(1))])
    articles = view_name("articles", engine.dialect.name)
    with reading(engine) as reader:
        assert len(reader.execute(text(f"SELECT * FROM {articles}")).all()) == 1
        if engine.dialect.name == "sqlite":
            migrate.downgrade(engine, migrate.revisions()[0])
            migrate.upgrade(engine)
        else:
            with pytest.raises(DatabaseProblem, match=r"waited 1 s for .*frontnews.* since") as caught:
                migrate.downgrade(engine, migrate.revisions()[0])
            assert "\n" not in str(caught.value)
        assert len(reader.execute(text(f"SELECT * FROM {articles}")).all()) == 1, "it reads on"
    assert migrate.check(engine) == [], "nothing was changed, or all of it"
    migrate.downgrade(engine, migrate.revisions()[0])
    migrate.upgrade(engine)


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


def test_a_migration_that_would_leave_rows_without_their_article_changes_nothing(
    engine: Engine, view: View
) -> None:
    if engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL refuses each such statement by itself")
    save_batch(engine, None, [seen(article(number)) for number in range(3)])

    def lose_an_article(config: Config) -> None:
        config.attributes["connection"].execute(text("DELETE FROM articles WHERE id = 2"))

    with pytest.raises(
        DatabaseProblem, match="rows without the rows that they refer to; nothing was changed"
    ):
        migrate.run(engine, lose_an_article, create_statements)
    assert len(view("articles")) == 3
    assert migrate.check(engine) == []


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


def test_what_was_stored_before_the_sketches_changed_is_known_again(engine: Engine) -> None:
    save_batch(engine, None, [seen(article(1)), seen(article(1), "bao")])
    migrate.downgrade(engine, "0004")
    with engine.begin() as connection:
        for table in ("articles", "copies"):
            connection.execute(text(f"UPDATE {table} SET words = :old"), {"old": b"hashed as in those days"})
    migrate.upgrade(engine)
    near, *same = save_batch(
        engine,
        None,
        [
            seen(article(2, paragraphs=edited(report(1), 0.03)), "bao"),
            seen(article(1)),
            seen(article(1), "bao"),
        ],
    )
    assert near.story_new, "its near copies are found"
    assert [saved.outcome for saved in same] == ["unchanged", "unchanged"], "nothing looks edited"


def test_the_search_index_finds_the_same_after_going_back_and_forth(engine: Engine) -> None:
    save_batch(engine, None, [seen(article(number)) for number in range(3)])
    before = [hit.url for hit in search(engine, "hoi nghi lan thu").hits]
    migrate.downgrade(engine, "0070")
    migrate.upgrade(engine)
    found = search(engine, "hoi nghi lan thu", Filters(organization="MTTQ"))
    assert [hit.url for hit in found.hits] == before
    assert found.facets["organization"] == {"MTTQ": len(before)} == {"MTTQ": 3}
    save_batch(engine, None, [seen(article(3))])
    assert search(engine, "hoi nghi lan thu").total == 4
