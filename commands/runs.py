"""`frontnews runs`: what each crawl of each portal came to."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer
from sqlalchemy import Engine

from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json, write_table
from commands.problems import say, stop
from commands.store import opened
from storage.runs import RunRow


@with_settings
def runs(
    portal: Annotated[str | None, typer.Argument(help="Only the runs of this portal")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only those that did not end well")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, newest first")] = 30,
    *,
    settings: Settings,
) -> None:
    """List the latest runs, newest first."""
    from storage.runs import list_runs

    with opened(settings) as engine:
        rows = list_runs(engine, portal=portal, failed=failed, limit=limit)
    if settings.json:
        write_json(dataclasses.asdict(row) for row in rows)
        return
    head = (
        "run",
        "portal",
        "state",
        "verdict",
        "started",
        "seconds",
        "listed",
        "new",
        "changed",
        "failed",
        "message",
    )
    write_table(
        head,
        (
            (
                row.id, row.portal, row.status, row.verdict, f"{row.started_at:%Y-%m-%d %H:%M}",
                f"{(row.finished_at - row.started_at).total_seconds():.0f}" if row.finished_at else "",
                row.counts.get("listed", 0), row.counts.get("new", 0), row.counts.get("changed", 0),
                row.counts.get("failed", 0), row.message,
            )
            for row in rows
        ),
        numbers=frozenset({"run", "seconds", "listed", "new", "changed", "failed"}),
    )  # fmt: skip
    if not rows:
        say("no runs yet; start one with: frontnews crawl PORTAL")


@with_settings
def logs(
    number: Annotated[int, typer.Argument(metavar="RUN", help="Its number in `frontnews runs`")],
    *,
    settings: Settings,
) -> None:
    """What one run came to: its sections, its errors, and the addresses of its portal that still fail."""
    from storage.frontier import failures

    with opened(settings) as engine:
        run = numbered(engine, number)
        failed = failures(engine, run.portal)
    if settings.json:
        record = dataclasses.asdict(run) | {"failed_addresses": [dataclasses.asdict(f) for f in failed]}
        write_json([record])
        return
    ended = f"{run.finished_at:%Y-%m-%d %H:%M:%S}" if run.finished_at else "not yet"
    typer.echo(f"run {run.id} of {run.portal}: {run.verdict or run.status} ({run.trigger}, by {run.owner})")
    typer.echo(
        f"  begun {run.started_at:%Y-%m-%d %H:%M:%S} UTC, ended {ended}, last sign of life "
        f"{run.heartbeat_at:%Y-%m-%d %H:%M:%S}"
    )
    if run.message:
        typer.echo(f"  {run.message}")
    for what, numbers in (("counts", run.counts), ("errors", run.errors)):
        said = ", ".join(f"{count} {name}" for name, count in numbers.items() if count)
        typer.echo(f"  {what}: {said or 'none'}")
    for path, section in run.sections.items():
        counts = section if isinstance(section, dict) else {}
        problem = f", {counts['problem']}" if counts.get("problem") else ""
        typer.echo(f"  {path}: {counts.get('pages', 0)} pages, {counts.get('listed', 0)} listed{problem}")
    if failed:
        write_table(
            ("address that still fails", "state", "attempts", "class", "message"),
            ((f.url, f.state, f.attempts, f.error_class, f.message) for f in failed),
            numbers=frozenset({"attempts"}),
        )


@with_settings
def retry(
    number: Annotated[int, typer.Argument(metavar="RUN", help="Its number in `frontnews runs`")],
    delay: Annotated[
        float | None, typer.Option("--delay", min=0, metavar="S", envvar="FRONTNEWS_DELAY")
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Crawl the portal of a run again now; the addresses that failed get all their attempts back."""
    from commands.claimed import crawl_claimed, manual
    from commands.schedule import scheduled
    from spiders.registry import load_registry
    from storage.frontier import retry as try_again

    with scheduled(settings) as engine:
        run = numbered(engine, number)
        portal = load_registry(settings.registry).get(run.portal)
        say(f"{portal.id}: {try_again(engine, portal.id)} addresses are tried again")
        options = dataclasses.replace(manual(settings, delay), trigger="retry")
        crawl_claimed(engine, portal, options, settings)


def numbered(engine: Engine, number: int) -> RunRow:
    """The run of a number; a usage error where there is none."""
    from storage.runs import run_of

    run = run_of(engine, number)
    if run is None:
        stop(f"there is no run {number}; `frontnews runs` lists them", ExitCode.USAGE)
    return run
