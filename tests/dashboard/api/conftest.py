"""The API over a real database, asked over loopback; every test runs on SQLite and on PostgreSQL.

It only reads: one database of each kind serves all tests.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from dashboard.api import app
from storage import portal_table, runs, schedules
from storage.columns import now
from storage.engine import open_database
from storage.portals import Portal, Section
from storage.saving import save_batch
from tests.databases import fresh_postgresql_database, fresh_sqlite_database
from tests.storage.texts import article, edited, report, seen

HOSTILE = "<script>alert('1')</script> & ]]> \"quoted\" Ngày hội"


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Twelve articles: one copied and edited, one hostile, one without a date, a story of two; one portal."""
    if request.param == "sqlite":
        url = fresh_sqlite_database(tmp_path_factory.mktemp("api"))
    else:
        url = fresh_postgresql_database(request.getfixturevalue("postgresql"))
    engine = open_database(url)
    fill(engine)
    yield engine
    engine.dispose()


def fill(engine: Engine) -> None:
    """Write what the tests read."""
    record = Portal(
        "thanh_hoa/tho_xuan", "Huyện Thọ Xuân", "https://thoxuan.vn/", "district_portal",
        sections=(Section("/mttq/", "front"),), province_2024="Thanh Hóa",
    )  # fmt: skip
    portal_table.sync(engine, [record, replace(record, id="ha_noi/ba_dinh", name="Ba Đình")])
    schedules.ensure(engine, {record.id: "a"}, now(), interval_seconds=3600)
    run = runs.begin(engine, record.id)
    runs.finish(engine, run.id, verdict="new", counts={}, errors={})
    numbered = [seen(article(number)) for number in range(8)]
    marked = [
        seen(article(20, title="Đồng Nai họp", provinces_2025=("Đồng Nai",), organizations=("HND",))),
        seen(article(21, title=HOSTILE, lead="Tóm <b>tắt</b>", byline="A & B", authors=("A & B",))),
        seen(article(22, published_at=None, published_precision=None, title="Không rõ ngày")),
    ]
    save_batch(engine, None, [*numbered, *marked])
    copied = replace(article(0), url="https://bao.vn/0", title="Báo đăng lại")
    near = article(50, paragraphs=edited(report(1), 0.05), title="Gần giống")
    again = article(2, paragraphs=report(2, 15))
    save_batch(engine, None, [seen(copied, "bao"), seen(near, "bao"), seen(again)])


@contextmanager
def serving(application: FastAPI) -> Iterator[str]:
    """The application on a free port of loopback; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture(scope="session")
def address(engine: Engine) -> Iterator[str]:
    """Where the API of ``engine`` is served."""
    with serving(app(engine)) as address:
        yield address


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{address}/api/v1", timeout=20) as client:
        yield client
