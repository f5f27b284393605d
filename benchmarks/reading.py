"""What downstream waits for, at a million articles: search, changes, lists, exports.

    python -m benchmarks.reading [--articles 1000000] [--engine sqlite|postgresql|both] [--keep]

Makes the articles in build/reading (a million take 8 GB and some ten minutes an engine) and takes them
away again. The exit status is 0 only where every figure is within its bound.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, func, select, text

from benchmarks.reading_load import load
from storage import changes, migrate
from storage.engine import open_database, reading
from storage.facets import Filters
from storage.search import search
from storage.tables import articles
from tests.postgres import running_postgresql
from vietnam.writing import unaccented

ROOT = Path(__file__).resolve().parent.parent
SEARCHES, LISTS, PAGES = 400, 300, 300
console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line: ``value`` must be below ``bound``, or above it where ``least``."""

    what: str
    value: float
    bound: float
    unit: str
    note: str = ""
    cpu: float | None = None
    """The same by processor time: what the wall would tell of a machine without others."""
    least: bool = False

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.least else self.value < self.bound

    @property
    def holds_by_cpu(self) -> bool:
        if self.cpu is None:
            return self.holds
        return self.cpu >= self.bound if self.least else self.cpu < self.bound


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds on the wall and of processors, one of each a piece of work.

    The wall tells of whoever else uses the machine. The processors' time is that of this process and of
    the ``others`` that work for it: the server's end of the connection, the API. Linux alone tells it.
    """

    others: Sequence[int] = ()
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def run(self, work: Callable[[], object]) -> float:
        began, cpu = time.perf_counter(), self._cpu()
        work()
        self.cpu.append((self._cpu() - cpu) * 1000)
        self.wall.append((time.perf_counter() - began) * 1000)
        return self.wall[-1]

    def _cpu(self) -> float:
        return time.process_time() + sum(map(cpu_seconds, self.others))

    def figure(self, what: str, bound: float, note: str = "") -> Figure:
        cpu, median = percentile(self.cpu, 0.95), percentile(self.wall, 0.5)
        said = f"p50 {median:.1f} ms, CPU p50 {percentile(self.cpu, 0.5):.1f} p95 {cpu:.1f} ms"
        return Figure(what, percentile(self.wall, 0.95), bound, "ms", said + note, cpu)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far; 0 where the system does not tell."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
    except (OSError, ValueError):
        return 0.0


def parent_of(pid: int) -> int:
    """The process that began another."""
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def ended_seconds(pid: int) -> float:
    """Processor time of the children of a process that have ended; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def servers(engine: Engine) -> list[int]:
    """The processes at the other end of our connections: one with PostgreSQL, none with SQLite."""
    if engine.dialect.name == "sqlite":
        return []
    with reading(engine) as connection:
        return [connection.scalar(select(func.pg_backend_pid())) or 0]


def questions(engine: Engine, count: int) -> list[tuple[str, Filters]]:
    """1 to 3 neighbouring words of titles, accents kept and dropped in turn, every other with a facet."""
    rng = random.Random(11)
    with reading(engine) as connection:
        last = connection.scalar(select(func.max(articles.c.id))) or 0
        ids = [rng.randint(1, last) for _ in range(count)]
        columns = select(articles.c.title, articles.c.provinces_2024, articles.c.organizations)
        rows = [connection.execute(columns.where(articles.c.id == id)).one() for id in ids]
    asked = []
    for number, (title, provinces, organizations) in enumerate(rows):
        words = title.split()
        size = rng.randint(1, 3)
        start = rng.randrange(max(1, len(words) - size + 1))
        query = " ".join(words[start : start + size])
        facet = Filters()
        if number % 4 == 1:
            facet = Filters(province=provinces[0])
        elif number % 4 == 3:
            facet = Filters(organization=organizations[0])
        asked.append((query if number % 8 < 4 else unaccented(query), facet))
    return asked


def searches(engine: Engine) -> list[Figure]:
    asked = questions(engine, SEARCHES)
    for words, filters in asked[:20]:
        search(engine, words, filters)
    watch = Stopwatch(servers(engine))
    taken = {question: watch.run(partial(search, engine, *question)) for question in asked}
    slowest = sorted(taken, key=lambda question: -taken[question])[:3]
    said = "; slowest: " + ", ".join(f"{q[0]!r} {taken[q]:.0f} ms" for q in slowest)
    return [watch.figure("search p95", 100, said)]


def change_pages(engine: Engine) -> list[Figure]:
    rng = random.Random(3)
    with reading(engine) as connection:
        last = changes.last_seq(connection)
    cursors = [rng.randrange(last) for _ in range(PAGES)]
    watch = Stopwatch(servers(engine))
    for after in cursors:
        watch.run(partial(changes.read, engine, after, 500))
    return [watch.figure("a page of 500 changes p95", 10)]


