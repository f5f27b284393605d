"""Lines of a page's imprint."""

from __future__ import annotations

import pytest

from crawler.reading.noise import is_imprint


@pytest.mark.parametrize(
    "line",
    [
        "© Cổng thông tin điện tử", "©2025", "Copyright 2025", "BẢN QUYỀN thuộc về xã",
        "Ghi rõ nguồn khi phát lại", "Giấy phép số 12/GP-TTĐT", "Chịu trách nhiệm nội dung: Văn phòng",
        "Cơ quan chủ quản: UBND xã",
        "Tổng biên tập: Nguyễn Văn A", "Trưởng Ban Biên tập", "Địa chỉ: thôn 2", "ĐIỆN THOẠI: 024",
        "Email: a@x.vn", "Thiết kế bởi X", "Powered by X", "Phát triển bởi X", "All rights reserved",
        "Đơn vị phát triển: X",
        "Số lượt truy cập: 12", "Đang online: 3", "Lượt truy cập", "Thống kê truy cập",
    ],
)  # fmt: skip
def test_a_line_of_an_imprint_is_told_by_how_it_begins(line: str) -> None:
    assert is_imprint(line)


@pytest.mark.parametrize(
    "line", ["", "C", "Đồng chí Lê Nam phát biểu", "Thiết kế cổng chào", "Hội nghị ghi rõ nguồn"]
)
def test_other_lines_are_none(line: str) -> None:
    assert not is_imprint(line)
