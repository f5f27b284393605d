"""The line that a theme prints about an article: its time, and beside that author, source, section, views."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.reading import printed_times
from vietnam import bylines, dates
from vietnam.gazetteer import gazetteer, key

LONGEST = 140
"""Characters of a line that prints a time with its neighbours (printed_times.py)."""
_ENDS_NAME = "|·•,;()👁📅🕒🕐⏰💬"
_POSTED_BY = re.compile(
    r"(?:\d.{0,30}(?: (?:bởi|by) |tác giả ?: ?)"
    r"|(?:^|[\])] )(?:(?:được )?(?:đăng |viết )?bởi|(?:posted |written )?by):? |[✍👤🖊🖋📝]\ufe0f?\s?)"
    rf"([^{_ENDS_NAME}\d]{{2,60}}?)\s*"
    rf"(?:[{_ENDS_NAME}]|\d|$| [–—-] | (?:vào|lúc|ngày|on|at)\b"
    r"|(?:chuyên mục|danh mục|(?:số )?lượt xem|nguồn) ?:)",
    re.I,
)
"""A name in a line of the time: "Đăng lúc 16:05, 04/09/2024 bởi Trần Thị Mai · 1.022 lượt xem", "14/10/2025
✍ Trần Thị Mai", "Bởi Trần Thị Mai - 14/10/2025"."""
_LABELS = (
    r"tác giả(?: bài viết)?|người (?:viết|đăng|gửi)|đăng bởi|ngày(?: (?:đăng|cập nhật|xuất bản))?|đăng lúc"
    r"|cập nhật|chuyên mục|danh mục|thể loại|(?:số )?lượt xem|nguồn(?: tin)?"
)
_PARTS = re.compile(
    rf"\s*[|•·;\[\]]\s*|\s*\d(?:[\d:./\s–-]*\d)?\s*|\s[–—/-]\s|\s(?=(?:{_LABELS}) ?:)|^[–—/-]\s|\s[–—/-]$",
    re.I,
)
"""What stands between a time, its label and what is printed beside them."""
_SECTION_ALONE = re.compile(r"chuyên mục|danh mục|thể loại", re.I)
_SECTION_LABEL = re.compile(
    rf"(?:^|[{_ENDS_NAME}\d]\s*)(?:chuyên mục|danh mục|thể loại) ?: ?([^{_ENDS_NAME}:\d]{{3,60}})", re.I
)
_LABELLED = re.compile(r"[^\W\d_] ?:")


def parts(text: str) -> list[str]:
    """What a line has between its signs, times and labels: "Tác giả: Hoàng Lan - Ngày đăng: 12/10/2025" is
    "Tác giả: Hoàng Lan" and "Ngày đăng:"."""
    return [part for piece in _PARTS.split(text) if (part := piece.strip(" ,–—-/|"))]


def posted_by(text: str) -> str | None:
    """The name behind "by" or a pen in a line of the time."""
    told = _POSTED_BY.search(text)
    return told[1] if told is not None else None


def name_beside_time(text: str) -> str | None:
    """The full name that stands between the parts of a line of the time ("12/10/2026 • Vàng A Dính • 90 lượt
    xem"), or the person's name that it begins with ("Hoàng Lan - 12/10/2026")."""
    if len(text) > LONGEST or not printed_times.is_date_line(text):
        return None
    name = next(filter(bylines.is_full_name, parts(text)), None) or _name_before_time(text)
    if name is None or dates.parse_stamp(text) is None:  # a row of a table
        return None
    return name


def _name_before_time(text: str) -> str | None:
    if text[0].isdigit():
        return None
    credit = bylines.parse_byline(text)
    if credit is None or not credit.authors or credit.byline is None or len(credit.byline.split()) < 2:
        return None
    return None if gazetteer().names_a_place(key(credit.byline)) else credit.byline


def source_beside_time(text: str) -> str | None:
    """The source that a line of the time prints: "12/10/2026 | Nguồn: Báo Lào Cai"."""
    if "guồn" not in text and "heo " not in text and "GUỒN" not in text:
        return None
    if len(text) > LONGEST or not printed_times.is_date_line(text):
        return None
    told = (bylines.parse_byline(part) for part in parts(text))
    return next((x.source_credit for x in told if x is not None and x.kind == "source"), None)


def labelled_section(lines: list[str]) -> str | None:
    """The section behind its label, in its line or in the next."""
    shown = "\n".join(lines)
    for n, text in enumerate(lines) if "mục" in shown or "loại" in shown else ():
        if "mục" not in text and "loại" not in text:
            continue
        if _SECTION_ALONE.fullmatch(text) and n + 1 < len(lines):
            text = f"{text}: {lines[n + 1]}"
        if (labelled := _SECTION_LABEL.search(text)) is not None:
            return labelled[1].strip()
    return None


def labelled_credits(text: str) -> Iterator[str]:
    """The parts of a line that name somebody behind a label ("Người đăng: Hoàng Lan | 12/10/2026")."""
    for part in parts(text) if _LABELLED.search(text) else ():
        credit = bylines.parse_byline(part) if ":" in part else None
        if credit is not None and (credit.authors or credit.kind in ("staff", "board")):
            yield part
