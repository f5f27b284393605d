"""Bytes to text: what a server says of its charset is a claim, the bytes are the evidence."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from crawler.reading.page import Page
from vietnam import old_fonts

REPLACEMENT_LIMIT = 0.001
"""Share of U+FFFD above which a decoding is taken for wrong (hostile_servers.md, case 42)."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ODD_BEGINNINGS = tuple({mark[:1] for mark, _ in _BOMS})
_DECLARED = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_HEAD_BYTES = 4096
"""A charset declaration further in is not found by browsers either (HTML standard: 1024)."""
_BROWSER_NAMES = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-9": "cp1254",
    "unicode": "utf-16-le",
    "utf-16": "utf-16-le",
    "tcvn": "cp1258",
    "x-viet-tcvn5712": "cp1252",
    "x-viet-vni": "cp1252",
}
"""Names as browsers read them (WHATWG Encoding); TCVN3 and VNI are fonts over Latin-1."""
_VIETNAMESE = re.compile("[ĂăĐđƠơƯư\u1ea0-\u1ef9]|[AĂÂEÊIOÔƠUƯYaăâeêioôơuưy][\u0300\u0301\u0303\u0309\u0323]")
_UNLIKELY = re.compile("[\x80-\x9f\ufffd¤¦§¨©«¬®¯°±²³´µ¶·¸¹»¼½¾¿×÷]")
_HIGH = re.compile("[\x80-\xff]")


def decode(page: Page) -> str:
    """The page's text, without NUL characters; never raises.

    Valid UTF-8 is UTF-8 whatever the labels say; else a byte order mark, the HTTP header, the
    document's own declaration and the Vietnamese code pages are tried, and the reading with the most
    Vietnamese and the least garbage wins. Text written for TCVN3 or VNI fonts is converted.
    """
    return decode_bytes(page.body, page.content_type)


def decode_bytes(body: bytes, content_type: str | None = None) -> str:
    """:func:`decode` for bytes and the value of a Content-Type header."""
    return decode_both(body, content_type)[0]


def decode_both(body: bytes, content_type: str | None = None) -> tuple[str, bytes]:
    """:func:`decode_bytes`, and the same text as UTF-8: nearly always ``body`` itself, which the parser then
    takes as it came (encoding a page anew took 0.1 ms)."""
    text = _plain(body)
    is_utf8 = text is not None
    if text is None:
        text = _decode(body, content_type)
        if "\x00" in text:
            text = text.replace("\x00", "")
    if not body.isascii() and not _is_vietnamese(text) and _HIGH.search(text):
        converted = old_fonts.decode_legacy(text)
        is_utf8 = is_utf8 and not converted
        text = converted or text
    return text, body if is_utf8 else text.encode("utf-8", "replace")


class Whole:
    """All of a page's text, decoded when it is first asked for."""

    __slots__ = ("_both", "_page")

    def __init__(self, page: Page) -> None:
        self._page = page
        self._both: tuple[str, bytes] | None = None

    @property
    def both(self) -> tuple[str, bytes]:
        """The text, and the same as UTF-8 (:func:`decode_both`)."""
        if self._both is None:
            self._both = decode_both(self._page.body, self._page.content_type)
        return self._both

    @property
    def text(self) -> str:
        """The text."""
        return self.both[0]


def decode_part(part: bytes) -> str | None:
    """The text of a page's ``part``, if it alone says that all of it is in UTF-8 and needs no repair: it
    has Vietnamese letters and no character that was lost. None where all of the page is to be looked at.

    What was left out of the page has to be UTF-8, without NUL and U+FFFD.
    """
    text = _plain(part)
    return text if text is not None and _is_vietnamese(text) and "\ufffd" not in text else None


def _plain(body: bytes) -> str | None:
    """The text of UTF-8 without a byte order mark, a NUL or an escape sequence, as nearly every page is; None
    for any other."""
    # one byte is sought for twenty times as fast as two
    if body[:1] in _ODD_BEGINNINGS or b"\x00" in body or (b"\x1b" in body and b"\x1b$" in body):
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_vietnamese(text: str) -> bool:
    # a frequent letter is found in a hundredth of the time that the expression takes to come to any
    return "ế" in text or _VIETNAMESE.search(text) is not None


def charset_of(page: Page) -> str:
    """The charset in which a page is written, whatever its labels say: ``utf-8``, ``cp1258``, or ``font``
    for text that was typed for a font of before Unicode (TCVN3, VNI)."""
    body = page.body
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return "utf-8" if codec == "utf-8" else codec.rpartition("-")[0]
    if b"\x00" in body[:_HEAD_BYTES] and (wide := _wide(body[:_HEAD_BYTES])):
        return wide.rpartition("-")[0]
    text = decode(page)
    names = ["utf-8", *_claims(body, page.content_type), "cp1258", "cp1252"]
    return next((name for name in dict.fromkeys(names) if body.decode(name, "replace") == text), "font")


def garbage_share(text: str) -> float:
    """Share of replacement characters, 0..1: above ``REPLACEMENT_LIMIT`` the text must not be stored."""
    return text.count("\ufffd") / len(text) if "\ufffd" in text else 0.0


def _decode(body: bytes, content_type: str | None) -> str:
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, errors="replace")
    if b"\x00" in body[:_HEAD_BYTES] and (wide := _wide(body[:_HEAD_BYTES])):
        return body.decode(wide, errors="replace")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _best(body, content_type)
    if "\x1b$" in text[:_HEAD_BYTES] and "iso-2022" in f"{_claims(body, content_type)}":
        return _best(body, content_type)
    return text


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: markup is ASCII, so every second byte of it is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) * 0.3 and even < odd / 4:
        return "utf-16-le"
    if even > len(head) * 0.3 and odd < even / 4:
        return "utf-16-be"
    return None


def _claims(body: bytes, content_type: str | None) -> list[str]:
    header = _HEADER.search(content_type or "")
    inside = _DECLARED.search(body[:_HEAD_BYTES])
    names = [header.group(1) if header else "", inside.group(1).decode("ascii", "ignore") if inside else ""]
    codecs_named = [_codec(name.lower()) for name in names if name]
    return [name for name in codecs_named if name is not None]


@lru_cache(maxsize=128)
def _codec(name: str) -> str | None:
    """The codec for a charset name, None for one that nobody knows."""
    try:
        return codecs.lookup(_BROWSER_NAMES.get(name, name)).name
    except (LookupError, ValueError):
        return None


def _best(body: bytes, content_type: str | None) -> str:
    # text for a font of before Unicode is told by its syllables, which no code page yields by chance
    if legacy := old_fonts.decode_legacy(body.decode("cp1252", errors="replace")):
        return legacy
    names = [*_claims(body, content_type), "utf-8", "cp1258", "cp1252"]
    readings = []
    for rank, name in enumerate(dict.fromkeys(names)):
        try:
            text = body.decode(name, errors="replace")
        except (LookupError, ValueError, TypeError):  # a codec that is not of text (rot13, base64)
            continue
        if not isinstance(text, str):
            continue
        bad = text.count("\ufffd")
        if name == "utf-8" and bad <= max(1, len(text) * REPLACEMENT_LIMIT):
            return text  # one broken character in a page of UTF-8, such as a title cut by bytes
        readings.append((_merit(text, bad), -rank, text))
    return max(readings)[2]


def _merit(text: str, bad: int) -> int:
    return len(_VIETNAMESE.findall(text)) - 2 * len(_UNLIKELY.findall(text)) - 20 * bad
