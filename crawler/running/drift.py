"""The alarms that a run raises: what it brought against what its portal's own past lets expect.

Pure functions over values (operations.md A2). An alarm is raised, cleared, or not spoken of: a run that
read no page says nothing of titles. The causes come first: where the server does not answer, or the
listing is empty, whatever follows from that raises nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import comb
from statistics import median
from typing import Literal, get_args

from crawler.running.expectations import Unmet
from crawler.running.lapses import CERTIFICATE_DAYS, certificate_ending, silence
from crawler.running.options import Verdict
from crawler.running.page_facts import PageFacts
from storage.alarms import Judgement, Raised
from storage.certificates import Certificate
from storage.said import Said

Name = Literal[
    "unreachable", "blocked", "moved", "listing_empty", "listed_few", "fields_missing", "requests_many",
    "same_text", "body_short", "silent", "dated_today", "charset", "certificate",
]  # fmt: skip
ALARMS: tuple[Name, ...] = get_args(Name)

REACH: frozenset[str] = frozenset({"unreachable", "blocked", "moved"})
LAYOUT: frozenset[str] = frozenset({"fields_missing", "same_text", "body_short", "dated_today"})
"""Alarms of pages whose text or date must not be trusted: the run's verdict is ``layout_drift``."""
OF_PAGES = LAYOUT | {"charset"}

ENOUGH_NOW = 5
"""Pages from which a run can be judged; those of the runs before make them up."""

ENOUGH_BEFORE = 20
"""Pages of good runs from which a portal's past means something."""

BEFORE = 200
"""Pages of the past that are looked at, the latest: two weeks of the busiest portals."""

COPIES = 3
"""The same text at more addresses than this is the frame of the site, not an article (A2)."""

SAME_SHARE, SHORT_SHARE, DROP = 0.5, 0.5, 0.2
"""Half of the pages with one text; half of the usual length; 20 points less of a field (A2)."""

SHRUNK = 0.75
"""Of its own former length: a page that is longer than that was not cut. An edit seldom takes a quarter away,
and never from five articles at once."""

CHANCE = 1e-4
"""Once in years on a busy portal: few pages that are alike by chance (weekly schedules) are no drift."""

REDATED_SHARE = 0.5
"""Of known articles: a date that has moved to today is an editor's doing in one, never in three of five. Not
more, as the reader takes some dates from elsewhere (an address) when the page's own is wrong (two of eight
demo portals)."""

CHARSET_SHARE = 0.8

REQUESTS, REQUESTS_LEAST, RATIO_LEAST = 3.0, 30, 3.0
"""Times the usual number of requests for each listed article; from so many requests, so many an article."""

