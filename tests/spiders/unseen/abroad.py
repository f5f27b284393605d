"""Sites made with what the world uses, as it comes out of the box: Drupal's Olivero, blocks of WordPress,
TYPO3's news, Blogger."""

from __future__ import annotations

import hashlib
from typing import ClassVar
from urllib.parse import quote

from tests.loopback import http
from tests.spiders.unseen.php import Drupal7
from tests.spiders.unseen.site import Unseen
from tests.spiders.unseen.stories import Story

MONTHS = (
    "Tháng Một", "Tháng Hai", "Tháng Ba", "Tháng Tư", "Tháng Năm", "Tháng Sáu", "Tháng Bảy", "Tháng Tám",
    "Tháng Chín", "Tháng Mười", "Tháng Mười Một", "Tháng Mười Hai",
)  # fmt: skip


class Olivero(Drupal7):
    """Drupal as it is installed: teasers of nodes below terms, Olivero, "Submitted by", pages from nought."""

    editor: ClassVar[str] = "plain"
    leads: ClassVar[bool] = False

    def head(self) -> str:
        return (
            '<meta name="Generator" content="Drupal 10 (https://www.drupal.org)" /><meta '
            'name="MobileOptimized" '
            'content="width" /><link rel="stylesheet" media="all" '
            'href="/core/themes/olivero/css/base/base.css?t1" />'
        )

    def menu(self) -> str:
        items = "".join(
            '<li class="primary-nav__menu-item primary-nav__menu-item--link '
            'primary-nav__menu-item--level-1"><a '
            f'href="{path}" class="primary-nav__menu-link primary-nav__menu-link--link" '
            "data-drupal-link-system-path="
            f'"{path[1:]}"><span class="primary-nav__menu-link-inner">{name}</span></a></li>'
            for path, name in self.links()
        )
        return (
            '<header id="header" class="site-header"><nav class="primary-nav block block-menu navigation" '
            'role="navigation">'
            f'<ul class="menu primary-nav__menu primary-nav__menu--level-1">{items}</ul></nav></header>'
        )

    def submitted(self, s: Story) -> str:
        return (
            '<div class="node__meta"><div class="node__author-image"></div><span>Được gửi bởi <span '
            'class="field '
            'field--name-uid"><a title="Xem thông tin người dùng." href="/user/1" class="username">admin</a>'
            "</span>, "
            f'<span class="field field--name-created"><time datetime="{s.day.isoformat()}" '
            f'title="{s.day:%d/%m/%Y - %H:%M}"'
            f' class="datetime">{s.day:%d %B, %Y}</time></span></span></div>'
        )

    def rows(self, news: list[Story]) -> str:
        return "".join(
            f'<div class="views-row"><article data-history-node-id="{s.number}" class="node '
            "node--type-article "
            'node--promoted node--view-mode-teaser grid-full"><header class="node__header"><h2 '
            'class="node__title"><a '
            f'href="{self.article_path(s)}" rel="bookmark"><span class="field field--name-title">'
            f"{s.title}</span></a></h2>"
            f'{self.submitted(s)}</header><div class="node__content"><div class="text-content field '
            'field--name-body">'
            f'<p>{s.paragraphs()[0][:200]}</p></div><ul class="links inline"><li><a '
            f'href="{self.article_path(s)}" '
            f'rel="tag" title="{s.title}">Đọc thêm<span class="visually-hidden"> về {s.title}</span></a></li>'
            "</ul></div>"
            "</article></div>"
            for s in news
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = "".join(
            '<li class="pager__item pager__item--active pager__item--number"><span class="visually-hidden">'
            "Trang </span>"
            f"{n}</li>"
            if n == number
            else f'<li class="pager__item pager__item--number"><a href="?page={n - 1}" class="pager__link">'
            f'<span class="visually-hidden">Trang </span>{n}</a></li>'
            for n in range(1, last + 1)
        )
        on = (
            f'<li class="pager__item pager__item--control pager__item--next"><a href="?page={number}" '
            'rel="next" class='
            '"pager__link"><span class="visually-hidden">Trang sau</span><svg></svg></a></li>'
            if number < last
            else ""
        )
        return f'<nav class="pager" role="navigation"><ul class="pager__items">{pages}{on}</ul></nav>'

    def list_page(self, slug: str, shown: list[Story], pager: str) -> str:
        name = self.names[slug][0]
        return (
            f'<main role="main"><h1 class="title page-title"><div class="field field--name-name">{name}</div>'
            "</h1>"
            '<div class="views-element-container block"><div class="view view-taxonomy-term"><div '
            'class="view-content">'
            f"{self.rows(shown)}</div>{pager}</div></div></main>"
        )

    def article(self, story: Story) -> str:
        return self.frame(
            f"{story.title} | {self.title}",
            '<main role="main"><h1 class="title page-title"><span class="field field--name-title">'
            f"{story.title}</span>"
            f'</h1><article data-history-node-id="{story.number}" class="node node--type-article '
            "node--view-mode-full "
            f'grid-full"><header class="node__header">{self.submitted(story)}</header><div '
            'class="node__content"><div '
            'class="text-content clearfix field field--name-body field--type-text-with-summary">'
            f"{self.body(story)}</div>"
            '<div class="field field--name-field-tags field--label-above clearfix"><h3 class="field__label">'
            "Chuyên mục"
            f'</h3><ul class="links field__items"><li><a href="{self.section_path(story.section)}" '
            'hreflang="vi">'
            f"{self.names[story.section][0]}</a></li></ul></div></div></article></main>",
        )


class QueryBlocks(Unseen):
    """WordPress in blocks: each section a page with a query loop, whose pages are ``?query-7-page=2``."""

    platform: ClassVar[str] = "wordpress"
    editor: ClassVar[str] = "figure"
    leads: ClassVar[bool] = False

    def section_path(self, slug: str) -> str:
        return f"/{slug}/"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?query-7-page={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/{news.day:%Y/%m/%d}/{news.slug}/"

    def own(self, path: str) -> bytes | None:
        if path.startswith("/wp-json") or "/feed" in path:
            return http("{}", "403 Forbidden", content_type="application/json")
        return None

    def head(self) -> str:
        return (
            '<meta name="generator" content="WordPress 6.8" /><link rel="stylesheet" '
            'id="wp-block-library-css" '
            'href="/wp-includes/css/dist/block-library/style.min.css" />'
        )

    def menu(self) -> str:
        items = "".join(
            '<li class="wp-block-navigation-item wp-block-navigation-link"><a '
            'class="wp-block-navigation-item__content" '
            f'href="{path}"><span class="wp-block-navigation-item__label">{name}</span></a></li>'
            for path, name in self.links()
        )
        return (
            '<header class="wp-block-template-part"><nav class="is-responsive wp-block-navigation"><ul class='
            f'"wp-block-navigation__container">{items}</ul></nav></header>'
        )

    def rows(self, news: list[Story]) -> str:
        return (
            '<ul class="wp-block-post-template is-layout-grid">'
            + "".join(
                f'<li class="wp-block-post post-{s.number} post type-post status-publish"><figure class='
                f'"wp-block-post-featured-image"><a href="{self.at_link(s)}" target="_self"><img '
                f'src="{self.picture(s)}">'
                f'</a></figure><h2 class="wp-block-post-title"><a href="{self.at_link(s)}" target="_self">'
                f"{s.title}</a></h2>"
                f'<div class="wp-block-post-date"><time datetime="{s.day.isoformat()}"><a '
                f'href="{self.at_link(s)}">'
                f"{s.day.day} {MONTHS[s.day.month - 1]}, {s.day.year}</a></time></div></li>"
                for s in news
            )
            + "</ul>"
        )

    def at_link(self, story: Story) -> str:
        return self.at(self.article_path(story))

    def pager(self, slug: str, number: int, last: int) -> str:
        back = (
            f'<a href="{self.page_path(slug, number - 1)}" class="wp-block-query-pagination-previous"><span '
            "class="
            '"wp-block-query-pagination-previous-arrow">←</span>Trang trước</a>'
            if number > 1
            else ""
        )
        on = (
            f'<a href="{self.page_path(slug, number + 1)}" class="wp-block-query-pagination-next">Trang '
            "sau<span class="
            '"wp-block-query-pagination-next-arrow">→</span></a>'
            if number < last
            else ""
        )
        return (
            f'<nav class="wp-block-query-pagination is-layout-flex" aria-label="Phân trang">{back}{on}</nav>'
        )

    def list_page(self, slug: str, shown: list[Story], pager: str) -> str:
        return (
            f'<main class="wp-block-group"><h1 class="wp-block-post-title">{self.names[slug][0]}</h1><div '
            "class="
            '"entry-content wp-block-post-content"><div class="wp-block-query">'
            f"{self.rows(shown)}{pager}</div></div></main>"
        )

    def article(self, story: Story) -> str:
        others = "".join(
            f'<li><a class="wp-block-latest-posts__post-title" href="{self.at_link(s)}">{s.title}</a></li>'
            for s in self.latest(4)
        )
        return self.frame(
            f"{story.title} &#8211; {self.title}",
            f'<main class="wp-block-group"><h1 class="wp-block-post-title">{story.title}</h1><div '
            'class="wp-block-group">'
            '<p>Viết bởi</p><div class="wp-block-post-author-name">admin</div><div '
            'class="wp-block-post-date"><time '
            f'datetime="{story.day.isoformat()}">{story.day.day} {MONTHS[story.day.month - 1]}, '
            f"{story.day.year}</time></div>"
            '</div><div class="entry-content wp-block-post-content is-layout-constrained">'
            f"{self.body(story)}</div>"
            f'<h2 class="wp-block-heading">Bài mới</h2><ul class="wp-block-latest-posts">{others}</ul></main>'
            "",
        )


class Typo3(Unseen):
    """TYPO3 with its news extension and no rewritten parameters: every address ends in a hash of its own."""

    editor: ClassVar[str] = "table"

    def section_path(self, slug: str) -> str:
        return f"/{slug}"

    def hashed(self, path: str) -> str:
        return f"{path}&cHash={hashlib.md5(path.encode(), usedforsecurity=False).hexdigest()}"

    def page_path(self, slug: str, number: int) -> str:
        if number == 1:
            return self.section_path(slug)
        return self.hashed(f"/{slug}?{quote('tx_news_pi1[currentPage]')}={number}")

    def article_path(self, news: Story) -> str:
        named = "&".join(
            f"{quote(f'tx_news_pi1[{key}]')}={value}"
            for key, value in (("action", "detail"), ("controller", "News"), ("news", news.number))
        )
        return self.hashed(f"/chi-tiet?{named}")

    def head(self) -> str:
        return '<meta name="generator" content="TYPO3 CMS">'

    def escaped(self, path: str) -> str:
        return path.replace("&", "&amp;")

    def rows(self, news: list[Story]) -> str:
        return (
            '<div class="news"><div class="news-list-view">'
            + "".join(
                f'<div class="article articletype-0"><div class="header"><h3><a title="{s.title}" href="'
                f'{self.escaped(self.article_path(s))}"><span itemprop="headline">{s.title}</span></a></h3>'
                "</div><div class="
                f'"teaser-text"><div itemprop="description"><p>{s.lead}</p></div><a class="more" href="'
                f'{self.escaped(self.article_path(s))}">Chi tiết</a></div><div class="footer"><p><span '
                'class="news-list-date">'
                f'<time datetime="{s.day:%Y-%m-%d}">{s.day:%d.%m.%Y}</time></span></p></div></div>'
                for s in news
            )
            + "</div></div>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = "".join(
            f'<li class="current">{n}</li>'
            if n == number
            else f'<li><a href="{self.escaped(self.page_path(slug, n))}">{n}</a></li>'
            for n in range(1, last + 1)
        )
        told = f"<p>Trang {number} / {last}.</p>"
        return f'<div class="page-navigation">{told}<ul class="f3-widget-paginator">{pages}</ul></div>'

    def article(self, story: Story) -> str:
        return self.frame(
            f"{story.title} - {self.title}",
            '<div class="news news-single"><div class="article" itemscope="itemscope"><div class="header">'
            "<h1 itemprop="
            f'"headline">{story.title}</h1></div><div class="footer"><p><span class="news-list-date"><time '
            "datetime="
            f'"{story.day:%Y-%m-%d}">{story.day:%d.%m.%Y %H:%M}</time></span></p></div><div '
            'class="teaser-text" itemprop='
            f'"description"><p>{story.lead}</p></div><div class="news-text-wrap" itemprop="articleBody">'
            f"{self.body(story)}"
            '</div><div class="news-backlink-wrap"><a href="/">Trở về</a></div></div></div>',
        )


class Blogger(Unseen):
    """A commune's blog: its labels and its older pages are closed to crawlers, its sitemap is not."""

    editor: ClassVar[str] = "breaks"
    leads: ClassVar[bool] = False
    turns: ClassVar[bool] = False

    def expected(self) -> dict[str, str]:
        return {"/": "news", "/sitemap.xml": "news"}

    def own(self, path: str) -> bytes | None:
        if path == "/robots.txt":
            told = f"User-agent: *\nDisallow: /search\nAllow: /\n\nSitemap: {self.at('/sitemap.xml')}\n"
            return http(told, content_type="text/plain")
        every = sorted((s for some in self.news.values() for s in some), key=lambda s: s.day)[::-1]
        if path == "/sitemap.xml":
            return http(
                sitemap("sitemapindex", [self.at("/sitemap.xml?page=1")]), content_type="application/xml"
            )
        if path == "/sitemap.xml?page=1":
            addresses = [self.at(self.article_path(s)) for s in every]
            return http(sitemap("urlset", addresses), content_type="application/xml")
        return None

    def home(self) -> str:
        last = quote(self.latest(6)[-1].day.isoformat())
        older = (
            '<div class="blog-pager" id="blog-pager"><span id="blog-pager-older-link"><a '
            'class="blog-pager-older-link" '
            f'href="/search?updated-max={last}&max-results=6" title="Bài đăng cũ hơn">Bài đăng cũ hơn</a>'
            "</span></div>"
        )
        return self.frame(self.title, f"{self.rows(self.latest(6))}{older}")

    def section_path(self, slug: str) -> str:
        return f"/search/label/{quote(self.names[slug][0])}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug)

    def article_path(self, news: Story) -> str:
        return f"/{news.day:%Y/%m}/{news.slug[:39]}-{news.number}.html"

    def head(self) -> str:
        return '<meta content="blogger" name="generator"/>'

    def menu(self) -> str:
        items = "".join(f'<li><a href="{path}">{name}</a></li>' for path, name in self.links())
        return f'<div class="widget PageList" id="PageList1"><ul>{items}</ul></div>'

    def rows(self, news: list[Story]) -> str:
        return (
            '<div class="blog-posts hfeed">'
            + "".join(
                f'<div class="date-outer"><h2 class="date-header"><span>{s.day.day} '
                f"{MONTHS[s.day.month - 1].lower()}, {s.day.year}"
                '</span></h2><div class="date-posts"><div class="post-outer"><div class="post hentry"><h3 '
                'class="post-title '
                f'entry-title"><a href="{self.article_path(s)}">{s.title}</a></h3><div class="post-body '
                'entry-content">'
                f'<div>{s.paragraphs()[0][:150]}</div><div class="jump-link"><a '
                f'href="{self.article_path(s)}#more" title="{s.title}">'
                'Đọc thêm »</a></div></div><div class="post-footer">Người đăng: admin vào lúc <a '
                'class="timestamp-link" href='
                f'"{self.article_path(s)}"><abbr class="published" title="{s.day.isoformat()}">'
                f"{s.day:%H:%M}</abbr></a></div></div>"
                "</div></div></div>"
                for s in news
            )
            + "</div>"
        )

    def article(self, story: Story) -> str:
        mine = self.news[story.section]
        older = mine[mine.index(story) + 1 :][:1]
        foot = "".join(
            '<span id="blog-pager-older-link"><a class="blog-pager-older-link" '
            f'href="{self.article_path(s)}">Bài đăng cũ hơn'
            "</a></span>"
            for s in older
        )
        return self.frame(
            f"{self.title}: {story.title}",
            '<div class="blog-posts hfeed"><div class="date-outer"><h2 class="date-header"><span>'
            f"{story.day.day} "
            f'{MONTHS[story.day.month - 1].lower()}, {story.day.year}</span></h2><div class="post hentry" '
            'itemprop="blogPost">'
            f'<h3 class="post-title entry-title" itemprop="name">{story.title}</h3><div class="post-body '
            'entry-content" '
            f'itemprop="description articleBody">{self.body(story)}</div><div class="post-footer"><span '
            'class="post-author">'
            f'Người đăng: <span class="fn">admin</span></span> vào lúc <a class="timestamp-link" href="'
            f'{self.article_path(story)}"><abbr class="published" itemprop="datePublished" '
            f'title="{story.day.isoformat()}">'
            f'{story.day:%H:%M}</abbr></a> <span class="post-labels">Nhãn: <a '
            f'href="{self.section_path(story.section)}" rel='
            f'"tag">{self.names[story.section][0]}</a></span></div></div></div></div><div class="blog-pager">'
            f"{foot}</div>",
        )


def sitemap(root: str, addresses: list[str]) -> bytes:
    tag = "url" if root == "urlset" else "sitemap"
    rows = "".join(f"<{tag}><loc>{address.replace('&', '&amp;')}</loc></{tag}>" for address in addresses)
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{root}>'.encode()


ABROAD: tuple[type[Unseen], ...] = (Olivero, QueryBlocks, Typo3, Blogger)
