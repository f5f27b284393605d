"""Articles whose portal gives them another address: 301 from the old one, the new one in the listing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, PortalResult
from storage import export
from storage.engine import open_database, reading
from storage.lookup import find
from tests.loopback import redirect
from tests.spiders.small_portal import News, SmallPortal


@dataclass(frozen=True, slots=True)
class Named(News):
    """An article at an address that a slug makes, with or without the number that stays."""

    slug: str = "ten-cu"
    numbered: bool = True

    @property
    def path(self) -> str:
        number = f"-{10_000 + self.number}.html" if self.numbered else ".html"
        return f"/{self.section}/{self.slug}-so-{'abcdefghijk'[self.number]}{number}"


@pytest.fixture(params=[True, False], ids=["by number", "by slug"])
def site(request: pytest.FixtureRequest) -> Iterator[SmallPortal]:
    with SmallPortal() as running:
        running.publish(4, days_old=3)
        running.news = [Named(n.number, n.day, n.section, numbered=request.param) for n in running.news]
        yield running


def run(site: SmallPortal, database: str) -> PortalResult:
    options = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
    (result,) = crawl([site.portal()], options, database)
    return result


def records(database: str) -> dict[str, dict[str, Any]]:
    engine = open_database(database)
    try:
        return {str(record["id"]): dict(record) for record in export.records(engine)}
    finally:
        engine.dispose()


def test_an_article_that_is_renamed_stays_one_and_is_found_by_both_addresses(
    site: SmallPortal, database_url: str
) -> None:
    run(site, database_url)
    before = records(database_url)
    old = site.news[3]
    assert isinstance(old, Named)
    site.news[3] = replace(old, slug="ten-moi")
    site.broken[old.path] = redirect(site.news[3].path, "301 Moved Permanently")
    for _ in range(3):
        run(site, database_url)
        after = records(database_url)
        assert after.keys() == before.keys(), "no second record, and none is lost"
        (renamed,) = [record for record in after.values() if record["title"] == old.title]
        addresses = [site.url.rstrip("/") + news.path for news in (site.news[3], old)]
        assert set(addresses) <= set(renamed["urls"])
        assert (renamed["revision"], len(renamed["urls"])) == (1, 2)
    engine = open_database(database_url)
    with reading(engine) as connection:
        assert {find(connection, url).row["public_id"] for url in addresses} == {renamed["id"]}
    engine.dispose()
