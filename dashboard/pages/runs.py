"""Runs: the latest, and one with its counters and its log, which stream while it runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated, Literal

from anyio import to_thread
from fastapi import APIRouter, Form, Header, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from sqlalchemy import Engine

from dashboard.expectations import unmet_of
from dashboard.forms import OperatorsForm
from dashboard.languages import Messages, messages
from dashboard.queries import run_log
from dashboard.room import Times, back, language_of, missing, page, room_of
from storage import audit, frontier, portal_names, runs, schedules
from storage.columns import now as real_now

router = APIRouter()

LOOK_EVERY = 1.0
"""Seconds between two looks at a running crawl; its host beats every few seconds."""

LONGEST_STREAM = 900
"""Looks after which a stream ends and the browser begins another, from the line it has."""

Action = Literal["cancel", "retry"]

STREAMS = 40
"""Open at once: each takes a look a second."""

COUNTS = (
    "pages", "listed", "fetched", "not_modified", "new", "changed", "unchanged", "copies", "stories",
    "off_topic", "failed",
)  # fmt: skip


@router.get("/runs", response_class=HTMLResponse)
def latest(request: Request, portal: str = "", failed: bool = False) -> HTMLResponse:
    """The latest runs, of one portal or of all."""
    engine = room_of(request).engine
    rows = runs.list_runs(engine, portal=portal or None, failed=failed, limit=100)
    return page(
        request, "runs.html", rows=rows, portal=portal, failed=failed,
        names=portal_names.names(engine, {row.portal for row in rows}),
    )  # fmt: skip


@router.get("/runs/{number}", response_class=HTMLResponse)
def one(request: Request, number: int) -> HTMLResponse:
    """One run: what it counted, its sections, its errors, its log."""
    engine = room_of(request).engine
    run = runs.run_of(engine, number)
    if run is None:
        raise missing("run")
    lines = run_log.lines(engine, run)
    t = messages(language_of(request))
    return page(
        request, "run.html", run=run, lines=lines, last=lines[-1].seq if lines else 0, counted=COUNTS,
        name=portal_names.names(engine, {run.portal}).get(run.portal, run.portal),
        failures=frontier.failures(engine, run.portal)[:20],
        unmet=unmet_of(run.unmet, t, Times(t, real_now())),
    )  # fmt: skip


@router.post("/runs/{number}", response_model=None)
def act(
    request: Request, number: int, visitor: OperatorsForm, action: Annotated[Action, Form()]
) -> RedirectResponse:
    """End a run that is under way, or crawl its portal again with all attempts given back."""
    engine = room_of(request).engine
    run = runs.run_of(engine, number)
    if run is None:
        raise missing("run")
    done: str = action
    if action == "cancel":
        if not runs.cancel(engine, number, visitor.who):
            done = "ended_already"
    else:
        frontier.retry(engine, run.portal)
        if not schedules.ask_for(engine, run.portal, real_now(), visitor.who):
            done = "paused_not_run"
    audit.record(
        engine, who=visitor.who, place="dashboard", action=action, target=run.portal, detail={"run": number},
        outcome="done" if done == action else done,
    )  # fmt: skip
    return back(f"/runs/{number}", done)


@router.get("/runs/{number}/events", response_model=None)
async def events(
    request: Request,
    number: int,
    after: int = 0,
    last_event_id: Annotated[str | None, Header(pattern=r"^\d{1,12}$")] = None,
) -> Response:
    """The counters and the log as server-sent events; whoever was cut off goes on after their last line."""
    room, state = room_of(request), request.app.state
    if await to_thread.run_sync(runs.run_of, room.engine, number) is None:
        raise missing("run")
    if state.streams >= STREAMS:
        return Response("too many streams\n", 503, {"Retry-After": "60"}, "text/plain")
    t = messages(language_of(request))
    when = Times(t, real_now())

    async def stream() -> AsyncIterator[str]:
        state.streams += 1
        try:
            begin = int(last_event_id or after)
            async for piece in follow(room.engine, number, begin, t, when, lambda: state.closing):
                yield piece
        finally:
            state.streams -= 1

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def follow(
    engine: Engine, number: int, after: int, t: Messages, when: Times, closing: Callable[[], bool]
) -> AsyncIterator[str]:
    """The events of a run until it ends, or the server does."""
    yield "retry: 2000\n\n"
    counts: Mapping[str, int] = {}
    for _ in range(LONGEST_STREAM):
        run = await to_thread.run_sync(runs.run_of, engine, number)
        if run is None or closing():
            return
        for line in await to_thread.run_sync(run_log.lines, engine, run, after):
            after = line.seq
            said = {
                "at": when.clock(line.at), "level": line.level, "event": t.name("event_name", line.event),
                "message": t.said(line.said, line.message).text, "url": line.url,
            }  # fmt: skip
            yield event("line", said, id=line.seq)
        if run.counts != counts:
            counts = run.counts
            yield event("counts", counts)
        if run.status != "running":
            yield event("end", {"verdict": run.verdict})
            return
        yield ": still running\n\n"
        await asyncio.sleep(LOOK_EVERY)


def event(name: str, data: Mapping[str, object], id: int | None = None) -> str:
    """One server-sent event (HTML standard, 9.2)."""
    numbered = f"id: {id}\n" if id is not None else ""
    return f"{numbered}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
