"""The clock's side of many machines: what is claimed goes into the queue, and workers come for it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Protocol

from sqlalchemy import Connection

from crawler.running.dispatch import ClaimHolder, stranger
from crawler.running.rows import portal_row
from crawler.running.telling import some
from storage import claims, queue, queue_schema
from storage.engine import DatabaseProblem
from storage.lease import BEAT_SECONDS
from storage.said import many
from storage.server_slots import QUEUE
from storage.timetable import Schedule

LOOK = 1.0
"""Seconds between two looks at how much the workers have to do."""

SWEEP = BEAT_SECONDS
"""Seconds between two looks for jobs that nobody is doing any more: until then they keep others from their
servers. Ten were too many for a lease of twelve (python -m benchmarks.chaos --faults stop_long)."""


class NoQueue(Exception):
    """There can be no queue here. The message is one line for the person at the shell."""


class QueueClock(ClaimHolder, Protocol):
    """What the queue's dispatcher asks of its clock."""

    def look_again(self) -> None:
        """Look at what is due before the next tick."""


class QueueDispatcher:
    """Puts claims into the queue of the database, as much as the workers that are there can take."""

    def __init__(self, clock: QueueClock) -> None:
        self._clock = clock
        self._room = 0
        self._hungry = True
        self._crew: tuple[int, int] | None = None
        self._stopped = asyncio.Event()

    @property
    def holder(self) -> str:
        """The queue, which outlives the clock: what waits there waits on when this one stops."""
        return QUEUE

    def room(self) -> int:
        """How many more portals the workers should find waiting; 0 where no worker is alive."""
        self._hungry = self._room == 0
        return self._room

    def known(self) -> Collection[str]:
        """None: claims are the queue's, and each has its job in the same transaction."""
        return ()

    def enqueue(self, connection: Connection, claimed: Sequence[Schedule]) -> None:
        """Write a job for each claim, inside the claiming transaction."""
        known = self._clock.portals
        queue.enqueue(
            connection,
            [
                queue.Waiting(each.portal, each.server_group, portal_row(known[each.portal]))
                for each in claimed
                if each.portal in known
            ],
        )
        self._hungry = len(claimed) >= self._room  # more may be due than there was room for
        self._room = max(0, self._room - len(claimed))

    async def dispatch(self, claimed: Sequence[Schedule]) -> None:
        """Give back the claims of portals that are not in this clock's registry."""
        clock = self._clock
        for schedule in claimed:
            if schedule.portal not in clock.portals:
                later = stranger(clock.now())
                await clock.in_thread(
                    claims.settle, clock.engine, self.holder, schedule.portal, clock.now(), again=later
                )

    async def run(self) -> None:
        """Watch the queue until stopped: ask for more where there is room, make lost jobs due again."""
        await self._clock.in_thread(queue_schema.require, self._clock.engine)
        loop = asyncio.get_running_loop()
        swept_at = -SWEEP
        while not self._stopped.is_set():
            try:
                if loop.time() - swept_at >= SWEEP:
                    swept_at = loop.time()
                    await self._sweep()
                self._look(await self._clock.in_thread(queue.crew, self._clock.engine))
            except DatabaseProblem as problem:
                self._clock.complain(problem)
            if self._room and self._hungry:
                self._hungry = False
                self._clock.look_again()
            try:
                await asyncio.wait_for(self._stopped.wait(), LOOK)
            except TimeoutError:
                continue

    def _look(self, crew: queue.Crew) -> None:
        self._room = crew.room
        if (crew.workers, crew.places) == self._crew:
            return
        self._crew = crew.workers, crew.places
        who = "1 worker crawls" if crew.workers == 1 else f"{crew.workers} workers crawl"
        self._clock.say(
            f"{who} {crew.places} portals at once"
            if crew.workers
            else "no worker is there, what is due waits; start `frontnews worker` on this database"
        )

    def stop(self) -> None:
        """Put nothing more into the queue; the workers go on with what is there."""
        self._stopped.set()

    async def disown(self) -> None:
        """Nothing: the claims are the queue's."""

    async def _sweep(self) -> None:
        clock = self._clock
        lost = await clock.in_thread(queue.sweep, clock.engine, clock.now())
        if lost:
            clock.say(f"{many(len(lost), 'portal')} without a job in the queue, now due again: {some(lost)}")


def check_queue(database: str) -> None:
    """Raise NoQueue where ``database`` or this installation cannot have one."""
    if not database.startswith(("postgresql", "postgres:")):
        raise NoQueue(
            "many machines share one PostgreSQL database (--database postgresql://…); "
            "for one machine `frontnews schedule run` needs no worker"
        )
    if not queue_schema.installed():
        raise NoQueue("the extra `cluster` is not installed; run: pip install 'frontnews[cluster]'")
