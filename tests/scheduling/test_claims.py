"""Claims: each due portal once, whoever asks and however many, on both databases."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, text, update

from storage import claims, portal_table, runs, schedules, server_slots, tables, takeover
from storage.claims import Obstacle
from storage.columns import now
from storage.engine import open_database, reading, writing
from storage.lease import LEASE_SECONDS
from storage.portals import Portal
from storage.tables import crawl_runs, dispatchers, server_visits
from storage.timetable import Due, Schedule, Window

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
SOON = timedelta(hours=1, seconds=1)


def alive(owner: str) -> bool:
    return False


def fill(engine: Engine, count: int, *, servers: int | None = None, every: int = 3600) -> list[str]:
    """Portals with a schedule each; ``servers``: so many servers are all that they stand on."""
    portals = [Portal(f"tinh/p{n:04}", f"Cổng {n}", f"https://p{n}.vn/", "front") for n in range(count)]
    portal_table.sync(engine, portals)
    groups = {p.id: f"server{n % (servers or count)}" for n, p in enumerate(portals)}
    schedules.ensure(engine, groups, NOW, interval_seconds=every)
    return [p.id for p in portals]


def claimed(engine: Engine, owner: str, now: datetime, limit: int = 10_000) -> list[str]:
    return [s.portal for s in claims.claim_due(engine, owner, now, limit).schedules]


def state_of(engine: Engine, portal: str) -> Schedule:
    (schedule,) = schedules.read(engine, [portal])
    return schedule


def test_two_clocks_at_once_crawl_every_portal_once_a_period(engine: Engine) -> None:
    portals = fill(engine, 200)
    taken: list[str] = []
    looks = [NOW + n * timedelta(minutes=5) for n in range(1, 37)]  # three hours
    together = threading.Barrier(2)

    def clock(owner: str) -> None:
        own = open_database(engine.url.render_as_string(hide_password=False))
        claims.join(own, owner, "clock", NOW)
        for at in looks:
            together.wait()
            more = True
            while more:  # the other may be writing the very row that is left
                got = claims.claim_due(own, owner, at, 7)
                taken.extend(s.portal for s in got.schedules)
                for schedule in got.schedules:
                    claims.settle(own, owner, schedule.portal, at)
                more = got.more
        own.dispose()

    both = [threading.Thread(target=clock, args=(owner,)) for owner in ("a:1", "b:2")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert Counter(taken) == dict.fromkeys(portals, 3)


def test_after_an_outage_an_overdue_portal_runs_once(engine: Engine) -> None:
    portals = fill(engine, 20)
    claims.join(engine, "a:1", "clock", NOW)
    later = NOW + timedelta(days=3)
    assert sorted(claimed(engine, "a:1", later)) == portals
    for portal in portals:
        due = claims.settle(engine, "a:1", portal, later)
        assert due is not None and HOUR / 2 <= due.at - later <= 1.5 * HOUR
    assert claimed(engine, "a:1", later + HOUR / 2 - timedelta(seconds=1)) == []


def test_what_is_in_hand_is_not_taken_again_however_long_it_takes(engine: Engine) -> None:
    (portal,) = fill(engine, 1)
    for owner in ("a:1", "b:2"):
        claims.join(engine, owner, "clock", NOW)
    assert claimed(engine, "a:1", NOW + SOON) == [portal]
    for owner in ("a:1", "b:2"):
        assert claimed(engine, owner, NOW + 5 * HOUR) == []
    due = claims.settle(engine, "a:1", portal, NOW + 5 * HOUR)
    assert due is not None and due.at > NOW + 5 * HOUR, "the periods that it ran through are not made up"
    assert claims.settle(engine, "a:1", portal, NOW) is None


def test_a_server_belongs_to_one_dispatcher_at_a_time_and_then_rests(engine: Engine) -> None:
    fill(engine, 6, servers=1)
    for owner in ("a:1", "b:2"):
        claims.join(engine, owner, "clock", NOW)
    got = claimed(engine, "a:1", NOW + SOON)
    assert len(got) == claims.IN_HAND
    assert claimed(engine, "b:2", NOW + SOON) == []
    for portal in got:
        claims.settle(engine, "a:1", portal, NOW + SOON, cooling=2.0)
    assert claimed(engine, "b:2", NOW + SOON) == [], "the pause after the last request is not over"
    with writing(engine) as connection:
        connection.execute(text("UPDATE schedules SET cooling_until = NULL"))
    assert len(claimed(engine, "b:2", NOW + SOON)) == 2


def test_a_server_that_rested_by_a_time_that_was_set_back_is_not_left_alone_until_then(
    engine: Engine,
) -> None:
    """A machine that took its hardware's local time for UTC is seven hours ahead until it asks NTP."""
    fill(engine, 2, servers=1)
    claims.join(engine, "a:1", "clock", NOW)
    with writing(engine) as connection:
        connection.execute(update(tables.schedules).values(cooling_until=now() + timedelta(hours=7)))
        assert server_slots.rest_of(connection, "server0") == 0
    assert len(claimed(engine, "a:1", NOW + SOON)) == 2


