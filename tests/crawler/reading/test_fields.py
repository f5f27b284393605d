"""How a field's value is chosen among what a page says of it: known liars have their rule and a test."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from crawler.reading.page import ListingRow
from crawler.reading.platform import ArticleRules, Platform
from crawler.reading.reader import read
from storage.records import Article
from vietnam.dates import VIETNAM

if TYPE_CHECKING:
    from crawler.reading.page import Page
    from tests.crawler.reading.conftest import MakePage

TITLE = "Công đoàn ngành Giáo dục tỉnh tổng kết năm học"
TEXT = (
    "Công đoàn ngành Giáo dục tỉnh vừa tổ chức hội nghị tổng kết hoạt động công đoàn năm học, triển khai"
    " nhiệm vụ năm học mới. Trong năm học, các công đoàn cơ sở đã hỗ trợ 215 đoàn viên có hoàn cảnh khó khăn."
)
NUKEVIET = Platform(
    "nukeviet",
    "NukeViet",
    article=ArticleRules(
        title=("h1.title",),
        body=("#news-bodyhtml",),
        lead=(".hometext",),
        published=("span.h5",),
        byline=("p.h5.text-right",),
        distrust=("microdata", "rss-minutes"),
    ),
)


def html(meta: str = "", line: str = "", body: str = f"<p>{TEXT}</p>", head: str = "") -> str:
    main = f"<div><h1>{TITLE}</h1><div>{line}</div><div>{body}</div></div>"
    return (
        f"<html><head><title>{TITLE}</title>{meta}</head><body><div id='top'>{head}</div>{main}</body></html>"
    )


def article_of(page: Page, platform: Platform | None = None) -> Article:
    reading = read(page, platform)
    assert reading.article is not None, (reading.kind, reading.reason)
    return reading.article


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("line", "moment", "precision"),
    [
        ("Thứ tư, 22/06/2022 14:47", "2022-06-22T14:47", "minute"),
        ("Đăng lúc: 22/06/2022 (GMT+7)", "2022-06-22", "day"),
        ("Ngày đăng: 22-06-2022 | Lượt xem: 1.204", "2022-06-22", "day"),
        ("128 | 22/06/2022 - 18:21", "2022-06-22T18:21", "minute"),
        ("21 Tháng Sáu 2022 5:35:00 CH", "2022-06-21T17:35", None),
        ("22/06/2022 02:15 SA - Tin tức", "2022-06-22T02:15", "minute"),
        ("Cập nhật: 05/06/2022 8h15", "2022-06-05T08:15", "minute"),
        ("Đăng lúc: 05/06/2022 08:15 - Cập nhật: 07/06/2022 10:00", "2022-06-05T08:15", "minute"),
        ("05/06/2022", "2022-06-05", "day"),
    ],
)
def test_the_printed_time_is_read_in_every_form(
    make_page: MakePage, line: str, moment: str, precision: str | None
) -> None:
    article = article_of(make_page(html(line=line)))
    assert article.published_at == at(moment)
    assert precision is None or article.published_precision == precision


def test_a_clock_in_the_header_is_not_the_publication(make_page: MakePage) -> None:
    article = article_of(make_page(html(head="Thứ sáu, 20/11/2026 14:05:33", line="Ngày 03/08/2022")))
    assert article.published_at == at("2022-08-03")
    assert article_of(make_page(html(head="Thứ sáu, 20/11/2026 14:05:33"))).published_at is None


def test_the_days_of_other_news_do_not_stand_for_an_edit_time_beside_the_title(make_page: MakePage) -> None:
    other = "<div><a href='/tin'>Hội nghị công đoàn cơ sở</a><span> ({}/06/2022 09:00)</span></div>"
    others = other.format("03") + other.format("01")
    body = f"<p>{TEXT}</p><p>{TEXT}</p></div><div><h2>CÁC TIN ĐÃ ĐĂNG</h2>{others}"
    page = make_page(html(line="Cập nhật lúc: 05/06/2022 16:30:00", body=body))
    assert article_of(page).published_at == at("2022-06-05T16:30:00")


def test_one_day_behind_a_headline_does_not_stand_for_an_edit_time_beside_the_title(
    make_page: MakePage,
) -> None:
    other = "<div><a href='/tin'>Hội nghị công đoàn cơ sở</a><span> (03/06/2022 09:00)</span></div>"
    body = f"<p>{TEXT}</p><p>{TEXT}</p></div><div><h2>Tin đã đưa:</h2>{other}"
    page = make_page(html(line="Cập nhật lúc 16:30 ngày 05-06-2022", body=body))
    assert article_of(page).published_at == at("2022-06-05T16:30:00")


def test_the_marked_up_times_of_other_news_do_not_stand_for_one_that_is_only_printed(
    make_page: MakePage,
) -> None:
    title = "Hội nghị công đoàn cơ sở xã Tân Lập bàn việc chăm lo đoàn viên dịp cuối năm"
    time = "<time datetime='2022-05-02T09:00'>02/05</time>"
    other = f"<li><div><a href='/tin/khac.html'>{title}</a> {time}</div></li>"
    body = f"<p>{TEXT}</p><p>{TEXT}</p></div><div><h2>Tin liên quan</h2><ul>{other * 4}</ul>"
    page = make_page(html(line="Được đăng bởi quantri vào T5, 05/06/2022 - 16:30", body=body))
    assert article_of(page).published_at == at("2022-06-05T16:30")


@pytest.mark.parametrize("clock", ["4:30 chiều", "16:30", "16h30", "4:30 PM"])
def test_a_day_and_a_time_of_day_printed_as_two_entries_are_one_time(make_page: MakePage, clock: str) -> None:
    line = f"<ul><li>admin</li><li>5 Tháng sáu, 2022</li><li>{clock}</li></ul>"
    assert article_of(make_page(html(line=line))).published_at == at("2022-06-05T16:30")


def test_the_day_of_an_event_in_the_first_sentence_is_not_the_publication(make_page: MakePage) -> None:
    body = f"<p>Sáng 12/05/2022, Công đoàn ngành họp.</p><p>{TEXT}</p>"
    assert article_of(make_page(html(body=body))).published_at is None


def test_machine_data_lends_the_minutes_to_a_printed_day(make_page: MakePage) -> None:
    meta = '<meta property="article:published_time" content="2022-06-22T07:30:05+07:00">'
    article = article_of(make_page(html(meta, "Ngày 22/06/2022")))
    assert (article.published_at, article.published_precision) == (at("2022-06-22T07:30:05"), "second")


def test_a_first_sentence_in_an_element_of_its_own_before_the_texts_is_the_lead(make_page: MakePage) -> None:
    rest = "".join(f"<p>{TEXT} Thôn {n}.</p>" for n in range(3))
    first = "Chiều 03/9, Công đoàn ngành tổ chức hội nghị tổng kết năm học với sự tham dự của 120 đại biểu."
    apart = article_of(make_page(html(body=f"<div class='sp'>{first}</div><div class='bd'>{rest}</div>")))
    assert apart.lead == first
    assert len(apart.paragraphs) == 3
    signed = "<div class='sp'>{}</div><div class='bd'>{}</div><p>Lam Hồng</p><div>Tệp đính kèm</div>"
    files = "<div><a href='/f/1.pdf'>Kế hoạch số 1</a></div><div><a href='/f/2.pdf'>Kế hoạch số 2</a></div>"
    assert article_of(make_page(html(body=signed.format(first, rest) + files))).lead == first
    beside = article_of(make_page(html(body=f"<p>{first}</p>{rest}")))
    assert beside.lead is None
    assert beside.paragraphs[0] == first


def test_who_posted_is_read_from_the_line_of_the_time(make_page: MakePage) -> None:
    line = "Đăng lúc 16:05, Thứ Tư 22/06/2022 bởi <b>Trần Thị Mai</b> · 1.022 lượt xem · 0 bình luận"
    assert article_of(make_page(html(line=line))).byline == "Trần Thị Mai"
    assert article_of(make_page(html(line=line.replace("Trần Thị Mai", "bientap")))).byline is None


@pytest.mark.parametrize(
    "rating", ["Đánh giá bài viết: ★★★★★ (4 lượt)", "Đánh giá: 5/5", "Bình chọn tin này"]
)
def test_the_rating_below_a_text_is_no_text(make_page: MakePage, rating: str) -> None:
    article = article_of(make_page(html(body=f"<p>{TEXT}</p><p>{TEXT} Thôn 2.</p><div>{rating}</div>")))
    assert article.paragraphs[-1].endswith("Thôn 2.")


def test_a_name_over_its_position_signs_and_neither_is_text(make_page: MakePage) -> None:
    body = f"<p>{TEXT}</p><p>{TEXT}</p><p>Trần Thị Mai<br>Phó Chủ tịch Hội Nông dân huyện</p>"
    article = article_of(make_page(html(body=body)))
    assert article.byline == "Trần Thị Mai, Phó Chủ tịch Hội Nông dân huyện"
    assert article.paragraphs[-1] == TEXT


def json_ld(*things: str) -> str:
    return f'<script type="application/ld+json">{{"@graph": [{", ".join(things)}]}}</script>'


def test_the_times_that_json_ld_gives_the_page_count_after_those_it_gives_the_article(
    make_page: MakePage,
) -> None:
    of_page = '{"@type": "WebPage", "datePublished": "2022-06-22T00:30:05+00:00"}'
    of_article = '{"@type": "Article", "datePublished": "2022-06-21T09:00:00+07:00"}'
    assert article_of(make_page(html(json_ld(of_page)))).published_at == at("2022-06-22T07:30:05")
    assert article_of(make_page(html(json_ld(of_page, of_article)))).published_at == at("2022-06-21T09:00")


def test_the_section_is_what_json_ld_leads_to_the_article_by_where_the_page_prints_no_path(
    make_page: MakePage,
) -> None:
    def crumbs(*names: str) -> str:
        items = ", ".join(f'{{"@type": "ListItem", "name": "{name}"}}' for name in names)
        return json_ld(f'{{"@type": "BreadcrumbList", "itemListElement": [{items}]}}')

    told = make_page(html(crumbs("Công đoàn tỉnh", "Hoạt động cơ sở", TITLE)))
    assert article_of(told).section == "Hoạt động cơ sở"
    assert article_of(make_page(html(crumbs("Công đoàn tỉnh", TITLE)))).section is None


def test_an_abbreviation_carries_the_minutes_of_the_day_that_it_prints(make_page: MakePage) -> None:
    line = '<abbr class="published" title="2025-06-05T17:02:00+07:00">Published: 05/06/2025</abbr>'
    article = article_of(make_page(html(line=line)))
    assert article.published_at == datetime(2025, 6, 5, 17, 2, tzinfo=VIETNAM)


def test_machine_data_that_disagrees_with_the_printed_day_loses(make_page: MakePage) -> None:
    meta = '<meta property="article:published_time" content="2024-01-15T07:30:05+07:00">'
    assert article_of(make_page(html(meta, "Ngày 22/06/2022"))).published_at == at("2022-06-22")


def test_a_theme_that_prints_this_year_for_every_article_is_put_right(make_page: MakePage) -> None:
    meta = '<meta property="article:published_time" content="2021-06-22T07:30:00+07:00">'
    assert article_of(make_page(html(meta, "Ngày 22/06/2026"))).published_at == at("2021-06-22T07:30")


def test_machine_data_in_a_form_of_nobody_s_is_guessed_at_where_nothing_else_tells_a_time(
    make_page: MakePage, caplog: pytest.LogCaptureFixture
) -> None:
    meta = '<meta property="article:published_time" content="2 Dec 24">'
    guessed = article_of(make_page(html(meta)))
    assert (guessed.published_at, guessed.published_precision) == (at("2024-12-02"), "day")
    assert guessed.provenance["published_at"].startswith("meta article:published_time")
    assert "guessed by dateparser: '2 Dec 24'" in caplog.text
    assert article_of(make_page(html(meta, "Ngày 22/06/2022"))).published_at == at("2022-06-22")
    listed = ListingRow(
        "http://portal.example.vn/tin-tuc/bai-viet-101.html", TITLE, published_at=at("2022-06-23"),
        published_precision="day",
    )  # fmt: skip
    assert article_of(make_page(html(meta), row=listed)).published_at == at("2022-06-23")
    for nothing in ("{{ date }}", "0001-01-01T00:00:00", "2 Dec 94"):  # the last: before any portal
        assert article_of(make_page(html(meta.replace("2 Dec 24", nothing)))).published_at is None


MIGRATED = '<meta property="article:published_time" content="2023-06-01T10:00:00+07:00">'
MARKED = '<time datetime="2023-06-01T10:00:00+07:00">01/06/2023</time>'


@pytest.mark.parametrize(
    ("line", "url", "listed", "moment"),
    [
        (MARKED, "http://portal.example.vn/tin/2019-05-12/bai-viet.html", None, "2019-05-12"),
        (MARKED, "http://portal.example.vn/tin/bai-20190512082205655.htm", None, "2019-05-12T08:22:05"),
        (MARKED, "http://portal.example.vn/tin/bai-12.html", "2019-05-12T08:22", "2019-05-12T08:22"),
        ("", "http://portal.example.vn/tin/bai-12.html", "2019-05-12", "2019-05-12"),
        (
            f"{MARKED}<p>Ngày đăng: 12/05/2019</p>",
            "http://portal.example.vn/tin/bai-12.html",
            None,
            "2019-05-12",
        ),
        (
            f"{MARKED}<p>Tân Lập, ngày 12/5/2019</p>",
            "http://portal.example.vn/bai-12.html",
            None,
            "2019-05-12",
        ),
    ],
)
def test_the_moment_of_a_migration_is_not_the_publication(
    make_page: MakePage, line: str, url: str, listed: str | None, moment: str
) -> None:
    row = ListingRow(url, published_at=at(listed), published_precision="minute") if listed else None
    assert article_of(make_page(html(MIGRATED, line), url, row=row)).published_at == at(moment)


@pytest.mark.parametrize(
    ("url", "listed"),
    [
        ("http://portal.example.vn/tin/2023-05-12/bai-viet.html", None),
        ("http://portal.example.vn/tin/bai-12.html", "2023-05-28"),
        ("http://portal.example.vn/tin/bai-12.html", "2023-06-20"),
    ],
)
def test_an_address_or_listing_of_the_same_weeks_leaves_the_printed_time(
    make_page: MakePage, url: str, listed: str | None
) -> None:
    row = ListingRow(url, published_at=at(listed), published_precision="day") if listed else None
    article = article_of(make_page(html(MIGRATED, MARKED), url, row=row))
    assert article.published_at == at("2023-06-01T10:00")


def test_a_date_of_the_headline_in_the_address_is_no_publication(make_page: MakePage) -> None:
    page = html(line="Ngày 22/06/2022").replace(TITLE, f"{TITLE} 12/5/2019")
    url = "http://portal.example.vn/tin/cong-doan-tong-ket-nam-hoc-12-05-2019/"
    assert article_of(make_page(page, url)).published_at == at("2022-06-22")


def test_a_time_after_the_fetch_is_refused(make_page: MakePage) -> None:
    meta = '<meta property="article:published_time" content="2031-06-22T07:30:00+07:00">'
    assert article_of(make_page(html(meta))).published_at is None


def test_json_ld_counts_where_nothing_is_printed(make_page: MakePage) -> None:
    times = '"datePublished":"2022-06-22T00:30:00Z","dateModified":"2022-07-01"'
    data = f'<script type="application/ld+json">{{"@graph":[{{"@type":"NewsArticle",{times}}}]}}</script>'
    article = article_of(make_page(html(data)))
    assert article.published_at == at("2022-06-22T07:30")
    assert article.modified_at == at("2022-07-01")


def test_the_edit_time_of_nukeviets_microdata_is_never_the_publication(make_page: MakePage) -> None:
    hidden = "".join(
        f'<span class="hidden" itemprop="{name}">{value}</span>'
        for name, value in (
            ("datePublished", "2022-01-15T10:00:00+07:00"),
            ("dateModified", "2022-01-15T10:00:00+07:00"),
            ("author", "admin"),
        )
    )
    page = (
        '<html><head><meta property="article:published_time" content="2021-10-09+0709:30:00"></head><body>'
        f'<div><h1 class="title">{TITLE}</h1>{hidden}<span class="h5">Thứ bảy - 09/10/2021 09:30</span>'
        f'<div id="news-bodyhtml"><p>{TEXT}</p></div></div></body></html>'
    )
    for platform in (NUKEVIET, None):
        article = article_of(make_page(page), platform)
        assert article.published_at == at("2021-10-09T09:30")
        assert article.modified_at == at("2022-01-15T10:00")
        assert article.byline is None


def test_the_listing_dates_a_page_that_has_no_date(make_page: MakePage) -> None:
    row = ListingRow(
        "http://portal.example.vn/a", TITLE, published_at=at("2022-06-22"), published_precision="day"
    )
    article = article_of(make_page(html(), row=row))
    assert (article.published_at, article.published_precision) == (at("2022-06-22"), "day")
    assert article.provenance["published_at"] == "listing"


def test_the_address_dates_a_page_that_nothing_else_dates(make_page: MakePage) -> None:
    url = "http://portal.example.vn/portal/pages/2023-12-07/cong-doan-472771.aspx"
    assert article_of(make_page(html(), url=url)).published_at == at("2023-12-07")


@pytest.mark.parametrize(
    ("line", "byline", "authors"),
    [
        ("<p>Tin, ảnh: Lam Hồng</p>", "Lam Hồng", ("Lam Hồng",)),
        ("<p style='text-align:right'><b>Hồ Thuý Vinh</b></p>", "Hồ Thuý Vinh", ("Hồ Thuý Vinh",)),
        ("<p>PV</p>", "PV", ()),
        ("<p>BBT</p>", "BBT", ()),
        ("<div class='author'>Tác giả: Đinh Văn Lâm</div>", "Đinh Văn Lâm", ("Đinh Văn Lâm",)),
        ("<div class='author'>Tác giả: admin</div>", None, ()),
        ("<p>Y Quí Niê Siêng</p>", "Y Quí Niê Siêng", ("Y Quí Niê Siêng",)),
        ("", None, ()),
    ],
)
def test_the_credit_is_read_and_is_no_paragraph(
    make_page: MakePage, line: str, byline: str | None, authors: tuple[str, ...]
) -> None:
    article = article_of(make_page(html(body=f"<p>{TEXT}</p><p>{TEXT}</p>{line}")))
    assert (article.byline, article.authors) == (byline, authors)
    assert article.paragraphs == (TEXT, TEXT)


def test_a_source_is_no_byline(make_page: MakePage) -> None:
    page = make_page(
        html(body=f"<p>{TEXT}</p><p>Theo TTXVN</p>", meta='<meta name="author" content="Ban biên tập">')
    )
    article = article_of(page)
    assert (article.byline, article.source_credit) == (None, "TTXVN")


def test_the_signature_counts_before_the_name_that_the_theme_prints(make_page: MakePage) -> None:
    line = '<span class="author vcard">Lê Thơ</span>'
    signed = article_of(make_page(html(line=line, body=f"<p>{TEXT}</p><p>Thu Hà</p>")))
    assert signed.byline == "Thu Hà"
    assert article_of(make_page(html(line=line))).byline == "Lê Thơ"


@pytest.mark.parametrize("platform", [None, NUKEVIET])
def test_a_credit_above_an_unsigned_text_is_the_byline_and_no_paragraph(
    make_page: MakePage, platform: Platform | None
) -> None:
    body = f"<div id='news-bodyhtml'><p>Bài, ảnh: Lê Nam</p><p>{TEXT}</p><p>{TEXT[60:]}</p></div>"
    article = article_of(make_page(html(body=body)), platform)
    assert (article.byline, article.authors) == ("Lê Nam", ("Lê Nam",))
    assert not any("Lê Nam" in paragraph for paragraph in (article.lead or "", *article.paragraphs))


def test_a_heading_above_a_text_stays_a_paragraph(make_page: MakePage) -> None:
    heading = "Hội LHPN xã Phước An"
    article = article_of(make_page(html(body=f"<p>{heading}</p><p>{TEXT}</p><p>{TEXT[60:]}</p>")))
    assert article.byline is None
    assert heading in article.paragraphs


@pytest.mark.parametrize(
    ("field", "byline", "authors"),
    [
        ("Tác giả bài viết: Lan", "Lan", ("Lan",)),
        ("Tuổi trẻ Phước An", "Tuổi trẻ Phước An", ()),
        ("Tác giả bài viết: bbt_xa", None, ()),
    ],
)
def test_in_the_authors_own_field_whatever_is_no_account_is_a_credit(
    make_page: MakePage, field: str, byline: str | None, authors: tuple[str, ...]
) -> None:
    body = f"<div id='news-bodyhtml'><p>{TEXT}</p></div><p class='h5 text-right'>{field}</p>"
    article = article_of(make_page(html(body=body)), NUKEVIET)
    assert (article.byline, article.authors) == (byline, authors)


def test_the_sites_own_name_as_author_is_none(make_page: MakePage) -> None:
    meta = '<meta name="author" content="Cổng huyện"><meta property="og:site_name" content="Cổng huyện">'
    assert article_of(make_page(html(meta))).byline is None


def test_a_summary_element_is_the_lead_and_is_not_repeated(make_page: MakePage) -> None:
    lead = "Ngày 12/5, Công đoàn ngành Giáo dục tỉnh tổng kết hoạt động năm học."
    body = f'<div class="sapo">{lead}</div><p><b>{lead}</b></p><p>{TEXT}</p>'
    article = article_of(make_page(html(body=body)))
    assert (article.lead, article.paragraphs) == (lead, (TEXT,))


def test_a_text_wholly_in_bold_has_no_lead(make_page: MakePage) -> None:
    article = article_of(make_page(html(body=f"<p><b>{TEXT}</b></p><p><b>{TEXT} Hết.</b></p>")))
    assert article.lead is None
    assert len(article.paragraphs) == 2


def test_the_headline_is_found_among_the_portals_own_headings(make_page: MakePage) -> None:
    portal = "<h1><a href='/'>Cổng thông tin điện tử</a></h1><h1>Thực đơn</h1>"
    main = f"<div><div><h1>{TITLE}</h1></div><p>{TEXT}</p></div>"
    other = "<h2><a href='/b'>Tin khác của cổng thông tin</a></h2>"
    page = f"<html><head><title>Chi tiết tin</title></head><body>{portal}{main}{other}</body></html>"
    assert article_of(make_page(page)).title == TITLE


def test_every_field_says_where_it_came_from_and_why(make_page: MakePage) -> None:
    meta = '<meta property="article:published_time" content="2024-01-15T07:30:05+07:00">'
    reading = read(make_page(html(meta, "Ngày 22/06/2022", f"<p>{TEXT}</p><p>Thu Hà</p>")), explain=True)
    assert reading.article is not None
    assert set(reading.article.provenance) >= {"title", "published_at", "byline", "paragraphs"}
    times = [c for c in reading.candidates if c.field == "published_at"]
    assert [(c.source, c.chosen) for c in times] == [
        ("meta article:published_time", False),
        ("date line", True),
    ]
    assert all(c.reason for c in reading.candidates if c.chosen)
