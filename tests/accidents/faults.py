"""Faults at the n-th call of something that is not ours: the database's driver, the disk.

``every_call`` counts n up until an operation completes without meeting its fault, and has everything looked
at after each. A fault is what the driver or the system would raise, so that our own handling of it is tried.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psycopg
import pytest
from sqlalchemy import Dialect, Engine
from sqlalchemy.pool.base import _ConnectionFairy

Fail = Callable[[Callable[..., object], tuple[object, ...]], object]
When = Literal["before", "after"]
"""Whether the call is refused, or is made and its answer lost."""

MOST = 3_000
"""Calls after which an operation is taken for one that never completes."""


@dataclass
class Fault:
    """The ``at``-th call fails (from 1); ``fired`` tells whether it came to that."""

    at: int
    calls: int = 0

    @property
    def fired(self) -> bool:
        return self.calls >= self.at

    def is_due(self) -> bool:
        """Count one call; whether it is the one."""
        self.calls += 1
        return self.calls == self.at


def every_call(
    attempt: Callable[[int, Fault], None],
    look: Callable[[int], None],
    expected: tuple[type[Exception], ...],
    step: int = 1,
) -> int:
    """Try with a fault at the 1st, 2nd, … call (every ``step``-th); how many calls a whole attempt makes.

    ``attempt`` is given its number and its fault. Where it meets that it must raise one of ``expected``, or
    come through it; any other exception is a finding. ``look`` asserts what must hold after each.
    """
    for number, at in enumerate(range(1, MOST, step)):
        fault = Fault(at)
        try:
            attempt(number, fault)
        except expected as problem:
            assert fault.fired, f"refused without a fault: {problem}"
            assert "\n" not in str(problem), "an error is one line for the person who reads it"
        look(number)
        if not fault.fired:
            return fault.calls
    raise AssertionError(f"not complete after {MOST} calls")


def disk_error(engine: Engine) -> Exception:
    """What the driver raises when the database cannot be read or written any more."""
    if engine.dialect.name == "sqlite":
        return sqlite3.OperationalError("disk I/O error")
    return psycopg.OperationalError("server closed the connection unexpectedly")


class FailingCursor:
    """A driver's cursor whose statements go through ``fail``: those that SQLAlchemy makes, and those that go
    to the driver past it (storage.engine.driver_cursor)."""

    def __init__(
        self, cursor: Any, fail: Callable[[Callable[..., object], tuple[object, ...]], object]
    ) -> None:
        self._cursor = cursor
        self._fail = fail

    def execute(self, *given: object) -> object:
        return self._fail(self._cursor.execute, given)

    def executemany(self, *given: object) -> object:
        return self._fail(self._cursor.executemany, given)

    def copy(self, *given: object) -> object:
        return self._fail(self._cursor.copy, given)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


@contextmanager
def failing_statement(engine: Engine, fault: Fault, when: When = "before") -> Iterator[None]:
    """Let the n-th statement or commit fail, on this and every other engine of its kind.

    ``after``: it is done, and the answer lost.
    """

    def cursor(connection: _ConnectionFairy, *args: Any, **kwargs: Any) -> FailingCursor:
        return FailingCursor(real_cursor(connection, *args, **kwargs), fail)

    def fail(call: Callable[..., object], given: tuple[object, ...]) -> object:
        if not fault.is_due():
            return call(*given)
        if when == "after":
            call(*given)
        raise disk_error(engine)

    def commit(dialect: Dialect, connection: Any) -> None:
        if not fault.is_due():
            real_commit(dialect, connection)
            return
        if when == "after":
            real_commit(dialect, connection)
        raise disk_error(engine)

    kind = type(engine.dialect)
    real_commit, real_cursor = kind.do_commit, _ConnectionFairy.cursor
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kind, "do_commit", commit)
        patched.setattr(_ConnectionFairy, "cursor", cursor)
        yield


@contextmanager
def failing_disk(folder: Path, fault: Fault, *, short: bool = False) -> Iterator[None]:
    """Let the n-th call to the system that changes something below ``folder`` fail: no space left.

    ``short``: a write puts half of its bytes down first. SQLite and Parquet write past Python and are not
    met; RLIMIT_FSIZE meets them (:func:`full_disk`).
    """
    root = str(folder.resolve())

    def refuse() -> OSError:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def is_ours(place: object) -> bool:
        if isinstance(place, int):
            try:
                place = Path(f"/proc/self/fd/{place}").readlink()
            except OSError:
                return False
        return str(Path(os.fsdecode(place)).absolute()).startswith(root)  # type: ignore[arg-type]

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(place: Any, *more: Any, **named: Any) -> Any:
            if is_ours(place) and fault.is_due():
                raise refuse()
            return real(place, *more, **named)

        return call

    def write(descriptor: int, data: Any) -> int:
        if is_ours(descriptor) and fault.is_due():
            if short:
                real_write(descriptor, bytes(data)[: len(data) // 2])
            raise refuse()
        return real_write(descriptor, data)

    def open_flags(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and is_ours(path) and fault.is_due():
            raise refuse()
        return real_os_open(path, flags, *more, **named)

    class FailingFile(io.FileIO):
        def write(self, data: Any, /) -> int:
            if fault.is_due():
                if short:
                    super().write(bytes(data)[: len(data) // 2])
                raise refuse()
            return super().write(data) or 0

    def open_file(
        file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None,
        errors: str | None = None, newline: str | None = None, *more: Any, **named: Any,
    ) -> Any:  # fmt: skip
        reads = not set(mode) & set("wax+")
        if reads or not is_ours(file):
            return real_open(file, mode, buffering, encoding, errors, newline, *more, **named)
        if fault.is_due():
            raise refuse()
        raw = FailingFile(file, mode.replace("b", "").replace("t", ""))
        buffered = (io.BufferedRandom if "+" in mode else io.BufferedWriter)(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

    real_write, real_open, real_os_open = os.write, builtins.open, os.open
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "write", write)
        patched.setattr(os, "open", open_flags)
        patched.setattr(builtins, "open", open_file)
        patched.setattr(io, "open", open_file)
        for name in ("fsync", "fdatasync", "rename", "replace", "link", "mkdir"):
            patched.setattr(os, name, guarded(getattr(os, name)))
        yield
