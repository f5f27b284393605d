"""Cases 17-41: answers that are late, cut, endless, packed or wrong."""

from __future__ import annotations

import gzip
import itertools
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import brotli
from sqlalchemy import text

from crawler.running import crawl as crawling
from storage.engine import open_database
from tests.hostile.trial import Case, Faults, Seen, both, take_out
from tests.hostile.web import Web, article, article_path, dripping, endless, in_turn, page, raw
from tests.loopback import Answer, Asked, Chunks, http

ART = article_path(2)
PATIENT = {"timeout": 1.5}
NO_CAP = take_out("crawler.settings", DOWNLOAD_MAXSIZE=1 << 40)
NO_HEADER_CAP = take_out("crawler.fetching.transfer", HEADER_LIMIT=1 << 40)
ACCEPT_LOSS = take_out("crawler.settings", DOWNLOAD_FAIL_ON_DATALOSS=False)


def no_time_limit() -> None:
    """Let an answer take a minute."""
    with_limit = crawling.settings_of
    take_out(
        "crawler.running.crawl", settings_of=lambda options: with_limit(replace(options, timeout=60.0))
    )()


def put(answer: Answer | None, *more: Answer | None) -> Callable[[Web], None]:
    """A web with an answer in the place of the second article, and others as articles 4, 5 …"""

    def build(web: Web) -> None:
        for number, given in zip((2, 4, 5, 6, 7), (answer, *more), strict=False):
            web.put(number, given)

    return build


def beside(answer: Answer | None) -> Callable[[Web], None]:
    """The same, and a second portal that must not notice."""

    def build(web: Web) -> None:
        web.put(2, answer)
        other = web.site()
        web.other(1, other)
        other.pages[ART] = page(2)

    return build


def other_is_well(seen: Seen) -> Faults:
    other = seen.results[1]
    faults = [] if other.verdict == "new" else [f"the portal beside it came to {other.verdict}"]
    return faults + ([f"it took {other.seconds:.1f} s"] if other.seconds > 3 else [])


def in_time(seen: Seen) -> Faults:
    return other_is_well(seen)


def silent(_: Asked) -> Iterator[bytes]:
    threading.Event().wait(8)
    yield b""


