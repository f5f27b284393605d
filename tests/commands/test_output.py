"""Tables on terminals: nothing that one copies is cut, however narrow they are."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from commands.output import local, write_table
from crawler.running.telling import counted
from storage.said import many

HEAD = ("portal", "verdict", "started +07", "listed", "new", "failed", "message")
ADDRESS = (
    "https://thoxuan.thanhhoa.gov.vn/web/trang-chu/mat-tran-to-quoc/tin-tuc/hoi-nghi-hiep-thuong-lan-thu-nhat"
)
ROWS = (
    ("thanh_hoa/tho_xuan", "new", "2026-11-23 20:47", 42, 12, 0, ""),
    (
        "thua_thien_hue/trungtamvanhoahuongtra", "suspicious_empty", "2026-11-23 20:47", 0, 0, 1,
        f"not at {ADDRESS}",
    ),
)  # fmt: skip
NUMBERS = frozenset({"listed", "new", "failed"})


def shown(capsys: pytest.CaptureFixture[str], *below: str) -> list[str]:
    write_table(HEAD, ROWS, numbers=NUMBERS, below=below)
    return re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A terminal of 80 columns."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    return monkeypatch


def test_a_row_that_is_too_wide_goes_on_in_a_line_of_its_own(
    terminal: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(capsys) == [
        "portal                                 verdict           started +07",
        "thanh_hoa/tho_xuan                     new               2026-11-23 20:47",
        "    42 listed; 12 new",
        "thua_thien_hue/trungtamvanhoahuongtra  suspicious_empty  2026-11-23 20:47",
        "    1 failed",
        "    not at",
        f"    {ADDRESS}",
    ]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 200])
def test_no_id_and_no_address_is_broken_at_any_width(
    terminal: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    terminal.setenv("COLUMNS", str(width))
    lines = shown(capsys)
    for word in ("thua_thien_hue/trungtamvanhoahuongtra", "suspicious_empty", ADDRESS):
        assert any(word in line for line in lines), (word, lines)
    assert all(len(line) <= width or " " not in line.strip() for line in lines), (
        "only one word may be too long"
    )


def test_the_named_columns_leave_the_row_first(
    terminal: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    head = shown(capsys, "started +07", "message")[0]
    assert head.split() == ["portal", "verdict", "listed", "new", "failed"]


def test_under_a_row_a_number_agrees_with_its_word_and_a_time_keeps_its_zone(
    terminal: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.setenv("COLUMNS", "40")
    write_table(
        ("portal", "copies", "seconds", "started +07"),
        [("thua_thien_hue/trungtamvanhoahuongtra", 1, 1, "2026-11-23 20:47")],
        numbers=frozenset({"copies", "seconds"}),
    )
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in lines[2:]] == [
        "1 copy; 1 second", "started 2026-11-23 20:47 +07",
    ]  # fmt: skip


def test_off_a_terminal_a_row_is_one_line_whatever_its_length(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys)
    assert len(lines) == 1 + len(ROWS)
    assert lines[-1].endswith(ADDRESS)


def test_times_for_people_are_vietnams() -> None:
    assert local(datetime(2026, 11, 23, 17, 30, tzinfo=UTC)) == "2026-11-24 00:30:00"
    assert local(None) == ""


def test_one_is_not_said_as_many() -> None:
    assert [many(n, "article") for n in (0, 1, 2)] == ["0 articles", "1 article", "2 articles"]
    assert counted({"listed": 1, "copies": 1}) == "1 listed, 1 copy"
    assert counted({"listed": 3, "copies": 2}) == "3 listed, 2 copies"


def test_how_long_until_then_reads_as_such_under_a_row(
    terminal: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.setenv("COLUMNS", "40")
    rows = [("thanh_hoa/tho_xuan", "waiting", "2026-11-24 14:24", "4 h")]
    write_table(("portal", "state", "next due +07", "in"), rows, numbers=frozenset({"in"}))
    said = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert said[2:] == ["    next due 2026-11-24 14:24 +07", "    in 4 h"]
