"""Runs: one crawl of one portal. Its row is the lease, and its id the token without which nothing is written.

A unique index allows one running row per portal. Every batch renews the heartbeat where the row
still runs; a worker that was declared dead finds no row to renew and may write nothing (engine.md
section 3b: 200 portals, a killed and a suspended worker, each portal done exactly once).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Row, func, insert, null, select, update
from sqlalchemy.exc import IntegrityError

from storage.columns import now, unheard
from storage.engine import reading, writing
from storage.said import Said, all_of
from storage.tables import copies, crawl_runs

LOST = [Said("run.stopped", {"error": "lost"}).as_row()]
"""What is said of a run whose worker is gone."""

FAILED_VERDICTS = ("suspicious_empty", "blocked", "layout_drift", "partial", "failed", "lost")


class LeaseLost(Exception):
    """The run was declared lost, or has ended: this worker must stop. Nothing of the batch was kept."""


class CancelAsked(Exception):
    """Somebody asked for the run to end. It holds its lease still: what was read can be saved."""


class AlreadyRunning(Exception):
    """Another worker crawls this portal now; ``owner`` and ``since`` say who and from when.

    ``token`` is that of its run, None where a claim stands in the way.
    """

    def __init__(self, portal: str, owner: str | None, since: datetime, token: str | None = None) -> None:
        super().__init__(
            f"{portal} is being crawled already (by {owner or 'unknown'}, since {since:%H:%M:%S} UTC)"
        )
        self.portal = portal
        self.owner = owner
        self.since = since
        self.token = token


@dataclass(frozen=True, slots=True)
class Run:
    """The lease on a portal, held by the one who began the run."""

    id: int
    portal: str
    token: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as it is shown to people. ``counts`` and ``errors`` map names to numbers."""

    id: int
    portal: str
    trigger: str
    owner: str | None
    status: str
    verdict: str | None
    started_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    counts: dict[str, int]
    errors: dict[str, int]
    sections: dict[str, object]
    message: str | None
    unmet: list[dict[str, object]] | None = None
    """Expectations that failed: ``name``, ``observed`` and ``bound`` each (crawler.running.expectations)."""
    cancel_asked_by: str | None = None
    said: list[object] | None = None
    """``message`` in codes: rows of storage.said.Said; None of runs from before there were any."""

    def told(self) -> list[Said]:
        """The message in codes, as far as this version knows them."""
        return all_of(self.said)


def new_token() -> str:
    """Return a token for a run, which no other has."""
    return secrets.token_hex(8)


def begin(
    engine: Engine,
    portal: str,
    *,
    trigger: str = "manual",
    owner: str | None = None,
    token: str | None = None,
) -> Run:
    """Take the lease on ``portal``; a lost one (no heartbeat for LEASE_SECONDS) is taken over.

    ``trigger``: manual, schedule, retry or backfill. ``token``: a new_token of the caller's, by which it
    knows its run again where the answer to this call is lost. Raises AlreadyRunning while another holds it.
    """
    started = now()
    token = token or new_token()
    with writing(engine) as connection:
        _end_silent(connection, portal, started)
        try:
            with connection.begin_nested():
                run_id = connection.execute(
                    insert(crawl_runs)
                    .values(
                        portal=portal,
                        token=token,
                        trigger=trigger,
                        owner=owner,
                        status="running",
                        started_at=started,
                        heartbeat_at=started,
                        counts={},
                        errors={},
                        sections={},
                    )
                    .returning(crawl_runs.c.id)
                ).scalar_one()
        except IntegrityError:
            run_id = None
        holder = None if run_id is not None else _holder(connection, portal)
    if run_id is not None:
        return Run(run_id, portal, token)
    raise AlreadyRunning(portal, *(holder or (None, started)))


def _end_silent(connection: Connection, portal: str, at: datetime) -> None:
    """End a run of the portal that is unheard of, as lost."""
    connection.execute(
        update(crawl_runs)
        .where(
            crawl_runs.c.portal == portal,
            crawl_runs.c.status == "running",
            unheard(crawl_runs.c.heartbeat_at, at),
        )
        .values(
            status="lost",
            verdict="lost",
            finished_at=at,
            message="no heartbeat; taken over by another run",
            said=LOST,
        )
    )


def declare_lost(engine: Engine, portal: str, owner: str, message: str, *, token: str | None = None) -> bool:
    """End the run of ``portal`` by ``owner``, who is known to be gone; tell whether there was one.

    ``token``: that run alone.
    """
    running = (crawl_runs.c.portal == portal, crawl_runs.c.status == "running", crawl_runs.c.owner == owner)
    with writing(engine) as connection:
        ended = connection.execute(
            update(crawl_runs)
            .where(*running, *([] if token is None else [crawl_runs.c.token == token]))
            .values(status="lost", verdict="lost", finished_at=now(), message=message, said=LOST)
        )
        return ended.rowcount > 0


def beat(engine: Engine, run_id: int, counts: Mapping[str, int] | None = None) -> None:
    """Renew the lease; ``counts`` so far are shown to whoever looks. Raises LeaseLost and CancelAsked."""
    with writing(engine) as connection:
        renew(connection, run_id, counts)
        asked = select(crawl_runs.c.cancel_asked_by).where(crawl_runs.c.id == run_id)
        who = connection.scalar(asked)
    if who is not None:
        raise CancelAsked(f"cancelled by {who}")


