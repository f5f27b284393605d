"""Unknown markup, third round: what stands about a headline and under a text, in lines that say several
things at once. One page for each rule, with the shape of real markup and words of our own."""

from __future__ import annotations

import pytest

from crawler.reading import details
from crawler.reading.reader import read
from storage.records import Article
from tests.crawler.reading.conftest import MakePage

TITLE = "Hội Phụ nữ xã Nậm Cắn trao sinh kế cho hội viên nghèo"
LEAD = "Sáng 12/10, Hội Liên hiệp Phụ nữ xã Nậm Cắn trao ba mươi con bò giống cho hội viên nghèo vùng biên."
TEXT = (
    "Mỗi hội viên được nhận một con bò cái cùng tiền làm chuồng và được cán bộ thú y hướng dẫn cách nuôi.",
    "Bà Và Y Dở, Chủ tịch Hội Liên hiệp Phụ nữ xã, cho biết đây là năm thứ tư Hội trao sinh kế cho hội viên.",
    "Ba năm trước, hai mươi hội viên nhận bò nay đã có thêm bê và đã trả lại một con cho hội viên khác nuôi.",
)
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in TEXT)
OTHERS = "".join(
    f"<li><a href='/tin/{n}.html'>Mặt trận Tổ quốc xã Nậm Cắn giám sát việc làm cầu treo lần {n}</a></li>"
    for n in range(6)
)
TIME = "<div>12/10/2025 10:20</div>"
BESIDE = f"<h3>Tin khác</h3><ul>{OTHERS}</ul>"


def article_of(make_page: MakePage, body: str, title: str = TITLE, beside: str = BESIDE) -> Article:
    html = (
        f"<html><head><title>{title}</title></head><body><div class='page'>{body}</div>"
        f"<div class='beside'>{beside}</div></body></html>"
    )
    reading = read(make_page(html))
    assert reading.article is not None, f"{reading.kind}: {reading.reason}"
    return reading.article


def page(text: str, about: str = TIME, below: str = "") -> str:
    return f"<h1>{TITLE}</h1>{about}<div class='text'>{text}</div>{below}"


# --- the author in the line of the time -----------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "byline"),
    [
        ("<div>Lầu Mai - 12/10/2025 10:20</div>", "Lầu Mai"),
        ("<div>Lầu Mai | 12/10/2025 10:20</div>", "Lầu Mai"),
        ("<div><b>Lầu Mai</b> &bull; <i>12/10/2025 10:20</i> &bull; <i>5 phút đọc</i></div>", "Lầu Mai"),
        ("<div>12/10/2025 10:20 - Lầu Y Mai</div>", "Lầu Y Mai"),
        ("<div><a href='/c'>Mặt trận</a> / 12/10/2025 10:20 / Lầu Y Mai</div>", "Lầu Y Mai"),
        ("<div>Tác giả: Lầu Mai - Ngày đăng: 12/10/2025 10:20</div>", "Lầu Mai"),
        ("<div>Người đăng: Lầu Mai | Ngày đăng: 12/10/2025 10:20 | Lượt xem: 9</div>", "Lầu Mai"),
        (f"<div>Tin bài: Lầu Mai</div>{TIME}", "Lầu Mai"),
        (f"{TIME}<div>Biên tập: Lầu Mai</div>", "Lầu Mai"),
        (f"<div><img class='avatar' src='/a.png'> <a href='/tac-gia/mai'>Lầu Mai</a></div>{TIME}", "Lầu Mai"),
        (f"<table><tr><th>Người viết:</th><td>Lầu Mai</td></tr></table>{TIME}", "Lầu Mai"),
        ("<p>[Mặt trận] Đăng bởi Lầu Y Mai, vào lúc 2025-10-12 10:20:00, có 4 lượt xem.</p>", "Lầu Y Mai"),
        ("<div>Mặt trận - 12/10/2025 10:20</div>", None),
        ("<div>Nậm Cắn - 12/10/2025 10:20</div>", None),
        ("<div>Người đăng: admin - 12/10/2025 10:20</div>", None),
    ],
)
def test_the_line_of_the_time_names_the_author_between_its_signs(
    make_page: MakePage, about: str, byline: str | None
) -> None:
    article = article_of(make_page, page(PARAGRAPHS, about))
    assert article.byline == byline
    assert article.paragraphs == TEXT
    assert article.published_at is not None
    assert f"{article.published_at:%Y-%m-%d %H:%M}" == "2025-10-12 10:20"


