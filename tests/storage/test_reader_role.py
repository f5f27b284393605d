"""The reader's role on a real PostgreSQL: it tries everything, and can read the views."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from storage import migrate
from storage.engine import DatabaseProblem, open_database
from storage.reader_role import MANNERS, grant
from storage.saving import save_batch
from storage.tables import metadata
from storage.views import NAMES
from tests.databases import administer, dropped, empty_postgresql_database, fresh_postgresql_database
from tests.storage.texts import article, seen

ROLE = "gazette reader"
"""A name that must be quoted."""


@pytest.fixture(scope="module")
def server(postgresql: str) -> Iterator[Engine]:
    """A database with rows, and the role that reads it. The tests of this file share it."""
    with dropped(fresh_postgresql_database(postgresql)) as url:
        engine = open_database(url)
        save_batch(engine, None, [seen(article(number)) for number in range(3)])
        grant(engine, ROLE, "it's \\ secret")
        yield engine
        engine.dispose()
    administer(postgresql, f'DROP ROLE IF EXISTS "{ROLE}"')


_WRITES = (
    "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES", "TRUNCATE {}", "COPY {} FROM STDIN",
    "LOCK TABLE {} IN EXCLUSIVE MODE",
)  # fmt: skip


def connect(server: Engine, role: str = ROLE) -> psycopg.Connection:
    options = server.dialect.create_connect_args(server.url)[1]
    return psycopg.connect(**{**options, "user": role, "password": "it's \\ secret"})


@pytest.fixture
def reader(server: Engine) -> Iterator[psycopg.Connection]:
    """A session that has thrown off its manners: only what was not granted holds it back."""
    with connect(server) as connection:
        connection.autocommit = True
        connection.execute("SET default_transaction_read_only = off")
        yield connection


def test_the_role_reads_every_view_by_its_bare_name(server: Engine) -> None:
    with connect(server) as reader:
        for name in NAMES:
            query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))
            assert reader.execute(query).description, name
        assert len(reader.execute("SELECT * FROM api_v1.articles").fetchall()) == 3


def test_its_sessions_are_read_only_and_bounded(server: Engine) -> None:
    with connect(server) as reader:
        for setting, value in MANNERS.items():
            assert reader.execute(f"SHOW {setting}").fetchone() == (value,)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            reader.execute("CREATE TEMPORARY SEQUENCE mine")


def test_it_reads_no_table(server: Engine, reader: psycopg.Connection) -> None:
    tables = [*metadata.tables, "article_search", "article_search_keys", "alembic_version"]
    for table in tables:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(sql.SQL("SELECT * FROM public.{}").format(sql.Identifier(table)))
    with server.connect() as connection:
        present = set(
            connection.scalars(text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = "
                                    "to_regnamespace('public')"))
        )  # fmt: skip
    assert present == set(tables), "every table there is was tried"


def test_it_writes_into_no_view_and_no_table(reader: psycopg.Connection) -> None:
    refused = (
        psycopg.errors.InsufficientPrivilege,
        psycopg.errors.WrongObjectType,  # TRUNCATE and COPY take no view at all
        psycopg.errors.ObjectNotInPrerequisiteState,  # nor does INSERT one with a join
    )
    for schema, names in (("api_v1", NAMES), ("public", tuple(metadata.tables))):
        for name in names:
            target = sql.Identifier(schema, name)
            for form in _WRITES:
                with pytest.raises(refused), reader.transaction():
                    reader.execute(sql.SQL(form).format(target))


@pytest.mark.parametrize(
    "attempt",
    [
        "CREATE TABLE mine (n int)",
        "CREATE TABLE public.mine (n int)",
        "CREATE TABLE api_v1.mine (n int)",
        "CREATE TEMPORARY TABLE mine (n int)",
        "CREATE TEMPORARY VIEW mine AS SELECT 1",
        "CREATE VIEW api_v1.mine AS SELECT 1",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION api_v1.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DO $$ BEGIN CREATE TABLE public.mine (n int); END $$",
        "SELECT 1 INTO public.mine",
        "DROP VIEW api_v1.articles",
        "ALTER VIEW api_v1.articles RENAME TO gone",
        "ALTER ROLE current_user SUPERUSER",
        "ALTER DATABASE postgres SET search_path = mine",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "COPY (SELECT 1) TO '/tmp/frontnews-reader'",
        "COPY (SELECT 1) TO PROGRAM 'cat > /tmp/frontnews-reader'",
        "SELECT pg_read_file('postgresql.conf')",
        "SELECT pg_ls_dir('.')",
        "SELECT lo_import('/etc/hostname')",
        "SELECT lo_creat(-1)",
        "SELECT lo_from_bytea(0, 'a')",
        "SELECT pg_reload_conf()",
        "SELECT pg_switch_wal()",
        "SELECT setval('public.crawl_runs_id_seq', 1)",
        "SELECT nextval('public.crawl_runs_id_seq')",
        "SELECT passwd FROM pg_shadow",
        "COMMENT ON VIEW api_v1.articles IS 'x'",
    ],
)
def test_it_makes_and_changes_nothing(reader: psycopg.Connection, attempt: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute(attempt)


def test_it_passes_on_nothing(reader: psycopg.Connection) -> None:
    """PostgreSQL answers such a GRANT with a warning alone."""
    rights = "SELECT relacl FROM pg_class WHERE oid = to_regclass('api_v1.articles')"
    before = reader.execute(rights).fetchone()
    reader.execute("GRANT SELECT ON api_v1.articles TO PUBLIC")
    assert reader.execute(rights).fetchone() == before


def test_granting_again_is_harmless_and_keeps_the_password(server: Engine) -> None:
    assert not grant(server, ROLE).created
    with connect(server) as reader:
        assert len(reader.execute("SELECT * FROM articles").fetchall()) == 3


def test_the_role_still_reads_after_the_views_were_made_anew(server: Engine) -> None:
    previous = migrate.revisions()[0]
    migrate.downgrade(server, previous)
    with connect(server) as reader, pytest.raises(psycopg.errors.UndefinedTable):
        reader.execute("SELECT * FROM api_v1.articles")
    migrate.upgrade(server)
    with connect(server) as reader:
        for name in NAMES:
            reader.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name)))


def test_a_role_that_may_do_more_is_refused_and_left_as_it_was(server: Engine, postgresql: str) -> None:
    owner = make_url(postgresql).username or "postgres"
    administer(
        postgresql, "CREATE ROLE boss CREATEROLE; CREATE ROLE writer; CREATE ROLE member IN ROLE writer"
    )
    try:
        with server.begin() as connection:
            connection.execute(text("GRANT INSERT ON articles TO writer"))
        for role, why in {
            owner: "works as", "boss": "administrator", "member": "member of", "writer": "was granted tables",
        }.items():  # fmt: skip
            with pytest.raises(DatabaseProblem, match=why):
                grant(server, role)
        with server.begin() as connection:
            limits = connection.scalars(
                text("SELECT rolconnlimit FROM pg_roles WHERE rolname IN ('boss', 'writer', 'member')")
            )
            assert list(limits) == [-1, -1, -1]
            connection.execute(text("REVOKE ALL ON articles FROM writer"))
    finally:
        administer(postgresql, "DROP ROLE boss; DROP ROLE member; DROP ROLE writer")


def test_an_owner_who_is_no_superuser_is_told_what_stays_open(postgresql: str) -> None:
    administer(postgresql, "CREATE ROLE owner LOGIN CREATEROLE")
    with dropped(empty_postgresql_database(postgresql)) as url:
        name = make_url(url).database
        administer(postgresql, f"ALTER DATABASE {name} OWNER TO owner")
        engine = open_database(make_url(url).set(username="owner").render_as_string(hide_password=False))
        try:
            migrate.upgrade(engine)
            granted = grant(engine, "modest")
            with engine.connect() as connection:
                for right in ("'TEMPORARY'", "'CREATE'"):
                    asked = f"SELECT has_database_privilege('modest', current_database(), {right})"
                    assert connection.scalar(text(asked)) is False
        finally:
            engine.dispose()
    (line,) = granted.left_open
    assert line.startswith("modest can still make large objects; a superuser ends that with: REVOKE EXECUTE")
    administer(postgresql, "DROP ROLE modest; DROP ROLE owner")


def test_who_may_not_make_roles_is_told_so_in_one_line(server: Engine) -> None:
    url = server.url.set(username=ROLE, password="it's \\ secret")
    poor = open_database(url.render_as_string(hide_password=False))
    try:
        with pytest.raises(DatabaseProblem, match="gazette reader may not make the role other") as caught:
            grant(poor, "other")
        assert "\n" not in str(caught.value)
    finally:
        poor.dispose()
