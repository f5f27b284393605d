"""The clock: every portal on time, never twice. ``python scheduler.py`` is ``frontnews schedule run``.

APScheduler says when to look: one tick, and housekeeping. What is due stands in the database
(storage.schedules, storage.claims), so any number of clocks may run, and none has anything to lose.
A dispatcher says where: here the pool of crawl hosts on this machine.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from crawler.archive.files import ArchiveInUse
from crawler.archive.retention import Retention, prune
from crawler.notifying import Notifying, deliver
from crawler.reading.urls import site_of
from crawler.running.dispatch import Dispatcher, LocalDispatcher
from crawler.running.host_pool import Done, PoolSettings
from crawler.running.options import CrawlOptions
from crawler.running.owners import is_gone
from crawler.running.service import Now, Say, Service
from crawler.running.telling import notify, some, when
from crawler.utc import utc_now
from spiders.record_rounds import RecordChecks
from spiders.registry import RegistryProblem
from storage import claims, cycles, housekeeping, outbox, portal_table, schedules, takeover
from storage.engine import DatabaseProblem
from storage.portals import Portal
from storage.said import many
from storage.timetable import EVERY, Due, duration

logger = logging.getLogger(__name__)
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
"""It warns of each tick that it leaves out; what the one before it waits for is said where it is known."""

TICK = 15.0
"""Seconds between two looks at what is due (engine.md section 1: 15-30)."""

HOUSEKEEPING = 300.0
"""Seconds between two rounds of housekeeping."""

OUTAGE = 3600.0
"""Seconds that a portal is overdue after which a clock that starts says so: nobody has crawled meanwhile."""

TELLING = 30.0
"""Seconds between two looks at the messages that wait to be sent."""


@dataclass(frozen=True, slots=True)
class ClockSettings:
    """How a clock runs, in seconds. Portals that have no schedule yet are crawled ``every`` so often; without
    it by their own rhythms, so often on average. Each ``outlook`` the clock says what comes next."""

    tick: float = TICK
    every: int | None = None
    outlook: float = HOUSEKEEPING
    retention: Retention | None = None
    pool: PoolSettings = field(default_factory=PoolSettings)
    notifying: Notifying = field(default_factory=Notifying)
    check_every: timedelta | None = None
    """How often a portal's record is held against its site; None: never."""


Registry = Callable[[], Sequence[Portal]]


