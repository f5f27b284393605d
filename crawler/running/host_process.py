"""The parent's side of one crawl host (crawler.running.host): its pipe, its portals, its signs of life."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from crawler.fetching.turns import Server
from crawler.running import children
from crawler.running.options import CrawlOptions, PortalResult
from crawler.running.rows import LINE_LIMIT, options_row, portal_row, result_of
from storage.lease import BEAT_SECONDS
from storage.portals import Portal

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """A portal to crawl, on a server group. ``alone``: it was in a host that died; ``started``: monotonic;
    ``lent``: its server owed an answer, so it has given its place away."""

    portal: Portal
    group: str
    alone: bool = False
    started: float = 0.0
    stopping: bool = False
    lent: bool = False
    counts: dict[str, int] = field(default_factory=dict)


class CrawlHost:
    """One child process. ``on_finished`` is told of each result, ``on_end`` once when it is gone."""

    def __init__(
        self,
        *,
        on_finished: Callable[[Job, PortalResult], None],
        on_delay: Callable[[Server, float], None],
        on_end: Callable[[CrawlHost], None],
        permit: Callable[[], float],
    ) -> None:
        """``permit``: until when servers may be asked (crawler.fetching.permit), told with each order."""
        self.jobs: dict[str, Job] = {}
        self.crawls = 0
        self.rss = 0
        self.ready = False
        self.retiring = False
        self.broken: str | None = None
        self.killed: str | None = None
        """Why the parent killed it, if it did."""
        self.disowned = False
        """Whether what it crawls is others' by now, and must not be crawled again by this parent."""
        self.heard_at = self.pinged_at = time.monotonic()
        self._on_finished = on_finished
        self._on_delay = on_delay
        self._on_end = on_end
        self._permit = permit
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Its process, 0 before it was started."""
        return self._process.pid if self._process else 0

    @property
    def end(self) -> str:
        """How its process ended, where nobody here killed it."""
        code = self._process.returncode if self._process else None
        if code == -signal.SIGKILL:
            return "killed from outside: is memory short? the kernel's log says"
        return f"ended by signal {-code}" if code is not None and code < 0 else "it ended by itself"

    @property
    def taken(self) -> int:
        """How many of its places are taken: all portals but those that have given theirs away."""
        return sum(not job.lent for job in self.jobs.values())

    async def start(self, database: str, options: CrawlOptions) -> None:
        """Start the process; it takes orders at once and works when it is up."""
        self._process = await children.start("crawler.running.host", LINE_LIMIT)
        self.heard_at = time.monotonic()
        self._order(options=options_row(options), database=database)
        self._reading = asyncio.create_task(self._read())

    def crawl(self, job: Job) -> None:
        """Hand a portal over."""
        job.started = time.monotonic()
        self.jobs[job.portal.id] = job
        self.crawls += 1
        self._order(crawl=portal_row(job.portal))

    def stop_job(self, job: Job) -> None:
        """End one walk after its request under way."""
        job.stopping = True
        self._order(stop=job.portal.id)

    def retire(self) -> None:
        """Take no more portals; finish those under way, then end."""
        if not self.retiring:
            self.retiring = True
            self._order(retire=True)

    def ping(self) -> None:
        """Show the host now and then that its parent is there."""
        if time.monotonic() - self.pinged_at >= BEAT_SECONDS:
            self.pinged_at = time.monotonic()
            self._order(ping=True)

    def terminate(self) -> None:
        """SIGTERM: the walks end after the request under way; a second time, at once."""
        self._signal(signal.SIGTERM)

    def kill(self, reason: str) -> None:
        """SIGKILL."""
        self.killed = self.killed or reason
        self._signal(signal.SIGKILL)

    async def ended(self) -> None:
        """Wait until the process is gone and everybody has been told."""
        if self._reading is not None:
            await self._reading

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    def _order(self, **order: object) -> None:
        assert self._process is not None and self._process.stdin is not None
        if self._process.stdin.is_closing():
            return  # it is gone; its end is being read
        order["permit"] = self._permit()
        self._process.stdin.write(json.dumps(order, ensure_ascii=False).encode() + b"\n")

    async def _read(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        try:
            while line := await self._process.stdout.readline():
                self._take(line)
        except ValueError as problem:
            logger.error("crawl host %d wrote what cannot be read: %s", self.pid, problem)
            self.kill("it wrote what cannot be read")
        await self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._on_end(self)

    def _take(self, line: bytes) -> None:
        self.heard_at = time.monotonic()
        report = json.loads(line)
        for server, delay in report.get("delays", {}).items():
            address, _, port = server.rpartition(" ")
            self._on_delay((address, int(port)), delay)
        if "beat" in report:
            self.rss = report["beat"]["rss"]
            for portal, counts in report["beat"]["counts"].items():
                if portal in self.jobs:
                    self.jobs[portal].counts = counts
            for portal in report["beat"]["owed"]:
                if portal in self.jobs:
                    self.jobs[portal].lent = True
        elif "finished" in report:
            result = result_of(report["finished"])
            job = self.jobs.pop(result.portal, None)
            if job is not None:
                self._on_finished(job, result)
        elif "ready" in report:
            self.ready = True
            for job in self.jobs.values():
                job.started = self.heard_at  # its deadline does not count our own start
        elif "broken" in report:
            self.broken = report["broken"]
