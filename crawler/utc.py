"""The time of the machine, as whatever crawls or plans asks for it."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the moment in UTC, to the microsecond; storage.columns.now gives it as the database keeps it."""
    return datetime.now(UTC)
