"""One request at a time per server, with a pause after each."""

from __future__ import annotations

import asyncio
import time

import pytest

from crawler.fetching.turns import CRAWL_DELAY_CAP, FLOOR, Turns, pause


@pytest.mark.parametrize(
    ("address", "asked", "crawl_delay", "seconds"),
    [
        ("113.160.0.1", 2.0, None, 2.0),
        ("113.160.0.1", 2.0, 7.0, 7.0),
        ("113.160.0.1", 5.0, 1.0, 5.0),
        ("113.160.0.1", 0.0, None, FLOOR),
        ("113.160.0.1", 2.0, 86400.0, CRAWL_DELAY_CAP),
        ("10.0.0.1", 0.0, None, FLOOR),
        ("127.0.0.1", 0.0, None, 0.0),
        ("::1", 0.0, None, 0.0),
        ("127.0.0.1", 0.0, 0.5, 0.5),
    ],
)
def test_the_longest_wish_counts_and_only_loopback_goes_without_a_pause(
    address: str, asked: float, crawl_delay: float | None, seconds: float
) -> None:
    assert pause(address, asked, crawl_delay) == seconds


def test_requests_to_one_server_never_overlap_and_those_to_two_do() -> None:
    under_way: list[tuple[str, int]] = []
    seen: set[frozenset[tuple[str, int]]] = set()

    async def request(turns: Turns, server: tuple[str, int]) -> None:
        async with turns.turn(server, 0.01):
            assert server not in under_way
            under_way.append(server)
            seen.add(frozenset(under_way))
            await asyncio.sleep(0.01)
            under_way.remove(server)

    async def many() -> None:
        turns = Turns()
        servers = [("127.0.0.1", 80), ("127.0.0.1", 8080)] * 5
        await asyncio.gather(*(request(turns, server) for server in servers))

    asyncio.run(many())
    assert frozenset([("127.0.0.1", 80), ("127.0.0.1", 8080)]) in seen


def test_the_pause_counts_from_the_end_of_a_request_and_after_a_failed_one_too() -> None:
    async def two() -> float:
        turns = Turns()
        with pytest.raises(OSError):
            async with turns.turn(("127.0.0.1", 80), 0.1):
                await asyncio.sleep(0.05)
                raise OSError
        ended = time.monotonic()
        async with turns.turn(("127.0.0.1", 80), 0.1):
            return time.monotonic() - ended

    assert asyncio.run(two()) >= 0.099
