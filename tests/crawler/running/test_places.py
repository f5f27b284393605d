"""Places of a crawl: a server that does not answer holds none of them for long."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from crawler.running import crawl as crawling
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, Event
from tests.loopback import Asked, Chunks
from tests.spiders.small_portal import SmallPortal


@pytest.mark.parametrize(
    ("lent", "first"), [(3, "a/answers"), pytest.param(0, "a/silent", marks=pytest.mark.slow)]
)
def test_the_next_portal_is_crawled_while_a_server_owes_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lent: int, first: str
) -> None:
    monkeypatch.setattr(crawling, "OWED", 0.2)
    monkeypatch.setattr(crawling, "MOST_LENT", lent)
    over = threading.Event()

    def never(_: Asked) -> Chunks:
        over.wait(30)
        return iter(())

    finished: list[str] = []

    def tell(event: Event) -> None:
        if event.kind == "finished":
            finished.append(event.portal)

    with SmallPortal() as silent, SmallPortal() as answers:
        silent.publish(1)
        answers.publish(2)
        silent.pages["/robots.txt"] = never
        options = CrawlOptions(
            delay=0.0, retry_wait=0.01, timeout=1.5, concurrency=1, allow_addresses=("127.0.0.0/8",)
        )
        portals = [silent.portal("a/silent"), answers.portal("a/answers")]
        results = crawl(portals, options, f"sqlite:///{tmp_path / 'frontnews.db'}", tell)
        over.set()
    assert finished[0] == first
    assert [result.new for result in results] == [0, 2]
