"""What is text of an article, and what only stands in it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from crawler.reading.reader import read

if TYPE_CHECKING:
    from storage.records import Article
    from tests.crawler.reading.conftest import MakePage

TITLE = "Đoàn xã Tân Lập ra quân tình nguyện hè"
FIRST = (
    "Đoàn Thanh niên xã Tân Lập vừa tổ chức ra quân chiến dịch Thanh niên tình nguyện hè với sự tham gia của"
    " hơn 80 đoàn viên, thanh niên đến từ 9 chi đoàn trong xã."
)
LAST = (
    "Trong đợt ra quân, các bạn trẻ đã vệ sinh 2 km đường liên thôn, trồng 300 cây hoa và tặng 15 suất quà"
    " cho gia đình chính sách trên địa bàn."
)
IMAGE = '<img src="/upload/anh.jpg" width="600">'


def read_body(make_page: MakePage, inner: str) -> Article:
    main = f"<div><h1>{TITLE}</h1><div>{inner}</div></div>"
    reading = read(make_page(f"<html><head><title>{TITLE}</title></head><body>{main}</body></html>"))
    assert reading.article is not None, (reading.kind, reading.reason)
    return reading.article


@pytest.mark.parametrize(
    "block",
    [
        f"<figure>{IMAGE}<figcaption>Đoàn viên trồng hoa.</figcaption></figure>",
        f"<p align=center>{IMAGE}</p><p style='text-align:center'><i>Đoàn viên trồng hoa.</i></p>",
        f"<p align=center>{IMAGE}</p><p style='text-align:center'>Đoàn viên trồng hoa.</p>",
        f"<p align=center>{IMAGE}<br><em>Đoàn viên trồng hoa.</em></p>",
        f"<center>{IMAGE}<br>Đoàn viên trồng hoa.</center>",
        f"<table><tr><td>{IMAGE}</td></tr><tr><td>Đoàn viên trồng hoa.</td></tr></table>",
        f"<div class='wp-caption'>{IMAGE}<p class='wp-caption-text'>Đoàn viên trồng hoa.</p></div>",
        f"<p>{IMAGE}</p><p><em>Đoàn viên trồng hoa.</em></p>",
        f"<p>{IMAGE}</p><p class='chu-thich'>Đoàn viên trồng hoa.</p>",
        '<p><img src="/a.jpg" alt="Đoàn viên trồng hoa."></p><p>Đoàn viên trồng hoa.</p>',
        f"<p>{IMAGE} Đoàn viên trồng hoa.</p>",
    ],
)
def test_a_caption_is_told_from_text_by_how_it_stands(make_page: MakePage, block: str) -> None:
    article = read_body(make_page, f"<p>{FIRST}</p>{block}<p>{LAST}</p>")
    assert article.captions == ("Đoàn viên trồng hoa.",)
    assert article.paragraphs == (FIRST, LAST)
    assert [image.caption for image in article.images] == ["Đoàn viên trồng hoa."]


@pytest.mark.parametrize("text", ["Thời gian thực hiện là 3 tháng.", "Nhiều bạn đã đăng ký ngay."])
def test_a_short_paragraph_after_a_picture_is_text(make_page: MakePage, text: str) -> None:
    article = read_body(make_page, f"<p>{FIRST}</p><p>{IMAGE}</p><p>{text}</p><p>{LAST}</p>")
    assert article.paragraphs == (FIRST, text, LAST)
    assert article.captions == ()


@pytest.mark.parametrize(
    "line",
    [
        "<p>&gt;&gt;&gt; Xem thêm: <a href='/b-2.html'>Đoàn xã Tân Hòa tổ chức hội trại</a></p>",
        "<p><b><a href='/b-2.html'>Đoàn xã Tân Hòa tổ chức hội trại</a></b></p>",
        "<ul><li><a href='/b-2.html'>Đoàn xã Tân Hòa tổ chức hội trại</a></li></ul>",
        "<div class='related'><p>Đoàn xã Tân Hòa tổ chức hội trại hè cho thiếu nhi</p></div>",
        "<p>100%</p>",
        "<div>loading....</div>",
        "<p>Lượt xem: 1.204</p>",
        "<div><a href='#'>Chia sẻ</a> <a href='#'>Facebook</a></div>",
        "<p>[<a href='javascript:history.go(-1)'>Quay về</a>] [<a href='#dau'>Lên trên</a>]</p>",
        "<div>Đọc bài viết</div>",
        "<p>Cỡ chữ: A- A A+</p>",
        "<p>&nbsp;</p><p>\u200b</p>",
        "<p style='display:none'>Văn bản ẩn của trang web này.</p>",
        "<script>document.write('không phải nội dung')</script>",
    ],
)
def test_what_is_no_text_is_left_out(make_page: MakePage, line: str) -> None:
    article = read_body(make_page, f"<p>{FIRST}</p>{line}<p>{LAST}</p>")
    assert article.paragraphs == (FIRST, LAST)


def test_a_link_within_a_sentence_is_text(make_page: MakePage) -> None:
    sentence = "Theo kế hoạch của Huyện đoàn, chiến dịch kéo dài đến hết tháng 8."
    linked = sentence.replace("kế hoạch", "<a href='/ke-hoach.html'>kế hoạch</a>")
    article = read_body(make_page, f"<p>{FIRST}</p><p>{linked}</p><p>{LAST}</p>")
    assert article.paragraphs == (FIRST, sentence, LAST)


@pytest.mark.parametrize(
    "label", ["Tin cùng chuyên mục", "Các tin khác", "Tin liên quan:", "Bình luận", "Những tin cũ hơn"]
)
def test_the_text_ends_where_other_articles_begin(make_page: MakePage, label: str) -> None:
    others = "".join(
        f"<p><a href='/b-{n}.html'>Một bài viết khác của trang, số {n}</a></p>" for n in range(5)
    )
    article = read_body(make_page, f"<p>{FIRST}</p><p>{LAST}</p><p><b>{label}</b></p>{others}")
    assert article.paragraphs == (FIRST, LAST)


def test_a_line_broken_within_a_sentence_is_one_paragraph(make_page: MakePage) -> None:
    broken = FIRST.replace("tình nguyện", "tình nguyện<br>").replace("chi đoàn", "chi đoàn<br />")
    article = read_body(make_page, f"<div>{broken}<br><br>{LAST}</div>")
    assert article.paragraphs == (FIRST, LAST)


def test_letters_with_marks_apart_and_odd_spaces_come_out_clean(make_page: MakePage) -> None:
    messy = unicodedata.normalize("NFD", FIRST).replace(" ", " &nbsp;\n ").replace("Đ", "Ð")
    article = read_body(make_page, f"<p>{messy}</p><p>{LAST}</p>")
    assert article.paragraphs == (FIRST, LAST)


def test_a_table_of_figures_is_read_by_rows(make_page: MakePage) -> None:
    table = "<table><tr><th>Thôn</th><th>Số cây</th></tr><tr><td>Đông</td><td>120</td></tr></table>"
    article = read_body(make_page, f"<p>{FIRST}</p>{table}<p>{LAST}</p>")
    assert article.paragraphs == (FIRST, "Thôn Số cây", "Đông 120", LAST)


def test_a_row_of_figures_after_a_picture_is_no_caption(make_page: MakePage) -> None:
    table = "<table><tr><td>Thôn</td><td>Số cây</td></tr><tr><td>Đông</td><td>120</td></tr></table>"
    advertisement = "<div><a href='https://qc.vn/'><img src='/qc.jpg'></a></div>"
    article = read_body(make_page, f"<p>{FIRST}</p>{advertisement}{table}<p>{LAST}</p>")
    assert article.paragraphs == (FIRST, "Thôn Số cây", "Đông 120", LAST)
    assert article.captions == ()


def test_two_pictures_beside_each_other_have_a_caption_each(make_page: MakePage) -> None:
    table = (
        "<table><tr><td><img src='/1.jpg'></td><td><img src='/2.jpg'></td></tr>"
        "<tr><td><i>Đoàn viên trồng hoa</i></td><td><i>Đoàn viên dọn vệ sinh</i></td></tr></table>"
    )
    article = read_body(make_page, f"<p>{FIRST}</p>{table}<p>{LAST}</p>")
    assert article.captions == ("Đoàn viên trồng hoa", "Đoàn viên dọn vệ sinh")
    assert [image.caption for image in article.images] == ["Đoàn viên trồng hoa", "Đoàn viên dọn vệ sinh"]
    assert article.paragraphs == (FIRST, LAST)


def test_a_line_in_the_middle_that_names_the_video_above_it_is_its_caption(make_page: MakePage) -> None:
    player = "<div><iframe src='https://www.youtube.com/embed/a'></iframe></div>"
    told = "<p style='text-align:center'><i>Video: Đoàn viên ra quân</i></p>"
    article = read_body(make_page, f"<p>{FIRST}</p>{player}{told}<p>{LAST}</p>")
    assert article.captions == ("Video: Đoàn viên ra quân",)
    assert article.paragraphs == (FIRST, LAST)


@pytest.mark.parametrize("label", ["Phóng viên", "PV", "Hỏi"])
def test_the_first_question_of_an_interview_is_no_lead(make_page: MakePage, label: str) -> None:
    question = f"{label}: Xin đồng chí cho biết kết quả nổi bật của phong trào trong năm qua?"
    article = read_body(make_page, f"<p><b>{question}</b></p><p>{FIRST}</p><p>{LAST}</p>")
    assert article.lead is None
    assert article.paragraphs == (question, FIRST, LAST)


def test_addresses_are_absolute_and_files_are_named(make_page: MakePage) -> None:
    files = "<p><a href='../files/kh 12.docx'>Tải về</a></p>"
    files += "<p>Xem <a href='/f/bc.pdf'>báo cáo đầy đủ</a> của Đoàn xã.</p>"
    lazy = '<p><img src="data:image/gif;base64,R0" data-src="anh/1.jpg"><img src="/icon.png" width="16"></p>'
    article = read_body(make_page, f"<p>{FIRST}</p>{lazy}<p>{LAST}</p>{files}")
    assert [(a.url, a.name, a.type) for a in article.attachments] == [
        ("http://portal.example.vn/files/kh%2012.docx", "kh 12.docx", "docx"),
        ("http://portal.example.vn/f/bc.pdf", "báo cáo đầy đủ", "pdf"),
    ]
    assert [image.url for image in article.images] == ["http://portal.example.vn/tin-tuc/anh/1.jpg"]
    assert article.paragraphs == (FIRST, LAST, "Xem báo cáo đầy đủ của Đoàn xã.")


@pytest.mark.parametrize(
    "box", ["<div id='print'>", "<div class='widget'>", "<div class='slider-content'><div>"]
)
def test_a_box_with_a_widgets_name_around_all_the_text_is_the_text(make_page: MakePage, box: str) -> None:
    text = f"{box}<p>{FIRST}</p><p>{FIRST} {LAST}</p>"
    page = f"<html><title>{TITLE}</title><body><h1>{TITLE}</h1>{text}</body></html>"
    article = read(make_page(page)).article
    assert article is not None
    assert article.paragraphs == (FIRST, f"{FIRST} {LAST}")


@pytest.mark.parametrize("label", ["Tài liệu đính kèm:", "File đính kèm", "Các văn bản kèm theo:"])
def test_the_label_over_a_list_of_files_is_no_text(make_page: MakePage, label: str) -> None:
    files = '<ul><li><a href="/tep/ke-hoach.pdf">Kế hoạch số 12</a></li></ul>'
    article = read_body(make_page, f"<p>{FIRST}</p><p>{LAST}</p><p><strong>{label}</strong></p>{files}")
    assert article.paragraphs == (FIRST, LAST)
    assert [attachment.name for attachment in article.attachments] == ["Kế hoạch số 12"]


def test_a_count_of_remarks_that_links_to_them_is_no_text(make_page: MakePage) -> None:
    article = read_body(make_page, f'<p>(<a href="#comments">2 ghi chú</a>)</p><p>{FIRST}</p><p>{LAST}</p>')
    assert article.paragraphs == (FIRST, LAST)


def test_a_licence_box_under_the_text_is_no_text(make_page: MakePage) -> None:
    box = f'<div class="license-box"><div>{TITLE}</div><div>http://xa.example.vn/tin/1</div></div>'
    article = read_body(make_page, f"<p>{FIRST}</p><p>{LAST}</p>{box}")
    assert article.paragraphs == (FIRST, LAST)
