"""`frontnews reprocess`: today's reader over yesterday's pages, without the network."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from commands.data import midnight, parse_day
from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json, write_table
from commands.problems import say, stop
from commands.progress import shown
from commands.store import opened, registry_of
from storage.said import many

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from spiders.registry import Registry
    from spiders.reprocessing import Outcome
    from storage.archive import ArchivedPage
    from storage.portals import Portal
    from storage.resaving import RecordChange

SHOWN = 100
"""Letters of a value that a person is shown of each side of a difference."""

NAMED = 10
"""Pages that could not be read of which a person is told one by one."""


@with_settings
def reprocess(
    portal: Annotated[
        str | None, typer.Option("--portal", metavar="PORTAL", help="Only its pages \\[default: all]")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="Only pages fetched on this day or later")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing, show what would change")] = False,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, metavar="N", help="Processes \\[default: one a core]")
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Read the archived pages again with today's reader, and store what comes out differently."""
    from crawler.garbage import large_generations
    from spiders.reading_processes import ReaderLost, reading_processes
    from spiders.reprocessing import read_again
    from spiders.reprocessing import reprocess as all_again
    from storage.archive_use import count_to_read_again, to_read_again

    folder = archive_of(settings)
    registry = registry_of(settings)
    portals = [registry.get(portal).id] if portal else None
    outcome: Outcome | None = None
    with (
        large_generations(),
        reading_processes(read_again, workers or os.cpu_count() or 1) as read_all,
        opened(settings) as engine,
        reading_of(folder),
        stop_signals() as stopped,
        shown("reading the archive", quiet=settings.quiet) as show,
    ):

        def on_progress(so_far: Outcome) -> None:
            nonlocal outcome
            outcome = so_far
            show(so_far.read, so_far.pages, f"{so_far.changed} changed")

        day = midnight(parse_day(since))
        try:
            outcome = all_again(
                engine,
                folder,
                to_read_again(engine, portals=portals, since=day),
                lambda page: portal_of(engine, registry, page),
                read_all,
                expected=count_to_read_again(engine, portals=portals, since=day),
                rehearse=dry_run,
                on_progress=on_progress,
                stopping=lambda: bool(stopped),
            )
        except ReaderLost as problem:
            kept = f"{outcome.read} of {outcome.pages} pages were read" if outcome else "no page was read"
            stop(
                f"{problem}; {kept}, and what they changed is stored; "
                "the same command with --workers 1 takes less memory and does the rest",
                ExitCode.PARTIAL,
            )
    if settings.json:
        write_json([summary(outcome, dry_run=dry_run)])
    else:
        tell(outcome, dry_run=dry_run)
    if outcome.stopped:
        raise typer.Exit(128 + stopped[0])
    if outcome.damaged or outcome.unreadable or outcome.refused:
        raise typer.Exit(int(ExitCode.PARTIAL))


@contextlib.contextmanager
def reading_of(folder: Path) -> Iterator[None]:
    """Keep the archive's pages where they are meanwhile; ends the command where somebody is moving them."""
    from crawler.archive.files import ArchiveInUse, in_use

    try:
        with in_use(folder):
            yield
    except ArchiveInUse as problem:
        stop(str(problem), ExitCode.RUNNING)


def archive_of(settings: Settings) -> Path:
    """The folder of the archive; a usage error where it is switched off."""
    if settings.archive is None:
        stop("the archive is off: say where it is with --archive DIR", ExitCode.USAGE)
    return settings.archive


def portal_of(engine: Engine, registry: Registry, page: ArchivedPage) -> Portal:
    """Today's record of the portal that a page was fetched for, with the sections that were found on it.

    A portal outside the registry (``crawl URL``) has the bare record that its crawl made.
    """
    from dataclasses import replace
    from urllib.parse import urlsplit

    from commands.crawl import bare_portal
    from storage import discoveries

    parts = urlsplit(page.url)
    portal = registry.portals.get(page.portal) or replace(
        bare_portal(f"{parts.scheme}://{parts.netloc}/"), id=page.portal
    )
    found = None if portal.sections else discoveries.recall(engine, page.portal)
    return portal if found is None else found.filled_in(portal)


@contextlib.contextmanager
def stop_signals() -> Iterator[list[int]]:
    """The signals (SIGINT, SIGTERM) that came while this lasts; the second one ends the command at once."""
    came: list[int] = []

    def on_signal(number: int, _: FrameType | None) -> None:
        came.append(number)
        if len(came) > 1:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def summary(outcome: Outcome, *, dry_run: bool) -> dict[str, object]:
    """What reading again came to, as one JSON object."""
    return {
        "dry_run": dry_run,
        "pages": outcome.pages,
        "read": outcome.read,
        "unchanged": outcome.unchanged,
        "changed": outcome.changed,
        "revisions": outcome.reworded,
        "new": outcome.new,
        "off_topic": outcome.unwanted,
        "superseded": outcome.superseded,
        "fields": dict(outcome.fields.most_common()),
        "unreadable": _named(outcome.unreadable),
        "damaged": _named(outcome.damaged),
        "refused": _named(outcome.refused),
        "sample": [
            {"article_id": c.article_id, "url": c.url, "reworded": c.reworded, "fields": c.fields}
            for c in outcome.sample
        ],
    }


def tell(outcome: Outcome, *, dry_run: bool) -> None:
    """Say to a person what reading again came to; a rehearsal shows some differences."""
    for change in outcome.sample if dry_run else ():
        typer.echo(f"{change.url}{'  (new revision)' if change.reworded else ''}")
        for line in difference(change):
            typer.echo(f"  {line}")
    if dry_run and outcome.changed > len(outcome.sample):
        typer.echo(f"… and {outcome.changed - len(outcome.sample)} more")
    if outcome.fields:
        write_table(("field", "records"), outcome.fields.most_common(), numbers=frozenset({"records"}))
    for why, pages in (
        ("can no longer be read", outcome.unreadable),
        ("is damaged in the archive", outcome.damaged),
        ("was refused by the database", outcome.refused),
    ):
        for url, message in pages[:NAMED]:
            say(f"{url} {why}: {message}")
        if len(pages) > NAMED:
            say(f"… and {len(pages) - NAMED} more (--json has them all)")
    would = "would be " if dry_run else ""
    said = [
        f"{outcome.read} of {outcome.pages} archived pages read",
        f"{many(outcome.changed, 'record')} {would}changed ({outcome.reworded} new revisions)",
        f"{outcome.new} {would}new",
        f"{outcome.unchanged} unchanged",
    ]
    if outcome.superseded:
        said.append(f"{outcome.superseded} superseded by a crawl meanwhile")
    if outcome.stopped:
        said.append("stopped; the same command does the rest")
    say(", ".join(said))


def difference(change: RecordChange) -> Iterator[str]:
    """The fields of a changed record, a line or two each."""
    for name, (before, after) in change.fields.items():
        if isinstance(before, list) and isinstance(after, list):
            yield from (f"{name} - {_short(item)}" for item in before if item not in after)
            yield from (f"{name} + {_short(item)}" for item in after if item not in before)
            if sorted(map(str, before)) == sorted(map(str, after)):
                yield f"{name}: in another order"
        else:
            yield f"{name}: {_short(before)} -> {_short(after)}"


def _short(value: object) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _named(pages: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"url": url, "message": message} for url, message in pages]
