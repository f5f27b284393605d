"""Runs of capitalised words are found as an expression of the letters themselves finds them."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from vietnam.byte_letters import in_bytes
from vietnam.capitals import UPPER, capital_runs

_WORD = rf"[{UPPER}][^\W\d_]*(?:['’][^\W\d_]+)*"
_RUN = re.compile(rf"{_WORD}(?:(?: ?[-–] ?| )(?:{_WORD}|\d{{1,2}}\b))*")


def runs(text: str) -> list[str]:
    return [text[start:end] for start, end in capital_runs(text, in_bytes(text))]


def test_a_run_has_the_words_that_are_written_with_capitals_and_small_numbers() -> None:
    assert runs("Sáng, tại Quận 12 (TP. Hồ Chí Minh) và Bà Rịa - Vũng Tàu") == [
        "Sáng", "Quận 12", "TP", "Hồ Chí Minh", "Bà Rịa - Vũng Tàu",
    ]  # fmt: skip
    assert runs("xã Ea H’leo, Đắk R'lấp, Khóa 2025, iPhone") == ["Ea H’leo", "Đắk R'lấp", "Khóa", "Phone"]


def test_letters_above_the_basic_plane_move_no_place() -> None:
    assert capital_runs("😀 Hà Nội 𝐀", in_bytes("😀 Hà Nội 𝐀")) == [(2, 8)]
    assert runs("Hà Nộ𝐀i") == ["Hà Nộ𝐀i"]


@given(st.text() | st.text(st.sampled_from("AĐỲaạ09_ -–'’.\n😀𝐀²Ж\ud800")))
def test_runs_are_those_of_the_letters(text: str) -> None:
    assert capital_runs(text, in_bytes(text)) == [match.span() for match in _RUN.finditer(text)]
