"""When known articles are looked at again for edits: at growing ages, and only while they still change."""

from __future__ import annotations

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

DOUBTED = 2 * UNCHANGED
"""Looks in a row that found nothing new, after which a listing that says otherwise is not believed either:
some themes print another title than the article's own, or the present time as that of the last change."""


def next_look(born: datetime, checked_at: datetime, quiet: int) -> datetime | None:
    """Return when an article is due for its next look; None: never again.

    ``born``: when it was published, or first seen; ``checked_at``: when it was last fetched, the first time
    too; ``quiet``: looks in a row since that found nothing new. Ages that passed without a look are not made
    up for.
    """
    if quiet >= UNCHANGED:
        return None
    return next((born + age for age in AGES if born + age > checked_at), None)


def allowance(listing_requests: int) -> int:
    """Return how many known articles a scheduled crawl may look at beside its listing requests.

    SHARE of all requests is for looks; what is left out stays due for the next crawl. One
    look is always allowed, so that a portal of one short listing is not left unwatched.
    """
    return max(1, round(listing_requests * SHARE / (1.0 - SHARE)))
