"""The batch that all portals of a process save together: one transaction for what many polite walks bring.

A walk that asks every two seconds has one article when its batch falls due, and sixty-four of them sixty-four
commits, each syncing the archive and asking the same dozen questions. Together they are one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storage import frontier, saving
from storage.archive import ArchivedPage
from storage.engine import DatabaseProblem
from storage.records import Sighting
from storage.runs import LeaseLost, lost
from storage.saving import Saved

if TYPE_CHECKING:
    from crawler.saving import Writer

logger = logging.getLogger(__name__)

BATCH = 100
"""Articles a commit. 20-50 is where both databases stop gaining much (engine.md, section 4), but what a batch
costs whatever is in it is paid by all portals once; the lock is held for some 0.1 s."""

BATCH_SECONDS = 2.0
"""An article waits no longer than this for its commit while any walk brings others, else up to a heartbeat
more (storage.lease.BEAT_SECONDS)."""


@dataclass(slots=True, eq=False)
class Share:
    """What one run has read and the database has not yet.

    ``on_saved`` is told what storage made of a batch, ``on_refused`` of an article that it refused (address,
    reason).
    """

    portal: str
    run_id: int
    on_saved: Callable[[Sequence[Saved]], None]
    on_refused: Callable[[str, str], None]
    sightings: list[Sighting] = field(default_factory=list)
    pages: list[ArchivedPage] = field(default_factory=list)
    fault: Exception | None = None
    """Why nothing more of this run is saved: its lease is lost, or its listener failed."""


class SharedBatch:
    """The shares of all runs of one process. What cannot be saved stays in hand, and its addresses queued."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._shares: dict[Share, None] = {}
        self._saving = asyncio.Lock()
        self._waiting = 0
        self._began = 0.0

    async def add(self, share: Share, sighting: Sighting) -> None:
        """Take an article for the next commit, and save them all if they are many or old. Raises as flush."""
        self._note(share)
        share.sightings.append(sighting)
        self._waiting += 1
        if self._waiting >= BATCH or self.is_old:
            await self.flush(share)

    def add_page(self, share: Share, page: ArchivedPage) -> None:
        """Take an archived page's index row, which is written with the next commit."""
        self._note(share)
        share.pages.append(page)

    @property
    def is_old(self) -> bool:
        """Whether something has waited for longer than BATCH_SECONDS."""
        return bool(self._began) and time.monotonic() - self._began >= BATCH_SECONDS

    @property
    def is_saving(self) -> bool:
        """Whether a commit is under way."""
        return self._saving.locked()

    async def flush(self, share: Share) -> None:
        """Save everything that is in hand, of all runs.

        Raises DatabaseProblem, and what ``share`` alone has met: LeaseLost, or a fault of its listener.
        """
        # Who waits for it may be cancelled; the others must hear all the same what became of theirs.
        await asyncio.shield(asyncio.ensure_future(self._flush()))
        if share.fault is not None:
            raise share.fault

    def leave(self, share: Share) -> None:
        """Forget a run that has ended: what could not be saved of it is queued for the next one."""
        self._shares.pop(share, None)

    def _note(self, share: Share) -> None:
        self._shares[share] = None
        self._began = self._began or time.monotonic()

    async def _flush(self) -> None:
        async with self._saving:
            taken = {share: [*share.sightings] for share in self._shares if share.fault is None}
            pages = {share: [*share.pages] for share in self._shares}
            self._waiting, self._began = 0, 0.0
            try:
                rows = await self._on_the_disk([page for some in pages.values() for page in some])
                saved = await self._save({share: some for share, some in taken.items() if some}, rows)
            except BaseException:
                self._waiting, self._began = sum(map(len, taken.values())), time.monotonic()
                raise
            for share, kept in pages.items():
                del share.pages[: len(kept)]
            for share, some in taken.items():
                del share.sightings[: len(some)]
                self._tell(share, saved.get(share, []))
            for share in [share for share in self._shares if not share.sightings and not share.pages]:
                del self._shares[share]

    async def _on_the_disk(self, pages: list[ArchivedPage]) -> list[ArchivedPage]:
        """Return the pages whose bytes are on the disk; only these may stand in the index.

        The crawl goes on without the others: `archive verify --repair` indexes those that are there all the
        same.
        """
        if pages and self._writer.archive is not None:
            try:
                await self._writer.archive.sync()
            except OSError as error:
                said = "the archive was not synced (%s); %d pages are not in its index"
                logger.error(said, error.strerror or error, len(pages))
                return []
        return pages

    async def _save(
        self, taken: dict[Share, list[Sighting]], pages: list[ArchivedPage]
    ) -> dict[Share, list[Saved]]:
        """Save all in one transaction; where it does not take them all, run by run, article by article."""
        if not taken and not pages:
            return {}
        try:
            return await self._save_together(taken, pages)
        except DatabaseProblem:
            raise
        except Exception:
            logger.exception("a batch that cannot be saved as a whole")
        saved = await self._save_together({}, pages)
        for share, sightings in taken.items():
            try:
                saved |= await self._save_together({share: sightings})
            except DatabaseProblem:
                raise
            except Exception:
                saved[share] = await self._save_each(share, sightings)
        return saved

    async def _save_each(self, share: Share, sightings: Sequence[Sighting]) -> list[Saved]:
        """Save articles one by one, so that one that storage refuses does not take the others with it."""
        saved: list[Saved] = []
        for sighting in sightings:
            try:
                saved += (await self._save_together({share: [sighting]})).get(share, [])
            except DatabaseProblem:
                raise
            except Exception as error:
                reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
                try:
                    failed = (share.portal, sighting.key, "schema_invalid", reason)
                    await self._writer.run(frontier.failed, share.run_id, *failed)
                    share.on_refused(sighting.article.url, reason)
                except DatabaseProblem:
                    raise
                except Exception as fault:  # the lease was lost meanwhile: of this run alone
                    share.fault = fault
                    break
        return saved

    async def _save_together(
        self, taken: Mapping[Share, Sequence[Sighting]], pages: Sequence[ArchivedPage] = ()
    ) -> dict[Share, list[Saved]]:
        """Save in one transaction; runs whose lease is lost are noted, and missing from the answer."""
        of_runs = {share.run_id: sightings for share, sightings in taken.items()}
        saved = await self._writer.run(saving.save_runs, of_runs, pages)
        for share in taken:
            if share.run_id not in saved:
                share.fault = LeaseLost(lost(share.run_id))
        return {share: saved[share.run_id] for share in taken if share.run_id in saved}

    def _tell(self, share: Share, saved: Sequence[Saved]) -> None:
        if saved:
            try:
                share.on_saved(saved)
            except Exception as error:  # of its own run alone
                share.fault = error
