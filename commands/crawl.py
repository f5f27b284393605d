"""`frontnews crawl`: one crawl now, of some portals, of a site outside the registry, or of all."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from commands.addresses import looks_like_address, with_scheme
from commands.data import parse_day
from commands.manners import Delay, manners
from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json, write_table
from commands.portals import is_active
from commands.problems import say, stop
from commands.progress import RESULT_BELOW, RESULT_HEAD, result_rows, watcher
from commands.store import registry_of
from commands.streams import ReaderGone
from storage.portals import Portal
from storage.records import to_record

if TYPE_CHECKING:
    from crawler.running.options import Event, PortalResult


class Scope(StrEnum):
    """Which articles are kept."""

    FRONT = "front"
    ALL = "all"


@with_settings
def crawl(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PORTAL|URL", help="Ids, hosts, names or addresses \\[default: all that are active]"
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DAY", help="Back to this day; goes on where it was stopped"),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="Nothing published after this day")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Articles read per portal")] = None,
    pages: Annotated[
        int | None,
        typer.Option("--pages", min=1, help="Listing pages per section \\[default: 200]"),
    ] = None,
    scope: Annotated[
        Scope, typer.Option("--scope", help="front: what is ours; all: everything, `relevant` tells")
    ] = Scope.FRONT,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing")] = False,
    no_archive: Annotated[bool, typer.Option("--no-archive", help="Keep no copy of the pages")] = False,
    delay: Delay = None,
    *,
    settings: Settings,
) -> None:
    """Crawl portals and store what is new; --json writes each record that was read to stdout."""
    from commands.claimed import crawl_together, try_out
    from commands.schedule import scheduled
    from crawler.running.options import BACKFILL_PAGES, PAGES
    from crawler.running.tally import exit_code
    from storage import cycles
    from storage.engine import DatabaseProblem

    try:
        options = replace(
            manners(settings, delay), since=parse_day(since), until=parse_day(until), limit=limit,
            pages=pages or (BACKFILL_PAGES if since else PAGES), scope=scope.value, dry_run=dry_run,
            trigger="backfill" if since else "manual",
        )  # fmt: skip
        if no_archive:
            options = replace(options, archive=None)
    except ValueError as problem:
        stop(str(problem), ExitCode.USAGE)
    portals = chosen(names or [], settings)
    records = RecordWriter()
    with watcher(quiet=settings.quiet) as show:

        def on_event(event: Event) -> None:
            show(event)
            if settings.json:
                records.write(event)

        if dry_run:
            results = try_out(portals, options, settings, on_event)
        else:
            with scheduled(settings) as engine:
                results = crawl_together(engine, portals, options, settings, on_event)
                # Where crawls come from a crontab nobody else would tell readers that a cycle is complete.
                with contextlib.suppress(DatabaseProblem):
                    cycles.settle(engine)
    if isinstance(records.problem, ReaderGone):
        raise typer.Exit(int(ExitCode.UNEXPECTED))  # unlike what is read, the crawl has not been done
    if records.problem is not None:
        said = f"stdout could not be written: {records.problem.strerror}; what was read is stored"
        stop(said, ExitCode.UNEXPECTED)
    tell(portals, results, settings)
    if code := exit_code(results):
        raise typer.Exit(code)


class RecordWriter:
    """Writes each record that was read to stdout, until stdout takes no more: that ends the crawl."""

    def __init__(self) -> None:
        self.problem: OSError | ReaderGone | None = None
        """Why a record could not be written: our reader has gone (`| head`), or its disk is full."""

    def write(self, event: Event) -> None:
        """Write the record of an event that has one."""
        if event.article is None or event.kind != "article" or self.problem is not None:
            return
        record = to_record(
            event.article, portal=event.portal, portals=[event.portal], urls=[event.article.url]
        )
        try:
            write_json([record])
        except (OSError, ReaderGone) as problem:
            self.problem = problem
            signal.raise_signal(signal.SIGTERM)


def tell(portals: Sequence[Portal], results: Sequence[PortalResult], settings: Settings) -> None:
    """Say what the crawls came to: a table, and where nothing else was shown a line for each failure."""
    if not settings.json:
        write_table(
            RESULT_HEAD, result_rows(portals, results), numbers=frozenset(RESULT_HEAD[2:]), below=RESULT_BELOW
        )
    if settings.quiet or settings.json:
        for result in results:
            if result.message and result.verdict not in ("new", "nothing_new"):
                say(f"frontnews: {result.portal}: {result.verdict}: {result.message}")


def chosen(names: Sequence[str], settings: Settings) -> list[Portal]:
    """The portals that the arguments name; without any, all that are active.

    An address outside the registry becomes a bare record, which the spider completes by looking.
    """
    from spiders.registry import UnknownPortal

    registry = registry_of(settings)
    if not names:
        return [portal for portal in registry if is_active(portal)]
    portals: dict[str, Portal] = {}
    for name in names:
        try:
            portal = registry.get(name)
        except UnknownPortal:
            if not looks_like_address(name):
                raise
            portal = bare_portal(with_scheme(name))
        portals[portal.id] = portal
    return list(portals.values())


def bare_portal(url: str) -> Portal:
    """A record of an address outside the registry: its place by its host, the rest for the spider to find."""
    from spiders.registry_text import suggest_id
    from vietnam.places import Home, home_from_host

    host = urlsplit(url).netloc
    home = home_from_host(host) or Home()
    return Portal(
        id=suggest_id(url),
        name=host,
        url=url,
        owner="other",
        province_2024=home.province_2024,
        district_2024=home.district_2024,
        province_2025=home.province_2025,
        communes_2025=home.communes_2025,
        confidence="low",
        evidence="address given to crawl",
    )
