"""Sites whose sections stand in odd places: one class a shape, all with the same sections and articles.

Each knows what discovery should find: ``expected`` sections with their scopes, ``platform``, whether its
lists ``turn`` pages, and the addresses of the articles that a crawl should keep.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import ClassVar, Generic, Protocol, TypeVar

from tests.loopback import NOT_FOUND, Asked, Reply, Site, http, redirect
from tests.spiders.small_portal import News
from vietnam.dates import VIETNAM

HOST_NAME = "Trang thông tin điện tử huyện Thọ Xuân, tỉnh Thanh Hóa"
ADDRESS = "Địa chỉ: thị trấn Thọ Xuân, huyện Thọ Xuân, tỉnh Thanh Hóa. Điện thoại: 0237 3833 123"
PER_PAGE = 8
NAMES: dict[str, tuple[str, str]] = {
    "mat-tran": ("Mặt trận Tổ quốc", "front"),
    "hoi-phu-nu": ("Hội Liên hiệp Phụ nữ", "front"),
    "tin-tuc": ("Tin tức - Sự kiện", "news"),
    "kinh-te": ("Kinh tế", "other"),
    "van-ban": ("Văn bản chỉ đạo", "none"),
    "gioi-thieu": ("Giới thiệu", "none"),
}
"""Sections by slug: what menus call them, and ``front``, ``news`` or what discovery leaves alone."""
SIZES = {"mat-tran": 19, "hoi-phu-nu": 11, "tin-tuc": 21, "kinh-te": 6}


def corpus() -> dict[str, list[News]]:
    """The articles of each section, newest first; a third of the news and all of economy are off topic."""
    start = datetime.now(VIETNAM).replace(microsecond=0) - timedelta(days=102)
    found, number = {}, 0
    for section, size in SIZES.items():
        found[section] = [
            News(
                number + n,
                start + timedelta(days=n * 5, minutes=number),
                section,
                off_topic=section == "kinh-te" or (section == "tin-tuc" and n % 3 == 0),
            )
            for n in reversed(range(size))
        ]
        number += size
    return found


class Written(Protocol):
    """What a site must know of an article."""

    @property
    def number(self) -> int: ...

    @property
    def section(self) -> str: ...

    @property
    def day(self) -> datetime: ...

    @property
    def off_topic(self) -> bool: ...

    @property
    def title(self) -> str: ...

    def paragraphs(self) -> list[str]: ...


Writing = TypeVar("Writing", bound=Written)


@dataclass
class SectionedSite(Site, Generic[Writing]):
    """A plain site with its sections in a menu; each shape changes one or two things of it."""

    platform: ClassVar[str] = "unknown"
    turns: ClassVar[bool] = True
    names: ClassVar[dict[str, tuple[str, str]]] = NAMES
    title: ClassVar[str] = HOST_NAME
    news: dict[str, list[Writing]] = field(default_factory=dict)

    # -- what should be found -------------------------------------------------------------------------

    def expected(self) -> dict[str, str]:
        """Sections that discovery should find, by path, with their scopes."""
        return {
            self.section_path(slug): scope
            for slug, (_, scope) in self.names.items()
            if scope in ("front", "news")
        }

    def kept(self) -> set[str]:
        """Addresses of the articles that a crawl of the right record keeps."""
        wanted = [slug for slug, (_, scope) in self.names.items() if scope in ("front", "news")]
        return {self.at(self.article_path(n)) for slug in wanted for n in self.news[slug] if not n.off_topic}

    def at(self, path: str) -> str:
        return self.url.rstrip("/") + path

    # -- addresses ------------------------------------------------------------------------------------

    def section_path(self, slug: str) -> str:
        return f"/{slug}/"

    def page_path(self, slug: str, number: int) -> str:
        return f"/{slug}/?page={number}" if number > 1 else self.section_path(slug)

    def article_path(self, news: Writing) -> str:
        return f"/{news.section}/bai-viet-so-{news.number}-{10_000 + news.number}.html"

    def section_of(self, path: str) -> tuple[str, int] | None:
        """Which section and page an address is."""
        for slug in self.names:
            for number in range(1, 12):
                if path == self.page_path(slug, number):
                    return slug, number
        return None

    # -- pages ----------------------------------------------------------------------------------------

    def links(self, slugs: Iterator[str] | None = None) -> list[tuple[str, str]]:
        return [(self.section_path(slug), self.names[slug][0]) for slug in slugs or self.names]

    def menu(self) -> str:
        items = "".join(f"<li><a href='{path}'>{name}</a></li>" for path, name in self.links())
        return f"<nav class='menu'><ul><li><a href='/'>Trang chủ</a></li>{items}</ul></nav>"

    def aside(self) -> str:
        """What stands on every page beside the content."""
        return ""

    def footer(self) -> str:
        return f"<footer><p>{ADDRESS}</p></footer>"

    def head(self) -> str:
        return ""

    def frame(self, title: str, body: str) -> str:
        return (
            f"<!doctype html><html lang='vi'><head><meta charset='utf-8'><title>{title}</title>{self.head()}"
            f"</head><body>{self.menu()}<main>{body}</main>{self.aside()}{self.footer()}</body></html>"
        )

    def home(self) -> str:
        newest = sorted((n for some in self.news.values() for n in some), key=lambda n: n.day)[-6:]
        return self.frame(self.title, self.rows(newest))

    def rows(self, news: list[Writing]) -> str:
        return "<div class='list'>" + "".join(map(self.row, news)) + "</div>"

    def row(self, news: Writing) -> str:
        return (
            f"<div class='item'><h3><a href='{self.article_path(news)}'>{news.title}</a></h3>"
            f"<span class='date'>{news.day:%d/%m/%Y}</span><p>{news.paragraphs()[0][:90]}</p></div>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        links = "".join(
            f"<b>{n}</b>" if n == number else f"<a href='{self.page_path(slug, n)}'>{n}</a>"
            for n in range(1, last + 1)
        )
        return f"<div class='pagination'>{links}</div>"

    def listing(self, slug: str, number: int) -> str:
        mine = self.news.get(slug, [])
        shown = mine[(number - 1) * PER_PAGE : number * PER_PAGE]
        name = self.names[slug][0]
        if not mine:
            return self.frame(f"{name} - {self.title}", f"<h1>{name}</h1><p>Nội dung {name} của huyện.</p>")
        pager = self.pager(slug, number, ceil(len(mine) / PER_PAGE)) if shown else ""
        return self.frame(f"{name} - {self.title}", f"<h1>{name}</h1>{self.rows(shown)}{pager}")

    def article(self, news: Writing) -> str:
        text = "".join(f"<p>{p}</p>" for p in news.paragraphs())
        return self.frame(
            f"{news.title} - {self.title}",
            f"<article><h1>{news.title}</h1><time datetime='{news.day.isoformat()}'>"
            f"{news.day:%d/%m/%Y %H:%M}</time><div class='content'>{text}</div></article>",
        )

    def answer_to(self, asked: Asked) -> Reply:
        """Answer with the shape's own page, else a listing, an article, the home page or 404."""
        self.log.append(asked)
        own = self.own(asked.path)
        if own is not None:
            return own
        if asked.path == "/":
            return http(self.home())
        if (found := self.section_of(asked.path)) is not None:
            return http(self.listing(*found))
        for news in (n for some in self.news.values() for n in some):
            if asked.path == self.article_path(news):
                return http(self.article(news))
        return NOT_FOUND

    def own(self, path: str) -> bytes | None:
        """A page that only this shape has."""
        return None


