"""The pool of crawl hosts, against portals on loopback: hosts that hang, die and wear out."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.running.host_pool import Done, LocalPool, PoolSettings
from crawler.running.options import CrawlOptions
from crawler.running.servers import group_of, server_group
from storage import runs
from storage.engine import open_database
from tests.scheduling.conftest import PATIENCE
from tests.scheduling.stubs import Stubs

OPTIONS = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",), trigger="schedule")
LONG = 600.0
"""Seconds that a stub takes to answer where the test never lets it."""


class Pool:
    """A pool in an event loop of its own, and what it told."""

    def __init__(self, database: str, options: CrawlOptions = OPTIONS, **settings: float) -> None:
        self.done: list[Done] = []
        self.notes: list[str] = []
        self.pool = LocalPool(
            database,
            options,
            PoolSettings(**settings),
            self.done.append,
            self.notes.append,  # type: ignore[arg-type]
        )

    def verdicts(self) -> Counter[str]:
        """How often each verdict was told."""
        return Counter(done.result.verdict for done in self.done)

    def crawl(
        self, stubs: Stubs, meanwhile: Callable[[], None] = lambda: None, *, expected: int | None = None
    ) -> None:
        """Crawl all stubs and stop; ``meanwhile`` is called again and again until then."""

        async def run() -> None:
            running = asyncio.create_task(self.pool.run())
            for portal in stubs.portals():
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
def database(tmp_path: Path) -> Iterator[str]:
    """A SQLite file that is not there yet."""
    yield f"sqlite:///{tmp_path / 'frontnews.db'}"


def runs_of(database: str) -> dict[str, list[str | None]]:
    """The verdicts of each portal's runs, the earliest first."""
    engine = open_database(database)
    found: dict[str, list[str | None]] = {}
    for run in reversed(runs.list_runs(engine, limit=1000)):
        found.setdefault(run.portal, []).append(run.verdict)
    engine.dispose()
    return found


def test_portals_are_crawled_in_as_many_processes_as_said_and_politely(database: str) -> None:
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
    assert pool.verdicts().total() == 12 and set(pool.verdicts()) <= {"new", "nothing_new"}


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
