"""The next page, in every form that the platforms use, and never in a circle."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from crawler.reading.listing import read_listing
from crawler.reading.markup import parse
from crawler.reading.page import NextPage, Page
from crawler.reading.page_numbers import page_number, page_url, position
from crawler.reading.pagination import next_page
from crawler.reading.sheet import Sheet
from spiders.platforms import PLATFORMS

MakePage = Callable[..., Page]


def following(page: Page, platform: str | None = None) -> NextPage | None:
    tree = parse(page)
    assert tree is not None
    return next_page(Sheet(tree, page, PLATFORMS[platform] if platform else None))


def pager(current: int, last: int, address: str) -> str:
    """A row of numbered links with the current one marked; ``{n}`` in ``address`` is the number."""
    links = [
        f'<li class="active"><a href="#">{n}</a></li>'
        if n == current
        else f'<li><a href="{address.format(n=n)}">{n}</a></li>'
        for n in range(1, last + 1)
    ]
    return f'<ul class="pagination">{"".join(links)}</ul>'


@pytest.mark.parametrize(
    ("section", "second", "third"),
    [
        ("/tin-tuc/", "/tin-tuc/page-2/", "/tin-tuc/page-3/"),
        ("/category/mttq/", "/category/mttq/page/2/", "/category/mttq/page/3/"),
        ("/chinh-tri", "/chinh-tri/page/2", "/chinh-tri/page/3"),
        (
            "/tin-hoat-dong/chung.html",
            "/tin-hoat-dong/chung/trang-2.html",
            "/tin-hoat-dong/chung/trang-3.html",
        ),
        ("/tin.htm", "/tin/trang-2.htm", "/tin/trang-3.htm"),
        ("/su-kien", "/su-kien?page=2", "/su-kien?page=3"),
        ("/su-kien", "/su-kien?page=1", "/su-kien?page=2"),
        ("/doan-the", "/doan-the?p=2", "/doan-the?p=3"),
        ("/hoi", "/hoi?start=10", "/hoi?start=20"),
        ("/hoi", "/hoi?limitstart=5", "/hoi?limitstart=10"),
        ("/Pages/tin.aspx", "/Pages/tin.aspx?PageIndex=2", "/Pages/tin.aspx?PageIndex=3"),
        (
            "/news/Pages/new.aspx?CateID=2",
            "/news/Pages/new.aspx?CateID=2&Page=2",
            "/news/Pages/new.aspx?CateID=2&Page=3",
        ),
        (
            "/ViewList.aspx?mid=1&pageid=9",
            "/ViewList.aspx?mid=1&pageid=9&pagenumber=2",
            "/ViewList.aspx?mid=1&pageid=9&pagenumber=3",
        ),
        (
            "/tin-tuc",
            "/tin-tuc?p_p_id=101_INSTANCE_x&_101_INSTANCE_x_delta=10&p_r_p_resetCur=false&_101_INSTANCE_x_cur=2",
            "/tin-tuc?p_p_id=101_INSTANCE_x&_101_INSTANCE_x_delta=10&p_r_p_resetCur=false&_101_INSTANCE_x_cur=3",
        ),
        ("/tin-tuc?catalog=CTXH", "/tin-tuc?catalog=CTXH&page=2", "/tin-tuc?catalog=CTXH&page=3"),
    ],
)
def test_the_number_after_the_current_one_is_followed_to_the_end(
    html_page: MakePage, section: str, second: str, third: str
) -> None:
    base = "https://mttq.example.vn"
    addresses = [section, second, third]

    def page(current: int) -> Page:
        links = "".join(
            f"<span class='current'>{n}</span>" if n == current else f"<a href='{addresses[n - 1]}'>{n}</a>"
            for n in (1, 2, 3)
        )
        return html_page(f"<div class='phan-trang'>{links}</div>", base + addresses[current - 1])

    assert following(page(1)) == NextPage(base + second)
    assert following(page(2)) == NextPage(base + third)
    assert following(page(3)) is None


def test_the_current_page_is_known_without_any_mark_by_having_no_link(html_page: MakePage) -> None:
    body = (
        "<table><tr><td><a href='?page=1'>1</a></td><td>2</td><td><a href='?page=3'>3</a></td></tr></table>"
    )
    page = html_page(body, "https://mttq.example.vn/tin?page=2")
    assert following(page) == NextPage("https://mttq.example.vn/tin?page=3")


def test_only_arrows_and_words_are_enough(html_page: MakePage) -> None:
    for words in (
        "Trang sau",
        "Tiếp theo »",
        "Trang tiếp",
        "Next ›",
        "»",
        "›",
        "Cũ hơn",
        "← Older posts",
        "Bài đăng cũ hơn",
    ):
        page = html_page(f"<div class='nav-links'><a href='/tin-tuc/cu/'>{words}</a></div>")
        assert following(page) == NextPage("https://mttq.example.vn/tin-tuc/cu/"), words


def test_the_single_arrow_is_next_where_the_double_one_is_last(html_page: MakePage) -> None:
    links = "<a href='?so=1'>1</a> <a href='?so=9'>»</a> <a href='?so=2'>›</a>"
    body = f"<div class='pager'>{links}</div>"
    assert following(html_page(body, "https://a.example.vn/tin")) == NextPage("https://a.example.vn/tin?so=2")


def test_next_and_last_alone_lead_to_the_next_page_counted_from_zero_or_one(html_page: MakePage) -> None:
    for first in (1, 2):
        links = f"<a href='?page={first}'>Sau ›</a> <a href='?page=9'>Cuối »</a>"
        page = html_page(f"<div class='pager'>{links}</div>", "https://a.example.vn/tin")
        assert following(page) == NextPage(f"https://a.example.vn/tin?page={first}")
    links = "<a href='?page=1'>« Đầu</a> <a href='?page=2'>›</a> <a href='?page=9'>»</a>"
    page = html_page(f"<div class='pager'>{links}</div>", "https://a.example.vn/tin")
    assert following(page) == NextPage("https://a.example.vn/tin?page=2")


def test_a_newer_page_called_next_is_not_followed(html_page: MakePage) -> None:
    body = (
        "<ul class='default-wp-page'><li class='previous'><a href='/category/x/page/3/'>← Previous</a></li>"
        "<li class='next'><a href='/category/x/'>Next →</a></li></ul>"
    )
    page = html_page(body, "https://mttq.example.vn/category/x/page/2/")
    assert following(page, "wordpress") == NextPage("https://mttq.example.vn/category/x/page/3/")
    last = html_page(
        "<ul class='default-wp-page'><li class='next'><a href='/category/x/page/2/'>Next →</a></li></ul>",
        "https://mttq.example.vn/category/x/page/3/",
    )
    assert following(last, "wordpress") is None


def test_link_rel_next_in_the_head_is_followed(html_page: MakePage) -> None:
    page = html_page("<p>x</p>", head='<link rel="next" href="/tin-tuc/page/2/">')
    assert following(page) == NextPage("https://mttq.example.vn/tin-tuc/page/2/")


def test_rel_next_to_another_article_is_no_page(html_page: MakePage) -> None:
    page = html_page("<p>x</p>", head='<link rel="next" href="/bai-viet-tiep-theo/">')
    assert following(page) is None


def test_a_calendar_of_numbered_days_is_no_pager(html_page: MakePage) -> None:
    days = "".join(f"<td><a href='/tin-tuc/{n}/'>{n}</a></td>" for n in range(1, 31))
    page = html_page(f"<table class='calendar'><tr>{days}</tr></table>")
    assert following(page) is None


def test_a_pager_to_another_site_is_not_followed(html_page: MakePage) -> None:
    assert following(html_page(pager(1, 3, "https://other.example.vn/?page={n}"))) is None


def test_webforms_postback_carries_the_view_state_and_ends(html_page: MakePage) -> None:
    def page(current: int) -> Page:
        cells = "".join(
            f"<td><span>{n}</span></td>"
            if n == current
            else f"<td><a href=\"javascript:__doPostBack('ctl00$gvTin','Page${n}')\">{n}</a></td>"
            for n in (1, 2, 3)
        )
        return html_page(
            "<form method='post' action='./tin.aspx?mid=7' id='aspnetForm'>"
            "<input type='hidden' name='__VIEWSTATE' value='dDwt=='>"
            "<input type='hidden' name='__EVENTTARGET' value=''>"
            "<input type='hidden' name='__EVENTVALIDATION' value='xyz'>"
            "<input type='text' name='tim' value='a'>"
            f"<table><tr>{cells}</tr></table></form>",
            "https://hoi.example.vn/tin.aspx?mid=7",
        )

    first = following(page(1), "aspx_custom")
    assert first is not None
    assert first.url == "https://hoi.example.vn/tin.aspx?mid=7"
    assert dict(first.form or ()) == {
        "__EVENTTARGET": "ctl00$gvTin",
        "__EVENTARGUMENT": "Page$2",
        "__VIEWSTATE": "dDwt==",
        "__EVENTVALIDATION": "xyz",
    }
    second = following(page(2), "aspx_custom")
    assert second is not None
    assert dict(second.form or ())["__EVENTARGUMENT"] == "Page$3"
    assert following(page(3), "aspx_custom") is None


def test_of_two_pages_turned_by_postback_the_only_number_that_is_linked_is_the_second(
    html_page: MakePage,
) -> None:
    def page(row: str) -> Page:
        table = f"<table><tr>{row}</tr></table>"
        return html_page(
            f"<form action='x.aspx'><input type='hidden' name='__VIEWSTATE' value='a'>{table}</form>"
        )

    def link(n: int) -> str:
        return f"<td><a href=\"javascript:__doPostBack('gv','Page${n}')\">{n}</a></td>"

    second = following(page(f"<td><span>1</span></td>{link(2)}"))
    assert second is not None
    assert ("__EVENTARGUMENT", "Page$2") in (second.form or ())
    assert following(page(f"{link(1)}<td><span>2</span></td>")) is None
    assert following(page(f"<td>Số lượt xem:</td>{link(2)}")) is None


def loaded(text: str, url: str) -> Page:
    """What a script asked for."""
    return Page(url, text.encode(), datetime(2026, 11, 20, tzinfo=UTC))


ROWS = "".join(
    f"<div class='the'><a href='/bai/{n}.html'>Hội Nông dân xã sơ kết phong trào thi đua đợt {n}</a></div>"
    for n in range(1, 5)
)


def test_a_button_that_holds_address_and_number_apart_leads_to_the_next_page(html_page: MakePage) -> None:
    def button(told: str) -> Page:
        more = f"<button data-url='/ajax/tin?cm=3' {told}>Xem thêm</button>"
        return html_page(f"{ROWS}{more}", "https://portal.example.vn/tin")

    for told in ("data-page='2'", "data-page='1'", "data-next-page='2'"):
        assert following(button(told)) == NextPage("https://portal.example.vn/ajax/tin?cm=3&page=2"), told
    assert following(button("data-page=''")) is None


def test_a_button_that_holds_an_offset_asks_for_the_rows_behind_it(html_page: MakePage) -> None:
    more = "<a href='#' data-url='/ajax/tin?cm=3' data-offset='4' data-limit='4'>Tải thêm</a>"
    page = html_page(f"{ROWS}{more}", "https://portal.example.vn/tin")
    asked = "https://portal.example.vn/ajax/tin?cm=3&offset=4&limit=4"
    assert following(page) == NextPage(asked)
    assert read_listing(loaded(ROWS, asked)).next == NextPage(asked.replace("offset=4", "offset=8"))


def test_rows_that_come_as_data_are_listed_with_their_titles_and_days() -> None:
    rows = [
        {"title": f"Hội Nông dân xã họp lần {n}", "link": f"/bai/{n}", "ngayDang": "05/11/2026"}
        for n in (1, 2)
    ]
    listing = read_listing(loaded(json.dumps({"data": rows}), "https://portal.example.vn/ajax/tin?page=2"))
    assert [(row.url, row.title) for row in listing.rows] == [
        (f"https://portal.example.vn/bai/{n}", f"Hội Nông dân xã họp lần {n}") for n in (1, 2)
    ]
    assert all(row.published_at is not None and row.published_at.day == 5 for row in listing.rows)
    assert listing.next == NextPage("https://portal.example.vn/ajax/tin?page=3")


NUMBERS = (
    "<div class='paging'><b>1</b> <a href='javascript:di(2)'>2</a> <a href='javascript:di(3)'>3</a></div>"
)


@pytest.mark.parametrize(
    ("beside", "asked"),
    [
        (
            "<form method='post' action='/ds.do'><input type='hidden' name='cm' value='7'>"
            "<input type='hidden' name='pageIndex' value='1'></form>",
            NextPage("https://portal.example.vn/ds.do", form=(("pageIndex", "2"), ("cm", "7"))),
        ),
        (
            "<form action='/ds.do'><input type='hidden' name='page' value='1'></form>",
            NextPage("https://portal.example.vn/ds.do?page=2"),
        ),
        (
            "<script>function di(n) { location.href = '/ds.do?cm=7&trang=' + n; }</script>",
            NextPage("https://portal.example.vn/ds.do?cm=7&trang=2"),
        ),
        ("<script>function di(n) { location.href = `/ds.do?p=${n}`; }</script>",
         NextPage("https://portal.example.vn/ds.do?p=2")),
        ("<form action='/tim'><input type='hidden' name='cm' value='7'></form>", None),
        ("<form action='https://other.example/'><input type='hidden' name='page' value='1'></form>", None),
        ("<script>function di(n) { tai(n); }</script>", None),
    ],
)  # fmt: skip
def test_a_pager_whose_numbers_call_a_function_asks_what_the_function_would(
    html_page: MakePage, beside: str, asked: NextPage | None
) -> None:
    assert following(html_page(f"{ROWS}{NUMBERS}{beside}", "https://portal.example.vn/ds")) == asked


def test_a_button_without_an_address_loads_what_its_script_puts_together(html_page: MakePage) -> None:
    script = "<script>$('#them').click(() => $.get('/nap?cm=3&page=' + trang++))</script>"
    button = "<button id='them'>Xem thêm</button>"
    url = "https://portal.example.vn/tin"
    assert following(html_page(f"{ROWS}{button}{script}", url)) == NextPage(
        "https://portal.example.vn/nap?cm=3&page=2"
    )
    assert following(html_page(f"{ROWS}{script}", url)) is None  # nothing on the page says that there is more


def test_boxes_and_forms_of_another_list_turn_no_page(html_page: MakePage) -> None:
    for beside in (
        "<select><option value='/van-ban?page=2'>2</option></select>",
        "<form action='/tim-kiem'><button name='page' value='2'>2</button></form>",
        "<table><tr><td onclick=\"location.href='/lich?page=2'\">2</td></tr></table>",
    ):
        assert following(html_page(f"{ROWS}{beside}", "https://portal.example.vn/tin")) is None


def test_words_for_older_news_lead_on_in_any_box_but_a_calendar(html_page: MakePage) -> None:
    link = "<a href='/tin?truoc=51'>Các tin cũ hơn »</a>"
    url = "https://portal.example.vn/tin"
    assert following(html_page(f"{ROWS}<p>{link}</p>", url)) == NextPage(f"{url}?truoc=51")
    assert following(html_page(f"{ROWS}<div class='calendar'>{link}</div>", url)) is None


def test_arrows_without_words_are_known_by_their_pictures_and_icons(html_page: MakePage) -> None:
    url = "https://portal.example.vn/tin"
    for forward, back in (
        ("<img src='/i/btn_next.png'>", "<img src='/i/btn_prev.png'>"),
        ("<i class='fa fa-angle-right'></i>", "<i class='fa fa-angle-left'></i>"),
    ):
        last = "<a href='/tin/tap/9'><i class='fa fa-angle-double-right'></i></a>"
        links = f"<a href='/tin/tap/1'>{back}</a> <a href='/tin/tap/3'>{forward}</a> {last}"
        assert following(html_page(f"{ROWS}<div class='paging'>{links}</div>", f"{url}/tap/2")) == NextPage(
            f"{url}/tap/3"
        )


@pytest.mark.parametrize(
    ("body", "following"),
    [
        ({"html": ROWS, "hasMore": True}, 3),
        ({"data": {"html": ROWS}, "next_page_url": "/ajax/tin?page=3"}, 3),
        ({"html": ROWS}, 3),
        ({"html": ROWS, "hasMore": False}, None),
        ({"html": ROWS, "next_page_url": None}, None),
        (ROWS, 3),
        (f"<html><body>{ROWS}</body></html>", None),
    ],
)
def test_a_page_that_a_script_loads_lists_its_rows_and_leads_on(body: object, following: int | None) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    listing = read_listing(loaded(text, "https://portal.example.vn/ajax/tin?cm=3&page=2"))
    assert [row.url for row in listing.rows] == [
        f"https://portal.example.vn/bai/{n}.html" for n in range(1, 5)
    ]
    wanted = f"https://portal.example.vn/ajax/tin?cm=3&page={following}"
    assert listing.next == (NextPage(wanted) if following else None)


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"html": 5}', '{"ten": "Tin"}', "[" * 5000])
def test_json_without_links_lists_nothing(body: str) -> None:
    listing = read_listing(loaded(body, "https://portal.example.vn/ajax/tin?page=2"))
    assert (listing.rows, listing.next) == ((), None)


def test_a_postback_with_options_is_read_as_well(html_page: MakePage) -> None:
    link = (
        "javascript:WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions("
        "&quot;ctl00$next&quot;, &quot;&quot;, true, &quot;&quot;, &quot;&quot;, false, true))"
    )
    page = html_page(f"<form action='x.aspx'><div class='paging'><a href='{link}'>Trang sau</a></div></form>")
    found = following(page)
    assert found is not None
    assert (found.form or ())[0] == ("__EVENTTARGET", "ctl00$next")


def test_a_pager_of_scripts_is_turned_by_the_platforms_template(html_page: MakePage) -> None:
    links = "".join(f"<a href='javascript:tai({n})'>{n}</a>" for n in (2, 3))
    links = f"<a class='active' href='javascript:;'>1</a>{links}"
    page = html_page(f"<div class='paging'>{links}</div>", "https://mttq.example.vn/tin-tuc.html")
    assert following(page, "trang_n") == NextPage("https://mttq.example.vn/tin-tuc/trang-2.html")
    assert following(page, "generic") is None


@pytest.mark.parametrize(
    ("platform", "section", "number", "wanted"),
    [
        ("nukeviet", "https://a.vn/tin-tuc/", 1, "https://a.vn/tin-tuc/"),
        ("nukeviet", "https://a.vn/vi/news/tin-tuc/", 3, "https://a.vn/vi/news/tin-tuc/page-3/"),
        ("wordpress", "https://a.vn/category/tin", 2, "https://a.vn/category/tin/page/2/"),
        ("drupal", "https://a.vn/tin", 2, "https://a.vn/tin?page=1"),
        ("joomla", "https://a.vn/tin", 3, "https://a.vn/tin?start=20"),
        ("webcenter", "http://a.vn/tin?catalog=CTXH", 2, "http://a.vn/tin?page=2&catalog=CTXH"),
        ("trang_n", "https://a.vn/tin.html", 302, "https://a.vn/tin/trang-302.html"),
        ("vccorp", "https://a.vn/thoi-su.htm", 2, "https://a.vn/thoi-su/trang-2.htm"),
        ("dnn", "https://a.vn/tin", 2, None),
    ],
)
def test_the_template_gives_the_address_of_any_page(
    platform: str, section: str, number: int, wanted: str | None
) -> None:
    assert page_url(PLATFORMS[platform], section, number) == wanted


def test_pages_of_one_listing_share_a_stem() -> None:
    listing = [
        "https://a.vn/tin/chung.html",
        "https://a.vn/tin/chung/trang-2.html",
        "https://a.vn/tin/chung/trang-784.html",
    ]
    assert [page_number(url) for url in listing] == [None, 2, 784]
    assert len({position(url).stem for url in listing}) == 1


def test_a_number_in_a_title_is_no_page_number() -> None:
    assert page_number("https://a.vn/tin/bai-viet-101.html") is None
    assert page_number("https://a.vn/webpage-2020-tong-ket.html") is None


def test_a_page_without_rows_has_no_next_page(html_page: MakePage) -> None:
    listing = read_listing(html_page(pager(1, 3, "/tin-tuc/page/{n}/")))
    assert (listing.rows, listing.next) == ((), None)


def test_walking_a_site_of_many_pages_comes_to_its_end(html_page: MakePage) -> None:
    """Five pages whose pager shows a window of numbers, first and last arrows: each page comes once."""

    def page(number: int) -> Page:
        rows = "".join(
            f"<li><h3><a href='/tin/hoi-nghi-tong-ket-cong-tac-mat-tran-{number}{k}.html'>"
            f"Hội nghị tổng kết công tác Mặt trận lần thứ {number}{k}</a></h3></li>"
            for k in range(5)
        )
        around = [n for n in (number - 1, number, number + 1) if 1 <= n <= 5]
        links = "".join(
            f"<strong>{n}</strong>" if n == number else f"<a href='/tin/trang-{n}.html'>{n}</a>"
            for n in around
        )
        arrows = f"<a href='/tin/trang-1.html'>«</a>{links}<a href='/tin/trang-5.html'>»</a>"
        url = f"https://a.example.vn/tin/trang-{number}.html"
        return html_page(f"<ul class='list'>{rows}</ul><div class='pages'>{arrows}</div>", url)

    seen, number = [], 1
    while True:
        seen.append(number)
        listing = read_listing(page(number), PLATFORMS["trang_n"])
        assert len(listing.rows) == 5
        if listing.next is None:
            break
        number = int(urlsplit(listing.next.url).path.removesuffix(".html").rpartition("-")[2])
        assert len(seen) < 10
    assert seen == [1, 2, 3, 4, 5]


def test_of_a_pager_of_words_alone_the_next_page_is_followed_though_it_is_one_of_four(
    html_page: MakePage,
) -> None:
    portlet = "_101_INSTANCE_q7Zr"

    def page(number: int) -> Page:
        query = f"p_p_id=101&amp;{portlet}_delta=6&amp;{portlet}_keywords=&amp;{portlet}_andOperator=true"
        links = "".join(
            f"<li><a href='/mat-tran?{query}&amp;{portlet}_cur={to}'>{label}</a></li>"
            for to, label in (
                (1, "← Đầu tiên"),
                (number - 1, "Trước"),
                (number + 1, "Tiếp theo"),
                (9, "Sau cùng →"),
            )
        )
        own = f"?{query}&{portlet}_cur={number}".replace("&amp;", "&") if number > 1 else ""
        return html_page(
            f"<ul class='pager lfr-pagination-buttons'>{links}</ul>", f"http://a.vn/mat-tran{own}"
        )

    for number in (1, 2, 5):
        found = following(page(number))
        assert found is not None
        assert page_number(found.url) == number + 1


def test_the_pager_of_a_sharepoint_view_asks_by_script_for_the_rows_after_the_last(
    html_page: MakePage,
) -> None:
    base = "http://a.vn/tin/Lists/mat-tran/AllItems.aspx"

    def page(first: int) -> Page:
        arrows = "".join(
            "<td><a href='javascript:' onclick='javascript:RefreshPageTo(event, "
            f'"/tin/Lists/mat-tran/AllItems.aspx?Paged=TRUE\\u0026p_ID={row}\\u0026PageFirstRow={row}");'
            "javascript:return false;'>"
            f"<img src='/_layouts/15/images/{name}.gif' alt='{alt}'></a></td>"
            for row, name, alt in ((first - 6, "prev", "Trước"), (first + 6, "next", "Tiếp theo"))
            if row > 0
        )
        own = f"{base}?Paged=TRUE&p_ID={first}&PageFirstRow={first}" if first > 1 else base
        return html_page(f"<table class='ms-bottompaging'><tr>{arrows}</tr></table>", own)

    assert following(page(1)) == NextPage(f"{base}?Paged=TRUE&p_ID=7&PageFirstRow=7")
    assert following(page(7)) == NextPage(f"{base}?Paged=TRUE&p_ID=13&PageFirstRow=13")
