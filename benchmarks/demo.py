"""`make demo`: the main job, seen from outside.

Serves the demo portals on loopback, crawls them with the real command, edits one article, crawls
again, and holds what came of it against what the portals know they published.

    python -m benchmarks.demo
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from tests.portals.scoring import Record, score
from tests.portals.serve import DemoSites

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "demo"
DATABASE = f"sqlite:///{FOLDER / 'frontnews.db'}"
FRONTNEWS = Path(sys.executable).with_name("frontnews")

console = Console(highlight=False)


def frontnews(*arguments: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, on the demo's own registry and database."""
    environment = os.environ | {
        "FRONTNEWS_DATABASE": DATABASE,
        "FRONTNEWS_REGISTRY": str(FOLDER / "registry"),
        "FRONTNEWS_ALLOW_ADDRESS": "127.0.0.0/8",
    }
    return subprocess.run(
        [FRONTNEWS, *arguments], env=environment, cwd=ROOT, text=True, check=False,
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
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with DemoSites() as sites:
        sites.registry(FOLDER / "registry")
        wanted = sites.expected()
        console.print(
            f"\n[bold]{len(sites.addresses)} portals of our own on loopback, {wanted.listed} articles[/bold]"
        )
        for portal, address in sites.addresses.items():
            console.print(f"  {portal:<28} {address}")
        console.print("\n[bold]$ frontnews crawl --delay 0[/bold]")
        first = frontnews("crawl", "--delay", "0")
        before = revisions()
        edited = sites.edit()
        console.print(f"\nOne paragraph was edited: {edited}\n[bold]$ frontnews crawl --delay 0[/bold]")
        second = frontnews("crawl", "--delay", "0")
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
    for fault in faults[:20]:
        console.print(fault, style="red", markup=False, soft_wrap=True)
    console.print(f"\n{result.summary()}", markup=False, soft_wrap=True)
    environment = f"FRONTNEWS_DATABASE={DATABASE} FRONTNEWS_REGISTRY={FOLDER / 'registry'}"
    command = FRONTNEWS.relative_to(ROOT)
    console.print(
        "\nTry next:\n"
        f"  export {environment}\n"
        f'  {command} search "ham yen"            accents are optional\n'
        f"  {command} changes --after 0 --limit 5   what a downstream system follows\n"
        f"  {command} export --format csv -o articles.csv\n"
        f"  {command} runs\n",
        markup=False,
        soft_wrap=True,
    )
    verdict = f"{len(faults)} faults" if faults else "0 faults"
    console.print(
        f"demo: {len(sites.addresses)} portals, {wanted.listed} articles listed, {result.records} records, "
        f"second crawl: {len(set(after) - set(before))} new, {len(changed)} changed; {verdict}",
        soft_wrap=True,
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
