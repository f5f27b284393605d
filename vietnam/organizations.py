"""The Fatherland Front, the five mass organizations and their member associations, found in a text.

Patterns come from reference/organizations.yaml (examples seen on real pages). They run on the lower-case
:func:`vietnam.tones.match_form` of the text, where "Uỷ ban", "Ủy ban" and "ỦY BAN" are one; a few need the
author's capitals ("huyện Đoàn", "CCB") and run on the text itself. Each organization is looked for only where
one of its anchors occurs, so that an article without them costs a few substring searches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from vietnam.capitals import UPPER
from vietnam.phrases import Phrases
from vietnam.sought import sought

CORE = ("MTTQ", "LDLD", "HND", "HLHPN", "DTN", "HCCB")
"""The Front and the five mass organizations: who may make an article relevant."""

NAMES = {
    "MTTQ": "Mặt trận Tổ quốc Việt Nam",
    "CTXH": "các tổ chức chính trị - xã hội",
    "LDLD": "Công đoàn Việt Nam",
    "HND": "Hội Nông dân Việt Nam",
    "HLHPN": "Hội Liên hiệp Phụ nữ Việt Nam",
    "DTN": "Đoàn TNCS Hồ Chí Minh",
    "HCCB": "Hội Cựu chiến binh Việt Nam",
    "HLHTN": "Hội Liên hiệp Thanh niên Việt Nam",
    "HSV": "Hội Sinh viên Việt Nam",
    "DOI": "Đội TNTP Hồ Chí Minh",
    "HOI_CTD": "Hội Chữ thập đỏ",
    "HOI_NCT": "Hội Người cao tuổi",
    "HOI_KH": "Hội Khuyến học",
    "HOI_LV": "Hội Làm vườn",
    "HOI_CTNXP": "Hội Cựu thanh niên xung phong",
    "HOI_NNCDDC": "Hội Nạn nhân chất độc da cam",
    "LMHTX": "Liên minh Hợp tác xã",
    "LHKHKT": "Liên hiệp các Hội Khoa học và Kỹ thuật",
}


class Finding(NamedTuple):
    """One place in the text where an organization is named; ``start`` and ``end`` count letters."""

    organization: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    organization: str
    anchors: tuple[str, ...]
    """Lower case; one of them stands in every match."""
    pattern: re.Pattern[str]
    keeps_case: bool = False


def _lower(organization: str, anchors: str, *alternatives: str) -> _Pattern:
    return _Pattern(organization, tuple(anchors.split("|")), sought(*alternatives))


def _cased(organization: str, anchors: str, *alternatives: str) -> _Pattern:
    return _Pattern(organization, tuple(anchors.split("|")), sought(*alternatives), keeps_case=True)


_NOT_OURS = (
    r"(?!\s+(?:lào|việt minh|phản đế|giải phóng|dân tộc|kinh tế|văn hóa|nông nghiệp|chống|sản xuất|bình dân))"
)

# "công đoàn cơ sở", "Liên đoàn", "tập đoàn", "sư đoàn": other bodies whose name ends in đoàn.
_NO_OTHER_CORPS = (
    r"(?<!công )(?<!liên )(?<!tập )(?<!sư )(?<!trung )(?<!quân )(?<!binh )(?<!lữ )(?<!phái )(?<!thương )"
)

_PATTERNS = (
    _lower(
        "MTTQ",
        "mặt trận|mttq|ubmt|m.t.t.q",
        r"mặt\s*trận\s+(?:tổ\s*quốc|tq)(?!\s+lào)",
        r"(?<!^\()(?<!\n\()mttq",
        r"\bubmt\b",
        r"\bm\.t\.t\.q\b",
        r"\b(?:công tác|cán bộ|hệ thống|đại hội|ủy ban|hoạt động|người làm|ngày truyền thống|"
        rf"ngày thành lập|cơ quan|khối|chương trình)\s+mặt trận\b{_NOT_OURS}",
        r"\bmặt trận\s+(?:và các (?:tổ chức|đoàn thể)|các cấp|(?:tỉnh|huyện|xã|phường|thị trấn|cơ sở|"
        r"khu dân cư)\b)",
        r"(?<=chủ tịch )mặt trận\b",
    ),
    _lower(
        "MTTQ",
        "đoàn kết toàn dân|ngày hội đại đoàn|vì người nghèo|fatherland front",
        r"\bngày hội\s+(?:đại đoàn kết\b|đoàn kết toàn dân)",
        r"\bban vận động\s+(?:quỹ\s+)?[“\"']?\s?vì người nghèo",
        r"\bfatherland front\b",
    ),
    _cased("MTTQ", "vff", r"\bVFF\b"),
    _lower(
        "CTXH",
        "chính trị|đoàn thể|ct-xh|ct - xh|ctxh",
        r"\b(?:tổ chức|đoàn thể)\s+(?:đoàn thể\s+)?chính trị\s*(?:[-–]\s*)?xã hội\b",
        r"\bcác\s+chính trị\s*[-–]?\s*xã hội\b",
        r"\btổ chức\s+ct\s*[-–]?\s*xh\b",
        r"\b(?:mặt trận|mttq)[^.;:]{0,30}?(?:và|,)\s*các\s+(?:tổ chức\s+)?đoàn thể\b",
        r"\bkhối\s+(?:mặt trận|mttq)\s*[-,–]?\s*đoàn thể\b",
    ),
    _lower(
        "LDLD",
        "liên đoàn lao động|liênđoàn lao động|lđlđ|công đoàn|cđcs|lđ vn|cnvclđ|cnvc|cnlđ|tlđ|"
        "đoàn viên, người lao|labo|trade union",
        r"\bliên\s?đoàn\s+lao\s*động\b",
        r"lđlđ",
        r"\bcông\s+đoàn\b",
        r"\bcđcs\b",
        r"\bcnvc\s?-?\s?lđ\b",
        r"\btlđ\b",
        r"\bđoàn viên,?\s*(?:và\s+)?người lao động\b",
        r"\bconfederation of labou?r\b",
        r"\btrade unions?\b",
    ),
    _lower(
        "HND",
        "hội nông dân|trợ nông dân|viên nông dân|viên, nông dân|hội nd|htnd|hnd|farmer",
        r"\bhội\s+nông\s*dân\b",
        r"\bhội\s+nd(?:vn)?\b",
        r"\bhnd\b(?!\.)",
        r"\bquỹ\s+(?:hỗ\s*trợ\s+nông\s*dân|htnd)\b",
        r"\bhội viên(?:,)?\s+nông dân\b",
        r"\bfarmers?['’]?s?['’]?\s+(?:union|association)\b",
    ),
    _lower(
        "HLHPN",
        "phụ nữ|lhpn|hội pn|hpn|women",
        r"\bhội\s+(?:liên\s*hiệp\s+|lh\s*)?(?:phụ\s*nữ|pn)\b",
        r"lhpn\b",
        r"\bhpn\b",
        r"\bđại\s+(?:hội\s+)?(?:đại\s+biểu\s+)?phụ\s+nữ\b",
        r"\bhội viên,?\s+phụ nữ\b",
        r"\bwomen['’]?s?['’]?\s+union\b",
    ),
    _lower(
        "DTN",
        "đoàn tncs|đoàn thanh niên|đtn|ương đoàn|tư đoàn|tw đoàn|tỉnh đoàn|huyện đoàn|quận đoàn|hành đoàn|"
        "đoàn xã|"
        "đoàn phường|đoàn thị trấn|đoàn khối|đoàn trường|đoàn các cấp|đoàn cấp trên|đoàn cơ sở|xã đoàn|"
        "phường đoàn|chi đoàn|"
        "viên thanh niên|viên, thanh niên|viên và thanh niên|đvtn|hội đoàn|tác đoàn|youth union",
        r"\bđoàn\s+(?:tncs|thanh\s+niên)\b",
        r"\bđtn\b",
        r"\b(?:trung ương|t\.?ư|tw)\s+đoàn\b(?!\s+(?:luật|thể|công tác|kinh tế))",
        r"\b(?:tỉnh|huyện|quận)\s*đoàn\b(?!\s+(?:công tác|kiểm tra|giám sát|đại biểu|đbqh|thể|kết))",
        r"\bban chấp hành đoàn\b(?!\s+thể)",
        _NO_OTHER_CORPS + r"\bđoàn\s+(?:xã|phường|thị trấn|khối|trường|các cấp|cấp trên|cơ sở)\b(?!\s+hội)",
        r"\b(?:xã|phường)\s+đoàn\b(?!\s+(?:thể|công tác|kết))",
        r"\bđoàn\s+viên,?\s*(?:và\s+|,\s*)?thanh\s+niên\b",
        r"\bđvtn\b",
        # a branch by its place; "các chi đoàn, chi hội" alone are anybody's
        r"\bchi đoàn\s+(?:thôn|ấp|bản|buôn|làng|xóm|khóm|tổ dân phố|khu|khối)\b",
        r"\bchi đoàn\s+(?:xã|phường|trường|công an|quân sự|cơ quan)\b",
        r"\bđại hội đoàn (?:toàn quốc|các cấp|tncs|cấp|xã|phường|huyện|tỉnh|thị|thành)\b",
        r"\bcông tác đoàn\b(?!\s+(?:kết|thể|viên công))",
        r"\byouth union\b",
    ),
    _cased(
        "DTN",
        "thành đoàn|thị đoàn|tuổi trẻ",
        r"\b(?:Thành|Thị)\s*[đĐ]oàn\b(?! thể)",
        r"\b(?:thành|thị)\s+Đoàn\b(?! thể)",
        r"\bTHÀNH ĐOÀN\b|\bTHỊ ĐOÀN\b",
        r"(?:^|[.:;“\"\n]\s*|, )(?:Tuổi trẻ|TUỔI TRẺ)\s+(?!Thủ [đĐ]ô|Online|Cười|Việt|Media|Đời|THỦ)"
        rf"(?=[{UPPER}])",
    ),
    _lower(
        "HCCB",
        "cựu chiến binh|ccb|cbb|veteran",
        r"\bhội\s+(?:cựu\s+chiến\s*binh|ccb|cbb)\b",
        r"\bhccb\b",
        r"\bccb\s+gương\s+mẫu\b",
        r"\bhội\s+viên\s+(?:ccb|cựu chiến binh)\b",
        r"\bveterans?['’]?s?['’]?\s+association\b",
    ),
    _lower("HLHTN", "liên hiệp thanh niên|lhtn", r"\bhội\s+(?:lhtn|liên hiệp\s+thanh niên)\b"),
    _lower("HSV", "sinh viên", r"\bhội\s+sinh viên\b"),
    _lower(
        "DOI",
        "tntp|hội đồng đội|thiếu niên tiền phong",
        r"\bđội\s+(?:tntp|thiếu niên tiền phong)\b|\bhội đồng đội\b",
    ),
    _lower("HOI_CTD", "chữ thập đỏ|hội ctđ", r"\bhội\s+(?:chữ\s+thập\s+đỏ|ctđ)\b"),
    _lower("HOI_NCT", "người cao tuổi|hội nct", r"\bhội\s+(?:người\s+cao\s+tuổi|nct)\b"),
    _lower("HOI_KH", "khuyến học", r"\bhội\s+khuyến\s+học\b"),
    _lower("HOI_LV", "làm vườn", r"\bhội\s+làm\s+vườn\b"),
    _lower("HOI_CTNXP", "cựu tnxp|cựu thanh niên", r"\bhội\s+cựu\s+(?:tnxp|thanh niên xung phong)\b"),
    _lower("HOI_NNCDDC", "da cam", r"\bhội\s+nạn nhân chất độc da cam\b"),
    _lower("LMHTX", "liên minh", r"\bliên minh\s+(?:htx|hợp tác xã)\b"),
    _lower("LHKHKT", "liên hiệp các hội|liên hiệp hội", r"\bliên hiệp\s+(?:các\s+)?hội\s+(?:khoa học|kh)\b"),
)
_OF_ANCHOR: dict[str, list[int]] = {}
"""The patterns of each anchor, by their numbers."""
for _number, _row in enumerate(_PATTERNS):
    for _anchor in _row.anchors:
        _OF_ANCHOR.setdefault(_anchor, []).append(_number)
ANCHORS = tuple(anchor for anchor in _OF_ANCHOR if len(anchor) > 3)
ANCHOR_WORDS = tuple(anchor for anchor in _OF_ANCHOR if len(anchor) == 3)
"""Acronyms, behind which a word ends in every match."""
_PHRASES = Phrases(ANCHORS, ANCHOR_WORDS)
_REACH = 48
"""Letters on either side of an anchor in which a pattern is looked for beyond the head."""
_WIDEST = {"CTXH": 80}
_WIDE = 40
"""Letters on either side of an anchor that a match and what it looks at may take: "Mặt trận … và các tổ chức
đoàn thể" takes 62, no other above 33."""
_RANK = {organization: number for number, organization in enumerate(NAMES)}
# reference/organizations.yaml, campaigns_seen: whose they are.
_CAMPAIGNS = {
    "MTTQ": re.compile(
        r"ưu tiên dùng hàng việt|toàn dân đoàn kết xây dựng|tdđkxdđs|vì người nghèo|nhà đại đoàn kết|"
        r"đại đoàn kết toàn dân"
    ),
    "LDLD": re.compile(r"tết sum vầy|tháng công nhân|lao động giỏi|cnvclđ"),
    "HND": re.compile(r"nông dân (?:thi đua|sản xuất)|sản xuất,? kinh doanh giỏi"),
    "HLHPN": re.compile(r"5 không,? 3 sạch|áo dài|phụ nữ (?:tích cực|khởi nghiệp)|mái ấm tình thương"),
    "DTN": re.compile(r"chủ nhật xanh|mùa hè xanh|thanh niên tình nguyện|tháng thanh niên|bí thư chi đoàn"),
    "HCCB": re.compile(r"\bccb\b|cựu chiến binh"),
}
_MEMBERS = re.compile(r"\bhội viên\b|\bchi hội\b")
_VETERAN = re.compile(r"\bccb\b")


