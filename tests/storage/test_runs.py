"""The lease: one run a portal, taken over only when its holder is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from storage import frontier, runs, saving
from storage.columns import now
from storage.lease import LEASE_SECONDS
from storage.tables import crawl_runs


def _lose(engine: Engine, run: runs.Run) -> None:
    """Make the run's last heartbeat older than the lease, as a suspended worker's would be."""
    with engine.begin() as connection:
        long_ago = now() - timedelta(seconds=LEASE_SECONDS + 2)
        connection.execute(update(crawl_runs).where(crawl_runs.c.id == run.id).values(heartbeat_at=long_ago))


def test_a_portal_that_is_being_crawled_is_refused_to_a_second_run(engine: Engine) -> None:
    runs.begin(engine, "thanh_hoa/tho_xuan", owner="machine one")
    with pytest.raises(runs.AlreadyRunning, match=r"thanh_hoa/tho_xuan .*machine one"):
        runs.begin(engine, "thanh_hoa/tho_xuan")
    runs.begin(engine, "thanh_hoa/nga_son")  # another portal is free


def test_a_finished_run_frees_its_portal_and_is_listed_with_what_it_came_to(engine: Engine) -> None:
    first = runs.begin(engine, "a/b", trigger="schedule")
    runs.finish(
        engine, first.id, verdict="partial", counts={"new": 3}, errors={"timeout": 1}, message="page 4"
    )
    second = runs.begin(engine, "a/b")
    assert second.id > first.id
    newest, oldest = runs.list_runs(engine, portal="a/b")
    assert (newest.id, newest.status, newest.verdict) == (second.id, "running", None)
    assert (oldest.trigger, oldest.verdict, oldest.counts, oldest.errors, oldest.message) == (
        "schedule",
        "partial",
        {"new": 3},
        {"timeout": 1},
        "page 4",
    )
    assert [run.id for run in runs.list_runs(engine, failed=True)] == [first.id]


def test_a_run_without_heartbeat_is_lost_and_may_write_nothing_more(engine: Engine) -> None:
    zombie = runs.begin(engine, "a/b")
    _lose(engine, zombie)
    heir = runs.begin(engine, "a/b")
    with pytest.raises(runs.LeaseLost):
        runs.beat(engine, zombie.id)
    with pytest.raises(runs.LeaseLost):
        frontier.add(engine, zombie.id, "a/b", [frontier.Queued("1", "https://b.gov.vn/1")])
    with pytest.raises(runs.LeaseLost):
        saving.save_batch(engine, zombie.id, [])
    with pytest.raises(runs.LeaseLost):
        runs.finish(engine, zombie.id, verdict="new", counts={}, errors={})
    assert frontier.pending(engine, "a/b") == []
    runs.beat(engine, heir.id, {"fetched": 7})
    running, lost = runs.list_runs(engine)
    assert (lost.status, lost.verdict) == ("lost", "lost")
    assert running.counts == {"fetched": 7}


def test_a_heartbeat_keeps_the_lease(engine: Engine) -> None:
    run = runs.begin(engine, "a/b")
    _lose(engine, run)
    runs.beat(engine, run.id)
    with pytest.raises(runs.AlreadyRunning):
        runs.begin(engine, "a/b")
