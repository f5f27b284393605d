"""A clock whose time is set forward and back, with a dispatcher whose crawls take no time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from crawler.running import service
from crawler.running.host_pool import Done
from crawler.running.options import CrawlOptions, PortalResult
from scheduler import HOUSEKEEPING, Clock, ClockSettings
from storage import claims, holds, schedules
from storage.engine import DatabaseProblem, writing
from storage.portals import Portal
from storage.timetable import Schedule
from tests.accidents.faults import Fault, failing_statement
from tests.scheduling.conftest import PATIENCE

EVERY = 7200
PORTALS = [Portal(f"tinh/p{n:02}", f"Cổng {n}", f"https://p{n}.vn/", "front") for n in range(30)]


class AtOnce:
    """A dispatcher whose crawls take no time. It is what a queue for other machines would be: a seam."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.done: Counter[str] = Counter()
        self.results: dict[str, PortalResult] = {}
        self.in_hand: set[str] = set()
        self.unheard = 0
        self._stopped = asyncio.Event()

    @property
    def holder(self) -> str:
        """The clock."""
        return self.clock.owner

    def room(self) -> int:
        """No end of it."""
        return 1000

    def known(self) -> set[str]:
        """What a test gave it to hold."""
        return self.in_hand

    def enqueue(self, connection: Connection, claimed: Sequence[Schedule]) -> None:
        """Nothing."""

    async def dispatch(self, claimed: Sequence[Schedule]) -> None:
        """Be done. ``unheard`` times the clock is told of a broken connection instead of its claims."""
        if self.unheard:
            self.unheard -= 1
            raise DatabaseProblem("the connection broke after the commit")
        for schedule in claimed:
            self.done[schedule.portal] += 1
            result = self.results.get(schedule.portal) or PortalResult(schedule.portal, "nothing_new")
            await self.clock.settle(Done(schedule.portal, result, 0.0))

    async def run(self) -> None:
        """Wait for the end."""
        await self._stopped.wait()

    def stop(self) -> None:
        """End."""
        self._stopped.set()

    async def disown(self) -> None:
        """Drop what a test gave it to hold."""
        self.in_hand.clear()


