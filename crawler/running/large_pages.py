"""Large pages are read beside the event loop: one page made to hurt must not hold up every other portal."""

from __future__ import annotations

import asyncio
import contextvars
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
    return await asyncio.get_running_loop().run_in_executor(_beside, context.run, work)
