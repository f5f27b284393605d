"""A warm process (tests.warm) that crawls for benchmarks.fifty.

A piece of work is JSON, {"delay", "portals": [[id, address, section], …]}; its line are the values of a
benchmarks.fifty.Crawled.
"""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from statistics import median

from benchmarks.fleet_sites import FleetSites
from crawler.garbage import large_generations
from crawler.running.crawl import Crawling, open_writer, run_in_reactor, short_switches
from crawler.running.options import CrawlOptions, Event, PortalResult
from storage.engine import open_database
from storage.export import records
from storage.portals import Portal, Section
from tests.hostile.trial import peak, reset_peak, seconds_of_ours
from tests.warm import say, serve

TIMEOUT = 5.0
"""Seconds for an answer, instead of 30: so that the hostile ones are done in a minute too."""

BEAT = 0.01
"""Seconds between two looks at whether the event loop comes round in time."""


@dataclass
class Watch:
    """What is measured of a crawl until the last of ``honest`` portals is done.

    ``late`` are seconds by which the event loop came round too late, each time; ``cpu`` of the whole process.
    """

    honest: int
    began: float = field(default_factory=seconds_of_ours)
    started: dict[str, float] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)
    last: float = 0.0
    late: list[float] = field(default_factory=list)
    cpu: float = field(default_factory=lambda: -time.process_time())

    def tell(self, event: Event) -> None:
        """Note when an honest portal began and ended."""
        if "/fleet_" not in event.portal:
            return
        if event.kind == "started":
            self.started[event.portal] = seconds_of_ours()
        elif event.kind == "finished" and event.portal in self.started:
            self.took[event.portal] = seconds_of_ours() - self.started[event.portal]
            self.last = seconds_of_ours() - self.began
            if len(self.took) == self.honest:
                self.cpu += time.process_time()

    async def beat(self) -> None:
        """Look how late the event loop comes round, for as long as honest portals are crawled."""
        while len(self.took) < self.honest:
            before = seconds_of_ours()
            await asyncio.sleep(BEAT)
            self.late.append(max(0.0, seconds_of_ours() - before - BEAT))


def crawl_once(order: str) -> None:
    """Work of a warm process: crawl [[id, url, section], …] and say what came of it."""
    asked = json.loads(order)
    portals = [
        Portal(id, "Cổng", url, "front", sections=(Section(section, "front"),))
        for id, url, section in asked["portals"]
    ]
    options = CrawlOptions(
        delay=asked["delay"], retry_wait=0.5, timeout=TIMEOUT, pages=20, allow_addresses=("127.0.0.0/8",)
    )
    before = reset_peak()
    watch = Watch(sum("/fleet_" in portal.id for portal in portals))
    with tempfile.TemporaryDirectory(prefix="fn-fifty-") as folder:
        results = crawl_watched(portals, options, f"sqlite:///{folder}/fifty.db", watch)
        engine = open_database(f"sqlite:///{folder}/fifty.db")
        stored = sum("/fleet_" in str(record["portal"]) for record in records(engine))
        engine.dispose()
    errors = Counter(name for result in results if "/fleet_" not in result.portal for name in result.errors)
    late = sorted(watch.late)
    told = (
        median(watch.took.values()), watch.last, stored, peak() - before, watch.cpu,
        late[len(late) * 99 // 100], late[-1], dict(errors),
    )  # fmt: skip
    say(json.dumps(told))


def crawl_watched(
    portals: list[Portal], options: CrawlOptions, database: str, watch: Watch
) -> list[PortalResult]:
    """crawler.running.crawl.crawl, with an eye on its event loop."""

    async def both(crawling: Crawling) -> list[PortalResult]:
        beating = asyncio.create_task(watch.beat())
        try:
            return await crawling.run()
        finally:
            beating.cancel()

    writer = open_writer(database, options)
    assert writer is not None
    try:
        with large_generations(), short_switches():
            return run_in_reactor(both(Crawling(portals, options, writer, watch.tell)))
    finally:
        writer.close()


def rehearse() -> None:
    """A crawl of one portal."""
    with FleetSites(1, 1) as sites:
        portals = [[sites.id(0), sites.url(0), "/p0/tin/"]]
        crawl_once(json.dumps({"portals": portals, "delay": 0.0}))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    serve(crawl_once, rehearse)
