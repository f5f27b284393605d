"""`frontnews portals proposals|accept|dismiss`: what checks of records propose, and a person's word on it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from commands.audited import write_down
from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json
from commands.problems import say, stop
from commands.schedule import scheduled
from commands.store import existing, registry_of
from storage.portals import Portal
from storage.records import in_vietnam
from storage.said import many

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from spiders.registry import Registry
    from storage.portal_checks import StoredCheck

NamesArgument = Annotated[list[str], typer.Argument(metavar="PORTAL", help="Ids, hosts or names")]


@with_settings
def proposals(*, settings: Settings) -> None:
    """Show the records that should change, as the checks of the clock propose them; the oldest first.

    Each as a diff of its file. `portals accept` writes one, `portals dismiss` declines it.
    """
    from spiders.record_checks import proposal_of
    from spiders.record_writer import RecordNotWritten, proposal
    from storage import portal_checks
    from storage.engine import is_made

    if not is_made(settings.database):
        say("0 proposals: nothing was checked yet (a clock does, and frontnews portals check)")
        return
    registry = registry_of(settings)
    with existing(settings) as engine:
        found = portal_checks.proposals(engine)
    if settings.json:
        write_json(dataclasses.asdict(check) | {"is_current": is_current(check, registry)} for check in found)
        return
    for check in found:
        wanted = proposal_of(check)
        if wanted is None:
            continue
        day = (in_vietnam(check.proposed_at) or "")[:10]
        stale = "" if is_current(check, registry) else "; its record was changed since: check it again"
        typer.echo(f"# {check.portal}, proposed on {day}{stale}")
        for finding in check.findings:
            if finding["level"] != "ok":
                typer.echo(f"# {finding['level']}: {finding['message']}")
        try:
            typer.echo(proposal(settings.registry, wanted), nl=False)
        except RecordNotWritten as problem:
            typer.echo(f"# {problem}")
    say(many(len(found), "proposal") + ("; frontnews portals accept PORTAL writes one" if found else ""))


@with_settings
def accept(names: NamesArgument, *, settings: Settings) -> None:
    """Write what a check proposed into the registry; the next crawl goes by it."""
    from spiders.record_checks import proposal_of
    from spiders.record_writer import RecordNotWritten, replace_record
    from storage import portal_checks

    registry = registry_of(settings)
    with scheduled(settings) as engine:
        for check in _of(names, engine, registry):
            wanted = proposal_of(check)
            assert wanted is not None
            if not is_current(check, registry):
                stop(
                    f"{check.portal}: its record was changed since this was proposed;"
                    f" 'frontnews portals check {check.portal}' looks again",
                    ExitCode.CONFIGURATION,
                )
            try:
                written = replace_record(settings.registry, wanted)
            except RecordNotWritten as problem:
                stop(f"{check.portal}: {problem}", ExitCode.CONFIGURATION)
            portal_checks.judged(engine, check.portal, dismissed=None)
            write_down(engine, "accept_proposal", check.portal, changes(check))
            say(f"corrected: {written}")


@with_settings
def dismiss(names: NamesArgument, *, settings: Settings) -> None:
    """Decline what a check proposed: the very same is not proposed again."""
    from storage import portal_checks

    registry = registry_of(settings)
    with scheduled(settings) as engine:
        for check in _of(names, engine, registry):
            portal_checks.judged(engine, check.portal, dismissed=check.proposed)
            write_down(engine, "dismiss_proposal", check.portal, changes(check))
            say(f"dismissed: {check.portal}")


def changes(check: StoredCheck) -> dict[str, object]:
    """The keys of a record that a proposal changes, with what they would be."""
    wanted = check.proposed or {}
    return {key: value for key, value in wanted.items() if check.record.get(key) != value}


def is_current(check: StoredCheck, registry: Registry) -> bool:
    """Whether the registry still has the record that was held against the site."""
    from spiders.record_checks import as_row

    portal = registry.portals.get(check.portal)
    return portal is not None and as_row(portal) == check.record


def _of(names: list[str], engine: Engine, registry: Registry) -> list[StoredCheck]:
    """The proposals of portals; ends the command where one has none."""
    from storage import portal_checks

    chosen: dict[str, Portal] = {portal.id: portal for portal in map(registry.get, names)}
    waiting = {check.portal: check for check in portal_checks.proposals(engine)}
    for portal_id in chosen:
        if portal_id not in waiting:
            stop(f"nothing is proposed for {portal_id}", ExitCode.USAGE)
    return [waiting[portal_id] for portal_id in chosen]
