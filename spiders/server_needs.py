"""What a portal's server wants and how its pages are written, for the record of a portal that is new.

The crawl finds all of it anew each time; a person who adds a portal should know it beforehand, and what
stands in the record (the delay, a note on the certificate) is seen by whoever reads it later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from crawler.fetching.robots import Robots, origin
from crawler.fetching.turns import CRAWL_DELAY_CAP
from crawler.reading.decoding import charset_of
from crawler.running.visit import ServerFacts
from spiders.discovery import Discovery
from spiders.registry_rules import USUAL_DELAY

SHOWN = 3
"""Addresses that robots.txt forbids and that are named."""

NO_HTTPS = frozenset(
    {"tls_handshake", "tls_legacy", "connect", "connect_timeout", "protocol", "reset", "robots_unreachable"}
)
"""What comes of asking a server for https that has none, or none of today's; the first thing that is asked
for is robots.txt."""


def over_http(url: str, facts: ServerFacts) -> str | None:
    """The address without TLS where asking with it failed for reasons of TLS; None where it may not help."""
    failed = any(problem.error in NO_HTTPS for problem in facts.problems)
    return f"http://{url.removeprefix('https://')}" if failed and url.startswith("https://") else None


def with_server_needs(found: Discovery, facts: ServerFacts) -> Discovery:
    """The discovery with the facts of its server: evidence, and in the record ``delay`` and a ``note``."""
    portal = found.portal
    server = urlsplit(portal.url).netloc
    rules = facts.robots.get(origin(portal.url))
    asked = rules.crawl_delay if rules is not None else None
    delay = min(asked, CRAWL_DELAY_CAP) if asked is not None and asked > USUAL_DELAY else portal.delay
    fault = facts.certificates.get(server)
    note = f"{fault} (seen {found.seen_at:%Y-%m-%d})" if fault is not None and found.seen_at else portal.note
    evidence = [*found.evidence, *_of_robots(rules, facts), *_of_charset(found), *([fault] if fault else [])]
    return replace(found, portal=replace(portal, delay=delay, note=note), evidence=tuple(evidence))


def _of_robots(rules: Robots | None, facts: ServerFacts) -> Iterator[str]:
    if rules is None:
        return
    if rules.answer.access == "all":
        yield f"robots.txt: everything is allowed ({rules.answer.reason})"
    else:
        asks = f", Crawl-delay {rules.crawl_delay:g} s" if rules.crawl_delay else ""
        maps = f", {len(rules.sitemaps)} sitemaps" if rules.sitemaps else ""
        yield f"robots.txt: has rules{asks}{maps}"
    forbidden = [problem.url for problem in facts.problems if problem.error == "robots_disallow"]
    if forbidden:
        more = f" and {len(forbidden) - SHOWN} more" if len(forbidden) > SHOWN else ""
        yield f"robots.txt forbids {', '.join(forbidden[:SHOWN])}{more}"


def _of_charset(found: Discovery) -> Iterator[str]:
    pages = [sample.page for sample in found.samples] + ([found.first_page] if found.first_page else [])
    written = dict.fromkeys(charset_of(page) for page in pages)
    if set(written) - {"utf-8"}:
        names = {"font": "for a font of before Unicode (TCVN3, VNI)"}
        yield f"pages are written {', '.join(names.get(name, f'in {name}') for name in written)}"
