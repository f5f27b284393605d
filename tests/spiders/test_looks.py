"""How often a clock's crawls ask for a known article, counted at its server over a simulated month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions
from storage.engine import open_database, writing
from storage.tables import articles, copies
from tests.databases import fresh_sqlite_database
from tests.loopback import http
from tests.spiders.small_portal import SmallPortal

HOURS = (0, 0.5, 1.1, 2, 4, 6.1, 8, 12, 20, 25, 40, 72, 168.5, 200, 400, 721, 760)
"""Ages of the articles at the visits of the clock."""

OPTIONS = CrawlOptions(delay=0.0, allow_addresses=("127.0.0.0/8",), trigger="schedule")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database of our own, which the test lets grow older."""
    engine = open_database(fresh_sqlite_database(tmp_path))
    yield engine
    engine.dispose()


class Month:
    """Portals of one article each, visited by a clock at the ages of HOURS."""

    def __init__(self, engine: Engine, names: tuple[str, ...], ends: ExitStack) -> None:
        self.engine = engine
        self.sites = {name: ends.enter_context(SmallPortal()) for name in names}
        for site in self.sites.values():
            site.publish(1, days_old=0)
        self.asked: dict[str, list[float]] = {name: [] for name in names}
        """The ages at which each article was asked for."""

    def visit(self, hours: float) -> None:
        """Crawl all portals, as a clock does."""
        for site in self.sites.values():
            site.log.clear()
        portals = [site.portal(f"thu_nghiem/{name}") for name, site in self.sites.items()]
        results = crawl(portals, OPTIONS, self.engine.url.render_as_string())
        assert Counter(result.failed for result in results) == {0: len(portals)}
        for name, site in self.sites.items():
            self.asked[name] += [hours for path in site.paths() if path == site.news[0].path]

    def pass_(self, hours: float) -> None:
        """Let everything be so much longer ago: what is stored, and what the sites print."""
        with writing(self.engine) as connection:
            for table, names in (
                (copies, ("published_at", "first_seen_at", "last_seen_at")), (articles, ("published_at",)),
            ):  # fmt: skip
                for row in connection.execute(select(table)).mappings():
                    this = [column == row[column.name] for column in table.primary_key]
                    older = {name: row[name] - timedelta(hours=hours) for name in names}
                    connection.execute(update(table).where(*this).values(older))
        for site in self.sites.values():
            site.news = [replace(n, day=n.day - timedelta(hours=hours)) for n in site.news]

    def live(self) -> None:
        """Let the month pass; two of the portals edit their articles, one lies in its listing."""
        before = 0.0
        for hours in HOURS:
            self.pass_(hours - before)
            before = hours
            for name in ("edited", "edited_late"):
                site = self.sites[name]
                changed = 2 < hours < 100 if name == "edited" else hours > 200
                site.news = [replace(n, edited=changed) for n in site.news]
            liar = self.sites["another_title"]
            listing = liar.listing("mat-tran", 1).replace(liar.news[0].title, "Tin mới trong ngày")
            liar.broken["/mat-tran/"] = http(listing)
            if hours > 200:
                late = self.sites["edited_late"]
                retitled = late.listing("mat-tran", 1).replace(late.news[0].title, "Đính chính: tin cũ")
                late.broken["/mat-tran/"] = http(retitled)
            self.visit(hours)


def test_a_clock_looks_at_articles_while_they_change_and_leaves_alone_what_did_not_twice(
    engine: Engine,
) -> None:
    with ExitStack() as ends:
        month = Month(engine, ("calm", "calm_with_etag", "edited", "edited_late", "another_title"), ends)
        month.sites["calm_with_etag"].etags = True
        month.live()
    assert month.asked["calm"] == [0, 1.1, 6.1], "two looks that found nothing, and it is left alone"
    assert month.asked["calm_with_etag"] == [0, 1.1, 6.1], "an answer 304 is such a look too"
    assert month.asked["edited"] == [0, 1.1, 6.1, 25, 168.5, 721], "each edit makes it worth looking again"
    assert month.asked["edited_late"][:3] == [0, 1.1, 6.1]
    assert 400 in month.asked["edited_late"], "another title in the listing is followed also after that"
    assert month.asked["another_title"] == [0, 0.5, 1.1, 2, 4], "but not for ever, where it says so always"
