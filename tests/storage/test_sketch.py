"""Sketches are stored, so their numbers are a format: the golden ones must never change under VERSION 2."""

from __future__ import annotations

import random

import numpy as np
import pytest

from storage import sketch
from tests.storage.texts import edited, report
from vietnam.writing import fold

WORDS = fold("Sáng ngày 12/8, Ủy ban Mặt trận Tổ quốc Việt Nam huyện Thọ Xuân tổng kết công tác").split()


GOLDEN_SHINGLES = [217261428595040671, 338057829465378573]
GOLDEN_SIGNATURE = [78539803, 138425811, 237228813, 75372869]
GOLDEN_BANDS = [4917642156784079453, -1281155456059919622]


def _words(paragraphs: tuple[str, ...]) -> list[str]:
    return fold("\n".join(paragraphs)).split()


def _true_jaccard(one: list[str], other: list[str]) -> float:
    first, second = ({tuple(words[i : i + 3]) for i in range(len(words) - 2)} for words in (one, other))
    return len(first & second) / len(first | second)


def test_the_numbers_of_version_2_are_for_ever() -> None:
    assert sketch.VERSION == 2
    shingles = sketch.shingles(WORDS)
    signature = sketch.signature(shingles)
    assert len(shingles) == len(WORDS) - 2
    assert shingles[:2].tolist() == GOLDEN_SHINGLES
    assert signature[:4].tolist() == GOLDEN_SIGNATURE
    assert sketch.bands(signature)[:2] == GOLDEN_BANDS


def test_jaccard_is_that_of_the_sets_of_three_words_in_a_row() -> None:
    for seed in range(20):
        one = _words(report(seed))
        other = _words(edited(report(seed), 0.05, seed))
        assert sketch.jaccard(sketch.shingles(one), sketch.shingles(other)) == pytest.approx(
            _true_jaccard(one, other)
        )


def test_repeated_shingles_count_once_and_very_short_texts_have_none() -> None:
    assert sketch.shingles(["a", "b", "c"] * 40).size == 3
    assert sketch.shingles(["a", "b"]).size == 0
    empty = sketch.shingles([])
    assert sketch.jaccard(empty, empty) == 0.0
    assert sketch.signature(empty).shape == (sketch.PERMUTATIONS,)


def test_the_estimate_is_unbiased_with_the_deviation_that_theory_gives() -> None:
    errors = []
    for seed in range(150):
        one = sketch.shingles(_words(report(seed)))
        other = sketch.shingles(_words(edited(report(seed), random.Random(seed).uniform(0.02, 0.15), seed)))
        errors.append(
            sketch.estimate(sketch.signature(one), sketch.signature(other)) - sketch.jaccard(one, other)
        )
    assert abs(float(np.mean(errors))) < 0.012  # 3.5 standard errors of the mean
    assert float(np.std(errors)) < 0.05  # theory: at most 0.5 / sqrt(128) = 0.044


def test_bands_find_nearly_every_pair_up_to_edits_of_15_percent_of_the_words() -> None:
    found = []
    for seed in range(400):
        paragraphs = report(seed)
        one = sketch.shingles(_words(paragraphs))
        other = sketch.shingles(_words(edited(paragraphs, random.Random(seed).uniform(0.01, 0.15), seed)))
        if sketch.jaccard(one, other) >= 0.44:
            bands = [set(sketch.bands(sketch.signature(shingles))) for shingles in (one, other)]
            found.append(bool(bands[0] & bands[1]))
    assert len(found) > 200
    assert sum(found) / len(found) >= 0.99


def _covered(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    first, second = (sketch.sequence(b"".join(map(sketch.word_hash, _words(text)))) for text in (one, other))
    return sketch.covered(first, second)


def test_covered_is_the_share_of_words_that_stayed_in_place_whatever_stands_before_them() -> None:
    text = report(1, 30)
    assert _covered(text, text) == 1.0
    assert _covered(text, (" ".join(report(2, 4)), *text)) == 1.0, "a lead before it shifts all alike"
    assert _covered(text, edited(text, 0.15, 1)) == pytest.approx(0.80, abs=0.05)
    assert _covered(text, text[: len(text) // 2]) == pytest.approx(0.5, abs=0.05)
    assert _covered(text, text[::-1]) < 0.4, "the same words elsewhere are no edit"
    assert _covered(report(3, 30), report(4, 30)) < 0.3
    assert _covered(("a b",), text) == _covered(text, ("a b",)) == 0.0
