"""What is folded and compared by tables says what the slow ways of vietnam.writing say."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnam.letters import folded, folded_and_spelled, in_small_letters, spelling
from vietnam.writing import fold

VIETNAMESE = (
    "Sáng 12/7, Ủy ban MTTQ xã Đắk Hà (huyện Đắk Glei) – “Ngày hội Đại đoàn kết”…  60-NQ/TW\nHOÀ BÌNH"
)

ANY_TEXT = (
    st.text()
    | st.text(st.characters(max_codepoint=0x24F))
    | st.text(st.sampled_from(VIETNAMESE + "\u200b\xadßİĲ📌漢ⅣЖ\ud800→●\uf0b7²"))
)


@given(ANY_TEXT)
def test_folded_is_fold_of_any_text(text: str) -> None:
    assert folded(text) == fold(text).encode()


@given(st.lists(st.lists(ANY_TEXT | st.just(VIETNAMESE * 3), max_size=4), max_size=4))
def test_texts_that_are_folded_and_spelled_together_are_so_as_if_each_part_were_alone(
    texts: list[list[str]],
) -> None:
    alone = [([folded(part) for part in parts], spelling("\n".join(parts))) for parts in texts]
    assert folded_and_spelled(texts) == alone


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà bình, thuỷ lợi", "HÒA BÌNH thủy lợi"),
        ("a b", " a \n\t b "),
        ("Mặt trận (MTTQ) – 2026.", "mặt trận mttq 2026"),
        ("Tin mới 📌 hôm nay", "tin mới hôm nay"),
        ("Đảng", unicodedata.normalize("NFC", "Đa\u0309ng")),
        ("東京 2026", "東京: 2026"),
        ("", " – "),
    ],
)
def test_texts_of_the_same_words_are_spelled_alike(one: str, other: str) -> None:
    assert spelling(one) == spelling(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoa", "hoá"),
        ("hoá hoa", "hoa hoá"),
        ("mai a", "ma ia"),
        ("đồng", "dồng"),
        ("đông", "đong"),
        ("bà", "bá"),
        ("năm 2025", "năm 2026"),
        ("東京", "京東"),
        ("東京 2026", "北京 2026"),
        ("𝐀 a", "𝐁 a"),
        ("straße", "strase"),
        ("a", ""),
    ],
)
def test_other_words_are_spelled_otherwise(one: str, other: str) -> None:
    assert spelling(one) != spelling(other)


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("Đđ²_ßİ–·ỆÀ1 ")))
def test_small_letters_are_what_is_left_without_punctuation(text: str) -> None:
    assert in_small_letters(text).split() == re.sub(r"[\W_]+", " ", text.casefold()).split()
