"""What a run comes to: verdicts and exit codes as the contract names them."""

from __future__ import annotations

import pytest

from crawler.fetching.outcomes import ErrorClass, FetchProblem
from crawler.running.expectations import Unmet
from crawler.running.options import PortalResult, Verdict
from crawler.running.tally import SectionTally, Tally, exit_code


def problem(error: ErrorClass = "http_5xx") -> FetchProblem:
    return FetchProblem("http://a.vn/x", error, "answered 500")


def tally(**counts: int) -> Tally:
    """A run that read one page of one section."""
    made = Tally("a/b")
    made.sections["/tin/"] = SectionTally(pages=1, listed=10)
    made.counts.listed = 10
    for name, value in counts.items():
        setattr(made.counts, name, value)
    return made


def test_a_run_that_saved_something_is_new_and_one_that_did_not_is_nothing_new() -> None:
    assert tally(new=1).verdict() == tally(changed=1).verdict() == tally(copies=1).verdict() == "new"
    assert tally(unchanged=3).verdict() == "nothing_new"


def test_a_failed_article_makes_it_partial_and_the_first_problem_is_told() -> None:
    made = tally(new=5)
    made.problem(problem())
    made.problem(FetchProblem("http://a.vn/y", "timeout", "no complete answer"))
    assert made.verdict() == "partial"
    assert made.errors == {"http_5xx": 1, "timeout": 1}
    assert made.message == "http://a.vn/x: answered 500 [http_5xx]"


@pytest.mark.parametrize(
    ("error", "verdict"),
    [("connect", "failed"), ("http_4xx", "failed"), ("robots_unreachable", "failed"),
     ("robots_disallow", "blocked"), ("waf_challenge", "blocked"), ("auth_wall", "blocked")],
)  # fmt: skip
def test_a_portal_of_which_no_section_came_has_failed_or_is_blocked(
    error: ErrorClass, verdict: Verdict
) -> None:
    made = Tally("a/b")
    made.sections["/tin/"] = SectionTally(problem=problem(error))
    made.problem(problem(error))
    assert made.verdict() == verdict


@pytest.mark.parametrize(("error", "verdict"), [("connect", "failed"), ("robots_disallow", "blocked")])
def test_a_portal_whose_home_page_discovery_could_not_have_has_failed_or_is_blocked(
    error: ErrorClass, verdict: Verdict
) -> None:
    made = Tally("a/b")
    made.problem(problem(error))
    assert made.verdict() == verdict


def test_articles_that_cannot_be_read_are_a_changed_layout_from_three_on() -> None:
    made = tally(fetched=4)
    for _ in range(2):
        made.problem(problem("parse_incomplete"))
    assert made.verdict() == "partial"
    made.problem(problem("parse_incomplete"))
    assert made.verdict() == "layout_drift"
    many = tally(fetched=100)
    for _ in range(3):
        many.problem(problem("parse_incomplete"))
    assert many.verdict() == "partial"


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("listed", "suspicious_empty"), ("newest", "suspicious_empty"), ("filled_date", "layout_drift")],
)
def test_a_run_that_misses_an_expectation_is_neither_new_nor_partial(name: str, verdict: Verdict) -> None:
    made = tally(new=10)
    made.problem(problem())
    made.unmet = [Unmet(name, 1, 11)]
    assert made.verdict() == verdict
    assert made.explanation() == f"{Unmet(name, 1, 11)}; http://a.vn/x: answered 500 [http_5xx]"


@pytest.mark.parametrize(
    ("why", "verdict"),
    [("lost", "lost"), ("cancelled", "cancelled"), ("rate_limited", "blocked"), ("store_failed", "failed"),
     ("internal", "failed")],
)  # fmt: skip
def test_what_ended_a_run_early_names_its_verdict_whatever_it_saved(
    why: ErrorClass, verdict: Verdict
) -> None:
    made = tally(new=5)
    made.problem(problem())
    made.stop(why, "because")
    assert (made.verdict(), made.message) == (verdict, "because")


def results(*verdicts: Verdict, **more: object) -> list[PortalResult]:
    return [PortalResult(f"a/{n}", verdict, **more) for n, verdict in enumerate(verdicts)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([], 0),
        (["new", "nothing_new"], 0),
        (["new", "partial"], 4),
        (["new", "failed"], 4),
        (["failed", "failed"], 5),
        (["failed", "suspicious_empty"], 6),
        (["new", "layout_drift", "partial"], 6),
        (["blocked", "suspicious_empty", "partial", "failed"], 7),
    ],
)
def test_the_worst_of_the_portals_names_the_exit_code(verdicts: list[Verdict], code: int) -> None:
    assert exit_code(results(*verdicts)) == code


def test_a_fault_of_the_database_goes_before_the_rest() -> None:
    assert exit_code([*results("blocked"), *results("failed", errors={"store_failed": 1})]) == 8


def test_signals_and_foreign_leases_have_their_own_codes() -> None:
    assert exit_code(results("cancelled", signal=2)) == 130
    assert exit_code(results("cancelled", signal=15)) == 143
    assert exit_code(results("failed", already_running=True)) == 10
    assert exit_code([*results("failed", already_running=True), *results("new")]) == 4
