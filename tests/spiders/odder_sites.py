"""More sites with their sections in odd places, written before discovery was tried on any of them.

Seen in kind on Vietnamese portals of 2005 to 2025: trees drawn by scripts, menus in scripts' own objects,
frames in frames, forms that choose a section, icons without words, tabs, hash routes with pages behind them.
"""

from __future__ import annotations

import json
from typing import ClassVar

from tests.loopback import Asked, Reply, http
from tests.spiders.odd_sites import OddSite
from tests.spiders.small_portal import News


class MegaMenuData(OddSite):
    """A mega menu as data in the page, three levels deep, with bare slugs for addresses."""

    def section_path(self, slug: str) -> str:
        return f"/{slug}"

    def menu(self) -> str:
        leaves = [{"label": name, "slug": path.strip("/"), "icon": None} for path, name in self.links()]
        tree = {"columns": [{"label": "Khối", "items": leaves[:3]}, {"label": "Khác", "items": leaves[3:]}]}
        return f"<div id='mega'></div><script type='application/json'>{json.dumps(tree)}</script>"


class ScriptObjects(OddSite):
    """A menu in a script's own objects: names without quotes, texts in single ones."""

    def menu(self) -> str:
        rows = ",".join(f"{{id: {n}, ten: '{name}', link: '{path}', con: []}}"
                        for n, (path, name) in enumerate(self.links()))  # fmt: skip
        return f"<div id='mn'></div><script>var danhMuc = [{rows}]; veMenu(danhMuc);</script>"


class TreeScript(OddSite):
    """A tree that a script of 2004 draws: one call a node."""

    def menu(self) -> str:
        nodes = "".join(
            f"d.add({n}, 0, '{name}', '{path}');" for n, (path, name) in enumerate(self.links(), 1)
        )
        return (
            f"<div class='dtree'><script>d = new dTree('d'); d.add(0,-1,'Chuyên mục');{nodes}</script></div>"
        )


class HashRoutes(OddSite):
    """Routes behind a hash; the server answers the same paths without it."""

    def section_path(self, slug: str) -> str:
        return f"/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        return f"/{slug}?page={number}" if number > 1 else self.section_path(slug)

    def menu(self) -> str:
        items = "".join(f"<li><a href='#!{path}'>{name}</a></li>" for path, name in self.links())
        return f"<nav class='menu'><ul><li><a href='#!/'>Trang chủ</a></li>{items}</ul></nav>"


class InlineFrame(OddSite):
    """A menu in an inline frame that stands on every page."""

    def menu(self) -> str:
        return "<iframe src='/khung/menu.html' width='980' height='40'></iframe>"

    def own(self, path: str) -> bytes | None:
        if path != "/khung/menu.html":
            return None
        cells = "".join(
            f"<td><a target='_parent' href='{path}'>{name}</a></td>" for path, name in self.links()
        )
        return http(f"<html><body><table><tr>{cells}</tr></table></body></html>")


class FramesInFrames(OddSite):
    """A frameset whose left frame is a frameset again, the menu in its lower half."""

    def menu(self) -> str:
        return ""

    def own(self, path: str) -> bytes | None:
        if path == "/":
            return http(
                f"<html><head><title>{self.title}</title></head><frameset cols='200,*'>"
                "<frame src='/trai.html'><frame src='/giua.html'></frameset></html>"
            )
        if path == "/trai.html":
            return http(
                "<html><frameset rows='100,*'><frame src='/logo.html'><frame src='/mn.html'>"
                "</frameset></html>"
            )
        if path == "/logo.html":
            return http("<html><body><img src='/logo.gif'></body></html>")
        if path == "/mn.html":
            links = "".join(
                f"<p><a target='giua' href='{path}'>{name}</a></p>" for path, name in self.links()
            )
            return http(f"<html><body>{links}</body></html>")
        return http(self.home()) if path == "/giua.html" else None


class ChooserForm(OddSite):
    """A form that asks for a section: its box has numbers for values."""

    def number(self, slug: str) -> int:
        return list(self.names).index(slug) + 21

    def section_path(self, slug: str) -> str:
        return f"/danh-muc?id={self.number(slug)}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"&page={number}" if number > 1 else "")

    def menu(self) -> str:
        options = "".join(f"<option value='{self.number(slug)}'>{name}</option>"
                          for slug, (name, _) in self.names.items())  # fmt: skip
        return (
            "<form method='get' action='/danh-muc'><select name='id'><option value=''>Chuyên mục</option>"
            f"{options}</select><input type='submit' value='Xem'></form>"
        )


