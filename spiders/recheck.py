"""When a known article is asked for again: edits are seen, and old news is left in peace."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from crawler.reading.page import ListingRow
from crawler.running.rechecks import DOUBTED, next_look
from storage.frontier import Known
from storage.takedowns import MISSING_APART
from vietnam.writing import fold

FRESH = timedelta(days=2)
"""Younger articles are checked by every crawl by hand: most corrections come within a day."""

LATER = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""Ages at which an article is fetched once more, whatever its validators say (operations.md F4)."""

EDITED_TITLE = timedelta(days=30)
"""Up to this age another title in the listing is taken for an edit; some themes never print the same one."""

REMEMBERED = LATER[-1] + timedelta(days=3)
"""How far back articles are looked for whose check is due though no listing shows them any more."""

GONE = timedelta(days=7)
"""Between two looks for a page that is gone: some come back after a redesign."""

Check = Literal["conditional", "unconditional"]


def how_to_check(row: ListingRow, known: Known, now: datetime, *, sparing: bool = False) -> Check | None:
    """Return how a known article is to be asked for again, None if it is not due.

    ``row`` is its line in the listing. ``sparing``, in the crawls of a clock, perhaps every ten minutes: an
    article is checked by the first crawl after each of the ages of crawler.running.rechecks, and only while
    it still changes: two looks in a row that found nothing new, and it is left alone. What the listing says
    of an edit is followed then too, until two more looks found nothing.

    An article's age counts from its publication, and from our first sight
    only where that is unknown: the first crawl of an archive must not be followed by a second one. A check
    with a reason of its own, and the late ones, take no server's word that nothing changed: some send the
    same ETag for another page (hostile_servers.md 41).

    A page that was missing is asked for daily until that is believed, then weekly for as long as it is
    remembered (storage.frontier.recent), and daily again where a listing shows it.
    """
    if known.missing_at is not None:
        pause = GONE if known.gone_at is not None and row.title is None else MISSING_APART
        return "unconditional" if known.missing_at + pause <= now else None
    age = now - born(known)
    believed = not sparing or known.quiet_looks < DOUBTED
    if believed and row.modified_at is not None and row.modified_at > known.last_checked_at:
        return "unconditional"
    if believed and age <= EDITED_TITLE and titles_differ(row.title, known.title):
        return "unconditional"
    if sparing and not is_look(known, now, known.quiet_looks):
        return None
    if any(known.last_checked_at < born(known) + later <= now for later in LATER):
        return "unconditional"
    return "conditional" if sparing or age <= FRESH else None


def is_look(known: Known, now: datetime, quiet: int = 0) -> bool:
    """Tell whether a check now is one of the looks at growing ages, after ``quiet`` that found nothing."""
    due = next_look(born(known), known.last_checked_at, quiet)
    return due is not None and due <= now


def born(known: Known) -> datetime:
    """Return from when an article's age counts."""
    return known.published_at or known.first_seen_at


def titles_differ(listed: str | None, stored: str | None) -> bool:
    """Tell whether a listing's title is another one; a shortened title ("Hội nghị tổng kết…") is not."""
    if not listed or not stored:
        return False
    short, long = fold(listed), fold(stored)
    if listed.rstrip().endswith(("…", "...")):
        return not long.startswith(short)
    return short != long
