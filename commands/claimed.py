"""A crawl by hand beside a running clock: it claims the portal as a clock does, so that no two meet."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime

import typer
from sqlalchemy import Engine

from commands.options import Settings
from commands.output import write_json, write_table
from commands.problems import say
from commands.progress import RESULT_HEAD, result_rows, watcher
from crawler.running.host_pool import server_group
from crawler.running.options import CrawlOptions
from crawler.running.tally import exit_code
from storage import claims, runs
from storage.portals import Portal

BEAT_SECONDS = 10.0
LOOK_AGAIN = 1.0
"""Seconds between two looks at whether the portal's server is free."""


def crawl_claimed(engine: Engine, portal: Portal, options: CrawlOptions, settings: Settings) -> None:
    """Crawl one portal now, in this process, and end with the exit code of what came of it.

    Waits while another portal of its server is being crawled. Raises storage.runs.AlreadyRunning.
    """
    from crawler.running.crawl import crawl

    running = next((run for run in runs.list_runs(engine, portal=portal.id, limit=1)), None)
    if running is not None and running.status == "running" and not _silent(running):
        raise runs.AlreadyRunning(portal.id, running.owner, running.started_at)
    with dispatcher(engine) as owner:
        _claim(engine, owner, portal)
        try:
            with watcher(quiet=settings.quiet) as show:
                results = crawl([portal], options, settings.database, show)
        finally:
            cooling = max(options.delay, portal.delay or 0.0)
            claims.settle(engine, owner, portal.id, datetime.now(UTC), cooling=cooling)
    if settings.json:
        write_json(asdict(result) for result in results)
    else:
        write_table(RESULT_HEAD, result_rows([portal], results), numbers=frozenset(RESULT_HEAD[2:]))
    if code := exit_code(results):
        raise typer.Exit(code)


@contextlib.contextmanager
def dispatcher(engine: Engine) -> Iterator[str]:
    """Be one who may hold claims, for as long as this lasts."""
    owner = f"{socket.gethostname()}:{os.getpid()}"
    claims.join(engine, owner, "command", datetime.now(UTC))
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT_SECONDS):
            claims.beat(engine, owner)

    beating = threading.Thread(target=beat, daemon=True)
    beating.start()
    try:
        yield owner
    finally:
        ended.set()
        beating.join()
        claims.leave(engine, owner, datetime.now(UTC))


def _claim(engine: Engine, owner: str, portal: Portal) -> None:
    group = server_group(portal.url)
    told = ""
    while True:
        obstacle = claims.claim(engine, owner, portal.id, datetime.now(UTC))
        if obstacle is None and claims.place(engine, owner, {portal.id: group}, datetime.now(UTC)):
            return
        if obstacle is not None and obstacle.holder is not None:
            raise runs.AlreadyRunning(portal.id, obstacle.holder, obstacle.since)
        waits_for = f"{portal.id} waits: another portal of its server {group} is being crawled"
        if waits_for != told:
            say(told := waits_for)
        time.sleep(LOOK_AGAIN)


def _silent(run: runs.RunRow) -> bool:
    return (datetime.now(UTC) - run.heartbeat_at).total_seconds() > runs.LEASE_SECONDS


def manual(settings: Settings, delay: float | None) -> CrawlOptions:
    """The options of a crawl by hand."""
    options = CrawlOptions(
        allow_addresses=tuple(str(network) for network in settings.allow), archive=settings.archive_name
    )
    return options if delay is None else replace(options, delay=delay)
