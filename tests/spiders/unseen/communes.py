"""Sites of communes that small firms made: frameworks of the day, their own PHP, ASP.NET MVC, WordPress."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import ClassVar

from tests.loopback import http
from tests.spiders.unseen.site import NUMBERS, Unseen
from tests.spiders.unseen.stories import Story, corpus


class LaravelSite(Unseen):
    """Laravel with Bootstrap: cards that print the day in two parts, the pager of ``links()``, numbers as
    addresses, ours two menus deep."""

    editor: ClassVar[str] = "figure"

    def section_path(self, slug: str) -> str:
        return f"/chuyen-muc/{NUMBERS[slug]}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?page={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/bai-viet/{news.number}"

    def head(self) -> str:
        return (
            '<meta name="csrf-token" content="mZ3v0N8Qk"><link rel="stylesheet" href="/css/app.css?id=77a1">'
        )

    def menu(self) -> str:
        (mt, hpn, tin, *others) = self.links()
        inner = "".join(f'<a class="dropdown-item" href="{path}">{name}</a>' for path, name in (mt, hpn))
        rest = "".join(
            f'<li class="nav-item"><a class="nav-link" href="{p}">{n}</a></li>' for p, n in (tin, *others)
        )
        return (
            '<nav class="navbar navbar-expand-lg"><a class="navbar-brand" href="/"><img src="/logo.png" '
            'alt=""></a>'
            '<ul class="navbar-nav"><li class="nav-item dropdown"><a class="nav-link dropdown-toggle" '
            'href="#" '
            'data-bs-toggle="dropdown">Hệ thống chính trị</a><div class="dropdown-menu"><div class="dropend">'
            '<a class="dropdown-item dropdown-toggle" href="#">Khối vận</a><div class="dropdown-menu">'
            f"{inner}</div>"
            f"</div></div></li>{rest}</ul></nav>"
        )

    def rows(self, news: list[Story]) -> str:
        cards = "".join(
            f'<div class="col-md-4"><div class="card h-100"><a href="{self.article_path(s)}">'
            f'<img class="card-img-top" src="{self.picture(s)}" alt=""></a><span class="date">'
            f"{s.day:%d}<span>"
            f'Th{s.day.month}, {s.day:%Y}</span></span><div class="card-body"><h5 class="card-title">'
            f'<a href="{self.article_path(s)}">{s.title}</a></h5><p class="card-text">{s.lead[:60]}...</p>'
            f'<a href="{self.article_path(s)}" class="btn btn-sm">Xem thêm</a></div></div></div>'
            for s in news
        )
        return f'<div class="row">{cards}</div>'

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = "".join(
            f'<li class="page-item active" aria-current="page"><span class="page-link">{n}</span></li>'
            if n == number
            else f'<li class="page-item"><a class="page-link" href="{self.page_path(slug, n)}">{n}</a></li>'
            for n in range(1, last + 1)
        )
        on = (
            f'<li class="page-item"><a class="page-link" href="{self.page_path(slug, number + 1)}" '
            'rel="next" '
            'aria-label="Next &raquo;">&rsaquo;</a></li>'
            if number < last
            else '<li class="page-item disabled"><span class="page-link">&rsaquo;</span></li>'
        )
        return f'<nav><ul class="pagination">{pages}{on}</ul></nav>'

    def article(self, story: Story) -> str:
        others = self.rows([s for s in self.news[story.section][:4] if s is not story])
        return self.frame(
            f"{story.title} | {self.title}",
            f'<div class="container"><h1 class="post-title">{story.title}</h1><div class="post-meta"><i '
            'class="far '
            f'fa-clock"></i> {story.day:%H:%M} | {story.day:%d/%m/%Y} <i class="far fa-eye"></i> '
            f"{story.number} lượt xem"
            f'</div><div class="post-desc">{story.lead}</div><div class="post-content">'
            f"{self.body(story)}</div>"
            f"<h4>Bài viết liên quan</h4>{others}</div>",
        )


class MvcSite(Unseen):
    """ASP.NET MVC with PagedList: ``/News/Category/31?page=2``, articles ``/News/Details/41``; acronyms."""

    editor: ClassVar[str] = "word"
    names: ClassVar[dict[str, tuple[str, str]]] = {
        "mat-tran": ("MTTQ", "front"),
        "hoi-phu-nu": ("HLHPN", "front"),
        "tin-tuc": ("Tin tức", "news"),
        "kinh-te": ("KT-XH", "other"),
        "van-ban": ("VBQPPL", "none"),
        "gioi-thieu": ("Giới thiệu", "none"),
    }

    def section_path(self, slug: str) -> str:
        return f"/News/Category/{NUMBERS[slug]}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?page={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/News/Details/{news.number}"

    def rows(self, news: list[Story]) -> str:
        return "".join(
            f'<div class="media"><a class="media-left" href="{self.article_path(s)}"><img '
            f'src="{self.picture(s)}" '
            'width="150"></a><div class="media-body"><h4 class="media-heading"><a '
            f'href="{self.article_path(s)}">'
            f"{s.title}</a></h4><small>({s.day:%d/%m/%Y %I:%M:%S %p})</small><p>{s.lead}</p></div></div>"
            for s in news
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = "".join(
            f'<li class="active"><a>{n}</a></li>'
            if n == number
            else f'<li><a href="{self.page_path(slug, n)}">{n}</a></li>'
            for n in range(1, last + 1)
        )
        on = (
            f'<li class="PagedList-skipToNext"><a href="{self.page_path(slug, number + 1)}" rel="next">»</a>'
            "</li>"
            if number < last
            else ""
        )
        return f'<div class="pagination-container"><ul class="pagination">{pages}{on}</ul></div>'

    def article(self, story: Story) -> str:
        others = "".join(
            f'<li><a href="{self.article_path(s)}">{s.title} <i>({s.day:%d/%m/%Y})</i></a></li>'
            for s in self.news[story.section][:5]
            if s is not story
        )
        return self.frame(
            f"{story.title} - {self.title}",
            '<div class="body-content"><ol class="breadcrumb"><li><a href="/">Trang chủ</a></li></ol><h2>'
            f"{story.title}"
            f'</h2><p class="text-muted">Ngày đăng: {story.day:%d/%m/%Y %H:%M}</p><p><strong>'
            f"{story.lead}</strong></p>"
            f'<div>{self.body(story)}</div><div class="panel"><div class="panel-heading">Các tin đã đưa</div>'
            f"<ul>{others}"
            "</ul></div></div>",
        )


class ModulePhp(Unseen):
    """A firm's PHP of 2012: ``index.php?module=news&act=…`` for everything, tables, no title of its own."""

    editor: ClassVar[str] = "breaks"

    def section_path(self, slug: str) -> str:
        return f"/index.php?act=list&cat={NUMBERS[slug]}&module=news"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"&p={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/index.php?act=detail&id={news.number}&module=news"

    def home_path(self) -> str:
        return "/index.php"

    def menu(self) -> str:
        cells = "".join(
            f'<tr><td class="menu_l" height="24"><img src="/img/dot.gif"> <a href="{path}" class="mn">'
            f"{name}</a></td></tr>"
            for path, name in self.links()
        )
        return (
            f'<table width="190" class="left"><tr><td class="tieude">DANH MỤC CHÍNH</td></tr>{cells}</table>'
        )

    def rows(self, news: list[Story]) -> str:
        return (
            '<table width="100%" cellpadding="4">'
            + "".join(
                f'<tr><td width="110" valign="top"><a href="{self.article_path(s)}"><img '
                f'src="{self.picture(s)}" '
                'width="100" border="0"></a></td><td valign="top"><a class="title" '
                f'href="{self.article_path(s)}">'
                f'{s.title}</a><br><span class="ngay">[{s.day:%d/%m/%Y - %H:%M}]</span><br>{s.lead}</td></tr>'
                for s in news
            )
            + "</table>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = " | ".join(
            f'<font color="red">[{n}]</font>'
            if n == number
            else f'<a href="{self.page_path(slug, n)}">{n}</a>'
            for n in range(1, last + 1)
        )
        return f'<div align="right">Trang: {pages} / {last}</div>'

    def article(self, story: Story) -> str:
        mine = self.news[story.section]
        at = mine.index(story)
        told = "".join(
            f"<tr><td><b>{head}</b></td></tr>"
            + "".join(
                f'<tr><td><img src="/img/dot.gif"> <a href="{self.article_path(s)}">{s.title}</a> '
                f"({s.day:%d/%m/%Y})</td></tr>"
                for s in some
            )
            for head, some in (
                ("Các tin mới hơn:", mine[max(0, at - 3) : at]),
                ("Các tin cũ hơn:", mine[at + 1 : at + 6]),
            )
            if some
        )
        return self.frame(
            self.title,
            f'<table width="100%"><tr><td class="tieude_tin">{story.title}</td></tr><tr><td class="ngay">Cập '
            "nhật lúc: "
            f'{story.day:%H:%M} ngày {story.day:%d/%m/%Y}</td></tr><tr><td class="tomtat"><b>{story.lead}</b>'
            "</td></tr>"
            f'<tr><td class="noidung">{self.body(story)}</td></tr><tr><td><a '
            'href="javascript:window.print()">In trang'
            f"</a></td></tr>{told}</table>",
        )


