"""The processes of a fleet: clocks, workers and their crawl hosts, as an operator would start them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
END_SECONDS = 60.0
"""How long a process may take to stop in good order."""


@dataclass(slots=True)
class Member:
    """A process of the fleet. ``name`` is that of its log; ``command`` starts it again."""

    name: str
    command: tuple[str, ...]
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        """Its number."""
        return self.process.pid

    def hosts(self) -> list[int]:
        """The numbers of its crawl hosts."""
        return children_of(self.pid)


@dataclass
class Fleet:
    """Members on one database and one registry. ``settings``: more environment; the tester's is left out."""

    database: str
    registry: Path
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def start(self, name: str, *command: str) -> Member:
        """Start a member: ``cli.py`` or a module (``-m …``) with its arguments; it says things in its log."""
        with self.log(name).open("a") as log:
            process = subprocess.Popen(
                [sys.executable, *command], env=self.environment(), cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip
        self.members[name] = Member(name, command, process)
        return self.members[name]

    def start_again(self, name: str) -> Member:
        """Start a member that has ended once more, as systemd would."""
        return self.start(name, *self.members[name].command)

    def log(self, name: str) -> Path:
        """Where a member says things."""
        return self.folder / f"{name}.log"

    def said(self, name: str) -> str:
        """What a member has said so far."""
        return self.log(name).read_text(encoding="utf-8", errors="replace") if self.log(name).exists() else ""

    def environment(self) -> dict[str, str]:
        """The environment of every member."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("FRONTNEWS_")}
        places = [self.settings.get("PYTHONPATH"), str(ROOT)]
        return (
            ours
            | dict(self.settings)
            | {
                "FRONTNEWS_DATABASE": self.database,
                "FRONTNEWS_REGISTRY": str(self.registry),
                "FRONTNEWS_ALLOW_ADDRESS": "127.0.0.0/8",
                "PYTHONPATH": os.pathsep.join(filter(None, places)),
            }
        )

    def stop(self) -> dict[str, int]:
        """SIGTERM to all; return the exit status of each (-9: it did not stop by itself)."""
        for member in self.members.values():
            if member.process.poll() is None:
                member.process.send_signal(signal.SIGCONT)
                member.process.send_signal(signal.SIGTERM)
        for member in self.members.values():
            try:
                member.process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                member.process.kill()
                member.process.wait()
        return {name: member.process.returncode for name, member in self.members.items()}


def children_of(pid: int) -> list[int]:
    """The numbers of a process's children; none where it is gone."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
