"""What monitors ask: ``/metrics`` for Prometheus, ``/livez`` and ``/readyz`` for a supervisor.

All numbers are read from the database when they are asked for, so that one web process tells of every
clock and worker, and a restart resets nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.core import CollectorRegistry, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from storage import health
from storage.engine import DatabaseProblem
from storage.migrate import other_release

NOT_READY = 503


def router(engine: Engine) -> APIRouter:
    """The three addresses, over one database. The gate asks for a token before ``/metrics`` alone: it has the
    names of portals, the other two only whether we work."""
    routes = APIRouter(include_in_schema=False)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_FromDatabase(engine))

    @routes.get("/livez")
    def livez() -> Response:
        """The process answers."""
        return PlainTextResponse("ok\n")

    @routes.get("/readyz")
    def readyz() -> Response:
        """200 where the database answers, its migrations are those of this program, and a clock beats."""
        checks = readiness(engine, datetime.now(UTC))
        ready = all(said == "ok" for said in checks.values())
        return JSONResponse({"ready": ready, "checks": checks}, 200 if ready else NOT_READY)

    @routes.get("/metrics")
    def metrics() -> Response:
        """Every number in Prometheus' text format; 503 where the database does not answer."""
        try:
            return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
        except DatabaseProblem as problem:
            return PlainTextResponse(f"{problem}\n", NOT_READY)

    return routes


def readiness(engine: Engine, now: datetime) -> dict[str, str]:
    """What readiness depends on, and ``ok`` or what is wrong with each; no addresses, as anybody may ask."""
    try:
        if (other := other_release(engine)) is not None:
            return {"database": "ok", "migrations": other}
        age = health.clock_age(engine, now)
    except DatabaseProblem:
        return {"database": "cannot be used; frontnews doctor says why"}
    clock = "ok"
    if age is None:
        clock = "no clock runs; start one: frontnews schedule run"
    elif age > health.CLOCK_SILENT.total_seconds():
        clock = f"the last beat of a clock was {age:.0f} s ago"
    return {"database": "ok", "migrations": "ok", "clock": clock}


class _FromDatabase(Collector):
    """Asks the database at every scrape."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        """Yield every family of numbers."""
        numbers = health.numbers(self._engine, datetime.now(UTC))
        yield _gauge("articles", "Articles in the database.", numbers.articles)
        yield _gauge("change_seq", "The last change that readers can apply.", numbers.change_seq)
        yield _labelled("alarms", "Alarms of portals by name and state.", ("alarm", "state"), numbers.alarms)
        yield _labelled("alarm_up", "1 for each alarm that is down.", ("portal", "alarm"), numbers.down)
        yield _labelled(
            "portals", "Portals by the verdict of portal_freshness.", ("verdict",), numbers.portals
        )
        yield _labelled("runs_day", "Runs begun in the last 24 hours by verdict.", ("verdict",), numbers.runs)
        yield _labelled(
            "run_counts_day", "What the runs of the last 24 hours counted.", ("count",), numbers.counts
        )
        yield _labelled("run_errors_day", "Errors of the last 24 hours by class.", ("error",), numbers.errors)
        yield _gauge("runs_running", "Runs under way.", numbers.running)
        yield _gauge("portals_due", "Portals that are due and not begun.", numbers.due)
        yield _gauge(
            "oldest_due_seconds", "For how long the portal that waits longest is due.", numbers.oldest_due
        )
        yield _gauge(
            "queue_addresses", "Addresses in the frontier that wait to be fetched.", numbers.frontier
        )
        yield _gauge("outbox_waiting", "Messages to people that were not sent yet.", numbers.outbox)
        yield _gauge(
            "certificates_ending", "Certificates of servers that end or ended within 14 days.",
            numbers.certificates,
        )  # fmt: skip
        yield _labelled(
            "reader_behind", "Changes that a reader has not applied yet.", ("reader",), numbers.readers
        )
        yield _gauge(
            "clock_age_seconds", "Since the last beat of a clock; -1 if there is none.",
            -1 if numbers.clock_age is None else numbers.clock_age,
        )  # fmt: skip
        if numbers.last_run_at is not None:
            yield _gauge(
                "last_run_timestamp_seconds", "When the last run began.", numbers.last_run_at.timestamp()
            )


def _gauge(name: str, meaning: str, value: float) -> Metric:
    family = GaugeMetricFamily(f"frontnews_{name}", meaning)
    family.add_metric([], value)
    return family


def _labelled(
    name: str, meaning: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]
) -> Metric:
    family = GaugeMetricFamily(f"frontnews_{name}", meaning, labels=labels)
    for those, value in values:
        family.add_metric(list(those), value)
    return family
