"""What `archive prune` and the choice of `reprocess` cost on a large index: memory and CPU.

python -m benchmarks.archive_index              # 300,000 pages and a tenth of them, SQLite and PostgreSQL
python -m benchmarks.archive_index --pages 1000000 --engine sqlite

The pages are small and made up, two thirds of them of articles that are served; each step runs in a process
of its own, whose greatest memory is measured. Ends with 1 where ten times the pages take ALLOWED MB more.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from crawler.archive.records import first_id, warcinfo
from crawler.archive.retention import Retention, prune
from storage import archive as index
from storage import migrate
from storage.archive import ArchivedPage
from storage.archive_use import count_to_read_again, to_read_again
from storage.bulk import insert_rows
from storage.engine import open_database, writing
from storage.tables import articles, copies
from tests.postgres import running_postgresql

BUILD = Path(__file__).resolve().parent.parent / "build"
ALLOWED = {"sqlite": 12 + 3 * 16, "postgresql": 12}
"""MB. The page caches of three connections to SQLite (16 MB each, storage.engine) fill up between the two
sizes: with 1 MB each, 60,000 pages took 2 MB more than 6,000."""

_AT_ONCE = 5_000
_PER_FILE = 200_000
_BODY = b"x" * 200
_PORTALS = 40
_NOW = datetime(2026, 11, 1, tzinfo=UTC)


def fill(engine: Engine, folder: Path, count: int) -> None:
    """An archive of ``count`` pages, one a minute up to ``_NOW``; every third is an article's older state."""
    head = warcinfo("made-up.warc.gz", "benchmark", {})
    (folder / "2026-11").mkdir(parents=True)
    for start in range(0, count, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, count))
        rows = [page(number, count, len(head)) for number in numbers]
        index.add(engine, rows)
        served = [row for number, row in zip(numbers, rows, strict=True) if number % 3]
        with writing(engine) as connection:
            insert_rows(connection, articles, [article(row) for row in served])
            insert_rows(connection, copies, [copy(row) for row in served])
        for row in rows:
            if row.offset == len(head):
                (folder / row.file).write_bytes(head)
        with (folder / rows[0].file).open("ab") as file:
            file.write(_BODY * len(rows))


def page(number: int, count: int, head: int) -> ArchivedPage:
    """The n-th page: of an article of its own, or the older state of the next one."""
    fetched = _NOW - timedelta(minutes=count - number)
    key = str(number + 1 if number % 3 == 0 else number)
    at = number % _PER_FILE
    return ArchivedPage(
        f"{first_id(fetched)}-7000-8000-{number:012x}", f"tinh/xa_{number // 3 % _PORTALS}", "article", key,
        f"https://xa.example.vn/tin-tuc/bai-viet-so-{number}.html", fetched, f"sha1:{number:032d}",
        f"2026-11/made-up-{number // _PER_FILE:04}.warc.gz", head + at * len(_BODY), len(_BODY),
        listing={"title": f"Bài viết số {number} của Ủy ban Mặt trận xã", "published_at": "2026-01-02"},
    )  # fmt: skip


def article(row: ArchivedPage) -> dict[str, object]:
    """A row of `articles` for the page."""
    number = int(row.key or 0)
    lists = {
        column.name: ["Một đoạn văn của bài viết."] if column.name == "paragraphs" else []
        for column in articles.columns
        if not column.nullable and column.name not in _PLAIN
    }
    return lists | {
        "id": number, "public_id": row.id, "url": row.url, "portal": row.portal, "key": row.key,
        "title": row.listing["title"], "relevant": True, "relevance": 1.0, "revision": 1, "words": b"w",
        "provenance": {}, "words_seen_at": row.fetched_at, "first_seen_at": row.fetched_at, "sig_version": 2,
    }  # fmt: skip


_PLAIN = {
    "id", "public_id", "url", "portal", "key", "title", "relevant", "relevance", "revision", "words",
    "provenance", "words_seen_at", "first_seen_at", "sig_version",
}  # fmt: skip


def copy(row: ArchivedPage) -> dict[str, object]:
    """A row of `copies` for the page."""
    return {
        "portal": row.portal, "key": row.key, "article_id": int(row.key or 0), "url": row.url,
        "title": row.listing["title"], "words": b"w", "digest": row.digest, "first_seen_at": row.fetched_at,
        "last_seen_at": row.fetched_at,
    }  # fmt: skip


def choose(engine: Engine, _: Path) -> str:
    """Go through what `reprocess` would read."""
    counted = count_to_read_again(engine)
    given = sum(1 for _ in to_read_again(engine))
    assert counted == given, (counted, given)
    return f"{given} pages to read"


def drop(engine: Engine, folder: Path) -> str:
    """Drop what is older than the middle and no article's page, then all but half of the bytes."""
    pages, size = index.totals(engine)
    old = prune(engine, folder, Retention(keep=datetime.now(UTC) - _NOW + timedelta(minutes=pages // 2)))
    rest = prune(engine, folder, Retention(max_bytes=size // 2, drop_latest=True))
    assert (rest.kept_bytes, rest.kept_pages) == (index.totals(engine)[1], index.totals(engine)[0])
    return f"{old.pages} and {rest.pages} pages dropped"


STEPS: tuple[tuple[str, Callable[[Engine, Path], str]], ...] = (("reprocess", choose), ("prune", drop))


def _measured(
    url: str, folder: Path, step: str, answers: multiprocessing.Queue[tuple[str, float, float]]
) -> None:
    engine = open_database(url)
    before = time.process_time()
    said = dict(STEPS)[step](engine, folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answers.put((said, peak, time.process_time() - before))


@contextlib.contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
    else:
        with running_postgresql() as url:
            yield url


def run(kind: str, count: int) -> dict[str, float]:
    """Fill an archive and take each step in a process of its own; the greatest memory of each in MB."""
    context = multiprocessing.get_context("spawn")
    peaks = {}
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as place, database(kind, Path(place)) as url:
        folder = Path(place) / "archive"
        engine = open_database(url)
        migrate.upgrade(engine)
        fill(engine, folder, count)
        engine.dispose()
        for step, _ in STEPS:
            answers = context.Queue()
            process = context.Process(target=_measured, args=(url, folder, step, answers))
            process.start()
            said, peaks[step], cpu = answers.get()
            process.join()
            print(
                f"archive index, {kind}, {count} pages, {step}: {peaks[step]:.0f} MB at most, "
                f"{cpu:.1f} s CPU; {said}",
                flush=True,
            )
    return peaks


def main() -> int:
    """Measure; 1 where memory grows with the index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300_000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    given = parser.parse_args()
    short = False
    for kind in given.engine or ("sqlite", "postgresql"):
        few, many = run(kind, given.pages // 10), run(kind, given.pages)
        for step, _ in STEPS:
            more = many[step] - few[step]
            short |= more > ALLOWED[kind]
            print(
                f"archive index, {kind}, {step}: {more:+.0f} MB for ten times the pages "
                f"(at most {ALLOWED[kind]})"
            )
    return int(short)


if __name__ == "__main__":
    sys.exit(main())
