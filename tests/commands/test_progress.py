"""What a long command shows of its share of a whole."""

from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from commands import progress
from crawler.running.options import Event


def test_on_a_terminal_a_bar_elsewhere_a_line_now_and_then_and_nothing_if_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*, quiet: bool = False) -> str:
        with progress.shown("reading every record", quiet=quiet) as show:
            show(1, 4, "1 changed")
            show(4, 4, "3 changed")
        return capsys.readouterr().err

    assert said() == "", "a line every ten seconds, and this is over before"
    monkeypatch.setattr(progress, "PLAIN_INTERVAL", 0.0)
    assert said().splitlines() == [
        "reading every record: 25 %, 1 changed",
        "reading every record: 100 %, 3 changed",
    ]
    assert said(quiet=True) == ""
    monkeypatch.setenv("FORCE_COLOR", "1")
    bar = said()
    assert "reading every record" in bar
    assert "100%" in bar
    assert "3 changed" in bar
    assert said(quiet=True) == ""


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_a_terminal_has_room_to_write_what_is_pressed_behind_the_last_bar(width: int) -> None:
    """Else ``^C`` moves the display by a line, and its first line is seen twice."""
    shown = io.StringIO()
    console = Console(file=shown, width=width, force_terminal=True, color_system=None)
    with progress.Bars(console) as show:
        for portal in ("tuyen_quang/demo_son_duong", "ha_nam/demo_binh_luc"):
            show(Event(portal, "listing", {"listed": 24, "fetched": 7, "new": 5, "copies": 1}))
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in re.split(r"[\r\n]+", shown.getvalue())]
    assert any("tuyen_quang" in line for line in lines)
    assert max(map(cell_len, lines)) <= width - 2
    if width >= 60:
        assert any("7/24" in line for line in lines), "what is known is not cut"
