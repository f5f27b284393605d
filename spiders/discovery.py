"""First discovery: an address becomes a registry record whose sections have been read.

The platform is known by its signs, sections by their names in menus, feeds and category sitemaps;
each section is fetched and must list articles of its own before it is believed. Nothing here knows
how pages are fetched: the driver takes a ``fetch`` that is polite already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urljoin, urlsplit

from crawler.reading import urls
from crawler.reading.listing import read_listing
from crawler.reading.markup import parse, select, text_of
from crawler.reading.page import Listing, Page
from crawler.reading.platform import Platform
from spiders.candidates import (
    CATEGORY_SITEMAPS,
    Candidate,
    category_sitemaps,
    feed_candidates,
    menu_candidates,
    sitemap_candidates,
)
from spiders.platforms import PLATFORMS, recognise
from spiders.registry_rules import ORGANIZATIONS
from spiders.registry_text import suggest_id, to_yaml
from spiders.section_names import SectionKind, is_own_work, judge_owner, judge_section
from storage.portals import Confidence, Portal, Scope, Section
from vietnam import places
from vietnam.writing import clean, fold

__all__ = ["Discovery", "DiscoveryFailed", "Fetch", "complete", "discover", "suggest_id", "to_yaml"]

Fetch = Callable[[str], Awaitable[Page | None]]
"""GET an address, redirects followed (``Page.url`` is where it ended); None where nothing came."""

BUDGET = 30
"""Requests of one discovery: a minute of a portal's time at the usual 2 s between two requests."""
SURE = 0.5
"""Weight of signs from which a platform is believed; below it pages are read by their structure alone."""
CERTAIN = 1.0
MINIMUM_ROWS = 2
"""Articles that a page must list to be a section: one link alone is a teaser or a static page."""
MOST_ALIKE = 2
"""Sections that may list the very same articles before the list is taken for furniture of the theme."""
NAME_LENGTH = 120
"""Characters of a portal's name: titles of home pages go on with slogans."""

_ORDER: dict[SectionKind, int] = {"front": 0, "news": 1, "other": 2, "none": 3}


class DiscoveryFailed(Exception):
    """No record came of an address; the message says why, for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What discovery found: the record, what speaks for each of its claims, the requests it cost."""

    portal: Portal
    evidence: tuple[str, ...]
    requests: int


@dataclass(slots=True)
class _Search:
    """One discovery under way: what was asked for, what is queued, what was found."""

    home: Page
    fetch: Fetch
    budget: int
    platform: Platform | None = None
    certain: bool = False
    own: bool = False
    """Whether the site is an organization's own, so that "hoạt động Hội" is ours."""
    requests: int = 1
    candidates: dict[str, Candidate] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    rows_of: dict[str, frozenset[str]] = field(default_factory=dict)
    """Article keys that a section lists, by the section's canonical address, like ``sections``."""
    evidence: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)
    """Keys of every article that a page has listed: a link to one outside of menus names no section."""
    paged: bool = False

    async def get(self, url: str) -> Page | None:
        """Fetch within the budget; None when it is spent, or for anything but a 200."""
        if self.requests >= self.budget:
            return None
        self.requests += 1
        page = await self.fetch(url)
        return page if page is not None and page.status == 200 else None


async def discover(
    url: str,
    fetch: Fetch,
    *,
    scope: Literal["front", "all"] = "front",
    portal_id: str | None = None,
    platform: str | None = None,
    budget: int = BUDGET,
) -> Discovery:
    """Make a record of the site at ``url`` (its home page, a subsite, or one of its sections).

    ``scope`` ``all`` adds listings of every other subject; ``platform`` is what is known already, for
    a home page without signs. At most ``budget`` requests are made. Raises DiscoveryFailed where the
    address gives no page.
    """
    home = await fetch(url)
    if home is None:
        raise DiscoveryFailed(f"{url}: no answer")
    if home.status != 200:
        raise DiscoveryFailed(f"{url}: answered with status {home.status}")
    search = _Search(home, fetch, budget)
    _recognise(search, home, platform)
    record = _record(search, url, portal_id)
    single = _as_single_section(search, url)
    if single is not None:
        search.sections[_home_key(search)] = single
    else:
        # On an organization's own site every listing is likely to have its news, whatever its name.
        search.own = record.owner in ORGANIZATIONS
        await _find_sections(search, everything=scope == "all" or search.own)
    # Ours first, in menu order within, as a person would write them.
    sections = tuple(sorted(search.sections.values(), key=lambda section: section.scope != "front"))
    record = replace(
        record,
        platform=search.platform.name if search.platform is not None else platform or "unknown",
        sections=sections,
        confidence=_confidence(sections, search.certain),
        evidence=f"first discovery on {home.fetched_at:%Y-%m-%d}, {len(sections)} sections found",
    )
    return Discovery(record, tuple(search.evidence), search.requests)


