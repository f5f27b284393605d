"""The five articles that everything started from, each in a page of its own platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.reading.page import Reading
from crawler.reading.reader import read
from storage.records import Article
from vietnam import writing
from vietnam.dates import VIETNAM

if TYPE_CHECKING:
    from tests.crawler.reading.conftest import Frame, MakePage

CAPTIONS = {
    "001": ("( Toàn cảnh", "( Đồng chí Lê Thị Hạnh", "( Đồng chí Nguyễn Ngọc Thức"),
    "002": ("UB.MTTQ tỉnh làm việc với Thường trực Huyện ủy Hàm Yên.",),
    "004": ("Đồng chí Bí thư Huyện ủy Mai Hồng Hà trao Bằng khen",),
}
NOISE = ("loading....", "Tin cùng chuyên mục", "100%", "date")


@dataclass(frozen=True)
class Seed:
    """A seed as it was saved: its lines, and which of them are captions."""

    title: str
    lines: list[str]
    captions: list[str]

    @property
    def signature(self) -> str:
        return self.lines[-1]

    @property
    def paragraphs(self) -> list[str]:
        """What must come out as paragraphs, in contract form."""
        return [writing.clean(line) for line in self.lines[:-1] if line not in self.captions]


def seed(shared: Path, number: str) -> Seed:
    path = next((shared / "seeds").glob(f"{number}_*.txt"))
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line and line not in NOISE]
    if number == "001":
        lines = lines[3:]  # the portal's name, its slogan and the section are the page's, not the article's
        lines = [line for line in lines if not line.startswith("Đăng lúc")]
    title = lines[0].removeprefix("date 2021-04 ")
    starts = CAPTIONS.get(number, ())
    return Seed(title, lines[1:], [x for x in lines[1:] if starts and writing.clean(x).startswith(starts)])


def centred(s: Seed) -> str:
    """Captions in italics, centred under centred pictures."""
    parts = []
    for line in s.lines[:-1]:
        if line in s.captions:
            parts.append('<p style="text-align: center;"><img src="/Upload/anh.jpg" width="600" /></p>')
            parts.append(f'<p style="text-align: center;"><em>{escape(line)}</em></p>')
        else:
            parts.append(
                f'<p style="text-align: justify;"><span style="font-size:14px">{escape(line)}</span></p>'
            )
    return "".join(parts) + f'<p style="text-align: right;"><b>&nbsp; &nbsp; {escape(s.signature)}</b></p>'


def tabled(s: Seed) -> str:
    """Captions in a table's cell under the picture."""
    parts = []
    for line in s.lines[:-1]:
        if line in s.captions:
            parts.append('<table border="0"><tbody><tr><td><img src="/a.jpg" width="500"></td></tr>')
            parts.append(f"<tr><td>{escape(line)}</td></tr></tbody></table>")
        else:
            parts.append(f"<p>{escape(line)}</p>")
    return "".join(parts) + f'<p align="right"><b>{escape(s.signature)}</b></p>'


def broken(s: Seed) -> str:
    """Paragraphs by line breaks in one box."""
    text = "<br /><br />".join(escape(line) for line in s.lines[:-1])
    return (
        f'<div style="text-align: justify">{text}<br /><br />&nbsp;<br />'
        f'<div style="text-align: right"><b>{escape(s.signature)}</b></div></div>'
    )


def article_of(reading: Reading, s: Seed) -> Article:
    """The article, after what is the same for every seed was checked."""
    article = reading.article
    assert article is not None, (reading.kind, reading.reason)
    assert article.title == writing.clean(s.title)
    assert list(article.paragraphs) == s.paragraphs
    assert list(article.captions) == [writing.clean(caption) for caption in s.captions]
    assert article.lead is None
    assert article.language == "vi"
    return article


def test_the_report_of_tho_xuan_is_read_from_a_vnpt_portal(
    shared: Path, make_page: MakePage, frame: Frame
) -> None:
    s = seed(shared, "001")
    day = datetime(2022, 8, 3, tzinfo=VIETNAM)
    article = article_of(read(make_page(frame("vnpt_portal", title=s.title, body=centred(s), at=day))), s)
    assert (article.published_at, article.published_precision) == (day, "day")
    assert article.byline == "Lê Thơ- Hồng Tăng, Trung tâm VHTT, TT&DL huyện"
    assert article.authors == ("Lê Thơ", "Hồng Tăng")
    assert len(article.captions) == 3


@pytest.mark.parametrize(("number", "byline"), [("002", "Tuấn Tú"), ("004", "PV")])
def test_the_reports_of_ham_yen_are_read_from_a_trang_n_page(
    shared: Path, make_page: MakePage, frame: Frame, number: str, byline: str
) -> None:
    s = seed(shared, number)
    day = datetime(2022, 12, 28, tzinfo=VIETNAM)
    article = article_of(read(make_page(frame("trang_n", title=s.title, body=tabled(s), at=day))), s)
    assert article.byline == byline
    assert article.authors == (() if byline == "PV" else (byline,))
    assert len(article.captions) == 1
    assert article.published_at == day


def test_the_report_of_nam_dinh_is_read_from_a_newspaper(
    shared: Path, make_page: MakePage, frame: Frame
) -> None:
    s = seed(shared, "003")
    at = datetime(2021, 4, 2, 7, 21, tzinfo=VIETNAM)
    article = article_of(read(make_page(frame("newspaper", title=s.title, body=tabled(s), at=at))), s)
    assert article.byline == "Lam Hồng"
    assert (article.published_at, article.published_precision) == (at, "minute")
    assert article.site_name == "Báo Nam Định điện tử"


def test_the_report_in_capitals_is_read_from_an_old_aspnet_page(
    shared: Path, make_page: MakePage, frame: Frame
) -> None:
    s = seed(shared, "000")
    at = datetime(2024, 2, 22, tzinfo=VIETNAM)
    page = make_page(
        frame("aspx", title=s.title, body=broken(s), at=at), url="http://h.example.gov.vn/tin.aspx?id=714"
    )
    article = article_of(read(page), s)
    assert article.byline == "Hồ Thuý Vinh"
    assert article.published_at is None  # the page prints no date but today's
