"""Holds: a time before which a host must not be asked, from Retry-After and failures, kept in the database.

Scrapy asks again three times within 10 ms after a 429 with ``Retry-After: 3600`` (measured); here no
request leaves before the time that the server named, in this run or in the next.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from storage.holds import LONGEST

CAP = LONGEST

UNSTATED = timedelta(minutes=5)
"""Hold after a 429 that names no time, or an unreadable one (J: Media Cloud takes minutes too)."""


def hold_until(retry_after: str | None, now: datetime) -> datetime:
    """Return when a host may be asked again.

    ``retry_after`` is the header's value, seconds or an HTTP date (RFC 9110 10.2.3). A missing, negative or
    unreadable value gives UNSTATED, one too far away CAP, zero one second.
    """
    wait = UNSTATED
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        # Longer than nine digits is past any cap and past what timedelta takes.
        wait = timedelta(seconds=max(int(text[:9]), 1)) if len(text) <= 9 else CAP
    elif text:
        try:
            stated = parsedate_to_datetime(text)
        except (TypeError, ValueError):
            stated = None
        if stated is not None:
            stated = stated if stated.tzinfo else stated.replace(tzinfo=UTC)
            wait = max(stated - now, timedelta(seconds=1)) if stated > now else UNSTATED
    return now + min(wait, CAP)
