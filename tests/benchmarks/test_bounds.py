"""Benchmarks tell a figure that is not within its bound, and compare what was measured at the same time."""

from __future__ import annotations

import pytest

from benchmarks import saving, speed

GOOD = {
    "articles/s of processor": 3_000.0,
    "sketch and look-up µs": 260.0,
    "recall": 0.99,
    "precision": 0.995,
}


def test_figures_of_saving_at_their_bounds_hold() -> None:
    assert saving.falls_short("sqlite", GOOD) == []


@pytest.mark.parametrize(
    ("what", "value", "told"),
    [
        ("articles/s of processor", 2_999.0, "articles/s of processor 2,999 (>= 3,000)"),
        ("sketch and look-up µs", 261.0, "sketch and look-up µs 261 (<= 260)"),
        ("recall", 0.989, "recall 0.989 (>= 0.99)"),
        ("precision", 0.994, "precision 0.994 (>= 0.995)"),
    ],
)
def test_a_figure_of_saving_beyond_its_bound_is_told(what: str, value: float, told: str) -> None:
    assert saving.falls_short("sqlite", GOOD | {what: value}) == [told]


def test_half_the_articles_a_second_are_enough_on_postgresql() -> None:
    assert saving.falls_short("postgresql", GOOD | {"articles/s of processor": 1_500.0}) == []
    assert saving.falls_short("sqlite", GOOD | {"articles/s of processor": 1_500.0}) != []


def system(name: str, *cpu: float) -> speed.System:
    """A system whose start took a second, and whose runs over a hundred more pages took so much more."""

    def never(site: speed.Site, pages: int) -> speed.Used:
        raise AssertionError(f"{name} is not run")

    row = speed.System(name, never, 160)
    row.base = speed.Used(1.0, 1.0, 100.0, 60)
    row.taken = [speed.Used(1.0 + seconds, 1.0 + seconds, 150.0, 160) for seconds in cpu]
    return row


def test_a_ratio_is_of_one_turn_however_the_machine_drifts() -> None:
    ours = system("Frontnews: crawl", 2.0, 40.0, 6.0)
    bare = system("Scrapy, download alone", 1.0, 20.0, 2.0)
    assert speed.times(ours, bare) == pytest.approx(2.0)
    told = {one.what: one for one in speed.ratios([bare, ours])}
    assert told["CPU a page, of a bare download"].value == pytest.approx(2.0)
    assert not told["CPU a page, of a bare download"].holds
    assert told["MB of the crawl"].holds


def test_a_peer_that_does_not_run_has_no_ratio() -> None:
    ours, peer = system("Frontnews: crawl", 1.0), system("news-please", 20.0)
    assert any("news-please" in one.what for one in speed.ratios([ours, peer]))
    peer.missing = "not installed: no network"
    assert not any("news-please" in one.what for one in speed.ratios([ours, peer]))
