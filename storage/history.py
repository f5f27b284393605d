"""What a portal's own past says: its last good runs, and when its articles appeared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Engine, func, select

from storage.engine import reading
from storage.tables import copies, crawl_runs

RUNS = 14
"""Runs looked back (operations.md A2)."""

GOOD = ("new", "nothing_new", "partial")
"""A run that failed its expectations is no measure for the next: the bounds must not sink with the counts."""

WATCHED = 30
"""Articles whose gaps are looked at: the latest."""


@dataclass(frozen=True, slots=True)
class History:
    """The last good runs that read their listings whole, newest first: articles listed, and fields filled.

    ``newest_at``: of the portal's articles, as they print it. ``gaps``: days between those that appeared
    after the portal's first crawl had ended, so the rhythm of an archive that was read back says nothing.
    """

    listed: tuple[int, ...] = ()
    filled: tuple[Mapping[str, int], ...] = ()
    newest_at: datetime | None = None
    gaps: tuple[float, ...] = ()


def read(engine: Engine, portal: str, now: datetime) -> History:
    """Return the past of a portal before ``now``."""
    runs = (
        select(crawl_runs.c.counts, crawl_runs.c.filled)
        .where(crawl_runs.c.portal == portal, crawl_runs.c.verdict.in_(GOOD))
        .where(crawl_runs.c.filled.is_not(None))
        .order_by(crawl_runs.c.started_at.desc())
        .limit(RUNS)
    )
    first_ended = select(func.min(crawl_runs.c.finished_at)).where(
        crawl_runs.c.portal == portal, crawl_runs.c.verdict.in_(GOOD)
    )
    dated = select(copies.c.published_at).where(copies.c.portal == portal, copies.c.published_at <= now)
    with reading(engine) as connection:
        rows = connection.execute(runs).all()
        newest = connection.scalar(dated.order_by(copies.c.published_at.desc()).limit(1))
        watched_since = connection.scalar(first_ended)
        appeared = (
            list(
                connection.scalars(
                    dated.where(copies.c.first_seen_at > watched_since)
                    .order_by(copies.c.published_at.desc())
                    .limit(WATCHED)
                )
            )
            if watched_since is not None
            else []
        )
    return History(
        tuple(row.counts.get("listed", 0) for row in rows),
        tuple(row.filled for row in rows),
        newest,
        tuple((later - earlier).total_seconds() / 86400 for later, earlier in pairwise(appeared)),
    )
