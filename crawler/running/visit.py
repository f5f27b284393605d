"""A few pages outside a run: discovery, ``portals check``, ``read URL``. The manners are those of a crawl."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Generic, TypeVar

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerRunner

from crawler.fetching.fetcher import Fetcher
from crawler.fetching.gate import HostMemory
from crawler.fetching.hosts import PortalHosts
from crawler.fetching.outcomes import FetchProblem
from crawler.reading.page import Page
from crawler.running.crawl import open_writer, run_in_reactor, settings_of
from crawler.running.options import CrawlOptions

T = TypeVar("T")

Fetch = Callable[[str], Awaitable[Page | None]]
"""GET an address, redirects within its site followed; None where no page came."""


def fetch_of(fetcher: Fetcher, on_problem: Callable[[FetchProblem], None]) -> Fetch:
    """A fetch for discovery from a crawl's fetcher; what went wrong is told to ``on_problem``."""

    async def fetch(url: str) -> Page | None:
        outcome = await fetcher.fetch(url)
        if isinstance(outcome, FetchProblem):
            on_problem(outcome)
        return outcome if isinstance(outcome, Page) else None

    return fetch


def visit(
    work: Callable[[Fetch], Awaitable[T]],
    options: CrawlOptions,
    database_url: str,
    on_problem: Callable[[FetchProblem], None],
) -> T:
    """Run ``work`` with a fetch that keeps the address guard, robots.txt, holds and the delay of ``options``.

    The database keeps holds and robots.txt (a dry run only reads it). Raises what ``work`` raises.
    """
    writer = open_writer(database_url, options)
    try:
        return run_in_reactor(_visit(work, options, HostMemory(writer), on_problem))
    finally:
        if writer is not None:
            writer.close()


async def _visit(
    work: Callable[[Fetch], Awaitable[T]],
    options: CrawlOptions,
    memory: HostMemory,
    on_problem: Callable[[FetchProblem], None],
) -> T:
    crawler = AsyncCrawlerRunner(settings_of(options)).create_crawler(_Visitor)
    visits = _Visits(work, on_problem)
    await AsyncCrawlerRunner(settings_of(options)).crawl(crawler, visits=visits, host_memory=memory)
    if visits.error is not None:
        raise visits.error
    return visits.results[0]


class _Visits(Generic[T]):
    """The work of one visit, and what came of it: a spider has no way to return a value."""

    def __init__(
        self, work: Callable[[Fetch], Awaitable[T]], on_problem: Callable[[FetchProblem], None]
    ) -> None:
        self.work = work
        self.on_problem = on_problem
        self.results: list[T] = []
        self.error: Exception | None = None

    async def run(self, fetch: Fetch) -> None:
        """Do the work; an error waits for the caller, since Scrapy would only log it."""
        try:
            self.results.append(await self.work(fetch))
        except Exception as error:
            self.error = error


class _Visitor(Spider):
    name = "visit"
    delay = 0.0

    def __init__(self, *, visits: _Visits[object], host_memory: HostMemory) -> None:
        super().__init__()
        self.visits = visits
        self.host_memory = host_memory

    async def start(self) -> AsyncIterator[None]:
        async def fetch(url: str) -> Page | None:
            fetcher = Fetcher(self.crawler, PortalHosts([url]))
            return await fetch_of(fetcher, self.visits.on_problem)(url)

        await self.visits.run(fetch)
        return
        yield
