"""The pictures in docs/dashboard.md, taken anew from a seeded database in a real Chromium.

    python -m tests.dashboard.pictures [--folder docs/screenshots] [--every]

With ``--every`` instead the first screens of each page, on a desk and on a phone, to look through: say
another folder with it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

from dashboard.app import create_app
from storage.engine import open_database
from tests.conftest import ROOT
from tests.dashboard.conftest import CHROMIUM, FLAGS, filled
from tests.dashboard.pages import pages
from tests.dashboard.serving import serving

DESK, PHONE = (1280, 900), (390, 844)
TALL = 2400
"""Pixels of a page that ``--every`` shows at most."""


@contextmanager
def opened(browser: Browser, address: str, size: tuple[int, int], **options: Any) -> Iterator[Page]:
    """A page of the browser on the dashboard; Vietnamese and light where ``options`` say nothing else."""
    width, height = size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        **{"locale": "vi-VN", "color_scheme": "light", **options},
    )
    yield context.new_page()
    context.close()


def for_the_manual(browser: Browser, address: str, folder: Path, paths: list[str]) -> int:
    """The seven pictures of the manual; how many."""
    changes = next(path for path in paths if path.endswith("/changes"))
    with opened(browser, address, DESK) as page:
        for name, path in (("overview", "/"), ("matrix", "/portals"), ("alarms", "/alerts")):
            page.goto(path)
            if name == "alarms":
                page.locator("tbody details > summary").first.click()
            page.screenshot(path=folder / f"{name}.png")
        portal = page.locator("tbody a[href^='/portals/']").first.get_attribute("href") or ""
    with opened(browser, address, DESK, locale="en-GB") as page:
        for name, path in (("portal", portal), ("map", "/map")):
            page.goto(path)
            page.screenshot(path=folder / f"{name}.png")
    for name, path, size in (("changes", changes, DESK), ("phone", "/", PHONE)):
        with opened(browser, address, size, color_scheme="dark") as page:
            page.goto(path)
            page.locator("ins, h1").last.scroll_into_view_if_needed()
            page.screenshot(path=folder / f"{name}.png")
    return 7


def each(browser: Browser, address: str, folder: Path, paths: list[str]) -> int:
    """The first screens of every page, on a desk and on a phone; how many pictures."""
    for at, size in (("desk", DESK), ("phone", PHONE)):
        with opened(browser, address, size) as page:
            for number, path in enumerate(paths):
                page.goto(path)
                name = path.partition("?")[0].strip("/").replace("/", "-")[:40] or "overview"
                tall = min(TALL, page.evaluate("document.documentElement.scrollHeight"))
                part: FloatRect = {"x": 0, "y": 0, "width": size[0], "height": tall}
                page.screenshot(path=folder / f"{number:02}-{name}-{at}.png", full_page=True, clip=part)
    return 2 * len(paths)


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(prog="python -m tests.dashboard.pictures", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument(
        "--every", action="store_true", help="the first screens of each page, on a desk and a phone"
    )
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        engine = open_database(filled(f"sqlite:///{place}/frontnews.db", portals=600, articles=240))
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        with serving(create_app(engine)) as address:
            take = each if given.every else for_the_manual
            print(f"{take(browser, address, given.folder, pages(engine))} pictures in {given.folder}")
        browser.close()
        engine.dispose()


if __name__ == "__main__":
    main()
