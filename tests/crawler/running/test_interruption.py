"""Crawls that are stopped, killed or left without a disk: nothing read is lost, nothing is fetched twice."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from storage import export, runs
from storage.engine import open_database
from tests.forked import Forked, Order
from tests.loopback import Asked, http
from tests.spiders.small_portal import SmallPortal

ROOT = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("crawl_here.py")
PATIENCE = 30
"""Seconds that a test waits for another process on a loaded machine."""


@pytest.fixture
def site() -> Iterator[SmallPortal]:
    """A portal of 25 articles on three pages."""
    with SmallPortal() as running:
        running.publish(25)
        yield running


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of a database that is not there yet."""
    return f"sqlite:///{tmp_path / 'frontnews.db'}"


class Crawl:
    """A crawl in a process of its own."""

    def __init__(self, forked: Forked, database: str, site: SmallPortal, *more: str) -> None:
        order = Order((database, site.url, "/mat-tran/", *more), {}, str(ROOT), str(SCRIPT))
        self._out = tempfile.TemporaryFile()  # noqa: SIM115 - closed at its end
        self._err = tempfile.TemporaryFile()  # noqa: SIM115
        with Path(os.devnull).open("rb") as nothing:
            self.process = forked.start(order, nothing, self._out, self._err)

    def end(self) -> tuple[int, dict[str, Any], str]:
        """Wait for its end and return exit code, result and what it wrote to stderr."""
        returned = self.process.wait(PATIENCE)
        out, err = (file.read().decode() for file in (self._out, self._err) if not file.seek(0))
        self._out.close()
        self._err.close()
        lines = out.splitlines()
        return returned, json.loads(lines[-1]) if lines else {}, err


Start = Callable[..., Crawl]
"""Starts a crawl of a portal into a database; what follows is told to the script."""


@pytest.fixture
def start(forked: Forked) -> Start:
    """Crawls in processes that have imported the crawler."""
    return partial(Crawl, forked)


class Gate:
    """Holds the answer to one article back until the test has done what it wants to do meanwhile."""

    def __init__(self, site: SmallPortal, number: int) -> None:
        self.site = site
        self.news = site.news[number]
        self.asked = threading.Event()
        self.open = threading.Event()
        site.broken[self.news.path] = self.answer

    def answer(self, asked: Asked) -> bytes:
        """Say that the request is here, and wait."""
        self.asked.set()
        assert self.open.wait(PATIENCE)
        return self.site.article(self.news, asked)


def held_at(site: SmallPortal, number: int, start: Start, database: str) -> tuple[Crawl, Gate]:
    """A crawl that waits for the answer to one article, and the gate that holds it back."""
    gate = Gate(site, number)
    crawl = start(database, site)
    assert gate.asked.wait(PATIENCE)
    return crawl, gate


def titles(database: str) -> set[str]:
    engine = open_database(database)
    try:
        return {str(record["title"]) for record in export.records(engine)}
    finally:
        engine.dispose()


def articles_asked(site: SmallPortal) -> list[str]:
    return [path for path in site.paths() if path.endswith(".html")]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_one_signal_finishes_the_article_under_way_and_saves_it(
    site: SmallPortal, database: str, start: Start, number: signal.Signals, code: int
) -> None:
    crawl, gate = held_at(site, 18, start, database)  # the seventh article: newest first
    crawl.process.send_signal(number)
    gate.open.set()
    returned, result, _ = crawl.end()
    assert returned == code
    assert (result["verdict"], result["new"], result["signal"]) == ("cancelled", 7, number)
    assert "saved" in result["message"]
    assert titles(database) == {n.title for n in site.news[18:]}
    assert len(articles_asked(site)) == 7

    site.broken.clear()
    returned, result, _ = start(database, site).end()
    assert (returned, result["verdict"], result["new"]) == (0, "new", 18)
    assert titles(database) == {n.title for n in site.news}
    assert sorted(articles_asked(site)) == sorted(n.path for n in site.news), "none was fetched twice"


def test_a_crawl_that_somebody_cancels_elsewhere_saves_what_it_read(
    site: SmallPortal, database: str, start: Start
) -> None:
    crawl, gate = held_at(site, 18, start, database)
    engine = open_database(database)
    [run] = runs.list_runs(engine)
    assert runs.cancel(engine, run.id, "lan")
    returned, result, _ = crawl.end()  # at its next beat, though the answer to its request never came
    gate.open.set()
    assert (returned, result["verdict"], result["new"]) == (130, "cancelled", 6)
    assert result["message"].startswith("cancelled by lan; what was read is saved")
    assert titles(database) == {n.title for n in site.news[19:]}
    ended = runs.run_of(engine, run.id)
    assert ended is not None and (ended.status, ended.verdict) == ("finished", "cancelled")
    assert ended.counts["new"] == 6
    engine.dispose()


