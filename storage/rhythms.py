"""What was learned of the portals' rhythms, and the daily plans: JSON that crawler.running.rhythm reads.

A rhythm is written after each poll, under the lease of its run; a lost one would cost two weeks of learning.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select

from storage import tables
from storage.bulk import chunks, upsert
from storage.columns import now
from storage.engine import reading, writing

State = Mapping[str, object]

PLANS_KEPT = timedelta(days=90)
"""How far back one can see how the budget was spent."""


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan and when it was made."""

    made_at: datetime
    plan: State


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


def save(engine: Engine, states: Mapping[str, State]) -> None:
    """Write rhythms over those stored, by portal, in one transaction."""
    moment = now()
    rows = [
        {"portal": portal, "state": dict(state), "updated_at": moment}
        for portal, state in sorted(states.items())  # one order, so that two writers never block each other
    ]
    with writing(engine) as connection:
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