@dataclass
class MergedCommunes(Unseen):
    """A commune of July 2025 with the news of those it was made of, a section each, and few articles."""

    title: ClassVar[str] = "Trang thông tin điện tử xã Xuân Lập, tỉnh Thanh Hóa"
    owner: ClassVar[tuple[str, str | None]] = ("commune_portal", "Huyện Thọ Xuân")
    names: ClassVar[dict[str, tuple[str, str]]] = {
        "mat-tran": ("UBMTTQ và các đoàn thể", "front"),
        "tin-tuc": ("Tin tức - Sự kiện", "news"),
        "hoi-phu-nu": ("Tin xã Thọ Lập (cũ)", "news"),
        "kinh-te": ("Kinh tế", "other"),
        "van-ban": ("Văn bản chỉ đạo điều hành", "none"),
    }
    news: dict[str, list[Story]] = field(
        default_factory=lambda: {
            slug: some[: {"mat-tran": 3, "hoi-phu-nu": 4}.get(slug, 5)] for slug, some in corpus().items()
        }
    )
    turns: ClassVar[bool] = False

    def footer(self) -> str:
        return "<footer><p>UBND xã Xuân Lập. Địa chỉ: thôn 3, xã Xuân Lập, tỉnh Thanh Hóa</p></footer>"

    def section_path(self, slug: str) -> str:
        return "/tin-xa-tho-lap-cu" if slug == "hoi-phu-nu" else f"/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?page={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/{news.section}/{news.slug}-{news.number}.html"

    def pager(self, slug: str, number: int, last: int) -> str:
        return ""

    def article(self, story: Story) -> str:
        others = "".join(
            f'<li><a href="{self.article_path(s)}">{s.title}</a></li>'
            for s in self.latest(6)
            if s is not story
        )
        return self.frame(
            f"{story.title} - {self.title}",
            f'<div class="chi-tiet"><h1>{story.title}</h1><div class="thoi-gian">'
            f"{story.day:%d/%m/%Y %H:%M}</div>"
            f'<div class="tom-tat">{story.lead}</div><div class="noi-dung">{self.body(story)}</div></div>'
            f'<div class="tin-khac"><h3>Tin khác</h3><ul>{others}</ul></div>',
        )


