"""The end of a server's certificate is seen by the crawl itself, shown with the portal, and told in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.running.crawl import crawl
from crawler.running.lapses import certificate_ending
from crawler.running.options import CrawlOptions, PortalResult
from dashboard.app import create_app
from storage import alarms, certificates, migrate
from storage.certificates import Certificate
from storage.columns import now
from storage.engine import open_database
from storage.portal_table import sync
from tests.dashboard.serving import serving, visit
from tests.hostile.web import TlsSite
from tests.spiders.small_portal import SmallPortal


class SecurePortal(TlsSite, SmallPortal):
    """A small portal behind TLS."""

    days = 9.5


@pytest.fixture
def site() -> Iterator[SecurePortal]:
    with SecurePortal() as running:
        assert isinstance(running, SecurePortal)
        running.publish(3)
        yield running


def test_a_certificate_that_ends_soon_is_an_alarm_until_it_is_renewed(
    site: SecurePortal, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'f.db'}"
    engine = open_database(url)
    migrate.upgrade(engine)
    portal = site.portal()
    sync(engine, [portal])
    host = urlsplit(portal.url).netloc

    def crawled() -> PortalResult:
        return crawl([portal], CrawlOptions(delay=0, allow_addresses=("127.0.0.0/8",)), url)[0]

    assert [crawled().verdict for _ in range(2)] == ["new", "nothing_new"], "it is no fault of a run"
    known = certificates.read(engine, host)
    assert known is not None and 9 < known.days(now()) < 10
    [alarm] = alarms.read(engine)
    assert (alarm.name, alarm.state) == ("certificate", "down")
    assert alarm.message == f"the certificate of {host} ends on {known.ends_at + timedelta(hours=7):%d/%m/%Y}"
    with serving(create_app(engine)) as address, visit(address, headers={"Accept-Language": "en"}) as client:
        assert "9 more days" in client.get(f"/portals/{portal.id}").text
        assert "in 9 days" in client.get("/").text

    site.renew(90)
    crawled()
    renewed = certificates.read(engine, host)
    assert renewed is not None and 89 < renewed.days(now()) < 91
    assert alarms.read(engine) == []
    engine.dispose()


@pytest.mark.parametrize(
    ("days", "told"), [(14.5, None), (13.5, "ends on"), (-0.5, "ended on"), (-29, "ended on"), (-400, None)]
)
def test_it_is_told_two_weeks_before_and_what_was_let_go_long_ago_is_no_news(
    days: float, told: str | None
) -> None:
    at = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    raised = list(certificate_ending(Certificate("a.vn", at + timedelta(days=days), at), at))
    assert [told in each.message for each in raised if told] == ([True] if told else [])
    assert len(raised) == (told is not None)
