"""Compaction: of old changes only the latest of each article is kept, and readers are told.

What is dropped are steps, not states: a copy that is made from the feed after a compaction still ends
up right, since each article's last change stays. But a reader that was in between would miss steps
without knowing, so storage.changes.read refuses a cursor from before the mark that is set here.
"""

from __future__ import annotations

import os
from datetime import timedelta

from sqlalchemy import Engine, bindparam, delete, select

from storage.bulk import is_one_of, upsert
from storage.changes import COMPACTED_THROUGH, compacted_through
from storage.columns import now
from storage.engine import DatabaseProblem, writing
from storage.tables import changes, meta
from storage.writers_lock import lock_writers

KEPT = timedelta(days=90)
"""How long every step is kept: a reader may be away for a quarter (reference/operations.md B2)."""

SETTING = "FRONTNEWS_CHANGES_KEPT_DAYS"

_AT_ONCE = 5_000
"""Changes dropped in one transaction, in which no batch can be saved: some 20 ms."""


def kept_for() -> timedelta:
    """KEPT, or the days of the setting. Raises DatabaseProblem where that is no number of days."""
    said = os.environ.get(SETTING, "").strip()
    if not said:
        return KEPT
    if not said.isdecimal() or not 1 <= int(said) <= 36_500:
        raise DatabaseProblem(f"{SETTING}={said!r} is no number of days from 1 to 36500")
    return timedelta(days=int(said))


def compact(engine: Engine, kept: timedelta | None = None) -> int:
    """Drop the changes older than ``kept`` (default: the setting) that a later one of their article
    replaces; how many. The mark moves in the same transaction as the rows that it speaks of."""
    before = now() - (kept_for() if kept is None else kept)
    later = changes.alias()
    replaced = (
        select(changes.c.change_seq)
        .where(
            changes.c.change_seq > bindparam("done"),
            changes.c.changed_at < before,
            select(later.c.change_seq)
            .where(later.c.article_id == changes.c.article_id, later.c.change_seq > changes.c.change_seq)
            .exists(),
        )
        .order_by(changes.c.change_seq)
        .limit(_AT_ONCE)
    )
    dropped = done = 0
    while True:
        with writing(engine) as connection:
            lock_writers(connection)
            numbers = list(connection.scalars(replaced, {"done": done}))
            if not numbers:
                return dropped
            connection.execute(delete(changes).where(is_one_of(connection, changes.c.change_seq, numbers)))
            done = numbers[-1]
            mark = {"name": COMPACTED_THROUGH, "value": str(max(done, compacted_through(connection)))}
            upsert(connection, meta, [mark], key=("name",))
            dropped += len(numbers)
