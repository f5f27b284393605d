"""One portal: how it stands, its rhythm, its last runs and listing, and what an operator can do to it."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Engine

from dashboard import charts
from dashboard.access import Visitor
from dashboard.expectations import expectations
from dashboard.forms import OperatorsForm
from dashboard.languages import Messages, messages
from dashboard.lights import LIGHTS
from dashboard.pages.alerts import MUTED_DAYS
from dashboard.pages.portals import pictures
from dashboard.queries.fleet import STRIP, fleet
from dashboard.queries.portal import PortalDetail, detail
from dashboard.reasons import level_of, reason
from dashboard.room import Times, back, language_of, missing, page, room_of
from storage import alarms, audit, certificates, holds, schedules
from storage.columns import now as real_now
from storage.timetable import check_cron, check_quiet_hours, duration, parse_duration

router = APIRouter()

Action = Literal["run_now", "pause", "resume", "schedule", "reprocess", "release"]


@router.get("/portals/{portal:path}", response_class=HTMLResponse)
def portal_page(request: Request, portal: str) -> HTMLResponse:
    """Everything that is known of one portal."""
    return _show(request, portal)


@router.post("/portals/{portal:path}", response_class=HTMLResponse, response_model=None)
def act(
    request: Request,
    portal: str,
    visitor: OperatorsForm,
    action: Annotated[Action, Form()],
    kind: Annotated[str, Form(max_length=20)] = "",
    every: Annotated[str, Form(max_length=40)] = "",
    cron: Annotated[str, Form(max_length=100)] = "",
    quiet_hours: Annotated[str, Form(max_length=100)] = "",
) -> HTMLResponse | RedirectResponse:
    """Do one thing to a portal, write down who did it, and show the portal again."""
    room, now = room_of(request), real_now()
    engine = room.engine
    change: schedules.Change = {}
    done: str = action
    if action == "schedule":
        try:
            change = wanted_schedule(kind, every, cron, quiet_hours)
        except ValueError as problem:
            return _show(request, portal, str(problem), status=422)
    elif action in ("pause", "resume"):
        change = {"enabled": action == "resume"}
    try:
        if action == "run_now":
            if not schedules.ask_for(engine, portal, now, visitor.who):
                done = "paused_not_run"
        elif action == "reprocess":
            if room.read_again is None or not fleet(engine, only=[portal]):
                raise missing("portal" if room.read_again else "raw")
            if not room.read_again(portal, visitor.who):
                done = "reading_already"
        elif action == "release":
            for state in fleet(engine, only=[portal]):
                done = release(engine, state.hold.host, visitor) if state.hold else "no_hold"
            return back(f"/portals/{portal}", done)
        else:
            schedules.change(engine, portal, now, **change)
    except schedules.NoSchedule:
        raise missing("portal") from None
    outcome = done if done != action else "begun" if action == "reprocess" else "done"
    audit.record(
        engine, who=visitor.who, place="dashboard", action=action, target=portal, detail=dict(change),
        outcome=outcome,
    )  # fmt: skip
    return back(f"/portals/{portal}", done)


def release(engine: Engine, host: str, visitor: Visitor) -> str:
    """Take the hold off a host, and write it down; what was done, as a key of the messages."""
    if holds.held_until(engine, host) is None:
        return "no_hold"
    holds.release(engine, host)
    audit.record(engine, who=visitor.who, place="dashboard", action="release", target=host)
    return "release"


def wanted_schedule(kind: str, every: str, cron: str, quiet_hours: str) -> schedules.Change:
    """The change that the form of a schedule asks for. Raises ValueError in one line."""
    change: schedules.Change = {"quiet_hours": check_quiet_hours(quiet_hours) or None}
    if kind == "interval":
        change |= {"kind": "interval", "interval_seconds": parse_duration(every)}
    elif kind == "cron":
        change |= {"kind": "cron", "cron": check_cron(cron)}
    elif kind == "adaptive":
        change["kind"] = "adaptive"
    else:
        raise ValueError(f"{kind!r} is neither interval, cron nor adaptive")
    return change


def _show(request: Request, portal: str, problem: str | None = None, status: int = 200) -> HTMLResponse:
    engine = room_of(request).engine
    found, states = detail(engine, portal), fleet(engine, only=[portal])
    if found is None or not states:
        raise missing("portal")
    t = messages(language_of(request))
    when = Times(t, real_now())
    state = states[0]
    runs, _ = pictures(state, t)
    return page(
        request, "portal.html", status=status, problem=problem, state=state, detail=found, strip=runs,
        strip_length=min(STRIP, len(state.runs)), reason=reason(state, t, when),
        lights=[(name, level_of(state, name)) for name in LIGHTS],
        rhythm=rhythm(found, t), every=duration(found.interval_seconds).replace(" ", "")
        if found.interval_seconds else "", expectations=expectations(state, found, t, when),
        alarms=alarms.read(engine, portal=portal), muted_days=MUTED_DAYS,
        certificate=certificates.read(engine, urlsplit(state.url).netloc),
        history=audit.entries(engine, target=portal, limit=10),
        can_reprocess=room_of(request).read_again is not None,
        robots=found.robots.body.decode("utf-8", "replace")[:4000] if found.robots else None,
    )  # fmt: skip


def rhythm(found: PortalDetail, t: Messages) -> tuple[str, list[tuple[str, ...]]] | None:
    """The heat map of what was published by hour of the week, and its table; None before it is known."""
    if found.rhythm is None or sum(found.rhythm.counts) < 1:
        return None
    days = t("time.weekdays").split()
    counts = found.rhythm.counts
    if max(counts) == min(counts):  # only the total of a first crawl is known yet: not a picture of a week
        return None
    drawn = charts.week(counts, days, t("portal.rhythm"), t("portal.rhythm_unit"))
    rows = [
        (day, *(f"{sum(counts[n * 24 + hour : n * 24 + hour + 3]):.1f}" for hour in range(0, 24, 3)))
        for n, day in enumerate(days)
    ]
    return drawn, rows
