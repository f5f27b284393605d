"""Fetching over the real downloader, from real servers on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest
from scrapy import Spider
from scrapy.crawler import AsyncCrawlerRunner

from crawler.fetching.fetcher import Fetcher, Outcome
from crawler.fetching.gate import HostMemory
from crawler.fetching.hosts import PortalHosts
from crawler.running.crawl import run_in_reactor, settings_of
from crawler.running.options import CrawlOptions
from tests.loopback import Site

T = TypeVar("T")
LOOPBACK = ("127.0.0.0/8",)


class Probe(Spider):
    """A spider that does one piece of work with a Fetcher and keeps what it returns."""

    name = "probe"
    result: Any = None

    def __init__(
        self, work: Callable[[Fetcher], Awaitable[Any]], hosts: list[str], memory: HostMemory | None
    ) -> None:
        super().__init__()
        self.work = work
        self.hosts = hosts
        self.host_memory = memory

    async def start(self) -> AsyncIterator[Any]:
        self.result = await self.work(Fetcher(self.crawler, PortalHosts(self.hosts)))
        for item in ():
            yield item


def with_fetcher(
    work: Callable[[Fetcher], Awaitable[T]],
    *hosts: str,
    memory: HostMemory | None = None,
    **options: Any,
) -> T:
    """Run ``work`` with a fetcher for ``hosts`` inside a real crawler and return what it returns."""
    given = {"delay": 0.0, "retry_wait": 0.01, "allow_addresses": LOOPBACK} | options

    async def crawl() -> Any:
        runner = AsyncCrawlerRunner(settings_of(CrawlOptions(**given)))
        crawler = runner.create_crawler(Probe)
        await runner.crawl(crawler, work=work, hosts=list(hosts), memory=memory)
        assert crawler.spider is not None
        return crawler.spider.result  # type: ignore[attr-defined]

    return run_in_reactor(crawl())


def fetch(url: str, *hosts: str, memory: HostMemory | None = None, **options: Any) -> Outcome:
    """Fetch one address as the crawler does."""
    return with_fetcher(lambda fetcher: fetcher.fetch(url), url, *hosts, memory=memory, **options)


@pytest.fixture
def site() -> Iterator[Site]:
    """A site without pages."""
    with Site() as running:
        yield running
