"""SharePoint sites: publishing pages of 2013, lists of 2019."""

from __future__ import annotations

from typing import ClassVar

from tests.spiders.unseen.site import Unseen
from tests.spiders.unseen.stories import Story


class SharePoint2013(Unseen):
    """SharePoint 2013 publishing: ``/Pages/<name>.aspx`` for sections and articles alike, a content query's
    ``dfwp`` list, a pager that posts back, summary and date in page fields."""

    platform: ClassVar[str] = "sharepoint"
    headers: ClassVar[dict[str, str]] = {"MicrosoftSharePointTeamServices": "15.0.0.4420"}
    noise_params: ClassVar[str] = r"Source|Category"
    editor: ClassVar[str] = "word"
    precision: ClassVar[str] = "day"

    def section_path(self, slug: str) -> str:
        return (
            f"/{slug}/Pages/default.aspx" if slug not in ("van-ban", "gioi-thieu") else f"/Pages/{slug}.aspx"
        )

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) if number == 1 else f"{self.section_path(slug)}?page={number}"

    def home_path(self) -> str:
        return "/Pages/default.aspx"

    def article_path(self, news: Story) -> str:
        return f"/{news.section}/Pages/{'-'.join(news.slug.split('-')[:6])}-{news.number}.aspx"

    def head(self) -> str:
        return (
            '<meta name="GENERATOR" content="Microsoft SharePoint">'
            '<script src="/_layouts/15/init.js"></script>'
            '<script>var _spPageContextInfo={webServerRelativeUrl:"/"};</script>'
        )

    def menu(self) -> str:
        items = "".join(
            '<li class="static"><a class="static menu-item ms-core-listMenu-item" '
            f'href="{path}"><span class="additional-background">'
            f'<span class="menu-item-text">{name}</span></span></a></li>'
            for path, name in self.links()
        )
        return (
            '<div class="noindex ms-core-listMenu-horizontalBox" '
            'id="zz1_TopNavigationMenu"><ul class="root ms-core-listMenu-root '
            f'static">{items}</ul></div>'
        )

    def frame(self, title: str, body: str) -> str:
        return (
            '<!DOCTYPE html><html lang="vi-vn"><head><meta http-equiv="Content-Type" '
            'content="text/html; charset=utf-8">'
            f"<title>\r\n\t{title}\r\n</title>{self.head()}</head>"
            '<body><form method="post" action="./default.aspx" id="aspnetForm">'
            '<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="/wEP">'
            '<div id="s4-ribbonrow"><a href="javascript:;">Skip Ribbon Commands</a></div>'
            '<div id="s4-workspace"><div id="s4-bodyContainer">'
            f'<div id="s4-titlerow">{self.menu()}</div><div id="contentRow">'
            f'<div id="contentBox"><div id="DeltaPlaceHolderMain">{body}</div></div></div>'
            f"<div id='foot'>{self.title}. Địa chỉ: thị trấn Thọ Xuân, huyện Thọ Xuân, tỉnh "
            "Thanh Hóa</div></div></div></form></body></html>"
        )

    def rows(self, news: list[Story]) -> str:
        return (
            '<ul class="dfwp-column dfwp-list">'
            + "".join(
                '<li class="dfwp-item"><div class="item"><div class="image-area-left">'
                f'<a href="{self.article_path(s)}"><img class="image" src="{self.picture(s)}" '
                'alt=""></a></div>'
                f'<div class="link-item"><a href="{self.article_path(s)}" title="">{s.title}</a>'
                f'<span class="ngay">({s.day:%d/%m/%Y})</span>'
                f'<div class="description">{s.lead}</div></div></div></li>'
                for s in news
            )
            + "</ul>"
        )

    def list_page(self, slug: str, shown: list[Story], pager: str) -> str:
        return (
            '<div class="ms-webpart-zone"><h2 class="ms-webpart-titleText"><nobr>'
            f"<span>{self.names[slug][0]}</span></nobr></h2>{self.rows(shown)}{pager}</div>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = "".join(
            f"<span>{n}</span>" if n == number else f'<a href="{self.page_path(slug, n)}">{n}</a>'
            for n in range(1, last + 1)
        )
        return f"<table class='phantrang'><tr><td>{pages}</td></tr></table>"

    def article(self, story: Story) -> str:
        others = "".join(
            f'<li><a href="{self.article_path(s)}">{s.title}</a> <i>({s.day:%d/%m/%Y})</i></li>'
            for s in self.news[story.section]
            if s is not story
        )
        return self.frame(
            f"{story.title}",
            f'<div class="article article-left"><div class="tieude">{story.title}</div>'
            '<div class="captioned-image"></div>'
            '<div class="article-header">'
            f'<div class="date-line">{story.day.day}/{story.day.month}/{story.day.year}'
            "</div></div>"
            '<div class="tomtat"><div class="ms-rtestate-field" '
            f'style="display:inline">{story.lead}</div></div>'
            '<div class="article-content">'
            '<div id="ctl00_PlaceHolderMain_RichHtmlField1_label" style="display:none">Nội '
            "dung trang</div>"
            '<div id="ctl00_PlaceHolderMain_ctl02__ControlWrapper_RichHtmlField" '
            f'class="ms-rtestate-field" style="display:inline">{self.body(story)}</div>'
            "</div>"
            f'<div class="khac"><div class="tieude-khac">Tin đã đưa</div><ul>{others}</ul></div></div>',
        )

    def picture(self, story: Story) -> str:
        return f"/PublishingImages/{story.picture}"


