"""One portal in detail: its record, its listing as last seen, what its server said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, func, select

from crawler.running.rhythm import Rhythm
from storage import frontier, portal_checks, rhythms, runs, tables
from storage.engine import reading
from storage.holds import Robots, robots
from storage.portal_checks import StoredCheck

LISTED = 20
RUNS = 30
FURTHER_FACTS = (
    "aliases", "active_from", "active_until", "successor", "confidence", "delay", "note", "communes_2025",
)  # fmt: skip
"""Columns of the record that a page shows where they say something."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the listing, as this portal printed it."""

    article_id: str
    title: str
    url: str
    section: str | None
    published_at: datetime | None
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class SectionRecord:
    """A section of the registry record, and how far it was walked."""

    path: str
    scope: str
    name: str | None
    complete: bool | None
    last_page: int | None


@dataclass(frozen=True, slots=True)
class PortalDetail:
    """What the page of a portal shows beside its state. ``record`` are further facts of the registry."""

    sections: list[SectionRecord]
    record: dict[str, object]
    minimum_listed: int | None
    schedule_kind: str | None
    interval_seconds: int | None
    cron: str | None
    quiet_hours: str | None
    last_dispatched_at: datetime | None
    listed: list[Listed]
    articles: int
    runs: list[runs.RunRow]
    failures: list[frontier.Failure]
    robots: Robots | None
    rhythm: Rhythm | None
    checked: StoredCheck | None
    """The last check of the record against the site, with what it proposes."""


def detail(engine: Engine, portal: str) -> PortalDetail | None:
    """Everything about one portal; None for an id that the database does not know."""
    table = tables.portals
    with reading(engine) as connection:
        row = connection.execute(select(table).where(table.c.id == portal)).mappings().first()
        if row is None:
            return None
        plan = connection.execute(
            select(tables.schedules).where(tables.schedules.c.portal == portal)
        ).mappings().first()  # fmt: skip
        sections = _sections(connection, portal, row["sections"])
        count = connection.scalar(select(func.count()).where(tables.copies.c.portal == portal)) or 0
        listed = _listed(connection, portal)
    address = urlsplit(row["url"])
    state = rhythms.load(engine, [portal]).get(portal)
    return PortalDetail(
        sections=sections,
        record={name: row[name] for name in FURTHER_FACTS if row[name] not in (None, [])},
        minimum_listed=row["minimum_listed"],
        schedule_kind=plan["kind"] if plan else None,
        interval_seconds=plan["interval_seconds"] if plan else None,
        cron=plan["cron"] if plan else None,
        quiet_hours=plan["quiet_hours"] if plan else None,
        last_dispatched_at=plan["last_dispatched_at"] if plan else None,
        listed=listed,
        articles=count,
        runs=runs.list_runs(engine, portal=portal, limit=RUNS),
        failures=frontier.failures(engine, portal)[:LISTED],
        robots=robots(engine, f"{address.scheme}://{address.netloc}"),
        rhythm=Rhythm.from_json(state) if state else None,
        checked=portal_checks.last(engine, portal),
    )


def _sections(
    connection: Connection, portal: str, record: Sequence[Mapping[str, Any]]
) -> list[SectionRecord]:
    """The sections of a ``record``, each with how far it was walked."""
    walked = tables.section_state.c
    query = select(walked.section, walked.complete, walked.last_page).where(walked.portal == portal)
    progress = {section: (complete, page) for section, complete, page in connection.execute(query)}
    return [
        SectionRecord(s["path"], s["scope"], s["name"], *progress.get(s["path"], (None, None)))
        for s in record
    ]


def _listed(connection: Connection, portal: str) -> list[Listed]:
    """The portal's newest articles, LISTED at most."""
    copies, articles = tables.copies.c, tables.articles.c
    query = (
        select(
            articles.public_id, copies.title, copies.url, copies.section, copies.published_at,
            copies.first_seen_at,
        )
        .join(tables.articles, articles.id == copies.article_id)
        .where(copies.portal == portal)
        .order_by(func.coalesce(copies.published_at, copies.first_seen_at).desc())
        .limit(LISTED)
    )  # fmt: skip
    return [Listed(*row) for row in connection.execute(query)]
