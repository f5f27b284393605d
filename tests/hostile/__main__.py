"""``make hostile``: the 66 cases of reference/hostile_servers.md, each with its guard and without.

    python -m tests.hostile [NUMBER]...

A case counts if it holds with the guard and fails without it. Where nothing of ours stands guard, the
table says why.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.hostile.table import CASES
from tests.hostile.trial import Case

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 2
LONGEST = 150.0
"""Seconds for one try: without its guard, a case may take as long as it is hostile."""

console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case: faults with the guard, whether it failed without it, and how long both took."""

    case: Case
    faults: list[str]
    fired: bool | None
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the case counts."""
        return not self.faults and self.fired is not False


def tried(number: int, *, without: bool) -> list[str]:
    """Try a case in a process of its own; a process that dies or does not end is a fault too."""
    command = [sys.executable, "-m", "tests.hostile.one", str(number), *(["--without"] if without else [])]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return [f"no end after {LONGEST:.0f} s"]
    if done.returncode:
        return [f"ended with {done.returncode}: {done.stderr.strip().splitlines()[-1:]}"]
    return list(json.loads(done.stdout.strip().splitlines()[-1]))


def outcome(case: Case) -> Outcome:
    """Try a case with its guard, and without."""
    began = time.monotonic()
    faults = tried(case.number, without=False)
    fired = bool(tried(case.number, without=True)) if case.without is not None else None
    return Outcome(case, faults, fired, time.monotonic() - began)


def main(wanted: Sequence[int]) -> int:
    """Try the cases and print the table; the exit status."""
    began = time.monotonic()
    cases = [CASES[number] for number in wanted or sorted(CASES)]
    with ThreadPoolExecutor(AT_ONCE) as places:
        outcomes = list(places.map(outcome, cases))
    table = Table(
        "no.", "case", "holds", "without its guard", "s", title="Hostile servers", title_justify="left"
    )
    for each in outcomes:
        held = "yes" if not each.faults else "NO: " + "; ".join(each.faults)[:200]
        fired = {True: "fails, as it must", False: "HOLDS TOO", None: each.case.nothing or ""}[each.fired]
        table.add_row(str(each.case.number), each.case.title, held, fired, f"{each.seconds:.1f}")
    console.print(table)
    held = sum(not each.faults for each in outcomes)
    fired = sum(each.fired is True for each in outcomes)
    guarded = sum(each.fired is not None for each in outcomes)
    ok = all(each.ok for each in outcomes)
    console.print(
        f"{'ok' if ok else 'FELL SHORT'}: {held} of {len(outcomes)} cases hold, "
        f"{fired} of {guarded} guards seen to fire, "
        f"{time.monotonic() - began:.0f} s"
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main([int(argument) for argument in sys.argv[1:]]))
