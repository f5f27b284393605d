"""A crawl that runs is followed by server-sent events, from where the watcher left off."""

from __future__ import annotations

import json
import threading

import httpx
from sqlalchemy import Engine

from dashboard.app import create_app
from storage import runs
from tests.dashboard.serving import serving, visit


def read_events(answer: httpx.Response, wanted: str) -> list[tuple[str, str | None, dict[str, object]]]:
    """Events up to the first one of the name ``wanted``: name, id, data."""
    found: list[tuple[str, str | None, dict[str, object]]] = []
    fields: dict[str, str] = {}
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
            continue
        if "event" in fields:
            found.append((fields["event"], fields.get("id"), json.loads(fields["data"])))
            if fields["event"] == wanted:
                return found
        fields = {}
    return found


def test_counters_and_log_stream_until_the_run_ends(engine: Engine) -> None:
    run = runs.begin(engine, "ha_noi/ba_dinh")
    with serving(create_app(engine)) as address, visit(address) as client:
        assert f'data-events="/runs/{run.id}/events?after=1"' in client.get(f"/runs/{run.id}").text
        with client.stream("GET", f"/runs/{run.id}/events") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            first = read_events(answer, "line")
            assert first[0][:2] == ("line", "1") and first[0][2]["event"] == "started"
        ends = threading.Timer(
            0.1, runs.finish, (engine, run.id),
            {"verdict": "new", "counts": {"new": 3}, "errors": {"http_5xx": 2}},
        )  # fmt: skip
        with client.stream("GET", f"/runs/{run.id}/events", headers={"Last-Event-ID": "1"}) as answer:
            ends.start()
            events = read_events(answer, "end")
        assert ("counts", None, {"new": 3}) in events
        lines = [(id, data["event"]) for name, id, data in events if name == "line"]
        assert lines == [("2", "http_5xx"), ("3", "finished")]  # not the first again
        assert events[-1] == ("end", None, {"verdict": "new"})
        after = client.get(f"/runs/{run.id}").text
        assert "data-events" not in after and "finished" in after


def test_a_watcher_of_nonsense_is_refused(engine: Engine) -> None:
    run = runs.begin(engine, "ha_noi/ba_dinh")
    with serving(create_app(engine)) as address, visit(address) as client:
        assert client.get(f"/runs/{run.id}/events", headers={"Last-Event-ID": "x"}).status_code == 422
