"""How often Python looks for garbage: not while it imports, seldom while pages are read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Import without the garbage collector: what is imported stays, and looking through it was a tenth of a
    start (measured)."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


@contextmanager
def large_generations() -> Iterator[None]:
    """Collect garbage rarely while pages are read (M: a third of a page's CPU; they leave few cycles)."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
