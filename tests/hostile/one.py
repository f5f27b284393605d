"""A warm process (tests.warm) that tries cases: a piece of work is ``NUMBER`` or ``NUMBER without``.

Its line is what was not as it must be, as JSON. ``python -m tests.hostile.one NUMBER [without]`` tries one.
"""

from __future__ import annotations

import json
import logging
import sys

from tests.hostile.table import CASES
from tests.hostile.trial import try_case
from tests.warm import say, serve


def try_one(work: str) -> None:
    """Try a case, with its guard or without, and say what was not as it must be."""
    number, _, without = work.partition(" ")
    case = CASES[int(number)]
    if without and case.without is not None:
        case.without()
    say(json.dumps(try_case(case), ensure_ascii=False))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    if len(sys.argv) > 1:
        try_one(" ".join(sys.argv[1:]))
    else:
        serve(try_one, lambda: try_one("2"))
