"""Sites of .NET makers: DNN, mojoPortal, HueCIT."""

from __future__ import annotations

from typing import ClassVar

from tests.spiders.unseen.site import NUMBERS, Unseen
from tests.spiders.unseen.stories import Story


class Dnn(Unseen):
    """DNN with a news module: tabs by name, articles by ``tabid`` and ``ArticleID`` in the path, the pager
    ``currentpage/2``."""

    platform: ClassVar[str] = "dnn"
    editor: ClassVar[str] = "table"

    def section_path(self, slug: str) -> str:
        return f"/{slug}.aspx"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) if number == 1 else f"/{slug}/currentpage/{number}.aspx"

    def article_path(self, news: Story) -> str:
        return f"/{news.section}/tabid/{NUMBERS[news.section]}/ArticleID/{news.number}/Default.aspx"

    def head(self) -> str:
        return (
            '<meta name="generator" content="DotNetNuke">'
            '<link href="/Portals/0/portal.css" rel="stylesheet">'
            '<script src="/DesktopModules/News/js/a.js"></script>'
        )

    def rows(self, news: list[Story]) -> str:
        return (
            '<div id="dnn_ctr441_ModuleContent" class="DNNModuleContent">'
            + "".join(
                f'<table class="bai" width="100%"><tr><td><img src="{self.picture(s)}" '
                'align="left"></td><td>'
                f'<a class="tieudetin" href="{self.article_path(s)}">{s.title}</a>'
                f'<div class="ngay">{s.day:%d/%m/%Y}</div><div class="mota">{s.lead}</div></td></tr></table>'
                for s in news
            )
            + "</div>"
        )

    def article(self, story: Story) -> str:
        others = "".join(
            f'<li><a href="{self.article_path(s)}">{s.title}</a> ({s.day:%d/%m/%Y})</li>'
            for s in self.news[story.section][:5]
            if s is not story
        )
        return self.frame(
            f"{self.title} > {self.names[story.section][0]}",
            '<div id="dnn_ContentPane"><div class="DnnModule">'
            '<span class="Head" '
            f'id="dnn_ctr441_dnnTITLE_titleLabel">{self.names[story.section][0]}</span>'
            f'<div id="dnn_ctr441_ModuleContent"><div class="tieude-bai">{story.title}</div>'
            f'<div class="thoigian">Ngày đăng: {story.day:%d/%m/%Y %H:%M}</div>'
            f'<div class="trichdan"><strong>{story.lead}</strong></div>'
            f'<div class="noidung-bai">{self.body(story)}</div>'
            f'<div class="baikhac"><p>Các bài khác:</p><ul>{others}</ul></div></div></div></div>',
        )


