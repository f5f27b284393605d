"""The change feed: what a downstream system reads after its cursor, and misses nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Engine, Text, bindparam, cast, func, literal, select, union_all

from storage.engine import asked, reading
from storage.tables import changes, meta

Op = Literal["insert", "update", "merge", "delete"]

Cause = Literal["fetch", "reader", "merge", "split", "hand"]
"""What a change came of: a crawl; a newer reader over the archive (``reprocess``); a person who merged,
split, or removed and restored."""

COMPACTED_THROUGH = "changes_compacted_through"
"""Name in ``meta`` of the highest number that compaction has taken out of the feed."""

RESTORED_FROM, RESUMED_AT = "restored_from_change_seq", "resumed_at_change_seq"
"""Names in ``meta`` of the last change that the backup had, and of the first after the last restore."""

LOST = "lost_change_seqs"
"""Name in ``meta`` of the same pairs of all restores, the oldest first, as JSON."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one article. Ids are public ones; ``merged_into`` is set on a merge only, ``reason``
    (storage.takedowns.Reason) on a delete only.

    An ``insert`` may be of an id that was known before: an article that had been deleted, or merged by
    mistake, is back.
    """

    change_seq: int
    article_id: str
    op: Op
    revision: int
    merged_into: str | None
    changed_at: datetime
    cause: Cause
    reason: str | None


class CursorTooOld(Exception):
    """Changes after this cursor were compacted: the reader must take a snapshot and go on from there.

    ``cursor`` is where to go on. It was read before any snapshot that the reader takes now, so that what
    changes meanwhile comes twice and never not at all. ``oldest`` is the first change that is kept.
    """

    def __init__(self, after: int, oldest: int, cursor: int) -> None:
        self.reason = self._reason(after, oldest)
        super().__init__(
            f"{self.reason}: take a snapshot "
            f"(frontnews export --format jsonl -o articles.jsonl), then go on with: "
            f"frontnews changes --after {cursor}"
        )
        self.after = after
        self.oldest = oldest
        self.cursor = cursor

    def _reason(self, after: int, oldest: int) -> str:
        return f"changes before {oldest} were compacted, {after} is too far behind"


class CursorLost(CursorTooOld):
    """The change at this cursor is not in this database: it was made after the backup that was
    restored, or in another database.

    What the reader has is of a state that is no more, so it takes a snapshot as one does that is too old.
    """

    def _reason(self, after: int, oldest: int) -> str:  # noqa: ARG002 - the one before is told by it
        return (
            f"there is no change {after}: this is another database, or one restored from a backup "
            "that did not have it"
        )


def read(engine: Engine, after: int, limit: int = 1000) -> list[Change]:
    """The changes with a sequence number above ``after``, in order, at most ``limit``.

    Numbers are given in the order of commits, so the last one seen is a safe cursor. They have no gaps
    but those of compaction and of a restore, which are never skipped in silence: raises CursorTooOld and
    CursorLost.
    """
    with reading(engine) as connection:  # one snapshot: compaction may run between two of them
        check_cursor(connection, after)
        return [Change(*row) for row in connection.execute(_PAGE, {"after": after, "limit": limit})]


_PAGE = (
    select(
        changes.c.change_seq,
        changes.c.public_id,
        changes.c.op,
        changes.c.revision,
        changes.c.merged_public_id,
        changes.c.changed_at,
        changes.c.cause,
        changes.c.reason,
    )
    .where(changes.c.change_seq > bindparam("after"))
    .order_by(changes.c.change_seq)
    .limit(bindparam("limit"))
)


def check_cursor(connection: Connection, after: int) -> None:
    """Raise CursorTooOld or CursorLost where the changes after the cursor cannot be given whole."""
    names = (COMPACTED_THROUGH, RESTORED_FROM, RESUMED_AT, LOST)
    facts = union_all(
        select(meta.c.name, meta.c.value).where(meta.c.name.in_(names)),
        select(literal("last"), cast(func.max(changes.c.change_seq), Text)),
    )
    known = {name: value for name, value in connection.execute(facts) if value is not None}
    gap, last = int(known.get(COMPACTED_THROUGH, 0)), int(known.get("last", 0))
    if after < gap:
        raise CursorTooOld(after, gap + 1, last)
    if after > last or any(restored < after < resumed for restored, resumed in lost(known)):
        raise CursorLost(after, gap + 1, last)


def lost(facts: Mapping[str, str]) -> list[tuple[int, int]]:
    """Between which numbers changes were lost in restores, the oldest restore first; ``facts`` of ``meta``.

    Databases that were restored before November 2026 know the last restore alone.
    """
    if LOST in facts:
        return [(restored, resumed) for restored, resumed in json.loads(facts[LOST])]
    if RESUMED_AT in facts:
        return [(int(facts[RESTORED_FROM]), int(facts[RESUMED_AT]))]
    return []


def last_seq(connection: Connection) -> int:
    """The newest change's number; 0 where nothing ever changed."""
    return asked(connection, "SELECT max(change_seq) FROM changes") or 0


def compacted_through(connection: Connection) -> int:
    """The highest number that compaction took out of the feed; 0 before the first time."""
    value = connection.scalar(select(meta.c.value).where(meta.c.name == COMPACTED_THROUGH))
    return int(value) if value else 0


def last_changed_at(connection: Connection) -> datetime | None:
    """When anything changed last; None where nothing ever did."""
    newest = select(changes.c.changed_at).order_by(changes.c.change_seq.desc()).limit(1)
    return connection.scalar(newest)
