"""Articles for the sites of this folder: headline, summary, text, signature, pictures and files of each.

Own words, drawn by the article's number, so that every run has the same texts.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from vietnam.dates import VIETNAM

_PLACES = ("Xuân Lập", "Tây Hồ", "Bắc Lương", "Nam Giang", "Thọ Lộc", "Quảng Phú", "Xuân Hòa", "Phú Yên")
_ACTORS = {
    "mat-tran": ("Ủy ban MTTQ xã {place}", "Ban Công tác Mặt trận thôn 3 xã {place}"),
    "hoi-phu-nu": ("Hội Liên hiệp Phụ nữ xã {place}", "Chi hội Phụ nữ thôn 5 xã {place}"),
    "other": ("Trạm Y tế xã {place}", "Trường Tiểu học {place}", "Hợp tác xã nông nghiệp {place}"),
}
_DEEDS = {
    "ours": (
        "trao {n} suất quà cho hộ nghèo trước mùa mưa bão", "bàn giao nhà cho gia đình ông Lê Văn {name}",
        "lấy ý kiến nhân dân về đường liên thôn dài {n} mét",
        "tổng kết cuộc vận động năm qua với {n} hộ tham gia",
        "ra mắt mô hình thu gom rác tại {n} khu dân cư", "phát động góp ngày công làm kênh mương dài {n} mét",
    ),
    "other": (
        "tiêm phòng cho {n} trẻ dưới hai tuổi", "khánh thành phòng máy tính với {n} chỗ ngồi",
        "đưa vụ lúa thu mùa vào kho với {n} tấn", "khám sức khỏe cho {n} người trong tuần qua",
    ),
}  # fmt: skip
_SENTENCES = (
    "Sáng sớm, hơn {n} người đã có mặt tại nhà văn hóa để chuẩn bị bàn ghế và nước uống.",
    "Kinh phí của đợt này là {n} triệu đồng, do con em xa quê và các cửa hàng trong xã góp lại.",
    "Bà {who} ở xóm {n} cho biết gia đình đã chờ ngày này từ vụ lúa trước.",
    "Đoạn đường cũ mỗi khi mưa lại lầy lội, xe chở nông sản phải đi vòng gần {n} cây số.",
    "Theo kế hoạch, phần việc còn lại sẽ xong trước ngày {n} tháng sau.",
    "Ông {who} nói thêm rằng danh sách được niêm yết {n} ngày để bà con cùng xem.",
    "Trong buổi gặp, {n} ý kiến đã được ghi lại, phần lớn nói về nước sạch và điện chiếu sáng.",
    "Những hộ ở xa được bố trí xe đưa đón, mỗi chuyến chở {n} người.",
    "Kết quả bước đầu cho thấy {n} phần trăm số hộ đã làm theo cách mới.",
    "Cuối buổi, mọi người cùng dọn dẹp khuôn viên và trồng {n} cây cau vua trước cổng.",
    "Anh {who} đi làm xa về cũng góp {n} bao xi măng cho công trình chung.",
    "Năm trước, việc này mới chỉ làm thử ở {n} thôn nên còn nhiều chỗ phải sửa.",
    "Tổ giúp việc gồm {n} thành viên sẽ đến từng nhà để nắm tình hình.",
    "Chị {who} kể lại chuyện nuôi {n} con gà giống đầu tiên với số vốn rất nhỏ.",
)
_NAMES = ("Hạnh", "Thắng", "Bích", "Quyền", "Lựu", "Đạt", "Ngà", "Sửu", "Tám", "Viễn")
_SIGNED = ("Lê Thị Ngà", "Phạm Quang Đạt", "Hoàng Bích", "Trịnh Viễn")

SIZES = {"mat-tran": 14, "hoi-phu-nu": 9, "tin-tuc": 16, "kinh-te": 5}


@dataclass(frozen=True, slots=True)
class Story:
    """One article: ``section`` is a slug; ``off_topic`` has nothing to do with the Front."""

    number: int
    day: datetime
    section: str
    off_topic: bool = False

    def _draw(self, *more: object) -> random.Random:
        return random.Random(f"{self.number}/{more}")

    @property
    def title(self) -> str:
        draw = self._draw("title")
        whose = "other" if self.off_topic else self.section if self.section in _ACTORS else "mat-tran"
        deed = draw.choice(_DEEDS["other" if self.off_topic else "ours"])
        text = f"{draw.choice(_ACTORS[whose])} {deed}"
        return text.format(place=draw.choice(_PLACES), n=100 + self.number, name=draw.choice(_NAMES))

    @property
    def slug(self) -> str:
        from tests.portals.theme import slug

        return slug(self.title)

    @property
    def lead(self) -> str:
        draw = self._draw("lead")
        who = self.title.split(" xã ")[0] if not self.off_topic else "Đơn vị"
        return f"{who} vừa có một ngày làm việc tại địa bàn với phần góp của {draw.randint(20, 90)} hộ dân."

    def paragraphs(self) -> list[str]:
        """Four to six paragraphs of two or three sentences each."""
        draw = self._draw("text")
        told = draw.sample(_SENTENCES, len(_SENTENCES))
        found = []
        for n in range(draw.randint(4, 6)):
            some = told[2 * n : 2 * n + 2] + ([draw.choice(_SENTENCES)] if n % 3 == 1 else [])
            found.append(" ".join(self._fill(text, draw) for text in some))
        return [text for text in found if text]

    def _fill(self, sentence: str, draw: random.Random) -> str:
        who = f"{draw.choice(('Lê', 'Trịnh', 'Phạm', 'Hoàng'))} Thị {draw.choice(_NAMES)}"
        return sentence.format(n=draw.randint(11, 97), who=who)

    @property
    def byline(self) -> str:
        return _SIGNED[self.number % len(_SIGNED)]

    @property
    def caption(self) -> str | None:
        """The line under its picture; every third article has a picture without one."""
        return None if self.number % 3 == 2 else f"Quang cảnh buổi làm việc số {self.number} tại xã"

    @property
    def picture(self) -> str:
        return f"anh-{self.number}.jpg"

    @property
    def file(self) -> str | None:
        """The name of the file that every fourth article links."""
        return f"Ke-hoach-{self.number}.pdf" if self.number % 4 == 1 else None


def corpus() -> dict[str, list[Story]]:
    """The articles of each section, newest first: a third of the news and all of economy are off topic."""
    start = datetime.now(VIETNAM).replace(microsecond=0, second=0) - timedelta(days=90)
    found, number = {}, 20
    for section, size in SIZES.items():
        found[section] = [
            Story(
                number + n,
                start + timedelta(days=n * 5, minutes=7 * number),
                section,
                off_topic=section == "kinh-te" or (section == "tin-tuc" and n % 3 == 0),
            )
            for n in reversed(range(size))
        ]
        number += size
    return found