class PermalinkWordPress(Unseen):
    """WordPress in a theme of Vietnam's shops (Flatsome), its interface and feeds shut, articles ending in
    ``.html`` below their category."""

    platform: ClassVar[str] = "wordpress"
    editor: ClassVar[str] = "figure"
    precision: ClassVar[str] = "minute"

    def section_path(self, slug: str) -> str:
        return f"/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        return f"/{slug}/page/{number}" if number > 1 else self.section_path(slug)

    def article_path(self, news: Story) -> str:
        return f"/{news.section}/{news.slug}.html"

    def own(self, path: str) -> bytes | None:
        if path.startswith("/wp-json"):
            told = {"code": "rest_disabled", "message": "REST API đã tắt", "data": {"status": 401}}
            return http(json.dumps(told), "401 Unauthorized", content_type="application/json")
        if "/feed" in path or path == "/wp-sitemap.xml" or path == "/sitemap_index.xml":
            return http("<html><body>Feed đã tắt</body></html>", "403 Forbidden")
        return None

    def head(self) -> str:
        return (
            '<link rel="https://api.w.org/" href="/wp-json/"><link rel="stylesheet" '
            'href="/wp-content/themes/flatsome/assets/css/flatsome.css?ver=3.18"><script '
            'src="/wp-includes/js/jquery/jquery.min.js"></script>'
        )

    def rows(self, news: list[Story]) -> str:
        return (
            '<div id="post-list"><div class="row large-columns-3">'
            + "".join(
                '<div class="col post-item"><div class="col-inner"><div class="box box-text-bottom '
                'box-blog-post">'
                f'<div class="box-image"><a href="{self.article_path(s)}" class="plain"><img '
                f'src="{self.picture(s)}"></a>'
                '</div><div class="box-text"><h5 class="post-title is-large"><a '
                f'href="{self.article_path(s)}" '
                f'class="plain">{s.title}</a></h5><div class="is-divider"></div><p '
                'class="from_the_blog_excerpt">'
                f'{s.lead[:50]} [...]</p></div><div class="badge post-date badge-outline"><span '
                'class="post-date-day">'
                f'{s.day:%d}</span><br><span class="post-date-month">Th{s.day.month}</span></div></div></div>'
                "</div>"
                for s in news
            )
            + "</div></div>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = "".join(
            f'<li><span aria-current="page" class="page-number current">{n}</span></li>'
            if n == number
            else f'<li><a class="page-number" href="{self.page_path(slug, n)}">{n}</a></li>'
            for n in range(1, last + 1)
        )
        on = (
            f'<li><a class="next page-number" href="{self.page_path(slug, number + 1)}"><i '
            'class="icon-angle-right"></i>'
            "</a></li>"
            if number < last
            else ""
        )
        return f'<ul class="page-numbers nav-pagination links text-center">{pages}{on}</ul>'

    leads: ClassVar[bool] = False

    def article(self, story: Story) -> str:
        name = self.names[story.section][0]
        return self.frame(
            f"{story.title} - {self.title}",
            f'<article class="post-{story.number} post type-post"><div class="article-inner"><header '
            'class="entry-header">'
            f'<h6 class="entry-category is-xsmall"><a href="{self.section_path(story.section)}" '
            f'rel="category tag">{name}'
            f'</a></h6><h1 class="entry-title">{story.title}</h1><div class="entry-meta uppercase is-xsmall">'
            "<span "
            f'class="posted-on">Posted on <a href="{self.article_path(story)}" rel="bookmark"><time '
            'class="entry-date '
            f'published updated" datetime="{story.day.isoformat()}">{story.day:%d/%m/%Y}</time></a></span> '
            "<span "
            'class="byline">by <span class="meta-author vcard"><a href="/author/admin">admin</a></span>'
            "</span></div>"
            f'</header><div class="entry-content single-page">{self.body(story)}</div><footer '
            'class="entry-meta">This entry '
            f'was posted in <a href="{self.section_path(story.section)}" rel="category tag">{name}</a>. '
            "Bookmark the "
            f'<a href="{self.article_path(story)}">permalink</a>.</footer></div></article>',
        )


