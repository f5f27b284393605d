"""Who is signed in to the dashboard: kept in the database, so that a restart signs nobody out.

The cookie is a random token and only its SHA-256 is stored: reading the database lets nobody in.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, or_, select, update

from storage.columns import now
from storage.engine import reading, writing
from storage.tables import dashboard_sessions

IDLE = timedelta(hours=8)
"""A session that was not used for a working day is over."""

LONGEST = timedelta(days=7)
"""After a week everybody signs in again."""

_SEEN_EVERY = timedelta(minutes=5)
"""How often use is written down: a page a second must not be a write a second."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in. ``role``: viewer or operator."""

    who: str
    role: str
    begun_at: datetime
    seen_at: datetime


def begin(engine: Engine, who: str, role: str) -> str:
    """Sign somebody in and return the token of the cookie; sessions that are over are forgotten."""
    token, moment = secrets.token_urlsafe(32), now()
    row = {"digest": _digest(token), "who": who, "role": role, "begun_at": moment, "seen_at": moment}
    table = dashboard_sessions.c
    with writing(engine) as connection:
        over = or_(table.seen_at < moment - IDLE, table.begun_at < moment - LONGEST)
        connection.execute(delete(dashboard_sessions).where(over))
        connection.execute(insert(dashboard_sessions).values(row))
    return token


def find(engine: Engine, token: str) -> Session | None:
    """The session of a token, or None where there is none or it is over."""
    table, digest, moment = dashboard_sessions.c, _digest(token), now()
    with reading(engine) as connection:
        row = connection.execute(
            select(table.who, table.role, table.begun_at, table.seen_at).where(table.digest == digest)
        ).first()
    if row is None or row.seen_at < moment - IDLE or row.begun_at < moment - LONGEST:
        return None
    if row.seen_at < moment - _SEEN_EVERY:
        with writing(engine) as connection:
            used = update(dashboard_sessions).where(table.digest == digest)
            connection.execute(used.values(seen_at=moment))
    return Session(*row)


def end(engine: Engine, token: str) -> None:
    """Sign somebody out."""
    with writing(engine) as connection:
        connection.execute(delete(dashboard_sessions).where(dashboard_sessions.c.digest == _digest(token)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
