"""A page to an article: :func:`read` is the whole of reading seen from outside."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import islice, takewhile

from lxml.etree import _Element as Element

from crawler.reading import (
    attachments,
    credits,
    decoding,
    details,
    enclosures,
    finding,
    kinds,
    noise,
    page_data,
    times,
    titles,
    urls,
)
from crawler.reading import tree as trees
from crawler.reading.body import Body, without_repeats
from crawler.reading.decoding import Whole
from crawler.reading.finding import Found
from crawler.reading.furniture import FURNITURE, Lean
from crawler.reading.further_pages import further_pages
from crawler.reading.language import language_of
from crawler.reading.ledger import Ledger
from crawler.reading.machine import Machine, read_machine
from crawler.reading.page import Page, Reading
from crawler.reading.platform import Platform
from crawler.reading.tree import Tree
from storage.records import Article, Attachment
from vietnam import bylines, writing

log = logging.getLogger(__name__)

_SURE = 500
"""Characters of text that make an article whatever stands around it. A page with less is judged by its menus
and lists too, and read with them; so is one that its platform's selectors do not know."""
_CRUMBS = re.compile(r"crumb|\bbread\b|breadcum|pathway|duong-?dan|dieu-?huong", re.I)

_LONGEST_PATH = 4
"""Links of a path to an article; menus have more."""
_BESIDE_TITLE = 6
"""Lines around a headline among which its time stands; commenters' names stand further down."""


def read(
    page: Page, platform: Platform | None = None, *, explain: bool = False, site_name: str | None = None
) -> Reading:
    """Reads one page.

    ``platform`` gives selectors for a known CMS; None or the platform "generic" reads by structure.
    ``site_name`` is the portal's name as the registry has it, else the page's own is taken. With
    ``explain`` the reading carries all candidates. Never raises: what cannot be read is a reading of
    kind "empty" with its reason.
    """
    if platform is not None and platform.name == "generic":
        platform = None
    try:
        return _read(page, platform, Ledger(explain), site_name)
    except Exception as error:  # any bytes must be answered; a bug in a rule must not stop a crawl
        log.exception("reading %s failed", page.url)
        return Reading(page.url, "empty", reason=f"parse_incomplete: {type(error).__name__}: {error}")


def _read(page: Page, platform: Platform | None, ledger: Ledger, site_name: str | None) -> Reading:
    if known := kinds.kind_of_bytes(page):
        return Reading(page.url, known[0], reason=known[1])
    reading = _read_page(page, platform, ledger, site_name)
    if reading.kind != "article" and (told := page_data.article_markup(page)) is not None:
        shown = replace(page, body=told.encode(), content_type="text/html; charset=utf-8")
        of_data = _read_markup(shown, None, Ledger(ledger.explain), site_name, Whole(shown), told, shown.body)
        reading = of_data if of_data.kind == "article" else reading
    return reading


def _read_page(page: Page, platform: Platform | None, ledger: Ledger, site_name: str | None) -> Reading:
    """Read a page's markup, without what its portal prints on every page where that is known."""
    name = platform.name if platform is not None else ""
    # with --explain the page's menu is a candidate too
    lean = None if ledger.explain else FURNITURE.without(page.url, name, page.body)
    part = decoding.decode_part(lean.encoded) if lean is not None else None
    whole, encoded = Whole(page), page.body
    if part is None:
        markup, encoded = whole.both
        if decoding.garbage_share(markup) > decoding.REPLACEMENT_LIMIT:
            return Reading(page.url, "empty", reason="bad_encoding: no charset makes sense of the bytes")
        if ledger.explain:
            return _read_markup(page, platform, ledger, site_name, whole, markup, encoded)
        if encoded is not page.body:
            lean = FURNITURE.without(page.url, name, encoded)

    def reading_of(lean: Lean | None, part: str | None = None) -> Reading:
        parsed, links = (encoded, 0) if lean is None else (lean.encoded, lean.links)
        text = whole.text if part is None else part
        return _read_markup(page, platform, Ledger(explain=False), site_name, whole, text, parsed, links)

    reading = reading_of(lean, part)
    is_whole = lean is None
    if lean is not None and not ((is_sure := _is_sure(reading, platform)) and not lean.is_checked):
        as_it_came, is_whole = reading_of(None), True
        if is_sure:
            lean.tell(agrees=reading == as_it_came)
        else:
            lean.was_in_vain()
        reading = as_it_came
    if reading.kind == "article" and (learned := FURNITURE.learn(page.url, name, encoded, lean)) is not None:
        reading = reading if is_whole else reading_of(None)
        if reading_of(learned) == reading:
            learned.keep()
    return reading


def _is_sure(reading: Reading, platform: Platform | None) -> bool:
    """Whether a page without its furniture is an article whatever stood around it."""
    article = reading.article
    if article is None or sum(map(len, article.paragraphs)) < _SURE:
        return False
    if platform is None or not any(layout.article.body for layout in platform.layouts(date.max)):
        return True
    return article.provenance.get("paragraphs", "").startswith("platform")