def test_a_server_that_is_visited_is_left_alone_by_clocks_and_then_rests(engine: Engine) -> None:
    portals = fill(engine, 3, servers=1)
    for owner in ("tay:1", "tay:2", "a:1"):
        claims.join(engine, owner, "command", NOW)
    assert server_slots.visit(engine, "tay:1", "server0")
    assert not server_slots.visit(engine, "tay:2", "server0"), "one at a time"
    assert server_slots.visit(engine, "tay:1", "server0") and server_slots.visit(engine, "tay:2", "server9")
    assert claimed(engine, "a:1", NOW + HOUR) == []
    assert claims.claim(engine, "tay:2", portals[0], NOW) == Obstacle(None, NOW)
    assert claims.claim(engine, "tay:1", portals[0], NOW) is None, "the visitor is no obstacle to himself"
    claims.settle(engine, "tay:1", portals[0], NOW)
    server_slots.end_visit(engine, "tay:1", "server0", cooling=5.0)
    assert claimed(engine, "a:1", NOW + HOUR) == [] and not server_slots.visit(engine, "tay:2", "server0")
    with writing(engine) as connection:
        assert 4.0 < server_slots.rest_of(connection, "server0") <= 6.0
        connection.execute(update(server_visits).values(cooling_until=NOW - HOUR))
    assert claimed(engine, "a:1", NOW + HOUR)
    assert not server_slots.visit(engine, "tay:2", "server0"), "a claim is as good as a visit"


def test_a_visit_ends_with_its_visitor(engine: Engine) -> None:
    fill(engine, 1, servers=1)
    for end in ("killed", "left", "joined anew"):
        claims.join(engine, "tay:1", "command", NOW)
        assert server_slots.visit(engine, "tay:1", "server0"), end
        assert not takeover.bury(engine, NOW, alive)
        if end == "killed":
            takeover.bury(engine, NOW, lambda owner: owner == "tay:1")
        elif end == "left":
            claims.leave(engine, "tay:1", NOW)
        else:
            claims.join(engine, "tay:1", "command", NOW)
        with reading(engine) as connection:
            assert server_slots.visitors(connection) == set(), end


def test_many_portals_of_one_server_do_not_hold_up_the_others(engine: Engine) -> None:
    fill(engine, 100, servers=2)
    claims.join(engine, "a:1", "clock", NOW)
    took = claims.claim_due(engine, "a:1", NOW + SOON, 50)
    assert Counter(s.server_group for s in took.schedules) == {"server0": 4, "server1": 4}
    assert took.more


def test_a_portal_found_to_stand_on_anothers_server_is_given_back(engine: Engine) -> None:
    first, second = fill(engine, 2)
    for owner in ("a:1", "b:2"):
        claims.join(engine, owner, "clock", NOW)
    assert claims.claim(engine, "a:1", first, NOW) is None
    assert claims.claim(engine, "b:2", second, NOW) is None
    assert claims.place(engine, "a:1", {first: "203.0.113.1"}, NOW) == {first}
    assert claims.place(engine, "b:2", {second: "203.0.113.1"}, NOW) == set()
    assert state_of(engine, second).claimed_by is None
    obstacle = claims.claim(engine, "b:2", second, NOW)
    assert obstacle is not None and obstacle.holder is None, "its server is remembered"


