"""The run of one portal: its lease, its heartbeat, its end. Whatever happens inside, a result comes out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict

from crawler.fetching.outcomes import UNREACHABLE
from crawler.logging import bind, unbind
from crawler.running import adaptive
from crawler.running.adaptive import Miss, Poll
from crawler.running.event_log import EventLog
from crawler.running.expectations import Observed, unmet
from crawler.running.options import CrawlOptions, PortalResult, Verdict
from crawler.running.owners import is_gone, this_process
from crawler.running.tally import Tally, outcome_of
from crawler.running.telling import TOLD, line_of
from crawler.running.watching import watch
from crawler.saving import DryLedger, Ledger, Writer
from crawler.utc import utc_now
from storage import history, rhythms, runs
from storage.engine import DatabaseProblem
from storage.history import History
from storage.lease import BEAT_SECONDS
from storage.portals import Portal
from storage.run_events import Level
from storage.said import Said
from vietnam import tet

logger = logging.getLogger(__name__)

_LEVELS: dict[Verdict, Level] = {
    "new": "info", "nothing_new": "info", "cancelled": "info", "failed": "error", "lost": "error",
}  # fmt: skip

_UNANSWERED: set[str] = set()
"""Tokens of runs of this process of which the database did not answer that they have begun, or ended.

Nobody crawls under them. One that stands as running all the same keeps no later crawl of ours waiting."""

_REST = "what was read is saved, the next crawl fetches the rest"


async def run_portal(
    portal: Portal,
    options: CrawlOptions,
    writer: Writer | None,
    tally: Tally,
    walk: Callable[[Ledger], Awaitable[None]],
) -> PortalResult:
    """Crawl one portal under its lease and return what it came to; raise nothing.

    ``walk`` does the crawling and counts in ``tally``. Cancelling this coroutine ends the run as
    ``cancelled``: what was read is saved, the rest stays queued. ``writer`` may be None in a dry run only.
    """
    began, began_at = time.monotonic(), utc_now()
    if options.dry_run or writer is None:
        await _guarded(walk(DryLedger(writer, portal.id)), tally)
        await _guarded(_judge(writer, portal, options, tally), tally)
        return result(tally, None, time.monotonic() - began)
    try:
        run = await _begin(writer, portal.id, options)
    except runs.AlreadyRunning as error:
        return PortalResult(portal.id, "failed", message=str(error), already_running=True)
    except DatabaseProblem as error:
        tally.stop("store_failed", str(error))
        return result(tally, None, time.monotonic() - began)

    ledger = Ledger(writer, portal.id, run.id, tally.saved, tally.refused)
    bind(portal=portal.id, run_id=run.id)  # this coroutine runs in a task of its own
    log = EventLog(writer, run.id, tally.on_event)
    begun = Said("event.started", {"trigger": options.trigger, "owner": this_process()})
    log.note("info", "started", portal.url, f"{options.trigger}, by {this_process()}", begun)
    tally.on_event = log.hear
    await _guarded(_beating(walk(ledger), _heart(ledger, log, writer, run.id, tally)), tally)
    unbind("url")
    await _guarded(ledger.flush(), tally)
    ledger.close()
    await _guarded(_judge(writer, portal, options, tally), tally)
    if options.whole:
        await _guarded(watch(writer, portal, run.id, tally), tally)
    await _guarded(_learn(writer, portal, run.id, outcome_of(tally, options, began_at)), tally)
    done = result(tally, run.id, time.monotonic() - began)
    counts = {name: getattr(done, name) for name in TOLD}
    ended = Said("event.finished", {"verdict": done.verdict, "seconds": done.seconds, **counts})
    log.note(_LEVELS.get(done.verdict, "warning"), "finished", None, line_of(done), ended)
    await _guarded(log.flush(), tally)
    filled = dict(tally.filled) if options.whole else None
    await _guarded(_finish(writer, run, tally, done, filled), tally)
    return result(tally, run.id, done.seconds)


async def _begin(writer: Writer, portal: str, options: CrawlOptions) -> runs.Run:
    """Take the lease. Raises AlreadyRunning.

    At once also from a process of this machine that was killed, and from an earlier run of this process that
    the database has kept without our hearing of it.
    """
    try:
        return await _ask_to_begin(writer, portal, options)
    except runs.AlreadyRunning as error:
        if error.token in _UNANSWERED:
            why = "the database did not answer its worker, which has begun anew"
        elif error.owner is not None and is_gone(error.owner):
            why = "its process was killed"
        else:
            raise
        await writer.run(runs.declare_lost, portal, error.owner or "", why, token=error.token)
        _UNANSWERED.discard(error.token or "")
    return await _ask_to_begin(writer, portal, options)


async def _ask_to_begin(writer: Writer, portal: str, options: CrawlOptions) -> runs.Run:
    token = runs.new_token()
    try:
        return await writer.run(
            runs.begin, portal, trigger=options.trigger, owner=this_process(), token=token
        )
    except (DatabaseProblem, asyncio.CancelledError):
        _UNANSWERED.add(token)
        raise


async def _guarded(work: Awaitable[object], tally: Tally) -> None:
    """Await ``work`` and turn whatever ends it into the tally's reason."""
    try:
        await work
    except runs.LeaseLost as error:
        tally.stop("lost", str(error))
    except DatabaseProblem as error:
        tally.stop("store_failed", str(error))
    except runs.CancelAsked as asked:
        tally.stop("cancelled", f"{asked}; {_REST}")
    except asyncio.CancelledError:
        tally.stop("cancelled", f"stopped; {_REST}")
    except Exception as error:
        logger.exception("a fault of the crawler itself")
        tally.stop("internal", f"{type(error).__name__}: {error}")


