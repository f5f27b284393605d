"""What a page costs from the wire into the database, beside what others take for less.

    python -m benchmarks.speed [--pages 3000] [--long 10000] [--repeat 3] [--only NAME] [--write]

Serves a site of its own (benchmarks/speed_site.py) and lets each system get the same pages: as processes, in
turn, each ``--repeat`` times. Every figure is of one more page: the same system's run over sixty pages is
taken off, so that nobody's start counts. CPU is that of the whole process with its children, by the kernel.
``--write`` puts table and picture into docs/performance.md. The exit status is 0 only where every ratio is
within its bound; a peer that is not installed is told, and has none.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import yaml
from rich.console import Console
from rich.table import Table

from benchmarks import peers
from benchmarks.speed_report import Line, told_rate, write_report

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "speed"
CHILD = Path(__file__).with_name("speed_child.py")
FEW = 60
"""Pages of the run that stands for a system's start."""
STARTS = 3
"""Such runs, of which the middle one counts: the first after an installation compiles every module, and a
start that is too dear made news-please five times as fast as it is (November 2026)."""
SLOW = 10
"""How many times fewer pages the slow peers get; each of theirs takes a hundred times a bare download."""
SECTIONS = 400
"""Listing pages of a section, more than any has."""

console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Site:
    """The running site: its six portals as the server tells of them."""

    portals: list[dict[str, object]]
    registry: Path

    def addresses(self) -> list[str]:
        """All articles, the portals in turn."""
        each = [[f"{p['url']}{path}" for path in _paths(p)] for p in self.portals]
        longest = max(map(len, each))
        return [addresses[n] for n in range(longest) for addresses in each if n < len(addresses)]


def _paths(portal: dict[str, object]) -> list[str]:
    found = portal["articles"]
    assert isinstance(found, list)
    return found


