"""The pages that `make accuracy` reads, each with what a reader should make of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.accuracy_sites import SITES, cases
from benchmarks.shared_data import SHARED
from crawler.reading.page import Page
from spiders.platforms import PLATFORMS
from vietnam.dates import VIETNAM

PAGES = Path(__file__).resolve().parents[1] / "tests" / "pages"
NO_BYLINE = ""
_CREDIT_LABEL = re.compile(
    r"^(?:(?:tin|bài|ảnh|tác giả|thực hiện|nguồn(?: tin)?|theo)[\s,&và]*)+[:\s]\s*", re.I
)
_SOURCE = re.compile(r"^(?:theo|nguồn)\b", re.I)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a page says. ``titles`` and ``bylines`` are the right answers (:data:`NO_BYLINE` for none),
    empty where the page does not decide; ``optional`` lines may stand in
    text or captions or not."""

    kind: str
    titles: frozenset[str] = frozenset()
    bylines: frozenset[str] = frozenset()
    lead: str | None = None
    lead_decided: bool = False
    paragraphs: tuple[str, ...] | None = None
    optional: frozenset[str] = frozenset()
    captions: tuple[str, ...] = ()
    published_at: datetime | None = None
    day_decided: bool = False
    precision: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One page. ``group`` is its platform in the table, ``platform`` what the reader is told of it."""

    name: str
    group: str
    page: Page
    platform: str | None
    truth: Truth

    @property
    def html(self) -> str:
        return self.page.body.decode("utf-8", "replace")


def own_pages(folder: Path = PAGES) -> Iterator[Case]:
    """The saved pages of tests/pages (README.md there)."""
    for path in sorted(folder.glob("*.json")):
        saved = json.loads(path.read_text(encoding="utf-8"))
        platform = saved["platform"]
        group = platform or (
            "unknown markup" if saved["expected"]["page_kind"] == "article" else "no article"
        )
        if path.stem.startswith("abroad_"):
            group = "other languages"
        yield Case(path.stem, group, page_of(path, saved), platform, _truth_of(saved["expected"]))


def page_of(path: Path, saved: dict[str, Any]) -> Page:
    """The fetched page that a saved page stands for."""
    return Page(
        saved["url"],
        path.with_suffix(".html").read_bytes(),
        datetime.fromisoformat(saved["fetched_at"]),
        saved.get("content_type", "text/html; charset=utf-8"),
        saved.get("status", 200),
    )


def _truth_of(expected: dict[str, Any]) -> Truth:
    if expected["page_kind"] != "article":
        return Truth(expected["page_kind"])
    at = expected.get("published_at")
    return Truth(
        kind="article",
        titles=frozenset([expected["title"]]) if "title" in expected else frozenset(),
        bylines=frozenset([expected["byline"] or NO_BYLINE]) if "byline" in expected else frozenset(),
        lead=expected.get("lead"),
        lead_decided="lead" in expected,
        paragraphs=tuple(expected["paragraphs"]) if "paragraphs" in expected else None,
        captions=tuple(expected.get("captions", ())),
        published_at=datetime.fromisoformat(at) if at else None,
        day_decided="published_at" in expected,
        precision=expected.get("published_precision"),
    )


def site_pages() -> Iterator[Case]:
    """The articles of the two recorded sites; none where they are not here."""
    if SHARED is None:
        return
    for site in SITES:
        for case in cases(site):
            truth = case.truth
            yield Case(str(truth["path"]), f"{site} (recorded site)", case.page, site, _truth_of_row(truth))


def _truth_of_row(row: dict[str, Any]) -> Truth:
    precision = row["date_on_page"] if row["date_on_page"] in ("minute", "day") else None
    rendered = row.get("body_paragraphs_rendered") or row["body_paragraphs"]
    captions = row.get("captions") or ()
    twice = {c for c in captions if c in row["body_paragraphs"]}  # the source's text had it as a paragraph
    return Truth(
        kind="article",
        titles=frozenset([row["title"], row.get("title_rendered") or row["title"]]),
        bylines=_bylines_of(row),
        lead=row["lead"] if row.get("lead_on_page", True) else None,
        lead_decided=bool(row["lead"]) and row.get("lead_on_page", True),
        paragraphs=tuple(rendered),
        optional=frozenset([*(row.get("optional_paragraphs") or ()), *twice]),
        captions=tuple(c for c in captions if c not in twice),
        published_at=datetime.fromisoformat(row["published"]).astimezone(VIETNAM),
        day_decided=precision is not None,
        precision=precision,
    )


def _bylines_of(row: dict[str, Any]) -> frozenset[str]:
    """As the sites' own scorer has it (``accepted_bylines`` of sites/tools): the line in the body, else the
    author field that the page shows; a signature that an unsigned text brought along is right too, and
    "Theo X" is a source, not a byline."""
    field = row.get("author_field") if row.get("author_field_on_page", True) else None
    others = [] if row.get("byline_in_body") else row.get("byline_alternatives") or []
    printed = [row.get("byline_in_body") or field, *others]
    bare = [_CREDIT_LABEL.sub("", b) for b in printed if b]
    source = [NO_BYLINE for b in printed if b and _SOURCE.match(b)]
    return frozenset([*(b or NO_BYLINE for b in printed), *bare, *source])


def known_platform(case: Case) -> Any:
    """The platform value that the reader is told of, None for unknown markup."""
    return PLATFORMS[case.platform] if case.platform else None
