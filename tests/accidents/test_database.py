"""The database fails at the n-th statement or commit, n counted up until the operation completes.

After each the operation is simply done again, as the next crawl or the next tick does it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text, update

from benchmarks.invariants import last_change, wrong_with
from storage import claims, compaction, merging, migrate, portal_table, runs, schedules, takeover
from storage.changes import compacted_through
from storage.columns import now
from storage.engine import DatabaseProblem, open_database, reading, writing
from storage.merging import CannotMerge
from storage.portals import Portal
from storage.records import Sighting
from storage.saving import save_batch
from storage.tables import articles, copies
from storage.tables import changes as change_rows
from storage.tables import schedules as planned
from tests.accidents.faults import Fault, When, every_call, failing_statement
from tests.storage.filling import content, fill
from tests.storage.texts import article, edited, report, seen

BOTH = (pytest.param("before", marks=pytest.mark.slow), "after")
"""``before``: the call is refused; ``after``: it is made, and its answer lost. This is the harder one."""

ROUND = 10
"""Articles that an attempt has for itself."""

CHANGES = 6
"""Rows of the feed that the second batch of a round makes."""

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def round_of(attempt: int) -> tuple[list[Sighting], list[Sighting]]:
    """What an attempt saves: first some articles; then a new one, an edit, a copy, a near-copy, a merge."""
    at = attempt * ROUND
    first = [seen(article(at + n), "xa", str(at + n)) for n in range(4)]
    second = [
        seen(article(at + 4), "xa", str(at + 4)),
        seen(article(at, paragraphs=edited(report(at), 0.05)), "xa", str(at)),
        seen(article(at + 1, url=f"https://huyen.vn/{at + 1}"), "huyen", str(at + 1)),
        seen(article(at + 5, paragraphs=edited(report(at + 2), 0.1)), "xa", str(at + 5)),
        seen(article(at + 3, paragraphs=report(at + 2)), "xa", str(at + 3)),
    ]
    return first, second


def is_whole(engine: Engine, attempt: int) -> None:
    """Everything of the round is stored, once."""
    with reading(engine) as connection:
        keys = [str(attempt * ROUND + n) for n in range(ROUND)]
        stored = connection.execute(
            select(copies.c.portal, copies.c.key, articles.c.revision)
            .join(articles, articles.c.id == copies.c.article_id)
            .where(copies.c.key.in_(keys))
        ).all()
    at = attempt * ROUND
    places = sorted((portal, key) for portal, key, _ in stored)
    expected = [("xa", str(at + n)) for n in range(6)] + [("huyen", str(at + 1))]
    assert places == sorted(expected)
    revision_of = {(portal, key): revision for portal, key, revision in stored}
    assert revision_of["xa", str(at)] == 2, "the edit is one revision, however often it was saved"
    assert wrong_with(engine, whole=False) == []


@pytest.mark.parametrize("when", BOTH)
def test_a_batch_is_saved_whole_or_not_at_all_and_saving_it_again_changes_nothing_more(
    engine: Engine, when: When
) -> None:
    run = runs.begin(engine, "xa")

    def attempt(number: int, fault: Fault) -> None:
        first, second = round_of(number)
        save_batch(engine, run.id, first)
        before = last_change(engine)
        try:
            with failing_statement(engine, fault, when):
                save_batch(engine, run.id, second)
        except DatabaseProblem:
            told = last_change(engine) - before
            assert told == 0 or (when == "after" and told == CHANGES), "part of a batch is stored"
            raise

    def look(number: int) -> None:
        assert wrong_with(engine, whole=False) == []
        save_batch(engine, run.id, round_of(number)[1])
        is_whole(engine, number)

    assert every_call(attempt, look, (DatabaseProblem,)) > 20, "the whole of a batch was counted"
    assert migrate.check(engine) == []


@pytest.mark.parametrize("when", BOTH)
def test_a_merge_by_hand_is_told_once_and_compaction_never_tells_of_what_it_dropped(
    engine: Engine, when: When
) -> None:
    def attempt(number: int, fault: Fault) -> None:
        at = number * ROUND
        save_batch(engine, None, [seen(article(at + n), "xa", str(at + n)) for n in range(2)])
        with writing(engine) as connection:
            connection.execute(update(change_rows).values(changed_at=now() - timedelta(days=200)))
        with failing_statement(engine, fault, when):
            merge(engine, number)
            compaction.compact(engine)

    def merge(engine: Engine, number: int) -> None:
        with reading(engine) as connection:
            keys = [str(number * ROUND + n) for n in range(2)]
            query = select(copies.c.article_id).where(copies.c.key.in_(keys)).order_by(copies.c.key)
            first, second = connection.scalars(query)
        merging.merge(engine, first, second)

    def look(number: int) -> None:
        if number % 4 == 0:  # else the next attempt's compaction also has this one's rows
            if not merged(number):
                merge(engine, number)
            compaction.compact(engine)
        with reading(engine) as connection:
            mark = compacted_through(connection)
            kept = list(connection.scalars(select(change_rows.c.change_seq).order_by("change_seq")))
            latest = connection.execute(
                select(change_rows.c.article_id, change_rows.c.op).order_by(change_rows.c.change_seq)
            ).all()
        last_op = {row.article_id: row.op for row in latest}
        assert [seq for seq in kept if seq > mark] == list(range(mark + 1, last_change(engine) + 1))
        with reading(engine) as connection:
            gone = set(connection.scalars(select(articles.c.id).where(articles.c.merged_into.is_not(None))))
            assert {id for id, op in last_op.items() if op == "merge"} == gone
            assert set(last_op) == set(connection.scalars(select(articles.c.id)))

    def merged(number: int) -> bool:
        with reading(engine) as connection:
            key = str(number * ROUND)
            owners = (
                select(copies.c.article_id).distinct().where(copies.c.key.in_([key, str(number * ROUND + 1)]))
            )
            return len(connection.scalars(owners).all()) == 1

    assert every_call(attempt, look, (DatabaseProblem, CannotMerge)) > 10


def test_two_merges_of_one_pair_are_one(engine: Engine) -> None:
    """The answer to the first was lost: who asks again is told that it is done."""
    save_batch(engine, None, [seen(article(n), "xa", str(n)) for n in range(2)])
    merging.merge(engine, 1, 2)
    with pytest.raises(CannotMerge, match="one article already"):
        merging.merge(engine, 1, 2)
    assert wrong_with(engine, whole=False) == []


def migrated_again(url: str, when: When, step: int) -> int:
    """Take a filled database some migrations back, and forward with a fault; how many calls that makes."""
    engine = open_database(url)
    migrate.upgrade(engine)
    back = migrate.revisions()[6]
    with engine.begin() as connection:
        fill(connection)
    migrate.downgrade(engine, back)
    migrate.upgrade(engine)  # rows made of nothing get the hashes that their texts have, and keep them
    migrate.downgrade(engine, back)
    with reading(engine) as connection:
        before = content(connection)

    def attempt(number: int, fault: Fault) -> None:
        with failing_statement(engine, fault, when):
            migrate.upgrade(engine)

    def look(number: int) -> None:
        with reading(engine) as connection:
            revision = migrate.revision_of(connection)
            assert revision in (back, migrate.head())
            if revision == back:
                assert content(connection) == before, "an interrupted migration leaves no trace"
        migrate.upgrade(engine)
        assert migrate.check(engine) == []
        migrate.downgrade(engine, back)

    try:
        return every_call(attempt, look, (DatabaseProblem,), step)
    finally:
        engine.dispose()


def test_an_interrupted_migration_leaves_the_database_as_it_was_or_as_it_is_to_be(empty_url: str) -> None:
    assert migrated_again(empty_url, "before", step=61) > 60


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_migration_may_be_interrupted_at_any_statement(empty_url: str, when: When) -> None:
    assert migrated_again(empty_url, when, step=1 if when == "before" else 3) > 60


def clockwork(engine: Engine, when: When, portals: int) -> int:
    """Two clocks claim, crawl and settle, and one of them meets faults; how many calls a turn makes."""
    names = [f"thanh_hoa/p{n}" for n in range(portals)]
    records = [Portal(name, "Cổng", f"http://{n % 3}.example.vn/", "front") for n, name in enumerate(names)]
    portal_table.sync(engine, records)
    groups = {name: f"server{n % 3}" for n, name in enumerate(names)}
    schedules.ensure(engine, groups, NOON, interval_seconds=3600)
    time = [NOON]
    for owner in ("a:1", "b:2"):
        claims.join(engine, owner, "clock", NOON)

    def turn(owner: str) -> list[str]:
        """Claim what is due, crawl it, give it back."""
        taken = [s.portal for s in claims.claim_due(engine, owner, time[0], limit=4).schedules]
        for portal in taken:
            run = runs.begin(engine, portal, owner=owner)
            runs.finish(engine, run.id, verdict="nothing_new", counts={}, errors={})
            claims.settle(engine, owner, portal, time[0])
        return taken

    def attempt(number: int, fault: Fault) -> None:
        schedules.due_now(engine, names, time[0], "asked for")
        with failing_statement(engine, fault, when):
            turn("a:1")

    def look(number: int) -> None:
        """What the fault left in hand is given back, and everything is crawled once in the period."""
        with reading(engine) as connection:
            held = connection.execute(select(planned.c.portal, planned.c.claimed_by)).all()
            running = connection.scalar(text("SELECT count(*) FROM crawl_runs WHERE status = 'running'"))
        assert {owner for _, owner in held} <= {None, "a:1"}
        assert running is not None and running <= 1
        takeover.reap(engine, time[0], lambda owner: owner == "a:1")
        claims.give_back(engine, "a:1", (), time[0])
        crawled = [*turn("b:2"), *turn("a:1"), *turn("b:2")]
        assert len(crawled) == len(set(crawled)), "a portal was crawled twice in its period"
        with reading(engine) as connection:
            left = select(planned.c.portal, planned.c.claimed_by, planned.c.next_due_at)
            for portal, owner, due in connection.execute(left):
                assert owner is None, f"{portal} is still claimed by {owner}"
                assert time[0] < due <= time[0] + timedelta(hours=2), f"{portal} is due at {due}"
        assert wrong_with(engine, whole=False) == []
        # Time goes on, and now and then the clock is set back: what it had planned is planned again.
        time[0] += timedelta(hours=(3, 2, -1, 4)[number % 4], seconds=1)

    return every_call(attempt, look, (DatabaseProblem, runs.AlreadyRunning))


@pytest.mark.parametrize("when", BOTH)
def test_a_clock_that_meets_a_fault_leaves_nothing_claimed_for_ever_and_nothing_crawled_twice(
    engine: Engine, when: When
) -> None:
    assert clockwork(engine, when, portals=2) > 15


@pytest.mark.slow
def test_the_same_of_more_portals_than_a_clock_takes_at_once(engine: Engine) -> None:
    assert clockwork(engine, "before", portals=6) > 40