@dataclass
class OddSite(SectionedSite[News]):
    """One with its sections in an odd place."""

    news: dict[str, list[News]] = field(default_factory=corpus)


class PlainMenu(OddSite):
    """A menu as most have it."""


class NestedMenu(OddSite):
    """Ours on the third level of the menu, below names that say nothing."""

    def menu(self) -> str:
        (mt, hpn, *others) = self.links()
        inner = "".join(f"<li><a href='{path}'>{name}</a></li>" for path, name in (mt, hpn))
        rest = "".join(f"<li><a href='{path}'>{name}</a></li>" for path, name in others)
        return (
            f"<div id='nav'><ul class='level1'><li><a href='#'>Chuyên trang</a><ul><li><a href='#'>Khối</a>"
            f"<ul>{inner}</ul></li></ul></li>{rest}</ul></div>"
        )


class FooterMenu(OddSite):
    """Sections linked in the footer alone."""

    def menu(self) -> str:
        return "<div class='top'><a href='/'><img src='/logo.png' alt='logo'></a></div>"

    def footer(self) -> str:
        links = " | ".join(f"<a href='{path}'>{name}</a>" for path, name in self.links())
        return f"<footer><div>{links}</div><p>{ADDRESS}</p></footer>"


class InlineJsonMenu(OddSite):
    """A menu that a script builds from JSON in the page."""

    def menu(self) -> str:
        tree = [
            {"id": n, "title": name, "url": path, "children": []}
            for n, (path, name) in enumerate(self.links())
        ]
        tree = [{"id": 90, "title": "Chuyên mục", "url": "#", "children": tree}]
        return f"<div id='menu'></div><script>window.__MENU__ = {json.dumps(tree)};</script>"


