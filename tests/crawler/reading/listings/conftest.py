"""Pages for the tests of listings: written here, or of the recorded sites in ../shared/sites."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crawler.reading.page import Page

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Site:
    """A recorded site: its pages by path (HTML, feeds, sitemaps), and the truth of its articles."""

    base: str
    pages: Mapping[str, Page]
    truth: Mapping[str, dict[str, Any]]


def _lines(path: Path) -> list[dict[str, Any]]:
    # Not splitlines(): the recorded texts hold line separators such as U+2028.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").strip().split("\n")]


@cache
def _site(folder: Path) -> Site:
    base = json.loads((folder / "site.json").read_text(encoding="utf-8"))["base"]
    pages = {
        row["path"]: Page(
            base + row["path"],
            (folder / "store" / row["sha1"]).read_bytes(),
            NOW,
            row["content_type"],
            row["status"],
            row["headers"],
        )
        for row in _lines(folder / "pages.jsonl")
        if row["status"] == 200 and "image" not in row["content_type"]
    }
    return Site(base, pages, {row["path"]: row for row in _lines(folder / "truth.jsonl")})


@pytest.fixture
def recorded(shared: Path) -> Callable[[str], Site]:
    """``recorded("nukeviet")``: a site of ../shared/sites."""
    return lambda name: _site(shared / "sites" / "sites" / name)


@pytest.fixture
def html_page() -> Callable[..., Page]:
    """``html_page(body, url=…, head=…)``: a page of the project's own markup."""

    def make(body: str, url: str = "https://mttq.example.vn/tin-tuc/", head: str = "") -> Page:
        text = f"<!doctype html><html><head><title>Tin tức</title>{head}</head><body>{body}</body></html>"
        return Page(url, text.encode(), NOW, "text/html; charset=utf-8")

    return make
