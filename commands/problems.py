"""From a failure to one line and an exit code: what, where, what was kept, what to do next."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from commands.options import ExitCode

# The CONTRACT: where several codes apply, the first of these.
PRECEDENCE = (ExitCode.DATABASE, ExitCode.ALL_FAILED, ExitCode.BLOCKED, ExitCode.DRIFT, ExitCode.PARTIAL)


def say(line: str) -> None:
    """Write one line for a person to stderr; stdout carries data alone."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def stop(message: str, code: ExitCode) -> NoReturn:
    """End the command with one clear line."""
    say(f"frontnews: {message}")
    raise typer.Exit(int(code))


def worst(codes: set[ExitCode]) -> ExitCode:
    """The exit code of a run to which several apply."""
    return next((code for code in PRECEDENCE if code in codes), ExitCode.OK)
