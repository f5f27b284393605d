"""Makes a new case from a saved page in one command.

    python -m tests.pages.add FILE --url URL [--platform NAME] [--fetched-at TIME] [--name NAME]

Copies the page and writes the expected record from what today's reader makes of it, marked ``unchecked``:
its test fails until a person has compared the record with the page, corrected it and removed the mark.
A page of another publisher must be rebuilt with invented text before it is committed (README.md).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.reading.page import Page
from crawler.reading.reader import read
from spiders.platforms import PLATFORMS, sure_platform
from storage.records import to_record

FOLDER = Path(__file__).parent
KEYS = (
    "title", "lead", "paragraphs", "captions", "byline", "authors", "source_credit", "published_at",
    "published_precision", "attachments",
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Writes NAME.html and NAME.json; the exit status is 2 where the file cannot be read or the name is
    taken."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("file", type=Path, help="the body as the server sent it")
    cli.add_argument("--url", required=True, help="the address it was fetched from")
    cli.add_argument("--platform", choices=[*sorted(PLATFORMS), "none"], help="else by the page's signs")
    cli.add_argument("--fetched-at", type=datetime.fromisoformat, help="with offset; now if left out")
    cli.add_argument("--name", help="else the host and a number")
    given = cli.parse_args(arguments)
    try:
        body = given.file.read_bytes()
    except OSError as error:
        print(f"{given.file}: {error.strerror}", file=sys.stderr)
        return 2
    fetched_at = given.fetched_at or datetime.now(UTC).replace(microsecond=0)
    page = Page(given.url, body, fetched_at, "text/html")
    platform = given.platform or _platform_of(page)
    name = given.name or _free_name(urlsplit(given.url).hostname or "page")
    if (FOLDER / f"{name}.json").exists():
        print(f"{name} is taken", file=sys.stderr)
        return 2
    reading = read(page, PLATFORMS[platform] if platform != "none" else None)
    expected: dict[str, object] = {"page_kind": reading.kind}
    if reading.article is not None:
        record = to_record(reading.article)
        expected |= {key: record[key] for key in KEYS}
    case = {
        "unchecked": "compare the record with the page, correct it, say in traps what misleads, remove this",
        "url": given.url,
        "platform": None if platform == "none" else platform,
        "fetched_at": fetched_at.isoformat(),
        "content_type": "text/html",
        "traps": [],
        "expected": expected,
    }
    (FOLDER / f"{name}.html").write_bytes(body)
    text = json.dumps(case, ensure_ascii=False, indent=1)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(f"{FOLDER / name}.json: {reading.kind}, platform {platform}; unchecked, so its test fails")
    return 0


def _platform_of(page: Page) -> str:
    platform = sure_platform(page)
    return platform.name if platform is not None else "none"


def _free_name(host: str) -> str:
    stem = re.sub(r"[^a-z0-9]+", "_", host.removeprefix("www.").lower()).strip("_")
    number = 1
    while (FOLDER / f"{stem}-{number}.json").exists():
        number += 1
    return f"{stem}-{number}"


if __name__ == "__main__":
    sys.exit(main())
