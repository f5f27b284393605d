"""Phrases are found wherever they stand, as str.find would find each of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from vietnam.byte_letters import in_bytes
from vietnam.phrases import Phrases

PHRASES = ("mặt trận", "ccb", "hội ccb", "chi đoàn", "đoàn xã", "mttq")
_PIECES = st.sampled_from((*PHRASES, "đoàn", " ", "x", "hội ", "\n", "😀", "\ud800", "m", "ặt"))


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=12).map("".join))
def test_every_phrase_is_found_at_every_place_and_nothing_else(text: str) -> None:
    expected = {
        phrase: [place for place in range(len(text)) if text.startswith(phrase, place)]
        for phrase in PHRASES
        if phrase in text
    }
    assert Phrases(PHRASES).places(in_bytes(text)) == expected


def test_a_text_shorter_than_any_phrase_has_none() -> None:
    assert [Phrases(PHRASES).places(in_bytes(text)) for text in ("", "m", "mtt")] == [{}, {}, {}]


def test_letters_above_the_basic_plane_move_no_place() -> None:
    assert Phrases(PHRASES).places(in_bytes("😀😀 mặt trận, ccb")) == {"mặt trận": [3], "ccb": [13]}
