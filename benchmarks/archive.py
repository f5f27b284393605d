"""What the archive costs a page: CPU, bytes on disk, and the sync of a batch.

python -m benchmarks.archive
"""

from __future__ import annotations

import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from crawler.archive.reading import Reader
from crawler.archive.records import Context
from crawler.archive.writer import Archive
from crawler.reading.page import Asked, ListingRow, Page
from storage import archive as index
from storage import migrate
from storage.engine import open_database
from tests.portals.serve import DemoSites

FOLDER = Path(__file__).resolve().parent.parent / "build" / "archive-bench"
PAGES = 400
BATCH = 50


def bodies() -> list[bytes]:
    """The article pages of the demo portals."""
    with DemoSites() as sites:
        return [urlopen(str(article.url)).read() for article in sites.truth()][:PAGES]


def main() -> int:
    """Write, index and read back; print what each took."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    engine = open_database(f"sqlite:///{FOLDER / 'bench.db'}")
    migrate.upgrade(engine)
    archive = Archive(FOLDER / "archive", engine)
    texts = bodies()
    asked = Asked("GET", (("User-Agent", "frontnews"), ("Accept", "text/html"), ("Accept-Encoding", "gzip")))
    pages = [
        Page(
            f"https://xa.example.vn/bai-{n}.html", body, datetime.now(UTC), "text/html; charset=utf-8",
            headers={"content-type": "text/html; charset=utf-8", "server": "nginx"},
            row=ListingRow(f"https://xa.example.vn/bai-{n}.html", f"Bài số {n} của xã"), asked=asked,
        )
        for n, body in enumerate(texts)
    ]  # fmt: skip
    cpu, synced, syncs = time.process_time(), 0.0, 0
    rows = []
    for start in range(0, len(pages), BATCH):
        some = [
            archive.write(page, Context("xa", "article", page.url)) for page in pages[start : start + BATCH]
        ]
        before = time.perf_counter()
        archive.sync_now()
        synced += time.perf_counter() - before
        syncs += 1
        index.add(engine, some)
        rows += some
    cpu = time.process_time() - cpu
    archive.close()
    disk = sum(row.length for row in rows)
    size = sum(map(len, texts))
    reader = Reader(FOLDER / "archive", lambda _: None)
    read_cpu = time.process_time()
    fresh = [row for row in rows if row.original is None]
    for row in fresh:
        reader.page(row)
    read_cpu = time.process_time() - read_cpu
    engine.dispose()
    count = len(pages)
    print(
        f"archive: {count} pages of {size / count / 1024:.1f} kB: {cpu / count * 1000:.2f} ms CPU a page "
        f"written and indexed, {disk / count / 1024:.1f} kB on disk a page ({disk / size:.0%}), "
        f"{synced / syncs * 1000:.1f} ms a sync of {BATCH}, "
        f"{read_cpu / len(fresh) * 1000:.2f} ms CPU a page read back"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
