"""Pages of a listing that a script loads: rows without a page around them, as they are or within JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from crawler.reading.decoding import decode
from crawler.reading.page import NextPage, Page
from crawler.reading.page_numbers import OFFSET, PARAMETER, with_parameter

_WHOLE = re.compile(rb"<(?:!doctype|html|head|body)[\s>]", re.IGNORECASE)
_LINK = re.compile(r"<a\s[^>]*href", re.IGNORECASE)
_MORE = re.compile(r"(?:has_?)?(?:more|next)(?:_?page)?(?:_?url)?", re.IGNORECASE)
"""Keys that say whether there is a next page: ``hasMore``, ``next_page_url`` (Laravel), ``next``."""
BUTTON = frozenset(
    ("data-method", "data-type", "data-url", "data-href", "data-target", "data-toggle", "data-loading-text")
)
"""Attributes of a button that say how, not what, it loads."""
_LONGEST_VALUE = 64
_DEEPEST = 3
_MOST_TEXTS = 200


def markup_in_json(page: Page) -> Page | None:
    """The page that the texts with links in a JSON answer make (``{"html": "<div>…"}``); None where the
    answer is no JSON."""
    if page.body[:64].lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        data = json.loads(decode(page))
    except (ValueError, RecursionError):
        return None
    texts = [text for text in _texts(data, _DEEPEST) if _LINK.search(text)][:_MOST_TEXTS]
    return replace(page, body="\n".join(texts).encode(), content_type="text/html; charset=utf-8")


def _texts(data: object, depth: int) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif depth and isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from _texts(value, depth - 1)


def page_after(page: Page, rows: int) -> NextPage | None:
    """The page of a listing after one that a script loads and that has no pager of its own: the next number,
    or the offset behind its ``rows``; None for a whole page, an address without a number, and where the
    answer says that it was the last."""
    if _WHOLE.search(page.body[:4096]) or _says_last(page):
        return None
    for name, value in parse_qsl(urlsplit(page.url).query, keep_blank_values=True):
        if PARAMETER.fullmatch(name) and value.isdecimal() and len(value) <= 6:
            return NextPage(with_parameter(page.url, name, str(int(value) + 1)))
        if OFFSET.fullmatch(name) and value.isdecimal() and len(value) <= 6:
            return NextPage(with_parameter(page.url, name, str(int(value) + rows)))
    return None


def posted(attributes: Mapping[str, str], address: str) -> NextPage:
    """What a button posts to ``address``, by its attributes: the page's number (``data-page="2"``,
    or "1" for the page at hand), and whatever else it holds (``data-cat``) under its own name."""
    told = {
        name.removeprefix("data-"): value
        for name, value in attributes.items()
        if name.startswith("data-")
        and name not in BUTTON
        and value != address
        and len(value) <= _LONGEST_VALUE
    }
    number = next(
        (name for name, value in told.items() if PARAMETER.fullmatch(name) and value.isdecimal()), None
    )
    fields = {name: value for name, value in told.items() if name != number}
    page = max(int(told[number]), 2) if number is not None and len(told[number]) <= 6 else 2
    return NextPage(address, form=((number or "page", str(page)), *fields.items()))


def form_after(ask: NextPage) -> NextPage | None:
    """What is posted for the page after one that :func:`posted` asked for; None for any other request."""
    if ask.form is None or any(name.startswith("__") for name, _ in ask.form):
        return None  # WebForms: each page says itself what to post
    (name, value), *fields = ask.form
    if not (PARAMETER.fullmatch(name) and value.isdecimal()):
        return None
    return NextPage(ask.url, form=((name, str(int(value) + 1)), *fields))


def _says_last(page: Page) -> bool:
    if page.body[:64].lstrip()[:1] != b"{":
        return False
    try:
        data = json.loads(decode(page))
    except (ValueError, RecursionError):
        return True
    return any(_MORE.fullmatch(str(key)) and not value for key, value in data.items())
