"""The frontier: article addresses that a listing showed and that were not read yet, kept over kill -9.

A row lives until its article is saved (storage.saving deletes it in the same transaction), unless it
was skipped or given up: those stay, so that the next crawl does not fetch them again. Scrapy's own
JOBDIR loses its queue on SIGKILL without a word (measured: 105 of 200 pages).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, RowMapping, func, select, update

from storage.bulk import at_addresses, delete_at, insert_missing, plain_rows_with, rows_at, upsert
from storage.columns import now
from storage.engine import reading, writing
from storage.runs import renew
from storage.tables import articles, copies, frontier
from storage.tables import section_state as section_states
from vietnam.stamps import Precision

ATTEMPTS = 5
"""Failures after which an address is given up: one crawl tries it once or twice, so about three crawls."""


@dataclass(frozen=True, slots=True)
class Queued:
    """An article to fetch, with what its listing row said. ``kind`` is the walk's own word for why."""

    key: str
    url: str
    section: str | None = None
    title: str | None = None
    published_at: datetime | None = None
    published_precision: Precision | None = None
    lead: str | None = None
    kind: str = "article"


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of an address: stored (``article_id`` is the public id), skipped, or given up.

    ``title`` and ``published_at`` are those of this portal's copy, to compare with a listing row.
    """

    key: str
    url: str
    article_id: str | None
    title: str | None
    published_at: datetime | None
    first_seen_at: datetime
    last_checked_at: datetime
    etag: str | None
    last_modified: str | None
    skipped: bool
    given_up: bool = False
    missing_at: datetime | None = None
    """When its page was last found to be missing; None while it is there."""
    gone_at: datetime | None = None
    """When that was believed (storage.takedowns)."""
    quiet_looks: int = 0
    """Looks in a row that found nothing new (crawler.running.rechecks)."""


@dataclass(frozen=True, slots=True)
class SectionState:
    """How far a section was walked: ``complete`` once its last page was reached, else up to ``last_page``."""

    complete: bool = False
    last_page: int = 0


def add(engine: Engine, run_id: int | None, portal: str, rows: Sequence[Queued]) -> None:
    """Queue addresses; those queued, skipped or given up already stay as they are. Raises LeaseLost."""
    with writing(engine) as connection:
        _fence(connection, run_id)
        insert_missing(connection, frontier, _values(portal, rows, state="pending", attempts=0))


def text_from(engine: Engine, portal: str, key: str) -> str | None:
    """Where the paragraphs of the article at an address came from; None where there is none."""
    query = (
        select(articles.c.provenance["paragraphs"].as_string())
        .join(copies, copies.c.article_id == articles.c.id)
        .where(at_addresses(copies, [(portal, key)]))
    )
    with reading(engine) as connection:
        return connection.scalar(query)


def pending(engine: Engine, portal: str, limit: int | None = None) -> list[Queued]:
    """What an interrupted or failed run left to fetch, oldest first."""
    query = (
        select(*(frontier.c[name] for name in Queued.__slots__))
        .where(frontier.c.portal == portal, frontier.c.state.in_(("pending", "failed")))
        .order_by(frontier.c.id)
        .limit(limit)
    )
    with reading(engine) as connection:
        return [Queued(*row) for row in connection.execute(query)]


def done(engine: Engine, run_id: int | None, portal: str, keys: Iterable[str]) -> None:
    """Take addresses out of the frontier: the page was no article, or answered 304. Raises LeaseLost.

    Not needed after save_batch, which does it in its own transaction.
    """
    with writing(engine) as connection:
        _fence(connection, run_id)
        forget(connection, [(portal, key) for key in keys])


def forget(connection: Connection, addresses: Sequence[tuple[str, str]]) -> None:
    """Take (portal, key) pairs out of the frontier inside the caller's transaction."""
    delete_at(connection, frontier, addresses)


def failed(engine: Engine, run_id: int | None, portal: str, key: str, error_class: str, message: str) -> None:
    """Count one failed attempt; the address is given up at the ATTEMPTS-th. Raises LeaseLost."""
    with writing(engine) as connection:
        _fence(connection, run_id)
        where = at_addresses(frontier, [(portal, key)])
        connection.execute(
            update(frontier)
            .where(where)
            .values(
                state="failed",
                attempts=frontier.c.attempts + 1,
                error_class=error_class,
                message=message,
                updated_at=now(),
            )
        )
        connection.execute(
            update(frontier).where(where, frontier.c.attempts >= ATTEMPTS).values(state="given_up")
        )


def retry(engine: Engine, portal: str) -> int:
    """Give the failed and given up addresses of a portal all their attempts back; return how many."""
    lost = frontier.c.state.in_(("failed", "given_up"))
    with writing(engine) as connection:
        query = update(frontier).where(frontier.c.portal == portal, lost)
        return connection.execute(query.values(state="pending", attempts=0, updated_at=now())).rowcount


