"""Sections that first discovery found where a portal's record names none: found once, then remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from storage.bulk import upsert
from storage.columns import now
from storage.engine import reading, writing
from storage.portals import Section
from storage.tables import discoveries as table


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on a portal. ``wide``: sections of every subject were looked for, not only ours."""

    platform: str
    sections: tuple[Section, ...]
    wide: bool
    found_at: datetime


def keep(engine: Engine, portal: str, platform: str, sections: Sequence[Section], *, wide: bool) -> None:
    """Remember what was found on ``portal`` now, in place of what was found before."""
    row = {
        "portal": portal,
        "platform": platform,
        "sections": [asdict(section) for section in sections],
        "wide": wide,
        "found_at": now(),
    }
    with writing(engine) as connection:
        upsert(connection, table, [row], key=("portal",))


def recall(engine: Engine, portal: str) -> Found | None:
    """Return what was found on ``portal``, however long ago: the caller judges its age."""
    with reading(engine) as connection:
        row = connection.execute(select(table).where(table.c.portal == portal)).first()
    if row is None:
        return None
    return Found(row.platform, tuple(Section(**section) for section in row.sections), row.wide, row.found_at)
