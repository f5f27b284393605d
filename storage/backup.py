"""A copy of the whole database while others write, and a database made of such a copy.

A backup is of one moment, checked before it gets its name, and either whole or not there. That of SQLite is
a SQLite file, that of PostgreSQL the format of storage.postgresql_dump. A restore goes into an empty place
only, and brings the tables to this code's form.

**Readers.** Changes that were made after the backup are lost with the old database, and their numbers would
be given out again: a reader that had seen them would skip what is new, without a sign. So numbers go on
LEAP further on, and ``meta`` says which were lost. A reader that had not come so far carries on and misses
nothing; one that had is told to read everything anew (storage.typed.changes, docs/reading-the-data.md).
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.engine import URL

from storage import migrate, postgresql_dump
from storage.bulk import upsert
from storage.changes import LOST, RESTORED_FROM, RESUMED_AT, lost
from storage.columns import now
from storage.engine import DatabaseProblem, address_of, open_database, reading, writing
from storage.tables import articles, changes, meta

LEAP = 100_000_000
"""Change numbers left out by a restore: more than can have been given out since any backup (the fastest
measured are 3,000 a second, nine hours at full speed; 100,000 a day are three years)."""

_PAGES = 2_000
"""Pages of SQLite copied between two signs of progress: 8 MB."""

Progress = Callable[[int, int], None]
"""Told how much is done of how much, in units that only their ratio means something of."""


class Exists(Exception):
    """There is a file already where the backup should go."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a backup or a restored database holds."""

    path: Path
    size: int
    migration: str
    articles: int
    last_change_seq: int


def _silent(done: int, total: int) -> None:
    """Show nothing."""


def backup(engine: Engine, path: Path, *, overwrite: bool = False, progress: Progress = _silent) -> Content:
    """Copy the database into a file at ``path``, or into a new one in the folder ``path``.

    Raises Exists, and DatabaseProblem: the database is empty, the file cannot be written or is not sound.
    """
    if path.is_dir():
        suffix = "db" if engine.dialect.name == "sqlite" else "zip"
        path = path / f"frontnews-{now():%Y%m%dT%H%M%SZ}.{suffix}"
    if path.exists() and not overwrite:
        raise Exists(f"{path} exists already; name another file, or add --overwrite")
    with reading(engine) as connection:
        _migration(connection)
    with _placed(path, overwrite=overwrite) as partial:
        if engine.dialect.name == "sqlite":
            _copy_sqlite(Path(str(engine.url.database)), partial, progress)
            content = _check_sqlite(partial)
        else:
            with reading(engine) as connection:
                postgresql_dump.write(connection, _migration(connection), partial, progress)
                content = _content(connection)
    return Content(path, path.stat().st_size, *content)


def restore(url: str, path: Path, *, progress: Progress = _silent) -> Content:
    """Make the database at ``url`` of a backup. Raises DatabaseProblem, and nothing was changed.

    The place must be empty: no file or one without tables, a PostgreSQL database without our tables.
    """
    address = address_of(url)
    kind = _kind(path)
    if kind != address.get_backend_name():
        raise DatabaseProblem(
            f"{path} is a backup of {kind}, and {address.render_as_string()} is none; "
            "restore it into one of its kind"
        )
    if kind == "sqlite":
        return _restore_sqlite(address, path, progress)
    engine = open_database(url)
    try:
        postgresql_dump.read(engine, path, lost_after, progress)
        with reading(engine) as connection:
            return Content(path, path.stat().st_size, *_content(connection))
    finally:
        engine.dispose()


def lost_after(connection: Connection) -> None:
    """Let change numbers go on LEAP further on, and say in ``meta`` which are lost, by all restores so far.

    The next number follows from the highest, so the last change is announced once more; a reader applies
    it again, which changes nothing.
    """
    last = (
        connection.execute(select(changes).order_by(changes.c.change_seq.desc()).limit(1)).mappings().first()
    )
    if last is None:
        return
    number = last["change_seq"] + LEAP
    op = "update" if last["op"] == "insert" else last["op"]
    connection.execute(insert(changes).values({**last, "change_seq": number, "op": op, "changed_at": now()}))
    before = dict(connection.execute(select(meta.c.name, meta.c.value)).all())
    restores = [*lost(before), (last["change_seq"], number)]
    facts = {RESTORED_FROM: last["change_seq"], RESUMED_AT: number, LOST: json.dumps(restores)}
    rows = [{"name": name, "value": str(value)} for name, value in facts.items()]
    upsert(connection, meta, rows, key=("name",))


