"""The next page of a listing, in all the forms of ``shared/reference/platforms.md``.

A page number in the path (``page-2``, ``/page/2/``, ``trang-2.html``) or the query (``?page=``,
``PageIndex=``, ``p_r_p…_cur=``), an offset (``?start=20``), ``rel="next"``, words and arrows
("Trang sau", "»"), or a WebForms postback. What is proposed lies ahead of the page at hand, so that
following it cannot go in a circle of two.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice

from crawler.reading import urls
from crawler.reading.markup import Element, anchors_of, is_longer, names_of, select
from crawler.reading.page import NextPage, Page
from crawler.reading.page_numbers import ahead, first_page, page_number, page_url, position
from crawler.reading.pager_controls import by_button, by_call, by_control, by_joined, says_more
from crawler.reading.pager_labels import (
    BACK_WORDS,
    NEXT_WORDS,
    ORNAMENT,
    PLAIN_WORDS,
    WORDS,
    drawn,
    number_of,
)
from crawler.reading.platform import Platform
from crawler.reading.selectors import with_attribute
from crawler.reading.sheet import Sheet
from vietnam.writing import clean

_PAGER = re.compile(
    r"pag(?:er|ing|inat|enav|e-?num|e-?link|e-?nav|es?\b)|phan-?trang|phantrang|nav-links|navigation|wp-pagenavi"
    r"|page-iterator|so-?trang|tie-pagination",
)
_NO_PAGER = re.compile(r"calendar|datepicker|lich|slick|carousel|swiper|slider|owl-|comment")
_CURRENT = re.compile(r"(?:^|[\s_-])(?:active|current|currentpage|selected|choosed|on)(?:$|[\s_-])")
_BACK = re.compile(r"[«‹←<|\s]+")
_ARROWS = ("›", "→", ">", "»", ">>")
"""Best first: where both stand, the single arrow is "next" and the double one "last"."""
_POSTBACK = re.compile(
    r"(?:__doPostBack\(|WebForm_PostBackOptions\()\s*['\"]([^'\"]{1,300})['\"]\s*,\s*['\"]([^'\"]{0,300})['\"]"
)
_ASKED_BY_SCRIPT = re.compile(r"""["']((?:https?:/)?/[^"'\s]{1,1000}\?[^"'\s]{1,1000})["']""")
"""An address with parameters in a call: SharePoint's ``RefreshPageTo(event, "/Lists/…?Paged=TRUE…")``."""
_LABEL_TEXT = 30
_PAGER_TEXT = 200
_PAGER_LINKS = 40
"""Most characters and links of a pager: numbers, arrows and "Trang 1 / 784 (15671 tin)"."""
_NUMBERS = re.compile(r"\d{1,3}(?:[\s|.\[\]-]{1,5}\d{1,3}){1,9}")


@dataclass(frozen=True, slots=True)
class _Link:
    anchor: Element
    label: str
    target: NextPage | None
    """None: a link to nowhere (``#``, script), often the page at hand."""


def next_page(sheet: Sheet) -> NextPage | None:
    """How to ask for the page after the one at hand, or None on the last one.

    Tried in turn: the pager's number after the current one, the nearest later page of this listing's own
    addresses, the platform's selector, ``rel="next"``, words and arrows, the platform's template where
    a pager of script links is seen. Numbers come first, since words lie (see :func:`_by_address`).
    """
    page, anchors = sheet.page, list(anchors_of(sheet.tree))
    pagers = [_links(pager, sheet) for pager in _pagers(anchors, sheet)]
    for links in pagers:
        if target := _by_number(links, page):
            return target
    ways: tuple[Callable[[], NextPage | None], ...] = (
        lambda: _by_address(anchors, sheet),
        lambda: _by_selector(sheet),
        lambda: _by_rel(sheet),
        *(partial(_by_words, links, page) for links in pagers),
        lambda: _by_plain_words(anchors, sheet),
        lambda: by_button(sheet),
        lambda: by_control(sheet),
        lambda: _by_template(pagers, page, sheet.platform),
        lambda: _by_call(pagers, sheet),
        lambda: _by_more(sheet),
    )
    return next(filter(None, (way() for way in ways)), None)


def _by_selector(sheet: Sheet) -> NextPage | None:
    for css in sheet.possible(sheet.platform.listing.next_page) if sheet.platform is not None else ():
        for anchor in select(sheet.tree, css):
            target = _target(anchor, sheet)
            if target is not None and ahead(target, sheet.page):
                return target
    return None


def _target(anchor: Element, sheet: Sheet) -> NextPage | None:
    href = (anchor.get("href") or "").strip()
    script = anchor.get("onclick") or ""
    if href.lower().startswith("javascript:") and len(href) > len("javascript:") + 1:
        script = f"{href} {script}"
    if found := _POSTBACK.search(script):
        return _postback(anchor, found[1], found[2], sheet)
    if href.lower().startswith("javascript:") and (asked := _ASKED_BY_SCRIPT.search(script)):
        href = asked[1].replace("\\u0026", "&")
    link = urls.absolute(sheet.base, href)
    return NextPage(link) if link else None


