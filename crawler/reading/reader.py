"""A page to an article: :func:`read` is the whole of reading seen from outside."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element

from crawler.reading import attachments, credits, decoding, generic, kinds, noise, times, titles
from crawler.reading import tree as trees
from crawler.reading.body import Body, read_body, without_repeats
from crawler.reading.language import language_of
from crawler.reading.ledger import Ledger
from crawler.reading.lines import Line, read_lines
from crawler.reading.machine import Machine, read_machine
from crawler.reading.page import Page, Reading
from crawler.reading.platform import Platform
from crawler.reading.tree import Tree
from storage.records import Article, Attachment
from vietnam import bylines, writing

log = logging.getLogger(__name__)

_CRUMBS = ".//*[{}]//a".format(
    " or ".join(
        f"contains(@{name})" for name in ("class,'readcrumb'", "id,'readcrumb'", "itemtype,'BreadcrumbList'")
    )
)
_CARDS = 3
"""Headlines with a summary each that make a listing of a region whose text is mostly those summaries."""
_APART = 400
"""Characters of text, standing apart from the title, that are rather a sidebar's than an article's."""
_BETWEEN = 4
"""Lines that may stand between a title and its text: section, date, author, counter."""


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


@dataclass(slots=True)
class _Found:
    """The body of a page and where it came from."""

    body: Body
    source: str
    around: list[Line]
    """Lines about the title and after the text, where dates and credits are printed."""
    scope: Element | None = None
    """The element around title and text, for a page read by structure."""
    lead: str | None = None
    lead_source: str | None = None
    listed: int = 0
    linked: int = 0
    shown: str = ""
    """What an unknown page shows outside of its menus."""
    is_listing: bool = False
    is_apart: bool = False
    """Whether title and text share nothing but the page: a sidebar's text under an empty section."""


def _read(page: Page, platform: Platform | None, ledger: Ledger, site_name: str | None) -> Reading:
    if known := kinds.kind_of_bytes(page):
        return Reading(page.url, known[0], reason=known[1])
    markup = decoding.decode(page)
    if decoding.garbage_share(markup) > decoding.REPLACEMENT_LIMIT:
        return Reading(page.url, "empty", reason="bad_encoding: no charset makes sense of the bytes")
    tree = trees.parse(markup)
    if tree is None:
        return Reading(page.url, "empty", reason="no markup")
    if tree.truncated:
        return Reading(page.url, "empty", reason="parse_incomplete: nested deeper than 2048 elements")
    machine = read_machine(tree)
    if site_name:
        machine.site_name.append((writing.clean(site_name), "registry"))
    titled = titles.find_title(tree, platform, machine, ledger, page.row.title if page.row else None)
    title, title_element = titled if titled else ("", None)
    found = _platform_body(page, tree, platform, title, ledger) if platform is not None else None
    if found is None:
        found = _generic_body(page, tree, title, title_element)
    kind, reason = kinds.page_kind(_shown(page, tree, markup, title, found, machine))
    if kind != "article":
        return Reading(page.url, kind, reason=reason, candidates=ledger.candidates())
    assert found is not None
    article = _article(page, tree, platform, machine, title, found, ledger, site_name)
    return Reading(page.url, "article", article, reason, ledger.candidates())


def _platform_body(page: Page, tree: Tree, platform: Platform, title: str, ledger: Ledger) -> _Found | None:
    """The body by the platform's selectors, None where they match nothing, or several articles."""
    rules = platform.article
    for css in rules.body:
        elements = [e for e in tree.select(css) if not trees.is_hidden(e)]
        elements = [e for e in elements if not any(o is not e and o in e.iterancestors() for o in elements)]
        if not elements:
            continue
        noise_elements = {e for selector in rules.noise for e in tree.select(selector)}
        caption_elements = {e for selector in rules.caption for e in tree.select(selector)}
        texts = []
        for element in elements:
            files: list[tuple[str, str]] = []
            lines = read_lines(element, skip=noise_elements, captions=caption_elements, files=files)
            texts.append((sum(len(line.text) for line in lines), element, lines, files))
        if len(elements) > 1 and not _is_one_article(texts):
            return None
        _, element, lines, files = max(texts, key=lambda t: t[0])
        if not lines and not files:
            continue
        base = _base(page, tree)
        body = read_body(lines, base, title=title)
        _embed(body, files, base)
        found = _Found(body, f"platform:{css}", [])
        for selector in rules.lead:
            for lead in tree.select(selector):
                if lead is element or lead in element.iterancestors():
                    continue
                if text := trees.text_of(lead):
                    ledger.propose("lead", text, f"platform:{selector}")
                    found.lead, found.lead_source = text, f"platform:{selector}"
                    return found
        return found
    return None


def _is_one_article(texts: Sequence[tuple[int, Element, list[Line], list[tuple[str, str]]]]) -> bool:
    """Whether several matches of a body selector are one text and scraps (a listing shows many alike)."""
    sizes = sorted((size for size, *_ in texts), reverse=True)
    return sizes[1] < 0.25 * sizes[0]


