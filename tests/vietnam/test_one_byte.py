"""The short way over one byte a letter gives what the long way gives."""

from __future__ import annotations

import pytest

from crawler.reading import language
from vietnam import one_byte, writing

EVERY_LETTER = [chr(code) for block in (range(0x2100), range(0x2200, 0x2270)) for code in block]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        (writing.clean, writing._clean_any),
        (writing.fold, writing._fold_any),
        (writing.unaccented, writing._unaccented_any),
    ],
)
def test_a_letter_is_written_alike_by_the_table_and_without_it(short: object, long: object) -> None:
    assert callable(short)
    assert callable(long)
    for letter in EVERY_LETTER:
        for text in (letter, f"Hội{letter}nghị", f" Ủy ban {letter}, {letter}  MTTQ "):
            assert short(text) == long(text), ascii(text)


@pytest.mark.parametrize("text", ["🙂", "Hô\u0323i nghi\u0323", "Ðoàn", "h\u200bội", "ﬁ", "Đoàn Ż"])
def test_a_text_with_any_other_letter_is_for_the_long_way(text: str) -> None:
    assert one_byte.encoded(text) is None


def test_vietnamese_is_encoded_whole() -> None:
    text = "Ủy ban MTTQ Việt Nam xã Đắk Búk So – “Vì người nghèo”, 25 triệu đồng… ỹ Ỵ ẵ Ẵ ợ Ợ\xa0\n"
    letters = one_byte.encoded(text)
    assert letters is not None
    assert len(letters) == len(text)


def test_letters_of_vietnamese_alone_are_counted_alike_in_any_text() -> None:
    text = "Hội nghị tổng kết, café à la carte"
    assert language._vietnamese_letters(text) == language._vietnamese_letters(f"{text} 🙂") == 4
