"""Sites of other .NET makers: pages with parameters in tables, Umbraco, Kentico, Orchard."""

from __future__ import annotations

from typing import ClassVar

from tests.spiders.unseen.site import NUMBERS, Unseen
from tests.spiders.unseen.stories import Story


class PlainAspx(Unseen):
    """One maker's WebForms: sections and articles are the same page with other parameters, ``?id=&cid=``."""

    platform: ClassVar[str] = "aspx_custom"
    editor: ClassVar[str] = "table"
    noise_params: ClassVar[str] = "lang"

    def section_path(self, slug: str) -> str:
        return f"/tintuc.aspx?cid={NUMBERS[slug]}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"&p={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/tintuc.aspx?id={news.number}&cid={NUMBERS[news.section]}"

    def home_path(self) -> str:
        return "/default.aspx"

    def frame(self, title: str, body: str) -> str:
        left = "".join(
            f'<tr><td class="m"><a href="{path}">{name}</a></td></tr>' for path, name in self.links()
        )
        right = "".join(
            f'<tr><td><a href="{self.article_path(s)}">{s.title}</a><br>{s.day:%d/%m/%Y}</td></tr>'
            for s in self.latest(5)
        )
        return (
            f"<html><head><title>{self.title}</title><meta http-equiv=Content-Type "
            "content='text/html; charset=utf-8'></head><body>"
            "<form id='form1' method='post' action='tintuc.aspx'>"
            "<input type='hidden' name='__VIEWSTATE' id='__VIEWSTATE' value='dDwx'>"
            "<table width='1000'><tr><td colspan='3'><img src='/banner.jpg'></td></tr><tr>"
            f"<td width='180' valign='top'><table>{left}</table></td>"
            f"<td valign='top'>{body}</td><td width='200' valign='top'><table><tr>"
            f"<td class='t'>Tin mới</td></tr>{right}</table></td></tr>"
            "<tr><td colspan='3'>Địa chỉ: thị trấn Thọ Xuân, huyện Thọ Xuân, tỉnh Thanh "
            "Hóa</td></tr></table></form></body></html>"
        )

    def rows(self, news: list[Story]) -> str:
        return (
            "<table id='DataList1' cellspacing='0'>"
            + "".join(
                f"<tr><td><table><tr><td rowspan='2'><img src='{self.picture(s)}' width='100'>"
                f"</td><td><a class='td1' href='{self.article_path(s)}'>{s.title}</a> "
                f"<span>({s.day:%d/%m/%Y})</span></td></tr>"
                f"<tr><td>{s.lead}</td></tr></table></td></tr>"
                for s in news
            )
            + "</table>"
        )

    def list_page(self, slug: str, shown: list[Story], pager: str) -> str:
        return f"<span id='lblChuyenMuc'>{self.names[slug][0]}</span>{self.rows(shown)}{pager}"

    def article(self, story: Story) -> str:
        others = "".join(
            f"<tr><td>+ <a href='{self.article_path(s)}'>{s.title}</a> ({s.day:%d/%m/%Y})</td></tr>"
            for s in self.news[story.section][:5]
            if s is not story
        )
        return self.frame(
            "",
            "<table width='100%'><tr><td>"
            f"<span id='lblChuyenMuc'>{self.names[story.section][0]}</span></td></tr><tr>"
            f"<td><span id='lblTieuDe'>{story.title}</span></td></tr>"
            f"<tr><td><span id='lblNgay'>{story.day:%d/%m/%Y %H:%M}</span></td></tr><tr><td>"
            f"<span id='lblTomTat'><b>{story.lead}</b></span></td></tr>"
            f"<tr><td><span id='lblND'>{self.body(story)}</span></td></tr><tr>"
            f"<td>Các tin đã đưa</td></tr>{others}</table>",
        )


class Umbraco(Unseen):
    """Umbraco: folders of the content tree, dates in words, ``?page=`` by a grid's pager."""

    platform: ClassVar[str] = "unknown"
    editor: ClassVar[str] = "figure"
    precision: ClassVar[str] = "day"

    def section_path(self, slug: str) -> str:
        return f"/tin-tuc-va-hoat-dong/{slug}/"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?page={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/tin-tuc-va-hoat-dong/{news.section}/{news.day:%Y}/{news.slug}/"

    def rows(self, news: list[Story]) -> str:
        return (
            '<section class="grid-section"><div class="container">'
            + "".join(
                f'<a class="blogpost" href="{self.article_path(s)}"><div class="blogpost-meta">'
                f'<small class="blogpost-date">{s.day.day} tháng {s.day.month}, '
                f"{s.day.year}</small></div>"
                f'<h3 class="blogpost-title">{s.title}</h3>'
                f'<div class="blogpost-excerpt">{s.lead}</div></a>'
                for s in news
            )
            + "</div></section>"
        )

    def article(self, story: Story) -> str:
        return self.frame(
            story.title,
            f'<div class="umb-grid"><h1>{story.title}</h1>'
            f'<small class="blogpost-date">{story.day.day} tháng {story.day.month}, '
            f'{story.day.year}</small><p class="lead">{story.lead}</p>'
            '<div class="grid-section"><div class="column">'
            f'<div class="umb-rte">{self.body(story)}</div></div></div></div>',
        )


class Kentico(Unseen):
    """Kentico: one document type for all, a query string pager with a hash, an intro in bold."""

    platform: ClassVar[str] = "unknown"
    editor: ClassVar[str] = "breaks"
    noise_params: ClassVar[str] = "lang"

    def section_path(self, slug: str) -> str:
        return f"/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?page={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/{news.section}/{news.day:%m-%Y}/{news.slug}"

    def head(self) -> str:
        return '<link href="/CMSPages/GetResource.ashx?stylesheetname=ThoXuan" rel="stylesheet">'

    def rows(self, news: list[Story]) -> str:
        return (
            '<div class="WebPartContent">'
            + "".join(
                f'<div class="NewsItem"><div class="Teaser"><img src="{self.picture(s)}"></div>'
                '<div class="Right">'
                f'<a class="NewsTitle" href="{self.article_path(s)}">{s.title}</a>'
                f'<div class="NewsDate">{s.day:%H:%M %d-%m-%Y}</div>'
                f'<div class="Summary">{s.lead}</div></div><div class="Clear"></div></div>'
                for s in news
            )
            + "</div>"
        )

    def article(self, story: Story) -> str:
        return self.frame(
            f"{self.title} - {story.title}",
            f'<div class="NewsDetail"><h2>{story.title}</h2>'
            f'<div class="NewsDate">{story.day:%H:%M %d-%m-%Y}</div>'
            f'<div class="NewsSummary">{story.lead}</div>'
            f'<div class="NewsContent">{self.body(story)}</div></div>'
            + '<div class="Similar"><h3>Tin cùng mục</h3>'
            + "".join(
                f'<div><a href="{self.article_path(s)}">{s.title}</a> {s.day:%d-%m-%Y}</div>'
                for s in self.news[story.section][:4]
                if s is not story
            )
            + "</div>",
        )


class Orchard(Unseen):
    """Orchard: content items in an unordered list, metadata line with author, ``pager`` list with arrows."""

    platform: ClassVar[str] = "unknown"
    editor: ClassVar[str] = "plain"

    def section_path(self, slug: str) -> str:
        return f"/chuyen-muc/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?page={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/{news.slug}"

    def head(self) -> str:
        return '<meta name="generator" content="Orchard">'

    def rows(self, news: list[Story]) -> str:
        return (
            '<ul class="content-items list-items">'
            + "".join(
                '<li><article class="content-item blog-post" itemscope><header><h1>'
                f'<a href="{self.article_path(s)}">{s.title}</a></h1><div class="metadata">'
                f'<div class="published">{s.day:%d/%m/%Y %H:%M}</div></div></header>'
                f"<p>{s.lead}</p></article></li>"
                for s in news
            )
            + "</ul>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        older = (
            f'<li class="last"><a href="{self.page_path(slug, number + 1)}">&gt;</a></li>'
            if number < last
            else ""
        )
        newer = (
            f'<li class="first"><a href="{self.page_path(slug, number - 1)}">&lt;</a></li>'
            if number > 1
            else ""
        )
        return f'<ul class="pager group">{newer}{older}</ul>'

    def article(self, story: Story) -> str:
        return self.frame(
            story.title,
            f'<article class="blog-post content-item"><header><h1>{story.title}</h1>'
            f'<div class="metadata"><div class="published">{story.day:%d/%m/%Y %H:%M}</div>'
            "</div></header>"
            f"<p><strong>{story.lead}</strong></p>{self.body(story)}</article>",
        )


DOTNET_OTHERS: tuple[type[Unseen], ...] = (PlainAspx, Umbraco, Kentico, Orchard)
