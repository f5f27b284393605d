"""Reading, tagging and saving take no more instructions than the baseline has."""

from __future__ import annotations

import json

import pytest

from benchmarks import instructions


def test_a_count_above_the_tolerance_is_told_and_one_within_it_is_not() -> None:
    baseline = {"read": 10.0, "tag": 5.0}
    assert instructions.compare({"read": 10.9, "tag": 4.0}, baseline) == []
    worse = instructions.compare({"read": 11.1, "tag": 5.0}, baseline)
    assert worse == ["read: 11.10 M instructions, 10.00 M in the baseline"]


def test_a_count_that_the_baseline_does_not_know_is_told() -> None:
    assert instructions.compare({"export": 1.0}, {}) == ["export is not in the baseline"]


@pytest.mark.slow
def test_a_page_takes_no_more_instructions_than_the_baseline() -> None:
    if problem := instructions.why_not():
        pytest.skip(f"instructions cannot be counted: {problem}")
    counted = instructions.count()
    assert set(counted) == set(json.loads(instructions.BASELINE.read_text()))
    assert instructions.compare(counted, json.loads(instructions.BASELINE.read_text())) == []
