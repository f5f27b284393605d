"""Many portals in one reactor: the way into a crawl for the command line and the scheduler's child processes.

A process per portal costs 0.8 s of CPU, a crawler in a warm process 0.05 s (engine.md, section 2).
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings
from scrapy.utils.misc import load_object
from scrapy.utils.reactor import install_reactor, is_reactor_installed

from crawler.archive.writer import Archive
from crawler.fetching.gate import HostMemory
from crawler.garbage import large_generations
from crawler.reading.urls import site_of
from crawler.running.options import MOST_LENT, CrawlOptions, Event, OnEvent, PortalResult, ignore_event
from crawler.running.slots import Slots
from crawler.saving import Writer
from storage import migrate
from storage.engine import DatabaseProblem, is_made
from storage.portals import Portal

logger = logging.getLogger(__name__)
T = TypeVar("T")

OWED = 2.0
"""Seconds after which a server that has not answered yet is slow: nine of ten pages come within one."""

SWITCH_SECONDS = 0.001
"""After which a thread that computes gives the interpreter to one that waits for it."""


class _Stoppable(Protocol):
    """What the crawl asks of a spider beyond Scrapy's interface (spiders.portal.PortalSpider)."""

    result: PortalResult | None

    @property
    def paused(self) -> bool: ...

    @property
    def waiting(self) -> float: ...

    def stop(self) -> None: ...

    def make_way(self) -> None: ...

    def abort(self) -> None: ...


def crawl(
    portals: Sequence[Portal],
    options: CrawlOptions,
    database_url: str,
    on_event: OnEvent = ignore_event,
    slots: Slots | None = None,
) -> list[PortalResult]:
    """Crawl ``portals`` and return one result each, in their order.

    The database is created and brought to the newest schema; a dry run only reads one that exists. SIGINT or
    SIGTERM once ends each walk after the request under way and saves what was read; twice ends them at once.
    ``on_event`` is called in this thread and must be quick. ``slots`` keep the crawl apart from those of
    other processes. Raises storage.engine.DatabaseProblem before anything is fetched; later faults of the
    database are in the results (``errors["store_failed"]``).
    """
    # What Scrapy warns of (sizes, lost data) is told as a problem with its class; once is enough.
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    writer = open_writer(database_url, options)
    try:
        with large_generations(), short_switches():
            return run_in_reactor(Crawling(portals, options, writer, on_event, slots).run())
    finally:
        if writer is not None:
            writer.close()


def open_writer(url: str, options: CrawlOptions) -> Writer | None:
    """Open the database of a crawl at the newest schema; a dry run opens only what is there."""
    if options.dry_run:
        return open_reader(url)
    writer = Writer.open(url)
    if options.archive is not None:
        writer.archive = Archive(Path(options.archive), writer.engine)
    try:
        migrate.upgrade(writer.engine)
    except BaseException:
        writer.close()
        raise
    return writer


def open_reader(url: str) -> Writer | None:
    """Open a database to read from it; None where the SQLite file is not there and must not be made."""
    return Writer.open(url) if is_made(url) else None


