"""Clocks and workers as processes on one PostgreSQL: together, stopped, killed, suspended, and without it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage import claims, runs, schedules
from storage.engine import open_database
from storage.lease import LEASE_SECONDS
from storage.timetable import phase
from tests.cluster.conftest import jobs_in
from tests.conftest import fresh_postgresql_database
from tests.forked import Forked, Running
from tests.postgres import crash, running_postgresql
from tests.scheduling.conftest import ROOT, Frontnews, assert_a_second_sigterm_ends_it, runs_in, until
from tests.scheduling.stubs import LONG, Stubs

DELAY = 0.2
TICK = 1
WELL = ("new", "nothing_new")


def start_clock(frontnews: Frontnews, every: int = 3600, log: str = "clock") -> Running:
    return frontnews.start(
        "schedule", "run", "--queue", "cluster", "--every", f"{every}s", "--tick", str(TICK), log=log
    )


def start_worker(frontnews: Frontnews, log: str = "worker", places: int = 8) -> Running:
    return frontnews.start(
        "worker", "--concurrency", str(places), "--hosts", "1", "--delay", str(DELAY), log=log
    )


def well_crawled(frontnews: Frontnews) -> Counter[str]:
    return Counter(run.portal for run in runs_in(frontnews) if run.verdict in WELL)


def make_due(frontnews: Frontnews, stubs: Stubs) -> None:
    """All portals are due now, once the clock has read the registry."""
    until(lambda: f"{stubs.count} portals" in frontnews.said(), "the clock's start")
    engine = open_database(frontnews.database)
    schedules.due_now(engine, [stubs.id(n) for n in range(stubs.count)], datetime.now(UTC), "a test")
    engine.dispose()


def overlapping(rows: list[runs.RunRow]) -> list[tuple[int, int]]:
    """Pairs of runs of one portal of which the second began before the first had ended."""
    pairs = [(a, b) for a in rows for b in rows if a.portal == b.portal and a.id < b.id]
    return [(a.id, b.id) for a, b in pairs if a.finished_at is None or b.started_at < a.finished_at]


@contextmanager
def listening(folder: Path) -> Iterator[socket.socket]:
    """The socket that systemd gives a service; the environment names it while this lasts."""
    address = f"/tmp/fn-notify-{os.getpid()}-{folder.name[-8:]}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        listener.settimeout(60)
        os.environ["NOTIFY_SOCKET"] = address
        try:
            yield listener
        finally:
            del os.environ["NOTIFY_SOCKET"]
            Path(address).unlink()


def test_a_worker_crawls_what_a_clock_hands_out_politely_and_stops_in_good_order(
    frontnews: Frontnews, tmp_path: Path
) -> None:
    with Stubs(6, servers=3) as stubs:
        stubs.registry(frontnews.registry)
        clock = start_clock(frontnews)
        with listening(tmp_path) as systemd:
            worker = start_worker(frontnews)
            assert systemd.recv(100) == b"READY=1"
            make_due(frontnews, stubs)
            assert systemd.recv(100) == b"WATCHDOG=1"
            until(lambda: len(well_crawled(frontnews)) == 6, "all crawled")
            told = [json.loads(line) for line in frontnews("health", "--json").stdout.splitlines()]
            there = {(row["kind"], row["pid"], row["state"]) for row in told if row["what"] == "process"}
            assert there == {("clock", clock.pid, "alive"), ("worker", worker.pid, "alive")}
            worker.send_signal(signal.SIGTERM)
            said = b""
            while said != b"STOPPING=1":
                said = systemd.recv(100)
        assert worker.wait(60) == 143
        until(lambda: "no worker is there" in frontnews.said(), "the clock notices")
        clock.send_signal(signal.SIGINT)
        assert clock.wait(60) == 130
        assert stubs.closest() >= DELAY - 0.005
        assert set(stubs.crawls().values()) == {1}
    engine = open_database(frontnews.database)
    assert jobs_in(engine) == [] and claims.present(engine) == []
    assert all(s.claimed_by is None and s.next_due_at > datetime.now(UTC) for s in schedules.read(engine))
    engine.dispose()


WITHOUT_THE_EXTRA = """
import sys
from importlib.machinery import PathFinder

