"""Invented people, and the forms in which portals print who wrote an article."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

FAMILIES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Ngô",
    "Lương",
    "Triệu",
    "Hà",
    "Trịnh",
)
MEN = (
    "Văn Hưng", "Đức Thắng", "Quốc Bảo", "Hữu Nghĩa", "Minh Tuấn", "Xuân Trường", "Đình Khoa", "Ngọc Sơn",
    "Thanh Tùng", "Công Định", "Bá Lộc", "Trọng Nhân", "Viết Cường", "Quang Huy", "Duy Anh", "Mạnh Hà",
)  # fmt: skip
WOMEN = (
    "Thị Hạnh", "Thị Thu Hà", "Thị Kim Oanh", "Thị Bích Ngọc", "Thị Lan Anh", "Thị Mai", "Thị Thanh Nhàn",
    "Thị Diệu Linh", "Thị Hồng Thắm", "Thị Tuyết", "Thị Phương Thảo", "Thị Quỳnh Nga", "Thị Yến",
    "Thị Nguyệt",
)  # fmt: skip
PEN_NAMES = (
    "Hồng Lam", "Tuấn Vinh", "Mai Chi", "Thanh Thủy", "Quang Minh", "Thu Hương", "Bảo Châu", "Hải Đăng",
    "Lê Nam", "Kim Ngân", "Hoài An", "Trọng Đạt", "Phương Linh", "Đức Anh", "Ngọc Ánh", "Vân Khánh",
)  # fmt: skip
NEWSPAPERS = ("Báo Đại Đoàn Kết", "Báo Lao Động", "Báo Nông thôn Ngày nay", "Báo Phụ nữ Việt Nam")


@dataclass(frozen=True, slots=True)
class Credit:
    """Who is credited. ``printed`` is the line on the page (None: no line), the rest is its meaning."""

    printed: str | None = None
    byline: str | None = None
    authors: tuple[str, ...] = ()
    source: str | None = None


NO_CREDIT = Credit()


def draw_person(rng: random.Random, sex: Literal["man", "woman", "any"] = "any") -> str:
    """A full name that no list of officials was asked for."""
    given = {"man": MEN, "woman": WOMEN, "any": MEN + WOMEN}[sex]
    return f"{rng.choice(FAMILIES)} {rng.choice(given)}"


def draw_credit(rng: random.Random) -> Credit:
    """One of the forms of a credit line, the common ones more often; sometimes none."""
    one, two = rng.sample(PEN_NAMES, 2)
    return rng.choice(
        (
            Credit(one, one, (one,)),
            Credit(one, one, (one,)),
            Credit(f"Tin, ảnh: {one}", one, (one,)),
            Credit(f"Tin, bài: {one}", one, (one,)),
            Credit(f"Bài, ảnh: {one}", one, (one,)),
            Credit(f"Tác giả: {one}", one, (one,)),
            Credit(f"{one} - {two}", f"{one} - {two}", (one, two)),
            Credit(f"Thực hiện: {one} – {two}", f"{one} – {two}", (one, two)),
            Credit(one.upper(), one.upper(), (one.upper(),)),
            Credit(f"{one}, Trung tâm VHTT-TT&DL", f"{one}, Trung tâm VHTT-TT&DL", (one,)),
            Credit("PV", "PV"),
            Credit("BBT", "BBT"),
            NO_CREDIT,
            NO_CREDIT,
        )
    )


def draw_source(rng: random.Random, portal_name: str) -> Credit:
    """The credit of a copy: where it was taken from, in place of who wrote it."""
    source = rng.choice((portal_name, *NEWSPAPERS))
    return Credit(rng.choice(("Theo", "Nguồn:")) + f" {source}", source=source)
