"""When a known article is asked for again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.reading.page import ListingRow
from spiders.recheck import Check, how_to_check
from storage.frontier import Known

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def known(
    age: float | None, checked: float, *, seen: float = 400, title: str = "Hội nghị tổng kết năm"
) -> Known:
    """An article published ``age`` days ago, first seen ``seen`` and last checked ``checked`` days ago."""
    return Known(
        key="1",
        url="http://a.vn/1.html",
        article_id="x",
        title=title,
        published_at=None if age is None else NOW - timedelta(days=age),
        first_seen_at=NOW - timedelta(days=seen),
        last_checked_at=NOW - timedelta(days=checked),
        etag=None,
        last_modified=None,
        skipped=False,
    )


@pytest.mark.parametrize(
    ("age", "checked", "check"),
    [
        (0.1, 0.05, "conditional"),
        (0.9, 0.1, "conditional"),
        (1.1, 0.2, "unconditional"),
        (1.9, 0.1, "conditional"),
        (2.1, 0.2, None),
        (6.9, 5.0, None),
        (7.1, 5.1, "unconditional"),
        (7.5, 0.3, None),
        (29.9, 20.0, None),
        (30.1, 23.0, "unconditional"),
        (31.0, 0.5, None),
        (500.0, 0.5, None),
    ],
)
def test_young_articles_are_checked_each_time_and_whatever_it_answers_after_a_day_a_week_and_a_month(
    age: float, checked: float, check: Check | None
) -> None:
    assert how_to_check(ListingRow("http://a.vn/1.html"), known(age, checked), NOW) == check


def test_where_the_day_of_publication_is_unknown_our_first_sight_counts() -> None:
    assert how_to_check(ListingRow("http://a.vn/1.html"), known(None, 0.5, seen=1.8), NOW) == "conditional"
    assert how_to_check(ListingRow("http://a.vn/1.html"), known(None, 0.5, seen=5), NOW) is None


@pytest.mark.parametrize(
    ("listed", "check"),
    [
        ("Hội nghị tổng kết năm", None),
        ("HỘI NGHỊ TỔNG KẾT NĂM", None),
        ("Hội nghị tổng…", None),
        ("Hội nghị tổng ...", None),
        ("Đính chính: Hội nghị tổng kết năm", "unconditional"),
        (None, None),
    ],
)
def test_another_title_in_the_listing_is_an_edit_and_a_shortened_one_is_not(
    listed: str | None, check: Check | None
) -> None:
    row = ListingRow("http://a.vn/1.html", title=listed)
    assert how_to_check(row, known(10, 1), NOW) == check


def test_a_theme_that_never_prints_the_same_title_does_not_cost_a_request_for_ever() -> None:
    row = ListingRow("http://a.vn/1.html", title="Tổng kết")
    assert how_to_check(row, known(31, 0.5), NOW) is None


def test_a_listing_that_names_a_later_change_is_believed_at_any_age() -> None:
    row = ListingRow("http://a.vn/1.html", modified_at=NOW - timedelta(days=1))
    assert how_to_check(row, known(200, 2), NOW) == "unconditional"
    assert how_to_check(row, known(200, 0.5), NOW) is None


@pytest.mark.parametrize(
    ("age", "checked", "check"),
    [
        (0.03, 0.02, None),
        (0.05, 0.02, "conditional"),
        (0.05, 0.005, None),
        (0.3, 0.2, "conditional"),
        (0.9, 0.5, None),
        (1.1, 0.5, "unconditional"),
        (1.9, 0.5, None),
        (7.1, 5.1, "unconditional"),
    ],
)
def test_a_clock_checks_a_young_article_once_at_an_hour_a_quarter_of_a_day_and_a_day(
    age: float, checked: float, check: Check | None
) -> None:
    row = ListingRow("http://a.vn/1.html")
    assert how_to_check(row, known(age, checked, seen=age), NOW, sparing=True) == check