class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name == "procrastinate" else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Without
from cli import main
for command in ("worker", "db upgrade", "db check"):
    sys.argv[1:] = command.split()
    try:
        main()
        print(0)
    except SystemExit as ended:
        print(ended.code)
"""


def test_without_postgresql_a_worker_says_so_in_one_line(tmp_path: Path, forked: Forked) -> None:
    on_sqlite = Frontnews(f"sqlite:///{tmp_path / 'frontnews.db'}", tmp_path, tmp_path, forked)
    done = on_sqlite("worker")
    assert done.returncode == 3 and done.stderr.count("\n") == 1, done.stderr
    assert "one PostgreSQL database" in done.stderr


def test_without_the_extra_a_worker_says_so_and_the_database_is_sound(
    tmp_path: Path, postgresql: str, forked: Forked
) -> None:
    without = Frontnews(fresh_postgresql_database(postgresql), tmp_path, tmp_path, forked)
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_EXTRA], env=without.environment(), cwd=ROOT,
        capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert ended.stdout.split() == ["3", "0", "0"]
    refused, upgraded, checked = ended.stderr.splitlines()
    assert refused.startswith("frontnews: the extra `cluster` is not installed")
    assert upgraded.endswith("is at the newest schema") and checked.endswith("is sound")


@pytest.mark.slow
def test_two_clocks_and_two_workers_crawl_each_portal_once_a_period(frontnews: Frontnews) -> None:
    every, portals = 30, 60
    with Stubs(portals, servers=24) as stubs:
        stubs.registry(frontnews.registry)
        for n in range(2):
            start_clock(frontnews, every, f"clock{n}")
            start_worker(frontnews, f"worker{n}")
        until(lambda: bool(stubs.hits), "the first crawl")
        began = time.time()
        until(lambda: time.time() - began > 2.5 * every, "two periods", patience=3 * every)
        ended = time.time()
        for process in frontnews.started:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(60) for process in frontnews.started] == [143] * 4
        closest = stubs.closest()
    rows = runs_in(frontnews)
    done = [run for run in rows if run.verdict != "cancelled"]
    assert {run.verdict for run in done} <= set(WELL)
    assert closest >= DELAY - 0.005, "measured at the servers"
    assert overlapping(rows) == []
    assert len({run.owner for run in done}) >= 2, "both workers worked"
    for n in range(portals):
        mine = sorted(run.started_at.timestamp() for run in done if run.portal == stubs.id(n))
        offset = phase(stubs.id(n), every)
        dues = range(int(began - offset) // every + 1, int(ended - every - offset) // every + 1)
        assert len(mine) >= len(dues) >= 1, "in every period"
        assert len(mine) <= (ended - began) / every + 2, "and no more"


@pytest.mark.slow
def test_a_second_sigterm_ends_a_worker_at_once(frontnews: Frontnews) -> None:
    with Stubs(1) as stubs:
        asked = stubs.hold_articles()
        stubs.registry(frontnews.registry)
        start_clock(frontnews)
        worker = start_worker(frontnews)
        make_due(frontnews, stubs)
        until(lambda: bool(asked), "an article under way")
        assert_a_second_sigterm_ends_it(worker)
        assert [run.verdict for run in runs_in(frontnews)] == ["cancelled"]


def stuck_until(free: threading.Event) -> Callable[[str, str], float | None]:
    """What a portal's server does: it holds each article back for LONG until ``free`` is set."""
    return lambda _, path: LONG if "bai-" in path and not free.is_set() else None


@pytest.mark.slow
def test_what_a_killed_worker_had_is_crawled_by_another(frontnews: Frontnews) -> None:
    free = threading.Event()
    with Stubs(6, servers=3, on_request=stuck_until(free)) as stubs:
        stubs.registry(frontnews.registry)
        start_clock(frontnews)
        worker = start_worker(frontnews)
        make_due(frontnews, stubs)
        until(lambda: len(stubs.crawls()) == 3, "three crawls, one a server")
        worker.kill()
        worker.wait()
        killed = time.monotonic()
        free.set()
        start_worker(frontnews, "second")
        until(lambda: len(well_crawled(frontnews)) == 6, "all crawled", patience=180)
        assert time.monotonic() - killed < LEASE_SECONDS + 2 * TICK + 30, "the crawls themselves too"
        rows = runs_in(frontnews)
        assert overlapping(rows) == []
        assert Counter(run.status for run in rows)["running"] == 0
        assert stubs.closest() >= DELAY - 0.005


