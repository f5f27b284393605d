"""Rhythms and plans come back from both databases as they were kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from storage import rhythms

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_rhythm_comes_back_and_the_later_one_stands(engine: Engine) -> None:
    rhythms.save(
        engine, {"ha_noi/front": {"counts": [0.5, 1.25], "polled_at": None}, "hue/front": {"polls": 1}}
    )
    rhythms.save(engine, {"hue/front": {"polls": 2}})
    assert rhythms.load(engine) == {
        "ha_noi/front": {"counts": [0.5, 1.25], "polled_at": None},
        "hue/front": {"polls": 2},
    }


def test_only_the_rhythms_asked_for_are_read_however_many(engine: Engine) -> None:
    rhythms.save(engine, {f"p/{n}": {"polls": n} for n in range(1200)})
    asked = [f"p/{n}" for n in range(0, 1200, 2)]
    assert rhythms.load(engine, asked) == {f"p/{n}": {"polls": n} for n in range(0, 1200, 2)}
    assert rhythms.load(engine, ["p/never_polled"]) == {}
    assert rhythms.load(engine, []) == {}


def test_the_newest_plan_is_in_force(engine: Engine) -> None:
    assert rhythms.latest_plan(engine) is None
    for day in range(3):
        rhythms.save_plan(engine, NOON + timedelta(days=day), {"k": day + 0.5})
    assert rhythms.latest_plan(engine) == rhythms.StoredPlan(NOON + timedelta(days=2), {"k": 2.5})


def test_old_plans_are_forgotten(engine: Engine) -> None:
    rhythms.save_plan(engine, NOON, {"k": 1.0})
    rhythms.save_plan(engine, NOON + rhythms.PLANS_KEPT + timedelta(days=1), {"k": 2.0})
    rhythms.save_plan(engine, NOON + timedelta(days=1), {"k": 3.0})
    latest = rhythms.latest_plan(engine)
    assert latest is not None
    assert latest.plan == {"k": 2.0}
