"""Sketches are stored, so their numbers are a format: the golden ones must never change under VERSION 3."""

from __future__ import annotations

import random

import numpy as np
import pytest

from storage import sketch
from tests.storage.texts import edited, report
from vietnam.writing import fold

WORDS = fold("Sáng ngày 12/8, Ủy ban Mặt trận Tổ quốc Việt Nam huyện Thọ Xuân tổng kết công tác")

GOLDEN_SHINGLES = [721788668694005055, 1321393962417665069]
GOLDEN_SIGNATURE = [168054520, 307661006, 515925017]
GOLDEN_WINDOWS = [4409645014643646, 3032627265315651752]


def _folded(paragraphs: tuple[str, ...]) -> str:
    return fold("\n".join(paragraphs))


def _pairs(count: int, least: float, most: float) -> list[tuple[str, str]]:
    """Texts and edits of them in which the share ``least`` to ``most`` of the words is replaced."""
    shares = ((seed, random.Random(seed).uniform(least, most)) for seed in range(count))
    return [(_folded(report(seed)), _folded(edited(report(seed), share, seed))) for seed, share in shares]


def _true_jaccard(one: str, other: str) -> float:
    texts = one.split(), other.split()
    first, second = ({tuple(words[i : i + 3]) for i in range(len(words) - 2)} for words in texts)
    return len(first & second) / len(first | second)


def _windows(folded: str) -> list[int]:
    return sketch.windows(*sketch.runs(folded, sketch.WINDOW))


def test_the_numbers_of_version_3_are_for_ever() -> None:
    assert sketch.VERSION == 3
    shingles = sketch.shingles(WORDS)
    assert len(shingles) == len(WORDS.split()) - 2
    assert shingles[:2].tolist() == GOLDEN_SHINGLES
    assert sketch.signature(shingles)[:3].tolist() == GOLDEN_SIGNATURE
    assert _windows(WORDS)[:2] == GOLDEN_WINDOWS


def test_a_run_of_words_has_one_number_wherever_it_stands() -> None:
    text = "mot hai ba bon nam sau bay"
    (threes,) = sketch.runs(f"{text} {text} mot hai ba", 3)
    assert threes[0] == threes[7] == threes[14]
    assert len(set(threes.tolist())) == 7
    assert sketch.runs("mot haiba bon", 3)[0] != sketch.runs("mot hai babon", 3)[0], "spaces count"
    assert [numbers.size for numbers in sketch.runs("mot hai ba", 1, 2, 3, 4)] == [3, 2, 1, 0]


def test_texts_that_are_counted_through_together_have_the_runs_that_each_has_alone() -> None:
    texts = ["", "mot hai", *(_folded(report(seed, 1 + seed % 40)) for seed in range(30)), "mot" * 20_000, ""]
    together = sketch.runs_of(texts, 3, 7)
    assert len(together) == len(texts)
    for text, of_lengths in zip(texts, together, strict=True):
        assert [numbers.tolist() for numbers in of_lengths] == [
            numbers.tolist() for numbers in sketch.runs(text, 3, 7)
        ]
    assert sketch.runs_of([], 3) == []


def test_the_smallest_numbers_are_the_first_of_all_that_are_sorted() -> None:
    repeating = " ".join(f"mot hai {n % 150}" for n in range(3_000))
    for text in (_folded(report(1, 60)), repeating, "mot hai ba " * 300, "mot hai ba bon", ""):
        (sequence,) = sketch.runs(text, sketch.SHINGLE)
        for count in (1, sketch.ASKED, sketch.SIGNED, 5_000):
            expected = sketch.distinct(sequence)[:count].tolist()
            assert sketch.smallest(sequence, count).tolist() == expected


def test_jaccard_is_that_of_the_sets_of_three_words_in_a_row() -> None:
    for one, other in _pairs(20, 0.05, 0.05):
        jaccard = sketch.jaccard(sketch.shingles(one), sketch.shingles(other))
        assert jaccard == pytest.approx(_true_jaccard(one, other))


def test_repeated_shingles_count_once_and_very_short_texts_have_none() -> None:
    assert sketch.shingles(" ".join(["a", "b", "c"] * 40)).size == 3
    assert sketch.shingles("a b").size == 0
    empty = sketch.shingles("")
    assert sketch.jaccard(empty, empty) == 0.0
    assert sketch.signature(empty).shape == (sketch.SIGNED,)
    assert _windows("") == _windows("mot hai ba bon nam sau") == []


def test_of_a_text_without_end_the_beginning_is_compared() -> None:
    beginning = _folded(report(1, 30))
    endless = beginning + " xa" * 1_000_000
    assert sketch.runs(endless, 1)[0].size < 400_000
    assert sketch.jaccard(sketch.shingles(beginning), sketch.shingles(endless)) > 0.99


def _estimates(pairs: list[tuple[str, str]]) -> list[float]:
    ones, others = (
        np.stack([sketch.signature(sketch.shingles(text)) for text in texts])
        for texts in zip(*pairs, strict=True)
    )
    return list(sketch.estimates(ones, others))


def test_the_estimate_is_unbiased_with_the_deviation_that_theory_gives() -> None:
    pairs = _pairs(150, 0.02, 0.15)
    errors = [
        estimate - _true_jaccard(*pair) for estimate, pair in zip(_estimates(pairs), pairs, strict=True)
    ]
    assert abs(float(np.mean(errors))) < 0.012  # 3.5 standard errors of the mean
    assert float(np.std(errors)) < 0.05  # theory: at most 0.5 / sqrt(128) = 0.044


def test_texts_that_a_signature_keeps_whole_are_estimated_exactly() -> None:
    one, other = (" ".join(words.split()[:90]) for words in _pairs(1, 0.1, 0.1)[0])
    longer = _folded(report(0, 30))
    assert _estimates([(one, other)]) == [pytest.approx(_true_jaccard(one, other))]
    assert _estimates([(one, one), (one, ""), ("", "")]) == [1.0, 0.0, 0.0]
    assert _estimates([(one, longer)]) == [pytest.approx(_true_jaccard(one, longer), abs=0.1)]


def test_windows_find_nearly_every_pair_up_to_edits_of_15_percent_of_the_words() -> None:
    found = []
    for one, other in _pairs(400, 0.01, 0.15):
        if _true_jaccard(one, other) >= 0.44:
            found.append(not {*_windows(one)[: sketch.OWNED]}.isdisjoint(_windows(other)))
    assert len(found) > 200
    assert sum(found) / len(found) >= 0.99


def _covered(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    first, second = (sketch.runs(_folded(text), sketch.SHINGLE)[0] for text in (one, other))
    return sketch.covered(first, second)


def test_covered_is_the_share_of_words_that_stayed_in_order_whatever_stands_between_them() -> None:
    text = report(1, 30)
    assert _covered(text, text) == 1.0
    assert _covered(text, (" ".join(report(2, 4)), *text)) == 1.0, "a lead before it shifts all alike"
    assert _covered((*text[:4], *text[6:]), text) > 0.98, "what is cut out shifts all that is behind it"
    assert _covered(text, edited(text, 0.15, 1)) == pytest.approx(0.80, abs=0.05)
    assert _covered(text, text[: len(text) // 2]) == pytest.approx(0.5, abs=0.05)
    assert _covered(text, text[::-1]) < 0.4, "the same words elsewhere are no edit"
    assert _covered(report(3, 30), report(4, 30)) < 0.3
    assert _covered(("a b",), text) == _covered(text, ("a b",)) == 0.0
