"""The site that speed is measured on: distinct articles of about 40 kB in the shapes of six platforms.

    python -m benchmarks.speed_site --articles 10000    # prints its addresses, serves until stdin ends

The markup is that of the demo portals' themes (tests/portals), widened to what portals really send: styles
and scripts, a large menu, columns of other articles. Each page is a theme's page with another title, number
and text put in, so that a page costs the server a third of a millisecond, and no two articles are alike.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from html import escape
from typing import cast

import uvloop

from tests.portals.corpus import Entry
from tests.portals.events import Text, write_news
from tests.portals.http_values import Request
from tests.portals.portals import PORTALS, DemoPortal, DemoSection
from tests.portals.theme import Theme
from tests.portals.themes import THEMES
from vietnam.stamps import VIETNAM

PLATFORMS = ("nukeviet", "wordpress", "liferay", "sharepoint", "vnpt_portal", "drupal")
SIZE = 40_000
"""Bytes of a page: the median of the two recorded sites is 65 kB and 55 kB."""
PARAGRAPHS = 20
"""Of an article; with 2,900 characters it has the 600 words that news have (engine.md 5b: 605)."""
ROWS = 50
"""Articles on a listing page."""
VARIANTS = 4
"""Editors and dates of a platform's pages."""
_POOL = 240
_NUMBER, _TITLE, _LEAD, _TEXT = 7654321, "Ttitlex", "Lleadx", "Ttextx{:02}"
_TODAY = datetime(2026, 11, 20, 9, 30, tzinfo=VIETNAM)
_WORDS = (
    "nav",
    "widget",
    "item",
    "link",
    "title",
    "date",
    "thumb",
    "panel",
    "content",
    "block",
    "icon",
    "row",
)
_LISTING = """<!doctype html><html lang="vi"><head><title>{name}</title></head><body><main><h1>{name}</h1>
<ul class="news">{rows}</ul>{more}</main></body></html>"""
_ROW = '<li><h3><a href="{path}">{title}</a></h3> <span class="date">{day:%d/%m/%Y}</span></li>'


@dataclass(frozen=True, slots=True)
class Written:
    """What is written in one article."""

    title: str
    lead: str
    paragraphs: tuple[str, ...]


@cache
def _pool() -> tuple[Text, ...]:
    """Invented events, whose titles and paragraphs the articles are put together from."""
    rng = random.Random(7)
    portals = [portal for portal in PORTALS if portal.platform in PLATFORMS]
    organizations = ("MTTQ", "HND", "HLHPN", "DTN", "HCCB")
    return tuple(
        write_news(
            rng, _TODAY.date() - timedelta(days=n % 300), portals[n % len(portals)].district,
            organizations[n % len(organizations)], lead=True, named_province=True,
        )
        for n in range(_POOL)
    )  # fmt: skip


def written(number: int) -> Written:
    """Article ``number``: the same for ever, and no near-copy of another."""
    rng = random.Random(number)
    pool = _pool()
    event = pool[number % len(pool)]
    paragraphs = list(event.paragraphs[:2])
    while len(paragraphs) < PARAGRAPHS:
        paragraphs.append(rng.choice(rng.choice(pool).paragraphs))
    size = 2_900 // PARAGRAPHS
    cut = tuple(
        text if len(text) <= 2 * size else text[: text.rindex(" ", 0, 2 * size)] + "." for text in paragraphs
    )
    return Written(f"{event.title} (đợt {number})", f"{event.lead} Đợt {number} của năm.", cut)


