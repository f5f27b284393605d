"""What a long command shows while it runs, on stderr: a live bar on a terminal, plain lines elsewhere.

A crawl has a bar a portal (:func:`watcher`), everything else one for its share of a whole (:func:`shown`).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.constrain import Constrain
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from commands.problems import say
from crawler.running.telling import TOLD, counted
from storage.portals import Portal

if TYPE_CHECKING:
    from crawler.running.options import Event, PortalResult

PLAIN_INTERVAL = 10.0
"""Seconds between two plain lines of one portal: a log of a night's crawl stays readable."""


class Watcher(Protocol):
    """Something that is told of a crawl's events and shows them."""

    def __enter__(self) -> Watcher: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def __call__(self, event: Event) -> None: ...


class Silence:
    """Shows nothing but problems."""

    def __enter__(self) -> Silence:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def __call__(self, event: Event) -> None:
        if event.kind == "problem":
            say(f"{event.portal}: {event.message}")


class Lines(Silence):
    """One line now and then for each portal, and one when it ends."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}
        self._problems: set[str | None] = set()

    def __call__(self, event: Event) -> None:
        super().__call__(event)
        if event.kind == "problem":
            self._problems.add(event.message)
        now = time.monotonic()
        if event.kind == "finished":
            say(
                f"{event.portal}: {event.verdict}, {counted(event.counts)}"
                + (f" ({event.message})" if event.message and event.message not in self._problems else "")
            )
        elif now - self._said.setdefault(event.portal, now) >= PLAIN_INTERVAL:
            self._said[event.portal] = now
            say(f"{event.portal}: {counted(event.counts)}")


@dataclass(frozen=True, slots=True)
class Roomy:
    """What is shown live, with the last columns of the terminal left free.

    Where Ctrl-C is pressed the terminal writes ``^C`` behind the last line. If that wraps, the display is a
    line lower than rich believes, and its first line stays behind for good.
    """

    shown: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Constrain(self.shown, options.max_width - len("^C"))


class RoomyProgress(Progress):
    """A progress display with room for what is pressed."""

    def get_renderables(self) -> Iterable[RenderableType]:
        """The bars."""
        return map(Roomy, super().get_renderables())


BAR_FROM = 90
"""Columns of a terminal from which on a bar and the time fit beside a portal's name and its counts."""


class Bars(Silence):
    """A bar a portal: articles read of those listed so far, and what came of them."""

    def __init__(self, console: Console) -> None:
        self._wide = wide = console.width >= BAR_FROM
        bar: tuple[ProgressColumn, ...] = (BarColumn(bar_width=24),) if wide else ()
        clock: tuple[ProgressColumn, ...] = (TimeElapsedColumn(),) if wide else ()
        self._progress = RoomyProgress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            *bar,
            MofNCompleteColumn(),
            TextColumn("{task.fields[what]}"),
            *clock,
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        task = self._tasks.get(event.portal)
        if task is None:
            task = self._tasks[event.portal] = self._progress.add_task(event.portal, total=None, what="")
        counts = event.counts
        done = counts.get("listed", 0) if event.kind == "finished" else counts.get("fetched", 0)
        self._progress.update(
            task,
            total=max(counts.get("listed", 0), done) or None,
            completed=done,
            what=self._what(counts) if event.kind != "finished" else f"{event.verdict}",
        )
        if event.kind == "finished":
            self._progress.update(task, total=done or 1, completed=done or 1)
        if event.kind == "problem":
            self._progress.console.print(f"{event.portal}: {event.message}", markup=False, highlight=False)

    def _what(self, counts: Mapping[str, int]) -> str:
        """The counts in words; how many are listed stands beside them already, where there is little room."""
        rest = {name: count for name, count in counts.items() if name != "listed"}
        if self._wide or not counts.get("listed"):
            return counted(counts)
        return counted(rest) if any(rest.get(name) for name in TOLD) else ""


def watcher(*, quiet: bool) -> Watcher:
    """The right display for where stderr goes."""
    if quiet:
        return Silence()
    console = Console(stderr=True)
    return Bars(console) if console.is_terminal else Lines()


RESULT_HEAD = (
    "portal",
    "verdict",
    "listed",
    "new",
    "changed",
    "copies",
    "stories",
    "off topic",
    "failed",
    "seconds",
)

RESULT_BELOW = ("copies", "stories", "off topic")
"""What moves under each row first where a terminal is too narrow."""


def result_rows(portals: Sequence[Portal], results: Sequence[PortalResult]) -> list[tuple[object, ...]]:
    """The table at the end of a crawl, and its last row with the sums where there is more than one portal."""
    names = {portal.id: portal.id for portal in portals}
    rows: list[tuple[object, ...]] = [
        (
            names.get(r.portal, r.portal),
            r.verdict,
            r.listed,
            r.new,
            r.changed,
            r.copies,
            r.stories,
            r.off_topic,
            r.failed,
            f"{r.seconds:.1f}",
        )
        for r in results
    ]
    if len(results) > 1:
        sums = [
            sum(getattr(r, name) for r in results)
            for name in ("listed", "new", "changed", "copies", "stories", "off_topic", "failed")
        ]
        rows.append(("all", "", *sums, f"{max(r.seconds for r in results):.1f}"))
    return rows


class Share(Protocol):
    """Something that is told how much is done of how much, and what came of it."""

    def __call__(self, done: int, of: int, what: str = "", /) -> None: ...


@contextlib.contextmanager
def shown(task: str, *, quiet: bool) -> Iterator[Share]:
    """A bar on a terminal, a line every ten seconds elsewhere, nothing if quiet: for shares of a whole."""
    console = Console(stderr=True)
    if quiet:
        yield lambda _done, _of, _what="": None
    elif console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        what_came = TextColumn("{task.fields[what]}")
        with RoomyProgress(*columns, what_came, console=console, transient=True) as progress:
            bar = progress.add_task(task, total=None, what="")
            yield lambda done, of, what="": progress.update(bar, completed=done, total=of, what=what)
    else:
        yield _PlainShare(task)


class _PlainShare:
    """A line now and then."""

    def __init__(self, task: str) -> None:
        self._task = task
        self._said = time.monotonic()

    def __call__(self, done: int, of: int, what: str = "") -> None:
        if time.monotonic() - self._said >= PLAIN_INTERVAL:
            self._said = time.monotonic()
            say(f"{self._task}: {100 * done // max(of, 1)} %" + (f", {what}" if what else ""))
