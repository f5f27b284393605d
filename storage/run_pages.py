"""What the article pages of a run looked like, as small facts: the measure for the runs after it.

The facts are JSON objects that crawler.running.page_facts writes and reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, Row, delete, func, select

from storage import tables
from storage.bulk import upsert
from storage.columns import now
from storage.engine import reading, writing
from storage.history import GOOD, RUNS

KEPT = timedelta(days=400)
"""As long as the runs: of a portal that has been broken for months, the good runs are the ones before."""

LATELY = 5
"""Runs whose pages make up for a run that read too few."""

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RunPages:
    """One run: its requests and listed articles, and the facts of its pages."""

    run_id: int
    requests: int
    listed: int
    pages: tuple[Facts, ...]


@dataclass(frozen=True, slots=True)
class PastPages:
    """The runs of a portal that read pages, newest first: the last LATELY, and the last RUNS good ones."""

    lately: tuple[RunPages, ...] = ()
    good: tuple[RunPages, ...] = ()


def keep(engine: Engine, run_id: int, portal: str, pages: Sequence[Facts]) -> None:
    """Write the facts of a run's pages."""
    row = {"run_id": run_id, "portal": portal, "pages": [dict(page) for page in pages]}
    with writing(engine) as connection:
        upsert(connection, tables.run_pages, [row], key=("run_id",))


def past(engine: Engine, portal: str, before: int) -> PastPages:
    """What the runs of a portal before the one of number ``before`` read.

    Runs from before an operator last accepted a change of the portal are left out.
    """
    runs, pages, alarms = tables.crawl_runs.c, tables.run_pages.c, tables.alarms.c
    query = (
        select(runs.id, runs.counts, pages.pages)
        .join(tables.run_pages, pages.run_id == runs.id)
        .where(pages.portal == portal, pages.run_id < before)
        .order_by(pages.run_id.desc())
    )
    with reading(engine) as connection:
        accepted: datetime | None = connection.scalar(
            select(func.max(alarms.accepted_at)).where(alarms.portal == portal)
        )
        if accepted is not None:
            query = query.where(runs.started_at >= accepted)
        lately = connection.execute(query.limit(LATELY)).all()
        good = connection.execute(query.where(runs.verdict.in_(GOOD)).limit(RUNS)).all()
    return PastPages(tuple(_of(row) for row in lately), tuple(_of(row) for row in good))


def _of(row: Row[int, dict[str, int], list[Facts]]) -> RunPages:
    requests = sum(row.counts.get(name, 0) for name in ("pages", "fetched", "not_modified"))
    return RunPages(row.id, requests, row.counts.get("listed", 0), tuple(row.pages))


def forget(engine: Engine) -> None:
    """Drop the facts of runs that began longer than KEPT ago."""
    runs, pages = tables.crawl_runs.c, tables.run_pages
    old = select(func.max(runs.id)).where(runs.started_at < now() - KEPT)
    with writing(engine) as connection:
        connection.execute(delete(pages).where(pages.c.run_id <= old.scalar_subquery()))
