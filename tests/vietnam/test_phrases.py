"""Phrases are found wherever they stand, as str.find would find each of them."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

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
    assert Phrases(PHRASES).places(text) == expected


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES | st.sampled_from(("xã", ".", "_")), max_size=12).map("".join))
def test_a_word_is_found_where_it_ends_and_one_of_two_letters_where_it_begins_too(text: str) -> None:
    for word, expression in (("ccb", r"ccb(?!\w)"), ("xã", r"(?<!\w)xã(?!\w)")):
        expected = [match.start() for match in re.finditer(expression, text)]
        assert Phrases(PHRASES[:1], (word,)).places(text).get(word, []) == expected


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=12).map("".join))
def test_behind_the_beginning_only_the_later_phrases_are_found(text: str) -> None:
    anywhere = Phrases(PHRASES).places(text)
    found = Phrases(PHRASES, later=("mttq", "ccb")).places(text, beginning=0)
    assert found == {phrase: anywhere[phrase] for phrase in ("ccb", "mttq") if phrase in anywhere}


def test_a_text_shorter_than_any_phrase_has_none() -> None:
    assert [Phrases(PHRASES).places(text) for text in ("", "m", "mtt")] == [{}, {}, {}]


def test_letters_above_the_basic_plane_move_no_place() -> None:
    assert Phrases(PHRASES).places("😀😀 mặt trận, ccb") == {"mặt trận": [3], "ccb": [13]}
