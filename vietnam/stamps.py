"""A time and how much of it is known: the value that every date rule of this package gives."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal

VIETNAM = timezone(timedelta(hours=7))
"""The time of every record, Asia/Ho_Chi_Minh: +07:00, without summer time since 1975."""

Precision = Literal["second", "minute", "day", "month"]
"""How much of a time is known."""

EARLIEST_YEAR = 1995
"""Before the first Vietnamese website (1997); 1900 and 1970 are what a CMS prints for "no date"."""

ENGLISH_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
"""Written out, because :data:`calendar.month_name` speaks the language of the machine."""

_TOLERANCE = timedelta(days=1)  # servers' clocks run fast, and some print local time as if it were UTC


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time and how much of it is known; ``at`` is in +07:00, a bare day at 00:00."""

    at: datetime
    precision: Precision

    @property
    def last_day(self) -> date:
        """The last day that the stamp can mean: for a month its end, else the day itself."""
        day = self.at.date()
        if self.precision == "month":
            return day.replace(day=calendar.monthrange(day.year, day.month)[1])
        return day


def calendar_day(year: int, month: int, day: int) -> date | None:
    """Return a day, None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_stamp(day: date) -> Stamp:
    """Return the stamp of a bare day."""
    return Stamp(datetime(day.year, day.month, day.day, tzinfo=VIETNAM), "day")


def in_vietnam(moment: datetime) -> datetime:
    """Return a time in +07:00; one without a zone is taken as Vietnam's."""
    return moment.astimezone(VIETNAM) if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def plausible(stamp: Stamp | None, latest: datetime | None) -> Stamp | None:
    """Return a stamp that a publication can have, None for one before 1995 or a day after ``latest``."""
    if stamp is None or stamp.at.year < EARLIEST_YEAR:
        return None
    return None if latest is not None and stamp.at > in_vietnam(latest) + _TOLERANCE else stamp
