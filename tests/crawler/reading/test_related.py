"""Cards of other articles in the article's own element are no text of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.reading.reader import read

if TYPE_CHECKING:
    from tests.crawler.reading.conftest import MakePage

TITLE = "Hội Phụ nữ xã Tân Lập ra quân dọn vệ sinh đường làng"
TEXT = (
    "Sáng 12/4/2026, Hội Phụ nữ xã Tân Lập huy động hơn 90 hội viên dọn vệ sinh ba tuyến đường.",
    "Chị em thu gom gần một tấn rác thải, phát quang bụi rậm và trồng mới 200 m đường hoa dọc trục chính.",
    "Hoạt động được duy trì vào thứ bảy tuần thứ hai hằng tháng tại tất cả các chi hội trong xã.",
)


def card(number: int) -> str:
    return (
        f"<div class=card><h3><a href='/tin/bai-{number}'>Bài viết khác của huyện nhà, số {number}</a></h3>"
        f"<p class=lead>Tóm tắt của bài số {number}: các chi hội sinh hoạt chuyên đề quý II.</p>"
        f"<p><i>Ngày {number} tháng 3 năm 2026</i></p></div>"
    )


def test_cards_under_the_text_are_left_out(make_page: MakePage) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT)
    cards = "".join(card(number) for number in (3, 4, 5))
    page = f"<article><h1>{TITLE}</h1><div>{text}</div><h2>Related</h2><div>{cards}</div></article>"
    reading = read(make_page(f"<html><head><title>{TITLE}</title></head><body>{page}</body></html>"))
    assert reading.article is not None, (reading.kind, reading.reason)
    assert reading.article.paragraphs == TEXT
    assert reading.article.lead is None
    assert reading.article.published_at is None


def test_a_short_article_with_cards_is_still_an_article(make_page: MakePage) -> None:
    cards = "".join(card(number) for number in range(3, 9))
    page = f"<article><h1>{TITLE}</h1><div><p>{TEXT[0]}</p><p>{TEXT[1]}</p></div><div>{cards}</div></article>"
    reading = read(make_page(f"<html><head><title>{TITLE}</title></head><body>{page}</body></html>"))
    assert reading.article is not None, (reading.kind, reading.reason)
    assert reading.article.paragraphs == TEXT[:2]


def test_a_list_of_cards_with_a_line_about_the_section_is_a_listing(make_page: MakePage) -> None:
    cards = "".join(card(number) for number in range(1, 9))
    page = f"<main><h1>Hội Phụ nữ</h1><p>Tin tức của các cấp Hội.</p>{cards}</main>"
    reading = read(make_page(f"<html><head><title>Hội Phụ nữ</title></head><body>{page}</body></html>"))
    assert reading.kind == "listing"


def test_text_between_pointers_to_other_articles_stays(make_page: MakePage) -> None:
    pointer = "<p><a href='/tin/bai-{0}'>Bài viết khác của huyện nhà, số {0}</a></p>"
    text = "".join(f"<p>{line}</p>{pointer.format(n)}" for n, line in enumerate((*TEXT, TEXT[0] + " Hết.")))
    page = f"<article><h1>{TITLE}</h1><div><p>{TEXT[1]} Tiếp.</p><p>{TEXT[2]} Tiếp.</p>{text}</div></article>"
    reading = read(make_page(f"<html><head><title>{TITLE}</title></head><body>{page}</body></html>"))
    assert reading.article is not None, (reading.kind, reading.reason)
    assert len(reading.article.paragraphs) == 6
