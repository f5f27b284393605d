"""Until when this process may ask servers.

Processes on one database share the politeness of its servers, and one that shows no sign of life for a lease
(storage.lease) loses its servers to others. If it was suspended (SIGSTOP, a machine that slept, a virtual one
that was moved) it goes on where it was and knows nothing of it: each request whose pause is over would be
sent within a millisecond, to servers that others are asking by then. So none is sent without a permit, which
ends before others take over, and which only a sign of life that was heard renews.
"""

from __future__ import annotations

import asyncio
import math
import time

from crawler.fetching.outcomes import FetchRefused
from storage.lease import ORPHANED_SECONDS

LOOK = 0.05
"""Seconds between two looks at whether the permit was renewed."""

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def boot_seconds() -> float:
    """Seconds since the machine was started, those it slept among them; alike in all of its processes."""
    return time.clock_gettime(_CLOCK)


def permitted_from(heard_at: float) -> float:
    """Until when a sign of life holds that was given at ``heard_at`` (:func:`boot_seconds`)."""
    return heard_at + ORPHANED_SECONDS


class Permit:
    """Ends at ``until`` (:func:`boot_seconds`); a process that shares no database has it for ever."""

    def __init__(self) -> None:
        self.until = math.inf
        self.lost = False
        """Whether others have taken over: it will not be renewed."""

    @property
    def holds(self) -> bool:
        """Whether a server may be asked now."""
        return boot_seconds() <= self.until

    async def granted(self) -> None:
        """Wait until a server may be asked. Raises FetchRefused (``lost``) where that will never be."""
        while not self.holds:
            if self.lost:
                raise FetchRefused("lost", "silent for so long that others took over the servers")
            await asyncio.sleep(LOOK)


PERMIT = Permit()
"""That of this process."""
