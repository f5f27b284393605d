"""A page that is no article says what it is, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.reading.reader import read

if TYPE_CHECKING:
    from tests.crawler.reading.conftest import MakePage

MENU = "".join(f'<li><a href="/muc-{n}/">Chuyên mục thứ {n}</a></li>' for n in range(12))
SUMMARY = (
    "Ngày 3/4, Hội Nông dân huyện tổ chức tập huấn kỹ thuật trồng cây ăn quả cho hơn 60 hội viên của các xã,"
    " thị trấn trong huyện; lớp học kéo dài hai ngày."
)
CARDS = "".join(
    f'<div><h3><a href="/tin/tap-huan-{n}.html">Hội Nông dân xã thứ {n} tập huấn kỹ thuật</a></h3>'
    f"<span>0{n % 9 + 1}/04/2024</span><p>{SUMMARY}</p></div>"
    for n in range(10)
)
TITLES = "".join(
    f'<li><a href="/tin/bai-{n}.html">Đại hội Hội Cựu chiến binh xã thứ {n} thành công tốt đẹp</a></li>'
    for n in range(15)
)


def page(title: str, main: str) -> str:
    return (
        f"<html><head><title>{title}</title></head><body><ul>{MENU}</ul><div id='main'>{main}</div>"
        "<div id='footer'>Bản quyền thuộc về UBND huyện. Địa chỉ: thị trấn.</div></body></html>"
    )


def bare(title: str, body: str) -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


PORTAL = page("Cổng thông tin điện tử huyện", CARDS + TITLES)
GONE = page("Thông báo", "<h1>Không tìm thấy trang</h1><p>Trang này đã bị xóa.</p>")
NO_ARTICLE = page("Lỗi 404", "<p>Bài viết không tồn tại hoặc đã bị gỡ.</p>")
SOON = page("Giới thiệu", "<h1>Giới thiệu</h1><p>Nội dung đang được cập nhật.</p>")
LOGIN = "<form>Tên đăng nhập <input name=u> Mật khẩu <input type=password name=p></form>"
F5 = "The requested URL was rejected. Please consult with your administrator.<br>Your support ID is: 123"
CLOUDFLARE = "<noscript>Enable JavaScript</noscript><script>window._cf_chl_opt={}</script>"
COOKIE = '<script>document.cookie="D1N=abc"+"; path=/";window.location.reload(true);</script>'
URLSET = "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>"
WEEK = "".join(
    f"<tr><td>Thứ {day}</td><td>Sáng: Đồng chí Chủ tịch dự họp tại phòng họp số {n} cơ quan</td></tr>"
    for n, day in enumerate(("Hai", "Ba", "Tư", "Năm", "Sáu"))
)
SUBJECT = (
    "Kế hoạch tổ chức các hoạt động kỷ niệm ngày truyền thống của Mặt trận Tổ quốc Việt Nam trên địa bàn"
    " huyện năm 2024, gắn với Ngày hội Đại đoàn kết ở khu dân cư"
)
RECORD = "".join(
    f"<tr><td>{label}</td><td>{value}</td></tr>"
    for label, value in (
        ("Số ký hiệu", "15/KH-MTTQ-BTT"),
        ("Ngày ban hành", "12/03/2024"),
        ("Cơ quan ban hành", "UBMTTQ huyện"),
        ("Trích yếu", SUBJECT),
    )
)
PAGES = [
    ("listing", "/hoi-nong-dan/", page("Hội Nông dân", f"<h1>Hội Nông dân</h1>{CARDS}")),
    ("listing", "/ccb/", page("Hội Cựu chiến binh", f"<h1>Cựu chiến binh</h1><ul>{TITLES}</ul>")),
    ("listing", "/tin-tuc/page-3/", page("Tin tức - Trang 3", CARDS)),
    ("listing", "/rss/", "<?xml version='1.0'?><rss version='2.0'><channel></channel></rss>"),
    ("home", "/", PORTAL),
    ("home", "/vi/index.php", PORTAL),
    ("search", "/tim-kiem?q=mat+tran", page("Kết quả tìm kiếm", CARDS)),
    ("search", "/?s=mat+tran", page("Bạn tìm mặt trận", CARDS)),
    ("tag", "/tag/dai-doan-ket/", page("Thẻ: đại đoàn kết", CARDS)),
    ("soft404", "/tin/a-1.html", GONE),
    ("soft404", "/tin/a-2.html", NO_ARTICLE),
    ("updating", "/gioi-thieu", SOON),
    ("updating", "/lich-su", page("Lịch sử", "<h1>Lịch sử hình thành</h1><p>Đang cập nhật...</p>")),
    ("login", "/login.aspx", page("Đăng nhập", LOGIN)),
    ("waf", "/tin/a-3.html", bare("Request Rejected", F5)),
    ("waf", "/tin/a-4.html", bare("Just a moment...", CLOUDFLARE)),
    ("waf", "/tin/a-5.html", bare("", COOKIE)),
    ("empty", "/tin/a-6.html", ""),
    ("empty", "/tin/a-7.html", "<html><head></head><body></body></html>"),
    ("sitemap", "/sitemap.xml", URLSET),
    ("calendar", "/lich", page("Lịch tuần", f"<h1>Lịch công tác tuần 12 năm 2024</h1><table>{WEEK}</table>")),
    (
        "document",
        "/vb/12.html",
        page("Văn bản", f"<h1>Kế hoạch 15/KH-MTTQ</h1><table>{RECORD}</table>"),
    ),
]


@pytest.mark.parametrize(("kind", "url", "body"), PAGES, ids=[f"{kind} {url}" for kind, url, _ in PAGES])
def test_a_page_that_is_no_article_says_its_kind(make_page: MakePage, kind: str, url: str, body: str) -> None:
    reading = read(make_page(body, url=f"http://portal.example.vn{url}"))
    assert reading.kind == kind, reading.reason
    assert reading.article is None
    assert reading.reason


def test_a_file_under_an_html_label_is_known_by_its_first_bytes(make_page: MakePage) -> None:
    reading = read(make_page(b"%PDF-1.7\n%\xe2\xe3"))
    assert (reading.kind, reading.reason) == ("document", "not HTML: PDF")


def test_a_missing_page_that_answers_404_is_no_article(make_page: MakePage) -> None:
    body = page("Trang không có", f"<h1>Rất tiếc</h1><p>{SUMMARY * 8}</p>")
    assert read(make_page(body, status=404)).kind == "soft404"


def test_an_article_about_missing_things_is_an_article(make_page: MakePage) -> None:
    text = "Lực lượng cứu hộ không tìm thấy dấu vết của tàu cá; thông tin đang được cập nhật. " + SUMMARY * 3
    body = page("Tàu cá mất liên lạc", f"<h1>Tàu cá mất liên lạc, chưa tìm thấy ngư dân</h1><p>{text}</p>")
    assert read(make_page(body)).kind == "article"


def test_a_short_report_is_an_article(make_page: MakePage) -> None:
    body = page(
        "Hội Nông dân xã tập huấn kỹ thuật - Cổng thông tin",
        f"<div><h1>Hội Nông dân xã tập huấn kỹ thuật</h1><span>03/04/2024</span><p>{SUMMARY}</p>"
        f"<div><b>Các tin khác</b></div><ul>{TITLES}</ul></div>",
    )
    reading = read(make_page(body))
    assert reading.kind == "article", reading.reason
    assert reading.article is not None
    assert reading.article.paragraphs == (SUMMARY,)


def claimed(title: str, body: str) -> str:
    """A page that calls itself an article (Open Graph)."""
    head = f"<head><title>{title}</title><meta property='og:type' content='article'></head>"
    return f"<html>{head}<body><div><h1>{title}</h1><div>{body}</div></div></body></html>"


def test_picture_news_is_an_article_with_its_captions(make_page: MakePage) -> None:
    captions = [f"Hội viên phụ nữ xã gói bánh chưng, ảnh {n}." for n in range(4)]
    figures = (
        f"<figure><img src='/anh{n}.jpg' width=600><figcaption>{caption}</figcaption></figure>"
        for n, caption in enumerate(captions)
    )
    reading = read(make_page(claimed("Ngày hội bánh chưng xanh", "".join(figures))))
    assert reading.kind == "article", reading.reason
    assert reading.article is not None
    assert reading.article.paragraphs == ()
    assert list(reading.article.captions) == captions
    assert [image.caption for image in reading.article.images] == captions


def test_an_article_in_a_pdf_keeps_the_file(make_page: MakePage) -> None:
    frame = "<iframe src='/viewer.html?file=/files/bc.pdf'></iframe>"
    article = read(make_page(claimed("Báo cáo công tác Mặt trận quý I", frame))).article
    assert article is not None
    assert [(a.url, a.type) for a in article.attachments] == [
        ("http://portal.example.vn/files/bc.pdf", "pdf")
    ]


@pytest.mark.parametrize("summary", ["", "<p>Ngày 12/5, hội tổ chức trao quà cho hội viên nghèo.</p>"])
def test_a_listing_of_one_entry_is_a_listing(make_page: MakePage, summary: str) -> None:
    entry = (
        f"<h3><a href='/tin/bai-1.html'>Hội Phụ nữ xã Tân Lập trao quà cho hội viên nghèo</a></h3>{summary}"
    )
    body = f"<h1>Hội Phụ nữ</h1><div class='list'><div class='item'>{entry}</div></div>"
    page = f"<html><head><title>Hội Phụ nữ - Xã Tân Lập</title></head><body>{body}</body></html>"
    assert read(make_page(page, "http://portal.example.vn/hoi-phu-nu/")).kind == "listing"


def test_a_section_without_an_entry_is_empty(make_page: MakePage) -> None:
    page = "<html><head><title>Hội Phụ nữ</title></head><body><h1>Hội Phụ nữ</h1><div></div></body></html>"
    assert read(make_page(page, "http://portal.example.vn/hoi-phu-nu/")).kind == "empty"
