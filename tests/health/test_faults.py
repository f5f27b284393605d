"""Each fault of a portal raises its own alarm within two runs, and no other; its recovery clears it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from crawler.running.crawl import crawl
from crawler.running.drift import OF_PAGES
from crawler.running.options import CrawlOptions, PortalResult
from spiders.registry import load_registry
from storage import alarms, run_pages
from storage.engine import open_database
from storage.portals import Portal
from storage.run_pages import PastPages
from tests.health import faults
from tests.health.faults import Change, break_portal, mend_portal
from tests.portals.portals import PORTALS
from tests.portals.serve import DemoSites

OPTIONS = CrawlOptions(delay=0, allow_addresses=("127.0.0.0/8",), retry_wait=0.01)
FAULTS: dict[str, tuple[Change, str, str]] = {
    "listing emptied": (faults.listing_emptied, "listing_empty", "suspicious_empty"),
    "dates gone": (faults.dates_gone, "fields_missing", "layout_drift"),
    "title captured": (faults.title_captured, "same_text", "layout_drift"),
    "body halved": (faults.body_halved, "body_short", "layout_drift"),
    "all 503": (faults.all_503, "unreachable", "failed"),
    "moved": (faults.moved_to("http://127.0.0.9:1/"), "moved", "failed"),
    "waf": (faults.waf, "blocked", "blocked"),
    "dated today": (faults.dated_today, "dated_today", "layout_drift"),
}
QUICK = "tay_ninh/demo_go_dau"
CASES = [
    pytest.param(portal.id, fault, marks=() if portal.id == QUICK else pytest.mark.slow)
    for portal in PORTALS
    for fault in FAULTS
]


@pytest.fixture(scope="module")
def sites() -> Iterator[DemoSites]:
    with DemoSites() as running:
        yield running


@pytest.mark.parametrize(("portal_id", "fault"), CASES)
def test_a_fault_raises_its_own_alarm_and_no_other(
    sites: DemoSites, tmp_path: Path, portal_id: str, fault: str
) -> None:
    change, name, verdict = FAULTS[fault]
    portal = load_registry(sites.registry(tmp_path / "registry")).get(portal_id)
    database, server = f"sqlite:///{tmp_path / 'f.db'}", sites.servers[portal_id]
    once(portal, database)
    once(portal, database)
    engine = open_database(database)
    assert alarms.read(engine) == []
    break_portal(server, change)
    try:
        verdicts = [once(portal, database).verdict for _ in range(2)]
    finally:
        mend_portal(server)
    up = alarms.read(engine)
    if name in OF_PAGES and not reached_the_reader(run_pages.past(engine, portal_id, 99)):
        assert up == []
        pytest.skip("no page was read again, or the reader found what the fault had taken elsewhere")
    assert {(alarm.name, alarm.state) for alarm in up} == {(name, "down")}, up
    assert verdicts == [verdict, verdict]
    well = once(portal, database)
    assert alarms.read(engine) == [], well
    engine.dispose()


def once(portal: Portal, database: str) -> PortalResult:
    """Crawl the portal as a schedule would."""
    return crawl([portal], OPTIONS, database)[0]


def reached_the_reader(past: PastPages) -> bool:
    """Tell whether a page of the last two runs was read otherwise than in the first run."""

    def read(page: Mapping[str, object]) -> tuple[object, ...]:
        return page["title"], page["length"], page["day"]

    first = {page["url"]: read(page) for page in past.lately[-1].pages}
    later = [page for run in past.lately if run.run_id > 2 for page in run.pages]
    return any(read(page) != first.get(page["url"]) for page in later)
