"""The times that a page prints for its readers, and which lines are there to print one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice

from lxml.etree import _Element as Element

from crawler.reading import tree as trees
from crawler.reading import urls
from crawler.reading.ledger import Ledger
from crawler.reading.lines import Line
from crawler.reading.markup import is_longer
from crawler.reading.page import Page
from crawler.reading.platform import Platform
from crawler.reading.tree import Tree
from vietnam import dates, writing
from vietnam.dates import Stamp
from vietnam.sought import sought

_UPDATED = sought("cập nhật|sửa đổi|chỉnh sửa|sửa lần cuối|hiệu chỉnh|updated|modified|last edited")
_PUBLISHED = sought(
    "đăng|xuất bản|ngày (?:tạo|đưa|phát hành|viết)|published|posted|tạo lúc|gửi lúc|thời gian (?:đăng|tạo)"
)
"""Both for small letters: to search a line of 25 for them in either case takes 24,000 instructions each."""
_TIME_LABELS = (
    r"đăng (?:lúc|ngày|bởi)?|ngày (?:đăng|cập nhật|xuất bản|tạo|viết|đưa)?|xuất bản",
    r"cập nhật (?:lúc|lần cuối|ngày)?|thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật",
    r"tháng (?:một|hai|ba|tư|năm|sáu|bảy|tám|chín|mười(?: một| hai)?)?|gmt|thời gian|lúc|giờ|phút|năm",
    r"lượt xem|đã xem|số lần|lượt|lần|xem|đọc|bình luận|phản hồi",
)
_TIME_WORDS = sought(*(rf"\b(?:{labels})\b" for labels in _TIME_LABELS))
_WORD = re.compile(r"[^\W\d_]+")
_LABELLED_DETAILS = re.compile(
    r"(?:(?:ngày đăng|đăng (?:lúc|ngày)|ngày xuất bản|xuất bản|thời gian(?: đăng)?|cập nhật(?: lúc)?) ?: ?)?"
    r"(?:(?:thứ \w{2,4}|chủ nhật)\W{1,3}(?:ngày )?)?\d[\d/.:\- ]{6,24}\W{0,3}"
    r"(?:(?:tác giả|người đăng|đăng bởi|chuyên mục|danh mục|thể loại|lượt xem|số lần xem|nguồn|views?)\b"
    r"[^:]{0,12}:[^:]{0,60})+"
)
"""The time and what a theme prints of an article behind it, each with its label: "Ngày đăng: 14/10/2025
Tác giả: Hoàng Lan Chuyên mục: Tin hoạt động"."""
_LABELLED = re.compile(
    r"\W{0,3}(?:(?:ngày |lần )?cập nhật|ngày đăng|đăng (?:lúc|ngày)|ngày xuất bản)\b(?! (?:ký|tin))"
)
_TELLS = sought("lượt xem|lượt đọc|đăng bởi|đăng lúc|ngày đăng")
"""What only a theme says of an article, also in a sentence ("Đăng bởi Lan, vào lúc …, có 44 lượt xem.")."""
_OF_AN_EVENT = re.compile(
    r"\W{0,3}(?:\d{1,2}|[a-zđ])[.)] ?[^\W\d_]|[-+*•–] ?(?:thời gian|địa điểm)\b|thời gian\b.{5,60}\.$"
)
"""An entry of what a notice says of an event: "1. Thời gian: 8 giờ 00, ngày 20/10/2025"."""
_DIGIT = re.compile(r"\d")
_TIME_SYLLABLES = frozenset(_WORD.findall(" ".join(_TIME_LABELS)))
ABROAD = re.compile(r"\d{2}:\d{2}[+-](?!00:?00|07:?00)\d{2}:?\d{2}$")
"""The end of a machine time in another zone than Vietnam's, and not in UTC."""
_TIME_ATTRIBUTES = {"time": "datetime", "abbr": "title"}
"""Elements that print a time for readers and carry it for machines, and where: HTML's, and hAtom's
``<abbr class="published" title="2026-01-25T17:00:00+07:00">``."""
_EAST_ASIAN = re.compile(r"(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]")
_MINUTES = re.compile(r"\d ?min(?:ute)?s? (?:to )?read|reading time", re.I)
MIGRATED = timedelta(days=45)
"""Between the making of an article and its publication; drafts lie for days, migrations come years later."""
_DATELINE = re.compile(r"^\W*[^\W\d_]+(?:[ .]+[^\W\d_]+){0,4},? *ngày \d", re.I)
"""Place and day over a text, as in a letter: "Tân Lập, ngày 12/5/2019"."""
_CLOCK = re.compile(
    r"(?:lúc )?\d{1,2}(?:[:hg]| giờ )\d{2}(?::\d{2}| phút)?(?: ?(?:[ap]m|sa|ch|sáng|trưa|chiều|tối))?", re.I
)
"""A line of a time of day and nothing else: page builders print day and time as two entries of a list."""
_DAY = re.compile(r"\d{1,2}(?:[/.-]\d{1,2})?")
_BOX = 16
"""Characters of the lower line of a box that prints a day ("Tháng Mười, 2025")."""
_DATE_LINE = 140
"""Characters of a line that may print the publication time with its neighbours (views, author, section)."""
_HEADLINE = 4
"""Words of a link from which it may be the headline of other news."""
_OTHER_HEADLINE = 8
"""Words of a link beside a marked-up time from which it is one for certain; names of sections have up to
seven ("Hoạt động của Mặt trận Tổ quốc")."""
_ENTRY = 400
"""Characters of an entry of a list: headline, summary, time."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A time that the page prints for its readers."""

    stamp: Stamp
    source: str
    updated: bool
    after_link: bool = False
    """Whether a link of several words stands in its line: a day behind a headline is of that other news."""


