"""Opening the database for a command: migrated where it may be, refused in one line where not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from commands.options import Settings
from storage.engine import open_database, open_existing


@contextmanager
def opened(settings: Settings) -> Iterator[Engine]:
    """The database of the settings at the newest schema; it is made where it does not exist yet."""
    from storage.migrate import upgrade

    engine = open_database(settings.database)
    try:
        upgrade(engine)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def existing(settings: Settings) -> Iterator[Engine]:
    """The database of the settings at the newest schema, for a command that reads: none is made.

    Raises DatabaseProblem where there is none.
    """
    from storage.migrate import upgrade

    engine = open_existing(settings.database)
    try:
        upgrade(engine)
        yield engine
    finally:
        engine.dispose()
