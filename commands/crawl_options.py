"""The options of those who crawl for ever: `schedule run` and `worker`."""

from __future__ import annotations

from typing import Annotated

import typer

Hosts = Annotated[
    int | None, typer.Option("--hosts", min=1, help="Crawl processes \\[default: one a core, at most 4]")
]
Silent = Annotated[
    float, typer.Option("--silent", min=5, help="Seconds after which a silent crawl process is killed")
]
Deadline = Annotated[str, typer.Option("--deadline", metavar="TIME", help="Longest crawl of a portal")]
