"""The pages of those who keep it going: schedule, downstream, audit."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from dashboard import charts
from dashboard.forms import OperatorsForm
from dashboard.languages import messages
from dashboard.pages.portal import release
from dashboard.queries import downstream as feeds
from dashboard.queries.fleet import fleet, holds_of
from dashboard.room import back, language_of, page, room_of
from storage import audit, claims, readers, schedules
from storage.columns import now as real_now
from storage.engine import reading
from vietnam.stamps import VIETNAM

router = APIRouter()

SHOWN = 150
"""Portals in the list of the next 24 hours; the picture counts all of them."""


@router.get("/schedule", response_class=HTMLResponse)
def schedule(request: Request) -> HTMLResponse:
    """What is due when in the next 24 hours, and what is held back."""
    engine, now = room_of(request).engine, real_now()
    t = messages(language_of(request))
    until = now + timedelta(hours=24)
    waiting = sorted(
        (
            s
            for s in fleet(engine, now)
            if s.enabled and not s.retired and s.next_due_at and s.next_due_at < until
        ),
        key=lambda s: (not s.claimed, s.next_due_at),
    )
    due = [s.next_due_at for s in waiting if s.next_due_at]
    by_hour: dict[str, int] = {}
    for moment in due:
        hour = f"{max(moment, now).astimezone(VIETNAM):%d/%m %H} h"
        by_hour[hour] = by_hour.get(hour, 0) + 1
    with reading(engine) as connection:
        holds = holds_of(connection, now)
    return page(
        request, "schedule.html", waiting=waiting[:SHOWN], all=len(waiting), holds=holds,
        timeline=charts.timeline(due, now, t("schedule.timeline")), hours=list(by_hour.items()),
        windows=schedules.windows(engine), clocks=claims.present(engine),
    )  # fmt: skip


@router.post("/schedule", response_model=None)
def release_host(
    request: Request, visitor: OperatorsForm, host: Annotated[str, Form(max_length=300)]
) -> RedirectResponse:
    """Take the hold off a host before its time."""
    return back("/schedule", release(room_of(request).engine, host, visitor))


@router.get("/downstream", response_class=HTMLResponse)
def downstream(request: Request) -> HTMLResponse:
    """How the data gets out: the change feed, the exports, the schema."""
    engine, now = room_of(request).engine, real_now()
    t = messages(language_of(request))
    days = feeds.changes_by_day(engine, now)
    has_api = any(getattr(route, "path", "").startswith("/api/v1") for route in request.app.routes)
    return page(
        request, "downstream.html", feed=feeds.feed(engine), readers=readers.read(engine),
        counted=readers.COUNTED, meta=feeds.meta(engine), has_api=has_api,
        schema=feeds.schema(engine), engine=engine.dialect.name,
        chart=charts.bars(
            [(f"{day:%d/%m}", n) for day, n in days], t("downstream.changes"), mark=t("time.today")
        ),
        rows=[(f"{day:%d/%m/%Y}", t.number(n)) for day, n in reversed(days)],
    )  # fmt: skip


@router.get("/audit", response_class=HTMLResponse)
def audit_log(request: Request) -> HTMLResponse:
    """Who did what, the latest first."""
    return page(request, "audit.html", entries=audit.entries(room_of(request).engine, limit=200))
