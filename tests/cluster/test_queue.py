"""The queue as the database has it: a claim and its job come together, and neither outlives the other."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from storage import claims, queue, schedules, takeover
from storage.engine import SILENT_SECONDS, DatabaseProblem, open_database, writing
from storage.server_slots import QUEUE, claiming
from storage.timetable import Due, Schedule
from tests.cluster.conftest import NOW, fill, jobs_in

LATER = NOW + timedelta(seconds=20)


@pytest.fixture
def engine(emptied: Engine) -> Engine:
    """A database with nothing in it."""
    return emptied


def enqueue(connection: Connection, claimed: Sequence[Schedule]) -> None:
    """What the clock's dispatcher does, with a record that tells the portal's name alone."""
    waiting = [queue.Waiting(each.portal, each.server_group, {"id": each.portal}) for each in claimed]
    queue.enqueue(connection, waiting)


def claim(engine: Engine, limit: int = 1000) -> list[str]:
    found = claims.claim_due(engine, QUEUE, LATER, limit, enqueue=enqueue)
    return sorted(schedule.portal for schedule in found.schedules)


def worker(engine: Engine, owner: str = "machine:1") -> int:
    return queue.join(engine, owner, 16, NOW)


def fetched(engine: Engine, number: int, owner: str = "machine:1", limit: int = 100) -> list[str]:
    return [job.schedule.portal for job in queue.fetch(engine, owner, number, limit)]


def state_of(engine: Engine, portal: str) -> Schedule:
    (schedule,) = schedules.read(engine, [portal])
    return schedule


def holders(engine: Engine) -> Counter[str | None]:
    return Counter(schedule.claimed_by for schedule in schedules.read(engine))


def test_a_claim_and_its_job_are_written_together(engine: Engine) -> None:
    portals = fill(engine, 3)
    assert claim(engine) == portals
    assert holders(engine) == {QUEUE: 3}
    assert [(job["queueing_lock"], job["lock"], job["status"]) for job in jobs_in(engine)] == [
        (portal, f"server{n}", "todo") for n, portal in enumerate(portals)
    ]
    assert claim(engine) == [], "what waits is not claimed again"


def test_where_the_claim_is_rolled_back_no_job_is_left(engine: Engine) -> None:
    fill(engine, 3)

    def and_then_die(connection: Connection, claimed: Sequence[Schedule]) -> None:
        enqueue(connection, claimed)
        count = "SELECT count(*) FROM procrastinate_jobs"
        assert connection.scalar(text(count)) == 3, "they were there"
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        claims.claim_due(engine, QUEUE, LATER, 100, enqueue=and_then_die)
    assert jobs_in(engine) == []
    assert holders(engine) == {None: 3}


def test_a_job_lives_as_long_as_its_worker_holds_the_claim(engine: Engine) -> None:
    (portal,) = fill(engine, 1)
    claim(engine)
    number = worker(engine)
    (job,) = queue.fetch(engine, "machine:1", number, 10)
    assert (job.schedule.portal, job.record, job.rests) == (portal, {"id": portal}, 0.0)
    assert holders(engine) == {"machine:1": 1}
    assert queue.end_settled(engine, "machine:1", number) == 0
    assert [row["status"] for row in jobs_in(engine)] == ["doing"]
    due = claims.settle(engine, "machine:1", portal, LATER)
    assert due is not None and due.at > LATER
    assert queue.end_settled(engine, "machine:1", number) == 1
    assert jobs_in(engine) == [] and holders(engine) == {None: 1}


def test_one_server_is_with_one_worker_at_a_time_and_rests_in_between(engine: Engine) -> None:
    fill(engine, 6, servers=2)
    assert len(claim(engine)) == 6
    one, two = worker(engine), worker(engine, "other:2")
    mine = fetched(engine, one)
    assert sorted(state_of(engine, portal).server_group for portal in mine) == ["server0", "server1"]
    assert fetched(engine, two, "other:2") == []
    claims.settle(engine, "machine:1", mine[0], LATER, cooling=5.0)
    queue.end_settled(engine, "machine:1", one)
    (next_one,) = queue.fetch(engine, "other:2", two, 10)
    assert next_one.schedule.server_group == state_of(engine, mine[0]).server_group
    assert 3 < next_one.rests <= 6


def test_many_workers_at_once_take_each_portal_once(engine: Engine) -> None:
    portals = fill(engine, 120, servers=40)
    taken: list[str] = []
    clash: list[str] = []
    asked: set[str] = set()
    guard = threading.Lock()

    def work(owner: str) -> None:
        own = open_database(engine.url.render_as_string(hide_password=False))
        number = queue.join(own, owner, 16, NOW)
        while len(taken) < len(portals):
            for job in queue.fetch(own, owner, number, 3):
                with guard:
                    if job.schedule.server_group in asked:
                        clash.append(job.schedule.server_group)
                    asked.add(job.schedule.server_group)
                    taken.append(job.schedule.portal)
                queue.crew(own)  # the crawl takes its time
                with guard:
                    asked.discard(job.schedule.server_group)
                claims.settle(own, owner, job.schedule.portal, LATER)
            queue.end_settled(own, owner, number)
        own.dispose()

    assert len(claim(engine)) == 120
    crew = [threading.Thread(target=work, args=(f"machine:{n}",)) for n in range(4)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join(60)
    assert Counter(taken) == dict.fromkeys(portals, 1)
    assert clash == []


def test_what_waits_in_the_queue_can_be_crawled_by_hand_and_is_then_not_crawled_again(engine: Engine) -> None:
    (portal,) = fill(engine, 1)
    claim(engine)
    claims.join(engine, "shell:9", "command", NOW)
    assert claims.claim(engine, "shell:9", portal, NOW) is None, "it does not wait for the queue"
    assert fetched(engine, worker(engine)) == []
    assert jobs_in(engine) == [] and holders(engine) == {"shell:9": 1}


def test_an_old_job_does_not_hinder_a_new_one_of_its_portal(engine: Engine) -> None:
    (portal,) = fill(engine, 1)
    claim(engine)
    claims.join(engine, "shell:9", "command", NOW)
    claims.claim(engine, "shell:9", portal, NOW)
    claims.settle(engine, "shell:9", portal, NOW, again=Due(NOW, "once more"))
    assert len(jobs_in(engine)) == 1, "the old one waits still"
    assert claim(engine) == [portal]
    assert len(jobs_in(engine)) == 1
    assert fetched(engine, worker(engine)) == [portal]


def test_a_server_that_a_command_is_asking_is_left_to_it(engine: Engine) -> None:
    first, second = fill(engine, 2, servers=1)
    claim(engine)
    claims.join(engine, "shell:9", "command", NOW)
    assert claims.claim(engine, "shell:9", first, NOW) is None
    assert fetched(engine, worker(engine)) == []
    assert jobs_in(engine) == []
    assert state_of(engine, second).claimed_by is None
    later = datetime.now(UTC) + queue.OTHERS_FIRST + timedelta(minutes=1)  # LATER may have been minutes ago
    held = claims.claim_due(engine, QUEUE, later, 9, enqueue=enqueue)
    assert held.schedules == [], "as long as the command has it"
    claims.settle(engine, "shell:9", first, later)
    again = claims.claim_due(engine, QUEUE, later, 9, enqueue=enqueue)
    assert [schedule.portal for schedule in again.schedules] == [second]


def test_a_portal_that_is_paused_while_it_waits_is_not_crawled(engine: Engine) -> None:
    (portal,) = fill(engine, 1)
    claim(engine)
    schedules.change(engine, portal, NOW, enabled=False)
    assert fetched(engine, worker(engine)) == []
    assert jobs_in(engine) == [] and holders(engine) == {None: 1}


def test_the_portals_of_a_worker_that_is_gone_are_due_again_and_their_server_is_free(engine: Engine) -> None:
    first, second = fill(engine, 2, servers=1)
    claim(engine)
    dead, living = worker(engine, "dead:1"), worker(engine, "living:2")
    assert fetched(engine, dead, "dead:1") == [first]
    assert fetched(engine, living, "living:2") == [], "its server is the dead one's"
    assert takeover.bury(engine, LATER, lambda owner: owner == "dead:1") == [first]
    assert queue.sweep(engine, LATER) == []
    assert claim(engine) == [first]
    assert fetched(engine, living, "living:2") == [second], "the older job"
    claims.settle(engine, "living:2", second, LATER)
    queue.end_settled(engine, "living:2", living)
    assert fetched(engine, living, "living:2") == [first]


def test_the_sweep_survives_a_newer_job_of_the_same_portal(engine: Engine) -> None:
    """Procrastinate's own recipe, to try a stalled job again, ends in UniqueViolation here (issue 1446)."""
    (portal,) = fill(engine, 1)
    claim(engine)
    assert fetched(engine, worker(engine, "dead:1"), "dead:1") == [portal]
    takeover.bury(engine, LATER, lambda owner: owner == "dead:1")
    assert claim(engine) == [portal]
    assert [row["status"] for row in jobs_in(engine)] == ["doing", "todo"]
    assert queue.sweep(engine, LATER) == []
    assert [row["status"] for row in jobs_in(engine)] == ["todo"]
    assert fetched(engine, worker(engine)) == [portal]


