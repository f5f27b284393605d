"""From an address to a crawled portal, without a person: how often is each step right?

    python -m benchmarks.discovery [NAME]...

Each site is discovered, its record written into an empty registry, checked and crawled, as ``portals add
URL --crawl`` does. The sites: the demo portals without their records, the shapes of tests/spiders/odd_sites,
odder_sites, odd_pagers and deep_sites, the made-up sites of known platforms in tests/spiders/unseen, and the
two recorded sites where the shared data is. Exits with 1 where a bound is missed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.table import Table

from benchmarks.shared_data import MISSING, SHARED
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions
from crawler.running.visit import Fetch, visit
from spiders.check import Check, check_portal
from spiders.discovery import SAMPLES, Discovery, discover
from spiders.record_writer import add, free_id
from spiders.registry import load_registry
from storage import export
from storage.engine import open_database
from tests.portals.serve import DemoSites
from tests.spiders.deep_sites import DEEP
from tests.spiders.home_made import running
from tests.spiders.odd_pagers import PAGERS
from tests.spiders.odd_sites import SHAPES, SectionedSite, Writing
from tests.spiders.odder_sites import ODDER
from tests.spiders.unseen.all import UNSEEN
from tests.spiders.unseen.judging import FIELDS, faults
from tests.spiders.unseen.site import Unseen

OPTIONS = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
RIGHT = 0.95
COVERAGE = 0.97
OFF_TOPIC = 0.02
FIELDS_RIGHT = 0.99
"""Of the site that is read worst: title, lead, text, captions, byline, time, pictures and files."""
SECONDS = 60.0
UNKNOWN = frozenset({"unknown", "generic"})

console = Console(highlight=False, width=150)


@dataclass(frozen=True, slots=True)
class Site:
    """A running site and what it knows of itself. ``sections``: those that must be found, with their scopes;
    ``kept``: addresses of the articles that the crawl should store, ``off_topic``: that it should not."""

    name: str
    url: str
    platform: str
    sections: dict[str, str]
    turns: bool
    kept: frozenset[str]
    off_topic: frozenset[str]
    wrong_fields: Callable[[Sequence[Mapping[str, object]]], int] | None = None
    """How many fields of the stored records are not as the site has them, where it knows."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one site."""

    site: Site
    found: Discovery
    check: Check
    stored: frozenset[str]
    seconds: float
    wrong_fields: int = 0

    @property
    def platform_right(self) -> bool:
        seen, wanted = self.found.portal.platform, self.site.platform
        return seen == wanted or (seen in UNKNOWN and wanted in UNKNOWN)

    @property
    def sections(self) -> dict[str, str]:
        return {section.path: section.scope for section in self.found.portal.sections}

    @property
    def sections_found(self) -> int:
        return sum(self.sections.get(path) == scope for path, scope in self.site.sections.items())

    @property
    def wrong_front(self) -> list[str]:
        return [p for p, s in self.sections.items() if s == "front" and self.site.sections.get(p) != "front"]

    @property
    def paging_right(self) -> bool:
        return (self.found.paging in ("verified", "by form")) == self.site.turns

    @property
    def coverage(self) -> float:
        return len(self.site.kept & self.stored) / len(self.site.kept)

    @property
    def fields(self) -> float | None:
        """Share of the fields of the kept records that are right; None where the site knows of none."""
        told = len(self.site.kept & self.stored) * len(FIELDS)
        return 1 - self.wrong_fields / max(1, told) if self.site.wrong_fields is not None else None

    @property
    def off_topic(self) -> float:
        return len(self.site.off_topic & self.stored) / max(1, len(self.stored))