FIELDS: Mapping[str, Callable[[PageFacts], bool]] = {
    "title": lambda page: page.title is not None,
    "date": lambda page: page.day is not None,
    "body": lambda page: page.body is not None,
}


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a run: whether its listing is empty and was not before, and what kept it from us."""

    path: str
    reached: bool
    empty: bool
    error: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run brought; ``pages``: the articles that it read.

    ``newest_age``: days since the portal's newest article, festive days not counted; ``gaps``: days between
    those before. ``certificate``: its server's, looked at ``at``.
    """

    verdict: Verdict
    sections: Sequence[Section]
    errors: Mapping[str, int]
    unmet: Sequence[Unmet]
    message: str | None
    requests: int
    listed: int
    pages: Sequence[PageFacts]
    newest_age: float | None = None
    gaps: Sequence[float] = ()
    certificate: Certificate | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What the runs before brought: ``lately`` the pages of all of them, newest first; ``pages`` those of
    good ones; ``ratios`` the requests for each listed article of good ones."""

    lately: Sequence[PageFacts] = ()
    pages: Sequence[PageFacts] = ()
    ratios: Sequence[float] = ()


def judge(seen: Seen, past: Past) -> Judgement:
    """Return the alarms that a run raises and those that it clears."""
    if seen.verdict in ("cancelled", "lost"):
        return Judgement()
    reach = _reach(seen)
    if reach is not None:
        return Judgement((reach,), (REACH - {reach.name}) if reach.name == "blocked" else frozenset())
    if not any(section.reached for section in seen.sections):
        return Judgement()
    raised = [*_listings(seen, past), *_pages(seen, past)]
    if seen.certificate is not None and seen.at is not None:
        raised += certificate_ending(seen.certificate, seen.at)
    names = {each.name for each in raised}
    spoken_of = set(REACH)
    if seen.certificate is None or (seen.at and seen.certificate.days(seen.at) >= CERTIFICATE_DAYS):
        spoken_of |= {"certificate"}
    if seen.listed:
        spoken_of |= {"listing_empty", "listed_few", "requests_many", "silent"}
    window = _window(seen, past)
    if seen.pages and len(window) >= ENOUGH_NOW:
        spoken_of |= OF_PAGES - {"dated_today"}
    if sum(page.redated is not None for page in window) >= ENOUGH_NOW:
        spoken_of |= {"dated_today"}
    return Judgement(tuple(raised), frozenset(spoken_of - names))


def is_odd(page: PageFacts, before: Sequence[PageFacts]) -> bool:
    """Tell whether a page is unlike those of good runs: worth a second look, no alarm yet."""
    if page.redated:
        return True
    was = next((other for other in before if other.url == page.url), None)
    if len(before) < ENOUGH_BEFORE or (was is not None and _look(page) == _look(was)):
        return False
    others = [other for other in before if other.url != page.url]
    lengths = [other.length for other in before if other.length]
    return (
        any(not has(page) and _share(has, before) > SAME_SHARE for has in FIELDS.values())
        or any(page.title == other.title for other in others)
        or any(page.body == other.body for other in others)
        or bool(lengths and page.length < SHORT_SHARE * median(lengths))
        or (was is not None and (page.title != was.title or page.length < SHRUNK * was.length))
        or page.charset != Counter(other.charset for other in before).most_common(1)[0][0]
    )


def _look(page: PageFacts) -> tuple[object, ...]:
    return page.title, page.body, page.day is None, page.charset


def _reach(seen: Seen) -> Raised | None:
    """Why the run met nothing that could be read, where it did not."""
    said = seen.message or seen.verdict
    urls = tuple(section.path for section in seen.sections)
    gone = [section for section in seen.sections if section.error == "redirect_offsite"]
    if gone or (seen.errors.get("redirect_offsite") and not any(s.reached for s in seen.sections)):
        return Raised(
            "moved", gone[0].message or said if gone else said, urls=tuple(s.path for s in gone),
            said=Said("raised.moved"),
        )  # fmt: skip
    errors = [s.error for s in seen.sections if s.error] or list(seen.errors)
    error = Counter(errors).most_common(1)[0][0] if errors else "internal"
    if seen.verdict == "blocked":
        return Raised("blocked", said, urls=urls, said=Said("raised.blocked", {"error": error}))
    walls = [s for s in seen.sections if s.error in ("waf_challenge", "auth_wall")]
    if walls and len(walls) == len(seen.sections):
        wall = Said("raised.blocked", {"error": walls[0].error or error})
        return Raised("blocked", walls[0].message or said, urls=urls, said=wall)
    ours = {"store_failed", "internal"} & seen.errors.keys()
    if seen.verdict == "failed" and not ours and not any(s.reached for s in seen.sections):
        return Raised("unreachable", said, urls=urls, said=Said("raised.unreachable", {"error": error}))
    return None


def _listings(seen: Seen, past: Past) -> Iterable[Raised]:
    empty = [section for section in seen.sections if section.empty]
    if empty or (not seen.listed and seen.verdict == "suspicious_empty"):
        what = ", ".join(section.path for section in empty[:3]) or "no section"
        said = (
            f"the listing gives no articles any more: {what}" if empty else (seen.message or "nothing listed")
        )
        yield Raised(
            "listing_empty", said, 0.0, 1.0, tuple(section.path for section in empty),
            Said("raised.listing_empty"),
        )  # fmt: skip
        return
    for unmet in seen.unmet:
        if unmet.name == "listed":
            yield Raised("listed_few", str(unmet), unmet.observed, unmet.bound, said=unmet.said)
    yield from silence(seen.unmet, seen.newest_age, seen.gaps)
    if seen.listed and len(past.ratios) >= ENOUGH_NOW and seen.requests >= REQUESTS_LEAST:
        ratio, bound = seen.requests / seen.listed, max(RATIO_LEAST, REQUESTS * median(past.ratios))
        if ratio > bound:
            said = f"{ratio:.1f} requests for each listed article, at most {bound:.1f} expected"
            yield Raised(
                "requests_many", said, ratio, bound,
                said=Said("raised.requests_many", {"observed": ratio, "bound": bound}),
            )  # fmt: skip


def _pages(seen: Seen, past: Past) -> Iterable[Raised]:
    missing = _fields_missing(seen, past)
    if missing is not None:
        yield missing
    now, before = _window(seen, past), past.pages[:BEFORE]
    if not seen.pages or len(now) < ENOUGH_NOW:
        return
    for what, of in (("title", lambda p: p.title), ("body", lambda p: p.body)):
        same = _same(what, of, now, before)
        if same is not None:
            yield same
            break
    redated = [page for page in now if page.redated is not None]
    today = [page for page in redated if page.redated]
    if len(redated) >= ENOUGH_NOW and len(today) > REDATED_SHARE * len(redated):
        said = f"{len(today)} of {len(redated)} known articles are now dated today"
        yield Raised(
            "dated_today", said, len(today) / len(redated), REDATED_SHARE, _urls(today),
            Said("raised.dated_today", {"count": len(today), "of": len(redated)}),
        )  # fmt: skip
    if len(before) < ENOUGH_BEFORE:
        return
    short = _body_short(seen.pages, now, before)
    if short is not None:
        yield short
    kinds = Counter(page.charset for page in before)
    charset, count = kinds.most_common(1)[0]
    others = [page for page in now if page.charset != charset]
    if count >= CHARSET_SHARE * len(before) and len(others) >= CHARSET_SHARE * len(now):
        said = f"the pages are now in {others[0].charset}, they were in {charset}"
        yield Raised(
            "charset", said, len(others) / len(now), 1 - CHARSET_SHARE, _urls(others),
            Said("raised.charset", {"now": others[0].charset, "before": charset}),
        )  # fmt: skip


def _body_short(
    read: Sequence[PageFacts], now: Sequence[PageFacts], before: Sequence[PageFacts]
) -> Raised | None:
    """The bodies have shrunk: known articles against themselves, else all against the usual.

    A week of photo news has short bodies; a broken selector shortens the old articles too. Where none was
    read again, chance must be ruled out.
    """
    was = {page.url: page.length for page in before if page.length}  # as it was first seen
    again = [page.length / was[page.url] for page in read if page.length and page.url in was]
    if len(again) >= ENOUGH_NOW:
        if median(again) >= SHRUNK:
            return None
        said = (
            f"known articles have {median(again):.0%} of their former length, {SHRUNK:.0%} or more expected"
        )
        shrunk = Said("raised.body_shrunk", {"observed": median(again), "bound": SHRUNK})
        return Raised("body_short", said, median(again), SHRUNK, _urls(read), shrunk)
    lengths, usual = [page.length for page in now if page.length], list(was.values())
    if len(lengths) < ENOUGH_NOW or len(usual) < ENOUGH_BEFORE or (again and median(again) >= SHRUNK):
        return None
    observed, bound = median(lengths), SHORT_SHARE * median(usual)
    share = sum(length < bound for length in usual) / len(usual)
    if (
        observed >= bound
        or by_chance(sum(length < bound for length in lengths), len(lengths), share) > CHANCE
    ):
        return None
    said = f"the median body has {observed:.0f} letters, {bound:.0f} or more expected"
    short = Said("raised.body_short", {"observed": observed, "bound": bound})
    return Raised("body_short", said, observed, bound, _urls(now), short)


def by_chance(count: int, of: int, usual: float) -> float:
    """How likely ``count`` or more ``of`` so many pages are, where each is so with probability ``usual``."""
    return sum(comb(of, k) * usual**k * (1 - usual) ** (of - k) for k in range(count, of + 1))


def _same(
    what: str,
    of: Callable[[PageFacts], int | None],
    now: Sequence[PageFacts],
    before: Sequence[PageFacts],
) -> Raised | None:
    text, pages = _commonest(of, now)
    usual = len(_commonest(of, before)[1]) / len(before) if len(before) >= ENOUGH_BEFORE else 0.0
    share, bound = len(pages) / len(now), max(SAME_SHARE, usual + DROP)
    if (
        text is None
        or len(pages) <= COPIES
        or share <= bound
        or by_chance(len(pages), len(now), usual) > CHANCE
    ):
        return None
    said = f"{len(pages)} of {len(now)} articles have the same {what}"
    same = Said(f"raised.same_{what}", {"count": len(pages), "of": len(now)})
    return Raised("same_text", said, share, bound, _urls(pages), same)


def _commonest(
    of: Callable[[PageFacts], int | None], pages: Sequence[PageFacts]
) -> tuple[int | None, list[PageFacts]]:
    counts = Counter(value for page in pages if (value := of(page)) is not None)
    if not counts:
        return None, []
    text = counts.most_common(1)[0][0]
    return text, [page for page in pages if of(page) == text]


def _fields_missing(seen: Seen, past: Past) -> Raised | None:
    """A field that is missing more often than usual, by the run's expectations or by the latest pages."""
    now, before = _window(seen, past), past.pages[:BEFORE]
    for unmet in seen.unmet:
        if unmet.name.startswith("filled_"):
            has = FIELDS[unmet.name.removeprefix("filled_")]
            lacking = [page for page in seen.pages if not has(page)]
            return Raised(
                "fields_missing", str(unmet), unmet.observed, unmet.bound, _urls(lacking),
                unmet.said,
            )  # fmt: skip
    if seen.verdict == "layout_drift":
        lacking = [page for page in seen.pages if page.title is None]
        return Raised(
            "fields_missing", seen.message or "the pages cannot be read any more", urls=_urls(lacking),
            said=Said("raised.unreadable"),
        )  # fmt: skip
    if not seen.pages or len(now) < ENOUGH_NOW or len(before) < ENOUGH_BEFORE:
        return None
    for name, has in FIELDS.items():
        share, usual = _share(has, now), _share(has, before)
        if share < usual - DROP:
            unmet = Unmet(f"filled_{name}", share, usual - DROP)
            lacking = [page for page in now if not has(page)]
            return Raised("fields_missing", str(unmet), share, usual - DROP, _urls(lacking), unmet.said)
    return None


def _share(has: Callable[[PageFacts], bool], pages: Sequence[PageFacts]) -> float:
    return sum(map(has, pages)) / len(pages)


def _window(seen: Seen, past: Past) -> list[PageFacts]:
    """The pages of the run; where they are too few, the latest before them too. Each address once."""
    window = {page.url: page for page in seen.pages}
    for page in past.lately:
        if len(window) >= ENOUGH_NOW:
            break
        window.setdefault(page.url, page)
    return list(window.values())


def _urls(pages: Iterable[PageFacts]) -> tuple[str, ...]:
    return tuple(page.url for page in pages)[:5]
