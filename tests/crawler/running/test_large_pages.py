"""Large pages: read beside the event loop, so that other portals go on meanwhile."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar
from datetime import UTC, datetime

import pytest

from crawler.reading.page import Page
from crawler.running import large_pages
from crawler.running.large_pages import LARGE, read_beside


def page_of(size: int) -> Page:
    return Page(url="http://xa.vn/", body=b"x" * size, fetched_at=datetime.now(UTC))


def test_the_loop_goes_on_while_a_large_page_is_read() -> None:
    went_on = threading.Event()

    async def read() -> bool:
        reading = asyncio.create_task(read_beside(page_of(LARGE), lambda page: went_on.wait(10)))
        await asyncio.sleep(0)
        went_on.set()
        return await reading

    assert asyncio.run(read())


def test_a_page_of_usual_size_is_read_at_once_and_a_large_one_with_what_the_log_knows_of_the_run() -> None:
    run: ContextVar[int] = ContextVar("run")
    run.set(7)

    def read(page: Page, factor: int) -> tuple[bool, int]:
        return threading.current_thread() is threading.main_thread(), run.get() * factor

    assert asyncio.run(read_beside(page_of(LARGE - 1), read, 2)) == (True, 14)
    assert asyncio.run(read_beside(page_of(LARGE), read, factor=2)) == (False, 14)


def test_what_reading_a_large_page_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(read_beside(page_of(LARGE), lambda page: 1 // 0))


def test_a_page_that_is_read_for_ever_is_told_while_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crawl host then falls silent, and its parent kills it (crawler.running.host)."""
    monkeypatch.setattr(large_pages, "HANGS", 0.05)
    seen = threading.Event()

    async def read() -> None:
        reading = asyncio.create_task(read_beside(page_of(LARGE), lambda page: seen.wait(10)))
        async with asyncio.timeout(10):
            while not large_pages.hangs():
                await asyncio.sleep(0.01)
        seen.set()
        assert await reading

    assert not large_pages.hangs()
    asyncio.run(read())
    assert not large_pages.hangs(), "it ended"
