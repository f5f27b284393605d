"""Clocks as processes, beside each other on one database: stopped, killed and suspended while they work."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from crawler.fetching.permit import boot_seconds
from crawler.running.telling import notify
from storage import claims, migrate, runs, schedules, tables, takeover
from storage.engine import open_database, writing
from storage.lease import LEASE_SECONDS, SHORTEST
from storage.timetable import phase
from tests.forked import Forked
from tests.scheduling.conftest import Frontnews, assert_a_second_sigterm_ends_it, runs_in, until
from tests.scheduling.stubs import LONG, Gate, Stubs

DELAY = 0.2


@pytest.fixture
def frontnews(database_url: str, tmp_path: Path, forked: Forked) -> Iterator[Frontnews]:
    """The command on a database of each kind; the test writes the registry."""
    command = Frontnews(database_url, tmp_path / "registry", tmp_path, forked)
    yield command
    command.end()


@pytest.fixture
def on_sqlite(tmp_path: Path, forked: Forked) -> Iterator[Frontnews]:
    """The command on a SQLite file."""
    command = Frontnews(f"sqlite:///{tmp_path / 'frontnews.db'}", tmp_path / "registry", tmp_path, forked)
    yield command
    command.end()


def clock_options(every: int) -> list[str]:
    return ["schedule", "run", "--every", f"{every}s", "--tick", "1", "--hosts", "1", "--delay", str(DELAY)]


def slot_of(run: runs.RunRow, every: int) -> int:
    """The number of the period in which a run began."""
    return int(run.started_at.timestamp() - phase(run.portal, every)) // every


def suspend(frontnews: Frontnews, *pids: int) -> None:
    """SIGSTOP at a moment at which none of them holds the lock of SQLite."""

    def stopped() -> bool:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        until(lambda: all(map(has_stopped, pids)), "suspended")  # the signal comes when it comes
        try:
            path = frontnews.database.removeprefix("sqlite:///")
            with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
            return False
        return True

    until(stopped, "suspended outside of a transaction")


def has_stopped(pid: int) -> bool:
    """Whether every thread of a process stands still (the state is the word behind the name in brackets)."""
    threads = Path(f"/proc/{pid}/task").glob("*/stat")
    return all(thread.read_text().rpartition(")")[2].split()[0] == "T" for thread in threads)


def well_crawled(frontnews: Frontnews) -> set[str]:
    """The portals that have been crawled to their end."""
    return {run.portal for run in runs_in(frontnews) if run.verdict in ("new", "nothing_new")}


@pytest.mark.slow
def test_two_clocks_crawl_each_portal_once_a_period(on_sqlite: Frontnews) -> None:
    run_two_clocks(on_sqlite, every=15, portals=20, servers=10)


@pytest.mark.slow
def test_two_clocks_crawl_a_hundred_portals_on_either_database(frontnews: Frontnews) -> None:
    assert run_two_clocks(frontnews, every=30, portals=100, servers=40) == 2, "both clocks worked"


def run_two_clocks(frontnews: Frontnews, *, every: int, portals: int, servers: int) -> int:
    """Two clocks for two periods: each portal once a period, each server with its pause.

    Returns how many of the clocks had portals to crawl: with few of them the first to look takes all.
    """
    with Stubs(portals, servers=servers) as stubs:
        stubs.registry(frontnews.registry)
        for n in range(2):
            frontnews.start(*clock_options(every), log=f"clock{n}")
        until(
            lambda: f"{portals} portals" in frontnews.said("clock0") + frontnews.said("clock1"),
            "the clocks' start",
        )
        began = time.time()
        until(lambda: time.time() - began > 2.2 * every, "two periods", patience=3 * every)
        dues = due_between(stubs, began, time.time(), every)
        until(lambda: dues <= slots_of(done_in(frontnews), every), "in every period", patience=every)
        for process in frontnews.started:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(60) for process in frontnews.started] == [143, 143]
        closest = stubs.closest()
    done = done_in(frontnews)
    assert {run.verdict for run in done} <= {"new", "nothing_new"}
    assert set(slots_of(done, every).values()) == {1}, "never twice in a period"
    assert closest >= DELAY - 0.005
    return len({run.owner for run in done})


def due_between(stubs: Stubs, began: float, ended: float, every: int) -> Counter[tuple[str, int]]:
    """Each portal with each period that it came to be due in, between two times in Unix seconds."""
    dues: Counter[tuple[str, int]] = Counter()
    for portal in map(stubs.id, range(stubs.count)):
        offset = phase(portal, every)
        slots = range(int(began - offset) // every + 1, int(ended - offset) // every + 1)
        assert len(slots) >= 2
        dues.update((portal, slot) for slot in slots)
    return dues


def slots_of(done: Iterable[runs.RunRow], every: int) -> Counter[tuple[str, int]]:
    """How often each portal was crawled in each period."""
    return Counter((run.portal, slot_of(run, every)) for run in done)


def done_in(frontnews: Frontnews) -> list[runs.RunRow]:
    """The crawls that were neither stopped nor are under way."""
    return [run for run in runs_in(frontnews) if run.verdict not in (None, "cancelled")]


def test_sigterm_saves_what_is_under_way_and_the_next_clock_goes_on_from_there(on_sqlite: Frontnews) -> None:
    held = {"open": False}

    def hold(portal: str, path: str) -> float | None:
        return None if held["open"] or "2.html" not in path else 3.0

    with Stubs(3, on_request=hold) as stubs:
        stubs.registry(on_sqlite.registry)
        clock = on_sqlite.start(*clock_options(10))
        until(lambda: any("bai-" in hit.path for hit in stubs.hits), "an article")
        clock.send_signal(signal.SIGTERM)
        assert clock.wait(30) == 143
        assert "stopped" in on_sqlite.said()
        first = runs_in(on_sqlite)
        assert all(run.status == "finished" for run in first)
        engine = open_database(on_sqlite.database)
        assert claims.present(engine) == []
        assert all(s.claimed_by is None for s in schedules.read(engine))
        engine.dispose()
        held["open"] = True
        on_sqlite.start(*clock_options(10), log="second")
        until(
            lambda: len({r.portal for r in runs_in(on_sqlite) if r.verdict in ("new", "nothing_new")}) == 3,
            "all",
        )


def test_a_second_sigterm_ends_at_once(on_sqlite: Frontnews) -> None:
    with Stubs(1) as stubs:
        asked = stubs.hold_articles()
        stubs.registry(on_sqlite.registry)
        clock = on_sqlite.start(*clock_options(10))
        until(lambda: bool(asked), "an article under way")
        assert_a_second_sigterm_ends_it(clock)
        assert [run.verdict for run in runs_in(on_sqlite)] == ["cancelled"]


def test_after_kill_9_a_new_clock_crawls_at_once_what_was_under_way(frontnews: Frontnews) -> None:
    stuck = {"yes": True}

    def slow(portal: str, path: str) -> float | None:
        return LONG if stuck["yes"] and "bai-" in path else None

    with Stubs(4, on_request=slow) as stubs:
        stubs.registry(frontnews.registry)
        clock = frontnews.start(*clock_options(3600))
        engine = open_database(frontnews.database)
        until(lambda: "4 portals" in frontnews.said(), "the clock's start")
        schedules.due_now(engine, [stubs.id(n) for n in range(4)], datetime.now(UTC), "wanted by a test")
        until(
            lambda: len({hit.portal for hit in stubs.hits if hit.path.endswith("/tin/")}) == 4, "four crawls"
        )
        clock.kill()
        clock.wait()
        stuck["yes"] = False
        frontnews.start(*clock_options(3600), log="second")
        began = time.monotonic()
        until(lambda: len(well_crawled(frontnews)) == 4, "all four crawled again")
        assert time.monotonic() - began < LEASE_SECONDS + 2
        assert Counter(run.status for run in runs_in(frontnews))["running"] == 0
        engine.dispose()


def test_after_a_week_without_a_clock_each_portal_is_crawled_once_in_the_order_of_its_wait(
    on_sqlite: Frontnews,
) -> None:
    with Stubs(6, servers=1) as stubs:
        stubs.registry(on_sqlite.registry)
        on_sqlite.here("schedule", "list")
        engine = open_database(on_sqlite.database)
        with writing(engine) as connection:
            for n in range(6):  # the last one of the registry has waited longest
                waited = datetime.now(UTC) - timedelta(days=7, hours=n)
                row = update(tables.schedules).where(tables.schedules.c.portal == stubs.id(n))
                connection.execute(row.values(next_due_at=waited))
        engine.dispose()
        on_sqlite.start(*clock_options(3600), "--places", "1", log="clock")
        until(lambda: len(done_in(on_sqlite)) == 6, "the week caught up", patience=60)
        assert "6 portals overdue, the first by 7.2 d" in on_sqlite.said("clock")
        assert stubs.closest() >= DELAY - 0.005, "one server, one request at a time"
    begun = [run.portal for run in sorted(done_in(on_sqlite), key=lambda run: run.id)]
    longest_first = [stubs.id(n) for n in reversed(range(6))]
    assert sorted(begun) == sorted(longest_first), "each once"
    # a portal whose server owes an answer lends its place: then two begin together, and either may be first
    assert all(abs(begun.index(portal) - turn) <= 1 for turn, portal in enumerate(longest_first)), begun


def test_a_suspended_clock_loses_its_claims_and_does_nothing_with_them_when_it_wakes(
    on_sqlite: Frontnews,
) -> None:
    with Stubs(8) as stubs:
        stubs.registry(on_sqlite.registry)
        engine = None
        clock = on_sqlite.start(*clock_options(3600))
        until(lambda: "8 portals" in on_sqlite.said(), "the clock's start")
        suspend(on_sqlite, clock.pid)
        try:
            engine = open_database(on_sqlite.database)
            wanted = [stubs.id(n) for n in range(8)]
            owner = claims.present(engine)[0].owner
            for portal in wanted[:3]:
                assert claims.claim(engine, owner, portal, datetime.now(UTC)) is None
            given_back = takeover.bury(engine, datetime.now(UTC), lambda dead: dead == owner)
            assert sorted(given_back) == wanted[:3]
        finally:
            clock.send_signal(signal.SIGCONT)
        until(lambda: "begins anew" in on_sqlite.said(), "the clock notices")
        until(lambda: {r.portal for r in runs_in(on_sqlite)} == set(wanted[:3]), "the three are crawled")
        assert Counter(r.portal for r in runs_in(on_sqlite)) == dict.fromkeys(wanted[:3], 1)
        engine.dispose()


def test_a_clock_that_was_given_up_asks_no_server_of_its_portals_any_more(on_sqlite: Frontnews) -> None:
    with Stubs(3) as stubs:
        stubs.registry(on_sqlite.registry)
        gate, asked = hold_back(stubs)
        on_sqlite.start(*clock_options(3600))
        until(lambda: "3 portals" in on_sqlite.said(), "the clock's start")
        engine = open_database(on_sqlite.database)
        schedules.due_now(engine, [stubs.id(n) for n in range(3)], datetime.now(UTC), "wanted by a test")
        until(lambda: len(asked) == 3, "three portals under way")
        give_to_others(engine, claims.present(engine)[0].owner, [stubs.id(n) for n in range(3)])
        until(lambda: "begins anew" in on_sqlite.said(), "the clock notices")
        gate.open()  # whoever crawls still has its answer, and the next article to ask for
        # By its clock, or by itself where its own beat came first and found that its runs were ended.
        until(lambda: on_sqlite.said().count(": lost, ") == 3, "it drops what it had")
        assert len(asked) == 3, "nothing was asked for afterwards"
        assert [s.claimed_by for s in schedules.read(engine)] == ["elsewhere:1"] * 3
        engine.dispose()


def test_a_crawl_that_slept_for_longer_than_the_lease_asks_no_server_when_it_wakes(
    on_sqlite: Frontnews,
) -> None:
    with Stubs(1) as stubs:
        stubs.registry(on_sqlite.registry)
        gate, asked = hold_back(stubs)
        on_sqlite.lease = SHORTEST
        engine = open_database(on_sqlite.database)
        migrate.upgrade(engine)
        crawl = on_sqlite.start("crawl", "--dry-run", stubs.id(0), "--delay", "0", log="crawl")
        until(lambda: len(asked) == 1, "it is under way")
        owner = claims.present(engine)[0].owner
        suspend(on_sqlite, crawl.pid)
        suspended = boot_seconds()
        try:
            give_to_others(engine, owner, [])
            gate.open()
            until(lambda: any("bai-" in hit.path for hit in list(stubs.hits)), "its answer is there")
            until(lambda: boot_seconds() > suspended + SHORTEST, "the lease is over")
        finally:
            crawl.send_signal(signal.SIGCONT)
        assert crawl.wait(60) != 0
        assert len(asked) == 1, "nothing was asked for afterwards"
        assert "others took over" in on_sqlite.said("crawl")
        engine.dispose()


@pytest.mark.slow
def test_a_clock_whose_log_has_no_space_left_crawls_on(on_sqlite: Frontnews) -> None:
    with Stubs(2) as stubs, Path("/dev/full").open("wb") as full, Path(os.devnull).open("rb") as nothing:
        stubs.registry(on_sqlite.registry)
        clock = on_sqlite.forked.start(on_sqlite.order(*clock_options(10)), nothing, full, full)
        on_sqlite.started.append(clock)
        until(lambda: min(stubs.crawls().get(n, 0) for n in range(2)) >= 2, "each portal crawled twice")
        clock.send_signal(signal.SIGTERM)
        assert clock.wait(60) == 143


def test_a_clock_whose_terminal_is_closed_ends_in_good_order(on_sqlite: Frontnews) -> None:
    with Stubs(1) as stubs:
        stubs.registry(on_sqlite.registry)
        clock = on_sqlite.start(*clock_options(3600))
        until(lambda: "1 portal" in on_sqlite.said(), "the clock's start")
        clock.send_signal(signal.SIGHUP)
        assert clock.wait(60) == 128 + signal.SIGHUP
        assert "stopped; " in on_sqlite.said()


def hold_back(stubs: Stubs) -> tuple[Gate, list[str]]:
    """Answer no request for an article before the gate opens; where the paths of those that came are kept."""
    gate = Gate()
    asked: list[str] = []

    def hold(portal: str, path: str) -> Awaitable[None] | None:
        if "bai-" not in path:
            return None
        asked.append(path)
        return gate.passed()

    stubs.on_request = hold
    return gate, asked


def give_to_others(engine: Engine, owner: str, portals: list[str]) -> None:
    """Take the portals of somebody for dead, and crawl them elsewhere."""
    now = datetime.now(UTC)
    takeover.bury(engine, now, lambda dead: dead == owner)
    takeover.reap(engine, now, lambda dead: True)
    claims.join(engine, "elsewhere:1", "clock", now)
    for portal in portals:  # its server rests for a moment
        until(partial(claimed, engine, "elsewhere:1", portal), "claimed elsewhere")


def claimed(engine: Engine, owner: str, portal: str) -> bool:
    """Claim a portal; whether nothing stood in the way."""
    return claims.claim(engine, owner, portal, datetime.now(UTC)) is None


def test_a_socket_that_nobody_reads_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"/tmp/fn-unread-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        began = time.monotonic()
        notify("READY=1")
        for _ in range(1000):  # the kernel keeps ten (net.unix.max_dgram_qlen), or as many as it was told
            notify("WATCHDOG=1")
        assert time.monotonic() - began < 5
        assert listener.recv(100) == b"READY=1"
        Path(address).unlink()


def test_systemd_is_told_that_the_clock_is_ready_alive_and_stopping(
    on_sqlite: Frontnews, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener, Stubs(1) as stubs:
        address = f"/tmp/fn-notify-{os.getpid()}"
        Path(address).unlink(missing_ok=True)
        listener.bind(address)
        listener.settimeout(60)
        stubs.registry(on_sqlite.registry)
        os.environ["NOTIFY_SOCKET"] = address
        try:
            clock = on_sqlite.start(*clock_options(3600))
        finally:
            del os.environ["NOTIFY_SOCKET"]
        assert listener.recv(100) == b"READY=1"
        assert listener.recv(100) == b"WATCHDOG=1"
        clock.send_signal(signal.SIGTERM)
        said = b""
        while said != b"STOPPING=1":
            said = listener.recv(100)
        assert clock.wait(30) == 143
        Path(address).unlink()
