"""Every saved page of tests/pages (README.md there) against its complete expected record."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.reading.page import Page, Reading
from crawler.reading.reader import read
from spiders.platforms import PLATFORMS
from storage.records import to_record

FOLDER = Path(__file__).resolve().parents[2] / "pages"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def read_saved(name: str) -> tuple[dict[str, Any], Reading]:
    """What a saved page expects, and what today's reader makes of it."""
    saved = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    page = Page(
        saved["url"],
        (FOLDER / f"{name}.html").read_bytes(),
        datetime.fromisoformat(saved["fetched_at"]),
        saved.get("content_type", "text/html; charset=utf-8"),
        saved.get("status", 200),
    )
    return saved, read(page, PLATFORMS[saved["platform"]] if saved["platform"] else None)


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_page_is_read_as_its_record_expects(name: str) -> None:
    saved, reading = read_saved(name)
    assert "unchecked" not in saved, "compare the record with the page, correct it, and remove the mark"
    expected = dict(saved["expected"])
    assert reading.kind == expected.pop("page_kind"), reading.reason
    if reading.article is None:
        return
    record = to_record(reading.article)
    assert {key: record[key] for key in expected} == expected
