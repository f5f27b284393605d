"""When a reported event took place, from its title and text.

Reports name the day in a dateline ("Chiều 27/12, …"), most often without a year. Beside it stand the
days of documents, anniversaries, deadlines and plans, which outnumber it; they are masked first.
A day whose year cannot be known, and an event that is only announced, give None: a wrong date is
worse than none. How years are found is in :mod:`vietnam.event_years`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from operator import itemgetter

from vietnam.event_years import Surroundings, Unresolved, resolve_year
from vietnam.sought import matches_at, sought
from vietnam.stamps import EARLIEST_YEAR, ENGLISH_MONTHS, calendar_day
from vietnam.tones import match_form

_PARAGRAPHS_READ = 5  # a dateline stands in the first paragraph; later ones tell of other days
READ = _PARAGRAPHS_READ + 1
"""Texts that are read, where there is a lead; without one a text less."""
_LONGEST = 4_000  # characters of a paragraph that are read: a whole body in one paragraph is cut here
_LONGEST_EVENT = timedelta(days=15)  # a span from day to day that is longer is a campaign or a plan
_LATEST_YEAR = 2100  # with EARLIEST_YEAR: a "publication" outside is a CMS's null, 0001-01-01 or 9999-12-31
_AHEAD = timedelta(days=3)  # reports may be published before the event ends; announcements are earlier


class _Cue(IntEnum):
    """What introduces a day, the strongest first."""

    DATELINE = 0  # sáng, chiều, tối, hôm nay, 8 giờ
    DAY = 1  # ngày
    BARE = 2  # nothing, but the date is complete, or "khai mạc" stands before it


@dataclass(frozen=True, slots=True)
class _Mention:
    day: int
    month: int
    year: int | None
    cue: _Cue
    leads: bool
    """A dateline, or "Ngày …" as the sentence's first words: what a report begins with."""
    sentence: str
    start: int  # within the sentence
    end: int


_SEPARATOR = r"\s?[/.\-–]\s?"
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20)[0-9]{2}"
# a number or document goes on there: "10/01/2022/qđ", "5/6%", "2,5"
_END = r"(?![0-9]|[/.\-–][0-9]|\s?/\s?[0-9a-zđ]|\s?%|,[0-9])"
_START = r"(?<![0-9])(?<![0-9][/.,\-–])(?<!số )(?<!thứ )(?<!tháng )(?<!quý )(?<!tháng)"
_DAY_AND_MONTH = rf"(?P<day>{_DAY}){_SEPARATOR}(?P<month>{_MONTH})(?:{_SEPARATOR}(?P<year>{_YEAR}))?"
_FORMS = (
    re.compile(  # từ 29-7 đến 5-8-2022; 1/12/2025-10/12/2025
        rf"{_START}{_DAY_AND_MONTH}\s?(?:đến|tới|-|–)\s?(?:hết\s)?(?:ngày\s)?"
        rf"(?P<end_day>{_DAY}){_SEPARATOR}(?P<end_month>{_MONTH})(?:{_SEPARATOR}(?P<end_year>{_YEAR}))?{_END}"
    ),
    re.compile(  # 20-21/11, 27 và 28-7, từ ngày 4 đến 6/3, 5, 6/3/2024, 20 và 21 tháng 11
        rf"{_START}(?P<day>{_DAY})(?:\s?,\s?{_DAY})?"
        rf"\s?(?:[-–](?=\s?{_DAY}(?:\s?[/.]|\stháng))|,|và(?:\sngày)?|(?:đến|tới)(?:\sngày)?)\s?(?P<end_day>{_DAY})"
        rf"(?:{_SEPARATOR}|\s?tháng\s)(?P<month>{_MONTH})(?:(?:{_SEPARATOR}|\snăm\s)(?P<year>{_YEAR}))?{_END}"
    ),
    re.compile(  # 02 tháng 7 năm 2021, 5 tháng 10-2015
        rf"{_START}(?P<day>{_DAY})\s?tháng\s{{0,2}}(?P<month>{_MONTH})"
        rf"(?:(?:,?\snăm\s|{_SEPARATOR}|,\s)(?P<year>{_YEAR}))?{_END}"
    ),
    re.compile(rf"{_START}{_DAY_AND_MONTH}{_END}"),  # 21/12/2021, 8.1.2012, 19 - 12
)
_ENGLISH_FORM = re.compile(  # translations into English: October 18, 2022
    rf"\b(?P<english>{'|'.join(ENGLISH_MONTHS)})\s(?P<day>{_DAY})(?:st|nd|rd|th)?"
    rf"(?:,\s(?P<year>{_YEAR}))?(?![0-9])"
)
_MONTHS_END = frozenset(month[-2:] for month in ENGLISH_MONTHS)

