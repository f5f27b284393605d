"""kill -9 at random moments of crawls: nothing that was acknowledged is lost, nothing is there twice.

    python -m benchmarks.killing [--rounds 100] [--engine sqlite|postgresql|both] [--seed 1] [--fault NAME]

A round publishes some articles on two portals (one takes over texts of the other), edits one, starts a
crawl of both and kills it at some moment after its first commit, one round in EARLY before it. Then the
database is asked what must hold of it (benchmarks.invariants), and whether everything is there that a commit
was told of or that a reader of the feed had seen. A database serves GENERATION rounds, the first of them from
an empty place, so that migrations are killed too; in the end a crawl that nobody kills must store what was
published, all of it, once.

With ``--fault`` the crawls have a fault on purpose (benchmarks.killing_nursery.FAULTS): that it is found is
then what counts.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

import psycopg
from rich.console import Console
from sqlalchemy import Engine, select

from benchmarks.invariants import last_change, titles, wrong_with, wrong_with_archive
from benchmarks.killing_nursery import FAULTS, Order
from storage import migrate
from storage.engine import open_database, reading, writing
from storage.tables import articles, changes
from storage.writers_lock import lock_writers
from tests.postgres import running_postgresql
from tests.spiders.small_portal import News, SmallPortal
from tests.warm import Warm
from vietnam.stamps import VIETNAM

GENERATION = 25
"""Rounds a database: so few that the time of a round does not grow with their number."""

LINES = 16.0
"""So many lines says a crawl after its first commit, to begin with."""

LONGER, SHORTER = 1.03, 0.82
"""By how much the lines up to which kills are drawn grow with a kill, and shrink when a crawl ended before
it: they settle where one crawl in eight ends by itself. Lines, not seconds: on a busy machine the seconds of
the last crawl say little about this one's, and kills come before the database is open."""

EARLY = 8
"""One round in so many is killed before its first commit, if the crawl is as fast as the last one was."""

EMPTY = 3.0
"""So many times longer does a crawl take that makes the tables first."""

SILENT = 120.0
"""Seconds after which a crawl that neither ends nor says anything counts as hung."""

console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Bulletin(News):
    """An article that says in its title how often it was edited: listings show the title, so it is seen."""

    edition: int = 0

    @property
    def title(self) -> str:
        """Its headline."""
        title = super(Bulletin, self).title
        return f"{title} (bổ sung lần {self.edition})" if self.edition else title


@dataclass
class Told:
    """What a crawl said before it ended: how far it was, and how many new articles it had acknowledged."""

    stage: str = "before the database was open"
    acknowledged: int = 0
    status: int = 0
    to_first_commit: float | None = None
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a crawl is killed: after so many seconds, or at a line after its first commit, and a little later.

    ``later`` is a share of the time between that line and the one before: as long as this crawl takes for
    something, on the machine as it is. At the line of a fault it is at once: a fault lasts as long as it does
    on any machine, and where that time is long against it, fifty rounds have missed it.
    """

    seconds: float | None = None
    line: int = 0
    later: float = 0.0


@dataclass
class Outcome:
    """What came of all rounds."""

    rounds: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    """Where crawls were when they were killed -> how often."""
    acknowledged: int = 0
    articles: int = 0
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def crawl_and_kill(nursery: Warm, order: Order, moment: Moment | None) -> Told:
    """Crawl, and kill the crawl at a moment, if it has not ended by then."""
    pid = nursery.begin(json.dumps(order))
    told, began = Told(), time.monotonic()
    due = None if moment is None or moment.seconds is None else began + moment.seconds
    last, lines = began, 0
    while True:
        line = nursery.line(SILENT if due is None else max(0.0, due - time.monotonic()))
        if line is None:
            if due is None:
                told.stage = f"hung for {SILENT:.0f} s"
            os.kill(pid, signal.SIGABRT if due is None else signal.SIGKILL)
            due = None
            continue
        word, _, what = line.partition(" ")
        match word:
            case "ended":
                told.status = int(what)
                return told
            case "saved":
                told.acknowledged = int(what)
                if told.to_first_commit is None:
                    told.to_first_commit, told.stage = time.monotonic() - began, "between commits"
            case "started":
                told.stage = "before the first commit"
            case "finished":
                told.stage = "after a portal's end"
        now, before = time.monotonic(), last
        last = now
        if moment is not None and moment.seconds is None and told.to_first_commit is not None:
            if lines == moment.line:
                due = now if word == "fault" else now + moment.later * (now - before)
            lines += 1


class Reader:
    """A program downstream: it follows the feed, and never sees anything disappear."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.cursor = 0
        self.seen: dict[int, int] = {}

    def follow(self) -> tuple[int, list[str]]:
        """Read on; how many articles were new, and what was wrong."""
        wrong: list[str] = []
        new = 0
        query = select(changes.c.change_seq, changes.c.op, changes.c.article_id, changes.c.revision)
        with reading(self.engine) as connection:
            for seq, op, article, revision in connection.execute(
                query.where(changes.c.change_seq > self.cursor).order_by(changes.c.change_seq)
            ):
                if seq != self.cursor + 1:
                    wrong.append(f"change {seq} came after {self.cursor}")
                if revision < self.seen.get(article, 0):
                    wrong.append(f"article {article} went back to revision {revision}")
                self.cursor, self.seen[article] = seq, revision
                new += op == "insert"
            kept = set(connection.scalars(select(articles.c.id)))
        if lost := self.seen.keys() - kept:
            wrong.append(f"lost: {len(lost)} articles that the feed had told of")
        return new, wrong


