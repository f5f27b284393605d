"""Sections that first discovery found where a portal's record names none: found once, then remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, select

from storage.bulk import upsert
from storage.columns import now
from storage.engine import reading, writing
from storage.portals import Portal, Section, Selectors
from storage.tables import discoveries as table

IDENTITY = ("name", "owner", "province_2024", "district_2024", "province_2025", "communes_2025")
"""Keys of a record that say what its portal is."""


def identified(portal: Portal, identity: Mapping[str, Any]) -> Portal:
    """A record with name, owner and place as found, where it is an address and nothing else (``crawl URL``);
    what its host tells of the place stays."""
    if portal.name != urlsplit(portal.url).netloc:
        return portal
    told = dict(identity)
    if portal.province_2024 or portal.province_2025:
        told = {key: told[key] for key in ("name", "owner")}
    elif "communes_2025" in told:
        told["communes_2025"] = tuple(told["communes_2025"])
    return replace(portal, **told)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on a portal. ``wide``: sections of every subject were looked for, not only ours."""

    platform: str
    sections: tuple[Section, ...]
    selectors: Selectors | None
    wide: bool
    found_at: datetime
    identity: Mapping[str, Any] | None = None
    """The values of IDENTITY."""

    def filled_in(self, portal: Portal) -> Portal:
        """The record with what was found; its own selectors stay."""
        return replace(
            identified(portal, self.identity) if self.identity is not None else portal,
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
        "identity": {key: getattr(found, key) for key in IDENTITY},
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
        identity=row.identity,
    )
