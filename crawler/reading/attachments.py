"""Files and pictures that an article carries, with absolute addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from crawler.reading import urls
from crawler.reading.patterns import any_of
from storage.records import Attachment, Image

_FILE = re.compile(r"\.(pdf|docx?|xlsx?|pptx?|odt|ods|odp|rtf|zip|rar|7z|csv|mp3|mp4|epub)(?:$|[?#&])", re.I)
_FILE_IN_LINES = re.compile(_FILE.pattern, re.I | re.M)
_LABEL = any_of(
    r"tải\s+(?:về|xuống|file|tệp|tại đây)?|download|đính\s+kèm",
    r"(?:file|tệp|tập tin|văn bản|tài liệu)\s+(?:đính|gửi)?\s*kèm(?:\s+theo)?",
    r"(?:vui lòng\s+)?(?:xem|nhấn|bấm|click)?\s*(?:nội dung\s+)?(?:chi tiết\s+)?"
    r"(?:vào|ở|tại)?\s*(?:đây|here)\b",
    start=r"^\s*",
    end=r"\s*[:\-–]?\s*",
)


_PLAIN_PATH = re.compile(
    r"(?P<root>https?://[a-z0-9.-]+)?(?:/(?:[\w-]|%[0-9A-F]{2})(?:[\w.-]|%[0-9A-F]{2})*)+(?:\?[\w=&.%-]+)?",
    re.A,
)
"""A whole address, or a path from the root, that nothing has to be done to, as nearly all pictures' are; in
names of files stand spaces (``%20``)."""


_PLAIN_ROOT = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]+)?(?=/)")
"""Scheme and host as nearly every page's address begins."""


def _root_of(base: str) -> str | None:
    """Scheme and host before a path from the root of a page; None where that is no http(s) address."""
    # each page has an address of its own, and to join it takes 100,000 instructions
    plain = _PLAIN_ROOT.match(base)
    return plain[0] if plain else _joined_root(base)


@lru_cache(maxsize=512)
def _joined_root(base: str) -> str | None:
    try:
        parts = urlsplit(urljoin(base, "/"))
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else None


def absolute(base: str, address: str) -> str | None:
    """An http(s) address as it stands on a page made absolute, None for any other scheme or none."""
    address = address.strip()
    if not address or address.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
        return None
    if plain := _PLAIN_PATH.fullmatch(address):  # to split and join it takes 80,000 instructions
        if plain["root"]:
            return urls.sessionless(address)
        if (root := _root_of(base)) is not None:
            return urls.sessionless(root + address)
    try:
        url = urljoin(base, address.replace("\\", "/").replace(" ", "%20"))
        parts = urlsplit(url)
    except ValueError:
        return None
    return urls.sessionless(url) if parts.scheme in ("http", "https") and parts.netloc else None


def file_type(address: str) -> str | None:
    """The lower-case extension of an address that is a file to keep ("pdf"), else None.

    Viewers that carry the file's address in their query (Google Docs, Office, pdf.js) count.
    """
    if "." not in address:
        return None
    if found := _FILE.search(address):
        return found.group(1).lower()
    return None


def any_file(addresses: Iterable[str]) -> bool:
    """Whether one of the addresses is a file to keep; of all at once, since a page has a hundred links and
    hardly ever a file."""
    listed = list(addresses)
    return bool(_FILE_IN_LINES.search("\n".join(listed))) and any(map(file_type, listed))


def attachment(base: str, address: str, name: str) -> Attachment | None:
    """The attachment that a link stands for, None where it links to a page. The name is the anchor
    text, without "Tải về:" before it, or the file's own name."""
    kind = file_type(address)
    if kind is None:
        return None
    query = urlsplit(address).query
    for key in ("file", "url", "src"):
        for value in parse_qs(query).get(key, []):
            if file_type(value):
                address = value
    url = absolute(base, address)
    if url is None:
        return None
    label = _LABEL.sub("", name).strip()
    if len(label) < 3:
        label = unquote(urlsplit(url).path.rpartition("/")[2])
    return Attachment(url=url, name=label, type=kind)


FILES_LABEL = any_of(
    r"(?:tải (?:về|xuống) )?(?:các )?(?:tệp|file|tập tin|tài liệu|văn bản)(?: tin)?(?: văn bản)?"
    r" (?:đính kèm|kèm theo|gửi kèm)",
    r"đính kèm|attachments?|attached files?|(?:tệp|tập) tin",
    start=r"^\W{0,3}",
    end=r"(?: \(\d+\))?\s*:?",
)
"""What a line with files, or a list of them, begins with ("Tệp đính kèm:")."""


def heads_files(text: str) -> bool:
    """Whether a line begins a list of files ("Tệp đính kèm:")."""
    return bool(FILES_LABEL.match(text))


_FILES_BOX = re.compile(r"attach|dinh-?kem|related-?files|(?:^|[_-])documents?(?:$|[_-])", re.I)


def is_files_box(names: str) -> bool:
    """Whether a class or id calls a box in an article that of its files: ``itemAttachmentsBlock`` (K2),
    ``news-related-files`` (TYPO3), ``edn_documents`` (EasyDNNNews)."""
    return any(map(_FILES_BOX.search, names.split()))


def picture(base: str, address: str, caption: str | None) -> Image | None:
    """The image for an address as written, None where that is no http(s) address."""
    url = absolute(base, address)
    return Image(url=url, caption=caption) if url else None