def _read_markup(
    page: Page,
    platform: Platform | None,
    ledger: Ledger,
    site_name: str | None,
    whole: Whole,
    text: str,
    encoded: bytes,
    links_left_out: int = 0,
) -> Reading:
    """Read a page, or what its furniture leaves of it: ``text`` and the same as UTF-8, which is parsed."""
    tree = trees.parse(text, encoded)
    if tree is None:
        return Reading(page.url, "empty", reason="no markup")
    if tree.truncated:
        return Reading(page.url, "empty", reason="parse_incomplete: nested deeper than 2048 elements")
    machine = read_machine(tree)
    if site_name:
        machine.site_name.insert(0, (writing.clean(site_name), "registry"))
    row_title = page.row.title if page.row else None
    found: Found | None = None
    title, title_element = "", None
    for layout in platform.layouts(page.fetched_at.date()) if platform is not None else ():
        if not layout.article.body:
            continue  # a platform that no article was seen of: looking for its headline twice took 0.6 ms
        title, title_element = titles.find_title(tree, layout, machine, ledger, row_title)
        found = finding.by_selectors(page, tree, layout, title, title_element, ledger)
        if found is not None:
            platform = layout
            break
    if found is None:
        # a theme that the platform's selectors do not know: its headline is not to be trusted either
        title, title_element = titles.find_title(tree, None, machine, ledger, row_title)
        if titles.is_doubtful(title, title_element, machine, row_title):
            title, title_element = titles.by_looks(tree, title_element, ledger) or (title, title_element)
        found = finding.by_structure(page, tree, title, title_element, [name for name, _ in machine.author])
    kind, reason = kinds.page_kind(_shown(page, tree, platform, whole, title, found, machine, links_left_out))
    if kind != "article":
        return Reading(page.url, kind, reason=reason, candidates=ledger.candidates())
    assert found is not None
    article = _article(page, tree, platform, machine, title, found, ledger)
    return Reading(page.url, "article", article, reason, ledger.candidates())


def _shown(
    page: Page,
    tree: Tree,
    platform: Platform | None,
    whole: Whole,
    title: str,
    found: Found | None,
    machine: Machine,
    links_left_out: int,
) -> kinds.Shown:
    """What the page shows, for telling its kind."""
    body = found.body if found is not None else Body()
    lines = [*filter(None, (found.lead if found else None, body.lead)), *body.paragraphs]
    return kinds.Shown(
        url=page.part_of or page.url,
        status=page.status,
        title=title,
        page_title=machine.page_title,
        lines=lines,
        text="\n".join(lines),
        around=found.shown if found is not None else (),
        markup=lambda: whole.text,
        at_article_address=lambda: urls.is_article(page.url, platform) is True,
        by_platform=found is not None and found.by_platform,
        claims_article=machine.is_article is not None,
        has_media=bool(body.images or body.attachments),
        has_password=lambda: any(box.get("type") == "password" for box in tree.body.iter("input")),
        headline_links=found.headline_links if found is not None else 0,
        linked=found.linked if found is not None else 0,
        headlines=found.headlines if found is not None else 0,
        is_listing=found is not None and found.is_listing,
        is_apart=found is not None and found.is_apart,
        links=lambda: trees.count_links(tree.body) + links_left_out,
        in_pictures=found is not None and found.in_pictures and not titles.names_portal(title),
        is_dated=found is not None and found.is_dated,
        is_part=page.part_of is not None,
    )


