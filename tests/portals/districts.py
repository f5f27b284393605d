"""Where the demo's news happens: real units, before and after the merger of 1 July 2025.

Names and successors follow the data of vietnamadminunits 1.0.4 (MIT). The people and events are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MERGER = date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class District:
    """A district of 2024, some of its communes then, and the communes that it became in 2025."""

    name: str
    """With its type word: ``Huyện Sơn Dương``."""
    province_2024: str
    province_2025: str
    communes_2024: tuple[str, ...]
    communes_2025: tuple[str, ...]
    village_type: str = "thôn"


@dataclass(frozen=True, slots=True)
class Place:
    """The place of one event; names with their type words, provinces bare, None where it does not apply."""

    province_2024: str
    district_2024: str
    province_2025: str
    commune_2024: str | None = None
    commune_2025: str | None = None

    @property
    def name(self) -> str:
        """The unit in which the event took place: ``Xã Minh Thanh``, ``Huyện Sơn Dương``."""
        return self.commune_2025 or self.commune_2024 or self.district_2024


GO_DAU = District(
    "Huyện Gò Dầu",
    "Tây Ninh",
    "Tây Ninh",
    ("Xã Thạnh Đức", "Xã Hiệp Thạnh", "Xã Bàu Đồn", "Xã Phước Trạch", "Xã Thanh Phước"),
    ("Xã Thạnh Đức", "Xã Phước Thạnh", "Xã Truông Mít", "Phường Gia Lộc", "Phường Gò Dầu"),
    "ấp",
)
DO_LUONG = District(
    "Huyện Đô Lương",
    "Nghệ An",
    "Nghệ An",
    ("Xã Giang Sơn Đông", "Xã Bồi Sơn", "Xã Tràng Sơn", "Xã Đặng Sơn", "Xã Hòa Sơn"),
    ("Xã Bạch Hà", "Xã Bạch Ngọc", "Xã Lương Sơn", "Xã Thuần Trung", "Xã Văn Hiến", "Xã Đô Lương"),
    "xóm",
)
HAU_LOC = District(
    "Huyện Hậu Lộc",
    "Thanh Hóa",
    "Thanh Hóa",
    ("Xã Tiến Lộc", "Xã Cầu Lộc", "Xã Tuy Lộc", "Xã Thuần Lộc", "Xã Xuân Lộc"),
    ("Xã Hoa Lộc", "Xã Hậu Lộc", "Xã Triệu Lộc", "Xã Vạn Lộc"),
)
BINH_LUC = District(
    "Huyện Bình Lục",
    "Hà Nam",
    "Ninh Bình",
    ("Xã Bình Nghĩa", "Xã Đồng Du", "Xã Ngọc Lũ", "Xã Vũ Bản", "Xã An Đổ"),
    ("Xã Bình An", "Xã Bình Giang", "Xã Bình Lục", "Xã Bình Mỹ", "Xã Bình Sơn"),
)
VINH_LINH = District(
    "Huyện Vĩnh Linh",
    "Quảng Trị",
    "Quảng Trị",
    ("Xã Vĩnh Thái", "Xã Vĩnh Chấp", "Xã Kim Thạch", "Xã Vĩnh Khê", "Xã Vĩnh Lâm"),
    ("Xã Bến Quan", "Xã Cửa Tùng", "Xã Vĩnh Hoàng", "Xã Vĩnh Linh", "Xã Vĩnh Thủy"),
)
SON_DUONG = District(
    "Huyện Sơn Dương",
    "Tuyên Quang",
    "Tuyên Quang",
    ("Xã Trung Yên", "Xã Bình Yên", "Xã Lương Thiện", "Xã Tú Thịnh", "Xã Phúc Ứng"),
    ("Xã Bình Ca", "Xã Hồng Sơn", "Xã Minh Thanh", "Xã Phú Lương", "Xã Trường Sinh", "Xã Tân Trào"),
)
DAI_LOC = District(
    "Huyện Đại Lộc",
    "Quảng Nam",
    "Đà Nẵng",
    ("Xã Đại Sơn", "Xã Đại Lãnh", "Xã Đại Hồng", "Xã Đại Hiệp", "Xã Đại Chánh"),
    ("Xã Hà Nha", "Xã Phú Thuận", "Xã Thượng Đức", "Xã Vu Gia", "Xã Đại Lộc"),
)
CAI_NUOC = District(
    "Huyện Cái Nước",
    "Cà Mau",
    "Cà Mau",
    ("Xã Thạnh Phú", "Xã Phú Hưng", "Xã Hòa Mỹ", "Xã Đông Thới", "Xã Trần Thới"),
    ("Xã Cái Nước", "Xã Hưng Mỹ", "Xã Lương Thế Trân", "Xã Tân Hưng"),
    "ấp",
)
