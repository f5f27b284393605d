"""The alarms of all portals, and what a person does about one: look after it, mute it, accept it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Engine

from crawler.running.drift import ALARMS
from dashboard.access import Visitor
from dashboard.forms import OperatorsForm
from dashboard.queries.fleet import fleet
from dashboard.room import back, missing, page, room_of
from storage import alarms, audit
from storage.alarms import Alarm
from storage.columns import now as real_now

router = APIRouter()

Action = Literal["acknowledge", "mute", "unmute", "accept"]

MUTED_DAYS = (1, 7, 30, 90)
"""What the form offers; at the shell any time can be named."""

WELL_AGAIN = timedelta(days=7)
"""How long an alarm that is well again is still shown."""


@router.get("/alerts", response_class=HTMLResponse)
def alerts(request: Request) -> HTMLResponse:
    """Every alarm: those that call for somebody first, then those that somebody has in hand."""
    engine, now = room_of(request).engine, real_now()
    found = alarms.read(engine, states=("down", "pending", "ok"))
    states = {state.id: state for state in fleet(engine, now, only={alarm.portal for alarm in found})}
    calling = [alarm for state in states.values() for alarm in state.calling]
    calling.sort(key=lambda alarm: alarm.since, reverse=True)
    up = [alarm for alarm in found if alarm.state != "ok"]
    return page(
        request, "alerts.html", groups={
            "calling": calling,
            "pending": [alarm for alarm in up if alarm.state == "pending"],
            "in_hand": [alarm for alarm in up if alarm.state == "down" and alarm not in calling],
            "well": [alarm for alarm in found if alarm.state == "ok" and is_still_told(alarm, now)],
        }, states=states, muted_days=MUTED_DAYS,
    )  # fmt: skip


def is_still_told(alarm: Alarm, now: datetime) -> bool:
    """Whether an alarm that is well is shown: it was up of late, or it is muted."""
    return alarm.is_muted(now) or (bool(alarm.message) and now - alarm.since <= WELL_AGAIN)


@router.post("/alerts", response_model=None)
def act(
    request: Request,
    visitor: OperatorsForm,
    portal: Annotated[str, Form(max_length=200)],
    alarm: Annotated[str, Form(max_length=40)],
    action: Annotated[Action, Form()],
    days: Annotated[int, Form(ge=1, le=365)] = 7,
    origin: Annotated[Literal["alerts", "portal"], Form()] = "alerts",
) -> RedirectResponse:
    """Do one thing about one alarm, write down who did it, and show the page that it was done on."""
    engine = room_of(request).engine
    if alarm not in ALARMS or not fleet(engine, only=[portal]):
        raise missing("portal")
    done = _do(engine, visitor, portal, alarm, action, days)
    return back(f"/portals/{portal}" if origin == "portal" else "/alerts", done)


def _do(engine: Engine, visitor: Visitor, portal: str, alarm: str, action: Action, days: int) -> str:
    """Do it and write it down; what was done, as a key of the messages."""
    now, who, done = real_now(), visitor.who, True
    detail: dict[str, object] = {"alarm": alarm}
    if action == "mute":
        until = now + timedelta(days=days)
        alarms.mute(engine, portal, alarm, until, who, now)
        detail["until"] = until.isoformat(timespec="minutes")
    elif action == "unmute":
        done = alarms.unmute(engine, portal, alarm) > 0
    elif action == "acknowledge":
        done = alarms.acknowledge(engine, portal, alarm, who, now) > 0
    else:
        done = alarms.accept(engine, portal, alarm, who, now) > 0
    outcome = "done" if done else "no_alarm"
    audit.record(
        engine, who=who, place="dashboard", action=action, target=portal, detail=detail, outcome=outcome
    )
    return action if done else "no_alarm"