class Crawling:
    """The crawls of one reactor: which spiders run, and what a signal does to them.

    :func:`crawl` gives all portals at once, a crawl host (crawler.running.host) one by one for ever.
    """

    def __init__(
        self,
        portals: Sequence[Portal],
        options: CrawlOptions,
        writer: Writer | None,
        on_event: OnEvent,
        slots: Slots | None = None,
    ) -> None:
        self.portals = portals
        self.options = options
        self.writer = writer
        self.on_event = on_event
        self.stopped: set[str] = set()
        """Portals that were told to stop, those among them whose spider is not made yet."""
        self.paused: set[str] = set()
        """Portals whose last walk has made way: the rest of it is to be done."""
        self.slots = slots
        self.hosts = HostMemory(writer, read_only=options.dry_run)
        self.runner = AsyncCrawlerRunner(settings_of(options))
        self.spider_class = cast("type[Spider]", load_object(self.runner.settings["FRONTNEWS_SPIDER"]))
        self.running: dict[str, _Stoppable] = {}
        self.signal: int | None = None
        self.lent = 0
        """Places that were given away by portals whose servers did not answer."""

    async def run(self) -> list[PortalResult]:
        """Crawl all portals, so many at once as the options say.

        A portal whose server owes an answer gives its place away: else fifteen dead servers would hold
        fifteen of sixteen places for minutes, and the others would wait for them.
        """
        places = asyncio.Semaphore(self.options.concurrency)
        results: dict[str, PortalResult] = {}

        async def in_a_place(portal: Portal) -> None:
            await places.acquire()
            lending = asyncio.create_task(self.lend(portal.id, places))
            try:
                results[portal.id] = await self.in_turn(portal)
            finally:
                lent = lending.done()
                lending.cancel()
                if lent:
                    self.lent -= 1  # whoever took the place gives it back
                else:
                    places.release()

        with self.signals():
            await asyncio.gather(*(in_a_place(portal) for portal in spread(self.portals)))
        return [results[portal.id] for portal in self.portals]

    async def lend(self, portal: str, places: asyncio.Semaphore) -> None:
        """Give the place of a portal away once its server has owed an answer for OWED seconds."""
        most = MOST_LENT * self.options.concurrency
        while True:
            await asyncio.sleep(OWED / 4)
            spider = self.running.get(portal)
            if spider is not None and spider.waiting > OWED and self.lent < most:
                self.lent += 1
                places.release()
                return

    def owed(self) -> list[str]:
        """Return the portals whose servers have owed an answer for OWED seconds."""
        return [portal for portal, spider in self.running.items() if spider.waiting > OWED]

    async def in_turn(self, portal: Portal) -> PortalResult:
        """Crawl one portal, in its turn among other processes; in several turns where it makes way."""
        if self.slots is None:
            return await self.crawl(portal)
        before: PortalResult | None = None
        try:
            while True:
                refused = await self.slots.take(portal, lambda: self.signal is not None)
                if refused is not None:
                    return self.told(replace(joined(before, refused), signal=self.signal))
                making_way = asyncio.create_task(self.make_way(portal, self.slots))
                try:
                    result = await self.crawl(portal)
                finally:
                    making_way.cancel()
                    await asyncio.gather(making_way, return_exceptions=True)
                    await self.give(portal, self.slots)
                before = joined(before, result)
                if portal.id not in self.paused or self.signal is not None:
                    return before
        except DatabaseProblem as problem:
            return self.told(
                PortalResult(portal.id, "failed", errors={"store_failed": 1}, message=str(problem))
            )

    async def give(self, portal: Portal, slots: Slots) -> None:
        """Give the turn of a portal back. Where the database does not take that, the crawl came to what it
        came to all the same; others take the turn over once this process has ended."""
        try:
            await slots.give(portal)
        except DatabaseProblem as problem:
            logger.debug("%s: its turn could not be given back: %s", portal.id, problem)

    async def make_way(self, portal: Portal, slots: Slots) -> None:
        """Have a walk that can wait end when a crawl is due at its server."""
        await slots.wanted(portal)
        if portal.id in self.running:
            self.running[portal.id].make_way()

    async def crawl(self, portal: Portal) -> PortalResult:
        """Crawl one portal with a crawler of its own; a fault of ours stays with it."""
        if self.signal is not None:
            return self.told(PortalResult(portal.id, "cancelled", message="not begun", signal=self.signal))
        crawler = self.runner.create_crawler(self.spider_class)
        crawling = self.runner.crawl(
            crawler,
            portal=portal,
            options=self.options,
            writer=self.writer,
            host_memory=self.hosts,
            on_event=self.on_event,
        )
        await asyncio.sleep(0)  # lets Scrapy make the spider
        spider = cast("_Stoppable | None", crawler.spider)
        if spider is not None:
            self.running[portal.id] = spider
            if self.signal is not None or portal.id in self.stopped:
                spider.stop()  # told so while it was being made: that takes a second on a busy machine
        try:
            await crawling
        except Exception as error:
            logger.exception("%s: the crawler itself failed", portal.id)
            message = f"{type(error).__name__}: {error}"
            return self.told(PortalResult(portal.id, "failed", errors={"internal": 1}, message=message))
        finally:
            self.running.pop(portal.id, None)
            self.stopped.discard(portal.id)
            self.paused.discard(portal.id)
            if spider is not None and spider.paused:
                self.paused.add(portal.id)
        result = spider.result if spider else None
        if result is None:
            return self.told(PortalResult(portal.id, "failed", errors={"internal": 1}, message="no result"))
        if result.verdict == "cancelled" and self.signal is not None:
            return replace(result, signal=self.signal)
        return result

    def told(self, result: PortalResult) -> PortalResult:
        """Tell the listener of a portal that did not get as far as telling itself."""
        self.on_event(Event(result.portal, "finished", {}, message=result.message, verdict=result.verdict))
        return result

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Let SIGINT and SIGTERM end the walks, while this lasts; only the main thread has signals."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.on_signal, number)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def stop(self, portal: str) -> None:
        """End one walk after the request under way, or before its first."""
        self.stopped.add(portal)
        if portal in self.running:
            self.running[portal].stop()

    def on_signal(self, number: int) -> None:
        """Once: finish what is under way. Twice: end at once."""
        again = self.signal is not None
        self.signal = self.signal or number
        for spider in list(self.running.values()):
            if again:
                spider.abort()
            else:
                spider.stop()


