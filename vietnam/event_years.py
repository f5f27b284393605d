"""The year of a day that is printed without one, from the day of publication or the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto

from vietnam.stamps import calendar_day


class Unresolved(Enum):
    """Why a day of the text is not the day of the event."""

    IMPOSSIBLE = auto()  # 31/02
    YEAR = auto()  # nothing tells the year
    ANNOUNCED = auto()  # after the publication
    OLD = auto()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What may name the year: texts in small letters (``vietnam.tones.match_form``), and a day."""

    title: str
    lead: str
    published: date | None
    sentence: str = ""
    """The sentence of the day, without the day itself."""
    following: str = ""
    """The paragraphs after the lead: only a period under review ("Quý I-2021, …") counts there."""


_AHEAD = timedelta(days=3)
_FRESH = timedelta(days=120)
"""An article this close after the day needs no other proof of the year."""
_SOON = timedelta(days=95)
"""A day that far after the publication is rather ahead than nine months old: "ngày 20/10 tới"."""

_NEAR = timedelta(days=183)  # of a complete date in the same sentence: the nearest year is meant
_YEAR = r"(?P<year>20[0-9]{2})"  # the oldest article of any portal seen is of 2008
_NO_SPAN = r"(?!\s?[-–]\s?[0-9])"  # "năm 2021 - 2025" is a plan's, not a year's
_DONE = re.compile(rf"\b(?:tổng kết|bình xét)\b[^.;]{{0,160}}?\bnăm {_YEAR}{_NO_SPAN}")
_PERIOD = re.compile(
    r"\b(?:(?P<months>[3-9]|1[01]) tháng(?: đầu)?(?: năm)?|quý (?P<quarter>iv|iii|ii|i|[1-4]))"
    rf"(?:\s?[-/,.]\s?|\s(?:năm )?){_YEAR}"
)
_PLANNED = re.compile(
    r"\b(?:nhiệm vụ|phương hướng|kế hoạch|chương trình(?: công tác)?|dự toán|dự kiến)\b"
    rf"[^.;,]{{0,80}}?\bnăm {_YEAR}{_NO_SPAN}"
)
_MONTH = re.compile(rf"\btháng (?P<month>0?[1-9]|1[0-2])\s?(?:[-/.]|năm)\s?{_YEAR}")
_COMPLETE = re.compile(
    rf"(?<![0-9/.-])(?P<day>[0-3]?[0-9])\s?[/.-]\s?(?P<month>[01]?[0-9])\s?[/.-]\s?{_YEAR}(?![0-9/])"
)
_OF_DOCUMENT = re.compile(
    r"\b(?:số|nghị quyết|quyết định|kế hoạch|chỉ thị|kết luận|đề án|công văn|luật)\b[^,;]{0,80}$"
    r"|\bsố [^\s]{1,40}, ngày $"
)
_TERM = re.compile(rf"(?<![0-9]){_YEAR}\s?[-–]\s?20[0-9]{{2}}(?![0-9])")
_CONGRESS = re.compile(  # one that takes place, not one that is prepared, welcomed or carried out
    r"(?<!nghị quyết )(?<!bị )(?<!mừng )(?<!tới )(?<!trước )(?<!sau )(?<!thực hiện )"
    r"\b(?:đại hội|congress)\b(?! đảng)"
)
_PLAIN_YEAR = re.compile(
    r"(?<!đến )(?<!trước )(?<!từ )(?<!hết )(?<!qua )(?<!sau )(?<!cuối )"
    rf"\bnăm {_YEAR}(?!\s?[-–,]\s?(?:năm )?20)"
)
_PERIOD_MASK = re.compile(
    r"\b(?:giai đoạn|nhiệm kỳ|khóa|khoá|năm học)\b[^,.;]{0,30}?20[0-9]{2}(?:\s?[-–]\s?20[0-9]{2})?"
)
# Words of which one stands in every match: a few to look for take 3,000 instructions, an expression 40,000.
_PLAN_WORDS = ("nhiệm vụ", "phương hướng", "kế hoạch", "chương trình", "dự toán", "dự kiến")
_PERIOD_WORDS = ("giai đoạn", "nhiệm kỳ", "khóa", "khoá", "năm học")
# Founding days that reports count anniversaries from ("kỷ niệm 89 năm Ngày truyền thống MTTQ Việt Nam").
_FOUNDED = (
    (re.compile(r"mttq|mặt trận"), date(1930, 11, 18)),
    (re.compile(r"phụ nữ việt nam|hội lhpn|hội liên hiệp phụ nữ"), date(1930, 10, 20)),
    (re.compile(r"hội nông dân|hội nd"), date(1930, 10, 14)),
    (re.compile(r"đoàn tncs|đoàn thanh niên"), date(1931, 3, 26)),
    (re.compile(r"công đoàn"), date(1929, 7, 28)),
    (re.compile(r"cựu chiến binh|hội ccb"), date(1989, 12, 6)),
    (re.compile(r"đảng cộng sản"), date(1930, 2, 3)),
    (re.compile(r"quân đội nhân dân"), date(1944, 12, 22)),
    (re.compile(r"thương binh"), date(1947, 7, 27)),
)
_ANNIVERSARY = re.compile(
    r"\b(?P<count>[1-9][0-9]{1,2}) năm (?:ngày |thành lập|truyền thống)(?P<what>[^,.;]{0,90})"
)
_ANNIVERSARY_WORDS = (" năm ngày ", " năm thành lập", " năm truyền thống")


