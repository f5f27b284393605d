"""Unknown markup: what stands about a text must neither get into it nor make the page a listing."""

from __future__ import annotations

import pytest

from crawler.reading.page import ListingRow
from crawler.reading.reader import read
from spiders.platforms import PLATFORMS
from storage.records import Article
from tests.crawler.reading.conftest import MakePage

TITLE = "Hội Nông dân xã Tân Thành tổ chức lớp tập huấn kỹ thuật trồng nấm"
TEXT = (
    "Sáng 12/3, tại nhà văn hóa thôn Đồng Tâm, Hội Nông dân xã Tân Thành khai mạc lớp tập huấn trồng nấm.",
    "Trong ba ngày, học viên được cán bộ khuyến nông hướng dẫn cách chọn giống, ủ rơm và chăm sóc phôi nấm.",
    "Ông Trần Văn Hưng, Chủ tịch Hội Nông dân xã, cho biết sau lớp học sẽ lập tổ hợp tác bao tiêu nấm.",
)
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in TEXT)
OTHER = "Ủy ban MTTQ xã Tân Thành giám sát thu chi các khoản đóng góp đợt {}"
SUMMARY = "Ngày {}/3, Ban Thường trực Ủy ban MTTQ xã giám sát việc thu chi các khoản đóng góp của nhân dân."
LINKS = "".join(f"<li><a href='/t/{n}'>{OTHER.format(n)}</a> ({n}/02/2026)</li>" for n in range(10, 22))
CARDS = "".join(
    f"<div><h3><a href='/t/{n}'>{OTHER.format(n)}</a></h3><p>{SUMMARY.format(n)}</p></div>"
    for n in range(10, 22)
)
COMMENTS = "<h3>Bình luận (12)</h3>" + "".join(
    f"<div><b>Bạn đọc {n}</b><p>Việc làm này rất thiết thực, mong Hội mở thêm lớp ở các thôn khác trong xã "
    f"để bà con chúng tôi được học, đây là lần thứ {n} tôi đề nghị.</p></div>"
    for n in range(12)
)
FOOTER = (
    "<div class='duoi'><p>Trang tin là tiếng nói của nhân dân xã, mọi ý kiến xin gửi về bộ phận một cửa "
    "trong giờ hành chính các ngày làm việc.</p><p>© 2026 UBND xã Tân Thành</p></div>"
)
DATE = "<div>13/03/2026 08:10</div>"


def page(body: str, title: str = TITLE) -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def article_of(make_page: MakePage, html: str) -> Article:
    reading = read(make_page(html))
    assert reading.article is not None, f"{reading.kind}: {reading.reason}"
    return reading.article


