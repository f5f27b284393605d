"""Who reads the change feed, and how far behind each is: only those that say their name when they ask.

A reader that asks for what comes after a number has applied everything up to it: its question is its cursor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, select

from storage.bulk import upsert
from storage.changes import CursorTooOld, check_cursor
from storage.columns import now
from storage.engine import reading, writing
from storage.tables import changes, readers

MOST = 100
"""Readers that are kept; a program that makes up a new name each time must not fill the table."""

LONGEST_NAME = 100

COUNTED = 10_000
"""Changes that are counted behind a reader; one that begins with a million must not make a page slow."""


class BadName(ValueError):
    """A name that no reader may have; the message says why."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of the feed. ``cursor``: the last change that it has applied; ``seen_at``: when it last asked.

    ``behind``: changes that it has not applied, counted up to COUNTED; ``waiting_since``: when the oldest
    of them was made, None where there are none. ``lost``: it cannot go on from its cursor, and must take a
    snapshot (CursorTooOld).
    """

    name: str
    cursor: int
    since: datetime
    seen_at: datetime
    behind: int
    waiting_since: datetime | None
    lost: bool


def check_name(name: str) -> None:
    """Raise BadName where a reader may not be called that: PostgreSQL's text holds no NUL, for one."""
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise BadName(f"{name[:LONGEST_NAME]!r} is no name for a reader: 1 to {LONGEST_NAME} letters")


def note(engine: Engine, name: str, cursor: int) -> None:
    """Note that the reader ``name`` has applied every change up to ``cursor``. Raises BadName."""
    check_name(name)
    moment = now()
    row = {"name": name, "cursor": cursor, "since": moment, "seen_at": moment}
    with writing(engine) as connection:
        known = connection.scalar(select(readers.c.name).where(readers.c.name == name))
        if known is None and (connection.scalar(select(func.count()).select_from(readers)) or 0) >= MOST:
            raise BadName(f"there are {MOST} readers already; frontnews readers --forget NAME")
        upsert(connection, readers, [row], key=("name",), keep=("since",))


def cursor_of(engine: Engine, name: str) -> int:
    """The last change that a reader has applied; 0 for one that never asked. Raises BadName."""
    check_name(name)
    with reading(engine) as connection:
        return connection.scalar(select(readers.c.cursor).where(readers.c.name == name)) or 0


def forget(engine: Engine, name: str) -> bool:
    """Strike a reader off the list; tell whether it was on it."""
    with writing(engine) as connection:
        return connection.execute(delete(readers).where(readers.c.name == name)).rowcount > 0


def read(engine: Engine) -> list[Reader]:
    """Every reader, the one that is furthest behind first."""
    table = readers.c
    query = select(table.name, table.cursor, table.since, table.seen_at)
    with reading(engine) as connection:
        found = [_reader(connection, *row) for row in connection.execute(query).all()]
    return sorted(found, key=lambda reader: (not reader.lost, -reader.behind, reader.name))


def _reader(connection: Connection, name: str, cursor: int, since: datetime, seen_at: datetime) -> Reader:
    unread = changes.c.change_seq > cursor
    some = select(changes.c.change_seq).where(unread).limit(COUNTED).subquery()
    behind = connection.scalar(select(func.count()).select_from(some)) or 0
    oldest = select(changes.c.changed_at).where(unread).order_by(changes.c.change_seq).limit(1)
    try:
        check_cursor(connection, cursor)
        lost = False
    except CursorTooOld:
        lost = True
    return Reader(name, cursor, since, seen_at, behind, connection.scalar(oldest), lost)
