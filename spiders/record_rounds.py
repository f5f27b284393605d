"""When a clock has records checked: now and then it starts spiders.record_checks for those that are due.

Apart from the checks, so that a clock does not import what crawls and reads.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import signal
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine

from crawler.running import children
from crawler.running.options import CrawlOptions
from crawler.running.rows import options_row, portal_row
from storage import portal_checks
from storage.portals import Portal

MOST_AT_ONCE = 20
"""Portals of one round. With 3,400 portals and a round each five minutes, two are enough for a week."""


class RecordChecks:
    """The checks of one clock: ``round`` lets a child look at what is due, ``stop`` ends it."""

    def __init__(self, engine: Engine, database: str, options: CrawlOptions, every: timedelta) -> None:
        """``every``: how often a portal's record is looked at."""
        self._engine = engine
        self._database = database
        self._options = options
        self._every = every
        self._child: asyncio.subprocess.Process | None = None

    async def round(self, portals: Sequence[Portal], now: datetime, seconds: float) -> int:
        """Look at the records that are due; return how many proposals that brought. ``seconds``: until the
        next round. Raises DatabaseProblem."""
        active = sum(portal.is_active(now.date()) for portal in portals)
        share = math.ceil(active * seconds / self._every.total_seconds())
        due = await asyncio.to_thread(
            portal_checks.due, self._engine, now, min(MOST_AT_ONCE, share + 1), self._every
        )
        if not due:
            return 0
        order = {
            "database": self._database,
            "options": options_row(self._options),
            "portals": [portal_row(portal) for portal in portals],
            "due": due,
        }
        self._child = await children.start("spiders.record_checks")
        try:
            answer, _ = await self._child.communicate(json.dumps(order, ensure_ascii=False).encode())
        finally:
            self._child = None
        return int(answer or b"0")

    def stop(self) -> None:
        """End the child after the request under way; what it has looked at is kept."""
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError):
                self._child.send_signal(signal.SIGTERM)