class Generation:
    """One database, and the portals that are crawled into it."""

    def __init__(
        self, database: str, folder: Path, nursery: Warm, ends: ExitStack, fault: str | None = None
    ) -> None:
        self.archive = folder / "archive"
        self.nursery = nursery
        self.sites = [SmallPortal(per_page=20) for _ in range(2)]
        for site in self.sites:
            ends.enter_context(site)
        portals = [(f"thu_nghiem/cong_{number}", site.url) for number, site in enumerate(self.sites)]
        self.order: Order = {
            "database": database, "archive": str(self.archive), "portals": portals, "fault": fault,
        }  # fmt: skip
        self.engine = open_database(database)
        ends.callback(self.engine.dispose)
        self.reader = Reader(self.engine)
        # Young enough for another title in a listing to be taken for an edit, too old for anything else.
        self.day = datetime.now(VIETNAM).replace(microsecond=0) - timedelta(days=25)

    def publish(self, chance: Random) -> None:
        """Some articles on the one portal, one of them on the other too; and one is edited."""
        leading, copying = self.sites
        for _ in range(chance.randint(8, 16)):
            number = len(leading.news) + 1
            leading.news.append(Bulletin(number, self.day + timedelta(minutes=20 * number)))
            if number % 5 == 0:
                copying.news.append(leading.news[-1])
        at = max(len(leading.news) - chance.randint(1, 15), 0)  # where later walks look
        edited = leading.news[at]
        if edited.number % 5 and isinstance(edited, Bulletin):
            leading.news[at] = replace(edited, edition=edited.edition + 1, edited=True)

    def round(self, chance: Random, moment: Moment) -> tuple[Told, list[str]]:
        """Publish, crawl, kill, look."""
        self.publish(chance)
        told = crawl_and_kill(self.nursery, self.order, moment)
        return told, self.look(told)

    def look(self, told: Told) -> list[str]:
        """What is wrong now."""
        wrong = [] if told.status in (0, -signal.SIGKILL) else [f"ended with {told.status} ({told.stage})"]
        with writing(self.engine) as connection:
            lock_writers(connection)  # a server may still be at the dead one's last commit
        if not migrate.is_current(self.engine):
            return wrong + ([] if told.acknowledged == 0 else ["the tables are gone"])
        new, missed = self.reader.follow()
        if new < told.acknowledged:
            missed.append(f"lost: {told.acknowledged} new articles were acknowledged, {new} are in the feed")
        return wrong + missed + wrong_with(self.engine, whole=False)

    def finish(self) -> tuple[Told, list[str]]:
        """Crawl to the end: everything is there, once."""
        told = crawl_and_kill(self.nursery, self.order, None)
        wrong = self.look(told)
        expected = {news.title for news in self.sites[0].news}
        stored = titles(self.engine)
        if stored != expected:
            wrong.append(
                f"lost: {len(expected - stored)}; stored and not published: {len(stored - expected)}"
            )
        with reading(self.engine) as connection:
            count = len(connection.execute(select(articles.c.id)).all())
        if count != len(expected):
            wrong.append(f"{count} records of {len(expected)} articles")
        if self.reader.cursor != last_change(self.engine):
            wrong.append("the reader is not at the end of the feed")
        return told, wrong + migrate.check(self.engine) + wrong_with_archive(self.archive, self.engine)


