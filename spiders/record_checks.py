"""The clock's checks of records: each portal's about once a week, in turn with the crawls of its server.

    python -m spiders.record_checks

A clock (spiders.record_rounds) starts this program now and then with an order as JSON on its stdin: database,
options, the registry's portals, and which of them are to be looked at. What is found is kept in the database
(storage.portal_checks); nothing is written into the registry but by a person's word.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from sqlalchemy import Engine

from crawler.logging import configure
from crawler.running.dispatchers import dispatcher
from crawler.running.options import CrawlOptions
from crawler.running.rows import options_of, portal_of, portal_row
from crawler.running.slots import SecondLane
from crawler.running.visit import Fetch, visit
from spiders.check import Check, check_portal
from spiders.registry import Registry
from storage import portal_checks
from storage.engine import DatabaseProblem, open_database
from storage.portal_checks import StoredCheck
from storage.portals import Portal

ROUND_SECONDS = 240.0
"""After so long a round begins no further check: the next one goes on where it ended."""


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
        answered=check.answered,
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
