"""`frontnews portals`: the registry, and what is known of each portal."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Annotated

import typer

from commands.manners import Delay, manners
from commands.new_portals import add, discover
from commands.options import Settings, with_settings
from commands.output import write_json, write_table
from commands.portal_checks import check
from commands.problems import say
from commands.proposals import NamesArgument, accept, dismiss, proposals
from commands.store import registry_of
from storage.portals import Portal
from storage.said import many

app = typer.Typer(
    no_args_is_help=True, help="The registry: list, show, check and add portals; pause and resume them."
)


def place_of(portal: Portal) -> str:
    """The place of a portal in one cell: ``Huyện Thọ Xuân, Thanh Hóa``."""
    return ", ".join(filter(None, (portal.district_2024, portal.province_2024 or portal.province_2025)))


def is_active(portal: Portal) -> bool:
    """Whether the portal still publishes today, as far as its record knows."""
    return portal.is_active(datetime.now(UTC).date())


@app.command("list")
@with_settings
def list_(
    province: Annotated[
        str | None, typer.Option("--province", help="Of 2024 or of 2025, accents optional")
    ] = None,
    platform: Annotated[str | None, typer.Option("--platform")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="front, women, district_portal …")] = None,
    active: Annotated[bool, typer.Option("--active", help="Only those that still publish")] = False,
    *,
    settings: Settings,
) -> None:
    """List the portals of the registry."""
    from vietnam.writing import fold

    wanted = fold(province) if province else None
    portals = [
        portal
        for portal in registry_of(settings)
        if (wanted is None or wanted in {fold(p) for p in (portal.province_2024, portal.province_2025) if p})
        and platform in (None, portal.platform)
        and owner in (None, portal.owner)
        and (not active or is_active(portal))
    ]
    if settings.json:
        write_json(dataclasses.asdict(portal) for portal in portals)
        return
    write_table(
        ("portal", "name", "place", "platform", "sections", "until"),
        (
            (
                portal.id, portal.name, place_of(portal), portal.platform,
                " ".join(f"{sum(s.scope == scope for s in portal.sections)} {scope}"
                         for scope in ("front", "news") if any(s.scope == scope for s in portal.sections)),
                portal.active_until,
            )
            for portal in portals
        ),
    )  # fmt: skip
    say(many(len(portals), "portal"))


@app.command()
@with_settings
def show(
    name: Annotated[str, typer.Argument(help="Id, host, address or name; accents optional")],
    *,
    settings: Settings,
) -> None:
    """Show one portal's record, and where it stands in the registry."""
    from spiders.registry_text import to_yaml

    registry = registry_of(settings)
    portal = registry.get(name)
    if settings.json:
        write_json([dataclasses.asdict(portal)])
        return
    typer.echo(f"# {registry.origins[portal.id]}")
    typer.echo(to_yaml(portal).rstrip())


app.command()(check)
app.command()(discover)
app.command()(add)
app.command()(proposals)
app.command()(accept)
app.command()(dismiss)


@app.command()
@with_settings
def run(
    name: Annotated[str, typer.Argument(metavar="PORTAL", help="Id, host or name")],
    delay: Delay = None,
    *,
    settings: Settings,
) -> None:
    """Crawl a portal now, whenever it is due; exit code 10 where somebody is at it already."""
    from commands.audited import write_down
    from commands.claimed import crawl_claimed
    from commands.schedule import scheduled

    portal = registry_of(settings).get(name)
    with scheduled(settings) as engine:
        write_down(engine, "run_now", portal.id)
        crawl_claimed(engine, portal, manners(settings, delay), settings)


@app.command()
@with_settings
def pause(
    names: NamesArgument,
    *,
    settings: Settings,
) -> None:
    """Let the clock leave portals alone until they are resumed; a crawl under way goes on."""
    _enable(names, settings, enabled=False)


@app.command()
@with_settings
def resume(
    names: NamesArgument,
    *,
    settings: Settings,
) -> None:
    """Let the clock crawl portals again, by their schedules."""
    _enable(names, settings, enabled=True)


def _enable(names: list[str], settings: Settings, *, enabled: bool) -> None:
    from commands.audited import write_down
    from commands.schedule import portal_ids, scheduled
    from commands.schedule import show as show_schedules
    from crawler.running.adaptive import Rhythms
    from storage.schedules import change

    wanted = portal_ids(names, settings)
    with scheduled(settings) as engine:
        now, due = datetime.now(UTC), Rhythms(engine).due
        changed = [change(engine, portal, now, adaptive=due, enabled=enabled) for portal in wanted]
        for portal in wanted:
            write_down(engine, "resume" if enabled else "pause", portal)
        show_schedules(changed, settings)
