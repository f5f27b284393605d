"""The persons whom a text names with their position: "đồng chí Nguyễn Ngọc Thức, Phó Bí thư Huyện ủy"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vietnam import writing
from vietnam.byte_letters import Shapes, in_bytes
from vietnam.capitals import UPPER
from vietnam.credit_words import SURNAMES
from vietnam.gazetteer import gazetteer, key
from vietnam.sought import matches_at, places_of

_WORD = rf"[{UPPER}][^\W\d_]*(?:['’][^\W\d_]+)?"
_PERSON = rf"{_WORD}(?: {_WORD}){{1,4}}"
_POSITION_WORD = (
    r"(?:Ủy viên|Uỷ viên|UV\w*|TUV|HUV|PCT|Phó|Bí thư|Chủ tịch|Chủ nhiệm|Trưởng|Tỉnh [uủ][ỷy] viên|"
    r"Thành [uủ][ỷy] viên|"
    r"Huyện [uủ][ỷy] viên|Thị [uủ][ỷy] viên|Quận [uủ][ỷy] viên|Đảng [uủ][ỷy] viên|Quyền|Nguyên|nguyên|"
    r"Giám đốc|Chánh|Chi hội trưởng|"
    r"Tổng Bí thư|Thủ tướng|Bộ trưởng|Đại tá|Thượng tá|Trung tá|Thiếu tướng|Thường trực)"
)
_RANK = r"(?:tá|tướng|úy|tọa)"
_HONORIFIC = (
    r"(?=[ĐđÔôBbCcAaTLHM])(?:[Đđ]ồng chí|[Đđ]\s?/\s?[cC]|[Ôô]ng|[Bb]à|[Cc]hị|[Aa]nh|"
    rf"Đại {_RANK}|Thượng {_RANK}|Trung {_RANK}|Thiếu {_RANK}|Tiến sĩ|Thạc sĩ|Bác sĩ|TS\.?|BS\.?|ThS\.?|"
    r"Linh mục|Hòa thượng|Đại đức|Mục sư)"
)
"""Its first letters stand before it: the alternatives are tried at a letter in five only."""
# The place between name and position is looked for first, for it begins with one of four signs.
_BETWEEN = re.compile(
    rf"[,(–-]\s*(?P<position>{_POSITION_WORD}\b(?:(?!\s{_HONORIFIC}\s)[^;.():\n]|\.(?=\S)){{0,160}})"
)
_SHAPES = Shapes(
    lambda letter: (
        "," if letter in ",(–-" else " " if letter.isspace() else "U" if letter in "ỦUPBCTHQĐNnG" else "."
    )
)
_SIGN = re.compile(rb",(?= *U)")
"""Where a match of it may begin, in shapes: the sign before the first letter of a position."""
_NAME_BEFORE = re.compile(
    rf"(?:(?P<honorific>{_HONORIFIC})|(?:[;:.\n]|^)(?!\s*{_HONORIFIC}))\s*:?\s*(?P<name>{_PERSON})\s*$"
)
_NEAR = 64
"""Letters before the sign in which honorific and name must stand."""
_POSITION_FIRST = re.compile(
    r"(?P<position>(?:Phó (?:Chủ tịch|Bí thư|Trưởng Ban|Trưởng ban|Giám đốc)"
    r"|Chủ tịch|Bí thư|Trưởng Ban|Trưởng ban|Giám đốc|PCT)\b"
    rf"[^,;.:()\n“”\"]{{0,70}}?[^{UPPER}\s,;.:()])(?<! Việt) (?P<name>{_PERSON})"
    r"(?= (?:chủ trì|phát biểu|dự|cùng|trao|tiếp nhận|đã|đến|thăm|và|cho|chia sẻ|nhấn mạnh|đề nghị|ghi nhận|"
    r"tham dự|kết luận|khẳng định|yêu cầu|biểu dương|làm|báo cáo)\b|[,;.)]|$)"
)
_FIRST_WORDS = tuple(map(in_bytes, ("Phó ", "Chủ tịch", "Bí thư", "Trưởng ", "Giám đốc", "PCT")))
"""What every match of it begins with."""
POSTS, POST_WORDS = ("phó ", "chủ tịch", "bí thư", "trưởng ", "giám đốc"), ("pct",)
"""The same for :class:`vietnam.phrases.Phrases`."""
# Where a position ends and what the person did begins.
_ENDS = re.compile(
    r"\s+(?:chủ trì|phát biểu|đã|dự|cùng dự|đến dự|tham dự|trao|ghi nhận|nhấn mạnh|đề nghị|cho biết|"
    r"đánh giá|yêu cầu|khẳng định|tiếp nhận|mong|bày tỏ|cảm ơn|hy vọng|kêu gọi|phát động|trực tiếp|"
    r"chỉ đạo|điều hành|lưu ý|căn dặn|động viên|nêu rõ|phân tích|tuyên bố|khai mạc|bế mạc|cắt băng|gửi|"
    r"báo cáo|kết luận|thông tin|chúc mừng|biểu dương|làm Trưởng|làm trưởng|tặng|thăm|chia sẻ|"
    r"và (?:các )?(?:đồng chí|ông|bà)|cùng (?:các|đại diện|lãnh đạo|với)"
    r"|(?:và|cùng)$|(?:và|cùng)\s(?:(?:hơn|gần|trên|khoảng|đông đảo)\s)?[0-9]+)\b"
    r"|,\s*(?:đồng chí|ông|bà|đại diện|cùng|các|lãnh đạo|đã|tham dự|dự)\b|\s*/\.|,\s*$"
)
_TYPES = (" xã", " phường", " thị trấn", " huyện", " quận", " thành phố", " tỉnh", " đặc khu")
_ANOTHER = (" và bà", " và ông", " và đồng chí", " và chị", " và anh")
_NOT_PERSONS = frozenset({"Triều Tiên", "Hồng Kông", "Ma Cao", "Quốc hội"})
_LONGEST = 10_000
"""Letters that are read: the officials of an event are named in its report, not in an appendix."""


@dataclass(frozen=True, slots=True)
class NamedOfficial:
    """A person and the position that stands with the name, as printed."""

    name: str
    position: str


def find_officials(
    text: str, letters: bytes | None = None, posts: Sequence[int] | None = None
) -> list[NamedOfficial]:
    """Return the persons named with a position, each once (first naming), in order. Text: clean NFC.

    ``letters``: its :func:`vietnam.byte_letters.in_bytes`; ``posts``: where :data:`POSTS` and
    :data:`POST_WORDS` stand in it in any case, in order; where these are there already.
    """
    text = text[:_LONGEST]
    letters = in_bytes(text) if letters is None else letters[:_LONGEST]
    if posts is None:
        posts = places_of(letters, _FIRST_WORDS)
    signs = [match.start() for match in _SIGN.finditer(_SHAPES.of(text, letters))]
    named = [
        (between.start(), person["name"], between["position"])
        for between in matches_at(_BETWEEN, text, signs)
        if (person := _name_before(text[max(0, between.start() - _NEAR) : between.start()]))
        and (person["honorific"] or _begins_like_a_name(person["name"]))
    ]
    named += [
        (match.start(), match["name"], match["position"])
        for match in matches_at(_POSITION_FIRST, text, posts)
        if _begins_like_a_name(match["name"])
        and not _is_place(match["name"], match["position"])
        and not match["position"].endswith(_ANOTHER)
    ]
    found: dict[str, NamedOfficial] = {}
    for _, name, printed in sorted(named):
        position = _ENDS.split(printed, maxsplit=1)[0].strip(" ,-–")
        if position:
            found.setdefault(name, NamedOfficial(name, position))
    return list(found.values())


def _name_before(before: str) -> re.Match[str] | None:
    last = before.rstrip()
    is_name = last[last.rfind(" ") + 1 :][:1] in UPPER  # the search takes 20,000 instructions
    return _NAME_BEFORE.search(before) if is_name else None


def _is_place(name: str, position: str) -> bool:
    """Tell "Chủ tịch Hội LHPN xã Tân An" from "Bí thư Đoàn xã Quách Văn Hai"."""
    return position.endswith(_TYPES) and gazetteer().names_a_place(key(name))


def _begins_like_a_name(name: str) -> bool:
    """Tell a person from "Ủy ban", "Tỉnh đoàn" and the like, which stand in the same places."""
    words = name.split()
    if name in _NOT_PERSONS or key(name) in gazetteer().provinces_2024:
        return False
    return writing.unaccented(words[0]) in SURNAMES and not any(
        len(word) > 1 and word.isupper() for word in words
    )
