"""What `frontnews` offers: the commands by the kind of work, each imported only when it is run.

To import every command takes a second of processor time (SQLAlchemy, numpy, the places of Vietnam);
`frontnews --help`, completion and a misspelt name need none of it. What the list says of a command
is therefore written here a second time; a test holds it to the command itself.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import typer
import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from crawler.garbage import without_collection


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list: the command's name, the module that has it, and what it says of itself.

    A module has the command as a function of that name, or as the group ``app``.
    """

    name: str
    module: str
    help: str
    panel: str


def _entries() -> Iterator[Entry]:
    for panel, lines in PANELS.items():
        for name, (module, text) in lines.items():
            yield Entry(name, f"commands.{module}", text, panel)


PANELS: dict[str, dict[str, tuple[str, str]]] = {
    "Crawl": {
        "crawl": (
            "crawl",
            "Crawl portals and store what is new; --json writes each record that was read to stdout.",
        ),
        "read": ("read", "Read one page into one record."),
        "tag": (
            "read",
            'Add organizations, places, kind, relevance and dates to rows {"title", "text", "url"}.',
        ),
    },
    "Read the data": {
        "search": ("data", "Find articles: exact phrases and the accents you typed first, then the newest."),
        "export": (
            "data",
            "Write the records out; a file appears whole or not at all. The last line has the high-water "
            "mark.",
        ),
        "changes": (
            "data",
            "The feed that downstream reads: every change after a cursor, in commit order, as JSON lines.",
        ),
        "readers": ("readers", "Readers of the change feed that give a name, the furthest behind first."),
        "articles": (
            "articles",
            "One article: its copies, history and story; merge, split, remove, restore.",
        ),
    },
    "Run the service": {
        "schedule": ("schedule", "Run the clock; see and set when portals are crawled."),
        "worker": (
            "worker",
            "Crawl what `frontnews schedule run --queue cluster` hands out, on as many machines as you like.",
        ),
        "dashboard": (
            "dashboard",
            "Serve the dashboard until stopped; beyond loopback it needs a password or a token.",
        ),
        "health": (
            "health",
            "Check the database, the clock and the runs: 0 all well, 4 late, 5 no clock runs, 8 database.",
        ),
        "alerts": ("alerts", "See, acknowledge and mute alarms; test who is told of them."),
        "runs": ("runs", "List the latest runs, newest first."),
        "logs": (
            "runs",
            "One run: its verdict, its events, and the addresses of its portal that still fail.",
        ),
        "retry": (
            "runs",
            "Crawl the portal of a run again now; the addresses that failed get all their attempts back.",
        ),
        "cancel": ("runs", "End a crawl that is under way, wherever it runs; what it has read is saved."),
        "doctor": (
            "doctor",
            "Find what keeps Frontnews from working: 0 nothing, 3 a setting or the machine, 8 the database.",
        ),
    },
    "Portals": {
        "portals": ("portals", "The registry: list, show, check and add portals; pause and resume them."),
    },
    "Keep": {
        "db": ("database", "Create, check, back up and restore the database; give others access to it."),
        "archive": ("archive", "The pages as they were fetched: list, show, verify, prune."),
        "reprocess": (
            "reprocess",
            "Read the archived pages again with today's reader, and store what comes out differently.",
        ),
    },
}

ENTRIES = {entry.name: entry for entry in _entries()}


class Menu(TyperGroup):
    """The commands of :data:`ENTRIES`: stand-ins where they are listed, the command itself elsewhere."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for entry in ENTRIES.values():
            self.commands[entry.name] = TyperCommand(
                name=entry.name, help=entry.help, rich_help_panel=entry.panel
            )
        self._listing = False

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command by its name; None where there is none."""
        if self._listing or cmd_name not in ENTRIES:
            return super().get_command(ctx, cmd_name)
        return load(ENTRIES[cmd_name])

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, flags without a type."""
        return without_types(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the list for a person."""
        with self._listed():
            super().format_help(ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Return what a shell may complete."""
        with self._listed():
            return super().shell_complete(ctx, incomplete)

    @contextmanager
    def _listed(self) -> Iterator[None]:
        self._listing = True
        try:
            yield
        finally:
            self._listing = False


def load(entry: Entry) -> TyperCommand | TyperGroup:
    """Import a command."""
    menu = typer.Typer(add_completion=False)
    menu.callback()(lambda: None)
    with without_collection():
        module = importlib.import_module(entry.module)
        if hasattr(module, entry.name):
            menu.command(entry.name)(getattr(module, entry.name))
        else:
            menu.add_typer(module.app, name=entry.name)
        command = typer.main.get_group(menu).commands[entry.name]
    assert isinstance(command, TyperCommand | TyperGroup)
    tidy(command)
    return command


def tidy(command: TyperCommand | TyperGroup) -> None:
    """Set a command's help, and that of the commands below it, for a terminal.

    Lines of a paragraph flow as wide as the terminal is, and no option is said to take an ``<int range>``.
    """
    paragraphs = inspect.cleandoc(command.help or "").replace("``", "`").split("\n\n")
    command.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    without_types([*command.params, command.get_help_option(typer.Context(command))])
    for below in command.commands.values() if isinstance(command, TyperGroup) else ():
        assert isinstance(below, TyperCommand | TyperGroup)
        tidy(below)


VALUES = {"int": "N", "float": "N", "str": "TEXT", "Path": "PATH"}
"""What stands for the value of an option that names none itself."""


def without_types(parameters: list[Any]) -> list[Any]:
    """The parameters as people know them: flags and arguments show no type, options no name of Python's."""
    for parameter in parameters:
        if isinstance(parameter, TyperArgument):
            parameter.display_type_rich = _nothing  # type: ignore[method-assign]
        elif isinstance(parameter, TyperOption) and parameter.is_flag:
            parameter.metavar = ""
        elif isinstance(parameter, TyperOption) and not parameter.type_descriptor.is_choice:
            parameter.metavar = parameter.metavar or VALUES.get(parameter.bare_type())
    return parameters


def _nothing(ctx: object) -> None:  # noqa: ARG001 - as typer calls it
    return None
