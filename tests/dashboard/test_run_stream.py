"""A crawl that runs is followed by server-sent events, from where the watcher left off."""

from __future__ import annotations

import json
import threading

import httpx
from lxml import html
from sqlalchemy import Engine

from dashboard.app import create_app
from storage import run_events, runs
from storage.columns import now
from storage.run_events import RunEvent
from tests.dashboard.markup import elements
from tests.dashboard.serving import serving, visit

ENGLISH = {"Accept-Language": "en"}


def said(seq: int, event: str) -> RunEvent:
    """A line as the crawl writes it."""
    return RunEvent(seq, now(), "info", event)


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
    run_events.append(engine, run.id, [said(1, "started"), said(2, "listing")])
    with serving(create_app(engine)) as address, visit(address, headers=ENGLISH) as client:
        assert f'data-events="/runs/{run.id}/events?after=2"' in client.get(f"/runs/{run.id}").text
        with client.stream("GET", f"/runs/{run.id}/events") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            first = read_events(answer, "line")
            assert first[0][:2] == ("line", "1") and first[0][2]["event"] == "started"

        def end() -> None:
            run_events.append(engine, run.id, [said(3, "finished")])
            runs.finish(engine, run.id, verdict="new", counts={"new": 3}, errors={"http_5xx": 2})

        ends = threading.Timer(0.1, end)
        with client.stream("GET", f"/runs/{run.id}/events", headers={"Last-Event-ID": "1"}) as answer:
            ends.start()
            events = read_events(answer, "end")
        assert ("counts", None, {"new": 3}) in events
        lines = [(id, data["event"]) for name, id, data in events if name == "line"]
        assert lines == [("2", "listing"), ("3", "finished")]  # not the first again
        assert events[-1] == ("end", None, {"verdict": "new"})
        after = client.get(f"/runs/{run.id}").text
        assert "data-events" not in after and "finished" in after


def test_a_run_whose_events_are_gone_is_told_from_its_row(engine: Engine) -> None:
    run = runs.begin(engine, "ha_noi/ba_dinh")
    runs.finish(engine, run.id, verdict="partial", counts={"new": 3}, errors={"http_5xx": 2})
    told = {
        "en": ["started by hand, by ?", "problem server error (5xx) × 2", "finished partial"],
        "vi": ["bắt đầu bằng tay, do ?", "trục trặc máy chủ lỗi (5xx) × 2", "kết thúc một phần"],
    }
    with serving(create_app(engine)) as address, visit(address) as client:
        for language, lines in told.items():
            page = client.get(f"/runs/{run.id}", headers={"Accept-Language": language}).text
            log = elements(html.document_fromstring(page), "//ol[@class='log']/li")
            assert [" ".join(line.text_content().split()[1:]) for line in log] == lines


def test_a_long_log_says_how_much_of_it_is_left_out(engine: Engine) -> None:
    run = runs.begin(engine, "ha_noi/ba_dinh")
    run_events.append(engine, run.id, [said(seq, "article") for seq in (1, 2, 40)])
    with serving(create_app(engine)) as address, visit(address) as client:
        page = client.get(f"/runs/{run.id}", headers={"Accept-Language": "en"}).text
    assert page.count("left out") == 1 and "37 lines left out" in page


def test_a_watcher_of_nonsense_is_refused(engine: Engine) -> None:
    run = runs.begin(engine, "ha_noi/ba_dinh")
    with serving(create_app(engine)) as address, visit(address) as client:
        assert client.get(f"/runs/{run.id}/events", headers={"Last-Event-ID": "x"}).status_code == 422
