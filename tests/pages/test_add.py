"""A saved page becomes a case in one command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pages import add

PAGE = Path(__file__).parent / "vnpt_portal-1.html"
URL = "https://thoxuan.thanhhoa.gov.vn/portal/pages/2025-05-15/hoi-nong-dan-472771.aspx"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of cases of its own."""
    monkeypatch.setattr(add, "FOLDER", tmp_path)
    return tmp_path


def test_a_case_holds_todays_reading_and_the_mark_that_makes_its_test_fail(folder: Path) -> None:
    assert add.main([str(PAGE), "--url", URL, "--fetched-at", "2026-11-22T09:00:00+07:00"]) == 0
    [case] = folder.glob("*.json")
    saved = json.loads(case.read_text(encoding="utf-8"))
    assert case.with_suffix(".html").read_bytes() == PAGE.read_bytes()
    assert "unchecked" in saved
    assert saved["platform"] == "vnpt_portal"
    assert saved["expected"]["page_kind"] == "article"
    assert saved["expected"]["paragraphs"]


def test_two_pages_of_a_host_get_two_names(folder: Path) -> None:
    add.main([str(PAGE), "--url", URL])
    add.main([str(PAGE), "--url", URL])
    assert sorted(path.stem for path in folder.glob("*.json")) == [
        "thoxuan_thanhhoa_gov_vn-1",
        "thoxuan_thanhhoa_gov_vn-2",
    ]


def test_a_file_that_is_not_there_is_one_line_and_status_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add.main([str(folder / "nothing.html"), "--url", URL]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not list(folder.glob("*.json"))