async def complete(portal: Portal, fetch: Fetch, *, scope: Literal["front", "all"] = "front") -> Discovery:
    """Fill what a record leaves open, its platform and its sections, and keep all that it says.

    A record with sections costs one request. Raises DiscoveryFailed where the portal's address gives
    no page.
    """
    known = None if portal.platform == "unknown" else portal.platform
    budget = 1 if portal.sections else BUDGET
    found = await discover(portal.url, fetch, scope=scope, portal_id=portal.id, platform=known, budget=budget)
    record = replace(
        portal,
        platform=known or found.portal.platform,
        sections=portal.sections or found.portal.sections,
    )
    return replace(found, portal=record)


async def _find_sections(search: _Search, *, everything: bool) -> None:
    for candidate in [*menu_candidates(search.home), *feed_candidates(search.home)]:
        _queue(search, candidate)
    if search.platform is not None and search.platform.name == "wordpress":
        await _queue_categories(search)
    wanted: list[SectionKind] = ["front", "news", "other"] if everything else ["front", "news"]
    await _verify(search, wanted)
    _drop_furniture(search)
    if not search.sections:
        # No name that we know: whatever lists articles, and the home page for the newest of all.
        await _verify(search, [*wanted, "other"])
        _drop_furniture(search)
        _fall_back_on_home(search)


def _recognise(search: _Search, page: Page, known: str | None = None) -> None:
    """Name the platform by the signs of a page; ``known`` is believed where there are none."""
    ranked = recognise(page)
    if ranked and ranked[0][1] >= SURE:
        platform, weight, signs = ranked[0]
        search.platform, search.certain = platform, weight >= CERTAIN
        search.evidence.append(f"platform {platform.name} ({weight:.2f}): {', '.join(signs)}")
    elif known is not None:
        search.platform = PLATFORMS.get(known)
        search.evidence.append(f"platform {known}: from the record")
    elif page is search.home:
        weak = f"; weak signs of {ranked[0][0].name}: {', '.join(ranked[0][2])}" if ranked else ""
        search.evidence.append(f"platform: not recognised on the home page{weak}")


# --- candidates ---------------------------------------------------------------------------------


async def _queue_categories(search: _Search) -> None:
    """Queue the categories of WordPress' sitemap: menus need not name them all."""
    for path in CATEGORY_SITEMAPS:
        index = await search.get(urljoin(search.home.url, path))
        for address in category_sitemaps(index) if index is not None else ():
            page = await search.get(address)
            for candidate in sitemap_candidates(page) if page is not None else ():
                _queue(search, candidate)
        if index is not None:
            return


def _queue(search: _Search, candidate: Candidate) -> None:
    """Note a candidate once; pages that are articles, twins or the home page never are sections."""
    if search.own and candidate.kind in {"news", "other"} and is_own_work(candidate.name):
        candidate = replace(candidate, kind="front", reason="the organization's own work")
    key = urls.canonical(candidate.url, search.platform).rstrip("/")
    if key == urls.canonical(search.home.url, search.platform).rstrip("/"):
        return
    if urls.is_article(candidate.url, search.platform) is True:
        return
    search.candidates.setdefault(key, candidate)


# --- verification: a section is what lists articles of its own ----------------------------------