def cancel(engine: Engine, run_id: int, who: str) -> bool:
    """Ask that a run ends; tell whether it was running, and nobody had asked before.

    Its worker saves what it has read and ends at its next beat. A run whose worker is silent ends here.
    """
    at = now()
    this = (crawl_runs.c.id == run_id, crawl_runs.c.status == "running")
    silent = unheard(crawl_runs.c.heartbeat_at, at)
    ended: dict[str, object] = {
        "status": "finished", "verdict": "cancelled", "finished_at": at,
        "message": f"cancelled by {who}; its worker had fallen silent",
        "said": [Said("run.cancelled_by", {"who": who}).as_row()],
    }  # fmt: skip
    with writing(engine) as connection:
        asked = connection.execute(
            update(crawl_runs)
            .where(*this, crawl_runs.c.cancel_asked_by.is_(None))
            .values(cancel_asked_by=who)
        )
        connection.execute(update(crawl_runs).where(*this, silent).values(ended))
        return asked.rowcount > 0


def renew(connection: Connection, run_id: int, counts: Mapping[str, int] | None = None) -> None:
    """Renew the lease inside the caller's transaction: the fence in front of everything a run writes."""
    values: dict[str, object] = {"heartbeat_at": now()}
    if counts is not None:
        values["counts"] = dict(counts)
    renewed = connection.execute(
        update(crawl_runs).where(crawl_runs.c.id == run_id, crawl_runs.c.status == "running").values(values)
    )
    if renewed.rowcount == 0:
        raise LeaseLost(lost(run_id))


def renew_all(connection: Connection, run_ids: Collection[int]) -> set[int]:
    """Renew the leases of several runs as :func:`renew` does; those that are still ours."""
    held = (crawl_runs.c.id.in_(run_ids), crawl_runs.c.status == "running")
    query = update(crawl_runs).where(*held).values(heartbeat_at=now()).returning(crawl_runs.c.id)
    return set(connection.scalars(query)) if run_ids else set()


def lost(run_id: int) -> str:
    """What LeaseLost says of a run."""
    return f"run {run_id} is no longer running: it was declared lost or has ended"


def finish(
    engine: Engine,
    run_id: int,
    *,
    verdict: str,
    counts: Mapping[str, int],
    errors: Mapping[str, int],
    message: str | None = None,
    said: Sequence[Mapping[str, object]] = (),
    sections: Mapping[str, object] | None = None,
    filled: Mapping[str, int] | None = None,
    unmet: Sequence[Mapping[str, object]] = (),
) -> None:
    """Give the lease back with what the run came to. Raises LeaseLost where it is no longer ours.

    ``said``: the message in codes (storage.said). ``filled``: of a run that read its listings whole, how many
    articles had each field (storage.history).
    """
    finished = now()
    with writing(engine) as connection:
        ended = connection.execute(
            update(crawl_runs)
            .where(crawl_runs.c.id == run_id, crawl_runs.c.status == "running")
            .values(
                status="finished",
                verdict=verdict,
                finished_at=finished,
                heartbeat_at=finished,
                counts=dict(counts),
                errors=dict(errors),
                sections=dict(sections or {}),
                message=message,
                said=[dict(each) for each in said],
                filled=dict(filled) if filled is not None else null(),
                unmet=[dict(each) for each in unmet],
            )
        )
        if ended.rowcount == 0:
            raise LeaseLost(lost(run_id))


def list_runs(
    engine: Engine, *, portal: str | None = None, failed: bool = False, limit: int = 50
) -> list[RunRow]:
    """Runs, newest first; ``failed`` keeps those whose verdict asks for somebody's attention."""
    query = select(crawl_runs).order_by(crawl_runs.c.id.desc()).limit(limit)
    if portal is not None:
        query = query.where(crawl_runs.c.portal == portal)
    if failed:
        query = query.where(crawl_runs.c.verdict.in_(FAILED_VERDICTS))
    with reading(engine) as connection:
        return [
            RunRow(**{name: getattr(row, name) for name in RunRow.__slots__})
            for row in connection.execute(query)
        ]


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run of a portal; ``finished_at`` is None while it goes on."""

    id: int
    portal: str
    verdict: str | None
    finished_at: datetime | None
    counts: dict[str, int]


def last_of(engine: Engine, portals: Sequence[str]) -> tuple[dict[str, LastRun], dict[str, int]]:
    """The newest run of each portal that has one, and how many articles are stored of each."""
    newest = select(func.max(crawl_runs.c.id)).where(crawl_runs.c.portal.in_(portals))
    newest = newest.group_by(crawl_runs.c.portal)
    columns = (crawl_runs.c[name] for name in LastRun.__slots__)
    kept = select(copies.c.portal, func.count()).where(copies.c.portal.in_(portals))
    with reading(engine) as connection:
        rows = connection.execute(select(*columns).where(crawl_runs.c.id.in_(newest)))
        last = {row.portal: LastRun(*row) for row in rows}
        return last, {row[0]: row[1] for row in connection.execute(kept.group_by(copies.c.portal))}


def run_of(engine: Engine, run_id: int) -> RunRow | None:
    """One run by its number."""
    with reading(engine) as connection:
        row = connection.execute(select(crawl_runs).where(crawl_runs.c.id == run_id)).first()
    return RunRow(**{name: getattr(row, name) for name in RunRow.__slots__}) if row else None


def unbeaten(engine: Engine) -> list[str]:
    """The portals whose run says that it runs, but whose lease has expired and was not taken over."""
    silent = unheard(crawl_runs.c.heartbeat_at, now())
    query = select(crawl_runs.c.portal).where(crawl_runs.c.status == "running", silent)
    with reading(engine) as connection:
        return list(connection.scalars(query))


def _holder(connection: Connection, portal: str) -> tuple[str | None, datetime, str] | None:
    row: Row[str | None, datetime, str] | None = connection.execute(
        select(crawl_runs.c.owner, crawl_runs.c.started_at, crawl_runs.c.token).where(
            crawl_runs.c.portal == portal, crawl_runs.c.status == "running"
        )
    ).first()
    return (row[0], row[1], row[2]) if row else None
