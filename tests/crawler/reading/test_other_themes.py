"""Unknown markup, second round: what page builders, frameworks and home-made pages do otherwise. One page for
each rule, with the shape of their markup and words of our own."""

from __future__ import annotations

import pytest

from crawler.reading.reader import read
from spiders.platforms import PLATFORMS
from storage.records import Article
from tests.crawler.reading.conftest import MakePage

TITLE = "Hội Nông dân xã Tả Van giao cây giống cho hội viên nghèo"
LEAD = (
    "Sáng 12/10, Hội Nông dân xã Tả Van giao hai nghìn cây mận giống cho bốn mươi hội viên nghèo ở các thôn "
    "Giàng Tà Chải và Séo Mý Tỷ."
)
TEXT = (
    "Mỗi hộ được nhận năm mươi cây cùng phân bón và được cán bộ khuyến nông hướng dẫn cách trồng tại vườn.",
    "Bà Lù Thị Mẩy, Chủ tịch Hội Nông dân xã, cho biết đây là năm thứ ba Hội giao cây giống cho hội viên.",
    "Hai năm trước, ba mươi hộ nhận cây nay đã có thu nhập thêm mười lăm triệu đồng mỗi vụ.",
)
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in TEXT)
OTHERS = "".join(
    f"<li><a href='/tin/{n}.html'>Mặt trận Tổ quốc xã Tả Van giám sát việc xây trường lần {n}</a></li>"
    for n in range(6)
)
PHOTO = "<img src='/anh/{}.jpg' alt=''>"


def article_of(make_page: MakePage, body: str, platform: str | None = None, title: str = TITLE) -> Article:
    html = (
        f"<html><head><title>{title}</title></head><body><div class='page'>{body}</div>"
        f"<div class='beside'><h3>Tin khác</h3><ul>{OTHERS}</ul></div></body></html>"
    )
    reading = read(make_page(html), PLATFORMS[platform] if platform else None)
    assert reading.article is not None, f"{reading.kind}: {reading.reason}"
    return reading.article


def page(text: str, about: str = "<div>12/10/2025 10:20</div>") -> str:
    return f"<h1>{TITLE}</h1>{about}<div class='text'>{text}</div>"


def names_of(article: Article) -> list[str]:
    return [image.url.rpartition("/")[2] for image in article.images]


# --- the line of the time --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "Bởi Vàng A Dính - 12/10/2025",
        "Đăng bởi Vàng A Dính vào 12/10/2025",
        "Written by Vàng A Dính on 12 October 2025",
    ],
)
def test_the_author_may_stand_before_the_time_of_its_line(make_page: MakePage, line: str) -> None:
    article = article_of(make_page, page(PARAGRAPHS, about=f"<div>{line}</div>"))
    assert article.byline == "Vàng A Dính"
    assert article.published_at is not None


def test_of_the_days_of_a_line_the_one_labelled_as_publication_counts(make_page: MakePage) -> None:
    about = "<div>Ngày ban hành: 02/10/2025 Ngày đăng: 12/10/2025</div>"
    article = article_of(make_page, page(PARAGRAPHS, about=about))
    assert article.published_at is not None
    assert f"{article.published_at:%Y-%m-%d}" == "2025-10-12"


# --- the lead -------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", ["text-lg font-semibold", "fw-bold", "font-weight-bold mb-3"])
def test_bold_may_be_said_by_the_class_of_a_framework(make_page: MakePage, names: str) -> None:
    article = article_of(make_page, page(f"<p class='{names}'>{LEAD}</p>{PARAGRAPHS}"))
    assert (article.lead, article.paragraphs) == (LEAD, TEXT)


def test_a_summary_above_the_texts_element_may_have_its_look_from_a_style(make_page: MakePage) -> None:
    styled = f"<div style='font-size:18px'>{LEAD}</div><div style='line-height:1.6'>{PARAGRAPHS}</div>"
    article = article_of(make_page, f"<h1>{TITLE}</h1><div>12/10/2025</div>{styled}")
    assert (article.lead, article.paragraphs) == (LEAD, TEXT)


def test_a_summary_may_be_called_a_description_in_vietnamese(make_page: MakePage) -> None:
    article = article_of(make_page, page(f"<div class='field--name-field-mo-ta'>{LEAD}</div>{PARAGRAPHS}"))
    assert (article.lead, article.paragraphs) == (LEAD, TEXT)


