"""The clock: what looking costs, what a crawl costs and keeps, and whether it holds at scale.

    python -m benchmarks.clock [--crawls 1000] [--portals 3400] [--every 600] [--periods 1.5] [--database URL]
    python -m benchmarks.clock --workers 4      # the same by two clocks and workers on PostgreSQL

First a clock's looks over 10,000 portals that follow their rhythms, then one crawl host over a thousand
crawls, then two clocks and four hosts over thousands of portals, where it is counted at the servers whether
each portal was crawled once a period and each server asked politely (``--portals 0`` leaves that out). The
exit status is 0 only if all bounds of issue 4 hold and nothing was missed or doubled.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from benchmarks import clock_host
from crawler.running import adaptive
from crawler.running.adaptive import Poll, Rhythms
from storage import claims, migrate, portal_table, runs, schedules, takeover
from storage.engine import open_database
from storage.portals import Portal
from storage.timetable import phase
from tests.postgres import running_postgresql
from tests.scheduling.stubs import Stubs

ROOT = Path(__file__).resolve().parent.parent
DELAY = 0.2
LOOKS = 200
LOOK_SHARE = 0.02
CRAWL_CPU = 0.10
GROWTH = 10.0
"""Bounds of issue 4: share of a core for looking, CPU seconds of a small crawl, MB that a warm host may grow
by in a thousand crawls (its last ones; an allocator moves by a few)."""

console = Console(highlight=False)


def nobody(owner: str) -> bool:
    """No owner is gone."""
    del owner
    return False


def cost_of_looking(folder: Path, portals: int) -> float:
    """CPU seconds of one look of a clock over so many portals, learning from those that were due included."""
    engine = open_database(f"sqlite:///{folder / 'looking.db'}")
    migrate.upgrade(engine)
    records = [Portal(f"tinh/p{n}", f"{n}", f"https://p{n}.vn/", "front") for n in range(portals)]
    portal_table.sync(engine, records)
    now = datetime.now(UTC)
    learned = Rhythms(engine)
    schedules.ensure(engine, {p.id: p.id for p in records}, now, kind="adaptive", adaptive=learned.due)
    learned.renew(now)
    claims.join(engine, "a:1", "clock", now)
    began = time.process_time()
    for look in range(LOOKS):
        at = now + timedelta(seconds=15 * look)
        claims.beat(engine, "a:1")
        takeover.bury(engine, at, nobody)
        takeover.reap(engine, at, nobody)
        for schedule in claims.claim_due(engine, "a:1", at, 1000, adaptive=learned.due_after_run).schedules:
            adaptive.teach(engine, schedule.portal, "front", Poll(at, 20, 2.0, new=[at]), at)
            claims.settle(engine, "a:1", schedule.portal, at, adaptive=learned.due)
    engine.dispose()
    return (time.process_time() - began) / LOOKS


def said(ok: bool) -> str:
    """How a line begins."""
    return "ok" if ok else "FELL SHORT"


def start(name: str, folder: Path, options: argparse.Namespace, *command: str) -> subprocess.Popen[bytes]:
    """Start a command on the stubs' registry; what it says is in ``name``.log."""
    environment = os.environ | {
        "FRONTNEWS_DATABASE": options.database,
        "FRONTNEWS_REGISTRY": str(folder / "registry"),
        "FRONTNEWS_ALLOW_ADDRESS": "127.0.0.0/8",
        "PYTHONPATH": str(ROOT),
    }
    with (folder / f"{name}.log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, ROOT / "cli.py", *command], env=environment, stdout=log, stderr=log
        )


