"""Sections whose first page is the oldest: Drupal views and home-made PHP that nobody has sorted.

What is new stands on their last page, which a walk that stops at quiet pages never sees. The first two pages
tell the order; a later walk then goes on at the page before the last one it knows, and from there to the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from crawler.reading.page import NextPage
from crawler.reading.page_numbers import numbered_like, page_number

ENOUGH = 3
"""Dated rows from which an order can be told."""

OUT_OF_ORDER = 9
"""Rising steps for each falling one: lists by number have a back-dated article here and there."""

TELLING = 2
"""Pages from the top that tell the order: a box of chosen articles may stand upside down on the first."""


def is_oldest_first(days: Sequence[datetime]) -> bool:
    """Whether rows, by their times in page order, go from old to new."""
    rising = sum(before < after for before, after in pairwise(days))
    falling = sum(before > after for before, after in pairwise(days))
    return len(days) >= ENOUGH and rising > 0 and rising >= OUT_OF_ORDER * falling


def near_the_end(second: NextPage, third: NextPage, last: int) -> NextPage | None:
    """How to ask for the page before the ``last``-th, by what the second and third are asked with; None where
    that cannot be told, or is not further than the third."""
    one, other = page_number(second.url), page_number(third.url)
    if second.form or third.form or one is None or other is None or other <= one or last - 1 <= 3:
        return None
    url = numbered_like(third.url, other + (last - 1 - 3) * (other - one))
    return NextPage(url) if url is not None else None
