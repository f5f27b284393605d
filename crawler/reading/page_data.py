"""Pages whose frame alone is markup: what their scripts would print is read from the values given to them.

Asked only where the markup has neither an article nor a listing (crawler.reading.script_values says which
frameworks). An article is handed back as a page of plain markup, so that one reader decides all fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import TypeGuard
from urllib.parse import parse_qsl, urlsplit

from crawler.reading import urls
from crawler.reading.decoding import decode
from crawler.reading.feeds import plain_text
from crawler.reading.page import Listing, ListingRow, NextPage, Page
from crawler.reading.page_numbers import PARAMETER, with_parameter
from crawler.reading.platform import Platform
from crawler.reading.script_values import values_of
from vietnam.dates import VIETNAM, Stamp, parse_stamp

_TITLE = ("title", "tieude", "headline", "subject", "name", "ten")
_BODY = ("content", "contenthtml", "body", "bodyhtml", "noidung", "html", "detail", "chitiet", "rendered")
_LEAD = (
    "lead",
    "sapo",
    "summary",
    "tomtat",
    "mota",
    "trichyeu",
    "excerpt",
    "description",
    "shortdescription",
)
_DATE = (
    "publishedat", "publisheddate", "publishdate", "publishtime", "datepublished", "ngaydang", "ngayxuatban",
    "posteddate", "postdate", "date", "createdat", "createddate", "createddatetime", "createdate", "ngaytao",
)  # fmt: skip
_AUTHOR = ("author", "authorname", "tacgia", "butdanh", "byline", "writer")
_LINK = ("url", "link", "href", "path", "permalink", "detailurl", "urldetail")
_PAGE, _PAGES = (
    ("page", "currentpage", "pageindex", "pagenumber"),
    ("totalpages", "totalpage", "lastpage", "pagecount"),
)
_OTHERS = re.compile(
    r"related|lienquan|other|khac|popular|mostview|hot|menu|nav|categor|banner|breadcrumb|slide"
)
_LONG = 200
"""Characters of a text that make its object an article; summaries are shorter or have no markup."""
_MARKUP = re.compile(r"<(?:p|div|br|span|figure|table)\b", re.IGNORECASE)
_TITLE_WORDS = 4
_DAY, _MINUTE = "%d/%m/%Y", "%d/%m/%Y %H:%M"
_LEAST_ROWS = 2

_Object = dict[str, object]


def article_markup(page: Page) -> str | None:
    """The article that a page's scripts would print, in plain markup; None for none or several."""
    found = [
        (told, body)
        for told, among in _objects(values_of(page))
        if not among and (body := _body(told)) is not None
    ]
    own = [one for one in found if _leads_to(one[0], page)]
    chosen = own or found
    if len(chosen) != 1 and len({body for _, body in chosen}) != 1:
        return None
    told, body = chosen[0]
    title, lead, author = _text(told, _TITLE), _text(told, _LEAD), _author(told)
    at = _time(told, page)
    parts = [
        f"<h1>{escape(title)}</h1>" if title else "",
        f'<p class="date">{at.at:{_DAY if at.precision == "day" else _MINUTE}}</p>' if at else "",
        f'<p class="summary">{escape(lead)}</p>' if lead else "",
        f'<div class="article-body">{body}</div>',
        f'<p class="author">{escape(author)}</p>' if author else "",
    ]
    head = f"<head><title>{escape(title or '')}</title></head>"
    return f"<html>{head}<body><article>{''.join(parts)}</article></body></html>"


def read_data(page: Page, platform: Platform | None) -> Listing | None:
    """The listing that a page's scripts would print; None where their values list no articles."""
    found = _listing(values_of(page), page, platform)
    return found if found is not None and len(found.rows) >= _LEAST_ROWS else None


def read_json(page: Page, platform: Platform | None) -> Listing | None:
    """The articles that a JSON answer lists, as a list's script loads them; None where it lists none."""
    try:
        return _listing(json.loads(decode(page)), page, platform)
    except (ValueError, RecursionError):
        return None


def _listing(values: object, page: Page, platform: Platform | None) -> Listing | None:
    rows: list[ListingRow] = []
    for told in _lists(values):
        rows = max(rows, _rows(told, page, platform), key=lambda some: len(some))
    return Listing(url=page.url, rows=tuple(rows), next=_next(values, page)) if rows else None


