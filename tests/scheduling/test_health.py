"""`frontnews health`: who is there, what each does, and who is silent or gone, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from typer.testing import CliRunner

from cli import app
from storage import alarms, claims, portal_table, runs, schedules
from storage.alarms import Judgement, Raised
from storage.engine import open_database, writing
from storage.health import numbers
from storage.portals import Portal
from storage.server_slots import QUEUE
from storage.tables import dispatchers
from tests.databases import fresh_sqlite_database

HERE = socket.gethostname()
NOW = datetime.now(UTC)
PORTALS = [f"tinh/p{n}" for n in range(3)]


@pytest.fixture
def dead() -> str:
    """A process of this machine that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return f"{HERE}:{ended.pid}"


@pytest.fixture
def crewed(engine: Engine, dead: str) -> Engine:
    """A clock that is alive and crawls, a worker that fell silent, one that was killed, one that waits."""
    records = [Portal(name, name, f"https://{name[5:]}.vn/", "front") for name in PORTALS]
    portal_table.sync(engine, records)
    schedules.ensure(engine, {name: name for name in PORTALS}, NOW, interval_seconds=3600)
    claims.join(engine, f"{HERE}:{os.getpid()}", "clock", NOW)
    for owner in ("may-khac:7", dead, "may-khac:8"):
        claims.join(engine, owner, "worker", NOW)
    for name in PORTALS[:2]:
        assert claims.claim(engine, f"{HERE}:{os.getpid()}", name, NOW) is None
    runs.begin(engine, PORTALS[0], owner=f"{HERE}:1")
    with writing(engine) as connection:
        silent = update(dispatchers).where(dispatchers.c.owner == "may-khac:7")
        connection.execute(silent.values(beat_at=NOW - timedelta(minutes=5)))
    return engine


def health(engine: Engine, *more: str) -> tuple[int, str]:
    database = engine.url.render_as_string(hide_password=False)
    told = CliRunner().invoke(app, ["health", "--database", database, *more])
    return told.exit_code, told.stdout


def test_a_portal_that_has_left_the_registry_is_late_for_nobody_and_calls_nobody(crewed: Engine) -> None:
    """It is not crawled, so that it is due and its alarm is down for ever."""
    gone = PORTALS[2]
    for run in (1, 2):
        raised = Raised("unreachable", "no answer")
        alarms.judge(crewed, gone, run, Judgement((raised,)), NOW - timedelta(days=3))
    schedules.due_now(crewed, [gone], NOW - timedelta(hours=3), "a test")
    _, said = health(crewed)
    assert "1 of them due for more than" in said and "1 are down" in said
    records = [Portal(name, name, f"https://{name[5:]}.vn/", "front") for name in PORTALS[:2]]
    portal_table.sync(crewed, records)
    _, said = health(crewed)
    assert "2, 0 of them due for more than" in said and "0 are down" in said
    seen = numbers(crewed, NOW)
    assert (seen.due, seen.oldest_due, seen.down) == (0, 0.0, [])
    assert alarms.remind(crewed, NOW, timedelta(days=1)) == 0, "nobody is reminded of it day after day"


def test_each_clock_and_worker_is_told_with_its_machine_its_heartbeat_and_what_it_crawls(
    crewed: Engine, dead: str
) -> None:
    code, said = health(crewed, "--json")
    rows = [json.loads(line) for line in said.splitlines()]
    there = {f"{row['machine']}:{row['pid']}": row for row in rows if row["what"] == "process"}
    clock = there[f"{HERE}:{os.getpid()}"]
    assert (clock["kind"], clock["state"], clock["level"]) == ("clock", "alive", "ok")
    assert (clock["crawls"], clock["waiting"]) == ([PORTALS[0]], 1)
    assert datetime.fromisoformat(clock["heartbeat_at"]) >= NOW - timedelta(seconds=1)
    states = {owner: (row["kind"], row["state"], row["level"]) for owner, row in there.items()}
    assert states["may-khac:7"] == ("worker", "silent", "late")
    assert states[dead] == ("worker", "gone", "late")
    assert states["may-khac:8"] == ("worker", "alive", "ok") and there["may-khac:8"]["crawls"] == []
    assert code == 4, "somebody is silent"


def test_for_a_person_the_stale_ones_are_named_as_such(crewed: Engine) -> None:
    said = health(crewed)[1].splitlines()
    (silent,) = [line for line in said if "silent" in line]
    assert silent.split()[:3] == ["worker", "may-khac", "7"] and " min ago" in silent
    (clock,) = [line for line in said if line.startswith("clock") and PORTALS[0] in line]
    assert "alive" in clock and "1 wait" in clock