async def _beating(walk: Awaitable[None], heart: Awaitable[None]) -> None:
    """Walk with a heartbeat beside it; a heart that stops (lease or database gone) ends the walk."""
    walking = asyncio.ensure_future(walk)
    beating = asyncio.ensure_future(heart)
    try:
        await asyncio.wait({walking, beating}, return_when=asyncio.FIRST_COMPLETED)
        await (walking if walking.done() else beating)
    finally:
        walking.cancel()
        beating.cancel()
        await asyncio.gather(walking, beating, return_exceptions=True)


async def _heart(ledger: Ledger, log: EventLog, writer: Writer, run_id: int, tally: Tally) -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        await ledger.flush_old()
        await log.flush()
        await writer.run(runs.beat, run_id, tally.counts.as_dict())


async def _learn(writer: Writer, portal: Portal, run_id: int, outcome: Poll | Miss | None) -> None:
    if outcome is not None:
        await writer.run(adaptive.teach, portal.id, portal.owner, outcome, utc_now(), run_id=run_id)


async def _judge(writer: Writer | None, portal: Portal, options: CrawlOptions, tally: Tally) -> None:
    """Hold a run that ended by itself against what is expected of its portal."""
    cut_short = tally.stopped is not None or any(error in UNREACHABLE for error in tally.errors)
    if cut_short or not options.whole or not any(section.pages for section in tally.sections.values()):
        return
    now = utc_now()
    past = await writer.run(history.read, portal.id, now) if writer else History()
    age = None
    if past.newest_at is not None and writer is not None:
        festive = tet.spans(past.newest_at, now)
        closed = await writer.run(rhythms.closed_seconds, portal.id, past.newest_at, now, also=festive)
        age = ((now - past.newest_at).total_seconds() - closed) / 86400
    observed = Observed(tally.counts.listed, tally.filled, age)
    tally.unmet = unmet(portal, observed, past)
    tally.newest_age, tally.gaps = age, past.gaps


async def _finish(
    writer: Writer, run: runs.Run, tally: Tally, done: PortalResult, filled: dict[str, int] | None
) -> None:
    if tally.stopped == "lost":
        return
    drift = ({"name": each.name, "observed": each.observed, "bound": each.bound} for each in tally.drift)
    try:
        await writer.run(
            runs.finish,
            run.id,
            verdict=done.verdict,
            counts=tally.counts.as_dict(),
            errors=dict(tally.errors),
            message=done.message,
            said=[each.as_row() for each in tally.said()],
            sections={path: section.as_dict() for path, section in tally.sections.items()},
            filled=filled,
            unmet=[*(asdict(each) for each in tally.unmet), *drift],
        )
    except DatabaseProblem:
        _UNANSWERED.add(run.token)
        raise


def result(tally: Tally, run_id: int | None, seconds: float) -> PortalResult:
    """Return the tally as the result of a run."""
    counts = tally.counts
    verdict = tally.verdict()
    return PortalResult(
        tally.portal,
        verdict,
        listed=counts.listed,
        fetched=counts.fetched,
        new=counts.new,
        changed=counts.changed,
        unchanged=counts.unchanged + counts.not_modified,
        copies=counts.copies,
        stories=counts.stories,
        failed=counts.failed,
        errors=dict(tally.errors),
        seconds=round(seconds, 3),
        message=tally.explanation(),
        off_topic=counts.off_topic,
        run_id=run_id,
    )