def find_printed(
    page: Page,
    tree: Tree,
    platform: Platform | None,
    around: Callable[[], Sequence[Line]],
    scope: Element,
    ledger: Ledger,
    *,
    told: bool,
) -> list[Printed]:
    """What the page prints. ``told``: machines are told a time, so that "3 hours ago" may be a reader's."""
    found: list[Printed] = []
    for css in platform.article.published if platform is not None else ():
        for element in trees.preferring(tree.select(css), scope)[:5]:
            if found := _in_element(element, f"platform:{css}", page):
                found[0] = _with_clock_beside(found[0], element, page)
                break
        if found:
            break
    if not found:
        times = (time for time in islice(_machine_times(scope), 20) if not _is_of_other_news(time, page))
        for element in islice(times, 3):
            if found := _in_element(element, "time element", page):
                break
    if not found:
        lines = [line for line in _date_lines(around()) if not (told and _is_relative(line[0]))]
        # stable: labelled ones first
        lines.sort(key=lambda line: not _PUBLISHED.search(line[0].casefold()))
        for text, linked in lines:
            printed = _in_text(text, "date line", page)
            found += [replace(p, after_link=True) for p in printed] if linked else printed
    if found and found[0].source == "time element":
        found = _dated_in_words(page, found, around) + found
    for p in found:
        ledger.propose("published_at", p.stamp.at.isoformat(), p.source, "an edit" if p.updated else None)
    return found


def _machine_times(scope: Element) -> Iterator[Element]:
    """The elements below one that are there to carry a time for machines."""
    for element in scope.iterdescendants(*_TIME_ATTRIBUTES):
        told = element.get("title") or ""
        if element.tag == "time" or (":" in told and "-" in told):
            yield element


_ENTRIES_UP = 3
"""Elements that a time of day may stand apart from its day: Elementor has ``li > a > span`` for each."""


