"""Articles that are a PDF: a page whose body is only a link to a file, or shows one in a frame.

Reading a page never fetches. It records the file as an attachment; :func:`wanted` then tells which files
hold the article's text, and :func:`with_text` joins them to the record once somebody has their bytes: the
walk, ``read URL``, or ``read FILE`` from the page's own folder. Needs the extra ``pdf`` (pypdf).
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import islice, pairwise

from storage.records import Article, Attachment
from vietnam import old_fonts, writing

log = logging.getLogger(__name__)

MAX_BYTES = 10 * 1024 * 1024
MAX_PAGES = 40
"""A plan or a programme has five to thirty; what is longer is a book, and its first pages are enough to
search and to tag."""
MAX_SECONDS = 5.0
"""For one file, its last page apart. A page of text takes 20 to 60 ms (pypdf 7.1, November 2026)."""
_MAX_STREAM = 4_000_000
"""Bytes of one unpacked stream: a page's text has some thousand, a bomb has no end. The clock is looked at
between two drawing commands; taking a stream apart before that is 0.7 s for each million bytes."""
_MAX_FILES = 3
_NO_TEXT = 200
"""Characters on the page itself below which its files are the text: "Xem chi tiết tại tệp đính kèm"."""
_SHORT_LINE = 0.75
"""Share of the usual width below which a line does not reach the margin, so that its paragraph ends."""
_ENDS = (".", "!", "?", ":", ";", "…", "./.")
_BEGINS = re.compile(r"[-–+•*]\s|\d{1,2}(?:\.\d{1,2})*[.)]\s|[a-zđ]\)\s|[IVX]{1,4}\.\s|Điều \d")
_PAGE_NUMBER = re.compile(r"(?:trang|page)?\s*[-–]?\s*\d{1,3}\s*[-–]?(?:\s*/\s*\d{1,3})?", re.I)


class _TooLong(Exception):
    """Reading a file has used up its time."""


@cache
def is_installed() -> bool:
    """Whether the extra ``pdf`` is there; says once, in one log line, where it is not."""
    try:
        import pypdf  # noqa: F401  # 0.2 s, and few articles are a PDF
    except ImportError:
        log.warning("articles that are a PDF are kept without their text: pip install 'frontnews[pdf]'")
        return False
    return True


def wanted(article: Article) -> tuple[Attachment, ...]:
    """The files whose text is the article's: its PDFs where the page itself has next to no text."""
    files = tuple(file for file in article.attachments if file.type == "pdf")
    if not files or sum(map(len, article.paragraphs)) >= _NO_TEXT:
        return ()
    return files[:_MAX_FILES]


def with_text(article: Article, files: Mapping[str, bytes]) -> Article:
    """The article with the text of its files under its own; ``files`` are bytes by address. A file
    that has no text (a scan), is none, or is beyond the limits leaves the article as it was."""
    paragraphs: list[str] = []
    for file in wanted(article):
        if data := files.get(file.url):
            paragraphs += read_pdf(data, name=file.url)
    title = writing.fold(article.title)
    paragraphs = [text for text in paragraphs if writing.fold(text) != title]
    if not paragraphs:
        return article
    provenance = {**article.provenance, "paragraphs": "pdf"}
    return replace(article, paragraphs=(*article.paragraphs, *paragraphs), provenance=provenance)


def read_pdf(data: bytes, *, name: str = "a PDF", seconds: float = MAX_SECONDS) -> list[str]:
    """The paragraphs of a PDF: empty for a scan, a file that needs a password, or one that is broken.
    Never raises. At most MAX_BYTES, MAX_PAGES pages and ``seconds``; what was read until then counts."""
    if not is_installed() or b"%PDF-" not in data[:1024]:
        return []
    if len(data) > MAX_BYTES:
        log.warning("%s: %d bytes are more than the %d that are read", name, len(data), MAX_BYTES)
        return []
    pages = _pages(data, name, seconds)
    text = "\n\f".join(pages)
    text = old_fonts.decode_legacy(text) or text
    return _paragraphs([page.split("\n") for page in text.split("\f")])


def _pages(data: bytes, name: str, seconds: float) -> list[str]:
    """The text of each page, as many as the limits allow."""
    from pypdf import PdfReader, apply_configuration

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it tells of each oddity that it gets over
    until = time.monotonic() + seconds

    def in_time(*_: object) -> None:
        if time.monotonic() > until:
            raise _TooLong

    pages: list[str] = []
    try:
        with apply_configuration(
            zlib_maximum_output_length=_MAX_STREAM,
            lzw_maximum_output_length=_MAX_STREAM,
            run_length_maximum_output_length=_MAX_STREAM,
            stream_decoding_work_maximum_length=2 * _MAX_STREAM,
            stream_parsing_work_maximum_count=500_000,
        ):
            for page in islice(PdfReader(BytesIO(data)).pages, MAX_PAGES):
                in_time()
                pages.append(page.extract_text(visitor_operand_before=in_time).replace("\f", " "))
    except _TooLong:
        log.warning("%s: stopped after %g s and %d pages", name, seconds, len(pages))
    except Exception as error:  # pypdf raises what it likes on broken files; the article stands without
        log.warning("%s cannot be read: %s: %s", name, type(error).__name__, error)
    return pages


def _paragraphs(pages: list[list[str]]) -> list[str]:
    """Lines to paragraphs. A paragraph ends with a blank line, before the mark of a list, and where a
    line ends short of the margin or with a full stop; it goes on over the end of a page."""
    lines = [line for page in _without_margins(pages) for line in page]
    written = sorted(len(line) for line in lines if line)
    if not written:
        return []
    usual = written[int(len(written) * 0.9)]
    paragraphs: list[str] = []
    run = ""
    for line, following in pairwise([*lines, ""]):
        run = f"{run} {line}".strip()
        if run and _ends(line, following, usual):
            paragraphs.append(writing.clean(run))
            run = ""
    return [paragraph for paragraph in paragraphs if any(map(str.isalnum, paragraph))]


def _ends(line: str, following: str, usual: int) -> bool:
    """Whether a paragraph ends with a line."""
    if not line or not following or _BEGINS.match(following):
        return True
    if following[0].islower():
        return False
    if line.endswith(_ENDS):
        return True
    return len(line) < _SHORT_LINE * usual or writing.is_all_caps(line) != writing.is_all_caps(following)


def _without_margins(pages: list[list[str]]) -> list[list[str]]:
    """The lines of the pages, clean, without page numbers and what stands on top or at the foot of most."""
    kept = []
    for page in pages:
        lines = [writing.clean(line) for line in page]
        while lines and (not lines[-1] or _PAGE_NUMBER.fullmatch(lines[-1])):
            lines.pop()
        while lines and (not lines[0] or _PAGE_NUMBER.fullmatch(lines[0])):
            lines.pop(0)
        kept.append(lines)
    edges = Counter(edge for lines in kept if lines for edge in {lines[0], lines[-1]})
    running = {edge for edge, times in edges.items() if times >= 3 and times > len(pages) / 2}
    return [
        [x for n, x in enumerate(lines) if not (x in running and n in (0, len(lines) - 1))] for lines in kept
    ]