def lists(engine: Engine) -> list[Figure]:
    """The list of articles over HTTP: the first page, a page deep inside, with and without filters."""
    asked = questions(engine, LISTS)
    with serving(engine) as (address, pid), httpx.Client(base_url=address, timeout=60) as client:
        watch = Stopwatch([pid, *backends(engine)])
        cursor = None
        for number, (words, filters) in enumerate(asked):
            parameters: dict[str, str] = {}
            if filters.province:
                parameters["province"] = filters.province
            if filters.organization:
                parameters["organization"] = filters.organization
            if number % 4 == 2:
                parameters["q"] = words
            if number % 4 == 0 and cursor:
                parameters["cursor"] = cursor
            request = client.build_request("GET", "/api/v1/articles", params=parameters)
            watch.run(partial(client.send, request))
            if number % 4 == 0:
                cursor = client.send(request).raise_for_status().json()["next"]
    return [watch.figure("API article list p95", 50)]


def backends(engine: Engine) -> list[int]:
    """Every process of the PostgreSQL server that answers questions; none with SQLite."""
    if engine.dialect.name == "sqlite":
        return []
    with reading(engine) as connection:
        return list(
            connection.scalars(text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"))
        )


def serve(url: str, port: int) -> None:
    """The API in a process of its own."""
    import uvicorn

    from dashboard.api import app

    uvicorn.run(app(open_database(url)), port=port, log_level="error")


@contextmanager
def serving(engine: Engine) -> Iterator[tuple[str, int]]:
    """Address and process of the API, which has answered once."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = engine.url.render_as_string(hide_password=False)
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(url, port), daemon=True)
    server.start()
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"{address}/api/v1/meta").raise_for_status()
            break
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    try:
        yield address, server.pid or 0
    finally:
        server.terminate()
        server.join()


_MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=sys.stderr)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss, used.ru_utime + used.ru_stime)
"""
"""Between us and the command: a child's figure of memory begins with that of the process that started it."""


def exports(engine: Engine, folder: Path, count: int) -> list[Figure]:
    """The command itself, as a user runs it: rows a second and the most memory that it took."""
    figures = []
    server = parent_of(servers(engine)[0]) if servers(engine) else 0
    for form, name in (("jsonl", "a.jsonl"), ("csv", "a.csv"), ("parquet", "a.parquet")):
        target = folder / name
        command = [sys.executable, ROOT / "cli.py", "--quiet", "export", "--format", form, "-o", target]
        environment = os.environ | {
            "FRONTNEWS_DATABASE": engine.url.render_as_string(hide_password=False),
            "PYTHONPATH": str(ROOT),
        }
        began, before = time.perf_counter(), ended_seconds(server)
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, *map(str, command)],
            env=environment, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        seconds = time.perf_counter() - began
        kilobytes, cpu = map(float, done.stdout.split())
        cpu += ended_seconds(server) - before
        note = f"{seconds:.0f} s on the wall, {cpu:.0f} s of processors, the server's too"
        figures += [
            Figure(f"export {form}", count / seconds, 20_000, "rows/s", note, count / cpu, least=True),
            Figure(f"export {form}: memory", kilobytes / 1024, 200, "MB"),
        ]
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    return figures


def measure(url: str, folder: Path, count: int) -> list[Figure]:
    engine = open_database(url)
    migrate.upgrade(engine)
    with reading(engine) as connection:
        there = connection.scalar(select(func.count()).select_from(articles))
    if there != count:
        began = time.perf_counter()
        load(engine, count)
        console.print(
            f"{engine.dialect.name}: {count:,} articles made in {time.perf_counter() - began:.0f} s"
        )
    figures = [*searches(engine), *change_pages(engine), *lists(engine), *exports(engine, folder, count)]
    engine.dispose()
    return figures


def show(name: str, figures: Sequence[Figure]) -> None:
    table = Table(box=None, title=name, title_justify="left", pad_edge=False)
    for head in ("", "measured", "bound", "", "by CPU", ""):
        table.add_column(head, justify="right" if head in ("measured", "bound", "by CPU") else "left")
    for one in figures:
        sign = ">=" if one.least else "<"
        short = "" if one.holds else "by processor time alone; " if one.holds_by_cpu else "FALLS SHORT; "
        table.add_row(
            one.what, f"{one.value:,.1f}", f"{sign} {one.bound:,.0f}", one.unit,
            "" if one.cpu is None else f"{one.cpu:,.1f}", short + one.note,
        )  # fmt: skip
    console.print(table)


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--articles", type=int, default=1_000_000)
    options.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    options.add_argument("--keep", action="store_true", help="Leave the SQLite file for the next time")
    given = options.parse_args()
    folder = ROOT / "build" / "reading"
    folder.mkdir(parents=True, exist_ok=True)
    figures: list[Figure] = []
    if given.engine != "postgresql":
        found = measure(f"sqlite:///{folder / f'{given.articles}.db'}", folder, given.articles)
        figures += found
        show(f"SQLite, {given.articles:,} articles", found)
    if given.engine != "sqlite":
        with running_postgresql() as server:
            found = measure(server, folder, given.articles)
            show(f"PostgreSQL, {given.articles:,} articles", found)
            figures += found
    if not given.keep:
        shutil.rmtree(folder)
    short = [one.what for one in figures if not one.holds]
    console.print(f"others used the machine too: load {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores")
    console.print(f"reading: {len(figures) - len(short)} of {len(figures)} figures within their bounds")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
