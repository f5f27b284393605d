"""Which links of a page are those of its own text's further pages, and how pages are joined."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.reading.further_pages import Pages, place_in
from crawler.reading.page import Page
from crawler.reading.reader import read
from storage.records import Article, Image
from tests.crawler.reading.conftest import MakePage

TITLE = "Hội Nông dân xã Bình Minh ra quân nạo vét chín cây số kênh mương nội đồng"
TEXT = (
    "Sáng 12/11, Hội Nông dân xã Bình Minh phối hợp với Ban công tác Mặt trận bốn thôn ra quân nạo vét kênh.",
    "Hơn 120 hội viên đã tham gia, góp 340 ngày công và làm sạch chín cây số kênh mương trước vụ đông xuân.",
)
AT = "http://portal.example.vn/tin-tuc/ra-quan-nao-vet-101.html"


def html(below: str = "", inside: str = "", text: tuple[str, ...] = TEXT) -> str:
    paragraphs = "".join(f"<p>{text}</p>" for text in text)
    return (
        f"<html lang=vi><head><title>{TITLE}</title></head><body><main><h1>{TITLE}</h1>"
        f"<i>12/11/2025 08:00</i><div class='content'>{paragraphs}{inside}</div>{below}</main></body></html>"
    )


def article_of(page: Page) -> Article:
    article = read(page).article
    assert article is not None
    return article


@pytest.mark.parametrize(
    ("article", "link", "number"),
    [
        ("http://a.vn/ra-quan/", "http://a.vn/ra-quan/2/", 2),
        ("http://a.vn/ra-quan/", "http://www.a.vn/ra-quan/page/3/", 3),
        ("http://a.vn/tin/ra-quan.html", "http://a.vn/tin/ra-quan.html/2", 2),
        ("http://a.vn/tin/ra-quan-101.html", "http://a.vn/tin/ra-quan-101-p2.html", 2),
        ("http://a.vn/tin/ra-quan-101.html", "http://a.vn/tin/ra-quan-101_2.html", 2),
        ("http://a.vn/tin/ra-quan-101.html", "http://a.vn/tin/ra-quan-101/trang-4.html", 4),
        ("http://a.vn/tin/ra-quan-101.html", "http://a.vn/tin/ra-quan-101.html?page=2", 2),
        ("http://a.vn/tin?id=5", "http://a.vn/tin?trang=2&id=5", 2),
        ("http://a.vn/5-ra-quan", "http://a.vn/5-ra-quan?showall=&start=1", 1),
        ("http://a.vn/ra-quân/", "http://a.vn/ra-qu%C3%A2n/2/", 2),
    ],
)
def test_a_page_of_an_article_stands_at_its_address_and_a_number(
    article: str, link: str, number: int
) -> None:
    place = place_in(article, link)
    assert place is not None and place.number == number


@pytest.mark.parametrize(
    ("article", "link"),
    [
        ("http://a.vn/ra-quan/", "http://a.vn/ra-quan-2/"),
        ("http://a.vn/ra-quan/", "http://a.vn/ra-quan/comment-page-2/"),
        ("http://a.vn/ra-quan/", "http://a.vn/ra-quan/?cpage=2"),
        ("http://a.vn/ra-quan/", "http://a.vn/ra-quan/?page=2&print=1"),
        ("http://a.vn/ra-quan/", "http://b.vn/ra-quan/2/"),
        ("http://a.vn/tin/ra-quan-101.html", "http://a.vn/tin/ra-quan-102.html"),
        ("http://a.vn/tin/ra-quan-10.html", "http://a.vn/tin/ra-quan-102.html"),
        ("http://a.vn/tin?id=5", "http://a.vn/tin?id=6"),
        ("http://a.vn/tin?id=5", "http://a.vn/tin?page=2"),
        ("http://a.vn/tin?id=5", "http://a.vn/tin?id=5&hoi=2"),
        ("http://a.vn/tin?id=5", "http://a.vn/tin?id=5"),
        ("http://a.vn/tin/2024/", "http://a.vn/tin/2024/"),
    ],
)
def test_a_neighbour_is_no_page_of_an_article(article: str, link: str) -> None:
    assert place_in(article, link) is None


@pytest.mark.parametrize(
    "pager",
    [
        "<p>Trang: 1 <a href='?page=2'>2</a> <a href='?page=3'>3</a></p>",
        "<p>[1] <a href='?page=2'>[2]</a> <a href='?page=3'>[3]</a> <a href='?page=2'>Trang sau »</a></p>",
        "<ul><li><a href='?page=1'>1</a></li><li><a href='?page=2'>2</a></li>"
        "<li><a href='?page=3'>3</a></li></ul>",
        "<div>Trang 1/3 <a href='?page=2'>Tiếp</a> <a href='?page=3'>Cuối</a></div>",
    ],
)
def test_the_links_to_the_pages_of_a_text_are_found_and_are_no_text(pager: str, make_page: MakePage) -> None:
    for page in (html(inside=pager), html(below=pager)):
        article = article_of(make_page(page, url=AT))
        assert article.further_pages == (f"{AT}?page=2", f"{AT}?page=3")
        assert article.paragraphs == TEXT


def test_the_next_page_that_only_the_head_or_a_sentence_of_the_page_tells_is_found(
    make_page: MakePage,
) -> None:
    told = html().replace("</head>", "<link rel='next' href='ra-quan-nao-vet-101-p2.html'></head>")
    linked = html(inside="<p><a href='ra-quan-nao-vet-101-p2.html'>Mời bạn xem tiếp trang sau</a></p>")
    for page in (told, linked):
        article = article_of(make_page(page, url=AT))
        assert article.further_pages == (AT.replace(".html", "-p2.html"),)
        assert article.paragraphs == TEXT


@pytest.mark.parametrize(
    "below",
    [
        "<ul><li><a href='ra-quan-nao-vet-101-2.html'>Hội Nông dân ra quân nạo vét kênh đợt 2</a></li></ul>",
        "<div class='binh-luan'><a href='?page=2'>2</a></div>",
        "<div id='comments'><div><ul><li><a href='?page=2'>2</a></li></ul></div></div>",
        "<a rel='next' href='/tin-tuc/tin-khac-102.html'>Bài tiếp theo</a>",
        "<a href='?page=1'>Trang đầu</a> <a href='?page=2#comment-12'>2</a>",
    ],
)
def test_other_links_that_look_like_them_are_not(below: str, make_page: MakePage) -> None:
    assert article_of(make_page(html(below=below), url=AT)).further_pages == ()


def test_a_later_page_of_one_line_is_read_where_it_is_known_to_be_one(make_page: MakePage) -> None:
    page = make_page(html(text=("Dịp này, 12 hộ được khen.",)), url=f"{AT}?page=2")
    assert read(page).article is None
    article = article_of(replace(page, part_of=AT))
    assert article.paragraphs == ("Dịp này, 12 hộ được khen.",)


def first(**fields: object) -> Article:
    return replace(Article(AT, TITLE, TEXT, further_pages=(f"{AT}?page=2", f"{AT}?page=4")), **fields)  # type: ignore[arg-type]


def test_pages_are_asked_for_in_their_order_also_those_that_a_later_pager_tells() -> None:
    pages = Pages(first())
    asked = []
    while (url := pages.next) is not None:
        number = int(url[-1])
        asked.append(number)
        more = (f"{AT}?page={number + 1}",) if number < 4 else ()
        pages.add(Article(url, TITLE, (f"Trang thứ {number}.",), further_pages=(AT, f"{AT}?page=2", *more)))
    assert asked == [2, 3, 4]
    assert pages.article.paragraphs == (*TEXT, "Trang thứ 2.", "Trang thứ 3.", "Trang thứ 4.")
    assert pages.article.provenance["paragraphs"].endswith(", 4 pages")


def test_the_credit_at_the_end_of_the_last_page_is_the_articles() -> None:
    printed = first(byline="Ban biên tập", provenance={"byline": "printed", "paragraphs": "structure"})
    pages = Pages(printed)
    signed = {"byline": "signature", "authors": "signature"}
    pages.add(
        Article(f"{AT}?page=2", TITLE, ("Hết.",), byline="Thu Hà", authors=("Thu Hà",), provenance=signed)
    )
    assert (pages.article.byline, pages.article.authors) == ("Thu Hà", ("Thu Hà",))
    assert pages.article.provenance == {**signed, "paragraphs": "structure, 2 pages"}
    pages.add(
        Article(f"{AT}?page=4", TITLE, ("Thêm.",), byline="Ban biên tập", provenance={"byline": "printed"})
    )
    assert pages.article.byline == "Thu Hà"


def test_a_page_of_pictures_is_a_page_and_one_that_repeats_all_is_the_end() -> None:
    pages = Pages(first(lead="Nông dân ra quân."))
    pages.add(
        Article(
            f"{AT}?page=2", TITLE, TEXT[:1], lead="Nông dân ra quân.", images=(Image("http://a.vn/1.jpg"),)
        )
    )
    assert (pages.article.paragraphs, len(pages.article.images), pages.count) == (TEXT, 1, 2)
    pages.add(Article(f"{AT}?page=4", TITLE, TEXT, lead="Nông dân ra quân."))
    assert (pages.next, pages.count) == (None, 2)


def test_a_pages_own_heading_behind_the_title_leaves_it_a_page() -> None:
    pages = Pages(first())
    assert pages.is_part(Article(f"{AT}?page=2", f"{TITLE} - Trang 2"))
    assert not pages.is_part(Article(f"{AT}?page=2", "Không tìm thấy bài viết"))
