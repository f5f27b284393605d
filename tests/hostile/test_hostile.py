"""A slice of the 66 hostile cases (``make hostile`` tries them all, each with its guard and without).

Here those that are quick, in one process; what their guards do when taken out is asked of two of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile.__main__ import tried
from tests.hostile.table import CASES
from tests.hostile.trial import Case, take_out, try_case
from tests.warm import Warm

QUICK = (
    2,
    4,
    5,
    6,
    8,
    9,
    13,
    14,
    16,
    21,
    22,
    25,
    29,
    32,
    34,
    36,
    38,
    40,
    42,
    44,
    46,
    47,
    52,
    58,
    62,
    63,
    64,
    66,
)


@pytest.fixture(scope="module")
def place() -> Iterator[Warm]:
    """Where cases are tried in processes of their own."""
    with Warm("tests.hostile.one") as warm:
        yield warm


@pytest.mark.parametrize("number", QUICK)
def test_a_hostile_server_gets_no_further_than_its_class(number: int) -> None:
    assert try_case(CASES[number]) == []


def test_a_name_that_is_bound_anew_between_two__refused_by_its_address(place: Warm) -> None:
    """In a process of its own: the loop that knows the name is there from the first crawl on."""
    assert tried(10, place, without=False) == []


@pytest.mark.parametrize("number", [6, 34])
def test_without_its_guard_a_case_fails(place: Warm, number: int) -> None:
    assert tried(number, place, without=True)


def test_a_case_names_its_guard_or_says_why_there_is_none() -> None:
    with pytest.raises(ValueError, match="name the guard"):
        Case(99, "nobody stands guard")
    with pytest.raises(ValueError, match="name the guard"):
        Case(99, "two answers", without=take_out("crawler.fetching.fetcher", REDIRECTS=5), nothing="and yet")
