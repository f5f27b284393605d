"""Fetching over the real downloader, from real servers on loopback."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from crawler.fetching.fetcher import Fetcher, Outcome
from crawler.fetching.gate import HostMemory
from crawler.fetching.hosts import PortalHosts
from crawler.running.crawl import run_in_reactor
from crawler.running.options import CrawlOptions
from crawler.running.visit import visiting
from tests.loopback import Site

T = TypeVar("T")
LOOPBACK = ("127.0.0.0/8",)


def with_fetcher(
    work: Callable[[Fetcher], Awaitable[T]],
    *hosts: str,
    memory: HostMemory | None = None,
    **options: Any,
) -> T:
    """Run ``work`` with a fetcher for ``hosts`` inside a real crawler and return what it returns."""
    usual = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=LOOPBACK)

    async def on_hosts(fetcher: Fetcher) -> T:
        fetcher.hosts = PortalHosts(hosts)
        return await work(fetcher)

    return run_in_reactor(visiting(on_hosts, replace(usual, **options), memory or HostMemory()))


def fetch(url: str, *hosts: str, memory: HostMemory | None = None, **options: Any) -> Outcome:
    """Fetch one address as the crawler does."""
    return with_fetcher(lambda fetcher: fetcher.fetch(url), url, *hosts, memory=memory, **options)


@pytest.fixture
def site() -> Iterator[Site]:
    """A site without pages."""
    with Site() as running:
        yield running
