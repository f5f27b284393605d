"""What must hold after each round of chaos and at its end. Checks return a line for each thing wrong."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select, text

from benchmarks.chaos_fleet import ChaosFleet, Stuck
from benchmarks.fleet import overlapping
from storage import runs, schedules
from storage.server_slots import QUEUE
from storage.tables import articles, changes, copies, crawl_runs, dispatchers, frontier
from storage.tables import schedules as planned


def after_round(world: ChaosFleet) -> list[str]:
    """No run without a heartbeat, no claim of the dead, nobody forgotten, nobody ended by himself."""
    found: list[str] = []

    def look() -> bool:
        found[:] = [*_ended(world), *world.ask(lambda c: _stale(c, world)), *_forgotten(world)]
        return not found

    with suppress(Stuck):  # what the round has just done may take two ticks and the lease to be noticed
        world.until(look, "all well", world.pace.bound)
    return found


def at_the_end(world: ChaosFleet) -> list[str]:
    """Publish nothing more, let everything be crawled, stop: nothing is lost, nothing is there twice."""
    wrong: list[str] = []
    world.sites.silent.clear()
    world.sites.endless.clear()
    world.set_ahead(0)
    published = world.sites.freeze()
    last = world.last_run()
    everybody = {world.sites.id(n) for n in range(world.sites.portals)}

    def settled() -> bool:
        left = world.ask(lambda c: c.scalar(select(func.count()).where(frontier.c.state == "pending")))
        return not left and world.crawled_well(last) >= everybody and world.all_joined()

    try:
        world.until(settled, "every portal crawled well after the last round, by all who are there")
    except Stuck as problem:
        wrong.append(f"{problem}: {sorted(everybody - world.crawled_well(last))[:5]}")
    wrong += [
        f"{name} ended with {status} on SIGTERM"
        for name, status in world.fleet.stop().items()
        if status != 143
    ]
    wrong += [f"process {pid} was left behind" for pid in world.leftovers()]
    wrong += world.ask(lambda c: stored(c, published))
    wrong += world.ask(_left_open)
    rows = runs.list_runs(world.engine, limit=10_000_000)
    if count := overlapping(rows):
        wrong.append(f"{count} runs of a portal that another was crawling")
    wrong += [
        f"server {b.server}: {b.later.path} asked for {b.gap:.3f} s after its last answer, not {b.promised}"
        for b in world.sites.breaches()
    ]
    return wrong


def _ended(world: ChaosFleet) -> list[str]:
    ended = [m for m in world.fleet.members.values() if m.process.poll() is not None]
    for member in ended:
        world.fleet.start_again(member.name)
    return [f"{m.name} ended by itself with {m.process.returncode}" for m in ended]


def _stale(connection: Connection, world: ChaosFleet) -> list[str]:
    expired = datetime.now(UTC) - timedelta(seconds=world.pace.bound)
    silent = select(crawl_runs.c.id, crawl_runs.c.portal).where(
        crawl_runs.c.status == "running", crawl_runs.c.heartbeat_at < expired
    )
    alive = select(dispatchers.c.owner).where(dispatchers.c.beat_at >= expired)
    of_the_dead = select(planned.c.portal, planned.c.claimed_by).where(
        planned.c.claimed_by.not_in(alive), planned.c.claimed_by != QUEUE
    )
    return [
        *(f"run {run} of {portal} runs without a heartbeat" for run, portal in connection.execute(silent)),
        *(f"{portal} is claimed by {who}, who is gone" for portal, who in connection.execute(of_the_dead)),
    ]


def _forgotten(world: ChaosFleet) -> list[str]:
    """Portals that have been due for a period and more."""
    late = datetime.now(UTC) - timedelta(seconds=world.pace.every + world.pace.bound)
    return [
        f"{schedule.portal} is due since {schedule.next_due_at:%H:%M:%S} and nobody crawls it"
        for schedule in world.ask(lambda _: schedules.read(world.engine))
        if schedule.claimed_by is None
        and schedule.next_due_at < late
        and world.sites.server_of(world.sites.number(schedule.portal)) not in world.sites.silent
    ]


def stored(connection: Connection, published: dict[str, str]) -> list[str]:
    """Each article once: its address, its record, its change."""
    urls = Counter(connection.scalars(select(copies.c.url)))
    kept = connection.execute(
        select(articles.c.id, articles.c.url, articles.c.revision).where(articles.c.merged_into.is_(None))
    ).all()
    told = Counter(tuple(row) for row in connection.execute(select(changes.c.article_id, changes.c.op)))
    records = Counter(url for _, url, _ in kept)
    wrong = [f"lost: {url}" for url in published.keys() - urls.keys()]
    wrong += [f"stored, but never published: {url}" for url in urls.keys() - published.keys()]
    wrong += [
        f"stored {n} times: {url}" for url, n in (urls + records).items() if max(urls[url], records[url]) > 1
    ]
    wrong += [
        f"{revision} revisions of what never changed: {url}" for _, url, revision in kept if revision != 1
    ]
    wrong += [
        f"{told[number, 'insert']} inserts told of {url}"
        for number, url, _ in kept
        if told[number, "insert"] != 1
    ]
    if len(kept) != len(published):
        wrong.append(f"{len(kept)} records of {len(published)} articles")
    return wrong


def _left_open(connection: Connection) -> list[str]:
    """After all have stopped nothing is under way any more."""
    counts: dict[str, int | None] = {
        "runs that run": connection.scalar(select(func.count()).where(crawl_runs.c.status == "running")),
        "clocks or workers in the list": connection.scalar(select(func.count()).select_from(dispatchers)),
        "claims": connection.scalar(
            select(func.count()).where(planned.c.claimed_by.is_not(None), planned.c.claimed_by != QUEUE)
        ),
    }
    if connection.dialect.name == "postgresql":
        counts["jobs under way"] = connection.scalar(
            text("SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE status = 'doing'")
        )
    return [f"{count} {what} after all have stopped" for what, count in counts.items() if count]
