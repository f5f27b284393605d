"""Fifteen portals made to hurt, in a process of their own: their addresses on a line, until stdin ends."""

from __future__ import annotations

import gzip
import json
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack

from tests.hostile.web import LISTING, Web, article, dripping, endless, listing, page, raw
from tests.loopback import Answer, Asked, Chunks, http, redirect

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def never(_: Asked) -> Chunks:
    """An answer that does not come."""
    threading.Event().wait(600)
    yield b""


def every_page(answer: Answer | None) -> Callable[[Web], None]:
    """A portal whose listing is honest and whose articles are not."""

    def build(web: Web) -> None:
        for number in range(1, 7):
            web.put(number, answer)

    return build


def first_page(answer: Answer | None) -> Callable[[Web], None]:
    """A portal whose listing hurts."""
    return lambda web: web.pages.update({LISTING: answer})


def calendar(web: Web) -> None:
    """A listing that goes on for ever, each page with an article of its own."""

    def answer_for(number: int) -> Answer:
        web.pages[f"/tin/bai-viet-so-{1000 + number}.html"] = page(number)
        rows = {f"/tin/bai-viet-so-{1000 + number}.html": f"Mặt trận xã phát động đợt {number}"}

        def answer(_: Asked) -> bytes:
            web.pages[f"/tin/?page={number + 1}"] = answer_for(number + 1)
            return listing(rows, f"/tin/?page={number + 1}")

        return answer

    web.pages[LISTING] = answer_for(1)


def robots(answer: Answer | None) -> Callable[[Web], None]:
    """A portal whose robots.txt hurts."""
    return lambda web: web.pages.update({"/robots.txt": answer})


BOMB = raw(
    "HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Encoding: gzip\nConnection: close",
    gzip.compress(b"<p>" + b"0" * 60_000_000),
)
HOSTILE: dict[str, Callable[[Web], None]] = {
    "accepts, never answers": first_page(never),
    "articles never answered": every_page(never),
    "byte by byte": first_page(dripping(page(), 60.0)),
    "closes at once": first_page(None),
    "endless headers": first_page(endless(HEAD, b"X-A: " + b"a" * 1000 + b"\r\n", 50)),
    "endless body": every_page(endless(HEAD + b"\r\n", b"<p>tin</p>" * 1000, 50)),
    "gzip bomb": every_page(BOMB),
    "200,000 nested elements": every_page(http(article(2, more="<div>" * 200_000))),
    "60,000 unclosed tags": every_page(http(article(2, more="<a " * 60_000))),
    "redirects in a circle": every_page(redirect("/tin/bai-viet-so-1.html")),
    "a calendar without end": calendar,
    "robots.txt 500": robots(http("", "500 Internal Server Error")),
    "503 for an hour": first_page(http("", "503 Service Unavailable", Retry_After="3600")),
    "a listing of 30,000 links": first_page(
        listing({f"/tin/bai-viet-so-{n}.html": f"Tin số {n}" for n in range(30_000)})
    ),
    "garbage": first_page(b"\x00\x01 khong phai HTTP\r\n\r\n"),
}


def main() -> None:
    """Serve until the standard input ends."""
    with ExitStack() as ends:
        told = []
        for name, build in HOSTILE.items():
            web = Web()
            ends.callback(web.close)
            build(web)
            web.ready()
            told.append([name, web.portal_site.url])
        print(json.dumps(told), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
