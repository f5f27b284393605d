"""The other extractors: installed apart from our own dependencies, asked in a child process.

They live in ``build/peers/venv``, made from ``benchmarks/peers.lock`` (hashes, no address of any index):

    uv pip compile benchmarks/peers.in --python-version 3.11 --generate-hashes --no-header --no-annotate \
      -o benchmarks/peers.lock

Their answers are kept in ``build/peers``, by lock and page, so that only new pages are asked again.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "benchmarks" / "peers.lock"
FOLDER = ROOT / "build" / "peers"
NAMES = (
    "trafilatura", "trafilatura precision", "newspaper4k", "news-please", "goose3", "readability-lxml",
    "resiliparse", "htmldate",
)  # fmt: skip
"""As in benchmarks/peers_child.py, which runs where this file cannot be imported."""
NO_NETWORK = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
"""A dead proxy: tldextract (of newspaper4k) would load a list from the network at its first use."""


def install() -> str | None:
    """Makes the environment unless it is there; answers why that failed, or None."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    stamp = FOLDER / "installed"
    if stamp.is_file() and stamp.read_text() == lock:
        return None
    FOLDER.mkdir(parents=True, exist_ok=True)
    uv = [sys.executable, "-m", "uv"]
    python = FOLDER / "venv" / "bin" / "python"
    for command in (
        [*uv, "venv", "--quiet", "--clear", str(FOLDER / "venv")],
        [*uv, "pip", "install", "--quiet", "--require-hashes", "--python", str(python), "-r", str(LOCK)],
    ):
        print(f"peers: {' '.join(command[3:5])}", file=sys.stderr)
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    stamp.write_text(lock)
    return None


def ask(pages: Iterable[tuple[str, str]]) -> tuple[dict[tuple[str, str], dict[str, Any]], dict[str, str]]:
    """What every peer makes of (url, html) pages: answers by (key of the page, peer), see :func:`key_of`;
    and the peers that could not be asked with the reason."""
    if problem := install():
        return {}, dict.fromkeys(NAMES, f"not installed: {problem}")
    kept_in = FOLDER / f"answers-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}.jsonl"
    known: dict[tuple[str, str], dict[str, Any]] = {}
    if kept_in.is_file():
        for line in kept_in.read_text(encoding="utf-8").split("\n"):
            if line.endswith("}"):  # a run that was stopped leaves half a line
                row = json.loads(line)
                known[row["id"], row["system"]] = row
    wanted = {key_of(url, html): (url, html) for url, html in pages}
    rows = []
    for key, (url, html) in wanted.items():
        systems = [name for name in NAMES if (key, name) not in known]
        if systems:
            rows.append(json.dumps({"id": key, "url": url, "html": html, "systems": systems}))
    missing: dict[str, str] = {}
    if rows:
        print(f"peers: reading {len(rows)} pages", file=sys.stderr)
        log = (FOLDER / "child.log").open("w")
        asked = FOLDER / "asked.jsonl"
        asked.write_text("\n".join(rows) + "\n", encoding="utf-8")
        with (
            log,
            asked.open() as given,
            kept_in.open("a", encoding="utf-8") as kept,
            subprocess.Popen(
                [FOLDER / "venv" / "bin" / "python", ROOT / "benchmarks" / "peers_child.py"],
                stdin=given, stdout=subprocess.PIPE, stderr=log, text=True, env=os.environ | NO_NETWORK,
            ) as child,
        ):  # fmt: skip
            for line in child.stdout or ():
                row = json.loads(line)
                if "missing" in row:
                    missing[row["system"]] = row["missing"]
                    continue
                kept.write(line)
                known[row["id"], row["system"]] = row
    return {at: row for at, row in known.items() if at[0] in wanted}, missing


def key_of(url: str, html: str) -> str:
    """What a page is known by among the answers."""
    return hashlib.sha256(f"{url}\n{html}".encode()).hexdigest()[:16]
