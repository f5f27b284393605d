"""Fifty portals in one crawl, fifteen of them hostile at once: the others must not notice.

    python -m benchmarks.fifty [--rounds 3] [--honest 35] [--delay 1]

Crawls the honest portals alone and with the hostile ones in turn, each time into a new database and in a new
process, and compares medians: how long a portal took, and when the last honest one was done. Both may grow by
a tenth; every article must be there both times. Seconds are the crawl's own: what other programs had of the
processor meanwhile is not counted. Shown beside them, for as long as honest portals are crawled: the CPU
time of the process, and how late its event loop came round (1 % of the times later than this, and the worst).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.fifty_hostile import HOSTILE
from benchmarks.fleet_sites import FleetSites
from tests.warm import ROOT, Warm

ARTICLES = 12
SLOWER = 1.10
"""How much the others may notice."""
LONGEST = 600.0
console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Crawled:
    """What one crawl came to: seconds of each honest portal and of all of them, articles, memory; seconds of
    CPU, and by which the event loop was late."""

    portal: float
    last: float
    articles: int
    megabytes: float
    cpu: float
    late: float
    latest: float
    errors: dict[str, int]


@contextmanager
def hostile_portals() -> Iterator[list[list[str]]]:
    """The hostile ones, running: id, address, section of each."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.fifty_hostile"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stdin is not None
        told = json.loads(process.stdout.readline())
        yield [[f"thu_nghiem/la_{n}", url, "/tin/"] for n, (_, url) in enumerate(told)]
        process.stdin.close()
        process.terminate()


def compare(rounds: int, honest: int, delay: float) -> dict[bool, list[Crawled]]:
    """Crawl without and with the hostile ones in turn."""
    outcomes: dict[bool, list[Crawled]] = {False: [], True: []}
    with (
        hostile_portals() as hostile,
        FleetSites(honest, honest, delay=0.0, first=ARTICLES) as sites,
        Warm("benchmarks.fifty_crawl") as warm,
    ):
        ours = [[sites.id(n), sites.url(n), f"/p{n}/tin/"] for n in range(honest)]
        for _ in range(rounds):
            for with_hostile in (False, True):
                portals = [*hostile, *ours] if with_hostile else ours
                lines, status = warm.done(json.dumps({"portals": portals, "delay": delay}), LONGEST)
                if status != 0 or not lines:
                    raise RuntimeError(
                        f"the crawl ended with {status} (None: took more than {LONGEST:.0f} s)"
                    )
                outcomes[with_hostile].append(Crawled(*json.loads(lines[-1])))
    return outcomes


def main() -> int:
    """Compare; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fifty", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--honest", type=int, default=35)
    parser.add_argument("--delay", type=float, default=1.0)
    options = parser.parse_args()
    began = time.monotonic()
    outcomes = compare(options.rounds, options.honest, options.delay)
    table = Table(
        "crawl", "a portal (median)", "last honest one done", "articles", "memory", "CPU", "loop late (p99)",
        "at most", box=None,
    )  # fmt: skip
    middle: dict[bool, tuple[float, float]] = {}
    for with_hostile, crawls in outcomes.items():
        middle[with_hostile] = median(c.portal for c in crawls), median(c.last for c in crawls)
        name = f"with {len(HOSTILE)} hostile ones" if with_hostile else f"{options.honest} honest portals"
        table.add_row(
            name, f"{middle[with_hostile][0]:.2f} s", f"{middle[with_hostile][1]:.1f} s",
            f"{min(c.articles for c in crawls)}", f"+{max(c.megabytes for c in crawls):.0f} MB",
            f"{median(c.cpu for c in crawls):.1f} s", f"{median(c.late for c in crawls) * 1000:.0f} ms",
            f"{max(c.latest for c in crawls) * 1000:.0f} ms",
        )  # fmt: skip
    console.print(table)
    portal, last = (middle[True][n] / middle[False][n] for n in (0, 1))
    console.print(f"classes of the hostile ones: {dict(sorted(outcomes[True][0].errors.items()))}")
    whole = all(c.articles == options.honest * ARTICLES for crawls in outcomes.values() for c in crawls)
    ok = whole and portal <= SLOWER and last <= SLOWER
    console.print(
        f"fifty: {'ok' if ok else 'FELL SHORT'}: beside {len(HOSTILE)} hostile portals a portal takes "
        f"{portal:.2f} and all {options.honest} take {last:.2f} of the time without them, "
        f"{'every article is there' if whole else 'ARTICLES ARE MISSING'}, {time.monotonic() - began:.0f} s"
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
