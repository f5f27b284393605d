"""What work costs, measured so that a machine with other things to do does not make it dearer."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

TRIES = 3


def cpu_seconds(work: Callable[[int], object], bound: float) -> float:
    """The processor time of work: the least of a few tries, as far as the first is not within the bound.

    What runs beside a test only adds to its processor time, to the double of it where cores share their
    units. ``work`` is told the number of the try, so that what it reads need not be what it remembers.
    """
    least = math.inf
    for n in range(TRIES):
        began = time.process_time()
        work(n)
        least = min(least, time.process_time() - began)
        if least < bound:
            break
    return least
