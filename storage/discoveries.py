"""What discovery found of portals whose records do not say it: kept, so that it is looked for once."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Literal

from sqlalchemy import Engine, select

from storage.bulk import upsert
from storage.columns import now
from storage.engine import reading, writing
from storage.portals import Portal, Section
from storage.tables import discoveries


def remember(engine: Engine, portal: Portal, scope: Literal["front", "all"]) -> None:
    """Keep a completed record. ``scope`` is what was looked for: ``all`` answers for ``front`` too."""
    record = asdict(portal)
    for name in ("active_from", "active_until"):
        record[name] = record[name] and record[name].isoformat()
    row = {"portal": portal.id, "scope": scope, "record": record, "found_at": now()}
    with writing(engine) as connection:
        upsert(connection, discoveries, [row], key=("portal",))


def recall(engine: Engine, portal: str, scope: Literal["front", "all"]) -> Portal | None:
    """The record that was completed for this portal in this scope, or None."""
    wanted = ("all",) if scope == "all" else ("front", "all")
    with reading(engine) as connection:
        record = connection.execute(
            select(discoveries.c.record).where(
                discoveries.c.portal == portal, discoveries.c.scope.in_(wanted)
            )
        ).scalar_one_or_none()
    if record is None:
        return None
    for name in ("active_from", "active_until"):
        record[name] = record[name] and date.fromisoformat(record[name])
    for name in ("communes_2025", "aliases"):
        record[name] = tuple(record[name])
    record["sections"] = tuple(Section(**section) for section in record["sections"])
    return Portal(**record)
