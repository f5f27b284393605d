"""How long silence may last before others take over, and what follows from it.

``FRONTNEWS_LEASE`` sets the seconds, alike for all processes on one database: longer where the way to it is
bad, shorter where nobody may wait (benchmarks.chaos).
"""

from __future__ import annotations

import os
from datetime import timedelta

SHORTEST = 10
"""Seconds. Below it a busy machine would take the living for dead."""

USUAL = 60


def parse_lease(text: str) -> int:
    """Seconds of FRONTNEWS_LEASE. Raises ValueError with one line."""
    if not text.isascii() or not text.isdigit() or int(text) < SHORTEST:
        raise ValueError(f"FRONTNEWS_LEASE is whole seconds, {SHORTEST} or more, not {text!r}")
    return int(text)


def _set() -> int:
    try:
        return parse_lease(os.environ.get("FRONTNEWS_LEASE") or str(USUAL))
    except ValueError:
        return USUAL  # every command refuses to begin with it (commands.options)


LEASE_SECONDS = _set()
"""Who has shown no sign of life for so long is gone: a run's worker, a clock, a transaction."""

BEAT_SECONDS = LEASE_SECONDS / 12
"""Between two signs of life: a busy database may miss several."""

STALLED_SECONDS = LEASE_SECONDS // 2
"""How long a transaction that writes may do nothing. Where a machine is suspended in the middle of one,
PostgreSQL would else keep its locks for hours. Half the lease: the signs of life of others wait behind what
they have to save, and with the whole lease their runs were lost with the suspended one (seen in chaos)."""

ORPHANED_SECONDS = LEASE_SECONDS * 2 / 3
"""A crawl host that has not heard of its parent for so long stops, before others send one to its servers."""

CLOCK_SKEW = timedelta(minutes=2)
"""What was written so far in the future was written by a machine whose time has since been set back (one that
takes its hardware's local time for UTC starts seven hours ahead in Vietnam). Machines that share a database
agree far better (NTP: milliseconds)."""
