"""Unknown markup: what themes of portals that were never tried do otherwise. One page for each rule, with the
shape of their markup and words of our own."""

from __future__ import annotations

import pytest

from crawler.reading import printed_times
from crawler.reading.reader import read
from storage.records import Article
from tests.crawler.reading.conftest import MakePage
from vietnam import dates

TITLE = "Hội Cựu chiến binh xã Phú Lâm bàn giao nhà nghĩa tình đồng đội"
LEAD = (
    "Ngày 14/10, Hội Cựu chiến binh xã Phú Lâm bàn giao nhà nghĩa tình đồng đội cho hội viên Lò Văn Sơn, "
    "người đã nhiều năm sống trong căn nhà tạm."
)
TEXT = (
    "Ngôi nhà rộng năm mươi mét vuông được hội viên các chi hội góp công dựng trong hai tháng.",
    "Ông Bùi Văn Thắng, Chủ tịch Hội Cựu chiến binh xã, mong gia đình sớm ổn định cuộc sống để vươn lên.",
    "Từ đầu năm đến nay, Hội đã giúp ba hội viên nghèo xóa nhà tạm bằng quỹ của các chi hội.",
)
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in TEXT)
OTHERS = "".join(
    f"<li><a href='/tin/{n}.html'>Mặt trận Tổ quốc xã giám sát việc làm đường liên thôn đợt {n}</a></li>"
    for n in range(6)
)
RELATED = f"<h3>Tin liên quan</h3><ul>{OTHERS}</ul>"


def article_of(make_page: MakePage, body: str, title: str = TITLE) -> Article:
    html = f"<html><head><title>{title}</title></head><body>{body}{RELATED}</body></html>"
    reading = read(make_page(html))
    assert reading.article is not None, f"{reading.kind}: {reading.reason}"
    return reading.article


def test_a_box_called_title_is_not_the_headline_that_stands_in_it(make_page: MakePage) -> None:
    box = f"<div class='title'><h2>{TITLE}</h2><span>14/10/2025 15:00:27</span><hr></div>"
    article = article_of(make_page, f"<div>{box}<div>{PARAGRAPHS}</div></div>", title="Chi tiết")
    assert article.title == TITLE
    assert article.published_at is not None


def test_titles_within_links_make_no_article_of_a_listing(make_page: MakePage) -> None:
    rows = "".join(
        f"<div><a href='/chi-tiet?so={n}'><span class='title-item'>Hội Nông dân xã Phú Lâm mở lớp thứ {n}..."
        f"</span></a><span class='createdtime-item'>1{n}/10/2025</span><p>{LEAD[:100]}...</p></div>"
        for n in range(7)
    )
    html = f"<html><head><title>Hoạt động</title></head><body><div>{rows}</div></body></html>"
    assert read(make_page(html, url="http://portal.example.vn/hoat-dong")).kind == "listing"


def test_a_resizable_text_is_no_font_control(make_page: MakePage) -> None:
    votes = "Tổng số điểm: <span class='totalStar'>0</span> trong <span class='totalRating'>0</span>"
    article = article_of(
        make_page,
        "<div class='columns-widget'><article><header><span class='post-date'>14/10/2025</span></header>"
        f"<h1>{TITLE}</h1><div class='brief font-size-text'><p>{LEAD}</p></div>"
        f"<div class='content-detail font-size-text'>{PARAGRAPHS}</div>"
        f"<div class='rating'><div>{votes} đánh giá</div></div></article></div>",
    )
    assert article.lead == LEAD
    assert article.paragraphs == TEXT


def test_a_widget_stays_one_where_the_text_stands_in_a_box_called_so(make_page: MakePage) -> None:
    article = article_of(
        make_page,
        f"<h1>{TITLE}</h1><div>14/10/2025</div><div><div class='slider'>{PARAGRAPHS * 2}"
        "<div class='rating'><div>Mời bạn đọc chấm điểm</div><div>trong</div></div></div></div>",
    )
    assert article.paragraphs == (*TEXT, *TEXT)


