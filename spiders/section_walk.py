"""The walk over one section: its listing pages in order, the new articles of each before the next page.

The first walk of a section goes to its end; later ones read whole pages until a page brought nothing new,
plus one (stopping at the first known article misses back-dated ones: field_lessons.md, juriscraper #1361).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawler.fetching.fetcher import Outcome
from crawler.fetching.outcomes import ErrorClass, FetchProblem
from crawler.reading import urls
from crawler.reading.fragments import form_after
from crawler.reading.listing import is_none, read_listing
from crawler.reading.page import Listing, ListingRow, NextPage, Page
from crawler.reading.page_numbers import position
from crawler.reading.reader import read
from crawler.running.large_pages import read_beside
from crawler.running.tally import SectionTally
from crawler.utc import utc_now
from spiders.backfill import KIND as BACKFILL
from spiders.foot_walk import CUT, may_be_cut
from spiders.oldest_first import TELLING, is_oldest_first, near_the_end
from spiders.own_addresses import bare, chooses_none, names_of
from spiders.repeated_boxes import FirstPage, without_boxes
from storage.frontier import Known, Queued, SectionState
from storage.portals import Section

if TYPE_CHECKING:
    from spiders.walk import Walk

MAPS = 50
"""Sitemaps of one index that a walk reads; an index inside an index is none (sitemaps.org: one level)."""

ENDS: frozenset[ErrorClass] = frozenset({"http_4xx", "gone", "robots_disallow"})
"""Failures of a later page that are a list's end: its pager counts one page too many, or robots.txt keeps
crawlers from all pages but the first (Blogger)."""

QUIET_PAGES = 2
"""Pages without anything new that end the walk of a known section: one, plus one."""


@dataclass(slots=True)
class Sorted:
    """The rows of a page: to be fetched for the first time (with their row), and stored already; the times of
    publication of all of them, in page order, as far as the page or the database tells."""

    fresh: list[tuple[Queued, ListingRow]]
    known: list[tuple[ListingRow, Known]]
    days: list[datetime]


class SectionWalk:
    """One section of a portal, walked once by ``run``."""

    def __init__(self, walk: Walk, section: Section, opened: Page | None = None) -> None:
        """``opened``: its first page, where that was fetched already."""
        self.walk = walk
        self.section = section
        self.account = walk.tally.sections.setdefault(section.path, SectionTally())
        self.budget = walk.options.pages
        self.backfill = walk.backfill
        self.opened = opened
        self.only_page: Page | None = None
        self.first: FirstPage | None = None
        """The first page, where it leads to a second."""
        self.sections = {_address(urljoin(walk.portal.url, path)) for path in walk.sections}
        self.asked: set[NextPage] = set()
        self.shown: set[int] = set()
        """Pages, by what they show (``shows``)."""
        self.maps: list[NextPage] = []
        """Sitemaps of the section's index that are still to be read."""
        self.is_index = self.maps_by_age = False
        """Whether its first page is an index of sitemaps, and whether the one changed last comes first."""
        self.resumed = False
        """Whether the walk began where a backfill was when it ended."""
        self.passed_over: NextPage | None = None
        """The page after the one that was leapt from, until the leap has come to something."""
        self.at_top = 0
        """Pages from the top that brought something new, in a backfill; -1 once one did not."""
        self.kind = "article"
        """What the articles of its list are queued as (spiders.foot_walk)."""
        self.oldest_first = False
        self.days: list[datetime] = []
        """Of the articles on the pages that tell the order (spiders.oldest_first)."""
        self.skipped = 0
        """Pages between the second and the end that were left out (spiders.oldest_first)."""
        self.left_out = False
        """Whether an article that nobody has stored was passed over as older than ``--since``."""

    async def run(self) -> None:
        """Walk the section and remember how far it went. Raises WalkEnded where the whole walk is over."""
        before = await self.walk.ledger.section_state(self.section.path)
        self.account.listed_before = before.last_page > 0
        settled = before.complete or before.last_page >= self.budget
        after = await self.pages(before, settled=settled)
        if after is None:
            return
        if self.backfill is not None:
            await self.backfill.end(self.section.path)
        if self.oldest_first and self.backfill is None:
            after = replace(after, last_page=self.account.pages + self.skipped)  # the next walk goes on there
        elif after.complete:
            after = replace(after, last_page=max(self.account.pages, before.last_page))
        if after != before or self.account.new:
            await self.walk.ledger.set_section_state(self.section.path, after)

    async def pages(self, before: SectionState, *, settled: bool) -> SectionState | None:
        """Read page after page; return the state in which that leaves the section, None if it cannot be told.

        ``settled``: an earlier walk went as far as this one may, so quiet pages are enough to stop at.
        """
        ask: NextPage | None = self.begin()
        quiet = 0
        while ask is not None and ask not in self.asked:
            if self.account.pages == self.budget:
                return SectionState(complete=False, last_page=self.budget)
            self.asked.add(ask)
            await self.note_place(ask)
            listing = await self.listing(ask)
            if (other_way := self.back_from(listing)) is not None:
                ask = other_way
                continue
            if self.account.problem or self.account.empty or self.account.barren:
                return None
            rows = self.own_rows(listing) if listing else []
            if listing and len(self.asked) == 1 and may_be_cut(listing, len(rows), self.walk.platform):
                self.kind = CUT
            found_new = await self.page(ask, rows, before, settled=settled)
            quiet = 0 if found_new or (listing and listing.maps) else quiet + 1
            if listing and len(self.asked) == 1 and not self.resumed:
                self.maps = [NextPage(address) for address in listing.maps[:MAPS]]
                self.is_index, self.maps_by_age = bool(self.maps), listing.maps_by_age
            if self.maps_by_age or not (self.maps or self.oldest_first):
                if settled and quiet >= QUIET_PAGES:
                    return before
                if rows and all(self.walk.is_before(row.published_at) for row in rows):
                    return before if settled else SectionState(complete=False, last_page=before.last_page)
            ask = self.next_page(ask, listing, rows, before.last_page if settled else None)
        if self.backfill is not None:
            self.backfill.short.setdefault(self.section.path, self.only_page)
        # With an article left out for its age, a crawl that reaches further back must not stop early.
        if self.left_out and not before.complete:
            return SectionState(complete=False, last_page=min(self.account.pages, self.budget - 1))
        return SectionState(complete=True)

    # -- the way through the pages ------------------------------------------------------------------

    def begin(self) -> NextPage:
        """Return where the walk begins: where the backfill was when it ended, else at the top."""
        place = self.backfill.place(self.section.path) if self.backfill is not None else None
        if place is None:
            return self.first_page()
        self.resumed, self.account.pages, self.left_out = True, place.pages, place.left_out
        self.maps = [NextPage(address) for address in place.maps]
        return NextPage(place.url, place.form)

    async def note_place(self, ask: NextPage) -> None:
        """Have a backfill that is cut off go on at the page that is asked for."""
        if self.backfill is not None:
            pages = self.account.pages
            await self.backfill.at(self.section.path, ask, pages, self.maps, left_out=self.left_out)

    def back_from(self, listing: Listing | None) -> NextPage | None:
        """Return the page to go on from where a leap came to nothing; None where the walk is on its way."""
        passed_over, self.passed_over = self.passed_over, None
        if passed_over is not None and (listing is None or self.shows(self.own_rows(listing)) in self.shown):
            # The list has become shorter than it was; some portals show their first page behind the last.
            self.skipped, self.account.pages = 0, TELLING
            return passed_over
        if self.resumed and listing is None and self.account.problem is None:
            # The page in flight is no more: the list was rearranged, so it is read from its top.
            self.resumed, self.account.pages, self.maps = False, 0, []
            self.asked.clear()
            return self.first_page()
        return None

    def next_page(
        self, ask: NextPage, listing: Listing | None, rows: Sequence[ListingRow], known_to: int | None
    ) -> NextPage | None:
        """Return what to ask for behind a page: the next one, what is near the end of a list that begins with
        its oldest article (``known_to``: pages that earlier walks have read all of), or the next sitemap."""
        shows = self.shows(rows)
        following = self.following(ask, listing)
        # A list of the newest and the page of the newest day may show the same.
        if shows in self.shown and not (self.account.pages == 2 and position(ask.url).by_day):
            following = None
        self.shown.add(shows)
        if following is None:
            return self.maps.pop(0) if self.maps else None
        is_to_leap = self.oldest_first and self.account.pages == TELLING and not self.skipped
        if is_to_leap and known_to is not None and self.backfill is None:
            far = near_the_end(ask, following, known_to)
            if far is not None:
                self.passed_over, self.skipped = following, known_to - TELLING - 2
                return far
        return following

    async def page(
        self, ask: NextPage, rows: Sequence[ListingRow], before: SectionState, *, settled: bool
    ) -> bool:
        """Take the articles of one listing page; tell whether it brought anything new."""
        ledger = self.walk.ledger
        rows = await self.known_without(rows)
        counted = self.walk.tally.counts.listed, self.account.listed
        found = await self.sort_out(rows)
        self.walk.at_hand = [row.url for row in rows]
        platform, days = self.walk.platform, len(self.days)
        if self.account.pages <= TELLING:
            self.days += found.days
            self.oldest_first = is_oldest_first(self.days)
        await ledger.queue([queued for queued, _ in found.fresh if queued.kind != "widened"])
        if self.backfill is not None:
            await self.mark_top(before, fresh=bool(found.fresh))
        elif found.fresh or not settled:
            # Should this walk be cut off, the next one must not stop at the pages that it has read.
            await self.mark_unfinished()
        self.account.new += len(found.fresh)
        self.walk.tally.tell("listing", url=ask.url)
        for n, (queued, row) in enumerate(found.fresh, 1):
            await self.walk.article(queued, row)
            if self.walk.platform is not platform:  # it told that all of their addresses say too much
                for unread, _ in found.fresh[n:]:
                    await ledger.dropped(unread.key)
                self.walk.tally.counts.listed, self.account.listed = counted
                self.account.new -= len(found.fresh) - n
                del self.days[days:]
                await self.page(ask, self.shortened(rows), before, settled=settled)
                return True
        for row, known in found.known:
            check = self.walk.check_of(row, known, utc_now())
            if check is not None:
                await self.walk.recheck(self.queued(row, "recheck"), row, known, check)
        return bool(found.fresh)

    async def known_without(self, rows: Sequence[ListingRow]) -> Sequence[ListingRow]:
        """Return the rows by the addresses under which their articles are known, where those lack parameters
        that an earlier walk has found to say nothing."""
        plain = bare(rows)
        names = names_of(plain.values())
        if not chooses_none(names, [row.url for row in plain.values()]):
            return rows
        ledger = self.walk.ledger
        if await ledger.known([self.walk.key(row.url) for row in rows]) or not await ledger.known(plain):
            return rows
        self.walk.do_without(names)
        return self.shortened(rows)

    def shortened(self, rows: Sequence[ListingRow]) -> list[ListingRow]:
        """Return rows by the addresses that their articles have by now, each once."""
        platform = self.walk.platform
        found = {url: replace(row, url=url) for row in rows if (url := urls.canonical(row.url, platform))}
        return list(found.values())

    async def mark_unfinished(self) -> None:
        """Have the next walk read past the pages that this one has read."""
        reached = min(self.account.pages, self.budget - 1)
        await self.walk.ledger.set_section_state(
            self.section.path, SectionState(complete=False, last_page=reached)
        )

    async def mark_top(self, before: SectionState, *, fresh: bool) -> None:
        """Leave the daily crawls' marks as they are, for a backfill keeps its own place; but not where it
        reads so much news at the top of a known section that a daily crawl would stop there, were it cut off.
        """
        if not before.last_page or self.at_top < 0:
            return
        if not fresh:
            if self.at_top >= QUIET_PAGES:
                await self.walk.ledger.set_section_state(self.section.path, before)
            self.at_top = -1
            return
        self.at_top += 1
        if self.at_top >= QUIET_PAGES:
            await self.mark_unfinished()

    # -- one listing page -------------------------------------------------------------------------

    def first_page(self) -> NextPage:
        """Return the request that opens the section."""
        url = urljoin(self.walk.portal.url, self.section.path)
        platform = self.walk.platform
        return platform.first_page(url) if platform and platform.first_page else NextPage(url)

    async def listing(self, ask: NextPage) -> Listing | None:
        """Fetch and read one listing page; None at the end of the section, or with a problem in the account.

        A page without articles is asked for twice: a passing fault has been taken for the end of a list,
        and 375 of 2,451 documents lost (field_lessons.md, openstates #1418).
        """
        for confirmed in (False, True):
            outcome: Outcome
            if self.opened is not None:
                outcome, self.opened = self.opened, None
            else:
                outcome = await self.walk.fetch(ask.url, form=ask.form)
            if isinstance(outcome, FetchProblem):
                if self.account.pages and outcome.error in ENDS:
                    return None
                self.account.problem = outcome
                self.walk.note(outcome)
                return None
            assert isinstance(outcome, Page)
            if self.account.pages and self.is_sent_home(ask, outcome):
                return None
            await self.walk.learn_platform(outcome)
            await self.walk.ledger.peace()
            listing = await read_beside(outcome, read_listing, self.walk.platform)
            if self.first is not None:
                listing = await read_beside(outcome, without_boxes, self.first, listing)
            if self.account.pages and listing.next is None and await read_beside(outcome, is_none, listing):
                return None  # a pager that counts one page too many, again
            if self.own_rows(listing):
                if not self.account.pages and listing.next is not None:
                    self.first = FirstPage(outcome, self.walk.platform)
                if self.backfill is not None and not self.account.pages and listing.next is None:
                    self.only_page = outcome
                self.account.pages += 1
                self.walk.tally.counts.pages += 1
                return listing
            if (listing.next is not None or listing.maps) and not self.account.pages:
                return listing  # a frame whose rows stand at another address (Liferay's loadPage), an index
            if self.is_index:
                return listing  # one of many sitemaps, perhaps of pages alone
            if confirmed and not self.account.pages:
                self.account.pages = 1  # it was reached
                await self.is_empty(outcome)
        return None

    def is_sent_home(self, ask: NextPage, page: Page) -> bool:
        """Tell whether a request was sent on to the home page, which lists what is not of the section."""
        home = urls.canonical(self.walk.portal.url).rstrip("/")
        return urls.canonical(page.url).rstrip("/") == home != urls.canonical(ask.url).rstrip("/")

    async def is_empty(self, page: Page) -> None:
        """Note that the section's first page lists nothing, twice."""
        reading = await read_beside(page, read, self.walk.platform)
        error = self.walk.error_of_kind(reading.kind, "listing_empty")
        said = f"no articles on the listing page ({reading.kind})"
        problem = FetchProblem(page.url, error, said, page.status)
        if self.account.listed_before or error != "listing_empty":
            self.account.empty = True
            self.walk.note(problem)
        else:
            # A section that never had an article: told only if the whole portal lists nothing.
            self.account.barren = problem

    def own_rows(self, listing: Listing) -> list[ListingRow]:
        """Return the rows that are articles of this portal, each key once; a parent's page also links the
        sections below it, above a block of the newest of each."""
        platform = self.walk.platform
        rows = {
            self.walk.key(row.url): row
            for row in reversed(listing.rows)
            if self.walk.hosts.cover(row.url) and urls.is_article(row.url, platform) is not False
        }
        return [row for row in reversed(rows.values()) if _address(row.url) not in self.sections]

    @staticmethod
    def following(ask: NextPage, listing: Listing | None) -> NextPage | None:
        """Return how to ask for the page after one that was asked for so."""
        if listing is None:
            return None
        return (form_after(ask) if listing.rows else None) or listing.next

    def shows(self, rows: Sequence[ListingRow]) -> int:
        """Return what a page is known by when it comes again."""
        return hash(frozenset(self.walk.key(row.url) for row in rows))

    async def sort_out(self, rows: Sequence[ListingRow]) -> Sorted:
        """Part rows into new and stored ones; each article is taken once a walk.

        One that was left by scope is fetched again where the scope has widened: in a ``front`` section, and
        with ``--scope all``.
        """
        walk = self.walk
        keyed = {walk.key(row.url): row for row in rows}
        # What an interrupted run left was fetched before any listing: it is listed all the same.
        shown, never_met = walk.met.listed(keyed)
        walk.tally.counts.listed += shown
        self.account.listed += shown
        mine = {key: row for key, row in keyed.items() if key in never_met}
        memory = await walk.ledger.known(mine)
        wide = self.section.scope == "front" or walk.options.scope == "all"
        days = [
            row.published_at or (memory[key].published_at if key in memory else None)
            for key, row in keyed.items()
        ]
        found = Sorted([], [], [day for day in days if day is not None])
        for key, row in mine.items():
            known = memory.get(key)
            if known is None:
                if not walk.is_out_of_range(row.published_at or self.last_change(row)):
                    kind = BACKFILL if self.backfill is not None else self.kind
                    found.fresh.append((self.queued(row, kind), row))
                else:
                    self.left_out = self.left_out or walk.is_before(row.published_at)
            elif known.article_id is not None:
                found.known.append((row, known))
            elif known.skipped and wide:
                found.fresh.append((self.queued(row, "widened"), row))
        return found

    def last_change(self, row: ListingRow) -> datetime | None:
        """Return when an article of a sitemap was changed last, where that was before the days asked for:
        it was published before that."""
        return row.modified_at if self.walk.is_before(row.modified_at) else None

    def queued(self, row: ListingRow, kind: str) -> Queued:
        """Return a row as it stands in the frontier."""
        return Queued(
            key=self.walk.key(row.url),
            url=row.url,
            section=self.section.path,
            title=row.title,
            published_at=row.published_at,
            published_precision=row.published_precision,
            lead=row.lead,
            kind=kind,
        )


def _address(url: str) -> str:
    return urls.canonical(url).rstrip("/")
