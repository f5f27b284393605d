"""Where crawls are done: what a clock and a dispatcher ask of each other, and the dispatcher of one machine.

A clock (scheduler.Clock) claims what is due and hands it on; it knows no more of a dispatcher than this seam.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from crawler.reading.urls import site_of
from crawler.running.host_pool import STEP, Done, LocalPool, PoolSettings
from crawler.running.options import CrawlOptions
from crawler.running.servers import server_group
from crawler.running.telling import line_of, when
from storage import claims
from storage.engine import DatabaseProblem
from storage.lease import LEASE_SECONDS
from storage.portals import Portal
from storage.said import Said
from storage.timetable import Due, Schedule

T = TypeVar("T")

STRANGER_AGAIN = timedelta(minutes=10)
"""A portal of another clock's registry: by then that one, or this one's next reading, may know it."""


def stranger(now: datetime) -> Due:
    """When to come back for a portal that is not in the registry of the clock that has claimed it."""
    why = "it is not in the registry of the clock that had it"
    return Due(now + STRANGER_AGAIN, why, (Said("due.stranger"),))


DATABASE_AGAIN = LEASE_SECONDS / 6
"""Seconds before the result of a crawl is offered again to a database that could not take it."""

RESOLVE_SECONDS = 5.0
"""How long a name server may take before a portal counts as a server of its own."""

RESOLVED_FOR = 3600.0
"""Seconds for which an address of a host name is believed."""


class Dispatcher(Protocol):
    """Where crawls are done. The local pool is one; a queue that other machines read is another."""

    @property
    def holder(self) -> str:
        """In whose name a portal is claimed: the clock's, or the queue's."""

    def room(self) -> int:
        """How many more portals it takes now."""

    def known(self) -> Collection[str]:
        """The portals whose claims in the clock's own name it has in hand."""

    def enqueue(self, connection: Connection, claimed: Sequence[Schedule]) -> None:
        """Put claims into a queue of the same database, inside the claiming transaction."""

    async def dispatch(self, claimed: Sequence[Schedule]) -> None:
        """Take claims that are committed."""

    async def run(self) -> None:
        """Work until stopped, and end when nothing is under way any more."""

    def stop(self) -> None:
        """Begin nothing more, end what is under way in good order; at once the second time."""

    async def disown(self) -> None:
        """Drop what is in hand in the clock's own name, and return when nothing of it goes on."""


class ClaimHolder(Protocol):
    """What a dispatcher asks of its clock. ``owner`` holds the claims, ``say`` takes lines for people."""

    database: str
    options: CrawlOptions
    owner: str
    engine: Engine
    portals: dict[str, Portal]
    say: Callable[[str], None]
    now: Callable[[], datetime]
    permit: float
    """Until when what it has claimed is its own (crawler.fetching.permit)."""

    @property
    def stopping(self) -> bool:
        """Whether the clock has been told to stop."""

    def complain(self, problem: DatabaseProblem) -> None:
        """Say once why the database cannot be used."""

    async def settle(self, done: Done) -> Due | None:
        """Give a claim back after its crawl and return when the portal is due next."""

    async def in_thread(self, work: Callable[..., T], *args: object, **more: object) -> T:
        """Run what waits for the database in a thread."""


class LocalDispatcher:
    """The pool of crawl hosts on this machine, and the claims of what is in it."""

    def __init__(self, clock: ClaimHolder, settings: PoolSettings) -> None:
        self._clock = clock
        self.pool = LocalPool(
            clock.database, clock.options, settings, self._on_done, clock.say, lambda: clock.permit
        )
        self._groups: dict[str, tuple[str, float]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._placing = 0
        self._known: Counter[str] = Counter()

    @property
    def holder(self) -> str:
        """The clock: what is in its pool is in its hands."""
        return self._clock.owner

    def room(self) -> int:
        """How many more portals the pool takes."""
        return max(0, self.pool.room() - self._placing)

    def in_hand(self) -> int:
        """How many portals are on their way to the pool, wait in it or have a place there."""
        return self.pool.taken() + self._placing

    def known(self) -> Collection[str]:
        """The portals that it was given and that are not settled yet."""
        return set(+self._known)

    def enqueue(self, connection: Connection, claimed: Sequence[Schedule]) -> None:
        """Nothing: the pool's queue is in this process."""

    async def dispatch(self, claimed: Sequence[Schedule]) -> None:
        """Find the servers of claimed portals, without holding up the clock, and hand them to the pool."""
        self._known.update(schedule.portal for schedule in claimed)
        self._start(self._place([schedule.portal for schedule in claimed]))

    async def run(self) -> None:
        """Work until stopped, and settle everything."""
        await self.pool.run()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def stop(self) -> None:
        """End the walks."""
        self.pool.stop()

    async def disown(self) -> None:
        """Kill the hosts; their claims are settled as what they are, no longer ours, before this returns."""
        self.pool.disown()
        while self.pool.hosts or self._tasks:
            await asyncio.sleep(STEP)
            self.pool.disown()  # what was on its way to the pool
        self._known.clear()

    async def _place(self, names: Sequence[str]) -> None:
        clock = self._clock
        self._placing += len(names)
        placed: set[str] = set()
        try:
            known = [name for name in names if name in clock.portals]
            found = await asyncio.gather(*(self._group(clock.portals[name]) for name in known))
            groups = dict(zip(known, found, strict=True))
            placed = groups.keys() & await self.persist(
                claims.place, clock.engine, clock.owner, groups, clock.now()
            )
            for name in placed:
                self.pool.submit(clock.portals[name], groups[name])
            for name in set(names) - groups.keys():
                later = stranger(clock.now())
                await self.persist(claims.settle, clock.engine, clock.owner, name, clock.now(), again=later)
        except DatabaseProblem as problem:
            clock.complain(problem)
        finally:
            self._placing -= len(names)
            self._known.subtract(set(names) - placed)

    async def persist(self, work: Callable[..., T], *args: object, **more: object) -> T:
        """Write what must not be lost, again and again until the database takes it.

        Raises DatabaseProblem once the clock stops: the next one finds the claims of one that is gone.
        """
        while True:
            try:
                return await self._clock.in_thread(work, *args, **more)
            except DatabaseProblem as problem:
                if self._clock.stopping:
                    raise
                self._clock.complain(problem)
                await asyncio.sleep(DATABASE_AGAIN)

    async def _group(self, portal: Portal) -> str:
        """The server of a portal: its address and port, or its host name where there is no address."""
        site = site_of(portal.url)
        group, believed_until = self._groups.get(site, ("", 0.0))
        if time.monotonic() < believed_until:
            return group
        try:
            async with asyncio.timeout(RESOLVE_SECONDS):
                group = await self._clock.in_thread(server_group, portal.url)
        except TimeoutError:
            group = site
        self._groups[site] = group, time.monotonic() + RESOLVED_FOR
        return group

    def _on_done(self, done: Done) -> None:
        self._start(self._settle(done))

    async def _settle(self, done: Done) -> None:
        clock = self._clock
        while True:
            try:
                due = await clock.settle(done)
                break
            except DatabaseProblem as problem:
                clock.complain(problem)
                if clock.stopping:
                    return  # the next clock finds the claim of one that is gone
                await asyncio.sleep(DATABASE_AGAIN)
        self._known[done.portal] -= 1
        clock.say(f"{line_of(done.result)}" + (f"; next {when(due, clock.now())}" if due else ""))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
