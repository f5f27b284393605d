"""Bringing a database to the tables that this code knows, forwards only as far as the user asked.

Alembic is imported where there is something to migrate: each start asks whether there is, and of a database
that is as it should be the names of the migrations are all that has to be known (0.1 s of a start, measured).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from storage import queue_schema
from storage.dictionary_formats import comments
from storage.engine import LOCK_NOT_AVAILABLE, DatabaseProblem, explaining, reading, sqlstate
from storage.reader_role import grant_again
from storage.tables import metadata
from storage.views import NAMES, create_statements, drop_statements

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"

_LOCK = 7_240_002
"""Advisory lock of PostgreSQL: two programs that start at once must not both migrate. Any number that
no other part uses (storage.writers_lock has 7_240_001)."""

PATIENCE_SECONDS = 10
"""How long a migration waits on PostgreSQL for readers and writers to end their transactions. Whoever
comes after it has to wait as well meanwhile, so it is short; batches are saved in a tenth of a second."""


def upgrade(engine: Engine) -> None:
    """Create the tables, or bring older ones to this code's form, in one transaction.

    Safe to call at every start and from several programs at once. Raises DatabaseProblem where the
    database was written by a newer Frontnews, and where a transaction of somebody else stays in the way.
    """
    if _revision(engine) != head() or _lacks_views(engine) or queue_schema.is_behind(engine):
        run(engine, to_head, contract)


def to_head(config: Config) -> None:
    """Bring our tables, and the queue's beside them, to this code's form (a step for :func:`run`)."""
    from alembic import command

    command.upgrade(config, "head")
    queue_schema.upgrade(config.attributes["connection"])


def contract(dialect: str) -> Iterator[str]:
    """DDL of the views, with what they mean as comments where the engine keeps comments."""
    yield from create_statements(dialect)
    if dialect == "postgresql":
        yield from comments()


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to an older form (``base`` removes them all). For tests and rescue."""
    from alembic import command

    run(engine, lambda config: command.downgrade(config, revision), lambda _: ())


def check(engine: Engine) -> list[str]:
    """What is wrong with the database, one line each; empty when it is as this code expects it."""
    other = other_release(engine)
    return [other] if other is not None else damage(engine)


def damage(engine: Engine) -> list[str]:
    """What is wrong with a database that is at the newest migration, one line each."""
    with reading(engine) as connection:
        problems = queue_schema.problems(engine) + _differences(connection)
        problems += _missing_views(connection)
        if engine.dialect.name == "sqlite":
            problems += [
                f"SQLite: {row[0]}"
                for row in connection.execute(text("PRAGMA quick_check"))
                if row[0] != "ok"
            ]
            problems += [
                f"SQLite: row {row[1]} of {row[0]} refers to a row that {row[2]} does not have"
                for row in connection.execute(text("PRAGMA foreign_key_check"))
            ]
    return problems


def other_release(engine: Engine) -> str | None:
    """How far the database is from the newest migration, in a line; None where it is there.

    A cheaper question than :func:`check`.
    """
    revision = _revision(engine)
    if revision == head():
        return None
    if revision is None:
        return "the database is empty; run: frontnews db upgrade"
    if revision not in known():
        return _newer(revision)
    return f"the database is at migration {revision}, this code expects {head()}; run: frontnews db upgrade"


