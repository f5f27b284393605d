"""Data on stdout: JSON lines for programs, tables for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from commands.options import Settings

SHOWN = 90
"""Letters of a candidate's value that a person is shown: a line of a wide terminal."""


def write_json(rows: Iterable[Mapping[str, Any]]) -> int:
    """Write one JSON object a line, UTF-8, and return how many."""
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007
        sys.stdout.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()
    return count


def write_answer(answer: Mapping[str, Any], bare: str, settings: Settings) -> None:
    """Write the one thing that was asked for: bare for people and scripts, as an object with --json."""
    if settings.json:
        write_json([answer])
    else:
        sys.stdout.write(f"{bare}\n")


def write_table(
    head: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: frozenset[str] = frozenset()
) -> None:
    """Write a table; the columns named in ``numbers`` are set flush right.

    Off a terminal the table is as wide as its content, so that a pipe loses nothing.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in head:
        table.add_column(name, justify="right" if name in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, width=200)
    console.print(table)


def show_candidates(candidates: Sequence[Mapping[str, Any]]) -> None:
    """Show on stderr, for a person, what was proposed for each field, what won, and why."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("field", "", "value", "source", "reason"):
        table.add_column(name, overflow="fold", no_wrap=name in ("field", ""))
    last = None
    for one in sorted(candidates, key=lambda c: (c["field"], not c["chosen"])):
        value = str(one["value"])
        short = value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
        field = one["field"] if one["field"] != last else ""
        table.add_row(field, "*" if one["chosen"] else "", short, one["source"], one["reason"] or "")
        last = one["field"]
    console = Console(stderr=True, highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(stderr=True, highlight=False, markup=False, width=160)
    console.print(table)
