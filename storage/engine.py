"""Opening a database, and the two ways of talking to it: reading and writing.

SQLite and PostgreSQL behave alike from here on.

SQLite (measured, reference/engine.md section 4): WAL with ``synchronous=NORMAL``; a plain BEGIN that
turns from reading to writing fails with "database is locked" whatever the busy timeout, so every
transaction that may write starts with BEGIN IMMEDIATE.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as AllConnectionsTaken
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from storage.lease import STALLED_SECONDS

BUSY_SECONDS = 30
"""How long a writer waits for another: the longest wait measured with 8 writers was 0.74 s."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def compact_json(value: object) -> str:
    """JSON as it is stored: Vietnamese letters as they are, so that SQL can search and people can read."""
    return _encode(value)


SILENT_SECONDS = STALLED_SECONDS
"""How long a transaction that writes may do nothing before PostgreSQL ends it."""

_NO_LONG_SILENCE = text(f"SET LOCAL idle_in_transaction_session_timeout = '{SILENT_SECONDS}s'")


class DatabaseProblem(Exception):
    """The database cannot be used. The message is one line for the person at the shell."""


def open_database(url: str) -> Engine:
    """Open ``sqlite:///path`` or ``postgresql://…`` and prove that it answers.

    The folder of a SQLite file is created. Raises DatabaseProblem: unknown kind of URL, folder that
    cannot be made, file that is no database, server that does not answer, wrong password.
    """
    address = address_of(url)
    engine = _sqlite(address) if address.get_backend_name() == "sqlite" else _postgresql(address)
    with reading(engine) as connection:
        connection.execute(text("SELECT 1"))
    return engine


def open_existing(url: str) -> Engine:
    """Open a database to read from it. Raises DatabaseProblem, also where the SQLite file is not there."""
    if not is_made(url):
        raise DatabaseProblem(
            f"there is no database {address_of(url).database} yet; `frontnews crawl` makes one"
        )
    return open_database(url)


def is_made(url: str) -> bool:
    """Whether a database is there, as far as that can be seen without asking it: the file of SQLite."""
    address = address_of(url)
    path = address.database
    return not (
        address.get_backend_name() == "sqlite" and path and path != ":memory:" and not Path(path).exists()
    )


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection in one consistent snapshot that never holds up a writer."""
    options: dict[str, object] = {"only_reads": True}  # heeded by the listener of _sqlite
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with (
        explaining(engine),
        engine.connect() as plain,
        plain.execution_options(**options) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def writing(engine: Engine | Connection) -> Iterator[Connection]:
    """A connection in one transaction: committed at the end, rolled back on any exception.

    Given a connection, its transaction is joined, and ended by whoever began it.
    """
    if isinstance(engine, Connection):
        yield engine
        return
    with explaining(engine), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(_NO_LONG_SILENCE)
        yield connection


@contextmanager
def driver_cursor(connection: Connection) -> Iterator[DBAPICursor]:
    """A cursor of the driver, in the connection's transaction: what it raises is what SQLAlchemy would.

    For statements that each batch has: SQLAlchemy takes 130,000 instructions for one whatever it says, and
    the driver 12,000.
    """
    cursor = connection.connection.cursor()
    of_the_driver = connection.dialect.loaded_dbapi.Error
    try:
        yield cursor
    except of_the_driver as error:
        raise DBAPIError.instance(None, None, error, of_the_driver) from error
    finally:
        cursor.close()


def asked(connection: Connection, question: str) -> Any:
    """The one value that answers a question without parameters, as the driver gives it."""
    with driver_cursor(connection) as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
        return row[0] if row else None


@contextmanager
def explaining(engine: Engine) -> Iterator[None]:
    """Turn a driver's error about the database itself (gone, full, read-only) into one clear line."""
    try:
        yield
    except DBAPIError as error:
        of_the_file = type(error.orig) is sqlite3.DatabaseError  # no database, or a damaged one
        of_the_state = isinstance(error, OperationalError) or sqlstate(error) in _OF_THE_DATABASE
        if of_the_file or error.connection_invalidated or of_the_state:
            raise _explain(error.orig, engine.url) from error
        raise
    except AllConnectionsTaken as error:  # all of them wait for a database that hangs, or is locked
        raise DatabaseProblem(
            f"database {_place_of(engine.url)} answers none of the questions that this process has asked it"
        ) from error


