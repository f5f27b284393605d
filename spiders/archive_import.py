"""WARC files of other tools as a source of history: their pages become articles as those of a crawl do.

What a listing said of an article is taken from the listing pages in the same files: so the same pages give
the same records as a crawl of them. Each page goes into our own archive too.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

from sqlalchemy import Engine

from crawler.archive import foreign
from crawler.archive.foreign import Entry
from crawler.archive.reading import ArchiveDamage
from crawler.archive.records import Context, listing_row
from crawler.archive.writer import Archive
from crawler.fetching.outcomes import FetchProblem
from crawler.reading import pdf, urls
from crawler.reading.listing import read_listing
from crawler.reading.page import ListingRow, Page
from crawler.reading.platform import Platform
from spiders.article_pages import is_wanted, read_article, sighting_of, with_kept_pages, with_text_of_files
from spiders.platforms import PLATFORMS, sure_platform
from storage import archive as index
from storage import frontier
from storage.archive import ArchivedPage
from storage.portals import Portal, Section
from storage.records import Article, Sighting
from storage.saving import save_batch

BATCH = 50

_PAGE_NUMBER = re.compile(r"/?(?:page|trang|p|start)?[/=-]?\d{0,5}/?")
"""What a later listing page adds to the path of its section."""


@dataclass(slots=True)
class Imported:
    """What an import came to. ``found``: pages of the registry's portals in the files, ``done``: those that
    were looked at; ``strangers``: pages of hosts that are in no portal's record, by host; ``known``: pages of
    articles of which a newer page has been read."""

    found: int = 0
    done: int = 0
    pages: int = 0
    listings: int = 0
    saved: Counter[str] = field(default_factory=Counter)
    unwanted: int = 0
    known: int = 0
    strangers: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Source:
    """The pages of one portal in the WARC files, its PDFs by address, and what is learned on the way."""

    portal: Portal
    entries: list[Entry] = field(default_factory=list)
    platform: Platform | None = None
    files: dict[str, list[Entry]] = field(default_factory=dict)
    listed: dict[str, tuple[ListingRow, Section]] = field(default_factory=dict)
    articles: list[tuple[Entry, str]] = field(default_factory=list)


def import_warcs(
    engine: Engine,
    archive: Archive,
    paths: Sequence[Path],
    portal_of: Callable[[str], Portal | None],
    *,
    on_progress: Callable[[Imported], None] = lambda _: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Imported:
    """Read the pages of ``paths``; ``portal_of`` gives the portal of an address, None for a stranger.

    Articles are saved from the oldest page to the newest; an article of which a newer page is known is put
    into the archive and left as it is. Raises DatabaseProblem; what is wrong with a file or a page is in the
    result.
    """
    done = Imported()
    originals: dict[str, Entry] = {}
    sources = _by_portal(paths, portal_of, originals, done)
    for source in sources.values():
        _Import(engine, archive, source, originals, done).run(on_progress, stopping)
    return done


def _by_portal(
    paths: Iterable[Path],
    portal_of: Callable[[str], Portal | None],
    originals: dict[str, Entry],
    done: Imported,
) -> dict[str, _Source]:
    sources: dict[str, _Source] = {}
    for path in paths:
        try:
            for entry in foreign.entries(path):
                if entry.digest is not None and not entry.is_revisit:
                    originals.setdefault(entry.digest, entry)
                portal = portal_of(entry.url)
                if portal is None:
                    done.strangers[urls.site_of(entry.url)] += 1
                    continue
                source = sources.setdefault(portal.id, _Source(portal))
                if entry.is_file or _metadata(entry).get("kind") == "file":
                    source.files.setdefault(_address_of_file(entry), []).append(entry)
                else:
                    source.entries.append(entry)
                    done.found += 1
        except (ArchiveDamage, OSError) as problem:
            done.problems.append(str(problem))
    for source in sources.values():
        source.entries.sort(key=lambda entry: entry.fetched_at)
    return sources


def _address_of_file(entry: Entry) -> str:
    """By which address a page calls a file: our own archive knows, elsewhere it is where the file stands."""
    listing = _metadata(entry).get("listing")
    named = listing.get("url") if isinstance(listing, dict) else None
    return urls.canonical(named if isinstance(named, str) else entry.url)


def _metadata(entry: Entry) -> dict[str, object]:
    try:
        known = json.loads(entry.metadata) if entry.metadata else {}
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}


class _Import:
    """The import of one portal's pages."""

    def __init__(
        self,
        engine: Engine,
        archive: Archive,
        source: _Source,
        originals: Mapping[str, Entry],
        done: Imported,
    ) -> None:
        self.engine = engine
        self.archive = archive
        self.source = source
        self.originals = originals
        self.done = done
        self.source.platform = PLATFORMS.get(source.portal.platform)
        self.pages: dict[str, list[Entry]] = {}
        """Pages by their addresses, of which some are further pages of an article."""
        self.parts: set[str] = set()
        """Addresses of further pages that have been joined to their articles."""
        self._rows: list[ArchivedPage] = []
        self._sightings: list[Sighting] = []

    def run(self, on_progress: Callable[[Imported], None], stopping: Callable[[], bool]) -> None:
        """Read the listings first, for what they say of articles; then the articles, oldest first."""
        for entry in self.source.entries:
            self.pages.setdefault(urls.canonical(entry.url), []).append(entry)
            if self.source.platform is None:
                self.learn_platform(entry)
            section = self.section_listed_at(entry.url)
            if section is not None:
                self.listing(entry, section)
            elif urls.is_article(entry.url, self.source.platform) is not False:
                key = urls.article_key(entry.url, self.source.platform)
                self.source.articles.append((entry, key))
                continue
            self.done.done += 1
            on_progress(self.done)
        for entry, key in self.source.articles:
            if stopping():
                break
            if urls.canonical(entry.url) not in self.parts:
                self.article(entry, key)
            self.done.done += 1
            on_progress(self.done)
            if len(self._rows) >= BATCH:
                self.flush()
        self.flush()
        on_progress(self.done)

    def learn_platform(self, entry: Entry) -> None:
        """Find the platform of a portal whose record does not know it, as a walk does from its first page."""
        page = self.load(entry)
        if page is not None and (platform := sure_platform(page)) is not None:
            self.source.platform = platform

    def listing(self, entry: Entry, section: Section) -> None:
        """Take down what a listing page says of its articles, and archive it."""
        page = self.load(entry)
        if page is None:
            return
        self.done.listings += 1
        for row in read_listing(page, self.source.platform).rows:
            self.source.listed[urls.article_key(row.url, self.source.platform)] = row, section
        self.keep(page, Context(self.source.portal.id, "listing", platform=self.platform_name))

    def article(self, entry: Entry, key: str) -> None:
        """Archive one article's page and read it."""
        page = self.load(entry)
        if page is None:
            return
        row, section = self.said_of(entry, key)
        page = replace(page, url=row.url if row is not None else page.url, row=row)
        article = read_article(page, self.source.portal, self.source.platform)
        if isinstance(article, FetchProblem):
            return  # the home page, a search, a section that the record does not name
        self.done.pages += 1
        portal = self.source.portal.id
        context = Context(portal, "article", key, self.platform_name, section.path if section else None)
        self.keep(page, context)
        article = self.with_further_pages(article, page, context)
        if pdf.wanted(article):
            article = self.with_text_of_files(article, page, context)
        if not is_wanted(article, section):
            self.done.unwanted += 1
            return
        known = frontier.known(self.engine, portal, [key]).get(key)
        if known is not None and known.article_id is not None and known.last_checked_at > page.fetched_at:
            self.done.known += 1
            return
        self._sightings.append(sighting_of(article, page, portal, key, section))

    def with_further_pages(self, article: Article, page: Page, context: Context) -> Article:
        """The article with the text of the pages that it goes on at, as far as the files have them."""
        whole, further = with_kept_pages(
            article, self.source.portal, lambda url: self.beside(page, url), lambda _: self.source.platform
        )
        for url, loaded in further.items():
            self.parts.add(urls.canonical(loaded.url))
            self.keep(replace(loaded, row=ListingRow(url=url)), replace(context, kind="file"))
        return whole

    def with_text_of_files(self, article: Article, page: Page, context: Context) -> Article:
        """The article with the text of its PDFs."""
        bodies: dict[str, bytes] = {}
        for file in pdf.wanted(article):
            if (loaded := self.beside(page, file.url)) is not None:
                bodies[file.url] = loaded.body
                self.keep(replace(loaded, row=ListingRow(url=file.url)), replace(context, kind="file"))
        return with_text_of_files(article, self.source.portal, bodies)

    def beside(self, page: Page, url: str) -> Page | None:
        """A file or further page of an article: of those at its address the one fetched at about the time of
        the article's page."""
        address = urls.canonical(url)
        entries = self.source.files.get(address) or self.pages.get(address) or []
        nearest = min(entries, key=lambda entry: abs(entry.fetched_at - page.fetched_at), default=None)
        return self.load(nearest) if nearest is not None else None

    def said_of(self, entry: Entry, key: str) -> tuple[ListingRow | None, Section | None]:
        """What is known of an article from its listing: from our own record of it, or from the files."""
        known = _metadata(entry)
        if known.get("portal") == self.source.portal.id:
            named = (s for s in self.source.portal.sections if s.path == known.get("section"))
            return listing_row(entry.url, known.get("listing")), next(named, None)
        return self.source.listed.get(key, (None, None))

    def load(self, entry: Entry) -> Page | None:
        """The page of an entry; None where it cannot be had, with the reason in the result."""
        original = self.originals.get(entry.digest or "") if entry.is_revisit else None
        try:
            if entry.is_revisit and original is None:
                raise ArchiveDamage(f"{entry.url}: a revisit of a page that is in none of the files")
            return foreign.load(entry, original)
        except (ArchiveDamage, OSError) as problem:
            self.done.problems.append(str(problem))
            return None

    def section_listed_at(self, url: str) -> Section | None:
        """The section of the portal's record whose listing, or a later page of it, stands at ``url``."""
        asked = urlsplit(urls.canonical(url))
        for section in self.source.portal.sections:
            base = urlsplit(urls.canonical(urljoin(self.source.portal.url, section.path)))
            path = base.path.rstrip("/")
            if not urls.same_site(url, base.geturl()) or not asked.path.startswith(path):
                continue
            rest = asked.path[len(path) :]
            is_later = not rest or rest == "/" or (rest.startswith("/") and _PAGE_NUMBER.fullmatch(rest))
            if is_later and set(parse_qsl(base.query)) <= set(parse_qsl(asked.query)):
                return section
        return None

    @property
    def platform_name(self) -> str | None:
        """The platform as the archive notes it."""
        return self.source.platform.name if self.source.platform is not None else None

    def keep(self, page: Page, context: Context) -> None:
        """Put a page into our archive, once."""
        self._rows.append(self.archive.write(page, context))

    def flush(self) -> None:
        """Commit the index rows and the articles so far."""
        if self._rows:
            self.archive.sync_now()
            index.add(self.engine, self._rows)
        if self._sightings:
            saved = save_batch(self.engine, None, self._sightings)
            self.done.saved.update(one.outcome for one in saved)
        self._rows, self._sightings = [], []
