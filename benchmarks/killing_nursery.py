"""A warm process (tests.warm) that brings up crawls to be killed.

A piece of work is JSON, an :class:`Order`; its lines are ``started``, ``listing``, ``article``, ``saved NEW``
after each commit and ``finished VERDICT``; a fault on purpose says ``fault``. They are also the clock by
which it is killed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict

from sqlalchemy import Connection, Table

from crawler import shared_batch
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, Event
from crawler.shared_batch import Share, SharedBatch
from storage import batch
from storage.archive import ArchivedPage
from storage.portals import Portal, Section
from storage.records import Sighting
from storage.saving import Saved
from storage.tables import changes
from tests.spiders.small_portal import SmallPortal
from tests.warm import say, serve

BATCH = 4
"""Articles a commit, so that a crawl of some twenty has commits to be killed between."""

PAUSE = 0.2
"""Seconds that a fault lasts, after it has said that it begins: a kill at that line falls into it."""


class Order(TypedDict):
    """One crawl."""

    database: str
    archive: str
    portals: list[tuple[str, str]]
    fault: str | None
    """One of FAULTS."""


def run(line: str) -> None:
    """Crawl; each commit is told when it is done: from then on it is acknowledged."""
    order: Order = json.loads(line)
    new: Counter[str] = Counter()
    if order["fault"] is not None:
        FAULTS[order["fault"]]()

    def tell(event: Event) -> None:
        if event.kind == "saved":
            new[event.portal] = event.counts["new"]
            say(f"saved {new.total()}")
        else:
            say(f"{event.kind} {event.verdict or event.portal}")

    section = (Section("/mat-tran/", "front"),)
    portals = [Portal(id, "Cổng thử", url, "front", sections=section) for id, url in order["portals"]]
    options = CrawlOptions(
        delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",), archive=order["archive"]
    )
    crawl(portals, options, order["database"], tell)


def acknowledge_early() -> None:
    """Tell of a batch before it is in the database."""
    save = SharedBatch._save_together

    async def told_early(
        shared: SharedBatch, taken: Mapping[Share, Sequence[Sighting]], pages: Sequence[ArchivedPage] = ()
    ) -> dict[Share, list[Saved]]:
        say(f"saved {sum(map(len, taken.values()))}")
        say("fault")
        await asyncio.sleep(PAUSE)
        return await save(shared, taken, pages)

    # To mypy a method that is read of its class has one parameter more, its self.
    SharedBatch._save_together = told_early  # type: ignore[method-assign,assignment]


def commit_in_halves() -> None:
    """Commit the articles of a batch before the changes that tell of them."""
    names = vars(batch)
    insert: Callable[[Connection, Table, Sequence[Mapping[str, object]]], None] = names["insert_rows"]

    def halved(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
        if table is changes:
            connection.connection.commit()
            say("fault")
            time.sleep(PAUSE)
        insert(connection, table, rows)

    names["insert_rows"] = halved


FAULTS: Mapping[str, Callable[[], None]] = {
    "acknowledge_early": acknowledge_early,
    "commit_in_halves": commit_in_halves,
}
"""What a crawl may do wrong on purpose: killing it must show that."""


def rehearse() -> None:
    """A crawl of its own, into a database of its own."""
    with tempfile.TemporaryDirectory(prefix="fn-killing-") as folder, SmallPortal() as site:
        site.publish(2)
        run(
            json.dumps(
                {
                    "database": f"sqlite:///{folder}/a.db",
                    "archive": folder,
                    "portals": [["a/b", site.url]],
                    "fault": None,
                }
            )
        )


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    shared_batch.BATCH = BATCH
    serve(run, rehearse)