# --- pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["align='left'", "style='float:right;width:240px'", "class='alignleft'"])
def test_a_text_that_runs_on_beside_a_picture_is_no_caption(make_page: MakePage, side: str) -> None:
    first = f"<p><img src='/anh/1.jpg' {side}><b>{LEAD}</b></p>"
    second = f"<p><img src='/anh/2.jpg' {side}>{TEXT[0]}</p>"
    article = article_of(make_page, page(f"{first}{second}<p>{TEXT[1]}</p><p>{TEXT[2]}</p>"))
    assert (article.lead, article.paragraphs, article.captions) == (LEAD, TEXT, ())
    assert names_of(article) == ["1.jpg", "2.jpg"]


def test_the_picture_and_signature_of_a_text_of_one_paragraph_are_its_own(make_page: MakePage) -> None:
    article = article_of(
        make_page,
        page(
            f"<p>{LEAD} {TEXT[0]}</p><p style='text-align:center'>{PHOTO.format(1)}</p>"
            "<p style='text-align:center'>Hội viên nhận cây giống.</p>"
            "<p style='text-align:right'>Lù Seo Páo</p>"
        ),
    )
    assert article.paragraphs == (f"{LEAD} {TEXT[0]}",)
    assert (names_of(article), article.captions) == (["1.jpg"], ("Hội viên nhận cây giống.",))
    assert article.byline == "Lù Seo Páo"


def test_in_a_row_of_boxes_with_a_picture_each_the_lines_are_captions(make_page: MakePage) -> None:
    lines = (
        "Hội viên đến từ sáng sớm.",
        "Cán bộ khuyến nông hướng dẫn cách trồng.",
        "Cây giống về đến thôn.",
    )
    boxes = "".join(f"<div class='b'>{PHOTO.format(n)}<p>{line}</p></div>" for n, line in enumerate(lines))
    article = article_of(make_page, page(f"<p>{LEAD}</p>{PARAGRAPHS}{boxes}"))
    assert article.paragraphs == (LEAD, *TEXT)
    assert article.captions == lines
    assert [image.caption for image in article.images] == list(lines)


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        (f"<div class='mb-4'>{PHOTO.format(1)}</div>", ["1.jpg"]),
        (f"<div class='mb-4'><a href='/anh/lon.jpg'>{PHOTO.format(1)}</a></div>", ["1.jpg"]),
        (f"<div class='post-thumbnail'>{PHOTO.format(1)}</div><div>12/10/2025</div>", ["1.jpg"]),
        (f"<div class='avatar'>{PHOTO.format(1)}</div>", []),
        (f"<div>{PHOTO.format(1)}{PHOTO.format(2)}</div>", []),
        (f"<div><a href='/su-kien'>{PHOTO.format(1)}</a></div>", []),
    ],
    ids=["alone", "to see it large", "called so", "a portrait", "a row of buttons", "leads elsewhere"],
)
def test_a_picture_without_a_caption_between_headline_and_text_is_the_articles(
    make_page: MakePage, above: str, expected: list[str]
) -> None:
    article = article_of(make_page, page(PARAGRAPHS, about=f"<div>12/10/2025 10:20</div>{above}"))
    assert names_of(article) == expected
    assert article.paragraphs == TEXT


def test_a_picture_field_above_the_text_is_read_by_a_platforms_selectors_too(make_page: MakePage) -> None:
    article = article_of(
        make_page,
        f"<h1 class='page-title'>{TITLE}</h1><article class='node'><div class='node__content'>"
        f"<div class='field field--name-field-image'>{PHOTO.format(1)}</div>"
        f"<div class='field field--name-body'>{PARAGRAPHS}</div></div></article>",
        platform="drupal",
    )
    assert names_of(article) == ["1.jpg"]
    assert article.paragraphs == TEXT


def test_the_picture_of_a_card_in_a_text_goes_with_its_headline(make_page: MakePage) -> None:
    headline = "Hội Phụ nữ xã Tả Van may áo ấm cho học sinh"
    link = "<a href='/tin/9.html'>{}</a>"
    card = f"<div>{link.format(PHOTO.format(9))}<h4>{link.format(headline)}</h4></div>"
    article = article_of(
        make_page, page(f"<p>{LEAD}</p><p>{TEXT[0]}</p>{card}<p>{TEXT[1]}</p><p>{TEXT[2]}</p>")
    )
    assert article.paragraphs == (LEAD, *TEXT)
    assert article.images == ()


