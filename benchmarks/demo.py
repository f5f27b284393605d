"""`make demo`: the main job, seen from outside.

Serves the demo portals on loopback, crawls them with the real command, edits one article, crawls
again, and compares the stored records with what the portals know they published.

On a terminal the portals and the dashboard then stay up until Ctrl-C, so that whoever watches can go on by
hand in a second terminal. Elsewhere the demo ends as soon as the dashboard has answered.

    python -m benchmarks.demo
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from storage.said import many
from tests.portals.scoring import Record, score
from tests.portals.serve import DemoSites

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "demo"
DATABASE = f"sqlite:///{FOLDER / 'frontnews.db'}"
FRONTNEWS = Path(sys.executable).with_name("frontnews")

USUAL_PORT = 8080

console = Console(highlight=False)

SETTINGS = {
    "FRONTNEWS_DATABASE": DATABASE,
    "FRONTNEWS_REGISTRY": str(FOLDER / "registry"),
    "FRONTNEWS_ALLOW_ADDRESS": "127.0.0.0/8",
    "FRONTNEWS_DELAY": "0",
}
"""The variables with which a command works on the demo. No pause between requests: the portals are ours."""


def export_lines() -> list[str]:
    """The settings as two lines to paste into a shell."""
    database, *rest = (f"{name}={shlex.quote(value)}" for name, value in SETTINGS.items())
    return [f"export {database}", f"export {' '.join(rest)}"]


def frontnews(*arguments: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, on the demo's own registry and database."""
    return subprocess.run(
        [FRONTNEWS, *arguments], env=os.environ | SETTINGS, cwd=ROOT, text=True, check=False,
        stdout=subprocess.PIPE if capture else None,
    )  # fmt: skip


def records() -> list[Record]:
    """Everything in the demo's database."""
    exported = frontnews("export", "--quiet", capture=True)
    return [json.loads(line) for line in exported.stdout.splitlines()]


def revisions() -> dict[str, int]:
    """The revision of each article by its address."""
    return {str(record["url"]): int(str(record["revision"])) for record in records()}


def main() -> int:
    """Run the demo; the exit status is 0 only if everything came out as it was published."""
    for number in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal leaves no dashboard behind
        signal.signal(number, lambda stopped_by, _: sys.exit(128 + stopped_by))
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with DemoSites() as sites:
        sites.registry(FOLDER / "registry")
        wanted = sites.expected()
        portals = len(sites.addresses)
        console.print(f"\n[bold]{portals} portals of our own on loopback, {wanted.listed} articles[/bold]")
        for portal, address in sites.addresses.items():
            console.print(f"  {portal:<28} {address}")
        console.print("\n[bold]$ frontnews crawl[/bold]")
        first = frontnews("crawl")
        before = revisions()
        edited = sites.edit()
        console.print(f"\nOne paragraph was edited: {edited}\n[bold]$ frontnews crawl[/bold]")
        second = frontnews("crawl")
        after = revisions()
        result = score(records(), sites.truth())
        changed = sorted(url for url, revision in after.items() if before.get(url) != revision)
        faults = list(result.wrong)
        if (first.returncode, second.returncode) != (0, 0):
            faults.append(f"the crawls ended with {first.returncode} and {second.returncode}, not 0")
        if set(after) != set(before):
            faults.append(f"the second crawl brought {len(set(after) ^ set(before))} addresses more or fewer")
        if changed != [edited]:
            faults.append(f"changed in the second crawl: {changed}, not the edited article alone")
        with dashboard() as address:
            faults += unanswered(address)
            tell(faults, result.summary(), address)
            console.print(
                f"demo: {portals} portals, {wanted.listed} articles listed, {result.records} records, "
                f"second crawl: {len(set(after) - set(before))} new, {len(changed)} changed; "
                f"{many(len(faults), 'fault')}",
                soft_wrap=True,
            )
            if sys.stdout.isatty():
                with contextlib.suppress(KeyboardInterrupt):
                    signal.pause()
    return 1 if faults else 0


@contextlib.contextmanager
def dashboard() -> Iterator[str]:
    """Serve the dashboard over the demo's database; its address, or "" where it did not start."""
    with subprocess.Popen(
        [FRONTNEWS, "dashboard", "--port", str(free_port())],
        env=os.environ | SETTINGS, cwd=ROOT, text=True, stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us, who then stop it
    ) as serving:  # fmt: skip
        assert serving.stderr is not None
        said = serving.stderr.readline()
        found = re.search(r"http://[\w.:]+/", said)
        if found is None:
            console.print(said, markup=False)
        threading.Thread(target=shutil.copyfileobj, args=(serving.stderr, sys.stderr), daemon=True).start()
        try:
            yield found[0] if found else ""
        finally:
            serving.terminate()


def free_port() -> int:
    """The dashboard's usual port, or 0 (any) where somebody has it."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return 0
    return USUAL_PORT


def unanswered(address: str) -> list[str]:
    """What is wrong with the first page; [] where it shows all portals."""
    if not address:
        return ["the dashboard did not start"]
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            page = answer.read().decode()
    except OSError as error:
        return [f"the dashboard does not answer: {error}"]
    return [] if "/articles/" in page else ["the dashboard shows no article"]


def tell(faults: Sequence[str], summary: str, address: str) -> None:
    """Say what was found, and what to try next."""
    for fault in faults[:20]:
        console.print(fault, style="red", markup=False, soft_wrap=True)
    console.print(f"\n{summary}\n", markup=False, soft_wrap=True)
    stays = sys.stdout.isatty()
    command = FRONTNEWS.relative_to(ROOT) if FRONTNEWS.is_relative_to(ROOT) else FRONTNEWS
    lines = [
        f"The dashboard is open at {address} and the portals stay up until Ctrl-C."
        if stays
        else f"The dashboard answered at {address} and was stopped, as the portals were (no terminal).",
        "Go on by hand in a second terminal, in this folder:" if stays else "To look at the data:",
        "",
        *(f"  {line}" for line in export_lines()),
        *(f"  {command} {line}" for line in (CRAWLING if stays else ()) + READING),
        "",
    ]
    console.print("\n".join(lines), markup=False, soft_wrap=True)


CRAWLING = (
    "crawl                        # a third crawl: nothing new",
    "crawl --dry-run --json --limit 1 tay_ninh/demo_go_dau",
)
READING = (
    'search "go dau"              # accents are optional',
    "changes --after 0 --limit 5  # what a downstream system follows",
    "export --format csv -o articles.csv",
    "runs                         # what each crawl came to",
)


if __name__ == "__main__":
    sys.exit(main())