def test_a_worker_that_was_given_up_gets_nothing_and_changes_nothing(engine: Engine) -> None:
    first, second = fill(engine, 2)
    claim(engine)
    zombie = worker(engine, "zombie:1")
    assert fetched(engine, zombie, "zombie:1", limit=1) == [first]
    takeover.bury(engine, LATER, lambda owner: owner == "zombie:1")
    queue.sweep(engine, LATER)
    assert claim(engine) == [first]
    living = worker(engine)
    assert sorted(fetched(engine, living)) == [first, second]
    assert claims.settle(engine, "zombie:1", first, LATER) is None
    queue.end_settled(engine, "zombie:1", zombie)
    assert not queue.beat(engine, "zombie:1", zombie), "and so it learns of it"
    assert holders(engine) == {"machine:1": 2}
    assert [row["status"] for row in jobs_in(engine)] == ["doing", "doing"]


def test_what_a_worker_fetches_after_it_was_given_up_is_taken_from_it(engine: Engine) -> None:
    (portal,) = fill(engine, 1)
    zombie = worker(engine, "zombie:1")
    takeover.bury(engine, LATER, lambda owner: owner == "zombie:1")
    claim(engine)
    assert fetched(engine, zombie, "zombie:1") == [portal], "it does not know yet"
    assert takeover.bury(engine, LATER, lambda owner: False) == [portal]
    queue.sweep(engine, LATER)
    assert jobs_in(engine) == [] and holders(engine) == {None: 1}


