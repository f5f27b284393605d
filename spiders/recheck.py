"""When a known article is asked for again: edits are seen, and old news is left in peace."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from crawler.reading.page import ListingRow
from crawler.running.rechecks import AGES
from storage.frontier import Known
from vietnam.writing import fold

FRESH = timedelta(days=2)
"""Younger articles are checked by every crawl by hand: most corrections come within a day."""

LATER = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""Ages at which an article is fetched once more, whatever its validators say (operations.md F4)."""

EDITED_TITLE = timedelta(days=30)
"""Up to this age another title in the listing is taken for an edit; some themes never print the same one."""

REMEMBERED = LATER[-1] + timedelta(days=3)
"""How far back articles are looked for whose check is due though no listing shows them any more."""

Check = Literal["conditional", "unconditional"]


def how_to_check(row: ListingRow, known: Known, now: datetime, *, sparing: bool = False) -> Check | None:
    """Return how a known article is to be asked for again, None if it is not due.

    ``row`` is its line in the listing. ``sparing``, in the crawls of a clock, perhaps every ten minutes: a
    fresh article is checked by the first crawl after each of AGES, not by every one.

    An article's age counts from its publication, and from our first sight
    only where that is unknown: the first crawl of an archive must not be followed by a second one. A check
    with a reason of its own, and the late ones, take no server's word that nothing changed: some send the
    same ETag for another page (hostile_servers.md 41).
    """
    if row.modified_at is not None and row.modified_at > known.last_checked_at:
        return "unconditional"
    born = known.published_at or known.first_seen_at
    age = now - born
    if age <= EDITED_TITLE and titles_differ(row.title, known.title):
        return "unconditional"
    if any(known.last_checked_at < born + later <= now for later in LATER):
        return "unconditional"
    if sparing:
        early = (each for each in AGES if each <= FRESH)
        return "conditional" if any(known.last_checked_at < born + each <= now for each in early) else None
    return "conditional" if age <= FRESH else None


def titles_differ(listed: str | None, stored: str | None) -> bool:
    """Tell whether a listing's title is another one; a shortened title ("Hội nghị tổng kết…") is not."""
    if not listed or not stored:
        return False
    short, long = fold(listed), fold(stored)
    if listed.rstrip().endswith(("…", "...")):
        return not long.startswith(short)
    return short != long
