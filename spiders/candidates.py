"""Where the sections of a portal are named: its menus, its feeds, its category sitemap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from crawler.reading import urls
from crawler.reading.feeds import child_text, local, parse_xml
from crawler.reading.markup import base_of, parse, select, text_of
from crawler.reading.menus import section_links
from crawler.reading.page import Page
from crawler.reading.sitemaps import read_sitemap
from spiders.hidden_menus import hidden_links
from spiders.registry_rules import bare_host
from spiders.script_menus import json_links
from spiders.section_names import SectionKind, is_headline, judge_section
from vietnam.dates import parse_stamp
from vietnam.writing import clean

CATEGORY_SITEMAPS = ("/wp-sitemap.xml", "/sitemap_index.xml")
"""Indexes that name a sitemap of categories: WordPress since 5.5, and the Yoast plugin."""

_CATEGORIES = re.compile(r"taxonomies-category-\d+\.xml|/category-sitemap\d*\.xml")
_CATEGORY_FEED = re.compile(r"/rss(?=/[^/]+/?$)|(?<=/)feed/?$")

_DECLARED = 'link[rel~="alternate"][type*="rss"], link[rel~="alternate"][type*="atom"]'
"""Feeds in the head of a page."""
_FEED = re.compile(r"\.(?:rss|xml|atom)$|/(?:rss|feed|atom)/.", re.IGNORECASE)

Source = Literal["menu", "page", "feed", "sitemap"]
"""Where a candidate's address was seen; ``page`` is outside of menus."""

SHORT_LINK = 6
"""Words of a link outside of menus that may still name a section: ``Mặt trận Tổ quốc và đoàn thể``
has seven with its conjunction and stands in menus; a headline of so few words is rare."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A page that may be a section, before it was read."""

    url: str
    name: str
    kind: SectionKind
    reason: str
    source: Source

    @property
    def declared(self) -> bool:
        """Whether the CMS itself calls the page a category, so that it is one even if it is not read."""
        return self.source in {"feed", "sitemap"}


def menu_candidates(page: Page) -> list[Candidate]:
    """What a page names as sections: the entries of its menus; elsewhere only short links with a name
    that we know, since the rest are headlines (all of them on a page without a marked menu). An address
    may come more than once, under several names."""
    links = section_links(page)
    hidden = [_candidate(url, text, "menu") for url, text in hidden_links(page)]
    marked = any(link.in_menu for link in links)
    found = [
        _candidate(link.url, link.text, "menu" if link.in_menu or not marked else "page") for link in links
    ]
    found += [_candidate(url, text, "page") for url, text in _short_links(page)]
    # Of what is no link only known names: scripts name translations, widgets and settings alike.
    found += [c for c in hidden if c.kind in {"front", "news"}]
    return [_as_headline(c) if _reads_like_headline(c) else c for c in found if _is_named(c)]


_ID = re.compile(r"-\d+$")
_DATE_LENGTH = 30


def _reads_like_headline(candidate: Candidate) -> bool:
    """Whether a link's text, or the address that it was judged by, tells what an organization did."""
    slug = urlsplit(candidate.url).path.rstrip("/").rpartition("/")[2].partition(".")[0]
    words = _ID.sub("", slug).replace("-", " ")
    return is_headline(candidate.name) or ("in the address" in candidate.reason and is_headline(words))


def _is_named(candidate: Candidate) -> bool:
    """Whether a link names a section: any entry of a menu, elsewhere what has a name that we know. A date
    is an article's (themes link it to the article), a number or an arrow is a pager's."""
    if candidate.name and not any(map(str.isalpha, candidate.name)):
        return False
    if len(candidate.name) <= _DATE_LENGTH and parse_stamp(candidate.name) is not None:
        return False
    if candidate.source == "menu":
        return True
    return candidate.kind in {"front", "news"} and not is_headline(candidate.name)


def _as_headline(candidate: Candidate) -> Candidate:
    """A menu's entry that reads like a headline (a ticker, a menu with its newest articles) is read last."""
    kind: SectionKind = "none" if candidate.kind == "none" else "other"
    return replace(candidate, kind=kind, reason="reads like a headline")


def _short_links(page: Page) -> Iterator[tuple[str, str]]:
    """Links of few words anywhere: menus of old sites are cells of a table, without list or class."""
    tree = parse(page)
    if tree is None:
        return
    base = base_of(tree, page.url)
    for anchor in select(tree, "a[href]"):
        text = text_of(anchor)
        if 0 < len(text.split()) <= SHORT_LINK:
            url = urls.absolute(base, anchor.get("href"))
            if url is not None and urls.same_site(url, page.url) and urls.is_article(url) is not False:
                yield url, text


