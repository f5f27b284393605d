"""The database of a command, migrated where it may be and refused in one line where not; and its registry.

What they bring along is imported when they are opened: a page of help does not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from commands.options import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from spiders.registry import Registry


@contextmanager
def opened(settings: Settings) -> Iterator[Engine]:
    """The database of the settings at the newest schema; it is made where it does not exist yet."""
    from storage.engine import open_database
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
    from storage.engine import open_existing
    from storage.migrate import upgrade

    engine = open_existing(settings.database)
    try:
        upgrade(engine)
        yield engine
    finally:
        engine.dispose()


def registry_of(settings: Settings) -> Registry:
    """The registry of the settings. Raises RegistryProblem."""
    from spiders.registry import load_registry

    return load_registry(settings.registry)