def spaced(seen: Seen) -> Faults:
    times = [asked.at for asked in seen.hits(ART)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    faults = [] if len(times) == 3 else [f"{len(times)} tries, not 3"]
    if any(gap < 2 for gap in gaps):
        faults.append(f"tried again after {min(gaps):.2f} s")
    if len(gaps) == 2 and gaps[1] < 1.5 * gaps[0]:
        faults.append("the pauses do not grow")
    return faults


FULL = article(2).encode()
CUT = FULL[: FULL.index("Đợt 2. Hội nghị".encode())]


def framed(body: bytes, *headers: str) -> bytes:
    """A 200 answer with just these headers."""
    return raw("\n".join(("HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", *headers)), body)


def closing(data: bytes) -> Callable[[Asked], Chunks]:
    """An answer after which the connection is closed."""

    def answer(_: Asked) -> Chunks:
        yield data

    return answer


def chunked(body: bytes, size: str | None = None, end: bytes = b"0\r\n\r\n") -> bytes:
    length = size if size is not None else f"{len(body):x}"
    return framed(b"%s\r\n%s\r\n%s" % (length.encode(), body, end), "Transfer-Encoding: chunked")


def packed(encoding: str, body: bytes) -> bytes:
    return framed(body, f"Content-Encoding: {encoding}", f"Content-Length: {len(body)}")


ZEROS = FULL + b" " * (20 * 2**20)


def bomb_answers() -> list[bytes]:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    raw_deflate = compressor.compress(ZEROS) + compressor.flush()
    return [
        packed("gzip", gzip.compress(ZEROS)),
        packed("deflate", raw_deflate),
        packed("br", brotli.compress(ZEROS, quality=5)),
        packed("zstd", zstd(ZEROS)),
    ]


def zstd(data: bytes) -> bytes:
    from backports import zstd as library

    return bytes(library.compress(data))


def bombs(web: Web) -> None:
    put(*bomb_answers())(web)


def nested(web: Web) -> None:
    put(packed("gzip, gzip", gzip.compress(gzip.compress(ZEROS))))(web)


UNBOUNDED = take_out("crawler.fetching.handler:GuardedHandler", unpack_limit=1 << 40)


def truncated_later(web: Web, database: str) -> None:
    whole = gzip.compress(article(2, title="Một tiêu đề khác hẳn của cùng bài viết").encode())
    del database
    web.put(2, packed("gzip", whole[: len(whole) // 2]))
    refresh_listing(web, {ART: "Một tiêu đề khác hẳn của cùng bài viết"})


def refresh_listing(web: Web, titles: dict[str, str]) -> None:
    """Print the listing anew with other titles, so that the articles are asked for again."""
    from tests.hostile.web import LISTING, listing

    web.listed.update(titles)
    web.pages[LISTING] = listing(web.listed)


def kept_before(seen: Seen) -> Faults:
    """The text that was there before stands."""
    record = seen.stored.get(ART)
    if record is None:
        return ["the article is gone"]
    whole = "Hội nghị thống nhất" in " ".join(record["paragraphs"])
    return [] if whole and record["revision"] == 1 else ["the text was overwritten"]


def lenient_inflate(body: bytes, window: int, limit: int) -> bytes:
    return zlib.decompressobj(window).decompress(body, limit)


def mislabelled(asked: Asked) -> bytes:
    label = "gzip" in asked.headers.get("accept-encoding", "")
    return framed(FULL, f"Content-Length: {len(FULL)}", *(["Content-Encoding: gzip"] if label else []))


JUNK = bytes(range(256)) * 20


def early_hints(_: Asked) -> Chunks:
    yield b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
    yield page(2)


def endless_hints(_: Asked) -> Chunks:
    for _turn in range(50):
        yield b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
        threading.Event().wait(0.1)
    yield page(4)


def hints(web: Web) -> None:
    put(early_hints, endless_hints)(web)


NOT_MODIFIED = raw('HTTP/1.1 304 Not Modified\nETag: "x"')


def lying(text_of_page: str) -> Answer:
    """A server that knows one ETag for every text."""

    def answer(asked: Asked) -> bytes:
        if asked.headers.get("if-none-match"):
            return NOT_MODIFIED
        return http(text_of_page, ETag='"x"')

    return answer


def lie(web: Web) -> None:
    web.put(2, lying(article(2)))


def a_day_later(web: Web, database: str) -> None:
    web.put(
        2, lying(article(2, more="Bổ sung: hội nghị kéo dài đến chiều cùng ngày với nhiều ý kiến đóng góp."))
    )
    age(database, hours=25)


def age(database: str, hours: float) -> None:
    """Let everything that is known be older by so much: the test's way to wait."""
    engine = open_database(database)
    with engine.begin() as connection:
        for column in ("first_seen_at", "last_seen_at"):
            connection.execute(
                text(f"UPDATE copies SET {column} = strftime('%Y-%m-%d %H:%M:%f', {column}, :by)"),
                {"by": f"-{hours} hours"},
            )
        connection.execute(
            text("UPDATE copies SET published_at = strftime('%Y-%m-%d %H:%M:%f', 'now', :by)"),
            {"by": f"-{hours} hours"},
        )
    engine.dispose()


def edit_was_seen(seen: Seen) -> Faults:
    record = seen.stored.get(ART, {"revision": 0})
    return [] if record["revision"] == 2 else ["the edit behind the same ETag was not seen"]


def no_cookies(seen: Seen) -> Faults:
    sent = [asked.path for asked in seen.web.portal_site.log if "cookie" in asked.headers]
    return [f"cookies were sent back: {sent[:3]}"] if sent else []


def cookies(web: Web) -> None:
    head = "\n".join(f"Set-Cookie: c{n}={'x' * 4000}" for n in range(60))
    web.put(1, framed(article(1).encode(), *head.splitlines(), f"Content-Length: {len(article(1).encode())}"))


def no_nul(seen: Seen) -> Faults:
    found = seen.value(
        "SELECT count(*) FROM copies WHERE instr(coalesce(etag, '') || url || title, char(0)) > 0"
    )
    return ["a NUL reached the database"] if found else []


def odd_headers(web: Web) -> None:
    length = f"Content-Length: {len(FULL)}"
    put(
        framed(FULL, length, "\x80\xff-Name: x"),
        framed(article(4).encode(), f"Content-Length: {len(article(4).encode())}", 'ETag: "a\x00b"'),
        framed(article(5).encode(), f"Content-Length: {len(article(5).encode())}", "no colon here"),
    )(web)


def header_flood(_: Asked) -> Chunks:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    for number in range(100_000):
        yield b"X-%d: y\r\n" % number if number % 100 else b"".join(b"Z-%d: y\r\n" % n for n in range(100))
    yield b"Content-Length: %d\r\n\r\n" % len(FULL) + FULL


def one_big_header(_: Asked) -> Chunks:
    yield b"HTTP/1.1 200 OK\r\nX-Big: " + b"x" * 2**20 + b"\r\nContent-Length: %d\r\n\r\n" % len(FULL) + FULL


SLOW_PAGE = page(2)

CASES = [
    Case(
        17,
        "headers a byte at a time",
        beside(dripping(SLOW_PAGE, 4.0)),
        ["timeout"],
        stored=None,
        options=PATIENT,
        check=in_time,
        without=no_time_limit,
    ),
    Case(
        18,
        "body a byte at a time",
        beside(lambda asked: itertools.chain([SLOW_PAGE[:200]], dripping(SLOW_PAGE[200:], 4.0)(asked))),
        ["timeout"],
        stored=None,
        options=PATIENT,
        check=in_time,
        without=no_time_limit,
    ),
    Case(
        19,
        "accepts and never answers",
        beside(silent),
        ["timeout"],
        stored=None,
        options=PATIENT,
        check=in_time,
        without=no_time_limit,
        seconds=30,
    ),
    Case(
        20,
        "closes with a reset",
        put(None),
        ["reset"],
        options={"retry_wait": 2.0},
        check=spaced,
        without=take_out("crawler.fetching.fetcher", drawn_out=lambda seconds: 0.0),
    ),
    Case(
        21,
        "Content-Length too large",
        put(closing(framed(FULL, f"Content-Length: {len(FULL) + 500}"))),
        ["dataloss"],
        without=ACCEPT_LOSS,
    ),
    Case(
        22,
        "Content-Length too small",
        put(closing(framed(FULL, f"Content-Length: {len(CUT)}"))),
        ["truncated"],
        without=take_out("crawler.fetching.fetcher", ends_early=lambda body: False),
    ),
    Case(
        23,
        "negative and conflicting Content-Length",
        put(
            closing(framed(FULL, "Content-Length: -5")),
            closing(framed(FULL, f"Content-Length: {len(FULL)}", "Content-Length: 10")),
        ),
        ["protocol"],
        nothing="Twisted's parser refuses both",
    ),
    Case(
        24,
        "chunked and Content-Length together",
        put(
            framed(
                b"%x\r\n%s\r\n0\r\n\r\n" % (len(FULL), FULL),
                "Content-Length: 10",
                "Transfer-Encoding: chunked",
            )
        ),
        [],
        stored=(1, 2, 3),
        nothing="it must be read, by the chunks",
    ),
    Case(
        25,
        "chunks cut, bad and impossible",
        put(
            closing(chunked(FULL, end=b"")),
            closing(chunked(FULL, size="zz")),
            closing(chunked(FULL, size="ffffffffffffffff")),
        ),
        ["dataloss"],
        without=ACCEPT_LOSS,
    ),
    Case(
        26,
        "30 MB announced",
        put(
            endless(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 31457280\r\n\r\n" + FULL,
                b" " * 65536,
                30,
            )
        ),
        ["too_large"],
        without=NO_CAP,
    ),
    Case(
        27,
        "endless body, in chunks and bare",
        put(
            endless(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n",
                b"10000\r\n" + b" " * 65536 + b"\r\n",
                200,
            ),
            endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + FULL, b" " * 65536, 200),
        ),
        ["too_large"],
        without=NO_CAP,
    ),
    Case(
        28,
        "endless headers",
        put(endless(b"HTTP/1.1 200 OK\r\n", b"X-Again: " + b"y" * 1000 + b"\r\n", 200)),
        ["header_too_large"],
        without=NO_HEADER_CAP,
    ),
    Case(
        29,
        "100,000 headers; a header of 1 MB",
        put(header_flood, one_big_header),
        ["header_too_large"],
        without=NO_HEADER_CAP,
    ),
    Case(
        30,
        "binary header name, NUL in a value, a line without colon",
        odd_headers,
        None,
        stored=None,
        check=no_nul,
        without=take_out("crawler.fetching.fetcher", without_control=lambda text: text),
    ),
    Case(
        31,
        "60 cookies of 4 kB",
        cookies,
        [],
        stored=(1, 2, 3),
        check=no_cookies,
        without=both(
            take_out("crawler.settings", COOKIES_ENABLED=True),
            take_out(
                "crawler.settings",
                DOWNLOADER_MIDDLEWARES={"scrapy.downloadermiddlewares.cookies.CookiesMiddleware": 700},
            ),
        ),
    ),
    Case(32, "bombs of 20 MB in gzip, deflate, br, zstd", bombs, ["bomb"], without=UNBOUNDED),
    Case(33, "gzip within gzip", nested, ["bomb"], without=UNBOUNDED),
    Case(
        34,
        "gzip that ends in the middle",
        then=truncated_later,
        errors=["truncated"],
        stored=(1, 2, 3),
        check=kept_before,
        without=both(
            take_out("crawler.fetching.decompress", _inflate=lenient_inflate),
            take_out("crawler.fetching.fetcher", ends_early=lambda body: False),
        ),
    ),
    Case(
        35,
        "plain text labelled gzip",
        put(mislabelled, packed("gzip", JUNK)),
        ["bad_encoding"],
        stored=(1, 2, 3),
        hits=2,
        without=take_out("crawler.fetching.fetcher", PLAIN_AGAIN=frozenset()),
    ),
    Case(
        36,
        "an encoding that nobody knows",
        put(packed("x-la", FULL), packed("x-la", JUNK)),
        ["bad_encoding"],
        stored=(1, 2, 3),
        without=take_out("crawler.fetching.decompress", looks_like_text=lambda body: True),
    ),
    Case(
        37,
        "HTTP/0.9, garbage, a status that is no number",
        put(closing(FULL), closing(JUNK), closing(raw("HTTP/1.1 abc OK\nContent-Type: text/html", FULL))),
        ["protocol"],
        nothing="Twisted's parser refuses all three",
    ),
    Case(
        38,
        "status 999, 206 unasked, 204 with a body",
        put(
            closing(raw("HTTP/1.1 999 No\nContent-Type: text/html", FULL)),
            closing(raw("HTTP/1.1 206 Partial\nContent-Type: text/html", FULL)),
            closing(raw("HTTP/1.1 204 Nothing\nContent-Type: text/html", FULL)),
        ),
        ["protocol"],
        without=both(
            take_out("crawler.fetching.fetcher", error_of_status=lambda status, *, retry_after=False: None),
            take_out("crawler.fetching.fetcher", PAGES=range(1000)),
        ),
    ),
    Case(
        39,
        "103 once, and for ever",
        hints,
        ["timeout"],
        stored=(1, 2, 3),
        options=PATIENT,
        without=no_time_limit,
        seconds=30,
    ),
    Case(
        40,
        "304 to no condition",
        put(in_turn(NOT_MODIFIED, page(2)), NOT_MODIFIED),
        ["protocol"],
        stored=(1, 2, 3),
        hits=2,
        without=take_out("crawler.fetching.fetcher", ASK_AGAIN_AFTER_304=False),
    ),
    Case(
        41,
        "the same ETag for another text",
        lie,
        [],
        stored=(1, 2, 3),
        then=a_day_later,
        check=edit_was_seen,
        without=take_out("spiders.recheck", LATER=()),
    ),
]