@contextmanager
def serving(articles: int) -> Iterator[Site]:
    """A site of so many articles in a process of its own, and its registry."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.speed_site", "--articles", str(articles)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert server.stdout is not None
    assert server.stdin is not None
    try:
        portals = json.loads(server.stdout.readline())
        folder = Path(tempfile.mkdtemp(prefix="registry-", dir=FOLDER))
        for portal in portals:
            name = portal["platform"]
            record = {
                "id": f"thanh_hoa/speed_{name}", "name": f"Speed {name}", "url": f"{portal['url']}/",
                "owner": "front", "platform": name, "province_2024": "Thanh Hóa", "confidence": "high",
                "sections": [{"path": portal["section"], "scope": "front", "name": "Tin"}],
            }  # fmt: skip
            text = yaml.safe_dump({"province": "Thanh Hóa", "portals": [record]}, allow_unicode=True)
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        yield Site(portals, folder)
    finally:
        server.stdin.close()
        server.wait(10)


@dataclass(frozen=True, slots=True)
class Used:
    """What one run took: seconds on the wall and of processors, MB of its largest process, pages answered."""

    wall: float
    cpu: float
    memory: float
    pages: int


def run(command: Sequence[str | Path], *, given: Path | None = None, count: Callable[[str], int]) -> Used:
    """Run a command to its end; ``given`` is its stdin, ``count`` tells the pages by its stdout.

    Raises RuntimeError where it fails.
    """
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile("w+", dir=FOLDER) as out, tempfile.TemporaryFile("w+", dir=FOLDER) as err:
        with given.open() if given else Path(os.devnull).open() as stdin:
            began = time.perf_counter()
            child = subprocess.Popen(
                list(map(str, command)), stdin=stdin, stdout=out, stderr=err, env=environment, cwd=ROOT
            )
            _, status, usage = os.wait4(child.pid, 0)
            wall = time.perf_counter() - began
            child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode:
            raise RuntimeError(f"{command[0]} ended with {child.returncode}: {err.read()[-600:]}")
        return Used(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, count(out.read()))


@dataclass(slots=True)
class System:
    """One row: ``runs`` takes a site and how many of its pages, and answers what that took."""

    name: str
    runs: Callable[[Site, int], Used]
    pages: int
    """Its site has as many at least."""
    base: Used | None = None
    taken: list[Used] = field(default_factory=list)
    missing: str | None = None

    def prices(self, seconds: Callable[[Used], float]) -> list[float]:
        """Seconds that one more page took, in each turn."""
        assert self.base is not None
        base = self.base
        return [(seconds(u) - seconds(base)) / (u.pages - base.pages) for u in self.taken]

    def line(self) -> Line:
        """Medians of what one more page took."""
        cpu, wall = statistics.median(self.prices(_cpu)), statistics.median(self.prices(_wall))
        memory = statistics.median(u.memory for u in self.taken)
        return Line(self.name, self.pages, 1 / wall, cpu * 1000, memory)


def _cpu(used: Used) -> float:
    return used.cpu


def _wall(used: Used) -> float:
    return used.wall


def _last_number(said: str) -> int:
    return int(said.split()[-1])


def _child(system: str, python: Path) -> Callable[[Site, int], Used]:
    def runs(site: Site, pages: int) -> Used:
        listed = FOLDER / "addresses.txt"
        listed.write_text("\n".join(site.addresses()[:pages]))
        return run([python, CHILD, system], given=listed, count=_last_number)

    return runs


def frontnews(*arguments: str | Path) -> list[str | Path]:
    """The command, as a user types it."""
    return [sys.executable, ROOT / "cli.py", "--quiet", *arguments]


class Ours:
    """Frontnews's rows, which share what the crawl leaves: its archive and database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.crawled: dict[int, Path] = {}

    def crawl(self, site: Site, pages: int) -> Used:
        """The whole pipeline: listings, robots.txt, archive, all fields, tags, duplicates, changes."""
        home = self.folder / f"crawl-{pages}"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        per_portal = -(-pages // len(site.portals))
        used = run(
            frontnews(
                "crawl", "--delay", "0", "--allow-address", "127.0.0.0/8", "--pages", str(SECTIONS),
                "--limit", str(per_portal), "--registry", site.registry, *self.where(home),
            ),
            count=lambda _: self.stored(home),
        )  # fmt: skip
        if used.pages < pages * 0.999:
            raise RuntimeError(f"the crawl stored {used.pages} of {pages} articles")
        self.crawled[pages] = home
        return used

    def read(self, site: Site, pages: int) -> Used:
        """``frontnews read --jsonl``: pages from a file to records."""
        rows = self.folder / f"rows-{pages}.jsonl"
        if not rows.exists():
            with rows.open("w", encoding="utf-8") as out:
                for address in site.addresses()[:pages]:
                    with urlopen(address) as answer:
                        html = answer.read().decode()
                    out.write(json.dumps({"url": address, "html": html}, ensure_ascii=False) + "\n")
        return run(
            frontnews("read", "--jsonl", "--registry", site.registry),
            given=rows,
            count=lambda said: sum('"title": "' in line for line in said.splitlines()),
        )

    def reprocess(self, workers: int) -> Callable[[Site, int], Used]:
        """The archive of the last crawl read again; nothing comes out differently, so nothing is written."""

        def runs(site: Site, pages: int) -> Used:
            home = self.crawled[pages]
            return run(
                frontnews(
                    "reprocess", "--workers", str(workers), "--registry", site.registry, *self.where(home)
                ),
                count=lambda _: self.stored(home),
            )

        return runs

    def where(self, home: Path) -> list[str]:
        return ["--database", f"sqlite:///{home / 'frontnews.db'}", "--archive", str(home / "archive")]

    def stored(self, home: Path) -> int:
        import sqlite3

        with sqlite3.connect(home / "frontnews.db") as database:
            (count,) = database.execute("SELECT count(*) FROM v1_article_copies").fetchone()
        return int(count)


def systems(pages: int) -> list[System]:
    """The rows in their order."""
    ours = Ours(FOLDER)
    ours_python, theirs = Path(sys.executable), peers.FOLDER / "venv" / "bin" / "python"
    missing = peers.install()
    slow = max(4 * FEW, pages // SLOW)
    rows = [
        System("Scrapy, download alone", _child("bare", ours_python), pages),
        System("Frontnews: crawl", ours.crawl, pages),
        System("Frontnews: read --jsonl", ours.read, pages),
        System("Frontnews: reprocess, 1 core", ours.reprocess(1), pages),
        System("Frontnews: reprocess, 2 cores", ours.reprocess(2), pages),
    ]
    others = [
        System("Scrapy + trafilatura + insert", _child("scrapy-trafilatura", theirs), slow),
        System("trafilatura + insert", _child("trafilatura", theirs), slow),
        System("news-please", _child("news-please", theirs), slow),
    ]
    for one in others:
        one.missing = f"not installed: {missing}" if missing else None
    return [*rows, *others]


def measure(rows: Sequence[System], pages: int, repeat: int) -> None:
    """Run every row over a few pages, then all in turn; more than ``pages`` are of a site of their own."""
    bases: dict[Callable[[Site, int], Used], Used] = {}
    with serving(FEW) as few:
        for row in rows:
            if row.missing is None:
                try:
                    if row.runs not in bases:  # a long crawl starts as a short one does
                        starts = [row.runs(few, FEW) for _ in range(STARTS)]
                        bases[row.runs] = sorted(starts, key=lambda used: used.cpu)[STARTS // 2]
                    row.base = bases[row.runs]
                except (RuntimeError, ValueError, OSError) as problem:
                    row.missing = f"does not run: {str(problem)[:120]}"
    with ExitStack() as sites:
        site_of = {size: sites.enter_context(serving(size)) for size in {max(pages, r.pages) for r in rows}}
        for turn in range(repeat):
            for row in rows:
                if row.missing is None:
                    row.taken.append(row.runs(site_of[max(pages, row.pages)], row.pages))
                    used = row.taken[-1]
                    console.print(
                        f"  {turn + 1}/{repeat} {row.name}: {used.pages} pages, {used.cpu:.1f} CPU-s, "
                        f"{used.wall:.1f} s",
                        style="dim",
                    )


@dataclass(frozen=True, slots=True)
class Ratio:
    """A claim: ``value`` is at most ``bound``, or at least where ``least``."""

    what: str
    value: float
    bound: float
    least: bool = True

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.least else self.value <= self.bound


def times(dear: System, cheap: System, seconds: Callable[[Used], float] = _cpu) -> float:
    """How many times the price of the one a page of the other takes: the median over the turns.

    What stood beside each other within a turn is compared, as the machine's speed drifts from turn to turn.
    """
    pairs = zip(dear.prices(seconds), cheap.prices(seconds), strict=True)
    return statistics.median(one / other for one, other in pairs)


def ratios(rows: Sequence[System]) -> list[Ratio]:
    """What issue 8 asks for, as far as the rows are there."""
    ran = {row.name: row for row in rows if row.missing is None}
    crawl = ran.get("Frontnews: crawl")
    found: list[Ratio] = []
    if crawl is None:
        return found
    if bare := ran.get("Scrapy, download alone"):
        found.append(Ratio("CPU a page, of a bare download", times(crawl, bare), 1.5, least=False))
    for name, bound in (("Scrapy + trafilatura + insert", 3.5), ("news-please", 18.0)):
        if other := ran.get(name):
            found.append(Ratio(f"pages a CPU second, of {name}", times(other, crawl), bound))
    one, two = (ran.get(f"Frontnews: reprocess, {cores}") for cores in ("1 core", "2 cores"))
    if one and two:
        found.append(Ratio("reprocess on two cores, of one", times(one, two, _wall), 1.8))
    if long := ran.get("Frontnews: crawl, long"):
        found.append(Ratio("CPU a page of a short crawl, of a long one's", times(crawl, long), 0.95))
    found.append(Ratio("MB of the crawl", crawl.line().memory, 200, least=False))
    return found


def show(lines: Sequence[Line], found: Sequence[Ratio], rows: Sequence[System]) -> None:
    for one in found:
        sign = ">=" if one.least else "<="
        verdict = "" if one.holds else "  FALLS SHORT"
        console.print(f"{one.what}: {one.value:.2f} ({sign} {one.bound:g}){verdict}")
    table = Table(box=None, pad_edge=False)
    for head in ("", "pages", "pages/s", "CPU-s per 1,000", "MB"):
        table.add_column(head, justify="right" if head else "left")
    for line in lines:
        table.add_row(line.name, f"{line.pages:,}", told_rate(line), f"{line.cpu:.2f}", f"{line.memory:.0f}")
    console.print(table)
    for row in rows:
        if row.missing:
            console.print(f"{row.name}: {row.missing}")


def main() -> int:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--pages", type=int, default=3_000)
    cli.add_argument("--long", type=int, default=10_000, help="pages of a long crawl, 0 for none")
    cli.add_argument("--repeat", type=int, default=3)
    cli.add_argument("--only", action="append", help="rows whose name begins so")
    cli.add_argument("--write", action="store_true", help="table and picture into docs/performance.md")
    given = cli.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)  # addresses of an earlier run are of no portal of this one's
    FOLDER.mkdir(parents=True)
    began = time.perf_counter()
    rows = [
        row for row in systems(given.pages)
        if not given.only or any(row.name.lower().startswith(name.lower()) for name in given.only)
    ]  # fmt: skip
    crawl = next((row for row in rows if row.name == "Frontnews: crawl"), None)
    if given.long and crawl is not None:
        rows.insert(rows.index(crawl) + 1, System("Frontnews: crawl, long", crawl.runs, given.long))
    measure(rows, given.pages, given.repeat)
    lines = [row.line() for row in rows if row.missing is None]
    found = ratios(rows)
    show(lines, found, rows)
    if given.write:
        write_report(lines, [(one.what, one.value, one.bound, one.least) for one in found])
    short = [one for one in found if not one.holds]
    console.print(
        f"speed: {len(found) - len(short)} of {len(found)} ratios within their bounds, "
        f"{time.perf_counter() - began:.0f} s; load {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores"
    )
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
