"""The walk over one portal: what an earlier run left, its sections, and articles that are due for a check.

One request is under way at a time, so a walk is one coroutine that reads like what it does. Sections are
spiders.section_walk.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn
from urllib.parse import urlsplit

from crawler.archive.records import Context
from crawler.fetching.browser import Browser, NoBrowser
from crawler.fetching.fetcher import Fetcher, NotModified, Outcome, Validators
from crawler.fetching.hosts import PortalHosts
from crawler.fetching.outcomes import NO_LONGER, UNREACHABLE, ErrorClass, FetchProblem
from crawler.logging import bind
from crawler.reading import urls
from crawler.reading.page import ListingRow, Page, PageKind
from crawler.reading.platform import Platform
from crawler.running.large_pages import read_beside
from crawler.running.options import CrawlOptions
from crawler.running.rechecks import allowance
from crawler.running.tally import Tally
from crawler.saving import Ledger
from crawler.utc import utc_now
from spiders.article_pages import ERROR_OF_KIND, is_wanted, read_article, sighting_of
from spiders.article_parts import with_parts
from spiders.backfill import KIND as BACKFILL
from spiders.backfill import Backfill, further
from spiders.foot_walk import CUT, FOOT, follow_feet, queue_feet
from spiders.learned import platform_of
from spiders.met import MetKeys
from spiders.own_addresses import dropping, told_by
from spiders.platforms import PLATFORMS, sure_platform
from spiders.recheck import REMEMBERED, Check, how_to_check, is_look
from spiders.second_look import second_look
from spiders.section_walk import SectionWalk
from spiders.vanished import Suspect, settle, suspect
from spiders.walk_discovery import find_sections
from storage.frontier import Known, Queued
from storage.kept import Reason
from storage.portals import Portal
from storage.records import Article, Sighting
from vietnam.dates import VIETNAM

logger = logging.getLogger(__name__)

DEAD_AFTER = 5
"""Failures of the server in a row after which the rest of the walk is left to the next run."""

NOBODY_THERE: frozenset[ErrorClass] = frozenset(
    {"dns", "connect", "robots_unreachable", "blocked_address", "tls_handshake", "tls_legacy", "protocol"}
)
"""Failures that, as the first thing that comes of a portal, will be those of all its pages."""

CLOCK_MARGIN = timedelta(hours=1)
"""How far a server's clock may be behind ours before If-Modified-Since would hide an edit from us."""

FIRST = ("article", BACKFILL, CUT, FOOT)
"""Kinds of queued articles that nobody has stored or left by scope."""

