"""A crawl by hand beside a running clock: it claims the portal as a clock does, so that no two meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime

import typer
from sqlalchemy import Engine

from commands.options import Settings
from commands.output import write_json, write_table
from commands.problems import say
from commands.progress import RESULT_BELOW, RESULT_HEAD, result_rows, watcher
from crawler.running.dispatchers import dispatcher
from crawler.running.options import CrawlOptions, OnEvent, PortalResult
from crawler.running.owners import is_gone
from crawler.running.tally import exit_code
from storage import runs, schedules, takeover
from storage.columns import is_unheard
from storage.engine import is_made, open_database
from storage.portals import Portal
from storage.server_slots import QUEUE


def crawl_claimed(engine: Engine, portal: Portal, options: CrawlOptions, settings: Settings) -> None:
    """Crawl one portal now, in this process, and end with the exit code of what came of it.

    Waits while another portal of its server is being crawled. Raises storage.runs.AlreadyRunning.
    """
    takeover.bury(engine, datetime.now(UTC), is_gone)
    refuse_if_running(engine, portal)
    with watcher(quiet=settings.quiet) as show:
        results = crawl_together(engine, [portal], options, settings, show)
    if settings.json:
        write_json(asdict(result) for result in results)
    else:
        write_table(
            RESULT_HEAD,
            result_rows([portal], results),
            numbers=frozenset(RESULT_HEAD[2:]),
            below=RESULT_BELOW,
        )
    if code := exit_code(results):
        raise typer.Exit(code)


def crawl_together(
    engine: Engine, portals: Sequence[Portal], options: CrawlOptions, settings: Settings, on_event: OnEvent
) -> list[PortalResult]:
    """Crawl portals in this process, each while no other process asks its server; one result each. A backfill
    lets crawls that are due go first, again and again."""
    from crawler.running.crawl import crawl
    from crawler.running.slots import SecondLane, Slots

    with dispatcher(engine) as owner:
        lane = SecondLane if options.is_backfill else Slots
        slots = lane(engine, owner, options.delay, say, dry_run=options.dry_run)
        return crawl(portals, options, settings.database, on_event, slots)


def try_out(
    portals: Sequence[Portal], options: CrawlOptions, settings: Settings, on_event: OnEvent
) -> list[PortalResult]:
    """Crawl portals without storing anything, as politely as if it were stored; one result each."""
    from crawler.running.crawl import crawl

    with shared(settings) as engine:
        if engine is not None:
            return crawl_together(engine, portals, options, settings, on_event)
        return crawl(portals, options, settings.database, on_event)


@contextmanager
def server_turn(url: str, options: CrawlOptions, settings: Settings) -> Iterator[None]:
    """Wait until no other process asks the server of ``url``, and keep it from them while this lasts.

    Raises storage.engine.DatabaseProblem.
    """
    from crawler.running.slots import visited

    with shared(settings) as engine, ExitStack() as held:
        if engine is not None:
            held.enter_context(visited(engine, url, options.delay, say))
        yield


@contextmanager
def shared(settings: Settings) -> Iterator[Engine | None]:
    """The database in which all processes take their servers. None where there is none, and so no others, and
    where it is of another release."""
    from storage.migrate import is_current

    if not is_made(settings.database):
        yield None
        return
    engine = open_database(settings.database)
    try:
        current = is_current(engine)
        if not current:
            say("the database is of another release: whether a clock asks the same servers cannot be told")
        yield engine if current else None
    finally:
        engine.dispose()


def refuse_if_running(engine: Engine, portal: Portal) -> None:
    """Raise storage.runs.AlreadyRunning where somebody has the portal in hand; the queue is nobody yet."""
    running = next((run for run in runs.list_runs(engine, portal=portal.id, limit=1)), None)
    if running is not None and running.status == "running" and not _silent(running):
        raise runs.AlreadyRunning(portal.id, running.owner, running.started_at)
    for schedule in schedules.read(engine, [portal.id]):
        if schedule.claimed_by not in (None, QUEUE) and schedule.claimed_at is not None:
            raise runs.AlreadyRunning(portal.id, schedule.claimed_by, schedule.claimed_at)


def _silent(run: runs.RunRow) -> bool:
    return is_unheard(run.heartbeat_at, datetime.now(UTC))
