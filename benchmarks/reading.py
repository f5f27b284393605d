"""What downstream and people wait for, at a million articles: search, changes, lists, pages, exports.

    python -m benchmarks.reading [--articles 1000000] [--engine sqlite|postgresql|both] [--by cpu]
                                 [--keep] [--database URL]

Makes the articles in build/reading (a million take 8 GB and three minutes of processor time an engine) and
takes them away again. The exit status is 0 only where every figure is within its bound: on the wall or, with
``--by cpu``, in processor time, which says on a busy machine what the wall would on a quiet one.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, func, select

from benchmarks.reading_figures import (
    By,
    Figure,
    Stopwatch,
    console,
    ended_seconds,
    parent_of,
    servers,
    show,
)
from benchmarks.reading_load import load
from benchmarks.reading_served import Question, over_http
from storage import changes, migrate
from storage.engine import open_database, reading
from storage.facets import Filters
from storage.search import search
from storage.tables import articles
from tests.postgres import running_postgresql
from vietnam.writing import unaccented

ROOT = Path(__file__).resolve().parent.parent
SEARCHES, PAGES = 400, 300


def questions(engine: Engine, count: int) -> list[Question]:
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


def searches(engine: Engine, asked: list[Question]) -> list[Figure]:
    for words, filters in asked[:20]:
        search(engine, words, filters)
    watch = Stopwatch(servers(engine))
    taken = {question: watch.run(partial(search, engine, *question)) for question in asked}
    slowest = sorted(taken, key=lambda question: -taken[question])[:3]
    said = "; slowest: " + ", ".join(f"{q[0]!r} {taken[q]:.0f} ms" for q in slowest)
    return [watch.figure("search p95", 100, said)]


def change_pages(engine: Engine) -> list[Figure]:
    """A page at the beginning of the feed, and pages from everywhere in it."""
    rng = random.Random(3)
    with reading(engine) as connection:
        last = changes.last_seq(connection)
    figures = []
    for what, cursors in (
        ("the first 500 changes p95", [0] * PAGES),
        ("500 changes from the middle p95", [rng.randrange(last - 500) for _ in range(PAGES)]),
    ):
        watch = Stopwatch(servers(engine))
        for after in cursors:
            watch.run(partial(changes.read, engine, after, 500))
        figures.append(watch.figure(what, 10))
    return figures


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
    server = _server(engine)
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


def _server(engine: Engine) -> int:
    """The process whose children answer our questions; 0 with SQLite."""
    answering = servers(engine)
    return parent_of(answering[0]) if answering else 0


def measured(url: str, folder: Path, count: int) -> list[Figure]:
    """Every figure of one database, which is filled before where it is empty."""
    engine = open_database(url)
    migrate.upgrade(engine)
    with reading(engine) as connection:
        there = connection.scalar(select(func.count()).select_from(articles)) or 0
    if there == 0:
        watch, server = Stopwatch(), _server(engine)
        before = ended_seconds(server)
        watch.run(partial(load, engine, count))
        cpu = watch.cpu[0] / 1000 + ended_seconds(server) - before
        said = f"{watch.wall[0] / 1000:.0f} s, {cpu:.0f} s of processors"
        console.print(f"{engine.dialect.name}: {count:,} articles made in {said}")
    else:
        count = there
    asked = questions(engine, SEARCHES)
    figures: list[Figure] = []
    for part in (
        partial(searches, engine, asked),
        partial(change_pages, engine),
        partial(over_http, engine, asked),
        partial(exports, engine, folder, count),
    ):
        figures += part()
        show("so far", figures)  # a million take a while
    engine.dispose()
    show(f"{engine.dialect.name}, {count:,} articles", figures)
    return figures


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--articles", type=int, default=1_000_000)
    options.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    options.add_argument("--database", metavar="URL", help="This one, filled where it is empty, and kept")
    options.add_argument("--keep", action="store_true", help="Leave the SQLite file for the next time")
    options.add_argument("--by", choices=("wall", "cpu"), default="wall", help="What the verdict goes by")
    given = options.parse_args()
    by: By = given.by
    folder = ROOT / "build" / "reading"
    folder.mkdir(parents=True, exist_ok=True)
    figures: list[Figure] = []
    if given.database or given.engine != "postgresql":
        url = given.database or f"sqlite:///{folder / f'{given.articles}.db'}"
        figures += measured(url, folder, given.articles)
    if not given.database and given.engine != "sqlite":
        with running_postgresql() as server:
            figures += measured(server, folder, given.articles)
    if not given.keep and not given.database:
        shutil.rmtree(folder)
    short = [one.what for one in figures if not one.holds(by)]
    console.print(f"others used the machine too: load {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores")
    console.print(
        f"reading: {len(figures) - len(short)} of {len(figures)} figures within their bounds by {by}"
    )
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