def add_and_crawl(site: Site, folder: Path) -> Outcome:
    """Do what ``portals add URL --crawl`` does."""
    database = f"sqlite:///{folder / 'frontnews.db'}"
    began = time.monotonic()

    async def look(fetch: Fetch) -> Discovery:
        return await discover(site.url, fetch, samples=SAMPLES)

    found = visit(look, OPTIONS, database)
    portal = found.portal
    stored: frozenset[str] = frozenset()
    check, wrong = Check(portal.id, ()), 0
    if portal.sections:
        add(folder / "registry", replace(portal, id=free_id(portal, None)))
        (portal,) = load_registry(folder / "registry")

        async def look_again(fetch: Fetch) -> Check:
            return await check_portal(portal, fetch)

        crawl([portal], OPTIONS, database)
        seconds = time.monotonic() - began
        check = visit(look_again, OPTIONS, database)
        engine = open_database(database)
        records = list(export.records(engine))
        engine.dispose()
        stored = frozenset(url for record in records for url in cast("list[str]", record["urls"]))
        wrong = site.wrong_fields(records) if site.wrong_fields is not None else 0
    else:
        seconds = time.monotonic() - began
    return Outcome(site, found, check, stored, seconds, wrong)


# --- the sites -----------------------------------------------------------------------------------------


@contextmanager
def demo_sites() -> Iterator[list[Site]]:
    """The demo portals."""
    with DemoSites() as demo, tempfile.TemporaryDirectory() as folder:
        registry = load_registry(demo.registry(Path(folder)))
        truth = demo.truth()
        yield [
            Site(
                name=portal.id,
                url=portal.url,
                platform=portal.platform,
                sections={section.path: section.scope for section in portal.sections},
                turns=True,
                kept=frozenset(row.url for row in truth if row.portal == portal.id and row.kept),
                off_topic=frozenset(row.url for row in truth if row.portal == portal.id and not row.on_topic),
            )
            for portal in registry
        ]


@contextmanager
def shapes() -> Iterator[list[Site]]:
    """The sites with their sections in odd places."""
    with ExitStack() as stack:
        sites = [_shape(stack.enter_context(shape())) for shape in (*SHAPES, *ODDER, *PAGERS, *DEEP)]
        for make in UNSEEN:
            unseen = stack.enter_context(make())
            sites.append(replace(_shape(unseen), wrong_fields=partial(_count_faults, unseen)))
        yield sites


def _shape(odd: SectionedSite[Writing]) -> Site:
    off = {odd.at(odd.article_path(n)) for some in odd.news.values() for n in some if n.off_topic}
    return Site(
        name=type(odd).__name__,
        url=odd.url,
        platform=odd.platform,
        sections=odd.expected(),
        turns=odd.turns,
        kept=frozenset(odd.kept()),
        off_topic=frozenset(off),
    )


def _count_faults(site: Unseen, records: Sequence[Mapping[str, object]]) -> int:
    return len(faults(site, records))


@contextmanager
def recorded_sites() -> Iterator[list[Site]]:
    """The recorded sites, by the tool that came with them: their truth knows categories, and no topic, so
    only the articles of categories that are ours by name are counted."""
    if SHARED is None:
        console.print(f"without the recorded sites: {MISSING}")
        yield []
        return
    spec = importlib.util.spec_from_file_location("replay", SHARED / "sites" / "tools" / "replay.py")
    assert spec is not None and spec.loader is not None
    replay = importlib.util.module_from_spec(spec)
    sys.modules["replay"] = replay
    spec.loader.exec_module(replay)
    with ExitStack() as stack:
        sites = []
        for name, news in (
            ("nukeviet", {"/tin-trong-huyen/"}),
            ("wordpress", {"/category/tin-tuc-su-kien/"}),
        ):
            folder = SHARED / "sites" / "sites" / name
            server = replay.ReplayServer(replay.Site(folder), ("127.0.0.1", 0), replay.Options())
            address = f"http://127.0.0.1:{stack.enter_context(running(server)).server_address[1]}"
            rows = [json.loads(row) for row in (folder / "truth.jsonl").open(encoding="utf-8")]
            sections = {row["category_path"]: "front" for row in rows} | dict.fromkeys(news, "news")
            if name == "nukeviet":  # the parent of the organizations' categories lists their articles
                sections["/cac-to-chuc-chinh-tri-xa-hoi/"] = "front"
            kept = {address + row["path"] for row in rows if row["category_path"] not in news}
            sites.append(
                Site(name, f"{address}/", name, sections, turns=True, kept=frozenset(kept),
                     off_topic=frozenset())
            )  # fmt: skip
        yield sites


