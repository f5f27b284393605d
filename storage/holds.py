"""Holds on hosts, and what their robots.txt said: kept over restarts, since a hold outlives the process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select

from storage import tables
from storage.bulk import upsert
from storage.columns import now
from storage.engine import reading, writing
from storage.lease import CLOCK_SKEW
from storage.said import Said, as_rows

LONGEST = timedelta(hours=24)
"""No server closes itself to us for longer with one answer (hostile_servers.md 60: "10 years")."""


@dataclass(frozen=True, slots=True)
class Robots:
    """A robots.txt as it was answered. ``status`` 0: the host could not be reached (RFC 9309, 2.3.1.4)."""

    status: int
    body: bytes
    fetched_at: datetime


def hold(engine: Engine, host: str, until: datetime, reason: str, *said: Said) -> None:
    """Ask ``host`` (``name`` or ``name:port``) nothing before ``until``; of two holds the longer stands.

    ``said``: the ``reason`` in codes.
    """
    with writing(engine) as connection:
        standing = connection.execute(
            select(tables.holds.c.until).where(tables.holds.c.host == host)
        ).scalar()
        if standing is None or standing < until or _is_impossible(standing):
            row = {"host": host, "until": until, "reason": reason, "said": as_rows(said)}
            upsert(connection, tables.holds, [row], key=("host",))


def held_until(engine: Engine, host: str) -> datetime | None:
    """When ``host`` may be asked again; None when it may be now."""
    with reading(engine) as connection:
        until = connection.execute(select(tables.holds.c.until).where(tables.holds.c.host == host)).scalar()
    return until if until is not None and until > now() and not _is_impossible(until) else None


def _is_impossible(until: datetime) -> bool:
    """Whether a hold was made by a machine whose time has since been set back."""
    return until > now() + LONGEST + CLOCK_SKEW


def release(engine: Engine, host: str) -> None:
    """Take a hold away before its time: for the operator who knows better."""
    with writing(engine) as connection:
        connection.execute(delete(tables.holds).where(tables.holds.c.host == host))


def robots(engine: Engine, host: str) -> Robots | None:
    """The stored robots.txt of ``host`` (``scheme://name:port``), however old: the caller judges its age."""
    columns = tables.robots.c
    query = select(columns.status, columns.body, columns.fetched_at).where(columns.host == host)
    with reading(engine) as connection:
        row = connection.execute(query).first()
    return Robots(*row) if row else None


def save_robots(engine: Engine, host: str, *, status: int, body: bytes, fetched_at: datetime) -> None:
    """Keep what ``/robots.txt`` answered; ``status`` 0 with an empty body where nothing did."""
    row = {"host": host, "status": status, "body": body, "fetched_at": fetched_at}
    with writing(engine) as connection:
        upsert(connection, tables.robots, [row], key=("host",))
