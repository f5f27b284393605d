"""A crawl by hand beside clocks: it claims its portals as they do, so that no two meet at one server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine

from crawler.fetching.handler import TURNS
from crawler.running.adaptive import Rhythms
from crawler.running.options import PortalResult
from crawler.running.servers import group_of, server_group
from storage import claims, runs
from storage.portals import Portal
from storage.schedules import NoSchedule, read
from storage.timetable import Due

LOOK_AGAIN = 1.0
"""Seconds between two looks at whether a portal's server is free."""


class Slots:
    """The politeness slots of servers, as one process of many takes and gives them.

    ``owner`` is in the list of dispatchers (storage.claims.join). A portal without a schedule, an address
    outside the registry, is crawled without a claim: nobody else knows it either.
    """

    def __init__(self, engine: Engine, owner: str, delay: float, say: Callable[[str], None]) -> None:
        """``delay``: seconds between two requests that the crawl asks for; ``say`` is told of waiting."""
        self._engine = engine
        self._owner = owner
        self._delay = delay
        self._say = say
        self._rhythms = Rhythms(engine)
        self._groups: dict[str, str] = {}

    async def take(self, portal: Portal, stopped: Callable[[], bool]) -> PortalResult | None:
        """Wait until the portal's server is free and claim the portal; a result where it cannot be crawled.

        Raises storage.engine.DatabaseProblem.
        """
        group = await asyncio.to_thread(server_group, portal.url)
        told = False
        while not stopped():
            try:
                obstacle = await asyncio.to_thread(self._claim, portal.id, group)
            except NoSchedule:
                return None
            if obstacle is None:
                self._groups[portal.id] = group
                return None
            if obstacle.holder is not None:
                busy = runs.AlreadyRunning(portal.id, obstacle.holder, obstacle.since)
                return PortalResult(portal.id, "failed", message=str(busy), already_running=True)
            if not told:
                self._say(f"{portal.id} waits: another portal of its server {group} is being crawled")
                told = True
            await asyncio.sleep(LOOK_AGAIN)
        return PortalResult(portal.id, "cancelled", message="not begun")

    async def give(self, portal: Portal) -> None:
        """Give the portal back; its server rests for as long as it was promised."""
        group = self._groups.pop(portal.id, None)
        if group is None:
            return
        asked = [delay for server, delay in TURNS.delays().items() if group_of(*server) == group]
        await asyncio.to_thread(
            claims.settle, self._engine, self._owner, portal.id, datetime.now(UTC),
            cooling=max(self._delay, portal.delay or 0.0, *asked), adaptive=self._rhythms.due,
            again=await asyncio.to_thread(self._again, portal.id),
        )  # fmt: skip

    async def wanted(self, portal: Portal) -> None:  # noqa: ARG002
        """Return when the crawl of ``portal`` should make way for another; a crawl that is due never does."""
        await asyncio.Event().wait()

    def _again(self, portal: str) -> Due | None:  # noqa: ARG002
        """Return when the portal is due next; None: as its schedule says, having been crawled now."""
        return None

    def _claim(self, portal: str, group: str) -> claims.Obstacle | None:
        now = datetime.now(UTC)
        obstacle = claims.claim(self._engine, self._owner, portal, now)
        if obstacle is None and not claims.place(self._engine, self._owner, {portal: group}, now):
            return claims.Obstacle(None, now)
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
        known = self._groups.get(portal.id)
        group = known if known is not None else await asyncio.to_thread(server_group, portal.url)
        return await asyncio.to_thread(claims.is_waited_for, self._engine, group, datetime.now(UTC))

    def _again(self, portal: str) -> Due | None:
        return next((Due(plan.next_due_at, plan.due_reason) for plan in read(self._engine, [portal])), None)
