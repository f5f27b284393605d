"""PortalSpider: a portal of the registry as a Scrapy spider.

``frontnews crawl`` and ``scrapy crawl thanh_hoa/tho_xuan`` run the same one. The walk itself is
spiders.walk; the lease and the verdict are crawler.running.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from scrapy import Spider, signals

from crawler.fetching.fetcher import Fetcher
from crawler.fetching.gate import HostMemory
from crawler.fetching.hosts import PortalHosts
from crawler.running.crawl import open_writer
from crawler.running.options import CrawlOptions, OnEvent, PortalResult, ignore_event
from crawler.running.run import run_portal
from crawler.running.tally import Tally
from crawler.saving import Ledger, Writer
from spiders.walk import Walk
from storage.portals import Portal
from storage.records import Sighting

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class PortalSpider(Spider):
    """Walks one portal; the walk saves the articles itself.

    Under ``scrapy crawl`` it also yields a Sighting for each article that it keeps, for feeds. In our
    own crawls nobody would take it: M (2026-11) 25 to 100 µs of Scrapy's pipeline.

    By hand it takes options as Scrapy arguments: ``-a scope=all -a limit=10 -a pages=3 -a since=2026-01-31``.
    """

    name = "portal"
    portal: Portal
    result: PortalResult | None = None
    """What the run came to, once it has ended."""

    def __init__(
        self,
        name: str | None = None,
        *,
        portal: Portal | None = None,
        options: CrawlOptions | None = None,
        writer: Writer | None = None,
        host_memory: HostMemory | None = None,
        on_event: OnEvent = ignore_event,
        **arguments: str,
    ) -> None:
        """``portal`` is in the class for spiders of the registry. Raises ValueError for a bad argument."""
        super().__init__(name)
        self.portal = portal or self.portal
        self.options = options or CrawlOptions.from_arguments(arguments)
        self.writer = writer
        self.host_memory = host_memory
        self.tally = Tally(self.portal.id, on_event)
        self.delay = self.portal.delay or 0.0
        self.owns_writer = False
        self._walk: Walk | None = None
        self._stopped = False
        self._run: asyncio.Task[None] | None = None
        self._kept: asyncio.Queue[Sighting | None] = asyncio.Queue()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: object, **kwargs: object) -> Self:
        """Build the spider; open the database of the settings where the caller brought none."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if spider.host_memory is None:
            spider.options = replace(spider.options, archive=crawler.settings["FRONTNEWS_ARCHIVE"])
            spider.writer = open_writer(crawler.settings["FRONTNEWS_DATABASE"], spider.options)
            spider.host_memory = HostMemory(spider.writer, read_only=spider.options.dry_run)
            spider.owns_writer = True
        crawler.signals.connect(spider.leave, signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Sighting]:
        """Walk the portal in a task of its own, so that a stop of the engine cannot cut a commit in two."""
        self._run = asyncio.create_task(self.run())
        while (sighting := await self._kept.get()) is not None:
            yield sighting

    async def run(self) -> None:
        """Crawl the portal under its lease."""
        try:
            self.result = await run_portal(self.portal, self.options, self.writer, self.tally, self.walk)
            self.tally.tell("finished", message=self.result.message)
        finally:
            self._kept.put_nowait(None)

    async def walk(self, ledger: Ledger) -> None:
        """Walk the portal with the memory and the pen of ``ledger``."""
        hosts = PortalHosts([self.portal.url, *self.portal.aliases])
        fetcher = Fetcher(self.crawler, hosts)
        emit = self._kept.put_nowait if self.owns_writer else ignore_sighting
        self._walk = Walk(self.portal, self.options, fetcher, hosts, ledger, self.tally, emit)
        if self._stopped:
            self._walk.stop()
        try:
            await self._walk.run()
        finally:
            if self._walk.browser is not None:
                await self._walk.browser.close()

    @property
    def waiting(self) -> float:
        """Seconds for which the portal's server has owed an answer; 0 where it owes none."""
        return self._walk.fetcher.waiting if self._walk is not None else 0.0

    def stop(self) -> None:
        """End the walk after the request under way, or before its first; what was read is saved."""
        self._stopped = True
        if self._walk is not None:
            self._walk.stop()

    def make_way(self) -> None:
        """End the walk after the request under way, so that a crawl that is due may begin."""
        if self._walk is not None:
            self._walk.make_way()

    @property
    def paused(self) -> bool:
        """Whether the walk has made way and is to be gone on with."""
        return self._walk is not None and self._walk.paused

    def abort(self) -> None:
        """End the run at once; what was read is still saved."""
        if self._run is not None:
            self._run.cancel()

    async def leave(self) -> None:
        """The engine closes (Ctrl-C under ``scrapy crawl``): end the run in good order first."""
        self.abort()
        if self._run is not None:
            await asyncio.gather(self._run, return_exceptions=True)
        if self.owns_writer and self.writer is not None:
            self.writer.close()


def ignore_sighting(sighting: Sighting) -> None:
    """The listener of a walk whose articles nobody else wants."""
    del sighting
