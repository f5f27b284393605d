"""Saving what a newer reader made of archived pages, with what that changed, or would change.

The batch is saved as a crawl's is (storage.saving), between two looks at the records in the same transaction.
A rehearsal is rolled back, so that what it tells is what would happen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from storage.article_rows import CONTENT
from storage.bulk import at_addresses, chunks
from storage.engine import explaining
from storage.kept import Address
from storage.records import Sighting
from storage.saving import Saved, save_batch
from storage.tables import articles, copies
from storage.writers_lock import lock_writers


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One record that is different now. ``fields``: name -> (before, after); ``reworded``: a new revision."""

    article_id: str
    url: str
    fields: dict[str, tuple[object, object]]
    reworded: bool


@dataclass(frozen=True, slots=True)
class Resaved:
    """What became of a batch. ``superseded`` pages were left: a crawl has read a newer one meanwhile."""

    saved: list[Saved]
    changes: list[RecordChange]
    superseded: int


def resave(engine: Engine, sightings: Sequence[Sighting], *, rehearse: bool = False) -> Resaved:
    """Save sightings of archived pages. Raises DatabaseProblem; nothing was kept then."""
    with explaining(engine), engine.connect() as connection, connection.begin() as transaction:
        lock_writers(connection)
        current = _current(connection, sightings)
        addresses = [(sighting.portal, sighting.key) for sighting in current]
        before = _records(connection, addresses)
        saved = save_batch(connection, None, current, cause="reader")
        after = _records(connection, addresses)
        if rehearse:
            transaction.rollback()
    return Resaved(saved, _differences(before, after), len(sightings) - len(current))


def _current(connection: Connection, sightings: Sequence[Sighting]) -> list[Sighting]:
    """The sightings that are not older than what is stored of their address: under the writers' lock."""
    newest: dict[Address, str | None] = {}
    for some in chunks([(sighting.portal, sighting.key) for sighting in sightings]):
        query = select(copies.c.portal, copies.c.key, copies.c.digest).where(at_addresses(copies, some))
        newest.update(((row[0], row[1]), row[2]) for row in connection.execute(query))
    return [s for s in sightings if newest.get((s.portal, s.key), s.digest) == s.digest]


def _records(connection: Connection, addresses: Sequence[Address]) -> dict[str, dict[str, object]]:
    """The content of the articles at ``addresses`` by public id, with their address and revision."""
    found: dict[str, dict[str, object]] = {}
    columns = [articles.c[name] for name in ("url", "revision", *CONTENT)]
    for some in chunks(addresses):
        query = (
            select(articles.c.public_id, *columns)
            .join(copies, copies.c.article_id == articles.c.id)
            .where(at_addresses(copies, some))
        )
        for row in connection.execute(query).mappings():
            found[row["public_id"]] = dict(row)
    return found


def _differences(
    before: dict[str, dict[str, object]], after: dict[str, dict[str, object]]
) -> list[RecordChange]:
    changes = []
    for article_id, now in after.items():
        was = before.get(article_id)
        if was is None:
            continue
        fields = {name: (was[name], now[name]) for name in CONTENT if was[name] != now[name]}
        if fields:
            reworded = was["revision"] != now["revision"]
            changes.append(RecordChange(article_id, str(now["url"]), fields, reworded))
    return changes