class Shape:
    """One platform's site: ``articles`` of its own, with a listing in pages of fifty.

    A template is a theme's page of a made-up article, cut where title, number, lead and paragraphs stand.
    """

    def __init__(self, platform: str, first: int, articles: int) -> None:
        self.portal = next(portal for portal in PORTALS if portal.platform == platform)
        self.section = self.portal.sections[0]
        self.first, self.articles = first, articles
        self._templates = [_template(self.portal, self.section, variant) for variant in range(VARIANTS)]
        self.numbers = {self.path(n): n for n in range(first, first + articles)}
        self.listing_path = self._templates[0].theme.section_path(self.section)

    def path(self, number: int) -> str:
        """Where an article stands."""
        return self._of(number).path(number)

    def page(self, number: int) -> bytes:
        """An article's page."""
        return self._of(number).page(number)

    def listing(self, page: int) -> bytes:
        """A page of the listing, from 1, newest first."""
        numbers = range(
            self.first + (page - 1) * ROWS, min(self.first + page * ROWS, self.first + self.articles)
        )
        rows = "".join(
            _ROW.format(
                path=self.path(n), title=escape(written(n).title), day=self._of(n).published
            )
            for n in numbers
        )  # fmt: skip
        more = f'<div class="pagination"><a rel="next" href="?page={page + 1}">Trang sau</a></div>'
        last = self.first + page * ROWS >= self.first + self.articles
        return _LISTING.format(name=escape(self.section.name), rows=rows, more="" if last else more).encode()

    def answer(self, target: str) -> bytes | None:
        """The page at a path with query, None where there is none."""
        number = self.numbers.get(target)
        if number is not None:
            return self.page(number)
        path, _, query = target.partition("?")
        if path != self.listing_path:
            return None
        page = re.fullmatch(r"(?:page=(\d+))?", query)
        return self.listing(int(page[1] or 1)) if page else None

    def _of(self, number: int) -> _Template:
        return self._templates[number % VARIANTS]


@dataclass(frozen=True, slots=True)
class _Template:
    theme: Theme
    entry: Entry
    pieces: list[str]
    """The page, cut: at odd places stand the marks."""

    @property
    def published(self) -> datetime:
        return self.entry.published

    def path(self, number: int) -> str:
        marks = self.marks(number)
        marks[_TITLE] = f"Bai-{number}"  # a slug that keeps its capitals
        return _MARKS(self.theme, self.entry).sub(
            lambda mark: marks[mark[0]], self.theme.article_path(self.entry)
        )

    def page(self, number: int) -> bytes:
        marks = self.marks(number)
        article = written(number)
        marks[_TITLE], marks[_LEAD] = escape(article.title), escape(article.lead)
        marks |= {_TEXT.format(n): escape(text) for n, text in enumerate(article.paragraphs)}
        pieces = self.pieces.copy()
        pieces[1::2] = [marks[mark] for mark in pieces[1::2]]
        return "".join(pieces).encode()

    def marks(self, number: int) -> dict[str, str]:
        """What an address has of an article: its number, slug and key."""
        key = self.theme.key(self.entry)
        return {
            key: f"{key[:-8]}{number:08}",
            str(_NUMBER): str(100_000 + number),
            _TITLE.lower(): f"bai-{number}",
        }


def _MARKS(theme: Theme, entry: Entry) -> re.Pattern[str]:  # noqa: N802
    texts = [_TEXT.format(n) for n in range(PARAGRAPHS)]
    marks = [theme.key(entry), str(_NUMBER), _TITLE, _TITLE.lower(), _LEAD, *texts]
    return re.compile("|".join(dict.fromkeys(map(re.escape, marks))))


def _template(portal: DemoPortal, section: DemoSection, variant: int) -> _Template:
    rng = random.Random(f"{portal.platform} {variant}")
    event = _pool()[variant]
    text = replace(
        event, title=_TITLE, lead=_LEAD, paragraphs=tuple(_TEXT.format(n) for n in range(PARAGRAPHS))
    )
    published = _TODAY - timedelta(days=3 + 11 * variant, minutes=97 * variant)
    others = [
        Entry(portal, 900 + n, _pool()[n], published - timedelta(days=n), (section.slug,), f"o{n}")
        for n in range(20, 32)
    ]
    entry = Entry(portal, _NUMBER, text, published, (section.slug,), "t")
    theme = THEMES[portal.platform](portal, [entry, *others], "", _TODAY.date())
    html = theme.respond(Request.of("GET", theme.article_path(entry))).body.decode()
    return _Template(theme, entry, _cut(_widened(html, rng), _MARKS(theme, entry)))


