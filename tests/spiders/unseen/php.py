"""Sites of PHP systems and of VNPT: NukeViet 3 and 5, Drupal 7, Joomla 3, a portal by parameters."""

from __future__ import annotations

from typing import ClassVar

from tests.loopback import NOT_FOUND, Reply
from tests.spiders.unseen.site import NUMBERS, Unseen
from tests.spiders.unseen.stories import Story


class NukeViet3(Unseen):
    """NukeViet 3: tables of ``news_column``, articles ``/vi/news/<cat>/<slug>-<id>/``."""

    platform: ClassVar[str] = "nukeviet"
    editor: ClassVar[str] = "table"

    def section_path(self, slug: str) -> str:
        return f"/vi/news/{slug}/"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"page-{number}/" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/vi/news/{news.section}/{news.slug}-{news.number}/"

    def own(self, path: str) -> bytes | None:
        return self.html(self.home()) if path in ("/vi/", "/vi/news/") else None

    def head(self) -> str:
        return (
            '<meta name="generator" content="NukeViet v3.4"><script src="/js/global.js">'
            '</script><script>var nv_siteroot="/",nv_sitelang="vi",nv_name_variable="nv"'
            ";</script>"
        )

    def rows(self, news: list[Story]) -> str:
        return "".join(
            '<div class="news_column"><div class="items border_r clearfix">'
            f'<a href="{self.article_path(s)}" title="{s.title}">'
            f'<img class="s-border fl left" src="{self.picture(s)}" width="100"></a>'
            f'<h3><a href="{self.article_path(s)}" title="{s.title}">{s.title}</a></h3>'
            f'<span class="time">{s.day:%d/%m/%Y %H:%M}</span><p>{s.lead}</p></div></div>'
            for s in news
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = " ".join(
            f"<strong>{n}</strong>" if n == number else f'<a href="{self.page_path(slug, n)}">{n}</a>'
            for n in range(1, last + 1)
        )
        return f'<div class="generate_page">Trang: {pages}</div>'

    def article(self, story: Story) -> str:
        others = "".join(
            f'<li><a href="{self.article_path(s)}">{s.title}</a> <span class="date">- '
            f"{s.day:%d/%m/%Y %H:%M}</span></li>"
            for s in self.news[story.section][:5]
            if s is not story
        )
        return self.frame(
            f"{story.title} - {self.names[story.section][0]} - {self.title}",
            f'<div id="news_detail"><div class="news_column"><h1>{story.title}</h1>'
            f'<div class="time">Thứ năm - {story.day:%d/%m/%Y %H:%M}</div>'
            f'<div id="hometext">{story.lead}</div>'
            f'<div id="bodytext" class="bodytext">{self.body(story)}</div></div><p>'
            f'<strong>Những tin cũ hơn</strong></p><ul class="related">{others}</ul></div>',
        )


class NukeViet5(Unseen):
    """NukeViet 5: module ``news`` at the root, cards of Bootstrap 5, JSON-LD beside the text."""

    platform: ClassVar[str] = "nukeviet"
    editor: ClassVar[str] = "figure"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"page-{number}/" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/{news.section}/{news.slug}-{news.number}.html"

    def head(self) -> str:
        return (
            '<meta name="generator" content="NukeViet v5.0">'
            '<script>var nv_lang_data="vi",nv_base_siteurl="/";</script>'
        )

    def rows(self, news: list[Story]) -> str:
        return (
            '<div class="row g-3">'
            + "".join(
                '<div class="col-12"><article class="card border-0"><div class="card-body">'
                '<h2 class="card-title h5"><a class="stretched-link" '
                f'href="{self.article_path(s)}">{s.title}</a></h2>'
                '<div class="text-muted small"><i class="fa-solid fa-clock">'
                f'</i> {s.day:%d/%m/%Y %H:%M}</div><p class="card-text">{s.lead}</p></div>'
                "</article></div>"
                for s in news
            )
            + "</div>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = "".join(
            f'<li class="page-item{" active" if n == number else ""}">'
            f'<a class="page-link" href="{self.page_path(slug, n) if n != number else "#"}'
            f'">{n}</a></li>'
            for n in range(1, last + 1)
        )
        return f'<nav aria-label="Phân trang"><ul class="pagination">{pages}</ul></nav>'

    def article(self, story: Story) -> str:
        return self.frame(
            f"{story.title} - {self.title}",
            f'<article class="news-detail"><h1 class="h3">{story.title}</h1>'
            '<div class="d-flex small">'
            f'<time datetime="{story.day.isoformat()}">{story.day:%d/%m/%Y %H:%M}</time>'
            "</div>"
            f'<div class="hometext fw-bold">{story.lead}</div>'
            f'<div class="bodytext" id="news-bodyhtml">{self.body(story)}</div></article>'
            + '<div class="card"><div class="card-header">Những tin mới hơn</div><ul class="list-group">'
            + "".join(
                f'<li class="list-group-item"><a href="{self.article_path(s)}">{s.title}</a> '
                f'<span class="small">({s.day:%d/%m/%Y})</span></li>'
                for s in self.news[story.section][:4]
                if s is not story
            )
            + "</ul></div>",
        )


class Drupal7(Unseen):
    """Drupal 7 with views: ``/taxonomy/term/N`` as sections, ``/node/N`` as articles, zero-based pages."""

    platform: ClassVar[str] = "drupal"
    editor: ClassVar[str] = "word"

    def section_path(self, slug: str) -> str:
        return f"/taxonomy/term/{NUMBERS[slug]}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?page={number - 1}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/node/{news.number}"

    def head(self) -> str:
        return (
            '<meta name="Generator" content="Drupal 7 (http://drupal.org)">'
            '<script src="/misc/drupal.js?q2"></script>'
        )

    def rows(self, news: list[Story]) -> str:
        return (
            '<div class="view-content">'
            + "".join(
                f'<div id="node-{s.number}" class="node node-article node-promoted node-teaser" '
                f'typeof="sioc:Item"><h2><a href="{self.article_path(s)}">{s.title}</a></h2>'
                '<div class="submitted"><span>Được đăng bởi <a class="username" '
                f'href="/user/1">bientap</a> vào lúc {s.day:%d/%m/%Y - %H:%M}</span></div>'
                '<div class="content"><div class="field field-name-body">'
                f'<div class="field-items"><div class="field-item even"><p>{s.lead}</p></div>'
                "</div></div></div>"
                '<ul class="links inline"><li class="node-readmore">'
                f'<a href="{self.article_path(s)}">Đọc tiếp<span class="element-invisible"> về '
                f"{s.title}</span></a></li></ul></div>"
                for s in news
            )
            + "</div>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = "".join(
            f'<li class="pager-current">{n}</li>'
            if n == number
            else '<li class="pager-item">'
            f'<a title="Đến trang {n}" href="{self.page_path(slug, n)}">{n}</a></li>'
            for n in range(1, last + 1)
        )
        return (
            '<h2 class="element-invisible">Các trang</h2><div class="item-list">'
            f'<ul class="pager">{pages}</ul></div>'
        )

    def article(self, story: Story) -> str:
        return self.frame(
            f"{story.title} | {self.title}",
            f'<h1 class="title" id="page-title">{story.title}</h1>'
            f'<div id="node-{story.number}" class="node node-article">'
            '<div class="submitted"><span>Được đăng bởi <a class="username" '
            f'href="/user/1">bientap</a> vào lúc {story.day:%d/%m/%Y - %H:%M}</span></div>'
            '<div class="content"><div class="field field-name-field-tom-tat '
            'field-type-text-long"><div class="field-items">'
            f'<div class="field-item even">{story.lead}</div></div></div>'
            '<div class="field field-name-body field-type-text-with-summary">'
            f'<div class="field-items"><div class="field-item even">{self.body(story)}</div>'
            "</div></div></div></div>",
        )


class Joomla3(Unseen):
    """Joomla 3 without rewritten addresses: ``index.php?option=com_content&view=…``."""

    platform: ClassVar[str] = "joomla"
    editor: ClassVar[str] = "plain"
    noise_params: ClassVar[str] = "Itemid|lang|catid"

    def section_path(self, slug: str) -> str:
        return f"/index.php?option=com_content&view=category&layout=blog&id={NUMBERS[slug]}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"&start={(number - 1) * 6}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return (
            f"/index.php?option=com_content&view=article&id={news.number}:{news.slug}"
            f"&catid={NUMBERS[news.section]}"
        )

    def head(self) -> str:
        return (
            '<meta name="generator" content="Joomla! - Open Source Content Management">'
            '<script src="/media/jui/js/jquery.min.js"></script>'
        )

    def rows(self, news: list[Story]) -> str:
        return (
            '<div class="blog">'
            + "".join(
                '<div class="items-row cols-1 row-0 row-fluid clearfix"><div class="span12">'
                '<div class="item column-1"><div class="page-header"><h2 itemprop="name">'
                f'<a href="{self.article_path(s).replace("&", "&amp;")}&amp;Itemid=101" '
                f'itemprop="url">{s.title}</a></h2></div>'
                '<dl class="article-info muted"><dd class="create">'
                f'<time datetime="{s.day.isoformat()}">Được tạo: {s.day.day} Tháng '
                f"{s.day.month} {s.day.year}</time></dd></dl><p>{s.lead}</p></div></div></div>"
                for s in news
            )
            + "</div>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = "".join(
            f'<li class="active"><a>{n}</a></li>'
            if n == number
            else f'<li><a class="pagenav" href="{self.page_path(slug, n).replace("&", "&amp;")}">{n}</a></li>'
            for n in range(1, last + 1)
        )
        return (
            f'<div class="pagination"><p class="counter">Trang {number} / {last}</p>'
            f'<ul class="pagination-list">{pages}</ul></div>'
        )

    def article(self, story: Story) -> str:
        return self.frame(
            story.title,
            '<div class="item-page" itemscope><div class="page-header">'
            f'<h2 itemprop="headline">{story.title}</h2></div>'
            '<dl class="article-info muted"><dd class="published">'
            f'<time datetime="{story.day.isoformat()}" itemprop="datePublished">Được đăng: '
            f"{story.day.day} Tháng {story.day.month} {story.day.year}</time></dd>"
            '<dd class="hits">Lượt xem: 212</dd></dl>'
            f'<div itemprop="articleBody"><p><strong>{story.lead}</strong>'
            f'</p>{self.body(story)}</div><ul class="pager pagenav"><li class="previous">'
            '<a href="/index.php?x" rel="prev">Trang trước</a></li></ul></div>',
        )


class VnptIgate(Unseen):
    """VNPT's newer portal: ``/chi-tiet-tin-tuc?id=…`` with a slug, sections ``/tin-tuc?cat=…``; each unknown
    address shows the home page."""

    platform: ClassVar[str] = "unknown"
    editor: ClassVar[str] = "word"
    noise_params: ClassVar[str] = "t"

    def section_path(self, slug: str) -> str:
        return f"/danh-muc/{slug}?cat={NUMBERS[slug]}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"&trang={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/chi-tiet?itemid={news.number}&cat={NUMBERS[news.section]}"

    def lost(self, path: str) -> Reply:
        return self.html(self.home()) if path.startswith(("/chi-tiet", "/danh-muc")) else NOT_FOUND

    def rows(self, news: list[Story]) -> str:
        return (
            '<div class="danh-sach-tin">'
            + "".join(
                f'<div class="tin-item row"><div class="col-4"><a href="{self.article_path(s)}">'
                f'<img src="{self.picture(s)}"></a></div><div class="col-8">'
                f'<a class="tieu-de" href="{self.article_path(s)}">{s.title}</a>'
                f'<p class="thoi-gian"><i class="far fa-clock"></i> {s.day:%H:%M %d/%m/%Y}</p>'
                f'<p class="tom-tat">{s.lead}</p></div></div>'
                for s in news
            )
            + "</div>"
        )

    def article(self, story: Story) -> str:
        others = "".join(
            f'<li><a href="{self.article_path(s)}">{s.title}</a> <span '
            f'class="ngay">({s.day:%d/%m/%Y})</span></li>'
            for s in self.news[story.section][:5]
            if s is not story
        )
        return self.frame(
            self.title,
            '<div class="chi-tiet-bai"><div class="hot"><marquee>'
            f'<a href="{self.article_path(self.latest(1)[0])}">{self.latest(1)[0].title}'
            f"</a> {self.latest(1)[0].day:%d/%m/%Y %H:%M}</marquee></div>"
            f'<h3 class="tieu-de-bai">{story.title}</h3>'
            f'<p class="thoi-gian">{story.day:%H:%M} | {story.day:%d/%m/%Y}</p>'
            f'<div class="tom-tat">{story.lead}</div>'
            f'<div class="noi-dung">{self.body(story)}</div>'
            f'<div class="tin-khac"><h4>Tin khác</h4><ul>{others}</ul></div></div>',
        )


PHP: tuple[type[Unseen], ...] = (NukeViet3, NukeViet5, Drupal7, Joomla3, VnptIgate)
