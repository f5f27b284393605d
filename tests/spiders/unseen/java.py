"""Sites of large Java portals: Liferay 6.2 and 7, WebCenter."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import quote

from tests.spiders.unseen.site import Unseen
from tests.spiders.unseen.stories import Story

_AP62 = "101_INSTANCE_q7Zr2LmPwX4c"
_AP7 = "com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_yhTn"


class Liferay62(Unseen):
    """Liferay 6.2: asset publisher with abstracts, a bar pager of first, previous, next and last, articles
    below ``/-/asset_publisher/``, each with a way back in its address; all pages named after the site."""

    platform: ClassVar[str] = "liferay"
    headers: ClassVar[dict[str, str]] = {"Liferay-Portal": "Liferay Portal Community Edition 6.2 CE GA4"}
    noise_params: ClassVar[str] = (
        r"p_p_\w+|_101_\w+_("
        r"?:delta|keywords|advancedSearch|andOperator)|p_r_p_564233524_resetCur|_101_\w+_redirect|redirect|inheritRedirect"
    )
    editor: ClassVar[str] = "word"
    precision: ClassVar[str] = "day"

    def home_path(self) -> str:
        return "/web/guest/home"

    def section_path(self, slug: str) -> str:
        return f"/web/guest/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        if number == 1:
            return self.section_path(slug)
        query = (
            f"p_p_id={_AP62}&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view"
            "&p_p_col_id=column-2&p_p_col_count=1"
        )
        query += (
            f"&_{_AP62}_delta=6&_{_AP62}_keywords=&_{_AP62}_advancedSearch=false&_{_AP62}_andOperator=true"
        )
        return f"{self.section_path(slug)}?{query}&p_r_p_564233524_resetCur=false&_{_AP62}_cur={number}"

    def article_path(self, news: Story) -> str:
        return f"/web/guest/{news.section}/-/asset_publisher/q7Zr2LmPwX4c/content/{news.slug}"

    def head(self) -> str:
        return (
            '<link class="lfr-css-file" href="/thoxuan-theme/css/main.css" rel="stylesheet">'
            '<script>var Liferay={};Liferay.currentURL="\\x2f"'
            ';Liferay.ThemeDisplay={getLanguageId:function(){return"vi_VN"}};</script>'
        )

    def menu(self) -> str:
        items = "".join(
            f'<li class="lfr-nav-item" id="layout_{n}" role="presentation">'
            f'<a aria-labelledby="layout_{n}" href="{path}"'
            f' role="menuitem"><span>{name}</span></a></li>'
            for n, (path, name) in enumerate(self.links(), 3)
        )
        # The site's name is an entry as well: it leads to a page with news of all kinds.
        return (
            '<header id="banner" role="banner"><a class="logo" href="/web/guest/home">'
            '<img alt="" src="/image/layout_set_logo"></a></header>'
            '<nav class="sort-pages modify-pages" id="navigation" role="navigation">'
            f'<ul role="menubar">{items}</ul></nav>'
            '<nav id="breadcrumbs"><ul class="breadcrumb breadcrumb-horizontal">'
            '<li class="first"><a href="/web/guest/home">T</a>'
            '<span class="divider">/</span></li></ul></nav>'
        )

    def frame(self, title: str, body: str) -> str:
        return (
            f'<!DOCTYPE html><html class="aui ltr" dir="ltr" lang="vi-VN"><head><title>{title}</title>'
            f'<meta content="text/html; charset=UTF-8" http-equiv="content-type">{self.head()}</head>'
            '<body class="yui3-skin-sam controls-visible signed-out public-page site">'
            f'<div id="wrapper">{self.menu()}'
            '<div id="content"><div class="columns-1-2" id="main-content" role="main">'
            '<div class="portlet-layout row-fluid">'
            f'<div class="portlet-column span8" id="column-2">{body}</div>'
            f'<div class="portlet-column span4" id="column-3">{self.aside()}</div></div></div></div>'
            f'<footer id="footer" role="contentinfo"><p>{self.title}</p>'
            "<p>Địa chỉ: thị trấn Thọ Xuân, huyện Thọ Xuân,"
            " tỉnh Thanh Hóa</p></footer></div></body></html>"
        )

    def aside(self) -> str:
        rows = "".join(
            f'<li><a href="{self.article_path(s)}">{s.title}</a> <span>({s.day:%d/%m/%Y})</span></li>'
            for s in self.latest(4)
        )
        return (
            '<div class="portlet-boundary portlet-boundary_101_" '
            'id="p_p_id_101_INSTANCE_hot"><section class="portlet">'
            '<header class="portlet-topper"><h1 class="portlet-title">'
            '<span class="portlet-title-text">Tin mới cập nhật</span></h1>'
            f'</header><div class="portlet-content"><ul>{rows}</ul></div></section></div>'
        )

    def rows(self, news: list[Story]) -> str:
        return "".join(
            '<div class="asset-abstract"><div class="lfr-meta-actions asset-actions"></div>'
            '<h3 class="asset-title">'
            f'<a href="{self.article_path(s)}'
            f'?redirect={quote(self.section_path(s.section), safe="")}">'
            f'<img alt="" src="/html/themes/classic/images/file.png">{s.title}</a></h3>'
            f'<div class="asset-content"><div class="asset-summary">{s.lead}</div>'
            f'<div class="asset-more"><a href="{self.article_path(s)}?redirect=x">Đọc '
            f'thêm<span class="hide-accessible">Giới thiệu {s.title}</span> &raquo;</a>'
            "</div></div>"
            '<div class="asset-metadata"><span class="metadata-entry '
            f'metadata-publish-date">{s.day:%d/%m/%Y}</span></div></div>'
            for s in news
        )

    def list_page(self, slug: str, shown: list[Story], pager: str) -> str:
        return (
            f'<div class="portlet-boundary portlet-asset-publisher" id="p_p_id_{_AP62}_">'
            f'<section class="portlet" id="portlet_{_AP62}">'
            '<header class="portlet-topper"><h1 class="portlet-title">'
            f'<span class="portlet-title-text">{self.names[slug][0]}</span></h1></header>'
            f'<div class="portlet-content">{self.rows(shown)}{pager}</div></section></div>'
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        def link(name: str, to: int, label: str) -> str:
            if to == number or not 1 <= to <= last:
                return f'<li class="disabled {name}"><a href="javascript:;" tabindex="-1">{label}</a></li>'
            path = (
                self.page_path(slug, to).replace("&", "&amp;")
                if to > 1
                else self.page_path(slug, 2)[:-1] + "1"
            )
            return f'<li class="{name}"><a href="{path}" tabindex="0">{label}</a></li>'

        numbers = "".join(
            '<li class="">'
            f'<a href="{self.page_path(slug, n) if n != number else "javascript:;"}">Trang '
            f"{n}</a></li>"
            for n in range(1, last + 1)
        )
        return (
            '<div class="taglib-search-iterator-page-iterator-bottom">'
            '<div class="clearfix lfr-pagination"><div class="lfr-pagination-config">'
            '<div class="lfr-pagination-page-selector"><div class="btn-group lfr-icon-menu '
            'current-page-menu">'
            '<a class="dropdown-toggle direction-down max-display-items-15 btn" '
            f'href="javascript:;" title="Trang {number} trên {last}">'
            f'<span class="lfr-icon-menu-text">Trang {number} trên {last}</span></a>'
            f'<ul class="dropdown-menu lfr-menu-list direction-down">{numbers}</ul></div>'
            "</div></div>"
            '<small class="search-results" id="ckku">Hiển thị 6 kết quả.</small>'
            '<ul class="pager lfr-pagination-buttons">'
            + link("first", 1, "&larr; Đầu tiên")
            + link("", number - 1, "Trước")
            + link("", number + 1, "Tiếp theo")
            + link("last", last, "Sau cùng &rarr;")
            + "</ul></div></div>"
        )

    def article(self, story: Story) -> str:
        related = "".join(
            '<li class="asset-links-list-item">'
            f'<a href="{self.article_path(s)}">{s.title}</a> ({s.day:%d/%m/%Y})</li>'
            for s in self.news[story.section]
            if s is not story
        )
        name = self.names[story.section][0]
        return self.frame(
            f"{story.title} - {name} - {self.title}",
            '<div class="portlet-boundary"><section class="portlet">'
            f'<header class="portlet-topper"><h1 class="portlet-title"><span>{name}</span>'
            "</h1></header>"
            '<div class="portlet-content"><div class="asset-full-content show-asset-title">'
            f'<h3 class="header-title"><span>{story.title}</span></h3>'
            '<div class="asset-metadata"><span class="metadata-entry '
            f'metadata-publish-date">{story.day:%d/%m/%Y}</span></div>'
            '<div class="asset-content"><div class="asset-social-bookmarks"></div>'
            '<div class="journal-content-article"><p class="lead">'
            f"<strong>{story.lead}</strong></p>{self.body(story)}</div>"
            '<div class="asset-ratings">Trung bình (0 bình chọn)</div>'
            '<div class="asset-links"><h2 class="asset-links-title">Các tin khác:</h2>'
            f'<ul class="asset-links-list">{related}</ul></div></div></div></div></section>'
            "</div>",
        )

    def picture(self, story: Story) -> str:
        return f"/documents/20182/{story.number}/{story.picture}?t=1669000000000"


class Liferay7(Liferay62):
    """Liferay 7 with friendly addresses (``/web/ttxuan/w/…``), cards, numbered pager of "lexicon"."""

    headers: ClassVar[dict[str, str]] = {"Liferay-Portal": "Liferay Community Edition Portal"}
    noise_params: ClassVar[str] = r"p_p_\w+|_com_\w+_delta|_com_\w+_redirect|p_r_p_resetCur|redirect"
    editor: ClassVar[str] = "figure"
    precision: ClassVar[str] = "minute"

    def home_path(self) -> str:
        return "/web/thoxuan"

    def section_path(self, slug: str) -> str:
        return f"/web/thoxuan/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        if number == 1:
            return self.section_path(slug)
        query = (
            f"p_p_id={_AP7}&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view&_{_AP7}_delta=6"
            "&p_r_p_resetCur=false"
        )
        return f"{self.section_path(slug)}?{query}&_{_AP7}_cur={number}"

    def article_path(self, news: Story) -> str:
        return f"/web/thoxuan/w/{news.slug}"

    def own(self, path: str) -> bytes | None:
        return self.html(self.home()) if path == "/" else None

    def rows(self, news: list[Story]) -> str:
        return (
            '<div class="row">'
            + "".join(
                '<div class="col-md-12 card-horizontal"><div class="card">'
                '<div class="card-row"><div class="autofit-col">'
                f'<a href="{self.article_path(s)}"><span class="sticker sticker-xl" '
                f'style="background-image:url({self.picture(s)})"></span></a></div>'
                '<div class="autofit-col autofit-col-expand"><p class="card-title">'
                f'<a class="text-dark" href="{self.article_path(s)}">{s.title}</a></p>'
                f'<p class="card-subtitle small text-secondary">{s.day:%d/%m/%y %H:%M}</p>'
                f'<p class="card-text">{s.lead}</p></div></div></div></div>'
                for s in news
            )
            + "</div>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = "".join(
            f'<li class="page-item{" active" if n == number else ""}">'
            f'<a class="page-link" href="{self.page_path(slug, n)}">'
            f'<span class="sr-only">Trang</span>{n}</a></li>'
            for n in range(1, last + 1)
        )
        return (
            '<div class="taglib-page-iterator" id="pi"><ul class="pagination">'
            '<li class="page-item disabled"><div class="page-link"><svg></svg></div>'
            f"</li>{pages}</ul></div>"
        )

    def article(self, story: Story) -> str:
        return self.frame(
            f"{story.title} - Thọ Xuân",
            '<div class="layout-content portlet-layout" id="main-content" role="main">'
            '<div class="container-fluid lfr-layout-structure-item-container">'
            '<div class="component-heading"><h1 class="component-heading mb-0 '
            f'text-break">{story.title}</h1></div>'
            '<div class="component-paragraph text-break" '
            f'data-lfr-editable-id="element-text">{story.day:%d/%m/%Y %H:%M}</div>'
            f'<div class="component-paragraph text-break font-weight-bold"><b>{story.lead}</b></div>'
            '<div class="component-html">'
            f'<div data-lfr-editable-type="rich-text">{self.body(story)}</div></div></div>'
            "</div>",
        )


class WebCenter(Unseen):
    """WebCenter with ADF: sections by ``catalog``, articles by ``dDocName``, every link with the state of
    the visit, a pager of ADF links."""

    platform: ClassVar[str] = "webcenter"
    noise_params: ClassVar[str] = r"_adf\.\S+|_afr\w+|wc\..*"
    editor: ClassVar[str] = "plain"

    _state: ClassVar[str] = "_afrLoop=2907350147&_adf.ctrl-state=k0m9fpb2x_4"

    def home_path(self) -> str:
        return "/webcenter/portal/thoxuan"

    def section_path(self, slug: str) -> str:
        return f"/webcenter/portal/thoxuan/pages_tin-tuc?catalog={slug.replace('-', '').upper()}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"&page={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/webcenter/portal/thoxuan/pages_tin-tuc/chi-tiet?dDocName=PORTAL{news.number:06d}"

    def own(self, path: str) -> bytes | None:
        return self.html(self.home()) if path == "/" else None

    def links(self, slugs: object = None) -> list[tuple[str, str]]:
        return [(f"{path}{'&amp;'}{self._state}", name) for path, name in super().links()]

    def head(self) -> str:
        return '<script src="/webcenter/afr/partition/core.js"></script>'

    def rows(self, news: list[Story]) -> str:
        return (
            '<div class="x1a">'
            + "".join(
                '<div class="x2 row-tin"><div class="x7">'
                f'<a class="x8" href="{self.article_path(s)}&amp;{self._state}">'
                f'<img src="{self.picture(s)}"></a></div>'
                '<div class="x9">'
                f'<a class="xtitle" href="{self.article_path(s)}&amp;{self._state}">{s.title}'
                f'</a><div class="xd">{s.day:%d/%m/%Y | %I:%M %p}</div><div>{s.lead}</div></div>'
                "</div>"
                for s in news
            )
            + "</div>"
        )

    def article(self, story: Story) -> str:
        others = "".join(
            f'<div><a href="{self.article_path(s)}&amp;{self._state}">{s.title}</a> '
            f"<span>{s.day:%d/%m/%Y}</span></div>"
            for s in self.news[story.section][:5]
            if s is not story
        )
        return self.frame(
            f"Chi tiết - {self.title}",
            f'<div class="x15"><div class="x21">{self.names[story.section][0]}</div>'
            f'<div class="xtieude">{story.title}</div>'
            f'<div class="xngay">{story.day:%d/%m/%Y | %I:%M %p}</div>'
            f'<div class="xtomtat"><b>{story.lead}</b></div>'
            f'<div class="xnoidung">{self.body(story)}</div><div class="xkhac">'
            f"<div>Tin cùng chuyên mục</div>{others}</div></div>",
        )


JAVA: tuple[type[Unseen], ...] = (Liferay62, Liferay7, WebCenter)
