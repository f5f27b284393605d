"""Vietnam as squares: where each province stands on a grid, before and after July 2025.

Drawn by hand so that neighbours stay neighbours where a grid lets them; the areas say nothing.
"""

from __future__ import annotations

from typing import Literal

Era = Literal["2024", "2025"]

GRIDS: dict[Era, tuple[str, ...]] = {
    "2024": (
        "|||Hà Giang|Cao Bằng",
        "|Lai Châu|Lào Cai|Tuyên Quang|Bắc Kạn|Lạng Sơn",
        "Điện Biên|Sơn La|Yên Bái|Vĩnh Phúc|Thái Nguyên|Bắc Giang|Quảng Ninh",
        "||Phú Thọ|Hà Nội|Bắc Ninh|Hải Dương|Hải Phòng",
        "||Hòa Bình|Hà Nam|Hưng Yên|Thái Bình",
        "|||Ninh Bình|Nam Định",
        "|||Thanh Hóa",
        "|||Nghệ An",
        "||||Hà Tĩnh",
        "||||Quảng Bình",
        "||||Quảng Trị",
        "|||||Thừa Thiên Huế",
        "|||||Quảng Nam|Đà Nẵng",
        "|||||Kon Tum|Quảng Ngãi",
        "|||||Gia Lai|Bình Định",
        "|||||Đắk Lắk|Phú Yên",
        "|||Bình Phước|Đắk Nông|Lâm Đồng|Khánh Hòa",
        "||Tây Ninh|Bình Dương|Đồng Nai|Bình Thuận|Ninh Thuận",
        "An Giang|Đồng Tháp|Long An|Hồ Chí Minh|Bà Rịa - Vũng Tàu",
        "Kiên Giang|Cần Thơ|Vĩnh Long|Tiền Giang",
        "|Hậu Giang|Trà Vinh|Bến Tre",
        "Cà Mau|Bạc Liêu|Sóc Trăng",
    ),
    "2025": (
        "||||Cao Bằng",
        "|Lai Châu|Lào Cai|Tuyên Quang|Thái Nguyên|Lạng Sơn",
        "|Điện Biên|Sơn La|Phú Thọ|Bắc Ninh|Quảng Ninh",
        "|||Hà Nội|Hưng Yên|Hải Phòng",
        "|||Ninh Bình",
        "|||Thanh Hóa",
        "|||Nghệ An",
        "||||Hà Tĩnh",
        "||||Quảng Trị",
        "|||||Huế",
        "|||||Đà Nẵng",
        "|||||Quảng Ngãi",
        "|||||Gia Lai",
        "|||||Đắk Lắk",
        "||||Lâm Đồng|Khánh Hòa",
        "||Tây Ninh|Đồng Nai",
        "|An Giang|Đồng Tháp|Hồ Chí Minh",
        "|Cần Thơ|Vĩnh Long",
        "|Cà Mau",
    ),
}

_SHORT = {"Bà Rịa - Vũng Tàu": "BR-VT", "Hồ Chí Minh": "TP HCM", "Thừa Thiên Huế": "TT Huế"}


def cells(era: Era) -> list[tuple[str, int, int]]:
    """The provinces of an era with their column and row."""
    return [
        (name, column, row)
        for row, line in enumerate(GRIDS[era])
        for column, name in enumerate(line.split("|"))
        if name
    ]


def label(province: str) -> str:
    """A province's name short enough for its square."""
    if province in _SHORT:
        return _SHORT[province]
    return province if len(province) <= 9 else ". ".join((province[0], province.split(" ", 1)[1]))