_NUMBER = re.compile("[0-9]+")
"""Where a day of the first four forms may begin. A search with their look-behinds takes 100 µs on 1,500
letters, a look at each number 2 µs."""
_DAY_HERE = re.compile(r"[0-9]{1,2}\s?(?:[/.\-–,]|tháng|và|đến|tới)")
"""A number with which one of the first four forms may begin: one in three, and to try the forms takes 19,000
instructions a number."""
_NO_DIGITS = bytes(byte for byte in range(256) if not chr(byte).isdecimal())

# --- what introduces a day: looked for right before it --------------------------------------------

_NEAR = 64
"""Letters before a day that are searched for what ends right before it, the longest of which is 46 long
("sáng sớm cùng ngày (thứ Bảy), ngày mùng"): a search of 200 letters takes 20,000 instructions."""

_PART_OF_DAY = r"(?:rạng sáng|sáng sớm|sáng|trưa|chiều|tối|đêm)"
_WEEKDAY = r"(?:thứ \w+|chủ nhật)"
_TODAY_WORD = r"(?:hôm nay|hôm qua|hôm kia)"
_DATELINE = sought(
    rf"\b{_PART_OF_DAY}(?:\s(?:nay|qua|cùng ngày))?(?:\s?\(?(?:ngày|{_TODAY_WORD}|{_WEEKDAY}))?"
    r"[\s,(:]{0,3}(?:ngày\s)?(?:m[ùồ]ng\s)?$"
    rf"|\b{_PART_OF_DAY}\s[^(),;.]{{1,20}}\($"  # sáng mùng 4 Tết (13/2/2024)
    rf"|\b{_TODAY_WORD}[\s,(:]{{0,3}}(?:ngày\s)?$"
    r"|\b(?:trong|vào)\s(?:các|hai|ba|bốn|[0-9]+)\sngày\s?[,(]?\s?$|\bon\s$"
)
_BY_THE_CLOCK = re.compile(
    r"\b(?:[0-9]{1,2}\s?(?:giờ|h|g)(?:\s?[0-9]{2}(?:\s?phút)?)?|[0-9]{1,2}:[0-9]{2})\s?,?\s?(?:ngày|hôm)\s$"
)
_DAY_CUE = sought(
    r"\b(?:ngày|hôm)[\s:,]{1,2}(?:thứ \w+,?\s)?(?:m[ùồ]ng\s)?$|\b(?:từ|vào)\s(?:thứ \w+,?\s)?$"
    r"|\b(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)\s?[,(]\s?(?:ngày\s)?$"
)
_VERB_CUE = sought(r"\b(?:khai mạc|diễn ra|tổ chức|bế mạc)(?:\s(?:vào|từ|trong))?\s$")
_PREFIX = r"\W{0,3}(?:\([^)]{1,24}\)\s?[-–:]?\s?)?(?:[\w.&]{1,15}\s?[-–]\s)?"  # (Mặt trận) -, TTTĐ -
_OPENING = re.compile(rf"{_PREFIX}(?:vào\s|từ\s)?ngày\s$")

# --- days of other things -------------------------------------------------------------------------

