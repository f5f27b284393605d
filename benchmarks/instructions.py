"""How many instructions reading, tagging and saving take: figures that no other program on the machine moves.

    python -m benchmarks.instructions [--write]

Counts the user-space instructions of a fixed set of our own pages with valgrind's callgrind, which runs
the process uncounted up to the work itself: this program begins and ends the counting from within (the
client requests of callgrind.h, issued by :func:`request`). ``perf stat`` would be quicker, but virtual
machines seldom lend it the counter. The counts are held against ``benchmarks/instructions.json``, which
``--write`` makes anew; the exit status is 1 where one is more than 10 % above it, 2 where nothing can be
counted.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import mmap
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASELINE = Path(__file__).with_suffix(".json")
TOLERANCE = 0.10
"""Share by which a count may be above the baseline; two runs of one state differ by 0.5 % at most."""
PAGES = 4
"""Of each platform of benchmarks.speed_site, of each way of reading."""
BEFORE = 48
"""Pages of each platform that are read before, and not counted: what recurs on a portal is known by then, and
no text of a counted page is."""
_START, _STOP, _DUMP, _ZERO = (0x43540000 + number for number in (4, 5, 0, 1))
"""Client requests (valgrind/callgrind.h): "CT" in the upper bytes."""
_REQUEST = bytes.fromhex("4889f8 31d2 48c1c703 48c1c70d 48c1c73d 48c1c733 4887db 4889d0 c3".replace(" ", ""))
"""``rax = rdi; rdx = 0;`` the four rotations of rdi and ``xchg rbx, rbx`` that valgrind knows a request by,
``return rdx``: on a processor they change nothing."""


def why_not() -> str | None:
    """Why nothing can be counted here, None where it can."""
    if platform.machine() != "x86_64" or not sys.platform.startswith("linux"):
        return f"callgrind's requests are written for x86-64 Linux, this is {platform.machine()}"
    return None if shutil.which("valgrind") else "valgrind is not installed"


def count() -> dict[str, float]:
    """Million instructions an article, by what is done with it. Takes some ten seconds.

    Raises RuntimeError where the counted process fails.
    """
    with tempfile.TemporaryDirectory(prefix="fn-instructions-") as folder:
        out = Path(folder) / "counted"
        done = subprocess.run(
            [
                "valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}",
                sys.executable, "-m", "benchmarks.instructions", "--work", folder,
            ],
            env=os.environ | {"PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)},
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-1_000:])
        parts = json.loads((Path(folder) / "parts.json").read_text())
        return {
            name: round(_total(Path(f"{out}.{n}")) / articles / 1e6, 3)
            for n, (name, articles) in enumerate(parts, 1)
        }


def _total(dump: Path) -> int:
    found = re.search(r"^totals: (\d+)", dump.read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{dump.name} has no totals")
    return int(found[1])


def compare(counted: dict[str, float], baseline: dict[str, float]) -> list[str]:
    """What takes too many instructions; what the baseline does not know is told too."""
    return [
        f"{name}: {millions:.2f} M instructions, {baseline[name]:.2f} M in the baseline"
        if name in baseline
        else f"{name} is not in the baseline"
        for name, millions in counted.items()
        if name not in baseline or millions > baseline[name] * (1 + TOLERANCE)
    ]


# --- within the counted process ---------------------------------------------------------------------


def request(number: int) -> None:
    """Issue one client request of callgrind; outside of valgrind nothing happens."""
    code = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(_REQUEST)
    place = ctypes.c_char.from_buffer(code)
    arguments = (ctypes.c_ulong * 6)(number)
    call = ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p)(ctypes.addressof(place))
    call(ctypes.addressof(arguments))
    del call, place
    code.close()


def work(folder: Path) -> None:
    """Do everything once uncounted, which fills the caches, and then once counted, part by part; read pages
    that were not read before."""
    import gc
    from datetime import UTC, datetime

    from benchmarks import speed_site
    from crawler.reading.page import Page
    from crawler.reading.reader import read
    from crawler.tagging import tag
    from spiders.platforms import PLATFORMS
    from storage import migrate
    from storage.engine import open_database
    from storage.records import Sighting
    from storage.saving import save_batch

    at = datetime(2026, 11, 20, 3, tzinfo=UTC)
    everything = [
        [
            (
                PLATFORMS[shape.portal.platform],
                Page(
                    f"https://{shape.portal.platform}.example.vn{path}", shape.page(number), at, "text/html"
                ),
            )
            for path, number in shape.numbers.items()
        ]
        for shape in speed_site.shapes((PAGES + BEFORE + PAGES) * len(speed_site.PLATFORMS))
    ]
    pages = [page for site in everything for page in site[:PAGES]]
    before = [page for site in everything for page in site[PAGES : PAGES + BEFORE]]
    fresh = [page for site in everything for page in site[PAGES + BEFORE :]]
    articles = [article for p, page in pages if (article := read(page, p).article) is not None]
    assert len(articles) == len(pages), "each page of the set is an article"
    for p, page in before:
        read(page, p)
        read(page, None)
    engine = open_database(f"sqlite:///{folder / 'counted.db'}")
    migrate.upgrade(engine)
    sightings = [Sighting("x/y", str(n), tag(article), at) for n, article in enumerate(articles)]
    half = len(sightings) // 2
    save_batch(engine, None, sightings[:half])
    parts: list[tuple[str, int, Callable[[], object]]] = [
        ("read, known platform", len(fresh[::2]), lambda: [read(page, p) for p, page in fresh[::2]]),
        ("read, unknown markup", len(fresh[1::2]), lambda: [read(page, None) for _, page in fresh[1::2]]),
        ("tag", len(articles), lambda: [tag(article) for article in articles]),
        ("save", len(sightings) - half, lambda: save_batch(engine, None, sightings[half:])),
    ]
    for name, _, run in parts:
        if name == "tag":
            run()
        gc.collect()
        gc.disable()
        for number in (_START, _ZERO):
            request(number)
        run()
        for number in (_DUMP, _STOP):
            request(number)
        gc.enable()
    (folder / "parts.json").write_text(json.dumps([(name, number) for name, number, _ in parts]))


def main(given: Sequence[str] | None = None) -> int:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--write", action="store_true", help="make the counts of today the baseline")
    cli.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    options = cli.parse_args(given)
    if options.work:
        work(options.work)
        return 0
    if problem := why_not():
        print(f"instructions: nothing counted: {problem}")
        return 2
    counted = count()
    if options.write:
        BASELINE.write_text(json.dumps(counted, indent=2) + "\n")
    baseline = json.loads(BASELINE.read_text())
    for name, millions in counted.items():
        print(f"{name:24} {millions:8.2f} M instructions an article, baseline {baseline.get(name, 0):.2f} M")
    worse = compare(counted, baseline)
    print("\n".join(worse) or f"instructions: {len(counted)} counts within {TOLERANCE:.0%} of the baseline")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