def _generic_body(page: Page, tree: Tree, title: str, title_element: Element | None) -> _Found | None:
    region = generic.locate(tree, title or None, title_element)
    if region is None:
        return None
    base = _base(page, tree)
    text = [line for n, line in enumerate(region.lines) if n > 5 or not times.prints_time(line.text, page)]
    body = read_body(text, base, title=title or None)
    around = [*region.between, *region.lines[:4], *region.ahead, *region.after]
    found = _Found(body, "structure", around, region.scope)
    _embed(body, region.files, base)
    found.listed, found.linked, found.shown = region.titles, region.linked, region.shown
    found.is_listing = region.in_card or (region.cards >= _CARDS and region.carded >= 0.5 * region.prose)
    whole_page = region.scope.tag in ("body", "html", "form")
    found.is_apart = whole_page and region.prose < _APART and len(region.between) > _BETWEEN
    if body.lead is None:
        for line in region.between:
            if line.role == "lead" and len(line.text) >= 40 and not line.mostly(line.linked):
                found.lead, found.lead_source = line.text, "own element"
                break
            if line.mostly(line.bold) and len(line.text) >= 80 and not line.heading and not line.links:
                found.lead, found.lead_source = line.text, "bold line between title and text"
                break
    return found


def _base(page: Page, tree: Tree) -> str:
    base = next(tree.root.iter("base"), None)
    href = base.get("href") if base is not None else None
    return attachments.absolute(page.url, href) or page.url if href else page.url


def _embed(body: Body, files: Sequence[tuple[str, str]], base: str) -> None:
    """Adds files shown in a frame (a PDF viewer) to the attachments."""
    for address, name in files:
        found = attachments.attachment(base, address, name)
        if found and found.url not in {a.url for a in body.attachments}:
            body.attachments.append(found)


def _shown(
    page: Page, tree: Tree, markup: str, title: str, found: _Found | None, machine: Machine
) -> kinds.Shown:
    """What the page shows, for telling its kind."""
    body = found.body if found is not None else Body()
    text = "\n".join([*filter(None, (found.lead if found else None, body.lead)), *body.paragraphs])
    return kinds.Shown(
        url=page.url,
        status=page.status,
        title=title,
        page_title=machine.page_title,
        text=text,
        around=found.shown if found is not None else "",
        markup=markup,
        by_platform=found is not None and found.scope is None,
        claims_article=machine.is_article is not None,
        has_media=bool(body.images or body.attachments),
        has_password=bool(trees.xpath(tree.body, ".//input[@type='password']")),
        headline_links=found.listed if found is not None else 0,
        linked=found.linked if found is not None else 0,
        is_listing=found is not None and found.is_listing,
        is_apart=found is not None and found.is_apart,
        links=sum(1 for _ in tree.body.iter("a")),
    )


def _article(
    page: Page,
    tree: Tree,
    platform: Platform | None,
    machine: Machine,
    title: str,
    found: _Found,
    ledger: Ledger,
    site_name: str | None,
) -> Article:
    body = found.body
    paragraphs = list(body.paragraphs)
    lead, lead_source = _lead(found)
    if lead:
        paragraphs = without_repeats(paragraphs, lead)
        ledger.choose("lead", lead_source or "")
    marked: list[str] = []
    if found.scope is not None:
        marked = [*credits.take_printed(paragraphs), *credits.printed_in(found.scope)]
        marked += [line.text for line in found.around if line.role == "byline" or _is_labelled(line.text)]
    published = times.find_times(page, tree, platform, machine, found.around, found.scope, ledger)
    credit = credits.find_credit(tree, platform, machine, paragraphs, marked, ledger)
    section, section_source = _section(tree, platform, machine, title)
    site = site_name or next((name for name, _ in machine.site_name), None)
    if paragraphs:
        ledger.choose("paragraphs", found.source)
    for name, value, source in (
        ("captions", body.captions, found.source),
        ("images", body.images, found.source),
        ("attachments", body.attachments, found.source),
        ("section", section, section_source),
        ("site_name", site, "registry" if site_name else "machine"),
        ("modified_at", published.modified, "machine"),
    ):
        if value:
            ledger.choose(name, source)
    for line, why in body.dropped:
        ledger.propose("paragraphs", line, found.source, why)
    stamp = published.published
    return Article(
        url=page.url,
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
        language=language_of(
            " ".join([title, lead or "", *paragraphs[:8]]), tree.root.get("lang") or machine.locale
        ),
        provenance=ledger.provenance,
    )


def _unique(found: Sequence[Attachment]) -> tuple[Attachment, ...]:
    return tuple({a.url: a for a in reversed(found)}.values())[::-1]


def _lead(found: _Found) -> tuple[str | None, str | None]:
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


def _section(tree: Tree, platform: Platform | None, machine: Machine, title: str) -> tuple[str | None, str]:
    found = tree.first(platform.article.section) if platform is not None else None
    if found is not None and (text := trees.text_of(found[0])):
        return text, f"platform:{found[1]}"
    for text, source in machine.section:
        return text, source
    crumbs = trees.xpath(tree.body, _CRUMBS)
    title_key = writing.fold(title)
    for crumb in reversed(crumbs[:12]):
        text = trees.text_of(crumb)
        key = writing.fold(text)
        if text and len(text) <= 80 and key != title_key and not noise.is_widget(text):
            return text, "breadcrumb"
    return None, ""
