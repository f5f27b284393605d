"""Adaptive revisits end to end: what polls return changes when the clock asks next."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from crawler.fetching.outcomes import FetchProblem
from crawler.running import adaptive
from crawler.running.adaptive import Miss, Poll, Rhythms, plan_the_day
from crawler.running.host_pool import Done
from crawler.running.options import CrawlOptions, PortalResult
from crawler.running.rhythm import Rhythm
from crawler.running.tally import SectionTally, Tally, outcome_of
from scheduler import Clock, ClockSettings
from storage import claims, holds, migrate, portal_table, rhythms, runs, schedules
from storage.engine import open_database
from storage.portals import Portal
from storage.timetable import Schedule, Window
from tests.forked import Forked
from tests.scheduling.conftest import Frontnews
from tests.scheduling.stubs import Stubs
from vietnam.stamps import VIETNAM

MONDAY = datetime(2026, 11, 23, tzinfo=VIETNAM).astimezone(UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BUSY, QUIET, DOWN = "tinh/busy", "tinh/quiet", "tinh/down"
PORTALS = [Portal(id, id, f"https://{id.split('/')[1]}.vn/", "front") for id in (BUSY, QUIET, DOWN)]


class Publishing:
    """A dispatcher whose portals publish to a timetable, and whose crawls take no time.

    The busy portal has news twice an hour in office hours, the quiet one on Thursdays, one is down.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.polls: dict[str, list[datetime]] = defaultdict(list)
        self._stopped = asyncio.Event()

    @property
    def holder(self) -> str:
        """The clock itself."""
        return self.clock.owner

    def known(self) -> set[str]:
        """None: a crawl takes no time."""
        return set()

    def room(self) -> int:
        """No end of it."""
        return 100

    def enqueue(self, connection: Connection, claimed: Sequence[Schedule]) -> None:
        """Nothing."""

    async def dispatch(self, claimed: Sequence[Schedule]) -> None:
        """Look, learn, be done."""
        for schedule in claimed:
            now = self.clock.now()
            before = self.polls[schedule.portal][-1:] or [MONDAY - 7 * DAY]
            self.polls[schedule.portal].append(now)
            if schedule.portal == DOWN:
                outcome: Poll | Miss = Miss(now, 1.0)
            else:
                outcome = Poll(now, 20, 2.0, new=published(schedule.portal, before[0], now))
            adaptive.teach(self.clock.engine, schedule.portal, "front", outcome, now)
            verdict = "failed" if schedule.portal == DOWN else "new"
            await self.clock.settle(Done(schedule.portal, PortalResult(schedule.portal, verdict), 0.0))  # type: ignore[arg-type]

    async def run(self) -> None:
        """Wait for the end."""
        await self._stopped.wait()

    def stop(self) -> None:
        """End."""
        self._stopped.set()

    async def disown(self) -> None:
        """Nothing is in hand."""


def published(portal: str, since: datetime, until: datetime) -> list[datetime]:
    """When a portal published between two moments."""
    at, found = since.replace(minute=0, second=0, microsecond=0), []
    while at <= until:
        local = at.astimezone(VIETNAM)
        if portal == BUSY and local.weekday() < 5 and 8 <= local.hour < 17:
            found += [at + timedelta(minutes=10), at + timedelta(minutes=40)]
        if portal == QUIET and local.weekday() == 3 and local.hour == 9:
            found.append(at)
        at += HOUR
    return [moment for moment in found if since < moment <= until]