def _with_clock_beside(printed: Printed, element: Element, page: Page) -> Printed:
    """A day with the time of day that the very next element prints, and nothing else."""
    if printed.stamp.precision != "day":
        return printed
    up: Element | None = element
    for _ in range(_ENTRIES_UP):
        following = up.getnext() if up is not None else None
        if following is not None:
            text = trees.text_of(following) if not is_longer(following, _DATE_LINE) else ""
            if not _CLOCK.fullmatch(text):
                return printed
            finer = _in_text(f"{printed.stamp.at:%d/%m/%Y} {text}", printed.source, page)
            return replace(printed, stamp=finer[0].stamp) if finer else printed
        up = up.getparent() if up is not None else None
    return printed


def _is_of_other_news(element: Element, page: Page) -> bool:
    """Whether a time stands beside a headline that leads to another page, in an entry of a list."""
    above = element.iterancestors("li", "td", "div", "article", "section", "header", "footer", "body")
    entry = next(above, None)
    if entry is None or entry.tag == "body" or is_longer(entry, _ENTRY):
        return False
    if (listed := next(entry.iterancestors("li"), None)) is not None and not is_longer(listed, _ENTRY):
        entry = listed
    own = urls.canonical(page.url)
    return any(
        len(trees.text_of(link).split()) >= _OTHER_HEADLINE
        and (address := urls.absolute(page.url, link.get("href"))) is not None
        and urls.canonical(address) != own
        for link in entry.iter("a")
    )


def _date_lines(lines: Sequence[Line]) -> list[tuple[str, bool]]:
    """The lines that may print the publication time, a time of day in the next line added, and whether
    a headline is linked in them."""
    found = []
    for n, line in enumerate(lines):
        if not is_date_line(line.text):
            continue
        text = line.text
        if n + 1 < len(lines) and _CLOCK.fullmatch(lines[n + 1].text) and not _CLOCK.search(text):
            text = f"{text} {lines[n + 1].text}"
        elif n and _CLOCK.fullmatch(lines[n - 1].text) and not _CLOCK.search(text):
            text = f"{text} {lines[n - 1].text}"
        elif n + 1 < len(lines) and _DAY.fullmatch(text):
            text = _of_box(text, lines[n + 1].text) or text
        words = sum(len(_TIME_WORDS.sub(" ", anchor.casefold()).split()) for _, anchor in line.links)
        found.append((text, words >= _HEADLINE))
    return found


def _of_box(above: str, below: str) -> str | None:
    """The day of a box that prints it in two lines ("14/10" over "2025", "14" over "Tháng 10, 2025")."""
    if not below or len(below) > _BOX:
        return None
    whole = f"{above}/{below}" if below[0].isdigit() else f"{above} {below}"
    stamp = dates.parse_stamp(whole)
    return whole if stamp is not None and stamp.precision == "day" else None


def _is_relative(text: str) -> bool:
    return dates.is_relative(writing.fold(text))


def _dated_in_words(
    page: Page, marked: Sequence[Printed], around: Callable[[], Sequence[Line]]
) -> list[Printed]:
    """Labelled dates and datelines that are weeks older than the time elements of a page: what a theme
    marks up is then the time of a migration."""
    if page.fetched_at - marked[0].stamp.at < MIGRATED:
        return []
    texts = [line.text for line in around() if is_date_line(line.text)]
    told = [
        p
        for text in texts
        if _PUBLISHED.search(text.casefold()) or _DATELINE.match(text)
        for p in _in_text(text, "date line", page)
    ]
    return [p for p in told if not p.updated and marked[0].stamp.at - p.stamp.at > MIGRATED][:1]


def prints_time(text: str, page: Page) -> bool:
    """Whether a line is there to print a time, and prints one that can be read or tells how long ago."""
    if len(text) > _DATE_LINE:
        return False
    if "read" in text.lower() and _MINUTES.search(text):
        return True
    if not is_date_line(text):
        return False
    stamps = _stamps_in(text, page.fetched_at)
    return bool(stamps) or dates.is_relative(text)


@lru_cache(maxsize=64)  # whether a line prints a time is asked before which
def _stamps_in(text: str, fetched_at: datetime) -> tuple[Stamp, ...]:
    return tuple(dates.find_stamps(text, now=fetched_at, latest=fetched_at))


