"""A clock over stub portals: in this process, or in processes of its own that a test may kill."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import app
from storage import runs
from storage.engine import open_database
from storage.lease import USUAL
from tests.forked import Forked, Order, Running, without_settings
from tests.scheduling.stubs import Stubs

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0
"""Seconds that a test waits for what must come, on a machine that others use too."""


@dataclass
class Frontnews:
    """Runs the command beside the stubs' registry; everything that it started is gone at the end."""

    database: str
    registry: Path
    folder: Path
    forked: Forked
    started: list[Running | subprocess.Popen[bytes]] = field(default_factory=list)
    lease: int = USUAL
    """Seconds without a sign of life after which others take over."""

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return self.forked.run(self.order(*arguments), "", PATIENCE)

    def here(self, *arguments: str) -> Result:
        """Run a command that does not crawl in this process: a second less than in one of its own."""
        unset = dict.fromkeys(name for name in os.environ if name.startswith("FRONTNEWS_"))
        return CliRunner().invoke(app, arguments, env=unset | self.environment())

    def start(self, *arguments: str, log: str = "clock") -> Running:
        """Start a command; what it says is in ``log``."""
        with (self.folder / f"{log}.log").open("ab") as said, Path(os.devnull).open("rb") as nothing:
            process = self.forked.start(self.order(*arguments), nothing, said, said)
        self.started.append(process)
        return process

    def order(self, *arguments: str) -> Order:
        """A command with the settings of this test, in its folder."""
        return Order(arguments, self.environment(), str(self.folder))

    def said(self, log: str = "clock") -> str:
        """What the commands of a log have said so far."""
        path = self.folder / f"{log}.log"
        return path.read_text() if path.exists() else ""

    def environment(self) -> dict[str, str]:
        """Our environment without the tester's own settings, and those of this test."""
        return without_settings() | {
            "FRONTNEWS_DATABASE": self.database,
            "FRONTNEWS_REGISTRY": str(self.registry),
            "FRONTNEWS_ALLOW_ADDRESS": "127.0.0.0/8",
            "FRONTNEWS_LEASE": str(self.lease),
            "PYTHONPATH": str(ROOT),
        }

    def end(self) -> None:
        """End what is still running."""
        for process in self.started:
            if process.poll() is None:
                process.terminate()
        for process in self.started:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def frontnews(tmp_path: Path, stubs: Stubs, forked: Forked) -> Iterator[Frontnews]:
    """The command with the registry of the module's stubs and an empty SQLite database."""
    registry = stubs.registry(tmp_path / "registry")
    command = Frontnews(f"sqlite:///{tmp_path / 'frontnews.db'}", registry, tmp_path, forked)
    yield command
    command.end()


def runs_in(frontnews: Frontnews) -> list[runs.RunRow]:
    """The runs of its database, the earliest first."""
    engine = open_database(frontnews.database)
    try:
        return list(reversed(runs.list_runs(engine, limit=100_000)))
    finally:
        engine.dispose()


def assert_a_second_sigterm_ends_it(process: Running) -> None:
    """The first waits for a request that is never answered, the second does not."""
    process.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 143
    assert time.monotonic() - began < 10


def until(met: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until something has happened."""
    end = time.monotonic() + patience
    while not met():
        assert time.monotonic() < end, f"not within {patience:.0f} s: {what}"
        time.sleep(0.05)