def _article(
    page: Page,
    tree: Tree,
    platform: Platform | None,
    machine: Machine,
    title: str,
    found: Found,
    ledger: Ledger,
) -> Article:
    body = found.body
    paragraphs = list(body.paragraphs)
    lead, lead_source = _lead(found)
    if lead:
        paragraphs = without_repeats(paragraphs, lead)
        ledger.choose("lead", lead_source or "")
    labelled = [] if found.by_platform else credits.take_printed(paragraphs, body.credits)

    def marked() -> list[str]:
        beside = list(takewhile(lambda line: not noise.is_end_label(line.text), found.around[:_BESIDE_TITLE]))
        lines = [x.text for x in found.around if x.role == "byline" or _is_labelled(x.text)]
        lines += credits.labelled_names([x.text for x in beside])
        posted = list(filter(None, (details.posted_by(x.text) for x in beside)))
        if found.scope.tag not in enclosures.WHOLE_PAGE:
            posted += credits.beside_icons(tree, found.scope)
        posted += filter(None, (details.name_beside_time(x.text) for x in beside))
        if found.by_platform:
            return [*lines, *posted]
        named = [line.text for n, line in enumerate(beside) if finding.names_author(beside, n, page)]
        return [*labelled, *credits.printed_in(tree, found.scope), *lines, *posted, *named]

    # the lines around a body that selectors found are all of its scope
    linking = found.scope if found.by_platform else tree.body
    if attachments.any_file(href for link in linking.iter("a") if (href := link.get("href"))):
        base = finding.base_of(page, tree)
        body.attachments += enclosures.attached_below(found.around, base)
        body.attachments += enclosures.attached_in_boxes(found.scope, base)
    published = times.find_times(
        page, tree, platform, machine, lambda: found.around, found.scope, ledger, title
    )
    text = " ".join([title, lead or "", *paragraphs[:8]])
    language = language_of(text, tree.root.get("lang") or machine.locale)
    credit = credits.find_credit(
        tree,
        platform,
        machine,
        paragraphs,
        marked,
        found.scope,
        labelled,
        lambda: found.around if not found.by_platform else (),
        ledger,
        abroad=language not in ("vi", None),
    )
    section, section_source = _section(tree, platform, machine, title, found)
    site, site_source = next(iter(machine.site_name), (None, ""))
    if paragraphs:
        ledger.choose("paragraphs", found.source)
    for name, value, source in (
        ("captions", body.captions, found.source),
        ("images", body.images, found.source),
        ("attachments", body.attachments, found.source),
        ("section", section, section_source),
        ("site_name", site, site_source),
        ("modified_at", published.modified, "machine"),
    ):
        if value:
            ledger.choose(name, source)
    for line, why in body.dropped:
        ledger.propose("paragraphs", line, found.source, why)
    stamp = published.published
    return Article(
        url=urls.sessionless(page.url),
        title=title,
        paragraphs=tuple(paragraphs),
        lead=lead,
        captions=tuple(body.captions),
        byline=credit.byline if credit else None,
        authors=credit.authors if credit else (),
        source_credit=credit.source_credit if credit else None,
        published_at=stamp.at if stamp else None,
        published_precision=stamp.precision if stamp else None,
        modified_at=published.modified.at if published.modified else None,
        images=tuple(body.images),
        attachments=_unique(body.attachments),
        site_name=site,
        section=section,
        language=language,
        further_pages=further_pages(page, tree, lambda: finding.base_of(page, tree)),
        provenance=platform.told(ledger.provenance) if platform is not None else ledger.provenance,
    )


def _unique(found: Sequence[Attachment]) -> tuple[Attachment, ...]:
    return tuple({a.url: a for a in reversed(found)}.values())[::-1]


def _lead(found: Found) -> tuple[str | None, str | None]:
    """The summary: the platform's or the region's own element; a bold first paragraph that only
    repeats it, or continues what the theme cut off, is the same lead."""
    body = found.body
    if found.lead is None:
        return body.lead, body.lead_source
    if body.lead is None:
        return found.lead, found.lead_source
    own, bold = writing.fold(found.lead), writing.fold(body.lead)
    if own == bold:
        return found.lead, found.lead_source
    if bold.startswith(own.rstrip(" ")):
        return body.lead, body.lead_source
    body.paragraphs.insert(0, body.lead)
    return found.lead, found.lead_source


def _is_labelled(text: str) -> bool:
    return len(text) <= 90 and bylines.is_credit_label(text)


def _is_path(box: Element) -> bool:
    """Whether a menu calls itself a breadcrumb for readers who do not see, or is short and begins with the
    front page."""
    if (label := box.get("aria-label")) and _CRUMBS.search(label):
        return True
    links = list(islice(box.iter("a"), _LONGEST_PATH + 1))
    return 2 <= len(links) <= _LONGEST_PATH and writing.fold(trees.text_of(links[0])) in ("trang chu", "home")


def _section(
    tree: Tree, platform: Platform | None, machine: Machine, title: str, found: Found
) -> tuple[str | None, str]:
    for css in platform.article.section if platform is not None else ():
        for element in tree.select(css)[:4]:
            if (text := trees.text_of(element)) and not noise.is_widget(text):
                return text, f"platform:{css}"
    for text, source in machine.section:
        return text, source
    paths = tree.index.named_like(_CRUMBS)[:4] or list(islice(filter(_is_path, tree.body.iter("nav")), 1))
    crumbs = [link for box in paths for link in box.iter("a")]
    title_key = writing.fold(title)
    printed = map(trees.text_of, reversed(crumbs[:12]))
    # the first of a JSON-LD breadcrumb is the front page, often by the site's name
    named = reversed(machine.breadcrumb[1:])
    for texts, source in ((printed, "breadcrumb"), (named, "json-ld BreadcrumbList")):
        for text in texts:
            if text and len(text) <= 80 and writing.fold(text) != title_key and not noise.is_widget(text):
                return text, source
    beside = found.around[: _BESIDE_TITLE + 1] if not found.by_platform else []
    if (labelled := details.labelled_section([line.text for line in beside])) is not None:
        return labelled, "its label"
    return None, ""
