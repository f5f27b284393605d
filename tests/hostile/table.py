"""All cases by their numbers in reference/hostile_servers.md."""

from __future__ import annotations

from tests.hostile import addresses, pages, robots, transfer, walking
from tests.hostile.trial import Case

CASES: dict[int, Case] = {
    case.number: case
    for case in (*addresses.CASES, *transfer.CASES, *pages.CASES, *robots.CASES, *walking.CASES)
}
assert sorted(CASES) == list(range(1, 67))
