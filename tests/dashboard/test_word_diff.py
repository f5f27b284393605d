"""What changed, word for word, within bounds."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from dashboard.word_diff import Piece, paragraphs, words


def test_only_the_words_that_changed_are_marked() -> None:
    assert words("Trao 40 suất quà cho hộ nghèo", "Trao 42 suất quà cho hộ cận nghèo") == (
        Piece("equal", "Trao"), Piece("delete", "40"), Piece("insert", "42"),
        Piece("equal", "suất quà cho hộ"), Piece("insert", "cận"), Piece("equal", "nghèo"),
    )  # fmt: skip


def test_a_paragraph_that_moved_in_leaves_the_others_alone() -> None:
    assert paragraphs(["a b", "c d"], ["a b", "mới", "c d"]) == [
        (Piece("equal", "a b"),), (Piece("insert", "mới"),), (Piece("equal", "c d"),),
    ]  # fmt: skip


_texts = st.lists(
    st.lists(st.sampled_from(["ab", "ba", "ca", "đ"]), min_size=1, max_size=8).map(" ".join), max_size=6
)


@given(_texts, _texts)
def test_what_stayed_and_came_is_the_new_text_and_what_stayed_and_went_the_old(
    old: list[str], new: list[str]
) -> None:
    lines = paragraphs(old, new)

    def side(op: str) -> list[str]:
        kept = (" ".join(p.text for p in line if p.op in ("equal", op)) for line in lines)
        return [text for text in kept if text]

    assert side("delete") == old
    assert side("insert") == new


def test_hostile_texts_take_no_time() -> None:
    begun = time.process_time()
    words("a b " * 100_000, "b a " * 100_000)
    paragraphs([f"{n}" for n in range(5000)], [f"{n}" for n in range(5000, 0, -1)])
    words("a b " * 590, "b a " * 590)
    assert time.process_time() - begun < 3.0