def feed_candidates(page: Page) -> list[Candidate]:
    """Categories that a page names as feeds: ``/vi/news/rss/hoi-nong-dan/`` -> ``/vi/news/hoi-nong-dan/``.

    NukeViet links one feed a category, titled "module - category" (seen in 4.5); WordPress has
    ``/category/x/feed/``. A feed without a category of its own is the whole site's and no section.
    """
    tree = parse(page)
    if tree is None:
        return []
    found = []
    base = base_of(tree, page.url)
    for link in select(tree, _DECLARED):
        feed = urls.absolute(base, link.get("href"))
        if feed is None or not urls.same_site(feed, page.url):
            continue
        section = _CATEGORY_FEED.sub("", feed)
        if section == feed or urlsplit(section).path in {"", "/", "/comments/"}:
            continue
        name = clean(link.get("title") or "")
        found.append(_candidate(section, re.sub(r"^[^-–]*\s[-–]\s", "", name), "feed"))
    return found


def feeds_of(page: Page) -> dict[str, str]:
    """The feeds that a page declares or links, address to name: its own, or those of a page "RSS"."""
    tree = parse(page)
    if tree is None:
        return {}
    base = base_of(tree, page.url)
    found: dict[str, str] = {}
    for link in select(tree, f"{_DECLARED}, a[href]"):
        feed = urls.absolute(base, link.get("href"))
        if feed is None or not urls.same_site(feed, page.url):
            continue
        if link.tag == "link" or _FEED.search(urlsplit(feed).path):
            found.setdefault(feed, text_of(link) or clean(link.get("title") or ""))
    return found


def category_sitemaps(index: Page) -> list[str]:
    """Addresses of the category sitemaps that a sitemap index names."""
    listed = read_sitemap(index)
    return [child for child in listed.children if _CATEGORIES.search(child)] if listed is not None else []


def sitemap_candidates(page: Page) -> list[Candidate]:
    """The categories of a category sitemap; their names are known when they are read."""
    return [_candidate(address, "", "sitemap") for address in _locations(page)]


def file_candidates(page: Page) -> list[Candidate]:
    """The entries of a menu that is a JSON file."""
    return [_candidate(url, name, "menu") for url, name in json_links(page)]


def sites_of_their_own(page: Page) -> dict[str, str]:
    """Home pages of our organizations on neighbouring hosts (``mattran.x.gov.vn`` on ``x.gov.vn``), address
    to name. Their articles have addresses and numbers of their own, so each is a portal by itself."""
    tree = parse(page)
    if tree is None:
        return {}
    host, found = bare_host(urlsplit(page.url).netloc), {}
    for anchor in select(tree, "a[href]"):
        url = urls.absolute(page.url, anchor.get("href"))
        if url is None or urls.same_site(url, page.url) or urlsplit(url).path not in ("", "/"):
            continue
        other = bare_host(urlsplit(url).netloc)
        name = text_of(anchor) or clean(anchor.get("title") or "")
        related = other.endswith(f".{host}") or other.partition(".")[2] == host.partition(".")[2]
        if related and _LETTERS.search(host) and judge_section(name, "").kind == "front":
            found[url] = name
    return found


_LETTERS = re.compile(r"[a-z]+\.[a-z]+$")
"""The end of a host that is a name: neighbours by number are strangers."""

_LONG_NUMBER = re.compile(r"\d{3,}")


def address_candidates(page: Page) -> list[Candidate]:
    """Sections that a site's own sitemap names by their addresses; articles have numbers or long names."""
    found = []
    for address in _locations(page):
        if urls.is_article(address) is not None:
            continue
        last = urlsplit(address).path.rstrip("/").rpartition("/")[2]
        if not _LONG_NUMBER.search(last) and len(re.split(r"[-_]", last)) <= SHORT_LINK + 1:
            found.append(_candidate(address, "", "page"))
    return [candidate for candidate in found if candidate.kind in {"front", "news"}]


def _locations(page: Page) -> list[str]:
    """The addresses of its own site that a sitemap lists."""
    root = parse_xml(page.body)
    entries = [entry for entry in root if local(entry) == "url"] if root is not None else []
    listed = [child_text(entry, "loc") for entry in entries]
    return [address for address in listed if address and urls.same_site(address, page.url)]


def _candidate(url: str, name: str, source: Source) -> Candidate:
    judgement = judge_section(name, url)
    return Candidate(url, name, judgement.kind, judgement.reason, source)