def start_all(folder: Path, options: argparse.Namespace) -> list[subprocess.Popen[bytes]]:
    """Start two clocks, with two crawl hosts each or with workers of one each."""
    clock = ("schedule", "run", "--every", f"{options.every}s", "--tick", "5")
    where = ("--queue", "cluster") if options.workers else ("--hosts", "2", "--delay", str(DELAY))
    clocks = [start(f"clock{n}", folder, options, *clock, *where) for n in range(2)]
    worker = ("worker", "--hosts", "1", "--delay", str(DELAY))
    return clocks + [start(f"worker{n}", folder, options, *worker) for n in range(options.workers)]


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clock", description=__doc__)
    parser.add_argument("--crawls", type=int, default=1000, help="of one host")
    parser.add_argument("--portals", type=int, default=3400)
    parser.add_argument("--servers", type=int, default=700, help="ports that they stand on")
    parser.add_argument("--every", type=int, default=600, help="seconds")
    parser.add_argument("--periods", type=float, default=1.5)
    parser.add_argument("--database", help="[default: a SQLite file]")
    parser.add_argument("--workers", type=int, default=0, help="so many, instead of hosts of the clocks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fn-clock-") as name, ExitStack() as ends:
        folder = Path(name)
        if options.workers and not options.database:
            options.database = ends.enter_context(running_postgresql())
        options.database = options.database or f"sqlite:///{folder / 'frontnews.db'}"
        look = cost_of_looking(folder, 10_000)
        ok = look / 15 < LOOK_SHARE
        console.print(
            f"{said(ok)}: a look over 10,000 portals: {look * 1000:.1f} ms of CPU, {look / 15:.2%} of a core"
        )
        host = clock_host.measure(folder, options.crawls)
        flat = host.cpu <= CRAWL_CPU and host.growth <= GROWTH and not host.failed
        ok = ok and flat
        memory = ", ".join(f"{s.rss:.0f} after {s.crawls}" for s in host.samples[::2])
        console.print(
            f"{said(flat)}: {options.crawls} crawls in one host, {host.failed} failed, "
            f"{host.cpu:.3f} CPU-s each once warm; MB resident: {memory}"
        )
        if not options.portals:
            return 0 if ok else 1
        with Stubs(options.portals, servers=options.servers) as stubs:
            stubs.registry(folder / "registry")
            started = start_all(folder, options)
            while not all("portals" in (folder / f"clock{n}.log").read_text() for n in range(2)):
                time.sleep(0.2)
            began = time.time()
            while time.time() - began < options.periods * options.every:
                time.sleep(1)
            ended = time.time()
            for process in started:
                process.send_signal(signal.SIGTERM)
            for process in started:
                process.wait()
            closest = stubs.closest()
        engine = open_database(options.database)
        done = [run for run in runs.list_runs(engine, limit=1_000_000) if run.verdict != "cancelled"]
        engine.dispose()
    slots: Counter[tuple[str, int]] = Counter()
    for run in done:
        offset = phase(run.portal, options.every)
        slots[run.portal, int(run.started_at.timestamp() - offset) // options.every] += 1
    missed = 0
    for n in range(options.portals):
        offset = phase(stubs.id(n), options.every)
        first = int(began - offset) // options.every + 1
        last = int(ended - options.every / 2 - offset) // options.every
        missed += sum((stubs.id(n), slot) not in slots for slot in range(first, last + 1))
    doubled = sum(count > 1 for count in slots.values())
    verdicts = Counter(run.verdict for run in done)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (used.ru_utime + used.ru_stime) / max(1, len(done))
    well = verdicts["new"] + verdicts["nothing_new"] == len(done)
    held = bool(done) and not missed and not doubled and well and closest >= DELAY - 0.005
    ok = ok and held
    by = f" and {options.workers} workers" if options.workers else ""
    console.print(
        f"{said(held)}: {len(done)} crawls of {options.portals} portals by two clocks{by}, "
        f"{missed} missed, {doubled} doubled, verdicts {dict(verdicts)}, "
        f"servers asked no closer than {closest:.3f} s (delay {DELAY}), "
        f"{cpu:.3f} CPU-s a crawl with clocks, hosts and their start"
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
