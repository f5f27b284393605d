"""Checks of records by the clock: what is due, in whose turn, what is proposed, and a person's word on it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from typer.testing import CliRunner

from cli import app
from crawler.running.options import CrawlOptions
from crawler.running.servers import server_group
from scheduler import Clock, ClockSettings
from spiders.record_checks import as_row, check_in_turn, proposal_of
from spiders.record_writer import add, replace_record
from spiders.registry import load_registry
from storage import alarms, audit, claims, portal_checks, portal_table, schedules
from storage.alarms import Judgement, Raised
from storage.engine import open_database, writing
from storage.migrate import upgrade
from storage.portals import Portal, Section
from storage.tables import portal_checks as table
from storage.timetable import Due
from tests.loopback import redirect
from tests.spiders.small_portal import SmallPortal

OPTIONS = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    upgrade(engine)
    yield engine
    engine.dispose()


def plan(engine: Engine, *portals: Portal, due: timedelta = timedelta(hours=1)) -> None:
    """Bring portals into the database, due for a crawl after a while."""
    portal_table.sync(engine, portals)
    schedules.ensure(
        engine, {p.id: server_group(p.url) for p in portals}, NOW, kind="adaptive",
        adaptive=lambda *_: Due(NOW + due, "in the test"),
    )  # fmt: skip


def checked(engine: Engine, portal: Portal, *, ago: timedelta, proposed: Portal | None = None) -> None:
    """Let a portal have been looked at a while ago."""
    portal_checks.keep(
        engine, portal.id, ok=True, findings=[], record=as_row(portal),
        proposed=as_row(proposed) if proposed else None,
    )  # fmt: skip
    with writing(engine) as connection:
        moved = update(table).where(table.c.portal == portal.id).values(checked_at=NOW - ago)
        connection.execute(moved)


def some(count: int) -> list[Portal]:
    return [Portal(f"xa/{n}", f"Xã {n}", f"https://x{n}.vn/", "other") for n in range(count)]


def test_what_is_in_trouble_is_looked_at_first_then_what_was_looked_at_longest_ago(engine: Engine) -> None:
    fresh, old, never, down, paused, ended = some(6)
    ended = replace(ended, active_until=NOW.date() - timedelta(days=1))
    plan(engine, fresh, old, never, down, paused, ended)
    schedules.change(engine, paused.id, NOW, enabled=False, adaptive=lambda *_: Due(NOW, ""))
    checked(engine, fresh, ago=timedelta(days=2))
    checked(engine, old, ago=timedelta(days=8))
    checked(engine, down, ago=timedelta(days=2))
    for _ in range(alarms.CONFIRMED):
        alarms.judge(engine, down.id, None, Judgement(raised=(Raised("moved", "leads elsewhere"),)), NOW)
    assert portal_checks.due(engine, NOW, 10) == [down.id, never.id, old.id]
    assert portal_checks.due(engine, NOW, 2) == [down.id, never.id]
    checked(engine, down, ago=timedelta(hours=3))
    assert down.id not in portal_checks.due(engine, NOW, 10), "once a day is enough"


def test_a_portal_that_is_due_for_a_crawl_is_crawled_before_its_record_is_looked_at(engine: Engine) -> None:
    (portal,) = some(1)
    plan(engine, portal, due=timedelta(0))
    assert portal_checks.due(engine, NOW, 10) == []


@pytest.fixture
def moved(tmp_path: Path) -> Iterator[tuple[SmallPortal, SmallPortal, Portal]]:
    """A portal of the registry that leads to another host since last night."""
    with SmallPortal() as old, SmallPortal() as new:
        new.publish(3)
        portal = replace(old.portal("other/nho", owner="other"), sections=(Section("/mat-tran/", "front"),))
        paths = ["/", "/mat-tran/", *(news.path for news in new.news)]
        old.broken = {path: redirect(new.url.rstrip("/") + path) for path in paths}
        new.pages["/"] = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>"
        add(tmp_path / "registry", portal)
        yield old, new, portal


def round_of(database: str, folder: Path) -> list[str]:
    """Let a clock look at what is due; what it says of that."""
    said: list[str] = []

    async def look() -> None:
        how = ClockSettings(check_every=timedelta(days=7))
        clock = Clock(
            database, lambda: list(load_registry(folder / "registry")), OPTIONS, how, say=said.append
        )
        await clock.read_registry()
        await clock.check_records()
        clock.engine.dispose()

    asyncio.run(look())
    return [line for line in said if " to change: " in line]


def test_a_round_looks_at_what_is_due_and_keeps_what_it_would_change(
    engine: Engine, database_url: str, tmp_path: Path, moved: tuple[SmallPortal, SmallPortal, Portal]
) -> None:
    old, new, portal = moved
    plan(engine, portal)
    before = schedules.read(engine)
    assert round_of(database_url, tmp_path) == ["1 record to change: frontnews portals proposals"]
    (kept,) = portal_checks.proposals(engine)
    proposed = proposal_of(kept)
    assert proposed == replace(portal, url=new.url, aliases=(old.netloc,))
    assert load_registry(tmp_path / "registry").get("other/nho") == portal, "nothing is written by itself"
    (after,) = schedules.read(engine)
    assert (after.next_due_at, after.claimed_by) == (before[0].next_due_at, None)
    asked = len(old.log)
    assert round_of(database_url, tmp_path) == []
    assert len(old.log) == asked, "a week has not passed"


def test_a_round_leaves_a_server_alone_that_somebody_else_is_asking(
    engine: Engine, database_url: str, tmp_path: Path, moved: tuple[SmallPortal, SmallPortal, Portal]
) -> None:
    old, _, portal = moved
    other = replace(portal, id="other/beside", url=f"{old.url}beside/")
    plan(engine, portal, other)
    claims.join(engine, "elsewhere:1", "clock", NOW)
    schedules.due_now(engine, ["other/beside"], NOW, "now")
    seen: list[str] = []

    def look(until: float) -> None:
        check_in_turn(
            engine, [portal], load_registry(tmp_path / "registry"), OPTIONS, database_url,
            on_check=lambda one, _: seen.append(one.id), until=until,
        )  # fmt: skip

    look(time.monotonic() + 60)
    assert (seen, old.log) == ([], [])
    claims.leave(engine, "elsewhere:1", NOW)
    look(time.monotonic() + 60)
    assert seen == ["other/nho"]


def test_a_proposal_is_accepted_by_one_command_and_written_down(
    engine: Engine, database_url: str, tmp_path: Path, moved: tuple[SmallPortal, SmallPortal, Portal]
) -> None:
    _, new, portal = moved
    plan(engine, portal)
    proposed = replace(portal, url=new.url)
    checked(engine, portal, ago=timedelta(0), proposed=proposed)
    common = ["--database", database_url, "--registry", str(tmp_path / "registry")]
    run = CliRunner()
    shown = run.invoke(app, ["portals", "proposals", *common])
    assert f"+    url: {new.url}" in shown.stdout, shown.output
    accepted = run.invoke(app, ["portals", "accept", "other/nho", *common])
    assert accepted.exit_code == 0, accepted.output
    assert load_registry(tmp_path / "registry").get("other/nho") == proposed
    assert portal_checks.proposals(engine) == []
    (entry,) = audit.entries(engine, target="other/nho")
    assert (entry.action, entry.detail) == ("accept_proposal", {"url": new.url})
    again = run.invoke(app, ["portals", "accept", "other/nho", *common])
    assert again.exit_code == 2


def test_a_proposal_outlives_the_old_host_and_is_taken_when_it_is_dead(
    engine: Engine, database_url: str, tmp_path: Path, moved: tuple[SmallPortal, SmallPortal, Portal]
) -> None:
    old, new, portal = moved
    plan(engine, portal)
    common = ["--database", database_url, "--registry", str(tmp_path / "registry")]
    look = ["portals", "check", "other/nho", "--delay", "0", "--allow-address", "127.0.0.0/8", *common]
    run = CliRunner()
    assert run.invoke(app, look).exit_code == 6
    old.broken = dict.fromkeys(old.broken)  # from now on it hangs up
    dead = run.invoke(app, look)
    assert dead.exit_code == 5
    assert "frontnews portals accept other/nho takes it" in dead.output
    assert run.invoke(app, ["portals", "accept", "other/nho", *common]).exit_code == 0
    assert load_registry(tmp_path / "registry").get("other/nho").url == new.url


def test_a_proposal_for_a_record_that_was_changed_since_is_not_written(
    engine: Engine, database_url: str, tmp_path: Path, moved: tuple[SmallPortal, SmallPortal, Portal]
) -> None:
    *_, portal = moved
    plan(engine, portal)
    checked(engine, portal, ago=timedelta(0), proposed=replace(portal, platform="joomla"))
    replace_record(tmp_path / "registry", replace(portal, platform="drupal"))
    common = ["--database", database_url, "--registry", str(tmp_path / "registry")]
    refused = CliRunner().invoke(app, ["portals", "accept", "other/nho", *common])
    assert refused.exit_code == 3
    assert load_registry(tmp_path / "registry").get("other/nho").platform == "drupal"


def test_what_was_declined_is_not_proposed_again_but_something_else_is(engine: Engine) -> None:
    (portal,) = some(1)
    plan(engine, portal)
    first, second = replace(portal, platform="joomla"), replace(portal, platform="drupal")
    checked(engine, portal, ago=timedelta(0), proposed=first)
    portal_checks.judged(engine, portal.id, dismissed=as_row(first))
    checked(engine, portal, ago=timedelta(0), proposed=first)
    assert portal_checks.proposals(engine) == []
    checked(engine, portal, ago=timedelta(0), proposed=second)
    assert [proposal_of(check) for check in portal_checks.proposals(engine)] == [second]
