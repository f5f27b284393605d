"""From a failure to one line and an exit code: what, where, what was kept, what to do next."""

from __future__ import annotations

import contextlib
import sys
from typing import NoReturn

import typer

from commands.options import ExitCode


def say(line: str) -> None:
    """Write one line for a person to stderr; stdout carries data alone.

    Where nobody can be told (the disk of the log is full, its reader has gone) the work goes on.
    """
    with contextlib.suppress(OSError):
        print(line, file=sys.stderr, flush=True)  # noqa: T201


def say_problem(problem: str) -> None:
    """Say why a page did not come."""
    say(f"frontnews: {problem}")


def stop(message: str, code: ExitCode) -> NoReturn:
    """End the command with one clear line."""
    say(f"frontnews: {message}")
    raise typer.Exit(int(code))
