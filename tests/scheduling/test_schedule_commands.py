"""The commands around the clock, as a user runs them."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import claims, runs, schedules
from storage.engine import open_database
from tests.forked import Forked
from tests.scheduling.conftest import ROOT, Frontnews, until
from tests.scheduling.stubs import Stubs


@pytest.fixture
def stubs() -> Iterator[Stubs]:
    """Three portals, two of them on one server."""
    with Stubs(3, servers=2) as running:
        yield running


def test_schedules_are_listed_with_their_reasons_and_set_by_hand(frontnews: Frontnews, stubs: Stubs) -> None:
    listed = [json.loads(line) for line in frontnews.here("schedule", "list", "--json").stdout.splitlines()]
    assert {row["due_reason"] for row in listed} == {"adaptive: never polled"} and len(listed) == 3
    portal = stubs.id(1)
    set_to = frontnews.here(
        "schedule", "set", portal, "--cron", "30 6 * * 1-5", "--quiet-hours", "22:00-05:00", "--json"
    )
    (row,) = [json.loads(line) for line in set_to.stdout.splitlines()]
    assert (row["kind"], row["quiet_hours"], row["due_reason"]) == (
        "cron",
        "22:00-05:00",
        "cron 30 6 * * 1-5",
    )
    assert frontnews.here("portals", "pause", portal).exit_code == 0
    paused = frontnews.here("schedule", "list", "--paused")
    assert portal in paused.stdout and stubs.id(0) not in paused.stdout
    assert frontnews.here("portals", "resume", portal).exit_code == 0
    assert frontnews.here("schedule", "list", "--paused", "--json").stdout == ""


@pytest.mark.parametrize(
    "wrong",
    [
        ("--cron", "never"),
        ("--every", "soon"),
        ("--quiet-hours", "night"),
        ("--every", "1h", "--adaptive"),
        (),
    ],
)
def test_a_schedule_that_is_none_is_refused_in_one_line(
    frontnews: Frontnews, stubs: Stubs, wrong: tuple[str, ...]
) -> None:
    refused = frontnews.here("schedule", "set", stubs.id(0), *wrong)
    assert refused.exit_code == 2
    assert len(refused.stderr.strip().splitlines()) == 1 and refused.stdout == ""


def test_a_portal_is_run_by_hand_and_its_run_can_be_read(frontnews: Frontnews, stubs: Stubs) -> None:
    ran = frontnews("portals", "run", stubs.id(0), "--delay", "0")
    assert ran.returncode == 0, ran.stderr
    assert "new" in ran.stdout
    assert "new" in frontnews.here("logs", "1").stdout
    assert frontnews.here("logs", "99").exit_code == 2
    again = frontnews("retry", "1", "--delay", "0")
    assert again.returncode == 0 and "0 addresses to try again" in again.stderr
    engine = open_database(frontnews.database)
    assert [(run.trigger, run.verdict) for run in runs.list_runs(engine)] == [
        ("retry", "nothing_new"),
        ("manual", "new"),
    ]
    assert all(s.claimed_by is None for s in schedules.read(engine)) and claims.present(engine) == []
    engine.dispose()


def test_a_portal_that_is_running_is_left_alone_with_exit_code_10(frontnews: Frontnews, stubs: Stubs) -> None:
    frontnews.here("schedule", "list")
    engine = open_database(frontnews.database)
    claims.join(engine, "khac:1", "clock", datetime.now(UTC))
    assert claims.claim(engine, "khac:1", stubs.id(0), datetime.now(UTC)) is None
    in_hand = frontnews("portals", "run", stubs.id(0))
    runs.begin(engine, stubs.id(2), owner="may khac:1")
    running = frontnews("portals", "run", stubs.id(2))
    engine.dispose()
    assert (in_hand.returncode, running.returncode) == (10, 10)
    assert "khac:1" in in_hand.stderr and "is being crawled already" in running.stderr
    assert stubs.hits == []


def test_a_crawl_by_hand_waits_until_its_server_is_free(frontnews: Frontnews, stubs: Stubs) -> None:
    frontnews.here("schedule", "list")
    engine = open_database(frontnews.database)
    owner = "khac:1"
    claims.join(engine, owner, "clock", datetime.now(UTC))
    group = stubs.url(0).split("/")[2]
    assert claims.claim(engine, owner, stubs.id(0), datetime.now(UTC)) is None  # portals 0 and 2: one server
    assert claims.place(engine, owner, {stubs.id(0): group}, datetime.now(UTC)) == {stubs.id(0)}
    waiting = frontnews.start("portals", "run", stubs.id(2), "--delay", "0", log="waiting")
    until(lambda: "waits: another portal of its server" in frontnews.said("waiting"), "it says that it waits")
    assert stubs.hits == []
    claims.settle(engine, owner, stubs.id(0), datetime.now(UTC))
    assert waiting.wait(60) == 0
    assert {hit.portal for hit in stubs.hits} - {0} == {2}
    engine.dispose()


def test_health_tells_a_clock_that_runs_from_one_that_does_not(frontnews: Frontnews) -> None:
    assert frontnews("health").returncode == 8, "there is no database yet"
    frontnews.here("schedule", "list")
    dead = frontnews.here("health")
    assert dead.exit_code == 5 and "none" in dead.stdout
    engine = open_database(frontnews.database)
    claims.join(engine, "may:1", "clock", datetime.now(UTC))
    assert frontnews.here("health").exit_code == 0
    long_ago = datetime.fromtimestamp(0, UTC)
    schedules.due_now(engine, [schedules.read(engine)[0].portal], long_ago, "a test")
    engine.dispose()
    late = frontnews.here("health", "--json")
    assert late.exit_code == 4
    assert {json.loads(line)["level"] for line in late.stdout.splitlines()} == {"ok", "late"}


def test_the_demo_clock_crawls_and_says_what_comes_next(tmp_path: Path, forked: Forked) -> None:
    command = Frontnews(f"sqlite:///{tmp_path / 'frontnews.db'}", tmp_path / "none", tmp_path, forked)
    try:
        clock = command.start("schedule", "run", "--demo", "--hosts", "1")
        until(
            lambda: "; next in " in command.said() and "; next: " in command.said(),
            "a crawl, and the outlook",
        )
        clock.terminate()
        assert clock.wait(60) == 143
    finally:
        command.end()
    assert "8 demo portals" in command.said() and "new, " in command.said()


@pytest.mark.slow
def test_on_a_terminal_the_demo_keeps_a_table_of_what_comes_next(tmp_path: Path, forked: Forked) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 100))
    command = Frontnews("sqlite:///demo.db", tmp_path / "none", tmp_path, forked)
    clock = subprocess.Popen(
        [sys.executable, ROOT / "cli.py", "schedule", "run", "--demo", "--hosts", "1"],
        env=command.environment() | {"TERM": "xterm"}, cwd=tmp_path, stdin=theirs, stdout=theirs,
        stderr=theirs,
    )  # fmt: skip
    command.started.append(clock)
    said = ""

    def shows(what: str) -> bool:
        nonlocal said
        if select.select([ours], [], [], 0.1)[0]:
            said += os.read(ours, 65536).decode(errors="replace")
        return re.search(what, said) is not None

    try:
        until(lambda: shows("next crawl, and why"), "the table")
        until(lambda: shows(r"[1-8] of 8 portals crawled, \d+ articles.*next: \w+/demo_"), "what comes next")
        clock.send_signal(signal.SIGINT)
        until(lambda: shows(r"stopped; \d+ portals"), "its end")
        assert clock.wait(60) == 130
    finally:
        command.end()
        os.close(ours)
        os.close(theirs)
