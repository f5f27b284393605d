"""What a run is held against: the expectations of its portal's record, else what its own last runs brought.

A crawl that ends without an error has not succeeded yet: the listing may have shrunk to a menu, the date
selector may have broken, the portal may have moved away. Pure functions; storage.history has the past.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from storage.history import History
from storage.portals import Portal
from storage.said import Said

LISTED_SHARE = 0.5
"""Of the median of the last runs: a run that lists less has lost a listing, or half of one. Runs of a known
portal read two pages a section, so the number hardly moves by itself."""

DROP = 0.2
"""A field that is filled less often than in the median run by more than this is broken (operations.md A2)."""

ENOUGH_RUNS = 5
"""Runs from which a median means something."""

ENOUGH_READ = 5
"""Articles in a run, and ENOUGH_RUNS times as many before it, from which a share of them means something."""

FIELDS = ("title", "date", "body")


@dataclass(frozen=True, slots=True)
class Unmet:
    """An expectation that failed. ``name``: ``listed`` (articles), ``newest`` (age in days) or
    ``filled_title``, ``filled_date``, ``filled_body`` (share of the articles that were read)."""

    name: str
    observed: float
    bound: float

    @property
    def said(self) -> Said:
        """The expectation that failed as a message in codes."""
        return Said(f"unmet.{self.name}", {"observed": self.observed, "bound": self.bound})

    def __str__(self) -> str:
        if self.name == "listed":
            return f"{self.observed:.0f} articles listed, {self.bound:.0f} or more expected"
        if self.name == "newest":
            return f"the newest article is {self.observed:.0f} days old, at most {self.bound:.0f} expected"
        filled = self.name.removeprefix("filled_")
        return f"{self.observed:.0%} of the articles have a {filled}, {self.bound:.0%} or more expected"


@dataclass(frozen=True, slots=True)
class Observed:
    """What a run brought. ``filled``: articles ``read``, and of those how many had each of FIELDS.

    ``newest_age``: days since the portal's newest article, maintenance windows not counted.
    """

    listed: int
    filled: Mapping[str, int]
    newest_age: float | None = None


def unmet(portal: Portal, observed: Observed, past: History) -> list[Unmet]:
    """Return the expectations that a run has not met; a written one stands above the portal's own past."""
    failed = []
    least = _least_listed(portal, past)
    if least is not None and observed.listed < least:
        failed.append(Unmet("listed", observed.listed, least))
    # Written ones only: a portal that has fallen silent may have nothing to say. That is an alarm, no fault
    # of the run that looked (operations.md A2, alarm 8).
    oldest = portal.newest_within
    if oldest is not None and observed.newest_age is not None and observed.newest_age > oldest:
        failed.append(Unmet("newest", observed.newest_age, oldest))
    if observed.filled.get("read", 0) >= ENOUGH_READ:
        for name in FIELDS:
            share, bound = _share(observed.filled, name), _least_filled(portal, past, name)
            if bound is not None and share < bound:
                failed.append(Unmet(f"filled_{name}", share, bound))
    return failed


def _least_listed(portal: Portal, past: History) -> float | None:
    if portal.minimum_listed is not None:
        return portal.minimum_listed
    return LISTED_SHARE * median(past.listed) if len(past.listed) >= ENOUGH_RUNS else None


def _least_filled(portal: Portal, past: History, name: str) -> float | None:
    written: float | None = getattr(portal, f"filled_{name}")
    if written is not None:
        return written
    runs = [run for run in past.filled if run.get("read")]
    if len(runs) < ENOUGH_RUNS or sum(run["read"] for run in runs) < ENOUGH_RUNS * ENOUGH_READ:
        return None
    return max(0.0, median(_share(run, name) for run in runs) - DROP)


def _share(filled: Mapping[str, int], name: str) -> float:
    return filled.get(name, 0) / filled["read"]
