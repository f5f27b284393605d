"""`frontnews portals check`: records against the live sites, and what a record should say instead."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from commands.manners import Delay, manners
from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json, write_table
from commands.problems import say, say_problem, stop
from commands.store import opened, registry_of
from storage.portals import Portal
from storage.said import many

if TYPE_CHECKING:
    from crawler.running.visit import Fetch
    from spiders.check import Check
    from spiders.registry import Registry

DRIFTED = frozenset({"layout_drift", "suspicious_empty", "failed", "partial", "blocked"})
"""Verdicts of a last run after which a look at the record pays."""


@with_settings
def check(
    names: Annotated[list[str] | None, typer.Argument(metavar="PORTAL", help="Ids, hosts or names")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every portal that still publishes")] = False,
    drifted: Annotated[
        bool, typer.Option("--drifted", help="Those whose last run listed nothing or could not be read")
    ] = False,
    accept: Annotated[bool, typer.Option("--accept", help="Write the corrected records")] = False,
    delay: Delay = None,
    *,
    settings: Settings,
) -> None:
    """Hold records against the live sites; say what a changed, moved or merged portal's should be.

    Where there is a database the result is kept: `portals proposals` shows it again. Exit code 6 where a
    record should change and did not (``--accept`` changes it), 4 or 5 where some or all portals have an
    error that no record can mend.
    """
    registry = registry_of(settings)
    if not names and not every and not drifted:
        stop("name a portal, or say --all or --drifted", ExitCode.USAGE)
    portals = _chosen(names or [], registry, settings, every=every, drifted=drifted)
    checks = _checked(portals, registry, settings, delay)
    checks = [_with_saved_page(c, registry.get(c.portal), settings) for c in checks]
    if settings.json:
        write_json(dataclasses.asdict(c) | {"ok": c.ok} for c in checks)
    else:
        write_table(
            ("portal", "", "finding"),
            ((c.portal, finding.level, finding.message) for c in checks for finding in c.findings),
        )
    _say_what_stands([c.portal for c in checks if not c.answered], settings)
    proposed = [c.proposed for c in checks if c.proposed is not None]
    _propose(proposed, settings, accept=accept)
    bad = [c for c in checks if not c.ok and not (accept and c.proposed)]
    say(f"{len(checks)} checked, {len(bad)} with an error, {len(proposed)} to be corrected")
    if bad and all(c.proposed is None for c in bad):
        raise typer.Exit(int(ExitCode.ALL_FAILED if len(bad) == len(checks) else ExitCode.PARTIAL))
    if proposed and not accept:
        raise typer.Exit(int(ExitCode.DRIFT))


def _checked(
    portals: Sequence[Portal], registry: Registry, settings: Settings, delay: float | None
) -> list[Check]:
    """Look at the portals: in turn with the crawls of a clock, and kept for `portals proposals`, where there
    is a database."""
    from crawler.running.visit import visit
    from spiders.check import check_portal
    from spiders.record_checks import check_in_turn, keep
    from storage.engine import is_made

    options = manners(settings, delay)
    checks: list[Check] = []
    if not is_made(settings.database):

        async def check_all(portals: Sequence[Portal], fetch: Fetch) -> list[Check]:
            return [await check_portal(portal, fetch, registry) for portal in portals]

        for browser in (False, True):
            work = partial(check_all, [portal for portal in portals if portal.browser is browser])
            checks += visit(work, options, settings.database, on_problem=say_problem, browser=browser)
        return checks
    with opened(settings) as engine:

        def on_check(portal: Portal, check: Check) -> None:
            keep(engine, portal, check)
            checks.append(check)

        check_in_turn(
            engine, portals, registry, options, settings.database, on_check=on_check, on_problem=say_problem
        )
    if len(checks) < len(portals):
        say(
            f"{many(len(portals) - len(checks), 'portal')} left out: crawled by somebody else, or not "
            "reached before this was stopped"
        )
    return checks


def _with_saved_page(check: Check, portal: Portal, settings: Settings) -> Check:
    """The check with what today's reader makes of the page that was saved with the record."""
    from spiders.check import Finding
    from spiders.registry import FOLDER
    from spiders.saved_pages import changed

    fields = changed(settings.registry or FOLDER, portal)
    if not fields:
        return check
    finding = Finding("warning", f"saved page: {', '.join(fields)} read otherwise than when it was saved")
    return dataclasses.replace(check, findings=(*check.findings, finding))


def _chosen(
    names: Sequence[str], registry: Registry, settings: Settings, *, every: bool, drifted: bool
) -> list[Portal]:
    """The portals to be checked, each once."""
    today = datetime.now(UTC).date()
    chosen = {portal.id: portal for portal in map(registry.get, names)}
    if every:
        chosen |= {portal.id: portal for portal in registry if portal.is_active(today)}
    if drifted:
        ids = _drifted(settings)
        chosen |= {portal.id: portal for portal in registry if portal.id in ids}
    return list(chosen.values())


def _drifted(settings: Settings) -> set[str]:
    """Ids of the portals whose last run that ended ended badly."""
    from storage.runs import list_runs

    last: dict[str, str] = {}
    with opened(settings) as engine:
        for run in list_runs(engine, limit=RECENT_RUNS):
            if run.verdict is not None and run.verdict != "cancelled":
                last.setdefault(run.portal, run.verdict)
    return {portal for portal, verdict in last.items() if verdict in DRIFTED}


RECENT_RUNS = 10_000
"""Of all portals: more than a week of a clock with a thousand of them."""


def _propose(records: Sequence[Portal], settings: Settings, *, accept: bool) -> None:
    """Show the corrected records as a diff of the registry's files, or write them."""
    from spiders.record_writer import RecordNotWritten, proposal, replace_record

    for record in records:
        try:
            if accept:
                say(f"corrected: {replace_record(settings.registry, record)}")
                _write_down(record, settings)
            elif not settings.json:
                typer.echo(proposal(settings.registry, record), nl=False)
        except RecordNotWritten as problem:
            stop(f"{record.id}: {problem}", ExitCode.CONFIGURATION)


def _say_what_stands(portals: Sequence[str], settings: Settings) -> None:
    """Of portals that did not answer: that an earlier check proposes a record for them."""
    from storage import portal_checks
    from storage.engine import is_made

    if not portals or not is_made(settings.database):
        return
    with opened(settings) as engine:
        for known in portal_checks.proposals(engine):
            if known.portal in portals:
                say(
                    f"{known.portal}: an earlier check proposes a record; frontnews portals proposals shows"
                    f" it, frontnews portals accept {known.portal} takes it"
                )


def _write_down(record: Portal, settings: Settings) -> None:
    """A correction that was accepted at once is no proposal any more, and is in the audit log."""
    from commands.audited import write_down
    from commands.proposals import changes
    from storage import portal_checks
    from storage.engine import is_made

    if not is_made(settings.database):
        return
    with opened(settings) as engine:
        kept = portal_checks.last(engine, record.id)
        portal_checks.judged(engine, record.id, dismissed=None)
        write_down(engine, "accept_proposal", record.id, changes(kept) if kept is not None else None)
