"""How far a backfill has come in each section of a portal, so that it goes on where it was stopped or killed.

A position is the listing page in flight. New articles push older ones to later pages, so what stood behind a
position stands behind it still. The daily crawls have their own marks (storage.frontier.SectionState).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine, delete, select

from storage.bulk import upsert
from storage.columns import now
from storage.engine import reading, writing
from storage.runs import renew
from storage.tables import backfills as table

KEPT = timedelta(days=60)
"""A position that nobody has come back to for so long is no good any more: sites change their pages."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a backfill stands in a section: the page in flight, how many were read before it, the sitemaps
    that come after it. ``left_out``: an article was passed over for its age; ``done``: it was read to its
    end."""

    section: str
    url: str
    form: tuple[tuple[str, str], ...] | None = None
    maps: tuple[str, ...] = ()
    pages: int = 0
    left_out: bool = False
    done: bool = False


def positions(engine: Engine, portal: str, since: str) -> dict[str, Position]:
    """The positions of one backfill of a portal by section; ``since`` names it."""
    columns = (table.c[name] for name in Position.__slots__)
    query = select(*columns).where(
        table.c.portal == portal, table.c.since == since, table.c.updated_at > now() - KEPT
    )
    found = {}
    with reading(engine) as connection:
        for section, url, form, maps, pages, left_out, done in connection.execute(query):
            fields = tuple((str(name), str(value)) for name, value in form) if form else None
            found[section] = Position(section, url, fields, tuple(maps), pages, left_out, done)
    return found


def keep(engine: Engine, run_id: int, portal: str, since: str, position: Position) -> None:
    """Write down where a backfill stands in a section. Raises LeaseLost."""
    row = {
        "portal": portal, "since": since, "section": position.section, "url": position.url,
        "form": [list(field) for field in position.form] if position.form else None,
        "maps": list(position.maps), "pages": position.pages, "left_out": position.left_out,
        "done": position.done, "updated_at": now(),
    }  # fmt: skip
    with writing(engine) as connection:
        renew(connection, run_id)
        upsert(connection, table, [row], key=("portal", "since", "section"))


def forget(engine: Engine, run_id: int, portal: str, since: str) -> None:
    """Forget a backfill that has come to its end: the next one begins at the top. Raises LeaseLost."""
    with writing(engine) as connection:
        renew(connection, run_id)
        connection.execute(delete(table).where(table.c.portal == portal, table.c.since == since))
