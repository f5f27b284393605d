"""Pages for the tests of listings: written here, or of the recorded sites in ../shared/sites."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from crawler.reading.page import Page

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def _shared() -> Path:
    here = Path(__file__).resolve()
    candidates = [os.environ.get("FRONTNEWS_SHARED"), here.parents[4] / "shared", "/work/shared"]
    return next((Path(c) for c in candidates if c and Path(c).is_dir()), Path("/nonexistent"))


@dataclass(frozen=True)
class Site:
    """A recorded site: its pages by path (HTML, feeds, sitemaps), and the truth of its articles."""

    base: str
    pages: Mapping[str, Page]
    truth: Mapping[str, dict[str, object]]


@cache
def _site(name: str) -> Site | None:
    folder = _shared() / "sites" / "sites" / name
    if not folder.is_dir():
        return None
    base = json.loads((folder / "site.json").read_text())["base"]
    pages = {}
    for line in (folder / "pages.jsonl").read_text(encoding="utf-8").strip().split("\n"):
        row = json.loads(line)
        if row["status"] == 200 and "image" not in row["content_type"]:
            body = (folder / "store" / row["sha1"]).read_bytes()
            pages[row["path"]] = Page(
                base + row["path"], body, NOW, row["content_type"], row["status"], row["headers"]
            )
    truth = [
        json.loads(line) for line in (folder / "truth.jsonl").read_text(encoding="utf-8").strip().split("\n")
    ]
    return Site(base, pages, {row["path"]: row for row in truth})


@pytest.fixture
def recorded() -> Callable[[str], Site]:
    """``recorded("nukeviet")``: a site of ../shared/sites; skips where that is absent."""

    def load(name: str) -> Site:
        site = _site(name)
        if site is None:
            pytest.skip(f"recorded site {name!r} not found in {_shared()} (set FRONTNEWS_SHARED)")
        return site

    return load


@pytest.fixture
def html_page() -> Callable[..., Page]:
    """``html_page(body, url=…)``: a page of the project's own markup."""

    def make(body: str, url: str = "https://mttq.example.vn/tin-tuc/", head: str = "") -> Page:
        text = f"<!doctype html><html><head><title>Tin tức</title>{head}</head><body>{body}</body></html>"
        return Page(url, text.encode(), NOW, "text/html; charset=utf-8")

    return make
