"""Articles and lists that stand in the values of a page's scripts alone."""

from __future__ import annotations

import json

import pytest

from crawler.reading.listing import read_listing
from crawler.reading.page import NextPage, Page
from crawler.reading.reader import read
from crawler.reading.script_values import values_of
from tests.crawler.reading.conftest import MakePage

TITLE = "Mặt trận xã Tân Lập trao quà cho hộ nghèo trước mùa mưa"
TEXTS = [f"Bà con xóm {n} cùng nhau làm đường từ sáng sớm, mỗi nhà góp một người. " * 3 for n in range(4)]
POST = {
    "id": 7,
    "slug": "trao-qua",
    "title": TITLE,
    "sapo": "Đợt này có bảy mươi hộ được nhận quà, nhiều hơn năm trước.",
    "publishedAt": "2025-06-05T14:30:00+07:00",
    "content": "".join(f"<p>{text}</p>" for text in TEXTS),
    "author": {"name": "Lê Thị Ngà"},
}


def next_data(**props: object) -> str:
    told = json.dumps({"props": {"pageProps": props}}, ensure_ascii=False)
    return f"<div id='__next'></div><script id='__NEXT_DATA__' type='application/json'>{told}</script>"


def script(text: str) -> str:
    return f"<div id='__nuxt'></div><script>{text}</script>"


def test_an_article_in_the_values_of_next_is_read_with_its_fields(make_page: MakePage) -> None:
    related = [{"title": f"{TITLE} lần {n}", "slug": f"x-{n}", "content": POST["content"]} for n in range(3)]
    article = read(make_page(next_data(post=POST, related=related))).article
    assert article is not None
    assert (article.title, article.lead) == (TITLE, POST["sapo"])
    assert article.paragraphs == tuple(text.strip() for text in TEXTS)
    assert article.byline == "Lê Thị Ngà"
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2025-06-05T14:30:00+07:00"


def test_of_several_articles_the_one_that_the_address_names_is_read(make_page: MakePage) -> None:
    other = POST | {
        "slug": "khac",
        "title": "Một bài khác của xã Tân Lập trong tuần",
        "content": "<p>Khác. </p>" * 30,
    }
    page = make_page(next_data(first=other, second=POST), "http://a.vn/tin/trao-qua")
    article = read(page).article
    assert article is not None
    assert article.title == TITLE


def test_a_page_with_several_articles_and_no_name_for_one_is_none(make_page: MakePage) -> None:
    other = POST | {"slug": "khac", "content": "<p>Một bài khác của xã trong tuần này. </p>" * 30}
    assert read(make_page(next_data(first=other, second=POST), "http://a.vn/tin")).article is None


def test_an_article_in_the_markup_is_not_read_from_the_values(make_page: MakePage) -> None:
    body = f"<article><h1>Bài trong trang của xã Tân Lập hôm nay</h1>{POST['content']}</article>"
    article = read(make_page(body + next_data(post=POST))).article
    assert article is not None
    assert article.title == "Bài trong trang của xã Tân Lập hôm nay"


def test_a_list_in_the_values_is_a_listing_that_turns_its_pages(make_page: MakePage) -> None:
    items = [
        {"title": f"{TITLE} lần {n}", "url": f"/tin/bai-{n}", "date": "2025-06-05", "excerpt": "Tóm tắt."}
        for n in range(3)
    ]
    menu = [{"title": "Giới thiệu chung về xã", "url": f"/gioi-thieu/{n}"} for n in range(9)]
    props = {"menu": menu, "posts": {"items": items, "pagination": {"page": 1, "totalPages": 2}}}
    listing = read_listing(make_page(next_data(**props), "http://a.vn/tin"))
    assert [row.url for row in listing.rows] == [f"http://a.vn/tin/bai-{n}" for n in range(3)]
    assert {row.published_precision for row in listing.rows} == {"day"}
    assert listing.next == NextPage("http://a.vn/tin?page=2")
    props = {"posts": {"items": items, "pagination": {"page": 2, "totalPages": 2}}}
    assert read_listing(make_page(next_data(**props), "http://a.vn/tin?page=2")).next is None


@pytest.mark.parametrize(
    ("markup", "values"),
    [
        (
            'window.__NUXT__={a:1,\'b\':[!0,!1,void 0,null,-.5],c:{"d":"\\u003Cp\\x3E\\n"}};',
            {"a": 1, "b": [True, False, None, None, -0.5], "c": {"d": "<p>\n"}},
        ),
        (
            'window.__NUXT__=(function(a,b){return {x:a,y:[b,{z:a}]}}("một",2));',
            {"x": "một", "y": [2, {"z": "một"}]},
        ),
        ("window.__NUXT__=(function(a){c.d=a;return {x:a,e:new Date(5)}}(1))", {"x": 1, "e": None}),
        ("window.__INITIAL_STATE__={};", {}),
        ("window.__NUXT__={a:location.href+1};", None),
        ("window.__NUXT__={a:", None),
        ("window.__NUXT__=" + "[" * 5_000, None),
    ],
)
def test_a_literal_of_a_script_is_its_values_and_anything_else_is_none(
    make_page: MakePage, markup: str, values: object
) -> None:
    assert values_of(make_page(script(markup))) == values


def test_the_flattened_list_of_nuxt_3_is_its_values(make_page: MakePage) -> None:
    flat = [["Reactive", 1], {"data": 2, "none": -1}, [3, 4], "một", ["Date", "2025-06-05T00:00:00Z"]]
    markup = f"<script type='application/json' id='__NUXT_DATA__'>{json.dumps(flat)}</script>"
    assert values_of(make_page(markup)) == {"data": ["một", "2025-06-05T00:00:00Z"], "none": None}


def test_a_flattened_list_that_leads_back_to_itself_is_none(make_page: MakePage) -> None:
    markup = "<script type='application/json' id='__NUXT_DATA__'>[[0, 0]]</script>"
    assert values_of(make_page(markup)) is None


def test_half_a_letter_in_the_values_does_not_keep_the_article_from_being_read(make_page: MakePage) -> None:
    article = read(
        make_page(next_data(post=POST | {"title": f"{TITLE}HALF"}).replace("HALF", "\\ud83d"))
    ).article
    assert article is not None
    assert article.title.startswith(TITLE)
    assert article.title.isprintable()


def test_a_page_without_such_values_has_none(make_page: MakePage) -> None:
    page: Page = make_page("<p>Không có gì.</p>")
    assert values_of(page) is None
