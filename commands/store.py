"""Opening the database for a command: migrated where it may be, refused in one line where not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from commands.options import Settings
from storage.engine import open_database


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
