"""The canary of the reader: a cycle that is completed also when there is no news."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, update

from storage import cycles, portal_table, schedules
from storage.columns import now
from storage.portals import Portal
from storage.tables import crawl_runs
from storage.tables import cycles as cycle_rows
from storage.tables import schedules as schedule_rows

View = Callable[[str], list[dict[str, object]]]
NAMES = ("a/x", "a/y", "b/z")


@pytest.fixture
def three(engine: Engine) -> Engine:
    """Three portals, two of them by interval and one by crontab, all asked again in an hour."""
    portal_table.sync(engine, [Portal(name, name, f"https://{name[2:]}.vn/", "front") for name in NAMES])
    schedules.ensure(engine, {name: name for name in NAMES}, now())
    schedules.change(engine, "b/z", now(), kind="cron", cron="0 6 * * *")
    due(engine, now() + timedelta(hours=1), *NAMES)
    return engine


def due(engine: Engine, at: object, *portals: str) -> None:
    with engine.begin() as connection:
        wanted = schedule_rows.c.portal.in_(portals)
        connection.execute(update(schedule_rows).where(wanted).values(next_due_at=at))


def run(engine: Engine, *portals: str, verdict: str | None = "nothing_new", ago: int = 5) -> None:
    began = now() - timedelta(seconds=ago)
    row: dict[str, object] = {
        "token": "", "trigger": "manual", "status": "finished" if verdict else "running", "verdict": verdict,
        "started_at": began, "heartbeat_at": began, "counts": {}, "errors": {}, "sections": {},
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(crawl_runs), [{**row, "portal": portal} for portal in portals])


def begin(engine: Engine, ago: int = 10) -> None:
    """Let the present cycles have begun some seconds ago."""
    with engine.begin() as connection:
        connection.execute(update(cycle_rows).values(begun_at=now() - timedelta(seconds=ago)))


def test_a_cycle_is_over_when_every_portal_was_looked_at_though_none_had_news(
    three: Engine, view: View
) -> None:
    def completed() -> object:
        return {row["name"]: row["value"] for row in view("meta")}["last_cycle_completed_at"]

    run(three, "a/x", "a/y")
    assert cycles.settle(three) == ["interval"]
    assert completed() is None
    run(three, "b/z")
    begin(three)
    assert cycles.settle(three) == ["all", "cron", "interval"]
    first = completed()
    assert isinstance(first, str)
    assert first.endswith("Z")
    assert cycles.settle(three) == [], "the next cycle has only begun"
    assert completed() == first
    names = [row["name"] for row in view("meta")]
    assert names.count("last_cycle_completed_at") == 1
    assert {"last_cycle_completed_at_cron", "last_cycle_completed_at_interval"} <= set(names)


def test_looking_in_vain_is_looking(three: Engine) -> None:
    for portal, verdict in zip(NAMES, ("failed", "blocked", "suspicious_empty"), strict=True):
        assert "all" not in cycles.settle(three)
        run(three, portal, verdict=verdict, ago=-1)
    assert "all" in cycles.settle(three)


def test_a_run_that_came_to_nothing_does_not_count(three: Engine) -> None:
    run(three, "a/y", "b/z")
    for verdict in ("cancelled", "lost", None):
        run(three, "a/x", verdict=verdict)
        due(three, now() - timedelta(seconds=1), "a/x")
        assert not {"all", "interval"} & set(cycles.settle(three))


def test_a_portal_that_kills_its_crawler_each_time_does_not_stop_the_cycles(three: Engine) -> None:
    run(three, "a/y", "b/z")
    run(three, "a/x", verdict="lost")
    assert "all" in cycles.settle(three), "it was given up until its next time, an hour from now"


def test_portals_that_nobody_will_ask_today_are_not_waited_for(three: Engine) -> None:
    run(three, "a/y", "b/z")
    assert "all" not in cycles.settle(three)
    due(three, now() + timedelta(hours=25), "a/x")
    begin(three)
    assert "all" in cycles.settle(three)
    due(three, now() + timedelta(hours=1), "a/x")
    schedules.change(three, "a/x", now(), enabled=False)
    begin(three)
    assert "all" in cycles.settle(three), "paused"


def test_where_all_portals_are_on_hold_no_cycle_is_completed(three: Engine) -> None:
    due(three, now() + timedelta(hours=25), *NAMES)
    assert cycles.settle(three) == []


def test_crawls_without_a_clock_make_cycles_too(engine: Engine) -> None:
    portal_table.sync(engine, [Portal("a/x", "x", "https://x.vn/", "front")])
    assert cycles.settle(engine) == []
    run(engine, "a/x", ago=3)
    begin(engine)
    assert cycles.settle(engine) == ["all", "interval"]
    assert cycles.settle(engine) == []


def test_the_first_cycle_of_an_old_database_is_of_a_day_at_most(three: Engine) -> None:
    run(three, *NAMES, ago=30 * 3600)
    assert cycles.settle(three) == []
