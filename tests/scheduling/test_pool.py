"""The pool of crawl hosts, against portals on loopback: hosts that hang, die and wear out."""

from __future__ import annotations

import asyncio
import dataclasses
import math
import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import pytest

from crawler.fetching.permit import boot_seconds
from crawler.running import children, host_pool
from crawler.running.host_pool import Done, LocalPool, PoolSettings
from crawler.running.host_process import CrawlHost, Job
from crawler.running.options import CrawlOptions
from crawler.running.servers import group_of, server_group
from storage import runs
from storage.engine import open_database
from storage.portals import Portal
from tests.databases import fresh_sqlite_database
from tests.forked import Forked, starting
from tests.scheduling.conftest import PATIENCE
from tests.scheduling.stubs import Gate, Stubs

OPTIONS = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",), trigger="schedule")
LONG = 600.0
"""Seconds that a stub takes to answer where the test never lets it."""


class Settings(TypedDict, total=False):
    """Those of PoolSettings that the tests set."""

    hosts: int
    places: int
    silent: float
    deadline: float
    crawls: int


class Pool:
    """A pool in an event loop of its own, and what it told."""

    def __init__(self, database: str, options: CrawlOptions = OPTIONS, **settings: Unpack[Settings]) -> None:
        self.done: list[Done] = []
        self.notes: list[str] = []
        self.pool = LocalPool(
            database,
            options,
            PoolSettings(**settings),
            self.done.append,
            self.notes.append,
            lambda: self.permit,
        )
        self.permit = math.inf

    def verdicts(self) -> Counter[str]:
        """How often each verdict was told."""
        return Counter(done.result.verdict for done in self.done)

    def crawl(
        self,
        stubs: Stubs,
        meanwhile: Callable[[], None] = lambda: None,
        *,
        expected: int | None = None,
        portals: Sequence[Portal] | None = None,
    ) -> None:
        """Crawl ``portals``, or all stubs, and stop when so many are done as are expected, or as there are
        stubs; ``meanwhile`` is called again and again until then."""

        async def run() -> None:
            running = asyncio.create_task(self.pool.run())
            for portal in stubs.portals() if portals is None else portals:
                self.pool.submit(portal, server_group(portal.url))
            async with asyncio.timeout(PATIENCE):
                while len(self.done) < (stubs.count if expected is None else expected):
                    meanwhile()
                    await asyncio.sleep(0.02)
            self.pool.stop()
            async with asyncio.timeout(PATIENCE):
                await running

        asyncio.run(run())


@pytest.fixture
def database(tmp_path: Path, forked: Forked, monkeypatch: pytest.MonkeyPatch) -> str:
    """A SQLite file with the tables of today, for hosts that are forked (tests.forked)."""
    monkeypatch.setattr(children, "start", starting(forked.orders))
    return fresh_sqlite_database(tmp_path)


def runs_of(database: str) -> dict[str, list[str | None]]:
    """The verdicts of each portal's runs, the earliest first."""
    engine = open_database(database)
    found: dict[str, list[str | None]] = {}
    for run in reversed(runs.list_runs(engine, limit=1000)):
        found.setdefault(run.portal, []).append(run.verdict)
    engine.dispose()
    return found


def test_portals_are_crawled_in_as_many_processes_as_said_and_politely(tmp_path: Path) -> None:
    """Processes that are started in earnest, and a database that they make."""
    database = f"sqlite:///{tmp_path / 'frontnews.db'}"
    delay = 0.1
    pool = Pool(database, CrawlOptions(delay=delay, allow_addresses=("127.0.0.0/8",)), hosts=2, places=4)
    pids: set[int] = set()
    with Stubs(24, servers=8) as stubs:
        pool.crawl(stubs, lambda: pids.update(host.pid for host in pool.pool.hosts))
    assert pool.verdicts() == {"new": 24}
    assert len(pids) == 2
    assert stubs.closest() >= delay - 0.005, "portals of one server share its slot, also over processes"
    assert set(stubs.crawls().values()) == {1} and len(stubs.crawls()) == 24


