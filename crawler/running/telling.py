"""What a clock tells: people in lines, systemd in states."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from crawler.running.options import PortalResult
from storage.timetable import Due, duration


def line_of(result: PortalResult) -> str:
    """What a crawl came to, in a line."""
    counts = [
        f"{number} {name}"
        for name, number in (
            ("listed", result.listed), ("new", result.new), ("changed", result.changed),
            ("copies", result.copies), ("failed", result.failed),
        )
        if number
    ]  # fmt: skip
    said = f" ({result.message})" if result.message else ""
    came = f"{result.verdict}, {', '.join(counts) or 'nothing listed'}"
    return f"{result.portal}: {came} in {result.seconds:.1f} s{said}"


def when(due: Due, now: datetime) -> str:
    """A due time as people read it."""
    seconds = (due.at - now).total_seconds()
    return f"{'now' if seconds <= 0 else f'in {duration(seconds)}'} ({due.reason})"


def some(names: Sequence[str]) -> str:
    """The first few of many names."""
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def notify(state: str) -> None:
    """Tell systemd (``Type=notify``, sd_notify(3)): READY=1, WATCHDOG=1, STOPPING=1. Nothing without it."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messenger:
        messenger.connect("\0" + address[1:] if address.startswith("@") else address)
        messenger.sendall(state.encode())
