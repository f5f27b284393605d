"""A process that has imported everything, and forks for each piece of work: a crawl without its first second.

:func:`serve` is the loop of such a process, :class:`Warm` the end at which work is given out. Work is a line
of text, what comes of it are lines too. The process has one thread and no reactor, so that a fork of it is a
whole process; what runs in a fork may be killed at any moment.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[1]
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_OWN = ("twisted.internet.reactor", "__main__")
"""Modules that belong to the process that runs them: the reactor is made when it is imported."""


def serve(work: Callable[[str], None], rehearse: Callable[[], None]) -> None:
    """Do ``work`` for each line of the standard input, in a fork of its own.

    ``rehearse`` is run in a fork first, to learn what work imports. Written are the lines of the work
    (:func:`say`) between ``pid NUMBER`` and ``ended STATUS`` (negative: killed by that signal).
    """
    _import_all(_imported_by(rehearse))
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            say(f"pid {os.getpid()}")
            try:
                work(line.strip())
                status = 0
            except Exception:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(status)
        _, waited = os.waitpid(child, 0)
        say(f"ended {os.waitstatus_to_exitcode(waited)}")


def say(line: str) -> None:
    """Write a line in one piece: a fork and its parent share the pipe."""
    os.write(1, f"{line}\n".encode())


def _imported_by(rehearse: Callable[[], None]) -> list[str]:
    source, drain = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        with contextlib.suppress(Exception):
            rehearse()
        with os.fdopen(drain, "w") as names:
            names.write(" ".join(sys.modules))
        os._exit(0)
    os.close(drain)
    with os.fdopen(source) as names:
        found = names.read().split()
    os.waitpid(child, 0)
    return found


def _import_all(names: list[str]) -> None:
    for name in names:
        if name not in sys.modules and name not in _OWN:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)


class Warm:
    """A warm process of ``module`` (whose main calls :func:`serve`), and the work that it has in hand."""

    def __init__(self, module: str) -> None:
        self._command = [sys.executable, "-m", module]

    def __enter__(self) -> Warm:
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=os.environ | _ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._unread = b""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        if kind is not None:
            self._process.terminate()
        self._process.wait(60)
        self._process.stdout.close()

    def begin(self, work: str) -> int:
        """Give work out; the process that does it."""
        assert self._process.stdin is not None
        self._process.stdin.write(work.encode() + b"\n")
        self._process.stdin.flush()
        line = self.line(None) or ""
        word, _, pid = line.partition(" ")
        if word != "pid":
            raise RuntimeError(f"{self._command[-1]} answered {line!r}")
        return int(pid)

    def line(self, seconds: float | None) -> str | None:
        """The next line; None where there is none within so many seconds (None: wait for it)."""
        assert self._process.stdout is not None
        until = None if seconds is None else time.monotonic() + seconds
        while b"\n" not in self._unread:
            left = None if until is None else max(0.0, until - time.monotonic())
            ready, _, _ = select.select([self._process.stdout], [], [], left)
            if not ready:
                return None
            data = os.read(self._process.stdout.fileno(), 65536)
            if not data:
                raise RuntimeError(f"{self._command[-1]} is gone")
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def done(self, work: str, seconds: float) -> tuple[list[str], int | None]:
        """Do work; its lines, and its exit status. None: it took longer, and was killed."""
        pid, until = self.begin(work), time.monotonic() + seconds
        lines: list[str] = []
        killed = False
        while True:
            line = self.line(None if killed else max(0.0, until - time.monotonic()))
            if line is None:
                os.kill(pid, signal.SIGKILL)
                killed = True
            elif line.startswith("ended "):
                return lines, None if killed else int(line.removeprefix("ended "))
            else:
                lines.append(line)
