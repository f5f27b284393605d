"""One worker in this process: what it does with a job that it cannot do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from crawler.running.host_pool import PoolSettings
from crawler.running.options import CrawlOptions
from crawler.running.rows import portal_row
from crawler.running.worker import Worker
from storage import claims, queue, schedules
from storage.portals import Portal
from storage.server_slots import QUEUE
from storage.timetable import Schedule
from tests.cluster.conftest import NOW, fill, jobs_in
from tests.scheduling.conftest import PATIENCE

LATER = NOW + timedelta(seconds=20)


def hand_out(engine: Engine, record: Callable[[str], dict[str, object]]) -> None:
    """Claim what is due, each portal with such a record."""
    claims.claim_due(
        engine, QUEUE, LATER, 10,
        enqueue=lambda connection, claimed: queue.enqueue(
            connection, [queue.Waiting(s.portal, s.server_group, record(s.portal)) for s in claimed]
        ),
    )  # fmt: skip


def work_until(engine: Engine, met: Callable[[Schedule], bool], portal: str) -> list[str]:
    """Run a worker until the schedule of ``portal`` is as it should be; return what it said."""
    said: list[str] = []

    async def run() -> None:
        worker = Worker(
            engine.url.render_as_string(hide_password=False), CrawlOptions(), PoolSettings(hosts=1), places=4,
            say=said.append,
        )  # fmt: skip
        working = asyncio.create_task(worker.run())
        async with asyncio.timeout(PATIENCE):
            while not met(schedules.read(engine, [portal])[0]):
                if working.done():
                    await working  # raises what ended it
                    pytest.fail("the worker ended by itself")
                await asyncio.sleep(0.05)
            worker.stop()
            await working

    asyncio.run(run())
    return said


@pytest.fixture
def portal(emptied: Engine) -> str:
    """One portal that is due."""
    return fill(emptied, 1)[0]


def test_a_record_of_another_release_is_given_back_and_the_worker_goes_on(
    emptied: Engine, portal: str
) -> None:
    hand_out(emptied, lambda name: {"id": name, "of_tomorrow": 1})
    said = work_until(emptied, lambda s: "another release" in s.due_reason, portal)
    assert f"{portal}: a worker of another release cannot read its record" in said
    (schedule,) = schedules.read(emptied, [portal])
    assert schedule.claimed_by is None and schedule.next_due_at > NOW + timedelta(minutes=5)
    assert jobs_in(emptied) == []


def test_a_portal_behind_a_refused_address_is_settled_as_on_one_machine(emptied: Engine, portal: str) -> None:
    """The same guard, verdict and next time: nothing on loopback is asked, since nobody allowed it."""
    record = portal_row(Portal(portal, "Cổng", "http://127.0.0.1:9/", "front"))
    hand_out(emptied, lambda name: record)
    said = work_until(emptied, lambda s: s.claimed_by is None and s.next_due_at > LATER, portal)
    assert any(line.startswith(f"{portal}: failed") and "next in" in line for line in said), said
    assert jobs_in(emptied) == []
