"""One case of hostile_servers.md, tried: the web is put up, crawled for real, and looked at from both sides.

A guard is proved by trying the case again with the guard taken out (``Case.without``): if the case holds
then too, the guard does nothing, or the case does not see it. Each try has a process of its own
(``python -m tests.hostile.one NUMBER [without]``), so that what was taken out stays out for that try only,
and memory is that of one crawl.
"""

from __future__ import annotations

import importlib
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import text

from crawler.fetching.outcomes import WARNINGS
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions, PortalResult
from storage.engine import open_database
from storage.export import records
from tests.hostile.web import ALLOWED, Web, article_path
from tests.loopback import Asked

Faults = list[str]


@dataclass
class Seen:
    """What a trial saw: the results (ours first), the records by path, what was asked of the portal."""

    web: Web
    database: str
    results: list[PortalResult]
    seconds: float
    megabytes: float
    """Growth of the process's peak memory over the crawls."""
    stored: dict[str, dict[str, Any]]

    @property
    def errors(self) -> Counter[str]:
        """Error classes of our portal, over the crawls of the trial's last one."""
        return Counter(self.results[0].errors)

    def hits(self, path: str) -> list[Asked]:
        """The requests of our portal for a path."""
        return [asked for asked in self.web.portal_site.log if asked.path == path]

    def value(self, statement: str) -> object:
        """One value from the database."""
        engine = open_database(self.database)
        with engine.connect() as connection:
            found = connection.execute(text(statement)).scalar()
        engine.dispose()
        return found


@dataclass(frozen=True)
class Case:
    """One row of hostile_servers.md.

    ``build`` puts up the web. ``errors`` are the classes that the run must show, and no others; ``stored``
    the numbers of the articles that must be in the database; ``hits`` bounds the requests to the article in
    whose place the case stands. ``seconds`` and ``megabytes`` bound the whole. ``then`` changes the web (or
    the database) between two crawls. ``check`` tells further faults. ``without`` takes the guard out;
    ``nothing`` says why there is no guard to take out. ``pure`` cases crawl nothing.
    """

    number: int
    title: str
    build: Callable[[Web], None] = lambda web: None
    errors: Sequence[str] | None = ()
    stored: tuple[int, ...] | None = (1, 3)
    hits: int | None = None
    seconds: float = 20.0
    megabytes: float = 64.0
    options: dict[str, Any] = field(default_factory=dict)
    then: Callable[[Web, str], None] | None = None
    check: Callable[[Seen], Faults] = lambda seen: []
    pure: Callable[[], Faults] | None = None
    without: Callable[[], None] | None = None
    nothing: str | None = None

    def __post_init__(self) -> None:
        if (self.without is None) == (self.nothing is None):
            raise ValueError(f"case {self.number}: name the guard, or say why there is none")


def take_out(place: str, **values: object) -> Callable[[], None]:
    """Make a ``without``: set attributes of a module, or of ``module:Class``, for the rest of the process."""

    def out() -> None:
        module, _, name = place.partition(":")
        target = importlib.import_module(module)
        for part in filter(None, name.split(".")):
            target = getattr(target, part)
        for attribute, value in values.items():
            setattr(target, attribute, value)

    return out


def both(*switches: Callable[[], None]) -> Callable[[], None]:
    """Take several guards out: some stand behind one another."""

    def out() -> None:
        for switch in switches:
            switch()

    return out


def try_case(case: Case) -> Faults:
    """Try a case once and return what was not as it must be."""
    if case.pure is not None:
        began = seconds_of_ours()
        return case.pure() + bound("seconds", seconds_of_ours() - began, case.seconds)
    with tempfile.TemporaryDirectory(prefix="fn-hostile-") as folder:
        database = f"sqlite:///{Path(folder) / 'trial.db'}"
        web = Web()
        try:
            case.build(web)
            return judge(case, crawled(case, web, database))
        finally:
            web.close()


def crawled(case: Case, web: Web, database: str) -> Seen:
    """Crawl the web of a case, twice where something happens in between."""
    usual = CrawlOptions(delay=0.0, retry_wait=0.05, timeout=5.0, allow_addresses=(f"{ALLOWED}/32",))
    options = replace(usual, **case.options)
    before = reset_peak()
    began = seconds_of_ours()
    results = crawl(web.ready(), options, database)
    if case.then is not None:
        case.then(web, database)
        results = crawl(web.ready(), options, database)
    seconds, grown = seconds_of_ours() - began, peak() - before
    return Seen(web, database, results, seconds, grown, stored(database))


def stored(database: str) -> dict[str, dict[str, Any]]:
    """The records of a database by the path of their address."""
    engine = open_database(database)
    found = {"/" + str(record["url"]).split("/", 3)[3]: record for record in records(engine)}
    engine.dispose()
    return found


def judge(case: Case, seen: Seen) -> Faults:
    """What was not as it must be."""
    faults: Faults = []
    if case.errors is not None and set(seen.errors) != set(case.errors):
        faults.append(f"errors {dict(seen.errors)}, not {sorted(case.errors)}: {seen.results[0].message}")
    if case.stored is not None and sorted(seen.stored) != sorted(map(article_path, case.stored)):
        faults.append(f"stored {sorted(seen.stored)}, not {case.stored}")
    if set(case.errors or ()) - WARNINGS and seen.results[0].verdict in ("new", "nothing_new"):
        faults.append(f"the verdict is {seen.results[0].verdict} in spite of {dict(seen.errors)}")
    if case.hits is not None:
        faults += bound("requests", len(seen.hits(article_path(2))), case.hits)
    faults += bound("seconds", seen.seconds, case.seconds)
    faults += bound("MB", seen.megabytes, case.megabytes)
    return faults + case.check(seen)


def bound(what: str, value: float, most: float) -> Faults:
    """A fault where a value is above its bound."""
    return [f"{value:.1f} {what}, more than {most}"] if value > most else []


def seconds_of_ours() -> float:
    """A clock that stands still while this thread waits for a processor that somebody else has."""
    waited = Path("/proc/thread-self/schedstat").read_text().split()[1]
    return time.monotonic() - int(waited) / 1e9


def reset_peak() -> float:
    """Forget the highest memory so far; return what is in use, in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak()


def peak() -> float:
    """The highest resident memory since it was reset, in MB."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
