"""Scores the reader on the two recorded sites: ``python benchmarks/accuracy_sites.py [--details]``.

Every article of the truth is read straight from the store, once with its platform and once as unknown
markup (``platform=None``), and scored with the sites' own scorer. Needs ``../shared/sites``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.shared_data import MISSING, SHARED
from crawler.reading.page import Page, Reading
from crawler.reading.platform import Platform
from crawler.reading.reader import read
from spiders.platforms import PLATFORMS
from vietnam.dates import VIETNAM

SITES = ("nukeviet", "wordpress")
FETCHED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=VIETNAM)
"""The sites were recorded in November 2026 (README.txt there)."""


def shared() -> Path:
    """The folder of other people's test data. Raises FileNotFoundError where it is not here."""
    if SHARED is None:
        raise FileNotFoundError(MISSING)
    return SHARED


@dataclass(frozen=True, slots=True)
class Case:
    """One truth row and the page that the site answered."""

    truth: dict[str, object]
    page: Page


def cases(site: str) -> Iterator[Case]:
    """The truth's articles of a site with their recorded pages."""
    folder = shared() / "sites" / "sites" / site
    if not folder.is_dir():
        folder = shared() / "sites" / site
    recorded = json.loads((folder / "site.json").read_text())
    pages = {
        p["path"]: p
        for p in map(json.loads, (folder / "pages.jsonl").read_text(encoding="utf-8").split("\n")[:-1])
    }
    for truth in map(json.loads, (folder / "truth.jsonl").read_text(encoding="utf-8").split("\n")[:-1]):
        answer = pages[truth["path"]]
        body = (folder / "store" / answer["sha1"]).read_bytes()
        url = f"{recorded['base']}{truth['path']}"
        yield Case(
            truth, Page(url, body, FETCHED_AT, answer["content_type"], answer["status"], answer["headers"])
        )


def platform_of(site: str) -> Platform:
    """The platform value of a recorded site."""
    return PLATFORMS[site]


def record(reading: Reading) -> dict[str, object] | None:
    """The keys of the record that the scorer looks at."""
    article = reading.article
    if article is None:
        return None
    return {
        "url": article.url,
        "title": article.title,
        "lead": article.lead,
        "paragraphs": list(article.paragraphs),
        "captions": list(article.captions),
        "byline": article.byline,
        "section": article.section,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "published_precision": article.published_precision,
    }


@dataclass(frozen=True, slots=True)
class Score:
    """What the sites' scorer says of one way of reading a site; ``milliseconds`` of CPU a page."""

    table: str
    shares: dict[str, float]
    counts: dict[str, float]
    milliseconds: float


def score(site: str, platform: Platform | None, details: Path | None = None) -> Score:
    """Reads every article of a site and scores the records."""
    found = list(cases(site))
    started = time.process_time()
    readings = [read(case.page, platform) for case in found]
    spent = (time.process_time() - started) / len(found) * 1000
    tools = shared() / "sites" / "tools" / "score_sites.py"
    truth = next(p for p in (shared() / "sites").rglob("truth.jsonl") if p.parent.name == site)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as out:
        for reading in readings:
            if row := record(reading):
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        out.flush()
        command = [sys.executable, str(tools), "--truth", str(truth), "--articles", out.name, "--json"]
        if details:
            command += ["--details", str(details)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
    total = json.loads(answer.stdout)["sites"]["total"]
    head, line = answer.stderr.splitlines()[:2]
    return Score(f"{head}\n{line}", total["shares"], total["counts"], spent)


def main() -> None:
    """Prints one table a site and way of reading."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--details", type=Path, help="folder for what was wrong, one file a table")
    options = cli.parse_args()
    if SHARED is None:
        sys.exit(f"accuracy_sites: {MISSING}")
    for site in SITES:
        for platform in (platform_of(site), None):
            name = platform.name if platform else "structure"
            details = options.details / f"{site}-{name}.jsonl" if options.details else None
            result = score(site, platform, details)
            print(f"{site} read by {name}: {result.milliseconds:.2f} ms of CPU a page\n{result.table}")


if __name__ == "__main__":
    main()
