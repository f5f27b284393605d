"""What befalls a portal in its years: another host, another CMS, an end in another portal. Each is found by
the check and proposed; once accepted, no article is lost and none is there twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import app
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, PortalResult
from spiders.check import Check, check_portal
from spiders.record_checks import keep
from spiders.record_writer import add
from spiders.registry import load_registry
from storage import export, portal_table
from storage.engine import open_database
from storage.migrate import upgrade
from storage.portals import Portal, Section
from tests.loopback import http, redirect
from tests.spiders.plain_fetch import fetch
from tests.spiders.small_portal import News, SmallPortal


@dataclass(frozen=True, slots=True)
class Renumbered(News):
    """The same article in a CMS that makes other addresses."""

    @property
    def path(self) -> str:
        return f"/bai-viet/{self.number + 500_000}-tin-hoat-dong-cua-mat-tran-so-{self.number}"


@pytest.fixture
def site() -> Iterator[SmallPortal]:
    with SmallPortal() as running:
        running.publish(14)
        running.publish(6, "hoi-phu-nu")
        home_of(running)
        yield running


def home_of(site: SmallPortal) -> None:
    """Give a site a home page with a menu of its sections."""
    names = {
        "mat-tran": "Mặt trận Tổ quốc",
        "hoi-phu-nu": "Hội Phụ nữ",
        "mttq-va-doan-the": "MTTQ và các đoàn thể",
    }
    menu = "".join(f"<li><a href='/{name}/'>{names[name]}</a></li>" for name in site.sections())
    site.pages["/"] = http(
        f"<html><head><title>Cổng thử</title></head><body><nav><ul>{menu}</ul></nav></body></html>"
    )


@dataclass(frozen=True, slots=True)
class Office:
    """A registry, a database, and the three things that an operator does with them."""

    folder: Path
    database: str

    def record(self, id: str) -> Portal:
        return load_registry(self.folder / "registry").get(id)

    def crawl(self, id: str = "other/nho", **options: Any) -> PortalResult:
        engine = open_database(self.database)
        upgrade(engine)
        portal_table.sync(engine, load_registry(self.folder / "registry"))
        engine.dispose()
        usual = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
        (result,) = crawl([self.record(id)], replace(usual, **options), self.database)
        return result

    def check(self, id: str = "other/nho") -> Check:
        """Hold a record against its site, as the clock does, and keep what comes of it."""
        registry = load_registry(self.folder / "registry")
        portal = registry.get(id)
        check = asyncio.run(check_portal(portal, fetch, registry))
        engine = open_database(self.database)
        keep(engine, portal, check)
        engine.dispose()
        return check

    def accept(self, check: Check) -> Portal:
        """Say `portals accept`; the record as the registry has it then."""
        options = ["--database", self.database, "--registry", str(self.folder / "registry")]
        done = CliRunner().invoke(app, ["portals", "accept", check.portal, *options])
        assert done.exit_code == 0, f"{done.output} {check.findings}"
        return self.record(check.portal)

    def stored(self) -> list[dict[str, Any]]:
        engine = open_database(self.database)
        try:
            return list(export.records(engine))
        finally:
            engine.dispose()


@pytest.fixture
def office(tmp_path: Path, site: SmallPortal, database_url: str) -> Office:
    """A portal that is in the registry and was crawled, on either engine."""
    office = Office(tmp_path, database_url)
    add(tmp_path / "registry", site.portal("other/nho", owner="other"))
    assert office.crawl().new == 20
    return office


def test_a_portal_that_is_as_it_was_has_nothing_proposed(office: Office) -> None:
    check = office.check()
    assert check.ok
    assert check.proposed is None


def test_a_portal_that_moves_host_keeps_its_articles(office: Office, site: SmallPortal) -> None:
    before = {record["title"]: record["id"] for record in office.stored()}
    with SmallPortal() as new:
        new.news = site.news
        home_of(new)
        site.broken = {path: redirect(new.url.rstrip("/") + path) for path in everything(site)}
        accepted = office.accept(office.check())
        assert accepted.url == new.url
        assert accepted.aliases == (site.url.removeprefix("http://").rstrip("/"),)
        new.publish(1)
        result = office.crawl()
    assert (result.new, result.failed) == (1, 0)
    after = {record["title"]: record for record in office.stored()}
    assert {title: record["id"] for title, record in after.items() if title in before} == before
    assert len(after) == 21
    assert all(len(record["urls"]) == 1 for record in after.values()), "one address each, no second copy"


def test_a_portal_that_changes_its_cms_overnight_is_found_anew(office: Office, site: SmallPortal) -> None:
    before = {record["title"]: record["id"] for record in office.stored()}
    site.news = [
        Renumbered(**{**asdict(n), "section": {"mat-tran": "mttq-va-doan-the"}.get(n.section, n.section)})
        for n in site.news
    ]
    home_of(site)
    check = office.check()
    assert not check.ok
    accepted = office.accept(check)
    assert {section.path: section.scope for section in accepted.sections} == {
        "/mttq-va-doan-the/": "front",
        "/hoi-phu-nu/": "front",
    }
    assert Section("/hoi-phu-nu/", "front") in accepted.sections, "what still lists stays as it was written"
    site.news.append(Renumbered(99, datetime.now(UTC), "mttq-va-doan-the"))
    result = office.crawl()
    assert (result.new, result.failed) == (1, 0)
    after = {record["title"]: record["id"] for record in office.stored()}
    assert {title: id for title, id in after.items() if title in before} == before
    assert len(after) == 21


def test_a_portal_that_was_merged_into_another_ends_with_a_successor(
    office: Office, site: SmallPortal
) -> None:
    with SmallPortal() as heir:
        heir.publish(3)
        heir.news += [Renumbered(**asdict(n)) for n in site.news[:5]]  # the heir took some articles over
        home_of(heir)
        add(office.folder / "registry", heir.portal("other/heir", owner="other"))
        site.broken = dict.fromkeys(everything(site), redirect(heir.url))
        check = office.check()
        accepted = office.accept(check)
        today = datetime.now(UTC).date()
        assert accepted.successor == "other/heir"
        assert not accepted.is_active(today)
        assert office.record("other/heir").is_active(today)
        again = office.check()
        assert (again.ok, again.proposed) == (True, None)
        office.crawl("other/heir")
    titles = [record["title"] for record in office.stored()]
    assert len(titles) == len(set(titles)) == 20, "nothing is lost, and what the heir took over is no second"


def test_a_portal_that_is_down_has_nothing_proposed(office: Office, site: SmallPortal) -> None:
    site.broken = dict.fromkeys(everything(site), http("", "503 Service Unavailable"))
    check = office.check()
    assert not check.ok
    assert check.proposed is None


def everything(site: SmallPortal) -> list[str]:
    return ["/", *(f"/{name}/" for name in site.sections()), *(news.path for news in site.news)]