def resolve_year(day: int, month: int, around: Surroundings) -> date | Unresolved:
    """Return the day with its year.

    A publication within 120 days after the day decides. Else words do: years named in the sentence,
    the title, the lead, in this order; years of one text that disagree prove nothing. Without such
    words the day is the last one before the publication, unless the next one is near, because then
    the text may announce it.
    """
    published = around.published
    last = _last_before(day, month, published + _AHEAD) if published else None
    if last is not None and published is not None and last >= published - _FRESH:
        return last
    congress = _is_congress(f"{around.sentence} {around.title}")
    for text in (around.sentence, around.title, around.lead):
        days = set(_days_by_words(day, month, text, congress=congress))
        if published is not None:
            days = {found for found in days if found <= published + _AHEAD}
        if len(days) == 1:
            return days.pop()
        if days:
            return Unresolved.YEAR
    if last is None or published is None:
        reviewed = {
            year and calendar_day(year, month, day) for year, _ in _years_reviewed(month, around.following)
        }
        only = reviewed.pop() if len(reviewed) == 1 else None
        return only or Unresolved.YEAR
    following = calendar_day(last.year + 1, month, day)
    if following is not None and following <= published + _SOON:
        return Unresolved.ANNOUNCED
    return last


def _is_congress(text: str) -> bool:
    return ("đại hội" in text or "congress" in text) and _CONGRESS.search(text) is not None


def _last_before(day: int, month: int, limit: date) -> date | None:
    for year in (limit.year, limit.year - 1):
        found = calendar_day(year, month, day)
        if found is not None and found <= limit:
            return found
    return None  # 29/02 in a year that has none near


def _days_by_words(day: int, month: int, text: str, *, congress: bool) -> Iterator[date]:
    for year in _years_by_words(day, month, text, congress=congress):
        if (found := calendar_day(year, month, day)) is not None:
            yield found


def _years_by_words(day: int, month: int, text: str, *, congress: bool) -> Iterator[int]:
    """Yield each year that the words of a text give the day; a word counts for its strongest meaning."""
    if "20" in text:
        yield from _years_named(day, month, text, congress=congress)
    if any(words in text for words in _ANNIVERSARY_WORDS):
        yield from _years_of_anniversaries(day, month, _PERIOD_MASK.sub(" ", text))


def _years_named(day: int, month: int, text: str, *, congress: bool) -> Iterator[int]:
    if congress:
        for match in _TERM.finditer(text):
            yield int(match["year"])  # a congress opens its term
    if any(word in text for word in _PERIOD_WORDS):
        text = _PERIOD_MASK.sub(" ", text)
    taken: list[tuple[int, int]] = []

    def fresh(match: re.Match[str]) -> bool:
        span = match.span("year")
        if span in taken:
            return False
        taken.append(span)
        return True

    if any(word in text for word in _PLAN_WORDS):
        for match in filter(fresh, _PLANNED.finditer(text)):
            yield int(match["year"]) - (1 if month >= 11 else 0)
    for reviewed, span in _years_reviewed(month, text):
        if span not in taken:
            taken.append(span)
            if reviewed is not None:
                yield reviewed
    if "tháng " in text:
        for match in filter(fresh, _MONTH.finditer(text)):
            yield int(match["year"]) + (1 if month < int(match["month"]) - 1 else 0)
    for match in filter(fresh, _COMPLETE.finditer(text)):
        near = calendar_day(int(match["year"]), int(match["month"]), int(match["day"]))
        if near is not None and not _OF_DOCUMENT.search(text, max(0, match.start() - 130), match.start()):
            yield from _years_near(near, month, day)
    if "năm 20" in text:
        for match in filter(fresh, _PLAIN_YEAR.finditer(text)):
            yield int(match["year"])


def _years_of_anniversaries(day: int, month: int, text: str) -> Iterator[int]:
    for match in _ANNIVERSARY.finditer(text):
        founded = next((first for what, first in _FOUNDED if what.search(match["what"])), None)
        if founded is not None:
            near = founded.replace(year=founded.year + int(match["count"]))
            yield from _years_near(near, month, day)


def _years_reviewed(month: int, text: str) -> Iterator[tuple[int | None, tuple[int, int]]]:
    """Yield the years that periods under review give a day of that month, and where they stand."""
    spans = set()
    for match in _PERIOD.finditer(text) if " tháng" in text or "quý " in text else ():
        spans.add(match.span("year"))
        months = int(match["months"]) if match["months"] else 3 * _quarter(match["quarter"])
        yield int(match["year"]) + (1 if month < months - 1 else 0), match.span("year")
    for match in _DONE.finditer(text) if "tổng kết" in text or "bình xét" in text else ():
        if (span := match.span("year")) not in spans:
            # a year is summed up at its end or in the next spring; in summer it may be either
            later = 1 if month <= 4 else 0 if month >= 9 else None
            yield None if later is None else int(match["year"]) + later, span


def _years_near(near: date, month: int, day: int) -> Iterator[int]:
    """Yield the year that puts a day within half a year of a known one."""
    for year in (near.year - 1, near.year, near.year + 1):
        found = calendar_day(year, month, day)
        if found is not None and -_NEAR < found - near <= _NEAR:
            yield year


def _quarter(text: str) -> int:
    return {"i": 1, "ii": 2, "iii": 3, "iv": 4}.get(text) or int(text)