async def _verify(search: _Search, wanted: Iterable[SectionKind]) -> None:
    """Read the candidates, ours first; pages read on the way may name further ones."""
    wanted = frozenset(wanted)
    search.articles |= _own_rows(search, read_listing(search.home, search.platform))
    while search.requests < search.budget:
        waiting = _waiting(search, wanted)
        if not waiting:
            return
        key, candidate = min(waiting.items(), key=lambda item: _ORDER[item[1].kind])
        search.done.add(key)
        page = await search.get(candidate.url)
        if page is None:
            search.evidence.append(f"section {_path(search, candidate.url)}: no page")
            continue
        if search.platform is None:
            _recognise(search, page)
        await _verify_one(search, key, candidate, page)
        for further in menu_candidates(page):
            _queue(search, further)
    _settle_the_unread(search, _waiting(search, wanted))


def _waiting(search: _Search, wanted: frozenset[SectionKind]) -> dict[str, Candidate]:
    return {
        key: candidate
        for key, candidate in search.candidates.items()
        if key not in search.done
        and candidate.kind in wanted
        and not (
            candidate.source == "page" and urls.article_key(candidate.url, search.platform) in search.articles
        )
    }


def _settle_the_unread(search: _Search, unread: dict[str, Candidate]) -> None:
    """When the budget is spent: what the CMS calls a category is one, the rest is left out and told."""
    if not unread:
        return
    for key, candidate in unread.items():
        if candidate.declared:
            search.sections[key] = _section(search, candidate, candidate.name)
    declared = sum(candidate.declared for candidate in unread.values())
    search.evidence.append(
        f"budget of {search.budget} requests spent: {declared} categories taken unread,"
        f" {len(unread) - declared} possible sections left out"
    )


def _section(search: _Search, candidate: Candidate, name: str) -> Section:
    scope: Scope = "front" if candidate.kind == "front" else "news"
    return Section(_path(search, candidate.url), scope, name or None)


async def _verify_one(search: _Search, key: str, candidate: Candidate, page: Page) -> None:
    path = _path(search, candidate.url)
    landed = urls.canonical(page.url, search.platform).rstrip("/")
    if landed != key and (landed in search.rows_of or landed == _home_key(search)):
        search.evidence.append(f"section {path}: leads to {_path(search, page.url)}")
        return
    if _is_article_page(page):
        search.evidence.append(f"section {path}: is an article, left out")
        return
    listing = read_listing(page, search.platform)
    rows = _own_rows(search, listing)
    search.articles |= rows
    if len(rows) < MINIMUM_ROWS:
        search.evidence.append(f"section {path}: lists {len(rows)} articles, left out")
        return
    name = candidate.name or _heading(listing, page)
    for other, section in search.sections.items():
        if rows == search.rows_of[other] and fold(section.name or "") == fold(name):
            search.evidence.append(f"section {path}: a twin of {section.path}, left out")
            return
    search.rows_of[key] = rows
    if not candidate.name:
        judgement = judge_section(name, candidate.url)
        candidate = replace(candidate, kind=judgement.kind, reason=judgement.reason)
    search.sections[key] = section = _section(search, candidate, name)
    paging = await _try_second_page(search, listing, rows)
    search.evidence.append(
        f"section {path} ({section.scope}: {candidate.reason}; seen in {candidate.source}):"
        f" {len(rows)} articles{paging}"
    )


def _is_article_page(page: Page) -> bool:
    """Whether a page calls itself one article, by marks that no listing has: the publication time of
    Open Graph (NukeViet 4.5, SEO plugins), and WordPress' body class of a single post."""
    tree = parse(page)
    if tree is None:
        return False
    marks = 'meta[property="article:published_time"], body.single-post, body[class*="postid-"]'
    return bool(select(tree, marks))


def _drop_furniture(search: _Search) -> None:
    """Leave out pages that all list the same articles: a "latest news" block that stands on every page,
    read as the list of pages that have none (two may be a parent and its only filled child)."""
    shared = Counter(search.rows_of.values())
    for key, rows in search.rows_of.items():
        if shared[rows] > MOST_ALIKE and key in search.sections:
            section = search.sections.pop(key)
            search.evidence.append(f"section {section.path}: lists what {shared[rows]} pages list, left out")


