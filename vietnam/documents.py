"""The official documents that a text names: "Nghị quyết số 10, ngày 10/01/2022 của BTV Tỉnh ủy"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_KIND_NAMES = (
    "Nghị quyết liên tịch|Chương trình hành động|Nghị quyết|Quyết định|Chỉ thị|Kết luận|Kế hoạch|Đề án|"
    "Chương trình|Quy chế|Quy định|Hướng dẫn|Thông tri|Thông báo|Công văn|Nghị định|Thông tư|Tờ trình|"
    "Báo cáo|Pháp lệnh|Luật"
)
_SPELLED = {kind.lower(): kind for kind in _KIND_NAMES.split("|")}
_ENDINGS = tuple(_SPELLED)
_LONGEST_KIND = max(map(len, _SPELLED)) + 1
# A document begins where its number does; its kind stands before, the day and the issuer behind.
# (A search skips to the class that a pattern begins with, not to those of alternatives or of a repetition.)
_NUMBERED = re.compile(r"[sS]ố\s*:?\s*(?=\d)")
_COMPOUND = re.compile(r"\d\d{0,4}(?:/\d{4})?\s?[-–/]\s?[A-ZĐƯ]{2}")
_NUMBER = re.compile(r"\d{1,5}[A-Za-zĐđ]?(?:\s?[-–/]\s?[A-ZĐƯÔa-zđư0-9.]+)*")
_MORE = re.compile(r"(?:,|\s+và)\s*số\s+(\d{1,5}(?![\d/])[A-Za-z0-9/\-]*)")
_DATE = re.compile(
    r"\s*,?\s*ngày\s+(\d{1,2})\s*(?:[/.\-]\s*(\d{1,2})\s*[/.\-]\s*|tháng\s+(\d{1,2})\s+năm\s+)(\d{4})"
)
_ISSUER = re.compile(r"\s*,?\s*của\s+([^,.;:()“”\"\n]{3,80})")
# Where the name of the issuing body ends and what the document is about begins.
_ISSUER_END = re.compile(
    r"\s+(?:về|ban hành|quy định|nhằm|trong|để|tại|đã|năm \d{4}|có|và (?=các|Nghị|Quyết|Kế|Chỉ))(?:\s|$)"
)


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document as the text names it; ``date`` is ISO or None."""

    kind: str
    number: str
    date: str | None = None
    issuer: str | None = None


def find_documents(text: str) -> list[NamedDocument]:
    """Return the documents that a text names with a number, once each, in order. Text: clean NFC."""
    found: dict[tuple[str, str], NamedDocument] = {}
    starts = [*_NUMBERED.finditer(text), *_COMPOUND.finditer(text)]
    for start in sorted(starts, key=lambda start: start.start()):
        kind = _kind_before(text, start.start())
        number = _NUMBER.match(text, start.start() if text[start.start()].isdigit() else start.end())
        if kind is None or number is None:
            continue
        numbers, position = [_compact(number[0])], number.end()
        while more := _MORE.match(text, position):
            numbers.append(_compact(more[1]))
            position = more.end()
        day = _DATE.match(text, position)
        issuer = _ISSUER.match(text, day.end() if day else position)
        for each in numbers:
            document = NamedDocument(kind, each, _iso(day), _issuer(issuer[1]) if issuer else None)
            found.setdefault((kind, each), document)
    return list(found.values())


def _kind_before(text: str, position: int) -> str | None:
    before = " ".join(text[max(0, position - _LONGEST_KIND) : position].lower().split())
    if not before.endswith(_ENDINGS):
        return None
    return next(spelled for kind, spelled in _SPELLED.items() if before.endswith(kind))


def _compact(number: str) -> str:
    return re.sub(r"\s*([-–/])\s*", r"\1", number).rstrip("-–/.")


def _iso(day: re.Match[str] | None) -> str | None:
    if day is None:
        return None
    try:
        return date(int(day[4]), int(day[2] or day[3]), int(day[1])).isoformat()
    except ValueError:
        return None


def _issuer(text: str) -> str | None:
    return _ISSUER_END.split(text)[0].strip() or None
