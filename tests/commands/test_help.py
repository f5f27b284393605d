"""What `--help` says, of every command."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import pytest
import typer
from rich.text import Text

from cli import app
from commands.menu import ENTRIES, Entry, load
from tests.commands.command_line import commands, described
from tests.commands.conftest import ROOT

HEAVY = ("sqlalchemy", "numpy", "lxml", "scrapy", "twisted", "apscheduler", "storage.engine", "spiders")
"""Packages that no page of help needs: half a second of processor time and more."""


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.name)
def test_the_list_of_commands_says_what_each_says_of_itself(entry: Entry) -> None:
    command = load(entry)
    own = inspect.cleandoc(command.help or "").partition("\n\n")[0]
    assert " ".join(own.split()) == entry.help
    assert command.name == entry.name


@pytest.mark.parametrize("arguments", [["--help"], ["crwl"], []], ids=["help", "misspelt", "nothing"])
def test_the_list_of_commands_is_shown_without_importing_what_they_do(arguments: list[str]) -> None:
    looked = (
        "import atexit, json, sys; sys.argv[0] = 'frontnews'; import cli\n"
        "atexit.register(lambda: sys.stdout.write('\\n' + json.dumps(sorted(sys.modules))))\n"
        "cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", looked, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    imported = set(json.loads(done.stdout.splitlines()[-1]))
    assert "commands.menu" in imported
    assert sorted(imported.intersection(HEAVY)) == []


def test_no_page_of_help_waits_for_what_its_command_does() -> None:
    looked = (
        "import json, sys; from commands.menu import ENTRIES, load\n"
        "brought = {}\n"
        "for name, entry in ENTRIES.items():\n"
        "    load(entry)\n"
        "    brought[name] = [package for package in sys.argv[1:] if sys.modules.pop(package, None)]\n"
        "print(json.dumps(brought))"
    )
    done = subprocess.run(
        [sys.executable, "-c", looked, *HEAVY], cwd=ROOT, capture_output=True, text=True, check=True
    )
    brought = json.loads(done.stdout)
    assert len(brought) == len(ENTRIES)
    assert {name: packages for name, packages in brought.items() if packages} == {}


def test_the_list_of_commands_is_grouped_by_the_kind_of_work(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        app(["--help"])
    shown = capsys.readouterr().out
    panels = ["─ Crawl ─", "─ Read the data ─", "─ Run the service ─", "─ Portals ─", "─ Keep ─"]
    assert [panel for panel in panels if panel not in shown] == []
    assert sorted(panels, key=shown.index) == panels


def test_a_default_in_brackets_is_shown_and_not_taken_for_a_style() -> None:
    helps = dict(described())
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


def test_no_option_is_said_to_take_a_type_of_python() -> None:
    named = {"<int", "<float", "<str", "<list", "<path", "<bool"}
    for path, command in commands():
        context = typer.Context(command)
        for parameter in command.get_params(context):
            shown = parameter.display_type_rich(context) or ""  # type: ignore[attr-defined]
            assert not any(name in shown for name in named), f"{path} {parameter.name}: {shown}"
