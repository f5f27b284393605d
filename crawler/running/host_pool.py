"""The local pool: a few crawl hosts on this machine, and which portal goes to which of them.

Portals of one server are never in two hosts at once, since each host keeps the turns of its own process.
A host that falls silent is killed; the portals that were in it are tried again one by one in a host of
their own, so that the one that hangs is found and the others are crawled.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from crawler.fetching.turns import Server
from crawler.running.host_process import CrawlHost, Job
from crawler.running.options import MOST_LENT, CrawlOptions, PortalResult, Verdict
from crawler.running.owners import owner_of
from crawler.running.servers import group_of
from storage import runs
from storage.engine import DatabaseProblem, open_database
from storage.portals import Portal

logger = logging.getLogger(__name__)

STEP = 0.25
"""Seconds between two looks at the hosts."""

STARTING_SECONDS = 60.0
"""A host that is not up by then is silent: importing takes 1 s, ten on a machine that is busy."""

STOP_GRACE = 60.0
"""Seconds between asking a walk to end and killing its host; a request takes 30 at most."""

LONELY = 4
"""Hosts of one portal each, at least, that may be there at once: of sixteen portals whose host died the last
should not wait for fifteen others (python -m benchmarks.chaos --faults endless_callback)."""

BROKEN_WAIT = 10.0
"""Seconds before another host is started after one that could not be, or could not open the database."""


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """``hosts`` processes of ``places`` portals each; the other numbers are those of engine.md, section 2.

    A portal whose server owes an answer gives its place away, up to MOST_LENT times the places: else fifteen
    dead servers would hold fifteen of sixteen places for minutes.

    ``silent`` seconds without a beat and a host is killed. ``deadline`` seconds for a crawl: the first crawl
    of a large portal goes on in the next. A host is replaced after ``crawls`` or above ``memory`` bytes.
    """

    hosts: int = min(4, os.cpu_count() or 1)
    places: int = 16
    silent: float = 30.0
    deadline: float = 2 * 3600.0
    crawls: int = 200
    memory: int = 400 * 1024 * 1024


@dataclass(slots=True)
class _Slot:
    """A server group: the host that asks it, for how many portals, and when it may be asked again."""

    host: CrawlHost | None = None
    portals: int = 0
    free_at: float = 0.0
    delay: float | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A crawl that ended. ``cooling``: seconds for which its server must be left alone."""

    portal: str
    result: PortalResult
    cooling: float


