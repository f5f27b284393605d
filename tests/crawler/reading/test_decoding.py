"""Charset claims are checked against the bytes (reference/hostile_servers.md, cases 42 to 46)."""

from __future__ import annotations

import unicodedata

import pytest

from crawler.reading.decoding import decode_both, decode_bytes, decode_part, garbage_share
from crawler.reading.page import Reading
from crawler.reading.reader import read
from vietnam import writing

TITLE = "Hội Cựu chiến binh xã Phú Thượng tổng kết năm 2023"
TEXT = (
    "Sáng ngày 12/12, Hội Cựu chiến binh xã Phú Thượng tổ chức hội nghị tổng kết công tác năm 2023. "
    "Trong năm, các cấp hội đã vận động hội viên đóng góp hơn 300 ngày công, hiến 1.200 m2 đất làm đường."
)
HTML = (
    f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><div><p>{TEXT}</p></div></body></html>"
)


def as_cp1258(text: str) -> bytes:
    """Vietnamese Windows text: tones as marks after the letter."""
    out = bytearray()
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", parts.replace(tone, ""))
            out += base.encode("cp1258") + tone.encode("cp1258")
    return bytes(out)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (HTML.encode(), "text/html; charset=utf-8"),
        (HTML.encode(), "text/html; charset=iso-8859-1"),
        (HTML.encode(), "text/html; charset=no-such-charset"),
        (HTML.encode(), None),
        (b'<meta charset="windows-1258">' + HTML.encode(), "text/html"),
        (b"\xef\xbb\xbf" + HTML.encode(), "text/html; charset=windows-1252"),
        (HTML.encode("utf-16"), "text/html; charset=utf-8"),
        (HTML.encode("utf-16-le"), "text/html"),
        (HTML.encode("utf-16-be"), None),
        (as_cp1258(HTML), "text/html; charset=utf-8"),
        (as_cp1258(HTML), "text/html; charset=windows-1258"),
        (as_cp1258(HTML), "text/html; charset=iso-8859-1"),
        (as_cp1258(HTML), None),
        (unicodedata.normalize("NFD", HTML).encode(), "text/html; charset=utf-8"),
        (HTML.replace("ộ", "ộ\x00").encode(), "text/html; charset=utf-8"),
        (HTML.replace("ă", "&#259;").encode(), "text/html; charset=utf-8"),
    ],
)  # fmt: skip
def test_the_text_is_the_same_whatever_the_bytes_and_their_label(
    body: bytes, content_type: str | None
) -> None:
    text, encoded = decode_both(body, content_type)
    assert encoded.decode() == text == decode_bytes(body, content_type), "the parser is given the same"
    text = text.replace("&#259;", "ă")
    assert writing.clean(text).endswith(writing.clean(HTML))


def test_one_broken_letter_does_not_make_a_page_of_utf8_something_else() -> None:
    body = (HTML + TEXT * 40).encode() + "ộ".encode()[:2]
    assert decode_bytes(body, "text/html; charset=utf-8").startswith(HTML)


def test_japanese_is_read_by_its_label() -> None:
    text = "<p>日本語の記事、祖国戦線。</p>"
    assert decode_bytes(text.encode("shift_jis"), "text/html; charset=Shift_JIS") == text
    assert decode_bytes(b'<meta charset="euc-jp">' + text.encode("euc-jp"), None).endswith(text)


def reading_of(body: bytes, content_type: str | None, make_page) -> Reading:  # type: ignore[no-untyped-def]
    return read(make_page(body, content_type=content_type))


TCVN3 = str.maketrans(
    dict(
        zip(
            "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ",
            "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô­õö÷øùúûüýþ",
            strict=True,
        )
    )
)


def test_text_for_the_tcvn3_font_is_stored_converted(make_page) -> None:  # type: ignore[no-untyped-def]
    title, text = TITLE.lower(), (TEXT * 2).lower()
    legacy = f"<html><body><h1>{title}</h1><p>{text}</p></body></html>".translate(TCVN3)
    article = reading_of(legacy.encode("latin-1"), "text/html; charset=iso-8859-1", make_page).article
    assert article is not None
    assert article.title == title
    assert article.paragraphs == (writing.clean(text),)


def test_bytes_that_no_charset_makes_sense_of_are_never_an_article(make_page) -> None:  # type: ignore[no-untyped-def]
    noise = bytes((n * 7919 + n // 3) % 128 + 128 for n in range(3000))
    body = b"<html><body><h1>" + noise[:60] + b"</h1><p>" + noise + b"</p></body></html>"
    reading = reading_of(body, "text/html; charset=utf-8", make_page)
    assert reading.article is None or garbage_share(" ".join(reading.article.paragraphs)) < 0.001


@pytest.mark.parametrize(
    ("part", "is_enough"),
    [
        ("<p>Hội viên thôn Bắc</p>".encode(), True),
        (b"<p>Hoi vien</p>", False),
        ("<p>café</p>".encode(), False),
        ("<p>Hội viên \x00</p>".encode(), False),
        ("<p>Hội viên \ufffd</p>".encode(), False),
        ("<p>Hội viên</p>".encode("utf-16-le"), False),
        (as_cp1258("<p>Hội viên</p>"), False),
    ],
)
def test_a_part_tells_how_its_page_is_written_only_by_vietnamese_letters(
    part: bytes, is_enough: bool
) -> None:
    assert decode_part(part) == (part.decode() if is_enough else None)
