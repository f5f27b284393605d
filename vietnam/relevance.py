"""Whether an article is about the Front or a mass organization, or only mentions one.

The organization must be the actor or the subject. A guest ("cùng dự có lãnh đạo Ủy ban MTTQ"), a job title
("Chủ tịch Ủy ban MTTQ tỉnh" of a People's Council delegate) or a member association alone is a mention.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from vietnam.organizations import CORE, Finding

THRESHOLD = 0.5
_LEAD = 500
"""Letters of the body in which the news is told; an organization that acts only later is seldom its "
  "subject."""

_GUEST = re.compile(
    r"\b(?:dự(?! án| thảo| kiến| toán| phòng| báo)|tham dự|cùng dự|đến dự|dự có|có mặt|tham gia đoàn|"
    r"cùng đi|đại diện|lãnh đạo|thành phần|"
    r"gồm có|đại biểu)\b[^.]{0,140}$"
)
_JOB = re.compile(
    r"\b(?:chủ tịch|phó chủ tịch|pct|bí thư|phó bí thư|ủy viên|trưởng ban|phó ban|nguyên|phó)\b"
    r"(?:\s*(?:thường trực|danh dự|kiêm|chuyên trách|\(|,|ban|bch|btv|đoàn|hội|ủy ban|ub|trung ương|tw|"
    r"t\.?ư|thường vụ|chấp hành)\s*)*[\s.]*$"
)
_ACTS = re.compile(
    r"^[^.;]{0,90}?\b(?:(?<!các )tổ chức(?! chính trị| thành viên| đoàn thể| cơ sở| đảng| hội)|phối hợp|"
    r"trao|tặng|phát động|ra quân|khai mạc|tiếp nhận|hỗ trợ|bàn giao|"
    r"tiến hành|triển khai|"
    r"giám sát|sơ kết|tổng kết|tập huấn|chủ trì|tiếp tục|vận động|thăm|đại hội|hiệp thương|đẩy mạnh|"
    r"xây dựng|giúp|ban hành)\b"
)
_CAMPAIGN = re.compile(
    r"ưu tiên dùng hàng việt|ban chỉ đạo cuộc vận động|toàn dân đoàn kết xây dựng|tdđkxdđs|vì người nghèo|"
    r"đại đoàn kết|phản biện xã hội"
)


def relevance(
    found: Sequence[Finding], lowered: str, title_length: int, *, owner: str | None = None
) -> float:
    """Return how surely the article is about the Front or a mass organization, 0..1 (relevant from 0.5).

    ``found``: findings in title and text, joined by one line break; ``lowered``: that text in lower case
    match form; ``owner``: the organization whose portal it stands on.
    """
    core = [hit for hit in found if hit.organization in CORE]
    if not core:
        return 0.1 if found else 0.0
    titled = [hit for hit in core if hit.start < title_length]
    if titled:
        return 0.7 if all(_is_mention(lowered[: hit.start], lowered[hit.end :]) for hit in titled) else 0.95
    body = title_length + 1
    acting = [
        hit for hit in core if not _is_mention(lowered[body : hit.start], lowered[hit.end : hit.end + 120])
    ]
    leading = [hit for hit in acting if hit.start < body + _LEAD]
    if leading:
        return min(0.9, 0.65 + 0.05 * len(leading))
    if _CAMPAIGN.search(lowered):
        return 0.6
    if owner in {hit.organization for hit in acting}:
        return 0.6
    return min(0.45, 0.2 + 0.02 * len(acting))


def _is_mention(before: str, after: str) -> bool:
    """Tell whether the organization stands there as a guest or in somebody's title. Lower case."""
    clause = before[-170:]
    if _JOB.search(clause):
        return True
    return bool(_GUEST.search(clause)) and not _ACTS.match(after)