def test_a_round_picture_is_a_portrait(make_page: MakePage) -> None:
    author = (
        "<div style='border:1px solid'><img src='/a.jpg' style='border-radius:50%'><b>Lù Seo Páo</b></div>"
    )
    article = article_of(make_page, page(f"{PARAGRAPHS}{author}"))
    assert (article.images, article.byline, article.paragraphs) == ((), "Lù Seo Páo", TEXT)


# --- author, source, section ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "about",
    [
        "<p><small><i class='fas fa-user-alt'></i> Lù Seo Páo &ensp;<i class='far fa-calendar-alt'></i> "
        "12/10/2025 &ensp;<i class='far fa-eye'></i> 512</small></p>",
        "<ul><li><i class='bi bi-person'></i><span>Lù Seo Páo</span></li><li>12/10/2025</li></ul>",
        "<p><span>12 tháng 10, 2025</span><span>•</span><span>Lù Seo Páo</span><span>•</span>5 phút đọc</p>",
        "<div><span>Lù Seo Páo</span><span>12/10/2025, 10:20</span></div>",
        "<div><time>12 Tháng Mười 2025</time><span>Tác giả: Lù Seo Páo</span><span>Lượt xem: 6</span></div>",
        "<p>12/10/2025 | <a href='/mt'>Mặt trận</a> | Lượt xem 145 | Tác giả: Lù Seo Páo</p>",
        "<dl><dt>Ngày đăng</dt><dd>12/10/2025</dd><dt>Tác giả</dt><dd>Lù Seo Páo</dd></dl>",
        "<table><tr><td>Ngày đăng:</td><td>12/10/2025</td></tr>"
        "<tr><td>Người đăng:</td><td>Lù Seo Páo</td></tr></table>",
    ],
    ids=[
        "icon",
        "icon in a list",
        "between dots",
        "before the time",
        "behind it",
        "label in the time's line",
        "definitions",
        "table",
    ],
)
def test_the_author_is_named_about_the_headline(make_page: MakePage, about: str) -> None:
    article = article_of(make_page, page(PARAGRAPHS, about=about))
    assert (article.byline, article.paragraphs) == ("Lù Seo Páo", TEXT)
    assert article.published_at is not None


def test_a_box_about_the_author_names_him(make_page: MakePage) -> None:
    about = "Cán bộ văn hóa của xã, phụ trách trang tin từ năm 2019."
    box = f"<div class='author-box'><h4>Lù Seo Páo</h4><p>{about}</p></div>"
    article = article_of(make_page, f"<article>{page(PARAGRAPHS)}{box}</article>")
    assert (article.byline, article.paragraphs) == ("Lù Seo Páo", TEXT)


def test_the_photographers_line_beside_a_signature_is_no_text(make_page: MakePage) -> None:
    article = article_of(make_page, page(f"{PARAGRAPHS}<p align='right'>Tin: Lù Seo Páo<br>Ảnh: Má A Nủ</p>"))
    assert (article.byline, article.paragraphs) == ("Lù Seo Páo", TEXT)


def test_a_line_about_a_video_above_a_signature_stays_text(make_page: MakePage) -> None:
    article = article_of(
        make_page, page(f"{PARAGRAPHS}<p><b>Video: Hội viên trồng cây</b></p><p align='right'>Lù Seo Páo</p>")
    )
    assert article.paragraphs == (*TEXT, "Video: Hội viên trồng cây")


@pytest.mark.parametrize(
    "below",
    [
        "</div><div class='src'>Nguồn: <a href='http://bao.example.vn/1.html'>Báo Lào Cai</a>",
        "<div class='tac-gia'>Lù Seo Páo</div><div class='nguon'>Theo Báo Lào Cai</div>",
        "<div class='author-info'><b>Lù Seo Páo</b></div><div class='nguon'>Nguồn: Báo Lào Cai</div>",
    ],
    ids=["linked, in a box of its own", "fields", "fields with a label"],
)
def test_a_source_that_the_theme_prints_under_a_signed_text_leaves_the_byline(
    make_page: MakePage, below: str
) -> None:
    signed = "" if "Lù Seo Páo" in below else "<p align='right'><b>Lù Seo Páo</b></p>"
    article = article_of(make_page, page(f"{PARAGRAPHS}{signed}{below}"))
    assert (article.byline, article.source_credit) == ("Lù Seo Páo", "Báo Lào Cai")
    assert article.paragraphs == TEXT