@pytest.mark.parametrize(
    "around",
    [
        f"<h1>{TITLE}</h1>{DATE}<div>{PARAGRAPHS}</div><h3>Tin khác</h3>{CARDS}",
        f"<div>{CARDS}</div><h1>{TITLE}</h1>{DATE}<div>{PARAGRAPHS}</div>",
        f"<div><h1>{TITLE}</h1>{DATE}<div>{PARAGRAPHS}</div></div><div>{CARDS * 3}</div>{FOOTER}",
        f"<h1>{TITLE}</h1>{DATE}<div>{PARAGRAPHS}</div>{COMMENTS}",
        f"<h1>{TITLE}</h1>{DATE}<div>{PARAGRAPHS}</div>{FOOTER}",
        f"<h1>{TITLE}</h1>{DATE}<div class='print-area'>{PARAGRAPHS}</div>{FOOTER}",
        f"<div class='widget'><h1>{TITLE}</h1>{DATE}<div>{PARAGRAPHS}</div></div>{FOOTER}",
    ],
    ids=[
        "summaries of other articles after it", "summaries before it", "three times as many summaries",
        "comments longer than it", "a footer in sentences", "called print", "called widget",
    ],
)  # fmt: skip
def test_a_text_is_read_whole_and_alone(make_page: MakePage, around: str) -> None:
    article = article_of(make_page, page(around))
    assert article.title == TITLE
    assert article.paragraphs == TEXT
    assert article.published_at is not None
    assert f"{article.published_at:%Y-%m-%d %H:%M}" == "2026-03-13 08:10"


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>Tin hoạt động Mặt trận</h1>{CARDS}",
        f"<h1>Tin hoạt động Mặt trận</h1><p>{TEXT[0]} {TEXT[1]} {TEXT[2]}</p>{CARDS}",
        f"<h1>Tin hoạt động Mặt trận</h1><ul>{LINKS}</ul>",
        f"<h2>Hội Nông dân</h2><h2><a href='/t/1'>{TITLE}</a></h2><p>{TEXT[0]} {TEXT[1]}</p><ul>{LINKS}</ul>",
        "<h1>Văn bản</h1><table>"
        + "".join(
            f"<tr><td>{n}/KH</td><td><a href='/vb/{n}'>{OTHER.format(n)}</a></td><td>01/02/2026</td></tr>"
            for n in range(9)
        )
        + "</table>",
    ],
    ids=[
        "headlines with summaries", "an introduction above them", "nothing but titles",
        "the first with its summary, titles of the others", "rows of a table",
    ],
)  # fmt: skip
def test_a_listing_is_no_article(make_page: MakePage, body: str) -> None:
    reading = read(make_page(page(body, "Tin hoạt động"), url="http://portal.example.vn/tin-hoat-dong"))
    assert reading.kind == "listing", reading.reason


def test_news_of_one_sentence_is_news(make_page: MakePage) -> None:
    html = page(f"<h1>{TITLE}</h1>{DATE}<div><p>{TEXT[0]}</p></div><h3>Tin khác</h3><ul>{LINKS}</ul>")
    assert article_of(make_page, html).paragraphs == TEXT[:1]


def test_the_days_date_above_a_title_is_the_pages_clock(make_page: MakePage) -> None:
    html = page(f"<div>Thứ Sáu, 20/11/2026</div><h1>{TITLE}</h1><div>{PARAGRAPHS}</div>")
    assert article_of(make_page, html).published_at is None


def test_a_labelled_date_after_the_text_wins_over_an_unlabelled_one(make_page: MakePage) -> None:
    html = page(
        f"<div>19/11/2026</div><h1>{TITLE}</h1><div>{PARAGRAPHS}</div><div>Ngày đăng: 13/03/2026</div>"
    )
    published_at = article_of(make_page, html).published_at
    assert published_at is not None
    assert f"{published_at:%Y-%m-%d}" == "2026-03-13"


def test_a_bold_line_above_the_text_is_the_headline_where_the_heading_is_the_portals(
    make_page: MakePage,
) -> None:
    html = page(
        f"<h1>UBND XÃ TÂN THÀNH</h1><ul>{LINKS}</ul><div><p><b>{TITLE}</b></p>{DATE}{PARAGRAPHS}</div>",
        "Trang thông tin điện tử",
    )
    article = article_of(make_page, html)
    assert (article.title, article.lead, article.paragraphs) == (TITLE, None, TEXT)


def test_files_listed_below_the_text_are_its_attachments(make_page: MakePage) -> None:
    files = "<div><b>Tệp đính kèm:</b><ul><li><a href='/f/ke-hoach-12.pdf'>Kế hoạch số 12</a></li></ul></div>"
    html = page(f"<div><h1>{TITLE}</h1>{DATE}<div>{PARAGRAPHS}</div>{files}</div><ul>{LINKS}</ul>")
    article = article_of(make_page, html)
    assert [(file.name, file.type) for file in article.attachments] == [("Kế hoạch số 12", "pdf")]
    assert article.paragraphs == TEXT


def test_an_author_line_is_no_source(make_page: MakePage) -> None:
    html = page(
        f"<div class='news_column'><h1 class='title'>{TITLE}</h1><div id='news-bodyhtml'>{PARAGRAPHS}</div>"
        "<p class='h5 text-right'><strong>Tác giả bài viết: </strong>Hồng Lam</p>"
        "<p class='h5 text-right'><strong>Nguồn tin: </strong>Báo Đại Đoàn Kết</p></div>"
    )
    reading = read(make_page(html), PLATFORMS["nukeviet"])
    assert reading.article is not None
    assert (reading.article.byline, reading.article.source_credit) == ("Hồng Lam", "Báo Đại Đoàn Kết")