def test_a_host_that_falls_silent_is_killed_and_its_portals_are_crawled_alone(database: str) -> None:
    pool = Pool(database, hosts=1, places=6, silent=3.0)
    stopped: list[int] = []

    def stop_the_first_host(portal: str, path: str) -> float | None:
        host = pool.pool.hosts[0]
        if portal.endswith("0003") and not stopped and path.endswith("/tin/"):
            stopped.append(host.pid)
            os.kill(host.pid, signal.SIGSTOP)
        return None

    with Stubs(10, on_request=stop_the_first_host) as stubs:
        pool.crawl(stubs)
    assert len(stopped) == 1
    assert pool.verdicts().total() == 10 and set(pool.verdicts()) <= {"new", "nothing_new"}
    assert any("silent for" in note for note in pool.notes)
    assert "lost" in runs_of(database)[stubs.id(3)], "its first run was ended as lost"
    assert runs_of(database)[stubs.id(3)][-1] == "new"


def test_the_portal_that_hangs_its_host_is_found_and_the_others_are_crawled(database: str) -> None:
    pool = Pool(database, hosts=1, places=5, silent=3.0)

    def hang(portal: str, path: str) -> float | None:
        if portal.endswith("0002"):
            for host in pool.pool.hosts:
                if portal in host.jobs:
                    os.kill(host.pid, signal.SIGSTOP)
        return None

    with Stubs(6, on_request=hang) as stubs:
        pool.crawl(stubs)
    told = {done.portal: done.result for done in pool.done}
    assert told.pop(stubs.id(2)).verdict == "lost"
    assert {result.verdict for result in told.values()} <= {"new", "nothing_new"}
    assert runs_of(database)[stubs.id(2)] == ["lost", "lost"], "once among others, once alone"


def test_a_host_that_is_killed_from_outside_loses_nothing(database: str) -> None:
    pool = Pool(database, hosts=2, places=3)
    killed: list[int] = []

    def kill_one() -> None:
        busy = [host for host in pool.pool.hosts if len(host.jobs) == 3 and host.ready]
        if busy and not killed:
            killed.append(busy[0].pid)
            os.kill(busy[0].pid, signal.SIGKILL)

    with Stubs(12, latency=0.1) as stubs:
        pool.crawl(stubs, kill_one)
    assert len(killed) == 1
    assert any("killed from outside: is memory short?" in note for note in pool.notes)
    assert pool.verdicts().total() == 12 and set(pool.verdicts()) <= {"new", "nothing_new"}


def test_a_portal_of_a_dead_host_s_server_waits_for_those_that_were_in_it(database: str) -> None:
    """Also while the database cannot be told that the host is gone."""
    pool = Pool(database, hosts=1, places=4)
    lock: list[sqlite3.Connection] = []
    late = 0

    def kill_and_hold(stubs: Stubs) -> None:
        nonlocal late
        busy = [host for host in pool.pool.hosts if len(host.jobs) == 2 and host.ready]
        if not lock and busy and any(hit.path.endswith("/tin/") for hit in list(stubs.hits)):
            lock.append(sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None))
            lock[0].execute("BEGIN IMMEDIATE")
            os.kill(busy[0].pid, signal.SIGKILL)
        elif lock and not pool.pool.hosts and late < 20:
            late += 1
            if late == 1:
                pool.pool.submit(stubs.portals()[2], server_group(stubs.url(2)))
            elif late == 20:
                assert [job.portal.id for job in pool.pool.queue] == [stubs.id(2)], "nobody has it in hand"
                lock[0].close()

    with Stubs(3, servers=1, latency=0.3, unlisted=[2]) as stubs:
        pool.crawl(stubs, lambda: kill_and_hold(stubs), portals=stubs.portals()[:2])
    assert late == 20
    assert pool.verdicts().total() == 3 and set(pool.verdicts()) <= {"new", "nothing_new"}


