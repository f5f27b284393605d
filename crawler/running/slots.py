"""A crawl by hand beside clocks: it takes its servers as they do, so that no two processes meet at one."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine

from crawler.fetching.handler import TURNS
from crawler.running.adaptive import Rhythms
from crawler.running.dispatchers import dispatcher
from crawler.running.options import PortalResult
from crawler.running.owners import is_gone
from crawler.running.servers import group_of, server_group
from storage import claims, runs, server_slots, takeover
from storage.claims import Obstacle
from storage.portals import Portal
from storage.schedules import NoSchedule, read
from storage.timetable import Due

LOOK_AGAIN = 1.0
"""Seconds between two looks at whether a portal's server is free."""


@contextmanager
def visited(engine: Engine, url: str, delay: float, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the slot of the server of ``url`` while this lasts, for a look outside any crawl.

    Waits until no other process asks that server, and says so. ``delay``: seconds that it rests afterwards at
    least. Other servers that redirects lead to are not held. Raises storage.engine.DatabaseProblem.
    """
    group = server_group(url)
    with dispatcher(engine) as owner:
        told = False
        while not server_slots.visit(engine, owner, group):
            if not told:
                say(f"{url} waits: its server {group} is being asked by another process, or was until now")
                told = True
            time.sleep(LOOK_AGAIN)
            takeover.bury(engine, datetime.now(UTC), is_gone)
        try:
            yield
        finally:
            server_slots.end_visit(engine, owner, group, rest_of(group, delay))


def rest_of(group: str, delay: float) -> float:
    """Return the seconds for which a server is to be left alone: ``delay``, or what it has asked for."""
    asked = [pause for server, pause in TURNS.delays().items() if group_of(*server) == group]
    return max(delay, *asked, 0.0)


class Slots:
    """The politeness slots of servers, as one process of many takes and gives them.

    ``owner`` is in the list of dispatchers (storage.claims.join). A portal is claimed with its server, so
    that nobody else crawls it meanwhile. One without a schedule, an address outside the registry, cannot be,
    and a dry run must not be, since it does not stand for the portal's crawl: both only visit the server.
    """

    def __init__(
        self, engine: Engine, owner: str, delay: float, say: Callable[[str], None], *, dry_run: bool = False
    ) -> None:
        """``delay``: seconds between two requests that the crawl asks for; ``say`` is told of waiting."""
        self._engine = engine
        self._owner = owner
        self._delay = delay
        self._say = say
        self._dry_run = dry_run
        self._rhythms = Rhythms(engine)
        self._claimed: dict[str, str] = {}
        self._visiting: dict[str, str] = {}
        self._visits: Counter[str] = Counter()
        self._turn = asyncio.Lock()

    async def take(self, portal: Portal, stopped: Callable[[], bool]) -> PortalResult | None:
        """Wait until the portal's server is free and take it; a result where the portal cannot be crawled.

        Raises storage.engine.DatabaseProblem.
        """
        group = await asyncio.to_thread(server_group, portal.url)
        told = False
        while not stopped():
            obstacle = await self._take(portal, group)
            if obstacle is None:
                return None
            if obstacle.holder is not None:
                busy = runs.AlreadyRunning(portal.id, obstacle.holder, obstacle.since)
                return PortalResult(portal.id, "failed", message=str(busy), already_running=True)
            if not told:
                why = f"another portal of its server {group} is being crawled, or was until now"
                self._say(f"{portal.id} waits: {why}")
                told = True
            await asyncio.sleep(LOOK_AGAIN)
            # Where no clock runs, nobody else notices that who has the server was killed.
            await asyncio.to_thread(takeover.bury, self._engine, datetime.now(UTC), is_gone)
        return PortalResult(portal.id, "cancelled", message="not begun")

    async def give(self, portal: Portal) -> None:
        """Give back what was taken for a portal; its server rests for as long as it was promised."""
        if (group := self._claimed.pop(portal.id, None)) is not None:
            await asyncio.to_thread(
                claims.settle, self._engine, self._owner, portal.id, datetime.now(UTC),
                cooling=self._rest(portal, group), adaptive=self._rhythms.due,
                again=await asyncio.to_thread(self._again, portal.id),
            )  # fmt: skip
        elif (group := self._visiting.pop(portal.id, None)) is not None:
            async with self._turn:
                self._visits[group] -= 1
                if not self._visits[group]:
                    rest = self._rest(portal, group)
                    await asyncio.to_thread(server_slots.end_visit, self._engine, self._owner, group, rest)

    async def _take(self, portal: Portal, group: str) -> Obstacle | None:
        if not self._dry_run:
            try:
                obstacle = await asyncio.to_thread(self._claim, portal.id, group)
            except NoSchedule:
                pass  # nobody else knows this portal; its server may be a known one
            else:
                if obstacle is None:
                    self._claimed[portal.id] = group
                return obstacle
        async with self._turn:
            if not await asyncio.to_thread(server_slots.visit, self._engine, self._owner, group):
                return Obstacle(None, datetime.now(UTC))
            self._visiting[portal.id] = group
            self._visits[group] += 1
        return None

    def _rest(self, portal: Portal, group: str) -> float:
        return rest_of(group, max(self._delay, portal.delay or 0.0))

    async def wanted(self, portal: Portal) -> None:  # noqa: ARG002
        """Return when the crawl of ``portal`` should make way for another; a crawl that is due never does."""
        await asyncio.Event().wait()

    def _again(self, portal: str) -> Due | None:  # noqa: ARG002
        """Return when the portal is due next; None: as its schedule says, having been crawled now."""
        return None

    def _claim(self, portal: str, group: str) -> Obstacle | None:
        now = datetime.now(UTC)
        obstacle = claims.claim(self._engine, self._owner, portal, now)
        if obstacle is None and not claims.place(self._engine, self._owner, {portal: group}, now):
            return Obstacle(None, now)
        return obstacle


class SecondLane(Slots):
    """The slots of what can wait, beside a clock: backfills, and checks of records.

    A crawl that is due at the same server goes first, and what is done here is no crawl to the schedule: a
    portal that falls due meanwhile is due still.
    """

    patient = True
    """False: a portal that would have to wait for others is not taken at all."""

    async def take(self, portal: Portal, stopped: Callable[[], bool]) -> PortalResult | None:
        """Wait until no crawl is due at the portal's server nor under way, then as every slot is taken."""
        told = False
        while not stopped():
            if not await self.is_wanted(portal):
                refused = await super().take(portal, stopped)
                if refused is None or not refused.already_running:
                    return refused
            if not self.patient:
                break
            if not told:
                self._say(f"{portal.id} waits: the crawls that are due at its server go first")
                told = True
            await asyncio.sleep(LOOK_AGAIN)
        return PortalResult(portal.id, "cancelled", message="not begun")

    async def wanted(self, portal: Portal) -> None:
        """Return when a crawl is due at the server of ``portal``."""
        while not await self.is_wanted(portal):
            await asyncio.sleep(LOOK_AGAIN)

    async def is_wanted(self, portal: Portal) -> bool:
        """Tell whether a clock would crawl at the portal's server now, were it free."""
        group = self._claimed.get(portal.id) or self._visiting.get(portal.id)
        if group is None:
            group = await asyncio.to_thread(server_group, portal.url)
        return await asyncio.to_thread(claims.is_waited_for, self._engine, group, datetime.now(UTC))

    def _again(self, portal: str) -> Due | None:
        return next((plan.due for plan in read(self._engine, [portal])), None)
