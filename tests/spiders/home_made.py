"""A small site of an unknown make on loopback, for discovery and the check."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ARTICLES = [
    "Ủy ban MTTQ xã An Bình tổ chức ngày hội đại đoàn kết toàn dân tộc năm 2025",
    "Hội Phụ nữ phường Đông Hòa trao mười phần quà cho hội viên khó khăn",
    "Đoàn Thanh niên ra quân làm sạch tuyến đường kiểu mẫu dịp cuối tuần",
    "Hội Nông dân huyện sơ kết phong trào sản xuất kinh doanh giỏi",
    "Hội Cựu chiến binh tặng nhà nghĩa tình đồng đội cho hội viên nghèo",
    "Liên đoàn Lao động thăm hỏi công nhân bị tai nạn lao động trong quý ba",
]


class HomeMade:
    """A site of an unknown CMS: pages by path (an address for a redirect); notes what is asked for."""

    def __init__(self, menu: dict[str, str]) -> None:
        self.menu = menu
        self.pages: dict[str, str] = {}
        self.asked: list[str] = []
        self.url = ""

    def listing(self, path: str, titles: list[str], *, heading: str = "", folder: str = "bai") -> None:
        slug = path.strip("/") or "tin"
        rows = "".join(
            f'<div class="item"><h3><a href="/{folder}/{number}-{slug}.html">{title}</a></h3>'
            f"<p>Sáng nay, hội nghị đã diễn ra với nhiều nội dung.</p></div>"
            for number, title in enumerate(titles)
        )
        self.pages[path] = self.page(heading, f'<div class="list">{rows}</div>')

    def page(self, heading: str, body: str) -> str:
        items = "".join(f'<li><a href="{path}">{name}</a></li>' for path, name in self.menu.items())
        title = heading or "Trang tin huyện An Bình"
        return (
            f'<html><head><meta charset="utf-8"><title>{title}</title></head><body>'
            f'<nav class="menu"><ul><li><a href="/">Trang chủ</a></li>{items}</ul></nav>'
            f"<main><h1>{heading}</h1>{body}</main></body></html>"
        )


@contextmanager
def served(site: HomeMade) -> Iterator[HomeMade]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            text = site.pages.get(self.path)
            if text is not None and text.startswith(("/", "http")):
                self.send_response(302)
                self.send_header("Location", text)
                self.end_headers()
                return
            body = (text or "<html><body>404</body></html>").encode()
            self.send_response(200 if text else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        site.url = f"http://127.0.0.1:{server.server_address[1]}/"
        yield site


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[ThreadingHTTPServer]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def home_made() -> HomeMade:
    """A district's site: a section of ours, a mixed one, news, economy, documents and a contact page."""
    site = HomeMade(
        {
            "/mat-tran": "Mặt trận Tổ quốc",
            "/dang-doan-the": "Đảng - Đoàn thể",
            "/tin-tuc": "Tin tức - Sự kiện",
            "/kinh-te": "Kinh tế",
            "/van-ban": "Văn bản",
            "/lien-he": "Liên hệ",
        }
    )
    site.listing("/", ARTICLES[:4], heading="Trang tin huyện An Bình")
    site.listing("/mat-tran", ARTICLES[:3], heading="Mặt trận Tổ quốc")
    site.listing("/dang-doan-the", ARTICLES[1:5], heading="Đảng - Đoàn thể")
    site.listing("/tin-tuc", ARTICLES[2:], heading="Tin tức")
    site.listing("/kinh-te", ARTICLES[3:], heading="Kinh tế")
    site.listing("/van-ban", ARTICLES, heading="Văn bản")
    return site
