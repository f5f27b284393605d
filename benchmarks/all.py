"""`make bench`: each benchmark that ends by itself within minutes, in turn; how many held their bounds.

    python -m benchmarks.all

The exit status is 0 only if all did; the archive's figures have no bounds. The long ones are for a night:
benchmarks.reading at a million articles, benchmarks.saving --articles 200000, benchmarks.speed --pages 3000
--repeat 3 --write, benchmarks.fleet.
"""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    ("speed", "--pages", "600", "--long", "0"),
    ("clock", "--portals", "0"),
    ("saving", "--articles", "6000"),
    ("archive",),
    ("reading", "--articles", "20000", "--by", "cpu"),
)
"""Each with its arguments; together some twelve minutes on two cores."""


def main() -> int:
    """Run all of them; return the exit status."""
    missed = []
    for name, *arguments in BENCHMARKS:
        print(f"== {' '.join((name, *arguments))}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
        if subprocess.run(command, check=False).returncode:
            missed.append(name)
    told = f"; not {', '.join(missed)}" if missed else ""
    print(f"bench: {len(BENCHMARKS) - len(missed)} of {len(BENCHMARKS)} benchmarks within their bounds{told}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
