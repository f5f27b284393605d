"""When a portal is next due, and why: pure functions over its schedule. Nothing is read or written here.

The moments of an interval lie on a fixed grid that each portal has shifted by a phase of its own, taken
from its id. So the load is spread, a restart changes nothing, and two clocks compute the same moment.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from storage.said import Said, all_of
from vietnam.stamps import VIETNAM

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

Kind = Literal["interval", "cron", "adaptive"]

MINUTE, HOUR, DAY = 60, 3600, 86400

EVERY = 4 * HOUR
"""Seconds between two crawls of a portal that nobody gave a schedule: six a day, the smaller of the two
budgets that the freshness of the design is measured at (issue 4)."""

SHORTEST = 10
"""Seconds; a shorter interval is a mistyped one. Real portals are given minutes at least, the demo 60 s."""

REOPENING = 1800
"""Seconds over which the portals that quiet hours or a window held back are spread, by their phase."""


@dataclass(frozen=True, slots=True)
class Due:
    """A moment (UTC) and the reason for it, as people read it; ``said``: the reason in codes."""

    at: datetime
    reason: str
    said: tuple[Said, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which nothing is crawled: Tết, a server's move. ``portal`` None: it holds for all."""

    name: str
    begins_at: datetime
    ends_at: datetime
    portal: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """The schedule of a portal, as it stands in the database.

    ``quiet_hours`` are times of the day in Vietnam, ``22:00-05:00``, several with a comma. ``planned_at``
    is when ``next_due_at`` was computed. ``claimed_by``: who crawls it now, or has it in the queue.
    """

    portal: str
    next_due_at: datetime
    kind: Kind = "interval"
    interval_seconds: int = EVERY
    cron: str | None = None
    quiet_hours: str | None = None
    enabled: bool = True
    due_reason: str = ""
    planned_at: datetime | None = None
    last_dispatched_at: datetime | None = None
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    server_group: str = ""
    cooling_until: datetime | None = None
    due_said: Sequence[object] | None = field(default=None, compare=False)
    """``due_reason`` in codes: rows of storage.said.Said; None where there is English alone."""

    @property
    def due(self) -> Due:
        """When it is due next, as it was planned."""
        return Due(self.next_due_at, self.due_reason, tuple(all_of(self.due_said)))


Adaptive = Callable[[Schedule, datetime], Due]
"""When a portal of kind ``adaptive`` should be asked next, by what was learnt of it."""


def next_due(
    schedule: Schedule,
    now: datetime,
    *,
    windows: Sequence[Window] = (),
    adaptive: Adaptive | None = None,
    just_ran: bool = False,
) -> Due:
    """The first moment after ``now`` at which the portal is due; periods that were missed are not made up.

    ``just_ran``: a run starts now; after one that comes late, the grid's next moment counts only if half an
    interval lies between. Without ``adaptive`` a portal of that kind is asked by its interval.
    """
    if schedule.kind == "cron" and schedule.cron:
        due = _by_cron(schedule.cron, now)
    elif schedule.kind == "adaptive" and adaptive is not None:
        due = adaptive(schedule, now)
    else:
        due = _by_interval(schedule, now, just_ran=just_ran)
    return opening(schedule, due, windows)


def opening(schedule: Schedule, due: Due, windows: Sequence[Window] = ()) -> Due:
    """``due``, or the first moment after it that lies outside quiet hours and windows."""
    spread = timedelta(seconds=phase(schedule.portal, min(REOPENING, schedule.interval_seconds)))
    spans = _quiet(schedule.quiet_hours)
    for _ in range(len(spans) + len(windows) + 1):  # each can be met once, then the next day's quiet hours
        closed = _closed(schedule.portal, due.at, spans, windows)
        if closed is None:
            return due
        until, why, said = closed
        reason = f"{due.reason}; after {why}" if due.reason else f"after {why}"
        # Of a reason that has no codes this would be all that is told.
        due = Due(until + spread, reason, (*due.said, said) if due.said or not due.reason else ())
    return due


def phase(portal: str, interval: int) -> int:
    """The seconds by which a portal's moments are shifted on the grid of ``interval`` seconds."""
    return zlib.crc32(portal.encode()) % interval


def check_cron(expression: str) -> str:
    """Return a crontab expression of five fields without needless spaces. Raises ValueError in one line."""
    expression = " ".join(expression.split())
    try:
        fires = _trigger(expression).get_next_fire_time(None, datetime.now(UTC))
    except ValueError as problem:
        raise ValueError(
            f"{expression!r} is no crontab expression such as '30 6 * * 1-5': {problem}"
        ) from None
    if fires is None:
        raise ValueError(f"{expression!r} never comes")
    return expression


