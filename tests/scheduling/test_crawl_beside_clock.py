"""`frontnews crawl` beside a clock: a server is asked by one of them at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest

from crawler.running.servers import server_group
from storage import claims, migrate, runs, schedules, server_slots
from storage.engine import open_database, reading
from tests.scheduling.conftest import Frontnews, until
from tests.scheduling.stubs import Gate, Stubs

DELAY = 0.3
OUTSIDE = 5
"""The number of a portal that is in no registry."""


@pytest.fixture
def stubs() -> Iterator[Stubs]:
    """Six portals, all on one server, one of them outside the registry."""
    with Stubs(6, servers=1, unlisted=[OUTSIDE]) as running:
        yield running


def test_crawls_dry_runs_and_addresses_beside_a_clock_never_ask_a_server_closer_than_the_delay(
    frontnews: Frontnews, stubs: Stubs
) -> None:
    engine = open_database(frontnews.database)
    migrate.upgrade(engine)
    now = datetime.now(UTC)
    registered = {stubs.id(n): "server" for n in range(6) if n != OUTSIDE}
    schedules.ensure(engine, registered, now, interval_seconds=20)
    for n in (2, 3, 4):
        schedules.change(engine, stubs.id(n), now, enabled=False)
    planned = schedules.read(engine, [stubs.id(3)])
    schedules.due_now(engine, [stubs.id(n) for n in (0, 1)], now, "wanted by a test")
    gate = Gate()
    stubs.on_request = lambda portal, path: gate.passed() if "bai-" in path else None
    clock = frontnews.start("schedule", "run", "--tick", "1", "--hosts", "1", "--delay", str(DELAY))
    until(lambda: bool(stubs.hits), "the clock crawls")
    by_hand = {
        "portal": (stubs.id(2),), "dry run": ("--dry-run", stubs.id(3)), "address": (stubs.url(OUTSIDE),),
    }  # fmt: skip
    crawls = {
        log: frontnews.start("crawl", *which, "--delay", str(DELAY), log=log)
        for log, which in by_hand.items()
    }
    for log in crawls:
        until(partial(says, frontnews, log, "waits: another portal of its server"), f"{log} waits")
    told = [json.loads(line) for line in frontnews("health", "--json").stdout.splitlines()]
    there = {row["pid"]: row for row in told if row["what"] == "process"}
    assert there.keys() == {clock.pid, *(crawl.pid for crawl in crawls.values())}
    assert sorted(there[clock.pid]["crawls"]) == [stubs.id(0), stubs.id(1)]
    gate.open()
    for log, crawl in crawls.items():
        assert crawl.wait(90) == 0, frontnews.said(log)
    clock.terminate()
    assert clock.wait(60) == 143
    assert stubs.closest() >= DELAY - 0.005
    asked = stubs.crawls()
    assert all(asked[n] for n in (0, 1, 2, 3, OUTSIDE)), "and all of them were crawled"
    by = {run.portal for run in runs.list_runs(engine, limit=1000) if run.verdict in ("new", "nothing_new")}
    assert stubs.id(2) in by and stubs.id(3) not in by
    assert schedules.read(engine, [stubs.id(3)]) == planned, "a dry run does not stand for a crawl"
    with reading(engine) as connection:
        assert server_slots.visitors(connection) == set()
    engine.dispose()


def test_reading_an_address_and_discovering_a_portal_wait_for_the_turn_of_the_server(
    frontnews: Frontnews, stubs: Stubs
) -> None:
    engine = open_database(frontnews.database)
    migrate.upgrade(engine)
    group = server_group(stubs.url(0))
    claims.join(engine, "may khac:1", "worker", datetime.now(UTC))
    assert server_slots.visit(engine, "may khac:1", group)
    looks = {
        "read": frontnews.start("read", stubs.portals()[0].url, log="read"),
        "discover": frontnews.start("portals", "discover", stubs.url(1), "--delay", "0", log="discover"),
    }
    for log in looks:
        until(partial(says, frontnews, log, "is being asked by another process"), f"{log} waits")
    assert stubs.hits == []
    server_slots.end_visit(engine, "may khac:1", group, 0)
    for log, look in looks.items():
        assert look.wait(90) == 0, frontnews.said(log)
    assert {hit.portal for hit in stubs.hits} == {0, 1}
    assert stubs.closest() > 0, "one after the other"
    assert not {each.kind for each in claims.present(engine)} & {"command"}
    with reading(engine) as connection:
        assert server_slots.visitors(connection) == set()
    engine.dispose()


def test_two_dry_runs_take_turns_and_one_goes_on_when_the_other_was_killed(
    frontnews: Frontnews, stubs: Stubs
) -> None:
    engine = open_database(frontnews.database)
    migrate.upgrade(engine)
    engine.dispose()
    killed = frontnews.start("crawl", "--dry-run", stubs.id(0), "--delay", "30", log="killed")
    until(lambda: bool(stubs.hits), "the first request")
    second = frontnews.start("crawl", "--dry-run", stubs.id(1), "--delay", "0", log="second")
    until(lambda: "waits: another portal of its server" in frontnews.said("second"), "it waits")
    assert {hit.portal for hit in stubs.hits} == {0}
    killed.kill()
    killed.wait()
    assert second.wait(60) == 0, frontnews.said("second")
    assert stubs.crawls()[1] == 1


def test_what_a_killed_crawl_had_in_hand_is_crawled_at_once_by_the_next(
    frontnews: Frontnews, stubs: Stubs
) -> None:
    killed = frontnews.start("crawl", stubs.id(0), "--delay", "30", log="killed")
    until(lambda: bool(stubs.hits), "the first request")
    killed.kill()
    killed.wait()
    engine = open_database(frontnews.database)
    assert claims.present(engine) and schedules.read(engine, [stubs.id(0)])[0].claimed_by
    again = frontnews("crawl", stubs.id(0), "--delay", "0")
    assert again.returncode == 0, again.stderr
    assert "waits" not in again.stderr
    assert claims.present(engine) == []
    assert all(s.claimed_by is None for s in schedules.read(engine))
    engine.dispose()


def says(frontnews: Frontnews, log: str, what: str) -> bool:
    """Whether a log has a text."""
    return what in frontnews.said(log)
