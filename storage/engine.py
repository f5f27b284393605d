"""Opening a database, and the two ways of talking to it: reading and writing.

SQLite and PostgreSQL behave alike from here on.

SQLite (measured, reference/engine.md section 4): WAL with ``synchronous=NORMAL``; a plain BEGIN that
turns from reading to writing fails with "database is locked" whatever the busy timeout, so every
transaction that may write starts with BEGIN IMMEDIATE.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

BUSY_SECONDS = 30
"""How long a writer waits for another: the longest wait measured with 8 writers was 0.74 s."""

STALLED_SECONDS = 60
"""PostgreSQL ends a transaction that says nothing for so long: a suspended worker must not hold the
lock of all writers. Equal to the lease: by then the worker counts as lost anyway."""


class DatabaseProblem(Exception):
    """The database cannot be used. The message is one line for the person at the shell."""


def open_database(url: str) -> Engine:
    """Open ``sqlite:///path`` or ``postgresql://…`` and prove that it answers.

    The folder of a SQLite file is created. Raises DatabaseProblem: unknown kind of URL, folder that
    cannot be made, file that is no database, server that does not answer, wrong password.
    """
    address = _address(url)
    engine = _sqlite(address) if address.get_backend_name() == "sqlite" else _postgresql(address)
    try:
        with reading(engine) as connection:
            connection.execute(text("SELECT 1"))
    except sqlite3.Error as error:  # raised by the PRAGMAs of a fresh connection, outside SQLAlchemy
        raise _explain(error, address) from error
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection in one consistent snapshot that never holds up a writer."""
    level = "REPEATABLE READ" if engine.dialect.name == "postgresql" else None
    with explaining(engine), engine.connect() as connection:
        if level:
            connection = connection.execution_options(isolation_level=level)
        with connection.execution_options(only_reads=True).begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction: committed at the end, rolled back on any exception."""
    with explaining(engine), engine.begin() as connection:
        yield connection


@contextmanager
def explaining(engine: Engine) -> Iterator[None]:
    """Turn a driver's error about the database itself (gone, full, read-only) into one clear line."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, (sqlite3.OperationalError, psycopg.OperationalError)) or _is_no_database(
            error.orig
        ):
            raise _explain(error.orig, engine.url) from error
        raise


def _address(url: str) -> URL:
    try:
        address = make_url(url.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        raise DatabaseProblem(
            f"{url!r} is not a database address; write sqlite:///data/frontnews.db or postgresql://user@host/name"
        ) from None
    if address.get_backend_name() == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if address.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise DatabaseProblem(
            f"{address.drivername!r} is not supported; Frontnews keeps SQLite and PostgreSQL"
        )
    return address


def _sqlite(address: URL) -> Engine:
    path = address.database
    in_memory = not path or path == ":memory:"
    if path and not in_memory:
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseProblem(
                f"cannot make the folder of the database {path}: {error.strerror or error}"
            ) from error
    engine = create_engine(
        address,
        json_serializer=compact_json,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        **({"poolclass": StaticPool} if in_memory else {}),  # each connection would be a database of its own
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # pysqlite's own BEGIN is the plain one
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        only_reads = connection.get_execution_options().get("only_reads", False)
        connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")

    return engine


def _postgresql(address: URL) -> Engine:
    return create_engine(
        address,
        json_serializer=compact_json,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 10,
            "application_name": "frontnews",
            "options": f"-c timezone=UTC -c idle_in_transaction_session_timeout={STALLED_SECONDS}s",
        },
    )


def compact_json(value: object) -> str:
    """JSON as it is stored: Vietnamese letters as they are, so that SQL can search and people can read."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _is_no_database(error: BaseException | None) -> bool:
    return isinstance(error, sqlite3.DatabaseError) and "not a database" in str(error)


def _explain(error: BaseException | None, address: URL) -> DatabaseProblem:
    where = address.database if address.get_backend_name() == "sqlite" else address.render_as_string()
    said = " ".join(str(error).split())
    for sign, meaning in (
        ("file is not a database", "is not a database (another kind of file?)"),
        ("unable to open database file", "cannot be opened (does the folder exist, may it be written to?)"),
        ("readonly database", "may not be written to"),
        (
            "disk is full",
            "has no space left on its disk: the unfinished batch was not kept, all before it was",
        ),
        ("No space left on device", "has no space left on its disk: the unfinished batch was not kept"),
        (
            "disk I/O error",
            "could not be read or written (disk I/O error): the unfinished batch was not kept",
        ),
        ("database is locked", f"is locked by another program for more than {BUSY_SECONDS} s"),
        ("Connection refused", "does not answer (connection refused): is the server running?"),
        ("password authentication failed", "refuses the user name or password"),
    ):
        if sign in said:
            return DatabaseProblem(f"database {where} {meaning}")
    return DatabaseProblem(f"database {where} cannot be used: {said}")
