"""Reading the archive again with today's reader: in parallel processes, without the network.

Each process reads pages from the WARC files, reads and tags them as a walk does, and hands the articles back;
one process saves them, in the order in which they were chosen, through storage.saving as a crawl does.
"""

from __future__ import annotations

import itertools
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from crawler.archive.reading import ArchiveDamage, Reader
from crawler.fetching.outcomes import FetchProblem
from crawler.reading import pdf
from crawler.reading.page import Page
from crawler.reading.platform import Platform
from spiders.article_pages import is_wanted, read_article, sighting_of, with_kept_pages, with_text_of_files
from spiders.platforms import PLATFORMS, recognise
from spiders.reading_processes import WorkThrough
from storage import archive as index
from storage.archive import ArchivedPage
from storage.archive_use import PageToRead
from storage.engine import DatabaseProblem
from storage.portals import Portal
from storage.records import Article, Sighting, pages_in
from storage.resaving import RecordChange, resave

logger = logging.getLogger(__name__)

PAGES = 40
"""Pages that a process reads in one go: about half a second, so that a stop is soon heard."""

SAMPLE = 20
"""Changed records of which the fields are kept to be shown."""


@dataclass(frozen=True, slots=True)
class Job:
    """Some pages of one portal. ``files`` of their articles, by key; ``originals`` are the rows with the
    bodies of those that are revisits."""

    folder: Path
    portal: Portal
    pages: tuple[PageToRead, ...]
    files: Mapping[str, tuple[ArchivedPage, ...]]
    originals: dict[str, ArchivedPage]


@dataclass(slots=True)
class JobDone:
    """What was read of so many ``pages``. ``unwanted`` ones are off topic as before; ``damaged`` and
    ``unreadable`` have address and reason."""

    pages: int
    sightings: list[Sighting] = field(default_factory=list)
    unwanted: int = 0
    damaged: list[tuple[str, str]] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """What reading again came to, so far. Of the records that were stored of what was ``read``: ``changed``,
    ``reworded`` among them (a new revision), ``superseded`` where a crawl has stored a later page meanwhile.
    ``unwanted``, ``damaged`` and ``unreadable`` as in JobDone; ``refused``: by the database."""

    pages: int = 0
    """How many there are to read."""
    read: int = 0
    unchanged: int = 0
    changed: int = 0
    reworded: int = 0
    new: int = 0
    superseded: int = 0
    unwanted: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    sample: list[RecordChange] = field(default_factory=list)
    damaged: list[tuple[str, str]] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    stopped: bool = False


OnProgress = Callable[[Outcome], None]


