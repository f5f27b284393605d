"""What befalls the fleet in a round. A fault strikes, mends what systemd would mend, and tells of it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from sqlalchemy import func, select

from benchmarks.chaos_fleet import ChaosFleet, Stuck
from benchmarks.fleet_processes import Member
from storage import schedules
from storage.tables import crawl_runs
from tests.postgres import crash

HOUR = 3600


@dataclass(slots=True)
class Told:
    """What a fault did. ``again``: seconds until each portal that it killed was being crawled again."""

    what: str
    again: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


Fault = Callable[[ChaosFleet, Random], Told]


def kill_clock(world: ChaosFleet, random: Random) -> Told:
    """kill -9 of a clock, which systemd starts again."""
    return _kill(world, random, random.choice(world.members("clock")), with_hosts=False)


def kill_worker(world: ChaosFleet, random: Random) -> Told:
    """kill -9 of a worker."""
    return _kill(world, random, random.choice(world.members("worker")), with_hosts=False)


def kill_machine(world: ChaosFleet, random: Random) -> Told:
    """kill -9 of a clock or worker and its crawl hosts at the same moment, as in a power cut."""
    return _kill(world, random, random.choice(world.crawling()), with_hosts=True)


def kill_host(world: ChaosFleet, random: Random) -> Told:
    """kill -9 of a crawl host under its parent."""
    member, host = _busy_host(world, random)
    told = Told(f"kill -9 of a crawl host of {member.name}")
    watched = _Watched(world, world.in_hand([host]))
    _signal([host], signal.SIGKILL)
    return watched.tell(told)


def stop_shortly(world: ChaosFleet, random: Random) -> Told:
    """SIGSTOP of anybody for less than the lease, then SIGCONT."""
    member = random.choice(list(world.fleet.members.values()))
    pids = [member.pid, *member.hosts()]
    pid = random.choice(pids)
    seconds = random.uniform(0.5, world.pace.silent - 1)
    who = member.name if pid == member.pid else f"a crawl host of {member.name}"
    with suppress(ProcessLookupError):
        _stop(world, [pid])
        time.sleep(seconds)
    _signal([pid], signal.SIGCONT)
    return Told(f"{who} suspended for {seconds:.1f} s")


def stop_long(world: ChaosFleet, random: Random) -> Told:
    """SIGSTOP of a clock, a worker or a crawl host for longer than the lease, then SIGCONT."""
    member, host = _busy_host(world, random)
    if random.random() < 0.4:
        return _suspend(world, random, [host], f"a crawl host of {member.name}")
    member = random.choice([*world.crawling(), *world.members("clock")])
    return _suspend(world, random, [member.pid], member.name)


def stop_machine(world: ChaosFleet, random: Random) -> Told:
    """SIGSTOP of a clock or worker with its crawl hosts for longer than the lease: a suspended machine."""
    member, _ = _busy_host(world, random)
    return _suspend(world, random, [member.pid, *member.hosts()], f"the machine of {member.name}")


def crash_database(world: ChaosFleet, random: Random) -> Told:
    """PostgreSQL ends without a word to anybody, and is started again."""
    del random
    watched = _Watched(world, world.all_in_hand())
    crash(world.fleet.database)
    told = Told("PostgreSQL crashed and was restarted")
    # A crawl that had nothing to write meanwhile goes on, and ends: then it was not killed.
    last = watched.after

    def over(portal: str) -> bool:
        query = select(func.count()).where(
            crawl_runs.c.portal == portal, (crawl_runs.c.id > last) | (crawl_runs.c.status != "running")
        )
        old = select(func.max(crawl_runs.c.id)).where(crawl_runs.c.portal == portal).scalar_subquery()
        return bool(world.ask(lambda c: c.scalar(query.where(crawl_runs.c.id == old))))

    return watched.tell(told, over)


def silent_server(world: ChaosFleet, random: Random) -> Told:
    """A server takes requests and answers none; it recovers some rounds later (benchmarks.chaos)."""
    server = random.randrange(world.sites.servers)
    world.sites.silent.add(server)
    last = world.last_run()
    others = {
        world.sites.id(n)
        for n in range(world.sites.portals)
        if world.sites.server_of(n) not in world.sites.silent
    }
    told = Told(f"server {server} answers nothing")
    try:
        world.until(
            lambda: world.begun(last) >= set(sorted(others)[:5]), "others crawled beside a silent server",
            2 * world.pace.every + world.pace.bound,
        )  # fmt: skip
    except Stuck as problem:
        told.wrong.append(str(problem))
    return told


def endless_callback(world: ChaosFleet, random: Random) -> Told:
    """A page that is read for ever: its crawl host hangs. Some pages hang it also when crawled alone."""
    sites = world.sites
    portal = random.choice([n for n in range(sites.portals) if sites.server_of(n) not in sites.silent])
    twice = random.random() < 0.3
    name = world.sites.id(portal)
    told = Told(f"a page of {name} is read for ever" + (", twice" if twice else ""))
    last, hits = world.last_run(), len(world.sites.hits)
    world.sites.endless.add(portal)

    def asked() -> bool:
        return any(hit.portal == portal and hit.path.endswith("/tin/") for hit in world.sites.hits[hits:])

    try:
        schedules.due_now(world.engine, [name], datetime.now(UTC), "wanted by chaos")
        world.until(asked, f"the listing of {name} asked for")
        host = world.ask(
            lambda c: c.scalar(
                select(crawl_runs.c.owner).where(crawl_runs.c.id > last, crawl_runs.c.portal == name)
            )
        )
        pid = int((host or ":0").rpartition(":")[2])
        watched = _Watched(world, world.in_hand([pid]) - {name})
        world.until(lambda: _lost(world, name, last) >= 1 + twice, f"the host that reads {name} killed")
        world.sites.endless.discard(portal)
        watched.tell(told)
        if not twice:
            world.until(lambda: name in world.crawled_well(last), f"{name} crawled again")
    except Stuck as problem:
        told.wrong.append(str(problem))
    finally:
        world.sites.endless.discard(portal)
    return told


def clock_set(world: ChaosFleet, random: Random) -> Told:
    """The time that the scheduler is given goes an hour forward, and back."""
    last, began = world.last_run(), time.monotonic()
    told = Told("the clock was set an hour forward and back")
    world.set_ahead(HOUR)
    time.sleep(random.uniform(0.5, 1.0) * world.pace.every)
    world.set_ahead(0)
    world_again = world.pace.bound + world.pace.every

    def planned_well() -> bool:
        now = datetime.now(UTC).timestamp()
        waits = [
            schedule.next_due_at.timestamp() - now
            for schedule in world.ask(lambda _: schedules.read(world.engine))
        ]
        return max(waits) <= 1.5 * world.pace.every

    try:
        world.until(planned_well, "no portal waits for the hour that was lost", world_again)
    except Stuck as problem:
        told.wrong.append(str(problem))
    # Once for its own period, once for the hour, once more where the way back made it due: not for ever.
    most = 3 + (time.monotonic() - began) / world.pace.every
    per_portal = select(crawl_runs.c.portal, func.count()).where(
        crawl_runs.c.id > last, crawl_runs.c.verdict != "lost"
    )
    counts = world.ask(lambda c: c.execute(per_portal.group_by(crawl_runs.c.portal)).all())
    told.wrong += [f"{portal} was crawled {n} times for one hour" for portal, n in counts if n > most]
    return told


def faults_for(world: ChaosFleet) -> tuple[list[Fault], list[int]]:
    """The faults that can befall this fleet, and how often each does."""
    chosen: list[tuple[Fault, int]] = [
        (kill_clock, 3), (kill_host, 4), (kill_machine, 2), (stop_shortly, 3), (stop_long, 2),
        (stop_machine, 2), (silent_server, 2), (endless_callback, 2), (clock_set, 2),
    ]  # fmt: skip
    if world.workers:
        chosen += [(kill_worker, 4), (crash_database, 3)]
    return [fault for fault, _ in chosen], [often for _, often in chosen]


# -- how -------------------------------------------------------------------------------------------


class _Watched:
    """Portals that are about to be killed, and how long it takes until they are crawled again."""

    def __init__(self, world: ChaosFleet, portals: Collection[str]) -> None:
        self.world = world
        sites = world.sites
        # At a server that answers nothing each waits for all before it: the end of all rounds looks at them.
        self.portals = {p for p in portals if sites.server_of(sites.number(p)) not in sites.silent}
        self.after = world.last_run()
        self.began = time.monotonic()

    def tell(self, told: Told, again: Callable[[str], bool] | None = None) -> Told:
        """Wait for all of them; what takes longer than two ticks and the lease is wrong.

        A machine that has other things to do is allowed for: two processes must start, the one that crawls
        after the one that has it crawl, and each may take so much longer as it does there than on a free one.
        """
        left = set(self.portals)
        bound, patience = self.world.pace.bound, self.world.pace.patience
        while left and time.monotonic() - self.began < patience:
            begun = {p for p in left if again(p)} if again else left & self.world.begun(self.after)
            seconds = time.monotonic() - self.began
            told.again += [seconds] * len(begun)
            left -= begun
            if begun and seconds > bound and seconds > (most := bound + 2 * self.world.start_delay()):
                told.wrong += [f"{p} was crawled again after {seconds:.1f} s, not {most:.1f}" for p in begun]
            time.sleep(0.2)
        told.wrong += [f"{p} was not crawled again in {patience:.0f} s" for p in left]
        return told


def _kill(world: ChaosFleet, random: Random, member: Member, *, with_hosts: bool) -> Told:
    hosts = _hosts_at_work(world, member)
    watched = _Watched(world, world.in_hand(hosts))
    _signal([*hosts, member.pid] if with_hosts else [member.pid], signal.SIGKILL)
    member.process.wait()
    time.sleep(random.uniform(0.2, 2.0))
    world.fleet.start_again(member.name)
    return watched.tell(Told(f"kill -9 of {member.name}" + (" and its crawl hosts" if with_hosts else "")))


def _suspend(world: ChaosFleet, random: Random, pids: Iterable[int], who: str) -> Told:
    pids = list(pids)
    told = Told(f"{who} suspended for longer than the lease")
    hosts = [host for member in world.fleet.members.values() for host in member.hosts() if member.pid in pids]
    watched = _Watched(world, world.in_hand({*pids, *hosts}))
    try:
        _stop(world, pids)
        watched.began = time.monotonic()
        watched.tell(told)
        until = watched.began + world.pace.lease + random.uniform(0.5, 2) * world.pace.tick
        time.sleep(max(0.0, until - time.monotonic()))
    finally:
        _signal(pids, signal.SIGCONT)
    return told


def _stop(world: ChaosFleet, pids: Collection[int]) -> None:
    """SIGSTOP at a moment at which nobody of them holds SQLite's lock (docs/scheduling.md, Limits)."""
    while True:
        _signal(pids, signal.SIGSTOP)
        if world.is_writable():
            return
        _signal(pids, signal.SIGCONT)
        time.sleep(0.1)


def _busy_host(world: ChaosFleet, random: Random) -> tuple[Member, int]:
    """A crawl host that is crawling, and whose it is."""
    found: list[tuple[Member, int]] = []

    def busy() -> bool:
        found[:] = [
            (member, host) for member in world.crawling() for host in member.hosts() if world.in_hand([host])
        ]
        return bool(found)

    world.until(busy, "a crawl host at work")
    return random.choice(found)


def _hosts_at_work(world: ChaosFleet, member: Member) -> list[int]:
    """The crawl hosts of a member, when one of them is at work or has been waited for long enough."""
    with suppress(Stuck):
        world.until(
            lambda: bool(world.in_hand(member.hosts())) or not member.hosts(), f"{member.name} at work",
            world.pace.every / 2,
        )  # fmt: skip
    return member.hosts()


def _signal(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _lost(world: ChaosFleet, portal: str, after: int) -> int:
    query = select(func.count()).where(
        crawl_runs.c.portal == portal, crawl_runs.c.id > after, crawl_runs.c.verdict == "lost"
    )
    return world.ask(lambda c: c.scalar(query)) or 0
