"""A slice of ``python -m benchmarks.killing``; the whole has a thousand rounds."""

from __future__ import annotations

import pytest

from benchmarks.killing import run_rounds


def test_kill_9_loses_nothing_that_was_acknowledged_and_leaves_nothing_twice() -> None:
    outcome = run_rounds("sqlite", rounds=5, seed=7, tell=False)
    assert outcome.wrong == []
    assert outcome.rounds == outcome.killed.total() == 5
    assert outcome.killed["between commits"] > 0, "no kill came after an article was saved"


@pytest.mark.parametrize(
    "fault", ["commit_in_halves", pytest.param("acknowledge_early", marks=pytest.mark.slow)]
)
def test_a_crawl_that_loses_what_it_acknowledged_or_saves_by_halves_is_found_out(fault: str) -> None:
    outcome = run_rounds("sqlite", rounds=50, seed=7, tell=False, fault=fault)
    assert outcome.wrong != []


@pytest.mark.slow
def test_the_same_on_postgresql() -> None:
    outcome = run_rounds("postgresql", rounds=15, seed=7, tell=False)
    assert outcome.wrong == []
    assert outcome.killed["it had ended"] < outcome.rounds
