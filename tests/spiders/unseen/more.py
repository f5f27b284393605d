"""More made-up sites: a SharePoint list view, HueCIT by parameters, Drupal 10, Joomla 4, an own site."""

from __future__ import annotations

from typing import ClassVar

from tests.spiders.unseen.microsoft import SharePoint2013
from tests.spiders.unseen.site import NUMBERS, PER_PAGE, Unseen
from tests.spiders.unseen.stories import Story


class SharePointView(SharePoint2013):
    """SharePoint with the list's own view: rows of ``ms-vb2`` cells, articles by ``DispForm.aspx?ID=``, and a
    pager of pictures whose script asks for ``Paged=TRUE`` and the last row's number."""

    editor: ClassVar[str] = "plain"
    precision: ClassVar[str] = "minute"
    noise_params: ClassVar[str] = r"Source|ContentTypeId|p_\w+|View|RootFolder|Paged|PagedPrev"

    def section_path(self, slug: str) -> str:
        return f"/tintuc/Lists/{slug}/AllItems.aspx"

    def page_path(self, slug: str, number: int) -> str:
        if number == 1:
            return self.section_path(slug)
        first = (number - 1) * PER_PAGE + 1
        last = self.news[slug][first - 2].number if first - 2 < len(self.news.get(slug, ())) else 0
        query = f"Paged=TRUE&p_SortBehavior=0&p_ID={last}&PageFirstRow={first}"
        return f"{self.section_path(slug)}?{query}&View={{1C2E}}"

    def article_path(self, news: Story) -> str:
        return f"/tintuc/Lists/{news.section}/DispForm.aspx?ID={news.number}"

    def rows(self, news: list[Story]) -> str:
        head = "<tr class='ms-viewheadertr'><th>Tiêu đề</th><th>Ngày đăng</th><th>Trích yếu</th></tr>"
        return (
            f"<table class='ms-listviewtable' width='100%'>{head}"
            + "".join(
                f"<tr class='{'ms-alternating' if n % 2 else ''} ms-itmhover'><td class='ms-vb2'>"
                f"<a href='{self.article_path(s)}&amp;Source=%2Ftintuc'>{s.title}</a></td>"
                f"<td class='ms-vb2'><nobr>{s.day:%d/%m/%Y %H:%M}</nobr></td>"
                f"<td class='ms-vb2'><div dir=''>{s.lead}</div></td></tr>"
                for n, s in enumerate(news)
            )
            + "</table>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        def arrow(to: int, picture: str, alt: str) -> str:
            if not 1 <= to <= last:
                return ""
            path = self.page_path(slug, to).replace("&", "\\u0026")
            script = f'javascript:RefreshPageTo(event, "{path}");javascript:return false;'
            return (
                f"<td><a onclick='{script}' href='javascript:'>"
                f"<img src='/_layouts/15/images/{picture}.gif' alt='{alt}'></a></td>"
            )

        shown = f"<td class='ms-paging'>{(number - 1) * PER_PAGE + 1} - {number * PER_PAGE}</td>"
        before, after = arrow(number - 1, "prev", "Trước"), arrow(number + 1, "next", "Tiếp theo")
        return f"<table class='ms-bottompaging' id='bottomPaging'><tr>{before}{shown}{after}</tr></table>"

    def article(self, story: Story) -> str:
        def field(label: str, value: str) -> str:
            return (
                f"<tr><td class='ms-formlabel'><h3 class='ms-standardheader'>{label}</h3></td>"
                f"<td class='ms-formbody'>{value}</td></tr>"
            )

        return self.frame(
            f"{story.section} - {story.title}",
            "<table class='ms-formtable'>"
            + field("Tiêu đề", story.title)
            + field("Ngày đăng", f"{story.day:%d/%m/%Y %H:%M}")
            + field("Tóm tắt", f"<div dir=''>{story.lead}</div>")
            + field("Nội dung", f"<div class='ms-rtestate-field'>{self.body(story)}</div>")
            + "</table>",
        )


class HueCitQuery(Unseen):
    """HueCIT's older portal: ``/?gd=1&cn=…&tc=…`` for everything, tables and a print link."""

    platform: ClassVar[str] = "unknown"
    editor: ClassVar[str] = "table"
    noise_params: ClassVar[str] = "gd"

    def section_path(self, slug: str) -> str:
        return f"/?gd=1&cn={NUMBERS[slug]}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"&pg={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/?gd=1&cn={NUMBERS[news.section]}&tc={news.number}"

    def menu(self) -> str:
        # The name of the site is an entry too.
        items = "".join(f"<td class='mn'><a href='{path}'>{name}</a></td>" for path, name in self.links())
        own = f"<td class='mn'><a href='/?gd=2'>{self.title.partition(',')[0]}</a></td>"
        return f"<table class='menungang'><tr>{own}{items}</tr></table>"

    def own(self, path: str) -> bytes | None:
        return self.html(self.home()) if path == "/?gd=2" else None

    def rows(self, news: list[Story]) -> str:
        return (
            "<div class='khung'>"
            + "".join(
                f"<div class='muctin'><a class='tieudetin' href='{self.article_path(s)}'>{s.title}</a>"
                f" <span class='ngaytin'>({s.day:%d/%m/%Y})</span><div class='tomtat'>{s.lead}</div></div>"
                for s in news
            )
            + "</div>"
        )

    def article(self, story: Story) -> str:
        others = "".join(
            f"<li><a href='{self.article_path(s)}'>{s.title}</a> ({s.day:%d/%m/%Y})</li>"
            for s in self.news[story.section][:5]
            if s is not story
        )
        return self.frame(
            f"{self.title} - {self.names[story.section][0]}",
            "<div class='duongdan'><a href='/'>T</a> &gt; "
            f"<a href='{self.section_path(story.section)}'>{self.names[story.section][0]}</a></div>"
            f"<div class='tieudechitiet'>{story.title}</div><div class='ngaychitiet'>Ngày đăng: "
            f"{story.day:%d/%m/%Y %H:%M} <a href='/?gd=9&amp;tc={story.number}'>In bài viết</a></div>"
            f"<div class='trichdanchitiet'><b>{story.lead}</b></div><div class='noidungchitiet'>"
            f"{self.body(story)}</div><div class='cactinkhac'><b>Các bài viết khác</b>"
            f"<ul>{others}</ul></div>",
        )


class Drupal10(Unseen):
    """Drupal 10 in a theme of its own: views with ``views-row``, aliases as addresses, pages from nought."""

    platform: ClassVar[str] = "drupal"
    editor: ClassVar[str] = "figure"

    def section_path(self, slug: str) -> str:
        return f"/chuyen-muc/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?page={number - 1}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/{news.section}/{news.slug}"

    def head(self) -> str:
        return (
            "<meta name='Generator' content='Drupal 10 (https://www.drupal.org)'>"
            "<link rel='stylesheet' href='/core/themes/claro/x.css'>"
        )

    def rows(self, news: list[Story]) -> str:
        return (
            "<div class='views-element-container'><div class='view view-taxonomy-term'>"
            + "".join(
                f"<div class='views-row'><article data-history-node-id='{s.number}' class='node "
                "node--type-article"
                " node--view-mode-teaser'><h2 class='node__title'>"
                f"<a href='{self.article_path(s)}' rel='bookmark'>"
                f"<span class='field field--name-title'>{s.title}</span></a></h2><div class='node__content'>"
                f"<div class='field field--name-created'>{s.day:%d/%m/%Y - %H:%M}</div>"
                f"<div class='field field--name-body'>{s.lead}</div></div></article></div>"
                for s in news
            )
            + "</div></div>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        items = "".join(
            f"<li class='pager__item{' is-active' if n == number else ''}'><a href='?page={n - 1}'"
            f" title='Trang {n}'><span class='visually-hidden'>Trang</span>{n}</a></li>"
            for n in range(1, last + 1)
        )
        more = (
            f"<li class='pager__item pager__item--next'><a href='?page={number}' rel='next'>"
            "<span class='visually-hidden'>Trang sau</span><span aria-hidden='true'>››</span></a></li>"
        )
        return (
            "<nav class='pager' role='navigation'><h4 class='visually-hidden'>Phân trang</h4>"
            f"<ul class='pager__items js-pager__items'>{items}{more if number < last else ''}</ul></nav>"
        )

    def article(self, story: Story) -> str:
        return self.frame(
            f"{story.title} | {self.title}",
            "<div class='block block-page-title-block'><h1 class='page-title'><span class='field"
            f" field--name-title'>{story.title}</span></h1></div><article class='node node--type-article'>"
            "<footer class='node__meta'><div class='node__submitted'>Được gửi bởi "
            "<span>bientap</span> vào lúc"
            f" <span class='field--name-created'>{story.day:%d/%m/%Y - %H:%M}</span></div></footer>"
            f"<div class='node__content'><div class='field--name-field-sapo'>{story.lead}</div>"
            f"<div class='field--name-body field__item'>{self.body(story)}</div></div></article>",
        )


class Joomla4(Unseen):
    """Joomla 4 with rewritten addresses and Cassiopeia's blog, dates in words."""

    platform: ClassVar[str] = "joomla"
    editor: ClassVar[str] = "word"
    precision: ClassVar[str] = "day"

    def section_path(self, slug: str) -> str:
        return f"/index.php/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?start={(number - 1) * PER_PAGE}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/index.php/{news.section}/{news.number}-{news.slug}"

    def head(self) -> str:
        return (
            "<meta name='generator' content='Joomla! - Open Source Content Management'>"
            "<script type='application/json' class='joomla-script-options new'>{}</script>"
        )

    def rows(self, news: list[Story]) -> str:
        return (
            "<div class='com-content-category-blog blog'><div class='blog-items'>"
            + "".join(
                "<div class='com-content-category-blog__item blog-item'><div class='item-content'>"
                f"<div class='page-header'><h2><a href='{self.article_path(s)}'>{s.title}</a></h2></div>"
                f"<dl class='article-info text-muted'><dd class='published'>Ngày đăng: {s.day.day} Tháng"
                f" {s.day.month} {s.day.year}</dd></dl><p>{s.lead}</p><p class='readmore'>"
                f"<a class='btn' href='{self.article_path(s)}'>Đọc thêm: {s.title}</a></p></div></div>"
                for s in news
            )
            + "</div></div>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        items = "".join(
            f"<li class='active page-item'><span aria-current='true' class='page-link'>{n}</span></li>"
            if n == number
            else f"<li class='page-item'><a class='page-link' href='{self.page_path(slug, n)}'>{n}</a></li>"
            for n in range(1, last + 1)
        )
        return f"<nav class='pagination__wrapper'><ul class='pagination ms-0 mb-4'>{items}</ul></nav>"

    def article(self, story: Story) -> str:
        return self.frame(
            story.title,
            "<div class='com-content-article item-page'><div class='page-header'>"
            f"<h1>{story.title}</h1></div>"
            f"<dl class='article-info text-muted'><dd class='published'><span class='icon-calendar'></span>"
            f"Ngày đăng: {story.day.day} Tháng {story.day.month} {story.day.year}</dd>"
            "<dd class='hits'>Lượt xem: 40</dd></dl><div class='com-content-article__body'>"
            f"<p><strong>{story.lead}</strong></p>{self.body(story)}</div>"
            "<nav class='pagenavigation'>"
            "<a class='btn' href='/index.php/x/1-bai-truoc-do-nua'>Bài trước</a></nav>"
            "</div>",
        )


class OwnSite(Unseen):
    """A women's union's own site: a section named as the site itself, its introduction one article, an
    organization's page, an album of pictures."""

    title: ClassVar[str] = "Hội Liên hiệp Phụ nữ tỉnh Thanh Hóa"
    owner: ClassVar[tuple[str, str | None]] = ("women", None)
    names: ClassVar[dict[str, tuple[str, str]]] = {
        "mat-tran": ("Phong trào thi đua", "front"),
        "hoi-phu-nu": ("Hoạt động Hội", "front"),
        "tin-tuc": ("Tin tức - Sự kiện", "news"),
        "van-ban": ("Văn bản", "none"),
        "gioi-thieu": ("Giới thiệu Hội Liên hiệp Phụ nữ tỉnh", "none"),
        "hoi": ("Hội Liên hiệp Phụ nữ tỉnh Thanh Hóa", "none"),
        "anh": ("Hình ảnh hoạt động Hội", "none"),
    }

    def listing(self, slug: str, number: int) -> str:
        if slug == "hoi":
            return self.home()
        if slug == "anh":
            pictures = "".join(
                f"<a href='/images/a{n}.jpg'><img src='/images/a{n}.jpg'></a>" for n in range(9)
            )
            return self.frame(self.names[slug][0], f"<h1>{self.names[slug][0]}</h1><div>{pictures}</div>")
        if slug == "gioi-thieu":
            text = "".join(f"<p>{text}</p>" for text in self.news["mat-tran"][0].paragraphs())
            return self.frame(self.title, f"<h1>{self.names[slug][0]}</h1><div class='nd'>{text}</div>")
        return super().listing(slug, number)

    def article(self, story: Story) -> str:
        return self.frame(
            f"{story.title} - {self.title}",
            f"<article><h1>{story.title}</h1><div class='luc'>{story.day:%d/%m/%Y %H:%M}</div>"
            f"<div class='sapo'>{story.lead}</div><div class='content'>{self.body(story)}</div></article>",
        )

    def aside(self) -> str:
        rows = "".join(f"<p><a href='{self.article_path(s)}'>{s.title}</a></p>" for s in self.latest(4))
        return f"<div class='cot'><h3>Tin mới nhất</h3>{rows}</div>"


MORE: tuple[type[Unseen], ...] = (SharePointView, HueCitQuery, Drupal10, Joomla4, OwnSite)
