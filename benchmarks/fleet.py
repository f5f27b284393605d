"""The whole fleet at once: 3,400 portals on loopback, two clocks and four workers, measured at the servers.

    python -m benchmarks.fleet [--portals 3400] [--engine sqlite|postgresql|both] [--every 240] [--periods 1]

SQLite is one machine: two clocks with two crawl hosts each. PostgreSQL is many: two clocks that fill the
queue, four workers that empty it. Every portal that comes due is to be crawled once in its period, no portal
twice at once, no server sooner than the pause it was promised. The exit status is 0 only if all of it held.
"""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.fleet_processes import ROOT, Fleet
from benchmarks.fleet_sites import FleetSites
from storage import runs
from storage.engine import open_database
from storage.runs import RunRow
from storage.timetable import phase
from tests.postgres import running_postgresql

WELL = ("new", "nothing_new")
START_SECONDS = 180.0

console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Report:
    """What a fleet did. Each number of ``faults`` is to be 0; ``late``: seconds after due, sorted."""

    crawls: int
    requests: int
    cpu_per_crawl: float
    margin: float
    late: Sequence[float]
    crews: Counter[str]
    faults: dict[str, int]

    @property
    def ok(self) -> bool:
        """Whether everything held, and there was something to hold."""
        return self.crawls > 0 and not any(self.faults.values())


def start(fleet: Fleet, engine: str, options: argparse.Namespace) -> None:
    """Start the clocks and workers."""
    clock = ["cli.py", "schedule", "run", "--every", f"{options.every}s", "--tick", "5"]
    delay = ["--delay", str(options.delay)]
    for n in range(2):
        where = ["--queue", "cluster"] if engine == "postgresql" else ["--hosts", "2", *delay]
        fleet.start(f"clock{n}", *on_path(clock), *where)
    if engine == "postgresql":
        for n in range(options.workers):
            fleet.start(f"worker{n}", *on_path(["cli.py", "worker", "--hosts", "1", *delay]))


def on_path(command: list[str]) -> list[str]:
    """A command whose program is a file of the source tree."""
    return [str(ROOT / command[0]), *command[1:]]


