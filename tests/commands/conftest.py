"""The command as a user runs it, against the demo portals."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.forked import Forked, Order, Running, without_settings
from tests.portals.serve import DemoSites

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Frontnews:
    """Runs `frontnews` in a folder of its own; ``environment`` is added to ours."""

    folder: Path
    forked: Forked
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, *arguments: str, stdin: str | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; ``more`` are further environment variables.

        Its process is a fork of one that has imported the program. Only where the environment is not ours,
        but for settings of Frontnews, is it a new one: libraries look at theirs when they are imported.
        """
        if all(name.startswith("FRONTNEWS_") for name in more):
            order = Order(arguments, self.all_variables(**more), str(self.folder))
            return self.forked.run(order, stdin or "", 120)
        return subprocess.run(
            [sys.executable, ROOT / "cli.py", *arguments],
            env=self.all_variables(**more), cwd=self.folder, input=stdin,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def start(self, *arguments: str) -> Running:
        """Start one command and leave it running; what it says is in :attr:`said`."""
        order = Order(arguments, self.all_variables(), str(self.folder))
        with self.said.open("wb") as said, Path(os.devnull).open("rb") as nothing:
            return self.forked.start(order, nothing, said, said)

    @property
    def said(self) -> Path:
        """What a command that was left running has said."""
        return self.folder / "said.log"

    def all_variables(self, **more: str) -> dict[str, str]:
        """Our environment without the tester's own settings of Frontnews, and this one's."""
        return without_settings() | self.environment | more


@pytest.fixture(scope="session")
def demo() -> Iterator[DemoSites]:
    """The demo portals, running on loopback."""
    with DemoSites() as sites:
        yield sites


@pytest.fixture(scope="session")
def demo_registry(demo: DemoSites, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The registry of the running demo portals."""
    return demo.registry(tmp_path_factory.mktemp("registry"))


@pytest.fixture
def frontnews(demo_registry: Path, tmp_path: Path, forked: Forked) -> Frontnews:
    """The command with the demo's registry and an empty database of its own."""
    return Frontnews(
        tmp_path,
        forked,
        {
            "FRONTNEWS_DATABASE": f"sqlite:///{tmp_path / 'frontnews.db'}",
            "FRONTNEWS_REGISTRY": str(demo_registry),
            "FRONTNEWS_ALLOW_ADDRESS": "127.0.0.0/8",
            "FRONTNEWS_DELAY": "0",
        },
    )