def run_rounds(engine: str, rounds: int, seed: int, tell: bool = True, fault: str | None = None) -> Outcome:
    """So many rounds on one engine; with a fault until it is found."""
    outcome = Outcome()
    within, to_commit = LINES, 1.0
    with ExitStack() as ends:
        server = ends.enter_context(running_postgresql()) if engine == "postgresql" else None
        nursery = ends.enter_context(Warm("benchmarks.killing_nursery"))
        found = False
        while outcome.rounds < rounds and not found:
            with ExitStack() as these:
                folder = Path(these.enter_context(tempfile.TemporaryDirectory(prefix="fn-killing-")))
                database = f"sqlite:///{folder / 'killing.db'}"
                if server is not None:
                    database = _fresh(server, f"killing_{outcome.rounds}", these)
                generation = Generation(database, folder, nursery, these, fault)
                for _ in range(min(GENERATION, rounds - outcome.rounds)):
                    began = time.monotonic()
                    empty = not migrate.is_current(generation.engine)
                    chance = Random(f"{seed} {engine} {outcome.rounds}")
                    if empty or chance.randrange(EARLY) == 0:
                        moment = Moment(seconds=chance.uniform(0.0, to_commit * (EMPTY if empty else 1.0)))
                    else:
                        moment = Moment(line=int(chance.uniform(0.0, within)), later=chance.random())
                    told, wrong = generation.round(chance, moment)
                    if told.to_first_commit is not None and not empty:
                        to_commit = told.to_first_commit
                    if moment.seconds is None:
                        within *= SHORTER if told.status == 0 else LONGER
                    outcome.killed["it had ended" if told.status == 0 else told.stage] += 1
                    outcome.acknowledged += told.acknowledged
                    outcome.rounds += 1
                    outcome.seconds.append(time.monotonic() - began)
                    outcome.wrong += [f"{engine} round {outcome.rounds} ({told.stage}): {w}" for w in wrong]
                    found = fault is not None and bool(wrong)
                    if found:
                        break
                told, wrong = generation.finish()
                outcome.articles += len(generation.sites[0].news)
                outcome.wrong += [f"{engine} to round {outcome.rounds}, at the end: {w}" for w in wrong]
            if tell:
                console.print(f"{engine}: {outcome.rounds} rounds, {len(outcome.wrong)} wrong")
    return outcome


def _fresh(server: str, name: str, ends: ExitStack) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")

    def drop() -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    ends.callback(drop)
    return server.replace("/postgres?", f"/{name}?", 1)


def main() -> int:
    """Run the rounds; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.killing", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", choices=tuple(FAULTS), help="put a fault in: it must be found")
    options = parser.parse_args()
    engines = ("sqlite", "postgresql") if options.engine == "both" else (options.engine,)
    wrong = rounds = acknowledged = published = 0
    began = time.monotonic()
    for engine in engines:
        outcome = run_rounds(engine, -(-options.rounds // len(engines)), options.seed, fault=options.fault)
        stages = ", ".join(f"{stage} {count}" for stage, count in outcome.killed.most_common())
        console.print(f"{engine}: killed {stages}; {median(outcome.seconds):.2f} s a round")
        for line in outcome.wrong:
            console.print(f"WRONG: {line}")
        wrong += len(outcome.wrong)
        rounds += outcome.rounds
        acknowledged += outcome.acknowledged
        published += outcome.articles
    fell_short = bool(wrong) is (options.fault is None)
    fault = "" if options.fault is None else f" (with the fault {options.fault})"
    console.print(
        f"killing: {'FELL SHORT' if fell_short else 'ok'}{fault}: {rounds} kill -9 on "
        f"{' and '.join(engines)}, {acknowledged} articles acknowledged before the kill, "
        f"{published} published, {wrong} wrong, {time.monotonic() - began:.0f} s"
    )
    return 1 if fell_short else 0


if __name__ == "__main__":
    sys.exit(main())
