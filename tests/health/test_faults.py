"""Each fault of a portal raises its own alarm within two runs, and no other; its recovery clears it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, PortalResult
from spiders.registry import load_registry
from storage import alarms, run_pages
from storage.engine import open_database
from storage.portals import Portal
from tests.health import faults
from tests.health.faults import Change, break_portal, mend_portal, publish, withhold
from tests.portals.corpus import Entry
from tests.portals.portals import PORTALS
from tests.portals.serve import DemoSites, PortalServer

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
OF_DATES = ("fields_missing", "dated_today")
QUICK = "tay_ninh/demo_go_dau"
CASES = [
    pytest.param(portal.id, fault, marks=() if portal.id == QUICK else pytest.mark.slow)
    for portal in PORTALS
    for fault in FAULTS
]


@dataclass(frozen=True)
class Well:
    """A portal that was crawled twice and is well: its record, server, articles, and those still to come."""

    portal: Portal
    server: PortalServer
    entries: dict[int, Entry]
    coming: list[Entry]
    database: Path


@pytest.fixture(scope="module")
def sites() -> Iterator[DemoSites]:
    with DemoSites() as running:
        yield running


@pytest.fixture(scope="module")
def well(sites: DemoSites, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Well]:
    """Each portal's two good crawls are made once; every fault begins with a copy of that database."""
    folder = tmp_path_factory.mktemp("well")
    registry = load_registry(sites.registry(folder / "registry"))

    @cache
    def crawled_twice(portal_id: str) -> Well:
        portal, server = registry.get(portal_id), sites.servers[portal_id]
        entries = dict(server.theme.entries)
        coming = withhold(server.theme, 4)
        database = folder / f"{portal_id.replace('/', '-')}.db"
        for _ in range(2):
            once(portal, database)
        engine = open_database(f"sqlite:///{database}")
        assert alarms.read(engine) == []
        engine.dispose()
        return Well(portal, server, entries, coming, database)

    return crawled_twice


@pytest.mark.parametrize(("portal_id", "fault"), CASES)
def test_a_fault_raises_its_own_alarm_and_no_other(
    well: Callable[[str], Well], tmp_path: Path, portal_id: str, fault: str
) -> None:
    change, name, verdict = FAULTS[fault]
    known = well(portal_id)
    database = Path(shutil.copy(known.database, tmp_path / "f.db"))
    theme = known.server.theme
    theme.entries = dict(known.entries)
    coming = withhold(theme, 4)
    entries = list(known.entries.values())
    broken = break_portal(known.server, change, entries)
    verdicts, raised = [], []
    try:
        for entry in coming[:2]:
            publish(theme, entry)
            verdicts.append(once(known.portal, database).verdict)
            raised.append(up(database))
    finally:
        mend_portal(known.server)
    assert broken.missed == []
    if name in OF_DATES and raised == [{}, {}]:  # the address, or other machine data, still has the date
        read = days_read(database, portal_id)
        assert Counter(run for run, _, _ in read) == {3: 2, 4: 2}, "a new and a known article in each run"
        published = {known.portal.url + theme.article_path(e).lstrip("/"): e.published for e in entries}
        assert [day for _, _, day in read] == [f"{published[url]:%Y-%m-%d}" for _, url, _ in read]
        assert verdicts == ["new", "new"]
        return
    assert set().union(*(names.keys() for names in raised)) == {name}, raised
    assert raised[1] == {name: "down"}, verdicts
    assert verdicts == [verdict, verdict]
    publish(theme, coming[2])
    again = once(known.portal, database)
    assert up(database) == {}, again


def up(database: Path) -> dict[str, str]:
    """The alarms that are not well, by name."""
    engine = open_database(f"sqlite:///{database}")
    found: dict[str, str] = {alarm.name: alarm.state for alarm in alarms.read(engine)}
    engine.dispose()
    return found


def days_read(database: Path, portal_id: str) -> list[tuple[int, str, object]]:
    """Run, address and day of publication of each article that was read since the portal broke."""
    engine = open_database(f"sqlite:///{database}")
    runs = run_pages.past(engine, portal_id, 99).lately
    engine.dispose()
    return [
        (run.run_id, str(page["url"]), page["day"]) for run in runs if run.run_id > 2 for page in run.pages
    ]


def once(portal: Portal, database: Path) -> PortalResult:
    """Crawl the portal as a schedule would."""
    return crawl([portal], OPTIONS, f"sqlite:///{database}")[0]
