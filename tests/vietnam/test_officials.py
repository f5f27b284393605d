"""Persons named with their position."""

from __future__ import annotations

import pytest

from vietnam.officials import find_officials


@pytest.mark.parametrize(
    ("text", "name", "position"),
    [
        (
            "đồng chí Nguyễn Ngọc Thức, Phó Bí thư Thường trực Huyện ủy chủ trì hội nghị",
            "Nguyễn Ngọc Thức",
            "Phó Bí thư Thường trực Huyện ủy",
        ),
        ("đ/c Phan Xuân Quang-TUV, Chủ tịch LĐLĐ tỉnh", "Phan Xuân Quang", "TUV, Chủ tịch LĐLĐ tỉnh"),
        ("ông Nguyễn Thành Tâm- Bí thư Tỉnh uỷ", "Nguyễn Thành Tâm", "Bí thư Tỉnh uỷ"),
        ("bà Nguyễn Thị Ái Vân, UVTV Thành ủy dự.", "Nguyễn Thị Ái Vân", "UVTV Thành ủy"),
        (
            "Ông Y Quí Niê Siêng, Phó Chủ tịch Ủy ban MTTQ tỉnh",
            "Y Quí Niê Siêng",
            "Phó Chủ tịch Ủy ban MTTQ tỉnh",
        ),
        (
            "bà Lê Thị Kim Loan, Phó Chủ tịch LĐLĐ quận và 120 đại biểu",
            "Lê Thị Kim Loan",
            "Phó Chủ tịch LĐLĐ quận",
        ),
        (
            "Đồng chí Trần Thu Hà - Chủ tịch Hội LHPN tỉnh mong chị tiếp tục",
            "Trần Thu Hà",
            "Chủ tịch Hội LHPN tỉnh",
        ),
        ("Chị Trần Thị Bảy (Chủ tịch Hội LHPN xã Tân An) nói", "Trần Thị Bảy", "Chủ tịch Hội LHPN xã Tân An"),
        ("Thượng tá Lê Thị Một, Chủ tịch Hội Phụ nữ dự.", "Lê Thị Một", "Chủ tịch Hội Phụ nữ"),
        ("Tiến sĩ Lê Thị Tư, Giám đốc Sở Y tế, dự.", "Lê Thị Tư", "Giám đốc Sở Y tế"),
        (
            "Hòa thượng Thích Thiện Tâm, Ủy viên Ủy ban MTTQ tỉnh",
            "Thích Thiện Tâm",
            "Ủy viên Ủy ban MTTQ tỉnh",
        ),
        (
            "Chủ tịch Ủy ban MTTQ Việt Nam Bùi Thị Thu Hà phát biểu",
            "Bùi Thị Thu Hà",
            "Chủ tịch Ủy ban MTTQ Việt Nam",
        ),
        ("Ông Ayun H’Bút, Bí thư Đảng ủy xã", "Ayun H’Bút", "Bí thư Đảng ủy xã"),
        (
            "Phó Chủ tịch Ủy ban MTTQ tỉnh Phan Mộng Thành tiếp nhận",
            "Phan Mộng Thành",
            "Phó Chủ tịch Ủy ban MTTQ tỉnh",
        ),
        (
            "Dự có: Lù Văn Chung – Phó Bí thư Thường trực Huyện ủy, Chủ tịch HĐND huyện; đại diện các phòng",
            "Lù Văn Chung",
            "Phó Bí thư Thường trực Huyện ủy, Chủ tịch HĐND huyện",
        ),
    ],
)
def test_a_person_is_read_with_the_position(text: str, name: str, position: str) -> None:
    assert [(row.name, row.position) for row in find_officials(text)] == [(name, position)]


def test_a_list_of_guests_gives_each_of_them() -> None:
    text = (
        "cùng dự có đồng chí Nguyễn Tăng, Bí thư Huyện ủy, đồng chí Hồ Văn Vinh, Phó Bí thư Huyện ủy; "
        "Đinh Công Thơ, Chủ tịch UBND huyện."
    )
    assert [row.name for row in find_officials(text)] == ["Nguyễn Tăng", "Hồ Văn Vinh", "Đinh Công Thơ"]


def test_what_joins_two_persons_is_no_part_of_a_position() -> None:
    text = "Ông Lê Văn Chín, Phó Chủ tịch UBND xã và bà Đỗ Thị Mười, Chủ tịch Hội LHPN xã đến dự."
    assert [row.position for row in find_officials(text)] == ["Phó Chủ tịch UBND xã", "Chủ tịch Hội LHPN xã"]


@pytest.mark.parametrize(
    "text",
    [
        "Chủ tịch Hội LHPN xã Tân An, cán bộ chi hội",
        "Chủ tịch Ủy ban MTTQ Việt Nam TP.HCM phát biểu",
        "Ủy ban MTTQ huyện, Phó Chủ tịch dự",
        "Bí thư Tỉnh ủy Lai Châu, Đoàn ĐBQH",
        "",
    ],
)
def test_bodies_and_places_are_no_persons(text: str) -> None:
    assert find_officials(text) == []