def _postback(anchor: Element, name: str, argument: str, sheet: Sheet) -> NextPage | None:
    form = next(anchor.iterancestors("form"), None)
    if form is None:
        return None
    fields = [
        (field.get("name") or "", field.get("value") or "")
        for field in form.iter("input")
        if (field.get("type") or "").lower() == "hidden" and field.get("name")
    ]
    fields = [(key, value) for key, value in fields if key not in ("__EVENTTARGET", "__EVENTARGUMENT")]
    action = urls.absolute(sheet.base, form.get("action") or "") or sheet.page.url
    return NextPage(action, form=(("__EVENTTARGET", name), ("__EVENTARGUMENT", argument), *fields))


def _pagers(anchors: list[Element], sheet: Sheet) -> list[Element]:
    """Elements that are pagers by name, or by holding a row of numbers; each the largest such."""
    found: dict[Element, None] = {}
    # Each element is asked once, however many links stand in it: hundreds of them in hundreds of nested
    # elements took 1.8 s (tests/fuzz/findings/listing-f3f7d95239).
    is_label = cache(partial(_is_page_label, sheet=sheet))
    is_long = cache(partial(is_longer, limit=_PAGER_TEXT))
    is_row = cache(partial(_is_row_of_pages, is_label=is_label, sheet=sheet))
    is_other = cache(partial(_is_other, sheet=sheet))
    for anchor in anchors:
        if not is_label(anchor) or (found and any(up in found for up in anchor.iterancestors())):
            continue
        pager = None
        for up in anchor.iterancestors():
            if is_other(up):
                pager = None
                break
            if up.tag in ("body", "form", "html") or is_long(up):
                break
            if is_row(up):
                pager = up
        if pager is not None:
            found[pager] = None
    return list(found)


def _is_other(element: Element, sheet: Sheet) -> bool:
    """Whether an element is called a calendar, a slider or the like, which have numbers too."""
    return bool(_NO_PAGER.search(sheet.names(element)))


def _is_page_label(anchor: Element, sheet: Sheet) -> bool:
    if is_longer(anchor, _LABEL_TEXT):
        return False
    bare = ORNAMENT.sub("", sheet.text(anchor))
    return bare.isdecimal() or not bare or any(words.fullmatch(bare) for words in WORDS)


def _is_row_of_pages(element: Element, is_label: Callable[[Element], bool], sheet: Sheet) -> bool:
    """Whether an element holds little else than links to pages: two numbers, or one link and the name
    of a pager."""
    anchors = list(islice(element.iter("a"), _PAGER_LINKS + 1))
    pages = [anchor for anchor in anchors if is_label(anchor)]
    if len(anchors) > _PAGER_LINKS or len(pages) * 2 < len(anchors):
        return False
    if _PAGER.search(sheet.names(element)):
        return True
    numbers = sum(ORNAMENT.sub("", sheet.text(anchor)).isdecimal() for anchor in pages)
    # of two pages one is linked: "1 2"
    return numbers >= 2 or (numbers == 1 and bool(_NUMBERS.fullmatch(sheet.text(element))))


def _links(pager: Element, sheet: Sheet) -> list[_Link]:
    links = []
    for anchor in pager.iter("a"):
        pictured = next((image.get("alt") for image in anchor.iter("img")), None)
        label = sheet.text(anchor) or clean(anchor.get("title") or anchor.get("aria-label") or pictured or "")
        label = label or drawn(anchor)
        links.append(_Link(anchor, label, _target(anchor, sheet)))
    return links


def _current(links: list[_Link], page: Page) -> int | None:
    """The number of the page at hand as its pager shows it: marked, or standing without a link."""
    pager = links[0].anchor.getparent() if links else None
    for link in links:
        number = number_of(link.label)
        if number is None:
            continue
        item = link.anchor.getparent()
        marked = link.anchor.get("aria-current") is not None or any(
            element is not None and _CURRENT.search(names_of(element))
            for element in (
                link.anchor,
                item if item is not None and item.tag in ("li", "span", "td") else None,
            )
        )
        here = (
            link.target is not None
            and link.target.form is None
            and (urls.canonical(link.target.url) == urls.canonical(page.url))
        )
        if marked or here:
            return number
    while pager is not None:
        for element in pager.iter():
            if (
                element.tag == "a"
                or not isinstance(element.tag, str)
                or any(True for _ in element.iterancestors("a"))
            ):
                continue
            for text in (element.text, *(child.tail for child in element)):
                number = number_of(clean(text or ""))
                if number is not None:
                    return number
        if all(link.anchor in pager.iter("a") for link in links):
            return None
        pager = pager.getparent()
    return None


