"""Why a portal is due, in the words of the shell and in those of the dashboard's two languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from crawler.running import rhythm
from crawler.running.adaptive import Rhythms
from crawler.running.rhythm import Budget, Rhythm
from dashboard.languages import messages
from storage import claims, holds, schedules, tables
from storage.engine import reading, writing
from storage.said import Said, all_of
from storage.timetable import Due, Schedule, Window, next_due, opening

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # a Monday, twelve o'clock in Vietnam
HOURLY = Schedule("thanh_hoa/tho_xuan", NOON, interval_seconds=3600)
HOURS = 168


def told(due: Due) -> tuple[str, str]:
    """The reason on a page: in English and in Vietnamese."""
    assert due.said, due.reason
    english, vietnamese = (messages(language).all_said(due.said, None) for language in ("en", "vi"))
    assert vietnamese.language is None, "said in Vietnamese, not quoted in English"
    return english.text, vietnamese.text


def learned(weekly: Callable[[int], float]) -> Rhythm:
    """A portal that was watched for four weeks; ``weekly``: articles in an hour of the week."""
    counts = tuple(4 * weekly(hour) for hour in range(HOURS))
    polled = NOON - timedelta(minutes=1)
    return Rhythm(counts, (4.0,) * HOURS, begun_at=polled - timedelta(days=28), polled_at=polled, polls=600)


@pytest.mark.parametrize(
    ("schedule", "vietnamese"),
    [
        (HOURLY, "mỗi 1 giờ"),
        (replace(HOURLY, interval_seconds=90), "mỗi 90 giây"),
        (replace(HOURLY, kind="cron", cron="30 6 * * 1-5"), "theo cron 30 6 * * 1-5"),
        (replace(HOURLY, quiet_hours="11:00-14:00"), "mỗi 1 giờ; sau giờ nghỉ 11:00-14:00"),
    ],
)
def test_a_schedules_reason_is_the_same_in_codes(schedule: Schedule, vietnamese: str) -> None:
    due = next_due(schedule, NOON)
    assert told(due) == (due.reason, vietnamese)


def test_a_window_that_holds_a_portal_back_is_named() -> None:
    tet = Window("Tết", NOON, NOON + timedelta(days=7))
    due = next_due(HOURLY, NOON, windows=[tet])
    assert told(due) == ("every 1 h; after Tết", "mỗi 1 giờ; sau Tết")
    assert due.reason == "every 1 h; after Tết"


def test_what_is_told_in_english_alone_stays_so_behind_quiet_hours() -> None:
    due = opening(replace(HOURLY, quiet_hours="11:00-14:00"), Due(NOON, "wanted by a test"))
    assert due.reason == "wanted by a test; after quiet hours 11:00-14:00"
    assert due.said == (), "its codes would say half of it"


@pytest.mark.parametrize(
    ("weekly", "vietnamese"),
    [
        (lambda hour: 0.2, "giờ nào cũng như nhau"),
        (
            lambda hour: 0.5 if hour < 120 and 7 <= hour % 24 < 17 else 0.001,
            "phần lớn trong giờ hành chính",
        ),
        (
            lambda hour: 6.0 if hour in (33, 99) else 0.1,
            "nhiều nhất vào thứ Ba từ 9 đến 10 giờ",
        ),
    ],
)
def test_a_rhythm_says_how_much_it_expects_and_when(weekly: Callable[[int], float], vietnamese: str) -> None:
    state = learned(weekly)
    made = rhythm.plan([state] * 10, Budget(400), NOON)
    due = rhythm.next_poll(state, NOON, made)
    english, in_vietnamese = told(due)
    (count,) = re.findall(r"about (\S+) new", due.reason)
    assert in_vietnamese.endswith(f"khoảng {count.replace('.', ',')} bài mới mỗi ngày, {vietnamese}")
    assert english.replace("; about", ": about").replace("Tuesday", "Tue") == due.reason


def test_failures_and_an_overdue_poll_are_said_before_the_rhythm() -> None:
    state = learned(lambda hour: 0.2)
    made = rhythm.plan([state] * 10, Budget(400), NOON)
    failed = rhythm.next_poll(rhythm.fail(state, NOON), NOON, made)
    assert told(failed)[1] == "tạm ngưng, số lần lỗi liên tiếp: 1"
    late = rhythm.next_poll(state, NOON + timedelta(days=2), made)
    assert told(late)[1].startswith("đã quá hạn; ")


def test_the_reason_in_codes_is_kept_with_the_plan_and_goes_with_it(engine: Engine) -> None:
    def stored() -> list[str]:
        (row,) = schedules.read(engine, [HOURLY.portal])
        return [said.code for said in all_of(row.due_said)]

    now = datetime.now(UTC)
    schedules.ensure(engine, {HOURLY.portal: "1"}, now, kind="adaptive", adaptive=Rhythms(engine).due)
    assert stored() == ["due.adaptive", "due.never_polled"]
    schedules.change(engine, HOURLY.portal, now, kind="interval", interval_seconds=3600)
    assert stored() == ["due.every"]
    assert schedules.ask_for(engine, HOURLY.portal, now, "lan")
    assert stored() == ["due.asked_for"]
    schedules.due_now(engine, [HOURLY.portal], now, "wanted by a test")
    assert stored() == [], "of another reason than the one before"
    with writing(engine) as connection:
        connection.execute(insert(tables.dispatchers).values(
            owner="m:1", kind="clock", started_at=now, beat_at=now))  # fmt: skip
    assert claims.claim(engine, "m:1", HOURLY.portal, now) is None
    claims.leave(engine, "m:1", now)
    assert stored() == ["due.left"]


def test_a_hold_keeps_its_reason_in_codes(engine: Engine) -> None:
    holds.hold(engine, "xa.vn", datetime.now(UTC) + timedelta(hours=1), "answered 429",
               Said("hold.answered", {"status": 429}))  # fmt: skip
    with reading(engine) as connection:
        (row,) = connection.execute(tables.holds.select())
    assert messages("vi").all_said(all_of(row.said), row.reason).text == "trả lời 429"
