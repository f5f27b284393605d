"""``make hostile``: the 66 cases of reference/hostile_servers.md, each with its guard and without.

    python -m tests.hostile [NUMBER]...

A case counts if it holds with the guard and fails without it. Where nothing of ours stands guard, the
table says why.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from queue import SimpleQueue

from rich.console import Console
from rich.table import Table

from tests.hostile.table import CASES
from tests.hostile.trial import Case
from tests.warm import Warm

AT_ONCE = 2
LONGEST = 150.0
"""Seconds for one try. Without its guard a case may take as long as it is hostile: it is ended once it has
taken twice its own bound, which it must keep to."""

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


def tried(number: int, place: Warm, *, without: bool) -> list[str]:
    """Try a case in a process of its own; a process that dies or does not end is a fault too."""
    seconds = min(LONGEST, 2 * CASES[number].seconds + 10) if without else LONGEST
    lines, status = place.done(f"{number} without" if without else f"{number}", seconds)
    if status is None:
        return [f"no end after {seconds:.0f} s"]
    if status or not lines:
        return [f"ended with {status}"]
    return list(json.loads(lines[-1]))


def outcome(case: Case, place: Warm) -> Outcome:
    """Try a case with its guard, and without."""
    began = time.monotonic()
    faults = tried(case.number, place, without=False)
    fired = bool(tried(case.number, place, without=True)) if case.without is not None else None
    return Outcome(case, faults, fired, time.monotonic() - began)


def outcomes_of(cases: Sequence[Case]) -> list[Outcome]:
    """Try the cases, AT_ONCE at a time."""
    with ExitStack() as ends:
        free: SimpleQueue[Warm] = SimpleQueue()
        for _ in range(min(AT_ONCE, len(cases))):
            free.put(ends.enter_context(Warm("tests.hostile.one")))

        def in_a_place(case: Case) -> Outcome:
            place = free.get()
            try:
                return outcome(case, place)
            finally:
                free.put(place)

        with ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(in_a_place, cases))


def main(wanted: Sequence[int]) -> int:
    """Try the cases and print the table; the exit status."""
    began = time.monotonic()
    cases = [CASES[number] for number in wanted or sorted(CASES)]
    outcomes = outcomes_of(cases)
    table = Table(
        "no.", "case", "holds", "without its guard", "s", title="Hostile servers", title_justify="left"
    )
    for each in outcomes:
        held = "yes" if not each.faults else "NO: " + "; ".join(each.faults)[:200]
        fired = {True: "fails, as it must", False: "HOLDS TOO", None: each.case.nothing or ""}[each.fired]
        table.add_row(str(each.case.number), each.case.title, held, fired, f"{each.seconds:.1f}")
    console.print(table)
    holding = sum(not each.faults for each in outcomes)
    firing = sum(each.fired is True for each in outcomes)
    guarded = sum(each.fired is not None for each in outcomes)
    ok = all(each.ok for each in outcomes)
    console.print(
        f"{'ok' if ok else 'FELL SHORT'}: {holding} of {len(outcomes)} cases hold, "
        f"{firing} of {guarded} guards seen to fire, "
        f"{time.monotonic() - began:.0f} s"
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main([int(argument) for argument in sys.argv[1:]]))