def test_two_signals_end_at_once_and_still_keep_what_was_read(
    site: SmallPortal, database: str, start: Start
) -> None:
    crawl, gate = held_at(site, 18, start, database)
    crawl.process.send_signal(signal.SIGINT)
    second_signal = threading.Timer(0.2, crawl.process.send_signal, (signal.SIGINT,))
    second_signal.start()  # two signals in one instant are one signal to a process
    returned, result, _ = crawl.end()
    second_signal.join()
    gate.open.set()
    assert (returned, result["verdict"]) == (130, "cancelled")
    assert titles(database) == {n.title for n in site.news[19:]}


def test_after_a_kill_the_next_crawl_finishes_the_rest_at_once(
    site: SmallPortal, database: str, start: Start
) -> None:
    crawl, gate = held_at(site, 8, start, database)  # on the second page
    crawl.process.kill()
    crawl.end()
    gate.open.set()
    site.broken.clear()
    returned, result, _ = start(database, site).end()
    assert (returned, result["verdict"]) == (0, "new")
    assert titles(database) == {n.title for n in site.news}
    engine = open_database(database)
    assert [run.verdict for run in runs.list_runs(engine)] == ["new", "lost"]
    engine.dispose()


def test_a_portal_under_crawl_is_left_to_the_one_who_crawls_it(
    site: SmallPortal, database: str, start: Start
) -> None:
    first, gate = held_at(site, 20, start, database)
    asked = len(site.log)
    returned, result, _ = start(database, site).end()
    assert (returned, result["already_running"]) == (10, True)
    assert "is being crawled already" in result["message"]
    assert len(site.log) == asked
    gate.open.set()
    assert first.end()[0] == 0


def test_a_run_that_was_declared_lost_writes_nothing_more(
    site: SmallPortal, database: str, start: Start
) -> None:
    crawl, gate = held_at(site, 20, start, database)
    engine = open_database(database)
    (run,) = runs.list_runs(engine)
    runs.finish(engine, run.id, verdict="lost", counts={}, errors={}, message="declared lost by a test")
    gate.open.set()
    returned, result, _ = crawl.end()
    engine.dispose()
    assert (returned, result["verdict"]) == (4, "lost")
    assert len(titles(database)) <= 4, "at most what was committed before"


def test_a_full_disk_ends_with_one_line_and_the_rest_comes_later(
    site: SmallPortal, database: str, start: Start
) -> None:
    with SmallPortal() as small:
        small.publish(1)
        assert start(database, small).end()[0] == 0
    size = Path(database.removeprefix("sqlite:///")).stat().st_size
    site.publish(60)
    returned, result, err = start(database, site, str(size + 100_000)).end()
    assert returned == 8
    said = result.get("message") or err
    assert "disk" in said and "\n" not in said.strip() and "frontnews.db" in said
    returned, result, _ = start(database, site).end()
    assert returned == 0
    assert {n.title for n in site.news} <= titles(database)


def test_a_database_that_is_no_database_is_named_before_anything_is_asked(
    site: SmallPortal, start: Start, tmp_path: Path
) -> None:
    (tmp_path / "frontnews.db").write_bytes(b"khong phai co so du lieu" * 100)
    returned, _, err = start(f"sqlite:///{tmp_path / 'frontnews.db'}", site).end()
    assert returned == 8
    assert "frontnews.db is not a database" in err and len(err.strip().splitlines()) == 1
    assert site.log == []


def test_a_stop_does_not_wait_for_a_turn_that_is_far_away(
    site: SmallPortal, database: str, start: Start
) -> None:
    asked = threading.Event()
    rules = http("User-agent: *\nCrawl-delay: 50\n", content_type="text/plain")

    def answer(_: Asked) -> bytes:
        asked.set()
        return rules

    site.pages["/robots.txt"] = answer
    crawl = start(database, site)
    assert asked.wait(PATIENCE)
    crawl.process.send_signal(signal.SIGINT)  # while it waits 50 s for its next turn
    returned, result, _ = crawl.end()
    assert (returned, result["verdict"], result["fetched"]) == (130, "cancelled", 0)
    assert articles_asked(site) == []


def test_an_interrupted_later_crawl_does_not_hide_the_pages_that_it_did_not_reach(
    site: SmallPortal, database: str, start: Start
) -> None:
    assert start(database, site).end()[0] == 0
    site.publish(50)
    gate = Gate(site, 25 + 50 - 15)  # on the second of five pages with news
    crawl = start(database, site)
    assert gate.asked.wait(PATIENCE)
    crawl.process.kill()
    crawl.end()
    gate.open.set()
    site.broken.clear()
    assert start(database, site).end()[0] == 0
    assert titles(database) == {n.title for n in site.news}