def _objects(value: object, among: bool = False, depth: int = 12) -> Iterator[tuple[_Object, bool]]:
    """Every object of the values, and whether it is one of several in a list."""
    if not depth:
        return
    if _is_object(value):
        yield value, among
        for name, inner in value.items():
            yield from _objects(inner, among or bool(_OTHERS.search(_plain(name))), depth - 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner, among or len(value) > 1, depth - 1)


def _lists(value: object, depth: int = 12) -> Iterator[list[object]]:
    """The lists among the values, but for those of other news, menus and banners."""
    if not depth:
        return
    if isinstance(value, list):
        yield value
        for inner in value:
            yield from _lists(inner, depth - 1)
    elif _is_object(value):
        for name, inner in value.items():
            if not _OTHERS.search(_plain(name)):
                yield from _lists(inner, depth - 1)


def _rows(items: list[object], page: Page, platform: Platform | None) -> list[ListingRow]:
    rows = [_row(item, page, platform) for item in items if _is_object(item)]
    return list({row.url: row for row in rows if row is not None}.values())


def _row(item: _Object, page: Page, platform: Platform | None) -> ListingRow | None:
    title, link = _text(item, _TITLE), _link(item, page)
    if title is None or link is None or len(title.split()) < _TITLE_WORDS:
        return None
    at = _time(item, page)
    return ListingRow(
        url=urls.canonical(link, platform),
        title=title,
        lead=_text(item, _LEAD),
        published_at=at.at if at is not None else None,
        published_precision=at.precision if at is not None else None,
    )


def _next(values: object, page: Page) -> NextPage | None:
    """The page after the one at hand, where an object tells its number and how many there are."""
    for told, _ in _objects(values):
        number, last = _number(told, _PAGE), _number(told, _PAGES)
        if number is None or last is None:
            continue
        if not 1 <= number < last:
            return None
        pairs = parse_qsl(urlsplit(page.url).query, keep_blank_values=True)
        name = next((name for name, _ in pairs if PARAMETER.fullmatch(name)), "page")
        return NextPage(with_parameter(page.url, name, str(number + 1)))
    return None


def _leads_to(told: _Object, page: Page) -> bool:
    """Whether an object is the page's own: its link, or the end of its address."""
    link = _link(told, page)
    if link is not None:
        return urls.canonical(link) == urls.canonical(page.url)
    last = urlsplit(page.url).path.rstrip("/").rpartition("/")[2].partition(".")[0]
    own = {str(value) for name, value in told.items() if _plain(name) in ("slug", "alias", "id")}
    return bool(last) and last in own


def _link(told: _Object, page: Page) -> str | None:
    link = urls.absolute(page.url, _text(told, _LINK))
    return link if link is not None and urls.same_site(link, page.url) else None


def _body(told: _Object) -> str | None:
    for value in _values(told, _BODY):
        text = value.get("rendered") if _is_object(value) else value
        if isinstance(text, str) and len(text) >= _LONG and _MARKUP.search(text):
            return text.encode("utf-8", "replace").decode()  # JSON may name half a letter
    return None


def _author(told: _Object) -> str | None:
    for value in _values(told, _AUTHOR):
        if _is_object(value):
            return _text(value, ("name", "fullname", "displayname"))
    return _text(told, _AUTHOR)


def _time(told: _Object, page: Page) -> Stamp | None:
    for value in _values(told, _DATE):
        if isinstance(value, int) and not isinstance(value, bool) and 10**9 < value < 10**13:
            seconds = value / 1000 if value > 10**11 else value
            return Stamp(datetime.fromtimestamp(seconds, UTC).astimezone(VIETNAM), "minute")
        if isinstance(value, str):
            stamp = parse_stamp(value, now=page.fetched_at, latest=page.fetched_at)
            if stamp is not None:
                return stamp
    return None


def _text(told: _Object, names: tuple[str, ...]) -> str | None:
    for value in _values(told, names):
        text = value.get("rendered") if _is_object(value) else value
        if isinstance(text, str) and (plain := plain_text(text)):
            return plain.encode("utf-8", "replace").decode()
    return None


def _number(told: _Object, names: tuple[str, ...]) -> int | None:
    found = (
        value for value in _values(told, names) if isinstance(value, int) and not isinstance(value, bool)
    )
    return next(found, None)


def _values(told: _Object, names: tuple[str, ...]) -> Iterator[object]:
    """The values under the names, the best name first, however it is spelled (``publishedAt``)."""
    spelled = {_plain(name): value for name, value in told.items()}
    yield from (spelled[name] for name in names if spelled.get(name) is not None)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _is_object(value: object) -> TypeGuard[_Object]:
    return isinstance(value, dict)
