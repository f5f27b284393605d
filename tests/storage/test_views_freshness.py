"""How fresh each portal is: what a reader is told when there is no news."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, update

from storage import portal_table, schedules
from storage.columns import now
from storage.portals import Portal
from storage.saving import save_batch
from storage.tables import copies, crawl_runs
from storage.tables import portals as portal_rows
from storage.tables import schedules as schedule_rows
from tests.storage.texts import article, seen

View = Callable[[str], list[dict[str, object]]]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
XA = "thanh_hoa/xa"


@pytest.fixture
def one_portal(engine: Engine) -> Engine:
    """A database with one portal that is asked every four hours, and never was."""
    portal_table.sync(engine, [Portal(XA, "Xã", "https://xa.gov.vn/", "front")])
    schedules.ensure(engine, {XA: "xa.gov.vn"}, now())
    return engine


def ran(engine: Engine, verdict: str | None, ago: timedelta, portal: str = XA, *, status: str = "") -> None:
    """A run that began ``ago`` and took a minute; without a verdict it is still running."""
    began = now() - ago
    with engine.begin() as connection:
        connection.execute(
            insert(crawl_runs).values(
                portal=portal, token="", trigger="schedule", verdict=verdict,
                status=status or ("finished" if verdict else "running"), started_at=began,
                heartbeat_at=began, finished_at=began + timedelta(minutes=1) if verdict else None,
                counts={}, errors={}, sections={},
            )
        )  # fmt: skip


def schedule(engine: Engine, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(update(schedule_rows).where(schedule_rows.c.portal == XA).values(values))


def freshness(view: View) -> dict[str, object]:
    (row,) = view("portal_freshness")
    return row


def moment(value: object) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]


def test_a_portal_that_was_never_looked_at_says_so(one_portal: Engine, view: View) -> None:
    row = freshness(view)
    assert row["verdict"] == "never_run"
    assert row["next_due_at"] is not None
    nothing = ("last_run_at", "last_success_at", "last_new_at", "expected_gap_seconds", "age_seconds")
    assert [row[name] for name in (*nothing, "last_verdict")] == [None] * 6
    ran(one_portal, None, HOUR)
    ran(one_portal, "cancelled", 2 * HOUR)
    row = freshness(view)
    assert row["verdict"] == "never_run", "a run that is under way or was stopped says nothing yet"
    assert row["last_run_at"] is not None


def test_the_last_run_tells_empty_failed_and_blocked_apart(one_portal: Engine, view: View) -> None:
    told = {
        "new": "fresh", "nothing_new": "fresh", "partial": "fresh", "suspicious_empty": "empty",
        "failed": "failed", "layout_drift": "failed", "lost": "failed", "blocked": "blocked",
        "cancelled": "blocked",
    }  # fmt: skip
    for ago, (last, verdict) in zip(range(18, 0, -2), told.items(), strict=True):
        ran(one_portal, last, ago * HOUR, status="lost" if last == "lost" else "")
        row = freshness(view)
        assert row["verdict"] == verdict, last
        assert abs(moment(row["last_run_at"]) - (now() - ago * HOUR)) < timedelta(seconds=20)
        age = row["age_seconds"]
        assert isinstance(age, int)
        succeeded = max(ago, 14)  # the last that did was "partial"
        assert abs(age - succeeded * 3600 + 60) < 20


def test_a_portal_that_nobody_asked_in_time_is_late(one_portal: Engine, view: View) -> None:
    ran(one_portal, "nothing_new", 6 * HOUR)
    schedule(one_portal, next_due_at=now() - timedelta(minutes=50))
    assert freshness(view)["verdict"] == "fresh"
    schedule(one_portal, next_due_at=now() - timedelta(minutes=70))
    assert freshness(view)["verdict"] == "late"
    ran(one_portal, "failed", 2 * HOUR)
    assert freshness(view)["verdict"] == "failed", "why it has no news is known"


def test_without_a_schedule_a_portal_is_late_after_a_day(engine: Engine, view: View) -> None:
    portal_table.sync(engine, [Portal(XA, "Xã", "https://xa.gov.vn/", "front")])
    ran(engine, "nothing_new", 27 * HOUR)
    assert freshness(view)["verdict"] == "late"
    assert freshness(view)["next_due_at"] is None
    ran(engine, "nothing_new", 25 * HOUR)
    assert freshness(view)["verdict"] == "fresh"


def test_a_paused_portal_and_one_whose_time_is_over_are_not_late(one_portal: Engine, view: View) -> None:
    ran(one_portal, "failed", 300 * DAY)
    schedule(one_portal, enabled=False, next_due_at=now() - 300 * DAY)
    assert (freshness(view)["verdict"], freshness(view)["next_due_at"]) == ("paused", None)
    with one_portal.begin() as connection:
        connection.execute(update(portal_rows).values(active_until=f"{now() - 2 * DAY:%Y-%m-%d}"))
    assert freshness(view)["verdict"] == "retired"
    with one_portal.begin() as connection:
        connection.execute(update(portal_rows).values(active_until=f"{now() + 2 * DAY:%Y-%m-%d}"))
    assert freshness(view)["verdict"] == "paused"
    portal_table.sync(one_portal, [])
    assert freshness(view)["verdict"] == "retired", "its record has left the registry"


def test_a_portal_that_is_silent_for_six_of_its_own_gaps_and_a_week_is_empty(
    one_portal: Engine, view: View
) -> None:
    newest = now() - 20 * DAY
    days = [newest - timedelta(days=2 * number) for number in range(60)]
    save_batch(
        one_portal, None, [seen(article(n, published_at=day), portal=XA) for n, day in enumerate(days)]
    )
    ran(one_portal, "nothing_new", HOUR)
    row = freshness(view)
    assert row["expected_gap_seconds"] == 2 * 86400
    assert row["verdict"] == "fresh", "its articles were seen for the first time just now"
    with one_portal.begin() as connection:
        connection.execute(update(copies).values(first_seen_at=now() - 11 * DAY))
    assert freshness(view)["verdict"] == "fresh", "eleven days are less than six gaps of two days"
    with one_portal.begin() as connection:
        connection.execute(update(copies).values(first_seen_at=now() - 13 * DAY))
    row = freshness(view)
    assert (row["verdict"], row["last_verdict"]) == ("empty", "nothing_new")


def test_the_usual_gap_is_unknown_from_two_dates_and_heeds_no_date_to_come(
    one_portal: Engine, view: View
) -> None:
    def publish(*ages: timedelta) -> None:
        rows = [seen(article(n, published_at=now() - age), portal=XA) for n, age in enumerate(ages)]
        save_batch(one_portal, None, rows)

    publish(DAY, 2 * DAY)
    assert freshness(view)["expected_gap_seconds"] is None
    publish(DAY, 2 * DAY, 5 * DAY, -300 * DAY)
    assert freshness(view)["expected_gap_seconds"] == 2 * 86400
