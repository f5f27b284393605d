"""What a clock tells: people in lines, systemd in states."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from storage.said import many
from storage.timetable import Due, duration

if TYPE_CHECKING:
    from crawler.running.options import PortalResult

TOLD = ("listed", "new", "changed", "copies", "failed")
"""The counts that people ask about first."""

NOTIFY_SECONDS = 1.0
"""How long systemd may take to make room for a message."""


def counted(counts: Mapping[str, int]) -> str:
    """The counts that people ask about first: ``30 listed, 12 new``."""
    said = [
        many(counts[name], "copy", "copies") if name == "copies" else f"{counts[name]} {name}"
        for name in TOLD
        if counts.get(name)
    ]
    return ", ".join(said) or "nothing listed"


def line_of(result: PortalResult) -> str:
    """What a crawl came to, in a line."""
    counts = {name: getattr(result, name) for name in TOLD}
    said = f" ({result.message})" if result.message else ""
    return f"{result.portal}: {result.verdict}, {counted(counts)} in {result.seconds:.1f} s{said}"


def when(due: Due, now: datetime) -> str:
    """A due time as people read it."""
    seconds = (due.at - now).total_seconds()
    return f"{'now' if seconds <= 0 else f'in {duration(seconds)}'} ({due.reason})"


def some(names: Sequence[str]) -> str:
    """The first few of many names."""
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def notify(state: str) -> None:
    """Tell systemd (``Type=notify``, sd_notify(3)): READY=1, WATCHDOG=1, STOPPING=1. Nothing without it.

    Never waits longer than NOTIFY_SECONDS: the socket holds ten messages, and who does not read them must not
    hold up the crawls.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messenger:
        # One sign of life more or less is nothing; the beginning and the end are told once.
        messenger.settimeout(0.0 if state == "WATCHDOG=1" else NOTIFY_SECONDS)
        messenger.connect("\0" + address[1:] if address.startswith("@") else address)
        messenger.sendall(state.encode())
