"""The standard streams of a command: UTF-8, there even where they were closed, and left when nobody reads."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class ReaderGone(SystemExit):
    """Whoever read our output has had enough (``| head``, a pager that was left): that is no failure.

    No Exception, so that no library on the way takes it for one: rich and typer end with 1 where they meet
    a broken pipe.
    """


class Unwritten(OSError):
    """Our output has no space, or its disk is broken."""


class _Standard(io.FileIO):
    """A descriptor that says so once when it cannot be written; what comes after that is dropped."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as problem:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            if isinstance(problem, BrokenPipeError):
                raise ReaderGone(0) from None
            raise Unwritten(*problem.args) from problem


def prepare() -> None:
    """Make the streams ready, before anything is read or written.

    Data is UTF-8 whatever the locale says, as files and the standard input of rows are. Half a letter of
    UTF-16 (JSON may hold one alone) leaves as ``?``: it must not end the rows after it. A stream that was
    closed (``<&-``) is an empty one: its number would go to the next file that is opened.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            while os.open(os.devnull, os.O_RDWR) < number:
                pass
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    out = sys.stdout
    if not isinstance(out, io.TextIOWrapper):
        return
    try:
        number = out.fileno()
    except OSError:  # no descriptor: something in memory that a test reads
        out.reconfigure(encoding="utf-8", errors="replace")
        return
    out.flush()
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(_Standard(number, "wb", closefd=False)),
        encoding="utf-8", errors="replace", line_buffering=out.isatty(), write_through=out.write_through,
    )  # fmt: skip


def settle() -> None:
    """Write out what is still held back. Raises Unwritten."""
    with contextlib.suppress(ReaderGone):
        sys.stdout.flush()
