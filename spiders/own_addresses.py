"""Parameters that say where a link stands, not what it leads to: ``?src=trang-chu``, ``?ref=box2``.

The names that are such everywhere are known (crawler.reading.urls.TRACKING). Those of one portal are told by
its articles, which name their own address without them, or by articles that are known by it already; and only
where a list without them has as many articles as it has with them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Set
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

from crawler.reading import urls
from crawler.reading.page import ListingRow, Page
from crawler.reading.platform import Platform

FEWEST = 2
"""Articles of a list that tell whether a parameter chooses one of them."""
_CANONICAL = re.compile(rb"<link\b[^>]{0,300}?\brel\s*=\s*['\"]?canonical\b[^>]{0,1200}>", re.IGNORECASE)
_HREF = re.compile(rb"\bhref\s*=\s*['\"]([^'\"]{1,1000})['\"]", re.IGNORECASE)


def told_by(page: Page, listed: Collection[str]) -> frozenset[str]:
    """The parameters of a page's address that its own address, as the page names it, does without, and that
    tell none of the ``listed`` addresses from another. The host is not compared: some name another host."""
    asked = urlsplit(page.url)
    link = _CANONICAL.search(page.body) if asked.query else None
    href = _HREF.search(link[0]) if link is not None else None
    if href is None:
        return frozenset()
    named = urljoin(page.url, unescape(href[1].decode("utf-8", errors="replace").strip()))
    try:
        own = urlsplit(urls.canonical(named))
    except ValueError:
        return frozenset()
    if own.path != urlsplit(urls.canonical(page.url)).path:
        return frozenset()
    there, here = set(parse_qsl(asked.query, keep_blank_values=True)), set(parse_qsl(own.query))
    names = {name for name, _ in there} - {name for name, _ in here}
    return frozenset(names) if here <= there and chooses_none(names, listed) else frozenset()


def chooses_none(names: Set[str], listed: Collection[str]) -> bool:
    """Whether addresses stay as different from each other without these parameters, and each of these has the
    same value in many: a number that every article has of its own is asked for by some servers, beside a path
    that would be enough."""
    having = {url for url in listed if names & _names(url)}
    values = Counter(
        pair
        for url in having
        for pair in parse_qsl(urlsplit(url).query, keep_blank_values=True)
        if pair[0] in names
    )
    return (
        len(having) >= FEWEST
        and len({without(url, names) for url in having}) == len(having)
        and all(count >= FEWEST for count in values.values())
    )


def bare(rows: Iterable[ListingRow]) -> dict[str, ListingRow]:
    """Rows whose addresses have parameters, by the keys that they would have without any."""
    found = {}
    for row in rows:
        if urlsplit(row.url).query:
            found[urls.article_key(without(row.url, _names(row.url)))] = row
    return found


def names_of(rows: Iterable[ListingRow]) -> frozenset[str]:
    """The parameters that all of these addresses have."""
    found = [_names(row.url) for row in rows]
    return frozenset(set.intersection(*found)) if found else frozenset()


def without(url: str, names: Collection[str]) -> str:
    """An address without some of its parameters."""
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair.partition("=")[0] not in names]
    return parts._replace(query="&".join(kept)).geturl()


def dropping(platform: Platform, names: Iterable[str]) -> Platform:
    """A platform whose articles do without these parameters."""
    dropped = (*platform.urls.drop_params, *map(re.escape, sorted(names)))
    return replace(platform, urls=replace(platform.urls, drop_params=dropped))


def _names(url: str) -> set[str]:
    return {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