def test_no_server_is_asked_without_a_permit(database: str) -> None:
    pool = Pool(database, hosts=1)
    pool.permit = boot_seconds() - 1
    heard: set[float] = set()

    def permit_in_the_end(stubs: Stubs) -> None:
        begun = [host for host in pool.pool.hosts if host.ready and host.jobs]
        heard.update(host.heard_at for host in begun)
        if len(heard) == 4 and pool.permit < math.inf:
            assert runs_of(database) == {stubs.id(0): [None]}, "its run has begun"
            assert stubs.hits == []
            pool.permit = math.inf

    with Stubs(1) as stubs:
        pool.crawl(stubs, lambda: permit_in_the_end(stubs))
    assert pool.verdicts() == {"new": 1} and len(heard) >= 4


def test_a_portal_whose_server_owes_an_answer_gives_its_place_to_the_next(database: str) -> None:
    pool = Pool(database, hosts=1, places=1)
    gate = Gate()

    def answer_in_the_end() -> None:
        if len(pool.done) == 2:
            gate.open()

    with Stubs(3, on_request=lambda portal, path: gate.passed() if portal.endswith("0") else None) as stubs:
        pool.crawl(stubs, answer_in_the_end)
        assert [done.portal for done in pool.done] == [stubs.id(1), stubs.id(2), stubs.id(0)]
    assert pool.verdicts() == {"new": 3}


def test_places_are_given_away_until_the_crawls_under_way_are_four_times_as_many() -> None:
    pool = Pool("sqlite://", places=2).pool
    host = CrawlHost(on_finished=print, on_delay=print, on_end=print, permit=lambda: math.inf)
    pool.hosts.append(host)
    room = pool.room()
    host.jobs = {str(n): Job(Portal(str(n), "Cổng", "http://a.vn/", "front"), "a") for n in range(2)}
    assert not pool.has_room(host) and pool.room() == room - 2
    for number in range(2, 9):
        next(job for job in host.jobs.values() if not job.lent).lent = True
        assert pool.has_room(host) is (number < 8), f"{number} under way"
        host.jobs[str(number)] = Job(Portal(str(number), "Cổng", "http://a.vn/", "front"), "a")
        assert pool.room() == room - 2


def test_a_pool_whose_portals_others_have_drops_them_and_goes_on_with_what_it_is_given(database: str) -> None:
    pool = Pool(database, hosts=1, places=2)
    given: list[int] = []

    def give_up(stubs: Stubs) -> None:
        if not given and len(asked) == 2:
            given.extend(host.pid for host in pool.pool.hosts)
            pool.pool.disown()
            stubs.on_request = lambda portal, path: None
            pool.pool.submit(stubs.portals()[3], server_group(stubs.url(3)))

    with Stubs(4) as stubs:
        asked = stubs.hold_articles()
        pool.crawl(stubs, lambda: give_up(stubs), expected=3)
        assert {done.portal: done.result.verdict for done in pool.done} == {
            stubs.id(0): "lost", stubs.id(1): "lost", stubs.id(3): "new"
        }, "what was under way is lost, what waited is dropped"  # fmt: skip
        assert {hit.portal for hit in stubs.hits} == {0, 1, 3}
    with pytest.raises(ProcessLookupError):
        os.kill(given[0], 0)


def test_a_worn_out_host_is_replaced_and_what_it_has_under_way_is_finished(database: str) -> None:
    pool = Pool(database, hosts=1, places=4, crawls=6)
    pids: set[int] = set()
    with Stubs(15) as stubs:
        pool.crawl(stubs, lambda: pids.update(host.pid for host in pool.pool.hosts))
    assert pool.verdicts() == {"new": 15} and len(pids) == 3 and pool.notes == []