def is_clock(text: str, page: Page) -> bool:
    """Whether a line prints the day of the fetch and nothing says that it is the publication's."""
    if not is_date_line(text):
        return False
    small = text.casefold()
    if _PUBLISHED.search(small) or _UPDATED.search(small):
        return False
    today = page.fetched_at.astimezone(dates.VIETNAM).date()
    stamps = _stamps_in(text, page.fetched_at)
    return bool(stamps) and all(stamp.at.date() == today for stamp in stamps)


def is_labelled(text: str) -> bool:
    """Whether a line prints a time and begins with its label: "Cập nhật ngày 14/10/2025"."""
    # the beginning first: it takes a tenth of what a headline's figures and words do
    return len(text) <= _DATE_LINE and _LABELLED.match(text.casefold()) is not None and is_date_line(text)


def is_date_line(text: str) -> bool:
    """Whether a line may print the publication time: digits, and few words beside it ("Đăng lúc:
    03/08/2022 (GMT+7) | Lượt xem: 74"). A sentence that begins with a day is none."""
    return len(text) <= _DATE_LINE and _is_date_line(text)


@lru_cache(maxsize=2048)  # each rule for times asks for the lines about a headline; titles beside it recur
def _is_date_line(text: str) -> bool:
    if _DIGIT.search(text) is None:
        return False
    text = text.casefold()
    # where there are too many words that no label of a time has, the expression need not tell which of the
    # others belong to one (30,000 instructions)
    others = [word for word in _WORD.findall(text) if word not in _TIME_SYLLABLES]
    if _has_many(others):
        return ":" in text and _LABELLED_DETAILS.fullmatch(text) is not None
    words = _WORD.findall(_TIME_WORDS.sub(" ", text))
    if text.endswith(".") and len(words) > 1 and not _TELLS.search(text):
        return False
    return not _has_many(words) and _OF_AN_EVENT.match(text) is None


def _has_many(words: list[str]) -> bool:
    """Whether words beside a time are too many for a line that is there to print it."""
    return len(words) > 7 or sum(map(len, words)) > 30


def _in_element(element: Element, source: str, page: Page) -> list[Printed]:
    """The times of one element: its text, and the machine time beside it where they agree."""
    printed = _in_text(trees.text_of(element), source, page)
    times = [element] if element.tag in _TIME_ATTRIBUTES else element.iter(*_TIME_ATTRIBUTES)
    told = next((value for time in times if (value := time.get(_TIME_ATTRIBUTES[time.tag]))), "").strip()
    machine = dates.parse_stamp(told, latest=page.fetched_at) if told else None
    if machine is None:
        return printed
    if not printed:
        return [Printed(machine, source, False)]
    shown = printed[0].stamp
    same = shown.at.date() == machine.at.date() or (
        # a site abroad prints its own day, which may be another one in Vietnam
        ABROAD.search(told) is not None and told[:10] == shown.at.date().isoformat()
    )
    if shown.precision == "day" and same:
        return [Printed(machine, source, printed[0].updated), *printed[1:]]
    return printed


def _in_text(text: str, source: str, page: Page) -> list[Printed]:
    if "年" in text or "년" in text:
        text = _EAST_ASIAN.sub(r"\1-\2-\3 ", text)
    stamps = _stamps_in(text, page.fetched_at)
    if not stamps:
        return []
    small = text.casefold()
    label = _UPDATED.search(small)
    if label is not None and len(stamps) > 1:
        first_is_update = label.start() < 12
        return [Printed(s, source, (n == 0) == first_is_update) for n, s in enumerate(stamps[:2])]
    first = stamps[0]
    if len(stamps) > 1 and _PUBLISHED.search(small):  # "Ngày ban hành: …, ngày đăng: …"
        first = dates.parse_stamp(text, now=page.fetched_at, latest=page.fetched_at) or first
    return [Printed(first, source, label is not None and not _PUBLISHED.search(small))]
