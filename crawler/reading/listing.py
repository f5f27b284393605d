"""A listing page, whatever its format, to rows and the way to the next page."""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.reading import urls
from crawler.reading.blocks import read_row, with_whole_leads
from crawler.reading.feeds import read_feed
from crawler.reading.fragments import markup_in_json, page_after
from crawler.reading.kinds import says_nothing_is_there
from crawler.reading.markup import (
    MAX_LINKS,
    Element,
    parse,
    text_of,
)
from crawler.reading.page import Listing, ListingRow, Page
from crawler.reading.page_data import read_data, read_json
from crawler.reading.pagination import next_page
from crawler.reading.platform import ListingRules, Platform
from crawler.reading.sheet import Sheet
from crawler.reading.sitemaps import read_sitemap
from crawler.reading.structure import find_blocks

_XML = re.compile(rb"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]")
_HTML = re.compile(rb"<(?:html|body|head)[\s>]", re.IGNORECASE)


def read_listing(
    page: Page, platform: Platform | None = None, *, without: frozenset[str] = frozenset()
) -> Listing:
    """What a listing page shows: rows in page order, each article once, and the next page.

    ``page`` may be HTML (the platform's rules first, the structure of the markup where they find
    nothing), RSS or Atom, a sitemap, or what the platform's own ``read_listing`` knows (JSON). A page
    that lists nothing gives no rows and no next page; where only the next page is given, the rows are
    there (Liferay's JSON lists). Nothing raises. Links to other sites, to the page itself and to
    twins of articles (``/print/``) are no rows, nor are articles of which the caller knows that they are none
    (``without``: their keys).
    """
    if platform is not None and platform.read_listing is not None:
        own = platform.read_listing(page)
        if own is not None:
            return own
    start = page.body[:4096]
    if start[:2] == b"\x1f\x8b" or (_XML.search(start) and not _HTML.search(start)):
        return _read_xml(page, platform)
    loaded = page
    page = markup_in_json(page) or page
    if not page.body and (listed := read_json(loaded, platform)) is not None:
        return replace(listed, next=listed.next or page_after(loaded, len(listed.rows)))
    tree = parse(page)
    if tree is None:
        return Listing(url=page.url, rows=())
    # Before noise is dropped: some themes keep the pager in a block that is noise for rows.
    sheet = Sheet(tree, page, platform, without)
    following = next_page(sheet)
    rows = _rows(sheet)
    if not rows and (told := read_data(page, platform)) is not None:
        return replace(told, title=_heading(tree))
    if rows and following is None:
        following = page_after(loaded, len(rows))
    return Listing(url=page.url, rows=rows, next=following if rows else None, title=_heading(tree))


def is_none(page: Page, listing: Listing) -> bool:
    """Whether a page that lists articles says, in its title or a headline, that there is no such page: what
    it lists are the newest of the site, for whoever has lost the way."""
    if listing.title is not None and says_nothing_is_there(listing.title):
        return True
    tree = parse(page)
    headings = tree.iter("h1", "h2", "h3") if tree is not None else ()
    return any(says_nothing_is_there(text_of(one)) for one in headings if not _is_linked(one))


def _is_linked(heading: Element) -> bool:
    """Whether a heading is an article's headline."""
    return next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None


def _read_xml(page: Page, platform: Platform | None) -> Listing:
    if feed := read_feed(page, platform):
        return feed
    sitemap = read_sitemap(page, platform)
    if sitemap is None:
        return Listing(url=page.url, rows=())
    return Listing(page.url, sitemap.rows, maps=sitemap.children, maps_by_age=sitemap.by_age)


def _rows(sheet: Sheet) -> tuple[ListingRow, ...]:
    rules = _possible(sheet.platform.listing, sheet) if sheet.platform is not None else ListingRules()
    for selectors in (rules.noise, rules.within, rules.item, rules.link, rules.title, rules.date, rules.lead):
        for css in selectors:
            sheet.find(css)  # before anything is taken out
    for css in rules.noise:
        for element in sheet.find(css):
            sheet.drop(element)
    scopes = next(filter(None, map(sheet.find, rules.within)), [sheet.tree])
    blocks = [block for scope in scopes for block in sheet.within(scope, rules.item)][:MAX_LINKS]
    rows = _collect(blocks, sheet, rules)
    if not rows:
        # A theme that the platform's rules do not know: its own title and date rules may still fit.
        blocks = [block for scope in scopes for block in find_blocks(scope, sheet)]
        rows = _collect(blocks, sheet, rules)
    return rows


def _possible(rules: ListingRules, sheet: Sheet) -> ListingRules:
    """The rules without those selectors that cannot match anything on the page."""
    return ListingRules(
        item=sheet.possible(rules.item),
        link=sheet.possible(rules.link),
        title=sheet.possible(rules.title),
        date=sheet.possible(rules.date),
        lead=sheet.possible(rules.lead),
        within=sheet.possible(rules.within),
        noise=sheet.possible(rules.noise),
    )


def _collect(blocks: list[Element], sheet: Sheet, rules: ListingRules) -> tuple[ListingRow, ...]:
    """The rows of the blocks in page order, each article once with all that its blocks say of it."""
    chosen = set(blocks)
    found: list[ListingRow] = []
    # Innermost first: an inner block (other articles below a featured one) is taken out once read, so
    # that its date is not taken for that of the block around it.
    for block in reversed(blocks):
        row = read_row(block, sheet, rules)
        if row is not None:
            found.append(row)
            if any(up in chosen for up in block.iterancestors()):
                sheet.drop(block)
    rows: dict[str, ListingRow] = {}
    for row in reversed(found):
        key = urls.article_key(row.url, sheet.platform)
        rows[key] = _joined(rows[key], row) if key in rows else row
    return with_whole_leads(rows.values())


def _joined(first: ListingRow, second: ListingRow) -> ListingRow:
    dated = first if first.published_at is not None else second
    return replace(
        first,
        lead=first.lead or second.lead,
        published_at=dated.published_at,
        published_precision=dated.published_precision,
    )


def _heading(tree: Element) -> str | None:
    """The page's own name: ``<title>`` up to the site's name is not safe to cut, so it is kept whole."""
    for element in tree.iter("title"):
        return text_of(element) or None
    return None