class JsonFileMenu(OddSite):
    """A menu that a script loads from a JSON file."""

    def menu(self) -> str:
        return "<div id='menu'></div><script>fetch('/data/menu.json').then(r => r.json()).then(draw)</script>"

    def own(self, path: str) -> bytes | None:
        if path != "/data/menu.json":
            return None
        rows = [{"ten": name, "duongDan": address} for address, name in self.links()]
        return http(json.dumps({"items": rows}, ensure_ascii=False), content_type="application/json")


class SelectMenu(OddSite):
    """A drop-down box that leads to the section chosen."""

    def menu(self) -> str:
        options = "".join(f"<option value='{path}'>{name}</option>" for path, name in self.links())
        return f"<select onchange='location.href=this.value'><option>Chuyên mục</option>{options}</select>"


class ClickMenu(OddSite):
    """Cells that a script makes clickable."""

    def menu(self) -> str:
        cells = "".join(
            f"<td onclick=\"window.location.href='{path}'\">{name}</td>" for path, name in self.links()
        )
        return f"<table><tr>{cells}</tr></table>"


class PictureMenu(OddSite):
    """Banners and an image map; the names stand in ``alt``."""

    def menu(self) -> str:
        (first, *others) = self.links()
        areas = "".join(f"<area href='{path}' alt='{name}' coords='0,0,9,9'>" for path, name in others)
        return f"<a href='{first[0]}'><img src='/b.png' alt='{first[1]}'></a><map name='m'>{areas}</map>"


class Frameset(OddSite):
    """A home page of frames, the menu in one of them."""

    def menu(self) -> str:
        return ""

    def own(self, path: str) -> bytes | None:
        if path == "/":
            return http(
                f"<html><head><title>{self.title}</title></head><frameset cols='20%,*'>"
                "<frame src='/menu.html'><frame src='/noi-dung.html'></frameset></html>"
            )
        if path == "/menu.html":
            links = "<br>".join(f"<a target='main' href='{path}'>{name}</a>" for path, name in self.links())
            return http(f"<html><body>{links}</body></html>")
        return http(self.home()) if path == "/noi-dung.html" else None


class IntroPage(OddSite):
    """A splash page that sends its visitor on after some seconds."""

    def own(self, path: str) -> bytes | None:
        if path == "/":
            return http(
                "<html><head><meta http-equiv='refresh' content='3; url=/trang-chu'><title>Chào mừng</title>"
                "</head><body><img src='/chao.jpg' alt='Chào mừng'></body></html>"
            )
        return http(self.home()) if path == "/trang-chu" else None


class MapOfTheSite(OddSite):
    """No menu that can be read; a page "Sơ đồ trang" has everything."""

    def menu(self) -> str:
        return "<div class='top'><a href='/so-do-trang.html'>Sơ đồ trang</a></div>"

    def own(self, path: str) -> bytes | None:
        if path != "/so-do-trang.html":
            return None
        items = "".join(f"<li><a href='{path}'>{name}</a></li>" for path, name in self.links())
        return http(self.frame(f"Sơ đồ trang - {self.title}", f"<ul>{items}</ul>"))


