"""`frontnews runs`: what each crawl of each portal came to."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from commands.options import Settings, with_settings
from commands.output import write_json, write_table
from commands.problems import say
from commands.store import opened


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
