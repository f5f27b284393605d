"""The official documents that a text names: "Nghị quyết số 10, ngày 10/01/2022 của BTV Tỉnh ủy"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from vietnam.byte_letters import Shapes, in_bytes

_KIND_NAMES = (
    "Nghị quyết liên tịch|Chương trình hành động|Nghị quyết|Quyết định|Chỉ thị|Kết luận|Kế hoạch|Đề án|"
    "Chương trình|Quy chế|Quy định|Hướng dẫn|Thông tri|Thông báo|Công văn|Nghị định|Thông tư|Tờ trình|"
    "Báo cáo|Pháp lệnh|Luật"
)
_SPELLED = {kind.lower(): kind for kind in _KIND_NAMES.split("|")}
_ENDINGS = tuple(_SPELLED)
_LONGEST_KIND = max(map(len, _SPELLED)) + 1
# A document begins where its number does; its kind stands before, the day and the issuer behind. Each
# expression begins with one certain letter: such a search takes 7 instructions a letter of the text, for a
# class of letters 45, one for any digit 100 (November 2026). These two run on shapes.
_NUMBERED = re.compile(rb"o(?<=[sS]o) *:? *(?=0)")
_SIGN = re.compile(rb"-(?= ?[AS][AS])")
_COMPOUND = re.compile(r"\d\d{0,4}(?:/\d{4})?\s?[-–/]\s?[A-ZĐƯ]{2}")
_TO_SIGN, _FROM_SIGN = 11, 4
"""The longest that a compound number has before the sign, and from there to its second capital."""
_NUMBER = re.compile(r"\d{1,5}[A-Za-zĐđ]?(?:\s?[-–/]\s?[A-ZĐƯÔa-zđư0-9.]+)*")
_MORE = re.compile(
    r"(?:,|\s+và)\s*(?:số\s+(?P<named>\d{1,5}(?![\d/])[A-Za-z0-9/\-]*)|"
    r"(?P<bare>\d{2,4})(?=(?:, \d{2,4})* của\b))"
)
_DATE = re.compile(
    r"\s*,?\s*ngày\s+(\d{1,2})\s*(?:[/.\-]\s*(\d{1,2})\s*[/.\-]\s*|tháng\s+(\d{1,2})\s+năm\s+)(\d{4})"
)
_ISSUER = re.compile(r"\s*,?\s*của\s+([^,.;:()“”\"\n]{3,80})")
# Where the name of the issuing body ends and what the document is about begins.
_ISSUER_END = re.compile(
    r"\s+(?:về|ban hành|quy định|nhằm|trong|để|tại|đã|năm \d{4}|có|"
    r"và(?=\s(?:các|Nghị|Quyết|Kế|Kết|Chỉ|Luật|Thông|Hướng|Công văn|Đề án|Quy)))(?:\s|$)"
)


def _shape(letter: str) -> str:
    if letter in "sS:":
        return letter
    if letter in "-–/":
        return "-"
    if letter.isspace():
        return " "
    return "o" if letter in "ốỐ" else "0" if letter.isdecimal() else "A" if letter in _CAPITALS else "."


_CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZĐƯ")
_SHAPES = Shapes(_shape)


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document as the text names it; ``date`` is ISO or None."""

    kind: str
    number: str
    date: str | None = None
    issuer: str | None = None


def find_documents(text: str, letters: bytes | None = None) -> list[NamedDocument]:
    """Return the documents that a text names with a number, once each, in order. Text: clean NFC.

    ``letters``: its :func:`vietnam.byte_letters.in_bytes`, where these are there already.
    """
    found: dict[tuple[str, str], NamedDocument] = {}
    shapes = _SHAPES.of(text, in_bytes(text) if letters is None else letters)
    numbered = [(match.start() - 1, match.end()) for match in _NUMBERED.finditer(shapes)]
    for begin, digit in sorted([*numbered, *_compounds(text, shapes)]):
        kind = _kind_before(text, begin)
        number = _NUMBER.match(text, digit)
        if kind is None or number is None:
            continue
        numbers, position = [_compact(number[0])], number.end()
        while more := _MORE.match(text, position):
            numbers.append(_compact(more["named"] or more["bare"]))
            position = more.end()
        day = _DATE.match(text, position)
        issuer = _ISSUER.match(text, day.end() if day else position)
        for each in numbers:
            document = NamedDocument(kind, each, _iso(day), _issuer(issuer[1]) if issuer else None)
            found.setdefault((kind, each), document)
    return list(found.values())


def _compounds(text: str, shapes: bytes) -> Iterator[tuple[int, int]]:
    """Where numbers like "15/KH-MTTQ" begin, twice: what is found around the sign before the capitals."""
    free_from = 0
    for sign in (found.start() for found in _SIGN.finditer(shapes)):
        match = _COMPOUND.search(text, max(free_from, sign - _TO_SIGN), sign + _FROM_SIGN)
        if match:
            free_from = match.end()
            yield match.start(), match.start()


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