class XmlSitemap(OddSite):
    """Sections in sitemap.xml alone, named by their addresses."""

    def menu(self) -> str:
        return "<div id='app'></div>"

    def own(self, path: str) -> bytes | None:
        if path == "/robots.txt":
            return http(f"User-agent: *\nSitemap: {self.url}sitemap.xml\n", content_type="text/plain")
        if path != "/sitemap.xml":
            return None
        rows = "".join(f"<url><loc>{self.at(path)}</loc></url>" for path, _ in self.links())
        rows += "".join(
            f"<url><loc>{self.at(self.article_path(n))}</loc></url>"
            for some in self.news.values()
            for n in some
        )
        return http(
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>',
            content_type="application/xml",
        )


class BlockHeadings(OddSite):
    """No menu; the home page has a block for each section, its heading linked."""

    def menu(self) -> str:
        return ""

    def home(self) -> str:
        blocks = "".join(
            f"<div class='box'><h2><a href='{path}'>{name}</a></h2>"
            f"{self.rows(self.news.get(slug, [])[:3])}</div>"
            for slug, (path, name) in zip(self.names, self.links(), strict=True)
        )
        return self.frame(self.title, blocks)


class Abbreviations(OddSite):
    """Names without accents, in capitals, as abbreviations."""

    names: ClassVar[dict[str, tuple[str, str]]] = {
        "mat-tran": ("UBMTTQ", "front"),
        "hoi-phu-nu": ("HOI LHPN", "front"),
        "tin-tuc": ("TIN TUC", "news"),
        "kinh-te": ("KINH TE", "other"),
        "van-ban": ("VB", "none"),
    }

    def section_path(self, slug: str) -> str:
        return f"/c{list(self.names).index(slug) + 3}/"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"trang-{number}" if number > 1 else "")


class QueryTables(OddSite):
    """A site of 2008: tables, everything in the query."""

    def section_path(self, slug: str) -> str:
        return f"/?cat={list(self.names).index(slug) + 11}&mod=news"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"&trang={number}" if number > 1 else "")

    def article_path(self, news: News) -> str:
        return f"/?id={news.number + 300}&mod=view"

    def menu(self) -> str:
        rows = "".join(f"<tr><td><a href='{path}'>{name}</a></td></tr>" for path, name in self.links())
        return f"<table width='980'><tr><td><table>{rows.replace('&mod', '&amp;mod')}</table></td><td>"

    def footer(self) -> str:
        return f"</td></tr></table><center>{ADDRESS}</center>"

    def rows(self, news: list[News]) -> str:
        cells = "".join(
            f"<tr><td><a href='{self.article_path(n).replace('&', '&amp;')}'><b>{n.title}</b></a>"
            f" <i>({n.day:%d/%m/%Y})</i><br>{n.paragraphs()[0][:80]}...</td></tr>"
            for n in news
        )
        return f"<table>{cells}</table>"


class OffsetPages(OddSite):
    """Pages by offset, with arrows for links."""

    def page_path(self, slug: str, number: int) -> str:
        return f"/{slug}/?start={(number - 1) * PER_PAGE}" if number > 1 else self.section_path(slug)

    def pager(self, slug: str, number: int, last: int) -> str:
        more = f"<a href='{self.page_path(slug, number + 1)}'>»</a>" if number < last else ""
        return f"<p class='phan-trang'>Trang {number}/{last} {more}</p>"


class HeadlineDecoys(OddSite):
    """Short headlines that name organizations, in a ticker in the menu and in boxes everywhere."""

    def menu(self) -> str:
        return super().menu().replace("</ul></nav>", f"{self.ticker()}</ul></nav>")

    def ticker(self) -> str:
        titles = ["Hội Phụ nữ xã tặng quà", "MTTQ huyện ra quân", "Đoàn xã thăm hỏi", "Công đoàn sơ kết quý"]
        return "".join(
            f"<li><a href='{self.article_path(n)}'>{title}</a></li>"
            for title, n in zip(titles, self.news["tin-tuc"], strict=False)
        )

    def aside(self) -> str:
        return f"<div class='tin-moi'><h3>Tin mới</h3><ul>{self.ticker()}</ul></div>"


