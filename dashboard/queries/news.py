"""How many articles came in the last days, and the latest of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, func, select

from dashboard.queries.fleet import days_before, midnight
from storage.engine import reading
from storage.tables import articles

LATEST = 10
"""Articles that the first page lists."""


@dataclass(frozen=True, slots=True)
class Latest:
    """An article in a list."""

    public_id: str
    title: str
    portal: str
    published_at: datetime | None
    first_seen_at: datetime


def new_by_day(engine: Engine, now: datetime) -> list[tuple[date, int]]:
    """Articles first seen on each of the last days in Vietnam, today last; counted by the index."""
    seen = articles.c.first_seen_at
    days = days_before(now)
    counts = [
        select(func.count())
        .where(seen >= midnight(day), seen < midnight(day + timedelta(days=1)))
        .scalar_subquery()
        for day in days
    ]
    with reading(engine) as connection:
        return list(zip(days, connection.execute(select(*counts)).one(), strict=True))


def latest(engine: Engine) -> list[Latest]:
    """The LATEST articles that were first seen last."""
    table = articles.c
    # Merged ones are left out here and not by SQL: SQLite would take the index of merged_into for it, and
    # sort all articles (1.2 s of 1,000,000).
    query = (
        select(table.public_id, table.title, table.portal, table.published_at, table.first_seen_at)
        .add_columns(table.merged_into)
        .order_by(table.first_seen_at.desc())
        .limit(5 * LATEST)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    return [Latest(*rest) for *rest, merged_into in rows if merged_into is None][:LATEST]
