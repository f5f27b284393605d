"""Where the crawl meets the database: in threads, in batches, fenced by the run's lease.

Every call of ``crawler`` and ``spiders`` into storage goes through a Writer. A commit in the event loop
would stop every portal of the process (measured: 14.6 s against 3.3 s for 400 items), so none is made there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine

from crawler.archive.records import Context
from crawler.archive.writer import Archive
from crawler.reading.page import Page
from crawler.shared_batch import Share, SharedBatch
from storage import alarms, backfills, discoveries, frontier, run_pages, saving, takedowns
from storage.backfills import Position
from storage.discoveries import Found
from storage.engine import open_database
from storage.frontier import Known, Queued, SectionState
from storage.kept import Reason
from storage.portals import Portal
from storage.records import Sighting
from storage.run_pages import PastPages
from storage.saving import Saved

P = ParamSpec("P")
R = TypeVar("R")

PEACE_SECONDS = 0.2
"""How long reading lets SQLite's thread work alone. A batch of 100 articles takes 0.06 to 0.1 s then."""


class Writer:
    """One database, asked from threads. SQLite takes one writer at a time, so it gets one thread.

    ``archive`` is where the pages go that its portals are read from; None keeps none.
    """

    def __init__(self, engine: Engine, archive: Archive | None = None) -> None:
        self.engine = engine
        self.archive = archive
        threads = 1 if engine.dialect.name == "sqlite" else 4
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="database")
        self._shares_the_interpreter = threads == 1
        self._under_way = 0
        self._began = 0.0
        self._idle = asyncio.Event()
        self.batch = SharedBatch(self)

    @classmethod
    def open(cls, url: str) -> Writer:
        """Open the database at ``url``. Raises storage.engine.DatabaseProblem."""
        return cls(open_database(url))

    async def run(self, work: Callable[Concatenate[Engine, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run ``work(engine, …)`` in a thread and return what it returns or raises."""
        loop = asyncio.get_running_loop()
        if not self._under_way:
            self._began = time.monotonic()
            self._idle = asyncio.Event()
        self._under_way += 1
        try:
            return await loop.run_in_executor(self._threads, lambda: work(self.engine, *args, **kwargs))
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def peace(self) -> None:
        """Wait until SQLite's thread has nothing to do, for whoever is about to compute for long.

        It gives the interpreter back at every row, and has it again a millisecond later: a batch took a
        second beside the reading of pages, and takes a tenth alone; M (2026-11) 27,000 changes of threads
        for 1,800 pages, 5,900 so. A database that is locked, or on a slow disk, is waited for PEACE_SECONDS
        only. PostgreSQL works in a process of its own.
        """
        left = self._began + PEACE_SECONDS - time.monotonic()
        if self._shares_the_interpreter and self._under_way and left > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._idle.wait()

    def close(self) -> None:
        """Finish what is being written and let the database and the archive go."""
        self._threads.shutdown(wait=True)
        if self.archive is not None:
            self.archive.close()
        self.engine.dispose()


class Ledger:
    """What one portal's walk knows and leaves behind: its frontier, its known articles, its saved ones.

    Article addresses are queued before they are asked for and leave the queue in the transaction that
    saves them, so a killed run loses nothing. Every method may raise DatabaseProblem, and the writing ones
    LeaseLost once another run has taken this portal over.
    """

    def __init__(
        self,
        writer: Writer,
        portal: str,
        run_id: int,
        on_saved: Callable[[Sequence[Saved]], None],
        on_refused: Callable[[str, str], None],
    ) -> None:
        """``on_saved`` is told what storage made of each batch, ``on_refused`` of an article that it refused
        (address, reason)."""
        self.portal = portal
        self.run_id = run_id
        self._writer = writer
        self._share = Share(portal, run_id, on_saved, on_refused)

    async def peace(self) -> None:
        """Wait until a page may be read without holding up the database (Writer.peace)."""
        await self._writer.peace()

    async def known(self, keys: Collection[str]) -> dict[str, Known]:
        """Return what is known of the articles with these keys on the portal."""
        return await self._writer.run(frontier.known, self.portal, list(keys))

    async def recent(self, since: datetime) -> list[Known]:
        """Return the stored articles that were published after ``since``."""
        return await self._writer.run(frontier.recent, self.portal, since)

    async def pending(self) -> list[Queued]:
        """Return what an interrupted or failed run left to be fetched, oldest first."""
        return await self._writer.run(frontier.pending, self.portal)

    async def queue(self, rows: Sequence[Queued]) -> None:
        """Remember addresses that are about to be fetched."""
        if rows:
            await self._writer.run(frontier.add, self.run_id, self.portal, list(rows))

    async def text_from(self, key: str) -> str | None:
        """Return where the paragraphs of a known article came from."""
        return await self._writer.run(frontier.text_from, self.portal, key)

    async def section_state(self, section: str) -> SectionState:
        """Return how far a section has been walked."""
        return await self._writer.run(frontier.section_state, self.portal, section)

    async def set_section_state(self, section: str, state: SectionState) -> None:
        """Remember how far a section has been walked."""
        await self._writer.run(
            frontier.set_section_state,
            self.run_id,
            self.portal,
            section,
            complete=state.complete,
            last_page=state.last_page,
        )

    async def positions(self, backfill: str) -> dict[str, Position]:
        """Return how far a backfill has come, by section."""
        return await self._writer.run(backfills.positions, self.portal, backfill)

    async def keep_position(self, backfill: str, position: Position) -> None:
        """Remember how far a backfill has come in a section."""
        await self._writer.run(backfills.keep, self.run_id, self.portal, backfill, position)

    async def forget_positions(self, backfill: str) -> None:
        """Forget a backfill that has come to its end."""
        await self._writer.run(backfills.forget, self.run_id, self.portal, backfill)

    async def discovery(self) -> Found | None:
        """Return what first discovery found on the portal, in an earlier crawl."""
        return await self._writer.run(discoveries.recall, self.portal)

    async def keep_discovery(self, found: Portal, *, wide: bool) -> None:
        """Remember what first discovery found: the platform, sections and selectors of a record."""
        await self._writer.run(discoveries.keep, found, wide=wide)

    async def past_pages(self) -> PastPages:
        """Return what the pages of the runs before looked like."""
        return await self._writer.run(run_pages.past, self.portal, self.run_id)

    async def alarms_up(self) -> frozenset[str]:
        """Return the names of the portal's alarms that are pending or down."""
        up = await self._writer.run(alarms.read, portal=self.portal)
        return frozenset(alarm.name for alarm in up)

    async def failed(self, key: str, error: str, message: str) -> None:
        """Keep an address for the next run; storage counts the attempts and gives up in the end."""
        await self._writer.run(frontier.failed, self.run_id, self.portal, key, error, message)

    async def skipped(self, row: Queued, reason: str) -> None:
        """Remember why an article was left, so that it is not fetched again."""
        await self._writer.run(frontier.skipped, self.run_id, self.portal, [row], reason)

    async def dropped(self, key: str) -> None:
        """Forget an address without a trace: another crawl may want it."""
        await self._writer.run(frontier.done, self.run_id, self.portal, [key])

    async def unchanged(self, key: str, *, look: bool) -> None:
        """A known article is as it was (304): only its last sight moves. ``look``: as in Sighting."""
        await self._writer.run(saving.touch, self.run_id, self.portal, [key], look=look)

    async def missing(self, key: str, reason: Reason) -> None:
        """A known article's page is not there any more; storage decides when to believe it."""
        await self._writer.run(takedowns.note_missing, self.run_id, self.portal, [key], reason)

    async def archive(self, page: Page, context: Context) -> Page:
        """Put a page into the archive and return it with its digest; the next batch commits its index row."""
        archived = await self._writer.archive.keep(page, context) if self._writer.archive else None
        if archived is None:
            return page
        self._writer.batch.add_page(self._share, archived)
        return page.with_digest(archived.digest)

    async def save(self, sighting: Sighting) -> None:
        """Take an article for the next batch, and save the batch if it is full or old."""
        await self._writer.batch.add(self._share, sighting)

    async def flush(self) -> None:
        """Save what is in hand. It stays in hand, and its addresses queued, if that fails."""
        await self._writer.batch.flush(self._share)

    async def flush_old(self) -> None:
        """Save what has waited long enough, where no walk of the process has brought an article since."""
        if self._writer.batch.is_old:
            await self.flush()

    def close(self) -> None:
        """Let go of what could not be saved."""
        self._writer.batch.leave(self._share)


class DryLedger(Ledger):
    """A ledger that only reads: for ``--dry-run``. Without a database it knows nothing."""

    def __init__(self, writer: Writer | None, portal: str) -> None:
        self._reader = writer
        self.portal = portal

    async def peace(self) -> None:
        """Nothing is written that could be held up."""

    async def known(self, keys: Collection[str]) -> dict[str, Known]:
        """Return what is known of the articles with these keys."""
        if self._reader is None:
            return {}
        return await self._reader.run(frontier.known, self.portal, list(keys))

    async def recent(self, since: datetime) -> list[Known]:  # noqa: ARG002
        """Nothing: a dry run looks at the listings alone."""
        return []

    async def pending(self) -> list[Queued]:
        """Nothing: a dry run looks at the listings alone."""
        return []

    async def past_pages(self) -> PastPages:
        """Nothing: a dry run reads no articles twice."""
        return PastPages()

    async def alarms_up(self) -> frozenset[str]:
        """Nothing: a dry run judges nothing."""
        return frozenset()

    async def text_from(self, key: str) -> str | None:
        """Return where the paragraphs of a known article came from."""
        return None if self._reader is None else await self._reader.run(frontier.text_from, self.portal, key)

    async def queue(self, rows: Sequence[Queued]) -> None:
        """Write nothing."""

    async def section_state(self, section: str) -> SectionState:
        """Return how far a section has been walked."""
        if self._reader is None:
            return SectionState(complete=False, last_page=0)
        return await self._reader.run(frontier.section_state, self.portal, section)

    async def set_section_state(self, section: str, state: SectionState) -> None:
        """Write nothing."""

    async def positions(self, backfill: str) -> dict[str, Position]:  # noqa: ARG002
        """Nothing: a dry run begins at the top."""
        return {}

    async def keep_position(self, backfill: str, position: Position) -> None:
        """Write nothing."""

    async def forget_positions(self, backfill: str) -> None:
        """Write nothing."""

    async def discovery(self) -> Found | None:
        """Return what first discovery found on the portal, in an earlier crawl."""
        return None if self._reader is None else await self._reader.run(discoveries.recall, self.portal)

    async def keep_discovery(self, found: Portal, *, wide: bool) -> None:
        """Write nothing."""

    async def failed(self, key: str, error: str, message: str) -> None:
        """Write nothing."""

    async def skipped(self, row: Queued, reason: str) -> None:
        """Write nothing."""

    async def dropped(self, key: str) -> None:
        """Write nothing."""

    async def unchanged(self, key: str, *, look: bool) -> None:
        """Write nothing."""

    async def missing(self, key: str, reason: Reason) -> None:
        """Write nothing."""

    async def archive(self, page: Page, context: Context) -> Page:  # noqa: ARG002
        """Write nothing."""
        return page

    async def save(self, sighting: Sighting) -> None:
        """Write nothing."""

    async def flush(self) -> None:
        """Write nothing."""

    async def flush_old(self) -> None:
        """Write nothing."""

    def close(self) -> None:
        """Nothing is in hand."""