def test_over_simulated_days_the_clock_learns_when_to_ask_and_keeps_its_budget(tmp_path: Path) -> None:
    made: list[Publishing] = []
    time = {"now": MONDAY}
    clock = Clock(
        f"sqlite:///{tmp_path / 'frontnews.db'}", lambda: PORTALS, CrawlOptions(), ClockSettings(),
        say=lambda line: None, now=lambda: time["now"],
        dispatcher=lambda clock: made.append(Publishing(clock)) or made[0],  # type: ignore[func-returns-value]
    )  # fmt: skip

    async def three_weeks() -> None:
        migrate.upgrade(clock.engine)
        claims.join(clock.engine, clock.owner, "clock", MONDAY)
        await clock.read_registry()
        for hour in range(21 * 24):
            if hour % 12 == 0:
                clock.rhythms.renew(time["now"])
            await clock.tick()
            time["now"] += HOUR

    asyncio.run(three_weeks())
    found = {s.portal: s for s in schedules.read(clock.engine)}
    clock.engine.dispose()
    last_week = {
        portal: [at.astimezone(VIETNAM) for at in polls if at >= MONDAY + 14 * DAY]
        for portal, polls in made[0].polls.items()
    }
    office = [at for at in last_week[BUSY] if at.weekday() < 5 and 8 <= at.hour < 18]
    elsewhen = len(last_week[BUSY]) - len(office)
    assert len(office) / 50 > 2 * elsewhen / 118, "the busy one is asked when it publishes"
    assert len(office) > 50 / 4, "and in those hours oftener than every four of them"
    assert len(last_week[QUIET]) < len(last_week[BUSY]) / 2
    assert len(last_week[DOWN]) <= 8, "the one that is down once a day"
    assert 0 < sum(map(len, last_week.values())) <= 1.1 * 6 * 7 * len(PORTALS), (
        "for no more than six a day each"
    )
    assert "mostly in office hours" in found[BUSY].due_reason, found[BUSY].due_reason
    assert found[BUSY].due_reason.startswith("adaptive: about ")
    assert "on hold after" in found[DOWN].due_reason


@pytest.fixture
def database(engine: Engine) -> Iterator[Engine]:
    """A database that has the portals, crawled by their rhythms."""
    portal_table.sync(engine, PORTALS)
    now = datetime.now(UTC)
    schedules.ensure(
        engine, {p.id: p.id for p in PORTALS}, now, kind="adaptive", adaptive=Rhythms(engine).due
    )
    yield engine


def test_a_plan_is_made_once_a_day_and_anew_when_portals_come_or_go(database: Engine) -> None:
    made = plan_the_day(database, MONDAY)
    assert made is not None and made.portals == 3
    assert plan_the_day(database, MONDAY + 23 * HOUR) is None
    assert plan_the_day(database, MONDAY + 25 * HOUR) is not None
    schedules.change(database, QUIET, MONDAY, enabled=False)
    again = plan_the_day(database, MONDAY + 26 * HOUR)
    assert again is not None and again.portals == 2


def test_silence_in_a_maintenance_window_proves_nothing(database: Engine) -> None:
    """Ten silent days make a busy portal look dead, unless they were Tết."""
    expected = []
    for portal, window in ((BUSY, True), (QUIET, False)):
        first = [MONDAY - n * 2 * HOUR for n in range(1, 60)]
        adaptive.teach(database, portal, "front", Poll(MONDAY, 20, 2.0, new=first), MONDAY)
        if window:
            schedules.add_window(database, Window("tet", MONDAY + HOUR, MONDAY + 10 * DAY, portal))
        adaptive.teach(database, portal, "front", Poll(MONDAY + 10 * DAY, 20, 2.0, new=[]), MONDAY + 10 * DAY)
        state = Rhythm.from_json(rhythms.load(database, [portal])[portal])
        expected.append(sum(state.counts) / sum(state.watched))
    assert expected[0] > 3 * expected[1]


def test_overlapping_windows_are_counted_once(database: Engine) -> None:
    schedules.add_window(database, Window("tet", MONDAY, MONDAY + 3 * HOUR))
    schedules.add_window(database, Window("move", MONDAY + 2 * HOUR, MONDAY + 4 * HOUR, BUSY))
    closed = rhythms.closed_seconds(database, BUSY, MONDAY - HOUR, MONDAY + 6 * HOUR)
    assert closed == timedelta(hours=4).total_seconds()
    assert rhythms.closed_seconds(database, QUIET, MONDAY + HOUR, MONDAY + 2 * HOUR) == 3600


