"""The first page: what needs a person, then how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from dashboard import charts
from dashboard.languages import Messages, messages
from dashboard.queries import news
from dashboard.queries.fleet import PortalState, fleet
from dashboard.room import language_of, page, room_of
from storage import claims, portal_names
from storage.columns import is_unheard
from storage.columns import now as real_now

router = APIRouter()

SHOWN = 12
"""Portals that need somebody on the first page: what one screen holds."""

_AGES = (("2h", timedelta(hours=2)), ("6h", timedelta(hours=6)), ("24h", timedelta(hours=24)))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many portals stand how; ``all`` without those that are paused or have retired."""

    all: int
    ok: int
    degraded: int
    down: int
    running: int


@router.get("/", response_class=HTMLResponse)
def overview(request: Request) -> HTMLResponse:
    """What needs a person first, new articles over 14 days, freshness, the next runs."""
    engine = room_of(request).engine
    t, now = messages(language_of(request)), real_now()
    portals = [state for state in fleet(engine, now) if state.lights.worst != "paused"]
    counts = counts_of(portals)
    needing = sorted(
        (s for s in portals if s.needs_person), key=lambda s: max(a.since for a in s.calling), reverse=True
    )
    days, latest = news.new_by_day(engine, now), news.latest(engine)
    clocks = [d for d in claims.present(engine) if d.kind == "clock"]
    waiting = sorted((s for s in portals if s.next_due_at), key=lambda s: (not s.claimed, s.next_due_at))
    return page(
        request,
        "overview.html",
        counts=counts,
        today=days[-1][1],
        needs=needing[:SHOWN],
        needs_all=len(needing),
        next=waiting[:8],
        clock_silent=bool(portals) and all(is_unheard(clock.beat_at, now) for clock in clocks),
        trend=charts.bars(
            [(f"{day:%d/%m}", count) for day, count in days], t("overview.trend"), mark=t("time.today")
        ),
        trend_rows=[(f"{day:%d/%m/%Y}", t.number(count)) for day, count in reversed(days)],
        freshness=freshness(portals, t, now),
        latest=latest,
        names=portal_names.names(engine, {article.portal for article in latest}),
    )


def counts_of(portals: Sequence[PortalState]) -> Counts:
    """Count portals by their worst light."""
    worst = [state.lights.worst for state in portals]
    return Counts(
        len(portals), worst.count("ok"), worst.count("degraded"), worst.count("down"),
        sum(state.claimed or bool(state.runs and state.runs[0].verdict == "running") for state in portals),
    )  # fmt: skip


def freshness(portals: Sequence[PortalState], t: Messages, now: datetime) -> list[tuple[str, int, int]]:
    """How many portals were looked at, with success, within some hours: name, count, share in percent."""
    seen = [
        next((run.started_at for run in state.runs if run.verdict in ("new", "nothing_new", "partial")), None)
        for state in portals
    ]
    rows = []
    for name, age in _AGES:
        count = sum(moment is not None and now - moment <= age for moment in seen)
        rows.append((t(f"overview.within_{name}"), count, round(100 * count / len(seen)) if seen else 0))
    never = sum(moment is None for moment in seen)
    return [*rows, (t("overview.not_looked"), never, round(100 * never / len(seen)) if seen else 0)]
