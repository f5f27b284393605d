"""The history of an article: its revisions (words), what else was changed between them, and the difference.

A revision is counted when the words change. Everything else of the record has a history of its own,
kept beside the revision with which it stood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage.article_rows import METADATA, metadata_of
from storage.tables import articles, metadata_history, revisions
from storage.word_diff import Pieces, diff_paragraphs, diff_words, is_change

Metadata = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of an article's words, and every state of the rest of the record that stood with it.

    ``metadata``: the states in order, the last one being that in which the revision ended, as JSON values
    under the record's keys. Empty for revisions that ended before Frontnews kept them.
    """

    revision: int
    seen_at: datetime
    title: str
    lead: str | None
    paragraphs: tuple[str, ...]
    metadata: tuple[Metadata, ...]
    metadata_changed_at: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class MetadataChange:
    """A key of the record whose value is another one. Values are JSON; None or [] where there is none."""

    key: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class ArticleDiff:
    """What changed from one revision to another. ``paragraphs``: one entry for each of either text."""

    old: int
    new: int
    old_seen_at: datetime
    new_seen_at: datetime
    title: Pieces
    lead: Pieces
    paragraphs: tuple[Pieces, ...]
    metadata: tuple[MetadataChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed at all."""
        words = (self.title, self.lead, *self.paragraphs)
        return not self.metadata and not any(is_change(pieces) for pieces in words)


class UnknownRevision(Exception):
    """The article has no such revision; ``known`` are those that it has."""

    def __init__(self, revision: int, known: Sequence[int]) -> None:
        super().__init__(f"there is no revision {revision}; there is {', '.join(map(str, known))}")
        self.revision = revision
        self.known = tuple(known)


def history(connection: Connection, article_id: int) -> list[Revision]:
    """Every revision of an article (internal id), the oldest first and the present one last."""
    states: dict[int, list[tuple[Metadata, datetime]]] = {}
    query = select(metadata_history).where(metadata_history.c.article_id == article_id)
    for row in connection.execute(query.order_by(metadata_history.c.id)).mappings():
        states.setdefault(row["revision"], []).append((row["metadata"], row["changed_at"]))

    def revision(row: Mapping[str, object], seen_at: object, ended_with: Metadata | None) -> Revision:
        assert isinstance(row["revision"], int) and isinstance(seen_at, datetime)
        assert isinstance(row["title"], str) and isinstance(row["paragraphs"], list)
        lead = row["lead"]
        earlier = states.get(row["revision"], [])
        return Revision(
            revision=row["revision"],
            seen_at=seen_at,
            title=row["title"],
            lead=lead if isinstance(lead, str) else None,
            paragraphs=tuple(row["paragraphs"]),
            metadata=(*(state for state, _ in earlier), *([ended_with] if ended_with else ())),
            metadata_changed_at=tuple(at for _, at in earlier),
        )

    earlier = select(revisions).where(revisions.c.article_id == article_id).order_by(revisions.c.revision)
    found = [
        revision(row, row["seen_at"], row["metadata"])
        for row in map(dict, connection.execute(earlier).mappings())
    ]
    now = dict(connection.execute(select(articles).where(articles.c.id == article_id)).mappings().one())
    return [*found, revision(now, now["words_seen_at"], metadata_of(now))]


def diff(known: Sequence[Revision], old: int | None = None, new: int | None = None) -> ArticleDiff:
    """What changed between two revisions of ``known`` (:func:`history`), by default up to the present one.

    Without ``old`` it is the one before ``new``. From a revision to itself it is what changed besides the
    words while it stood; that is also what an article with one revision only is asked about. Raises
    UnknownRevision.
    """
    by_number = {each.revision: each for each in known}
    last = known[-1].revision if new is None else new
    first = max((number for number in by_number if number < last), default=last) if old is None else old
    for number in (first, last):
        if number not in by_number:
            raise UnknownRevision(number, sorted(by_number))
    before, after = by_number[first], by_number[last]
    return ArticleDiff(
        old=first,
        new=last,
        old_seen_at=before.seen_at,
        new_seen_at=after.seen_at,
        title=diff_words(before.title, after.title),
        lead=diff_words(before.lead or "", after.lead or ""),
        paragraphs=diff_paragraphs(before.paragraphs, after.paragraphs),
        metadata=_metadata_changes(before, after),
    )


def _metadata_changes(before: Revision, after: Revision) -> tuple[MetadataChange, ...]:
    if not before.metadata or not after.metadata:
        return ()
    old, new = before.metadata[0 if before is after else -1], after.metadata[-1]
    return tuple(
        MetadataChange(key, old.get(key), new.get(key)) for key in METADATA if old.get(key) != new.get(key)
    )
