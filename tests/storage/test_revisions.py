"""The history of an article, and its differences word by word, in bounded time."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from storage.engine import reading
from storage.lookup import find
from storage.revisions import Revision, UnknownRevision, diff, history
from storage.saving import save_batch
from storage.word_diff import Piece, Pieces, diff_paragraphs, diff_words, is_change
from tests.storage.texts import article, report, seen
from tests.timing import cpu_seconds

BASE = article(1, lead="Sáng 12/8, huyện họp.", byline="Lam Hồng")


def known(engine: Engine, name: str) -> list[Revision]:
    with reading(engine) as connection:
        return history(connection, find(connection, name).row["id"])


def side(pieces: Pieces, without: str) -> str:
    return " ".join(piece.text for piece in pieces if piece.op != without and piece.text)


def test_an_edited_word_is_shown_between_what_stayed() -> None:
    assert diff_words("Xã trao 12 suất quà cho hộ nghèo", "Xã trao 15 suất quà cho hộ nghèo") == (
        Piece("equal", "Xã trao"),
        Piece("delete", "12"),
        Piece("insert", "15"),
        Piece("equal", "suất quà cho hộ nghèo"),
    )


def test_a_rewritten_sentence_is_one_change_and_no_confetti() -> None:
    pieces = diff_words("Ông An của thôn Một nói hay", "Bà Hoa của xóm Bảy nói hay")
    assert [piece.op for piece in pieces] == ["delete", "insert", "equal"]
    assert pieces[-1].text == "nói hay"


def test_paragraphs_are_paired_though_others_are_added_and_taken_out() -> None:
    old = ["Mở đầu.", "Hội nghị bầu ra 11 vị vào ban mới.", "Đoạn này thừa hẳn.", "Kết thúc."]
    new = ["Mở đầu.", "Ảnh: toàn cảnh.", "Hội nghị bầu ra 13 vị vào ban mới.", "Kết thúc."]
    shown = diff_paragraphs(old, new)
    assert [is_change(pieces) for pieces in shown] == [False, True, True, True, False]
    assert [piece.text for piece in shown[2] if piece.op != "equal"] == ["11", "13"]
    assert [piece.op for piece in shown[3]] == ["delete"]


def test_both_texts_can_be_read_back_from_any_diff() -> None:
    rng = random.Random(7)
    for _ in range(1_500):
        words = ["a", "b", "c", "d", "e", "f", "g"][: rng.randint(1, 7)]
        old, new = (
            [" ".join(rng.choices(words, k=rng.randint(1, 9))) for _ in range(rng.randint(0, 8))]
            for _ in range(2)
        )
        pieces = diff_words(" ".join(old), " ".join(new))
        assert (side(pieces, "insert"), side(pieces, "delete")) == (" ".join(old), " ".join(new))
        shown = diff_paragraphs(old, new)
        assert [text for text in (side(some, "insert") for some in shown) if text] == old
        assert [text for text in (side(some, "delete") for some in shown) if text] == new


@pytest.mark.parametrize("kind", ["two words", "all different", "one word", "many paragraphs"])
def test_a_hostile_text_takes_no_longer_than_a_page(kind: str) -> None:
    """difflib takes minutes on the first of these."""
    rng = random.Random(7)
    if kind == "many paragraphs":
        old, new = ([" ".join(rng.choices("ab", k=300)) for _ in range(150)] for _ in range(2))
    else:
        stock = {"two words": "ab", "one word": "a", "all different": [str(n) for n in range(99_999)]}[kind]
        old, new = ([" ".join(rng.choices(stock, k=size))] for size in (40_000, 30_000))
    assert cpu_seconds(lambda n: diff_paragraphs(old, new), 5) < 5


def test_a_history_has_every_revision_and_what_changed_besides_the_words(engine: Engine) -> None:
    edited = replace(BASE, title="Huyện họp tổng kết", byline="Lam Hồng")
    signed = replace(edited, byline="Lê Thơ", organizations=("MTTQ", "HND"))
    states = (BASE, replace(BASE, byline="PV"), edited, signed)
    for state in states:
        (saved,) = save_batch(engine, None, [seen(state)])
    first, second = known(engine, saved.article_id)
    assert (first.revision, first.title, second.title) == (1, BASE.title, edited.title)
    assert [state["byline"] for state in first.metadata] == ["Lam Hồng", "PV"]
    assert [state["byline"] for state in second.metadata] == ["Lam Hồng", "Lê Thơ"]

    changed = diff([first, second])
    assert (changed.old, changed.new) == (1, 2)
    assert side(changed.title, "insert") == BASE.title and is_change(changed.title)
    assert not is_change(changed.lead) and not any(map(is_change, changed.paragraphs))
    assert {one.key: (one.old, one.new) for one in changed.metadata} == {
        "byline": ("PV", "Lê Thơ"),
        "organizations": (["MTTQ"], ["MTTQ", "HND"]),
    }
    within = diff([first, second], 1, 1)
    assert [(one.key, one.old, one.new) for one in within.metadata] == [("byline", "Lam Hồng", "PV")]
    assert not is_change(within.title)
    with pytest.raises(UnknownRevision, match="no revision 7; there is 1, 2"):
        diff([first, second], 7)


def test_an_article_that_never_changed_has_an_empty_diff(engine: Engine) -> None:
    (saved,) = save_batch(engine, None, [seen(BASE)])
    save_batch(engine, None, [seen(BASE)])
    (only,) = known(engine, saved.article_id)
    assert diff([only]).is_empty


def test_times_of_a_history_are_those_of_the_record(engine: Engine) -> None:
    (saved,) = save_batch(engine, None, [seen(article(3, paragraphs=report(3)))])
    (only,) = known(engine, saved.article_id)
    assert only.metadata[-1]["published_at"] == "2026-01-05T10:30:00+07:00"
