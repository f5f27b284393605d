"""Column types and key shapes shared by all tables: the same value comes back from both databases."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, ColumnElement, DateTime, Dialect, Text, or_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.lease import CLOCK_SKEW, LEASE_SECONDS

Json = JSON().with_variant(JSONB(), "postgresql")


class UtcTime(TypeDecorator[datetime]):
    """A moment, to the second: ``timestamptz`` on PostgreSQL, ``2022-08-03T07:05:00Z`` on SQLite.

    The text form has one length, so that it sorts as time does. A time without a zone is refused.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return utc_text(value)
        if value.tzinfo is None:
            raise ValueError(f"time without a zone: {value}")
        return value.astimezone(UTC).replace(microsecond=0)

    def process_result_value(
        self,
        value: datetime | str | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy passes it by name
    ) -> datetime | None:
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


@lru_cache(maxsize=1000)
def utc_text(value: datetime | None) -> str | None:
    """A moment as SQLite keeps it. A batch writes few different ones, many times over."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"time without a zone: {value}")
    return f"{value.astimezone(UTC).isoformat()[:19]}Z"


_last_id = 0
_id_lock = threading.Lock()


def new_public_id() -> str:
    """An identifier that outsiders may keep.

    Later calls of one process sort after earlier ones: within one millisecond the counter goes on.
    """
    global _last_id
    with _id_lock:
        head = (time.time_ns() // 1_000_000) << 12
        _last_id = max(head, _last_id + 1)
        return uuid7(_last_id >> 12, _last_id & 0xFFF)


def uuid7(milliseconds: int, counter: int | None = None) -> str:
    """A UUID of version 7 (RFC 9562, section 5.7) as text: ids sort as their times do (since 1970).

    ``counter``: 12 bits that tell ids of one millisecond apart; by chance if there is none.
    """
    chance = int.from_bytes(os.urandom(10))  # by itself: secrets.randbits makes five calls of it
    head = milliseconds << 16 | 0x7 << 12 | (chance >> 68 if counter is None else counter)
    tail = 0b10 << 62 | chance & (1 << 62) - 1  # the variant, then randomness
    digits = (head << 64 | tail).to_bytes(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def now() -> datetime:
    """The moment as it will be read back: in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def unheard(beat_at: ColumnElement[datetime], at: datetime) -> ColumnElement[bool]:
    """Whether a sign of life is no longer one: older than the lease, or of a time that has not come yet.

    A machine whose time was ahead wrote the latter. If it has died since, nobody may wait until then; if it
    has not, its next sign says so.
    """
    return or_(beat_at < at - timedelta(seconds=LEASE_SECONDS), beat_at > at + CLOCK_SKEW)


def is_unheard(beat_at: datetime, at: datetime) -> bool:
    """The same of a moment that was read."""
    return not at - timedelta(seconds=LEASE_SECONDS) <= beat_at <= at + CLOCK_SKEW