class Clock(Service):
    """One clock with its dispatcher. ``now`` may be any clock that tells UTC; tests set theirs."""

    def __init__(
        self,
        database: str,
        registry: Registry,
        options: CrawlOptions,
        settings: ClockSettings = ClockSettings(),
        *,
        say: Say = logger.info,
        now: Now = utc_now,
        dispatcher: Callable[[Clock], Dispatcher] | None = None,
    ) -> None:
        """``registry`` is read at the start and in housekeeping; ``say`` is told each line for people."""
        super().__init__(database, options, say, now)
        self.settings = settings
        self._checks = (
            RecordChecks(self.engine, database, self.options, settings.check_every)
            if settings.check_every
            else None
        )
        self._registry = registry
        self._registered: list[Portal] = []  # what the database has taken of it
        self._dispatcher = dispatcher(self) if dispatcher else LocalDispatcher(self, settings.pool)
        self._timer = AsyncIOScheduler(timezone=UTC)
        self._ticked_at = time.monotonic()
        self._ticking = asyncio.Lock()
        self._again = asyncio.Event()
        self._more = False
        self._trouble = False

    kind = "clock"

    @property
    def dispatcher(self) -> Dispatcher:
        """Where what is due is crawled."""
        return self._dispatcher

    async def join(self) -> None:
        """Enter the list of dispatchers, read the registry, start the ticks."""
        await self.enlist()
        await self.read_registry()
        await self.in_thread(self._tell_of_an_outage)
        await self.in_thread(self.rhythms.renew, self.now())
        # One tick at a time, late rather than never: APScheduler would drop one that waits for a second.
        jobs = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        for work, seconds in (
            (self.keep_house, HOUSEKEEPING), (self.look_out, self.settings.outlook),
            (self.check_records, HOUSEKEEPING), (self.tell_people, TELLING),
        ):  # fmt: skip
            self._timer.add_job(_quietly(work), IntervalTrigger(seconds=seconds), **jobs)
        ticks = IntervalTrigger(seconds=self.settings.tick)
        self._timer.add_job(_quietly(self.tick), ticks, next_run_time=datetime.now(UTC), **jobs)
        self._timer.start()

    def enter(self) -> None:
        """Enter the list of dispatchers."""
        claims.join(self.engine, self.owner, "clock", self.now())

    def beat(self) -> bool:
        """Show that the clock is alive; False: it was given up meanwhile."""
        return claims.beat(self.engine, self.owner)

    async def pause(self) -> None:
        """End the ticks."""
        async with self._ticking:  # AsyncIOScheduler would cancel a tick between claim and dispatch
            self._timer.shutdown(wait=False)
        if self._checks is not None:
            self._checks.stop()

    async def leave(self) -> None:
        """Leave the list; what is still claimed is due again."""
        left = await self.in_thread(claims.leave, self.engine, self.owner, self.now())
        self.say(f"stopped; {many(len(left), 'portal')} begun or waiting, now due again")

    async def work(self, crawling: asyncio.Task[None]) -> None:
        """Keep the ticks coming, and tell systemd so, until somebody stops the clock."""
        while not self._stopping.is_set():
            if crawling.done():
                await crawling  # raises what ended it
            silent = time.monotonic() - self._ticked_at
            if silent < 4 * self.settings.tick:
                notify("WATCHDOG=1")
            self._bring_forward()
            if self._again.is_set() and not self._ticking.locked():
                self._again.clear()
                await self.tick()
            if not self._ticking.locked():
                await self._show_life()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1.0)

    def _bring_forward(self) -> None:
        """Do now what is planned for later than ever: the machine's clock was set back, and APScheduler would
        wait until it has caught up."""
        now = datetime.now(UTC)
        for job in self._timer.get_jobs():
            if job.next_run_time - now > job.trigger.interval:
                job.modify(next_run_time=now)

    async def tick(self) -> None:
        """Show that the clock is alive, take over from the dead, claim what is due and hand it on."""
        async with self._ticking:
            if self._stopping.is_set():
                return
            self._ticked_at = time.monotonic()
            try:
                await self.keep_alive()
                await self.in_thread(self._look_for_the_dead)
                if self._trouble:
                    await self._give_back_unknown()
                    self._trouble = False
                room = self._dispatcher.room()
                claimed = claims.Claimed([], more=False)
                if room:
                    claimed = await self.in_thread(
                        claims.claim_due, self.engine, self._dispatcher.holder, self.now(), room,
                        adaptive=self.rhythms.due_after_run, enqueue=self._dispatcher.enqueue,
                    )  # fmt: skip
                if claimed.schedules:
                    await self._dispatcher.dispatch(claimed.schedules)
                self._more = claimed.more
            except DatabaseProblem as problem:
                self._trouble = True
                self.complain(problem)

    async def _show_life(self) -> None:
        """Between two ticks, however far they are apart."""
        async with self._ticking:
            try:
                await self.keep_alive()
            except DatabaseProblem as problem:
                self._trouble = True
                self.complain(problem)

    async def _give_back_unknown(self) -> None:
        """Return claims that were made while the database went away, so that we were never told."""
        known = self._dispatcher.known()
        given = await self.in_thread(claims.give_back, self.engine, self.owner, known, self.now())
        if given:
            self.say(
                f"{many(len(given), 'portal')} due again, claimed when the database went away: {some(given)}"
            )

    def _look_for_the_dead(self) -> None:
        now = self.now()
        for what, portals in (
            ("clock", takeover.bury(self.engine, now, is_gone)),
            ("worker", takeover.reap(self.engine, now, is_gone)),
        ):
            if portals:
                self.say(
                    f"{many(len(portals), 'portal')} of a {what} that is gone, now due again: {some(portals)}"
                )

    async def settle(self, done: Done) -> Due | None:
        """Give a claim back after its crawl and return when the portal is due next."""
        due = await super().settle(done)
        if self._more:
            self._again.set()  # there is room now: do not wait for the next tick
        return due

    def look_again(self) -> None:
        """Look at what is due before the next tick: there is room."""
        self._again.set()

    async def look_out(self) -> None:
        """Say what is under way, and what comes next."""
        try:
            waiting = await self.in_thread(schedules.crawled, self.engine, self.now())
        except DatabaseProblem as problem:
            self.say(str(problem))
            return
        now = self.now()
        states = Counter(schedules.state(schedule, now) for schedule in waiting)
        said = ", ".join(
            f"{states[name]} {name}" for name in ("running", "due", "waiting", "paused") if states[name]
        )
        coming = next((s for s in waiting if schedules.state(s, now) == "waiting"), None)
        next_one = f"; next: {coming.portal} {when(coming.due, now)}" if coming else ""
        self.say(f"{said or 'no portals'}{next_one}")

    async def tell_people(self) -> None:
        """Send the messages of alarms that wait."""
        try:
            await self.in_thread(deliver, self.engine, self.settings.notifying, self.now())
        except DatabaseProblem as problem:
            self.complain(problem)

    async def keep_house(self) -> None:
        """Read the registry again, tell readers that the portals were gone round, keep the database small."""
        try:
            await self.read_registry()
        except RegistryProblem as problem:
            self.say(f"the registry cannot be read again, what was read before stands: {problem}")
        except DatabaseProblem as problem:
            self.say(str(problem))
        try:
            await self.in_thread(self.rhythms.renew, self.now())
            await self.in_thread(cycles.settle, self.engine, self.now())
            await self.in_thread(housekeeping.tidy, self.engine)
            await self.in_thread(outbox.forget, self.engine, self.now())
            await self.in_thread(self._prune_archive)
        except (DatabaseProblem, ArchiveInUse, OSError) as problem:
            self.say(str(problem))

    async def check_records(self) -> None:
        """Hold the records that are due against their sites; what should change waits for a person."""
        if self._checks is None or self._stopping.is_set():
            return
        try:
            new = await self._checks.round(list(self.portals.values()), self.now(), HOUSEKEEPING)
        except (DatabaseProblem, OSError) as problem:
            self.say(str(problem))
            return
        if new:
            self.say(f"{many(new, 'record')} to change: frontnews portals proposals")

    def _tell_of_an_outage(self) -> None:
        """Say what has waited because no clock ran; it is crawled in that order, as the places allow."""
        now = self.now()
        waiting = [row for row in schedules.crawled(self.engine, now) if schedules.state(row, now) == "due"]
        if waiting and (longest := (now - waiting[0].next_due_at).total_seconds()) > OUTAGE:
            self.say(
                f"{many(len(waiting), 'portal')} overdue, the first by {duration(longest)}: no clock has run"
                " or none kept up; the longest overdue are crawled first"
            )

    def _prune_archive(self) -> None:
        if self.settings.retention is not None and self.options.archive is not None:
            pruned = prune(self.engine, Path(self.options.archive), self.settings.retention)
            if pruned.pages:
                self.say(
                    f"archive: {many(pruned.pages, 'page')} dropped, {many(pruned.kept_bytes, 'byte')} kept"
                )

    async def read_registry(self) -> None:
        """Bring the portals of the registry into the database; new ones get the usual schedule."""
        portals = list(await self.in_thread(self._registry))
        if portals == self._registered:
            return
        self.portals = {portal.id: portal for portal in portals}
        await self.in_thread(portal_table.sync, self.engine, portals)
        every = self.settings.every
        new = await self.in_thread(
            schedules.ensure, self.engine, {p.id: site_of(p.url) for p in portals}, self.now(),
            kind="interval" if every else "adaptive", interval_seconds=every or EVERY,
            adaptive=self.rhythms.due,
        )  # fmt: skip
        self._registered = portals
        how = f"every {duration(every)}" if every else f"by their rhythms, every {duration(EVERY)} on average"
        self.say(many(len(portals), "portal") + (f", {new} of them new: {how}" if new else ""))


def _quietly(work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """What APScheduler may cancel when it is stopped: it would print the end of each as an error."""

    async def job() -> None:
        with suppress(asyncio.CancelledError):
            await work()

    return job


def main() -> None:
    """``python scheduler.py …`` is ``frontnews schedule run …``."""
    from cli import main as frontnews

    sys.argv[1:1] = ["schedule", "run"]
    frontnews()


if __name__ == "__main__":
    main()
