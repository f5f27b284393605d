"""Writes pages into an archive until it is done or killed: write_here.py FOLDER DATABASE PAGES [BYTES].

Prints the address of each page once it is in the archive. BYTES caps the size of any file: the disk is full
then, after a few pages of 50 kB, while the database still has room.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from pathlib import Path

from crawler.archive.records import Context
from crawler.archive.writer import Archive
from storage.archive import add
from storage.engine import open_database
from tests.crawler.archive.conftest import a_page


async def main(folder: str, database: str, pages: int, *, large: bool) -> None:
    """Write pages, and the index every tenth time, as a walk does."""
    engine = open_database(database)
    archive = Archive(Path(folder), engine)
    rows = []
    for number in range(pages):
        page = a_page(number, body=os.urandom(50_000) if large else None)
        row = await archive.keep(page, Context("xa", "article", str(number)))
        if row is not None:
            rows.append(row)
            print(page.url, flush=True)
        if len(rows) >= 10:
            await archive.sync()
            add(engine, rows)
            rows = []
    await archive.sync()
    add(engine, rows)
    archive.close()
    engine.dispose()


if __name__ == "__main__":
    capped = len(sys.argv) > 4
    if capped:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), large=capped))
