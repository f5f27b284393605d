"""A warm process (tests.warm) that brings up crawls to be killed.

A piece of work is JSON, {"database", "archive", "portals": [[id, url], …]}; its lines are ``started``,
``saved NEW`` after each commit and ``finished VERDICT``.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections import Counter
from typing import TypedDict

from crawler import saving
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, Event
from storage.portals import Portal, Section
from tests.spiders.small_portal import SmallPortal
from tests.warm import say, serve

BATCH = 4
"""Articles a commit, so that a crawl of some twenty has commits to be killed between."""


class Order(TypedDict):
    """One crawl."""

    database: str
    archive: str
    portals: list[tuple[str, str]]


def run(line: str) -> None:
    """Crawl; each commit is told when it is done: from then on it is acknowledged."""
    order: Order = json.loads(line)
    new: Counter[str] = Counter()

    def tell(event: Event) -> None:
        if event.kind == "saved":
            new[event.portal] = event.counts["new"]
            say(f"saved {new.total()}")
        elif event.kind in ("started", "finished"):
            say(f"{event.kind} {event.verdict or event.portal}")

    section = (Section("/mat-tran/", "front"),)
    portals = [Portal(id, "Cổng thử", url, "front", sections=section) for id, url in order["portals"]]
    options = CrawlOptions(
        delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",), archive=order["archive"]
    )
    crawl(portals, options, order["database"], tell)


def rehearse() -> None:
    """A crawl of its own, into a database of its own."""
    with tempfile.TemporaryDirectory(prefix="fn-killing-") as folder, SmallPortal() as site:
        site.publish(2)
        run(
            json.dumps(
                {"database": f"sqlite:///{folder}/a.db", "archive": folder, "portals": [["a/b", site.url]]}
            )
        )


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    saving.BATCH = BATCH
    serve(run, rehearse)