class SubsectionsOnly(OddSite):
    """The entry "Đoàn thể" leads to a page without articles, with the organizations' sections below."""

    def menu(self) -> str:
        (_, _, *others) = self.links()
        items = "".join(f"<li><a href='{path}'>{name}</a></li>" for path, name in others)
        return f"<nav><ul><li><a href='/khoi-doan-the/'>Khối đoàn thể</a></li>{items}</ul></nav>"

    def own(self, path: str) -> bytes | None:
        if path != "/khoi-doan-the/":
            return None
        cards = "".join(
            f"<div class='card'><h4><a href='{path}'>{name}</a></h4></div>" for path, name in self.links()[:2]
        )
        return http(self.frame(f"Khối đoàn thể - {self.title}", cards))


@dataclass
class OnePage(OddSite):
    """A young site whose sections fit on one page each."""

    turns: ClassVar[bool] = False
    news: dict[str, list[News]] = field(
        default_factory=lambda: {slug: some[:5] for slug, some in corpus().items()}
    )


class RedirectedHome(OddSite):
    """A home page behind a redirect, sections below a language."""

    def section_path(self, slug: str) -> str:
        return f"/vi/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"/page/{number}" if number > 1 else "")

    def own(self, path: str) -> bytes | None:
        if path == "/":
            return redirect("/vi/trang-chu")
        return http(self.home()) if path == "/vi/trang-chu" else None


class ListsOfLinks(OddSite):
    """Lists of bare links with a date behind each, no block, no class."""

    def rows(self, news: list[News]) -> str:
        return "<ul>" + "".join(map(self.row, news)) + "</ul>"

    def row(self, news: News) -> str:
        return f"<li><a href='{self.article_path(news)}'>{news.title}</a> ({news.day:%d-%m-%Y})</li>"

    def article_path(self, news: News) -> str:
        return f"/{news.section}/{news.number}"


class Capitals(OddSite):
    """Addresses of a .NET site, with capitals, an id in the query and a pager of a parameter of its own."""

    def section_path(self, slug: str) -> str:
        return f"/Pages/{slug.title().replace('-', '')}.aspx"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?PageIndex={number}" if number > 1 else "")

    def article_path(self, news: News) -> str:
        return f"/Pages/ChiTiet.aspx?ItemID={news.number + 700}"


class MoreLinks(BlockHeadings):
    """Blocks whose headings are no links; "Xem tất cả" below each leads to an address without a name."""

    def section_path(self, slug: str) -> str:
        return f"/chuyen-muc/{list(self.names).index(slug) + 40}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?trang={number}" if number > 1 else "")

    def home(self) -> str:
        blocks = "".join(
            f"<section><h2>{name}</h2>{self.rows(self.news.get(slug, [])[:3])}"
            f"<a class='more' href='{path}'>Xem tất cả</a></section>"
            for slug, (path, name) in zip(self.names, self.links(), strict=True)
        )
        return self.frame(self.title, blocks)


class ScriptLinks(OddSite):
    """Links that a script follows: half by its name, half by an attribute."""

    def menu(self) -> str:
        (first, *others) = self.links()
        cells = "".join(f"<span class='m' data-href='{path}'>{name}</span>" for path, name in others)
        return f"<div><a href=\"javascript:openPage('{first[0]}')\">{first[1]}</a>{cells}</div>"


SHAPES: tuple[type[OddSite], ...] = (
    PlainMenu, NestedMenu, FooterMenu, InlineJsonMenu, JsonFileMenu, SelectMenu, ClickMenu, PictureMenu,
    Frameset, IntroPage, MapOfTheSite, XmlSitemap, BlockHeadings, Abbreviations, QueryTables, OffsetPages,
    HeadlineDecoys, SubsectionsOnly, OnePage, RedirectedHome, ListsOfLinks,
    Capitals, MoreLinks, ScriptLinks,
)  # fmt: skip
