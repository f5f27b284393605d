"""RSS 2.0, RSS 1.0 and Atom as listings."""

from __future__ import annotations

import re

from lxml import etree

from crawler.reading import urls
from crawler.reading.blocks import MORE, with_whole_leads
from crawler.reading.page import Listing, ListingRow, Page
from crawler.reading.platform import Platform
from vietnam.dates import VIETNAM, Stamp, parse_stamp
from vietnam.writing import clean

_BLOCKS = ["p", "div", "br", "li", "tr", "td", "h1", "h2", "h3", "h4", "blockquote", "figure", "figcaption"]
_MARKUP = re.compile(r"<[a-zA-Z/!]|&#?\w{2,8};")


_ENCODING = re.compile(rb"""encoding=["']([\w.-]+)""")

_REFERENCE = re.compile(rb"&#([xX][0-9a-fA-F]{1,40}|[0-9]{1,40});?")

RESOLVE_ENTITIES = False
"""Entities would read our files into a document (hostile_servers.md 52); feeds have no use for them."""


def parse_xml(body: bytes) -> etree._Element | None:
    """The root of an XML document, or None where there is none. Entities are not expanded, nothing is
    loaded from outside (hostile_servers.md 52, 53); small errors of feed writers are forgiven."""
    parser = etree.XMLParser(
        resolve_entities=RESOLVE_ENTITIES,
        load_dtd=RESOLVE_ENTITIES,
        no_network=True,
        recover=True,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(_whole_characters(body.lstrip()), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is not None:
        etree.strip_elements(root, etree.Entity, with_tail=False)
    return root


def _whole_characters(body: bytes) -> bytes:
    """XML without characters that are none (broken UTF-8, ``&#xD800;``): the forgiving parser would hand
    them on, and reading them raise."""
    body = _REFERENCE.sub(_character, body)
    declared = _ENCODING.search(body[:200])
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        declared and declared[1].lower() not in (b"utf-8", b"utf8")
    ):
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("utf-8", errors="replace").encode()
    return body


def _character(reference: re.Match[bytes]) -> bytes:
    digits = reference[1]
    number = int(digits[1:], 16) if digits[:1] in b"xX" else int(digits)
    is_none = number == 0 or 0xD800 <= number <= 0xDFFF or number > 0x10FFFF
    return b"&#xFFFD;" if is_none else reference[0]


def local(element: etree._Element) -> str:
    """Tag without its namespace, in lower case; ``""`` for comments and instructions."""
    # Not etree.QName: a broken document has names that it refuses ("urlhttps:").
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""


def child_text(element: etree._Element, *names: str) -> str | None:
    """Text of the first child with one of the names, in the order of the names."""
    for name in names:
        for child in element:
            if local(child) == name:
                text = "".join(str(piece) for piece in child.itertext()).strip()
                if text:
                    return text
    return None


def read_feed(page: Page, platform: Platform | None = None) -> Listing | None:
    """The items of a feed as rows; None where the page is no feed.

    NukeViet writes the month in place of the minutes (``H:m:s``, ``theme_functions.php:449``, measured
    in field_lessons.md), so of its dates only the day is taken.
    """
    root = parse_xml(page.body)
    if root is None or local(root) not in ("rss", "rdf", "feed"):
        return None
    channel = next((child for child in root if local(child) == "channel"), root)
    generator = (child_text(channel, "generator") or "").lower()
    day_only = "nukeviet" in generator or (
        platform is not None and "rss-minutes" in platform.article.distrust
    )
    rows: dict[str, ListingRow] = {}
    for item in root.iter():
        if local(item) in ("item", "entry") and (row := _row(item, page, platform, day_only=day_only)):
            rows.setdefault(urls.article_key(row.url, platform), row)
    title = child_text(channel, "title")
    return Listing(
        url=page.url, rows=with_whole_leads(rows.values()), title=plain_text(title) if title else None
    )


def _row(item: etree._Element, page: Page, platform: Platform | None, *, day_only: bool) -> ListingRow | None:
    link = urls.absolute(page.url, _link(item))
    if link is None or not urls.same_site(link, page.url) or urls.is_article(link, platform) is False:
        return None
    published = _stamp(child_text(item, "pubdate", "published", "date", "issued"), page, day_only=day_only)
    modified = _stamp(child_text(item, "updated", "modified"), page, day_only=False)
    if published is None and modified is not None and child_text(item, "published") is None:
        published, modified = modified, None  # Atom 1.0 demands only <updated>
    title = child_text(item, "title")
    byline = child_text(item, "creator") or _atom_author(item)
    return ListingRow(
        url=urls.canonical(link, platform),
        title=plain_text(title) or None if title else None,
        lead=_lead(child_text(item, "description", "summary")),
        published_at=published.at if published else None,
        published_precision=published.precision if published else None,
        modified_at=modified.at if modified else None,
        byline=plain_text(byline) or None if byline else None,
    )


def _link(item: etree._Element) -> str | None:
    for child in item:
        if local(child) == "link" and child.get("href") and child.get("rel", "alternate") == "alternate":
            return str(child.get("href"))
    return child_text(item, "link") or next(
        (
            (child.text or "").strip()
            for child in item
            if local(child) == "guid" and child.get("isPermaLink", "true").lower() == "true"
        ),
        None,
    )


def _atom_author(item: etree._Element) -> str | None:
    for child in item:
        if local(child) == "author":
            return child_text(child, "name")
    return None


def _stamp(text: str | None, page: Page, *, day_only: bool) -> Stamp | None:
    stamp = parse_stamp(text, now=page.fetched_at, latest=page.fetched_at) if text else None
    if stamp is None or not day_only:
        return stamp
    day = stamp.at.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    return Stamp(day, "day")


def plain_text(markup: str) -> str:
    """The text of a string that may hold HTML or entities, escaped once or twice.

    Feeds and JSON lists cut their HTML anywhere, within a tag too: BeautifulSoup reads what is left. Always
    on lxml: on 60 kB of ``<a `` Python's own parser takes 23 s (operations.md, section 0).
    """
    for _ in range(2):
        if not _MARKUP.search(markup):
            break
        from bs4 import BeautifulSoup  # 0.03 s that most starts do without

        soup = BeautifulSoup(f"<div>{markup}</div>", "lxml")  # a bare address would be warned of
        for hidden in soup(["script", "style"]):
            hidden.decompose()
        for block in soup(_BLOCKS):
            block.insert_before(" ")
            block.insert_after(" ")
        markup = soup.get_text()
    return clean(markup)


def _lead(markup: str | None) -> str | None:
    """The summary of an item as text."""
    # WordPress SEO plugins append "<p>The post … appeared first on …".
    text = plain_text(re.sub(r"<p>The post .{0,600}$", "", markup, flags=re.DOTALL)) if markup else ""
    return MORE.sub("", text).strip() or None
