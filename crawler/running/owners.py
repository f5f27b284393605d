"""Processes as owners of runs and claims: ``host:pid``."""

from __future__ import annotations

import os
import socket


def owner_of(pid: int) -> str:
    """A process of this machine as an owner: ``host:pid``."""
    return f"{socket.gethostname()}:{pid}"


def this_process() -> str:
    """This process as an owner."""
    return owner_of(os.getpid())


def is_gone(owner: str) -> bool:
    """Tell whether ``owner`` (``host:pid``) was a process of this machine that is no more.

    A process of another machine, or one whose number was given to somebody else, is not known to be gone: its
    lease runs out by itself.
    """
    host, _, pid = owner.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
