"""Writing the archive: one file a process, one record a write.

A record is handed to the system in one write and the file synced once a batch, before the index names what
is in it: ``kill -9`` loses the record in flight, a power failure what the last batch had not synced, and the
index never points at bytes that are not there.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import socket
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from crawler.archive import files
from crawler.archive.records import Context, Original, digest_of, exchange, listing_facts, record_id, warcinfo
from crawler.reading.page import Page
from storage import archive as index
from storage.archive import ArchivedPage

logger = logging.getLogger(__name__)

FILE_BYTES = 1_000_000_000
"""Bytes after which the next file is begun: the size that WARC tools and libraries expect."""

AT_ONCE = 256_000
"""Bytes of a body up to which a page is written at once, where nothing has to be waited for: 0.2 ms. To hand
it to a thread and to hear of it costs 0.1 ms more (M: 600 pages of 40 kB, 390 and 295 µs each)."""

REMEMBERED = 2_000
"""Bodies of this process that are remembered, 500 bytes each: more than wait for their index rows to be
committed. What stands for many pages (an error, a login) comes again sooner than that."""

SOFTWARE = "frontnews/0.1"

_numbers = iter(range(1, 1_000_000))


class Archive:
    """The archive of one process; its file is made with the first page.

    ``keep`` and ``sync`` are for the event loop, ``write`` for any thread. A file that has reached
    ``file_bytes`` is closed and the next one begun.
    """

    def __init__(self, folder: Path, engine: Engine, *, file_bytes: int = FILE_BYTES) -> None:
        self.folder = folder
        self.file_bytes = file_bytes
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._lock = threading.Lock()
        self._file: int | None = None
        self._path = folder
        self._name = ""
        self._size = 0
        self._synced = True
        self._doubt: OSError | None = None
        """Why a file could not be synced when it was ended, until the next sync tells it."""
        self._told = False
        self._recent: OrderedDict[tuple[str, str], Original] = OrderedDict()

    async def keep(self, page: Page, context: Context) -> ArchivedPage | None:
        """Write a page; its index row, which the caller commits after :meth:`sync`.

        None where the disk does not take it: the crawl goes on, and the log says so once. Where the index is
        to be asked, a file to be begun or a sync to be waited for, a thread does so.
        """
        if context.first and len(page.body) <= AT_ONCE and self._lock.acquire(blocking=False):
            try:
                if self._file is not None and self._size < self.file_bytes:
                    return self._keep(self._write, page, context)
            finally:
                self._lock.release()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._keep, self.write, page, context)

    async def sync(self) -> None:
        """Have everything that was kept so far on the disk. Raises OSError where the disk refuses."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self.sync_now)

    def write(self, page: Page, context: Context) -> ArchivedPage:
        """Write a page in this thread. Raises OSError; the file then ends with its last whole record."""
        with self._lock:
            return self._write(page, context)

    def sync_now(self) -> None:
        """:meth:`sync` for any thread."""
        with self._lock:
            if (doubt := self._doubt) is not None:
                self._doubt = None
                raise doubt
            if self._file is not None and not self._synced:
                os.fdatasync(self._file)
            self._synced = True

    def close(self) -> None:
        """End the file, and take ``.open`` off its name."""
        self._thread.shutdown(wait=True)
        with self._lock:
            self._end_file()

    def _keep(
        self, write: Callable[[Page, Context], ArchivedPage], page: Page, context: Context
    ) -> ArchivedPage | None:
        try:
            row = write(page, context)
        except OSError as error:
            if not self._told:
                logger.error("archive %s: %s; pages are read and not archived", self.folder, error.strerror)
            self._told = True
            return None
        self._told = False
        return row

    def _write(self, page: Page, context: Context) -> ArchivedPage:
        """:meth:`write` for whoever holds the lock."""
        digest = digest_of(page.body)
        original = self._original(context, digest)
        id = record_id(page.fetched_at)
        listing = listing_facts(page.row)
        data = exchange(page, context, id, digest, original, listing)
        offset = self._append(data)
        if original is None:
            self._remember(context.portal, digest, Original(id, page.url, page.fetched_at))
        return ArchivedPage(
            id, context.portal, context.kind, context.key, page.url, page.fetched_at, digest, self._name,
            offset, len(data), original.id if original else None, context.platform, context.section,
            listing,
        )  # fmt: skip

    def _append(self, data: bytes) -> int:
        """Write to the end of the file, beginning the first or the next one; where it begins."""
        if self._file is None or self._size >= self.file_bytes:
            self._end_file()
            self._begin_file()
        assert self._file is not None
        offset, rest = self._size, memoryview(data)
        self._synced = False
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError:
            os.ftruncate(self._file, offset)
            raise
        self._size += len(data)
        return offset

    def _begin_file(self) -> None:
        now = datetime.now(UTC)
        host = "".join(c if c.isalnum() or c in "-." else "-" for c in socket.gethostname())
        name = f"frontnews-{now:%Y%m%dT%H%M%S}-{host}-{os.getpid()}-{next(_numbers):05}{files.ENDING}"
        folder = self.folder / f"{now:%Y-%m}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (name + files.OPEN)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644)
        fcntl.flock(file, fcntl.LOCK_EX)
        files.sync_folder(folder)
        self._file, self._path, self._size = file, path, 0
        self._name = path.relative_to(self.folder).as_posix().removesuffix(files.OPEN)
        fields = {"hostname": socket.gethostname(), "robots": "obey", "http-header-user-agent": "frontnews"}
        self._append(warcinfo(name, SOFTWARE, fields))

    def _end_file(self) -> None:
        """End the file; whatever the disk says to that, the next page begins a new one."""
        if self._file is None:
            return
        file, self._file = self._file, None
        try:
            os.fsync(file)
            self._synced = True
            files.close(self._path)
        except OSError as error:
            self._doubt = None if self._synced else error
            raise
        finally:
            self._synced = True
            os.close(file)

    def _original(self, context: Context, digest: str) -> Original | None:
        """The record of the same body on the same portal: what one site sends never stands for another's."""
        recent = self._recent.get((context.portal, digest))
        if recent is not None or context.first:
            return recent
        stored = index.original(self._engine, context.portal, digest)
        if stored is None or files.place(self.folder, stored.file) is None:
            return None
        return Original(stored.id, stored.url, stored.fetched_at)

    def _remember(self, portal: str, digest: str, original: Original) -> None:
        self._recent[portal, digest] = original
        while len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)