class Watch:
    """The time that the clock is given."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def with_clock(
    folder: Path,
    story: Callable[[Clock, AtOnce, Watch], object],
    registry: Callable[[], Sequence[Portal]] = lambda: PORTALS,
    say: Callable[[str], None] = lambda line: None,
) -> None:
    """Run a clock while ``story``, a coroutine function, goes on."""

    async def run() -> None:
        made: list[AtOnce] = []

        def dispatcher(clock: Clock) -> AtOnce:
            made.append(AtOnce(clock))
            return made[0]

        watch = Watch()
        clock = Clock(
            f"sqlite:///{folder / 'frontnews.db'}", registry, CrawlOptions(),
            ClockSettings(tick=0.1, every=EVERY), say=say, now=watch, dispatcher=dispatcher,
        )  # fmt: skip
        running = asyncio.create_task(clock.run())
        async with asyncio.timeout(PATIENCE):
            while not clock._timer.running:  # it has read the registry, and all that it does is planned
                await asyncio.sleep(0.05)
            await story(clock, made[0], watch)  # type: ignore[misc]
            clock.stop()
            await running

    asyncio.run(run())


async def ticks(clock: Clock, count: int = 3) -> None:
    """Wait until the clock has looked so often."""
    for _ in range(count):
        before = clock._ticked_at
        while clock._ticked_at == before:
            await asyncio.sleep(0.02)


def test_a_clock_set_forward_fires_each_portal_once_and_set_back_starves_none(tmp_path: Path) -> None:
    async def story(clock: Clock, dispatcher: AtOnce, watch: Watch) -> None:
        watch.ahead = timedelta(seconds=EVERY)
        while len(dispatcher.done) < len(PORTALS):
            await asyncio.sleep(0.05)
        await ticks(clock)
        assert set(dispatcher.done.values()) == {1}
        watch.ahead = timedelta()
        await ticks(clock)
        assert set(dispatcher.done.values()) == {1}, "nothing is crawled a second time"
        waits = [s.next_due_at - watch() for s in schedules.read(clock.engine)]
        assert max(waits) <= timedelta(seconds=1.5 * EVERY), "and nobody waits for the lost time"
        watch.ahead = timedelta(seconds=1.5 * EVERY)
        while min(dispatcher.done.values()) < 2:
            await asyncio.sleep(0.05)
        await ticks(clock)
        assert set(dispatcher.done.values()) == {2}

    with_clock(tmp_path, story)


def test_a_portal_whose_server_asked_for_peace_is_due_after_it_and_a_busy_one_soon(tmp_path: Path) -> None:
    async def story(clock: Clock, dispatcher: AtOnce, watch: Watch) -> None:
        held, busy = PORTALS[0], PORTALS[1]
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
        holds.hold(clock.engine, "p0.vn", until, "answered 429")
        dispatcher.results = {
            held.id: PortalResult(held.id, "blocked"),
            busy.id: PortalResult(busy.id, "failed", already_running=True),
        }
        schedules.due_now(clock.engine, [held.id, busy.id], watch(), "a test")
        while len(dispatcher.done) < 2:
            await asyncio.sleep(0.05)
        await ticks(clock)
        found = {s.portal: s for s in schedules.read(clock.engine, [held.id, busy.id])}
        assert found[held.id].next_due_at == until
        assert found[held.id].due_reason == "its server asked to be left alone"
        assert found[busy.id].next_due_at - watch() <= timedelta(seconds=31)

    with_clock(tmp_path, story)


def test_claims_that_the_clock_never_heard_of_are_due_again_and_those_in_hand_are_left(
    tmp_path: Path,
) -> None:
    async def story(clock: Clock, dispatcher: AtOnce, watch: Watch) -> None:
        in_hand, unheard = PORTALS[0].id, PORTALS[1].id
        assert claims.claim(clock.engine, clock.owner, in_hand, watch()) is None
        dispatcher.in_hand, dispatcher.unheard = {in_hand}, 1
        schedules.due_now(clock.engine, [unheard], watch(), "a test")
        while not dispatcher.done:
            await asyncio.sleep(0.05)
        await ticks(clock)
        assert dispatcher.done == {unheard: 1}
        held = {s.portal for s in schedules.read(clock.engine) if s.claimed_by == clock.owner}
        assert held == {in_hand}

    with_clock(tmp_path, story)


def test_a_machine_whose_clock_is_set_back_by_a_year_keeps_house_and_tells_people_all_the_same(
    tmp_path: Path,
) -> None:
    """What APScheduler had planned is then a year ahead."""
    read: list[datetime] = []

    def registry() -> list[Portal]:
        read.append(datetime.now(UTC))
        return PORTALS

    async def story(clock: Clock, dispatcher: AtOnce, watch: Watch) -> None:
        for job in clock._timer.get_jobs():
            job.modify(next_run_time=datetime.now(UTC) + timedelta(days=365))
        before = len(read)
        await ticks(clock)
        while len(read) == before:
            await asyncio.sleep(0.05)
        planned = [job.next_run_time - datetime.now(UTC) for job in clock._timer.get_jobs()]
        assert max(planned) <= timedelta(seconds=HOUSEKEEPING)

    with_clock(tmp_path, story, registry)


def test_a_portal_that_the_database_did_not_take_is_scheduled_when_it_answers_again(tmp_path: Path) -> None:
    registry = list(PORTALS)
    added = Portal("tinh/moi", "Cổng mới", "https://moi.vn/", "front")

    async def story(clock: Clock, dispatcher: AtOnce, watch: Watch) -> None:
        registry.append(added)
        async with clock._ticking:  # else the fault might be a tick's
            with failing_statement(clock.engine, Fault(1)), pytest.raises(DatabaseProblem):
                await clock.read_registry()
        await clock.read_registry()
        assert [s.portal for s in schedules.read(clock.engine, [added.id])] == [added.id]

    with_clock(tmp_path, story, lambda: registry)


def test_a_database_that_is_away_for_long_is_told_once_and_so_is_its_return(tmp_path: Path) -> None:
    """It is tried at every look: a night of it filled the log, on a disk that may be full."""
    said: list[str] = []

    class EveryCall(Fault):
        def is_due(self) -> bool:
            return True

    async def story(clock: Clock, dispatcher: AtOnce, watch: Watch) -> None:
        with failing_statement(clock.engine, EveryCall(1)):
            await ticks(clock, 10)
        while "the database answers again" not in said:
            await asyncio.sleep(0.05)
        assert [line for line in said if "disk I/O error" in line] == [
            f"database {tmp_path / 'frontnews.db'} could not be read or written (disk I/O error): "
            "the unfinished batch was not kept; tried again until it answers"
        ]

    with_clock(tmp_path, story, say=said.append)


def test_a_clock_whose_database_a_newer_release_has_upgraded_ends_in_good_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "RELEASE_LOOK", 0.0)
    monkeypatch.setattr(service, "BEAT_SECONDS", 0.0)
    said: list[str] = []

    async def story(clock: Clock, dispatcher: AtOnce, watch: Watch) -> None:
        await ticks(clock)
        assert not clock.stopping
        with writing(clock.engine) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9990'"))
        while not clock.stopping:
            await asyncio.sleep(0.02)
        assert clock.outgrown

    with_clock(tmp_path, story, say=said.append)
    newer = [line for line in said if "newer Frontnews (migration 9990" in line]
    assert len(newer) == 1 and newer[0].endswith("this clock ends, start it anew")
    assert said[-1].startswith("stopped; "), "what it had in hand is due again"