def find_organizations(
    matched: str,
    lowered: str,
    head: int,
    *,
    owner: str | None = None,
    at: Mapping[str, Sequence[int]] | None = None,
) -> list[Finding]:
    """Return the namings of organizations: all in the first ``head`` letters, then one of each other.

    ``matched``: the text in :func:`vietnam.tones.match_form`; ``lowered``: the same in lower case. What an
    article is about stands at its beginning; the rest tells only who else is named. ``owner``: the
    organization whose portal it stands on; there its campaign names it. ``at``: where :data:`ANCHORS` and
    :data:`ANCHOR_WORDS` stand in ``lowered``, among others, where that is known already.
    """
    at = _PHRASES.places(lowered) if at is None else {a: at[a] for a in at if a in _OF_ANCHOR}
    found: list[Finding] = []
    for row in _rows_of(anchor for anchor, places in at.items() if places[0] + len(anchor) <= head):
        found += _in_head(row, matched if row.keeps_case else lowered, at, head)
    present = {hit.organization for hit in found}
    later_at = {anchor: places for anchor, places in at.items() if places[-1] >= head - _REACH}
    if len(lowered) > head and later_at:
        for row in _rows_of(later_at):
            if row.organization not in present:
                later = _first_after(row, matched if row.keeps_case else lowered, later_at, head)
                if later:
                    found.append(later)
                    present.add(row.organization)
    if "HCCB" not in present and "ccb" in lowered:
        found.extend(_veterans_by_membership(lowered))
    if owner and owner not in present:
        found.extend(_own_campaign(owner, lowered[:head]))
    found.sort(key=lambda hit: hit.start)
    return found