class LocalPool:
    """Runs crawls in crawl hosts. ``on_done`` is told of each, in the event loop, and must be quick."""

    def __init__(
        self,
        database: str,
        options: CrawlOptions,
        settings: PoolSettings,
        on_done: Callable[[Done], None],
        on_note: Callable[[str], None] = logger.warning,
        permit: Callable[[], float] = lambda: math.inf,
    ) -> None:
        """``on_note`` is told, in a line, what an operator should know. ``permit``: until when the servers of
        its portals are its own (crawler.fetching.permit)."""
        self.settings = settings
        self.queue: list[Job] = []
        self.hosts: list[CrawlHost] = []
        self._database = database
        self._options = options
        self._on_done = on_done
        self._on_note = on_note
        self._permit = permit
        self._slots: dict[str, _Slot] = {}
        self._lonely: set[CrawlHost] = set()
        self._stopping = False
        self._may_start_at = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    def room(self) -> int:
        """How many more portals are worth having: as many waiting as there are places."""
        places = self.settings.hosts * self.settings.places
        return max(0, 2 * places - self.taken()) if not self._stopping else 0

    def taken(self) -> int:
        """How many portals wait for a place or have one."""
        return len(self.queue) + sum(host.taken for host in self.hosts)

    def under_way(self) -> list[Job]:
        """What is in the hosts now."""
        return [job for host in self.hosts for job in host.jobs.values()]

    def submit(self, portal: Portal, group: str) -> None:
        """Take a portal into the queue."""
        self.queue.append(Job(portal, group))

    async def run(self) -> None:
        """Keep the hosts going until :meth:`stop` has ended them."""
        while not (self._stopping and not self.hosts):
            await self.place()
            self.look_after()
            await asyncio.sleep(STEP)
        await asyncio.gather(*self._tasks)

    def stop(self) -> list[str]:
        """End every walk after its request under way, at once the second time. Return what never began."""
        left = [job.portal.id for job in self.queue]
        self.queue.clear()
        self._stopping = True
        for host in self.hosts:
            host.retire()
            host.terminate()
        return left

    def disown(self) -> None:
        """Drop all at once: others have been given the portals and servers that are in hand."""
        self.queue.clear()
        for host in self.hosts:
            host.disowned = True
            host.kill("others took over")

    async def place(self) -> None:
        """Hand out what can be handed out."""
        waiting: list[Job] = []
        for job in self.queue:
            host = await self.host_for(job)
            if host is None:
                waiting.append(job)
                continue
            slot = self._slot(job.group)
            slot.host = host
            slot.portals += 1
            host.crawl(job)
        self.queue = waiting

    async def host_for(self, job: Job) -> CrawlHost | None:
        """The host that may crawl a portal now; None: it must wait."""
        if self._stopping:
            return None
        slot = self._slot(job.group)
        if slot.portals and slot.host is not None:
            return slot.host if not job.alone and self.has_room(slot.host) else None
        if not job.alone and slot.host in self.hosts and slot.host is not None and self.has_room(slot.host):
            return slot.host  # its turns know when the server was asked last
        if time.monotonic() < slot.free_at:
            return None
        if job.alone:
            empty = [host for host in self._lonely if not host.jobs and not host.retiring]
            if (
                not empty
                and len(self._lonely) < max(LONELY, self.settings.hosts)
                and await self.start(alone=True)
            ):
                empty = self.hosts[-1:]
            return empty[0] if empty else None
        working = [host for host in self.hosts if host not in self._lonely and not host.retiring]
        free = [host for host in working if self.has_room(host)]
        # One more is started only when those that are there have come up and are full.
        if not free and len(working) < self.settings.hosts and await self.start(alone=False):
            free = self.hosts[-1:]
        return min(free, key=lambda host: host.taken, default=None)

    def has_room(self, host: CrawlHost) -> bool:
        """Whether a host takes one more portal."""
        places = self.settings.places
        fresh = not host.retiring and host.crawls < self.settings.crawls and host not in self._lonely
        return fresh and host.taken < places and len(host.jobs) < (1 + MOST_LENT) * places

    async def start(self, *, alone: bool) -> bool:
        """Start a host; False while it is too early after one that could not work."""
        if time.monotonic() < self._may_start_at:
            return False
        host = CrawlHost(
            on_finished=self._finished, on_delay=self._delay, on_end=self._ended, permit=self._permit
        )
        try:
            await host.start(self._database, self._options)
        except OSError as error:  # no memory or process left, or the program is being replaced by another
            self._may_start_at = time.monotonic() + BROKEN_WAIT
            self._on_note(f"a crawl host could not start: {error}; tried again in {BROKEN_WAIT:.0f} s")
            return False
        self.hosts.append(host)
        if alone:
            self._lonely.add(host)
        return True

    def look_after(self) -> None:
        """Ping, kill the silent, stop what is overdue, replace the worn out."""
        now = time.monotonic()
        for host in self.hosts:
            host.ping()
            patience = self.settings.silent if host.ready else max(self.settings.silent, STARTING_SECONDS)
            if now - host.heard_at > patience:
                host.kill(f"silent for {patience:.0f} s")
                continue
            for job in list(host.jobs.values()):
                if now - job.started > self.settings.deadline + STOP_GRACE:
                    host.kill(f"{job.portal.id} did not stop at its deadline")
                elif now - job.started > self.settings.deadline and not job.stopping:
                    after = f"stopped after {self.settings.deadline:.0f} s"
                    self._on_note(f"{job.portal.id}: {after}, the rest comes next time")
                    host.stop_job(job)
            worn = host.crawls >= self.settings.crawls or host.rss > self.settings.memory
            lonely_done = host in self._lonely and not host.jobs and not any(j.alone for j in self.queue)
            if worn or lonely_done:
                host.retire()

    def _finished(self, job: Job, result: PortalResult) -> None:
        self._on_done(Done(job.portal.id, result, self._leave(job)))

    def _leave(self, job: Job) -> float:
        """Take a portal out of its server's slot; return how long the server rests."""
        slot = self._slot(job.group)
        slot.portals -= 1
        delay = slot.delay if slot.delay is not None else self._options.delay
        delay = max(delay, job.portal.delay or 0.0)
        slot.free_at = time.monotonic() + delay
        return delay

    def _delay(self, server: Server, delay: float) -> None:
        self._slot(group_of(*server)).delay = delay

    def _slot(self, group: str) -> _Slot:
        return self._slots.setdefault(group, _Slot())

    def _ended(self, host: CrawlHost) -> None:
        self.hosts.remove(host)
        self._lonely.discard(host)
        host.retiring = True  # its portals keep the server until they are rescued: it takes no more of them
        if not host.ready:
            self._may_start_at = time.monotonic() + BROKEN_WAIT
            why = host.broken or host.killed or host.end
            self._on_note(f"crawl host {host.pid} could not start: {why}")
        if not host.jobs:
            return
        why = host.killed or host.end
        jobs = list(host.jobs.values())
        task = asyncio.create_task(self._rescue(host, jobs, why))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _rescue(self, host: CrawlHost, jobs: list[Job], why: str) -> None:
        """Take back what a dead host had: again alone, or given up where it was alone or overdue."""
        names = ", ".join(job.portal.id for job in jobs[:3]) + (" …" if len(jobs) > 3 else "")
        self._on_note(f"crawl host {host.pid} is gone ({why}) with {len(jobs)} under way: {names}")
        owner = owner_of(host.pid)
        try:
            await asyncio.to_thread(_declare_lost, self._database, [j.portal.id for j in jobs], owner, why)
        except DatabaseProblem as problem:
            self._on_note(str(problem))  # the lease runs out by itself
        for job in jobs:
            cooling = self._leave(job)
            given_up = job.alone or job.stopping or self._stopping
            if host.disowned or (given_up and host.ready):
                message = f"its crawl host is gone: {why}"
                verdict: Verdict = "cancelled" if self._stopping else "lost"
                result = PortalResult(job.portal.id, verdict, errors={"internal": 1}, message=message)
                self._on_done(Done(job.portal.id, result, cooling))
            else:
                self.queue.append(Job(job.portal, job.group, alone=host.ready))


def _declare_lost(database: str, portals: list[str], owner: str, why: str) -> None:
    engine = open_database(database)
    try:
        for portal in portals:
            runs.declare_lost(engine, portal, owner, f"its crawl host is gone: {why}")
    finally:
        engine.dispose()
