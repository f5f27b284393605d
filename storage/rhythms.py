"""What was learned of the portals' rhythms, and the daily plans: JSON that crawler.running.rhythm reads.

A rhythm is written after each poll, under the lease of its run; a lost one would cost two weeks of learning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, or_, select, union_all

from storage import tables
from storage.bulk import chunks, upsert
from storage.columns import now
from storage.engine import reading, writing
from storage.runs import renew

State = Mapping[str, object]

PLANS_KEPT = timedelta(days=90)
"""How far back one can see how the budget was spent."""


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan and when it was made."""

    made_at: datetime
    plan: State


@dataclass(frozen=True, slots=True)
class Follower:
    """A portal that is crawled by its rhythm. ``interval_seconds``: the mean that it has a claim to."""

    portal: str
    owner: str
    interval_seconds: int


def followers(engine: Engine) -> list[Follower]:
    """The portals that are crawled by their rhythms now: neither paused nor out of the registry."""
    schedules, records = tables.schedules, tables.portals
    query = (
        select(schedules.c.portal, records.c.owner, schedules.c.interval_seconds)
        .join(records, records.c.id == schedules.c.portal)
        .where(schedules.c.kind == "adaptive", schedules.c.enabled, records.c.in_registry)
        .order_by(schedules.c.portal)
    )
    with reading(engine) as connection:
        return [Follower(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Publication:
    """When an article was published, as far as it is known."""

    published_at: datetime | None
    precision: str | None


def published(engine: Engine, portal: str, seen_after: datetime | None) -> list[Publication]:
    """The articles of ``portal``, read or only listed, that were first seen after a moment; None: all."""
    copies, articles, frontier = tables.copies, tables.articles, tables.frontier
    stored = (
        select(copies.c.published_at, articles.c.published_precision)
        .join(articles, articles.c.id == copies.c.article_id)
        .where(copies.c.portal == portal)
    )
    listed = select(frontier.c.published_at, frontier.c.published_precision).where(
        frontier.c.portal == portal
    )
    if seen_after is not None:
        stored = stored.where(copies.c.first_seen_at > seen_after)
        listed = listed.where(frontier.c.queued_at > seen_after)
    with reading(engine) as connection:
        return [Publication(*row) for row in connection.execute(union_all(stored, listed))]


def closed_seconds(
    engine: Engine,
    portal: str,
    since: datetime,
    until: datetime,
    *,
    also: Iterable[tuple[datetime, datetime]] = (),
) -> float:
    """For how long maintenance windows kept ``portal`` silent between two moments, and ``also`` these."""
    windows = tables.maintenance_windows.c
    query = select(windows.begins_at, windows.ends_at).where(
        or_(windows.portal.is_(None), windows.portal == portal),
        windows.begins_at < until,
        windows.ends_at > since,
    )
    with reading(engine) as connection:
        rows = [(max(row[0], since), min(row[1], until)) for row in connection.execute(query)]
    spans = sorted([*rows, *also])
    closed, reached = 0.0, since
    for begins_at, ends_at in spans:
        closed += max(0.0, (ends_at - max(begins_at, reached)).total_seconds())
        reached = max(reached, ends_at)
    return closed


def load(engine: Engine, portals: Collection[str] | None = None) -> dict[str, State]:
    """The stored rhythms of ``portals``, or of all; portals that were never polled are missing."""
    columns = tables.rhythms.c
    query = select(columns.portal, columns.state)
    with reading(engine) as connection:
        if portals is None:
            return {row.portal: row.state for row in connection.execute(query)}
        return {
            row.portal: row.state
            for some in chunks(sorted(portals))
            for row in connection.execute(query.where(columns.portal.in_(some)))
        }


def save(engine: Engine, states: Mapping[str, State], *, run_id: int | None = None) -> None:
    """Write rhythms over those stored, by portal, in one transaction.

    ``run_id``: the run that learned them. Raises storage.runs.LeaseLost where it is no longer running.
    """
    moment = now()
    rows = [
        {"portal": portal, "state": dict(state), "updated_at": moment}
        for portal, state in sorted(states.items())  # one order, so that two writers never block each other
    ]
    with writing(engine) as connection:
        if run_id is not None:
            renew(connection, run_id)
        upsert(connection, tables.rhythms, rows, key=("portal",))


def latest_plan(engine: Engine) -> StoredPlan | None:
    """The plan in force; None before the first one."""
    columns = tables.rhythm_plans.c
    with reading(engine) as connection:
        row = connection.execute(
            select(columns.made_at, columns.plan).order_by(columns.made_at.desc()).limit(1)
        ).first()
    return StoredPlan(row.made_at, row.plan) if row else None


def save_plan(engine: Engine, made_at: datetime, plan: State) -> None:
    """Put a plan in force, and forget those older than PLANS_KEPT."""
    table = tables.rhythm_plans
    with writing(engine) as connection:
        upsert(connection, table, [{"made_at": made_at, "plan": dict(plan)}], key=("made_at",))
        connection.execute(delete(table).where(table.c.made_at < made_at - PLANS_KEPT))
