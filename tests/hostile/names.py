"""Names that are not there: the event loop of a trial, whose resolver answers for them as a case wants.

The crawler resolves through its event loop (uvloop, which asks the system's resolver by itself), so a trial
runs on that very loop with ``getaddrinfo`` answered first from here; everything behind it is as it always is.
"""

from __future__ import annotations

import socket
from typing import Any

import uvloop

from crawler import settings

_ANSWERS: dict[str, list[list[str]]] = {}
_ASKED: dict[str, int] = {}


class NamingLoop(uvloop.Loop):
    """The crawler's loop, which also knows the names of the case."""

    async def getaddrinfo(self, host: Any, port: Any, **more: Any) -> Any:
        """Answer for a name of the case, in its turn; ask the system for any other."""
        name = host.decode() if isinstance(host, bytes) else host
        if name not in _ANSWERS:
            return await super().getaddrinfo(host, port, **more)
        turns = _ANSWERS[name]
        addresses = turns[min(_ASKED[name], len(turns) - 1)]
        _ASKED[name] += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]


def answer_for(name: str, *turns: list[str]) -> None:
    """Let ``name`` have these addresses: one list a question, the last stays.

    Before the first crawl of the process, which makes its loop.
    """
    _ANSWERS[name] = list(turns)
    _ASKED[name] = 0
    settings.ASYNCIO_EVENT_LOOP = f"{__name__}.{NamingLoop.__name__}"


def questions(name: str) -> int:
    """How often the crawler has asked for a name."""
    return _ASKED[name]
