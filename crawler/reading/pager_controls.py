"""Next pages of a listing that no link leads to: buttons, boxes and forms, and what scripts put together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice

from crawler.reading import urls
from crawler.reading.fragments import posted
from crawler.reading.markup import Element, select, text_of
from crawler.reading.page import NextPage
from crawler.reading.page_numbers import PARAMETER, ahead, numbered, page_number, position, with_parameter
from crawler.reading.pager_labels import NEXT_WORDS
from crawler.reading.selectors import with_attribute
from crawler.reading.sheet import Sheet

_LOADS = ("data-url", "data-href")
_LOADS_NEXT = ("data-next", "data-next-url", "data-next-page", "data-page-url", "data-next-page-url")
"""Attributes that name what is loaded, and those that say themselves that it is the next page."""
_POSTS = re.compile(r"\$\.post\(|(?:type|method)['\"]?\s*:\s*['\"]post['\"]", re.IGNORECASE)
_SCRIPT = re.compile(rb"<script\b[^>]*>([^<]*(?:<(?!/script)[^<]*)*)</script", re.IGNORECASE)
_NOUN = re.compile(r"\s+(?:tin(?: tức)?|bài(?: viết)?|more|posts)$", re.IGNORECASE)
_OPTION = re.compile(rb"<option\b[^>]{0,200}?\bvalue\s*=\s*['\"]([^'\"\s]{1,600})['\"]", re.IGNORECASE)
_ADDRESS = re.compile(rb"[/?]").search
_GOES_TO = re.compile(r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\()\s*['\"]([^'\"]{1,1000})")
_JOINED = re.compile(
    rf"""["'`]((?:https?:/)?[/?][^"'`\s<>]{{0,300}}[?&]?\b(?:{PARAMETER.pattern})=)(?:["']\s*\+\s*[\w$(]|\$\{{)""",
    re.IGNORECASE,
)
"""An address to which a script adds the number: ``"/tin?cat=3&page=" + n``."""
_JOINS = re.compile(rb"=(?:[\"']\s*\+|\$\{)")
_CALL = re.compile(r"([\w$.]{1,60})\(\s*['\"]?(\d{1,5})['\"]?\s*\)")
FORM_TOKEN = "_token"  # noqa: S105 - the name of a field
_MOST_CONTROLS = 200
_MOST_FORMS = 10


def by_button(sheet: Sheet) -> NextPage | None:
    """A "load more" button, or the mark at which a list loads more, that holds the address."""
    for name in _LOADS + _LOADS_NEXT:
        for element in with_attribute(sheet.tree, name)[:20]:
            link = urls.absolute(sheet.base, element.get(name))
            if link is None or not (name in _LOADS_NEXT or says_more(element)):
                continue
            attributes = {str(key): str(value) for key, value in element.attrib.items()}
            if _is_posted(element, name, sheet):
                return _with_token(posted(attributes, link), sheet) if _is_here(link, sheet) else None
            if page_number(link) is None:
                link = numbered(link, attributes)
            if link is not None and page_number(link) and ahead(NextPage(link), sheet.page):
                return NextPage(link)
    return None


def by_control(sheet: Sheet) -> NextPage | None:
    """The nearest later page of the listing among what boxes, buttons and clickable numbers lead to."""
    here = position(sheet.page.url)
    later: dict[int, str] = {}
    for link in _controlled(sheet):
        there = position(link)
        if there.number is not None and there.stem == here.stem and there.number > (here.number or 1):
            later.setdefault(there.number, link)
    return NextPage(later[min(later)]) if later else None


def by_call(calls: list[str], number: int, sheet: Sheet) -> NextPage | None:
    """What a pager's script asks for, where its numbers call a function (``goPage(2)``): the form with a
    field for the page's number, or the address to which a script adds it. ``calls``: what its links call."""
    if not any(int(found[2]) == number for call in calls for found in _CALL.finditer(call)):
        return None
    return _by_form(number, sheet) or by_joined(number, sheet)


def by_joined(number: int, sheet: Sheet) -> NextPage | None:
    """The address that a script of the page puts together with a page's number."""
    if not _JOINS.search(sheet.page.body):
        return None
    for script in _SCRIPT.finditer(sheet.page.body):
        for found in _JOINED.finditer(script[1].decode("utf-8", errors="replace")):
            link = urls.absolute(sheet.base, f"{found[1]}{number}")
            if link is not None and ahead(NextPage(link), sheet.page):
                return NextPage(link)
    return None


def says_more(element: Element) -> bool:
    """Whether an element says "Xem thêm" or the like."""
    words = text_of(element)
    return any(map(NEXT_WORDS.fullmatch, (words, _NOUN.sub("", words))))


def _is_posted(element: Element, attribute: str, sheet: Sheet) -> bool:
    """Whether a button's script posts: the button says so, or a script of the page that names the button or
    the attribute with its address does."""
    if (element.get("data-method") or element.get("data-type") or "").lower() == "post":
        return True
    marks = [f".{name}" for name in (element.get("class") or "").split()]
    if name := element.get("id"):
        marks.append(f"#{name}")
    for script in _SCRIPT.finditer(sheet.page.body):  # the tree has none any more
        text = script[1].decode("utf-8", errors="replace")
        reads = attribute in text or re.search(rf"data\(\s*['\"]{re.escape(attribute[5:])}['\"]", text)
        if _POSTS.search(text) and (reads or any(mark in text for mark in marks)):
            return True
    return False


def _is_here(link: str, sheet: Sheet) -> bool:
    return urls.same_site(link, sheet.page.url)


def _with_token(ask: NextPage, sheet: Sheet) -> NextPage:
    """What is posted, with the token that the page names for its forms (Laravel's scripts send it along)."""
    token = next((meta.get("content") for meta in select(sheet.tree, "meta[name=csrf-token]")), None)
    if not token or ask.form is None or any(name == FORM_TOKEN for name, _ in ask.form):
        return ask
    return NextPage(ask.url, form=(*ask.form, (FORM_TOKEN, token)))


def _controlled(sheet: Sheet) -> Iterator[str]:
    """Where the boxes, buttons and clickable elements of a page lead."""
    options = islice(_OPTION.finditer(sheet.page.body), _MOST_CONTROLS)  # the tree has none
    told = [unescape(found[1].decode("utf-8", errors="replace")) for found in options if _ADDRESS(found[1])]
    for element in with_attribute(sheet.tree, "onclick")[:_MOST_CONTROLS]:
        told += _GOES_TO.findall(element.get("onclick") or "")
    yield from filter(None, (urls.absolute(sheet.base, address) for address in told))
    for form in islice(sheet.tree.iter("form"), _MOST_FORMS):
        if (form.get("method") or "get").lower() == "get":
            yield from _sent(form, sheet)


def _sent(form: Element, sheet: Sheet) -> Iterator[str]:
    """The addresses that the buttons of a form with page numbers ask for."""
    action = urls.absolute(sheet.base, form.get("action") or "") or sheet.page.url
    kept = {name: value for name, value in _hidden(form).items() if not PARAMETER.fullmatch(name)}
    for field in islice(form.iter("button", "input"), _MOST_CONTROLS):
        name, value = field.get("name") or "", field.get("value") or ""
        if PARAMETER.fullmatch(name) and value.isdecimal() and field.get("type") != "hidden":
            yield _with_all(action, {**kept, name: value})


def _by_form(number: int, sheet: Sheet) -> NextPage | None:
    for form in islice(sheet.tree.iter("form"), _MOST_FORMS):
        fields = _hidden(form)
        name = next((name for name in fields if PARAMETER.fullmatch(name)), None)
        if name is None or "__VIEWSTATE" in fields:
            continue
        action = urls.absolute(sheet.base, form.get("action") or "") or sheet.page.url
        if not _is_here(action, sheet):
            continue
        others = {key: value for key, value in fields.items() if key != name}
        if (form.get("method") or "get").lower() == "post":
            return NextPage(action, form=((name, str(number)), *others.items()))
        return NextPage(_with_all(action, {**others, name: str(number)}))
    return None


def _hidden(form: Element) -> dict[str, str]:
    found = select(form, "input[type=hidden][name]")
    return {field.get("name") or "": field.get("value") or "" for field in found}


def _with_all(address: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        address = with_parameter(address, name, value)
    return address