def _cut(html: str, marks: re.Pattern[str]) -> list[str]:
    pieces, at = [], 0
    for mark in marks.finditer(html):
        pieces += [html[at : mark.start()], mark[0]]
        at = mark.end()
    return [*pieces, html[at:]]


def _widened(html: str, rng: random.Random) -> str:
    """A page with what surrounds an article on real portals, up to :data:`SIZE` with its text."""
    menu = "".join(
        f'<li class="{rng.choice(_WORDS)}-item level-{n % 3}"><a href="/muc-{n}/" title="Mục {n}">'
        f"<span>Chuyên mục {n}</span></a></li>"
        for n in range(48)
    )
    cards = "".join(
        f'<div class="{rng.choice(_WORDS)} clearfix"><a class="thumb" href="/khac/{n}.html">'
        f'<img src="/uploads/anh-{n}.jpg" alt="" width="90" height="60"></a><h4 class="card-title">'
        f'<a href="/khac/{n}.html">{escape(_pool()[40 + n].title)}</a></h4></div>'
        for n in range(30)
    )
    html = re.sub(
        r"(<body[^>]*>)", rf'\1<nav class="mega-menu" id="main-menu"><ul>{menu}</ul></nav>', html, count=1
    )
    html = html.replace("</body>", f'<aside class="sidebar" id="right-col">{cards}</aside></body>', 1)
    text = sum(len(text.encode()) for text in written(0).paragraphs)
    missing = max(0, SIZE - len(html.encode()) - text)
    rules = (f".{rng.choice(_WORDS)}-{n}{{margin:{n % 9}px auto;color:#{n:06x}}}" for n in range(10_000))
    calls = (f"var v{n}=document.getElementById('{rng.choice(_WORDS)}-{n}');" for n in range(10_000))
    head = f"<style>{_filled(rules, missing // 2)}</style><script>{_filled(calls, missing // 2)}</script>"
    return html.replace("</head>", f"{head}</head>", 1)


def _filled(lines: Iterator[str], size: int) -> str:
    found: list[str] = []
    while size > 0:
        found.append(next(lines))
        size -= len(found[-1]) + 1
    return "\n".join(found)


def shapes(articles: int) -> list[Shape]:
    """The six sites of together ``articles`` articles."""
    shares = [articles * n // len(PLATFORMS) for n in range(len(PLATFORMS) + 1)]
    return [Shape(name, shares[n], shares[n + 1] - shares[n]) for n, name in enumerate(PLATFORMS)]


class _Connection(asyncio.Protocol):
    """As little of HTTP/1.1 as the clients here need: GET, keep-alive."""

    def __init__(self, answer: Callable[[str], bytes | None]) -> None:
        self.answer = answer
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            line, self.received = self.received[: self.received.index(b"\r\n")], self.received[end + 4 :]
            body = self.answer(line.split(b" ")[1].decode())
            status = b"200 OK" if body is not None else b"404 Not Found"
            body = body if body is not None else b"<html><body>404</body></html>"
            self.transport.write(
                b"HTTP/1.1 %b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n%b"
                % (status, len(body), body)
            )


async def serve(articles: int) -> None:
    """Serve on six ports of loopback; the addresses, sections and articles' paths go to stdout."""
    loop = asyncio.get_running_loop()
    told = []
    for shape in shapes(articles):
        server = await loop.create_server(partial(_Connection, shape.answer), "127.0.0.1", 0)
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        told.append(
            {
                "platform": shape.portal.platform, "url": base, "section": shape.listing_path,
                "articles": list(shape.numbers),
            }
        )  # fmt: skip
    print(json.dumps(told), flush=True)
    ended = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(ended), sys.stdin)
    await ended.read()


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--articles", type=int, default=10_000)
    uvloop.run(serve(cli.parse_args().articles))


if __name__ == "__main__":
    main()
