"""``make fuzz MINUTES=10``: broken input for every parser, for so long.

    python -m tests.fuzz [--minutes N] [--from NUMBER] [TARGET]...

Each input has a second, and one more for every 50 kB; one that raises or takes longer is kept in
``tests/fuzz/findings``, where ``make test`` tries it again for ever.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import logging
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from rich.console import Console

from tests.fuzz.mutation import broken
from tests.fuzz.targets import TARGETS

FINDINGS = Path(__file__).parent / "findings"
HANGS = 30
"""Seconds after which an input is taken for one that never ends."""

GROWTH = 64.0
"""MB that the process may grow by, once every parser is warm."""

WARM = 0.2
"""Share of the time after which it is."""

console = Console(highlight=False, stderr=True)


class TooLong(Exception):
    """An input that does not end."""


def allowed(size: int) -> float:
    """CPU seconds that an input of ``size`` bytes may take."""
    return 1.0 + size / 50_000


def fault_of(target: str, data: bytes) -> str | None:
    """What is wrong with how a target takes an input; None where nothing is."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANGS)
    began = time.process_time()
    try:
        TARGETS[target](data)
    except TooLong:
        return f"no end after {HANGS} s"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    took = time.process_time() - began
    return f"{took:.1f} s of CPU for {len(data)} bytes" if took > allowed(len(data)) else None


def resident() -> float:
    """Memory of this process, in MB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def keep(target: str, data: bytes) -> Path:
    """Keep an input that was found."""
    path = FINDINGS / f"{target}-{hashlib.sha256(data).hexdigest()[:10]}"
    path.write_bytes(data)
    return path


def fuzz(
    targets: list[str], seconds: float, first: int, tell: Callable[[str], None]
) -> tuple[Counter[str], int, float]:
    """Try inputs in turn for so long; how many of each target, how many faults, and MB of growth."""
    tried: Counter[str] = Counter()
    found: set[tuple[str, str]] = set()
    began, number, warm = time.monotonic(), first, 0.0
    while (passed := time.monotonic() - began) < seconds:
        if not warm and passed > WARM * seconds:
            warm = resident()
        for target in targets:
            data = broken(target, number)
            fault = fault_of(target, data)
            tried[target] += 1
            if fault is not None and (target, fault[:60]) not in found:
                found.add((target, fault[:60]))
                tell(f"{target} no. {number}: {fault[:200]}; kept in {keep(target, data)}")
        number += 1
    return tried, len(found), resident() - warm if warm else 0.0


def main() -> int:
    """Fuzz; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"[default: all] {', '.join(TARGETS)}")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--from", type=int, default=None, dest="first", help="number of the first input")
    options = parser.parse_args()
    if unknown := set(options.targets) - TARGETS.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    first = int(time.time()) if options.first is None else options.first
    tried, found, growth = fuzz(
        options.targets or list(TARGETS),
        options.minutes * 60,
        first,
        lambda line: console.print(line, markup=False),
    )
    ok = not found and growth <= GROWTH
    each = ", ".join(f"{name} {count:,}" for name, count in tried.items())
    print(
        f"{'ok' if ok else 'FELL SHORT'}: {tried.total():,} inputs from no. {first} in "
        f"{options.minutes:g} min "
        f"({each}); {found} findings, memory grew by {growth:.0f} MB"
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