def address_of(url: str) -> URL:
    """The parts of a database's address. Raises DatabaseProblem where it is none of ours."""
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
        # in memory, each connection would be a database of its own; in a file, each has a cache of its own
        **({"poolclass": StaticPool} if in_memory else {"pool_use_lifo": True}),
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # pysqlite's own BEGIN is the plain one
        _keep_a_log(connection)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cache_size=-4000")  # kB, of each connection; M: 16,000 save no faster
        connection.execute("PRAGMA wal_autocheckpoint=4000")  # pages: a quarter of the syncs of 1000

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        only_reads = connection.get_execution_options().get("only_reads", False)
        connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")

    return engine


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Have changes go into a log (WAL). SQLite does not wait for another program that does the same to a new
    file: it says at once that the database is locked."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


_VANISHED: dict[str, object] = {
    "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 30_000,
}  # fmt: skip
"""A server whose machine is gone (no power, no cable) answers nothing, not even that it is gone. M (2026-11):
a question is given up after 30 s, one that waits for its answer after 41; the system would take two hours."""


def _postgresql(address: URL) -> Engine:
    return create_engine(
        address,
        json_serializer=compact_json,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 10,
            "application_name": "frontnews",
            "options": "-c timezone=UTC",
            **_VANISHED,
        },
    )


def sqlstate(error: DBAPIError) -> str | None:
    """PostgreSQL's code of an error. By it errors are told apart without psycopg, which a crawl into SQLite
    would import for that alone: M (2026-11) 9 MB."""
    return getattr(error.orig, "sqlstate", None)


LOCK_NOT_AVAILABLE = "55P03"

_OF_THE_DATABASE = ("42P01", "42501", "25006", "0A000")
"""A table that is not there, a right that is missing, a server that takes no writing (a standby): these tell
of the database's state, not of a fault of this code, as all OperationalErrors do."""


def _place_of(address: URL) -> str | None:
    return address.database if address.get_backend_name() == "sqlite" else address.render_as_string()


def _explain(error: BaseException | None, address: URL) -> DatabaseProblem:
    where = _place_of(address)
    said = " ".join(str(error).split())
    for sign, meaning in (
        ("file is not a database", "is not a database (another kind of file?)"),
        ("malformed", "is damaged; restore a backup, or try: sqlite3 FILE .recover"),
        ("unable to open database file", "cannot be opened (does the folder exist, may it be written to?)"),
        ("readonly database", "may not be written to"),
        ("read-only transaction", "may not be written to: the server takes no writing"),
        ("during recovery", "may not be written to: the server is a standby; name the one that leads"),
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
        (
            "No such file or directory Is the",
            "does not answer (its socket is not there): is the server running?",
        ),
        ("timeout expired", "does not answer (timeout): does the server hang, is the network up?"),
        ("starting up", "is starting up"),
        ("shutting down", "is being shut down"),
        ("administrator command", "has ended the connection: it is restarted, or somebody ended it"),
        ("server closed the connection", "has ended the connection: it was killed, or is restarted"),
        ("too many clients", "has no connection left (max_connections); pg_stat_activity names who has them"),
        ("too many connections", "has no connection left for this user or database"),
        ("connection slots are reserved", "has no connection left (max_connections) but for superusers"),
        ("password authentication failed", "refuses the user name or password"),
        ("no such table", "has not the tables of this version; run: frontnews db upgrade"),
        ("permission denied", "may not be read or written by this user"),
        ("relation", "has not the tables of this version; run: frontnews db upgrade"),
    ):
        if sign in said:
            return DatabaseProblem(f"database {where} {meaning}")
    return DatabaseProblem(f"database {where} cannot be used: {said}")