# --- the table -----------------------------------------------------------------------------------------


def main(given: Sequence[str] | None = None) -> int:
    """Try the sites and print the table; 1 where a bound is missed, 2 where no site has such a name."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("names", nargs="*", metavar="NAME", help="the sites to try; all where none is named")
    names = cli.parse_args(given).names
    outcomes = []
    with demo_sites() as demo, shapes() as odd, recorded_sites() as recorded:
        for site in [*recorded, *demo, *odd]:
            if not names or site.name in names:
                with tempfile.TemporaryDirectory() as folder:
                    outcomes.append(add_and_crawl(site, Path(folder)))
    if not outcomes:
        print(f"discovery: no site is called {' or '.join(names)}", file=sys.stderr)
        return 2
    return show(outcomes)


def show(outcomes: list[Outcome]) -> int:
    """Print the table of what came of each site, and the verdict; 1 where a bound is missed."""
    table = Table(box=None, pad_edge=False)
    for head in ("site", "platform", "sections", "wrong front", "pages", "requests", "check", "coverage",
                 "off topic", "fields", "seconds"):  # fmt: skip
        table.add_column(head)
    for one in outcomes:
        table.add_row(
            one.site.name,
            one.found.portal.platform if one.platform_right else f"{one.found.portal.platform}!",
            f"{one.sections_found}/{len(one.site.sections)}",
            " ".join(one.wrong_front),
            one.found.paging if one.paging_right else f"{one.found.paging}!",
            str(one.found.requests),
            "ok" if one.check.ok else "fails",
            f"{one.coverage:.3f}",
            f"{one.off_topic:.3f}",
            "" if one.fields is None else f"{one.fields:.3f}",
            f"{one.seconds:.1f}",
        )
    console.print(table)
    return verdict(outcomes)


def verdict(outcomes: list[Outcome]) -> int:
    """Print one line with what was counted; 1 where a bound is missed."""
    count = len(outcomes)
    sections = sum(len(one.site.sections) for one in outcomes)
    shares = {
        "platform right": sum(one.platform_right for one in outcomes) / count,
        "sections found": sum(one.sections_found for one in outcomes) / sections,
        "pagination right": sum(one.paging_right for one in outcomes) / count,
        "pass check": sum(one.check.ok for one in outcomes) / count,
    }
    wrong = sum(len(one.wrong_front) for one in outcomes)
    kept = sum(len(one.site.kept) for one in outcomes)
    coverage = sum(len(one.site.kept & one.stored) for one in outcomes) / kept
    stored = sum(len(one.stored) for one in outcomes)
    off = sum(len(one.site.off_topic & one.stored) for one in outcomes) / max(1, stored)
    slowest = max(one.seconds for one in outcomes)
    fields = min((one.fields for one in outcomes if one.fields is not None), default=1.0)
    told = ", ".join(f"{name} {share:.3f}" for name, share in shares.items())
    missed = any(share < RIGHT for share in shares.values()) or wrong > 0
    missed = missed or coverage < COVERAGE or off > OFF_TOPIC or slowest > SECONDS or fields < FIELDS_RIGHT
    console.print(
        f"\ndiscovery: {count} sites, {told}, {wrong} wrong front sections, coverage {coverage:.3f},"
        f" off topic {off:.3f}, fields right {fields:.3f} or more,"
        f" slowest {slowest:.1f} s from address to database" + ("; short of its bounds" if missed else ""),
        soft_wrap=True,
    )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