_DOCUMENT = (
    r"(?:nghị quyết|quyết định|kế hoạch|chỉ thị|kết luận|công văn|nghị định|thông tư|thông tri|đề án|quy định"
    r"|quy chế|tờ trình|hướng dẫn|(?<!pháp )luật|pháp lệnh|công điện|văn bản)"
)
_OF_DOCUMENT = sought(
    r"\bsố\s?:?\s?[^\s,;]{1,60}(?:\s?/\s?[^\s,;]{1,40})?\s?,?\s?(?:đề\s)?ngày\s$"
    r"|\bsố\s?:\s?[^,;]{1,60},\sngày\s$"  # Số: 15/KH-MTTQ Phước An, ngày …
    rf"|\b{_DOCUMENT}\b[^,;]{{0,60}}\sngày\s$"
)
_LETTERHEAD = re.compile(
    rf"\W{{0,3}}[^\d,;]{{2,40}},\sngày\s{_DAY}\stháng\s{_MONTH}\snăm\s{_YEAR}\W{{0,3}}"
)  # Phước An, ngày 05 tháng 6 năm 2024, as a line of its own
_DOCUMENT_AFTER = re.compile(rf"\s?,?\s?của\s|[^.;]{{0,90}}\bban hành\s[^.;]{{0,30}}{_DOCUMENT}")
_AS_OF = sought(
    r"\b(?:đến|tới|trước|sau|kể từ|bắt đầu từ|chậm nhất(?: là)?|hạn cuối|hết|hiệu lực(?: từ| kể từ)?)"
    r"\s(?:hết\s)?(?:[0-9]{1,2}\s?(?:h|giờ|g)\s?(?:[0-9]{2})?,?\s)?(?:ngày\s)?$"
)
_SINCE = sought(r"\btừ\s(?:ngày\s)?$")
_DAYS_LONG = re.compile(r"\btrong\s(?:[0-9]{1,2}|hai|ba|bốn|năm|sáu|bảy|tám|mười)\sngày\b[^.;]{0,20}$")
_FEAST = (
    r"ngày (?:truyền thống|thành lập|quốc tế|sinh|thương binh|gia đình|nhà giáo|doanh nhân|quốc khánh"
    r"|giải phóng|môi trường|phụ nữ|thầy thuốc|báo chí|người cao tuổi|toàn dân|bầu cử)"
)
_OTHER_DAY = sought(
    rf"\bkỷ niệm\b|\b{_FEAST}\b|\b(?:chào mừng|hướng (?:tới|đến|về)|hưởng ứng)\b"
    r"|(?<!\S)nhân (?<!công nhân )(?<!doanh nhân )(?<!bệnh nhân )(?<!thương nhân )(?<!nạn nhân )(?<!cá nhân )"
    r"(?:dịp|ngày|kỷ niệm|tháng|[0-9]|$)|\bngày (?:[0-9/.-]{3,10} và |hội )$"
    r"|\b(?:đợt|chiến thắng|quốc khánh|lễ|dịp|phong trào|chiến dịch|sinh|sn|từ năm)\s(?:ngày\s|năm\s)?$"
)
_CAPTION_AFTER = re.compile(r"[^.;]{0,40}[-–(,]\s?ảnh\s?:")
_YEARLY = re.compile(r"\s?(?:h[ằà]ng năm|là ngày|là dịp)\b")
_LUNAR = re.compile(r"\s?[,(]?\s?(?:âm lịch|al\b|tết\b|tháng (?:giêng|chạp))")
_ANNOUNCED = sought(r"\b(?:sẽ|dự kiến|chuẩn bị)\b")
_ANNOUNCED_AFTER = re.compile(r"[^,.;]{0,40}\bsẽ\b")
_CLAUSE_END = re.compile(r"[,;:]\s")
_OPENED_BRACKET = re.compile(r"\(\s?(?:từ\s|trong\s|vào\s)?(?:ngày\s)?$")
_AHEAD_IN_TITLE = sought(r"\b(?:sẽ|dự kiến|sắp)\b")
_FULL_DATE = rf"{_DAY}[/.-]{_MONTH}[/.-]{_YEAR}"
_WEEKDAY_NAME = r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)"
_PAGE_STAMP = re.compile(
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\s?(?:am|pm|sa|ch)?[\s,|–-]{1,4}"
    rf"(?:{_WEEKDAY_NAME}[\s,]{{1,3}})?(?:ngày\s)?(?P<after_time>{_FULL_DATE})"
    rf"|{_WEEKDAY_NAME}[\s,-]{{1,3}}(?:ngày\s)?(?P<after_weekday>{_FULL_DATE})"
    rf"|(?P<before_time>{_FULL_DATE})[\s,|–-]{{1,4}}[0-9]{{1,2}}:[0-9]{{2}}"
    r"|^\W{0,3}(?:(?:cập nhật|ngày đăng|đăng (?:lúc|ngày)|ngày)\s?:?\s?)?"
    rf"(?P<alone>{_DAY}[/. -]{_MONTH}[/. -]{_YEAR})\W{{0,3}}$"
)
_SENTENCE_END = re.compile(r"[.!?…](?:/\.)?\s+")
_ABBREVIATION = re.compile(r"\b(?:tp|tx|tt|kp|ths|ts|gs|pgs|bs|ks|đ/c|t\.ư|st|mr|ms)\.\s+$")
_ABBREVIATIONS_END = "pxtscưr"
_TODAY = re.compile(rf"{_PREFIX}(?P<when>{_PART_OF_DAY} nay|hôm nay|{_PART_OF_DAY} qua|hôm qua)\b")


