"""What `--help` says, of every command."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import typer.main
from rich.text import Text
from typer.core import TyperArgument, TyperGroup, TyperOption

from cli import app


def described(group: TyperGroup, path: str = "frontnews") -> Iterator[tuple[str, str]]:
    """Each option and argument below a command, and its help."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from described(command, f"{path} {name}")
        for parameter in command.params:
            if isinstance(parameter, TyperOption | TyperArgument) and parameter.help:
                yield f"{path} {name} {parameter.opts[0]}", parameter.help


def test_a_default_in_brackets_is_shown_and_not_taken_for_a_style() -> None:
    top = typer.main.get_command(app)
    assert isinstance(top, TyperGroup)
    helps = dict(described(top))
    assert len(helps) > 150
    hidden = [
        name for name, text in helps.items() if Text.from_markup(text).plain != text.replace("\\[", "[")
    ]
    assert not hidden, "written as a bracket, not as \\\\[ : typer reads rich's markup"


def test_the_help_of_crawl_says_what_is_usual(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        app(["crawl", "--help"])
    shown = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "Listing pages per section [default: 200]" in shown
    assert "between two requests to a server [default: 2]" in shown
