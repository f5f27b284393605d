"""`frontnews worker`: crawls on this machine what a clock has put into the queue of the shared database."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from commands.crawl_options import Deadline, Hosts, Silent
from commands.manners import Delay, manners
from commands.options import ExitCode, Settings, with_settings
from commands.problems import stop
from commands.schedule import say_at, seconds_of

PLACES = 16
"""Portals at once in one crawl process, as in a clock's."""


@with_settings
def worker(
    concurrency: Annotated[
        int | None,
        typer.Option("--concurrency", "-c", min=1, help="Portals at once (16 a crawl process)"),
    ] = None,
    hosts: Hosts = None,
    silent: Silent = 30.0,
    deadline: Deadline = "2h",
    delay: Delay = None,
    *,
    settings: Settings,
) -> None:
    """Crawl what `frontnews schedule run --queue cluster` hands out, on as many machines as you like.

    They share one PostgreSQL database and nothing else: a worker needs no registry.

    It runs until stopped (SIGTERM or Ctrl-C; twice: at once). See docs/cluster.md.
    """
    from crawler.running.cluster import NoQueue, check_queue
    from crawler.running.host_pool import PoolSettings
    from crawler.running.service import run_until_stopped
    from crawler.running.worker import Worker

    try:
        check_queue(settings.database)
    except NoQueue as problem:
        stop(str(problem), ExitCode.CONFIGURATION)
    processes = hosts or PoolSettings().hosts
    if concurrency is not None:
        processes = min(processes, concurrency)
    places = concurrency or processes * PLACES
    working = Worker(
        settings.database,
        manners(settings, delay),
        PoolSettings(
            hosts=processes, places=math.ceil(places / processes), silent=silent,
            deadline=seconds_of(deadline),
        ),
        places=places,
        say=(lambda _: None) if settings.quiet else say_at,
    )  # fmt: skip
    if code := run_until_stopped(working):
        raise typer.Exit(code)
