"""The names of portals by their ids, for lists of runs and articles."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine, select

from storage.bulk import chunks
from storage.engine import reading
from storage.tables import portals


def names(engine: Engine, ids: Collection[str]) -> dict[str, str]:
    """The names of the portals that the database knows among ``ids``."""
    query = select(portals.c.id, portals.c.name)
    with reading(engine) as connection:
        return {
            id: name
            for some in chunks(sorted(ids))
            for id, name in connection.execute(query.where(portals.c.id.in_(some)))
        }
