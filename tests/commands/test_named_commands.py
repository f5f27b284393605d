"""Every command and every option that the documents name is one that there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.advice import NEXT
from tests.commands.command_line import commands, options
from tests.commands.conftest import ROOT

PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
OPTIONS = options()
GROUPS = {path.split()[0] for path in OPTIONS if " " in path}
OURS = frozenset().union(*OPTIONS.values())

PROGRAMS = [*(ROOT / "benchmarks").glob("*.py"), *(ROOT / "tests").rglob("__main__.py")]
OF_OTHERS = frozenset(
    option for path in PROGRAMS for option in re.findall(r'"(--[a-z][a-z-]+)"', path.read_text("utf-8"))
) | {"--require-hashes"}
"""Options of the benchmarks and of pip, which the documents name too."""


def code(text: str) -> Iterator[str]:
    """What a page sets as code: fenced blocks by their lines, and spans."""
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield from re.sub(r"\\\n", " ", block).splitlines()
    outside = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    yield from (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", outside))


def faults(line: str) -> Iterator[str]:
    """What a line of code names that there is not."""
    for words in re.findall(r"(?:^|[\s$/])frontnews\s+([^|;&]*)", line):
        given = frozenset(re.findall(r"(?<!\S)--[a-z][a-z-]+", words))
        behind = re.sub(r"^(?:--?[a-z-]+(?: [A-Z]\S*|=\S+| \w+://\S+)? )+", "", words)
        name, *rest = behind.split() or [""]
        if not re.fullmatch(r"[a-z]+", name):
            continue  # `frontnews --help`, or a name that stands in a sentence
        below = rest[0] if name in GROUPS and rest and re.fullmatch(r"[a-z][a-z-]+", rest[0]) else ""
        path = f"{name} {below}".strip()
        if path not in OPTIONS:
            yield f"no command {path!r}: {line}"
        else:
            wrong = given - OPTIONS[path] - OPTIONS[""]
            yield from (f"{path} has no {option}: {line}" for option in sorted(wrong))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_that_a_page_names_exist_with_their_options(page: Path) -> None:
    assert [fault for line in code(page.read_text("utf-8")) for fault in faults(line)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_option_that_stands_alone_is_one_of_some_command(page: Path) -> None:
    alone = {
        option
        for line in code(page.read_text("utf-8"))
        if line.startswith("--")
        for option in re.findall(r"(?<!\S)--[a-z][a-z-]+", line)
    }
    assert sorted(alone - OURS - OF_OTHERS) == []


def test_what_is_advised_about_an_alarm_can_be_done() -> None:
    assert [fault for line in NEXT.values() for fault in faults(line)] == []


def test_the_help_of_a_command_names_only_commands_that_exist() -> None:
    lines = [line for _, command in commands() for line in code(command.help or "")]
    assert [fault for line in lines for fault in faults(line)] == []


def test_a_command_or_option_that_is_not_there_is_found() -> None:
    assert list(faults("frontnews schedule pause"))
    assert list(faults(".venv/bin/frontnews crawl --pagez 3"))
    assert not list(faults("frontnews --database URL crawl --limit 3 | head"))
