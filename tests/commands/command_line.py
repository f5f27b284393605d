"""The whole command line as data: every command, and the options and arguments that it takes."""

from __future__ import annotations

from collections.abc import Iterator

import typer
import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from cli import app
from commands.menu import ENTRIES, load


def commands() -> Iterator[tuple[str, TyperCommand | TyperGroup]]:
    """Each command and group with its path: ``portals check``; "" is `frontnews` itself."""
    top = typer.main.get_command(app)
    assert isinstance(top, TyperGroup)
    yield "", top
    for name, entry in ENTRIES.items():
        command = load(entry)
        yield name, command
        if isinstance(command, TyperGroup):
            for below, one in command.commands.items():
                assert isinstance(one, TyperCommand)
                yield f"{name} {below}", one


def described() -> Iterator[tuple[str, str]]:
    """Each option and argument of a command, and its help."""
    for path, command in commands():
        for parameter in command.params:
            if path and isinstance(parameter, TyperOption | TyperArgument) and parameter.help:
                yield f"frontnews {path} {parameter.opts[0]}", parameter.help


def options() -> dict[str, frozenset[str]]:
    """The options of each command by its path, ``-o`` and ``--output`` alike."""
    return {
        path: frozenset(
            name
            for parameter in command.params
            if isinstance(parameter, TyperOption)
            for name in (*parameter.opts, *parameter.secondary_opts)
        )
        | {"--help"}
        for path, command in commands()
    }
