"""The four lights of a portal, judged from its last runs. Pure functions.

One failure is ``pending``: a portal is ``down`` when it happens twice in a row, so that one bad night of
a server calls nobody (reference/operations.md A2, after Uptime-Kuma).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from storage.freshness import LATE, QUIET_GAPS, QUIET_SECONDS

Level = Literal["ok", "unknown", "paused", "pending", "degraded", "down"]
Light = Literal["reach", "freshness", "quality", "politeness"]

LIGHTS: tuple[Light, ...] = ("reach", "freshness", "quality", "politeness")
LEVELS: tuple[Level, ...] = ("down", "degraded", "pending", "unknown", "ok", "paused")
"""The worst first: what sorts the matrix."""

IN_A_ROW = 2
"""Bad runs that make a light down."""

QUIET_AT_LEAST = timedelta(seconds=QUIET_SECONDS)
"""Nothing new for QUIET_GAPS usual gaps, and for this at least, is a stale portal: as the view has it."""

OVERDUE = timedelta(seconds=LATE)

_UNREACHED = frozenset({"failed", "lost"})
_EMPTY = frozenset({"suspicious_empty", "layout_drift"})
_IMPOLITE = frozenset({"rate_limited", "waf_challenge", "robots_disallow", "robots_unreachable", "auth_wall"})


class PastRun(NamedTuple):
    """A run as the lights need it. ``verdict`` is ``running`` while it runs; ``new`` articles it brought."""

    id: int
    verdict: str
    started_at: datetime
    new: int = 0


@dataclass(frozen=True, slots=True)
class Lights:
    """How a portal stands in each respect; ``worst`` is what the portal counts as."""

    reach: Level
    freshness: Level
    quality: Level
    politeness: Level

    @property
    def worst(self) -> Level:
        """The worst of the four."""
        return min((self.reach, self.freshness, self.quality, self.politeness), key=LEVELS.index)


@dataclass(frozen=True, slots=True)
class Standing:
    """What besides its runs is known of a portal: its schedule, a hold on its host, its last run's errors.

    ``last_new_at`` (when something new of it was last seen) and ``usual_gap`` (between its publications;
    None before it is known) are those of the view ``portal_freshness``.
    """

    enabled: bool = True
    retired: bool = False
    next_due_at: datetime | None = None
    held: bool = False
    errors: frozenset[str] = frozenset()
    last_new_at: datetime | None = None
    usual_gap: timedelta | None = None


def lights(runs: Sequence[PastRun], standing: Standing, now: datetime) -> Lights:
    """Judge a portal by its runs, the newest first."""
    if not standing.enabled or standing.retired:
        return Lights("paused", "paused", "paused", "paused")
    ended = [run for run in runs if run.verdict not in ("running", "cancelled")]
    if not ended:
        overdue = standing.next_due_at is not None and standing.next_due_at < now - OVERDUE
        return Lights("unknown", "pending" if overdue else "unknown", "unknown", "unknown")
    return Lights(
        _in_a_row(ended, _UNREACHED),
        _freshness(ended, standing, now),
        _quality(ended),
        _politeness(ended, standing),
    )


def stale_after(usual_gap: timedelta | None) -> timedelta:
    """How long a portal of this rhythm may bring nothing new before somebody should look."""
    return max(QUIET_AT_LEAST, QUIET_GAPS * usual_gap) if usual_gap else QUIET_AT_LEAST


def _in_a_row(ended: Sequence[PastRun], bad: frozenset[str]) -> Level:
    count = 0
    for run in ended:
        if run.verdict not in bad:
            break
        count += 1
    return "ok" if count == 0 else "pending" if count < IN_A_ROW else "down"


def _freshness(ended: Sequence[PastRun], standing: Standing, now: datetime) -> Level:
    if standing.next_due_at is not None and standing.next_due_at < now - OVERDUE:
        return "degraded"
    bound = stale_after(standing.usual_gap)
    newest = standing.last_new_at
    if newest is None:
        return "degraded" if now - ended[-1].started_at > bound else "unknown"
    age = now - newest
    return "down" if age > 2 * bound else "degraded" if age > bound else "ok"


def _quality(ended: Sequence[PastRun]) -> Level:
    read = [run for run in ended if run.verdict not in _UNREACHED | {"blocked"}]
    if not read:
        return "unknown"
    if read[0].verdict in _EMPTY:
        return _in_a_row(read, _EMPTY)
    return "degraded" if all(run.verdict == "partial" for run in read[:IN_A_ROW]) else "ok"


def _politeness(ended: Sequence[PastRun], standing: Standing) -> Level:
    if ended[0].verdict == "blocked":
        return _in_a_row(ended, frozenset({"blocked"}))
    return "degraded" if standing.held or standing.errors & _IMPOLITE else "ok"
