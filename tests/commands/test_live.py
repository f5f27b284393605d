"""The table of `schedule run --demo`: each portal's last result, what comes next, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from commands.live import View, table_of
from commands.schedule import DEMO_HINT
from storage.runs import LastRun
from storage.timetable import Schedule

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def schedule(portal: str, wait: float, **more: object) -> Schedule:
    values: dict[str, object] = {"due_reason": "every 1 min", **more}
    return Schedule(portal, NOW + timedelta(seconds=wait), "interval", 60, **values)  # type: ignore[arg-type]


@pytest.fixture
def view() -> View:
    """A portal that waits, one under way, one that waits for its server, one that was never crawled."""
    return View(
        [
            schedule("tinh/cho", 40), schedule("tinh/dang_lay", 20, claimed_by="may:1", claimed_at=NOW),
            schedule("tinh/xep_hang", -3, claimed_by="may:1", claimed_at=NOW),
            schedule("tinh/dung", 10, enabled=False),
        ],
        {
            "tinh/cho": LastRun(1, "tinh/cho", "new", NOW - timedelta(seconds=20), {"new": 12, "listed": 30}),
            "tinh/dang_lay": LastRun(2, "tinh/dang_lay", None, None, {"listed": 7}),
        },
        {"tinh/cho": 42},
    )  # fmt: skip


@pytest.mark.parametrize("width", [80, 200])
def test_each_portal_has_its_last_result_and_what_comes_next(view: View, width: int) -> None:
    console = Console(width=width, file=None, record=True, quiet=False, force_terminal=False)
    with console.capture() as captured:
        console.print(table_of(view, NOW))
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in captured.get().splitlines()}
    assert rows["tinh/cho"] == "new 20 s ago +12 42 in 40 s: every 1 min"
    assert rows["tinh/dang_lay"] == "7 listed so far being crawled"
    assert rows["tinh/xep_hang"].startswith("not crawled yet now, as soon as")
    assert rows["tinh/dung"] == "not crawled yet paused"
    assert "Ctrl-C" in DEMO_HINT


def test_when_the_clock_has_stopped_nothing_is_said_to_come_next(view: View) -> None:
    console = Console(width=100)
    with console.capture() as captured:
        console.print(table_of(view, NOW, stopped=True))
    assert "+12 42" in captured.get() and "in 40 s" not in captured.get()
