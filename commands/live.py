"""The portals of a clock as a table that stays on the terminal, and is true from second to second."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text
from sqlalchemy import Engine

from commands.progress import Roomy
from storage import runs, schedules
from storage.engine import DatabaseProblem, open_database
from storage.runs import LastRun
from storage.said import many
from storage.timetable import Schedule, duration
from vietnam.stamps import VIETNAM

LOOK = 1.0
"""Seconds between two looks into the database."""

COLOURS = {
    "new": "green", "nothing_new": "cyan", "partial": "yellow", "suspicious_empty": "yellow",
    "layout_drift": "yellow", "blocked": "magenta", "failed": "red", "lost": "red", "cancelled": "dim",
}  # fmt: skip
"""Of verdicts."""


@contextmanager
def live_table(database: str, *, hint: str, console: Console) -> Iterator[Callable[[str], None]]:
    """Keep the table at the foot of the terminal while this lasts; what is given prints a line above it.

    ``hint`` is said below the table.
    """
    engine = open_database(database)
    board = Board(engine, hint)
    live = Live(
        get_renderable=lambda: Roomy(board.render()), console=console, refresh_per_second=2,
        redirect_stdout=False,
    )  # fmt: skip
    try:
        with live:
            try:
                yield lambda line: console.print(styled_line(line), soft_wrap=True)
            finally:
                board.stopped = True
    finally:
        engine.dispose()


@dataclass(frozen=True, slots=True)
class View:
    """What the table shows: the schedules, their portals' last runs, how many articles each has."""

    schedules: Sequence[Schedule]
    last: dict[str, LastRun]
    articles: dict[str, int]


class Board:
    """The table, from what the database says."""

    def __init__(self, engine: Engine, hint: str) -> None:
        self._engine = engine
        self._hint = hint
        self._view: View | None = None
        self._looked_at = -LOOK
        self.stopped = False
        """Whether nothing comes next any more."""

    def render(self) -> RenderableType:
        """The table of this moment."""
        if self.stopped or time.monotonic() - self._looked_at >= LOOK:
            self._looked_at = time.monotonic()
            with suppress(DatabaseProblem):  # it is being made; or away, and the clock says so
                self._view = look(self._engine)
        if self._view is None or not self._view.schedules:
            return Text("the clock starts …", style="dim")
        now = datetime.now(UTC)
        below = _tally(self._view) if self.stopped else f"{_tally(self._view)}; {_outlook(self._view, now)}"
        hint = "" if self.stopped else self._hint
        rows = table_of(self._view, now, stopped=self.stopped)
        return Group("", rows, Text(f"\n{below}", style="bold"), Text(hint, style="dim"))


def look(engine: Engine) -> View:
    """Read what the table shows. Raises DatabaseProblem."""
    planned = schedules.read(engine)
    return View(planned, *runs.last_of(engine, [schedule.portal for schedule in planned]))


def table_of(view: View, now: datetime, *, stopped: bool = False) -> Table:
    """The table. ``stopped``: nothing comes next."""
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    table.add_column("portal", no_wrap=True)
    table.add_column("last result", no_wrap=True)
    table.add_column("articles", no_wrap=True, justify="right")
    table.add_column("" if stopped else "next crawl, and why", no_wrap=True, overflow="ellipsis", ratio=1)
    for schedule in sorted(view.schedules, key=lambda schedule: schedule.portal):
        last = view.last.get(schedule.portal)
        stored = view.articles.get(schedule.portal, 0)
        new = last.counts.get("new", 0) if last else 0
        articles = Text.assemble((f"+{new} " if new else "", "bold green"), f"{stored or ''}")
        coming = "" if stopped else _next(schedule, last, now)
        table.add_row(schedule.portal, _result(last, now), articles, coming)
    return table


def _result(last: LastRun | None, now: datetime) -> Text:
    if last is None:
        return Text("not crawled yet", style="dim")
    if last.finished_at is None:
        return Text(f"{last.counts.get('listed', 0)} listed so far", style="bold")
    ago = duration(max(0.0, (now - last.finished_at).total_seconds()))
    return Text.assemble((last.verdict or "", COLOURS.get(last.verdict or "", "")), (f" {ago} ago", "dim"))


def _next(schedule: Schedule, last: LastRun | None, now: datetime) -> str:
    match schedules.state(schedule, now):
        case "paused":
            return "paused"
        case "running" if last is not None and last.finished_at is None:
            return "being crawled"
        case "running":
            return "now, as soon as its server is free"
        case "due":
            return f"now: {schedule.due_reason}"
    return f"in {duration((schedule.next_due_at - now).total_seconds())}: {schedule.due_reason}"


def _tally(view: View) -> str:
    crawled = sum(last.finished_at is not None for last in view.last.values())
    articles = many(sum(view.articles.values()), "article")
    return f"{crawled} of {many(len(view.schedules), 'portal')} crawled, {articles}"


def _outlook(view: View, now: datetime) -> str:
    """What is under way, and what happens next."""
    states = Counter(schedules.state(schedule, now) for schedule in view.schedules)
    said = [f"{under_way} now"] if (under_way := states["running"] + states["due"]) else []
    waiting = [s for s in view.schedules if schedules.state(s, now) == "waiting"]
    if waiting:
        first = min(waiting, key=lambda schedule: schedule.next_due_at)
        wait = duration(max(0.0, (first.next_due_at - now).total_seconds()))
        said.append(f"next: {first.portal} in {wait}, at {first.next_due_at.astimezone(VIETNAM):%H:%M:%S}")
    return "; ".join(said)


def styled_line(line: str) -> Text:
    """A line of the clock with the time of the day; the verdict of a crawl stands out."""
    time_of_day = f"{datetime.now(VIETNAM):%H:%M:%S}"
    text = Text(f"{time_of_day} {line}")
    text.stylize("dim", 0, len(time_of_day))
    portal, colon, rest = line.partition(": ")
    verdict = rest.partition(",")[0]
    if colon and " " not in portal and verdict in COLOURS:
        begin = len(time_of_day) + 1
        text.stylize("bold", begin, begin + len(portal) + 1)
        text.stylize(COLOURS[verdict], begin + len(portal) + 2, begin + len(portal) + 2 + len(verdict))
    if "; next" in line:
        text.stylize("dim", len(time_of_day) + 1 + line.index("; next"), len(text))
    return text
