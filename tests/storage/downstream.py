"""What test_downstream_readers sets against each other: writers that never rest, and the sample readers."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import text

from storage import takedowns
from storage.columns import now
from storage.engine import open_database, writing
from storage.saving import save_batch
from tests.storage.texts import article, edited, report, seen

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "docs" / "sample-readers"

Row = Mapping[str, object]

CONTROL = "CREATE TABLE serial_feed (id bigserial PRIMARY KEY, writer integer NOT NULL)"
"""The feed as it is usually built: its numbers are given before the commit."""


def write(url: str, writer: int, seed: int, batches: int) -> None:
    """Save ``batches`` batches of new, edited, copied, merged, missing and returning articles."""
    rng = random.Random(seed)
    engine = open_database(url)
    for _ in range(batches):
        sightings = []
        for _ in range(4):
            number = rng.randrange(60)  # all writers share these texts, under addresses of their own
            words = rng.choice([report(number, 4), edited(report(number, 4), 0.03, rng.randrange(3))])
            portal = f"portal_{writer}"
            url_here = f"https://p{writer}.vn/{number}"
            sightings.append(
                seen(article(number, url=url_here, paragraphs=words), portal, str(number), fetched_at=now())
            )
        for _ in range(5 if engine.dialect.name == "postgresql" else 0):
            with writing(engine) as connection:
                connection.execute(text("INSERT INTO serial_feed (writer) VALUES (:n)"), {"n": writer})
                connection.execute(text("SELECT pg_sleep(:pause)"), {"pause": rng.random() / 50})
        save_batch(engine, None, sightings)
        if rng.random() < 0.3:
            key = str(rng.randrange(60))
            with writing(engine) as connection:  # its page was missing twice before
                connection.execute(
                    text(
                        "UPDATE copies SET missing_times = 2, missing_at = :long_ago "
                        "WHERE portal = :portal AND key = :key AND gone_at IS NULL"
                    ),
                    {"long_ago": "2026-01-01T00:00:00Z", "portal": f"portal_{writer}", "key": key},
                )
            takedowns.note_missing(engine, None, f"portal_{writer}", [key], "gone")
    engine.dispose()


@dataclass(frozen=True, slots=True)
class Reader:
    """A sample reader at work in a folder of its own, on a copy of its own."""

    kind: str
    folder: Path
    source: str

    def start(self) -> subprocess.Popen[bytes]:
        """Follow for ever, as a group of processes that can be killed at once.

        Should the tests themselves be killed, it ends by its time limit: one went on for half an hour.
        """
        once = self._once()
        command = (
            [*once, "0.02"] if self.kind == "python" else ["sh", "-c", f"while :; do {self._line()}; done"]
        )
        return subprocess.Popen(
            ["timeout", "--foreground", "--signal=KILL", "600", *command],
            cwd=self.folder, env=self._environment(), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def catch_up(self) -> None:
        """Run until there is nothing new."""
        for _ in range(200):
            before = self.cursor()
            subprocess.run(
                self._once() if self.kind == "python" else ["sh", "-c", self._line()],
                cwd=self.folder, env=self._environment(), check=True, timeout=60, stdout=subprocess.DEVNULL,
            )  # fmt: skip
            if self.cursor() == before:
                return
        raise AssertionError("the reader never catches up")

    def cursor(self) -> int:
        """Where the copy stands."""
        seen = self.applied()
        return seen[-1] if seen else 0

    def applied(self) -> list[int]:
        """The numbers of all changes that the copy applied, smallest first, doubles included."""
        if self.kind == "shell":
            lines = self.folder / "copy" / "current" / "applied"
            return (
                sorted(int(line.split()[0]) for line in lines.read_text().splitlines())
                if lines.exists()
                else []
            )
        return [int(str(row["change_seq"])) for row in self._rows("applied", "ORDER BY change_seq")]

    def articles(self) -> dict[object, Row]:
        """The copy's articles by id."""
        if self.kind == "shell":
            lines = (self.folder / "copy" / "current" / "articles.jsonl").read_text().splitlines()
            return {row["id"]: row for row in map(json.loads, lines)}
        rows = self._rows("article", "")
        if self.kind == "python":
            rows = [json.loads(str(row["record"])) for row in rows]
        assert len({row["id"] for row in rows}) == len(rows)
        return {row["id"]: row for row in rows}

    def _rows(self, table: str, order: str) -> list[Row]:
        if self.kind == "postgresql.sql":
            with psycopg.connect(self.source, row_factory=psycopg.rows.dict_row) as connection:
                there = connection.execute("SELECT to_regclass('copy.cursor')").fetchone()
                if there is None or not there["to_regclass"]:
                    return []
                return list(connection.execute(f"SELECT * FROM copy.{table} {order}"))
        copy = self.folder / "copy.db"
        if not copy.exists():
            return []
        with sqlite3.connect(copy) as connection:
            connection.row_factory = sqlite3.Row
            tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchall()
            rows = connection.execute(f"SELECT * FROM {table} {order}").fetchall() if tables else []
            return [dict(row) for row in rows]

    def _once(self) -> list[str]:
        return [sys.executable, str(SAMPLES / "follow.py"), self.source, "copy.db"]

    def _line(self) -> str:
        if self.kind == "sqlite.sql":
            return f"sqlite3 copy.db < {SAMPLES / 'follow.sqlite.sql'}"
        if self.kind == "postgresql.sql":
            return f"psql -q '{self.source}' -f {SAMPLES / 'follow.postgresql.sql'}"
        return f"{SAMPLES / 'follow.sh'} copy"

    def _environment(self) -> dict[str, str]:
        """A PATH that has `frontnews` as an installed one would be."""
        tools = self.folder / "bin"
        tools.mkdir(exist_ok=True)
        script = tools / "frontnews"
        if not script.exists():
            script.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT / "cli.py"} "$@"\n')
            script.chmod(0o755)
        database = self.source if self.source.startswith("postgres") else f"sqlite:///{self.source}"
        return {"PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin", "FRONTNEWS_DATABASE": database}


def missing_tool(kind: str) -> str | None:
    """The program that a sample needs and this machine has not."""
    needed = {"sqlite.sql": "sqlite3", "postgresql.sql": "psql", "shell": "jq"}.get(kind)
    return needed if needed and shutil.which(needed) is None else None


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a reader and all that it started, without warning."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
