"""What a page tells machines: JSON-LD, meta elements, microdata. Claims, to be checked against the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape

from lxml.etree import _Element as Element

from crawler.reading.tree import Tree, text_of, xpath
from vietnam import writing

_ARTICLE_TYPES = frozenset(
    [
        "NewsArticle",
        "Article",
        "BlogPosting",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "OpinionNewsArticle",
        "SocialMediaPosting",
        "TechArticle",
        "Report",
        "LiveBlogPosting",
    ]
)
_PAGE_TYPES = frozenset(["WebPage", "ItemPage"])
"""What plugins for search engines call every page; Yoast gives the times of an article to it alone."""
_OF_PAGE = "json-ld WebPage"
_LD_LIMIT = 500_000
"""Characters of one JSON-LD block; the largest of real pages seen are a few kilobytes."""
_RDFA_PUBLISHED = "schema:datepublished"
"""YOOtheme's ``<meta property="datePublished">``; the same as ``itemprop`` is microdata, which lies on some
platforms."""
_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "article:published", "published_time", "pubdate",
    "publish-date", "publishdate", "publish_date", "date", "dc.date.issued", "dc.date", "dcterms.created",
    "dcterms.issued", "dc.date.created", "sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime",
    "citation_publication_date", "article.published", "originalpublicationdate", "vr:published_time",
    _RDFA_PUBLISHED,
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "lastmod", "last-modified",
    "dc.date.modified", "dcterms.modified", "modified_time",
)  # fmt: skip


@dataclass(slots=True)
class Machine:
    """Claims by field, each with its source ("json-ld", "meta article:published_time", "microdata")."""

    title: list[tuple[str, str]] = field(default_factory=list)
    published: list[tuple[str, str]] = field(default_factory=list)
    modified: list[tuple[str, str]] = field(default_factory=list)
    author: list[tuple[str, str]] = field(default_factory=list)
    section: list[tuple[str, str]] = field(default_factory=list)
    breadcrumb: list[str] = field(default_factory=list)
    """Names of a JSON-LD BreadcrumbList in their order, as far as they are written there."""
    site_name: list[tuple[str, str]] = field(default_factory=list)
    is_article: str | None = None
    """The source that calls the page an article, None where none does."""
    page_title: str = ""
    locale: str | None = None


def read_machine(tree: Tree) -> Machine:
    """Collects the claims of a page in one pass over its head, JSON-LD and microdata."""
    told = Machine()
    nodes: dict[str, list[Element]] = {"script": [], "meta": [], "title": []}
    for node in tree.root.iter(*nodes):  # one walk through the page
        nodes[node.tag].append(node)
    _read_json_ld(nodes["script"], told)
    _read_head(nodes["meta"], nodes["title"], told)
    if tree.has_microdata:
        _read_microdata(tree, told)
    for claims in (told.published, told.modified):
        claims.sort(key=lambda claim: claim[1] == _OF_PAGE)  # stable: an article's own claims first
    return told


def _read_head(metas: Iterable[Element], page_titles: Sequence[Element], told: Machine) -> None:
    meta: dict[str, str] = {}
    for node in metas:
        name = node.get("property") or node.get("name") or node.get("itemprop")
        content = node.get("content")
        if name and content:
            if name == "datePublished" and node.get("property"):
                name = _RDFA_PUBLISHED
            meta.setdefault(name.lower(), content)
    if page_titles:
        told.page_title = text_of(page_titles[0])
    for name, place, source in (
        ("og:title", told.title, "og"),
        ("twitter:title", told.title, "twitter"),
        ("og:site_name", told.site_name, "og"),
        ("application-name", told.site_name, "meta"),
        ("article:section", told.section, "og"),
        ("article:author", told.author, "og"),
        ("author", told.author, "meta author"),
        ("dc.creator", told.author, "meta dc.creator"),
    ):
        if (value := meta.get(name)) and (text := writing.clean(value)):
            place.append((text, source))
    for names, times in ((_PUBLISHED_META, told.published), (_MODIFIED_META, told.modified)):
        if not meta.keys().isdisjoint(names):
            times += [(meta[n], f"meta {n}") for n in names if n in meta]
    if meta.get("og:type", "").strip().lower() in ("article", "news") and told.is_article is None:
        told.is_article = "og:type"
    told.locale = meta.get("og:locale")


def _read_json_ld(scripts: Iterable[Element], told: Machine) -> None:
    for script in scripts:
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        text = script.text or ""
        if not text.strip() or len(text) > _LD_LIMIT:
            continue
        try:
            data = json.loads(
                re.sub(r"^\s*(?:<!--|//<!\[CDATA\[)|(?:-->|//\]\]>)\s*$", "", text), strict=False
            )
            for thing in _things(data):
                _read_thing(thing, told)
        except (ValueError, RecursionError):
            continue


def _things(data: object) -> Iterator[dict[str, object]]:
    """The typed objects of a JSON-LD document, ``@graph`` and lists opened."""
    waiting = [data]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting += item[:200]
        elif isinstance(item, dict):
            yield item
            for key in ("@graph", "mainEntity", "mainEntityOfPage"):
                if isinstance(item.get(key), list | dict):
                    waiting.append(item[key])


def _read_thing(thing: dict[str, object], told: Machine) -> None:
    kinds = thing.get("@type")
    names = {str(k) for k in kinds} if isinstance(kinds, list) else {str(kinds)}
    if "WebSite" in names:
        _add(told.site_name, thing.get("name"), "json-ld")
    if "BreadcrumbList" in names and not told.breadcrumb:
        told.breadcrumb = _crumbs(thing.get("itemListElement"))
    if names & _PAGE_TYPES:
        _add(told.published, thing.get("datePublished"), _OF_PAGE)
        _add(told.modified, thing.get("dateModified"), _OF_PAGE)
    if not names & _ARTICLE_TYPES:
        return
    told.is_article = "json-ld"
    _add(told.title, thing.get("headline") or thing.get("name"), "json-ld")
    _add(told.published, thing.get("datePublished") or thing.get("dateCreated"), "json-ld")
    _add(told.modified, thing.get("dateModified"), "json-ld")
    _add(told.section, thing.get("articleSection"), "json-ld")
    authors = thing.get("author")
    names_of_authors = [n for a in (authors if isinstance(authors, list) else [authors]) if (n := _name(a))]
    if names_of_authors:
        _add(told.author, ", ".join(names_of_authors[:8]), "json-ld")
    _add(told.site_name, _name(thing.get("publisher")), "json-ld")


def _crumbs(items: object) -> list[str]:
    """The names of a breadcrumb's items, which stand in the item or in the thing it leads to."""
    return [
        writing.clean(_unescaped(name))
        for item in (items[:20] if isinstance(items, list) else ())
        if isinstance(item, dict) and (name := _name(item) or _name(item.get("item")))
    ]


def _name(value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, str) and not value.startswith("http") else None


def _add(place: list[tuple[str, str]], value: object, source: str) -> None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    if isinstance(value, str) and (text := writing.clean(_unescaped(value))):
        place.append((text, source))


def _unescaped(text: str) -> str:
    """Themes escape HTML inside JSON ("&#8211;")."""
    if "&" not in text:
        return text
    return unescape(text)


def _read_microdata(tree: Tree, told: Machine) -> None:
    places = {"headline": told.title, "datePublished": told.published, "dateModified": told.modified,
              "articleSection": told.section}  # fmt: skip
    seen: set[str] = set()
    for node in xpath(tree.body, "descendant::*/@itemprop/.."):
        prop = node.get("itemprop")
        if prop == "articleBody":
            told.is_article = told.is_article or "microdata"
        if prop == "author" and "author" not in seen:
            seen.add("author")
            name = xpath(node, "descendant::*[@itemprop='name']")
            _add(told.author, text_of(name[0]) if name else text_of(node), "microdata")
        elif prop in places and prop not in seen:
            seen.add(prop)
            value = node.get("content") or node.get("datetime") or text_of(node)
            _add(places[prop], value, "microdata")
