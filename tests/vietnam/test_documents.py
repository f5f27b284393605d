"""Documents that a text names."""

from __future__ import annotations

import pytest

from vietnam.documents import NamedDocument, find_documents


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "thực hiện Nghị quyết số 10, ngày 10/01/2022 của BTV Tỉnh ủy về phát triển huyện",
            NamedDocument("Nghị quyết", "10", "2022-01-10", "BTV Tỉnh ủy"),
        ),
        (
            "theo Đề án số 02-ĐA/TU ngày 23/5/2021 của Ban Thường vụ Tỉnh ủy;",
            NamedDocument("Đề án", "02-ĐA/TU", "2021-05-23", "Ban Thường vụ Tỉnh ủy"),
        ),
        (
            "kế hoạch số 145/KH/BTT, ngày 07 tháng 9 năm 2012 của Ban Thường trực",
            NamedDocument("Kế hoạch", "145/KH/BTT", "2012-09-07", "Ban Thường trực"),
        ),
        (
            "Nghị quyết Liên tịch số 403/2017/NQLT-UBTVQH14-ĐCTUBTWMTTQVN ngày 15/6/2017.",
            NamedDocument("Nghị quyết liên tịch", "403/2017/NQLT-UBTVQH14-ĐCTUBTWMTTQVN", "2017-06-15"),
        ),
        ("NGHỊ QUYẾT SỐ 09-NQ/TU", NamedDocument("Nghị quyết", "09-NQ/TU")),
        (
            "Nghị định số 67/2025/NĐ-CP của Chính phủ và Luật Mặt trận",
            NamedDocument("Nghị định", "67/2025/NĐ-CP", None, "Chính phủ"),
        ),
        ("Kết luận 62-KL/TW của Bộ Chính trị", NamedDocument("Kết luận", "62-KL/TW", None, "Bộ Chính trị")),
        ("Công văn số 822-CV/BTGTU, ngày 18/4/2019", NamedDocument("Công văn", "822-CV/BTGTU", "2019-04-18")),
    ],
)
def test_a_document_is_read_with_its_number_day_and_issuer(text: str, expected: NamedDocument) -> None:
    assert find_documents(text) == [expected]


def test_two_numbers_of_one_kind_are_two_documents() -> None:
    found = find_documents("theo Quyết định số 217, số 218 của Bộ Chính trị. Quyết định số 217 quy định")
    assert [(row.number, row.issuer) for row in found] == [("217", "Bộ Chính trị"), ("218", "Bộ Chính trị")]
    assert find_documents("theo Quyết định số 217, 218 của Bộ Chính trị.") == found
    assert [row.number for row in find_documents("Quyết định số 217, 45 hộ nhận quà của xã.")] == ["217"]


@pytest.mark.parametrize(
    "text",
    [
        "Tổ đại biểu số 9 tiếp xúc cử tri",
        "ngày 12-10/2020",
        "nhiệm kỳ 2021-2026",
        "Quyết định quan trọng",
        "",
    ],
)
def test_other_numbers_are_no_documents(text: str) -> None:
    assert find_documents(text) == []


def test_an_impossible_day_is_no_day() -> None:
    assert find_documents("Chỉ thị số 05 ngày 31/02/2020")[0].date is None


def test_numbers_that_follow_each_other_are_each_found_at_their_own_sign() -> None:
    text = "Kế hoạch 12/2021-KH, Hướng dẫn 5 - HD và Quyết định số 17–QĐ-UBND"
    assert [(found.kind, found.number) for found in find_documents(text)] == [
        ("Kế hoạch", "12/2021-KH"),
        ("Hướng dẫn", "5-HD"),
        ("Quyết định", "17–QĐ-UBND"),
    ]
