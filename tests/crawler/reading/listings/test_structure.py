"""Listings of unknown markup: the repeated blocks that are articles, and nothing beside them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from crawler.reading.listing import read_listing
from crawler.reading.menus import section_links
from crawler.reading.page import Page
from spiders.platforms import PLATFORMS
from tests.timing import cpu_seconds
from vietnam.dates import VIETNAM

MakePage = Callable[..., Page]
TITLES = [
    "Mặt trận xã Tân Lập giám sát việc chi trả hỗ trợ hộ nghèo",
    "Phụ nữ Tân Lập xây dựng tuyến đường hoa kiểu mẫu",
    "Nông dân Tân Lập được mùa nhờ giống lúa mới",
    "Cựu chiến binh Tân Lập hiến đất làm đường",
    "Đoàn xã Tân Lập ra quân tình nguyện hè",
    "Công đoàn xã Tân Lập tặng quà công nhân khó khăn",
]
MENU = (
    "<div id='main-menu'><ul><li>"
    "<a href='/gioi-thieu-chung-ve-xa-tan-lap.html'>Giới thiệu chung về xã Tân Lập</a></li>"
    "<li><a href='/tin-tuc'>Tin tức</a><ul><li>"
    "<a href='/tin-tuc/mat-tran-va-doan-the'>Mặt trận và các đoàn thể</a></li></ul>"
    "</li></ul></div>"
)
ASIDE = "<div class='{name}'>{heading}<ul>{items}</ul></div>"


def link(number: int) -> str:
    return f"/bai-viet-so-{number}-cua-xa-tan-lap-{number}.html"


def aside(name: str = "box", heading: str = "<h3>Tin xem nhiều</h3>") -> str:
    items = "".join(
        f"<li><a href='/tin-doc-nhieu-trong-thang-nay-{n}.html'>Một tin được đọc nhiều, thứ {n}</a></li>"
        for n in range(8)
    )
    return ASIDE.format(name=name, heading=heading, items=items)


def rows(page: Page) -> list[str | None]:
    return [row.title for row in read_listing(page).rows]


SHAPES = {
    "list": "<li><a href='{url}'>{title}</a></li>",
    "cards": "<div class='col-md-4 item-{n}'><a href='{url}'><img src='a.jpg'></a><p>"
    "<a href='{url}'>{title}</a></p></div>",
    "table": "<tr><td>{n}</td><td><a href='{url}'>{title}</a></td><td>20/11/2026</td></tr>",
    "article": "<article class='post-{n}'><header><h2><a href='{url}'>{title}</a></h2></header>"
    "<p>Tóm tắt.</p></article>",
    "flat": "<h3><a href='{url}'>{title}</a></h3><span class='d'>20/11/2026</span>"
    "<p>Tóm tắt của bài viết số {n}.</p><hr>",
    "whole link": "<a class='row' href='{url}'><img src='a.jpg'><span class='t'>{title}</span>"
    "<em>20/11/2026</em></a>",
    "title attribute": "<div class='r'><a href='{url}' title='{title}'>{cut}…</a></div>",
    "card whose heading is not linked": "<div class='card'><a href='{url}'><img src='a.jpg'></a>"
    "<h5>{title}</h5><p>Tóm tắt của bài viết số {n}.</p><a class='btn' href='{url}'>Xem chi tiết</a></div>",
}


@pytest.mark.parametrize("shape", list(SHAPES))
def test_the_rows_of_any_repeated_shape_are_found_in_order(html_page: MakePage, shape: str) -> None:
    blocks = "".join(
        SHAPES[shape].format(url=link(n), title=title, n=n, cut=title[:30])
        for n, title in enumerate(TITLES, 101)
    )
    frame = {"list": "<ul>{}</ul>", "table": "<table>{}</table>"}.get(shape, "<div class='content'>{}</div>")
    page = html_page(
        f"{MENU}<div class='main'>{frame.format(blocks)}</div>{aside()}<div id='footer'>{aside('x')}</div>"
    )
    assert rows(page) == TITLES


def test_the_featured_first_article_belongs_to_the_listing(html_page: MakePage) -> None:
    heading = f"<h2><a href='{link(100)}'>Đại hội Mặt trận xã thành công tốt đẹp</a></h2>"
    featured = f"<div class='big'>{heading}<p>Tóm tắt.</p></div>"
    rest = "".join(f"<li><a href='{link(n)}'>{title}</a></li>" for n, title in enumerate(TITLES, 101))
    page = html_page(f"<div class='list'>{featured}<ul>{rest}</ul></div>{aside('sidebar', '')}")
    assert rows(page) == ["Đại hội Mặt trận xã thành công tốt đẹp", *TITLES]


def test_a_box_is_left_out_by_its_class_or_by_its_heading(html_page: MakePage) -> None:
    main = "".join(
        f"<div class='r'><a href='{link(n)}'>{title}</a></div>" for n, title in enumerate(TITLES, 101)
    )
    for box in (
        aside("tin-doc-nhieu", ""),
        aside("widget", ""),
        aside("x", "<span>Tin liên quan</span>"),
        aside("x", "<div class='t'><b>Bài viết xem nhiều nhất</b></div>"),
        aside("x", "<p>Most read</p>"),
    ):
        assert rows(html_page(f"<div class='main'>{main}</div>{box}")) == TITLES
        assert rows(html_page(f"{box}<div class='main'>{main}</div>")) == TITLES


def test_links_without_an_element_around_each_are_left_out_by_the_heading_above_them(
    html_page: MakePage,
) -> None:
    main = "".join(f"<a class='the' href='{link(n)}'><h3>{title}</h3><time>20/11/2026</time></a>"
                   for n, title in enumerate(TITLES[:2], 101))  # fmt: skip
    box = "".join(
        f"<a class='dong' href='/tin-{n}.html'><b>{n}</b> <span>Một tin được đọc nhiều, thứ {n}</span></a>"
        for n in range(8)
    )
    page = html_page(f"<div><h1>Tin tức</h1><div>{main}</div></div><div><h2>Đọc nhiều</h2>{box}</div>")
    assert rows(page) == TITLES[:2]


@pytest.mark.parametrize("entry", ["Văn bản", "Thông báo", "Thư viện ảnh", "Video", "Liên kết website"])
@pytest.mark.parametrize(
    "menu",
    [
        "<ul>{}</ul>",
        "<table><tr>{}</tr></table>",
        "<div class='top'>{}</div>",
    ],
)
def test_an_entry_of_a_menu_is_not_the_heading_of_a_box(html_page: MakePage, menu: str, entry: str) -> None:
    part = {"<ul>": "<li>{}</li>", "<tab": "<td>{}</td>"}.get(menu[:4], "{} | ")
    entries = "".join(
        part.format(f"<a href='/muc-{n}'>{name}</a>")
        for n, name in enumerate(["Trang chủ", "Giới thiệu", "Tin tức", entry])
    )
    main = "".join(f"<li><a href='{link(n)}'>{title}</a></li>" for n, title in enumerate(TITLES, 101))
    assert rows(html_page(f"{menu.format(entries)}<div><ul>{main}</ul></div>{aside()}")) == TITLES


@pytest.mark.parametrize("name", ["mainmenu", "menu-top", "topmenu", "left_menu", "menuchinh"])
def test_long_entries_of_a_menu_by_any_name_are_no_rows(html_page: MakePage, name: str) -> None:
    entries = "".join(
        f"<a href='/chuyen-muc/{n}'>{entry}</a>"
        for n, entry in (
            (15, "Xây dựng Đảng - Chính quyền - Đoàn thể"),
            (18, "MTTQ và các tổ chức thành viên"),
        )
    )
    row = f"<div class='r'><a href='/bai-viet/4885'>{TITLES[0]}</a><span>20/11/2026</span></div>"
    assert rows(html_page(f"<div class='{name}'><div>{entries}</div></div><section>{row}</section>")) == [
        TITLES[0]
    ]


def test_what_a_slider_above_shows_as_well_is_still_a_row_of_the_list(html_page: MakePage) -> None:
    shown = "".join(
        f"<div class='slide'><a href='{link(n)}'><img src='a.jpg'></a><p>{TITLES[n - 101]}</p></div>"
        for n in (102, 104)
    )
    row = "<div class='r'><a class='t' href='{}'>{}</a><i>14/11/2025</i><p>Tóm tắt của bài.</p></div>"
    main = "".join(row.format(link(n), title) for n, title in enumerate(TITLES, 101))
    assert rows(html_page(f"<div class='top'>{shown}</div><div class='main'>{main}</div>")) == TITLES


def test_a_box_under_a_linked_heading_is_left_out(html_page: MakePage) -> None:
    main = "".join(f"<li><a href='{link(n)}'>{title}</a></li>" for n, title in enumerate(TITLES, 101))
    box = aside("x", "<p><a href='/thong-bao'>Thông báo</a></p>")
    assert rows(html_page(f"<div><ul>{main}</ul></div>{box}")) == TITLES


def test_a_page_whose_wrapper_is_called_has_sidebar_is_still_read(html_page: MakePage) -> None:
    main = "".join(
        f"<div class='elementor-widget'><h3 class='entry-header'><a href='{link(n)}'>{title}</a></h3></div>"
        for n, title in enumerate(TITLES, 101)
    )
    assert (
        rows(html_page(f"<div class='has-sidebar right-sidebar'><div class='slider-area'>{main}</div></div>"))
        == TITLES
    )


def test_an_empty_section_beside_full_boxes_lists_nothing(html_page: MakePage) -> None:
    page = html_page(f"{MENU}<div class='main'><p>Đang cập nhật</p></div>{aside()}{aside('sidebar', '')}")
    assert rows(page) == []


def test_the_label_of_a_section_on_every_card_is_no_article(html_page: MakePage) -> None:
    cards = "".join(
        f"<div class='card'><a href='/mat-tran-va-cac-doan-the'>Mặt trận và các đoàn thể</a><h3>"
        f"<a href='{link(n)}'>{title}</a></h3></div>"
        for n, title in enumerate(TITLES, 101)
    )
    assert rows(html_page(f"<div>{cards}</div>")) == TITLES


def test_links_to_other_sites_files_and_print_views_are_no_rows(html_page: MakePage) -> None:
    bad = [
        "https://other.example.vn/bai-viet-cua-mot-trang-khac-5.html",
        "/van-ban/ke-hoach-so-muoi-lam-cua-xa.pdf",
        "/print/bai-viet-so-mot-cua-xa-101.html",
        "javascript:void(0)",
    ]
    main = "".join(f"<li><a href='{link(n)}'>{title}</a></li>" for n, title in enumerate(TITLES, 101))
    more = "".join(f"<li><a href='{url}'>Một liên kết không phải bài viết nào cả</a></li>" for url in bad)
    assert rows(html_page(f"<ul>{main}{more}</ul>")) == TITLES


def test_relative_links_follow_the_base_of_the_page(html_page: MakePage) -> None:
    main = "".join(f"<li><a href='{link(n)[1:]}'>{title}</a></li>" for n, title in enumerate(TITLES, 101))
    page = html_page(f"<ul>{main}</ul>", head="<base href='https://mttq.example.vn/vi/'>")
    assert read_listing(page).rows[0].url == f"https://mttq.example.vn/vi{link(101)}"


def test_a_day_above_its_month_is_one_date(html_page: MakePage) -> None:
    main = "".join(
        f"<div><div class='dm'><b>14</b><i>Tháng 11/2025</i></div><a href='{link(n)}'>{title}</a></div>"
        for n, title in enumerate(TITLES, 101)
    )
    found = {(row.published_at, row.published_precision) for row in read_listing(html_page(main)).rows}
    assert found == {(datetime(2025, 11, 14, tzinfo=VIETNAM), "day")}


def test_a_day_without_a_year_is_no_date(html_page: MakePage) -> None:
    main = "".join(
        f"<li><a href='{link(n)}'>{title}</a><span class='date'>Ngày 28-10</span></li>"
        for n, title in enumerate(TITLES, 101)
    )
    listing = read_listing(html_page(f"<ul>{main}</ul>"), PLATFORMS["trang_n"])
    assert [row.title for row in listing.rows] == TITLES
    assert {row.published_at for row in listing.rows} == {None}


def test_a_date_within_the_lead_is_not_the_articles(html_page: MakePage) -> None:
    lead = (
        "Sáng ngày 12/3/2019, Ủy ban Mặt trận xã đã tổ chức hội nghị tổng kết với sự tham gia của nhân dân."
    )
    main = "".join(
        f"<div class='r'><h3><a href='{link(n)}'>{title}</a></h3><p>{lead}</p></div>"
        for n, title in enumerate(TITLES, 101)
    )
    assert {row.published_at for row in read_listing(html_page(f"<div>{main}</div>")).rows} == {None}


def test_a_date_in_bold_within_the_lead_is_not_the_articles_but_one_apart_is(html_page: MakePage) -> None:
    shapes = {
        "<p>Sáng ngày <b>12/3/2019</b>, Ủy ban Mặt trận xã đã tổ chức hội nghị tổng kết.</p>": None,
        "<p><b>12/3/2019</b>, Ủy ban Mặt trận xã đã tổ chức hội nghị tổng kết.</p>": None,
        "<font>(12/3/2019)</font><br>Ủy ban Mặt trận xã đã tổ chức hội nghị tổng kết.": "2019-03-12",
        "<p>12/3/2019</p><p>Ủy ban Mặt trận xã đã tổ chức hội nghị tổng kết.</p>": "2019-03-12",
    }
    for shape, wanted in shapes.items():
        main = "".join(
            f"<div class='r'><a href='{link(n)}'>{title}</a> {shape}</div>"
            for n, title in enumerate(TITLES, 101)
        )
        found = {row.published_at for row in read_listing(html_page(f"<div>{main}</div>")).rows}
        assert {at.date().isoformat() if at else None for at in found} == {wanted}, shape


def test_an_article_page_is_not_mistaken_for_a_listing_of_its_own_text(html_page: MakePage) -> None:
    page = html_page("<div class='detail'><h1>Tiêu đề</h1><p>Một đoạn văn không có liên kết nào.</p></div>")
    assert rows(page) == []


def test_markup_made_to_hurt_is_read_in_time(html_page: MakePage) -> None:
    anchors = "".join(
        f"<a href='/bai-viet-so-mot-hai-{n}.html'>Bài viết số một hai {n}</a>" for n in range(20_000)
    )
    for body in (
        "<div>" * 100_000 + anchors[:90],
        anchors,
        "<ul><li>" * 3_000 + anchors[:900],
        "<a " * 60_000,
        "<!--" * 50_000,
    ):

        def read(n: int, body: str = body) -> None:
            read_listing(html_page(body + " " * n))
            section_links(html_page(body + " " * n))

        assert cpu_seconds(read, 5) < 5


def test_the_menu_is_told_with_its_nested_entries(html_page: MakePage) -> None:
    page = html_page(
        f"{MENU}<div class='breadcrumb'><a href='/'>Trang chủ</a><a href='/doan-the'>Đoàn thể</a></div>"
        f"<div><h3><a href='{link(1)}'>{TITLES[0]}</a></h3></div><footer><a href='/lien-he'>Liên hệ</a>"
        f"</footer>",
        "https://xa.example.vn/",
    )
    found = {entry.text: entry.url for entry in section_links(page)}
    assert found["Tin tức"] == "https://xa.example.vn/tin-tuc"
    assert found["Mặt trận và các đoàn thể"] == "https://xa.example.vn/tin-tuc/mat-tran-va-doan-the"
    assert found["Đoàn thể"] == "https://xa.example.vn/doan-the"
    assert "Trang chủ" not in found


def test_the_sections_own_name_above_its_second_page_is_no_row(html_page: MakePage) -> None:
    main = "".join(f"<li><a href='{link(n)}'>{title}</a></li>" for n, title in enumerate(TITLES, 101))
    page = html_page(
        f"<div><h2><a href='index.php?m=muc&amp;id=3'>Hoạt động Mặt trận và đoàn thể</a></h2>"
        f"<ul>{main}</ul></div>",
        "https://mttq.example.vn/index.php?id=3&m=muc&trang=2",
    )
    assert rows(page) == TITLES


@pytest.mark.parametrize("heading", ["Bài viết gần đây", "Có gì hay"])
def test_headings_between_whole_texts_are_the_listing_and_a_box_of_recent_posts_is_not(
    make_page: MakePage, heading: str
) -> None:
    texts = "".join(
        f"<h2><a href='{link(n)}'>{title}</a></h2><h6>Gửi bởi: admin</h6><p>{title}. {'Nội dung. ' * 30}</p>"
        f"<div class='more'><p><a href='{link(n)}'>đọc thêm</a></p></div>"
        for n, title in enumerate(TITLES)
    )
    beside = f"<div class='col-md-3 right'>{aside('panel', f'<h3>{heading}</h3>')}</div>"
    markup = f"<body><div class='row'><div class='col-md-7 middle'>{texts}</div>{beside}</div></body>"
    assert rows(make_page(markup)) == TITLES


def row_of(n: int) -> str:
    return (
        f"<article class='hentry'><h2><a href='/tin/bai-{n}.html'>Hội Nông dân xã Tân Lập họp lần {n}</a>"
        "</h2>"
        f"<p>Ngày {n:02}/03/2025, hội họp bàn việc của tháng.</p></article>"
    )


def urls_on(make_page: MakePage, body: str) -> list[str]:
    page = make_page(f"<html><body><h1>Tin tức</h1>{body}</body></html>", "http://portal.example.vn/tin/")
    return [row.url.rpartition("/")[2] for row in read_listing(page).rows]


def test_the_newest_article_in_an_aside_of_its_own_is_a_row(make_page: MakePage) -> None:
    newest = row_of(9).replace("<h2>", "<h1>").replace("</h2>", "</h1>")
    others = "".join(map(row_of, range(1, 6)))
    body = f"<aside id='featured' class='body'>{newest}</aside><section id='content'>{others}</section>"
    assert urls_on(make_page, body) == ["bai-9.html", *(f"bai-{n}.html" for n in range(1, 6))]


def test_other_asides_are_no_part_of_the_listing(make_page: MakePage) -> None:
    others = "".join(map(row_of, range(1, 6)))
    body = f"<section id='content'>{others}</section><aside id='popular'>{row_of(8)}{row_of(9)}</aside>"
    assert urls_on(make_page, body) == [f"bai-{n}.html" for n in range(1, 6)]


@pytest.mark.parametrize("label", ["Xem thêm: ", "<b>Đọc thêm:</b> ", "<strong>&gt;&gt;&gt; </strong>"])
def test_a_pointer_within_a_whole_text_is_no_row(make_page: MakePage, label: str) -> None:
    pointer = f"<p>{label}<a href='/tin/bai-77.html'>Hội Phụ nữ xã Tân Lập trao quà cho hội viên</a></p>"
    rows = "".join(
        row_of(n).replace("</article>", f"{pointer if n % 2 else ''}</article>") for n in range(1, 6)
    )
    assert urls_on(make_page, f"<section id='content'>{rows}</section>") == [
        f"bai-{n}.html" for n in range(1, 6)
    ]


@pytest.mark.parametrize("count", [2, 6])
def test_of_the_columns_of_a_layout_table_the_one_with_summaries_is_the_listing(
    html_page: MakePage, count: int
) -> None:
    menu = "".join(
        f"<tr><td><a href='/tin.aspx?cid={n}'>Hội Liên hiệp Phụ nữ khối {n}</a></td></tr>" for n in range(3)
    )
    newest = "".join(
        f"<tr><td><a href='{link(n)}'>Một tin mới nhất của xã, thứ {n}</a><br>20/11/2026</td></tr>"
        for n in range(5)
    )
    summary = "Tóm tắt của bài viết dài hơn một ngày tháng và một cái tên."
    listed = "".join(
        f"<tr><td><a href='{link(100 + n)}'>{title}</a> (19/11/2026)<br>{summary}</td></tr>"
        for n, title in enumerate(TITLES[:count])
    )
    page = html_page(
        f"<table><tr><td width='180'><table>{menu}</table></td><td><table>{listed}</table></td>"
        f"<td width='200'><table>{newest}</table></td></tr></table>"
    )
    assert rows(page) == TITLES[:count]


def test_a_grid_of_cells_that_are_all_alike_is_one_listing(html_page: MakePage) -> None:
    cells = "".join(
        f"<td class='o'><div><a href='{link(2 * n)}'>{TITLES[2 * n]}</a></div>"
        f"<div><a href='{link(2 * n + 1)}'>{TITLES[2 * n + 1]}</a></div></td>"
        for n in range(3)
    )
    assert rows(html_page(f"<table><tr>{cells}</tr></table>")) == TITLES
