"""Long vocabularies as one compiled expression, one alternative a line where they are written."""

from __future__ import annotations

import re


def any_of(*patterns: str, start: str = "", end: str = "", flags: int = re.I) -> re.Pattern[str]:
    """An expression that matches any of the patterns, each between ``start`` and ``end``."""
    return re.compile(f"{start}(?:{'|'.join(patterns)}){end}", flags)


def token(*patterns: str) -> re.Pattern[str]:
    """An expression for class names and ids (lower case): one of the patterns as a whole name, or as a
    part of one between hyphens or underscores."""
    return re.compile(rf"(?:^|[\s_-])(?:{'|'.join(patterns)})(?:[\s_-]|$)")


def either_case(beginnings: str) -> frozenset[str]:
    """Beginnings of two letters, in small letters and capitals. To look those of a line up takes 300
    instructions; lower() and startswith() take 1,000 each."""
    return frozenset(
        one + other
        for both in beginnings.split()
        for one in (both[0], both[0].upper())
        for other in (both[1], both[1].upper())
    )
