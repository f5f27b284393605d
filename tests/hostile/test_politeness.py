"""The promise to the portals, measured at their servers over whole crawls."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions
from storage.columns import now
from storage.engine import open_database, writing
from storage.portals import Portal
from storage.tables import robots
from tests.loopback import Asked, Reply, http
from tests.spiders.small_portal import SmallPortal

DELAY, CRAWL_DELAY, RETRY_AFTER = 0.15, 0.4, 1
TIMER = 0.002
"""Seconds by which a timer on milliseconds may be early."""


@dataclass
class Measured(SmallPortal):
    """A portal that notes begin and end of every request, on one clock with its neighbours."""

    times: list[tuple[float, float, str]] = field(default_factory=list)
    promised: float = DELAY
    held_until: float = 0.0

    def answer_to(self, asked: Asked) -> Reply:
        """Answer as ever, a little later."""
        answer = super().answer_to(asked)
        began = time.monotonic()
        threading.Event().wait(0.02)
        self.times.append((began, time.monotonic(), asked.path))
        return answer


@pytest.fixture
def sites() -> Iterator[list[Measured]]:
    """Three portals: a plain one, one that asks for a pause and closes a folder, one that asks for peace."""
    with ExitStack() as ends:
        plain, slow, busy = (ends.enter_context(Measured(per_page=4)) for _ in range(3))
        for site in (plain, slow, busy):
            site.publish(6)
        slow.promised = CRAWL_DELAY
        slow.pages["/robots.txt"] = http(
            f"User-agent: *\nCrawl-delay: {CRAWL_DELAY}\nDisallow: /mat-tran/bai-so-3\n",
            content_type="text/plain",
        )

        def once(asked: Asked) -> bytes:
            busy.broken.clear()
            busy.held_until = time.monotonic() + RETRY_AFTER
            return http("", "429 Too Many Requests", Retry_After=str(RETRY_AFTER))

        busy.broken[busy.news[2].path] = once
        yield [plain, slow, busy]


def crawled(portals: list[Portal], folder: Path) -> None:
    options = CrawlOptions(delay=DELAY, retry_wait=0.05, allow_addresses=("127.0.0.0/8",))
    crawl(portals, options, f"sqlite:///{folder / 'frontnews.db'}")


def test_no_server_is_asked_twice_at_once_too_soon_or_for_what_it_forbids(
    sites: list[Measured], tmp_path: Path
) -> None:
    plain, slow, busy = sites
    # Two portals of one server, as a province keeps its districts.
    portals = [
        plain.portal("a/plain"),
        plain.portal("a/same_server"),
        slow.portal("a/slow"),
        busy.portal("a/busy"),
    ]
    crawled(portals, tmp_path)
    for site in sites:
        assert len(site.times) >= 8
        for (_, ended, before), (began, _, path) in itertools.pairwise(sorted(site.times)):
            # What robots.txt asks for is known when it has been read.
            promised = DELAY if before == "/robots.txt" else site.promised
            assert began - ended >= promised - TIMER, f"{path} {began - ended:.3f} s after {before}"
        agents = {asked.headers["user-agent"] for asked in site.log}
        assert len(agents) == 1 and "frontnews" in (agent := agents.pop()) and "+http" in agent
        assert site.log[0].path == "/robots.txt", "robots.txt comes first"
        assert sum(asked.path == "/robots.txt" for asked in site.log) == 1
        assert all(
            "cookie" not in asked.headers and "authorization" not in asked.headers for asked in site.log
        )
    assert not any(path.startswith("/mat-tran/bai-so-3") for path in slow.paths())
    assert any(path.startswith("/mat-tran/bai-so-3") for path in plain.paths())
    after = [began for began, _, _ in busy.times if began > busy.held_until - RETRY_AFTER + 0.02]
    assert busy.held_until and min(after) >= busy.held_until - 0.03, "Retry-After was not kept"


def test_robots_txt_is_read_again_after_a_day_and_what_it_says_then_holds(tmp_path: Path) -> None:
    with Measured(per_page=4) as site:
        site.publish(3)
        portal = [site.portal("a/b")]
        for _ in range(2):
            crawled(portal, tmp_path)
        assert sum(asked.path == "/robots.txt" for asked in site.log) == 1, "a day's answer serves a day"
        engine = open_database(f"sqlite:///{tmp_path / 'frontnews.db'}")
        with writing(engine) as connection:
            connection.execute(update(robots).values(fetched_at=now() - timedelta(hours=24, seconds=1)))
        engine.dispose()
        site.pages["/robots.txt"] = http("User-agent: *\nDisallow: /\n", content_type="text/plain")
        asked = len(site.log)
        crawled(portal, tmp_path)
        assert [each.path for each in site.log[asked:]] == ["/robots.txt"]