def test_only_a_run_that_still_has_its_lease_teaches(database: Engine) -> None:
    run = runs.begin(database, BUSY)
    runs.declare_lost(database, BUSY, "nobody", "a test")
    adaptive.teach(database, BUSY, "front", Poll(MONDAY, 20, 2.0, new=[]), MONDAY, run_id=run.id)
    runs.finish(database, run.id, verdict="nothing_new", counts={}, errors={})
    with pytest.raises(runs.LeaseLost):
        adaptive.teach(database, BUSY, "front", Poll(MONDAY + HOUR, 20, 2.0, new=[]), MONDAY, run_id=run.id)
    assert Rhythm.from_json(rhythms.load(database)[BUSY]).polls == 1


def tally(**section: int | bool) -> Tally:
    made = Tally(BUSY)
    made.sections["/tin/"] = SectionTally(**section)  # type: ignore[arg-type]
    return made


def test_what_a_run_says_of_the_rhythm_follows_from_what_it_read() -> None:
    options = CrawlOptions()
    poll = outcome_of(tally(pages=3, listed=60), options, MONDAY)
    assert isinstance(poll, Poll) and (poll.listing_size, poll.requests) == (20, 2.0)
    few = outcome_of(tally(pages=1, listed=2), options, MONDAY)
    assert isinstance(few, Poll) and few.listing_size == 20, "a list that ends at once is not a small page"
    assert outcome_of(tally(pages=1, listed=20), CrawlOptions(limit=3), MONDAY) is None
    assert isinstance(outcome_of(tally(pages=1, empty=True), options, MONDAY), Miss)
    unreachable = tally()
    unreachable.problem(FetchProblem("http://a.vn/", "timeout", "no answer"))
    assert outcome_of(unreachable, options, MONDAY) == Miss(MONDAY, 0.5)
    moved = tally()
    moved.problem(FetchProblem("http://a.vn/", "http_4xx", "answered 404"))
    assert outcome_of(moved, options, MONDAY) == Miss(MONDAY, 1.0)
    stopped = tally(pages=1, listed=20)
    stopped.stop("cancelled", "stopped")
    assert outcome_of(stopped, options, MONDAY) is None


def test_a_crawl_by_hand_teaches_and_the_list_says_what_was_learned(tmp_path: Path, forked: Forked) -> None:
    with Stubs(2) as stubs:
        registry = stubs.registry(tmp_path / "registry")
        command = Frontnews(f"sqlite:///{tmp_path / 'frontnews.db'}", registry, tmp_path, forked)
        before = [json.loads(line) for line in command("schedule", "list", "--json").stdout.splitlines()]
        assert {row["due_reason"] for row in before} == {"adaptive: never polled"}
        assert command("portals", "run", stubs.id(0), "--delay", "0").returncode == 0
        assert command("crawl", stubs.id(0), "--delay", "0").returncode == 0
        learned = json.loads(command("schedule", "set", stubs.id(0), "--adaptive", "--json").stdout)
    assert learned["due_reason"].startswith("adaptive: about ")
    engine = open_database(command.database)
    state = Rhythm.from_json(rhythms.load(engine)[stubs.id(0)])
    engine.dispose()
    assert (state.polls, state.listing_size, state.group) == (2, 20, "front")


def test_a_host_on_hold_moves_its_adaptive_portals_behind_it(tmp_path: Path) -> None:
    made: list[Publishing] = []
    clock = Clock(
        f"sqlite:///{tmp_path / 'frontnews.db'}", lambda: PORTALS, CrawlOptions(), ClockSettings(),
        say=lambda line: None, dispatcher=lambda clock: made.append(Publishing(clock)) or made[0],  # type: ignore[func-returns-value]
    )  # fmt: skip
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=23)

    async def one_tick() -> None:
        migrate.upgrade(clock.engine)
        claims.join(clock.engine, clock.owner, "clock", clock.now())
        await clock.read_registry()
        holds.hold(clock.engine, "busy.vn", until, "answered 503")
        schedules.due_now(clock.engine, [BUSY, QUIET], clock.now(), "a test")
        await clock.tick()

    asyncio.run(one_tick())
    found = {s.portal: s.next_due_at for s in schedules.read(clock.engine)}
    clock.engine.dispose()
    assert found[BUSY] == until and found[QUIET] < until
