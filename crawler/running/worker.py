"""A worker: crawls on its machine what a clock, on any machine, has put into the queue of the database.

It is the other half of a clock: the same dispatcher, pool and crawl hosts, the same settling of claims. It
needs no registry, since a job brings the portal's record along.

Procrastinate's own Worker is not used. It ends when PostgreSQL is restarted, after waiting for every crawl
under way (3.10: a failed side task stops it), and it writes a job's end apart from the claim's.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import timedelta

from crawler.running.dispatch import STRANGER_AGAIN, Dispatcher, LocalDispatcher
from crawler.running.host_pool import Done, PoolSettings
from crawler.running.options import CrawlOptions
from crawler.running.rows import portal_of
from crawler.running.service import Now, Say, Service
from crawler.running.settling import BUSY_AGAIN
from crawler.running.telling import notify
from crawler.utc import utc_now
from storage import claims, queue
from storage.engine import DatabaseProblem
from storage.queue import Fetched
from storage.queue_schema import require
from storage.said import Said, many
from storage.timetable import Due

LOOK = 1.0
"""Seconds between two looks into the queue. A crawl takes seconds to minutes: to be woken half a second
sooner is worth no second connection that listens, nor the care for the notifications that get lost."""

RENEW = 300.0
"""Seconds between two readings of the day's plan of the rhythms, as in a clock's housekeeping."""


class Worker(Service):
    """One worker with its pool of crawl hosts. ``say`` is told each line for people."""

    def __init__(
        self,
        database: str,
        options: CrawlOptions,
        settings: PoolSettings,
        *,
        places: int,
        say: Say,
        now: Now = utc_now,
    ) -> None:
        """``places``: portals that are crawled at once."""
        super().__init__(database, options, say, now)
        self.places = places
        self._renewed_at = -RENEW
        self._dispatcher = LocalDispatcher(self, settings)
        self._resting: set[asyncio.Task[None]] = set()
        self._in_hand: set[str] = set()
        self._number = 0
        self._trouble = False
        self._settled = asyncio.Event()

    kind = "worker"

    @property
    def dispatcher(self) -> Dispatcher:
        """The pool of crawl hosts on this machine."""
        return self._dispatcher

    async def join(self) -> None:
        """Enter the list of dispatchers, and that of the queue's workers."""
        await self.in_thread(require, self.engine)
        await self.enlist()
        self.say(f"worker {self.owner} crawls {self.places} portals at once; stop it with Ctrl-C or SIGTERM")

    async def work(self, crawling: asyncio.Task[None]) -> None:
        """Look into the queue once a second, and as soon as a place has become free."""
        while not self._stopping.is_set():
            if crawling.done():
                await crawling  # raises what ended it
            await self._look()
            notify("WATCHDOG=1")
            await self._wait()

    async def pause(self) -> None:
        """Hand on nothing that waits until its server may be asked."""
        for resting in self._resting:
            resting.cancel()

    async def disown(self) -> None:
        """Drop all that it had in hand: others have it now."""
        await self.pause()
        await super().disown()
        self._in_hand.clear()

    async def leave(self) -> None:
        """Leave the lists; what is still claimed is due again."""
        with suppress(DatabaseProblem):  # the next clock finds the claims of one that is gone
            left = await self.in_thread(queue.leave, self.engine, self.owner, self._number, self.now())
            self.say(f"stopped; {many(len(left), 'portal')} begun or waiting, now due again")

    async def settle(self, done: Done) -> Due | None:
        """Give a claim back after its crawl and return when the portal is due next."""
        due = await super().settle(done)
        self._in_hand.discard(done.portal)
        self._settled.set()
        return due

    async def _look(self) -> None:
        """Show that the worker is alive, end the jobs of what is settled, and fetch for the places free."""
        try:
            await self.keep_alive()
            if time.monotonic() - self._renewed_at >= RENEW:
                await self.in_thread(self.rhythms.renew, self.now())
                self._renewed_at = time.monotonic()
            await self.in_thread(queue.end_settled, self.engine, self.owner, self._number)
            if (free := self._free()) > 0:
                for job in await self.in_thread(queue.fetch, self.engine, self.owner, self._number, free):
                    self._begin(job)
            if self._trouble:
                await self._give_back_unknown()
            self._trouble = False
        except DatabaseProblem as problem:
            self.complain(problem)
            self._trouble = True

    def _free(self) -> int:
        """How many places have no portal."""
        return self.places - self._dispatcher.in_hand() - len(self._resting)

    async def _wait(self) -> None:
        """Wait for the next look; not at all for one when a place has become free."""
        self._settled.clear()
        waiting = {asyncio.ensure_future(event.wait()) for event in (self._settled, self._stopping)}
        await asyncio.wait(waiting, timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
        for wait in waiting:
            wait.cancel()

    def _begin(self, job: Fetched) -> None:
        name, pool = job.schedule.portal, self._dispatcher.pool
        self._in_hand.add(name)
        try:
            portal = portal_of(job.record)
        except (KeyError, TypeError, ValueError):
            why, said = "a worker of another release cannot read its record", Said("due.other_release")
            work = self._give_back(name, STRANGER_AGAIN, why, said)
        else:
            if any(held.portal.id == name for held in (*pool.queue, *pool.under_way())):
                why, said = "its last crawl has not ended yet; looked at again", Said("due.not_ended")
                work = self._give_back(name, BUSY_AGAIN, why, said)
            else:
                self.portals[name] = portal
                work = self._dispatch(job)
        task = asyncio.create_task(work)
        self._resting.add(task)
        task.add_done_callback(self._resting.discard)

    async def _dispatch(self, job: Fetched) -> None:
        """Hand a claim to the pool as soon as its server may be asked."""
        await asyncio.sleep(job.rests)
        await self._dispatcher.dispatch([job.schedule])

    async def _give_back(self, name: str, after: timedelta, why: str, said: Said) -> None:
        """Return a claim that cannot be crawled here and now."""
        self.say(f"{name}: {why}")
        again = Due(self.now() + after, why, (said,))
        with suppress(DatabaseProblem):  # we are stopping, and leave it with all the others
            await self._dispatcher.persist(
                claims.settle, self.engine, self.owner, name, self.now(), again=again
            )
        self._in_hand.discard(name)

    async def _give_back_unknown(self) -> None:
        """Return claims that a broken connection may have left with us: taken, and we were never told."""
        held = await self.in_thread(queue.held, self.engine, self.owner)
        for name in held - self._in_hand:
            why, said = "fetched when the database went away", Said("due.database_away")
            await self._give_back(name, timedelta(0), why, said)

    def enter(self) -> None:
        """Enter the list of dispatchers, and that of the queue's workers."""
        self._number = queue.join(self.engine, self.owner, self.places, self.now())

    def beat(self) -> bool:
        """Show that the worker is alive; False: it was given up meanwhile."""
        return queue.beat(self.engine, self.owner, self._number)
