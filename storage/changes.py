"""The change feed: what a downstream system reads after its cursor, and misses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine, select

from storage.engine import reading
from storage.tables import articles, changes

Op = Literal["insert", "update", "merge", "delete"]

Cause = Literal["fetch", "reader"]
"""What a change came of: a crawl, or a newer reader over the archive (``reprocess``)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one article. Ids are public ones; ``merged_into`` is set on a merge only."""

    change_seq: int
    article_id: str
    op: Op
    revision: int
    merged_into: str | None
    changed_at: datetime


def read(engine: Engine, after: int, limit: int = 1000) -> list[Change]:
    """The changes with a sequence number above ``after``, in order, at most ``limit``.

    Numbers are given in the order of commits and without gaps, so the last one seen is a safe cursor.
    """
    merged = articles.alias()
    query = (
        select(
            changes.c.change_seq,
            articles.c.public_id,
            changes.c.op,
            changes.c.revision,
            merged.c.public_id,
            changes.c.changed_at,
        )
        .join(articles, articles.c.id == changes.c.article_id)
        .join(merged, merged.c.id == changes.c.merged_into, isouter=True)
        .where(changes.c.change_seq > after)
        .order_by(changes.c.change_seq)
        .limit(limit)
    )
    with reading(engine) as connection:
        return [Change(*row) for row in connection.execute(query)]
