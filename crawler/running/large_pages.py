"""Large pages are read beside the event loop: one page made to hurt must not hold up every other portal."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from crawler.reading.page import Page

P = ParamSpec("P")
R = TypeVar("R")

LARGE = 256 * 1024
"""Bytes of a page that is read beside the loop. Reading takes some 10 ms for 100 kB of honest markup, and up
to seconds for what is made to hurt; a change of threads costs less than one."""

HANGS = 10.0
"""Seconds after which a page is taken to be read for ever: the worst that was made to hurt took four."""

_began: float | None = None
_beside = ThreadPoolExecutor(1, thread_name_prefix="large-pages")
"""One thread: each more would take its own share of the interpreter from the event loop."""


async def read_beside(
    page: Page, read: Callable[Concatenate[Page, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Return ``read(page, …)``, made in a thread where the page is large; raise what that raises."""
    work = partial(read, page, *args, **kwargs)
    if len(page.body) < LARGE:
        return work()
    context = contextvars.copy_context()  # what the log knows of the run
    return await asyncio.get_running_loop().run_in_executor(_beside, context.run, _timed, work)


def hangs() -> bool:
    """Whether a page is being read for so long that it never ends."""
    began = _began
    return began is not None and time.monotonic() - began > HANGS


def _timed(work: Callable[[], R]) -> R:
    global _began
    _began = time.monotonic()
    try:
        return work()
    finally:
        _began = None
