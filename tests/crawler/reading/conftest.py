"""Pages for the reader's tests: built from what a test says of them, or read from ../shared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template

import pytest

from crawler.reading.page import ListingRow, Page
from vietnam.dates import VIETNAM

FETCHED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=VIETNAM)
MakePage = Callable[..., Page]


@pytest.fixture
def make_page() -> MakePage:
    """A page of HTML text or bytes, fetched on 20 November 2026 from a made-up portal."""

    def make(
        body: str | bytes,
        url: str = "http://portal.example.vn/tin-tuc/bai-viet-101.html",
        content_type: str | None = "text/html; charset=utf-8",
        status: int = 200,
        row: ListingRow | None = None,
    ) -> Page:
        data = body.encode() if isinstance(body, str) else body
        return Page(url, data, FETCHED_AT, content_type, status, row=row)

    return make


MENU = (
    "Trang chủ",
    "Giới thiệu",
    "Tin tức - Sự kiện",
    "Xây dựng Đảng",
    "Mặt trận - Đoàn thể",
    "Văn bản chỉ đạo điều hành",
    "Liên hệ",
)
RELATED = (
    ("Hội Nông dân xã ra quân làm đường giao thông nông thôn", "12/06/2020"),
    ("Hội Liên hiệp Phụ nữ huyện trao mái ấm tình thương cho hội viên nghèo", "30/05/2020"),
    ("Đoàn Thanh niên xã tổ chức ngày thứ bảy tình nguyện", "28/05/2020"),
    ("Cựu chiến binh huyện gương mẫu hiến đất mở đường", "21/05/2020"),
)
Frame = Callable[..., str]


@pytest.fixture(scope="session")
def frame() -> Frame:
    """Puts an article into the page of a platform: ``frame("joomla", title=…, body=…, at=…)``.

    The frames are ``frames/*.html``: a platform's chrome with what misleads readers there (page clocks,
    frozen headers, counters, zoom widgets, related titles, the site's slogan), written by the project.
    """
    menu = "".join(f'<li><a href="/{n}/">{name}</a></li>' for n, name in enumerate(MENU))
    related = "".join(f'<li><a href="/tin-{n}.html">{t}</a> ({d})</li>' for n, (t, d) in enumerate(RELATED))

    def put(name: str, *, title: str, body: str, at: datetime) -> str:
        template = Template((Path(__file__).parent / "frames" / f"{name}.html").read_text(encoding="utf-8"))
        return template.substitute(
            title=escape(title),
            body=body,
            menu=menu,
            related=related,
            day=f"{at:%d/%m/%Y}",
            iso_day=f"{at:%Y-%m-%d}",
            time=f"{at:%H:%M}",
        )

    return put
