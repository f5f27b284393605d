"""What an operator does to a portal is done, once, and written down."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import Engine

from dashboard.app import create_app
from storage import audit
from storage.columns import now
from storage.portal_table import sync
from storage.portals import Portal
from storage.schedules import ensure, read
from storage.timetable import Schedule
from tests.dashboard.serving import csrf_of, serving, visit

PORTAL = "ha_noi/ba_dinh"


@pytest.fixture
def client(engine: Engine) -> Iterator[httpx.Client]:
    sync(engine, [Portal(PORTAL, "Ba Đình", "https://badinh.example.gov.vn/", "front")])
    ensure(engine, {PORTAL: "203.0.113.1"}, now())
    with serving(create_app(engine)) as address, visit(address) as client:
        yield client


def act(client: httpx.Client, action: str, **fields: str) -> httpx.Response:
    token = csrf_of(client.get(f"/portals/{PORTAL}"))
    return client.post(f"/portals/{PORTAL}", data={"action": action, "csrf": token, **fields})


def schedule(engine: Engine) -> Schedule:
    return read(engine, [PORTAL])[0]


def test_run_now_makes_the_portal_due(client: httpx.Client, engine: Engine) -> None:
    before = schedule(engine).next_due_at
    answer = act(client, "run_now")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/portals/{PORTAL}?done=run_now")
    assert 'role="status"' in client.get(answer.headers["location"]).text
    assert schedule(engine).next_due_at <= now() < before
    assert schedule(engine).due_reason == "asked for by local"


def test_a_paused_portal_says_why_it_does_not_run(client: httpx.Client, engine: Engine) -> None:
    act(client, "pause")
    act(client, "pause")  # asked twice, done once: the form asks nothing
    assert not schedule(engine).enabled
    answer = act(client, "run_now")
    assert answer.headers["location"].endswith("?done=paused_not_run")
    act(client, "resume")
    assert schedule(engine).enabled
    outcomes = [(entry.action, entry.outcome) for entry in audit.entries(engine, target=PORTAL)]
    assert outcomes == [
        ("resume", "done"),
        ("run_now", "paused_not_run"),
        ("pause", "done"),
        ("pause", "done"),
    ]


def test_a_schedule_is_edited_and_the_audit_has_what_was_asked(client: httpx.Client, engine: Engine) -> None:
    act(client, "schedule", kind="cron", cron="30  6 * * 1-5", quiet_hours="22:00-5:00".replace("-5", "-05"))
    changed = schedule(engine)
    assert (changed.kind, changed.cron, changed.quiet_hours) == ("cron", "30 6 * * 1-5", "22:00-05:00")
    act(client, "schedule", kind="interval", every="90min")
    assert (schedule(engine).kind, schedule(engine).interval_seconds, schedule(engine).quiet_hours) == (
        "interval",
        5400,
        None,
    )
    latest = audit.entries(engine, target=PORTAL)[0]
    assert latest.detail == {"kind": "interval", "interval_seconds": 5400, "quiet_hours": None}
    assert "interval_seconds=5400" in client.get("/audit").text


@pytest.mark.parametrize(
    "fields",
    [{"kind": "cron", "cron": "61 * * * *"}, {"kind": "interval", "every": "1s"}, {"kind": "weekly"},
     {"kind": "adaptive", "quiet_hours": "nachts"}],
)  # fmt: skip
def test_a_schedule_that_makes_no_sense_is_explained_and_nothing_changes(
    client: httpx.Client, engine: Engine, fields: dict[str, str]
) -> None:
    before = schedule(engine)
    answer = act(client, "schedule", **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert schedule(engine) == before
    assert audit.entries(engine, target=PORTAL) == []


def test_an_unknown_action_or_portal_is_refused(client: httpx.Client) -> None:
    assert act(client, "explode").status_code == 422
    token = csrf_of(client.get(f"/portals/{PORTAL}"))
    assert client.post("/portals/no/such", data={"action": "pause", "csrf": token}).status_code == 404
