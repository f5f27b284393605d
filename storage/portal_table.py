"""The registry in the database: what joins, the dashboard and the clock know of portals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import Engine, select

from storage import moves
from storage.bulk import upsert
from storage.engine import writing
from storage.portals import Portal
from storage.tables import portals as table


def sync(engine: Engine, portals: Iterable[Portal]) -> None:
    """Write the whole registry. A portal that left it stays, marked: its articles still name it.

    Rows that are as they should be are not written, so that every command may call this at its start. A
    portal that has moved to another host takes its articles with it (storage.moves).
    """
    portals = list(portals)
    wanted = {portal.id: _row(portal) for portal in portals}
    with writing(engine) as connection:
        stored = {row["id"]: dict(row) for row in connection.execute(select(table)).mappings()}
        gone = [{**row, "in_registry": False} for id, row in stored.items() if id not in wanted]
        rows = [row for row in (*wanted.values(), *gone) if stored.get(str(row["id"])) != row]
        for id, portal in ((p.id, p) for p in portals if p.id in stored and stored[p.id]["url"] != p.url):
            moves.follow(connection, id, str(stored[id]["url"]), portal.url, portal.aliases)
        upsert(connection, table, sorted(rows, key=lambda row: str(row["id"])), key=("id",))


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