def test_a_crawl_that_passes_its_deadline_ends_in_good_order(database: str) -> None:
    pool = Pool(database, hosts=1)

    def pass_the_deadline(portal: str, path: str) -> float | None:
        if "bai-" not in path:
            return None
        pool.pool.settings = dataclasses.replace(pool.pool.settings, deadline=0.0)
        return 5.0

    with Stubs(1, on_request=pass_the_deadline) as stubs:
        pool.crawl(stubs)
    (done,) = pool.done
    assert done.result.verdict == "cancelled" and done.result.new == 1, "what was read is saved"
    assert any("stopped after 0 s" in note for note in pool.notes)


def test_a_crawl_that_is_stopped_before_its_spider_is_made_asks_for_nothing(database: str) -> None:
    pool = Pool(database, hosts=1, deadline=0.0)
    with Stubs(1) as stubs:
        pool.crawl(stubs)
        assert [done.result.verdict for done in pool.done] == ["cancelled"]
        assert not any("bai-" in hit.path for hit in stubs.hits)


def test_stopping_ends_what_is_under_way_and_tells_of_what_never_began(database: str) -> None:
    pool = Pool(database, hosts=1, places=2)
    left: list[str] = []

    def stop_when_under_way() -> None:
        if not left and any(job.counts for job in pool.pool.under_way()):
            left.extend(pool.pool.stop())

    with Stubs(5, latency=0.5) as stubs:
        pool.crawl(stubs, stop_when_under_way, expected=2)
        began = {done.portal for done in pool.done}
        assert pool.verdicts() == {"cancelled": 2}
        assert {done.result.signal for done in pool.done} == {signal.SIGTERM}
        assert began | set(left) == {stubs.id(n) for n in range(5)} and not began & set(left)


def test_hosts_without_their_parent_stop_at_once(database: str) -> None:
    pool = Pool(database, hosts=1, places=2)
    pids: list[int] = []

    async def run() -> None:
        running = asyncio.create_task(pool.pool.run())
        for portal in stubs.portals():
            pool.pool.submit(portal, server_group(portal.url))
        async with asyncio.timeout(PATIENCE):
            while not stubs.hits:
                await asyncio.sleep(0.02)
            (host,) = pool.pool.hosts
            pids.append(host.pid)
            assert host._process is not None and host._process.stdin is not None
            host._process.stdin.close()  # what the kernel does to the pipe of a parent that is killed
            while pool.pool.hosts:
                await asyncio.sleep(0.02)
        pool.pool.stop()
        await running

    with Stubs(1, on_request=lambda portal, path: LONG if "bai-" in path else None) as stubs:
        asyncio.run(run())
    assert [done.result.verdict for done in pool.done] == ["cancelled"]
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_all_ports_of_the_web_on_one_address_are_one_server() -> None:
    assert group_of("203.0.113.7", 80) == group_of("203.0.113.7", 443) != group_of("203.0.113.7", 8080)
    assert server_group("http://127.0.0.1:8080/xa/") == server_group("http://2130706433:8080/")
    assert server_group("http://khong-co.invalid/") == "khong-co.invalid"


def test_a_machine_that_starts_no_process_for_a_while_loses_no_portal(
    tmp_path: Path, forked: Forked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgrade takes the interpreter away for a moment, or no memory is left: the clock ended."""
    monkeypatch.setattr(host_pool, "BROKEN_WAIT", 0.1)
    started = starting(forked.orders)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "replaced"))

    def meanwhile() -> None:
        if pool.notes:
            monkeypatch.setattr(children, "start", started)

    with Stubs(2) as stubs:
        pool = Pool(fresh_sqlite_database(tmp_path), hosts=1)
        pool.crawl(stubs, meanwhile)
    assert pool.verdicts() == {"new": 2}
    assert pool.notes[0].startswith("a crawl host could not start: ") and "replaced" in pool.notes[0]
