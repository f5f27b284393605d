"""The queue's tables: made and brought up to date by `db upgrade`, and missed by `db check`."""

from __future__ import annotations

from importlib import resources

import pytest
from sqlalchemy import Engine, inspect, text

from storage import migrate, queue_schema
from storage.engine import DatabaseProblem, open_database, writing
from tests.databases import empty_postgresql_database

CATALOGUE = (
    "SELECT 'function', proname || pg_get_function_identity_arguments(oid) || prosrc FROM pg_proc"
    " WHERE pronamespace = 'procrastinate'::regnamespace UNION ALL "
    "SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
    "SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'procrastinate' UNION ALL "
    "SELECT 'column', table_name || ' ' || column_name || ' ' || udt_name FROM information_schema.columns"
    " WHERE table_schema = 'procrastinate' UNION ALL "
    "SELECT 'label', enumlabel FROM pg_enum ORDER BY 1, 2"
)


def catalogue(engine: Engine) -> set[tuple[str, ...]]:
    with engine.connect() as connection:
        return {(row[0], " ".join(row[1].split())) for row in connection.execute(text(CATALOGUE))}


def test_an_upgrade_makes_them_in_a_schema_of_their_own_and_again_does_nothing(engine: Engine) -> None:
    names = set(inspect(engine).get_table_names(schema="procrastinate"))
    assert "procrastinate_jobs" in names
    assert not [name for name in inspect(engine).get_table_names() if name.startswith("procrastinate")]
    assert migrate.check(engine) == []
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO procrastinate.procrastinate_workers DEFAULT VALUES"))
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM procrastinate.procrastinate_workers")) == 1


def test_a_database_from_before_the_queue_says_so_and_is_brought_up_to_date(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("DROP SCHEMA procrastinate CASCADE"))
    (problem,) = migrate.check(engine)
    assert problem == "the queue for workers has no tables yet; run: frontnews db upgrade"
    with pytest.raises(DatabaseProblem, match="frontnews db upgrade"):
        queue_schema.require(engine)
    migrate.upgrade(engine)
    assert migrate.check(engine) == []


def test_tables_of_an_older_package_become_those_of_today(engine: Engine, postgresql: str) -> None:
    """Every change that Procrastinate ever shipped up to 3.2, and ours from there on."""
    older = open_database(empty_postgresql_database(postgresql))
    folder = resources.files("procrastinate.sql") / "migrations"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    early = [name for name in names if name < "03.02"]
    assert early and len(early) < len(names)
    with writing(older) as connection:
        connection.execute(text("CREATE SCHEMA procrastinate"))
        connection.execute(text("SET LOCAL search_path TO procrastinate"))
        for name in early:
            connection.connection.driver_connection.execute((folder / name).read_bytes())  # type: ignore[union-attr]
        connection.execute(text(f"COMMENT ON SCHEMA procrastinate IS '{early[-1].removesuffix('.sql')}'"))
    migrate.upgrade(older)
    assert migrate.check(older) == []
    assert catalogue(older) == catalogue(engine)
    older.dispose()


def test_tables_of_a_newer_package_are_left_alone_and_named(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("COMMENT ON SCHEMA procrastinate IS '99.00.00_01_of_tomorrow'"))
    migrate.upgrade(engine)
    (problem,) = migrate.check(engine)
    assert "newer Procrastinate (99.00.00_01_of_tomorrow" in problem
    with pytest.raises(DatabaseProblem, match="same version on every machine"):
        queue_schema.require(engine)


def test_going_back_takes_them_away(engine: Engine) -> None:
    migrate.downgrade(engine, "base")
    assert "procrastinate" not in inspect(engine).get_schema_names()
    migrate.upgrade(engine)
    assert migrate.check(engine) == []


def test_our_own_tables_are_found_whatever_search_path_the_role_has(engine: Engine) -> None:
    with writing(engine) as connection:
        before = connection.scalar(text("SELECT current_setting('search_path')"))
        queue_schema.search_here(connection)
        assert connection.scalar(text("SELECT current_setting('search_path')")) == f"{before}, procrastinate"
    with writing(engine) as connection:
        assert connection.scalar(text("SELECT current_setting('search_path')")) == before
