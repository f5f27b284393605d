"""`frontnews logs`: what happened in a run, afterwards and while it goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.running.event_log import EventLog
from crawler.running.options import Counts, Event
from crawler.saving import Writer
from storage import migrate, run_events
from storage.run_events import FIRST, LAST
from tests.scheduling.conftest import Frontnews, until
from tests.scheduling.stubs import Stubs


@pytest.fixture
def held() -> dict[str, bool]:
    """Whether the second article of the portal is held back."""
    return {"back": False}


@pytest.fixture
def stubs(held: dict[str, bool]) -> Iterator[Stubs]:
    """One portal of two articles."""

    def hold(portal: str, path: str) -> float | None:
        return 8.0 if held["back"] and path.endswith("2.html") else None

    with Stubs(1, on_request=hold) as running:
        yield running


def test_the_log_of_a_run_tells_each_step_with_its_address(frontnews: Frontnews, stubs: Stubs) -> None:
    assert frontnews("crawl", stubs.id(0), "--delay", "0").returncode == 0
    lines = frontnews("logs", "1").stdout.splitlines()
    told = [line.split()[1] for line in lines if line[2:4].isdigit()]
    assert told == ["started", "listing", "article", "article", "saved", "finished"]
    assert "2 listed, 1 new, 1 copy" in lines[-1], "one text under two titles"
    record = json.loads(frontnews("logs", "1", "--json").stdout)
    assert [event["seq"] for event in record["events"]] == [1, 2, 3, 4, 5, 6]
    assert record["events"][1]["url"] == f"{stubs.url(0)}tin/"
    assert frontnews("logs", "1", "--follow").stdout.splitlines() == [
        line for line in lines if line[2:4].isdigit()
    ]


def test_a_run_is_followed_while_it_goes_on_and_to_its_end(
    frontnews: Frontnews, stubs: Stubs, held: dict[str, bool]
) -> None:
    held["back"] = True
    crawl = frontnews.start("crawl", stubs.id(0), "--delay", "0", log="crawl")
    until(lambda: any("bai-" in hit.path for hit in stubs.hits), "an article")
    follower = frontnews.start("logs", "1", "--follow", log="followed")
    until(lambda: "article" in frontnews.said("followed"), "the first article is told")
    assert crawl.poll() is None and follower.poll() is None, "while the crawl goes on"
    assert follower.wait(60) == 0 and crawl.wait(60) == 0
    assert frontnews.said("followed").splitlines()[-1].split()[1] == "finished"


def test_a_burst_between_two_batches_takes_no_more_memory_than_is_kept(tmp_path: Path) -> None:
    async def burst() -> list[int]:
        writer = Writer.open(f"sqlite:///{tmp_path / 'frontnews.db'}")
        migrate.upgrade(writer.engine)
        heard: list[Event] = []
        log = EventLog(writer, 1, heard.append)
        counts = Counts().as_dict()
        for n in range(5000):
            log.hear(
                Event("a/b", "problem", counts, f"http://a.vn/{n}", message=f"http://a.vn/{n}: no [dns]")
            )
        await log.flush()
        assert len(heard) == 5000, "whoever else listens hears all"
        found = run_events.read(writer.engine, 1)
        writer.close()
        assert found[0].message == "no [dns]" and found[0].level == "warning"
        return [event.seq for event in found]

    seqs = asyncio.run(burst())
    assert seqs == [*range(1, FIRST + 1), *range(5000 - LAST + 1, 5001)]
