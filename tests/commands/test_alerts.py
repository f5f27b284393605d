"""`frontnews alerts` as the ops team uses it: see, look after, mute, accept, send; each written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from cli import app
from commands.advice import NEXT
from crawler.running.drift import ALARMS
from spiders.registry import UnknownPortal
from storage import alarms, audit, run_pages, runs
from storage.alarms import Judgement, Raised
from storage.engine import open_database
from tests.databases import fresh_sqlite_database

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
"""Apprise imports it when it first looks for its services."""

PORTAL = "bac_lieu/baobaclieu"
SHORT = Raised("body_short", "the bodies are short", 200.0, 500.0, ("http://a.vn/1.html",))
Command = Callable[..., Result]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return fresh_sqlite_database(tmp_path)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A portal whose bodies were short in two runs."""
    engine = open_database(url)
    for run in (1, 2):
        alarms.judge(engine, PORTAL, run, Judgement((SHORT,)), datetime.now(UTC) - timedelta(hours=3))
    yield engine
    engine.dispose()


@pytest.fixture
def frontnews(url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Command:
    for name in ("FRONTNEWS_NOTIFY", "FRONTNEWS_NOTIFY_FILE"):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "--database", url])


def written_down(engine: Engine) -> list[tuple[str, str, object]]:
    return [(e.place, e.action, e.detail.get("alarm")) for e in audit.entries(engine, target=PORTAL)]


def test_what_is_down_is_listed_with_its_words_and_an_address(frontnews: Command) -> None:
    done = frontnews("alerts", "list")
    assert done.exit_code == 0
    assert all(word in done.stdout for word in (PORTAL, "body_short", "down", "http://a.vn/1.html"))
    [row] = map(json.loads, frontnews("alerts", "list", "--json").stdout.splitlines())
    assert (row["name"], row["observed"], row["bound"]) == ("body_short", 200.0, 500.0)
    assert "no alarms" in frontnews("alerts", "list", "another/portal").stderr


def test_for_each_kind_of_alarm_that_is_up_the_list_says_what_to_do_next(frontnews: Command) -> None:
    told = frontnews("alerts", "list").stderr.splitlines()
    assert told[-1] == f"  body_short  {NEXT['body_short']}"
    assert len([line for line in told if line.startswith("  ")]) == 1, "only of those that are up"
    assert "What to do" not in frontnews("alerts", "list", "--quiet").stderr
    assert set(NEXT) == set(ALARMS)


def test_who_looks_after_an_alarm_is_written_down_and_reminded_no_more(
    frontnews: Command, engine: Engine
) -> None:
    assert frontnews("alerts", "ack", PORTAL, "--by", "lan").exit_code == 0
    assert "acknowledged by lan" in frontnews("alerts", "list").stdout
    assert alarms.remind(engine, datetime.now(UTC) + timedelta(days=3), timedelta(hours=24)) == 0
    assert written_down(engine) == [("command", "acknowledge", "all")]
    assert frontnews("alerts", "ack", "no/such").exit_code == 2
    assert frontnews("alerts", "ack", PORTAL, "--alarm", "no_such").exit_code == 2
    assert len(written_down(engine)) == 1, "what was not done is not written down"


def test_an_alarm_is_muted_for_a_time_or_to_the_end_of_a_day(frontnews: Command, engine: Engine) -> None:
    assert frontnews("alerts", "mute", PORTAL, "body_short", "--for", "12h").exit_code == 0
    assert not alarms.read(engine)[0].calls(datetime.now(UTC))
    day = (datetime.now(UTC) + timedelta(days=9)).date()
    done = frontnews("alerts", "mute", PORTAL, "body_short", "--until", day.isoformat())
    assert (done.exit_code, f"muted until {day + timedelta(days=1)} 00:00" in done.stderr) == (0, True)
    assert frontnews("alerts", "mute", PORTAL, "body_short", "--until", "2020-01-01").exit_code == 2
    assert isinstance(frontnews("alerts", "mute", "mis/spelt", "all").exception, UnknownPortal)
    assert frontnews("alerts", "unmute", PORTAL).exit_code == 0
    assert alarms.read(engine)[0].calls(datetime.now(UTC))
    assert [action for _, action, _ in written_down(engine)] == ["unmute", "mute", "mute"]


def test_a_change_that_is_right_is_accepted_and_measured_anew(frontnews: Command, engine: Engine) -> None:
    run = runs.begin(engine, PORTAL)
    run_pages.keep(engine, run.id, PORTAL, [{"url": "http://a.vn/1.html"}])
    runs.finish(engine, run.id, verdict="nothing_new", counts={}, errors={})
    assert run_pages.past(engine, PORTAL, 99).good
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE crawl_runs SET started_at = '2026-01-01T00:00:00Z'")
    done = frontnews("alerts", "accept", PORTAL, "body_short", "--by", "lan")
    assert done.exit_code == 0
    assert alarms.read(engine) == []
    assert not run_pages.past(engine, PORTAL, 99).good, "what came before is no measure any more"
    assert written_down(engine) == [("command", "accept", "body_short")]
    assert frontnews("alerts", "accept", PORTAL, "body_short").exit_code == 2


def test_without_anybody_to_tell_the_test_says_how_to_name_somebody(frontnews: Command) -> None:
    done = frontnews("alerts", "test")
    assert (done.exit_code, "FRONTNEWS_NOTIFY" in done.stderr) == (3, True)


def test_what_waits_is_sent_by_hand_or_said_why_not(
    frontnews: Command, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "0 messages sent, 1 waiting" in frontnews("alerts", "send").stderr
    monkeypatch.setenv("FRONTNEWS_NOTIFY", "json://127.0.0.1:9/secret-hook")
    done = frontnews("alerts", "send")
    assert done.exit_code == 4
    assert "private address" in done.stderr and "secret-hook" not in done.stderr


def test_readers_of_the_feed_say_their_name_and_are_seen(frontnews: Command, engine: Engine) -> None:
    assert "no reader has said its name" in frontnews("readers").stderr
    assert frontnews("changes", "--after", "0", "--reader", "kho-tinh").exit_code == 0
    assert frontnews("readers", "--note", "bao-cao", "5").exit_code == 0
    rows = [json.loads(line) for line in frontnews("readers", "--json").stdout.splitlines()]
    assert [(r["name"], r["cursor"], r["behind"], r["lost"]) for r in rows] == [
        ("bao-cao", 5, 0, True), ("kho-tinh", 0, 0, False),
    ]  # fmt: skip
    assert frontnews("readers", "--forget", "bao-cao").exit_code == 0
    assert frontnews("readers", "--forget", "bao-cao").exit_code == 2
    assert frontnews("changes").exit_code == 2
    assert frontnews("changes", "--after", "0", "--reader", "x" * 101).exit_code == 2