@pytest.mark.parametrize("about", ["12/10/2025 10:20 | Nguồn: Báo Nghệ An", "12/10/2025 - Theo Báo Nghệ An"])
def test_the_line_of_the_time_names_the_source(make_page: MakePage, about: str) -> None:
    assert article_of(make_page, page(PARAGRAPHS, f"<div>{about}</div>")).source_credit == "Báo Nghệ An"


def test_a_commenter_is_not_the_author(make_page: MakePage) -> None:
    comment = (
        "<h3>Ý kiến bạn đọc</h3><div><b>Nguyễn Văn Tám</b><span>13/10/2025</span><p>Tin hay quá.</p></div>"
    )
    assert article_of(make_page, page(PARAGRAPHS, below=comment)).byline is None


def test_a_row_of_figures_is_no_line_of_the_time() -> None:
    assert details.name_beside_time("2 Nguyễn Văn Tám 30") is None


def test_the_time_of_day_may_stand_before_its_day_in_a_list_above_the_headline(make_page: MakePage) -> None:
    entries = "<ul><li>12/10/2025</li><li>10:20</li><li>Lầu Y Mai</li></ul>"
    article = article_of(make_page, f"<div>{entries}<h2>{TITLE}</h2></div><div>{PARAGRAPHS}</div>")
    assert article.published_precision == "minute"


def test_the_section_in_a_box_with_the_time_is_no_text(make_page: MakePage) -> None:
    chip = "<div class='s1'><p>12/10/2025 10:20</p><span class='chip'>Mặt trận</span></div>"
    article = article_of(make_page, f"<div><h1>{TITLE}</h1>{chip}<p>{LEAD}</p><div>{PARAGRAPHS}</div></div>")
    assert "Mặt trận" not in article.paragraphs


def test_a_page_without_a_headline_has_its_time_above_the_text(make_page: MakePage) -> None:
    article = article_of(make_page, f"<div>{TIME}<div class='text'>{PARAGRAPHS}</div></div>")
    assert article.published_at is not None


@pytest.mark.parametrize("name", ["breadcumb", "duong-dan", "pathway"])
def test_a_path_has_many_names(make_page: MakePage, name: str) -> None:
    path = f"<div class='{name}'><a href='/'>Trang chủ</a> / <a href='/mt'>Mặt trận</a></div>"
    assert article_of(make_page, path + page(PARAGRAPHS)).section == "Mặt trận"


# --- notices and documents ------------------------------------------------------------------------

NOTICE = (
    "Hội Liên hiệp Phụ nữ xã Nậm Cắn thông báo mở lớp tập huấn nuôi bò sinh sản cho hội viên như sau:",
    "1. Thời gian: 8 giờ 00, ngày 20/10/2025.",
    "2. Địa điểm: Nhà văn hóa bản Trường Sơn.",
    "3. Thành phần: Chi hội trưởng các bản và hội viên được nhận bò giống trong đợt này.",
)


@pytest.mark.parametrize(
    "entry", [NOTICE[1], "- Thời gian: 8 giờ 00, ngày 20/10/2025", "Thời gian: 20/10/2025"]
)
def test_the_time_of_an_event_stays_in_its_notice(make_page: MakePage, entry: str) -> None:
    lines = (NOTICE[0], entry, *NOTICE[2:])
    article = article_of(make_page, page("".join(f"<p>{line}</p>" for line in lines)))
    assert article.paragraphs == lines
    assert article.published_at is not None
    assert f"{article.published_at:%Y-%m-%d}" == "2025-10-12"


