"""Publication times that addresses carry."""

from __future__ import annotations

import re
from datetime import datetime

from vietnam.stamps import VIETNAM, Stamp, calendar_day, day_stamp, plausible

_DAYS = (
    re.compile(  # /2023-12-07/, /2023/12/07/
        r"/(?P<year>20[0-9]{2}|199[5-9])(?P<dash>[-/])(?P<month>[0-9]{1,2})(?P=dash)(?P<day>[0-9]{1,2})(?=[/_-])"
    ),
    re.compile(r"-(?P<day>[0-9]{1,2})-(?P<month>[0-9]{1,2})-(?P<year>20[0-9]{2})(?=/?$|\.[a-z]{3,5}$)"),
    re.compile(  # …-tinh-10052017-a40451.html (baodongkhoi)
        r"-(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>20[0-9]{2})(?=-a?[0-9]{1,9}\.|/?$|\.[a-z]{3,5}$)"
    ),
)
_MONTH = re.compile(r"/(?P<year>20[0-9]{2}|199[5-9])/?(?P<month>0[1-9]|1[0-2])(?=/)")  # /202303/, /2023/03/
_ID = re.compile(r"[-/](?P<id>[0-9]{13,19})(?:\.[a-z]{3,5})?/?$")
_TIME_OF_ID = (
    r"(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})"
    r"[0-9]{2,3}"
)
_LONG_ID = re.compile(rf"(?P<year>20[0-9]{{2}}){_TIME_OF_ID}")
_SECTION_ID = re.compile(rf"(?P<year>[0-9]{{2}}){_TIME_OF_ID}")
_EPOCH_FROM, _EPOCH_TO = 1_000_000_000, 2_000_000_000  # 2001 to 2033: other 13-digit numbers are ids
_ID_YEARS = range(2005, 2041)  # such ids began about 2006; without the bound nearly any id is a date


def stamp_from_url(url: str, *, latest: datetime | None = None) -> Stamp | None:
    """Return the publication (or creation) time that an address carries, None where it carries none.

    Read are ``/2023-12-07/`` and ``…-22-10-2010/`` (day), ``/202303/`` (month), ids that are a time
    (``20210518172652655``; three or four digits of section, then yymmddHHMMSS, as dongda.hanoi and
    nld have them) and the epoch milliseconds that end a Liferay ``view-article`` address. The
    query is not read: 3CMS re-uses its ``art=`` for new texts (``reference/platforms.md``). A stamp
    more than a day after ``latest`` is refused.
    """
    path = url.partition("#")[0].partition("?")[0].lower()
    return plausible(_stamp_of_id(path) or _stamp_of_path(path), latest)


def _stamp_of_id(path: str) -> Stamp | None:
    match = _ID.search(path)
    if match is None or "/3cms/" in path:
        return None
    number = match["id"]
    if len(number) == 13:
        seconds = int(number) // 1000
        known = _EPOCH_FROM <= seconds < _EPOCH_TO
        return Stamp(datetime.fromtimestamp(seconds, VIETNAM), "second") if known else None
    # the section's number has three digits (nld, thanhnien) or four (Hanoi's wards: 19 digits in all)
    prefixes = (4, 3) if len(number) == 19 else (3, 4)
    readings = [_LONG_ID.fullmatch(number), *(_SECTION_ID.fullmatch(number[length:]) for length in prefixes)]
    return next(filter(None, map(_stamp_of_digits, filter(None, readings))), None)


def _stamp_of_digits(match: re.Match[str]) -> Stamp | None:
    year = int(match["year"])
    year += 2000 if year < 100 else 0
    day = calendar_day(year, int(match["month"]), int(match["day"])) if year in _ID_YEARS else None
    hour, minute, second = (int(match[name]) for name in ("hour", "minute", "second"))
    if day is None or hour > 23 or minute > 59 or second > 59:
        return None
    return Stamp(day_stamp(day).at.replace(hour=hour, minute=minute, second=second), "second")


def _stamp_of_path(path: str) -> Stamp | None:
    for form in _DAYS:
        match = form.search(path)
        day = calendar_day(*(int(match[name]) for name in ("year", "month", "day"))) if match else None
        if day is not None:
            return day_stamp(day)
    if match := _MONTH.search(path):
        return Stamp(datetime(int(match["year"]), int(match["month"]), 1, tzinfo=VIETNAM), "month")
    return None
