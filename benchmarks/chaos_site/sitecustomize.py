"""A callback that never ends: whoever has this folder on its path reads a marked listing for ever.

Python imports it at the start of every process; only crawl hosts are changed.
"""

import sys

if "crawler.running.host" in sys.orig_argv:
    import time

    from benchmarks.fleet_sites import ENDLESS
    from crawler.reading import listing
    from crawler.reading.page import Listing, Page
    from crawler.reading.platform import Platform

    _read_listing = listing.read_listing
    _mark = ENDLESS.encode()

    def _read_for_ever(
        page: Page, platform: Platform | None = None, *, without: frozenset[str] = frozenset()
    ) -> Listing:
        while _mark in page.body:
            time.sleep(0.05)
        return _read_listing(page, platform, without=without)

    listing.read_listing = _read_for_ever
