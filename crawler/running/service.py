"""What runs until it is stopped, a clock (scheduler.Clock) or a worker (crawler.running.worker): its life."""

from __future__ import annotations

import asyncio
import signal
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Engine

from crawler.fetching.permit import boot_seconds, permitted_from
from crawler.running.adaptive import Rhythms
from crawler.running.dispatch import Dispatcher
from crawler.running.host_pool import Done
from crawler.running.options import CrawlOptions
from crawler.running.owners import this_process
from crawler.running.settling import settle
from crawler.running.telling import notify
from storage.engine import DatabaseProblem, open_database
from storage.lease import BEAT_SECONDS
from storage.migrate import outgrown, upgrade
from storage.portals import Portal
from storage.timetable import Due

T = TypeVar("T")
Say = Callable[[str], None]
Now = Callable[[], datetime]

RELEASE_LOOK = 60.0
"""Seconds between two looks whether a newer program has upgraded the database."""

THREADS = 32
"""For what waits for the database; the event loop must go on hearing the crawl hosts."""


class Service(ABC):
    """A process that holds claims and has them crawled. ``say`` is told each line for people.

    It is what a dispatcher asks of its holder (crawler.running.dispatch.ClaimHolder).
    """

    kind = "service"
    """What it calls itself."""

    def __init__(self, database: str, options: CrawlOptions, say: Say, now: Now) -> None:
        """``now`` may be any clock that tells UTC; tests set theirs. Raises DatabaseProblem."""
        self.database = database
        self.options = replace(options, trigger="schedule")
        self.say = say
        self.now = now
        self.owner = this_process()
        self.engine: Engine = open_database(database)
        self.portals: dict[str, Portal] = {}
        self.rhythms = Rhythms(self.engine)
        self.permit = 0.0
        self.outgrown = False
        self._beat_at = 0.0
        self._release_at = 0.0
        self._complaints: set[str] = set()
        self._stopping = asyncio.Event()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="service")

    @property
    @abstractmethod
    def dispatcher(self) -> Dispatcher:
        """Where its claims are crawled."""

    @abstractmethod
    async def join(self) -> None:
        """Enter the list of dispatchers and make ready."""

    @abstractmethod
    async def work(self, crawling: asyncio.Task[None]) -> None:
        """Work until stopped; ``crawling`` is the dispatcher's task, which must not end before."""

    @abstractmethod
    async def pause(self) -> None:
        """Claim nothing more, and hand on nothing more."""

    @abstractmethod
    async def leave(self) -> None:
        """Leave the list; what is still claimed is due again."""

    async def run(self) -> None:
        """Run until :meth:`stop`; what was under way is ended in good order and due again."""
        asyncio.get_running_loop().set_default_executor(self._threads)
        await self.in_thread(upgrade, self.engine)
        await self.join()
        crawling = asyncio.create_task(self.dispatcher.run())
        notify("READY=1")
        try:
            await self.work(crawling)
        finally:
            notify("STOPPING=1")
            await self.pause()
            self.dispatcher.stop()
            await crawling
            await self.leave()
            self.engine.dispose()

    @property
    def stopping(self) -> bool:
        """Whether it has been told to stop."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Stop: once, and the walks under way end after their present request; twice, at once."""
        if self._stopping.is_set():
            self.dispatcher.stop()
        self._stopping.set()

    @abstractmethod
    def enter(self) -> None:
        """Enter the list of dispatchers; called in a thread."""

    @abstractmethod
    def beat(self) -> bool:
        """Show that it is alive; False: others took over. Called in a thread."""

    async def enlist(self) -> None:
        """Enter the list; from then on what is claimed is its own for as long as it is heard of."""
        heard_at = boot_seconds()
        await self.in_thread(self.enter)
        self.permit, self._beat_at = permitted_from(heard_at), heard_at

    async def disown(self) -> None:
        """Drop all that it had in hand: others have it now."""
        await self.dispatcher.disown()

    async def keep_alive(self) -> None:
        """Show that it is alive where it is time to; one that was given up drops all and begins anew."""
        heard_at = boot_seconds()
        if heard_at - self._beat_at < BEAT_SECONDS:
            return
        if not await self.in_thread(self.beat):
            self.permit = 0.0
            self.say(f"this {self.kind} was silent for so long that others took over; it begins anew")
            await self.disown()
            await self.enlist()
            return
        self.permit, self._beat_at = permitted_from(heard_at), heard_at
        if self._complaints:
            self._complaints.clear()
            self.say("the database answers again")
        if heard_at - self._release_at >= RELEASE_LOOK:
            self._release_at = heard_at
            await self._look_for_a_newer_release()

    async def _look_for_a_newer_release(self) -> None:
        """End in good order where the database is a newer program's by now.

        It does not know what this one writes, and crawl hosts that are started from now on may be the newer
        program's already.
        """
        newer = await self.in_thread(outgrown, self.engine)
        if newer is not None and not self.outgrown:
            self.outgrown = True
            self.say(f"{newer}; this {self.kind} ends, start it anew")
            self.stop()

    def complain(self, problem: DatabaseProblem) -> None:
        """Say why the database cannot be used: once, until a sign of life is written again. It is tried every
        second, and for each portal in hand; a night without it would fill the log."""
        if str(problem) not in self._complaints:
            self._complaints.add(str(problem))
            self.say(f"{problem}; tried again until it answers")

    async def settle(self, done: Done) -> Due | None:
        """Give a claim back after its crawl and return when the portal is due next."""
        portal = self.portals.get(done.portal)
        return await self.in_thread(
            settle, self.engine, self.owner, done, portal, self.now(), self.rhythms.due
        )

    async def in_thread(self, work: Callable[..., T], *args: object, **more: object) -> T:
        """Run what waits for the database in a thread, so that no host goes unheard meanwhile."""
        return await asyncio.to_thread(work, *args, **more)


DATABASE_PROBLEM = 8
"""The exit status of what cannot use its database (commands.options.ExitCode)."""


def run_until_stopped(service: Service) -> int:
    """Run a service until SIGINT or SIGTERM (a second one: at once); return the exit status.

    SIGHUP, the end of its terminal, is one of them, unless it was begun to outlive that (nohup).
    """
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)

    async def serve() -> int:
        stopped_by = 0

        def on_signal(number: int) -> None:
            nonlocal stopped_by
            stopped_by = stopped_by or number
            service.stop()

        loop = asyncio.get_running_loop()
        for number in numbers:
            loop.add_signal_handler(number, on_signal, number)
        await service.run()
        for number in numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)  # all is saved; leave with our own exit status
        if service.outgrown:
            return DATABASE_PROBLEM
        return 128 + stopped_by if stopped_by else 0

    return asyncio.run(serve())