STOPPED = "stopped; what was read is saved, the next crawl fetches the rest"


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
        fetcher.on_warning = tally.warn
        self.hosts = hosts
        self.ledger = ledger
        self.tally = tally
        self.emit = emit
        self.platform: Platform | None = platform_of(portal)
        self.sections = {section.path: section for section in portal.sections}
        self.met = MetKeys()
        """Articles that were listed or asked for."""
        self.at_hand: Sequence[str] = ()
        """The addresses on the listing page that is being taken."""
        self.needed: set[str] = set()
        """Parameters that articles name their addresses without, and are not there without."""
        self.left: set[str] = set()
        """Keys that an earlier run left in the frontier: it may have fetched them."""
        self.feet: defaultdict[str, deque[Queued]] = defaultdict(deque)
        """What stands at the foot of articles that were kept, by section, until it is fetched."""
        self.sparing = options.trigger == "schedule"
        """Whether known articles are looked at within a budget: a clock comes back soon."""
        self.browser = Browser(fetcher) if portal.browser else None
        self.looks = 0
        """Known articles that were asked for again."""
        self.suspects: list[Suspect] = []
        """Known articles whose addresses answered with something else (spiders.vanished)."""
        self.met_an_article = False
        """Whether a page of this walk was an article, and the portal is thus not under repair."""
        self.backfill = Backfill(ledger, options) if options.is_backfill else None
        self.answered = False
        """Whether anything but a failure has come of the portal."""
        self.failures_in_a_row = 0
        """Of the server (UNREACHABLE): DEAD_AFTER of them end the walk."""
        self.stopping = False
        self.making_way = False
        self.paused = False
        """Whether the walk ended because it made way; the rest is still to be done."""
        self._fetching: asyncio.Task[Outcome] | None = None

    # -- from outside -------------------------------------------------------------------------

    def stop(self) -> None:
        """End the walk: after the request under way, at once if it is only waiting for its turn."""
        self.stopping = True
        if self._fetching is not None and not self.fetcher.on_the_wire:
            self._fetching.cancel()

    def make_way(self) -> None:
        """End the walk after the request under way, with what it has: a crawl that is due goes first."""
        self.making_way = True

    async def run(self) -> None:
        """Walk the portal. Raises what storage raises; everything else is counted in the tally."""
        self.tally.tell("started")
        try:
            if not self.sections and (problem := await find_sections(self)):
                self.note(problem)
                return
            if self.backfill is not None:
                await self.backfill.open()
            await self.leftovers()
            for section in sorted(self.sections.values(), key=lambda s: s.scope != "front"):
                if self.backfill is None or not self.backfill.is_done(section.path):
                    await SectionWalk(self, section).run()
            await follow_feet(self)
            for section, page in await further(self):
                await SectionWalk(self, section, page).run()
            if self.backfill is not None:
                await self.backfill.close(self.sections)
            self.tell_of_nothing()
            await self.checks()
            await settle(self)
            await second_look(self)
        except WalkEnded:
            pass

    # -- the parts of the walk -----------------------------------------------------------------

    async def leftovers(self) -> None:
        """Fetch what an interrupted or failed run left in the frontier."""
        for queued in await self.ledger.pending():
            self.left.add(queued.key)
            if queued.kind == BACKFILL and self.backfill is None and self.options.trigger != "retry":
                continue  # the backfill's own, perhaps thousands
            if queued.kind == FOOT:
                self.feet[queued.section or ""].append(queued)
            elif urls.is_article(queued.url, self.platform) is False:
                await self.ledger.dropped(queued.key)  # queued under rules that have changed since
            elif not self.is_out_of_range(queued.published_at):
                await self.article(queued, row_of(queued))

    async def checks(self) -> None:
        """Ask again for articles of the last weeks that no listing page of this walk showed.

        Not of a portal that lists nothing now: whatever they answer, it would say nothing of them.
        """
        if not self.tally.counts.listed:
            return
        now = utc_now()
        for known in await self.ledger.recent(now - REMEMBERED):
            row = ListingRow(url=known.url)
            check = self.check_of(row, known, now)
            if check is not None and known.key not in self.met:
                await self.recheck(Queued(key=known.key, url=known.url, kind="recheck"), row, known, check)

    def check_of(self, row: ListingRow, known: Known, now: datetime) -> Check | None:
        """Return how a known article is to be asked for again; a clock's crawls have a budget for that."""
        if self.sparing and self.looks >= allowance(self.tally.counts.pages):
            return None
        return how_to_check(row, known, now, sparing=self.sparing)

    async def recheck(self, queued: Queued, row: ListingRow, known: Known, check: Check) -> None:
        """Ask for a known article again."""
        self.looks += 1
        validators = None
        if check == "conditional":
            since = f"{known.last_checked_at - CLOCK_MARGIN:%a, %d %b %Y %H:%M:%S} GMT"
            validators = Validators(known.etag, known.last_modified or since)
        await self.article(queued, row, validators, known)

    def tell_of_nothing(self) -> None:
        """Note why, where not one section of the portal lists an article."""
        barren = [account.barren for account in self.tally.sections.values() if account.barren]
        if barren and not self.tally.counts.listed:
            self.note(barren[0])

    # -- articles --------------------------------------------------------------------------------

    async def article(
        self,
        queued: Queued,
        row: ListingRow,
        validators: Validators | None = None,
        known: Known | None = None,
    ) -> None:
        """Fetch one article, read it, tag it and hand it to the ledger; ``known``: as it was seen before."""
        if self.options.limit is not None and self.tally.counts.fetched >= self.options.limit:
            self.tally.limit_reached = True
            raise WalkEnded
        self.met.add(queued.key)
        look = known is not None and (self.sparing or is_look(known, utc_now()))
        outcome = await self.fetch(queued.url, validators=validators, row=row, queued=queued)
        if isinstance(outcome, NotModified):
            self.tally.counts.not_modified += 1
            self.met_an_article = True
            await self.ledger.unchanged(queued.key, look=look)
            return
        if isinstance(outcome, FetchProblem):
            await self.article_failed(queued, outcome)
            return
        self.tally.counts.fetched += 1
        queued, outcome = await self.under_own_address(queued, outcome)
        article = await self.read(outcome)
        if known is not None and (found := suspect(self, queued, known, outcome, article, look=look)):
            self.suspects.append(found)
            return
        if isinstance(article, Article):
            self.met_an_article = True
        await self.take(queued, outcome, article, known, look=look)

    async def under_own_address(self, queued: Queued, page: Page) -> tuple[Queued, Page]:
        """Learn from an article which parameters of its address say nothing, and ask for it without them."""
        names = told_by(page, self.at_hand)
        if self.platform is None or not names or names <= self.needed:
            return queued, page
        url = urls.canonical(page.url, dropping(self.platform, names))
        bare = await self.fetch(url, row=page.row, queued=queued)
        told = await self.read(page)
        same = await self.read(bare) if isinstance(bare, Page) else None
        if not (isinstance(told, Article) and isinstance(same, Article) and told.title == same.title):
            self.needed |= names
            return queued, page
        await self.ledger.dropped(queued.key)
        self.do_without(names)
        queued = replace(queued, url=url, key=self.key(url))
        self.met.add(queued.key)
        assert isinstance(bare, Page)
        return queued, bare

    def do_without(self, names: Iterable[str]) -> None:
        """Take parameters off the addresses of the portal's articles from here on."""
        if self.platform is not None:
            self.platform = dropping(self.platform, names)

    async def take(
        self, queued: Queued, page: Page, read: Article | FetchProblem, known: Known | None, *, look: bool
    ) -> None:
        """Note what an article's page was read as, and keep the article or the failure."""
        first = read if isinstance(read, Article) and read.further_pages else None
        if isinstance(read, Article):
            whole = await with_parts(self, read, queued)
            if whole is None:
                await self.ledger.unchanged(queued.key, look=look)
                return
            read = whole
        self.tally.read(read)
        self.tally.pages.add(page, first or read, known.published_at if known else None)
        if isinstance(read, FetchProblem):
            await self.article_failed(queued, read)
        else:
            await self.keep(queued, page, read, look=look)

    async def read(self, page: Page) -> Article | FetchProblem:
        """Read and tag an article's page. A fault of ours costs this page, not the portal."""
        await self.ledger.peace()
        return await read_beside(page, read_article, self.portal, self.platform)

    async def keep(self, queued: Queued, page: Page, article: Article, *, look: bool) -> None:
        """Hand an article to whoever listens and to the ledger, if it is wanted. ``look``: as in Sighting."""
        section = self.sections.get(queued.section or "")
        wide = self.options.scope == "all" or queued.kind == "recheck"
        listed_in = None if queued.kind == FOOT else section  # nothing says that such a link stays in it
        if not wide and not is_wanted(article, listed_in):
            self.tally.counts.off_topic += 1
            await self.ledger.skipped(queued, "off_topic")
            return
        if self.is_out_of_range(article.published_at) and queued.kind != "recheck":
            if section is None and self.backfill is not None:
                await self.ledger.dropped(queued.key)  # of a sitemap, which lists the whole archive
            return  # else it stays queued: a crawl with other bounds may want it
        sighting = sighting_of(article, page, self.portal.id, queued.key, section, look=look)
        self.emit(sighting)
        self.tally.tell("article", url=sighting.article.url, article=sighting.article)
        await queue_feet(self, queued, page)
        await self.ledger.save(sighting)

    async def article_failed(self, queued: Queued, problem: FetchProblem) -> None:
        """Keep an address for the next run; what robots.txt forbids is left in peace.

        A known article that is no longer there is told to storage, which deletes it in the end. A portal
        that lists nothing says nothing of its articles: it may be under repair.
        """
        if queued.kind == "recheck" and (problem.status in NO_LONGER or problem.error == "robots_disallow"):
            if self.tally.counts.listed:
                reason: Reason = "robots" if problem.error == "robots_disallow" else "gone"
                await self.ledger.missing(queued.key, reason)
            return
        if problem.error == "robots_disallow":
            await self.ledger.skipped(queued, problem.error)
            return
        if queued.kind == "recheck" and problem.error == "http_4xx":
            return  # closed to us, not taken down; what was published stays in the database
        if problem.error != "rate_limited":
            self.tally.counts.failed += 1
            if self.answered or problem.error not in UNREACHABLE:
                # A server that is down says nothing of the article: it is not to be given up for that.
                await self.ledger.failed(queued.key, problem.error, problem.message)
        self.note(problem)

    def key(self, url: str) -> str:
        """Return the article's key on its portal: the same at whichever of the portal's hosts."""
        key = urls.article_key(url, self.platform)
        host, slash, path = key.partition("/")
        return f"{urlsplit(self.portal.url).netloc}/{path}" if slash and host in self.portal.aliases else key

    async def learn_platform(self, page: Page) -> None:
        """Find the platform of a portal whose record does not know it, from the first page that comes."""
        if self.platform is None:
            self.platform = await read_beside(page, sure_platform) or PLATFORMS.get("generic")

    @staticmethod
    def error_of_kind(kind: PageKind, otherwise: ErrorClass) -> ErrorClass:
        """Return the class of a page that is not what was asked for."""
        return ERROR_OF_KIND.get(kind, otherwise)

    # -- bounds ------------------------------------------------------------------------------------

    def is_before(self, published_at: datetime | None) -> bool:
        """Tell whether a time of publication is known, and before --since."""
        since = self.options.since
        return bool(since and published_at and published_at.astimezone(VIETNAM).date() < since)

    def is_out_of_range(self, published_at: datetime | None) -> bool:
        """Tell whether a time of publication is known, and its day in Vietnam outside --since and --until."""
        until = self.options.until
        too_late = bool(until and published_at and published_at.astimezone(VIETNAM).date() > until)
        return too_late or self.is_before(published_at)

    # -- requests ----------------------------------------------------------------------------------

    async def fetch(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        form: tuple[tuple[str, str], ...] | None = None,
        row: ListingRow | None = None,
        queued: Queued | None = None,
        file: bool = False,
        part: bool = False,
    ) -> Outcome:
        """Fetch and archive one page, of ``queued`` where it is an article's, or a ``file`` or further
        page (``part``) of it.

        Raises WalkEnded when the walk is stopping.
        """
        if self.stopping:
            self.end("cancelled", STOPPED)
        if self.making_way:
            self.paused = self.tally.limit_reached = True
            raise WalkEnded
        bind(url=url)
        fetching = self.fetcher.fetch(url, validators=validators, form=form, row=row, file=file)
        self._fetching = asyncio.ensure_future(fetching)
        try:
            outcome = await self._fetching
        except asyncio.CancelledError:
            if self.stopping and self._fetching.cancelled():
                self.end("cancelled", STOPPED)
            self._fetching.cancel()
            raise
        finally:
            self._fetching = None
        if not isinstance(outcome, FetchProblem):
            self.answered = True
            self.failures_in_a_row = 0
        if isinstance(outcome, Page) and not file and self.browser is not None:
            try:
                outcome = await self.browser.render(outcome)
            except NoBrowser as problem:
                self.end("internal", str(problem))
        if isinstance(outcome, Page):
            return await self.ledger.archive(outcome, self.context(queued, file=file or part))
        return outcome

    def context(self, queued: Queued | None, *, file: bool) -> Context:
        """Return what the archive is to know of a page: of an article, of a file of it, or of a listing."""
        platform = self.platform.name if self.platform is not None else None
        if queued is None:
            return Context(self.portal.id, "listing", platform=platform)
        return Context(
            self.portal.id, "file" if file else "article", queued.key, platform, queued.section,
            first=not file and queued.kind in FIRST and queued.key not in self.left,
        )  # fmt: skip

    def note(self, problem: FetchProblem) -> None:
        """Count a problem; end the walk where the host wants peace or no longer answers."""
        if problem.error == "rate_limited":
            self.end("rate_limited", str(problem))
        self.tally.problem(problem)
        self.failures_in_a_row = self.failures_in_a_row + 1 if problem.error in UNREACHABLE else 0
        nobody_there = not self.answered and problem.error in NOBODY_THERE
        if nobody_there or self.failures_in_a_row >= DEAD_AFTER:
            raise WalkEnded

    def end(self, why: ErrorClass, message: str) -> NoReturn:
        """Leave the walk."""
        self.tally.stop(why, message)
        raise WalkEnded


def row_of(queued: Queued) -> ListingRow:
    """Return what the frontier has kept of a listing row."""
    return ListingRow(
        url=queued.url,
        title=queued.title,
        lead=queued.lead,
        published_at=queued.published_at,
        published_precision=queued.published_precision,
    )