def test_paused_retired_and_unknown_portals_are_left_alone_and_resumed_ones_are_not(engine: Engine) -> None:
    portals = fill(engine, 4)
    claims.join(engine, "a:1", "clock", NOW)
    schedules.change(engine, portals[0], NOW, enabled=False)
    rest = [Portal(p, p, f"https://{p[-1]}.vn/", "front") for p in portals]
    ended = replace(rest[1], active_until=date(2020, 1, 1))
    portal_table.sync(engine, [rest[0], ended, rest[3]])  # portals[2] has left the registry
    assert claimed(engine, "a:1", NOW + SOON) == [portals[3]]
    schedules.change(engine, portals[0], NOW, enabled=True)
    assert claimed(engine, "a:1", NOW + SOON) == [portals[0]]


def test_a_schedule_that_is_edited_counts_from_the_next_look_on(engine: Engine) -> None:
    (portal,) = fill(engine, 1)
    claims.join(engine, "a:1", "clock", NOW)
    quick = schedules.change(engine, portal, NOW, kind="interval", interval_seconds=60)
    assert quick.next_due_at <= NOW + timedelta(seconds=60)
    assert claimed(engine, "a:1", NOW + timedelta(seconds=61)) == [portal]
    with pytest.raises(schedules.NoSchedule):
        schedules.change(engine, "tinh/khong_co", NOW, enabled=False)


def test_a_due_portal_in_a_window_waits_until_it_is_over(engine: Engine) -> None:
    (portal,) = fill(engine, 1)
    claims.join(engine, "a:1", "clock", NOW)
    schedules.add_window(engine, Window("Tết", NOW, NOW + timedelta(days=7)))
    assert claimed(engine, "a:1", NOW + SOON) == []
    waiting = state_of(engine, portal)
    assert waiting.next_due_at >= NOW + timedelta(days=7) and "Tết" in waiting.due_reason
    assert claimed(engine, "a:1", waiting.next_due_at) == [portal]


def test_a_clock_set_an_hour_forward_and_back_starves_nobody(engine: Engine) -> None:
    portals = fill(engine, 50, every=600)
    claims.join(engine, "a:1", "clock", NOW)
    ahead = NOW + HOUR
    assert sorted(claimed(engine, "a:1", ahead)) == portals
    for portal in portals:
        claims.settle(engine, "a:1", portal, ahead)
    assert claimed(engine, "a:1", NOW) == [], "looking at it plans it anew"
    assert all(s.next_due_at - NOW <= timedelta(seconds=900) for s in schedules.read(engine))
    assert sorted(claimed(engine, "a:1", NOW + timedelta(seconds=900))) == portals


def test_a_crawl_that_goes_on_while_the_clock_is_set_back_does_not_leave_its_portal_an_hour_ahead(
    engine: Engine,
) -> None:
    scheduled, by_hand = fill(engine, 2, every=600)
    claims.join(engine, "a:1", "clock", NOW)
    claims.join(engine, "b:2", "command", NOW)
    assert sorted(claimed(engine, "a:1", NOW + HOUR)) == [scheduled, by_hand]
    claims.settle(engine, "a:1", by_hand, NOW + HOUR)
    assert claims.claim(engine, "b:2", by_hand, NOW) is None
    claims.settle(engine, "a:1", scheduled, NOW)
    claims.settle(engine, "b:2", by_hand, NOW)
    assert claimed(engine, "a:1", NOW) == []
    assert all(s.next_due_at - NOW <= timedelta(seconds=900) for s in schedules.read(engine))


def test_claims_of_a_dead_or_silent_clock_are_due_again(engine: Engine) -> None:
    killed, silent, living = fill(engine, 3)
    for owner, portal in (("a:1", killed), ("b:2", silent), ("c:3", living)):
        claims.join(engine, owner, "clock", NOW)
        assert claims.claim(engine, owner, portal, NOW) is None
        runs.begin(engine, portal, owner=f"{owner}0")
    with writing(engine) as connection:
        old = NOW - timedelta(seconds=LEASE_SECONDS + 1)
        connection.execute(update(dispatchers).where(dispatchers.c.owner == "b:2").values(beat_at=old))
    assert sorted(takeover.bury(engine, NOW, lambda owner: owner == "a:1")) == [killed, silent]
    assert not claims.beat(engine, "b:2") and claims.beat(engine, "c:3")
    assert claims.settle(engine, "b:2", silent, NOW) is None
    assert claims.place(engine, "b:2", {silent: "server1"}, NOW) == set()
    assert state_of(engine, killed).next_due_at == NOW
    obstacle = claims.claim(engine, "c:3", killed, NOW)
    assert obstacle is not None and obstacle.holder is None, "its orphans may still ask the server"
    assert claims.claim(engine, "c:3", silent, NOW) is None, "nobody asks without a permit"
    statuses = {run.portal: run.status for run in runs.list_runs(engine)}
    assert statuses == {killed: "running", silent: "lost", living: "running"}, (
        "orphans may save what they read"
    )


