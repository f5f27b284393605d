"""The portals with what their runs say of them: when each was last looked at, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, case, func, select

from storage.engine import reading
from storage.records import in_vietnam
from storage.tables import crawl_runs, portals, schedules

_SUCCESS = ("new", "nothing_new")
_SHOWN = (
    "id", "name", "url", "owner", "platform", "sections", "province_2024", "district_2024", "province_2025",
    "communes_2025", "active_from", "active_until", "successor", "confidence", "in_registry",
)  # fmt: skip


def read(engine: Engine, portal: str | None = None) -> list[dict[str, object]]:
    """Every portal of the database by its id, or the one; each with its ``freshness``."""
    ended = case((crawl_runs.c.verdict.in_(_SUCCESS), crawl_runs.c.finished_at))
    brought = case((crawl_runs.c.verdict == "new", crawl_runs.c.finished_at))
    seen = select(
        crawl_runs.c.portal,
        func.max(crawl_runs.c.started_at).label("last_run_at"),
        func.max(ended).label("last_success_at"),
        func.max(brought).label("last_new_at"),
        func.max(case((crawl_runs.c.verdict.is_not(None), crawl_runs.c.id))).label("last_id"),
    ).group_by(crawl_runs.c.portal)
    query = select(*(portals.c[name] for name in _SHOWN)).order_by(portals.c.id)
    if portal is not None:
        query, seen = query.where(portals.c.id == portal), seen.where(crawl_runs.c.portal == portal)
    last = seen.subquery()
    verdicts = select(last, crawl_runs.c.verdict).outerjoin(crawl_runs, crawl_runs.c.id == last.c.last_id)
    with reading(engine) as connection:
        runs = {row["portal"]: dict(row) for row in connection.execute(verdicts).mappings()}
        next_due = select(schedules.c.portal, schedules.c.next_due_at)
        due = {row[0]: row[1] for row in connection.execute(next_due)}
        return [
            {**row, "freshness": _freshness(runs.get(row["id"]), due.get(row["id"]))}
            for row in connection.execute(query).mappings()
        ]


def _freshness(run: Mapping[str, Any] | None, due: Any) -> dict[str, object]:
    names = ("last_run_at", "last_success_at", "last_new_at")
    moments = {name: in_vietnam(run[name]) if run else None for name in names}
    return {**moments, "next_due_at": in_vietnam(due), "last_verdict": run["verdict"] if run else None}
