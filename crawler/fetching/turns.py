"""Politeness: one request at a time per server, with a pause after each, for the whole process.

Scrapy's own delays are kept per crawler ("Concurrency and politeness settings apply per crawler when
running multiple spiders in one process"), and many portals stand on one hosting server. So the turns are
kept here, by address and port, and every request passes through them in the download handler.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address

DELAY = 2.0
"""Seconds between two requests to one server where nobody asks for more (DESIGN.md)."""

FLOOR = 1.0
"""No option makes the pause shorter than this outside loopback: the portals are small government servers."""

CRAWL_DELAY_CAP = 60.0
"""A Crawl-delay above this is taken as this: some files say 86400 (hostile_servers.md 59)."""

Server = tuple[str, int]


@dataclass(slots=True)
class _Line:
    """The queue before one server."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    began_at: float = 0.0
    """When the request under way had its turn; 0 while none is."""
    ended_at: float = 0.0
    delay: float = 0.0


class Turn:
    """One request's turn at a server (:meth:`Turns.turn`)."""

    __slots__ = ("_delay", "_line")

    def __init__(self, line: _Line, delay: float) -> None:
        self._line = line
        self._delay = delay

    async def __aenter__(self) -> None:
        line = self._line
        await line.lock.acquire()
        try:
            # A request that asks for a longer pause than the one before it (robots.txt has just said so)
            # gets it from the end of that one.
            wait = max(line.free_at, line.ended_at + self._delay if line.ended_at else 0.0) - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
        except BaseException:
            line.lock.release()
            raise
        line.delay, line.began_at = self._delay, time.monotonic()

    async def __aexit__(self, *_: object) -> None:
        line = self._line
        line.began_at, line.ended_at = 0.0, time.monotonic()
        line.free_at = line.ended_at + self._delay
        line.lock.release()


class Turns:
    """The queue before each server. One object serves one event loop."""

    def __init__(self) -> None:
        self._lines: dict[Server, _Line] = {}

    def turn(self, server: Server, delay: float) -> Turn:
        """Return what waits, by ``async with``, until ``server`` may be asked; the pause of ``delay`` seconds
        starts when the block ends.

        Counting from the end of a request keeps the promise as the server measures it, whatever the
        network adds; counting from the start would not.
        """
        line = self._lines.get(server)
        if line is None:
            line = self._lines[server] = _Line()
        return Turn(line, delay)

    def owed(self, server: Server) -> float:
        """Return the seconds for which ``server`` has owed an answer, whoever waits for it; 0 for none."""
        line = self._lines.get(server)
        return time.monotonic() - line.began_at if line is not None and line.began_at else 0.0

    def delays(self) -> dict[Server, float]:
        """Return the pause in seconds that each server was last asked with."""
        return {server: line.delay for server, line in self._lines.items()}


def pause(address: str, asked: float, crawl_delay: float | None = None) -> float:
    """Return the seconds to leave between two requests to ``address``.

    ``asked`` is what the operator or the portal's record wants, ``crawl_delay`` what robots.txt says.
    Only loopback may be asked without a pause.
    """
    return max(asked, _floor(address), min(crawl_delay or 0.0, CRAWL_DELAY_CAP))


@lru_cache(maxsize=1024)
def _floor(address: str) -> float:
    return 0.0 if ip_address(address.partition("%")[0]).is_loopback else FLOOR
