"""What a long command shows of its share of a whole."""

from __future__ import annotations

import pytest

from commands import progress


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
