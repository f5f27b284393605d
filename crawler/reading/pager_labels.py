"""What the links of a pager are called: numbers, "Trang sau", "»", in words or as a picture."""

from __future__ import annotations

import re
from itertools import islice

from crawler.reading.markup import Element

NEXT_WORDS = re.compile(
    r"(?:trang\s+)?(?:sau|kế|kế tiếp|tiếp|tiếp theo|tiếp tục)|next(?:\s+page)?|older(?:\s+(?:posts|entries))?"
    r"|(?:(?:các\s+)?(?:bài|tin)(?:\s+(?:viết|đăng))?\s+)?cũ hơn|xem thêm|tải thêm",
    re.IGNORECASE,
)
BACK_WORDS = re.compile(
    r"(?:trang\s+)?(?:đầu(?:\s+tiên)?|trước)|first|prev(?:ious)?|newer(?:\s+posts)?"
    r"|(?:(?:các\s+)?(?:bài|tin)(?:\s+(?:viết|đăng))?\s+)?mới hơn",
    re.IGNORECASE,
)
LAST_WORDS = re.compile(
    r"(?:trang\s+)?(?:sau\s+)?cuối(?:\s+cùng)?|sau\s+cùng|last(?:\s+page)?", re.IGNORECASE
)
WORDS = (NEXT_WORDS, BACK_WORDS, LAST_WORDS)
PLAIN_WORDS = re.compile(
    r"trang\s+(?:sau|kế(?:\s+tiếp)?|tiếp(?:\s+theo)?)|next\s+page|older\s+(?:posts|entries)"
    r"|(?:xem\s+)?(?:các\s+)?(?:bài|tin)(?:\s+(?:viết|đăng))?\s+(?:cũ hơn"
    r"|(?:của\s+)?(?:ngày|tuần|tháng)\s+trước)",
    re.IGNORECASE,
)
"""Words that mean the next page wherever they stand: "xem thêm" and "tiếp" alone stand below boxes too."""
ORNAMENT = re.compile(r"^[\s»›>→«‹<←.|\[\]…-]+|[\s»›>→«‹<←.|\[\]…-]+$")
_NUMBER = re.compile(r"(?:trang|page)?\s*(\d{1,5})", re.IGNORECASE)
_OPENS = re.compile(r"xem thêm|tải thêm", re.IGNORECASE)
_FORWARD = re.compile(r"(?<![a-z])(?:next|right|forward|sau|tiep)(?![a-z])")
_BACKWARD = re.compile(r"(?<![a-z])(?:prev|previous|left|back|truoc)(?![a-z])")
_TO_THE_END = re.compile(r"(?<![a-z])(?:first|last|double|fast|dau|cuoi|end)(?![a-z])")
_LONGEST = 40
_PARTS = 4


def number_of(label: str) -> int | None:
    """The number of the page that a label names."""
    found = _NUMBER.fullmatch(ORNAMENT.sub("", label))
    return int(found[1]) if found else None


def is_of_pager(label: str) -> bool:
    """Whether a link's text is one of a pager's, and thus no section's name. "Xem thêm" is both."""
    bare = ORNAMENT.sub("", label) if len(label) <= _LONGEST else ""
    if not bare or _OPENS.fullmatch(bare):
        return False
    return number_of(bare) is not None or any(words.fullmatch(bare) for words in (*WORDS, PLAIN_WORDS))


def drawn(anchor: Element) -> str:
    """The word that an arrow without words stands for, by the name of its picture or icon: ``next.gif``,
    ``fa-angle-right``; empty for any other."""
    for part in islice(anchor.iter(), _PARTS):
        file = (part.get("src") or "").rpartition("/")[2] if part.tag == "img" else ""
        called = f"{file} {part.get('class') or ''}".lower()
        if not called.strip() or _TO_THE_END.search(called):
            continue
        if _FORWARD.search(called):
            return "next"
        if _BACKWARD.search(called):
            return "prev"
    return ""
