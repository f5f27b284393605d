"""Visiting a few pages with the manners of a crawl, outside one: ``read URL``, ``portals check|discover``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerRunner

from crawler.fetching.browser import Browser
from crawler.fetching.fetcher import Fetcher, Outcome
from crawler.fetching.gate import HostMemory
from crawler.fetching.outcomes import FetchProblem
from crawler.fetching.robots import Robots
from crawler.reading.page import Page
from crawler.running.crawl import open_reader, run_in_reactor, settings_of
from crawler.running.options import CrawlOptions

T = TypeVar("T")
Fetch = Callable[[str], Awaitable[Page | None]]
"""Fetches a page; None where none came."""


@dataclass(slots=True)
class ServerFacts:
    """What a visit learned besides pages: robots.txt by origin, the first fault of each certificate (by host
    and port), and every request that gave no page."""

    robots: dict[str, Robots] = field(default_factory=dict)
    certificates: dict[str, str] = field(default_factory=dict)
    problems: list[FetchProblem] = field(default_factory=list)


def visit(
    work: Callable[[Fetch], Awaitable[T]],
    options: CrawlOptions,
    database_url: str,
    *,
    on_problem: Callable[[str], None] | None = None,
    file: bool = False,
    facts: ServerFacts | None = None,
    browser: bool = False,
) -> T:
    """Run ``work`` with a function that fetches a page, or gives None where none came; return its result.

    robots.txt, holds, turns, the address guard and all limits stand before each request; redirects are
    followed to any site. Holds are read from the database if there is one, nothing is written. ``on_problem``
    is told, in one line, why a page did not come. ``file``: files count as well. ``facts`` takes what
    else was learned of the servers. ``browser``: pages come as a browser shows them. Raises what ``work``
    raises, and NoBrowser.
    """
    facts = ServerFacts() if facts is None else facts
    reader = open_reader(database_url)
    memory = HostMemory(reader, read_only=True)

    async def with_fetcher(fetcher: Fetcher) -> T:
        def warned(warning: FetchProblem) -> None:
            # A certificate that does not hold is met by every page of its server, and told once.
            server = urlsplit(warning.url).netloc
            if server not in facts.certificates:
                facts.certificates[server] = warning.message
                if on_problem is not None:
                    on_problem(f"{warning.message} [{warning.error}]")

        fetcher.on_warning = warned

        async def fetch(url: str) -> Page | None:
            outcome: Outcome = await fetcher.fetch(url, file=file)
            if isinstance(outcome, Page):
                return await chromium.render(outcome) if chromium is not None else outcome
            if isinstance(outcome, FetchProblem):
                facts.problems.append(outcome)
            if on_problem is not None:
                on_problem(str(outcome))
            return None

        chromium = Browser(fetcher) if browser else None
        try:
            return await work(fetch)
        finally:
            if chromium is not None:
                await chromium.close()

    try:
        return run_in_reactor(visiting(with_fetcher, options, memory))
    finally:
        facts.robots.update(memory.robots_met())
        if reader is not None:
            reader.close()


async def visiting(work: Callable[[Fetcher], Awaitable[T]], options: CrawlOptions, memory: HostMemory) -> T:
    """Run ``work`` with a Fetcher in a crawler of its own, inside a running event loop."""
    crawler = AsyncCrawlerRunner(settings_of(options)).create_crawler(Visitor)
    await crawler.crawl_async(work=work, memory=memory)
    visitor = cast("Visitor[T]", crawler.spider)
    if visitor.failure is not None:
        raise visitor.failure
    return cast("T", visitor.result)


class Visitor(Spider, Generic[T]):
    """A spider that does one piece of work with a Fetcher and keeps what came of it."""

    name = "visitor"

    def __init__(self, work: Callable[[Fetcher], Awaitable[T]], memory: HostMemory) -> None:
        super().__init__()
        self.work = work
        self.host_memory = memory
        self.result: T | None = None
        self.failure: Exception | None = None

    async def start(self) -> AsyncIterator[Any]:
        """Do the work; there are no items."""
        try:
            self.result = await self.work(Fetcher(self.crawler, hosts=None))
        except Exception as error:
            self.failure = error
        nothing: tuple[Any, ...] = ()
        for item in nothing:
            yield item
