"""How commands visit sites: their pace, and the options of a crawl from the command line's own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import Settings

if TYPE_CHECKING:
    from crawler.running.options import CrawlOptions

Delay = Annotated[
    float | None,
    typer.Option(
        "--delay", min=0, max=3600, metavar="S", envvar="FRONTNEWS_DELAY", show_default=False,
        help="Seconds between two requests to a server \\[default: 2]; 1 at least beyond this machine",
    ),
]  # fmt: skip


def manners(settings: Settings, delay: float | None = None) -> CrawlOptions:
    """The options of a crawl that asks for nothing special, at the usual pace unless ``delay`` is another."""
    from crawler.running.options import CrawlOptions

    options = CrawlOptions(
        allow_addresses=tuple(str(network) for network in settings.allow), archive=settings.archive_name
    )
    return options if delay is None else replace(options, delay=delay)