def joined(before: PortalResult | None, after: PortalResult) -> PortalResult:
    """Return the result of a crawl in several turns: the counts of all, and the verdict of the last."""
    if before is None:
        return after
    counts = {name: getattr(before, name) + getattr(after, name) for name in _COUNTED}
    errors = Counter(before.errors) + Counter(after.errors)
    verdict = "new" if after.verdict == "nothing_new" and before.verdict == "new" else after.verdict
    return replace(after, **counts, errors=dict(errors), verdict=verdict)


_COUNTED = (
    "listed", "fetched", "new", "changed", "unchanged", "copies", "stories", "failed", "off_topic", "seconds",
)  # fmt: skip


def settings_of(options: CrawlOptions) -> Settings:
    """Return crawler.settings with the options of this crawl in them."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(
        {
            "FRONTNEWS_DELAY": options.delay,
            "FRONTNEWS_ALLOW_ADDRESSES": list(options.allow_addresses),
            "FRONTNEWS_RETRY_WAIT": options.retry_wait,
            "DOWNLOAD_TIMEOUT": options.timeout,
            # The portals are in hand: reading the whole registry again would cost half a second.
            "SPIDER_LOADER_CLASS": "scrapy.spiderloader.DummySpiderLoader",
        },
        priority="cmdline",
    )
    return settings


def spread(portals: Sequence[Portal]) -> list[Portal]:
    """Return the portals so that neighbours stand on different servers: those of one wait for each other."""
    by_site: defaultdict[str, list[Portal]] = defaultdict(list)
    for portal in portals:
        by_site[site_of(portal.url)].append(portal)
    rounds = zip_longest(*by_site.values())
    return [portal for round_ in rounds for portal in round_ if portal is not None]


def run_in_reactor(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on Scrapy's reactor and return what it returns.

    The reactor is started once per process and its event loop run as often as it is asked to, which
    ``reactor.run()`` would refuse the second time.
    """
    settings = settings_of(CrawlOptions())
    if not is_reactor_installed():
        # In place before Scrapy looks for a loop, or it would make one of the wrong kind and leave it open.
        asyncio.set_event_loop(load_object(settings["ASYNCIO_EVENT_LOOP"])())
        install_reactor(settings["TWISTED_REACTOR"], settings["ASYNCIO_EVENT_LOOP"])
    from twisted.internet import reactor

    if not reactor.running:
        reactor.startRunning(installSignalHandlers=False)
    return cast("T", reactor._asyncioEventloop.run_until_complete(work))


@contextmanager
def short_switches() -> Iterator[None]:
    """Let the event loop have the interpreter back from threads that save and read beside it in 1 ms, not 5.

    M: beside fifteen hostile portals the loop came round in 23 ms nine times of ten, and so in 5.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
