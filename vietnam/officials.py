"""The persons whom a text names with their position: "
""đồng chí Nguyễn Ngọc Thức, Phó Bí thư Thường trực Huyện ủy"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_UPPER = "A-ZĐÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
_WORD = rf"[{_UPPER}][^\W\d_]*(?:['’][^\W\d_]+)?"
_PERSON = rf"{_WORD}(?: {_WORD}){{1,4}}"
_POSITION_WORD = (
    r"(?:Ủy viên|Uỷ viên|UV\w*|TUV|HUV|PCT|Phó|Bí thư|Chủ tịch|Chủ nhiệm|Trưởng|Tỉnh [uủ][ỷy] viên|"
    r"Thành [uủ][ỷy] viên|"
    r"Huyện [uủ][ỷy] viên|Thị [uủ][ỷy] viên|Quận [uủ][ỷy] viên|Đảng [uủ][ỷy] viên|Quyền|Nguyên|nguyên|"
    r"Giám đốc|Chánh|Chi hội trưởng|"
    r"Tổng Bí thư|Thủ tướng|Bộ trưởng|Đại tá|Thượng tá|Trung tá|Thiếu tướng|Thường trực)"
)
_NAME_FIRST = re.compile(
    rf"(?:(?:[Đđ]ồng chí|[Đđ]\s?/\s?[cC]|[Ôô]ng|[Bb]à|[Cc]hị|[Aa]nh|;|"
    rf":)\s*:?\s*)(?P<name>{_PERSON})\s*(?:,|[–-])\s*(?P<position>{_POSITION_WORD}\b[^;.():\n]{{0,160}})"
)
_POSITION_FIRST = re.compile(
    rf"(?P<position>\b(?:Phó Chủ tịch|Chủ tịch|Phó Bí thư|Bí thư|PCT|Trưởng Ban|Phó Trưởng Ban|Giám đốc|"
    rf"Phó Giám đốc)\b[^,;.:()\n“”\"]{{0,70}}?[^{_UPPER}\s,]) "
    rf"(?P<name>{_PERSON})(?= (?:chủ trì|phát biểu|dự|cùng|trao|tiếp nhận|đã|đến|thăm|và|cho|chia sẻ|"
    rf"nhấn mạnh|đề nghị|ghi nhận|tham dự|kết luận)\b|[,;.)])"
)
# Where a position ends and what the person did begins.
_ENDS = re.compile(
    r"\s+(?:chủ trì|phát biểu|đã|dự|cùng dự|đến dự|tham dự|trao|ghi nhận|nhấn mạnh|đề nghị|cho biết|"
    r"đánh giá|yêu cầu|khẳng định|tiếp nhận|"
    r"báo cáo|kết luận|thông tin|chúc mừng|biểu dương|làm Trưởng|làm trưởng|tặng|thăm|chia sẻ|"
    r"và (?:các )?(?:đồng chí|ông|bà)|cùng (?:các|đại diện|lãnh đạo|với))\b"
    r"|,\s*(?:đồng chí|ông|bà|đại diện|cùng|các|lãnh đạo|đã|tham dự|dự)\b|\s*/\.|,\s*$"
)
_NOT_NAMES = re.compile(
    rf"^(?:Ủy|Uỷ|Ban|Hội|Đảng|Huyện|Tỉnh|Thường|Mặt|Đoàn|Sở|Phòng|Trung|Văn phòng|UBND|HĐND|MTTQ|"
    rf"[{_UPPER}]{{2,}}\b)"
)
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class NamedOfficial:
    """A person and the position that stands with the name, as printed."""

    name: str
    position: str


def find_officials(text: str) -> list[NamedOfficial]:
    """Return the persons named with a position, each once (first naming), in order. Text: clean NFC."""
    found: dict[str, NamedOfficial] = {}
    text = text[:_LONGEST]
    matches = sorted((*_NAME_FIRST.finditer(text), *_POSITION_FIRST.finditer(text)), key=re.Match.start)
    for match in matches:
        name = match["name"].strip()
        position = _ENDS.split(match["position"], maxsplit=1)[0].strip(" ,-–")
        if not position or _NOT_NAMES.match(name):
            continue
        found.setdefault(name, NamedOfficial(name, position))
    return list(found.values())
