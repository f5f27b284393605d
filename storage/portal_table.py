"""The registry in the database: what joins, the dashboard and the clock know of portals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import Engine, update

from storage.bulk import upsert
from storage.engine import writing
from storage.portals import Portal
from storage.tables import portals as table


def sync(engine: Engine, portals: Iterable[Portal]) -> None:
    """Write the whole registry. A portal that left it stays, marked: its articles still name it."""
    rows = [_row(portal) for portal in portals]
    with writing(engine) as connection:
        connection.execute(update(table).where(table.c.in_registry).values(in_registry=False))
        upsert(connection, table, rows, key=("id",))


def _row(portal: Portal) -> dict[str, object]:
    row: dict[str, object] = asdict(portal)
    for name in ("active_from", "active_until"):
        day = getattr(portal, name)
        row[name] = day.isoformat() if day else None
    for name in ("communes_2025", "aliases"):
        row[name] = list(getattr(portal, name))
    row["sections"] = [asdict(section) for section in portal.sections]
    row["in_registry"] = True
    return row
