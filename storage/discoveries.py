"""Sections that first discovery found where a portal's record names none: found once, then remembered."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Engine, select

from storage.bulk import upsert
from storage.columns import now
from storage.engine import reading, writing
from storage.portals import Portal, Section, Selectors
from storage.tables import discoveries as table


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on a portal. ``wide``: sections of every subject were looked for, not only ours."""

    platform: str
    sections: tuple[Section, ...]
    selectors: Selectors | None
    wide: bool
    found_at: datetime

    def filled_in(self, portal: Portal) -> Portal:
        """The record with what was found; its own selectors stay."""
        return replace(
            portal,
            platform=self.platform,
            sections=self.sections,
            selectors=portal.selectors or self.selectors,
        )


def keep(engine: Engine, found: Portal, *, wide: bool) -> None:
    """Remember the platform, sections and selectors that were found now, in place of what was before."""
    row = {
        "portal": found.id,
        "platform": found.platform,
        "sections": [asdict(section) for section in found.sections],
        "selectors": asdict(found.selectors) if found.selectors is not None else None,
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
    return Found(
        platform=row.platform,
        sections=tuple(Section(**section) for section in row.sections),
        selectors=Selectors(**row.selectors) if row.selectors is not None else None,
        wide=row.wide,
        found_at=row.found_at,
    )
