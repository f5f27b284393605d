"""Faults in the middle of a crawl: whatever fails, the next crawl finishes, and everything is there once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.invariants import titles, wrong_with, wrong_with_archive
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, PortalResult
from storage.engine import DatabaseProblem, open_database
from tests.accidents.faults import Fault, When, every_call, failing_disk, failing_statement
from tests.conftest import fresh_postgresql_database
from tests.databases import fresh_sqlite_database
from tests.loopback import Asked, Chunks, Reply, http
from tests.postgres import crash
from tests.spiders.small_portal import SmallPortal

Address = Callable[[int], str]

EVERY = {
    "reset": None,
    "500": http("<html>hỏng</html>", "500 Internal Server Error"),
    "cut": b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<p>",
}


class FaultySite(SmallPortal):
    """A portal whose n-th answer is another one."""

    fault: Fault | None = None
    bad: bytes | None = None

    def answer_to(self, asked: Asked) -> Reply:
        """Answer as ever, but for the one request."""
        usual = super().answer_to(asked)
        if self.fault is None or not self.fault.is_due():
            return usual
        bad = self.bad
        return bad if bad is None or b"Content-Length: 900" not in bad else iter((bad,))


@pytest.fixture
def site() -> Iterator[FaultySite]:
    """A portal of seven articles on two pages."""
    with FaultySite(per_page=4) as running:
        running.publish(7)
        yield running


def crawled(site: SmallPortal, url: str, archive: Path | None = None) -> PortalResult:
    options = CrawlOptions(
        delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",),
        archive=str(archive) if archive else None,
    )  # fmt: skip
    (result,) = crawl([site.portal()], options, url)
    return result


@pytest.fixture
def url(tmp_path: Path) -> Callable[[int], str]:
    """An address for each attempt: a database of its own, with the tables of today."""

    def copy(number: int) -> str:
        path = tmp_path / f"{number}.db"
        return f"sqlite:///{path}" if path.exists() else fresh_sqlite_database(tmp_path, path.name)

    return copy


def is_finished_by_the_next(site: SmallPortal, url: str, archive: Path | None = None) -> None:
    """At once: no lease of a run whose begin or end went unanswered is in the way of its own process."""
    engine = open_database(url)
    result = crawled(site, url, archive)
    assert result.verdict in ("new", "nothing_new"), result
    assert titles(engine) == {news.title for news in site.news}
    assert wrong_with(engine, whole=False) == []
    if archive is not None:
        assert wrong_with_archive(archive, engine) == []
    engine.dispose()


SOME = 5
"""Every so manieth call is tried where all of them would take too long for every run of the tests."""


def slow(*values: object) -> object:
    return pytest.param(*values, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    ("kind", "step"), [("reset", SOME), slow("reset", 1), slow("500", 1), slow("cut", 1)]
)
def test_any_one_answer_may_fail(site: FaultySite, url: Address, kind: str, step: int) -> None:
    site.bad = EVERY[kind]

    def attempt(number: int, fault: Fault) -> None:
        site.fault = fault
        result = crawled(site, url(number))
        site.fault = None
        assert result.verdict in ("new", "partial", "blocked", "failed"), result

    def look(number: int) -> None:
        is_finished_by_the_next(site, url(number))

    assert every_call(attempt, look, (DatabaseProblem,), step) >= 10, "robots.txt, listings and articles"


@pytest.mark.parametrize(("when", "step"), [("after", 9 * SOME), slow("before", 1), slow("after", 1)])
def test_the_database_may_fail_at_any_statement_of_a_crawl(
    site: FaultySite, url: Address, when: When, step: int
) -> None:
    def attempt(number: int, fault: Fault) -> None:
        engine = open_database(url(number))
        with failing_statement(engine, fault, when):
            result = crawled(site, url(number))
        engine.dispose()
        if result.verdict != "new":
            assert fault.fired and set(result.errors) == {"store_failed"}, result

    def look(number: int) -> None:
        is_finished_by_the_next(site, url(number))

    assert every_call(attempt, look, (DatabaseProblem,), step) > 60


@pytest.mark.parametrize(("short", "step"), [(True, SOME), slow(True, 1), slow(False, 1)])
def test_a_disk_that_does_not_take_the_archive_costs_no_article(
    site: FaultySite, url: Address, tmp_path: Path, short: bool, step: int
) -> None:
    def attempt(number: int, fault: Fault) -> None:
        archive = tmp_path / f"archive{number}"
        with failing_disk(archive, fault, short=short):
            result = crawled(site, url(number), archive)
        assert (result.verdict, result.new) == ("new", 7), result

    def look(number: int) -> None:
        is_finished_by_the_next(site, url(number), tmp_path / f"archive{number}")

    assert every_call(attempt, look, (OSError,), step) > 10


@pytest.mark.slow
def test_a_database_that_goes_away_in_a_batch_and_comes_back_costs_no_article(
    postgresql: str,
) -> None:
    """PostgreSQL ends at once and is started again while articles are being asked for."""
    url = fresh_postgresql_database(postgresql)
    with SmallPortal() as site:
        site.publish(30)
        at = site.news[15]
        crashed, back = threading.Event(), threading.Event()

        def answer(asked: Asked) -> bytes | Chunks:
            if not crashed.is_set():
                crashed.set()
                crash(postgresql)
                back.set()
            return site.article(at, asked)

        site.broken[at.path] = answer
        result = crawled(site, url)
        assert back.wait(60)
        assert result.verdict in ("failed", "new", "partial"), result
        site.broken.clear()
        is_finished_by_the_next(site, url)