def outgrown(engine: Engine) -> str | None:
    """That a newer program has brought the database further than this one knows, in a line; else None."""
    revision = _revision(engine)
    return None if revision is None or revision in known() else _newer(revision)


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest migration."""
    return _revision(engine) == head()


def head() -> str:
    """The newest migration that this code knows."""
    return max(known())


def revisions() -> list[str]:
    """Where a downgrade can go to, from the step before the newest down to ``base``."""
    return [*sorted(known(), reverse=True)[1:], "base"]


def run(engine: Engine, step: Callable[[Config], None], views: Callable[[str], Iterable[str]]) -> None:
    """Run ``step`` between dropping the views and making those of ``views``, in one transaction.

    The views belong to the code and not to the migrations: no step has to know those of its day.
    """
    revision = _revision(engine)
    if revision is not None and revision not in known():
        raise DatabaseProblem(_newer(revision))
    config = _config()
    with explaining(engine), _naming_the_holder(engine), engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        if isinstance(driver, sqlite3.Connection):
            # With foreign keys on, Alembic's copy-and-rename of a table deletes the rows that refer to
            # it (measured, engine.md section 4). SQLite heeds the switch outside transactions only.
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                    connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE_SECONDS}s'"))
                for statement in drop_statements(engine.dialect.name):
                    _execute(connection, statement)
                config.attributes["connection"] = connection
                step(config)
                for statement in views(engine.dialect.name):
                    _execute(connection, statement)
                if connection.dialect.name == "postgresql":
                    grant_again(connection)
                if isinstance(driver, sqlite3.Connection):
                    orphans = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
                    if orphans:
                        raise DatabaseProblem(
                            f"the migration of {engine.url.database} would leave {len(orphans)} rows without "
                            "the rows that they refer to; nothing was changed"
                        )
        finally:
            if isinstance(driver, sqlite3.Connection):
                driver.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _naming_the_holder(engine: Engine) -> Iterator[None]:
    """Say who was in the way for too long, as far as he still is."""
    try:
        yield
    except OperationalError as error:
        if sqlstate(error) != LOCK_NOT_AVAILABLE:
            raise
        with reading(engine) as connection:
            holder = connection.scalar(text(_HOLDER))
        raise DatabaseProblem(
            f"the migration waited {PATIENCE_SECONDS} s for {holder or 'another transaction'}; "
            "nothing was changed; end that transaction and run: frontnews db upgrade"
        ) from error


_HOLDER = """
    SELECT format('%s (process %s, %s, in a transaction since %s)', a.usename, a.pid,
                  coalesce(nullif(a.application_name, ''), 'unnamed program'),
                  to_char(a.xact_start, 'HH24:MI:SS'))
      FROM pg_stat_activity a
     WHERE a.pid <> pg_backend_pid() AND a.xact_start IS NOT NULL AND EXISTS (
           SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
            WHERE l.pid = a.pid AND l.granted AND a.datname = current_database()
              AND c.relnamespace IN (to_regnamespace('api_v1'), to_regnamespace('public')))
     ORDER BY a.xact_start LIMIT 1"""


def _execute(connection: Connection, statement: str) -> None:
    """Run DDL as it is: a comment may have colons and percent signs."""
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


@cache
def known() -> frozenset[str]:
    """Every migration that this code has. Its number begins the name of its file, and each follows on the
    one of the next smaller number."""
    return frozenset(path.name.partition("_")[0] for path in _MIGRATIONS.glob("versions/[0-9]*.py"))


def revision_of(connection: Connection) -> str | None:
    """The migration that the database is at; None: it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _revision(engine: Engine) -> str | None:
    with reading(engine) as connection:
        return revision_of(connection)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _newer(revision: str) -> str:
    return (
        f"the database was written by a newer Frontnews (migration {revision}, this one knows {head()}); "
        "install that version or use another database"
    )


def _differences(connection: Connection) -> list[str]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    context = MigrationContext.configure(
        connection,
        opts={
            "include_name": lambda name, kind, _: (
                kind != "table" or not (name or "").startswith("article_search")
            ),
            "compare_type": False,  # UtcTime and the like read back as their text form
        },
    )
    return [f"differs from this code: {difference}" for difference in compare_metadata(context, metadata)]


def _lacks_views(engine: Engine) -> bool:
    with reading(engine) as connection:
        return bool(_missing_views(connection))


def _missing_views(connection: Connection) -> list[str]:
    if connection.dialect.name == "postgresql":
        present = set(inspect(connection).get_view_names(schema="api_v1"))
        return [f"the view api_v1.{name} is missing" for name in NAMES if name not in present]
    present = set(inspect(connection).get_view_names())
    return [f"the view v1_{name} is missing" for name in NAMES if f"v1_{name}" not in present]
