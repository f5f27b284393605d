"""When a portal is next due."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.timetable import (
    Due,
    Schedule,
    Window,
    check_cron,
    check_quiet_hours,
    duration,
    next_due,
    opening,
    parse_duration,
    phase,
)

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # a Monday, twelve o'clock in Vietnam
HOURLY = Schedule("thanh_hoa/tho_xuan", NOON, interval_seconds=3600)

moments = st.integers(1_600_000_000, 2_200_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ids = st.text("abcdefghij_/0123456789", min_size=1, max_size=30)


@given(ids, moments, st.integers(10, 200_000))
def test_the_next_moment_lies_within_one_interval_and_on_the_portals_own_grid(
    portal: str, now: datetime, interval: int
) -> None:
    due = next_due(Schedule(portal, now, interval_seconds=interval), now)
    assert timedelta(0) < due.at - now <= timedelta(seconds=interval)
    assert int(due.at.timestamp()) % interval == phase(portal, interval)


@given(ids, moments, st.integers(10, 200_000), st.integers(0, 10**7))
def test_a_late_run_makes_up_for_nothing_and_leaves_half_an_interval_of_peace(
    portal: str, now: datetime, interval: int, late: int
) -> None:
    schedule = Schedule(portal, now - timedelta(seconds=late), interval_seconds=interval)
    due = next_due(schedule, now, just_ran=True)
    assert interval / 2 <= (due.at - now).total_seconds() <= 1.5 * interval


def test_portals_are_spread_over_the_interval() -> None:
    tenths = [0] * 10
    for n in range(1000):
        tenths[phase(f"tinh_{n % 63}/huyen_{n}", 3600) // 360] += 1
    assert min(tenths) > 60


def test_cron_is_meant_in_vietnam_and_counts_days_as_crontab_does() -> None:
    cron = replace(HOURLY, kind="cron", cron="30 6 * * 1-5")
    friday = datetime(2026, 11, 27, 0, 0, tzinfo=UTC)
    assert next_due(cron, NOON).at == datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # Tuesday, half past six
    assert next_due(cron, friday).at == datetime(2026, 11, 29, 23, 30, tzinfo=UTC)  # Monday
    sunday = next_due(replace(cron, cron="0 0 * * 0"), NOON)
    assert sunday.at == datetime(2026, 11, 28, 17, 0, tzinfo=UTC)
    assert sunday.reason == "cron 0 0 * * 0"


@pytest.mark.parametrize("wrong", ["", "* * * *", "61 * * * *", "* * * * 9", "0 0 31 2 *"])
def test_an_expression_that_is_none_is_refused_in_one_line(wrong: str) -> None:
    with pytest.raises(ValueError) as refused:
        check_cron(wrong)
    assert "\n" not in str(refused.value) and str(refused.value)


def test_quiet_hours_move_a_portal_behind_them_even_over_midnight() -> None:
    quiet = replace(HOURLY, quiet_hours=check_quiet_hours("22:00 - 05:00"))
    for hour in (15, 17, 21):  # 22:00, midnight, 04:00 in Vietnam
        due = opening(quiet, Due(datetime(2026, 11, 23, hour, 10, tzinfo=UTC), "every 1 h"))
        assert timedelta(0) <= due.at - datetime(2026, 11, 23, 22, 0, tzinfo=UTC) < timedelta(minutes=30)
        assert due.reason == "every 1 h; after quiet hours 22:00-05:00"
    awake = Due(datetime(2026, 11, 23, 22, 0, tzinfo=UTC), "every 1 h")
    assert opening(quiet, awake) == awake


def test_a_window_holds_everything_back_or_one_portal_alone() -> None:
    tet = Window("Tết", NOON - timedelta(days=1), NOON + timedelta(days=5))
    assert opening(HOURLY, Due(NOON, "every 1 h"), [tet]).at >= tet.ends_at
    assert "after Tết" in opening(HOURLY, Due(NOON, "every 1 h"), [tet]).reason
    other = replace(tet, portal="nghe_an/do_luong")
    assert opening(HOURLY, Due(NOON, "every 1 h"), [other]).at == NOON


def test_a_window_that_ends_in_quiet_hours_is_followed_by_them() -> None:
    quiet = replace(HOURLY, quiet_hours="22:00-05:00")
    tet = Window("Tết", NOON - timedelta(days=1), datetime(2026, 11, 24, 17, 0, tzinfo=UTC))  # midnight
    assert opening(quiet, Due(NOON, ""), [tet]).at >= datetime(2026, 11, 24, 22, 0, tzinfo=UTC)


def test_an_adaptive_portal_follows_its_rhythm_and_its_interval_without_one() -> None:
    adaptive = replace(HOURLY, kind="adaptive")
    later = Due(NOON + timedelta(minutes=7), "about 3 articles a day")
    assert next_due(adaptive, NOON, adaptive=lambda schedule, now: later) == later
    assert next_due(adaptive, NOON) == next_due(HOURLY, NOON)


@pytest.mark.parametrize(
    ("text", "seconds", "said"),
    [
        ("45s", 45, "45 s"),
        ("30min", 1800, "30 min"),
        ("4h", 14400, "4 h"),
        ("1.5h", 5400, "90 min"),
        ("2d", 172800, "2 d"),
    ],
)
def test_lengths_of_time_are_read_and_said(text: str, seconds: int, said: str) -> None:
    assert parse_duration(text) == seconds
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(7_100, "118 min"), (14_650, "4.1 h"), (18_001, "5 h"), (100_000, "28 h"), (200_000, "2.3 d")],
)
def test_an_uneven_length_of_time_is_said_in_its_largest_unit(seconds: int, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize("wrong", ["", "5", "4 weeks", "-3h", "h"])
def test_a_length_of_time_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="interval"):
        parse_duration(wrong)
