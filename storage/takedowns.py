"""Articles that are taken from the readers, and come back: soft deletes with a reason.

A page that answers 404, 410 or 451, or that robots.txt closes, is believed to be gone when it was so on
MISSING_TIMES looks, each at least MISSING_APART after the one before: portals lose pages for an
afternoon, and robots.txt files are closed during repairs. An article is deleted when its last copy is
gone. The row stays; a copy that answers again brings it back under its id.

What a person removes (:func:`remove`) stays removed however often its page is crawled, in all its copies
to come, until :func:`restore`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, select, update

from storage.batch import Batch
from storage.bulk import at_addresses, chunks, is_one_of
from storage.columns import now
from storage.engine import writing
from storage.frontier import forget
from storage.kept import COME_BACK, Reason
from storage.runs import renew
from storage.tables import copies
from storage.writers_lock import lock_writers

MISSING_TIMES = 3
"""reference/operations.md B2: gone_404 x3."""

MISSING_APART = timedelta(hours=20)
"""Nearly a day, so that a portal that is crawled once a day counts each time."""

THERE = {"missing_times": 0, "missing_at": None, "gone_at": None, "gone_reason": None}
"""Columns of a copy whose page answers."""


def note_missing(
    engine: Engine, run_id: int | None, portal: str, keys: Iterable[str], reason: Reason
) -> list[str]:
    """Note that the pages of known articles were not there; public ids of the articles that this deleted.

    ``reason``: ``gone`` or ``robots``. A look too soon after the last one counts for nothing. The
    addresses leave the frontier. Raises LeaseLost.
    """
    with writing(engine) as connection:
        lock_writers(connection)
        if run_id is not None:
            renew(connection, run_id)
        moment = now()
        addresses = [(portal, key) for key in keys]
        forget(connection, addresses)
        hit: set[int] = set()
        for some in chunks(addresses):
            here = at_addresses(copies, some) & copies.c.gone_at.is_(None)
            due = here & (copies.c.missing_at.is_(None) | (copies.c.missing_at <= moment - MISSING_APART))
            connection.execute(
                update(copies).where(due).values(missing_times=copies.c.missing_times + 1, missing_at=moment)
            )
            gone = here & (copies.c.missing_times >= MISSING_TIMES)
            hit.update(connection.scalars(select(copies.c.article_id).where(gone)))
            connection.execute(update(copies).where(gone).values(gone_at=moment, gone_reason=reason))
        return _delete_without_copies(connection, moment, hit, reason)


def bring_back(connection: Connection, moment: datetime, where: ColumnElement[bool]) -> None:
    """Bring back the articles of the copies ``where`` (before they are marked as THERE)."""
    missed = where & copies.c.gone_at.is_not(None)
    ids = list(connection.scalars(select(copies.c.article_id).where(missed)))
    if not ids:
        return
    batch = Batch(connection, moment)
    for id in sorted(set(ids)):
        kept = batch.article(id)
        if kept.row["deletion_reason"] in COME_BACK:
            kept.bring_back()
    batch.write()


def remove(engine: Engine, article_id: int, reason: Reason) -> bool:
    """Delete an article by hand (internal id); False if it was deleted already, whose reason is now this."""
    return _by_hand(engine, article_id, reason)


def restore(engine: Engine, article_id: int) -> bool:
    """Give a deleted article back to the readers (internal id); False if it was not deleted."""
    return _by_hand(engine, article_id, None)


def _by_hand(engine: Engine, article_id: int, reason: Reason | None) -> bool:
    """Delete an article for a ``reason``, or restore it (None); False where it was so already."""
    with writing(engine) as connection:
        lock_writers(connection)
        batch = Batch(connection, now(), "hand")
        kept = batch.article(article_id)
        was_deleted = kept.row["deleted_at"] is not None
        if reason is None:
            if was_deleted:
                kept.bring_back()
                connection.execute(update(copies).where(copies.c.article_id == kept.id).values(**THERE))
        elif was_deleted:
            kept.set(deletion_reason=reason)
        else:
            kept.delete(batch.moment, reason)
        batch.write()
        return was_deleted == (reason is None)


def _delete_without_copies(
    connection: Connection, moment: datetime, ids: set[int], reason: Reason
) -> list[str]:
    """Delete those of the articles that no copy keeps alive."""
    if not ids:
        return []
    living: dict[int, int] = defaultdict(int)
    query = select(copies.c.article_id).where(
        is_one_of(connection, copies.c.article_id, sorted(ids)), copies.c.gone_at.is_(None)
    )
    for id in connection.scalars(query):
        living[id] += 1
    batch = Batch(connection, moment)
    dead = [batch.article(id) for id in sorted(ids) if not living[id]]
    deleted = [kept for kept in dead if kept.row["deleted_at"] is None]
    for kept in deleted:
        kept.delete(moment, reason)
    batch.write()
    return [str(kept.row["public_id"]) for kept in deleted]
