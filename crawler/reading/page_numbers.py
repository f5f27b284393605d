"""The number of a listing's page in its address: in the path or the query, a page's or an offset."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.reading import urls
from crawler.reading.page import NextPage, Page
from crawler.reading.platform import Platform

PARAMETER = re.compile(
    r"page|paged|trang|p|pg|pn|pageindex|pageno|pagenum|pagenumber|currentpage|curpage|cur|pagerindex"
    r"|\w*_cur|page_\w+",
    re.IGNORECASE,
)
"""Names of a query's parameter that is the number of a listing's page."""
OFFSET = re.compile(urls.OFFSETS, re.IGNORECASE)
SIZE = re.compile(r"limit|size|page-?size|per-?page|count|take", re.IGNORECASE)
"""Names of what says how many rows a page has."""
_LAST_DAY = date.max.toordinal()
_ENDING = re.compile(r"\.(?:html?|aspx)$")
_OF_THE_PORTLET = re.compile(
    r"p_r_p_\w*|p_p_\w+|\w+_(?:delta|resetCur|keywords|advancedSearch|andOperator|orderBy(?:Col|Type))"
)
"""Parameters that Liferay's pager adds to its links and a section's own address has not (6.2: a search's)."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where an address stands in its listing: ``stem`` is equal for all pages of one listing. ``by_day``: the
    number is that of a day, counted backwards."""

    stem: str
    number: int | None
    by_day: bool = False


@lru_cache(maxsize=1024)
def position(url: str) -> Position:
    """The page number or offset of an address, and what remains without it."""
    address = urls.canonical(url)
    if plain := urls.plain_parts(address):
        (host, path), query = plain, ""
    else:
        parts = urlsplit(address)
        host, path, query = parts.netloc, parts.path, parts.query
    number = None
    if found := urls.page_in_path(path):
        path, number = path[: found.start()] + path[found.end() :], int(found[1])
    pairs = []
    day = None
    for name, value in parse_qsl(query, keep_blank_values=True) if query else ():
        is_number = value.isdecimal() and len(value) <= 6
        if is_number and PARAMETER.fullmatch(name):
            number = int(value) if number is None else number
        elif is_number and OFFSET.fullmatch(name):
            number = int(value)
        elif day is None and (asked := urls.day_asked_for(name, value)) is not None:
            day, of_day = asked, f"{name}={value}"
        elif not _OF_THE_PORTLET.fullmatch(name):
            pairs.append(f"{name}={value}")
    by_day = False
    if day is not None and number is None:
        number, by_day = _LAST_DAY - day.toordinal(), True
    elif day is not None:
        pairs.append(of_day)
    path = _ENDING.sub("", path).rstrip("/")
    return Position(f"{host}{path}?{'&'.join(pairs)}", number, by_day)


def page_number(url: str) -> int | None:
    """The page number or offset that an address carries, None where it carries none."""
    return position(url).number


def numbered_like(url: str, number: int) -> str | None:
    """The address of another page or offset of the listing that ``url`` is a later page of; None where it
    carries no number."""
    parts = urlsplit(url)
    if found := urls.page_in_path(parts.path):
        path = f"{parts.path[: found.start(1)]}{number}{parts.path[found.end(1) :]}"
        return urlunsplit(parts._replace(path=path))
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if value.isdecimal() and (PARAMETER.fullmatch(name) or OFFSET.fullmatch(name)):
            return with_parameter(url, name, str(number))
    return None


def with_parameter(url: str, name: str, value: str) -> str:
    """The address with another value of a parameter, in its place, or behind the others where it has none."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(key, old) for key, old in pairs if key != name]
    kept.insert(next((n for n, (key, _) in enumerate(pairs) if key == name), len(pairs)), (name, value))
    return urlunsplit(parts._replace(query=urlencode(kept)))


def page_url(platform: Platform, section: str, number: int) -> str | None:
    """The address of the n-th page (1 is the first) of a section by the platform's template, or None
    where the platform states none. ``section`` is the section's own address."""
    rules = platform.listing
    if number <= 1:
        return section
    if rules.page_url is None:
        return None
    parts = urlsplit(section)
    path = _ENDING.sub("", parts.path) if ".htm" in rules.page_url else parts.path
    return rules.page_url.format(
        section=f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}",
        query=f"&{parts.query}" if parts.query else "",
        n=rules.second + (number - 2) * rules.step,
    )


def first_page(url: str) -> str:
    """The address of a section without its page number."""
    parts = urlsplit(url)
    path = parts.path
    for pattern in urls.PAGE_IN_PATH:
        path = pattern.sub("", path)
    query = [(n, v) for n, v in parse_qsl(parts.query, keep_blank_values=True) if not PARAMETER.fullmatch(n)]
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(query), ""))


def numbered(address: str, told: Mapping[str, str]) -> str | None:
    """The address that a "load more" button asks for, which holds address and number (``data-page="2"``, or
    "1" for the page at hand) or offset (``data-offset="8"``) apart. ``told``: its attributes."""
    number = told.get("data-page") or told.get("data-next-page") or ""
    if number.isdecimal() and len(number) <= 6:
        return f"{address}{'&' if '?' in address else '?'}page={max(int(number), 2)}"
    names = {name.removeprefix("data-"): value for name, value in told.items() if name.startswith("data-")}
    offset = next((name for name in names if OFFSET.fullmatch(name)), None)
    if offset is None or not names[offset].isdecimal() or not 0 < int(names[offset][:7]) < 10**6:
        return None
    size = next((name for name in names if SIZE.fullmatch(name)), None)
    address = with_parameter(address, offset, names[offset])
    return with_parameter(address, size, names[size]) if size is not None else address


def ahead(target: NextPage, page: Page) -> bool:
    """Whether a target lies ahead: another address with a higher number, or a postback."""
    if target.form is not None:
        return True
    if not urls.same_site(target.url, page.url) or urls.canonical(target.url) == urls.canonical(page.url):
        return False
    there, here = page_number(target.url), page_number(page.url)
    if there is None:
        return here is None or here <= 1  # no number is the first page again (ColorMag's "Next")
    return here is None or there > here
