"""`frontnews` without its first second: forked from a process that has imported what it imports.

A command is a process of its own all the same, and runs ``cli.py`` from its first line to the functions at
exit, with its own arguments, environment, folder and standard streams. Only Python's imports are there
already. Where the start itself is what a test is about, it starts the command with subprocess.

    python -m tests.forked NUMBER     serves the socket of that number (:class:`Forked` starts it)
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from commands.menu import ENTRIES

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = str(ROOT / "cli.py")
IMPORTED = (
    "cli", "alembic.autogenerate", "commands.claimed", "crawler.running.cluster", "crawler.running.crawl",
    "crawler.running.service", "crawler.running.worker", "scheduler",
    "spiders.discovery", "spiders.loader", "spiders.reprocessing", "storage.queue_schema",
)  # fmt: skip
"""What commands import when they are run, beside their own modules. None of it may make Twisted's reactor."""

LARGEST = 1 << 17
"""Bytes of an order. Linux lets arguments and environment be longer; no test has a tenth of it."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command: what follows ``frontnews``, all of its environment, and its working folder.

    ``program`` is another of our scripts in its place.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: str
    program: str = PROGRAM


class Forked:
    """The process that forks, from ``with`` to its end."""

    def __enter__(self) -> Forked:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forked", str(theirs.fileno())],
                cwd=ROOT,
                env=without_settings() | {"OPENBLAS_NUM_THREADS": "1"},  # a fork takes one thread along
                pass_fds=[theirs.fileno()],
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._orders.close()
        self._process.wait(60)

    def run(self, order: Order, stdin: str, seconds: float) -> subprocess.CompletedProcess[str]:
        """Run one command to its end. Raises subprocess.TimeoutExpired; the command is gone then."""
        with contextlib.ExitStack() as ends:
            given, out, err = (ends.enter_context(tempfile.TemporaryFile()) for _ in range(3))
            given.write(stdin.encode())
            given.seek(0)
            command = self.start(order, given, out, err)
            try:
                status = command.wait(seconds)
            except subprocess.TimeoutExpired:
                command.kill()
                command.wait()
                raise
            said = [(stream.seek(0), stream.read().decode())[1] for stream in (out, err)]
        return subprocess.CompletedProcess(command.args, status, *said)

    def start(self, order: Order, stdin: IO[bytes], out: IO[bytes], err: IO[bytes]) -> Running:
        """Start one command and leave it running."""
        told, telling = socket.socketpair()
        with telling:
            streams = [given.fileno() for given in (stdin, out, err, telling)]
            socket.send_fds(self._orders, [json.dumps(asdict(order)).encode()], streams)
        return Running([order.program, *order.arguments], told)


class Running:
    """A command that was started, with what of subprocess.Popen is asked of one."""

    def __init__(self, args: Sequence[str], told: socket.socket) -> None:
        self.args = args
        self.returncode: int | None = None
        self._told = told
        self.pid = self._line(None)

    def poll(self) -> int | None:
        """Its exit status, negative where a signal ended it; None: it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its exit status. Raises subprocess.TimeoutExpired after so many seconds."""
        if self.returncode is None:
            self.returncode = self._line(timeout)
            self._told.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a word."""
        self.send_signal(signal.SIGKILL)

    def _line(self, timeout: float | None) -> int:
        if not select.select([self._told], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(self.args, timeout or 0.0)
        line = b""
        while not line.endswith(b"\n"):  # it was written in one piece
            if not (piece := self._told.recv(1)):
                raise RuntimeError(f"who waited for {self.args} is gone")
            line += piece
        return int(line)


def without_settings() -> dict[str, str]:
    """The tester's environment without their own settings of Frontnews."""
    return {name: value for name, value in os.environ.items() if not name.startswith("FRONTNEWS_")}


def serve(orders: socket.socket) -> Order | None:
    """Fork for each order. Returns the order in the fork that is to run it, and None when no more come."""
    while True:
        message, streams, _, _ = socket.recv_fds(orders, LARGEST, 4)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG if message else 0) != (0, 0):
                pass  # of those who waited for earlier commands
        if not message:
            return None
        if os.fork() == 0:
            break
        for stream in streams:
            os.close(stream)
    orders.close()
    *standard, telling = streams
    if command := os.fork():
        for stream in (*standard, 1, 2):
            os.close(stream)
        os.write(telling, b"%d\n" % command)
        _, waited = os.waitpid(command, 0)
        os.write(telling, b"%d\n" % os.waitstatus_to_exitcode(waited))
        os._exit(0)
    for number, stream in enumerate(standard):
        os.dup2(stream, number)
    for stream in streams:
        os.close(stream)
    return Order(**json.loads(message))


def main() -> None:
    """Import, serve, and in a fork be the command."""
    for name in (*IMPORTED, *(entry.module for entry in ENTRIES.values())):
        importlib.import_module(name)
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a reactor would be shared by all forks")
    gc.collect()
    gc.freeze()
    order = serve(socket.socket(fileno=int(sys.argv[1])))
    if order is None:
        return
    os.environ.clear()
    os.environ.update(order.environment)
    os.chdir(order.folder)
    sys.argv = [order.program, *order.arguments]
    status = 0
    try:
        runpy.run_path(order.program, run_name="__main__")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    # What the interpreter does at its end, except for taking the modules apart: that alone takes 0.1 s, for
    # each page of memory would have to be copied.
    threading._shutdown()  # type: ignore[attr-defined]  # no stub knows it
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
