"""A crawl host: a child process that crawls the portals it is handed, many at once in one reactor.

    python -m crawler.running.host

A parent (crawler.running.host_process) writes one JSON object a line to its stdin and reads one a line from
its stdout. In: ``{"options", "database"}`` first, then ``{"crawl": portal}``, ``{"stop": id}``,
``{"retire": true}`` (finish what is under way and end) and ``{"ping": true}``; ``permit`` beside each says
until when servers may be asked (crawler.fetching.permit). Out: ``{"ready": pid}`` or
``{"broken": message}``, ``{"finished": result}``, and each second ``{"beat": {"rss", "counts", "owed"}}``
from the event loop that crawls, so that a host which hangs falls silent; ``owed`` are the portals whose
servers owe an answer. ``delays`` beside any of them are the pauses in seconds that servers (``address port``)
were last asked with.

A host whose parent is gone or silent stops at once: others will be given its portals.
"""

from __future__ import annotations

from crawler.garbage import large_generations, without_collection

with without_collection():
    import asyncio
    import contextlib
    import gc
    import json
    import os
    import resource
    import signal
    import sys
    import time
    from collections.abc import Sequence
    from dataclasses import asdict
    from pathlib import Path

    from crawler.fetching.handler import TURNS
    from crawler.fetching.permit import PERMIT
    from crawler.fetching.turns import Server
    from crawler.logging import configure
    from crawler.running import large_pages
    from crawler.running.crawl import Crawling, open_writer, run_in_reactor, short_switches
    from crawler.running.options import Event
    from crawler.running.rows import LINE_LIMIT, options_of, portal_of
    from storage.engine import DatabaseProblem
    from storage.lease import ORPHANED_SECONDS
    from storage.portals import Portal

BEAT_SECONDS = 1.0

COLLECT_EVERY = 50
"""Crawls between two full collections. A crawler is a web of cycles, and with large_generations the oldest
generation is never looked at by itself: a host grew by 30 kB a crawl (python -m benchmarks.clock)."""


def main() -> int:
    """Serve until told to retire; the exit status, 8 for a database that cannot be used."""
    out = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing that prints may get between the lines
    configure()
    with large_generations(), short_switches():
        return run_in_reactor(_serve(out))


async def _serve(out: int) -> int:
    orders = await _orders()
    first = json.loads(await orders.readline() or b"{}")
    if not first:
        return 0
    options = options_of(first["options"])
    try:
        writer = open_writer(first["database"], options)
    except DatabaseProblem as problem:
        _Reports(out).write(broken=str(problem))
        return 8
    reports = _Reports(out)
    crawling = Crawling((), options, writer, reports.note)
    try:
        with crawling.signals():
            reports.write(ready=os.getpid())
            await _Host(crawling, reports, orders).serve()
    finally:
        if writer is not None:
            writer.close()
    return 0


async def _orders() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=LINE_LIMIT)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer
    )
    return reader


class _Reports:
    """What the host writes, and the counts of each portal since the last beat."""

    def __init__(self, out: int) -> None:
        self._out = out
        self._told: dict[Server, float] = {}
        self.counts: dict[str, dict[str, int]] = {}

    def note(self, event: Event) -> None:
        """Keep the counts of an event for the next beat."""
        self.counts[event.portal] = event.counts

    def write(self, **report: object) -> None:
        """Write one line. A parent that is gone is noticed where its orders are read."""
        delays = {s: d for s, d in TURNS.delays().items() if self._told.get(s) != d}
        self._told |= delays
        if delays:
            report["delays"] = {f"{address} {port}": delay for (address, port), delay in delays.items()}
        line = memoryview(json.dumps(report, ensure_ascii=False).encode() + b"\n")
        with contextlib.suppress(BrokenPipeError):
            while line:
                line = line[os.write(self._out, line) :]

    def beat(self, owed: Sequence[str]) -> None:
        """Write that all is well. ``owed``: the portals whose servers owe an answer."""
        counts, self.counts = self.counts, {}
        self.write(beat={"rss": resident_bytes(), "counts": counts, "owed": owed})


class _Host:
    def __init__(self, crawling: Crawling, reports: _Reports, orders: asyncio.StreamReader) -> None:
        self.crawling = crawling
        self.reports = reports
        self.orders = orders
        self.tasks: set[asyncio.Task[None]] = set()
        self.heard_at = time.monotonic()
        self.retired = False
        self.crawled = 0
        self.ended = asyncio.Event()

    async def serve(self) -> None:
        """Take orders until told to retire, and finish what is under way."""
        beside = [asyncio.create_task(self.beat()), asyncio.create_task(self.listen())]
        try:
            await self.ended.wait()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def listen(self) -> None:
        """Read orders; the end of them means that the parent is gone."""
        while line := await self.orders.readline():
            self.heard_at = time.monotonic()
            order = json.loads(line)
            PERMIT.until = order["permit"]
            if "crawl" in order:
                portal = portal_of(order["crawl"])
                self.crawling.stopped.discard(portal.id)  # a stop that came late was for its last crawl
                task = asyncio.create_task(self.crawl(portal))
                self.tasks.add(task)
                task.add_done_callback(self.ended_one)
            elif "stop" in order:
                self.crawling.stop(order["stop"])
            elif "retire" in order:
                self.retire()
        self.abandon()

    def ended_one(self, task: asyncio.Task[None]) -> None:
        """Note the end of a crawl."""
        self.tasks.discard(task)
        self.crawled += 1
        if self.crawled % COLLECT_EVERY == 0:
            gc.collect()
        if self.retired and not self.tasks:
            self.ended.set()

    def retire(self) -> None:
        """End when nothing is under way any more."""
        self.retired = True
        if not self.tasks:
            self.ended.set()

    async def crawl(self, portal: Portal) -> None:
        """Crawl one portal and report what it came to."""
        result = await self.crawling.in_turn(portal)
        self.reports.counts.pop(portal.id, None)
        self.reports.write(finished=asdict(result))

    async def beat(self) -> None:
        """Beat each second, but not while a page hangs; give up when the parent is silent for too long."""
        while True:
            if not large_pages.hangs():
                self.reports.beat(self.crawling.owed())
            await asyncio.sleep(BEAT_SECONDS)
            if time.monotonic() - self.heard_at > ORPHANED_SECONDS:
                self.abandon()

    def abandon(self) -> None:
        """End every walk at once; what was read is saved."""
        self.crawling.on_signal(signal.SIGTERM)
        self.crawling.on_signal(signal.SIGTERM)
        self.retire()


def resident_bytes() -> int:
    """Memory of this process in bytes; its peak where the system does not tell the present."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()


if __name__ == "__main__":
    sys.exit(main())
