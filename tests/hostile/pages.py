"""Cases 42-51: bytes that are no text, text that is no page, and pages that cost too much to read."""

from __future__ import annotations

import time
import unicodedata
from datetime import UTC, datetime

from crawler.reading.page import Page
from crawler.reading.reader import read
from tests.hostile.transfer import ART, kept_before, put, refresh_listing
from tests.hostile.trial import Case, Faults, Seen, both, bound, take_out
from tests.hostile.web import SENTENCES, Web, article, title_of
from tests.loopback import http

GOLDEN = [unicodedata.normalize("NFC", f"Đợt 2. {text}") for text in SENTENCES]


def reads_golden(seen: Seen) -> Faults:
    """The article in the place of the second reads as it was written."""
    record = seen.stored.get(ART)
    if record is None:
        return ["the article is not there"]
    faults = [] if record["paragraphs"] == GOLDEN else [f"reads {record['paragraphs'][:1]}"]
    return faults + ([] if record["title"] == title_of(2) else [f"titled {record['title']}"])


def labelled(body: bytes, charset: str) -> bytes:
    return http(body, content_type=f"text/html; charset={charset}")


def to_cp1258(text: str) -> bytes:
    """Text as Windows-1258 writes it: base letters with their hook, the tone as a mark of its own."""
    out = bytearray()
    for character in unicodedata.normalize("NFC", text):
        try:
            out += character.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", character)
            tone = next((mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"), "")
            base = unicodedata.normalize("NFC", parts.replace(tone, "", 1) if tone else parts)
            out += base.encode("cp1258") + tone.encode("cp1258")
    return bytes(out)


def cp1258_as_utf8(web: Web) -> None:
    body = to_cp1258(article(2).replace("<meta charset=utf-8>", ""))
    web.put(2, labelled(body, "utf-8"))


def odd_charsets(web: Web) -> None:
    text = article(2)
    web.put(2, labelled(text.encode(), "utf-8-unheard-of"))
    web.put(4, labelled(text.replace("charset=utf-8", "charset=iso-8859-1").encode(), "utf-8"))
    web.put(5, labelled(text.replace("charset=utf-8", "charset=utf-16").encode("utf-16"), "utf-16"))


def all_golden(seen: Seen) -> Faults:
    """However it was labelled, it is the same text: three addresses, one article."""
    copies = seen.value("SELECT count(*) FROM copies")
    faults = reads_golden(seen)
    return faults + (
        [] if copies == 5 and len(seen.stored) == 3 else [f"{copies} copies, {len(seen.stored)} articles"]
    )


TCVN3 = dict(
    zip(
        "ăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵĐ",
        "¨©ª«¬­®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ§",
        strict=True,
    )
)


def legacy_font(web: Web) -> None:
    """As the font .VnTime shows it: capitals with marks are small letters in a font of capitals."""
    text = "".join(TCVN3.get(c, TCVN3.get(c.lower(), c)) for c in article(2))
    web.put(2, http(text))


def reads_golden_in_small(seen: Seen) -> Faults:
    """The letters are right; which of them were capitals, the bytes do not tell."""
    paragraphs = seen.stored.get(ART, {}).get("paragraphs", [])
    same = [p.casefold() for p in paragraphs] == [p.casefold() for p in GOLDEN]
    return [] if same else [f"reads {paragraphs[:1]}"]


def with_nul(web: Web) -> None:
    web.put(2, http(article(2).encode().replace(" tổ chức ".encode(), " tổ\0 chức ".encode())))


def decomposed(web: Web) -> None:
    web.put(2, http(unicodedata.normalize("NFD", article(2))))
    web.put(4, http(article(2)))


def one_article(seen: Seen) -> Faults:
    copies, articles = (seen.value(f"SELECT count(*) FROM {t}") for t in ("copies", "articles"))
    return reads_golden(seen) + (
        [] if (copies, articles) == (4, 3) else [f"{copies} copies of {articles} articles"]
    )


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n" + b"0" * 500
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 500


def emptied(web: Web, database: str) -> None:
    del database
    web.put(2, http(b""))
    refresh_listing(web, {ART: "Một tiêu đề khác hẳn của cùng bài viết"})


def page_of(body: str) -> Page:
    return Page(
        url="http://mattran.example.vn/tin/bai-viet-so-2.html",
        body=body.encode(),
        fetched_at=datetime.now(UTC),
        content_type="text/html; charset=utf-8",
    )


def read_in(body: str, seconds: float) -> Faults:
    began = time.thread_time()  # a busy machine is no pattern that goes back
    read(page_of(body))
    return bound("seconds", time.thread_time() - began, seconds)


def deep() -> Faults:
    body = "<html><body>" + "<div>" * 200_000 + "chữ" + "</div>" * 200_000 + "</body></html>"
    faults = read_in(body, 2.0)
    if read(page_of(body)).article is not None:
        faults.append("an article was made of it")
    return faults


def slow_parsers() -> Faults:
    return read_in("<a " * 60_000, 1.0) + read_in("<!--" * 50_000, 1.0)


def digits() -> Faults:
    bait = "1" * 100_000
    slashed = "1/" * 50_000
    dated = article(2, more=bait).replace("12/11/2026", slashed)
    return read_in(article(2, title=bait), 0.2) + read_in(dated, 0.2) + read_in(article(2, more=slashed), 0.2)


def patient_reader() -> None:
    """Read whatever comes, however deep or long: with the tolerant parser that the reader does without."""
    from bs4 import BeautifulSoup

    from crawler.reading import reader

    real = reader.read

    def with_html_parser(page: Page, *args: object, **more: object) -> object:
        BeautifulSoup(page.body[:60_000], "html.parser")
        return real(page, *args, **more)  # type: ignore[arg-type]

    globals()["read"] = with_html_parser


CASES = [
    Case(
        42,
        "cp1258 labelled utf-8",
        cp1258_as_utf8,
        [],
        stored=(1, 2, 3),
        check=reads_golden,
        without=take_out("crawler.reading.decoding", REPLACEMENT_LIMIT=2.0),
    ),
    Case(
        43,
        "unknown charset, meta against header, UTF-16",
        odd_charsets,
        [],
        stored=None,
        check=all_golden,
        without=take_out(
            "crawler.reading.decoding", _decode=lambda body, content_type: body.decode("cp1252", "replace")
        ),
    ),
    Case(
        44,
        "TCVN3 font text",
        legacy_font,
        [],
        stored=(1, 2, 3),
        check=reads_golden_in_small,
        without=take_out("vietnam.writing", decode_legacy=lambda text: None),
    ),
    Case(
        45,
        "NUL bytes in the page",
        with_nul,
        [],
        stored=(1, 2, 3),
        check=reads_golden,
        without=take_out(
            "crawler.reading.decoding",
            decode_both=lambda body, content_type=None: (body.decode("utf-8", "replace"), body),
        ),
    ),
    Case(
        46,
        "decomposed text",
        decomposed,
        [],
        stored=None,
        check=one_article,
        without=take_out("vietnam.writing", clean=lambda text: text),
    ),
    Case(
        47,
        "PDF and picture labelled text/html",
        put(http(PDF), http(PNG)),
        ["not_html"],
        without=both(  # the fetcher's look at the first bytes, and the reader's behind it
            take_out("crawler.fetching.fetcher", NOT_TEXT=()),
            take_out("crawler.reading.kinds", kind_of_bytes=lambda page: None),
        ),
    ),
    Case(
        48,
        "empty 200 in place of a known article",
        then=emptied,
        errors=["parse_incomplete"],
        stored=(1, 2, 3),
        check=kept_before,
        nothing="there is nothing to read",
    ),
    Case(
        49,
        "200,000 nested elements",
        pure=deep,
        seconds=10,
        nothing="libxml2 stops at its own depth and says so; the reader heeds it",
    ),
    Case(
        50,
        "unclosed tags and comments by the ten thousand",
        pure=slow_parsers,
        seconds=10,
        without=patient_reader,
    ),
    Case(
        51,
        "100 kB of digits where a date or title is expected",
        pure=digits,
        seconds=10,
        nothing="no pattern goes back: there is nothing to take out",
    ),
]
