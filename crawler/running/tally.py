"""What a run came to: its counts, its problems, and the verdict and exit code that follow from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from crawler.fetching.outcomes import BLOCKING, PASSING, WARNINGS, ErrorClass, FetchProblem
from crawler.running.adaptive import Miss, Poll
from crawler.running.expectations import Unmet
from crawler.running.options import (
    Counts,
    CrawlOptions,
    Event,
    EventKind,
    OnEvent,
    PortalResult,
    Verdict,
    ignore_event,
)
from crawler.running.page_facts import PageLog
from crawler.running.rhythm import LISTING_SIZE
from storage.alarms import Raised
from storage.records import Article
from storage.said import Said
from storage.saving import Saved

UNREADABLE_SHARE = 0.5
"""More than this share of article pages that cannot be read is a changed layout, from three pages on."""

LISTING_PAGES = 2
"""Pages that a look at a section with nothing new asks for: one, plus one (spiders.section_walk)."""


@dataclass(slots=True)
class SectionTally:
    """One section of a run. ``problem`` ended it early; ``empty``: its first page listed nothing, twice,
    though it had articles before or the page says what is wrong with it."""

    pages: int = 0
    listed: int = 0
    new: int = 0
    problem: FetchProblem | None = None
    empty: bool = False
    listed_before: bool = False
    """Whether an earlier run found articles in the section."""
    barren: FetchProblem | None = None
    """Why the section lists nothing, where it never did: many portals keep a menu entry for news to come."""

    def as_dict(self) -> dict[str, object]:
        """Return the section as it is stored with the run."""
        met = self.problem or self.barren
        return {
            "pages": self.pages, "listed": self.listed, "new": self.new,
            "problem": str(met) if met else None, "error": met.error if met else None,
        }  # fmt: skip


@dataclass(slots=True)
class Tally:
    """The running account of one portal's walk; ``stopped`` says what ended it before its own end."""

    portal: str
    on_event: OnEvent = ignore_event
    counts: Counts = field(default_factory=Counts)
    errors: Counter[str] = field(default_factory=Counter)
    sections: dict[str, SectionTally] = field(default_factory=dict)
    stopped: ErrorClass | None = None
    message: str | None = None
    met: Said | None = None
    """``message`` in codes."""
    limit_reached: bool = False
    """``--limit`` ended the walk, perhaps before any section: what an earlier crawl left comes first."""
    filled: Counter[str] = field(default_factory=Counter)
    """Articles ``read``, and how many of them had each of expectations.FIELDS."""
    unmet: list[Unmet] = field(default_factory=list)
    newest_age: float | None = None
    gaps: tuple[float, ...] = ()
    """Of the portal's articles: days since the newest, and between those before it (storage.history)."""
    pages: PageLog = field(default_factory=PageLog)
    drift: list[Raised] = field(default_factory=list)
    """Alarms of the pages' layout that the run raises (crawler.running.drift.LAYOUT)."""

    def problem(self, problem: FetchProblem) -> None:
        """Count a problem; the first one is what the run's message tells."""
        self.errors[problem.error] += 1
        if self.message is None:
            self.message = str(problem)
            self.met = Said("run.problem", {"error": problem.error, "url": problem.url})
        self.tell("problem", url=problem.url, message=str(problem), error=problem.error)

    def warn(self, warning: FetchProblem) -> None:
        """Count what went well in spite of a fault of the server's; each class once a run."""
        if warning.error not in self.errors:
            self.errors[warning.error] += 1
            self.tell("problem", url=warning.url, message=str(warning), error=warning.error)

    def tell(
        self,
        kind: EventKind,
        *,
        url: str | None = None,
        article: Article | None = None,
        message: str | None = None,
        error: str | None = None,
    ) -> None:
        """Tell the listener what happened, with the counts so far."""
        verdict = self.verdict() if kind == "finished" else None
        counts = self.counts.as_dict()
        self.on_event(Event(self.portal, kind, counts, url, article, message, verdict, error))

    def stop(self, why: ErrorClass, message: str) -> None:
        """Note what ended the walk early; the first reason stands, and its message before all others."""
        if self.stopped is None:
            self.stopped = why
            self.message = message
            self.met = Said("run.stopped", {"error": why})
            if why != "cancelled":
                self.errors[why] += 1

    def read(self, read: Article | FetchProblem) -> None:
        """Note which fields an article page gave; one of another kind (a login) tells nothing of them."""
        if isinstance(read, FetchProblem) and read.error != "parse_incomplete":
            return
        self.filled["read"] += 1
        if isinstance(read, Article):
            self.filled["title"] += bool(read.title)
            self.filled["date"] += read.published_at is not None
            self.filled["body"] += bool(read.paragraphs)

    def saved(self, rows: Iterable[Saved]) -> None:
        """Count what storage made of a batch."""
        for row in rows:
            match row.outcome:
                case "new":
                    self.counts.new += 1
                case "changed":
                    self.counts.changed += 1
                case "copy":
                    self.counts.copies += 1
                case "unchanged":
                    self.counts.unchanged += 1
            self.counts.stories += row.story_new
        self.tell("saved")

    def refused(self, url: str, reason: str) -> None:
        """Count an article that storage refused."""
        self.counts.failed += 1
        self.problem(FetchProblem(url, "schema_invalid", reason))

    def explanation(self) -> str | None:
        """Return in a line why the run came to its verdict, where that is not a good one."""
        if self.verdict() in ("new", "nothing_new"):
            return None
        said = [str(each) for each in self.unmet] if self.stopped is None else []
        said += [each.message for each in self.drift if each.message not in said]
        return "; ".join([*said, *([self.message] if self.message else [])]) or None

    def said(self) -> list[Said]:
        """Return the explanation in codes."""
        if self.verdict() in ("new", "nothing_new"):
            return []
        said = [each.said for each in self.unmet] if self.stopped is None else []
        said += [each.said for each in self.drift if each.said is not None and each.said not in said]
        return [*said, self.met] if self.met is not None else said

    def verdict(self) -> Verdict:
        """Return what the run came to; the gravest applies."""
        if self.stopped == "lost":
            return "lost"
        if self.stopped == "cancelled":
            return "cancelled"
        if self.stopped in BLOCKING:
            return "blocked"
        if self.stopped in ("store_failed", "internal"):
            return "failed"
        reached = [s for s in self.sections.values() if s.pages]
        problems = [s.problem for s in self.sections.values() if s.problem]
        if not reached and not self.limit_reached:
            # Without sections it was discovery that met the problems.
            met: list[str] = [p.error for p in problems] or list(self.errors.keys() - WARNINGS)
            return "blocked" if met and all(error in BLOCKING for error in met) else "failed"
        met = list(self.errors.keys() - WARNINGS)
        if not self.counts.listed and met and all(error in BLOCKING for error in met):
            return "blocked"  # a challenge or a login in place of every listing, with status 200
        unreadable = self.errors["parse_incomplete"] + self.errors["soft_404"]
        if unreadable >= 3 and unreadable > UNREADABLE_SHARE * self.counts.fetched:
            return "layout_drift"
        if self.drift or any(each.name.startswith("filled_") for each in self.unmet):
            return "layout_drift"
        nothing_listed = not self.counts.listed and not self.limit_reached
        if nothing_listed or any(s.empty for s in self.sections.values()) or self.unmet:
            return "suspicious_empty"
        if self.errors.keys() - WARNINGS:
            return "partial"
        return "new" if self.counts.new or self.counts.changed or self.counts.copies else "nothing_new"