def test_portals_that_wait_for_a_worker_where_none_is_alive_are_late(engine: Engine) -> None:
    portal_table.sync(engine, [Portal(PORTALS[0], "Cổng", "https://p0.vn/", "front")])
    schedules.ensure(engine, {PORTALS[0]: "p0"}, NOW, interval_seconds=3600)
    claims.join(engine, f"{HERE}:{os.getpid()}", "clock", NOW)
    assert health(engine)[0] == 0
    assert claims.claim(engine, QUEUE, PORTALS[0], NOW) is None
    code, said = health(engine)
    assert code == 4 and "0, 1 portal waiting for one" in said
    claims.join(engine, "may-khac:8", "worker", NOW)
    assert health(engine)[0] == 0


def test_where_a_clock_was_stopped_it_is_told_since_when_nothing_was_crawled(engine: Engine) -> None:
    portal_table.sync(engine, [Portal(PORTALS[0], "Cổng", "https://p0.vn/", "front")])
    schedules.ensure(engine, {PORTALS[0]: "p0"}, NOW - timedelta(days=7), interval_seconds=3600)
    clock = f"{HERE}:{os.getpid()}"
    claims.join(engine, clock, "clock", NOW - timedelta(days=7))
    assert claims.claim(engine, clock, PORTALS[0], NOW - timedelta(days=7)) is None
    claims.leave(engine, clock, NOW - timedelta(days=7))
    code, said = health(engine)
    assert code == 5
    assert "none; the last crawl was begun 7 d ago" in " ".join(said.split())


def test_a_clock_that_lives_and_cannot_write_is_not_told_as_if_none_were_there(tmp_path: Path) -> None:
    engine = open_database(fresh_sqlite_database(tmp_path))
    claims.join(engine, f"{HERE}:{os.getpid()}", "clock", NOW)
    with writing(engine) as connection:
        connection.execute(update(dispatchers).values(beat_at=NOW - timedelta(minutes=5)))
    said = " ".join(health(engine)[1].split())
    assert f"{HERE}:{os.getpid()} is there without a sign of life: suspended, hung" in said
    with closing(sqlite3.connect(tmp_path / "frontnews.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, said = health(engine)
        told = CliRunner().invoke(app, ["doctor", "--offline", "--database", str(engine.url)])
    assert code == 5
    assert "another program holds the lock" in said and "without a sign of life: it cannot write" in said
    assert told.exit_code == 8 and "end that program" in told.stdout
    assert "its process is there" in told.stdout and "frontnews schedule run" not in told.stdout
    assert "another program" not in health(engine)[1], "and nothing of it when the lock is free"
    engine.dispose()


def test_a_monitor_comes_in_no_writers_way_while_a_clock_writes(tmp_path: Path) -> None:
    engine = open_database(fresh_sqlite_database(tmp_path))
    claims.join(engine, f"{HERE}:{os.getpid()}", "clock", NOW)
    with closing(sqlite3.connect(tmp_path / "frontnews.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, said = health(engine)
    assert (code, "another program" in said) == (0, False), "it has not asked for the lock that another has"
    engine.dispose()


def test_a_sign_of_life_from_the_future_is_told_as_none(engine: Engine) -> None:
    claims.join(engine, "may-khac:7", "clock", NOW)
    with writing(engine) as connection:
        connection.execute(update(dispatchers).values(beat_at=datetime.now(UTC) + timedelta(hours=3)))
    code, said = health(engine, "--json")
    (process,) = [row for row in map(json.loads, said.splitlines()) if row["what"] == "process"]
    assert (code, process["state"]) == (5, "silent")
    assert "3 h ahead of this machine's time: one of them is wrong" in process["message"]
    assert "3 h ahead" in health(engine)[1]


def test_a_clock_that_was_killed_a_moment_ago_is_no_clock_for_the_doctor(engine: Engine, dead: str) -> None:
    portal_table.sync(engine, [Portal(PORTALS[0], "Cổng", "https://p0.vn/", "front")])
    claims.join(engine, dead, "clock", NOW)
    database = engine.url.render_as_string(hide_password=False)
    told = CliRunner().invoke(app, ["doctor", "--offline", "--database", database])
    assert told.exit_code == 3 and "its process has ended" in " ".join(told.stdout.split())
