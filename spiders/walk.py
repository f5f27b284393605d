"""The walk over one portal: what an earlier run left, then sections, their pages, the articles of each.

The first walk of a section goes to its end; later ones read whole pages until a page brought nothing new,
plus one (stopping at the first known article misses back-dated ones: field_lessons.md, juriscraper #1361).
One request is under way at a time, so a walk is one coroutine that reads like what it does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn
from urllib.parse import urljoin

from crawler.fetching.fetcher import Fetcher, NotModified, Outcome, Validators
from crawler.fetching.hosts import PortalHosts
from crawler.fetching.outcomes import UNREACHABLE, ErrorClass, FetchProblem
from crawler.reading import urls
from crawler.reading.listing import read_listing
from crawler.reading.page import Listing, ListingRow, NextPage, Page, PageKind, Reading
from crawler.reading.platform import Platform
from crawler.reading.reader import read
from crawler.running.options import CrawlOptions
from crawler.running.tally import SectionTally, Tally
from crawler.saving import Ledger, utc_now
from crawler.tagging import tag
from spiders.discovery import DiscoveryFailed, complete
from spiders.platforms import PLATFORMS, recognise
from spiders.recheck import due_for_check
from storage.frontier import Known, Queued, SectionState
from storage.portals import Portal, Section
from storage.records import Article, Sighting
from vietnam.dates import VIETNAM
from vietnam.places import Home

QUIET_PAGES = 2
"""Pages without anything new that end the walk of a known section: one, plus one."""

DEAD_AFTER = 5
"""Failures of the server in a row after which the rest of the walk is left to the next run."""

SURE = 0.5
"""Weight of signs from which a platform is taken as recognised (crawler.reading.platform.Sign)."""

DISCOVERY_KEPT = timedelta(days=7)
"""How long found sections are walked before they are looked for again: new ones are opened now and then."""

ERROR_OF_KIND: dict[PageKind, ErrorClass] = {
    "soft404": "soft_404",
    "login": "auth_wall",
    "waf": "waf_challenge",
    "document": "not_html",
}
"""What a page that is no article counts as; the rest are ``parse_incomplete``."""


class WalkEnded(Exception):
    """Raised inside the walk to leave it early; the tally holds the reason."""


class Walk:
    """One walk. ``run`` does it all; ``stop`` ends it after the request under way.

    ``emit`` is handed each article that is kept, before it is saved.
    """

    def __init__(
        self,
        portal: Portal,
        options: CrawlOptions,
        fetcher: Fetcher,
        hosts: PortalHosts,
        ledger: Ledger,
        tally: Tally,
        emit: Callable[[Sighting], None],
    ) -> None:
        self.portal = portal
        self.options = options
        self.fetcher = fetcher
        self.hosts = hosts
        self.ledger = ledger
        self.tally = tally
        self.emit = emit
        self.platform: Platform | None = PLATFORMS.get(portal.platform)
        self.home = Home(
            province_2024=portal.province_2024,
            district_2024=portal.district_2024,
            province_2025=portal.province_2025,
            communes_2025=portal.communes_2025,
        )
        self.scopes = {section.path: section.scope for section in portal.sections}
        self.section_names = {section.path: section.name for section in portal.sections}
        self.seen: set[str] = set()
        self.failures_in_a_row = 0
        self.stopping = False
        self._fetching: asyncio.Task[Outcome] | None = None

    # -- from outside -------------------------------------------------------------------------

    def stop(self) -> None:
        """End the walk: after the request under way, at once if it is only waiting for its turn."""
        self.stopping = True
        if self._fetching is not None and not self.fetcher.on_the_wire:
            self._fetching.cancel()

    async def run(self) -> None:
        """Walk the portal. Raises what storage raises; everything else is counted in the tally."""
        self.tally.tell("started")
        try:
            if not self.portal.sections:
                await self.discover()
            await self.leftovers()
            for section in sorted(self.portal.sections, key=lambda s: s.scope != "front"):
                await self.section(section)
            self.tell_of_nothing()
        except WalkEnded:
            pass

    def tell_of_nothing(self) -> None:
        """Note why, where not one section of the portal lists an article."""
        barren = [account.barren for account in self.tally.sections.values() if account.barren]
        if barren and not self.tally.counts.listed:
            self.note(barren[0])

    # -- the three parts -----------------------------------------------------------------------

    async def discover(self) -> None:
        """Find the sections of a portal whose record names none; ends the walk where nothing answers.

        What was found is kept for DISCOVERY_KEPT, and looked for again before that if now more is asked for.
        """
        wide = self.options.scope == "all"
        found = await self.ledger.discovery()
        if found is not None and utc_now() - found.found_at < DISCOVERY_KEPT and (found.wide or not wide):
            self.portal = replace(self.portal, platform=found.platform, sections=found.sections)
        else:
            problems: list[FetchProblem] = []

            async def fetch(url: str) -> Page | None:
                outcome = await self.fetch(url)
                if isinstance(outcome, FetchProblem):
                    problems.append(outcome)
                return outcome if isinstance(outcome, Page) else None

            try:
                discovery = await complete(self.portal, fetch, scope=self.options.scope)
            except DiscoveryFailed as error:
                self.note(problems[0] if problems else FetchProblem(self.portal.url, "http_4xx", str(error)))
                raise WalkEnded from None
            self.portal = discovery.portal
            await self.ledger.keep_discovery(self.portal.platform, self.portal.sections, wide=wide)
        self.platform = PLATFORMS.get(self.portal.platform)
        self.scopes = {section.path: section.scope for section in self.portal.sections}
        self.section_names = {section.path: section.name for section in self.portal.sections}
        if not self.portal.sections:
            self.note(FetchProblem(self.portal.url, "listing_empty", "no section with articles was found"))

    async def leftovers(self) -> None:
        """Fetch what an interrupted or failed run left in the frontier."""
        for queued in await self.ledger.pending():
            if urls.is_article(queued.url, self.platform) is not False:
                await self.article(queued)

    async def section(self, section: Section) -> None:
        """Walk one section's listing pages, fetching the new articles of each before the next."""
        account = self.tally.sections.setdefault(section.path, SectionTally())
        before = await self.ledger.section_state(section.path)
        account.listed_before = before.last_page > 0
        budget = self.options.pages
        settled = before.complete or before.last_page >= budget
        ask: NextPage | None = self.first_page(section)
        asked: set[NextPage] = set()
        shown: set[frozenset[str]] = set()
        quiet = 0
        after = SectionState(complete=True)
        while ask is not None and ask not in asked:
            if account.pages == budget:
                after = SectionState(complete=False, last_page=budget)
                break
            asked.add(ask)
            listing = await self.listing(ask, account)
            if account.problem is not None or account.empty:
                return
            rows = self.own_rows(listing) if listing else []
            fresh, known = await self.sort_out(rows, section)
            await self.ledger.queue([queued for queued in fresh if queued.kind == "article"])
            if fresh or not settled:
                # Should this walk be cut off, the next one must not stop at the pages that it has read.
                await self.ledger.set_section_state(
                    section.path, SectionState(complete=False, last_page=min(account.pages, budget - 1))
                )
            account.new += len(fresh)
            self.tally.tell("listing", url=ask.url)
            for queued in fresh:
                await self.article(queued)
            for row, memory in known:
                await self.recheck(row, memory, section)
            quiet = 0 if fresh else quiet + 1
            if settled and quiet >= QUIET_PAGES:
                after = before
                break
            if rows and all(self.is_before(row) for row in rows):
                after = before if settled else SectionState(complete=False, last_page=before.last_page)
                break
            keys = frozenset(self.key(row.url) for row in rows)
            ask = listing.next if listing and keys not in shown else None
            shown.add(keys)
        if after.complete:
            after = replace(after, last_page=max(account.pages, before.last_page))
        if after != before or account.new:
            await self.ledger.set_section_state(section.path, after)

    async def recheck(self, row: ListingRow, known: Known, section: Section) -> None:
        """Ask whether a known article has changed, where that is due."""
        if not due_for_check(row, known, utc_now()):
            return
        checked = f"{known.last_checked_at:%a, %d %b %Y %H:%M:%S} GMT"
        validators = Validators(known.etag, known.last_modified or checked)
        queued = self.queued(row, section, kind="recheck")
        await self.article(queued, validators)

    # -- listing pages --------------------------------------------------------------------------

    def first_page(self, section: Section) -> NextPage:
        """Return the request that opens a section."""
        url = urljoin(self.portal.url, section.path)
        if self.platform is not None and self.platform.first_page is not None:
            return self.platform.first_page(url)
        return NextPage(url)

    async def listing(self, ask: NextPage, account: SectionTally) -> Listing | None:
        """Fetch and read one listing page; None ends the section, with a problem noted unless it is the end.

        A page without articles is asked for twice: a passing fault has been taken for the end of a list,
        and 375 of 2,451 documents lost (field_lessons.md, openstates #1418).
        """
        for confirmed in (False, True):
            outcome = await self.fetch(ask.url, form=ask.form)
            if isinstance(outcome, FetchProblem):
                if account.pages and outcome.error in ("http_4xx", "gone"):
                    return None  # a pager that counts one page too many
                account.problem = outcome
                self.note(outcome)
                return None
            assert isinstance(outcome, Page)
            if self.platform is None:
                self.recognise(outcome)
            listing = read_listing(outcome, self.platform)
            if self.own_rows(listing):
                account.pages += 1
                self.tally.counts.pages += 1
                return listing
            if confirmed and not account.pages:
                account.pages = 1
                problem = self.empty_listing(outcome)
                if account.listed_before or problem.error != "listing_empty":
                    account.empty = True
                    self.note(problem)
                else:
                    # A section that never had an article: told only if the whole portal lists nothing.
                    account.barren = problem
        return None

    def empty_listing(self, page: Page) -> FetchProblem:
        """Return why a listing page shows no articles."""
        reading = read(page, self.platform)
        error = ERROR_OF_KIND.get(reading.kind, "listing_empty")
        return FetchProblem(page.url, error, f"no articles on the listing page ({reading.kind})", page.status)

    def recognise(self, page: Page) -> None:
        """Find the platform of a portal whose record does not know it."""
        best = recognise(page)
        self.platform = best[0][0] if best and best[0][1] >= SURE else PLATFORMS.get("generic")

    def own_rows(self, listing: Listing) -> list[ListingRow]:
        """Return the rows that are articles of this portal, each key once."""
        rows = {
            self.key(row.url): row
            for row in reversed(listing.rows)
            if self.hosts.cover(row.url) and urls.is_article(row.url, self.platform) is not False
        }
        return list(reversed(rows.values()))

    async def sort_out(
        self, rows: Sequence[ListingRow], section: Section
    ) -> tuple[list[Queued], list[tuple[ListingRow, Known]]]:
        """Part rows into those to fetch for the first time and those already stored.

        Each article is taken once a walk. One that was left by scope is fetched again where the scope has
        widened: in a ``front`` section, and with ``--scope all``.
        """
        mine = [row for row in rows if self.key(row.url) not in self.seen]
        self.seen.update(self.key(row.url) for row in mine)
        self.tally.counts.listed += len(mine)
        account = self.tally.sections[section.path]
        account.listed += len(mine)
        memory = await self.ledger.known([self.key(row.url) for row in mine])
        wide = section.scope == "front" or self.options.scope == "all"
        fresh: list[Queued] = []
        known: list[tuple[ListingRow, Known]] = []
        for row in mine:
            found = memory.get(self.key(row.url))
            if found is None:
                if not self.is_out_of_range(row):
                    fresh.append(self.queued(row, section))
            elif found.article_id is not None:
                known.append((row, found))
            elif found.skipped and wide:
                fresh.append(self.queued(row, section, kind="widened"))
        return fresh, known

    # -- articles --------------------------------------------------------------------------------

    async def article(self, queued: Queued, validators: Validators | None = None) -> None:
        """Fetch one article, read it, tag it and hand it to the ledger."""
        if self.options.limit is not None and self.tally.counts.fetched >= self.options.limit:
            raise WalkEnded
        self.seen.add(queued.key)
        row = ListingRow(
            url=queued.url,
            title=queued.title,
            lead=queued.lead,
            published_at=queued.published_at,
            published_precision=queued.published_precision,
        )
        outcome = await self.fetch(queued.url, validators=validators, row=row)
        if isinstance(outcome, NotModified):
            self.tally.counts.not_modified += 1
            await self.ledger.unchanged(queued.key)
            return
        if isinstance(outcome, FetchProblem):
            await self.article_failed(queued, outcome)
            return
        self.tally.counts.fetched += 1
        reading = read(outcome, self.platform, site_name=self.portal.name)
        if reading.article is None:
            await self.article_failed(queued, unreadable(outcome, reading))
            return
        article = tag(reading.article, home=self.home, owner=self.portal.owner)
        wide = self.options.scope == "all" or self.scopes.get(queued.section or "") == "front"
        if not wide and not article.relevant:
            self.tally.counts.off_topic += 1
            await self.ledger.skipped(queued, "off_topic")
            return
        if self.is_day_out_of_range(article.published_at):
            await self.ledger.dropped(queued.key)
            return
        name = self.section_names.get(queued.section or "")
        if article.section is None and name is not None:
            found = article.provenance | {"section": "listing"}
            article = replace(article, section=name, provenance=found)
        await self.keep(queued, outcome, article)

    async def keep(self, queued: Queued, page: Page, article: Article) -> None:
        """Hand an article to whoever listens, and to the ledger."""
        sighting = Sighting(
            portal=self.portal.id,
            key=queued.key,
            article=article,
            fetched_at=page.fetched_at,
            etag=page.headers.get("etag"),
            last_modified=page.headers.get("last-modified"),
        )
        self.emit(sighting)
        self.tally.tell("article", url=article.url, article=article)
        await self.ledger.save(sighting)

    async def article_failed(self, queued: Queued, problem: FetchProblem) -> None:
        """Keep an address for the next run; what robots.txt forbids is left in peace."""
        if problem.error == "robots_disallow":
            await self.ledger.skipped(queued, problem.error)
            return
        self.tally.counts.failed += 1
        await self.ledger.failed(queued.key, problem.error, problem.message)
        self.note(problem)

    def queued(self, row: ListingRow, section: Section, kind: str = "article") -> Queued:
        """Return a listing row as it stands in the frontier."""
        return Queued(
            key=self.key(row.url),
            url=row.url,
            section=section.path,
            title=row.title,
            published_at=row.published_at,
            published_precision=row.published_precision,
            lead=row.lead,
            kind=kind,
        )

    def key(self, url: str) -> str:
        """Return the article's key on its portal."""
        return urls.article_key(url, self.platform)

    # -- bounds ------------------------------------------------------------------------------------

    def is_out_of_range(self, row: ListingRow) -> bool:
        """Tell whether a row's date is outside --since and --until; a row without a date is not."""
        return self.is_day_out_of_range(row.published_at)

    def is_before(self, row: ListingRow) -> bool:
        """Tell whether a row is older than --since."""
        since = self.options.since
        return bool(since and row.published_at and row.published_at.astimezone(VIETNAM).date() < since)

    def is_day_out_of_range(self, published_at: datetime | None) -> bool:
        """Tell whether a time of publication, in Vietnam, is outside --since and --until."""
        if published_at is None:
            return False
        day = published_at.astimezone(VIETNAM).date()
        since, until = self.options.since, self.options.until
        return bool((since and day < since) or (until and day > until))

    # -- requests ----------------------------------------------------------------------------------

    async def fetch(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        form: tuple[tuple[str, str], ...] | None = None,
        row: ListingRow | None = None,
    ) -> Outcome:
        """Fetch one page, unless the walk is stopping. Raises WalkEnded when it is."""
        if self.stopping:
            self.end("cancelled", "stopped; what was read is saved, the next crawl fetches the rest")
        self._fetching = asyncio.ensure_future(
            self.fetcher.fetch(url, validators=validators, form=form, row=row)
        )
        try:
            return await self._fetching
        except asyncio.CancelledError:
            if self.stopping and self._fetching.cancelled():
                self.end("cancelled", "stopped; what was read is saved, the next crawl fetches the rest")
            self._fetching.cancel()
            raise
        finally:
            self._fetching = None

    def note(self, problem: FetchProblem) -> None:
        """Count a problem; end the walk where the host wants peace or no longer answers."""
        if problem.error == "rate_limited":
            self.end("rate_limited", str(problem))
        self.tally.problem(problem)
        self.failures_in_a_row = self.failures_in_a_row + 1 if problem.error in UNREACHABLE else 0
        if self.failures_in_a_row >= DEAD_AFTER:
            raise WalkEnded

    def end(self, why: ErrorClass, message: str) -> NoReturn:
        """Leave the walk."""
        self.tally.stop(why, message)
        raise WalkEnded


def unreadable(page: Page, reading: Reading) -> FetchProblem:
    """Return what is wrong with a page that should have been an article."""
    error = ERROR_OF_KIND.get(reading.kind, "parse_incomplete")
    reason = f": {reading.reason}" if reading.reason else ""
    return FetchProblem(page.url, error, f"not an article but {reading.kind}{reason}", page.status)