class DnnQuery(Dnn):
    """DNN without friendly addresses: everything is ``Default.aspx?tabid=``, pages by ``&page=``."""

    editor: ClassVar[str] = "breaks"
    noise_params: ClassVar[str] = "language"

    def section_path(self, slug: str) -> str:
        return f"/Default.aspx?tabid={NUMBERS[slug]}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"&page={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/Default.aspx?tabid={NUMBERS[news.section]}&ndid={news.number}"


class MojoPortal(Unseen):
    """mojoPortal: section pages by name, their blog posts by ``viewpost.aspx`` with three numbers."""

    platform: ClassVar[str] = "mojoportal"
    editor: ClassVar[str] = "plain"
    precision: ClassVar[str] = "day"

    def section_path(self, slug: str) -> str:
        return f"/{slug}.aspx"

    def page_path(self, slug: str, number: int) -> str:
        n = NUMBERS[slug]
        return (
            self.section_path(slug)
            if number == 1
            else f"/article/viewlist.aspx?pageid={n}&mid={n + 50}&pagenumber={number}"
        )

    def article_path(self, news: Story) -> str:
        n = NUMBERS[news.section]
        return f"/article/viewdetail.aspx?pageid={n}&mid={n + 50}&ItemID={news.number}"

    def head(self) -> str:
        return '<link href="/Data/Sites/1/skins/thoxuan/style.css" rel="stylesheet">'

    def rows(self, news: list[Story]) -> str:
        return (
            '<div class="ModuleContent modulecontent">'
            + "".join(
                '<div class="tinbai"><h3 class="ten">'
                f'<a href="{self.article_path(s)}">{s.title}</a></h3>'
                f'<span class="luc">{s.day:%d/%m/%Y}</span><p>{s.lead}</p></div>'
                for s in news
            )
            + "</div>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = "".join(
            f'<span class="SelectedPage">{n}</span>'
            if n == number
            else f'<a class="ModulePager" href="{self.page_path(slug, n).replace("&", "&amp;")}">{n}</a>'
            for n in range(1, last + 1)
        )
        return f'<div class="blogpager">{pages}</div>'

    def article(self, story: Story) -> str:
        return self.frame(
            f"{story.title} - {self.title}",
            f'<div class="ModuleTitle">{self.names[story.section][0]}</div>'
            f'<div class="ArticleHeader">{story.title}</div>'
            f'<div class="PostDate">{story.day:%d/%m/%Y}</div>'
            f'<div class="ArticleSummary">{story.lead}</div>'
            f'<div class="ArticleContent">{self.body(story)}</div>'
            + '<div class="OtherArticles"><h4>Tin khác</h4>'
            + "".join(
                f'<a href="{self.article_path(s)}">{s.title}</a> <i>{s.day:%d/%m/%Y}</i><br>'
                for s in self.news[story.section][:5]
                if s is not story
            )
            + "</div>",
        )


class HueCit(Unseen):
    """HueCIT's portal: ``/Tin-tuc-su-kien/tid/<slug>/newsid/<GUID>/cid/<GUID>`` and ``/?gd=…&cn=…&id=…``."""

    platform: ClassVar[str] = "unknown"
    editor: ClassVar[str] = "word"
    noise_params: ClassVar[str] = "gd"

    def _guid(self, number: int) -> str:
        return f"{number:08X}-21B4-4C6E-9A{number % 90 + 10}-0F5D7E8{number:05X}"

    def section_path(self, slug: str) -> str:
        return f"/{slug}/cid/{self._guid(NUMBERS[slug])}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"/page/{number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return (
            f"/{news.section}/tid/{news.slug}/newsid/{self._guid(news.number)}"
            f"/cid/{self._guid(NUMBERS[news.section])}"
        )

    def head(self) -> str:
        return '<script src="/Portals/_huecit/js/p.js"></script>'

    def rows(self, news: list[Story]) -> str:
        return (
            '<div class="dstin">'
            + "".join(
                f'<div class="tin"><div class="anh"><a href="{self.article_path(s)}">'
                f'<img src="{self.picture(s)}"></a></div><div class="ten">'
                f'<a href="{self.article_path(s)}">{s.title}</a></div>'
                f'<div class="ngay">[{s.day:%d/%m/%Y %H:%M}]</div>'
                f'<div class="trich">{s.lead}</div></div>'
                for s in news
            )
            + "</div>"
        )

    def article(self, story: Story) -> str:
        others = "".join(
            f'<div class="dong"><a href="{self.article_path(s)}">{s.title}</a> '
            f"<span>({s.day:%d/%m/%Y})</span></div>"
            for s in self.news[story.section][:5]
            if s is not story
        )
        return self.frame(
            self.title,
            f'<div class="chitiettin"><div class="tentin">{story.title}</div>'
            f'<div class="ngaydang">Ngày cập nhật {story.day:%d/%m/%Y %H:%M}</div>'
            f'<div class="trichyeu">{story.lead}</div>'
            f'<div class="nd">{self.body(story)}</div><div class="nguon"></div></div>'
            f'<div class="tinkhac"><div class="td">Các tin khác</div>{others}</div>',
        )


DOTNET: tuple[type[Unseen], ...] = (Dnn, DnnQuery, MojoPortal, HueCit)
