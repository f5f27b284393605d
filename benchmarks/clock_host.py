"""One warm crawl host over a thousand crawls: what a crawl costs, and whether its memory stays flat."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from crawler.running.host_pool import Done, LocalPool, PoolSettings
from crawler.running.options import CrawlOptions
from crawler.running.servers import server_group
from tests.scheduling.stubs import Stubs

WARM = 0.2
"""Share of the crawls after which the host counts as warm: all portals are known, the caches are filled."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The host after so many crawls: resident memory in MB, CPU seconds since its start."""

    crawls: int
    rss: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What one host did. ``cpu``: seconds a crawl, once warm. ``growth``: MB from warm to the end."""

    samples: list[Sample]
    cpu: float
    growth: float
    failed: int


def measure(folder: Path, crawls: int, portals: int = 100) -> Measured:
    """Crawl ``portals`` stubs again and again in one host until it has done ``crawls``."""
    with Stubs(portals, latency=0.0) as stubs:
        return asyncio.run(_measure(f"sqlite:///{folder / 'host.db'}", stubs, crawls))


async def _measure(database: str, stubs: Stubs, crawls: int) -> Measured:
    done: list[Done] = []
    options = CrawlOptions(delay=0.0, allow_addresses=("127.0.0.0/8",), trigger="schedule")
    settings = PoolSettings(hosts=1, crawls=10**9, memory=2**40)
    pool = LocalPool(database, options, settings, done.append)
    running = asyncio.create_task(pool.run())
    samples: list[Sample] = []
    for start in range(0, crawls, stubs.count):
        for portal in stubs.portals():
            pool.submit(portal, server_group(portal.url))
        while len(done) < start + stubs.count:
            await asyncio.sleep(0.02)
        samples.append(_sample(len(done), pool.hosts[0].pid))
    pool.stop()
    await running
    warm = next(sample for sample in samples if sample.crawls >= WARM * crawls)
    end = samples[-1]
    failed = sum(each.result.verdict not in ("new", "nothing_new") for each in done)
    cpu = (end.cpu - warm.cpu) / max(1, end.crawls - warm.crawls)
    return Measured(samples, cpu, end.rss - warm.rss, failed)


def _sample(crawls: int, pid: int) -> Sample:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return Sample(crawls, pages * os.sysconf("SC_PAGE_SIZE") / 2**20, cpu)