def _by_number(links: list[_Link], page: Page) -> NextPage | None:
    numbered = [(number, link) for link in links if (number := number_of(link.label)) is not None]
    if not numbered:
        return None
    current = _current(links, page)
    if current is None:
        current = 1 if page_number(page.url) in (None, 0, 1) else page_number(page.url) or 1
    for number, link in numbered:
        if number == current + 1 and link.target is not None and ahead(link.target, page):
            # the numbers of a calendar are days, of which the nearest is the next
            return None if position(link.target.url).by_day else link.target
    return None


def _by_address(anchors: list[Element], sheet: Sheet) -> NextPage | None:
    """The nearest later page among the links to this very listing, whatever they are called: on
    ColorMag (sites/wordpress) the *older* page is called "Previous"."""
    here = position(sheet.page.url)
    ahead: dict[int, str] = {}
    for anchor in anchors:
        link = sheet.target(anchor)
        if link is None or link == sheet.page.url:
            continue
        there = position(link)
        if there.number is None or there.stem != here.stem:
            continue
        if here.number is None:
            # On the first page ?page=1 is the second (Drupal) or the first itself, as its label tells.
            label = sheet.text(anchor)
            is_first = (
                number_of(label) == 1
                or _BACK.fullmatch(label)
                or BACK_WORDS.fullmatch(ORNAMENT.sub("", label))
            )
            is_later = there.number > 1 or (there.number == 1 and not is_first)
        else:
            is_later = there.number > here.number
        if is_later:
            ahead.setdefault(there.number, link)
    return NextPage(ahead[min(ahead)]) if ahead else None


def _by_rel(sheet: Sheet) -> NextPage | None:
    if not any("next" in (link.get("rel") or "") for link in with_attribute(sheet.tree, "rel")):
        return None
    for link in select(sheet.tree, "link[rel~=next], a[rel~=next]"):
        # A WordPress article's rel=next is the next article: only a page number makes it a page.
        target = _target(link, sheet)
        if target is None or target.form is not None:
            continue
        if ahead(target, sheet.page) and page_number(target.url):
            return target
    return None


def _by_words(links: list[_Link], page: Page) -> NextPage | None:
    targets = [
        (link.label, link.target) for link in links if link.target is not None and ahead(link.target, page)
    ]
    for label, target in targets:
        if target is not None and NEXT_WORDS.fullmatch(ORNAMENT.sub("", label)):
            return target
    for arrow in _ARROWS:
        for label, target in targets:
            if target is not None and label == arrow:
                return target
    return None


def _by_template(pagers: list[list[_Link]], page: Page, platform: Platform | None) -> NextPage | None:
    if platform is None or platform.listing.page_url is None:
        return None
    current = page_number(page.url) or 1
    for links in pagers:
        current = _current(links, page) or current
        if any(link.target is None and number_of(link.label) == current + 1 for link in links):
            url = page_url(platform, first_page(page.url), current + 1)
            return NextPage(url) if url else None
    return None


def _by_plain_words(anchors: list[Element], sheet: Sheet) -> NextPage | None:
    """A link that says "Tin cũ hơn" or "Trang sau", in a box that is not called a pager."""
    for anchor in anchors:
        label = sheet.text(anchor)  # which the rows will be asked for
        if len(label) > _LABEL_TEXT or not PLAIN_WORDS.fullmatch(ORNAMENT.sub("", label)):
            continue
        target = _target(anchor, sheet)
        if target is None or not ahead(target, sheet.page):
            continue
        if not any(_is_other(up, sheet) for up in anchor.iterancestors()):
            return target
    return None


def _by_call(pagers: list[list[_Link]], sheet: Sheet) -> NextPage | None:
    """A pager whose numbers call a script that its page has."""
    for links in pagers:
        current = _current(links, sheet.page) or page_number(sheet.page.url) or 1
        calls = [f"{link.anchor.get('href') or ''} {link.anchor.get('onclick') or ''}" for link in links]
        if target := by_call(calls, current + 1, sheet):
            return target
    return None


def _by_more(sheet: Sheet) -> NextPage | None:
    """A "load more" button whose address the page's script puts together."""
    target = by_joined((page_number(sheet.page.url) or 1) + 1, sheet)
    if target is None:
        return None
    elements = sheet.tree.iter("button", "a", "span", "div")
    return target if any(_is_button(element) and says_more(element) for element in elements) else None


def _is_button(element: Element) -> bool:
    """Whether an element with few words does nothing without a script."""
    if is_longer(element, _LABEL_TEXT) or (element.tag in ("span", "div") and len(element)):
        return False
    href = (element.get("href") or "").lower()
    return element.tag != "a" or href in ("", "#") or href.startswith(("#", "javascript:"))