def test_a_menu_that_is_allowed_is_none(make_page: MakePage) -> None:
    article = article_of(
        make_page,
        f"<table><tr><td><p class='Title'>{TITLE}</p></td></tr><tr><td><b class='lv_description allowMenu'>"
        f"{LEAD}</b></td></tr><tr><td><div>{PARAGRAPHS}</div></td></tr></table>",
    )
    assert article.lead == LEAD


def test_a_line_under_a_picture_may_be_called_its_description(make_page: MakePage) -> None:
    line = "Hội viên các chi hội góp công dựng nhà"
    framed = (
        f"<table class='image'><tr><td><img src='/nha.jpg'></td></tr>"
        f"<tr><td class='image_desc'>{line}</td></tr></table>"
    )
    article = article_of(make_page, f"<h1>{TITLE}</h1><div>14/10/2025</div><div>{framed}{PARAGRAPHS}</div>")
    assert article.captions == (line,)
    assert article.paragraphs == TEXT


@pytest.mark.parametrize(
    "icon",
    ["/Data/SiteImages/Icons/pdf.png", "/images/file.gif", "/_layouts/images/icdocx.png", "/img/pdf-512.png"],
)
def test_the_icon_of_a_file_is_no_picture(make_page: MakePage, icon: str) -> None:
    files = f"<div><img src='{icon}'><a href='/van-ban/ke-hoach.pdf'>ke-hoach.pdf</a></div>"
    article = article_of(make_page, f"<h1>{TITLE}</h1><div>14/10/2025</div><div>{PARAGRAPHS}{files}</div>")
    assert article.images == ()
    assert [file.name for file in article.attachments] == ["ke-hoach.pdf"]


def test_a_picture_whose_name_begins_like_a_type_stays_one(make_page: MakePage) -> None:
    picture = "<p><img src='/anh/word-cup-thon.jpg'></p><p><img src='/anh/file-anh-nha-moi.png'></p>"
    article = article_of(make_page, f"<h1>{TITLE}</h1><div>14/10/2025</div><div>{picture}{PARAGRAPHS}</div>")
    assert len(article.images) == 2


def test_files_may_stand_between_a_text_and_its_signature(make_page: MakePage) -> None:
    article = article_of(
        make_page,
        f"<div><h1>{TITLE}</h1><div>14/10/2025</div><div><div>{PARAGRAPHS}</div></div>"
        "<div><b>File đính kèm:</b><br><a href='/van-ban/ke-hoach.doc'>ke-hoach.doc</a></div>"
        "<div align='right'><b>Phòng Văn hóa - Thông tin</b></div></div>",
    )
    assert article.byline == "Phòng Văn hóa - Thông tin"
    assert article.paragraphs == TEXT


def test_source_and_author_are_printed_in_two_lines(make_page: MakePage) -> None:
    article = article_of(
        make_page,
        f"<h1>{TITLE}</h1><div>14/10/2025</div><div>{PARAGRAPHS}<p><b>Tác giả:</b> Hoàng Thị Lan</p>"
        "<p><strong>Nguồn tin:</strong> Báo Phú Thọ</p></div>",
    )
    assert article.byline == "Hoàng Thị Lan"
    assert article.source_credit == "Báo Phú Thọ"


def test_a_pen_stands_for_the_author_and_crumbs_for_the_section(make_page: MakePage) -> None:
    article = article_of(
        make_page,
        "<section><nav class='ws-crumb'><a href='/'>Trang chủ</a> <a href='/mat-tran'>Tin Mặt trận</a></nav>"
        f"<h1>{TITLE}</h1><div><span>📅 14/10/2025</span> <span>✍ Minh Thư</span> <span>👁 85</span></div>"
        f"</section><div>{PARAGRAPHS}</div>",
    )
    assert article.byline == "Minh Thư"
    assert article.section == "Tin Mặt trận"
    assert article.published_precision == "day"