def find_event_date(
    title: str, lead: str | None, paragraphs: Sequence[str], published: date | None
) -> date | None:
    """Return the day (of several the first) on which the reported event took place, None if unknown.

    ``published`` is the day of publication, for a publication known to the month its last day
    (:attr:`vietnam.stamps.Stamp.last_day`). Where it is None, a page's own stamp within the text
    takes its place. The lead is read first, then the paragraphs, then the title; in each, a dateline
    ("Sáng 5/3", "Hôm nay, 5-7") goes before "ngày 5/3", and that before a bare complete date. A day
    without a year gets one by :func:`vietnam.event_years.resolve_year`.
    """
    segments = [_readable(text) for text in (*([lead] if lead else []), *paragraphs[:_PARAGRAPHS_READ])]
    return event_day(_readable(title), segments, published)


def event_day(headline: str, segments: Sequence[str], published: date | None) -> date | None:
    """Do what :func:`find_event_date` does on texts that are in small letters of the match form already.

    ``segments``: the lead and the paragraphs after it, as many as are to be read.
    """
    headline, segments = headline[:_LONGEST], [text[:_LONGEST] for text in segments]
    if published is None or not EARLIEST_YEAR <= published.year <= _LATEST_YEAR:
        stamps = (_page_stamp(text) for segment in segments[:2] for text in _sentences(segment))
        published = next(filter(None, stamps), None)
    announced = bool(_AHEAD_IN_TITLE.search(headline))
    for number, segment in enumerate(segments):
        part = list(_sentences(segment))
        around = Surroundings(headline, segments[0], published, following=" ".join(segments[1:3]))
        for mention in sorted(_mentions(part), key=lambda found: 0 if found.leads else found.cue):
            if not mention.leads and (announced or (number and mention.cue is _Cue.BARE)):
                continue
            day = _day_of(mention, around)
            if isinstance(day, date):
                return day
            if mention.leads and day in (Unresolved.YEAR, Unresolved.ANNOUNCED):
                return None  # the report has its dateline; a later day is not the event's
        if number == 0 and published is not None and part and (match := _TODAY.match(part[0])):
            return published - timedelta(days=1 if match["when"].endswith("qua") else 0)
    if announced:
        return None
    around = Surroundings(headline, segments[0] if segments else "", published)
    for mention in _mentions([headline]):
        day = _day_of(mention, around)
        if isinstance(day, date):
            return day
    return None


def _readable(text: str) -> str:
    return match_form(text[:_LONGEST]).lower()


def _sentences(text: str) -> Iterator[str]:
    begin = 0
    for match in _SENTENCE_END.finditer(text):
        sign, end = match.span()
        if text[sign - 1 : sign] not in _ABBREVIATIONS_END or not _ABBREVIATION.search(
            text, max(begin, end - 12), end
        ):
            yield text[begin:end]
            begin = end
    if begin < len(text):
        yield text[begin:]


def _stamp_in(sentence: str) -> re.Match[str] | None:
    return _PAGE_STAMP.search(sentence) if "20" in sentence or "19" in sentence else None


def _page_stamp(sentence: str) -> date | None:
    match = _stamp_in(sentence)
    if match is None:
        return None
    day, month, year = re.split(r"[/. -]", next(filter(None, match.groups())))
    return calendar_day(int(year), int(month), int(day))


def _mentions(sentences: Sequence[str]) -> Iterator[_Mention]:
    """Yield the days that may be the event's, in the order of the text, masks applied."""
    for sentence in sentences:
        if not sentence.encode("utf-8", "surrogatepass").translate(None, _NO_DIGITS):
            continue  # two sentences in three
        if len(sentence) < 80 and _stamp_in(sentence):
            continue
        if "ngày" in sentence and _LETTERHEAD.fullmatch(sentence):
            continue
        free_from = 0
        numbers = [match.start() for match in _NUMBER.finditer(sentence)]
        days = [place for place in numbers if _DAY_HERE.match(sentence, place)]
        found = [
            (match.start(), number, match)
            for number, form in enumerate(_FORMS if days else ())
            for match in matches_at(form, sentence, days)
        ]
        found += [
            (match.start(), len(_FORMS), match)
            for match in matches_at(_ENGLISH_FORM, sentence, _english_months(sentence, numbers))
        ]
        found.sort(key=itemgetter(0, 1))
        for start, _, match in found:
            groups = match.groupdict()
            is_list = groups.get("end_day") is not None and groups.get("end_month") is None
            if start < free_from or (is_list and int(groups["end_day"]) <= int(groups["day"])):
                continue  # "kỳ họp thứ 20, 11 tháng 6" is no list of days
            free_from = match.end()
            mention = _mention(sentence, match)
            if mention is not None:
                yield mention