def test_a_box_of_top_news_that_shows_the_open_article_is_not_where_it_stands(make_page: MakePage) -> None:
    top = "".join(
        f"<div><h4><a href='/t/{n}'>{title}</a></h4></div>"
        for n, title in enumerate([OTHER.format(1), TITLE, OTHER.format(2), OTHER.format(3)])
    )
    article = f"<div class='tt'>{TITLE}</div><div>12/03/2026 07:45</div><div class='nd'>{PARAGRAPHS}</div>"
    page = make_page(
        f"<title>Chi tiết tin</title><div class='l'>{article}</div><div class='r'>Tin nổi bật{top}</div>",
        row=ListingRow("http://portal.example.vn/tin-tuc/bai-viet-101.html", TITLE),
    )
    reading = read(page)
    assert reading.article is not None, (reading.kind, reading.reason)
    assert (reading.article.title, reading.article.paragraphs) == (TITLE, TEXT)


def test_a_column_of_most_read_titles_before_the_headline_is_not_where_it_stands(make_page: MakePage) -> None:
    read_most = "<br>".join(
        f"<a href='/t/{n}'>{title}</a>" for n, title in enumerate([OTHER.format(1), TITLE, OTHER.format(2)])
    )
    text = "<br><br>".join(TEXT[1:])
    html = page(
        f"<table><tr><td><b>Tin đọc nhiều</b><br>{read_most}</td><td><font size=4><b>{TITLE}</b></font><br>"
        f"(13/03/2026 08:10)<hr><font size=2><b>{TEXT[0]}</b><br><br>{text}</font></td></tr></table>"
    )
    article = article_of(make_page, html)
    assert (article.title, article.lead, article.paragraphs) == (TITLE, TEXT[0], TEXT[1:])


@pytest.mark.parametrize(
    ("above", "byline"),
    [
        (
            "<div><img src='/a.png'></div><div>Đặng Hữu Phước</div><div>13/03/2026 08:10</div>",
            "Đặng Hữu Phước",
        ),
        ("<div>Đặng Hữu Phước</div><div>13/03/2026 08:10</div>", "Đặng Hữu Phước"),
        ("<div>13/03/2026 08:10</div><div>Đặng Hữu Phước</div>", "Đặng Hữu Phước"),
        ("<div>Quảng Trị</div><div>13/03/2026 08:10</div>", None),
        ("<div>13/03/2026 08:10</div><div>Tin tổng hợp</div><div>Đặng Hữu Phước</div>", None),
    ],
    ids=["under a portrait", "above it", "below it", "a place", "apart from it"],
)
def test_a_full_name_beside_the_time_is_the_authors(
    make_page: MakePage, above: str, byline: str | None
) -> None:
    article = article_of(make_page, page(f"<div><h1>{TITLE}</h1>{above}<div>{PARAGRAPHS}</div></div>"))
    assert article.byline == byline
    assert article.paragraphs[-3:] == TEXT
    if byline:
        assert (article.paragraphs, article.captions, article.images) == (TEXT, (), ())


@pytest.mark.parametrize(
    "tags",
    [
        "<span>Từ khóa:</span><a href='/tag/mttq'>MTTQ</a><a href='/tag/trong-nam'>trồng nấm</a>",
        "Tags: <a href='/tag/mttq'>MTTQ</a>, <a href='/tag/trong-nam'>trồng nấm</a>",
        "Chủ đề: <a href='/tag/mttq'>MTTQ</a>",
    ],
)
def test_a_line_of_tags_is_no_paragraph_whatever_its_box_is_called(make_page: MakePage, tags: str) -> None:
    html = page(f"<div><h1>{TITLE}</h1>{DATE}<div>{PARAGRAPHS}</div><div class='x7'>{tags}</div></div>")
    assert article_of(make_page, html).paragraphs == TEXT