def check_quiet_hours(text: str) -> str:
    """Return quiet hours (``22:00-05:00``, several with a comma) in one spelling. Raises ValueError."""
    return ",".join(f"{begin:%H:%M}-{end:%H:%M}" for begin, end in _quiet(text))


def duration(seconds: float) -> str:
    """A length of time as people say it: ``90 s``, ``15 min``, ``4 h``, ``4.1 h``, ``2 d``."""
    for unit, name, below in ((DAY, "d", math.inf), (HOUR, "h", 2 * DAY), (MINUTE, "min", 2 * HOUR)):
        if seconds >= unit and (seconds % unit == 0 or 10 * unit <= seconds < below):
            return f"{seconds / unit:.0f} {name}"
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{seconds:.0f} s"


def parse_duration(text: str) -> int:
    """Seconds of ``45s``, ``15min``, ``2h``, ``1d`` or a bare number of seconds. Raises ValueError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d)?", text.strip().lower())
    units = {None: 1, "s": 1, "m": MINUTE, "min": MINUTE, "h": HOUR, "d": DAY}
    seconds = int(float(match[1]) * units[match[2]]) if match else 0
    if seconds < SHORTEST:
        raise ValueError(f"{text!r} is no interval of {SHORTEST} s or more; write 30min, 4h or 1d")
    return seconds


def _by_interval(schedule: Schedule, now: datetime, *, just_ran: bool) -> Due:
    interval = schedule.interval_seconds
    offset = phase(schedule.portal, interval)
    seconds = now.timestamp()
    at = (int(seconds - offset) // interval + 1) * interval + offset
    if just_ran and at - seconds < interval / 2:
        at += interval
    every = duration(interval)
    length, unit = every.split()
    said = Said("due.every", {"length": length, "unit": unit})
    return Due(datetime.fromtimestamp(at, UTC), f"every {every}", (said,))


def _by_cron(expression: str, now: datetime) -> Due:
    # The trigger counts from a moment inclusively; the one that is being served is over.
    at = _trigger(expression).get_next_fire_time(None, now + timedelta(seconds=1))
    if at is None:
        never = Said("due.cron_never", {"cron": expression})
        return Due(now + timedelta(days=365), f"cron {expression} never comes", (never,))
    return Due(at.astimezone(UTC), f"cron {expression}", (Said("due.cron", {"cron": expression}),))


@lru_cache(maxsize=256)
def _trigger(expression: str) -> CronTrigger:
    from apscheduler.triggers.cron import CronTrigger  # where nothing goes by a cron nobody waits for it

    fields = expression.split(" ")
    if len(fields) == 5:  # crontab counts days from Sunday, APScheduler from Monday: names mean the same
        fields[4] = re.sub(r"(?<![\d/])[0-7](?!\d)", lambda day: _DAYS[int(day[0])], fields[4])
    return CronTrigger.from_crontab(" ".join(fields), timezone=VIETNAM)


_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


@lru_cache(maxsize=256)
def _quiet(text: str | None) -> tuple[tuple[time, time], ...]:
    spans = []
    for part in filter(None, (text or "").replace(" ", "").split(",")):
        begin, dash, end = part.partition("-")
        try:
            span = time.fromisoformat(begin), time.fromisoformat(end)
        except ValueError:
            span = None
        if not dash or span is None or span[0] == span[1]:
            raise ValueError(f"{part!r} are no quiet hours; write 22:00-05:00")
        spans.append(span)
    return tuple(spans)


def _closed(
    portal: str, at: datetime, spans: Sequence[tuple[time, time]], windows: Sequence[Window]
) -> tuple[datetime, str, Said] | None:
    for window in windows:
        if window.portal in (None, portal) and window.begins_at <= at < window.ends_at:
            return window.ends_at, window.name, Said("due.after_window", {"name": window.name})
    local = at.astimezone(VIETNAM)
    for begin, end in spans:
        overnight = begin > end
        inside = local.time() >= begin or local.time() < end if overnight else begin <= local.time() < end
        if inside:
            until = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
            if until <= local:
                until += timedelta(days=1)
            hours = f"{begin:%H:%M}-{end:%H:%M}"
            return until.astimezone(UTC), f"quiet hours {hours}", Said("due.after_quiet", {"hours": hours})
    return None