def test_a_claim_that_has_lost_its_job_is_due_again(engine: Engine) -> None:
    portals = fill(engine, 3)
    claim(engine)
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM procrastinate.procrastinate_jobs WHERE queueing_lock <> 'x'"))
    assert sorted(queue.sweep(engine, LATER)) == portals
    assert claim(engine) == portals


def test_the_queue_keeps_its_claims_when_every_clock_and_worker_is_gone(engine: Engine) -> None:
    portals = fill(engine, 3)
    claims.join(engine, "clock:1", "clock", NOW)
    worker(engine, "dead:1")
    claim(engine)
    takeover.bury(engine, LATER, lambda owner: True)
    assert holders(engine) == {QUEUE: 3}
    assert fetched(engine, worker(engine)) == portals


def test_the_workers_that_live_say_how_much_is_to_wait_for_them(engine: Engine) -> None:
    fill(engine, 100)
    assert queue.crew(engine) == queue.Crew(0, 0, 0) and queue.crew(engine).room == 0
    worker(engine)
    queue.join(engine, "other:2", 4, NOW)
    assert queue.crew(engine).room == 2 * 20
    claim(engine, 30)
    assert queue.crew(engine) == queue.Crew(2, 20, 30) and queue.crew(engine).room == 10
    with writing(engine) as connection:
        connection.execute(text("UPDATE dispatchers SET beat_at = beat_at - interval '2 minutes'"))
    assert queue.crew(engine).room == 0, "nothing is handed to the dead"


def test_a_worker_knows_what_it_holds_even_where_it_was_never_told(engine: Engine) -> None:
    portals = fill(engine, 2)
    claim(engine)
    fetched(engine, worker(engine), limit=1)
    assert queue.held(engine, "machine:1") == {portals[0]}


def test_a_worker_that_leaves_gives_everything_back(engine: Engine) -> None:
    portals = fill(engine, 2)
    claim(engine)
    number = worker(engine)
    assert fetched(engine, number) == portals
    assert sorted(queue.leave(engine, "machine:1", number, LATER)) == portals
    assert jobs_in(engine) == [] and claim(engine) == portals


@pytest.mark.slow
def test_a_machine_that_falls_silent_in_the_middle_of_a_transaction_holds_up_nobody_for_long(
    engine: Engine,
) -> None:
    joined = threading.Event()

    def join() -> None:
        claims.join(engine, "living:2", "worker", NOW)
        joined.set()

    with pytest.raises(DatabaseProblem), claiming(engine) as connection:
        threading.Thread(target=join).start()
        assert not joined.wait(1), "nobody claims at the same time"
        assert joined.wait(SILENT_SECONDS + 30), "PostgreSQL has ended the silent one"
        connection.execute(text("SELECT 1"))