async def _try_second_page(search: _Search, listing: Listing, rows: frozenset[str]) -> str:
    """One second page a portal is read: all listings of a platform turn pages alike."""
    if listing.next is None:
        return ""
    if search.paged or listing.next.form is not None:
        return ", more pages"
    page = await search.get(listing.next.url)
    if page is None:
        return ", second page not readable"
    search.paged = True
    fresh = _own_rows(search, read_listing(page, search.platform)) - rows
    return f", {len(fresh)} more on the second page" if fresh else ", second page repeats the first"


def _own_rows(search: _Search, listing: Listing) -> frozenset[str]:
    return frozenset(
        urls.article_key(row.url, search.platform)
        for row in listing.rows
        if urls.same_site(row.url, search.home.url) and urls.is_article(row.url, search.platform) is not False
    )


def _as_single_section(search: _Search, given: str) -> Section | None:
    """The section whose own address was given; None for a home page, and for the home of a subsite,
    whose name says nothing of news and which has sections below it."""
    home = search.home
    parts = urlsplit(given)
    if parts.path in {"", "/"} and not parts.query:
        return None
    listing = read_listing(home, search.platform)
    rows = _own_rows(search, listing)
    name = _heading(listing, home)
    judgement = judge_section(name, home.url)
    if len(rows) < MINIMUM_ROWS or judgement.kind not in {"front", "news"}:
        return None
    below = home.url.rstrip("/") + "/"
    if sum(c.kind != "none" and c.url.startswith(below) for c in menu_candidates(home)) > 1:
        return None
    scope: Scope = "front" if judgement.kind == "front" else "news"
    path = _path(search, home.url)
    search.evidence.append(f"section {path} ({scope}: {judgement.reason}; given): {len(rows)} articles")
    return Section(path, scope, name or None)


def _fall_back_on_home(search: _Search) -> None:
    rows = _own_rows(search, read_listing(search.home, search.platform))
    if len(rows) >= MINIMUM_ROWS:
        path = _path(search, search.home.url)
        search.sections[_home_key(search)] = Section(path, "news", "Trang chủ")
        search.evidence.append(
            f"section {path} (news: last resort, no section with a known name): {len(rows)} articles"
        )
    else:
        search.evidence.append("no section with a known name, and the home page lists no articles")


def _home_key(search: _Search) -> str:
    return urls.canonical(search.home.url, search.platform).rstrip("/")


def _path(search: _Search, url: str) -> str:
    """An address as a record writes it: absolute on the portal, whole where it lies elsewhere."""
    parts = urlsplit(url if "://" in url else f"//{url}")
    if not urls.same_site(f"http://{parts.netloc}", search.home.url):
        return url
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _heading(listing: Listing, page: Page) -> str:
    return clean(listing.title or "") or _site_name(page)


# --- the record --------------------------------------------------------------------------------


def _record(search: _Search, given: str, portal_id: str | None) -> Portal:
    """The record without its platform and sections."""
    parts = urlsplit(search.home.url)
    home = places.home_from_host(parts.hostname or "")
    name = _site_name(search.home) or parts.netloc
    district = home.district_2024 if home else None
    place_owner = "district_portal" if district else "province_portal" if home else "other"
    given_host = urlsplit(given).netloc
    return Portal(
        id=portal_id or suggest_id(search.home.url),
        name=name,
        url=f"{parts.scheme}://{parts.netloc}/",
        owner=judge_owner(parts.hostname or "", name, otherwise=place_owner),
        province_2024=home.province_2024 if home else None,
        district_2024=district,
        province_2025=home.province_2025 if home else None,
        communes_2025=home.communes_2025 if home else (),
        aliases=() if urls.same_site(given, search.home.url) or not given_host else (given_host,),
    )


def _confidence(sections: tuple[Section, ...], certain: bool) -> Confidence:
    if certain and any(section.scope == "front" for section in sections):
        return "high"
    return "medium" if sections and all(section.path != "/" for section in sections) else "low"


def _site_name(page: Page) -> str:
    tree = parse(page)
    if tree is None:
        return ""
    for meta in select(tree, 'meta[property="og:site_name"]'):
        if name := clean(meta.get("content") or ""):
            return name[:NAME_LENGTH]
    for title in select(tree, "title"):
        if name := text_of(title):
            return name[:NAME_LENGTH].strip()
    return ""