@pytest.mark.parametrize(
    "above",
    [
        "<nav><a href='/'>Trang chủ</a><span>/</span><a href='/hd'>Tin Nông dân</a></nav>",
        "<nav aria-label='Breadcrumb'><a href='/'>Xã Tả Van</a> <a href='/hd'>Tin Nông dân</a></nav>",
        "<div><span>Chuyên mục: Tin Nông dân</span> <span>|</span> <span>12/10/2025</span></div>",
    ],
    ids=["short menu", "for readers who do not see", "label"],
)
def test_the_section_is_a_path_or_labelled(make_page: MakePage, above: str) -> None:
    article = article_of(make_page, f"<div>{above}<h1>{TITLE}</h1><div>{PARAGRAPHS}</div></div>")
    assert article.section == "Tin Nông dân"


# --- the headline ---------------------------------------------------------------------------------


def test_a_heading_that_prints_the_time_is_no_headline(make_page: MakePage) -> None:
    article = article_of(
        make_page,
        f"<h6>Tin hoạt động</h6><div><h5>{TITLE}</h5><h1>Cập nhật: 12/10/2025 10:20</h1>"
        f"<div>{PARAGRAPHS}</div></div>",
        title="Trang tin xã Tả Van",
    )
    assert article.title == TITLE
    assert article.published_at is not None


def test_a_heading_right_above_the_time_is_the_headline_under_the_name_of_the_section(
    make_page: MakePage,
) -> None:
    article = article_of(
        make_page,
        f"<h1>Tin hoạt động Hội</h1><div><h3 style='color:red'>{TITLE}</h3><p>Cập nhật: 12/10/2025</p>"
        f"{PARAGRAPHS}</div>",
        title="Trang tin xã Tả Van",
    )
    assert (article.title, article.lead, article.paragraphs) == (TITLE, None, TEXT)


def test_a_headline_may_be_a_link_that_only_a_script_answers(make_page: MakePage) -> None:
    article = article_of(
        make_page,
        f"<h1>Tin hoạt động Hội</h1><div><h2><a href='javascript: void(0)'>{TITLE}</a></h2>"
        f"<p>Ngày đăng: 12-10-2025. Lượt xem: 5</p><div>{PARAGRAPHS}</div></div>",
        title="Trang tin xã Tả Van",
    )
    assert (article.title, article.paragraphs) == (TITLE, TEXT)


# --- what is no text, and what is -----------------------------------------------------------------


def test_badges_above_a_text_are_no_text(make_page: MakePage) -> None:
    badges = (
        "<p class='badge'>Số lượt xem: 5</p><p class='badge'>Số lượt like: 2</p><p class='badge'>Nông dân</p>"
    )
    article = article_of(make_page, page(f"{badges}<p class='lead'>{LEAD}</p>{PARAGRAPHS}"))
    assert (article.lead, article.paragraphs) == (LEAD, TEXT)


def test_author_and_day_in_rows_of_the_texts_own_table_are_no_text(make_page: MakePage) -> None:
    rows = (
        "<tr><td><span class='small'>Viết bởi Lù Seo Páo</span></td></tr>"
        "<tr><td class='createdate'>Chủ nhật, 12 Tháng 10 2025 10:20</td></tr>"
        f"<tr><td><p><strong>{LEAD}</strong></p>{PARAGRAPHS}</td></tr>"
        "<tr><td class='modifydate'>Cập nhật lần cuối ( Thứ ba, 14 Tháng 10 2025 08:00 )</td></tr>"
    )
    article = article_of(
        make_page,
        f"<table class='contentpaneopen'><tr><td class='contentheading'>{TITLE}</td></tr></table>"
        f"<table class='contentpaneopen'>{rows}</table>",
        platform="joomla",
    )
    assert (article.lead, article.paragraphs, article.byline) == (LEAD, TEXT, "Lù Seo Páo")
    assert article.published_at is not None
    assert article.published_at.day == 12


def test_a_line_of_hashtags_is_no_text(make_page: MakePage) -> None:
    article = article_of(
        make_page, page(f"{PARAGRAPHS}<p>#HoiNongDan #TaVan</p><p>#1 trong xã là thôn Tả Van.</p>")
    )
    assert article.paragraphs == (*TEXT, "#1 trong xã là thôn Tả Van.")


