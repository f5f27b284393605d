"""Telling people: what waits in the outbox is sent by apprise, in one message a round.

One gate for all of it: addresses come from the environment alone (FRONTNEWS_NOTIFY, FRONTNEWS_NOTIFY_FILE),
never from a page or the database; one that names a host of its own passes the address guard as a portal
does, and no redirect is followed. They are secrets: nothing that is printed, logged or stored holds one.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from storage import alarms, outbox
from storage.outbox import Message
from storage.timetable import Due, Schedule, check_quiet_hours, opening, parse_duration

if TYPE_CHECKING:
    from apprise import NotifyBase

RESEND = "24h"
"""An alarm that is down and that nobody has acknowledged is told again after this."""

TIMEOUT = 30.0
"""Seconds that a round of sending may take."""

LINES = 20
"""Lines of one message; chat services refuse long ones. The rest is told as a number."""


class NotifyProblem(Exception):
    """The configuration of messages is wrong, or none could be sent. One line, without a secret."""


@dataclass(frozen=True, slots=True)
class Notifying:
    """To whom and when messages go. ``quiet_hours`` are times of the day in Vietnam, ``22:00-06:00``."""

    urls: tuple[str, ...] = field(default=(), repr=False)
    quiet_hours: str | None = None
    resend: timedelta = timedelta(hours=24)
    allow: tuple[str, ...] = ()
    taken: dict[int, set[str]] = field(default_factory=dict, repr=False, compare=False)
    """By which of them a message that others have not taken yet was taken: it is not sent there again."""

    @classmethod
    def from_environment(cls, allow: Sequence[str] = ()) -> Notifying:
        """Read FRONTNEWS_NOTIFY (addresses, spaces between them) or FRONTNEWS_NOTIFY_FILE (one a line),
        FRONTNEWS_NOTIFY_QUIET and FRONTNEWS_NOTIFY_RESEND. Raises NotifyProblem."""
        given = os.environ.get("FRONTNEWS_NOTIFY", "").split()
        file = os.environ.get("FRONTNEWS_NOTIFY_FILE")
        if file:
            try:
                lines = Path(file).read_text("utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                reason = getattr(error, "strerror", None) or "it is no text"
                raise NotifyProblem(f"FRONTNEWS_NOTIFY_FILE {file} cannot be read: {reason}") from None
            given += [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        try:
            quiet = os.environ.get("FRONTNEWS_NOTIFY_QUIET")
            quiet = check_quiet_hours(quiet) if quiet else None
            resend = parse_duration(os.environ.get("FRONTNEWS_NOTIFY_RESEND", RESEND))
        except ValueError as problem:
            raise NotifyProblem(f"FRONTNEWS_NOTIFY_QUIET or _RESEND: {problem}") from None
        return cls(tuple(given), quiet, timedelta(seconds=resend), tuple(allow))

    def is_quiet(self, now: datetime) -> bool:
        """Tell whether nobody is to be woken now."""
        hours = Schedule("", now, quiet_hours=self.quiet_hours)
        return self.quiet_hours is not None and opening(hours, Due(now, "")).at > now


def deliver(engine: Engine, notifying: Notifying, now: datetime) -> int:
    """Send what waits, with reminders of what nobody has acknowledged; return the number of messages sent.

    In quiet hours, and where nobody is to be told, everything waits. A failure is noted with the messages,
    which are tried again at the addresses that did not take them.
    """
    if not notifying.urls or notifying.is_quiet(now):
        return 0
    alarms.remind(engine, now, notifying.resend)
    messages = outbox.claim(engine, now)
    if not messages:
        return 0
    problems = []
    for number, url in enumerate(notifying.urls, 1):
        new = [message for message in messages if url not in notifying.taken.get(message.id, ())]
        try:
            if new:
                _send(number, url, notifying.allow, *written(new))
        except NotifyProblem as problem:
            problems.append(str(problem))
        else:
            for message in new:
                notifying.taken.setdefault(message.id, set()).add(url)
    if problems:
        outbox.failed(engine, messages, "; ".join(problems), now)
        return 0
    outbox.sent(engine, messages, now)
    for message in messages:
        notifying.taken.pop(message.id, None)
    return len(messages)


def written(messages: Sequence[Message]) -> tuple[str, str]:
    """Return the title and the text that tell of messages."""
    names = {"down": "down", "reminder": "still down", "recovered": "well again"}
    counts = [f"{count} {names[kind]}" for kind in names if (count := sum(m.kind == kind for m in messages))]
    lines = [message.text for message in messages[:LINES]]
    if len(messages) > LINES:
        lines.append(f"… and {len(messages) - LINES} more: frontnews alerts list")
    return f"Frontnews: {', '.join(counts)}", "\n".join(lines)


def send(notifying: Notifying, title: str, text: str) -> None:
    """Send one message to every address. Raises NotifyProblem if one of them did not take it."""
    problems = []
    for number, url in enumerate(notifying.urls, 1):
        try:
            _send(number, url, notifying.allow, title, text)
        except NotifyProblem as problem:
            problems.append(str(problem))
    if problems:
        raise NotifyProblem("; ".join(problems))


def _send(number: int, url: str, allow: Sequence[str], title: str, text: str) -> None:
    import apprise  # and the address guard, further down: only a clock that tells somebody pays for them

    target = _open(number, url, allow)
    sender = apprise.Apprise()
    sender.add(target)
    if not sender.notify(body=text, title=title, timeout=TIMEOUT):
        raise NotifyProblem(f"not sent to number {number} ({target.service_name}) of FRONTNEWS_NOTIFY")


def check(notifying: Notifying) -> list[str]:
    """Return the kinds of service that messages go to. Raises NotifyProblem for an address that is wrong."""
    return [
        str(_open(number, url, notifying.allow).service_name) for number, url in enumerate(notifying.urls, 1)
    ]


def _open(number: int, url: str, allow: Sequence[str]) -> NotifyBase:
    """One address as apprise's own object, past the gate."""
    import apprise

    from crawler.fetching.address import AddressGuard, resolve
    from crawler.fetching.outcomes import FetchRefused

    logging.getLogger("apprise").setLevel(
        logging.CRITICAL + 1
    )  # its lines hold addresses, some of them whole
    target = apprise.Apprise.instantiate(url)
    if not isinstance(target, apprise.NotifyBase):
        raise NotifyProblem(f"number {number} of FRONTNEWS_NOTIFY is no address that apprise understands")
    target.redirects = False
    host = str(target.host or "")
    if _is_host(host):
        try:
            asyncio.run(resolve(host, int(target.port or 443), AddressGuard(allow)))
        except FetchRefused as refused:
            if refused.error == "blocked_address":
                raise NotifyProblem(
                    f"number {number} of FRONTNEWS_NOTIFY leads to a private address: --allow-address"
                ) from None
            raise NotifyProblem(f"number {number} of FRONTNEWS_NOTIFY: its host has no address") from None
    return target


def _is_host(name: str) -> bool:
    """Tell whether what apprise calls a host is one: with many services it is a token, for nobody to see."""
    return "." in name or ":" in name or name == "localhost" or name.removeprefix("0x").isdigit()