class BlocksOfSubsections(Unseen):
    """A parent whose page has a block of the newest of each of its children; the children have the lists."""

    names: ClassVar[dict[str, tuple[str, str]]] = {
        "mat-tran": ("Hoạt động của Mặt trận", "front"),
        "hoi-phu-nu": ("Hội LHPN", "front"),
        "tin-tuc": ("Tin từ cơ sở", "news"),
        "kinh-te": ("Kinh tế", "other"),
        "van-ban": ("Văn bản", "none"),
    }

    def section_path(self, slug: str) -> str:
        return f"/doan-the/{slug}" if slug in ("mat-tran", "hoi-phu-nu") else f"/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"/trang-{number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/tin/{news.slug}-i{news.number}.html"

    def menu(self) -> str:
        items = "".join(
            f'<li><a href="{self.section_path(slug)}">{name}</a></li>'
            for slug, (name, _) in self.names.items()
            if slug not in ("mat-tran", "hoi-phu-nu")
        )
        home = '<li><a href="/">Trang chủ</a></li>'
        return f'<ul id="nav">{home}<li><a href="/doan-the">Đoàn thể</a></li>{items}</ul>'

    def own(self, path: str) -> bytes | None:
        if path != "/doan-the":
            return None
        blocks = "".join(
            f'<div class="block"><h2 class="block-title"><a href="{self.section_path(slug)}">'
            f"{self.names[slug][0]}</a></h2>"
            f"{self.rows(self.news[slug][:3])}</div>"
            for slug in ("mat-tran", "hoi-phu-nu")
        )
        return self.html(self.frame(f"Đoàn thể - {self.title}", f"<h1>Đoàn thể</h1>{blocks}"))

    def expected(self) -> dict[str, str]:
        return super().expected() | {"/doan-the": "front"}

    def article(self, story: Story) -> str:
        return self.frame(
            f"{story.title} - {self.title}",
            f'<div class="detail"><h1 class="detail-title">{story.title}</h1><p class="detail-time">'
            f'{story.day:%d/%m/%Y, %H:%M} (GMT+7)</p><h2 class="detail-sapo">{story.lead}</h2><div '
            f'class="detail-body">{self.body(story)}</div>'
            "</div>",
        )


COMMUNES: tuple[type[Unseen], ...] = (
    LaravelSite, MvcSite, ModulePhp, MergedCommunes, PermalinkWordPress, BlocksOfSubsections,
)  # fmt: skip