def test_a_sentence_that_begins_like_a_line_of_tags_stays(make_page: MakePage) -> None:
    said = "Chủ đề: vườn nấm của phụ nữ xã, do <a href='/t/3'>Hội LHPN xã</a> chọn cho năm nay và năm sau."
    html = page(f"<div><h1>{TITLE}</h1>{DATE}<div>{PARAGRAPHS}<p>{said}</p></div></div>")
    assert len(article_of(make_page, html).paragraphs) == len(TEXT) + 1


def test_cards_that_lead_on_by_a_link_are_a_listing_though_their_headlines_are_not_linked(
    make_page: MakePage,
) -> None:
    cards = "".join(
        f"<div class='c'><h4>{OTHER.format(n)}</h4><p>{SUMMARY.format(n)}</p><i>{n}.03.2026</i> "
        f"<a href='/t/{n}.html'>Đọc tiếp</a></div>"
        for n in range(10, 19)
    )
    assert read(make_page(page(f"<h1>Tin Công đoàn</h1>{cards}", "Tin Công đoàn"))).kind == "listing"


def test_a_caption_under_a_picture_pasted_into_the_markup_is_no_paragraph(make_page: MakePage) -> None:
    pasted = f"<p align='center'><img src='data:image/png;base64,{'iVBORw0KGgo' * 300}'></p>"
    caption = "<p align='center'><i>Lớp tập huấn tại thôn Đồng Tâm</i></p>"
    html = page(f"<div><h1>{TITLE}</h1>{DATE}<div>{PARAGRAPHS}{pasted}{caption}</div></div>")
    article = article_of(make_page, html)
    assert (article.paragraphs, article.images) == (TEXT, ())
    assert article.captions == ("Lớp tập huấn tại thôn Đồng Tâm",)


@pytest.mark.parametrize(
    "files",
    [
        "<div class='edn_documents'><h3>Tài liệu</h3><ul><li><a href='/f/ke-hoach-12.pdf'>Kế hoạch số 12</a>"
        " <span>(.pdf, 120 KB)</span> - 45 lượt tải</li></ul></div>",
        "<div class='itemAttachmentsBlock'>Tải về: <a href='/f/ke-hoach-12.pdf'>Kế hoạch số 12</a></div>",
        "<div class='related-files'><h4>Kèm theo</h4><a href='/f/ke-hoach-12.pdf'>Kế hoạch số 12</a></div>",
    ],
)
@pytest.mark.parametrize("platform", [None, "wordpress"])
def test_files_in_a_box_that_is_called_theirs_are_attachments_whatever_stands_above_them(
    make_page: MakePage, files: str, platform: str | None
) -> None:
    html = page(
        f"<div id='bai'><h1 class='entry-title'>{TITLE}</h1>{DATE}"
        f"<div class='entry-content'>{PARAGRAPHS}</div>{files}</div>"
        f"<div><h2>Văn bản mới</h2><a href='/f/so-9.pdf'>Văn bản số 9</a></div><ul>{LINKS}</ul>"
    )
    article = read(make_page(html), PLATFORMS[platform] if platform else None).article
    assert article is not None
    assert [(file.name, file.type) for file in article.attachments] == [("Kế hoạch số 12", "pdf")]
    assert article.paragraphs == TEXT


def test_beside_the_link_to_a_file_its_size_and_count_of_downloads_are_no_text(make_page: MakePage) -> None:
    files = "<p>Tài liệu</p><p><a href='/f/bc-2.pdf'>Báo cáo số 2</a> (.pdf, 1,2 MB) - 45 lượt tải về</p>"
    article = article_of(make_page, page(f"<h1>{TITLE}</h1>{DATE}<div>{PARAGRAPHS}{files}</div>"))
    assert [file.name for file in article.attachments] == ["Báo cáo số 2"]
    assert article.paragraphs == TEXT


