"""`frontnews` without its first second: forked from a process that has imported what it imports.

A command is a process of its own all the same, and runs ``cli.py`` from its first line to the functions at
exit, with its own arguments, environment, folder and standard streams. Only Python's imports are there
already. Where the start itself is what a test is about, it starts the command with subprocess.
The children that a command starts (crawl hosts, checks of records) are forked from there too.

    python -m tests.forked NUMBER     serves the socket of that number (:class:`Forked` starts it)
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import importlib
import importlib.util
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
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from commands.menu import ENTRIES
from crawler.running import children

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = str(ROOT / "cli.py")
IMPORTED = (
    "cli", "alembic.autogenerate", "commands.claimed", "crawler.running.cluster", "crawler.running.crawl",
    "crawler.running.service", "crawler.running.worker", "crawler.settings", "numpy.ma", "scheduler",
    "spiders.discovery", "spiders.loader", "spiders.reprocessing", "storage.queue_schema", "uvloop",
    *(f"scrapy.{name}" for name in (
        "dupefilters", "logformatter", "pqueues", "squeues", "statscollectors", "utils.boto",
        "extensions.closespider", "extensions.corestats", "extensions.feedexport", "extensions.logcount",
        "extensions.memdebug", "extensions.memusage", "extensions.spiderstate", "extensions.throttle",
        "spidermiddlewares.depth", "spidermiddlewares.httperror", "spidermiddlewares.metacopy",
        "spidermiddlewares.referer", "spidermiddlewares.start", "spidermiddlewares.urllength",
    )),
)  # fmt: skip
"""What commands and crawl hosts import when they are run, beside the commands' own modules. None of it may
make Twisted's reactor."""

END = b"end"
LARGEST = 1 << 17
"""Bytes of an order. Linux lets arguments and environment be longer; no test has a tenth of it."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command: what follows ``frontnews``, all of its environment, and its working folder.

    ``program`` is another of our scripts in its place. ``apart``: in a session of its own, so that signals of
    a terminal are not for it.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: str
    program: str = PROGRAM
    apart: bool = False


class Forked:
    """The process that forks, from ``with`` to its end."""

    def __enter__(self) -> Forked:
        self.orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
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
        self.orders.send(END)  # commands that are left have this socket too
        self.orders.close()
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
        told = begin(self.orders, order, stdin.fileno(), out.fileno(), err.fileno())
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


def begin(orders: socket.socket, order: Order, *standard: int) -> socket.socket:
    """Give an order out, with the numbers of its standard streams. What is returned tells the process in a
    line, and in another how it ended."""
    told, telling = socket.socketpair()
    with telling:
        socket.send_fds(
            orders, [json.dumps(asdict(order)).encode()], [*standard, telling.fileno(), orders.fileno()]
        )
    return told


class Child:
    """A forked child of an event loop, with what of asyncio.subprocess.Process is asked of one."""

    def __init__(self, told: asyncio.StreamReader, telling: asyncio.StreamWriter, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdin: asyncio.StreamWriter
        self.stdout: asyncio.StreamReader
        self._told = told
        self._telling = telling

    async def wait(self) -> int:
        """Wait for its exit status."""
        if line := await self._told.readline():
            self.returncode = int(line)
            self._telling.close()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal. Raises ProcessLookupError where it is gone."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it without a word."""
        self.send_signal(signal.SIGKILL)


def starting(orders: socket.socket) -> Callable[..., Coroutine[None, None, Child]]:
    """crawler.running.children.start by forks: of two seconds of processor time of a crawl host a quarter."""

    async def start(module: str, limit: int = 64 * 1024) -> Child:
        found = importlib.util.find_spec(module)
        assert found is not None and found.origin is not None
        order = Order((), children.environment(), str(Path.cwd()), found.origin, apart=True)
        reading, writing = os.pipe()
        ours, theirs = socket.socketpair()
        with theirs:
            told = begin(orders, order, theirs.fileno(), writing, sys.stderr.fileno())
        os.close(writing)
        hearing, telling = await asyncio.open_unix_connection(sock=told)
        child = Child(hearing, telling, int(await hearing.readline()))
        _, child.stdin = await asyncio.open_unix_connection(sock=ours)
        child.stdout = asyncio.StreamReader(limit)
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(child.stdout), os.fdopen(reading, "rb", 0)
        )
        return child

    return start


def without_settings() -> dict[str, str]:
    """The tester's environment without their own settings of Frontnews."""
    return {name: value for name, value in os.environ.items() if not name.startswith("FRONTNEWS_")}


def serve(orders: socket.socket) -> tuple[Order, socket.socket] | None:
    """Fork for each order. Returns None when no more come, and in a fork the order that it is to run and the
    socket that takes further ones."""
    while True:
        message, streams, _, _ = socket.recv_fds(orders, LARGEST, 5)
        is_order = message not in (b"", END)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG if is_order else 0) != (0, 0):
                pass  # of those who waited for earlier commands
        if not is_order:
            return None
        if os.fork() == 0:
            break
        for stream in streams:
            os.close(stream)
    orders.close()
    *standard, telling, further = streams
    if command := os.fork():
        for stream in (*standard, further, 1, 2):
            os.close(stream)
        os.write(telling, b"%d\n" % command)
        _, waited = os.waitpid(command, 0)
        os.write(telling, b"%d\n" % os.waitstatus_to_exitcode(waited))
        os._exit(0)
    for number, stream in enumerate(standard):
        os.dup2(stream, number)
    for stream in (*standard, telling):
        os.close(stream)
    os.set_inheritable(further, False)
    return Order(**json.loads(message)), socket.socket(fileno=further)


def main() -> None:
    """Import, serve, and in a fork be the command."""
    for name in (*IMPORTED, *(entry.module for entry in ENTRIES.values())):
        importlib.import_module(name)
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a reactor would be shared by all forks")
    gc.collect()
    gc.freeze()
    ordered = serve(socket.socket(fileno=int(sys.argv[1])))
    if ordered is None:
        return
    order, further = ordered
    if order.apart:
        os.setsid()
    os.environ.clear()
    os.environ.update(order.environment)
    os.chdir(order.folder)
    sys.argv = [order.program, *order.arguments]
    children.start = starting(further)  # type: ignore[assignment]
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
