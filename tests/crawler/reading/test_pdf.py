"""Articles whose text is a PDF: which they are, what is read of the file, and what stops it."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from crawler.reading import pdf
from crawler.reading.reader import read
from tests.crawler.reading.pdf_files import pdf_of

if TYPE_CHECKING:
    from storage.records import Article
    from tests.crawler.reading.conftest import MakePage

TITLE = "Thông báo về việc tổ chức Ngày hội Đại đoàn kết toàn dân tộc ở các thôn"
FILE = "http://portal.example.vn/tep/thong-bao-12.pdf"
LINES = [
    "T H Ô N G   B Á O",
    "Thực hiện kế hoạch của Ủy ban Mặt trận Tổ quốc Việt Nam huyện về việc tổ chức ngày",
    "hội đại đoàn kết, Ban Thường trực Ủy ban Mặt trận Tổ quốc xã thông báo như sau:",
    "1. Thời gian: từ ngày 10 đến ngày 18 tháng 11.",
    "2. Địa điểm: nhà văn hóa các thôn; mỗi thôn chọn một ngày và báo về Ban Thường trực",
    "Trang 1/2",
]
LINES_2 = ["trước ngày 5 tháng 11 để xã bố trí cán bộ về dự.", "Trang 2/2"]
PARAGRAPHS = (
    "THÔNG BÁO",
    f"{LINES[1]} {LINES[2]}",
    LINES[3],
    f"{LINES[4]} {LINES_2[0]}",
)


def article_of(make_page: MakePage, body: str) -> Article:
    page = f"<html><head><title>{TITLE}</title></head><body><div><h1>{TITLE}</h1><p>12/11/2025 08:30</p>"
    reading = read(make_page(f"{page}<div class='noi-dung'>{body}</div></div></body></html>"))
    assert reading.article is not None, (reading.kind, reading.reason)
    return reading.article


@pytest.mark.parametrize(
    "body",
    [
        "<p>Xem chi tiết <a href='/tep/thong-bao-12.pdf'>tại đây</a></p>",
        "<p><a href='/tep/thong-bao-12.pdf'>thong-bao-12.pdf</a></p>",
        "<iframe src='/tep/thong-bao-12.pdf' width='100%'></iframe>",
        "<iframe src='https://docs.google.com/viewer?url=http%3A%2F%2Fportal.example.vn%2Ftep%2F"
        "thong-bao-12.pdf&embedded=true'></iframe>",
        "<object data='/tep/thong-bao-12.pdf' type='application/pdf'></object>",
        "<embed src='../tep/thong-bao-12.pdf'>",
    ],
)
def test_an_article_that_is_a_file_gets_the_text_of_the_file(make_page: MakePage, body: str) -> None:
    article = article_of(make_page, body)
    assert [(a.url, a.name, a.type) for a in article.attachments] == [(FILE, "thong-bao-12.pdf", "pdf")]
    assert article.paragraphs == ()
    assert [file.url for file in pdf.wanted(article)] == [FILE]
    whole = pdf.with_text(article, {FILE: pdf_of([LINES, LINES_2])})
    assert whole.paragraphs == PARAGRAPHS
    assert whole.provenance["paragraphs"] == "pdf"
    assert whole.title == TITLE


def test_a_file_under_a_text_is_an_attachment_and_no_more(make_page: MakePage) -> None:
    text = "Sáng ngày 11/11, Ban Thường trực Ủy ban MTTQ xã họp bàn việc tổ chức ngày hội ở các thôn. " * 3
    article = article_of(make_page, f"<p>{text}</p><p><a href='/tep/thong-bao-12.pdf'>Thông báo</a></p>")
    assert len(article.attachments) == 1
    assert pdf.wanted(article) == ()


def test_an_old_font_is_decoded_as_on_a_page() -> None:
    old = "S¸ng ngµy 12/5, Héi N«ng d©n x· T©n LËp tæ chøc lÔ ph¸t ®éng thi ®ua s¶n xuÊt, kinh doanh giái."
    assert pdf.read_pdf(pdf_of([[old]], legacy=True)) == [
        "Sáng ngày 12/5, Hội Nông dân xã Tân Lập tổ chức lễ phát động thi đua sản xuất, kinh doanh giỏi."
    ]


def test_what_stands_on_every_page_is_no_text() -> None:
    pages = [["UBND xã Tân Lập", f"Phần {n}: nội dung số {n} của kế hoạch.", str(n)] for n in range(1, 6)]
    assert pdf.read_pdf(pdf_of(pages)) == [f"Phần {n}: nội dung số {n} của kế hoạch." for n in range(1, 6)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a web page", b"<html>not found</html>"),
        ("a scan", pdf_of([[]])),
        ("half a file", pdf_of([LINES])[:500]),
        ("garbage", b"%PDF-1.7\n" + bytes(range(256)) * 40),
        ("too large", pdf_of([LINES]) + b"\n" * pdf.MAX_BYTES),
    ],
)
def test_a_file_without_text_leaves_the_article_as_it_was(
    make_page: MakePage, name: str, data: bytes
) -> None:
    article = article_of(make_page, "<iframe src='/tep/thong-bao-12.pdf'></iframe>")
    assert pdf.with_text(article, {FILE: data}) == article, name
    assert pdf.with_text(article, {}) == article


@pytest.mark.parametrize(
    ("name", "pages", "seconds", "said"),
    [
        ("long pages", [["chữ " * 20] * 1_500] * 8, 0.1, "stopped after 0.1 s"),
        ("a bomb", [["x" * 1000] * 2_500], 60.0, "LimitReachedError"),
    ],
)
def test_a_file_made_to_hurt_is_given_up_in_time(
    caplog: pytest.LogCaptureFixture, name: str, pages: list[list[str]], seconds: float, said: str
) -> None:
    heavy = pdf_of(pages)
    assert len(heavy) < 1_000_000
    started = time.process_time()
    with caplog.at_level(logging.WARNING):
        pdf.read_pdf(heavy, name=name, seconds=seconds)
    assert time.process_time() - started < 2
    assert name in caplog.text
    assert said in caplog.text


def test_a_book_is_read_for_its_first_pages() -> None:
    pages = [[f"Trang đầu của chương {n} kể về một thôn."] for n in range(pdf.MAX_PAGES + 5)]
    assert len(pdf.read_pdf(pdf_of(pages))) == pdf.MAX_PAGES


def test_without_the_extra_one_line_says_what_is_missing() -> None:
    program = (
        "import sys\n"
        "sys.modules['pypdf'] = None  # as good as not installed\n"
        "from crawler.reading import pdf\n"
        "print([pdf.is_installed() for _ in range(3)], pdf.read_pdf(b'%PDF-1.4'))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[False, False, False] []"
    assert done.stderr.count("pip install 'frontnews[pdf]'") == 1
