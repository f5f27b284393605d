"""The whole of the database as CONTRACT records, streamed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Engine, func, select

from storage.article_rows import record_of
from storage.engine import reading
from storage.tables import SERVED, articles, changes, copies, stories

_AT_ONCE = 500
"""Rows fetched at once: about 3 MB of text."""


def records(engine: Engine, *, since_seq: int | None = None) -> Iterator[dict[str, object]]:
    """Every article as the CONTRACT record, in the order in which they were first stored.

    ``since_seq`` keeps those that changed after that change number. All records are of one moment;
    memory does not grow with their number. Articles that were merged into others or deleted are left out.
    """
    last_seen = (
        select(func.max(copies.c.last_seen_at)).where(copies.c.article_id == articles.c.id).scalar_subquery()
    )
    query = (
        select(articles, stories.c.public_id.label("story"), last_seen.label("last_seen_at"))
        .join(stories, stories.c.id == articles.c.story_id, isouter=True)
        .where(SERVED)
        .order_by(articles.c.id)
    )
    if since_seq is not None:
        changed = select(changes.c.article_id).where(changes.c.change_seq > since_seq)
        query = query.where(articles.c.id.in_(changed))
    with reading(engine) as connection:
        for row in connection.execution_options(yield_per=_AT_ONCE).execute(query).mappings():
            yield record_of(dict(row))