# --- SQLite ---


def _copy_sqlite(source: Path, target: Path, progress: Progress) -> None:
    """Copy page by page in one read transaction: writers go on beside it, and the copy is of its beginning.

    Without the transaction SQLite begins the copy anew whenever somebody has written.
    """
    with (
        _telling(source),
        contextlib.closing(sqlite3.connect(source)) as origin,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        origin.execute("BEGIN")
        origin.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        origin.backup(copy, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total))
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, readable also on read-only media


def _check_sqlite(path: Path) -> tuple[str, int, int]:
    """The content of a SQLite backup. Raises DatabaseProblem where it is damaged or none of ours."""
    with (
        _telling(path),
        contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy,
    ):
        wrong = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if wrong != "ok":
            raise DatabaseProblem(f"{path} is damaged: {' '.join(wrong.split())}")
        tables = {row[0] for row in copy.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        if "alembic_version" not in tables:
            raise DatabaseProblem(f"{path} has none of our tables")
        query = "SELECT version_num, (SELECT count(*) FROM articles), (SELECT max(change_seq) FROM changes)"
        migration, count, last = copy.execute(f"{query} FROM alembic_version").fetchone()
    return migration, count, last or 0


def _restore_sqlite(address: URL, path: Path, progress: Progress) -> Content:
    place = Path(address.database or "")
    if address.database in (None, "", ":memory:"):
        raise DatabaseProblem("a database in memory cannot be restored; give --database sqlite:///FILE")
    for rest in (Path(f"{place}-wal"), Path(f"{place}-journal")):
        if not place.exists() and rest.exists():
            raise DatabaseProblem(
                f"{rest} is left of an earlier database and would be taken for a part of the new one; "
                "move it away"
            )
    if place.exists() and not _is_without_tables(place):
        raise DatabaseProblem(f"{place} is a database with tables; restore into an empty place")
    _check_sqlite(path)
    with _placed(place, overwrite=place.exists()) as partial:
        with _telling(partial):
            _copy_file(path, partial, progress)
        engine = open_database(address.set(database=str(partial)).render_as_string())
        try:
            migrate.upgrade(engine)
            with writing(engine) as connection:
                lost_after(connection)
        finally:
            engine.dispose()
        content = _check_sqlite(partial)
    return Content(place, place.stat().st_size, *content)


def _is_without_tables(place: Path) -> bool:
    with _telling(place), contextlib.closing(sqlite3.connect(place)) as connection:
        return bool(connection.execute("SELECT count(*) = 0 FROM sqlite_schema").fetchone()[0])


def _copy_file(source: Path, target: Path, progress: Progress) -> None:
    total, done = source.stat().st_size, 0
    with source.open("rb") as origin, target.open("wb") as copy:
        while piece := origin.read(1 << 23):
            copy.write(piece)
            done += len(piece)
            progress(done, total)


# --- both ---


@contextlib.contextmanager
def _placed(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """A file beside ``path`` that takes its name when it is whole and on the disk."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with _telling(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        with _telling(path):
            with partial.open("rb+") as file:
                os.fsync(file.fileno())
            if overwrite:
                partial.replace(path)
            else:
                os.link(partial, path)  # unlike a rename, it replaces nothing that came meanwhile
    finally:
        for rest in ("", "-wal", "-shm", "-journal"):
            Path(f"{partial}{rest}").unlink(missing_ok=True)


@contextlib.contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Turn what the disk or SQLite says of a file into one line."""
    try:
        yield
    except OSError as error:
        raise DatabaseProblem(
            f"{error.filename or path}: {error.strerror or error}; nothing was kept"
        ) from error
    except sqlite3.Error as error:
        raise DatabaseProblem(f"{path}: {error}; nothing was kept") from error


def _kind(path: Path) -> str:
    with _telling(path), path.open("rb") as file:
        begins_with = file.read(16)
    if begins_with == b"SQLite format 3\0":
        return "sqlite"
    if begins_with[:2] == b"PK" and zipfile.is_zipfile(path):
        return "postgresql"
    raise DatabaseProblem(f"{path} is no backup, or was cut off")


def _migration(connection: Connection) -> str:
    migration = migrate.revision_of(connection)
    if migration is None:
        raise DatabaseProblem("the database is empty: there is nothing to back up")
    return migration


def _content(connection: Connection) -> tuple[str, int, int]:
    count = connection.scalar(select(func.count()).select_from(articles)) or 0
    return _migration(connection), count, connection.scalar(select(func.max(changes.c.change_seq))) or 0
