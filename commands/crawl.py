"""`frontnews crawl`: one crawl now, of some portals, of a site outside the registry, or of all."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from commands.data import parse_day
from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json, write_table
from commands.portals import is_active
from commands.problems import say, stop, worst
from commands.progress import RESULT_HEAD, result_rows, watcher
from commands.read import looks_like_address
from crawler.running.options import CrawlOptions, Event, PortalResult
from spiders.discovery import bare_portal
from spiders.registry import UnknownPortal, load_registry
from storage.portals import Portal


class Scope(StrEnum):
    """Which articles are kept."""

    FRONT = "front"
    ALL = "all"


_CODES = {
    "new": ExitCode.OK,
    "nothing_new": ExitCode.OK,
    "partial": ExitCode.PARTIAL,
    "suspicious_empty": ExitCode.DRIFT,
    "layout_drift": ExitCode.DRIFT,
    "blocked": ExitCode.BLOCKED,
    "failed": ExitCode.PARTIAL,
    "lost": ExitCode.PARTIAL,
    "cancelled": ExitCode.PARTIAL,
}


@with_settings
def crawl(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[PORTAL|URL]...", help="Ids, hosts, names or addresses [default: all that are active]")
    ] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="Nothing published before this day")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="Nothing published after this day")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Articles read per portal")] = None,
    pages: Annotated[int | None, typer.Option("--pages", min=1, help="Listing pages per section [default: 200]")] = None,
    scope: Annotated[Scope, typer.Option("--scope", help="front: what is ours; all: everything, `relevant` tells")] = Scope.FRONT,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing")] = False,
    delay: Annotated[
        float | None, typer.Option("--delay", min=0, metavar="S", help="Seconds between two requests to a server [default: 2]")
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Crawl portals and store what is new; --json writes each record that was read to stdout."""
    from crawler.running.crawl import crawl as run
    from storage.records import to_record

    given = {"limit": limit, "pages": pages, "delay": delay}
    try:
        options = CrawlOptions(
            since=parse_day(since),
            until=parse_day(until),
            scope=scope.value,
            dry_run=dry_run,
            allow_addresses=tuple(str(network) for network in settings.allow),
            **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
        )
    except ValueError as problem:
        stop(str(problem), ExitCode.USAGE)
    portals = chosen(names or [], settings)
    with watcher(quiet=settings.quiet) as show:

        def on_event(event: Event) -> None:
            show(event)
            if settings.json and event.kind == "article" and event.article is not None:
                write_json([to_record(event.article, portal=event.portal, portals=[event.portal], urls=[event.article.url])])

        results = run(portals, options, settings.database, on_event)
    if not settings.json:
        write_table(RESULT_HEAD, result_rows(portals, results), numbers=frozenset(RESULT_HEAD[2:]))
    code = verdict_of(results)
    for result in results:
        if result.message and (settings.quiet or settings.json) and result.verdict not in ("new", "nothing_new"):
            say(f"frontnews: {result.portal}: {result.verdict}: {result.message}")
    if code is not ExitCode.OK:
        raise typer.Exit(int(code))


def verdict_of(results: Sequence[PortalResult]) -> ExitCode:
    """The exit code of a crawl by the CONTRACT: signals first, then the worst of what its portals came to."""
    numbers = {r.signal for r in results if r.signal is not None}
    if numbers:
        return ExitCode.TERMINATED if signal.SIGTERM in numbers else ExitCode.INTERRUPTED
    if results and all(r.already_running for r in results):
        return ExitCode.RUNNING
    codes = {_CODES[r.verdict] for r in results if not r.already_running}
    if any(r.errors.get("store_failed") for r in results):
        codes.add(ExitCode.DATABASE)
    if results and all(r.verdict in ("failed", "lost") for r in results):
        codes.add(ExitCode.ALL_FAILED)
    return worst(codes)


def chosen(names: Sequence[str], settings: Settings) -> list[Portal]:
    """The portals that the arguments name; without any, all that are active.

    An address outside the registry becomes a bare record, which the spider completes by looking.
    """
    registry = load_registry(settings.registry)
    if not names:
        return [portal for portal in registry if is_active(portal)]
    portals: dict[str, Portal] = {}
    for name in names:
        try:
            portal = registry.get(name)
        except UnknownPortal:
            if not looks_like_address(name):
                raise
            portal = bare_portal(name if "://" in name else f"https://{name}")
        portals[portal.id] = portal
    return list(portals.values())
