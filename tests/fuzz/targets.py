"""What is fuzzed: each target takes bytes, and fails by raising. What must hold of an answer is asked too."""

from __future__ import annotations

import gzip
import tempfile
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from crawler.fetching.decompress import decompress
from crawler.fetching.holds import hold_until
from crawler.fetching.outcomes import FetchRefused
from crawler.fetching.robots import Robots, read_robots
from crawler.reading import urls
from crawler.reading.feeds import read_feed
from crawler.reading.listing import read_listing
from crawler.reading.page import Page
from crawler.reading.pdf import read_pdf
from crawler.reading.reader import read
from crawler.reading.sitemaps import MAX_URLS, read_sitemap
from spiders.platforms import PLATFORMS
from spiders.registry_file import read_registry_file
from vietnam import bylines, dates
from vietnam.writing import clean, fold

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LIMIT = 1 << 20
_PLATFORMS = [None, *(PLATFORMS[name] for name in sorted(PLATFORMS))]


def _page(
    data: bytes, url: str = "https://mattran.example.gov.vn/tin/bai-12.html", kind: str = "text/html"
) -> Page:
    return Page(url=url, body=data, fetched_at=NOW, content_type=kind)


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def _is_clean(texts: Iterable[str | None]) -> None:
    for text in texts:
        if text is None:
            continue
        assert unicodedata.is_normalized("NFC", text), "not NFC"
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in text), "a control character"
        text.encode()


def page(data: bytes) -> None:
    """The reader, by the rules of a platform that the bytes choose, or by structure."""
    platform = _PLATFORMS[sum(data[:64]) % len(_PLATFORMS)]
    reading = read(_page(data), platform)
    article = reading.article
    if article is not None:
        _is_clean((article.title, article.lead, article.byline, *article.paragraphs, *article.captions))
        assert article.published_at is None or article.published_at <= NOW + timedelta(days=2), (
            "a future date"
        )


def listing(data: bytes) -> None:
    """Listings: rows of http addresses."""
    platform = _PLATFORMS[sum(data[:64]) % len(_PLATFORMS)]
    for row in read_listing(_page(data, "https://mattran.example.gov.vn/tin/"), platform).rows:
        assert row.url.startswith(("http://", "https://")), row.url


def feed(data: bytes) -> None:
    """RSS and Atom."""
    read_feed(_page(data, "https://mattran.example.gov.vn/rss/", "application/xml"))


def sitemap(data: bytes) -> None:
    """Sitemaps, packed and plain, within their bounds."""
    for body in (data, gzip.compress(data)):
        found = read_sitemap(_page(body, "https://mattran.example.gov.vn/sitemap.xml", "application/xml"))
        assert found is None or len(found.rows) <= MAX_URLS


def stamps(data: bytes) -> None:
    """Times of publication and days of events."""
    text = _text(data)
    for stamp in (
        dates.parse_stamp(text, now=NOW, latest=NOW),
        *dates.find_stamps(text, now=NOW, latest=NOW),
    ):
        assert stamp is None or stamp.at <= NOW + timedelta(days=2), "a future date"
    day = dates.find_event_date(text[:200], None, text.split("\n"), NOW.date())
    assert day is None or isinstance(day, date)


def credits(data: bytes) -> None:
    """Bylines and signatures."""
    lines = _text(data).split("\n")
    for line in lines:
        found = bylines.parse_byline(line)
        if found is not None:
            _is_clean((found.byline, *found.authors, found.source_credit))
    bylines.find_signature(lines)


def writing(data: bytes) -> None:
    """Cleaning is idempotent; folding gives what folding gives."""
    cleaned = clean(_text(data))
    _is_clean((cleaned,))
    assert clean(cleaned) == cleaned, "clean is not idempotent"
    assert fold(fold(cleaned)) == fold(cleaned), "fold is not idempotent"


def addresses(data: bytes) -> None:
    """One spelling for an address, and the same for that spelling."""
    text = _text(data)
    absolute = urls.absolute("https://mattran.example.gov.vn/tin/", text)
    for address in filter(None, (absolute, text)):
        once = urls.canonical(address)
        assert urls.canonical(once) == once, "canonical is not idempotent"
        urls.article_key(address)
        urls.is_article(address)
        urls.site_of(address)


def robots(data: bytes) -> None:
    """robots.txt, and Retry-After beside it."""
    rules = Robots(read_robots(200, data, "text/plain"))
    rules.allows("https://mattran.example.gov.vn/tin/bai-12.html?a=b")
    assert rules.crawl_delay is None or rules.crawl_delay >= 0
    until = hold_until(_text(data[:40]), NOW)
    assert NOW < until <= NOW + timedelta(hours=24)


def packed(data: bytes) -> None:
    """Content encodings: whole and bounded, or refused."""
    for encoding in ("gzip", "deflate", "br", "zstd", "x-la"):
        try:
            assert len(decompress(data, [encoding], limit=LIMIT)) <= LIMIT
        except FetchRefused:
            continue


def pdf(data: bytes) -> None:
    """PDF files."""
    _is_clean(read_pdf(data, seconds=1.0))


def registry(data: bytes) -> None:
    """A file of the registry: portals, or problems with their lines."""
    with tempfile.TemporaryDirectory(prefix="fn-fuzz-") as folder:
        path = Path(folder) / "thanh_hoa.yaml"
        path.write_bytes(data)
        read_registry_file(path)


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (
        page,
        listing,
        feed,
        sitemap,
        stamps,
        credits,
        writing,
        addresses,
        robots,
        packed,
        pdf,
        registry,
    )
}
