"""Listings of themes that were not recorded, written after the templates that the themes publish."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.reading.listing import read_listing
from crawler.reading.page import Page
from spiders.platforms import PLATFORMS

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TITLES = (
    "Hội Cựu chiến binh phường Bình An vận động hội viên hiến đất mở đường",
    "Phụ nữ Bình An giúp nhau phát triển kinh tế",
    "Mặt trận Bình An tiếp nhận ủng hộ Quỹ Vì người nghèo",
    "Nông dân Bình An liên kết trồng dưa lưới",
)
NUKEVIET_PAGER = (
    "<ul class='pagination'><li class='active'><a href='javascript:void(0)'>1</a></li>"
    "<li><a rel='next' href='{next}'>2</a></li></ul>"
)
THEMES = {
    "nukeviet/viewcat_list": (
        "<a class='show h4' href='{url}' data-content='Tóm tắt...' title='{title}'>"
        "<h4 class='list-group-item-heading'>"
        "<span class='label label-default'>{n}</span>&nbsp;&nbsp;{title}</h4></a>",
        "<div class='list-group'>{rows}</div><div class='text-center'>" + NUKEVIET_PAGER + "</div>",
    ),
    "nukeviet/viewcat_grid": (
        "<div class='col-sm-12 col-md-8'><div class='thumbnail'><a title='{title}' href='{url}'>"
        "<img src='a.jpg'></a>"
        "<div class='caption text-center'><h4><a class='show' href='{url}' title='{title}'>{title}</a>"
        "</h4></div></div></div>",
        "<div class='main'><div class='news_column'><div class='alert'><h3>Chuyên mục</h3></div>"
        "</div>{rows}" + NUKEVIET_PAGER + "</div>",
    ),
    "nukeviet/viewcat_two_column": (
        "<div class='panel panel-default clearfix'><div class='panel-body'><h3>"
        "<a href='{url}' title='{title}'>{title}</a>"
        "</h3><div class='text-muted'><ul><li>"
        "<em class='fa fa-clock-o'>&nbsp;</em> 2{n}/11/2024 08:00</li></ul></div>"
        "<div class='text-justify'>Sáng nay, hội nghị đã diễn ra tại hội trường.</div></div></div>",
        "<div class='col'><div class='news_column'>{rows}</div>" + NUKEVIET_PAGER + "</div>",
    ),
    "wordpress/flatsome": (
        "<div class='col post-item'><div class='col-inner'><a href='{url}' class='plain'>"
        "<div class='box box-blog-post'>"
        "<div class='box-image'><img src='a.jpg' alt='{title}'></div><div class='box-text'>"
        "<div class='box-text-inner blog-post-inner'><h5 class='post-title is-large'>{title}</h5>"
        "<p class='from_the_blog_excerpt'>Sáng nay, hội nghị đã diễn ra tại hội trường [...]</p></div>"
        "</div>"
        "<div class='badge absolute top post-date'><span class='post-date-day'>2{n}</span></div></div>"
        "</a></div></div>",
        "<div id='post-list'><div class='row'>{rows}</div><ul class='page-numbers nav-pagination'>"
        "<li><span aria-current='page' class='page-number current'>1</span></li>"
        "<li><a class='page-number' href='{next}'>2</a></li></ul></div>",
    ),
    "wordpress/astra": (
        "<article class='post-{n} post type-post hentry ast-article-post' id='post-{n}'>"
        "<div class='post-content'>"
        "<h2 class='entry-title ast-blog-single-element'><a href='{url}' rel='bookmark'>{title}</a></h2>"
        "<header class='entry-header'><div class='entry-meta'><span class='posted-on'>"
        "<span class='published'>2{n}/11/2024</span></span></div></header>"
        "<div class='entry-content'><p>Sáng nay, hội nghị đã diễn ra. <a href='{url}'>Xem thêm »</a></p>"
        "</div></div></article>",
        "<main id='main'>{rows}<nav class='ast-pagination'><span class='page-numbers current'>1</span>"
        "<a class='next page-numbers' href='{next}'>Trang tiếp →</a></nav></main>",
    ),
    "wordpress/twenty twenty-four": (
        "<li class='wp-block-post post-{n} post type-post'><h2 class='wp-block-post-title'>"
        "<a href='{url}'>{title}</a></h2>"
        "<div class='wp-block-post-date'>"
        "<time datetime='2024-11-2{n}T08:00:00+07:00'>2{n} Tháng 11, 2024</time></div></li>",
        "<main><ul class='wp-block-post-template'>{rows}</ul><nav class='wp-block-query-pagination'>"
        "<a href='{next}' class='wp-block-query-pagination-next'>Trang sau</a></nav></main>",
    ),
    "joomla/cassiopeia": (
        "<div class='com-content-category-blog__item blog-item' itemprop='blogPost'>"
        "<div class='item-content'>"
        "<div class='page-header'><h2 itemprop='name'><a href='{url}' itemprop='url'>{title}</a></h2></div>"
        "<dl class='article-info text-muted'>"
        "<dd class='category-name'>Danh mục: <a href='/tin'>Tin tức của hội viên</a></dd>"
        "<dd class='published'><time datetime='2024-11-2{n}T08:00:00+07:00'>2{n} Tháng 11 2024</time>"
        "</dd></dl>"
        "<p>Sáng nay, hội nghị đã diễn ra tại hội trường Ủy ban.</p>"
        "<p class='readmore'><a class='btn' href='{url}'>Xem thêm: {title}</a></p></div></div>",
        "<div class='com-content-category-blog blog'>{rows}<nav class='pagination__wrapper'>"
        "<ul class='pagination'>"
        "<li class='active page-item'><a aria-current='true' href='#' class='page-link'>1</a></li>"
        "<li class='page-item'><a aria-label='Go to page 2' href='{next}' class='page-link'>2</a></li>"
        "</ul></nav></div>",
    ),
    "drupal/olivero": (
        "<div class='views-row'><article class='node node--type-article node--view-mode-teaser'><header>"
        "<h2 class='node__title'><a href='{url}' rel='bookmark'>"
        "<span class='field--name-title'>{title}</span></a></h2>"
        "<div class='node__meta'>Đăng bởi <span class='field--name-uid'>quantri</span>,"
        " <span class='field--name-created'>"
        "<time datetime='2024-11-2{n}T01:00:00+00:00'>2{n}/11/2024</time></span></div></header>"
        "<div class='node__content'><div class='field--name-body'>Sáng nay, hội nghị đã diễn ra.</div>"
        "<ul class='links inline'><li>"
        "<a href='{url}' rel='tag'>Đọc tiếp<span class='visually-hidden'> về {title}</span></a>"
        "</li></ul></div></article></div>",
        "<div class='view-content'>{rows}</div><nav class='pager'><ul class='pager__items'>"
        "<li class='pager__item pager__item--active'><a href='?page=0' aria-current='page'>1</a></li>"
        "<li class='pager__item'><a href='{next}' title='Go to page 2'>2</a></li></ul></nav>",
    ),
    "generic/ghost": (
        "<article class='gh-card post'><a class='gh-card-link' href='{url}'><figure><img src='a.jpg'>"
        "</figure>"
        "<div class='gh-card-wrapper'><h3 class='gh-card-title'>{title}</h3>"
        "<p class='gh-card-excerpt'>Sáng nay, hội nghị.</p>"
        "<footer class='gh-card-meta'><time datetime='2024-11-2{n}'>2{n} Nov 2024</time></footer></div>"
        "</a></article>",
        "<main><div class='gh-feed'>{rows}</div><div class='gh-more'><a href='{next}'>Trang sau</a></div>"
        "<nav class='pagination'><span class='page-number'>Trang 1 / 5</span>"
        "<a class='older-posts' href='{next}'>Cũ hơn →</a></nav></main>",
    ),
    "generic/tailwind": (
        "<div class='flex gap-4 mb-6'><a class='shrink-0' href='{url}'><img src='a.jpg' alt=''></a>"
        "<div class='grow'>"
        "<a class='text-lg font-bold' href='{url}'>{title}</a>"
        "<div class='text-gray-500 text-sm'>2{n}/11/2024</div></div></div>",
        "<div class='container'><div class='grid grid-cols-3'><div class='col-span-2'>{rows}</div><div>"
        "<div class='font-bold'>Đọc nhiều nhất</div>"
        "<a class='block' href='/mot-bai-khac-duoc-doc-nhieu-9.html'>"
        "Một bài khác được đọc nhiều</a></div></div><div class='flex'><span class='px-3'>1</span>"
        "<a class='px-3' href='{next}'>2</a><a class='px-3' href='/tin?page=3'>3</a></div></div>",
    ),
}
NEXT = {
    "drupal": "/tin?page=1",
    "joomla": "/tin?start=4",
    "generic": "/tin?page=2",
    "nukeviet": "/tin/page-2/",
    "wordpress": "/tin/page/2/",
}
NO_DATES = ("wordpress/flatsome", "nukeviet/viewcat_list", "nukeviet/viewcat_grid")
"""Themes that print no date beside an article, or the day of the month alone."""


@pytest.mark.parametrize("theme", list(THEMES))
@pytest.mark.parametrize("known", [True, False], ids=["by its platform", "by structure alone"])
def test_a_theme_is_listed_whole(theme: str, known: bool) -> None:
    row, frame = THEMES[theme]
    platform = PLATFORMS[theme.partition("/")[0]]
    suffix = ".html" if platform.name == "nukeviet" else "/"
    rows = "".join(
        row.format(url=f"/tin/bai-viet-cua-hoi-vien-{n}{suffix}", title=title, n=n)
        for n, title in enumerate(TITLES, 1)
    )
    following = NEXT[platform.name]
    menu = (
        "<header><nav><a href='/tin'>Tin tức của hội viên</a> <a href='/lien-he'>Liên hệ</a></nav></header>"
    )
    text = f"<html><body>{menu}{frame.format(rows=rows, next=following)}</body></html>"
    page = Page("https://hoi.example.vn/tin", text.encode(), NOW, "text/html; charset=utf-8")
    listing = read_listing(page, platform if known else None)
    assert [r.title for r in listing.rows] == list(TITLES)
    assert listing.next is not None
    assert listing.next.url == f"https://hoi.example.vn{following}"
    if theme not in NO_DATES:
        assert [r.published_at.day if r.published_at else None for r in listing.rows] == [21, 22, 23, 24]
