"""The options that every command takes, before or after its name, and the exit codes.

``@with_settings`` adds ``--database --registry --allow-address --archive --quiet --json`` to a command and
hands them over as one :class:`Settings`. Each has an environment variable; a value given nearer to
the command wins over one given before the command's name, which wins over the environment.
"""

from __future__ import annotations

import functools
import inspect
import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from crawler.archive.files import folder_of
from storage.lease import parse_lease

DEFAULT_DATABASE = "sqlite:///data/frontnews.db"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Command = TypeVar("Command", bound=Callable[..., Any])


class ExitCode(IntEnum):
    """Exit codes of the CONTRACT (DESIGN.md, "the commands")."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    CONFIGURATION = 3
    PARTIAL = 4
    ALL_FAILED = 5
    DRIFT = 6
    BLOCKED = 7
    DATABASE = 8
    RUNNING = 10
    INTERRUPTED = 130
    TERMINATED = 143


@dataclass(frozen=True, slots=True)
class Settings:
    """What the common options came to."""

    database: str
    registry: Path | None
    allow: tuple[Network, ...]
    quiet: bool
    json: bool
    archive: Path | None = None
    """Folder of the raw archive; None where none is kept."""

    @property
    def archive_name(self) -> str | None:
        """The folder of the archive as the options of a crawl have it."""
        return None if self.archive is None else str(self.archive.resolve())


EVERYWHERE = "Options of every command"

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database", envvar="FRONTNEWS_DATABASE", metavar="URL", show_default=False,
        rich_help_panel=EVERYWHERE,
        help=f"SQLite file or PostgreSQL database \\[default: {DEFAULT_DATABASE}]",
    ),
]  # fmt: skip
RegistryOption = Annotated[
    Path | None,
    typer.Option(
        "--registry", envvar="FRONTNEWS_REGISTRY", metavar="DIR", show_default=False,
        rich_help_panel=EVERYWHERE,
        help="Folder of portal records (YAML) \\[default: the built-in registry]",
    ),
]  # fmt: skip
AllowOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-address", envvar="FRONTNEWS_ALLOW_ADDRESS", metavar="CIDR", show_default=False,
        rich_help_panel=EVERYWHERE,
        help="Let the crawler reach this loopback or private network; may be repeated",
    ),
]  # fmt: skip
ArchiveOption = Annotated[
    str | None,
    typer.Option(
        "--archive", envvar="FRONTNEWS_ARCHIVE", metavar="DIR", show_default=False,
        rich_help_panel=EVERYWHERE,
        help="Folder of the raw archive, or off \\[default: archive, beside the database]",
    ),
]  # fmt: skip
QuietOption = Annotated[
    bool,
    typer.Option(
        "--quiet",
        "-q",
        envvar="FRONTNEWS_QUIET",
        rich_help_panel=EVERYWHERE,
        help="No progress, only problems",
    ),
]
JsonOption = Annotated[
    bool,
    typer.Option(
        "--json", envvar="FRONTNEWS_JSON", rich_help_panel=EVERYWHERE, help="Answer as JSON lines on stdout"
    ),
]

_OPTIONS: dict[str, tuple[Any, Any]] = {
    "database": (DatabaseOption, None),
    "registry": (RegistryOption, None),
    "allow_address": (AllowOption, None),
    "archive": (ArchiveOption, None),
    "quiet": (QuietOption, False),
    "json": (JsonOption, False),
}


def parse_network(text: str) -> Network:
    """A CIDR or a single address; anything else is a usage error that names it."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no address or CIDR such as 127.0.0.0/8") from None


def stands_on_the_line(context: typer.Context, name: str) -> bool:
    """Whether an option was written behind the command's name, and not set by the environment."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def with_settings(command: Command) -> Command:
    """Give a command the common options; it receives them as its argument ``settings``."""
    own = inspect.signature(command, eval_str=True)
    parameters = [p for p in own.parameters.values() if p.name != "settings"]
    common = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in _OPTIONS.items()
    ]
    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)

    @functools.wraps(command)
    def run(*args: Any, context: typer.Context, **values: Any) -> Any:
        given = {name: values.pop(name) for name in _OPTIONS}
        before = context.obj if isinstance(context.obj, dict) else {}
        # A value of the environment is in both; only what stands behind the command's name is nearer than
        # what stands before it.
        merged = {
            name: value if stands_on_the_line(context, name) else before.get(name) or value
            for name, value in given.items()
        }
        networks = [n for item in merged["allow_address"] or () for n in item.replace(",", " ").split()]
        database = merged["database"] or DEFAULT_DATABASE
        settings = Settings(
            database=database,
            registry=merged["registry"],
            allow=tuple(parse_network(n) for n in networks),
            quiet=bool(merged["quiet"]),
            json=bool(merged["json"]),
            archive=folder_of(database, merged["archive"]),
        )
        return command(*args, settings=settings, **values)

    arranged = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]
    run.__signature__ = own.replace(parameters=[*arranged, *common, context])  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in (*arranged, *common, context)}
    return run  # type: ignore[return-value]


def remember(
    context: typer.Context,
    database: DatabaseOption = None,
    registry: RegistryOption = None,
    allow_address: AllowOption = None,
    archive: ArchiveOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
    version: Annotated[
        bool, typer.Option("--version", help="Name, version, Python, Scrapy, git revision; then end")
    ] = False,
) -> None:
    """Keep options that stand before the command's name for the command to fall back on."""
    if version:
        from commands.version import write_version

        write_version(as_json=json)
        raise typer.Exit
    if context.invoked_subcommand is None:
        context.fail("Missing command.")
    if given := os.environ.get("FRONTNEWS_LEASE"):
        try:
            parse_lease(given)
        except ValueError as problem:
            raise typer.BadParameter(str(problem)) from None
    context.obj = {
        "database": database, "registry": registry, "allow_address": allow_address, "archive": archive,
        "quiet": quiet, "json": json,
    }  # fmt: skip