def _rows_of(anchors: Iterable[str]) -> list[_Pattern]:
    return [_PATTERNS[number] for number in sorted({n for anchor in anchors for n in _OF_ANCHOR[anchor]})]


def _in_head(row: _Pattern, text: str, at: Mapping[str, Sequence[int]], head: int) -> Iterator[Finding]:
    """All matches in the head, looked for around the anchors only: half the time of a scan of the head."""
    reach = _WIDEST.get(row.organization, _WIDE)
    around = sorted(
        (place - reach, min(place + len(anchor) + reach, head))
        for anchor in row.anchors
        for place in at.get(anchor, ())
        if place + len(anchor) <= head
    )
    while around:
        begin, end = around.pop(0)
        while around and around[0][0] <= end:
            end = max(end, around.pop(0)[1])
        for hit in row.pattern.finditer(text, max(0, begin), end):
            yield Finding(row.organization, hit.start(), hit.end())


def _first_after(row: _Pattern, text: str, at: Mapping[str, Sequence[int]], head: int) -> Finding | None:
    """The first match beyond the head, looked for around the anchors only: a tenth of a scan's time."""
    for anchor in row.anchors:
        for position in at.get(anchor, ()):
            if position < head - _REACH:
                continue
            hit = row.pattern.search(text, max(0, position - _REACH), position + len(anchor) + _REACH)
            if hit:
                return Finding(row.organization, hit.start(), hit.end())
    return None


