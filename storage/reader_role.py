"""The role of those who read: every view of the contract, nothing else, and no writing. PostgreSQL only.

A view runs with the rights of its owner, so a role that may read ``api_v1`` needs no table. Whoever may use
the schema may read all of it: storage.migrate makes the views anew and calls :func:`grant_again`.

The read-only transactions and time limits are manners that a session may switch off; the wall is what the
role was never granted. Three things PostgreSQL grants to everybody, and they are taken away from PUBLIC
here: temporary tables, tables in the schema ``public`` (before PostgreSQL 15), and large objects.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from storage.engine import DatabaseProblem

ROLE = "frontnews_reader"

MANNERS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "5min",
    "idle_in_transaction_session_timeout": "1min",
    "lock_timeout": "30s",
    "search_path": "api_v1",
}
"""Settings of the role's sessions in this database. A forgotten transaction would keep dead rows alive and
stand in the way of ``db upgrade``; the longest query measured, a full export, takes under a minute."""

CONNECTIONS = 20
"""At most: a reader that leaks connections must leave the crawler some of the usual 100."""

_LARGE_OBJECTS = (
    "lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid, bytea)", "lo_open(oid, integer)",
    "lo_put(oid, bigint, bytea)", "lowrite(integer, bytea)", "lo_truncate(integer, integer)",
    "lo_truncate64(integer, bigint)", "lo_unlink(oid)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Granted:
    """What was done. ``left_open`` says in one line each what the present user may not close."""

    role: str
    created: bool
    left_open: tuple[str, ...]


def grant(engine: Engine, role: str = ROLE, password: str | None = None) -> Granted:
    """Make the role, or bring it to what it should be; the password of an existing one stays without one.

    Raises DatabaseProblem where the role is one that may do more (it would have to be cut down, and may be
    somebody's own), and where the user of ``engine`` may not make roles.
    """
    import psycopg  # here, as storage.engine.sqlstate says why

    try:
        return _grant(engine, role, password)
    except ProgrammingError as error:
        if not isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise
        user = engine.url.username or "this user"
        raise DatabaseProblem(
            f"{user} may not make the role {role} ({error.orig.diag.message_primary}); "
            "give an administrator's address with --database"
        ) from error


def _grant(engine: Engine, role: str, password: str | None) -> Granted:
    with engine.begin() as connection:
        if connection.scalar(text("SELECT to_regnamespace('api_v1')")) is None:
            raise DatabaseProblem("the database has no views yet; run: frontnews db upgrade")
        exists = connection.scalar(
            text("SELECT count(*) FROM pg_roles WHERE rolname = :role"), {"role": role}
        )
        if exists:
            _refuse_the_mighty(connection, role)
        name, database = _quoted(connection, role), _quoted(connection, str(engine.url.database))
        secret = f"PASSWORD {_scram(connection, role, password)}" if password is not None else ""
        _run(
            connection,
            f"{'ALTER' if exists else 'CREATE'} ROLE {name} LOGIN CONNECTION LIMIT {CONNECTIONS} {secret}",
            f"GRANT CONNECT ON DATABASE {database} TO {name}",
            f"GRANT USAGE ON SCHEMA api_v1 TO {name}",
            *(
                f"ALTER ROLE {name} IN DATABASE {database} SET {setting} = '{value}'"
                for setting, value in MANNERS.items()
            ),
        )
        grant_again(connection)
        return Granted(role, not exists, _take_from_everybody(connection, role, database))


def grant_again(connection: Connection) -> None:
    """Let whoever may use the schema ``api_v1`` read its views: they were dropped and made anew."""
    users = connection.scalars(
        text("""
            SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END
              FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) a
                   LEFT JOIN pg_roles r ON r.oid = a.grantee
             WHERE n.nspname = 'api_v1' AND a.privilege_type = 'USAGE' AND a.grantee <> n.nspowner""")
    ).all()
    _run(connection, *(f"GRANT SELECT ON ALL TABLES IN SCHEMA api_v1 TO {user}" for user in users))


def _refuse_the_mighty(connection: Connection, role: str) -> None:
    mighty = connection.scalar(
        text("""
            SELECT CASE
                WHEN r.rolname = current_user THEN 'is the user that Frontnews itself works as'
                WHEN r.rolsuper THEN 'is a superuser'
                WHEN r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls
                     THEN 'has rights of an administrator'
                WHEN EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
                     THEN 'is a member of other roles'
                WHEN EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid) THEN 'owns tables here'
                WHEN EXISTS (SELECT FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
                              WHERE a.grantee = r.oid AND c.relnamespace <> to_regnamespace('api_v1'))
                     THEN 'was granted tables beside the views'
                END
              FROM pg_roles r WHERE r.rolname = :role"""),
        {"role": role},
    )
    if mighty:
        raise DatabaseProblem(f"the role {role} {mighty}; name another one with --role, it will be made")


def _take_from_everybody(connection: Connection, role: str, database: str) -> tuple[str, ...]:
    """Revoke what PostgreSQL grants to PUBLIC; return what the present user could not revoke.

    A REVOKE without the right to it is a warning at best, so what counts is what the role may do after it.
    """
    closed = {
        f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC": (
            "make temporary tables",
            "SELECT has_database_privilege(:role, current_database(), 'TEMPORARY')",
        ),
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC": (
            "make tables in the schema public",
            "SELECT has_schema_privilege(:role, to_regnamespace('public'), 'CREATE')",
        ),
        f"REVOKE EXECUTE ON FUNCTION {', '.join(_LARGE_OBJECTS)} FROM PUBLIC": (
            "make large objects",
            "SELECT bool_or(has_function_privilege(:role, oid, 'EXECUTE')) FROM pg_proc "
            "WHERE proname ~ '^lo_(creat|from|put|trunc|unlink|open)|^lowrite'",
        ),
    }
    left = []
    for statement, (what, may) in closed.items():
        with contextlib.suppress(ProgrammingError), connection.begin_nested():
            _run(connection, statement)
        if connection.scalar(text(may), {"role": role}):
            left.append(f"{role} can still {what}; a superuser ends that with: {statement}")
    return tuple(left)


def _scram(connection: Connection, role: str, password: str) -> str:
    """The password as the server keeps it, in quotes: in clear it could land in the server's log."""
    import psycopg

    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    kept = driver.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return f"'{kept.decode()}'"


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _run(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
