"""The event log of a run: in order, bounded, and not kept for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, update

from storage import housekeeping, run_events, runs
from storage.run_events import FIRST, LAST, RunEvent
from storage.tables import crawl_runs

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def events(first: int, last: int) -> list[RunEvent]:
    return [
        RunEvent(n, NOON, "warning" if n % 7 == 0 else "info", "listing", f"https://a.vn/{n}", f"trang {n}")
        for n in range(first, last + 1)
    ]


def test_events_come_back_in_order_after_the_one_that_was_seen_last(engine: Engine) -> None:
    run_events.append(engine, 7, events(1, 3))
    run_events.append(engine, 7, events(4, 9))
    run_events.append(engine, 8, events(1, 1))
    run_events.append(engine, 8, [])
    assert run_events.read(engine, 7) == events(1, 9)
    assert run_events.read(engine, 7, after=6) == events(7, 9)


def test_of_a_long_run_the_first_and_the_last_are_kept_at_any_time(engine: Engine) -> None:
    total = 0
    for batch in range(40):
        run_events.append(engine, 1, events(total + 1, total + 50))
        total += 50
        kept = [event.seq for event in run_events.read(engine, 1)]
        assert kept[:FIRST] == list(range(1, min(total, FIRST) + 1))
        assert kept[-1] == total and len(kept) <= FIRST + LAST, f"batch {batch}"
    assert kept[FIRST:] == list(range(total - LAST + 1, total + 1))


def test_housekeeping_forgets_the_events_of_old_runs_and_keeps_the_runs(engine: Engine) -> None:
    old, young = runs.begin(engine, "a/old"), runs.begin(engine, "a/young")
    for run in (old, young):
        run_events.append(engine, run.id, events(1, 2))
    with engine.begin() as connection:
        long_ago = datetime.now(UTC) - run_events.KEPT - timedelta(days=1)
        connection.execute(update(crawl_runs).where(crawl_runs.c.id == old.id).values(started_at=long_ago))
    housekeeping.tidy(engine)
    assert run_events.read(engine, old.id) == []
    assert run_events.read(engine, young.id) == events(1, 2)
    assert runs.run_of(engine, old.id) is not None
