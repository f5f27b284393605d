"""``cli.py`` whose clocks and workers are given a time that somebody else sets.

    python -m benchmarks.chaos_clock schedule run …

The file that CHAOS_AHEAD names says by how many seconds their time is ahead of the machine's.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import crawler.running.worker
import scheduler
from cli import main


def given_time(file: Path) -> Callable[[], datetime]:
    """A clock that is as far ahead as ``file`` says."""
    return lambda: datetime.now(UTC) + timedelta(seconds=float(file.read_text(encoding="ascii") or 0))


if __name__ == "__main__":
    now = given_time(Path(os.environ["CHAOS_AHEAD"]))
    scheduler.Clock = partial(scheduler.Clock, now=now)  # type: ignore[misc,assignment]
    crawler.running.worker.Worker = partial(crawler.running.worker.Worker, now=now)  # type: ignore[misc,assignment]
    main()
