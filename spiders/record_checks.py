"""The clock's checks of records: each portal's about once a week, in turn with the crawls of its server.

    python -m spiders.record_checks

A clock (:class:`RecordChecks`) starts this program now and then with an order as JSON on its stdin: database,
options, the registry's portals, and which of them are to be looked at. What is found is kept in the database
(storage.portal_checks); nothing is written into the registry but by a person's word.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Engine

from crawler.logging import configure
from crawler.running.dispatchers import dispatcher
from crawler.running.host import options_of, options_row, portal_of, portal_row
from crawler.running.options import CrawlOptions
from crawler.running.slots import SecondLane
from crawler.running.visit import Fetch, visit
from spiders.check import Check, check_portal
from spiders.registry import Registry
from storage import portal_checks
from storage.engine import DatabaseProblem, open_database
from storage.portal_checks import StoredCheck
from storage.portals import Portal

MOST_AT_ONCE = 20
"""Portals of one round. With 3,400 portals and a round each five minutes, two are enough for a week."""

ROUND_SECONDS = 240.0
"""After so long a round begins no further check: the next one goes on where it ended."""


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
        self._child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "spiders.record_checks",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the clock, which tells its child what it means
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
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


def check_in_turn(
    engine: Engine,
    portals: Sequence[Portal],
    registry: Registry,
    options: CrawlOptions,
    database: str,
    *,
    on_check: Callable[[Portal, Check], None],
    on_problem: Callable[[str], None] | None = None,
    until: float = math.inf,
) -> None:
    """Hold records against their sites, one after the other, each while no crawl asks its server.

    ``until`` is monotonic time after which none is begun; with it, nothing waits for a server that is busy. A
    portal that is being crawled is passed over.
    """
    stopped: list[int] = []

    def over() -> bool:
        return bool(stopped) or time.monotonic() > until

    async def work(portals: Sequence[Portal], fetch: Fetch) -> None:
        with _signals(stopped), dispatcher(engine) as owner:
            lane = SecondLane(engine, owner, options.delay, on_problem or _say_nothing)
            lane.patient = until == math.inf
            for portal in portals:
                if over():
                    return
                if await lane.take(portal, over) is not None:
                    continue
                try:
                    check = await check_portal(portal, fetch, registry)
                finally:
                    await lane.give(portal)
                on_check(portal, check)

    for browser in (False, True):
        chosen = [portal for portal in portals if portal.browser is browser]
        if chosen:
            visit(partial(work, chosen), options, database, on_problem=on_problem, browser=browser)


def keep(engine: Engine, portal: Portal, check: Check) -> bool:
    """Keep a check; tell whether it proposes what was not proposed before."""
    return portal_checks.keep(
        engine,
        portal.id,
        ok=check.ok,
        findings=[asdict(finding) for finding in check.findings],
        record=as_row(portal),
        proposed=as_row(check.proposed) if check.proposed is not None else None,
    )


def as_row(portal: Portal) -> dict[str, object]:
    """A record as the database gives it back: what is compared with it must have passed through JSON."""
    row: dict[str, object] = json.loads(json.dumps(portal_row(portal)))
    return row


def proposal_of(check: StoredCheck) -> Portal | None:
    """The record that a stored check proposes."""
    return portal_of(_any(check.proposed)) if check.proposed is not None else None


def _any(row: Mapping[str, object]) -> Mapping[str, Any]:
    return row


def _say_nothing(line: str) -> None:
    del line


@contextlib.contextmanager
def _signals(stopped: list[int]) -> Any:
    """Note SIGINT and SIGTERM while this lasts."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.append, number)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def main() -> int:
    """Look at what the order on stdin names; print how many proposals are new. 8 for the database."""
    order = json.load(sys.stdin)
    configure()
    registry = Registry({row["id"]: portal_of(row) for row in order["portals"]}, {})
    new = 0

    def on_check(portal: Portal, check: Check) -> None:
        nonlocal new
        new += keep(engine, portal, check)

    try:
        engine = open_database(order["database"])
        portals = [registry.portals[name] for name in order["due"] if name in registry.portals]
        check_in_turn(
            engine, portals, registry, options_of(order["options"]), order["database"],
            on_check=on_check, until=time.monotonic() + ROUND_SECONDS,
        )  # fmt: skip
    except DatabaseProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return 8
    sys.stdout.write(f"{new}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