def test_a_sentence_that_links_to_a_file_stays(make_page: MakePage) -> None:
    told = "Bà con xem thêm trong <a href='/f/bc-2.pdf'>Báo cáo số 2</a> gửi kèm 45 lượt hộ dân ở sáu thôn."
    article = article_of(make_page, page(f"<h1>{TITLE}</h1>{DATE}<div>{PARAGRAPHS}<p>{told}</p></div>"))
    assert article.paragraphs[-1] == "Bà con xem thêm trong Báo cáo số 2 gửi kèm 45 lượt hộ dân ở sáu thôn."


def test_tags_beside_the_source_are_no_source(make_page: MakePage) -> None:
    around = "<div class='td-post-source-tags'>{}<ul class='td-tags td-post-small-box'>"
    tags = around + "<li><span>TỪ KHÓA</span></li><li><a href='/tag/nam'>trồng nấm</a></li></ul></div>"
    source = (
        "<div class='td-post-small-box'><span>NGUỒN</span> <a href='https://b.vn'>Báo Đại Đoàn Kết</a></div>"
    )
    for printed, credit in (("", None), (source, "Báo Đại Đoàn Kết")):
        html = page(
            f"<article><h1 class='entry-title'>{TITLE}</h1>{DATE}"
            f"<div class='td-post-content'>{PARAGRAPHS}</div>{tags.format(printed)}</article>"
        )
        article = read(make_page(html), PLATFORMS["wordpress"]).article
        assert article is not None
        assert article.source_credit == credit


TEXT_OF_THREE = "".join(
    f"<p>{'Bà con trong xóm cùng nhau làm đường từ sáng sớm. ' * 4}</p>" for _ in range(3)
)


def test_a_line_right_above_the_time_is_the_headline_where_nothing_names_one(make_page: MakePage) -> None:
    title = "Mặt trận xã Tân Lập trao quà cho hộ nghèo trước mùa mưa"
    page = make_page(
        "<title>Trang thông tin điện tử huyện Hòa An</title><div class='a'>Mặt trận</div>"
        f"<div class='b'>{title}</div>"
        f"<div class='c'>05/06/2025 14:30</div><div class='d'>{TEXT_OF_THREE}</div>"
    )
    article = read(page).article
    assert article is not None
    assert article.title == title


def test_the_title_of_a_module_is_not_the_articles_though_the_title_tag_repeats_it(
    make_page: MakePage,
) -> None:
    title = "Mặt trận xã Tân Lập trao quà cho hộ nghèo trước mùa mưa"
    page = make_page(
        "<title>Huyện Hòa An > Mặt trận Tổ quốc</title><span class='Head' id='dnn_ctr1_dnnTITLE_titleLabel'>"
        f"Mặt trận Tổ quốc</span><div class='tieude-bai'>{title}</div><div>05/06/2025 14:30</div>"
        f"{TEXT_OF_THREE}"
    )
    article = read(page).article
    assert article is not None
    assert article.title == title


def test_a_bold_sentence_between_title_and_text_is_the_lead_though_it_is_short(make_page: MakePage) -> None:
    lead = "Ban Công tác Mặt trận vừa có một ngày làm việc tại thôn Ba Xã."
    page = make_page(
        "<h1>Mặt trận xã Tân Lập trao quà cho hộ nghèo trước mùa mưa</h1><div>05/06/2025</div>"
        f"<div><b>{lead}</b></div><div class='x'>{TEXT_OF_THREE}</div>"
    )
    article = read(page).article
    assert article is not None
    assert article.lead == lead


def test_the_time_of_day_in_the_entry_after_the_day_is_its_minutes(make_page: MakePage) -> None:
    page = make_page(
        "<h1>Mặt trận xã Tân Lập trao quà cho hộ nghèo trước mùa mưa</h1>"
        "<ul><li><span class='elementor-post-info__item--type-date'>05/06/2025</span></li>"
        f"<li><span>14:30</span></li></ul><div class='entry-content'>{TEXT_OF_THREE}</div>"
    )
    article = read(page, PLATFORMS["wordpress"]).article
    assert article is not None and article.published_at is not None
    assert (article.published_at.hour, article.published_precision) == (14, "minute")