def reprocess(
    engine: Engine,
    folder: Path,
    pages: Iterable[PageToRead],
    portal_of: Callable[[ArchivedPage], Portal],
    read_all: WorkThrough[Job, JobDone],
    *,
    expected: int,
    rehearse: bool = False,
    on_progress: OnProgress = lambda _: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Read ``pages`` (storage.archive_use.to_read_again) again and save what came out differently.

    They are taken as they are needed; ``expected``: how many they were when they were counted. ``portal_of``
    gives today's record for a page's portal. ``read_all`` does the jobs (spiders.reading_processes, by
    read_again). ``stopping`` is asked after each batch: what was saved stays, the rest is left to the next
    time. ``rehearse`` saves nothing and tells what would change.
    Raises DatabaseProblem, and ReaderLost: what was saved stays.
    """
    outcome = Outcome(pages=expected)
    for done in read_all(_jobs(engine, folder, pages, portal_of)):
        _save(engine, done, outcome, rehearse=rehearse)
        outcome.pages = max(outcome.pages, outcome.read)  # crawls have gone on since the count
        on_progress(outcome)
        if stopping():
            outcome.stopped = outcome.read < outcome.pages
            break
    else:
        outcome.pages = outcome.read
    return outcome


def read_again(job: Job) -> JobDone:
    """Read the pages of a job."""
    files = itertools.chain.from_iterable(job.files.values())
    rows = {row.id: row for row in (*(one.page for one in job.pages), *files)} | job.originals
    reader = Reader(job.folder, rows.get)
    sections = {section.path: section for section in job.portal.sections}
    done = JobDone(len(job.pages))
    for one in job.pages:
        row = one.page
        try:
            page = reader.page(row)
            article = read_article(page, job.portal, platform_for(page, job.portal, row.platform))
            if isinstance(article, Article):
                article = _with_parts(article, job, one, reader)
        except ArchiveDamage as damage:
            done.damaged.append((row.url, str(damage)))
            continue
        section = sections.get(row.section or "")
        if isinstance(article, FetchProblem):
            if one.stored:
                done.unreadable.append((row.url, article.message))
            else:
                done.unwanted += 1
        elif one.stored or is_wanted(article, section):
            assert row.key is not None
            done.sightings.append(sighting_of(article, page, row.portal, row.key, section))
        else:
            done.unwanted += 1
    return done


def _with_parts(article: Article, job: Job, one: PageToRead, reader: Reader) -> Article | FetchProblem:
    """An article with the text of its further pages and files, as far as the archive has them; a problem
    where it would lose the text that it has. Raises ArchiveDamage."""
    named = {file.listing.get("url", file.url): file for file in job.files.get(one.page.key or "", ())}
    article, _ = with_kept_pages(
        article,
        job.portal,
        lambda url: reader.page(named[url]) if url in named else None,
        lambda page: platform_for(page, job.portal, one.page.platform),
    )
    found, wanted = (pages_in(source) for source in (article.provenance.get("paragraphs"), one.text_from))
    if found < wanted:
        why = f"its text stands on {wanted} pages, and the archive has {found}"
        return FetchProblem(article.url, "parse_incomplete", why)
    return _with_files(article, job, one, named, reader) if pdf.wanted(article) else article


def _with_files(
    article: Article, job: Job, one: PageToRead, named: Mapping[str, ArchivedPage], reader: Reader
) -> Article | FetchProblem:
    """An article with the text of its PDFs. Raises ArchiveDamage."""
    if pdf.is_installed():
        wanted = [named[file.url] for file in pdf.wanted(article) if file.url in named]
        bodies = {file.listing.get("url", file.url): reader.page(file).body for file in wanted}
        article = with_text_of_files(article, job.portal, bodies)
        why = "no file of it is in the archive" if not wanted else "no text was found in it"
    else:
        why = "reading it needs: pip install 'frontnews[pdf]'"
    if one.text_from == "pdf" and article.provenance.get("paragraphs") != "pdf":
        return FetchProblem(article.url, "parse_incomplete", f"its text is that of a file, and {why}")
    return article


def platform_for(page: Page, portal: Portal, then: str | None) -> Platform | None:
    """Today's rules for a page of the archive: of the portal's platform, or of the one that it had then.

    A portal that has changed its CMS since leaves pages of the old one behind; where record and archive name
    different ones, the page's own signs decide.
    """
    now = portal.platform if portal.platform in PLATFORMS else None
    if now is not None and then is not None and now != then:
        for platform, _, _ in recognise(page):
            if platform.name in (now, then):
                return platform
    return PLATFORMS.get(now or then or "")


def _jobs(
    engine: Engine,
    folder: Path,
    pages: Iterable[PageToRead],
    portal_of: Callable[[ArchivedPage], Portal],
) -> Iterator[Job]:
    for _, mine in itertools.groupby(pages, key=lambda one: one.page.portal):
        portal: Portal | None = None
        while some := tuple(itertools.islice(mine, PAGES)):
            portal = portal or portal_of(some[0].page)
            files = index.files_of(engine, some[0].page.portal, {one.page.key or "" for one in some})
            rows = itertools.chain((one.page for one in some), *files.values())
            wanted = {row.original for row in rows if row.original is not None}
            yield Job(folder, portal, some, files, index.by_id(engine, wanted) if wanted else {})


def _save(engine: Engine, done: JobDone, outcome: Outcome, *, rehearse: bool) -> None:
    outcome.read += done.pages
    outcome.unwanted += done.unwanted
    outcome.damaged += done.damaged
    outcome.unreadable += done.unreadable
    if not done.sightings:
        return
    try:
        batches = [resave(engine, done.sightings, rehearse=rehearse)]
    except DatabaseProblem:
        raise
    except Exception:
        logger.exception("%s: a batch that cannot be saved as a whole", done.sightings[0].portal)
        batches = []
        for sighting in done.sightings:
            try:
                batches.append(resave(engine, [sighting], rehearse=rehearse))
            except DatabaseProblem:
                raise
            except Exception as error:
                reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
                outcome.refused.append((sighting.article.url, reason))
    for batch in batches:
        outcome.superseded += batch.superseded
        outcome.new += sum(saved.outcome in ("new", "copy") for saved in batch.saved)
        outcome.unchanged += sum(saved.outcome == "unchanged" for saved in batch.saved)
        outcome.changed += len(batch.changes)
        outcome.reworded += sum(change.reworded for change in batch.changes)
        outcome.fields.update(name for change in batch.changes for name in change.fields)
        outcome.sample += batch.changes[: SAMPLE - len(outcome.sample)]
