"""Vietnamese writing: one clean form for the record, one key for matching, old encodings decoded."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timing import cpu_seconds
from vietnam.old_fonts import decode_legacy
from vietnam.tones import match_form
from vietnam.writing import (
    clean,
    clean_all,
    fold,
    is_all_caps,
    same_words,
    unaccented,
    words,
)


@pytest.mark.parametrize(
    ("seen", "kept"),
    [
        (unicodedata.normalize("NFD", "Đại hội đại biểu"), "Đại hội đại biểu"),
        ("Ðại hội HÐND thành phố Ðà Nẵng, ðoàn viên", "Đại hội HĐND thành phố Đà Nẵng, đoàn viên"),
        ("  Hội\u00a0nghị \t giao\r\nban  ", "Hội nghị giao ban"),
        ("Hội\u200b nghị\ufeff giao\u00ad ban\u200e", "Hội nghị giao ban"),
        ("a\x00b\x07c\x9f", "abc"),
        ("cấp xã", "cấp xã"),
        ("ca\u0301\u0302p", "cấp"),
        ("Hoà Bình, uỷ viên Thuý", "Hoà Bình, uỷ viên Thuý"),
        ("\ud800Hội", "Hội"),
        ("", ""),
        ("\u200b\u00a0", ""),
    ],
)
def test_clean_text_is_what_the_contract_asks_for(seen: str, kept: str) -> None:
    assert clean(seen) == kept


@given(st.text())
def test_clean_holds_its_promises_for_any_text_and_is_stable(text: str) -> None:
    kept = clean(text)
    assert kept == unicodedata.normalize("NFC", kept) == clean(kept)
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in kept)
    assert kept == " ".join(kept.split())
    assert not set(kept) & set("ÐðƉɖ")
    kept.encode("utf-8")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Uỷ ban", "ỦY BAN"),
        ("Hoà Bình", "hòa bình"),
        ("Ðắk Lắk", "Đăk Lăk"),
        ("chính trị - xã hội", "Chính trị–xã hội"),
        ("UB.MTTQ", "UB MTTQ"),
        ("H’Uyên Niê", "H'Uyên Niê"),
        ("“Vì người nghèo”", '"Vì người nghèo"'),
        (unicodedata.normalize("NFD", "Thuỷ"), "Thủy"),
    ],
)
def test_two_spellings_of_one_thing_have_one_key(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_a_key_is_plain_words_with_d_for_crossed_d() -> None:
    assert fold(" Số 15/KH-MTTQ, Đoàn_xã: 6.536 đoàn viên… ") == "so 15 kh mttq doan xa 6 536 doan vien"
    assert words(fold("Hội Nông dân")) == ["hoi", "nong", "dan"]


@given(st.text())
def test_a_key_is_stable_and_has_single_spaces(text: str) -> None:
    key = fold(text)
    assert fold(key) == key
    assert key == " ".join(key.split())


def test_unaccented_text_keeps_punctuation() -> None:
    assert unaccented("Thứ Sáu, 29/03/2024 [GMT+7]") == "thu sau, 29/03/2024 [gmt+7]"


@pytest.mark.parametrize(
    ("seen", "matched"),
    [
        ("Uỷ ban UỶ BAN", "Ủy ban ỦY BAN"),
        ("hoà Hoà HOÀ khoẻ Thuý luỹ", "hòa Hòa HÒA khỏe Thúy lũy"),
        ("Qùa Tết, qúy khách, QÚY", "Quà Tết, quý khách, QUÝ"),
        ("quý quả toàn ngoài khuỷu quyền", "quý quả toàn ngoài khuỷu quyền"),
        ("gía trị, giá, gì, gùi, giúp", "giá trị, giá, gì, gùi, giúp"),
        ("hòa ủy thúy", "hòa ủy thúy"),
        ("hoà, uỷ.", "hòa, ủy."),
    ],
)
def test_match_form_has_one_tone_placement_and_keeps_case(seen: str, matched: str) -> None:
    assert match_form(seen) == matched


def test_capitals_are_told_from_mixed_case() -> None:
    assert is_all_caps("ĐOÀN XÃ THANH HÀ RA QUÂN (2025)")
    assert not is_all_caps("Đoàn xã Thanh Hà")
    assert not is_all_caps("MTTQ và các đoàn thể")
    assert not is_all_caps("A")
    assert not is_all_caps("2025")


# Written by transliterating one sentence with the published code tables of TCVN 5712 (VN3) and VNI.
SENTENCE = "Hội nghị tổng kết công tác Mặt trận, ưu tiên đoàn viên"
TCVN3 = "Héi nghÞ tæng kÕt c«ng t¸c MÆt trËn, \xadu tiªn ®oµn viªn"
VNI = "Hoäi nghò toång keát coâng taùc Maët traän, öu tieân ñoaøn vieân"


@pytest.mark.parametrize("legacy", [TCVN3, VNI], ids=["TCVN3", "VNI"])
def test_old_font_encodings_are_recognised_and_decoded(legacy: str) -> None:
    assert decode_legacy(legacy) == SENTENCE


def test_vni_capitals_are_decoded() -> None:
    assert decode_legacy("QUYEÁT ÑÒNH VEÀ VIEÄC COÂNG NHAÄN") == "QUYẾT ĐỊNH VỀ VIỆC CÔNG NHẬN"


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "Có và không, là gì, thì sao, bà và bé",
        "un café, déjà vu, à la carte, très élégant, garçon",
        "plain ASCII",
        "Ñ",
        "",
    ],
)
def test_text_in_no_old_encoding_is_left_alone(text: str) -> None:
    assert decode_legacy(text) is None


def test_a_megabyte_is_folded_in_less_than_a_second() -> None:
    text = f"{SENTENCE} – “Vì người nghèo”\u00a0(2023). " * 14_000
    assert fold(clean(text)).count("nguoi ngheo") == 14_000
    assert (
        cpu_seconds(lambda n: fold(clean(f"{n} {text}")), 1.0) < 1.0
    )  # about 0.3 s measured on the shared two-core machine


@pytest.mark.parametrize(
    ("spaced", "closed"),
    [
        ("T H Ô N G   B Á O", "THÔNG BÁO"),
        ("T H Ô N G B Á O", "THÔNG BÁO"),
        ("T\xa0H\xa0Ô\xa0N\xa0G\xa0\xa0\xa0B\xa0Á\xa0O", "THÔNG BÁO"),
        ("H ộ i  n g h ị tổng kết năm 2025", "Hội nghị tổng kết năm 2025"),
        ("U Ỷ   B A N   M Ặ T   T R Ậ N   T Ổ   Q U Ố C", "UỶ BAN MẶT TRẬN TỔ QUỐC"),
        ("K Ế H O Ạ C H: triển khai công tác", "KẾ HOẠCH: triển khai công tác"),
        ("T H A N H   T R A", "THANH TRA"),
    ],
)
def test_letter_spaced_words_are_closed_up(spaced: str, closed: str) -> None:
    assert clean(spaced) == closed


@pytest.mark.parametrize(
    "text",
    [
        "A B C D", "A B C D E F G H I K", "Khối A B C D đạt giải", "Khối 1 2 3 4 5", "a ă â b c d đ e ê g",
        "Vitamin A B C D E K", "tổ 1 2 3 4 và 5", "x y z t", "Ô A Ê U Ơ", "h e l l o", "I V X L C",
    ],
)  # fmt: skip
def test_single_letters_that_are_no_word_stay(text: str) -> None:
    assert clean(text) == text


ORDINARY = st.text(alphabet="aăâđêôơư ẤẵặềợủỹĐB.,“”…–²½→\xa0\n")


@given(
    st.lists(st.one_of(st.text(), ORDINARY, st.sampled_from(["T H Ô N G  B Á O", "a\u0301\u0302p", "Ðại"])))
)
def test_texts_are_cleaned_together_as_each_by_itself(texts: list[str]) -> None:
    assert clean_all(texts) == [clean(text) for text in texts]


def test_any_letter_is_cleaned_among_others_as_by_itself() -> None:
    for odd in (*map(chr, range(0x300)), *map(chr, range(0x1E00, 0x2600)), "가", "😀", "\ud800"):
        texts = [f"cấp{odd}xã", f" {odd}", f"{odd}{odd}", "hội nghị"]
        assert clean_all(texts) == [clean(text) for text in texts]


@given(st.text(), st.text())
def test_texts_have_the_same_words_where_their_keys_are_the_same(one: str, other: str) -> None:
    assert same_words(one, other) == (fold(one) == fold(other))
    assert same_words(one, f" {one.upper()}. ") == (fold(one) == fold(one.upper()))


def test_texts_that_begin_alike_are_compared_to_their_ends() -> None:
    beginning = "Ủy ban Mặt trận Tổ quốc Việt Nam xã Thọ Lâm tổ chức hội nghị tổng kết công tác năm 2025 và "
    assert same_words(beginning + "trao quà", (beginning + "TRAO QUÀ").replace(" ", "\u00a0"))
    assert not same_words(beginning + "trao quà", beginning + "tặng quà")


@given(st.text(alphabet="aăâđêôơưáạửỗ ÐðĐ\u0301\u0323\u0302\u031b\u0336é̂中ﬁß.,“…\u200b\u00a0"))
def test_marks_are_taken_out_whatever_stands_beside_them(text: str) -> None:
    marks = [mark for mark in unicodedata.normalize("NFD", unaccented(text)) if "\u0300" <= mark <= "\u036f"]
    assert marks == []
    assert fold(text) == fold(unaccented(text))