def _english_months(sentence: str, numbers: Iterable[int]) -> Iterator[int]:
    """Where the English name of a month begins right before a number."""
    for place in numbers:
        if sentence[max(0, place - 3) : place - 1] in _MONTHS_END and sentence.endswith(
            ENGLISH_MONTHS, 0, max(0, place - 1)
        ):
            yield from (
                place - 1 - len(name) for name in ENGLISH_MONTHS if sentence.endswith(name, 0, place - 1)
            )


def _mention(sentence: str, match: re.Match[str]) -> _Mention | None:
    groups = match.groupdict()
    month = ENGLISH_MONTHS.index(groups["english"]) + 1 if groups.get("english") else int(groups["month"])
    day, year = int(groups["day"]), int(groups["year"]) if groups["year"] else None
    is_span = groups.get("end_day") is not None
    if is_span:
        end_month = int(groups.get("end_month") or month)
        end_year = int(groups["end_year"]) if groups.get("end_year") else year
        if end_year and year is None:
            year = end_year - (end_month < month)  # từ 29-12 đến 3-1-2023
        months = end_month - month + 12 * (end_year - year if end_year and year else end_month < month)
        if not 0 <= 30 * months + int(groups["end_day"]) - day <= _LONGEST_EVENT.days:
            return None  # a campaign, or an anniversary: 15/10/1956-15/10/2020
    if year is not None and year < EARLIEST_YEAR:
        return None  # history, and births: no website reports an event of before
    before = sentence[max(0, match.start() - 200) : match.start()]
    after = sentence[match.end() : match.end() + 130]
    cue = _cue(before, complete=year is not None, english=bool(groups.get("english")))
    if cue is None or _is_other_day(before, after, cue, is_span=is_span):
        return None
    leads = cue is _Cue.DATELINE or _OPENING.fullmatch(before) is not None
    return _Mention(day, month, year, cue, leads, sentence, match.start(), match.end())


def _cue(before: str, *, complete: bool, english: bool) -> _Cue | None:
    near = max(0, len(before) - _NEAR)
    if _DATELINE.search(before, near) or (
        before.rstrip().endswith(("ngày", "hôm")) and _BY_THE_CLOCK.search(before, near)
    ):
        return _Cue.DATELINE
    if _DAY_CUE.search(before, near) or english:
        return _Cue.DAY
    return _Cue.BARE if complete or _VERB_CUE.search(before, near) else None


def _is_other_day(before: str, after: str, cue: _Cue, *, is_span: bool) -> bool:
    near = max(0, len(before) - _NEAR)
    if (
        _LUNAR.match(after)
        or _AS_OF.search(before, near)
        or (_SINCE.search(before, near) and not is_span and not _DAYS_LONG.search(before, near))
    ):
        return True
    clause = _CLAUSE_END.split(before)[-1]
    if _ANNOUNCED.search(clause) or _ANNOUNCED_AFTER.match(after):
        return True
    if cue is _Cue.DATELINE:
        return False
    if _OF_DOCUMENT.search(before) or _DOCUMENT_AFTER.match(after):
        return True
    if _OTHER_DAY.search(clause) or _YEARLY.match(after) or _CAPTION_AFTER.match(after):
        return True
    in_brackets = before.count("(") > before.count(")")
    return in_brackets and _OPENED_BRACKET.search(before, near) is not None


def _day_of(mention: _Mention, around: Surroundings) -> date | Unresolved:
    if mention.year is not None:
        day = calendar_day(mention.year, mention.month, mention.day)
        if day is None:
            return Unresolved.IMPOSSIBLE
        published = around.published
        if published is not None and (day > published + _AHEAD):
            return Unresolved.ANNOUNCED
        if published is not None and mention.cue is _Cue.BARE and day < published - timedelta(days=60):
            return Unresolved.OLD
        return day
    rest = mention.sentence[: mention.start] + " " + mention.sentence[mention.end :]
    around = Surroundings(around.title, around.lead, around.published, rest, around.following)
    return resolve_year(mention.day, mention.month, around)