@pytest.mark.slow
def test_a_suspended_worker_is_given_up_and_harms_nothing_when_it_wakes(frontnews: Frontnews) -> None:
    free = threading.Event()
    with Stubs(4, servers=2, on_request=stuck_until(free)) as stubs:
        stubs.registry(frontnews.registry)
        start_clock(frontnews)
        worker = start_worker(frontnews)
        make_due(frontnews, stubs)
        until(lambda: len(stubs.crawls()) == 2, "two crawls, one a server")
        worker.send_signal(signal.SIGSTOP)
        suspended = time.monotonic()
        try:
            free.set()
            start_worker(frontnews, "second")
            until(lambda: len(well_crawled(frontnews)) == 4, "all crawled by the second", patience=150)
            took = time.monotonic() - suspended
        finally:
            worker.send_signal(signal.SIGCONT)
        assert took < LEASE_SECONDS + 2 * TICK + 30, "the crawls themselves too"
        until(lambda: "it begins anew" in frontnews.said("worker"), "the first notices")
        make_due(frontnews, stubs)
        until(lambda: min(well_crawled(frontnews).values()) == 2, "both crawl on")
        rows = runs_in(frontnews)
        assert overlapping(rows) == []
        assert set(well_crawled(frontnews).values()) == {2}, "each twice: nothing came back from the dead"
        assert stubs.closest() >= DELAY - 0.005


@pytest.mark.slow
def test_a_crawl_by_hand_goes_before_what_waits_in_the_queue(frontnews: Frontnews) -> None:
    with Stubs(2, on_request=lambda portal, path: LONG if "0000" in portal else None) as stubs:
        stubs.registry(frontnews.registry)
        start_clock(frontnews)
        start_worker(frontnews, places=1)
        until(lambda: "2 portals" in frontnews.said(), "the clock's start")
        engine = open_database(frontnews.database)
        for n, statuses in enumerate((["doing"], ["doing", "todo"])):
            schedules.due_now(engine, [stubs.id(n)], datetime.now(UTC), "a test")
            until(partial(are, engine, statuses), str(statuses))
        assert frontnews("portals", "run", stubs.id(0)).returncode == 10
        done = frontnews("portals", "run", stubs.id(1), "--delay", str(DELAY))
        assert done.returncode == 0, done.stderr
        assert well_crawled(frontnews) == {stubs.id(1): 1}
        engine.dispose()


@pytest.mark.slow
def test_clocks_and_workers_outlive_a_crash_of_postgresql(tmp_path: Path, forked: Forked) -> None:
    every = 15
    with running_postgresql() as server, Stubs(20, servers=8, latency=0.1) as stubs:
        frontnews = Frontnews(fresh_postgresql_database(server), tmp_path / "registry", tmp_path, forked)
        stubs.registry(frontnews.registry)
        try:
            clock, worker = start_clock(frontnews, every), start_worker(frontnews)
            until(lambda: len(stubs.hits) > 10, "crawls under way")
            crash(server)
            crashed = datetime.now(UTC)

            def crawled_since() -> set[str]:
                return {r.portal for r in runs_in(frontnews) if r.verdict in WELL and r.started_at > crashed}

            until(lambda: len(crawled_since()) == 20, "every portal crawled again", patience=180)
            assert clock.poll() is None and worker.poll() is None, "neither had to be started again"
            assert overlapping(runs_in(frontnews)) == []
            assert stubs.closest() >= DELAY - 0.005
            for process in (clock, worker):
                process.send_signal(signal.SIGTERM)
            assert [process.wait(60) for process in (clock, worker)] == [143, 143]
            assert all(run.status != "running" for run in runs_in(frontnews))
        finally:
            frontnews.end()


def are(engine: Engine, statuses: list[str]) -> bool:
    """Whether the jobs in the queue have these statuses."""
    return [job["status"] for job in jobs_in(engine)] == statuses
