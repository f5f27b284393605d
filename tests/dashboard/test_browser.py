"""The pages in a real Chromium: nothing from elsewhere, nothing the policy forbids, all of it by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, insert, select

from dashboard.app import create_app
from storage import audit, migrate, run_events, runs, tables
from storage.columns import now
from storage.engine import open_database
from storage.run_events import RunEvent
from storage.said import Said
from storage.saving import save_batch
from tests.conftest import ROOT
from tests.dashboard.conftest import filled
from tests.dashboard.pages import ALWAYS, pages
from tests.dashboard.serving import serving
from tests.storage.texts import article, seen

AXE = ROOT / "build" / "node_modules" / "axe-core" / "axe.min.js"
"""`npm install axe-core` in build/; not a dependency, so its test skips where it is absent."""


class Watched:
    """A page of Chromium that remembers what must not happen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        if urlsplit(url).hostname != "127.0.0.1":
            self.faults.append(f"asked for {url}")
        if url.endswith("/csp-report"):
            self.faults.append("content security policy report")


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(locale="vi-VN", viewport={"width": 1440, "height": 900})
    yield Watched(context.new_page())
    context.close()


def look(watched: Watched, address: str, paths: list[str], width: int = 1440) -> None:
    """Open every page and hold it to what holds for all."""
    watched.page.set_viewport_size({"width": width, "height": 900})
    for path in paths:
        watched.page.goto(address + path, wait_until="load")
        expect(watched.page.locator("h1")).to_be_visible()
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert watched.page.evaluate(overflow) <= 0, (path, width)
        assert watched.faults == [], path


def test_the_watcher_sees_what_the_policy_forbids(watched: Watched, address: str) -> None:
    watched.page.goto(f"{address}/")
    with watched.page.expect_request("**/csp-report"):
        watched.page.evaluate(
            "document.body.append(Object.assign(document.createElement('img'), {src: 'http://127.0.0.2/x'}))"
        )
    assert "content security policy report" in watched.faults


def test_the_main_pages_on_a_desk_and_on_a_phone(watched: Watched, address: str, seeded: Engine) -> None:
    by_template = {path.split("?")[0].split("/")[1]: path for path in pages(seeded)}
    look(watched, address, list(by_template.values()))
    look(watched, address, ["/portals", by_template["articles"], by_template["stories"]], width=390)


def test_charts_of_the_last_days_show_today_on_a_phone(watched: Watched, address: str) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", "/downstream"):
        watched.page.goto(address + path)
        drawing = watched.page.locator(".chart.latest .drawing")
        shown, picture = drawing.bounding_box(), drawing.locator("svg").bounding_box()
        assert shown is not None and picture is not None
        assert picture["width"] > shown["width"], "it has to be scrolled"
        assert abs(picture["x"] + picture["width"] - shown["x"] - shown["width"]) < 2, path


def test_a_word_without_an_end_pushes_nothing_off_the_screen(watched: Watched, tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'f.db'}")
    migrate.upgrade(engine)
    word = "x" * 400
    odd = replace(article(1), title=word, lead=word, byline=word, url=f"https://tho.example.vn/{word}.html")
    save_batch(engine, None, [seen(odd, "thanh_hoa/tho_xuan", "1")])
    run = runs.begin(engine, "thanh_hoa/tho_xuan")
    sections = {f"/{word}/": {"pages": 1, "listed": 2, "new": 0, "problem": word, "error": "timeout"}}
    message = f"https://tho.example.vn/{word}: no answer [timeout]"
    runs.finish(engine, run.id, verdict="failed", counts={}, errors={}, sections=sections, message=message)
    with engine.begin() as connection:
        name = f"last_cycle_completed_at_{'x' * 60}"
        connection.execute(insert(tables.meta).values(name=name, value="2026-11-24T02:24:20Z"))
        public = connection.scalar(select(tables.articles.c.public_id))
    with serving(create_app(engine)) as address:
        for width in (1280, 390):
            look(watched, address, ["/", f"/articles/{public}", f"/runs/{run.id}", "/downstream"], width)
    engine.dispose()


def test_the_menu_of_a_phone_shows_where_one_is(watched: Watched, address: str) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", "/schedule", "/downstream"):
        watched.page.goto(address + path)
        expect(watched.page.locator(".top nav [aria-current]")).to_be_in_viewport(ratio=1)


def test_a_portal_is_paused_with_the_keyboard_alone(watched: Watched, address: str, seeded: Engine) -> None:
    with seeded.connect() as connection:
        enabled = select(tables.schedules.c.portal).where(tables.schedules.c.enabled)
        portal = connection.scalar(enabled.order_by(tables.schedules.c.portal.desc()))
    page = watched.page
    page.goto(f"{address}/portals/{portal}")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "pause":
            break
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]")).to_contain_text("Đã tạm dừng")
    assert [entry.action for entry in audit.entries(seeded, target=str(portal))] == ["pause"]
    assert watched.faults == []


def test_the_log_of_a_running_crawl_grows_by_itself(watched: Watched, tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'f.db'}")
    migrate.upgrade(engine)
    run = runs.begin(engine, "ha_noi/ba_dinh")
    with serving(create_app(engine)) as address:
        watched.page.goto(f"{address}/runs/{run.id}")
        runs.beat(engine, run.id, {"new": 7})
        expect(watched.page.locator("[data-count=new]")).to_have_text("7")
        counts = dict.fromkeys(("listed", "new", "changed", "copies", "failed"), 3)
        ended = Said("event.finished", {**counts, "verdict": "new", "seconds": 2.5})
        run_events.append(engine, run.id, [RunEvent(1, now(), "info", "finished", said=ended)])
        runs.finish(engine, run.id, verdict="new", counts={"new": 9}, errors={})
        expect(watched.page.locator(".log")).to_contain_text("kết thúc có tin mới: 3 liệt kê")
        expect(watched.page.locator("h1 .verdict")).to_have_text("có tin mới")
    assert watched.faults == []
    engine.dispose()


@pytest.mark.slow
def test_axe_finds_nothing_serious(watched: Watched, address: str, seeded: Engine) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not there: npm install --prefix build axe-core")
    page = watched.page
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for path in pages(seeded) if scheme == "light" else ALWAYS[:6]:
            page.goto(address + path)
            page.evaluate(AXE.read_text("utf-8"))  # by the debugger, which the policy does not bind
            found = page.evaluate(
                "axe.run().then(r => r.violations.map(v => [v.impact, v.id, v.nodes[0].html]))"
            )
            assert [fault for fault in found if fault[0] in ("serious", "critical")] == [], (path, scheme)


@pytest.mark.slow
@pytest.mark.parametrize("portals", [0, 8, 600])
def test_every_page_with_few_and_with_many_portals(watched: Watched, tmp_path: Path, portals: int) -> None:
    engine = open_database(filled(f"sqlite:///{tmp_path / 'f.db'}", portals=portals, articles=240))
    with serving(create_app(engine)) as address:
        for width in (1440, 390):
            look(watched, address, pages(engine), width)
    engine.dispose()