@pytest.mark.parametrize(
    "files",
    [
        "<p>File đính kèm: <a href='/tep/ke-hoach.pdf'>Kế hoạch 15</a> (12/10/2025)</p>",
        "<div><b>Tệp đính kèm</b><table><tr><td><a href='/tep/ke-hoach.pdf'>Kế hoạch 15</a></td>"
        "<td>12/10/2025</td><td>1,2 MB</td></tr></table></div>",
    ],
    ids=["line", "table"],
)
def test_a_day_beside_the_name_of_a_file_is_no_text(make_page: MakePage, files: str) -> None:
    article = article_of(make_page, page(f"{PARAGRAPHS}{files}"))
    assert article.paragraphs == TEXT
    assert [file.name for file in article.attachments] == ["Kế hoạch 15"]


def test_the_cells_of_a_letters_end_are_no_row_of_figures(make_page: MakePage) -> None:
    left, right = "<p>Nơi nhận:</p><p>- Các chi hội;</p>", "<p>TM. BAN THƯỜNG VỤ</p><p>CHỦ TỊCH</p>"
    end = f"<table><tr><td>{left}</td><td>{right}</td></tr></table>"
    article = article_of(make_page, page(f"{PARAGRAPHS}{end}"))
    assert article.paragraphs[3:] == ("Nơi nhận:", "- Các chi hội;", "TM. BAN THƯỜNG VỤ", "CHỦ TỊCH")


def test_a_poem_is_a_text(make_page: MakePage) -> None:
    stanzas = (
        ("Mận lên xanh lá đầu nương", "Tay em vun gốc bên đường sương bay", "Hội giao giống tốt về đây",
         "Mùa sau trái ngọt trĩu đầy bản ta"),
        ("Ai qua Tả Van quê nhà", "Dừng chân mời bát nước trà thơm hương", "Ruộng thang bậc nắng bậc sương",
         "Người Mông người Dáy chung đường ấm no"),
    )  # fmt: skip
    body = "".join(f"<p>{'<br>'.join(stanza)}</p>" for stanza in stanzas)
    article = article_of(make_page, page(f"{body}<p align='right'><b>Lù Seo Páo</b></p>"))
    assert article.paragraphs == stanzas[0] + stanzas[1]
    assert article.byline == "Lù Seo Páo"


def test_documents_with_a_file_each_are_a_listing(make_page: MakePage) -> None:
    title = "Kế hoạch giao cây giống cho hội viên đợt"
    rows = "".join(
        f"<tr><td>{n}/KH-HND</td><td>{n}/10/2025</td><td><a href='/vb/{n}'>{title} {n}</a></td>"
        f"<td><a href='/tep/{n}.pdf'>Tải</a></td></tr>"
        for n in range(1, 8)
    )
    body = f"<h1>Văn bản của Hội</h1><table>{rows}</table>"
    html = f"<html><head><title>Văn bản</title></head><body>{body}</body></html>"
    assert read(make_page(html, url="http://portal.example.vn/van-ban")).kind == "listing"


@pytest.mark.parametrize(
    "notice",
    [
        "Chuyên mục chưa có bài viết, nội dung đang được cập nhật.",
        "Chưa có bài viết nào. Nội dung đang được cập nhật, mời bạn quay lại sau!",
    ],
)
def test_a_section_that_is_being_filled_is_not_lost(make_page: MakePage, notice: str) -> None:
    body = f"<h1>Văn hóa - Xã hội</h1><p>{notice}</p>"
    html = f"<html><head><title>Văn hóa</title></head><body>{body}</body></html>"
    assert read(make_page(html, url="http://portal.example.vn/van-hoa")).kind == "updating"


# --- times ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("printed", ["Th10 12, 2025", "Thg 10 12, 2025", "Oct 12 2025", "October 12, 2025"])
def test_american_order_is_read_with_short_months(make_page: MakePage, printed: str) -> None:
    article = article_of(make_page, page(PARAGRAPHS, about=f"<div>{printed}</div>"))
    assert article.published_at is not None
    assert article.published_at.date().isoformat() == "2025-10-12"


def test_a_time_told_in_rdfa_lends_its_minutes(make_page: MakePage) -> None:
    told = "<meta property='datePublished' content='2025-10-12T10:20:00+07:00'>"
    article = article_of(
        make_page, f"<article typeof='Article'>{told}{page(PARAGRAPHS, '<div>12/10/2025</div>')}</article>"
    )
    assert article.published_precision == "second"
    assert article.published_at is not None
    assert article.published_at.hour == 10
