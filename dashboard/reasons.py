"""Why a portal needs somebody: its worst light in one line of the visitor's language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from dashboard.languages import Messages
from dashboard.lights import LEVELS, LIGHTS, Level, Light, stale_after
from dashboard.queries.fleet import PortalState
from dashboard.room import Times
from storage.said import Said, all_of


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong, in words, and since when it is so (None: not known)."""

    light: Light
    text: str
    since: datetime | None


def level_of(state: PortalState, light: Light) -> Level:
    """One of a portal's four lights."""
    level: Level = getattr(state.lights, light)
    return level


def reason(state: PortalState, t: Messages, when: Times) -> Reason:
    """The reason for a portal's worst light; an empty text where nothing is wrong."""
    light = min(LIGHTS, key=lambda name: LEVELS.index(level_of(state, name)))
    level = level_of(state, light)
    if level == "paused":
        return Reason(light, t("reason.retired" if state.retired else "reason.paused"), None)
    if level == "unknown" and not state.runs:
        return Reason(light, t("reason.never_run"), None)
    if level in ("ok", "unknown"):
        return Reason(light, "", None)
    if light == "freshness":
        return _of_freshness(state, t, when)
    verdict = state.last.verdict if state.last else ""
    since = _since(state, verdict)
    if light == "politeness" and verdict != "blocked":
        if state.hold:
            why = t.all_said(state.hold.told(), state.hold.reason).text
            return Reason(light, t("reason.held", until=when.at(state.hold.until), why=why), None)
        errors = ", ".join(t.name("error", each) for each in sorted(state.last.errors)) if state.last else ""
        return Reason(light, t("reason.asked_to_slow", errors=errors), since)
    message = without_address((state.last.message if state.last else None) or "")
    codes = [
        Said("event.problem", said.values)
        if said.code == "run.problem"
        else said  # its portal is named beside it
        for said in all_of(state.last.said if state.last else None)
    ]
    said = t.all_said(codes, message).text
    name = t.name("verdict", verdict)
    return Reason(light, f"{name}: {said}" if said else name, since)


def without_address(message: str) -> str:
    """A run's message without the address at its front: the portal is named beside it."""
    return re.sub(r"^https?://\S+: ", "", message)


def _of_freshness(state: PortalState, t: Messages, when: Times) -> Reason:
    newest = state.last_new_at
    late = state.next_due_at is not None and state.next_due_at < when.now
    if late and (newest is None or when.now - newest <= stale_after(state.usual_gap)):
        return Reason("freshness", t("reason.overdue", time=when.ago(state.next_due_at)), state.next_due_at)
    if newest is None:
        return Reason("freshness", t("reason.nothing_ever"), None)
    usual = when.length(stale_after(state.usual_gap))
    return Reason(
        "freshness", t("reason.nothing_new", time=when.length(when.now - newest), usual=usual), newest
    )


def _since(state: PortalState, verdict: str) -> datetime | None:
    since = None
    for run in state.runs:
        if run.verdict != verdict:
            break
        since = run.started_at
    return since