class SharePointList(SharePoint2013):
    """SharePoint 2019 with news kept in a list: ``DispForm.aspx?List=…&ID=`` behind a custom view, pages
    turned by ``?PageIndex=``, dates after the vi-VN culture."""

    noise_params: ClassVar[str] = r"Source|ContentTypeId|Web"
    editor: ClassVar[str] = "table"
    precision: ClassVar[str] = "minute"

    def section_path(self, slug: str) -> str:
        return f"/SitePages/ChuyenMuc.aspx?CateID={list(self.names).index(slug) + 11}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"&PageIndex={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return (
            f"/SitePages/TinChiTiet.aspx?ItemID={news.number}"
            f"&CateID={list(self.names).index(news.section) + 11}"
        )

    def home_path(self) -> str:
        return "/SitePages/Home.aspx"

    def rows(self, news: list[Story]) -> str:
        return (
            '<table width="100%">'
            + "".join(
                f'<tr><td class="anhnho"><a href="{self.article_path(s)}">'
                f'<img src="{self.picture(s)}" width="120"></a></td>'
                f'<td valign="top"><a class="td" href="{self.article_path(s)}">{s.title}</a><br>'
                f'<span class="n">{_vi(s)}</span><div>{s.lead}</div></td></tr>'
                for s in news
            )
            + "</table>"
        )

    def article(self, story: Story) -> str:
        return self.frame(
            "Chi tiết tin",
            f'<div class="chitiet"><h1 class="title">{story.title}</h1>'
            f'<div class="ngaydang">{_vi(story)}</div>'
            f'<div class="TrichYeu">{story.lead}</div>'
            f'<div class="noidung ms-rtestate-field">{self.body(story)}</div></div>'
            f'<div class="khac"><b>Các tin khác</b><ul>'
            + "".join(
                f'<li><a href="{self.article_path(s)}">{s.title}</a> ({s.day:%d/%m/%Y})</li>'
                for s in self.news[story.section][:5]
                if s is not story
            )
            + "</ul></div>",
        )


def _vi(story: Story) -> str:
    months = ("Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai")
    day = story.day
    half = "SA" if day.hour < 12 else "CH"
    return f"{day.day} Tháng {months[day.month - 1]} {day.year} {day.hour % 12 or 12}:{day:%M}:00 {half}"


SHAREPOINT: tuple[type[Unseen], ...] = (SharePoint2013, SharePointList)
