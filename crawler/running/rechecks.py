"""When known articles are looked at again for edits: at growing ages, and only while they still change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

AGES = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(days=7),
    timedelta(days=30),
)
"""reference/operations.md F4."""

SHARE = 0.2
"""Of all requests: for looks (F4: a fifth). crawler.running.rhythm.Budget keeps it free."""

UNCHANGED = 2
"""Looks in a row that found nothing new, after which an article is left alone (F4)."""


@dataclass(frozen=True, slots=True)
class Look:
    """An earlier look at an article, and whether its words had changed since the one before."""

    at: datetime
    changed: bool


def next_look(first_seen_at: datetime, looks: Sequence[Look]) -> datetime | None:
    """Return when an article is due for its next look after ``looks`` (oldest first); None: never again.

    Ages that passed without a look are not made up for.
    """
    if len(looks) >= UNCHANGED and not any(look.changed for look in looks[-UNCHANGED:]):
        return None
    age = looks[-1].at - first_seen_at if looks else timedelta(0)
    later = next((each for each in AGES if each > age), None)
    return None if later is None else first_seen_at + later


def allowance(listing_requests: int, share: float = SHARE) -> int:
    """Return how many known articles a scheduled crawl may look at beside its listing requests.

    ``share`` of all requests is for looks; what is left out stays due for the next crawl. One
    look is always allowed, so that a portal of one short listing is not left unwatched.
    """
    return max(1, round(listing_requests * share / (1.0 - share)))
