"""One case in a process of its own: ``python -m tests.hostile.one NUMBER [--without]``; faults as JSON."""

from __future__ import annotations

import json
import logging
import sys

from tests.hostile.table import CASES
from tests.hostile.trial import try_case


def main(number: str, *, without: bool) -> None:
    """Try the case, with its guard or without, and print what was not as it must be."""
    logging.disable(logging.CRITICAL)
    case = CASES[int(number)]
    if without and case.without is not None:
        case.without()
    print(json.dumps(try_case(case), ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1], without="--without" in sys.argv)
