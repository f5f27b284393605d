"""Data on stdout: JSON lines for programs, tables for people."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.options import Settings
from vietnam.stamps import VIETNAM

ZONE = "+07"
"""Behind the name of a column of times: that of Vietnam."""

MINUTE = "%Y-%m-%d %H:%M"

GAP = "  "
INDENT = "    "

PROSE = frozenset({"", "address", "do", "finding", "message", "title", "what", "why"})
"""Columns that speak for themselves where they stand under a row, without their name."""

SHOWN = 90
"""Letters of a candidate's value that a person is shown: a line of a wide terminal."""


def write_json(rows: Iterable[Mapping[str, Any]]) -> int:
    """Write one JSON object a line, UTF-8, and return how many."""
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007
        sys.stdout.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")
    sys.stdout.flush()
    return count


def _plain(value: object) -> str:
    """What JSON has no form for: times as ISO 8601, the rest as its text."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def write_answer(answer: Mapping[str, Any], bare: str, settings: Settings) -> None:
    """Write the one thing that was asked for: bare for people and scripts, as an object with --json."""
    if settings.json:
        write_json([answer])
    else:
        sys.stdout.write(f"{bare}\n")


def local(moment: datetime | None, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A moment for people, in Vietnam's time; whoever shows it says so (:data:`ZONE`)."""
    return f"{moment.astimezone(VIETNAM):{form}}" if moment else ""


def write_table(
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numbers: frozenset[str] = frozenset(),
    below: Sequence[str] = (),
) -> None:
    """Write a table; the columns named in ``numbers`` are set flush right.

    On a terminal that is too narrow, columns move to a line under each row: those of ``below`` first, then
    from the right. Nothing is cut or broken within a word, so that ids and addresses can be copied. Off a
    terminal the table is as wide as its content, so that a pipe loses nothing.
    """
    cells = [["" if cell is None else " ".join(str(cell).split()) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(head, *cells, strict=True)]
    console = Console(highlight=False, markup=False)
    shown = list(range(len(head)))
    under: list[int] = []
    if console.is_terminal:
        moving = [head.index(name) for name in below]
        moving += [column for column in reversed(range(1, len(head))) if column not in moving]
        while moving and _width(widths, shown) > console.width:
            under.append(moving.pop(0))
            shown.remove(under[-1])
    line = _line_of(widths, [head[column] in numbers for column in range(len(head))], shown)
    if any(head[column] for column in shown):
        console.print(Text(line(head), style="bold"), soft_wrap=True)
    for row in cells:
        console.print(Text(line(row)), soft_wrap=True)
        for said in _under(head, row, numbers, sorted(under), console.width):
            console.print(Text(said, style="dim"), soft_wrap=True)


def _width(widths: Sequence[int], shown: Sequence[int]) -> int:
    """Columns of the terminal that a row takes."""
    return sum(widths[column] for column in shown) + len(GAP) * (len(shown) - 1)


def _line_of(
    widths: Sequence[int], flush_right: Sequence[bool], shown: Sequence[int]
) -> Callable[[Sequence[str]], str]:
    """How a row is set in a line."""

    def line(row: Sequence[str]) -> str:
        parts = []
        for column in shown:
            space = " " * (widths[column] - cell_len(row[column]))
            parts.append(space + row[column] if flush_right[column] else row[column] + space)
        return GAP.join(parts).rstrip()

    return line


def _under(
    head: Sequence[str], row: Sequence[str], numbers: frozenset[str], under: Sequence[int], width: int
) -> Iterator[str]:
    """The lines under a row: ``3 copies; 10 off topic``, each too long for the terminal by its words."""
    said = []
    for column in under:
        name, value = head[column], row[column]
        if name == "in":
            said += [f"in {value}"] * bool(value)
        elif name in numbers:
            said += [f"{value} {_single(name) if value == '1' else name}"] * (value not in ("", "0"))
        elif value and name.endswith(ZONE):
            said.append(f"{name.removesuffix(ZONE)}{value} {ZONE}")
        elif value:
            said.append(value if name in PROSE else f"{name} {value}")
    line = ""
    for part in said:
        together = f"{line}; {part}" if line else part
        if line and cell_len(together) + len(INDENT) > width:
            yield from _wrapped(line, width)
            together = part
        line = together
    if line:
        yield from _wrapped(line, width)


def _single(name: str) -> str:
    return {"copies": "copy", "stories": "story"}.get(name, name.removesuffix("s"))


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(
        line, width, initial_indent=INDENT, subsequent_indent=INDENT,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


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