def outcome_of(tally: Tally, options: CrawlOptions, at: datetime) -> Poll | Miss | None:
    """Return what a run that began ``at`` says of its portal's rhythm.

    None where it says nothing: it was stopped, the fault was ours, or its bounds hid a part of the listings.
    """
    stopped = tally.stopped in ("cancelled", "lost", "store_failed", "internal")
    if (
        stopped
        or options.limit is not None
        or options.since
        or options.until
        or options.pages < LISTING_PAGES
    ):
        return None
    read = [section for section in tally.sections.values() if section.pages]
    if tally.stopped is not None or not read:
        passing = bool(tally.errors) and all(error in PASSING for error in tally.errors)
        return Miss(at, 0.5 if passing else 1.0)
    if any(section.empty for section in read):
        return Miss(at, 0.5)  # a listing that is suspiciously empty is no proof that nothing was published
    # A section that ends on its first page shows all that it has: nothing falls off it, however few they are.
    sizes = [round(section.listed / section.pages) for section in read if section.pages > 1]
    size = max(sizes, default=LISTING_SIZE)
    return Poll(at, size, float(sum(min(section.pages, LISTING_PAGES) for section in read)))


EXIT_OF_VERDICT: dict[Verdict, int] = {
    "new": 0, "nothing_new": 0, "partial": 4, "failed": 5, "suspicious_empty": 6, "layout_drift": 6,
    "blocked": 7, "lost": 4, "cancelled": 130,
}  # fmt: skip


def exit_code(results: Iterable[PortalResult]) -> int:
    """Return the exit code of ``frontnews crawl`` (DESIGN.md): a stop first, then the first of 8, 5, 7, 6, 4.

    10 where every portal was being crawled by somebody else; ``failed`` is 5 only where all failed, else 4.
    """
    results = list(results)
    stopped = next((r.signal for r in results if r.signal), None)
    if stopped:
        return 128 + stopped
    if any("store_failed" in r.errors for r in results):
        return 8
    if results and all(r.already_running for r in results):
        return 10
    codes = {EXIT_OF_VERDICT[r.verdict] for r in results}
    if 5 in codes and len(codes) > 1:
        codes = codes - {5} | {4}
    return next((code for code in (130, 5, 7, 6, 4) if code in codes), 0)
