"""One crawl in its own process, for tests that stop or kill it: crawl_here.py DATABASE URL SECTION [BYTES].

Prints each result as a line of JSON and exits as ``frontnews crawl`` does. BYTES caps the size of any file
that it writes: the database's disk is full then.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions
from crawler.running.tally import exit_code
from storage.engine import DatabaseProblem
from storage.portals import Portal, Section


def main(database: str, url: str, section: str, cap: str = "") -> int:
    """Crawl one portal and return the exit code."""
    if cap:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(cap), int(cap)))
    portal = Portal("thu_nghiem/nho", "Cổng thử", url, "front", sections=(Section(section, "front"),))
    options = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
    try:
        results = crawl([portal], options, database)
    except DatabaseProblem as problem:
        print(problem, file=sys.stderr)
        return 8
    for result in results:
        print(json.dumps(asdict(result), ensure_ascii=False))
    return exit_code(results)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
