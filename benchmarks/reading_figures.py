"""What benchmarks.reading measures with: figures against bounds, and time on the wall and of processors."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, func, select, text

from storage.engine import reading

console = Console(highlight=False, width=150)  # a table that is read from a file too

By = Literal["wall", "cpu"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line: ``value`` must be below ``bound``, or above it where ``least``."""

    what: str
    value: float
    bound: float
    unit: str
    note: str = ""
    cpu: float | None = None
    """The same by processor time: what the wall would tell of a machine without others."""
    least: bool = False

    def holds(self, by: By) -> bool:
        """Whether it is within its bound, by the wall or by processor time where that was measured."""
        value = self.value if by == "wall" or self.cpu is None else self.cpu
        return value >= self.bound if self.least else value < self.bound


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds on the wall and of processors, one of each a piece of work.

    The wall tells of whoever else uses the machine. The processors' time is that of this process and of
    the ``others`` that work for it: the server's end of the connection, the API. Linux alone tells it.
    """

    others: Sequence[int] = ()
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def run(self, work: Callable[[], object]) -> float:
        began, cpu = time.perf_counter(), self._cpu()
        work()
        self.cpu.append((self._cpu() - cpu) * 1000)
        self.wall.append((time.perf_counter() - began) * 1000)
        return self.wall[-1]

    def _cpu(self) -> float:
        return time.process_time() + sum(map(cpu_seconds, self.others))

    def figure(self, what: str, bound: float, note: str = "") -> Figure:
        cpu, median = percentile(self.cpu, 0.95), percentile(self.wall, 0.5)
        said = f"p50 {median:.1f} ms, CPU p50 {percentile(self.cpu, 0.5):.1f} p95 {cpu:.1f} ms"
        return Figure(what, percentile(self.wall, 0.95), bound, "ms", said + note, cpu)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far; 0 where the system does not tell."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
    except (OSError, ValueError):
        return 0.0


def parent_of(pid: int) -> int:
    """The process that began another."""
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def ended_seconds(pid: int) -> float:
    """Processor time of the children of a process that have ended; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def servers(engine: Engine) -> list[int]:
    """The processes at the other end of our connections: one with PostgreSQL, none with SQLite."""
    if engine.dialect.name == "sqlite":
        return []
    with reading(engine) as connection:
        return [connection.scalar(select(func.pg_backend_pid())) or 0]


def backends(engine: Engine) -> list[int]:
    """Every process of the PostgreSQL server that answers questions; none with SQLite."""
    if engine.dialect.name == "sqlite":
        return []
    with reading(engine) as connection:
        return list(
            connection.scalars(text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"))
        )


def show(name: str, figures: Sequence[Figure]) -> None:
    table = Table(box=None, title=name, title_justify="left", pad_edge=False)
    for head in ("", "measured", "bound", "", "by CPU", ""):
        table.add_column(head, justify="right" if head in ("measured", "bound", "by CPU") else "left")
    for one in figures:
        sign = ">=" if one.least else "<"
        short = (
            "" if one.holds("wall") else "by processor time alone; " if one.holds("cpu") else "FALLS SHORT; "
        )
        table.add_row(
            one.what, f"{one.value:,.1f}", f"{sign} {one.bound:,.0f}", one.unit,
            "" if one.cpu is None else f"{one.cpu:,.1f}", short + one.note,
        )  # fmt: skip
    console.print(table)
