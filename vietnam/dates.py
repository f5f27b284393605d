"""Publication times as Vietnamese pages, feeds, URLs and databases print them.

Day before month, always; the zone is +07:00 the year round. Every form of
``reference/vietnamese_text.md`` is read by the patterns below and nothing is left to a library:
dateparser is silently wrong on "21 Tháng Sáu 2022 5:35:00 CH" and dateutil reads GMT+7 as -07:00
(both measured, ``reference/field_lessons.md``). Times in addresses are in :mod:`vietnam.url_dates`,
dates of events in :mod:`vietnam.event_dates`; both are offered here too.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

from vietnam.event_dates import find_event_date
from vietnam.stamps import (
    ENGLISH_MONTHS,
    VIETNAM,
    Precision,
    Stamp,
    calendar_day,
    day_stamp,
    in_vietnam,
    plausible,
)
from vietnam.url_dates import stamp_from_url
from vietnam.writing import unaccented

__all__ = [
    "VIETNAM",
    "Precision",
    "Stamp",
    "find_event_date",
    "find_stamps",
    "guess_stamp",
    "in_vietnam",
    "parse_stamp",
    "stamp_from_url",
]

# --- patterns, run on unaccented text -------------------------------------------------------------
# Every quantifier is bounded, so no input makes a pattern look far: 100 KB of digits take 0.1 s.

_MONTHS = {
    "gieng": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8,
    "chin": 9, "muoi": 10, "muoi mot": 11, "muoi hai": 12, "chap": 12,
}  # fmt: skip
_ENGLISH_MONTHS = {name: number for number, name in enumerate(ENGLISH_MONTHS, start=1)}
_ENGLISH_MONTHS |= {name[:3]: number for name, number in _ENGLISH_MONTHS.items()} | {"sept": 9}
_WORD = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ENGLISH = "|".join(sorted(_ENGLISH_MONTHS, key=len, reverse=True))
_YEAR = "(?P<year>(?:19|20)[0-9]{2})"
# The year ends there, or a time is glued to it ("24/11/202305:32"); "10/01/2022/QĐ" is a document.
_YEAR_END = r"(?:(?=[0-9]{2}:[0-9]{2})|(?![0-9]|\s?[/\-][0-9]|\.[0-9]|/[a-z]))"
# A number begins there, or a time is glued before it ("15:3714/04/2021").
_START = r"(?:(?<![0-9])(?<![0-9][/.\-])|(?<=[0-9]:[0-9]{2}))"

_NUMERIC_DATE = re.compile(
    rf"{_START}(?P<day>[0-9]{{1,2}})\s?(?P<dash>[-/.–—])\s?(?P<month>[0-9]{{1,2}})\s?(?P=dash)\s?{_YEAR}{_YEAR_END}"
)
_RFC_DATE = re.compile(
    rf"(?<![0-9])(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[\s-]\s?(?P<month>{_ENGLISH})\.?,?[\s-]\s?{_YEAR}(?![0-9])"
)
_FORMS = (
    re.compile(  # 2022-08-03T14:05:00+07:00, 2022/08/03
        rf"(?<![0-9/.\-]){_YEAR}(?P<dash>[-/.])(?P<month>[0-9]{{1,2}})(?P=dash)(?P<day>[0-9]{{1,2}})(?!\s?[/.\-][0-9]|[0-9])"
    ),
    _NUMERIC_DATE,  # 03/08/2022, 3-8-2022, 3.8.2022
    re.compile(rf"{_START}(?P<day>[0-9]{{2}})\s(?P<month>[0-9]{{2}})\s{_YEAR}{_YEAR_END}"),  # 21 09 2025
    re.compile(  # ngày 03/8 năm 2022
        rf"(?<![0-9/.\-])(?P<day>[0-9]{{1,2}})/(?P<month>[0-9]{{1,2}}),?\s{{1,3}}nam\s{{1,3}}{_YEAR}(?![0-9])"
    ),
    re.compile(  # ngày 02 tháng 7 năm 2021; 19 Tháng 8, 2025; 21 Tháng Sáu 2022; 03 Th7, 2023
        rf"(?<![0-9])(?P<day>[0-9]{{1,2}})[\s,/.-]{{0,3}}(?:thang|thg|th)\s?\.?\s{{0,3}}(?P<month>[0-9]{{1,2}}|{_WORD})"
        rf"[\s,/.-]{{0,3}}(?:nam\s{{1,3}})?{_YEAR}(?![0-9])"
    ),
    _RFC_DATE,  # Wed, 03 Aug 2022
    re.compile(  # Tháng Tám 19, 2025, Th8 19, 2025, August 19 2025: WordPress in the American order
        rf"\b(?:thang\s{{1,3}}(?P<month>[0-9]{{1,2}}|{_WORD})|thg?\s?(?P<number>[0-9]{{1,2}})|(?P<english>{_ENGLISH})\.?)"
        rf"\s{{1,3}}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,\s{{0,3}}|\s{{1,3}}){_YEAR}(?![0-9])"
    ),
    # 24/11/23
    re.compile(r"(?<![0-9/])(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{2})(?![0-9/.\-]|\s?/)"),
)
_TWO_DIGITS = re.compile(
    r"(?<![0-9/.\-])(?P<day>[0-9]{2})(?P<dash>[.-])(?P<month>[0-9]{2})(?P=dash)(?P<year>[0-9]{2})(?![0-9/.\-]|\s?/)"
)
"""03.08.22, where nothing else is a date: dots or dashes, all in twos, since "2.10.22" may be a chapter."""
_YEAR_BEGINS = "(?:19|20)[0-9]"
_SIGNS = {
    0: re.compile(f"{_YEAR_BEGINS}{{2}}[-/.]"),
    1: re.compile(rf"[-/.–—]\s?{_YEAR_BEGINS}"),
    2: re.compile(rf"[0-9]\s{_YEAR_BEGINS}"),
    3: re.compile(rf"nam\s{{1,3}}{_YEAR_BEGINS}"),
    len(_FORMS) - 1: re.compile(r"/[0-9]{2}(?![0-9/.\-])"),
}
"""What a text has that a form is found in, by the form's number: to look for a form takes 10,000 to 16,000
instructions in a date line, for its sign 2,000."""
_ALWAYS = re.compile("")
_DATE_FORMS = tuple((n, form, _SIGNS.get(n, _ALWAYS)) for n, form in enumerate(_FORMS))
_VIETNAMESE_FORMS = tuple(form for form in _DATE_FORMS if form[1] is not _RFC_DATE)
_NUMBER_FORMS = tuple(form for form in _VIETNAMESE_FORMS if "thang" not in form[1].pattern)
"""Those for a text that names no month: an expression takes 3 µs to find nothing in a date line."""
_ENGLISH_BEGINNING = re.compile("|".join(name[:3] for name in ENGLISH_MONTHS))
_MONTH_FORMS = (
    re.compile(rf"(?:thang\s{{0,3}})?(?P<month>[0-9]{{1,2}})\s?[-/.]\s?{_YEAR}"),
    re.compile(rf"{_YEAR}-(?P<month>[0-9]{{2}})"),
    re.compile(rf"thang\s{{1,3}}(?P<month>[0-9]{{1,2}}|{_WORD})[\s,]{{1,3}}(?:nam\s)?{_YEAR}"),
)
_CLOCK = (
    r"(?P<hour>[01]?[0-9]|2[0-3])\s?(?:"
    r":\s?(?P<minute>[0-5][0-9]|[0-9](?![0-9]))(?:\s?:\s?(?P<second>[0-5][0-9])(?:\.[0-9]{1,9})?)?"
    r"(?:(?![0-9]|:[0-9])|(?=[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:19|20)[0-9]{2})"
    r"|(?=[0-9]{1,6}\s?(?:luot|phut doc)))"
    # two digits are the minutes whatever is glued to them ("17 giờ 05Lượt xem")
    r"|(?:h|g|gio)\s?(?::\s?)?(?:(?P<word_minute>[0-5]?[0-9])"
    r"(?:(?![0-9]|\s?[/.\-]\s?[0-9])|(?=\s[–-]\s[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:19|20)[0-9])))?"
    r"(?:\s?(?:phut|ph|p|')(?![a-z]))?"
    r"(?:(?![a-z])|(?<=[\shgo][0-5][0-9]))"
    r")(?:\s?(?P<half>sa|ch|am|pm|sang|chieu|toi|dem)\b)?"
)
_TIME = re.compile(rf"(?<![0-9/.\-:]){_CLOCK}")
_TIME_HERE = re.compile(_CLOCK)
_OFFSET = re.compile(
    r"\s?[(\[]?(?:(?P<zulu>z)\b|(?:gmt|utc)\s?(?P<short>[+-]\s?[0-9]{1,2})(?::?(?P<short_minutes>[0-9]{2}))?(?![0-9])"
    r"|(?P<long>[+-](?:0[0-9]|1[0-4])):?(?P<long_minutes>00|30|45)(?![0-9]))"
)
_UNIVERSAL = re.compile(r"\s?(?:gmt|utc|ut)\b(?!\s?[+-]\s?[0-9])")
_WEEKDAY = (
    r"thu\s{0,2}(?:hai|ba|tu|nam|sau|bay|[2-7])|chu\s{0,2}nhat|cn|t[2-7]"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
)
_WEEKDAY_LENGTH = 14
"""Characters of "wednesday, " and some spaces."""
_WEEKDAY_BEFORE = re.compile(rf"(?<![a-z0-9])({_WEEKDAY})[\s,]{{0,3}}\Z")
_VIETNAMESE_WEEKDAYS = ("hai", "ba", "tu", "nam", "sau", "bay")
# What may stand between a time and its date. "+07" before a time is NukeViet's 'Y-m-dTH:i:s', in
# which PHP's T prints the zone: "2021-10-09+0709:30:00".
_BETWEEN = rf"(?:[^\w+]|_|\b(?:{_WEEKDAY}|ngay|luc|vao|hoi|gio|at|on|gmt\s?\+\s?0?7)\b){{0,40}}"
_AFTER_DATE = re.compile(rf"t(?=[0-9])|\+07(?=[0-9]{{2}}:)|{_BETWEEN}")
_BEFORE_DATE = re.compile(_BETWEEN)
_PUBLISHED = re.compile(
    r"\b(?:dang luc|dang tai|ngay dang|dang ngay|dang(?=\s?:)|ngay gio dang|xuat ban|ngay tao"
    r"|thoi gian dang|dua tin|posted|published)\b[^0-9]{0,30}\Z"
)
_RELATIVE = re.compile(
    r"\b(?:(?P<more>[0-9]{1,3})\s{0,3}(?P<larger>ngay|tuan|thang|nam|day|week|month|year)s?\s{0,2}(?:,|va\b|and\b)?\s{1,2})?"
    r"(?P<count>[0-9]{1,3}|mot|an?)\s{0,3}(?P<unit>giay|phut|gio|tieng|ngay|tuan|thang|nam|second|minute|min|hour|day|week|month|year)s?"
    r"\s{1,3}(?:truoc|ago)\b"
)
_UNKNOWN_DAY = timedelta(days=28)
"""From a month on, a relative stamp ("2 tháng trước") no longer tells the day."""
_RELATIVE_DAYS = {
    "vua xong": 0, "vua moi": 0, "just now": 0, "hom nay": 0, "today": 0,
    "hom qua": 1, "yesterday": 1, "hom kia": 2,
}  # fmt: skip
_SPOKEN_DAY = re.compile(rf"\b(?:{'|'.join(_RELATIVE_DAYS)})\b")
_UNITS = {
    word: length
    for words, length in (
        ("giay second", timedelta(seconds=1)),
        ("phut min minute", timedelta(minutes=1)),
        ("gio tieng hour", timedelta(hours=1)),
        ("ngay day", timedelta(days=1)),
        ("tuan week", timedelta(weeks=1)),
        ("thang month", timedelta(days=30)),
        ("nam year", timedelta(days=365)),
    )
    for word in words.split()
}
_RELATIVE_LONGEST = 60  # characters: longer text that says "3 ngày trước" is a sentence, no stamp
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:t?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})?)?z?"
)
_ISO = re.compile(
    r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}t(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:z|[+-](?:0[0-9]|1[0-3]):?(?:00|30|45))"
)
"""The one form that most themes tell machines, read in 3 µs in place of 40."""
_EPOCH = re.compile(r"(?:/date\()?(?P<seconds>1[0-9]{9})(?P<milliseconds>[0-9]{3})?(?:[+-][0-9]{4})?(?:\)/)?")


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(ord("！"), ord("～") + 1)}
"""Digits and signs as East Asian keyboards give them ("０３／０９／２０２５")."""


# --- reading --------------------------------------------------------------------------------------


_SHORT = 5_000
"""Letters of a "short text" that are read at all: the longest date line seen has 140 (times.py)."""


def parse_stamp(text: str, *, now: datetime | None = None, latest: datetime | None = None) -> Stamp | None:
    """Return the publication time that a short text prints, None where it prints none.

    Takes what a page shows beside its title (labels, weekdays, an author glued on), machine forms
    (ISO 8601, RFC 822, epoch seconds or milliseconds, NukeViet's broken ``article:published_time``)
    and, where ``now`` is given, relative ones ("3 giờ trước"; from an hour on only the day is known,
    from a month on nothing).
    Of several dates the one with a label of publication wins, else the first. A stamp more than a
    day after ``latest`` (when the page was fetched) is refused, and so are years before 1995.
    Midnight sharp is a day without time: "30/03/2021 | 12:00 AM" is how WebCenter prints a date.
    """
    plain = _plain(text[:_SHORT])
    whole = _machine_stamp(plain)
    if whole is not None:
        return plausible(whole, latest)
    first: Stamp | None = None
    for stamp, start in _scan(plain):
        if plausible(stamp, latest) is None:
            continue
        if _PUBLISHED.search(plain, max(0, start - 60), start):
            return stamp
        first = first or stamp
    if first is not None:
        return first
    return plausible(_relative_stamp(plain, now) or _month_stamp(plain), latest)


def find_stamps(text: str, *, now: datetime | None = None, latest: datetime | None = None) -> list[Stamp]:
    """Return every complete stamp of a longer text in its order; see :func:`parse_stamp`.

    A text of one relative stamp alone counts where ``now`` is given; months and days without a year
    do not.
    """
    plain = _plain(text)
    found = [stamp for stamp, _ in _scan(plain)]
    if not found and (relative := _relative_stamp(plain, now)) is not None:
        found = [relative]
    return [stamp for stamp in found if plausible(stamp, latest)]


def _plain(text: str) -> str:
    plain = " ".join(unaccented(text).split())
    return plain if plain.isascii() else plain.translate(_FULL_WIDTH)


def guess_stamp(text: str, *, now: datetime | None = None, latest: datetime | None = None) -> Stamp | None:
    """Return what the dateparser library makes of a text that :func:`parse_stamp` cannot read.

    The last resort, to the day only and logged each time, because the library drifts silently on
    Vietnamese (see the top of this file). Callers use it where a missing date is worse than a doubt.
    """
    import dateparser  # 0.3 s to import, and hardly ever wanted

    found = dateparser.parse(
        text[:200],
        languages=["vi", "en"],
        settings={
            "DATE_ORDER": "DMY",
            "REQUIRE_PARTS": ["day", "month", "year"],
            "RELATIVE_BASE": in_vietnam(now or datetime.now(UTC)).replace(tzinfo=None),
        },
    )
    if found is None:
        return None
    day = in_vietnam(found).replace(hour=0, minute=0, second=0, microsecond=0)
    stamp = plausible(Stamp(day, "day"), latest)
    if stamp is not None:
        logging.getLogger(__name__).warning("date guessed by dateparser: %r -> %s", text[:200], day.date())
    return stamp


def _scan(plain: str) -> Iterator[tuple[Stamp, int]]:
    """Yield the stamps of a text and where each begins, in order; of overlapping dates the first."""
    # "th" before "u" is a weekday, or any word, and no month
    forms = _VIETNAMESE_FORMS if plain.count("th") > plain.count("thu") else _NUMBER_FORMS
    if _ENGLISH_BEGINNING.search(plain):
        forms = _DATE_FORMS
    dates = [
        (match.start(), number, match)
        for number, form, sign in forms
        if sign.search(plain)
        for match in form.finditer(plain)
    ]
    if not dates:
        dates = [(match.start(), len(_FORMS), match) for match in _TWO_DIGITS.finditer(plain)]
    if len(dates) > 1:
        dates.sort(key=lambda found: found[:2])
    if not dates:
        return
    times = list(_TIME.finditer(plain))
    ends = [time.end() for time in times]
    free_from = 0
    for start, _, match in dates:
        day = _day_of(match)
        if match.re is _NUMERIC_DATE:
            day = _month_first(match, day)
        if start < free_from or day is None:
            continue
        clock: re.Match[str] | None = None
        begin, end = start, match.end()
        nearest = bisect_right(ends, start) - 1
        before = times[nearest] if nearest >= 0 and times[nearest].start() >= free_from else None
        if before is not None and _BEFORE_DATE.fullmatch(plain, before.end(), start):
            clock, begin = before, before.start()
        elif (gap := _AFTER_DATE.match(plain, end)) is not None:
            clock = _TIME_HERE.match(plain, gap.end())
            end = clock.end() if clock else end
        free_from = end
        yield _stamp(day, clock, plain, end, rfc=match.re is _RFC_DATE), begin


def _month_first(match: re.Match[str], day: date | None) -> date | None:
    """The date of a numeric form, month first where only so the weekday before it is right: Drupal's default
    format prints "T4, 09/04/2024 - 16:05"."""
    start = match.start()
    ahead = match.string[max(0, start - _WEEKDAY_LENGTH) : start]
    if not ahead.rstrip(" ,")[-1:].isalnum():
        return day
    before = _WEEKDAY_BEFORE.search(match.string, max(0, start - _WEEKDAY_LENGTH), start)
    if before is None:
        return day
    turned = calendar_day(int(match["year"]), int(match["day"]), int(match["month"]))
    weekday = _weekday(before[1])
    if turned is None or turned.weekday() != weekday or (day is not None and day.weekday() == weekday):
        return day
    return turned


def _weekday(name: str) -> int:
    """Monday's is 0, as in datetime; of a name or abbreviation that ``_WEEKDAY`` matches."""
    name = name.replace(" ", "")
    if name in ("cn", "chunhat"):
        return 6
    if name[:-1] in ("t", "thu") and name[-1].isdigit():
        return int(name[-1]) - 2
    if name.startswith("thu") and name[3:] in _VIETNAMESE_WEEKDAYS:
        return _VIETNAMESE_WEEKDAYS.index(name[3:])
    return ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(name[:3])


def _day_of(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    name = groups.get("english") or groups.get("number") or groups["month"]
    month = _MONTHS.get(name) or _ENGLISH_MONTHS.get(name) or int(name)
    year = int(groups["year"])
    return calendar_day(year + 2000 if year < 100 else year, month, int(groups.get("day") or 1))


def _stamp(day: date, clock: re.Match[str] | None, plain: str, end: int, *, rfc: bool) -> Stamp:
    midnight = day_stamp(day).at
    if clock is None:
        return day_stamp(day)
    hour = _hour(int(clock["hour"]), clock["half"])
    minute = int(clock["minute"] or clock["word_minute"] or 0)
    offset = _offset(plain, clock.end())
    if offset is None:  # the zone may stand behind the date: "16:06 | 19/10/2022 GMT+7"
        offset = _offset(plain, end)
    if offset is None and rfc and _UNIVERSAL.match(plain, end):
        offset = timedelta(0)
    zone = VIETNAM if offset is None else timezone(offset)
    at = midnight.replace(hour=hour, minute=minute, second=int(clock["second"] or 0), tzinfo=zone)
    if (at.hour, at.minute, at.second) == (0, 0, 0) and zone.utcoffset(None) == VIETNAM.utcoffset(None):
        return day_stamp(day)
    return Stamp(at.astimezone(VIETNAM), "second" if clock["second"] else "minute")


def _hour(hour: int, half: str | None) -> int:
    if half in ("sa", "am", "sang"):
        return hour % 12 if hour == 12 else hour
    if half in ("ch", "pm", "chieu", "toi") and hour < 12:
        return hour + 12
    if half == "dem" and 6 <= hour < 12:  # "2 giờ đêm" is two in the morning
        return hour + 12
    return hour


def _offset(plain: str, at: int) -> timedelta | None:
    match = _OFFSET.match(plain, at)
    if match is None:
        return None
    if match["zulu"]:
        return timedelta(0)
    hours = (match["short"] or match["long"]).replace(" ", "")
    minutes = int(match["short_minutes"] or match["long_minutes"] or 0)
    offset = timedelta(hours=abs(int(hours)), minutes=minutes)
    if offset > timedelta(hours=14):
        return None
    return -offset if hours.startswith("-") else offset


def _machine_stamp(plain: str) -> Stamp | None:
    if _ISO.fullmatch(plain):
        try:
            at = datetime.fromisoformat(plain.upper())
        except ValueError:  # the 31st of June
            return None
        at = at.astimezone(VIETNAM)
        is_day = (at.hour, at.minute, at.second) == (0, 0, 0) and plain.endswith(("+07:00", "+0700"))
        return Stamp(at, "day" if is_day else "second")
    if match := _EPOCH.fullmatch(plain):
        at = datetime.fromtimestamp(int(match["seconds"]), VIETNAM)
        return Stamp(at, "second")
    if match := _COMPACT.fullmatch(plain):
        day = _day_of(match)
        if day is None:
            return None
        zone = UTC if plain.endswith("z") else VIETNAM
        hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
        try:
            at = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone).astimezone(VIETNAM)
        except ValueError:
            return None
        return Stamp(at, "day" if not match["hour"] else "second" if match["second"] else "minute")
    return None


def is_relative(text: str) -> bool:
    """Whether a text tells a time by its distance ("2 tháng trước"), though the day may stay unknown."""
    return len(text) <= _RELATIVE_LONGEST and _distance(unaccented(text)) is not None


def _distance(plain: str) -> re.Match[str] | None:
    # its last word before the expression, which takes 20,000 instructions to find nothing in a line
    return _RELATIVE.search(plain) if "truoc" in plain or "ago" in plain else None


def _relative_stamp(plain: str, now: datetime | None) -> Stamp | None:
    if now is None or len(plain) > _RELATIVE_LONGEST:
        return None
    moment = in_vietnam(now)
    today = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if match := _distance(plain):
        count = int(match["count"]) if match["count"].isdigit() else 1
        longest = _UNITS[match["larger"] or match["unit"]]
        if longest >= _UNKNOWN_DAY:
            return None
        at = moment - count * _UNITS[match["unit"]]
        if match["larger"]:
            at -= int(match["more"]) * longest
        elif longest < timedelta(hours=1):
            return Stamp(at.replace(second=0, microsecond=0), "minute")
        return Stamp(at.replace(hour=0, minute=0, second=0, microsecond=0), "day")
    if any(map(plain.count, _RELATIVE_DAYS)) and (match := _SPOKEN_DAY.search(plain)):
        if any(letter.isdigit() for letter in _TIME.sub("", plain)):
            return None  # "Hôm nay, 5-7" begins a report; a stamp has a time beside the word, or nothing
        day = (today - timedelta(days=_RELATIVE_DAYS[match[0]])).date()
        return _stamp(day, _TIME.search(plain), plain, len(plain), rfc=False)
    return None


def _month_stamp(plain: str) -> Stamp | None:
    bare = plain.strip(" .,;:|-()[]")
    for form in _MONTH_FORMS:
        if (match := form.fullmatch(bare)) and (day := _day_of(match)) is not None:
            return Stamp(datetime(day.year, day.month, 1, tzinfo=VIETNAM), "month")
    return None