def test_a_form_that_shows_an_entry_field_by_field_gives_its_title_and_its_summary(
    make_page: MakePage,
) -> None:
    title = "Mặt trận xã Tân Lập trao quà cho hộ nghèo trước mùa mưa"
    lead = "Ban Công tác Mặt trận vừa có một ngày làm việc tại thôn Ba Xã."
    text = f"<div class='ms-rtestate-field'>{TEXT_OF_THREE}</div>"
    fields = {"Tiêu đề": title, "Ngày đăng": "05/06/2025", "Tóm tắt": lead, "Nội dung": text}
    form = "".join(f"<tr><td><h3>{name}</h3></td><td>{value}</td></tr>" for name, value in fields.items())
    page = make_page(f"<title>mat-tran - {title}</title><table>{form}</table>")
    article = read(page, PLATFORMS["sharepoint"]).article
    assert article is not None
    assert (article.title, article.lead) == (title, lead)
    assert len(article.paragraphs) == 3


def test_a_sentence_that_begins_with_the_word_for_a_summary_is_no_labelled_one(make_page: MakePage) -> None:
    text = "Mô tả cách làm đường, ông Sửu nói bà con góp công từ sáng sớm."
    page = make_page(f"<h1>Mặt trận xã Tân Lập làm đường liên thôn mới</h1><p>{text}</p>{TEXT_OF_THREE}")
    article = read(page).article
    assert article is not None
    assert text in (article.lead, *article.paragraphs)


_TALK = "Bà con bàn bạc nhiều buổi tối trước khi làm, ai cũng góp công. "


@pytest.mark.parametrize(("text", "count"), [(_TALK * 3, 1), (f"<p>{_TALK * 2}</p><p>{_TALK}</p>", 2)])
def test_a_text_in_the_cell_beside_a_picture_is_text(make_page: MakePage, text: str, count: int) -> None:
    page = make_page(
        f"<h1>Mặt trận xã Tân Lập làm đường liên thôn mới</h1>{TEXT_OF_THREE}"
        f"<table><tr><td><img src='/a.jpg'></td><td>{text}</td></tr></table>"
    )
    article = read(page).article
    assert article is not None
    assert (len(article.paragraphs), article.captions) == (3 + count, ())


def test_a_short_line_in_the_cell_beside_a_picture_is_its_caption(make_page: MakePage) -> None:
    caption = "Bà con thôn Ba làm đường liên thôn."
    page = make_page(
        f"<h1>Mặt trận xã Tân Lập làm đường liên thôn mới</h1>{TEXT_OF_THREE}"
        f"<table><tr><td><img src='/a.jpg'></td><td>{caption}</td></tr></table>"
    )
    article = read(page).article
    assert article is not None
    assert (len(article.paragraphs), article.captions) == (3, (caption,))


@pytest.mark.parametrize(
    ("rows", "caption"),
    [
        (["<img src='/a.jpg'>", "Bà con thôn Ba làm đường"], "Bà con thôn Ba làm đường"),
        (["<img src='/a.jpg'><br>Bà con thôn Ba làm đường"], "Bà con thôn Ba làm đường"),
        (["<img src='/a.jpg'>", "05/06/2025 14:30"], None),
    ],
)
def test_a_picture_in_a_row_of_its_own_above_that_of_the_text_is_the_articles(
    make_page: MakePage, rows: list[str], caption: str | None
) -> None:
    title = "<h1>Mặt trận xã Tân Lập làm đường liên thôn mới</h1>"
    cells = "".join(f"<tr><td>{row}</td></tr>" for row in [title, *rows, TEXT_OF_THREE])
    page = make_page(f"<table><tr><td><img src='/banner.jpg'></td></tr>{cells}</table>")
    article = read(page).article
    assert article is not None
    assert [(image.url.rpartition("/")[2], image.caption) for image in article.images] == [("a.jpg", caption)]
    assert article.captions == ((caption,) if caption else ())
