"""Rounds of chaos over a small fleet: whatever dies, hangs or sleeps, all is there, and once.

    python -m benchmarks.chaos [--rounds 100] [--engine sqlite|postgresql|both] [--seed 1]

Each round one thing befalls a fleet that goes on crawling: kill -9 or SIGSTOP of a clock, a worker, a crawl
host or all of a machine, a crash of PostgreSQL, a server that never answers, a page that is read for ever,
the clock set an hour forward and back. What befalls whom is drawn from the seed and the number of the round.
After each and at the end benchmarks.chaos_checks looks at everything; the exit status is 0 if all of it held.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from benchmarks.chaos_checks import after_round, at_the_end
from benchmarks.chaos_faults import Told, faults_for
from benchmarks.chaos_fleet import ChaosFleet, Pace, Stuck
from tests.postgres import running_postgresql

SILENT_ROUNDS = 3
"""So many rounds after it fell silent a server answers again."""

console = Console(highlight=False, soft_wrap=True)


@dataclass
class Outcome:
    """What came of all rounds: by fault how often and how long killed portals waited; and what went wrong."""

    rounds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    again: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    articles: int = 0
    crawls: int = 0
    requests: int = 0


def run_chaos(world: ChaosFleet, rounds: int, seed: int, faults: tuple[str, ...] = ()) -> Outcome:
    """Let so many rounds befall a running fleet. ``faults``: the names of these alone."""
    outcome = Outcome()
    known, weights = faults_for(world)
    if faults:
        known = [fault for fault in known if fault.__name__ in faults]
        weights = [1] * len(known)
    recovers: dict[int, int] = {}
    for number in range(1, rounds + 1):
        random = Random(f"{seed} {number}")
        for server in [server for server, at in recovers.items() if at <= number]:
            del recovers[server]
            world.sites.silent.discard(server)
        (fault,) = random.choices(known, weights)
        began = time.monotonic()
        try:
            told = fault(world, random)
        except Stuck as problem:
            told = Told(fault.__name__, wrong=[str(problem)])
        for server in world.sites.silent - recovers.keys():
            recovers[server] = number + SILENT_ROUNDS
        told.wrong += after_round(world)
        outcome.rounds[fault.__name__] += 1
        outcome.again[fault.__name__] += told.again
        outcome.wrong += [f"round {number} ({told.what}): {wrong}" for wrong in told.wrong]
        longest = f", {len(told.again)} crawled again within {max(told.again):.1f} s" if told.again else ""
        took = f"{time.monotonic() - began:.0f} s"
        console.print(f"{time.strftime('%H:%M:%S')} round {number}: {told.what}{longest}; {took}")
        for wrong in told.wrong:
            console.print(f"    WRONG: {wrong}")
    outcome.wrong += [f"at the end: {wrong}" for wrong in at_the_end(world)]
    outcome.articles = sum(world.sites.published(n) for n in range(world.sites.portals))
    outcome.crawls, outcome.requests = world.last_run(), len(world.sites.hits)
    return outcome


def show(engine: str, outcome: Outcome, pace: Pace) -> None:
    """Print what befell the fleet and how soon it recovered."""
    table = Table(box=None, pad_edge=False)
    table.add_column("fault")
    for name in ("rounds", "portals killed", "crawled again after", "at most"):
        table.add_column(name, justify="right")
    for name, count in sorted(outcome.rounds.items()):
        again = sorted(outcome.again[name])
        table.add_row(
            name.replace("_", " "), f"{count}", f"{len(again)}",
            *((f"{again[len(again) // 2]:.1f} s", f"{again[-1]:.1f} s") if again else ("", "")),
        )  # fmt: skip
    console.print(f"\n{engine}: lease {pace.lease} s, tick {pace.tick:.0f} s, so {pace.bound:.0f} s at most")
    console.print(table)
    for wrong in outcome.wrong:
        console.print(f"WRONG: {wrong}", soft_wrap=True)


def main() -> int:
    """Run the rounds; the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the fleet ends with us
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", default="", metavar="NAMES", help="only these, with commas: kill_host,…")
    parser.add_argument("--portals", type=int, default=40)
    parser.add_argument("--servers", type=int, default=16)
    parser.add_argument("--workers", type=int, default=3, help="on PostgreSQL")
    parser.add_argument("--lease", type=int, default=Pace().lease)
    parser.add_argument("--tick", type=float, default=Pace().tick)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the logs and the database there")
    options = parser.parse_args()
    pace = Pace(lease=options.lease, tick=options.tick)
    wrong = articles = crawls = 0
    engines = ("sqlite", "postgresql") if options.engine == "both" else (options.engine,)
    for engine in engines:
        with ExitStack() as ends:
            folder = options.keep or Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="fn-chaos-")))
            folder = folder.resolve() / engine
            folder.mkdir(parents=True)
            database = f"sqlite:///{folder / 'chaos.db'}"
            if engine == "postgresql":
                database = ends.enter_context(running_postgresql())
            size = {"portals": options.portals, "servers": options.servers, "workers": options.workers}
            world = ends.enter_context(ChaosFleet(database, folder, pace, **size))
            names = tuple(filter(None, options.faults.split(",")))
            outcome = run_chaos(world, -(-options.rounds // len(engines)), options.seed, names)
        show(engine, outcome, pace)
        wrong += len(outcome.wrong)
        articles += outcome.articles
        crawls += outcome.crawls
    console.print(
        f"chaos: {'FELL SHORT' if wrong else 'ok'}: {options.rounds} rounds on {' and '.join(engines)}, "
        f"{crawls} crawls, {articles} articles, {wrong} wrong"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