def _own_campaign(owner: str, lowered: str) -> Iterator[Finding]:
    campaign = _CAMPAIGNS.get(owner)
    hit = campaign.search(lowered) if campaign else None
    if hit:
        yield Finding(owner, hit.start(), hit.end())


def _veterans_by_membership(lowered: str) -> Iterator[Finding]:
    """ "CCB" alone is a person; with "hội viên" it is the association's member."""
    if _MEMBERS.search(lowered):
        for hit in _VETERAN.finditer(lowered):
            yield Finding("HCCB", hit.start(), hit.end())


def named(found: list[Finding]) -> tuple[str, ...]:
    """Return the organizations of the findings, once each, in the order of :data:`NAMES`."""
    return tuple(sorted({hit.organization for hit in found}, key=_RANK.__getitem__))


# Words of a host or of the first folder of an address by which an organization's own site is known.
_HOST_SIGNS = (
    ("MTTQ", re.compile(r"mttq|mattran|ubmt|daidoanket")),
    ("LDLD", re.compile(r"ldld|congdoan|laodong(?!thudo)")),
    ("HND", re.compile(r"hoinongdan|(?:^|\.)hnd\.")),
    ("HLHPN", re.compile(r"hlhpn|hoilhpn|phunu|(?:^|\.)hpn\.|hoiphunu")),
    (
        "DTN",
        re.compile(
            r"(?:tinh|thanh|huyen|quan|thi)doan(?!hn|hnghiep|hnhan)|doanthanhnien|"
            r"tuoitre(?!thudo|online|\.vn)|"
            r"thanhnien(?!\.vn|viet)"
        ),
    ),
    ("HCCB", re.compile(r"cuuchienbinh|hccb|(?:^|\.)ccb\.")),
)


@lru_cache(maxsize=4096)
def owner_of_host(host: str) -> str | None:
    """Return the organization whose site a host seems to be ("mttq.bentre.gov.vn" -> "MTTQ"), or None."""
    for organization, sign in _HOST_SIGNS:
        if sign.search(host):
            return organization
    return None