def test_what_died_on_a_machine_whose_time_was_ahead_keeps_nothing_until_then(engine: Engine) -> None:
    portal, other = fill(engine, 2)
    claims.join(engine, "ahead:1", "worker", NOW)
    assert claims.claim(engine, "ahead:1", portal, NOW) is None
    for crawled in (portal, other):
        runs.begin(engine, crawled, owner="ahead:2")
    ahead = NOW + 3 * HOUR
    with writing(engine) as connection:
        connection.execute(update(dispatchers).values(beat_at=ahead))
        connection.execute(update(crawl_runs).values(heartbeat_at=ahead, started_at=ahead))
    assert sorted(runs.unbeaten(engine)) == [portal, other]
    assert takeover.bury(engine, NOW, alive) == [portal]
    assert takeover.reap(engine, NOW, alive) == [other]
    assert claims.present(engine) == []
    assert claims.claim(engine, "here:3", portal, NOW) is None
    assert runs.begin(engine, portal, owner="here:3").portal == portal


def test_machines_that_agree_within_two_minutes_leave_each_other_alone(engine: Engine) -> None:
    (portal,) = fill(engine, 1)
    claims.join(engine, "ahead:1", "clock", NOW)
    assert claims.claim(engine, "ahead:1", portal, NOW) is None
    with writing(engine) as connection:
        connection.execute(update(dispatchers).values(beat_at=datetime.now(UTC) + timedelta(seconds=110)))
    assert takeover.bury(engine, NOW, alive) == []
    assert state_of(engine, portal).claimed_by == "ahead:1"


def test_a_clock_that_leaves_or_starts_anew_leaves_nothing_claimed(engine: Engine) -> None:
    fill(engine, 2)
    claims.join(engine, "a:1", "clock", NOW)
    first = claimed(engine, "a:1", NOW + SOON)
    claims.join(engine, "a:1", "clock", NOW + SOON)
    assert sorted(claimed(engine, "a:1", NOW + SOON)) == sorted(first)
    assert sorted(claims.leave(engine, "a:1", NOW + SOON)) == sorted(first)
    assert claims.present(engine) == []


def test_a_lost_run_is_ended_and_its_portal_due_unless_somebody_has_it_in_hand(engine: Engine) -> None:
    dead, held, living = fill(engine, 3)
    claims.join(engine, "a:1", "clock", NOW)
    assert claims.claim(engine, "a:1", held, NOW) is None
    for portal, owner in ((dead, "x:9"), (held, "x:9"), (living, "a:1")):
        runs.begin(engine, portal, owner=owner)
    before = state_of(engine, held).next_due_at
    assert sorted(takeover.reap(engine, NOW, lambda owner: owner == "x:9")) == [dead, held]
    assert state_of(engine, dead).next_due_at == NOW
    assert state_of(engine, held).next_due_at == before
    with writing(engine) as connection:
        old = NOW - timedelta(seconds=LEASE_SECONDS + 5)
        connection.execute(update(crawl_runs).where(crawl_runs.c.portal == living).values(heartbeat_at=old))
    assert takeover.reap(engine, NOW, alive) == [living]


def test_a_hold_moves_the_next_crawl_behind_it(engine: Engine) -> None:
    (portal,) = fill(engine, 1)
    claims.join(engine, "a:1", "clock", NOW)
    assert claims.claim(engine, "a:1", portal, NOW) is None
    held = Due(NOW + 6 * HOUR, "its server asked to be left alone")
    assert claims.settle(engine, "a:1", portal, NOW, not_before=held) == held


def test_a_queue_in_the_database_takes_claims_in_the_same_transaction(engine: Engine) -> None:
    (portal,) = fill(engine, 1)
    claims.join(engine, "a:1", "clock", NOW)

    def full(connection: Connection, got: Sequence[Schedule]) -> None:
        raise RuntimeError("the queue is full")

    with pytest.raises(RuntimeError):
        claims.claim_due(engine, "a:1", NOW + SOON, 10, enqueue=full)
    assert claimed(engine, "a:1", NOW + SOON) == [portal]
