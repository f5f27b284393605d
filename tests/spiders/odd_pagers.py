"""Sites whose lists turn their pages by no plain link, or by none at all, or stand beside boxes like them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.loopback import http
from tests.spiders.odd_sites import PER_PAGE, OddSite
from tests.spiders.small_portal import News


class Loaded(OddSite):
    """Later pages are rows alone, loaded from an address that no link has."""

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) if number == 1 else f"/nap/{slug}?page={number}"

    def listing(self, slug: str, number: int) -> str:
        return super().listing(slug, 1) if number == 1 else self.rows(self.shown(slug, number))

    def shown(self, slug: str, number: int) -> list[News]:
        return self.news[slug][(number - 1) * PER_PAGE : number * PER_PAGE]


class JoinedByScript(Loaded):
    """A button without an address: a script adds the number to one."""

    def pager(self, slug: str, number: int, last: int) -> str:
        return (
            "<button id='them' type='button'>Xem thêm tin</button><script>let trang = 2; $('#them').click("
            f"() => $.get('/nap/{slug}?page=' + trang++, rows => $('.list').append(rows)));</script>"
        )


class RowsAsData(Loaded):
    """A button with address and offset; what it loads is JSON, an object a row."""

    def page_path(self, slug: str, number: int) -> str:
        after = f"/nap/{slug}?offset={(number - 1) * PER_PAGE}&limit={PER_PAGE}"
        return self.section_path(slug) if number == 1 else after

    def pager(self, slug: str, number: int, last: int) -> str:
        told = f"data-offset='{PER_PAGE}' data-limit='{PER_PAGE}'"
        return f"<a href='#' class='them' data-url='/nap/{slug}' {told}>Tải thêm tin</a>"

    def own(self, path: str) -> bytes | None:
        if not path.startswith("/nap/"):
            return None
        start = int(dict(parse_qsl(urlsplit(path).query))["offset"])
        some = self.news[urlsplit(path).path.rpartition("/")[2]][start : start + PER_PAGE]
        rows = [
            {"id": n.number, "title": n.title, "url": self.article_path(n), "publishedAt": n.day.isoformat()}
            for n in some
        ]
        return http(json.dumps({"total": len(some), "items": rows}), content_type="application/json")


class ScrollMark(OddSite):
    """A mark below the list with the address of the next page; a script loads it when it is seen."""

    def pager(self, slug: str, number: int, last: int) -> str:
        return (
            f"<div class='cuon' data-next='{self.page_path(slug, number + 1)}'></div>"
            if number < last
            else ""
        )


class CalledByNumber(OddSite):
    """Numbers that call a function; it sends a form with a field for the number."""

    def pager(self, slug: str, number: int, last: int) -> str:
        links = "".join(
            f"<b>{n}</b> " if n == number else f"<a href='javascript:denTrang({n})'>{n}</a> "
            for n in range(1, last + 1)
        )
        form = f"<form name='loc' action='/{slug}/'><input type='hidden' name='page' value='{number}'></form>"
        return f"{form}<div class='paging'>{links}</div>"


class BoxOfPages(OddSite):
    """A drop-down box of pages."""

    def pager(self, slug: str, number: int, last: int) -> str:
        options = "".join(
            f"<option value='{self.page_path(slug, n)}'>{n}</option>" for n in range(1, last + 1)
        )
        return f"Trang <select onchange='location.href = this.value'>{options}</select>"


class ClickedNumbers(OddSite):
    """Numbers that are no links, made clickable by a script."""

    def pager(self, slug: str, number: int, last: int) -> str:
        cells = "".join(
            f"<td onclick=\"location.href='{self.page_path(slug, n)}'\">{n}</td>" for n in range(1, last + 1)
        )
        return f"<table class='so-trang'><tr>{cells}</tr></table>"


class NumberButtons(OddSite):
    """A form whose buttons are the numbers."""

    def pager(self, slug: str, number: int, last: int) -> str:
        buttons = "".join(f"<button name='page' value='{n}'>{n}</button>" for n in range(1, last + 1))
        return f"<form action='/{slug}/'>{buttons}</form>"


class DrawnArrows(OddSite):
    """Two pictures of arrows without a word, and a number in the path that does not say what it counts."""

    def page_path(self, slug: str, number: int) -> str:
        return f"/{slug}/{number}/" if number > 1 else self.section_path(slug)

    def pager(self, slug: str, number: int, last: int) -> str:
        back = f"<a href='{self.page_path(slug, number - 1)}'><img src='/img/prev.gif'></a>"
        on = f"<a href='{self.page_path(slug, number + 1)}'><img src='/img/next.gif'></a>"
        back, on = back if number > 1 else "", on if number < last else ""
        return f"<div class='paging'>{back} {number}/{last} {on}</div>"


class OlderThan(OddSite):
    """ "Tin cũ hơn" alone, in a box of no name, after the number of the last article shown."""

    def page_path(self, slug: str, number: int) -> str:
        last = self.news[slug][: (number - 1) * PER_PAGE][-1:] if slug in self.news else []
        return f"/{slug}/?truoc={last[0].number}" if number > 1 and last else self.section_path(slug)

    def pager(self, slug: str, number: int, last: int) -> str:
        back = f"<a href='{self.page_path(slug, number - 1)}'>« Tin mới hơn</a>" if number > 1 else ""
        on = f"<a href='{self.page_path(slug, number + 1)}'>Tin cũ hơn »</a>" if number < last else ""
        return f"<div class='di-tiep'>{back} {on}</div>"


class LastLink(OddSite):
    """Pages by an offset in the path; the pager's "Cuối" is a short link with the section's own words."""

    def page_path(self, slug: str, number: int) -> str:
        return f"/{slug}/{(number - 1) * PER_PAGE}" if number > 1 else self.section_path(slug)

    def pager(self, slug: str, number: int, last: int) -> str:
        end = f"<a href='{self.page_path(slug, last)}'>Cuối ›</a>" if number < last else ""
        return super().pager(slug, number, last) + f"<ul><li>{end}</li></ul>"


class PictureCards(OddSite):
    """Cards whose picture alone is linked; the headline stands below it as plain text."""

    def row(self, news: News) -> str:
        path = self.article_path(news)
        return (
            f"<div class='the'><a href='{path}'><img src='/img/{news.number}.jpg' alt='{news.title}'></a>"
            f"<i>{news.day:%d/%m/%Y}</i><div class='ten'>{news.title}</div></div>"
        )

    def aside(self) -> str:
        newest = [n for some in self.news.values() for n in some[:2]]
        items = "".join(f"<li><a href='{self.article_path(n)}'>{n.title}</a></li>" for n in newest)
        return f"<div class='cot'><div class='td'>Tin mới</div><ul>{items}</ul></div>"


class BoxOnEachPage(OddSite):
    """Bare rows, and beside them on each page a box of the newest of all subjects that no name tells."""

    def rows(self, news: list[News]) -> str:
        rows = "".join(
            f"<tr><td><a href='{self.article_path(n)}'>{n.title}</a> ({n.day:%d/%m/%Y})</td></tr>"
            for n in news
        )
        return f"<table>{rows}</table>"

    def aside(self) -> str:
        newest = sorted((n for some in self.news.values() for n in some), key=lambda n: n.day)[-7:]
        items = "".join(f"<li><a href='{self.article_path(n)}'>{n.title}</a></li>" for n in newest)
        return f"<div><div>Tin mới</div><ul>{items}</ul></div>"


class ThreeColumns(OddSite):
    """Old tables: news in brief in the left column, the date of a row of the list in the row below it."""

    def frame(self, title: str, body: str) -> str:
        newest = sorted((n for some in self.news.values() for n in some), key=lambda n: n.day)[-6:]
        brief = "".join(
            f"<tr><td><a href='{self.article_path(n)}'>{n.title}</a> ({n.day:%d/%m})</td></tr>"
            for n in newest
        )
        columns = (
            f"<td width='200'><table><tr><td>TIN NHANH</td></tr>{brief}</table></td>"
            f"<td width='600'>{body}</td><td width='200'>&nbsp;</td>"
        )
        return super().frame(title, f"<table width='1000'><tr>{columns}</tr></table>")

    def rows(self, news: list[News]) -> str:
        rows = "".join(
            f"<tr><td><a href='{self.article_path(n)}'>{n.title}</a></td></tr>"
            f"<tr><td>{n.day:%d/%m/%Y}</td></tr>"
            for n in news
        )
        return f"<table width='100%'>{rows}</table>"


class FramedLists(OddSite):
    """Section pages that are a heading and a frame; the list and its pager stand in the frame."""

    def section_path(self, slug: str) -> str:
        return f"/khung/{slug}/"

    def page_path(self, slug: str, number: int) -> str:
        return f"/khung/{slug}/?page={number}" if number > 1 else self.section_path(slug)

    def links(self, slugs: Iterator[str] | None = None) -> list[tuple[str, str]]:
        return [(f"/{slug}/", self.names[slug][0]) for slug in slugs or self.names]

    def own(self, path: str) -> bytes | None:
        slug = path.strip("/")
        if slug not in self.news:
            return None
        name = self.names[slug][0]
        return http(self.frame(name, f"<h1>{name}</h1><iframe src='{self.section_path(slug)}'></iframe>"))

    def listing(self, slug: str, number: int) -> str:
        shown = self.news[slug][(number - 1) * PER_PAGE : number * PER_PAGE]
        pager = self.pager(slug, number, -(-len(self.news[slug]) // PER_PAGE))
        return f"<html><meta charset='utf-8'><body>{self.rows(shown)}{pager if shown else ''}</body></html>"


class SitemapByRobots(OddSite):
    """Lists of one page, all of one length, and a sitemap that robots.txt names."""

    turns: ClassVar[bool] = False

    def expected(self) -> dict[str, str]:
        return super().expected() | {"/ban-do/tin.xml": "news"}

    def pager(self, slug: str, number: int, last: int) -> str:
        return ""

    def own(self, path: str) -> bytes | None:
        if path == "/robots.txt":
            text = f"User-agent: *\nDisallow: /quan-tri/\nSitemap: {self.at('/ban-do/tin.xml')}\n"
            return http(text, content_type="text/plain")
        if path != "/ban-do/tin.xml":
            return None
        paths = [self.article_path(n) for some in self.news.values() for n in some]
        rows = "".join(f"<url><loc>{self.at(path)}</loc></url>" for path in paths)
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
        return http(body, content_type="application/xml")


class FeedsAlone(OddSite):
    """Pages that a script fills, and a page "RSS" with a feed for each section."""

    turns: ClassVar[bool] = False

    def section_path(self, slug: str) -> str:
        return f"/kenh/{slug}.rss"

    def menu(self) -> str:
        return "<nav class='menu'><a href='/'>Trang chủ</a> <a href='/rss'>RSS</a></nav>"

    def home(self) -> str:
        return self.frame(self.title, "<div id='app'></div><script src='/app.js'></script>")

    def own(self, path: str) -> bytes | None:
        if path == "/rss":
            links = "".join(f"<p><a href='{to}'>{name}</a></p>" for to, name in self.links(iter(self.news)))
            return http(self.frame("RSS", f"<h1>Kênh RSS</h1>{links}"))
        slug = next((slug for slug in self.news if path == self.section_path(slug)), None)
        return http(self.feed(slug), content_type="application/rss+xml") if slug is not None else None

    def feed(self, slug: str) -> str:
        items = "".join(
            f"<item><title>{n.title}</title><link>{self.at(self.article_path(n))}</link>"
            f"<pubDate>{n.day:%a, %d %b %Y %H:%M:%S} +0700</pubDate></item>"
            for n in self.news[slug]
        )
        return f'<rss version="2.0"><channel><title>{self.title}</title>{items}</channel></rss>'


PAGERS: tuple[type[OddSite], ...] = (
    JoinedByScript, RowsAsData, ScrollMark, CalledByNumber, BoxOfPages, ClickedNumbers, NumberButtons,
    DrawnArrows, OlderThan, LastLink, PictureCards, BoxOnEachPage, ThreeColumns, FramedLists,
    SitemapByRobots, FeedsAlone,
)  # fmt: skip
