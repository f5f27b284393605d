"""Every action in a real Chromium, by mouse and by keyboard, and a crawl that is watched while it runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions
from dashboard.app import create_app
from spiders.registry import load_registry
from storage import alarms, audit, migrate, portal_table, runs, schedules, tables
from storage.columns import now
from storage.engine import open_database
from tests.dashboard.conftest import filled
from tests.dashboard.pages import NFD
from tests.dashboard.serving import serving
from tests.dashboard.test_browser import Watched
from tests.portals.serve import DemoSites

pytestmark = pytest.mark.slow


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A fleet of its own: what is done to it is done for good."""
    engine = open_database(filled(f"sqlite:///{tmp_path / 'f.db'}", portals=60, articles=24))
    yield engine
    engine.dispose()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    yield Watched(context.new_page())
    context.close()


def told(page: Page) -> str:
    return str(page.locator("[role=status]").first.inner_text())


def first(engine: Engine) -> str:
    """The first portal that is crawled, by its id."""
    plan = tables.schedules.c
    with engine.connect() as connection:
        portal: str | None = connection.scalar(select(plan.portal).where(plan.enabled).order_by(plan.portal))
    assert portal is not None
    return portal


def test_every_action_of_a_portal_a_run_a_host_and_an_alarm(watched: Watched, engine: Engine) -> None:
    portal, page = first(engine), watched.page
    run = runs.begin(engine, portal)
    begun: list[str] = []

    def read_again(portal: str, who: str) -> bool:
        begun.append(portal)
        return True

    app = create_app(engine, read_again=read_again)
    with serving(app) as address:
        page.goto(f"{address}/portals/{portal}")
        for button, said in (
            ("Run now", "due now"), ("Pause", "Paused"), ("Resume", "Resumed"),
            ("Read archive again", "being read again"),
        ):  # fmt: skip
            page.get_by_role("button", name=button, exact=True).click()
            assert said in told(page)
        page.get_by_text("Edit schedule").click()
        page.get_by_label("Kind").select_option("interval")
        page.get_by_label("Every (30min, 4h, 1d)").fill("90min")
        page.get_by_role("button", name="Save schedule").click()
        assert "saved" in told(page)
        assert schedules.read(engine, [portal])[0].interval_seconds == 5400

        page.goto(f"{address}/runs/{run.id}")
        page.get_by_role("button", name="Cancel this run").click()
        expect(page.locator("main")).to_contain_text("asked it to end")
        runs.finish(engine, run.id, verdict="cancelled", counts={}, errors={})
        page.goto(f"{address}/runs/{run.id}")
        page.get_by_role("button", name="Try again now").click()
        assert "attempts back" in told(page)

        page.goto(f"{address}/schedule")
        page.get_by_role("button", name="Release the hold").first.click()
        assert "hold is off" in told(page)

        page.goto(f"{address}/alerts")
        calling = page.locator("section[aria-labelledby=calling] tbody tr")
        count = calling.count()
        assert count > 2
        calling.first.get_by_role("button", name="Acknowledge").click()
        assert "Noted" in told(page) and calling.count() == count - 1
        calling.first.get_by_text("More").click()
        calling.first.get_by_label("For").select_option("30")
        calling.first.get_by_role("button", name="Mute").click()
        assert "Muted" in told(page) and calling.count() == count - 2
        page.locator("section[aria-labelledby=in_hand]").get_by_role("button", name="Unmute").first.click()
        calling.first.get_by_text("More").click()
        calling.first.get_by_role("button", name="Accept as correct").click()
        assert "Accepted" in told(page)
    assert begun == [portal]
    done = {entry.action for entry in audit.entries(engine)}
    assert done >= {
        "run_now", "pause", "resume", "reprocess", "schedule", "cancel", "retry", "release", "acknowledge",
        "mute", "unmute", "accept",
    }  # fmt: skip
    assert watched.faults == []


def test_an_alarm_is_acknowledged_with_the_keyboard_alone(watched: Watched, engine: Engine) -> None:
    page = watched.page
    with serving(create_app(engine)) as address:
        page.goto(f"{address}/alerts")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.value") == "acknowledge":
                break
        name = page.evaluate("document.activeElement.getAttribute('aria-label')")
        page.keyboard.press("Enter")
        assert "Noted" in told(page)
    taken = [alarm for alarm in alarms.read(engine) if alarm.acknowledged_by == "local"]
    assert [f"Acknowledge: {page_name(alarm)}" for alarm in taken] == [name]
    assert watched.faults == []


def page_name(alarm: alarms.Alarm) -> str:
    """The alarm as its button is labelled."""
    from dashboard.languages import messages

    return f"{messages('en').name('alarm', alarm.name)}, {alarm.portal}"


def test_three_ways_to_type_a_name_find_the_same_by_keyboard(watched: Watched, engine: Engine) -> None:
    page, found = watched.page, []
    with serving(create_app(engine)) as address:
        for typed in ("dong nai", "đồng nai", NFD):
            page.goto(f"{address}/search")
            page.get_by_label("Words to find").fill(typed)
            page.keyboard.press("Enter")
            expect(page.locator("ol.results")).to_be_visible()
            found.append(sorted(page.locator("ol.results h2 a").evaluate_all("all => all.map(a => a.href)")))
    assert found[0] and found[0] == found[1] == found[2]
    assert watched.faults == []


def test_a_real_crawl_is_watched_while_it_runs(watched: Watched, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'live.db'}"
    engine = open_database(url)
    migrate.upgrade(engine)
    page = watched.page
    with DemoSites() as sites:
        portal = load_registry(sites.registry(tmp_path / "registry")).get("tay_ninh/demo_go_dau")
        portal_table.sync(engine, [portal])
        schedules.ensure(engine, {portal.id: "127.0.0.1"}, now())
        options = CrawlOptions(delay=0.15, allow_addresses=("127.0.0.0/8",))
        crawling = threading.Thread(target=crawl, args=([portal], options, url))
        with serving(create_app(engine)) as address:
            crawling.start()
            page.goto(f"{address}/runs")
            while not page.locator("tbody tr").count():
                page.reload()
            page.locator("tbody tr th a").click()
            counter = page.locator("[data-count=fetched]")
            expect(counter).not_to_have_text("0", timeout=30_000)
            seen = counter.inner_text()
            expect(counter).not_to_have_text(seen, timeout=30_000)  # without a reload
            expect(page.locator("h1 .verdict")).to_have_text("new articles", timeout=60_000)
            crawling.join()
            expect(page.locator(".log")).to_contain_text("finished")
            assert int(counter.inner_text()) > 40
    engine.dispose()
    assert watched.faults == []
