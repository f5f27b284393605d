"""What is told by the bytes of a text's letters is what its letters tell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vietnam import tones
from vietnam.byte_letters import NUL, Shapes, in_bytes, in_forms, word_letters

ANY_TEXT = st.text() | st.text(st.sampled_from("oOuUqQgGiàèỳýùìúÉẠá -aâ\n²m😀\ud800ΣİKЖẢỶ"))
VIETNAMESE = "Uỷ ban MTTQ xã Đắk Hà (huyện Đắk Glei) – “Ngày hội”… 60-NQ/TW\n1.200 m², HOÀ BÌNH, QÚY"


@given(ANY_TEXT)
def test_each_letter_has_a_byte_at_its_place(text: str) -> None:
    letters = in_bytes(text)
    assert len(letters) == len(text)
    assert all(in_bytes(letter) == letters[n : n + 1] for n, letter in enumerate(text))


def test_vietnamese_is_told_apart_letter_by_letter() -> None:
    letters = in_bytes(VIETNAMESE)
    assert NUL not in letters
    assert len(set(letters)) == len(set(VIETNAMESE))


@given(ANY_TEXT | st.just(VIETNAMESE))
def test_all_forms_of_a_text_are_those_of_the_slow_ways(text: str) -> None:
    forms = in_forms(text)
    matched = tones.placed(text)
    assert (forms.letters, forms.matched, forms.lowered) == (in_bytes(text), matched, matched.lower())
    assert forms.words.tolist() == word_letters(matched.lower()).tolist()


def test_signs_are_spaces_among_the_letters_of_words() -> None:
    assert word_letters("tp. hcm – “đắk_lắk”\n1").tolist() == [*map(ord, "tp  hcm    đắk_lắk  1")]


@given(ANY_TEXT)
def test_a_shape_is_that_of_its_letter_whether_it_has_a_byte_or_not(text: str) -> None:
    shapes = Shapes(lambda letter: "A" if letter.isupper() else "0" if letter.isdecimal() else ".")
    expected = ["A" if letter.isupper() else "0" if letter.isdecimal() else "." for letter in text]
    assert shapes.of(text, in_bytes(text)) == "".join(expected).encode()