def measure(database: str, sites: FleetSites, began: float, ended: float, every: int) -> Report:
    """Hold what the servers saw and what the runs say against what was due from ``began`` to ``ended``."""
    engine = open_database(database)
    rows = list(reversed(runs.list_runs(engine, limit=10_000_000)))
    engine.dispose()
    done = [run for run in rows if run.verdict != "cancelled"]
    begun: Counter[tuple[str, int]] = Counter()
    late = []
    for run in done:
        since_grid = run.started_at.timestamp() - phase(run.portal, every)
        begun[run.portal, int(since_grid // every)] += 1
        late.append(since_grid % every)
    missed = 0
    for number in range(sites.portals):
        offset = phase(sites.id(number), every)
        due = range(int((began - offset) // every) + 1, int((ended - offset) // every) + 1)
        missed += sum((sites.id(number), slot) not in begun for slot in due)
    listed = sites.listings()
    by_number = Counter(sites.number(run.portal) for run in rows)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Report(
        crawls=len(done),
        requests=len(sites.hits),
        cpu_per_crawl=(used.ru_utime + used.ru_stime) / max(1, len(done)),
        margin=sites.margin(),
        late=sorted(late),
        crews=Counter(run.owner or "?" for run in done),
        faults={
            "periods missed": missed,
            "periods doubled": sum(count > 1 for count in begun.values()),
            "runs of a portal at once": overlapping(rows),
            "crawls at the servers beyond the runs": sum((listed - by_number).values()),
            "servers asked too soon": len(sites.breaches()),
            "crawls that did not end well": sum(run.verdict not in WELL for run in done),
        },
    )


def overlapping(rows: Sequence[RunRow]) -> int:
    """How many runs began before the last one of their portal had ended."""
    by_portal: dict[str, list[RunRow]] = defaultdict(list)
    for run in rows:
        by_portal[run.portal].append(run)
    return sum(
        earlier.finished_at is None or later.started_at < earlier.finished_at
        for mine in by_portal.values()
        for earlier, later in pairwise(sorted(mine, key=lambda run: run.started_at))
    )


def run_fleet(engine: str, database: str, folder: Path, options: argparse.Namespace) -> Report:
    """Start a fleet, let it work for so many periods, stop it and measure."""
    fleet = Fleet(database, folder / "registry", folder)
    with FleetSites(options.portals, options.servers, delay=options.delay) as sites:
        sites.registry(fleet.registry)
        start(fleet, engine, options)
        try:
            wait_for(fleet, options.portals)
            began = time.time()
            ended = began + options.periods * options.every
            # What comes due at the very end is given a quarter of a period to be crawled.
            while time.time() < ended + options.every / 4:
                check_alive(fleet)
                time.sleep(1)
        finally:
            statuses = fleet.stop()
        report = measure(database, sites, began, ended, options.every)
    report.faults["processes that did not stop in good order"] = sum(s != 143 for s in statuses.values())
    return report


def wait_for(fleet: Fleet, portals: int) -> None:
    """Wait until both clocks have read the registry."""
    end = time.monotonic() + START_SECONDS
    while not all(f"{portals} portals" in fleet.said(f"clock{n}") for n in range(2)):
        check_alive(fleet)
        if time.monotonic() > end:
            raise SystemExit(f"the clocks did not come up in {START_SECONDS:.0f} s: {fleet.said('clock0')}")
        time.sleep(0.2)


def check_alive(fleet: Fleet) -> None:
    """End the benchmark where a member has ended by itself."""
    for member in fleet.members.values():
        if member.process.poll() is not None:
            raise SystemExit(f"{member.name} ended by itself: {fleet.said(member.name)[-2000:]}")


def show(reports: dict[str, Report], options: argparse.Namespace) -> bool:
    """Print the table and the last line; whether all of it held."""
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for engine in reports:
        table.add_column(engine, justify="right")

    def row(name: str, values: Sequence[str]) -> None:
        table.add_row(name, *values)

    every = list(reports.values())
    row("crawls", [f"{report.crawls}" for report in every])
    row("crawl hosts that shared them", [f"{len(report.crews)}" for report in every])
    row("requests at the servers", [f"{report.requests}" for report in every])
    for share, name in ((0.5, "median"), (0.95, "95 %"), (1.0, "the last")):
        row(
            f"begun after the due time, {name}", [f"{quantile(report.late, share):.1f} s" for report in every]
        )
    row("least pause beyond the promised", [f"{report.margin * 1000:.1f} ms" for report in every])
    row("CPU of a crawl, with clocks and starts", [f"{report.cpu_per_crawl:.3f} s" for report in every])
    for fault in every[0].faults:
        row(fault, [f"{report.faults[fault]}" for report in every])
    console.print(table)
    ok = all(report.ok for report in every)
    crawls = sum(report.crawls for report in every)
    faults = sum(sum(report.faults.values()) for report in every)
    console.print(
        f"fleet: {'ok' if ok else 'FELL SHORT'}: {options.portals} portals on {options.servers} servers, "
        f"each every {options.every} s: {crawls} crawls on {' and '.join(reports)}, {faults} faults"
    )
    return ok


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which that share of sorted ``values`` lies."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def main() -> int:
    """Run the benchmark; the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the fleet ends with us
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=__doc__)
    parser.add_argument("--portals", type=int, default=3400)
    parser.add_argument("--servers", type=int, default=850)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--workers", type=int, default=4, help="on PostgreSQL")
    parser.add_argument("--every", type=int, default=240, help="seconds of a period")
    parser.add_argument("--periods", type=float, default=1.0)
    parser.add_argument("--delay", type=float, default=0.2, help="seconds; most servers ask for more")
    options = parser.parse_args()
    reports = {}
    for engine in ("sqlite", "postgresql") if options.engine == "both" else (options.engine,):
        with tempfile.TemporaryDirectory(prefix="fn-fleet-") as name:
            folder = Path(name)
            if engine == "sqlite":
                reports[engine] = run_fleet(engine, f"sqlite:///{folder / 'fleet.db'}", folder, options)
            else:
                with running_postgresql() as database:
                    reports[engine] = run_fleet(engine, database, folder, options)
    return 0 if show(reports, options) else 1


if __name__ == "__main__":
    sys.exit(main())
