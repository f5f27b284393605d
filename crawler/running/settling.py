"""What becomes of a claim after its crawl: the same on a clock's own machine and on a worker's."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Engine

from crawler.running.host_pool import Done
from storage import claims, holds
from storage.lease import LEASE_SECONDS
from storage.portals import Portal
from storage.said import Said
from storage.timetable import Adaptive, Due

BUSY_AGAIN = timedelta(seconds=LEASE_SECONDS / 2)
"""A portal that somebody else is crawling is looked at again after this: his run may come to nothing."""


def settle(
    engine: Engine, owner: str, done: Done, portal: Portal | None, now: datetime, adaptive: Adaptive
) -> Due | None:
    """Give the claim of ``owner`` back; return when the portal is due next, None if it was not ours any more.

    ``portal`` is its record, None where it has left the registry meanwhile.
    """
    result = done.result
    again, not_before = None, None
    if result.already_running:
        why, said = "somebody else was crawling it; looked at again", Said("due.crawled_elsewhere")
        again = Due(now + BUSY_AGAIN, why, (said,))
    elif result.signal is not None:
        again = Due(now, "its crawl was stopped with the clock", (Said("due.stopped"),))
    elif "store_failed" in result.errors:
        again = Due(now + BUSY_AGAIN, "the database could not be written", (Said("due.not_written"),))
    elif portal is not None:
        until = holds.held_until(engine, urlsplit(portal.url).netloc)
        why = "its server asked to be left alone"
        not_before = Due(until, why, (Said("due.left_alone"),)) if until else None
    return claims.settle(
        engine, owner, done.portal, now,
        cooling=done.cooling, again=again, not_before=not_before, adaptive=adaptive,
    )  # fmt: skip
