"""The official documents that a text names: "Nghị quyết số 10, ngày 10/01/2022 của BTV Tỉnh ủy"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_KINDS = (
    "Nghị quyết liên tịch|Chương trình hành động|Nghị quyết|Quyết định|Chỉ thị|Kết luận|Kế hoạch|Đề án|"
    "Chương trình|Quy chế|Quy định|Hướng dẫn|Thông tri|Thông báo|Công văn|Nghị định|Thông tư|Tờ trình|Báo cáo|"
    "Pháp lệnh|Luật"
)
_SPELLED = {kind.lower(): kind for kind in _KINDS.split("|")}
_NUMBER = r"\d{1,5}[A-Za-zĐđ]?(?:\s?[-–/]\s?[A-ZĐƯÔa-zđư0-9.]+)*"
_DOCUMENT = re.compile(
    rf"\b(?P<kind>{_KINDS})\s+(?:liên tịch\s+)?số\s*:?\s*(?P<number>{_NUMBER})"
    r"(?P<more>(?:(?:,|\s+và)\s*số\s+\d{1,5}(?![\d/])[A-Za-z0-9/\-]*)*)"
    r"(?:\s*,?\s*(?:ngày\s+(?P<day>\d{1,2})\s*(?:[/.\-]\s*(?P<month>\d{1,2})\s*[/.\-]\s*|"
    r"tháng\s+(?P<month2>\d{1,2})\s+năm\s+)(?P<year>\d{4})))?"
    r"(?:\s*,?\s*của\s+(?P<issuer>[^,.;:()“”\"\n]{3,80}))?",
    re.IGNORECASE,
)
_NUMBERED_ALONE = re.compile(
    rf"\b(?P<kind>{_KINDS})\s+(?P<number>\d{{1,5}}[A-Za-z]?\s?(?:[-–/]\s?[A-ZĐƯ][A-ZĐƯa-zđư0-9]*)+)"
    r"(?:\s*,?\s*ngày\s+(?P<day>\d{1,2})[/.\-](?P<month>\d{1,2})[/.\-](?P<year>\d{4}))?"
    r"(?:\s*,?\s*của\s+(?P<issuer>[^,.;:()“”\"\n]{3,80}))?",
    re.IGNORECASE,
)
_MORE = re.compile(r"số\s+([A-Za-z0-9/\-]+)")
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
    if not any(mark in text for mark in ("số", "Số", "/", "-")):
        return []
    found: dict[tuple[str, str], NamedDocument] = {}
    for match in sorted((*_DOCUMENT.finditer(text), *_NUMBERED_ALONE.finditer(text)), key=re.Match.start):
        kind = _SPELLED[" ".join(match["kind"].lower().split())]
        groups = match.groupdict()
        numbers = [_number(match["number"])]
        numbers += [_number(number) for number in _MORE.findall(groups.get("more") or "")]
        for number in numbers:
            found.setdefault(
                (kind, number), NamedDocument(kind, number, _date(groups), _issuer(match["issuer"]))
            )
    return list(found.values())


def _number(text: str) -> str:
    return re.sub(r"\s*([-–/])\s*", r"\1", text).rstrip("-–/.")


def _date(groups: dict[str, str | None]) -> str | None:
    day, year = groups.get("day"), groups.get("year")
    month = groups.get("month") or groups.get("month2")
    if not (day and month and year):
        return None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _issuer(text: str | None) -> str | None:
    if text is None:
        return None
    return _ISSUER_END.split(text)[0].strip() or None
