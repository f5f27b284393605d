"""What is expected of a portal, beside what was observed: of its last run, and over its last ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dashboard.languages import Messages
from dashboard.lights import stale_after
from dashboard.queries.fleet import PortalState
from dashboard.queries.portal import PortalDetail
from dashboard.room import Times

DAY = 86400


class Expectation(NamedTuple):
    """One line: what was expected, what was observed and the bound as words, whether it holds."""

    name: str
    observed: str
    bound: str
    holds: bool


def unmet_of(unmet: Sequence[Mapping[str, object]] | None, t: Messages, when: Times) -> list[Expectation]:
    """The expectations that a run has not met, as its own judgement wrote them down."""
    rows = []
    for each in unmet or ():
        name, observed, bound = str(each["name"]), _number(each["observed"]), _number(each["bound"])
        if name == "listed":
            said = t.number(observed), f"≥ {t.number(bound)}"
        elif name == "newest":
            said = when.length(observed * DAY), f"≤ {when.length(bound * DAY)}"
        else:
            said = f"{observed:.0%}", f"≥ {bound:.0%}"
        rows.append(Expectation(t.name("expectation", name), *said, holds=False))
    return rows


def expectations(state: PortalState, found: PortalDetail, t: Messages, when: Times) -> list[Expectation]:
    """What is expected of a portal: what its last run missed first, then what holds or is counted here."""
    last = next((run for run in found.runs if run.status != "running"), None)
    missed = {str(each["name"]) for each in (last.unmet or ())} if last else set()
    rows = unmet_of(last.unmet, t, when) if last else []
    if last is not None and "listed" not in missed and last.counts.get("listed"):
        least = found.minimum_listed or 1
        listed = last.counts["listed"]
        rows.append(Expectation(t("expectation.listed"), t.number(listed), f"≥ {t.number(least)}", True))
    if state.last_new_at is not None:
        age, bound = when.now - state.last_new_at, stale_after(state.usual_gap)
        name = t("expectation.found")
        rows.append(Expectation(name, when.length(age), f"≤ {when.length(bound)}", age <= bound))
    ended = [run for run in state.runs if run.verdict not in ("running", "cancelled")]
    if ended:
        bad = sum(run.verdict not in ("new", "nothing_new") for run in ended[:14])
        rows.append(Expectation(t("expectation.runs"), t.number(bad), "≤ 1", bad <= 1))
    return rows


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
