"""Publication times: day first, +07:00, every form of the pages seen, and nothing made up."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.shared_data import MISSING, SHARED
from tests.timing import cpu_seconds
from vietnam.dates import (
    VIETNAM,
    Stamp,
    find_event_date,
    find_stamps,
    guess_stamp,
    parse_stamp,
    stamp_from_url,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=VIETNAM)
EARLIEST = datetime(1996, 1, 1)  # noqa: DTZ001 hypothesis draws between naive times
LATEST = datetime(2026, 1, 1)  # noqa: DTZ001


def stamp(text: str) -> Stamp:
    """Return the stamp that "2022-08-03", "2022-08-03T14:05" or "2022-08-03T14:05:30" writes down."""
    precision = {7: "month", 10: "day", 16: "minute", 19: "second"}[len(text)]
    at = datetime.fromisoformat(f"{text}-01" if len(text) == 7 else text).replace(tzinfo=VIETNAM)
    return Stamp(at, precision)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("Thứ tư, 03/08/2022, 14:05 (GMT+7)", "2022-08-03T14:05"),
        ("Đăng lúc: 03/08/2022 (GMT+7)", "2022-08-03"),
        ("Thứ tư - 22/06/2020 14:47", "2020-06-22T14:47"),
        ("21 Tháng Sáu 2022 5:35:00 CH", "2022-06-21T17:35:00"),
        ("21 Tháng Sáu 2022 5:35:00 SA", "2022-06-21T05:35:00"),
        ("05/06/2025 02:15 CH", "2025-06-05T14:15"),
        ("05/06/2025 12:15 SA", "2025-06-05T00:15"),
        ("05/06/2025 12:15 CH", "2025-06-05T12:15"),
        ("05/06/2025 14:15 CH", "2025-06-05T14:15"),
        ("August 19, 2025 at 5:30 pm", "2025-08-19T17:30"),
        ("Tháng Tám 19, 2025", "2025-08-19"),
        ("Đăng lúc: 08:15 05/06/2025", "2025-06-05T08:15"),
        ("Cập nhật: 05/06/2025 8h15", "2025-06-05T08:15"),
        ("8 giờ 15 phút ngày 5/6/2025", "2025-06-05T08:15"),
        ("Thứ 2, 12/10/2020 | 15:40'", "2020-10-12T15:40"),
        ("Ngày 02 tháng Năm năm 2021", "2021-05-02"),
        ("03 Th7, 2023", "2023-07-03"),
        ("24/11/23", "2023-11-24"),
        ("24.11.23", "2023-11-24"),
        ("05-06-25 | 08:15", "2025-06-05T08:15"),
        ("ngày 05/6 năm 2025", "2025-06-05"),
        ("０５/０６/２０２５ ０８:１５", "2025-06-05T08:15"),
        ("Ngày: 05/06/2025 Giờ: 08:15", "2025-06-05T08:15"),
        ("05/06/2025 » 08:15", "2025-06-05T08:15"),
        ("🕒 08:15 🗓 05/06/2025", "2025-06-05T08:15"),
        ("05/06/2025 8:5", "2025-06-05T08:05"),
        ("8h:15 05/06/2025", "2025-06-05T08:15"),
        ("8h 15 - 05/06/2025", "2025-06-05T08:15"),
        ("Cập nhật: 07/06/2025 - Đăng: 05/06/2025", "2025-06-05"),
        ("Ngày đăng 5 - 6 - 2025", "2025-06-05"),
        ("Thứ Năm, 12 tháng 11, 2025 | 17 giờ 05Lượt xem: 88", "2025-11-12T17:05"),
        ("12/11/2025 17h05Lượt xem: 88", "2025-11-12T17:05"),
        # glued by the theme
        ("15:3714/04/2021", "2021-04-14T15:37"),
        ("24/11/202305:32", "2023-11-24T05:32"),
        ("05/06/2025 08:1574 lượt xem", "2025-06-05T08:15"),
        ("128 | 08/01/2026 - 18:21", "2026-01-08T18:21"),
        ("10/05/2017 - 07:18 - 3 lượt xem", "2017-05-10T07:18"),
        ("08/01/2026 - 18:21 lượt xem: 74", "2026-01-08T18:21"),
        # machines
        ("2025-06-05T14:30:00", "2025-06-05T14:30:00"),
        ("2025-06-05T14:30:00+07:00", "2025-06-05T14:30:00"),
        ("2025-06-05T14:30:00Z", "2025-06-05T21:30:00"),
        ("2025-06-05 14:30:00.123+0000", "2025-06-05T21:30:00"),
        ("Wed, 03 Aug 2022 07:05:00 GMT", "2022-08-03T14:05:00"),
        ("Wed, 03 Aug 2022 07:05:00 +0700", "2022-08-03T07:05:00"),
        ("2025-06-05+0714:30:45", "2025-06-05T14:30:45"),
        ("1694656356022", "2023-09-14T08:52:36"),
        ("/Date(1694656356022)/", "2023-09-14T08:52:36"),
        ("20220803140500", "2022-08-03T14:05:00"),
        ("20220803", "2022-08-03"),
        ("2022-08", "2022-08"),
        ("Tháng 8/2022", "2022-08"),
        # midnight sharp is how a date without time is printed
        ("30/03/2021 | 12:00 AM", "2021-03-30"),
        ("2021-03-30T00:00:00+07:00", "2021-03-30"),
    ],
)
def test_a_printed_time_is_read_day_first_and_in_vietnam(printed: str, meant: str) -> None:
    assert parse_stamp(printed) == stamp(meant)


@pytest.mark.parametrize(
    "text",
    [
        "", "Tin tức", "12/31/2023", "Thứ Hai, 12/31/2023", "31/02/2023",
        "Số 10/01/2022/QĐ-UBND", "0001-01-01T00:00:00",
        "01/01/1970", "2021 - 2026", "100%", "19.2.168.1", "08:15", "Ngày 12/1", "3 giờ trước",
        "07:18 - 2024",
        "tỷ lệ 5/6/7",
        "Quý IV/2013", "Hotline 0912345678901234", "99999999999999",
    ],
)  # fmt: skip
def test_what_is_no_complete_date_gives_none(text: str) -> None:
    assert parse_stamp(text) is None


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("T4, 09/04/2024 - 16:05", "2024-09-04"),
        ("Wed, 09/04/2024 - 16:05", "2024-09-04"),
        ("Thứ Tư, 09/04/2024", "2024-09-04"),
        ("Chủ nhật, 12/01/2024", "2024-12-01"),
        ("Fri, 09/20/2024 - 16:05", "2024-09-20"),
        ("Thứ Tư, 04/09/2024 16:05", "2024-09-04"),
        ("Thứ Hai, 09/04/2024", "2024-04-09"),  # of neither: a template's fault
        ("Chủ nhật, 12/01/2025", "2025-01-12"),
    ],
)
def test_the_month_stands_first_where_only_so_the_weekday_is_right(printed: str, meant: str) -> None:
    found = parse_stamp(printed)
    assert found is not None
    assert found.at.date().isoformat() == meant


def test_a_date_after_the_fetch_is_refused_but_a_fast_clock_is_not() -> None:
    assert parse_stamp("24/11/2026", latest=NOW) is None
    assert parse_stamp("23/11/2026 09:00", latest=NOW) == stamp("2026-11-23T09:00")
    assert parse_stamp("24/11/2026 08:00, 20/11/2026 08:00", latest=NOW) == stamp("2026-11-20T08:00")


def test_of_two_dates_the_one_labelled_as_publication_is_taken() -> None:
    text = "Ngày cập nhật 01/02/2024 Ngày đăng: 30/01/2024 08:00"
    assert parse_stamp(text) == stamp("2024-01-30T08:00")
    assert parse_stamp("Cập nhật 01/02/2024") == stamp("2024-02-01")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("15 phút trước", "2026-11-22T09:45"),
        ("Đăng 3 giờ trước", "2026-11-22"),
        ("12 giờ trước", "2026-11-21"),
        ("2 ngày trước", "2026-11-20"),
        ("1 tuần trước", "2026-11-15"),
        ("3 ngày, 12 giờ trước", "2026-11-18"),
        ("1 week, 2 days ago", "2026-11-13"),
        ("5 hours ago", "2026-11-22"),
        ("Hôm nay 08:30", "2026-11-22T08:30"),
        ("hôm qua lúc 08:30", "2026-11-21T08:30"),
        ("Hôm qua", "2026-11-21"),
    ],
)
def test_relative_times_count_from_the_fetch_and_claim_no_more_than_is_known(text: str, meant: str) -> None:
    assert parse_stamp(text, now=NOW) == stamp(meant)
    assert parse_stamp(text) is None


@pytest.mark.parametrize(
    "text", ["2 tháng trước", "1 tháng, 3 tuần trước", "1 month, 3 weeks ago", "1 năm trước"]
)
def test_months_ago_tell_no_day(text: str) -> None:
    assert parse_stamp(text, now=NOW) is None


def test_a_report_that_begins_with_today_is_no_relative_time() -> None:
    assert parse_stamp("Hôm nay, 5-7", now=NOW) is None


def test_every_stamp_of_a_longer_text_is_found_in_order() -> None:
    text = "14:16, 06/02/2024 Hội nghị 15:20, 07/02/2024 | Thứ tư, 03/08/2022, 14:05 (GMT+7); 5/6."
    assert find_stamps(text) == [
        stamp("2024-02-06T14:16"),
        stamp("2024-02-07T15:20"),
        stamp("2022-08-03T14:05"),
    ]


def test_a_month_can_mean_each_of_its_days() -> None:
    assert stamp("2024-02").last_day.isoformat() == "2024-02-29"
    assert stamp("2024-02-06T14:16").last_day.isoformat() == "2024-02-06"


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("https://xa.vn/portal/pages/2023-12-07/hoi-nghi-1.aspx", "2023-12-07"),
        ("https://xa.vn/2023/12/07/hoi-nghi/", "2023-12-07"),
        ("https://xa.vn/lam-kinh-te-gioi-22-10-2010/", "2010-10-22"),
        ("https://xa.vn/ra-mat-trang-10052017-a40451.html", "2017-05-10"),
        ("https://xa.vn/channel/5083/202111/hoi-nghi-2547574/", "2021-11"),
        ("https://xa.vn/2023/08/hoi-nghi/", "2023-08"),
        ("https://xa.vn/a/hoi-nghi-2806251125054235978.htm", "2025-11-25T05:42:35"),
        ("https://xa.vn/hoi-nghi-196251130084255441.htm", "2025-11-30T08:42:55"),
        ("https://xa.vn/hoi-nghi-20210518172652655.htm", "2021-05-18T17:26:52"),
        ("https://xa.vn/chi-tiet/-/view-article/1/1647698202167/1694656356022", "2023-09-14T08:52:36"),
        ("https://xa.vn/hoi-nghi-1700727927207.htm?utm_source=x", "2023-11-23T15:25:27"),
    ],
)
def test_an_address_that_carries_a_time_gives_it(url: str, meant: str) -> None:
    assert stamp_from_url(url) == stamp(meant)


@pytest.mark.parametrize(
    "url",
    [
        "https://xa.vn/3cms/Ban-in-507.htm?art=1570789573083",
        "https://xa.vn/3cms/hoi-nghi-1570789573083.htm",
        "https://xa.vn/hoi-nghi-5657920",
        "https://xa.vn/sang-13-02-uy-ban-2026-6496.html",
        "https://xa.vn/hoi-nghi-nhiem-ky-2021-2026/",
        "https://xa.vn/trang-302.html",
        "https://xa.vn/?p=20231207",
        "https://xa.vn/hoi-nghi-9999999999999.htm",
        "",
    ],
)
def test_an_address_without_a_time_gives_none(url: str) -> None:
    assert stamp_from_url(url) is None


def test_an_address_that_lies_ahead_of_the_fetch_is_refused() -> None:
    assert stamp_from_url("https://xa.vn/2026/12/hoi-nghi/", latest=NOW) is None


@given(st.text(), st.datetimes(EARLIEST, LATEST))
def test_any_text_is_read_without_error_and_any_time_is_read_back(text: str, at: datetime) -> None:
    parse_stamp(text, now=NOW, latest=NOW)
    stamp_from_url(text)
    at = at.replace(second=0, microsecond=0, tzinfo=VIETNAM)
    found = parse_stamp(f"Thứ Sáu, ngày {at:%d/%m/%Y} - {at:%H:%M}")
    assert found is not None
    assert found.at == at


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1/1/",
        "12:30 ",
        "ngày ",
        "1 ",
        "01/01/2020 ",
        "12:30 01/01/2020 ",
        "12 tháng ",
        "- ",
        "Thứ hai, ",
        " ",
    ],
)
def test_hundred_kilobytes_of_anything_take_less_than_a_fifth_of_a_second(piece: str) -> None:
    def read(n: int) -> None:
        text = (piece * 100_000)[: 100_000 - n]
        parse_stamp(text, now=NOW)
        stamp_from_url(text)

    assert cpu_seconds(read, 0.2) < 0.2  # 0.13 s at most, measured on the shared two-core machine


def test_the_library_is_a_last_resort_that_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("WARNING"):
        assert guess_stamp("2 décembre 2024") is None
        assert guess_stamp("Dec 2 2024", now=NOW) == stamp("2024-12-02")
    assert "guessed by dateparser" in caplog.text


# --- data/dates_dev.csv: every row, by its kind ---------------------------------------------------

# The numbers that a row prints, and what they mean; rows of the same kind are read in the same way.
PRINTED = {
    "10 05 2017 07 18": "2017-05-10T07:18",
    "17 07 2019": "2019-07-17",
    "15 37 14 04 2021": "2021-04-14T15:37",
    "23 01 24 04 2018": "2018-04-24T23:01",
    "19 8 2025": "2025-08-19",
    "14 16 06 02 2024": "2024-02-06T14:16",
    "22 18 03 08 2016 7": "2016-08-03T22:18",
    "21 01 2021": "2021-01-21",
    "05 32 24 11 2023": "2023-11-24T05:32",
    "16 06 19 10 2022 7": "2022-10-19T16:06",
    "10 07 2019 07 09 7": "2019-07-10T07:09",
    "12 10 2021 12 00 22": "2021-10-12T12:00:22",
    "04 12 2023 07 45 7": "2023-12-04T07:45",
    "10 33 27 06 2022": "2022-06-27T10:33",
    "30 03 2021 12 00": "2021-03-30",
    "28 11 2018": "2018-11-28",
    "21 48 28 06 2020": "2020-06-28T21:48",
    "26 02 2024 11 06": "2024-02-26T11:06",
    "23 05 2020": "2020-05-23",
    # true dates of the page that are not the article's: which one is the clock is for the reader to
    # judge, by its place on the page and its agreement with other dates; the form is an ordinary one
    "29 03 2024 03 46 7": "2024-03-29T03:46",
    "23 08 2019 09 25 27": "2019-08-23T09:25:27",
    "15 12 2016": "2016-12-15",
    "07 05 2021": "2021-05-07",
}
IN_URL = {"2023 12 07": "2023-12-07", "5083 202111": "2021-11", "22 10 2010": "2010-10-22"}
# How an event row is put into a report: the day of publication, and the day that must come out.
EVENTS = {
    "20 21 11": ("2025-11-22", "2025-11-20"),
    "21 12 2021": ("2021-12-22", "2021-12-21"),
    "12 12": ("2019-12-13", "2019-12-12"),
    "14 30 2 11": ("2022-11-04", "2022-11-02"),
    "19 12": ("2016-12-20", "2016-12-19"),
    "9 11 3": ("2022-03-12", "2022-03-09"),
    "12 1 2020 2021": ("2021-01-13", "2021-01-12"),
    "5 7": ("2012-07-05", "2012-07-05"),
    "02 7 2021": ("2021-07-03", "2021-07-02"),
    "4 5 2": ("2024-02-06", "2024-02-04"),
    "8 1 2012": ("2012-01-09", "2012-01-08"),
    "8 11 10 2022": ("2022-10-12", "2022-10-11"),
}
# Days that are not the event's, each in the sentence that its kind belongs in.
NO_EVENT: dict[str, Callable[[str], str]] = {
    "document": lambda row: f"Quyết định số 219-QĐ/TU {row} của Ban Thường vụ về công tác cán bộ.",
    "anniversary_range": lambda row: f"Các cơ sở kỷ niệm 64 năm Ngày thành lập {row} với nhiều hoạt động.",
    "as_of_no_year": lambda row: f"{row}, toàn xã đã có 12 hộ đăng ký.",
    "month_range": lambda row: f"{row}, các chi hội học tập nghị quyết.",
    "quarter": lambda row: f"{row}, các chi hội học tập nghị quyết.",
    "quarter_month": lambda row: f"Đại hội tổ chức trong {row}.",
}


def rows() -> list[dict[str, str]]:
    if SHARED is None:
        return []
    with (SHARED / "data" / "dates_dev.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.skipif(SHARED is None, reason=MISSING)
@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['kind']}: {row['as_seen']}")
def test_every_form_of_the_shared_list_is_read_as_its_kind_asks(row: dict[str, str]) -> None:
    seen, kind = row["as_seen"], row["kind"]
    numbers = " ".join(re.findall("[0-9]+", seen))
    if kind in ("date_in_url", "yyyymm_in_url"):
        assert stamp_from_url(row["source_url"]) == stamp(IN_URL[numbers])
    elif kind == "relative":
        found = parse_stamp(seen, now=NOW)
        assert found == stamp((NOW - timedelta(hours=int(numbers))).date().isoformat())
    elif kind in NO_EVENT:
        assert find_event_date("Hội nghị", None, [NO_EVENT[kind](seen)], NOW.date()) is None
    elif numbers in EVENTS:
        published, expected = (datetime.fromisoformat(day).date() for day in EVENTS[numbers])
        text = f"{seen.partition(' (')[0]}, Ủy ban MTTQ xã tổ chức hội nghị."
        assert find_event_date("Hội nghị", None, [text], published) == expected
    else:
        assert parse_stamp(seen) == stamp(PRINTED[numbers])


@pytest.mark.parametrize(
    ("seen", "at", "precision"),
    [
        ("2022-08-03T14:05:09+07:00", "2022-08-03T14:05:09+07:00", "second"),
        ("2022-08-03T14:05:09+0700", "2022-08-03T14:05:09+07:00", "second"),
        ("2022-08-03T14:05:09Z", "2022-08-03T21:05:09+07:00", "second"),
        ("2022-08-03T20:05:09-0330", "2022-08-04T06:35:09+07:00", "second"),
        ("2022-08-03T00:00:00+07:00", "2022-08-03T00:00:00+07:00", "day"),
        ("2022-08-02T17:00:00Z", "2022-08-03T00:00:00+07:00", "second"),
        ("2022-06-31T10:00:00+07:00", None, None),
        ("1994-08-03T10:00:00+07:00", None, None),
        ("2031-08-03T10:00:00+07:00", None, None),
    ],
)
def test_the_form_that_machines_are_told_is_read_by_its_form(
    seen: str, at: str | None, precision: str | None
) -> None:
    stamp = parse_stamp(seen, latest=datetime(2026, 11, 20, tzinfo=UTC))
    assert (stamp.at.isoformat() if stamp else None, stamp.precision if stamp else None) == (at, precision)
    spelled_out = parse_stamp(f"Đăng lúc {seen} |", latest=datetime(2026, 11, 20, tzinfo=UTC))
    assert stamp == spelled_out