class SvgChart(OddSite):
    """An organization chart drawn in SVG, its boxes linked."""

    def menu(self) -> str:
        boxes = "".join(
            f"<a xlink:href='{path}'><rect width='90' height='20'/><text>{name}</text></a>"
            for path, name in self.links()
        )
        return f"<svg xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 900 90'>{boxes}</svg>"


class TitledIcons(OddSite):
    """Icons without a word: the name stands in ``title`` or ``aria-label``."""

    def menu(self) -> str:
        icons = "".join(
            f"<a class='ic' href='{path}' {'title' if n % 2 else 'aria-label'}='{name}'><i></i></a>"
            for n, (path, name) in enumerate(self.links())
        )
        return f"<div class='icons'>{icons}</div>"


class TabsAndCrumbs(OddSite):
    """Tabs on the home page that lead nowhere; the sections' addresses stand in the articles' breadcrumbs."""

    def section_path(self, slug: str) -> str:
        return f"/m/{list(self.names).index(slug) + 5}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?trang={number}" if number > 1 else "")

    def article_path(self, news: News) -> str:
        return f"/bai/{10_000 + news.number}"

    def menu(self) -> str:
        return "<div class='top'><a href='/'>Trang chủ</a></div>"

    def home(self) -> str:
        tabs = "".join(f"<li><a href='#t{n}'>{name}</a></li>" for n, (_, name) in enumerate(self.links()))
        panes = "".join(
            f"<div class='pane' id='t{n}'>{self.rows(self.news.get(slug, [])[:4])}</div>"
            for n, slug in enumerate(self.names)
        )
        return self.frame(self.title, f"<ul class='tabs'>{tabs}</ul>{panes}")

    def article(self, news: News) -> str:
        path, name = self.section_path(news.section), self.names[news.section][0]
        crumbs = f"<div class='breadcrumb'><a href='/'>Trang chủ</a> » <a href='{path}'>{name}</a></div>"
        return super().article(news).replace("<main>", f"<main>{crumbs}")

    def expected(self) -> dict[str, str]:
        return {path: scope for path, scope in super().expected().items() if self.news_at(path)}

    def news_at(self, path: str) -> bool:
        return any(self.section_path(slug) == path for slug in self.news)


class TemplateMenu(OddSite):
    """A menu in a ``<template>`` that a script clones, and nothing else."""

    def menu(self) -> str:
        return f"<template id='mn'>{super().menu()}</template><div id='chỗ-menu'></div>"


class LanguageChoice(OddSite):
    """A first page that asks for the language; the site lies below ``/vi/``."""

    def section_path(self, slug: str) -> str:
        return f"/vi/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?page={number}" if number > 1 else "")

    def own(self, path: str) -> bytes | None:
        if path == "/":
            return http(
                f"<html><head><title>{self.title}</title></head><body><a href='/vi/'>Tiếng Việt</a>"
                "<a href='/en/'>English</a></body></html>"
            )
        if path == "/en/":
            return http("<html><body><h1>Under construction</h1></body></html>")
        return http(self.home()) if path == "/vi/" else None


class MoreByScript(OddSite):
    """No pager that is a link: a button with the next page's address for a script to load."""

    def pager(self, slug: str, number: int, last: int) -> str:
        if number == last:
            return ""
        following = self.page_path(slug, number + 1)
        return f"<div class='more'><button data-url='{following}' type='button'>Xem thêm tin</button></div>"


class Upper(OddSite):
    """Another charset than the header says, names in capitals."""

    names: ClassVar[dict[str, tuple[str, str]]] = {
        "mat-tran": ("MẶT TRẬN TỔ QUỐC", "front"),
        "hoi-phu-nu": ("HỘI LIÊN HIỆP PHỤ NỮ", "front"),
        "tin-tuc": ("TIN TỨC - SỰ KIỆN", "news"),
        "kinh-te": ("KINH TẾ - XÃ HỘI", "news"),
        "van-ban": ("VĂN BẢN", "none"),
    }

    def answer_to(self, asked: Asked) -> Reply:
        answer = super().answer_to(asked)
        if not isinstance(answer, bytes):
            return answer
        head, _, body = answer.partition(b"\r\n\r\n")
        if b"404" in head:
            return answer
        text = body.decode().replace("charset='utf-8'", "charset='utf-16'")
        return http(text.encode("utf-16"), content_type="text/html; charset=windows-1252")


ODDER: tuple[type[OddSite], ...] = (
    MegaMenuData, ScriptObjects, TreeScript, HashRoutes, InlineFrame, FramesInFrames, ChooserForm, SvgChart,
    TitledIcons, TabsAndCrumbs, TemplateMenu, LanguageChoice, MoreByScript, Upper,
)  # fmt: skip