@pytest.mark.parametrize(
    "above", ["TM. BAN THƯỜNG VỤ<br>CHỦ TỊCH", "KT. CHỦ TỊCH<br>PHÓ CHỦ TỊCH", "CHỦ TỊCH<br>(Đã ký)"]
)
def test_who_signs_a_document_is_not_its_author(make_page: MakePage, above: str) -> None:
    text = "".join(f"<p>{line}</p>" for line in NOTICE)
    signed = f"{text}<p style='text-align:right'><b>{above}<br>Và Y Dở</b></p>"
    assert article_of(make_page, page(signed)).byline is None


# --- the text -------------------------------------------------------------------------------------


def test_a_block_quote_on_top_that_quotes_nobody_is_the_summary(make_page: MakePage) -> None:
    article = article_of(make_page, page(f"<blockquote><p>{LEAD}</p></blockquote>{PARAGRAPHS}"))
    assert (article.lead, article.paragraphs) == (LEAD, TEXT)


@pytest.mark.parametrize("quote", [f"<p>“{LEAD}”</p>", f"<p>{LEAD}</p><p>Và Y Dở</p>"])
def test_a_block_quote_of_somebody_is_text(make_page: MakePage, quote: str) -> None:
    assert article_of(make_page, page(f"<blockquote>{quote}</blockquote>{PARAGRAPHS}")).lead is None


@pytest.mark.parametrize("heading", ["<h3>Xem thêm:</h3>", "<p>Bài cùng lĩnh vực:</p>", "<h4>Tin nóng</h4>"])
def test_titles_of_others_right_under_a_short_text_take_nothing_from_it(
    make_page: MakePage, heading: str
) -> None:
    article = article_of(
        make_page, f"<div><h3>{TITLE}</h3>{TIME}{PARAGRAPHS}{heading}<ul>{OTHERS}</ul></div>", beside=""
    )
    assert article.paragraphs == TEXT


def test_pictures_under_a_line_that_announces_them_are_the_articles(make_page: MakePage) -> None:
    pictures = "".join(f"<p style='text-align:center'><img src='/anh/{n}.jpg'></p>" for n in range(4))
    article = article_of(make_page, page(f"{PARAGRAPHS}<p>Một số hình ảnh:</p>{pictures}", below=BESIDE))
    assert len(article.images) == 4
    assert article.paragraphs == (*TEXT, "Một số hình ảnh:")


def test_a_heading_over_a_comment_form_ends_the_text(make_page: MakePage) -> None:
    comments = (
        "<div><h4>Viết bình luận ...</h4><form><textarea></textarea></form></div>"
        f"<div><h4>Nguyễn Văn Tám</h4>{LEAD}</div>"
    )
    article = article_of(
        make_page, f"<div><h1>{TITLE}</h1>{TIME}<p>{PARAGRAPHS}</p>{comments}</div>", beside=""
    )
    assert article.paragraphs == TEXT


def test_a_line_under_a_picture_that_ends_in_a_credit_is_its_caption(make_page: MakePage) -> None:
    line = "Hội viên nhận bò giống tại bản Trường Sơn. Ảnh: Lầu Mai"
    article = article_of(
        make_page, page(f"<p>{TEXT[0]}</p><p><img src='/1.jpg'></p><p>{line}</p><p>{TEXT[1]}</p>")
    )
    assert article.captions == (line,)


def test_a_paragraph_that_begins_with_its_picture_is_text(make_page: MakePage) -> None:
    long = [f"{text} Bò giống được tiêm phòng đầy đủ trước khi giao cho hội viên." for text in TEXT]
    article = article_of(
        make_page, page(f"<p><img src='/1.jpg'>{long[0]}</p><p>{long[1]}</p><p>{long[2]}</p>")
    )
    assert article.paragraphs == tuple(long)
    assert len(article.images) == 1


def test_the_label_above_a_signature_goes_with_it(make_page: MakePage) -> None:
    article = article_of(make_page, page(f"{PARAGRAPHS}<p><b>Bài, ảnh:</b></p><p><b>Lầu Mai</b></p>"))
    assert (article.byline, article.paragraphs) == ("Lầu Mai", TEXT)
