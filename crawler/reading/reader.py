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
from crawler.reading.page import Page, PageKind, Reading
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
_TEXT_MINIMUM = 140
"""Characters of body text from which a page without other evidence is an article."""
_LISTED_TITLES = 6
"""Headline-like links in the chosen region from which it may be a listing."""


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
    kind, reason = _kind(page, tree, markup, title, found, machine)
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
    body = read_body(region.lines, base, title=title or None)
    around = [*region.between, *region.lines[:4], *region.ahead, *region.after]
    found = _Found(body, "structure", around, region.scope)
    found.listed, found.linked = region.titles, region.linked
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


def _kind(
    page: Page, tree: Tree, markup: str, title: str, found: _Found | None, machine: Machine
) -> tuple[PageKind, str]:
    """Whether the page is an article, and if not, what it is."""
    paragraphs = found.body.paragraphs if found else []
    text = "\n".join([*([found.body.lead] if found and found.body.lead else []), *paragraphs])
    by_platform = found is not None and found.source.startswith("platform:")
    has_password = bool(trees.xpath(tree.body, ".//input[@type='password']"))
    substance = len(text) >= (1 if by_platform else _TEXT_MINIMUM)
    seen = f"{machine.page_title}\n{title}"
    if not substance or (not by_platform and len(text) < 700):
        if failure := kinds.kind_of_failure(page, seen, text, markup, has_password=has_password):
            return failure
    elif (
        by_platform
        and len(text) < 300
        and (failure := kinds.kind_of_failure(page, title, text, markup, has_password=False))
    ):
        return failure
    address = kinds.kind_of_address(page.url)
    if address and address[0] in ("search", "tag", "login", "home") and not machine.is_article:
        return address
    if found is not None and kinds.is_calendar(title, text):
        return "calendar", "a programme by weekdays"
    labels = kinds.document_labels([line.text for line in found.around] + paragraphs) if found else 0
    if labels >= 3:
        return "document", f"{labels} labels of an official document"
    if (
        not by_platform
        and found is not None
        and found.listed >= _LISTED_TITLES
        and found.linked > len(text) * 0.35
    ):
        return "listing", f"{found.listed} linked titles in the main part"
    if substance and title:
        return "article", "the platform's body" if by_platform else "a title and text"
    if address:
        return address
    if (
        found is not None
        and (found.body.images or found.body.attachments)
        and title
        and (by_platform or machine.is_article)
    ):
        return "article", "a title with pictures or files"
    if found is not None and found.listed >= 3:
        return "listing", f"{found.listed} linked titles in the main part"
    links = sum(1 for _ in tree.body.iter("a"))
    if links >= 20:
        return "listing", f"{links} links and no text"
    return "empty", "no text that could be an article's"


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
        paragraphs = [p for n, p in enumerate(paragraphs) if n > 3 or not times.prints_time(p, page)]
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