@dataclass(frozen=True, slots=True)
class Failure:
    """An address that could not be fetched or read. ``state``: failed (tried again) or given_up."""

    url: str
    state: str
    attempts: int
    error_class: str | None
    message: str | None
    updated_at: datetime


def failures(engine: Engine, portal: str) -> list[Failure]:
    """The addresses of a portal that failed and were not read since, the latest first."""
    query = select(*(frontier.c[name] for name in Failure.__slots__)).where(
        frontier.c.portal == portal, frontier.c.state.in_(("failed", "given_up"))
    )
    with reading(engine) as connection:
        return [Failure(*row) for row in connection.execute(query.order_by(frontier.c.updated_at.desc()))]


def skipped(engine: Engine, run_id: int | None, portal: str, rows: Sequence[Queued], reason: str) -> None:
    """Remember articles that were read and left (``off_topic``), so that they are not fetched again.

    Rows that are not queued are added. Raises LeaseLost.
    """
    values = _values(portal, rows, state="skipped", attempts=1, message=reason)
    with writing(engine) as connection:
        _fence(connection, run_id)
        upsert(connection, frontier, values, key=("portal", "key"), keep=("queued_at",))


def known(engine: Engine, portal: str, keys: Iterable[str]) -> dict[str, Known]:
    """Which of ``keys`` need no first fetch, and what is known of them. Queued ones are not among them.

    By texts that are written once: each listing page asks (M: 20 keys 0.3 ms, as expressions 0.8).
    """
    addresses = [(portal, key) for key in keys]
    if not addresses:
        return {}
    found: dict[str, Known] = {}
    with reading(engine) as connection:
        for row in rows_at(connection, frontier, addresses):
            if row["state"] in ("skipped", "given_up"):
                found[row["key"]] = Known(
                    row["key"],
                    row["url"],
                    None,
                    row["title"],
                    row["published_at"],
                    row["queued_at"],
                    row["updated_at"],
                    None,
                    None,
                    skipped=row["state"] == "skipped",
                    given_up=row["state"] == "given_up",
                )
        stored = rows_at(connection, copies, addresses)
        ids = list({row["article_id"] for row in stored})
        columns = (articles.c.id, articles.c.public_id)
        public_ids = dict(plain_rows_with(connection, columns, articles.c.id, ids)) if ids else {}
        for row in stored:
            found[row["key"]] = _stored(row, public_ids[row["article_id"]])
    return found


def recent(engine: Engine, portal: str, since: datetime) -> list[Known]:
    """The stored articles of ``portal`` published after ``since`` (first seen, where that is unknown), and
    those whose pages were missing since."""
    born = func.coalesce(copies.c.published_at, copies.c.first_seen_at)
    query = (
        select(copies, articles.c.public_id)
        .join(articles, articles.c.id == copies.c.article_id)
        .where(copies.c.portal == portal, (born > since) | (copies.c.missing_at > since))
        .order_by(born)
    )
    with reading(engine) as connection:
        return [_stored(row, row["public_id"]) for row in connection.execute(query).mappings()]


def _stored(copy: RowMapping, public_id: str) -> Known:
    return Known(
        copy["key"],
        copy["url"],
        public_id,
        copy["title"],
        copy["published_at"],
        copy["first_seen_at"],
        copy["last_seen_at"],
        copy["etag"],
        copy["last_modified"],
        skipped=False,
        missing_at=copy["missing_at"],
        gone_at=copy["gone_at"],
        quiet_looks=copy["quiet_looks"],
    )


def section_state(engine: Engine, portal: str, section: str) -> SectionState:
    """How far ``section`` (its path) was walked by earlier runs."""
    query = select(section_states.c.complete, section_states.c.last_page).where(
        section_states.c.portal == portal, section_states.c.section == section
    )
    with reading(engine) as connection:
        row = connection.execute(query).first()
    return SectionState(*row) if row else SectionState()


def set_section_state(
    engine: Engine, run_id: int | None, portal: str, section: str, *, complete: bool, last_page: int
) -> None:
    """Write down how far ``section`` was walked. Raises LeaseLost."""
    with writing(engine) as connection:
        _fence(connection, run_id)
        row = {
            "portal": portal,
            "section": section,
            "complete": complete,
            "last_page": last_page,
            "updated_at": now(),
        }
        upsert(connection, section_states, [row], key=("portal", "section"))


def _values(portal: str, rows: Sequence[Queued], **state: object) -> list[dict[str, object]]:
    moment = now()
    return [
        {
            "portal": portal,
            **{name: getattr(row, name) for name in Queued.__slots__},
            **state,
            "queued_at": moment,
            "updated_at": moment,
        }
        for row in rows
    ]


def _fence(connection: Connection, run_id: int | None) -> None:
    if run_id is not None:
        renew(connection, run_id)
