"""`frontnews portals discover` and `add`: from an address to a record of the registry."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from commands.addresses import with_scheme
from commands.manners import Delay, manners
from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json
from commands.problems import say, say_problem, stop
from commands.store import registry_of
from storage.portals import Portal
from storage.said import many

if TYPE_CHECKING:
    from crawler.running.visit import Fetch
    from spiders.discovery import Discovery
    from spiders.registry import Registry

UrlArgument = Annotated[str, typer.Argument(help="Home page, subsite or section of a portal")]
ScopeOption = Annotated[str, typer.Option("--scope", help="all: sections of every subject too")]
BrowserOption = Annotated[
    bool, typer.Option("--browser", help="Scripts build its pages: look at it through a browser")
]


@with_settings
def discover(
    url: UrlArgument,
    scope: ScopeOption = "front",
    delay: Delay = None,
    browser: BrowserOption = False,
    *,
    settings: Settings,
) -> None:
    """Turn an address into a registry record: platform, sections, place, with what speaks for each."""
    found = _look(url, scope, delay, settings, browser=browser)
    _tell(found)
    _print(found.portal, settings)


@with_settings
def add(
    url: UrlArgument,
    portal_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="province/name \\[default: by place and host]")
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="front, women, district_portal …")] = None,
    province: Annotated[str | None, typer.Option("--province", help="Of 2024, accents optional")] = None,
    district: Annotated[str | None, typer.Option("--district", help="Of 2024, accents optional")] = None,
    scope: ScopeOption = "front",
    delay: Delay = None,
    browser: BrowserOption = False,
    *,
    crawl: Annotated[bool, typer.Option("--crawl", help="Crawl it right after")] = False,
    settings: Settings,
) -> None:
    """Discover a portal and write its record into the registry, with a saved page of it."""
    from spiders.record_writer import RecordNotWritten, free_id
    from spiders.record_writer import add as write
    from spiders.saved_pages import save

    address = with_scheme(url)
    registry = _registry(settings)
    known = registry.for_url(address) if registry is not None else None
    if registry is not None and known is not None and not _may_be_subsite(address, known):
        stop(
            f"{address} is {known.id} already ({registry.origins[known.id]});"
            f" 'frontnews portals check {known.id}' compares it with the site",
            ExitCode.USAGE,
        )
    found = _look(url, scope, delay, settings, browser=browser)
    _tell(found)
    portal = _answered(found, owner=owner, province=province, district=district)
    portal = dataclasses.replace(portal, id=portal_id or free_id(portal, registry))
    if not portal.sections:
        stop(f"{address}: no section found; nothing was written", ExitCode.ALL_FAILED)
    try:
        written = write(settings.registry, portal)
    except RecordNotWritten as problem:
        stop(f"{problem}; nothing was written", ExitCode.CONFIGURATION)
    saved = save(written.path.parent, portal, found.samples)
    _print(portal, settings)
    say(f"written: {written}" + (f", with a saved page: {saved}" if saved else ""))
    if crawl:
        from commands.claimed import crawl_claimed
        from commands.schedule import scheduled

        record = registry_of(settings).get(portal.id)
        with scheduled(settings) as engine:
            crawl_claimed(engine, record, manners(settings, delay), settings)
    else:
        say(f"next: frontnews crawl {portal.id} --limit 20")


def _may_be_subsite(address: str, known: Portal) -> bool:
    """Whether an address below a portal of the registry may be another portal on the same host."""
    path = urlsplit(address).path
    is_folder = path.endswith("/") and path != urlsplit(known.url).path
    return is_folder and path not in {section.path for section in known.sections}


def _registry(settings: Settings) -> Registry | None:
    """The registry; None where the folder that was named has no file yet."""
    folder = settings.registry
    if folder is not None and not any(folder.glob("*.yaml")):
        return None
    return registry_of(settings)


def _look(url: str, scope: str, delay: float | None, settings: Settings, *, browser: bool) -> Discovery:
    """Look at a site politely; ends the command with one line where nothing answers."""
    from commands.claimed import server_turn
    from crawler.fetching.browser import NoBrowser
    from crawler.running.visit import ServerFacts, visit
    from spiders.discovery import SAMPLES, DiscoveryFailed
    from spiders.discovery import discover as look
    from spiders.server_needs import over_http, with_server_needs

    if scope not in ("front", "all"):
        raise typer.BadParameter(f"{scope!r} is neither front nor all", param_hint="--scope")

    def look_at(address: str, facts: ServerFacts) -> Discovery:
        async def work(fetch: Fetch) -> Discovery:
            return await look(address, fetch, scope="all" if scope == "all" else "front", samples=SAMPLES)

        options = manners(settings, delay)
        try:
            found = visit(
                work, options, settings.database, on_problem=say_problem, facts=facts, browser=browser
            )
        except NoBrowser as problem:
            stop(str(problem), ExitCode.CONFIGURATION)
        found = dataclasses.replace(found, portal=dataclasses.replace(found.portal, browser=browser))
        return with_server_needs(found, facts)

    address, facts = with_scheme(url), ServerFacts()
    with server_turn(address, manners(settings, delay), settings):
        try:
            return look_at(address, facts)
        except DiscoveryFailed as problem:
            plain = over_http(address, facts)
            if plain is None:
                stop(f"{problem}; nothing was written", ExitCode.ALL_FAILED)
        say(f"https does not work; trying {plain}")
        try:
            return look_at(plain, ServerFacts())
        except DiscoveryFailed as problem:
            stop(f"{problem}; nothing was written", ExitCode.ALL_FAILED)


def _tell(found: Discovery) -> None:
    """Say what was seen, the articles that were read, and the one thing that is to be answered."""
    for line in found.evidence:
        say(line)
    for sample in found.samples:
        article = sample.article
        if article is None:
            say(f"article {sample.page.url}: {sample.reason}")
            continue
        day = f"{article.published_at:%Y-%m-%d %H:%M}" if article.published_at else "no date"
        by = f", {article.byline}" if article.byline else ""
        ours = "ours" if article.relevant else "not ours"
        say(f"article {day} ({many(len(article.paragraphs), 'paragraph')}{by}; {ours}): {article.title}")
    say(f"pages of a list: {found.paging}")
    say(
        f"{many(found.requests, 'request')}, {many(len(found.portal.sections), 'section')},"
        f" {found.portal.confidence} confidence"
    )
    if found.questions:
        say(f"please answer: {found.questions[0].text}")


def _answered(found: Discovery, *, owner: str | None, province: str | None, district: str | None) -> Portal:
    """The record with what the options say, or what a person at a terminal answers."""
    from spiders.whereabouts import placed
    from vietnam import places

    portal = found.portal
    if province is None and portal.province_2024 is None and sys.stdin.isatty():
        province = typer.prompt("province (of 2024; empty if of none)", default="", show_default=False)
    if province:
        name = places.province_2024(province)
        if name is None:
            raise typer.BadParameter(f"{province!r} is no province of 2024", param_hint="--province")
        portal = placed(portal, name, None)
    if district:
        name = places.district_2024(district, portal.province_2024)
        if name is None or portal.province_2024 is None:
            raise typer.BadParameter(
                f"{district!r} is no district of {portal.province_2024}; say --province too",
                param_hint="--district",
            )
        portal = placed(portal, portal.province_2024, name)
    return dataclasses.replace(portal, owner=owner) if owner else portal


def _print(portal: Portal, settings: Settings) -> None:
    from spiders.registry_text import to_yaml

    if settings.json:
        write_json([dataclasses.asdict(portal)])
    else:
        typer.echo(to_yaml(portal).rstrip())
