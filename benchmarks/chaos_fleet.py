"""The fleet that chaos befalls: small and quick, with a short lease; what goes on in it, and its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from benchmarks.fleet_processes import Fleet, Member
from benchmarks.fleet_sites import FleetSites
from crawler.running.owners import owner_of
from storage.engine import DatabaseProblem, open_database, reading, writing
from storage.migrate import upgrade
from storage.tables import crawl_runs, dispatchers

T = TypeVar("T")
WELL = ("new", "nothing_new")
LOOK = 0.2
START_SECONDS = 1.0
"""For that on a free machine: 0.7 s of CPU alone, 1.0 s beside this fleet (November 2026)."""


class Stuck(Exception):
    """What must come does not. The message says what was waited for."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the fleet lives, in seconds. ``patience``: how long what must come at all may take."""

    every: int = 20
    tick: float = 3.0
    lease: int = 12
    silent: float = 6.0
    patience: float = 150.0

    @property
    def bound(self) -> float:
        """Within which a killed portal is crawled again: two ticks and the lease."""
        return 2 * self.tick + self.lease


class ChaosFleet:
    """Clocks, workers and sites on one database, as a context: all is started, and nothing of it is left."""

    def __init__(
        self, database: str, folder: Path, pace: Pace, *, portals: int, servers: int, workers: int
    ) -> None:
        """``workers``: on PostgreSQL; on SQLite the clocks crawl."""
        self.pace = pace
        self.workers = workers if database.startswith("postgres") else 0
        self.ahead = folder / "ahead"
        self.ahead.write_text("0", encoding="ascii")
        self.sites = FleetSites(portals, servers, latency=0.15, grow=25.0)
        settings = {
            "FRONTNEWS_LEASE": str(pace.lease),
            "FRONTNEWS_DELAY": str(self.sites.delay),
            "CHAOS_AHEAD": str(self.ahead),
            "PYTHONPATH": str(Path(__file__).resolve().parent / "chaos_site"),
        }
        self.fleet = Fleet(database, folder / "registry", folder, settings)
        self.engine = open_database(database)
        upgrade(self.engine)
        self.began = time.time()

    def __enter__(self) -> ChaosFleet:
        self.sites.__enter__()
        self.sites.registry(self.fleet.registry)
        hosts = ("--silent", str(self.pace.silent), "--hosts", "1")
        program = ("-m", "benchmarks.chaos_clock")
        clock = (
            *program, "schedule", "run", "--every", f"{self.pace.every}s", "--tick", str(self.pace.tick),
        )  # fmt: skip
        try:
            for n in range(2):
                where = ("--queue", "cluster") if self.workers else hosts
                self.fleet.start(f"clock{n}", *clock, *where)
            for n in range(self.workers):
                self.fleet.start(f"worker{n}", *program, "worker", "--concurrency", "8", *hosts)
            everybody = {self.sites.id(n) for n in range(self.sites.portals)}
            self.until(lambda: self.crawled_well(0) >= everybody, "every portal crawled once")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.fleet.stop()
        for pid in self.leftovers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.sites.__exit__()
        self.engine.dispose()

    # -- members -----------------------------------------------------------------------------------

    def members(self, kind: str) -> list[Member]:
        """The clocks or the workers, by name."""
        return [member for name, member in sorted(self.fleet.members.items()) if name.startswith(kind)]

    def crawling(self) -> list[Member]:
        """Those that have crawl hosts."""
        return self.members("worker" if self.workers else "clock")

    def leftovers(self) -> list[int]:
        """Processes of this fleet that nobody of the fleet has any more: crawl hosts without a parent."""
        ours = f"FRONTNEWS_REGISTRY={self.fleet.registry}".encode()
        known = {member.pid for member in self.fleet.members.values() if member.process.poll() is None}
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) not in known:
                with suppress(OSError):
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                    if parent not in known and ours in (entry / "environ").read_bytes().split(b"\0"):
                        found.append(int(entry.name))
        return found

    # -- what goes on ------------------------------------------------------------------------------

    def ask(self, question: Callable[[Connection], T]) -> T:
        """Ask the database, again and again while it is away."""
        end = time.monotonic() + self.pace.patience
        while True:
            try:
                with reading(self.engine) as connection:
                    return question(connection)
            except (DatabaseProblem, DBAPIError):
                if time.monotonic() > end:
                    raise
                time.sleep(LOOK)

    def all_joined(self) -> bool:
        """Whether each clock and worker is in the database's list: none is still starting, or given up."""
        owners = {owner_of(member.pid) for member in self.fleet.members.values()}
        return owners <= self.ask(lambda c: set(c.scalars(select(dispatchers.c.owner))))

    def last_run(self) -> int:
        """The number of the newest run."""
        return self.ask(lambda c: c.scalar(select(func.max(crawl_runs.c.id)))) or 0

    def in_hand(self, pids: Collection[int]) -> set[str]:
        """The portals that these processes are crawling."""
        owners = [owner_of(pid) for pid in pids]
        query = select(crawl_runs.c.portal).where(
            crawl_runs.c.status == "running", crawl_runs.c.owner.in_(owners)
        )
        return self.ask(lambda c: set(c.scalars(query)))

    def all_in_hand(self) -> set[str]:
        """The portals that anybody is crawling."""
        query = select(crawl_runs.c.portal).where(crawl_runs.c.status == "running")
        return self.ask(lambda c: set(c.scalars(query)))

    def begun(self, after: int) -> set[str]:
        """The portals of which a run newer than ``after`` has begun."""
        return self.ask(lambda c: set(c.scalars(select(crawl_runs.c.portal).where(crawl_runs.c.id > after))))

    def crawled_well(self, after: int) -> set[str]:
        """The portals of which a run newer than ``after`` has ended well."""
        query = select(crawl_runs.c.portal).where(crawl_runs.c.id > after, crawl_runs.c.verdict.in_(WELL))
        return self.ask(lambda c: set(c.scalars(query)))

    def is_writable(self) -> bool:
        """Whether others can write: on SQLite nobody can while a writer is suspended."""
        if self.workers:
            return True
        engine = open_database(self.fleet.database)
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA busy_timeout = 500")
            with writing(engine) as connection:
                connection.execute(text("SELECT 1"))
        except (DatabaseProblem, DBAPIError):
            return False
        finally:
            engine.dispose()
        return True

    def start_delay(self) -> float:
        """How much longer than on a free machine a crawl host takes to start just now, in seconds."""
        began = time.monotonic()
        importing = [sys.executable, "-c", "import crawler.running.host, spiders.portal"]
        subprocess.run(importing, env=self.fleet.environment(), check=True)
        return max(0.0, time.monotonic() - began - START_SECONDS)

    def until(self, met: Callable[[], bool], what: str, patience: float | None = None) -> float:
        """Wait until something has happened; return the seconds that it took. Raises Stuck."""
        began = time.monotonic()
        while not met():
            if time.monotonic() - began > (patience or self.pace.patience):
                raise Stuck(f"not within {patience or self.pace.patience:.0f} s: {what}")
            time.sleep(LOOK)
        return time.monotonic() - began

    def set_ahead(self, seconds: int) -> None:
        """Set the time that clocks and workers are given."""
        new = self.ahead.with_suffix(".new")
        new.write_text(str(seconds), encoding="ascii")
        new.replace(self.ahead)
