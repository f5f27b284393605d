"""`frontnews runs`, `logs`, `retry`, `cancel`: what each crawl came to, and what happened in it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from commands.manners import Delay, manners
from commands.options import ExitCode, Settings, with_settings
from commands.output import MINUTE, ZONE, local, write_json, write_table
from commands.problems import say, stop
from commands.store import existing, registry_of
from storage.said import many
from vietnam.stamps import VIETNAM

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.run_events import RunEvent
    from storage.runs import RunRow

RunArgument = Annotated[int, typer.Argument(metavar="RUN", help="Its number in `frontnews runs`")]

FOLLOW_SECONDS = 1.0
"""Between two looks at a run that goes on; its crawl writes every five."""


@with_settings
def runs(
    portal: Annotated[
        str | None, typer.Argument(help="Only the runs of this portal: its id, host or name")
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only those that did not end well")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, newest first")] = 30,
    *,
    settings: Settings,
) -> None:
    """List the latest runs, newest first."""
    from storage.runs import list_runs

    with existing(settings) as engine:
        rows = list_runs(engine, portal=portal, failed=failed, limit=limit)
        if not rows and portal:  # no id, then: one of the portal's other names, or a wrong one
            portal = registry_of(settings).get(portal).id
            rows = list_runs(engine, portal=portal, failed=failed, limit=limit)
    if settings.json:
        write_json(dataclasses.asdict(row) for row in rows)
        return
    write_table(
        (
            "run", "portal", "verdict", f"started {ZONE}", "seconds", "listed", "new", "changed", "failed",
            "message",
        ),
        (
            (
                row.id, row.portal, row.verdict or row.status, local(row.started_at, MINUTE),
                f"{(row.finished_at - row.started_at).total_seconds():.0f}" if row.finished_at else "",
                row.counts.get("listed", 0), row.counts.get("new", 0), row.counts.get("changed", 0),
                row.counts.get("failed", 0), row.message,
            )
            for row in rows
        ),
        numbers=frozenset({"run", "seconds", "listed", "new", "changed", "failed"}),
        below=("message", "seconds", "listed", "changed", "failed"),
    )  # fmt: skip
    if rows:
        return
    of_whom = f" of {portal}" if portal else ""
    if failed:
        say(f"no run{of_whom} that did not end well")
    else:
        say(f"no runs{of_whom} yet; start one with: frontnews crawl {portal or 'PORTAL'}")


@with_settings
def logs(
    number: RunArgument,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run has ended")] = False,
    *,
    settings: Settings,
) -> None:
    """One run: its verdict, its events, and the addresses of its portal that still fail."""
    with existing(settings) as engine:
        run = numbered(engine, number)
        if follow:
            _follow(engine, run, settings)
        else:
            _show(engine, run, settings)


def _show(engine: Engine, run: RunRow, settings: Settings) -> None:
    from storage.frontier import failures
    from storage.run_events import read

    failed, events = failures(engine, run.portal), read(engine, run.id)
    if settings.json:
        record = dataclasses.asdict(run) | {
            "events": [dataclasses.asdict(event) for event in events],
            "failed_addresses": [dataclasses.asdict(f) for f in failed],
        }
        write_json([record])
        return
    typer.echo("\n".join(_summary(run)))
    _print(events, after=0)
    if failed:
        write_table(
            ("address that still fails", "state", "attempts", "class", "message"),
            ((f.url, f.state, f.attempts, f.error_class, f.message) for f in failed),
            numbers=frozenset({"attempts"}),
        )


def _summary(run: RunRow) -> Iterator[str]:
    yield f"run {run.id} of {run.portal}: {run.verdict or run.status} ({run.trigger}, by {run.owner})"
    yield (
        f"  begun {local(run.started_at)}, ended {local(run.finished_at) or 'not yet'}, last sign of life "
        f"{local(run.heartbeat_at)} (Vietnam's time)"
    )
    if run.message:
        yield f"  {run.message}"
    for what, numbers in (("counts", run.counts), ("errors", run.errors)):
        said = ", ".join(f"{count} {name}" for name, count in numbers.items() if count)
        yield f"  {what}: {said or 'none'}"
    for path, section in run.sections.items():
        counts = section if isinstance(section, dict) else {}
        problem = f", {counts['problem']}" if counts.get("problem") else ""
        yield f"  {path}: {many(counts.get('pages', 0), 'page')}, {counts.get('listed', 0)} listed{problem}"


def _follow(engine: Engine, run: RunRow, settings: Settings) -> None:
    """Print events as they are written, until the run has ended or its worker shows no sign of life."""
    from storage.lease import LEASE_SECONDS
    from storage.run_events import read

    seen = 0
    while True:
        running = run.status == "running"
        events = read(engine, run.id, after=seen)
        if settings.json:
            write_json(dataclasses.asdict(event) for event in events)
        else:
            _print(events, after=seen)
        seen = events[-1].seq if events else seen
        if not running:
            return
        silent = (datetime.now(UTC) - run.heartbeat_at).total_seconds()
        if silent > LEASE_SECONDS:
            stop(f"run {run.id} has shown no sign of life for {silent:.0f} s", ExitCode.PARTIAL)
        time.sleep(FOLLOW_SECONDS)
        run = numbered(engine, run.id)


def _print(events: Sequence[RunEvent], *, after: int) -> None:
    """One line an event, the times as the portals' country has them; a line where some were left out."""
    colours = {"warning": typer.colors.YELLOW, "error": typer.colors.RED}
    for event in events:
        if event.seq > after + 1:
            typer.echo(f"  … {many(event.seq - after - 1, 'event')} left out …")
        after = event.seq
        said = "  ".join(filter(None, (event.message, event.url)))
        line = f"  {event.at.astimezone(VIETNAM):%H:%M:%S}  {event.event:<8}  {said}"
        typer.secho(line, fg=colours.get(event.level))


@with_settings
def retry(
    number: RunArgument,
    delay: Delay = None,
    *,
    settings: Settings,
) -> None:
    """Crawl the portal of a run again now; the addresses that failed get all their attempts back."""
    from commands.audited import write_down
    from commands.claimed import crawl_claimed
    from commands.schedule import scheduled
    from storage.frontier import retry as try_again

    with scheduled(settings) as engine:
        run = numbered(engine, number)
        portal = registry_of(settings).get(run.portal)
        say(f"{portal.id}: {many(try_again(engine, portal.id), 'address', 'addresses')} to try again")
        write_down(engine, "retry", portal.id, {"run": run.id})
        options = dataclasses.replace(manners(settings, delay), trigger="retry")
        crawl_claimed(engine, portal, options, settings)


@with_settings
def cancel(
    number: RunArgument,
    *,
    settings: Settings,
) -> None:
    """End a crawl that is under way, wherever it runs; what it has read is saved."""
    from commands.audited import user, write_down
    from storage.runs import cancel as ask

    with existing(settings) as engine:
        run = numbered(engine, number)
        if run.status != "running":
            say(f"run {number} of {run.portal} has ended already: {run.verdict}")
            return
        if ask(engine, number, user()):
            write_down(engine, "cancel", run.portal, {"run": number})
        say(f"run {number} of {run.portal} saves what it has read and ends within seconds")


def numbered(engine: Engine, number: int) -> RunRow:
    """The run of a number; a usage error where there is none."""
    from storage.runs import run_of

    run = run_of(engine, number)
    if run is None:
        stop(f"there is no run {number}; `frontnews runs` lists them", ExitCode.USAGE)
    return run
