"""What to do next about each kind of alarm, in a line; docs/operating.md says more under the same names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from crawler.running.drift import Name

NEXT: dict[Name, str] = {
    "unreachable": "wait, it is tried again; for days: portals check PORTAL; weeks: portals pause PORTAL",
    "blocked": "wait for the hold to end, crawl it less often, write to its owner; do not go around it",
    "moved": "frontnews portals check PORTAL proposes a new record; portals accept PORTAL takes it",
    "listing_empty": "open the section in a browser; frontnews portals check PORTAL finds one that moved",
    "listed_few": "frontnews portals check PORTAL; a section that was closed leaves the record",
    "fields_missing": "frontnews read URL --explain shows which selector fails; correct the platform's file",
    "requests_many": "frontnews logs RUN shows what was asked for: a pager without end, a calendar",
    "same_text": "frontnews read URL --explain on two of the addresses; narrow the selector",
    "body_short": "compare frontnews read URL with the page; if right: alerts accept PORTAL body_short",
    "silent": "look whether the portal has news; if it has none: alerts mute PORTAL silent --for 30d",
    "dated_today": "frontnews read URL --explain shows where the date is taken from; narrow the selector",
    "charset": "look at the letters of frontnews read URL; if right: alerts accept PORTAL charset",
    "certificate": "write to the portal's owner; crawling goes on",
}


def next_steps(alarms: Iterable[str]) -> Iterator[str]:
    """A line for each kind of alarm that is up, in the order of the table above."""
    up = set(alarms)
    wide = max(map(len, up), default=0)
    for name in get_args(Name):
        if name in up:
            yield f"  {name:<{wide}}  {NEXT[name]}"
