"""How one newsroom takes over another's article: word for word, or with a light hand.

A light edit changes 5-12 % of the words, adds a lead and drops the byline, and is checked here to
stay a near-copy (Jaccard of folded word 3-shingles at least 0.7, with and without the lead).
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from difflib import SequenceMatcher

from tests.portals.bylines import NO_CREDIT
from tests.portals.events import Text
from tests.portals.shingles import jaccard, shingles, words

NEAR_COPY = 0.7
"""The least Jaccard of a near-copy, above the 0.6 from which DESIGN.md calls two texts one story."""
CHANGED = (0.05, 0.12)
SENTENCE_END = re.compile(r"(?<=[.!?]) ")
REWORDINGS = (
    ("trên địa bàn", "tại địa phương"), ("người dân", "bà con"), ("bà con", "người dân"),
    ("cho biết", "chia sẻ"), ("đề nghị", "yêu cầu"), ("yêu cầu", "đề nghị"), ("phối hợp", "cùng nhau"),
    ("hỗ trợ", "giúp đỡ"), ("trong đó", "trong số này"), ("thực hiện", "triển khai"),
    ("tổ chức", "tiến hành"), ("hội nghị", "cuộc họp"), ("khẳng định", "nhấn mạnh"),
    ("nhấn mạnh", "lưu ý"), ("hằng tháng", "mỗi tháng"), ("hằng tuần", "mỗi tuần"), ("đồng chí", "đ/c"),
    ("thành viên", "người tham gia"), ("đến nay", "tới thời điểm này"), ("nhiều", "không ít"),
    ("năm nay", "trong năm"), ("công khai", "minh bạch"), ("tham gia", "góp mặt"),
    ("gia đình", "hộ gia đình"), ("kinh phí", "nguồn tiền"), ("kết quả", "thành quả"),
    ("đợt này", "dịp này"), ("giúp", "tạo điều kiện cho"), ("chủ yếu", "phần lớn"),
    ("theo kế hoạch", "theo dự kiến"), ("trao đổi", "thảo luận"), ("đại diện", "người đại diện"),
)  # fmt: skip
LEADS = (
    "Hoạt động vừa diễn ra ở {place}, {province} được đông đảo người dân quan tâm, đón nhận.",
    "Từ {place} ({province}), cách làm sát cơ sở đang cho thấy những kết quả đáng ghi nhận.",
    "Tin từ {province}: {place} vừa có thêm một hoạt động ý nghĩa hướng về cơ sở.",
)


def edit_lightly(text: Text, rng: random.Random) -> Text:
    """A near-copy of a text without a lead. ValueError where no draw keeps within the bounds."""
    if text.lead is not None:
        raise ValueError("a light edit adds a lead: the text has one")
    province = text.place.province_2025 if text.place.commune_2025 else text.place.province_2024
    unit, _, name = text.place.name.partition(" ")
    place = f"{unit.lower()} {name}"
    lead = rng.choice(LEADS).format(place=place, province=province)
    before = shingles(text.paragraphs)
    for _ in range(200):
        share = rng.uniform(*CHANGED)
        paragraphs = _reword(text.paragraphs, share, rng)
        low, high = CHANGED
        if not low <= changed_share(text.paragraphs, paragraphs) <= high:
            continue
        if min(jaccard(before, shingles(one)) for one in (paragraphs, (lead, *paragraphs))) >= NEAR_COPY:
            return replace(
                text,
                title=f"{province}: {text.title}",
                lead=lead,
                paragraphs=paragraphs,
                captions=text.captions[:1],
                credit=NO_CREDIT,
            )
    raise ValueError(f"no light edit found for {text.title!r}")


def changed_share(before: tuple[str, ...], after: tuple[str, ...]) -> float:
    """Share of the words of ``before`` that are not kept in ``after``."""
    old, new = words(" ".join(before)), words(" ".join(after))
    kept = sum(block.size for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks())
    return 1 - kept / len(old)


def _reword(paragraphs: tuple[str, ...], share: float, rng: random.Random) -> tuple[str, ...]:
    """Reword and cut until about ``share`` of the words has changed: whole phrases, as editors do."""
    budget = share * len(words(" ".join(paragraphs)))
    edited = list(paragraphs)
    places = [
        (at, pair) for at, paragraph in enumerate(edited) for pair in REWORDINGS if pair[0] in paragraph
    ]
    reworded = rng.uniform(0.3, 0.7) * budget
    for at, (old, new) in rng.sample(places, len(places)):
        if reworded <= 0:
            break
        if old in edited[at]:
            edited[at] = edited[at].replace(old, new, 1)
            reworded -= len(words(old))
            budget -= len(words(old))
    sentences = [(at, one) for at in range(1, len(edited)) for one in SENTENCE_END.split(edited[at])]
    at, dropped = min(sentences, key=lambda sentence: abs(len(words(sentence[1])) - budget))
    edited[at] = edited[at].replace(dropped, "").strip()
    return tuple(paragraph for paragraph in edited if paragraph)
