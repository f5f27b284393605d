"""Whether an article is about the Front or a mass organization, or only mentions one.

The organization must be the actor or the subject. A guest ("cùng dự có lãnh đạo Ủy ban MTTQ"), a job title
("Chủ tịch Ủy ban MTTQ tỉnh" of a People's Council delegate) or a member association alone is a mention.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from vietnam.organizations import CORE, Finding
from vietnam.sought import sought

THRESHOLD = 0.5
_LEAD = 500
"""Letters of the body in which the news is told; who acts only later is seldom its subject."""

_GUEST = sought(
    r"\b(?:dự(?! án| thảo| kiến| toán| phòng| báo)|tham dự|có mặt|tham gia đoàn|cùng đi|đại diện|lãnh đạo|"
    r"thành phần|gồm có|(?<!hội )đại biểu|trình|gửi|thông cáo)\b[^.\n]{0,140}$"
)
# "Trưởng ban công tác Mặt trận" of a village is no guest: the portrait is of the Front's own.
_POST = (
    r"\b(?:chủ tịch|pct|bí thư|ủy viên|phó ban|chánh văn phòng|giám đốc|nguyên|phó|chủ nhiệm|"
    r"cán bộ)\b"
)
_JOB = sought(
    rf"{_POST}(?:\s*(?:thường trực|danh dự|kiêm|chuyên trách|\(|,|ban|bch|btv|đoàn|hội|ủy ban|ub|"
    r"trung ương|tw|t\.?ư|thường vụ|chấp hành|đảng đoàn)\s*)*[\s.]*$"
)
_NEAR_A_POST = sought(rf"{_POST}[^.;:()\n]{{0,40}}$")
_DOES = (
    r"(?:(?<!các )tổ chức(?! chính trị| thành viên| đoàn thể| cơ sở| đảng|"
    r" hội(?! (?:nghị|thảo|thi|đàm|diễn|thao|chợ|trại)))|"
    r"phối hợp|trao|tặng|phát động|ra quân|khai mạc|tiếp nhận|hỗ trợ|bàn giao|tiến hành|triển khai|"
    r"giám sát|sơ kết|tổng kết|tập huấn|chủ trì|tiếp tục|vận động|thăm|đại hội|hiệp thương|"
    r"đẩy mạnh|xây dựng(?! đảng| chính quyền)|giúp|ban hành|trích|kêu gọi|thành lập|ra mắt|khởi công|"
    r"tuyên truyền|"
    r"đề nghị|kiến nghị|duy trì|thực hiện|công bố|lấy ý kiến|phát huy|quan tâm|đồng hành|họp|"
    r"gặp mặt|huy động|góp|lắp|giới thiệu|tuyên dương|biểu dương|trồng|nhận|ủng hộ|khảo sát|kiểm tra|"
    r"chọn|ký kết|quán triệt|bầu|on support|"
    r"held|launch\w*)"
)
_DOING = sought(rf"\b{_DOES}\b")
_SENTENCE_END = re.compile(r"[.;\n]")
_SOON = 90
"""Letters behind a name within which stands what it does."""
_CO_ACTS = sought(
    r"\b(?:do|phối hợp (?:cùng |với )?|hưởng ứng|công tác|hoạt động(?: của)?|phong trào|hội nghị|đại hội|"
    r"các cấp|phát động của|hội viên|chi hội|chi hội trưởng|trưởng ban|quỹ|thành lập|truyền thống)\s+"
    r"(?:[^.;:()\n]{0,40})$"
)
# The people whom an organization is for: in a title they say whose news it is.
_PEOPLE = {
    "MTTQ": re.compile(r"mặt trận|đại đoàn kết|người nghèo|khu dân cư|hộ nghèo"),
    "LDLD": re.compile(r"công nhân|người lao động|đoàn viên|công đoàn|tết sum vầy|cnvclđ"),
    "HND": re.compile(r"nông dân|hội viên"),
    "HLHPN": re.compile(r"phụ nữ"),
    "DTN": re.compile(r"thanh niên|tuổi trẻ|đoàn viên|thanh thiếu"),
    "HCCB": re.compile(r"\bccb\b|cựu chiến binh"),
}
_CRIME = sought(r"khởi tố|bị bắt|bắt (?:giữ|tạm giam)|tạm giam|tham ô|lừa đảo|lĩnh án|hầu tòa|xét xử|truy nã")
"""In a title with an organization's officer it is the police's news or the court's."""
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
    core = [  # without "Luật Công đoàn", of parliament; on the union's portal it is its own
        hit
        for hit in found
        if hit.organization in CORE
        and (not lowered.endswith("luật ", 0, hit.start) or hit.organization == owner)
    ]
    if not core:
        return 0.1 if found else 0.0
    title = lowered[:title_length]
    titled = [hit for hit in core if hit.start < title_length]
    if titled:
        if not all(_is_mention(title[: hit.start], title[hit.end :]) for hit in titled):
            return 0.95
        return 0.4 if _CRIME.search(title) else 0.7
    body = title_length + 1
    named = [
        hit for hit in core if not _is_mention(lowered[body : hit.start], lowered[hit.end : hit.end + 120])
    ]
    leading = [hit for hit in named if hit.start < body + _LEAD]
    acting = [hit for hit in leading if _acts(lowered[body : hit.start], lowered[hit.end : hit.end + 120])]
    if acting:
        return min(0.9, 0.65 + 0.05 * len(acting))
    if any(_PEOPLE[hit.organization].search(title) for hit in leading):
        return 0.6
    if _CAMPAIGN.search(lowered, 0, body + _LEAD) and any(hit.organization == "MTTQ" for hit in core):
        return 0.55
    if owner in {hit.organization for hit in named}:
        return 0.55
    return min(0.45, 0.2 + 0.05 * len(leading) + 0.02 * len(named))


def _is_mention(before: str, after: str) -> bool:
    """Tell whether the organization stands there as a guest or in somebody's title. Lower case."""
    clause = before[-170:]
    if _JOB.search(clause):
        return True
    return bool(_GUEST.search(clause) or _NEAR_A_POST.search(clause)) and not _does(after)


def _acts(before: str, after: str) -> bool:
    """Tell whether the organization does something there, or something is done by or with it."""
    return _does(after) or _CO_ACTS.search(before[-80:]) is not None


def _does(after: str) -> bool:
    """Tell whether a verb of ours comes soon behind a name, in its sentence."""
    verb = _DOING.search(after)
    return verb is not None and verb.start() <= _SOON and not _SENTENCE_END.search(after, 0, verb.start())