@pytest.mark.parametrize(
    ("box", "day"),
    [
        ("<span>14/10</span><br><span>2025</span>", "2025-10-14"),
        ("<b>14</b><br><i>Tháng 10, 2025</i>", "2025-10-14"),
        ("<b>7</b><br><i>10/2025</i>", "2025-10-07"),
    ],
)
def test_a_day_may_be_printed_in_a_box_of_two_lines(make_page: MakePage, box: str, day: str) -> None:
    article = article_of(make_page, f"<h1>{TITLE}</h1><div>{box}</div><div>{PARAGRAPHS}</div>")
    assert article.published_at is not None
    assert f"{article.published_at:%Y-%m-%d}" == day


def test_section_and_day_may_stand_in_a_box_right_above_that_of_headline_and_text(
    make_page: MakePage,
) -> None:
    article = article_of(
        make_page,
        "<div><table><tr><td>Tin Mặt trận - Đoàn thể</td><td>14/10/2025</td></tr></table></div><div><table>"
        f"<tr><td><p class='Title'>{TITLE}</p></td></tr><tr><td>{PARAGRAPHS}</td></tr></table></div>",
    )
    assert article.published_at is not None
    assert f"{article.published_at:%Y-%m-%d}" == "2025-10-14"


@pytest.mark.parametrize(
    "line",
    [
        "Ngày đăng : 14 - 10 - 2025 Tác giả : quantri Chuyên mục : Tin hoạt động",
        "14/10/2025 Tác giả: Hoàng Lan Chuyên mục: Tin hoạt động Lượt xem: 33",
        "Thứ ba, 14/10/2025 08:30 | Tác giả: Hoàng Thị Lan | Chuyên mục: Mặt trận xã | Lượt xem: 1.234",
    ],
)
def test_labelled_details_behind_a_time_may_have_many_words(line: str) -> None:
    assert printed_times.is_date_line(line)


def test_a_short_first_heading_is_the_section_where_an_element_called_title_says_more(
    make_page: MakePage,
) -> None:
    article = article_of(
        make_page,
        f"<div><h1>Hoạt động Mặt trận - Đoàn thể</h1></div><div><h2 class='news-title'>{TITLE}</h2>"
        f"<p>14/10/2025</p><div>{PARAGRAPHS}</div></div>",
        title="Trang thông tin Mặt trận xã",
    )
    assert article.title == TITLE


def test_a_short_headline_stays_one_where_nothing_called_title_says_more(make_page: MakePage) -> None:
    article = article_of(
        make_page,
        f"<h1>Thăm hội viên nghèo Phú Lâm</h1><p>14/10/2025</p><div>{PARAGRAPHS}</div>"
        "<div class='title'>Thông báo mới nhất của xã</div>",
        title="Trang thông tin Mặt trận xã",
    )
    assert article.title == "Thăm hội viên nghèo Phú Lâm"


def test_the_time_may_stand_labelled_under_the_text(make_page: MakePage) -> None:
    article = article_of(
        make_page,
        f"<table><tr><td><span class='tieude'>{TITLE}</span><br><br>{'<br><br>'.join(TEXT)}<br><br>"
        "<b>Lò Thị Xuân</b><div align='right'><em>Cập nhật ngày 14/10/2025</em></div></td></tr></table>",
    )
    assert article.paragraphs == TEXT
    assert article.byline == "Lò Thị Xuân"
    assert article.published_at is not None


def test_a_last_line_that_tells_a_term_stays_text() -> None:
    assert not printed_times.is_labelled("Đăng ký đến ngày 20/10/2025")
    assert not printed_times.is_labelled("Thời gian: 8 giờ, ngày 20/10/2025")


def test_a_time_is_read_that_the_time_of_reading_is_glued_to() -> None:
    stamp = dates.parse_stamp("Mặt trận14.10.2025 · 08:157 phút đọc")
    assert stamp is not None
    assert f"{stamp.at:%Y-%m-%d %H:%M}" == "2025-10-14 08:15"


def test_a_sentence_with_a_colon_behind_a_day_prints_no_time() -> None:
    assert not printed_times.is_date_line(
        "14/10/2025 là ngày hội của toàn xã với ba nội dung chính: thi cấy, kéo co và chạy"
    )
