"""A warm process (tests.warm) that crawls for benchmarks.fifty.

A piece of work is JSON, {"delay", "portals": [[id, address, section], …]}; its line are the values of a
benchmarks.fifty.Crawled.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections import Counter
from statistics import median

from benchmarks.fleet_sites import FleetSites
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, Event
from storage.engine import open_database
from storage.export import records
from storage.portals import Portal, Section
from tests.hostile.trial import peak, reset_peak, seconds_of_ours
from tests.warm import say, serve

TIMEOUT = 5.0
"""Seconds for an answer, instead of 30: so that the hostile ones are done in a minute too."""


def crawl_once(order: str) -> None:
    """Work of a warm process: crawl [[id, url, section], …] and say what came of it."""
    asked = json.loads(order)
    began, before = seconds_of_ours(), reset_peak()
    started: dict[str, float] = {}
    took: dict[str, float] = {}
    last = 0.0

    def tell(event: Event) -> None:
        nonlocal last
        if event.kind == "started":
            started[event.portal] = seconds_of_ours()
        elif event.kind == "finished" and event.portal in started:
            took[event.portal] = seconds_of_ours() - started[event.portal]
            if "/fleet_" in event.portal:
                last = seconds_of_ours() - began

    portals = [
        Portal(id, "Cổng", url, "front", sections=(Section(section, "front"),))
        for id, url, section in asked["portals"]
    ]
    options = CrawlOptions(
        delay=asked["delay"], retry_wait=0.5, timeout=TIMEOUT, pages=20, allow_addresses=("127.0.0.0/8",)
    )
    with tempfile.TemporaryDirectory(prefix="fn-fifty-") as folder:
        results = crawl(portals, options, f"sqlite:///{folder}/fifty.db", tell)
        engine = open_database(f"sqlite:///{folder}/fifty.db")
        stored = sum("/fleet_" in str(record["portal"]) for record in records(engine))
        engine.dispose()
    errors = Counter(name for result in results if "/fleet_" not in result.portal for name in result.errors)
    honest = [seconds for portal, seconds in took.items() if "/fleet_" in portal]
    told = (median(honest), last, stored, peak() - before, dict(errors))
    say(json.dumps(told))


def rehearse() -> None:
    """A crawl of one portal."""
    with FleetSites(1, 1) as sites:
        portals = [[sites.id(0), sites.url(0), "/p0/tin/"]]
        crawl_once(json.dumps({"portals": portals, "delay": 0.0}))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    serve(crawl_once, rehearse)
