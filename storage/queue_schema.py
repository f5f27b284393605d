"""The tables of the queue (Procrastinate's) in a PostgreSQL schema of their own, at the package's version.

Procrastinate ships its tables and each change of them as SQL, and leaves applying them to its users. Ours are
in the schema ``procrastinate``, whose comment names the last change that was applied. Without the extra
``cluster``, and on SQLite, there is no queue and nothing to do here.
"""

from __future__ import annotations

from importlib import resources
from importlib.util import find_spec

from sqlalchemy import Connection, Engine, text

from storage.engine import DatabaseProblem, reading

SCHEMA = "procrastinate"

_APPLIED = text("SELECT obj_description(to_regnamespace(:schema), 'pg_namespace')")

_BOUND = b"""DO $$ DECLARE one regprocedure; BEGIN
  FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = 'procrastinate'::regnamespace LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path FROM CURRENT', one);
  END LOOP;
END $$"""
"""The functions name their tables without a schema. Bound to ours they work at psql too, where somebody who
deletes a job would else be stopped by a trigger that does not find its tables."""


def installed() -> bool:
    """Whether the extra ``cluster`` is there."""
    return find_spec("procrastinate") is not None


def problems(engine: Engine) -> list[str]:
    """What is wrong with the queue's tables, one line each; none where there is no queue to be had."""
    if not _possible(engine.dialect.name):
        return []
    applied, newest = _applied(engine), _changes()[-1]
    if applied is None:
        return ["the queue for workers has no tables yet; run: frontnews db upgrade"]
    if applied > newest:
        return [
            f"the queue's tables were made by a newer Procrastinate ({applied}, this one knows {newest}); "
            "install the same version on every machine"
        ]
    if applied < newest:
        return [f"the queue's tables are at {applied}, this code expects {newest}; run: frontnews db upgrade"]
    return []


def is_behind(engine: Engine) -> bool:
    """Whether :func:`upgrade` has something to do."""
    return _possible(engine.dialect.name) and (_applied(engine) or "") < _changes()[-1]


def upgrade(connection: Connection) -> None:
    """Make the queue's tables or bring older ones to the package's form, in the caller's transaction.

    Tables of a newer package are left alone: an older worker beside newer ones says so and stops, while the
    clock of one machine needs no queue.
    """
    if not _possible(connection.dialect.name):
        return
    applied = connection.scalar(_APPLIED, {"schema": SCHEMA})
    changes = _changes()
    if applied is not None and applied >= changes[-1]:
        return
    if applied is None:
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        steps = [(resources.files("procrastinate.sql") / "schema.sql").read_text("utf-8")]
    else:
        folder = resources.files("procrastinate.sql") / "migrations"
        steps = [(folder / f"{name}.sql").read_text("utf-8") for name in changes if name > applied]
    before = connection.scalar(text("SELECT current_setting('search_path')"))
    connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
    import psycopg

    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    for step in steps:
        driver.execute(step.encode())  # bytes and no parameters: many statements, and % as it stands
    driver.execute(_BOUND)
    connection.execute(text("SELECT set_config('search_path', :before, true)"), {"before": before})
    connection.execute(text(f"COMMENT ON SCHEMA {SCHEMA} IS '{changes[-1]}'"))


def require(engine: Engine) -> None:
    """Raise DatabaseProblem where the queue's tables are missing or of another version."""
    for problem in problems(engine):
        raise DatabaseProblem(problem)


def search_here(connection: Connection) -> None:
    """Let this transaction see the queue's tables too, behind its own."""
    connection.execute(
        text("SELECT set_config('search_path', current_setting('search_path') || :more, true)"),
        {"more": f", {SCHEMA}"},
    )


def _possible(dialect: str) -> bool:
    return dialect == "postgresql" and installed()


def _applied(engine: Engine) -> str | None:
    with reading(engine) as connection:
        applied: str | None = connection.scalar(_APPLIED, {"schema": SCHEMA})
    return applied


def _changes() -> list[str]:
    """The names of the package's changes, the oldest first: 03.04.00_50_post_…"""
    files = (resources.files("procrastinate.sql") / "migrations").iterdir()
    return sorted(file.name.removesuffix(".sql") for file in files if file.name.endswith(".sql"))
