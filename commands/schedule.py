"""`frontnews schedule`: the clock, and when each portal is next due and why."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.archive_options import KeepDays, MaxSize, retention_of
from commands.crawl_options import Deadline, Hosts, Silent
from commands.data import midnight, parse_day
from commands.manners import Delay, manners
from commands.options import DEFAULT_DATABASE, ExitCode, Settings, with_settings
from commands.output import ZONE, local, write_json, write_table
from commands.problems import say, stop
from commands.recipients import recipients
from commands.store import opened, registry_of
from crawler.archive.files import folder_of
from storage.said import many
from storage.timetable import Schedule, Window, check_cron, check_quiet_hours, duration, parse_duration
from vietnam.stamps import VIETNAM

if TYPE_CHECKING:
    from sqlalchemy import Engine

logger = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, help="Run the clock; see and set when portals are crawled.")


class Place(StrEnum):
    """Where a clock has its portals crawled."""

    LOCAL = "local"
    CLUSTER = "cluster"


DEMO_FOLDER = Path("data/demo")
DEMO_EVERY = 60
DEMO_TICK = 2.0
DEMO_OUTLOOK = 15.0
"""Seconds: all are crawled within the first minute, and whoever watches is told what comes next."""
HOUR = 3600.0
DEMO_HINT = "each portal is crawled again and again; Ctrl-C stops in good order"


@app.command()
@with_settings
def run(
    demo: Annotated[
        bool, typer.Option("--demo", help="Serve the demo portals and crawl them, once a minute each")
    ] = False,
    every: Annotated[
        str | None,
        typer.Option("--every", metavar="TIME", help="Interval of new portals \\[default: their rhythm]"),
    ] = None,
    queue: Annotated[
        Place,
        typer.Option(
            "--queue",
            envvar="FRONTNEWS_QUEUE",
            help="Crawl on this machine, or by the workers of a cluster (`frontnews worker`)",
        ),
    ] = Place.LOCAL,
    hosts: Hosts = None,
    places: Annotated[int, typer.Option("--places", min=1, help="Portals at once in each")] = 16,
    tick: Annotated[float, typer.Option("--tick", min=0.5, help="Seconds between two looks")] = 15.0,
    silent: Silent = 30.0,
    deadline: Deadline = "2h",
    delay: Delay = None,
    no_archive: Annotated[bool, typer.Option("--no-archive", help="Keep no copy of the pages")] = False,
    keep_days: KeepDays = None,
    max_size: MaxSize = None,
    check_every: Annotated[
        str, typer.Option("--check-every", metavar="TIME", help="Look at each portal's record; 0: never")
    ] = "7d",
    *,
    settings: Settings,
) -> None:
    """Crawl every portal when it is due, until stopped (SIGTERM or Ctrl-C; twice: at once)."""
    from crawler.running.cluster import NoQueue, QueueDispatcher, check_queue
    from crawler.running.host_pool import PoolSettings
    from crawler.running.service import run_until_stopped
    from scheduler import Clock, ClockSettings

    pool = PoolSettings(places=places, silent=silent, deadline=seconds_of(deadline))
    if hosts is not None:
        pool = dataclasses.replace(pool, hosts=hosts)
    how = ClockSettings(
        tick=tick,
        every=seconds_of(every) if every is not None else None,
        retention=retention_of(keep_days, max_size),
        pool=pool,
        notifying=recipients(settings),
        check_every=timedelta(seconds=seconds_of(check_every)) if check_every != "0" else None,
    )
    with contextlib.ExitStack() as ends:
        if demo:
            settings = ends.enter_context(demo_portals(settings))
            often = how.every or DEMO_EVERY
            how = dataclasses.replace(
                how, tick=DEMO_TICK, every=often, outlook=min(DEMO_OUTLOOK, float(often))
            )
            delay = 0.0 if delay is None else delay
        if queue is Place.CLUSTER:
            try:
                check_queue(settings.database)
            except NoQueue as problem:
                stop(str(problem), ExitCode.CONFIGURATION)
        tell: Callable[[str], None] = (lambda _: None) if settings.quiet else say_at
        if demo and sys.stderr.isatty() and not settings.quiet and not os.environ.get("FRONTNEWS_LOG"):
            tell = ends.enter_context(demo_table(settings))
            how = dataclasses.replace(how, outlook=HOUR)  # the table says it all the time
        options = manners(settings, delay)
        if no_archive:
            options = dataclasses.replace(options, archive=None)
        clock = Clock(
            settings.database,
            lambda: list(registry_of(settings)),
            options,
            how,
            say=tell,
            dispatcher=QueueDispatcher if queue is Place.CLUSTER else None,
        )
        tell(f"the clock runs on {settings.database.rpartition('@')[2]}; stop it with Ctrl-C or SIGTERM")
        code = run_until_stopped(clock)
    if code:
        raise typer.Exit(code)


@app.command("list")
@with_settings
def list_(
    names: Annotated[list[str] | None, typer.Argument(metavar="PORTAL")] = None,
    paused: Annotated[bool, typer.Option("--paused", help="Only those that are paused")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="The first so many")] = None,
    *,
    settings: Settings,
) -> None:
    """When each portal is next due, and why; the next one first."""
    with scheduled(settings) as engine:
        from storage.schedules import crawled, read

        rows = read(engine, portal_ids(names, settings)) if names else crawled(engine, datetime.now(UTC))
        rows = [row for row in rows if not (paused and row.enabled)][:limit]
        show(rows, settings)


@app.command()
@with_settings
def due(*, settings: Settings) -> None:
    """The portals that are due now, and those that are being crawled."""
    from storage.schedules import crawled, state

    with scheduled(settings) as engine:
        now = datetime.now(UTC)
        show([row for row in crawled(engine, now) if state(row, now) in ("due", "running")], settings)


@app.command("set")
@with_settings
def set_(
    names: Annotated[list[str] | None, typer.Argument(metavar="PORTAL")] = None,
    every: Annotated[str | None, typer.Option("--every", metavar="TIME", help="30min, 4h, 1d")] = None,
    cron: Annotated[
        str | None, typer.Option("--cron", metavar="CRON", help="'30 6 * * 1-5', in Vietnam's time")
    ] = None,
    adaptive: Annotated[bool, typer.Option("--adaptive", help="By the rhythm that is learnt of it")] = False,
    quiet_hours: Annotated[
        str | None, typer.Option("--quiet-hours", metavar="FROM-UNTIL", help="22:00-05:00; '' for none")
    ] = None,
    every_portal: Annotated[bool, typer.Option("--all", help="All portals")] = False,
    *,
    settings: Settings,
) -> None:
    """Set when portals are crawled; a clock that runs heeds it at its next look."""
    from commands.audited import write_down
    from crawler.running.adaptive import Rhythms
    from storage.schedules import Change, change, read

    if sum((every is not None, cron is not None, adaptive)) > 1:
        stop("say one of --every, --cron and --adaptive", ExitCode.USAGE)
    changes: Change = {}
    try:
        if every is not None:
            changes |= {"kind": "interval", "interval_seconds": parse_duration(every)}
        if cron is not None:
            changes |= {"kind": "cron", "cron": check_cron(cron)}
        if adaptive:
            changes["kind"] = "adaptive"
        if quiet_hours is not None:
            changes["quiet_hours"] = check_quiet_hours(quiet_hours) or None
    except ValueError as problem:
        stop(str(problem), ExitCode.USAGE)
    if not changes or not (names or every_portal):
        stop("name portals (or say --all), and what is to change", ExitCode.USAGE)
    with scheduled(settings) as engine:
        wanted = portal_ids(names or (), settings) or [row.portal for row in read(engine)]
        now = datetime.now(UTC)
        due_by_rhythm = Rhythms(engine).due
        changed = [change(engine, portal, now, adaptive=due_by_rhythm, **changes) for portal in wanted]
        for portal in wanted:
            write_down(engine, "schedule", portal, changes)
        show(changed, settings)


@app.command()
@with_settings
def window(
    name: Annotated[str | None, typer.Argument(help="A name, such as tet-2027")] = None,
    begins: Annotated[str | None, typer.Argument(metavar="FROM", help="First day")] = None,
    ends: Annotated[str | None, typer.Argument(metavar="UNTIL", help="Last day")] = None,
    portal: Annotated[str | None, typer.Option("--portal", help="Only this one \\[default: all]")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take it away")] = False,
    *,
    settings: Settings,
) -> None:
    """Keep days on which nothing is crawled (Tết, a server's move); without arguments, list them."""
    from storage import schedules

    first, last = midnight(parse_day(begins)), midnight(parse_day(ends))
    with scheduled(settings) as engine:
        if name and remove:
            if not schedules.remove_window(engine, name):
                stop(f"there is no window {name}", ExitCode.USAGE)
        elif name:
            if first is None or last is None:
                stop("a window wants a name, its first day and its last", ExitCode.USAGE)
            whose = portal_ids([portal], settings) if portal else [None]
            try:
                schedules.add_window(engine, Window(name, first, last + timedelta(days=1), *whose))
            except ValueError as problem:
                stop(str(problem), ExitCode.USAGE)
        rows = schedules.windows(engine)
    if settings.json:
        write_json(dataclasses.asdict(row) for row in rows)
        return
    write_table(
        ("window", f"from {ZONE}", f"until {ZONE}", "portals"),
        ((row.name, local(row.begins_at), local(row.ends_at), row.portal or "all") for row in rows),
    )


def show(rows: Sequence[Schedule], settings: Settings) -> None:
    """Write schedules as a table, or as JSON lines."""
    from storage.schedules import state

    now = datetime.now(UTC)
    if settings.json:
        write_json(dataclasses.asdict(row) | {"state": state(row, now)} for row in rows)
        return
    write_table(
        ("portal", "state", f"next due {ZONE}", "in", "why", f"last begun {ZONE}"),
        (
            (
                row.portal,
                state(row, now),
                local(row.next_due_at) if row.enabled else "",
                duration(max(0.0, (row.next_due_at - now).total_seconds())) if row.enabled else "",
                row.due_reason if row.claimed_by is None else f"{row.due_reason}; now at {row.claimed_by}",
                local(row.last_dispatched_at),
            )
            for row in rows
        ),
        numbers=frozenset({"in"}),
        below=(f"last begun {ZONE}",),
    )
    say(many(len(rows), "portal"))


@app.command()
@with_settings
def release(
    host: Annotated[str, typer.Argument(metavar="HOST", help="As the hold names it: name or name:port")],
    *,
    settings: Settings,
) -> None:
    """Take the hold off a host before its time: for who knows that it may be asked again."""
    from commands.audited import write_down
    from storage import holds

    with opened(settings) as engine:
        until = holds.held_until(engine, host)
        if until is None:
            stop(f"{host} is not on hold", ExitCode.USAGE)
        holds.release(engine, host)
        write_down(engine, "release", host)
    say(f"{host} may be asked again; it was on hold until {local(until)} {ZONE}")


def say_at(line: str) -> None:
    """Say a line with the time of the day; on a terminal the verdict of a crawl stands out."""
    from commands.live import styled_line

    if os.environ.get("FRONTNEWS_LOG"):
        logger.info("%s", line)
    elif not sys.stderr.isatty():
        say(f"{datetime.now(VIETNAM):%H:%M:%S} {line}")
    else:
        from rich.console import Console

        Console(stderr=True, highlight=False).print(styled_line(line), soft_wrap=True)


def seconds_of(text: str) -> int:
    """Seconds of an option such as 4h; a usage error for what is none."""
    try:
        return parse_duration(text)
    except ValueError as problem:
        stop(str(problem), ExitCode.USAGE)


def portal_ids(names: Sequence[str], settings: Settings) -> list[str]:
    """The ids of the portals that somebody names. Raises spiders.registry.UnknownPortal."""
    registry = registry_of(settings)
    return [registry.get(name).id for name in names]


@contextlib.contextmanager
def scheduled(settings: Settings) -> Iterator[Engine]:
    """The database with the registry's portals in it and a schedule for each."""
    from crawler.reading.urls import site_of
    from crawler.running.adaptive import Rhythms
    from storage import portal_table, schedules

    portals = list(registry_of(settings))
    with opened(settings) as engine:
        portal_table.sync(engine, portals)
        schedules.ensure(
            engine, {p.id: site_of(p.url) for p in portals}, datetime.now(UTC),
            kind="adaptive", adaptive=Rhythms(engine).due,
        )  # fmt: skip
        yield engine


def demo_table(settings: Settings) -> AbstractContextManager[Callable[[str], None]]:
    """The table of the demo portals on this terminal, which the clock tells its lines."""
    from rich.console import Console

    from commands.live import live_table

    return live_table(settings.database, hint=DEMO_HINT, console=Console(stderr=True, highlight=False))


@contextlib.contextmanager
def demo_portals(settings: Settings) -> Iterator[Settings]:
    """Serve the demo portals while this lasts; the settings with which they are crawled."""
    import ipaddress

    try:
        from tests.portals.serve import DemoSites
    except ImportError:
        stop(
            "the demo portals are in the source tree (tests/portals), which is not here",
            ExitCode.CONFIGURATION,
        )
    database = settings.database
    if database == DEFAULT_DATABASE:
        database = f"sqlite:///{DEMO_FOLDER / 'frontnews.db'}"
        if settings.archive == folder_of(DEFAULT_DATABASE):
            settings = dataclasses.replace(settings, archive=folder_of(database))
            shutil.rmtree(DEMO_FOLDER / "archive", ignore_errors=True)
        for old in DEMO_FOLDER.glob("frontnews.db*"):  # its portals stood on other ports
            old.unlink()
    with DemoSites() as sites:
        registry = sites.registry(DEMO_FOLDER / "registry")
        say(f"{len(sites.addresses)} demo portals of our own, on loopback:")
        for portal, address in sites.addresses.items():
            say(f"  {portal:<28} {address}")
        say(
            "\nThe first crawls begin within a minute, then each portal is crawled once a minute. Below it\n"
            "is said what each crawl came to and when the portal is next. Ctrl-C stops it in good order;\n"
            f"what was stored stays in {database.removeprefix('sqlite:///')} until the next demo.\n\n"
            "Look at what comes of it in another shell, in this folder:\n"
            f"  export FRONTNEWS_DATABASE={database} FRONTNEWS_REGISTRY={registry}\n"
            "  frontnews schedule list                # when each is next due, and why\n"
            "  frontnews runs                         # what each crawl came to\n"
            "  frontnews logs 1                       # one crawl step by step (--follow while it runs)\n"
            "  frontnews search 'đại đoàn kết'        # what was found\n"
        )
        yield dataclasses.replace(
            settings, database=database, registry=registry,
            allow=(*settings.allow, ipaddress.ip_network("127.0.0.0/8")),
        )  # fmt: skip
