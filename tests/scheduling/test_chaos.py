"""A slice of the chaos and of the fleet (python -m benchmarks.chaos), and that their checks can fail."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import chaos_checks
from benchmarks.chaos import run_chaos
from benchmarks.chaos_fleet import ChaosFleet, Pace
from benchmarks.fleet_sites import FleetSites
from storage import lease
from storage.lease import parse_lease
from tests.conftest import fresh_postgresql_database

QUICK = Pace(every=10, tick=1.0, lease=10, silent=5.0)


def test_after_two_rounds_of_chaos_all_is_there_and_once(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'chaos.db'}"
    with ChaosFleet(database, tmp_path, QUICK, portals=6, servers=3, workers=0) as world:
        outcome = run_chaos(world, 2, seed=1, faults=("kill_clock", "kill_host"))
        assert outcome.wrong == []
        assert sum(outcome.rounds.values()) == 2 and outcome.articles >= 6
        world.sites.hits.append(replace(world.sites.hits[-1]))
        published = world.sites.freeze()
        lost = world.ask(lambda c: chaos_checks.stored(c, published | {"http://127.0.0.1/khong-co": "x"}))
        assert lost == [
            "lost: http://127.0.0.1/khong-co", f"{len(published)} records of {len(published) + 1} articles",
        ]  # fmt: skip
        url = next(iter(published))
        unknown = world.ask(
            lambda c: chaos_checks.stored(c, {u: p for u, p in published.items() if u != url})
        )
        assert f"stored, but never published: {url}" in unknown
        assert len(world.sites.breaches()) == 1, "two requests at the same moment are one too many"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_after_rounds_of_any_chaos_on_many_machines_all_is_there_and_once(
    postgresql: str, tmp_path: Path, seed: int
) -> None:
    database = fresh_postgresql_database(postgresql)
    with ChaosFleet(database, tmp_path, Pace(), portals=12, servers=6, workers=2) as world:
        # Not the crash of PostgreSQL: other tests of this session use the server.
        outcome = run_chaos(
            world, 3, seed, ("kill_worker", "kill_machine", "stop_machine", "endless_callback", "clock_set")
        )
    assert outcome.wrong == []


def test_the_sites_of_the_fleet_measure_the_pause_that_each_server_was_promised() -> None:
    with FleetSites(3, 3, delay=0.1, latency=0.0) as sites:
        for server, pause in ((0, 0.12), (1, 0.12), (2, 0.12)):
            for path in (f"/p{server}/tin/", f"/p{server}/tin/"):
                with socket.create_connection((sites.address(server), sites.port)) as client:
                    client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                    assert client.recv(100).startswith(b"HTTP/1.1 200 OK")
                time.sleep(pause)
        early = sites.breaches()
        assert [breach.server for breach in early] == [1, 2], "their record and robots.txt ask for more"
        assert all(0.1 < breach.gap < breach.promised for breach in early)


def test_runs_outlive_a_writer_that_stalls() -> None:
    assert lease.STALLED_SECONDS + 2 * lease.BEAT_SECONDS < lease.LEASE_SECONDS


def test_a_lease_is_whole_seconds_and_not_too_short() -> None:
    assert parse_lease("12") == 12
    for wrong in ("9", "60s", "-60", "", "６０"):
        with pytest.raises(ValueError, match="whole seconds, 10 or more"):
            parse_lease(wrong)
