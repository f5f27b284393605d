"""What monitors are told, by a real application over a real database."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, delete, insert, text

from dashboard.metrics import router
from storage import alarms, certificates, migrate, readers, runs
from storage.alarms import Judgement, Raised
from storage.engine import open_database, writing
from storage.tables import dispatchers
from tests.conftest import ROOT


@dataclass(frozen=True)
class Web:
    """Asks an application that has the router."""

    app: FastAPI

    def get(self, path: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                return await client.get(path)

        return asyncio.run(ask())


def client(engine: Engine) -> Web:
    app = FastAPI()
    app.include_router(router(engine))
    return Web(app)


def clock_beat(engine: Engine, at: datetime) -> None:
    """Have the one clock of the database beaten for the last time then."""
    with engine.begin() as connection:
        connection.execute(delete(dispatchers))
        row = {"owner": "here:1", "kind": "clock", "started_at": at, "beat_at": at}
        connection.execute(insert(dispatchers).values(row))


def test_metrics_tell_of_alarms_runs_and_the_clock(engine: Engine) -> None:
    now = datetime.now(UTC)
    clock_beat(engine, now - timedelta(seconds=5))
    run = runs.begin(engine, 'x/odd"name')
    runs.finish(engine, run.id, verdict="failed", counts={"listed": 7}, errors={"timeout": 2})
    for number in (1, 2):
        alarms.judge(engine, 'x/odd"name', number, Judgement((Raised("unreachable", "no answer"),)), now)
    certificates.keep(engine, "a.vn", now + timedelta(days=5))
    certificates.keep(engine, "b.vn", now + timedelta(days=50))
    readers.note(engine, "kho-tinh", 0)
    answer = client(engine).get("/metrics")
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert samples[("frontnews_alarm_up", "unreachable", 'x/odd"name')] == 1
    assert samples[("frontnews_runs_day", "failed")] == 1
    assert samples[("frontnews_run_errors_day", "timeout")] == 2
    assert samples[("frontnews_run_counts_day", "listed")] == 7
    assert 4 <= samples[("frontnews_clock_age_seconds",)] <= 60
    assert samples[("frontnews_outbox_waiting",)] == 1
    assert samples[("frontnews_certificates_ending",)] == 1
    assert samples[("frontnews_reader_behind", "kho-tinh")] == 0


def test_the_panels_of_grafana_ask_for_every_number_that_there_is_and_no_other(engine: Engine) -> None:
    run = runs.begin(engine, "ha_noi/ba_dinh")
    runs.finish(engine, run.id, verdict="new", counts={}, errors={})
    told = {family.name for family in text_string_to_metric_families(client(engine).get("/metrics").text)}
    panels = json.loads((ROOT / "deploy" / "grafana.json").read_text("utf-8"))["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    assert {name for expression in asked for name in re.findall(r"\bfrontnews_\w+", expression)} == told
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len({panel["id"] for panel in panels}) == len(set(places)) == len(panels)


def test_ready_needs_a_clock_that_beats(engine: Engine) -> None:
    web = client(engine)
    assert web.get("/livez").status_code == 200
    assert web.get("/readyz").status_code == 503
    clock_beat(engine, datetime.now(UTC))
    assert web.get("/readyz").json() == {
        "ready": True, "checks": {"database": "ok", "migrations": "ok", "clock": "ok"},
    }  # fmt: skip
    clock_beat(engine, datetime.now(UTC) - timedelta(minutes=5))
    answer = web.get("/readyz")
    assert answer.status_code == 503 and "ago" in answer.json()["checks"]["clock"]


def test_not_ready_while_migrations_are_behind_or_the_database_is_gone(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/f.db")
    migrate.upgrade(engine)
    migrate.downgrade(engine, "0020")
    web = client(engine)
    answer = web.get("/readyz")
    assert answer.status_code == 503 and "db upgrade" in answer.json()["checks"]["migrations"]
    engine.dispose()
    gone = client(open_database_nowhere(f"{tmp_path}/f.db"))
    assert str(tmp_path) not in gone.get("/readyz").text, "anybody may ask this"
    assert (gone.get("/readyz").status_code, gone.get("/metrics").status_code) == (503, 503)
    assert gone.get("/livez").status_code == 200


def test_a_database_of_a_newer_release_is_not_to_be_upgraded(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/f.db")
    migrate.upgrade(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    answer = client(engine).get("/readyz")
    said = answer.json()["checks"]["migrations"]
    assert answer.status_code == 503 and "newer Frontnews" in said and "db upgrade" not in said
    engine.dispose()


def open_database_nowhere(path: str) -> Engine:
    """A database whose file has gone bad under a running process."""
    engine = open_database(f"sqlite:///{path}")
    engine.dispose()
    for each in Path(path).parent.glob(f"{Path(path).name}*"):
        each.unlink()
    Path(path).write_bytes(b"this is no database" * 100)
    return engine
