"""What an operator does to a portal is done, once, and written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine, update

from dashboard.app import create_app
from storage import audit, frontier, holds, runs, tables
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


def press(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Send the form of a page."""
    return client.post(path, data={"csrf": csrf_of(client.get(path)), **fields})


def test_a_run_is_asked_to_end_once_and_its_worker_hears_of_it(client: httpx.Client, engine: Engine) -> None:
    run = runs.begin(engine, PORTAL)
    answer = press(client, f"/runs/{run.id}", action="cancel")
    assert answer.headers["location"] == f"/runs/{run.id}?done=cancel"
    with pytest.raises(runs.CancelAsked, match="cancelled by local"):
        runs.beat(engine, run.id)
    page = client.get(f"/runs/{run.id}").text
    assert 'value="cancel"' not in page and "local" in page  # not offered a second time
    runs.finish(engine, run.id, verdict="cancelled", counts={}, errors={})
    assert press(client, f"/runs/{run.id}", action="cancel").headers["location"].endswith("ended_already")
    outcomes = [(e.action, e.outcome, e.detail) for e in audit.entries(engine, target=PORTAL)]
    assert outcomes == [("cancel", "ended_already", {"run": run.id}), ("cancel", "done", {"run": run.id})]


def test_a_run_whose_worker_is_silent_is_ended_at_once(engine: Engine) -> None:
    run = runs.begin(engine, PORTAL)
    with engine.begin() as connection:
        silent = {"heartbeat_at": now() - timedelta(minutes=5)}
        connection.execute(update(tables.crawl_runs).values(silent))
    assert runs.cancel(engine, run.id, "lan")
    ended = runs.run_of(engine, run.id)
    assert ended is not None and (ended.status, ended.verdict) == ("finished", "cancelled")
    with pytest.raises(runs.LeaseLost):
        runs.beat(engine, run.id)


def test_a_retry_gives_the_attempts_back_and_makes_the_portal_due(
    client: httpx.Client, engine: Engine
) -> None:
    run = runs.begin(engine, PORTAL)
    frontier.add(engine, run.id, PORTAL, [frontier.Queued("1", "https://badinh.example.gov.vn/1")])
    for _ in range(10):
        frontier.failed(engine, run.id, PORTAL, "1", "http_5xx", "502")
    runs.finish(engine, run.id, verdict="partial", counts={}, errors={"http_5xx": 1})
    assert [failure.state for failure in frontier.failures(engine, PORTAL)] == ["given_up"]
    assert press(client, f"/runs/{run.id}", action="retry").headers["location"].endswith("?done=retry")
    assert [queued.key for queued in frontier.pending(engine, PORTAL)] == ["1"]
    assert schedule(engine).next_due_at <= now()
    assert audit.entries(engine, target=PORTAL)[0].action == "retry"


def test_a_hold_is_released_and_only_while_there_is_one(client: httpx.Client, engine: Engine) -> None:
    holds.hold(engine, "badinh.example.gov.vn", now() + timedelta(hours=2), "Retry-After of 429")
    answer = press(client, "/schedule", host="badinh.example.gov.vn")
    assert answer.headers["location"] == "/schedule?done=release"
    assert holds.held_until(engine, "badinh.example.gov.vn") is None
    assert act(client, "release").headers["location"].endswith("?done=no_hold")
    assert [entry.target for entry in audit.entries(engine)] == ["badinh.example.gov.vn"]


def test_an_archive_is_read_again_by_one_at_a_time(engine: Engine) -> None:
    sync(engine, [Portal(PORTAL, "Ba Đình", "https://badinh.example.gov.vn/", "front")])
    begun: list[tuple[str, str]] = []

    def read_again(portal: str, who: str) -> bool:
        begun.append((portal, who))
        return len(begun) == 1

    with serving(create_app(engine, read_again=read_again)) as address, visit(address) as client:
        assert act(client, "reprocess").headers["location"].endswith("?done=reprocess")
        assert act(client, "reprocess").headers["location"].endswith("?done=reading_already")
    assert begun == [(PORTAL, "local")] * 2
    assert [entry.outcome for entry in audit.entries(engine)] == ["reading_already", "begun"]


def test_without_an_archive_nothing_is_read_again(client: httpx.Client) -> None:
    assert 'value="reprocess"' not in client.get(f"/portals/{PORTAL}").text
    assert act(client, "reprocess").status_code == 404


def test_a_form_with_a_nul_byte_changes_nothing(client: httpx.Client, engine: Engine) -> None:
    before = schedule(engine)
    assert act(client, "set", schedule="interval", every="4h\0").status_code == 400
    assert schedule(engine) == before
