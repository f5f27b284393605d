"""What each light says of a portal's last runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.lights import Lights, PastRun, Standing, lights, stale_after

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FRESH = Standing(last_new_at=NOW - HOUR)


def runs(*verdicts: str, every: timedelta = 4 * HOUR) -> list[PastRun]:
    """Runs with these verdicts, the newest first; ``new`` brought two articles."""
    return [PastRun(9 - n, v, NOW - HOUR - n * every, 2 if v == "new" else 0) for n, v in enumerate(verdicts)]


def test_a_portal_that_brings_news_is_well() -> None:
    assert lights(runs("new", "nothing_new", "new"), FRESH, NOW) == Lights("ok", "ok", "ok", "ok")


@pytest.mark.parametrize(
    ("verdict", "light"),
    [("failed", "reach"), ("lost", "reach"), ("blocked", "politeness"), ("suspicious_empty", "quality"),
     ("layout_drift", "quality")],
)  # fmt: skip
def test_one_bad_run_is_pending_and_the_second_is_down(verdict: str, light: str) -> None:
    once = lights(runs(verdict, "new", "new"), FRESH, NOW)
    twice = lights(runs(verdict, verdict, "new"), FRESH, NOW)
    assert getattr(once, light) == "pending" == once.worst
    assert getattr(twice, light) == "down" == twice.worst
    others = {"reach", "freshness", "quality", "politeness"} - {light}
    assert {getattr(twice, other) for other in others} == {"ok"}


def test_a_run_that_runs_or_was_cancelled_says_nothing() -> None:
    assert lights(runs("running", "cancelled", "failed", "failed", "new"), Standing(), NOW).reach == "down"


def test_partial_runs_are_degraded_when_they_repeat() -> None:
    assert lights(runs("partial", "new"), Standing(), NOW).quality == "ok"
    assert lights(runs("partial", "partial", "new"), Standing(), NOW).quality == "degraded"


def test_silence_is_judged_by_the_portals_own_rhythm() -> None:
    assert stale_after(None) == stale_after(timedelta(days=1)) == timedelta(days=7)
    assert stale_after(timedelta(days=7)) == timedelta(days=42)
    daily = Standing(last_new_at=NOW - HOUR, usual_gap=timedelta(days=1))
    weekly = Standing(last_new_at=NOW - HOUR, usual_gap=timedelta(days=7))
    looked = runs("nothing_new", "nothing_new")
    assert lights(looked, daily, NOW).freshness == "ok"
    assert lights(looked, daily, NOW + timedelta(days=10)).freshness == "degraded"
    assert lights(looked, daily, NOW + timedelta(days=20)).freshness == "down"
    assert lights(looked, weekly, NOW + timedelta(days=10)).freshness == "ok"


def test_a_portal_that_never_brought_anything_is_unknown_for_a_week() -> None:
    young = runs("nothing_new", "nothing_new")
    assert lights(young, Standing(), NOW).freshness == "unknown"
    assert lights(young, Standing(), NOW + timedelta(days=8)).freshness == "degraded"


def test_an_overdue_portal_is_not_fresh() -> None:
    assert lights(runs("new"), Standing(next_due_at=NOW - 2 * HOUR), NOW).freshness == "degraded"
    assert lights([], Standing(next_due_at=NOW - 2 * HOUR), NOW).freshness == "pending"
    nothing_known = Lights("unknown", "unknown", "unknown", "unknown")
    assert lights([], Standing(next_due_at=NOW + HOUR), NOW) == nothing_known


def test_a_held_host_and_a_refusal_are_matters_of_politeness() -> None:
    assert lights(runs("new"), Standing(held=True), NOW).politeness == "degraded"
    assert lights(runs("new"), Standing(errors=frozenset({"rate_limited"})), NOW).politeness == "degraded"
    assert lights(runs("new"), Standing(errors=frozenset({"http_5xx"})), NOW).politeness == "ok"


def test_a_paused_or_retired_portal_calls_nobody() -> None:
    for standing in (Standing(enabled=False), Standing(retired=True)):
        assert lights(runs("failed", "failed"), standing, NOW).worst == "paused"
