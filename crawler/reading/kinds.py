"""What kind of page this is, each with the reason that says so."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.reading.page import Page, PageKind
from crawler.reading.patterns import any_of
from vietnam import writing

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP or Office file"),
    (b"\xd0\xcf\x11\xe0", "Office file"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"RIFF", "RIFF media"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"ID3", "MP3"),
    (b"OggS", "Ogg"),
)
_WAF = any_of(
    r"request rejected|the requested url was rejected|just a moment\s*\.\.\.|checking your browser",
    r"attention required!? *\| *cloudflare|ddos protection by|cf-browser-verification|_cf_chl_opt",
    r"verify(?:ing)? (?:that )?you are (?:a )?human|incapsula incident|sucuri website firewall",
    r"access denied.{0,200}(?:reference|incapsula|akamai|sucuri)",
    r"please enable (?:javascript and )?cookies to continue",
    r"captcha.{0,80}(?:xác (?:nhận|thực|minh)|verify)",
    r"xác (?:nhận|minh|thực) (?:bạn )?(?:không phải|là con người|không là).{0,20}",
    r"tường lửa.{0,60}chặn|bị chặn bởi",
    r"document\.cookie\s*=\s*[\"'][\w-]+=.{0,200}location\.(?:reload|href)",
    flags=re.I | re.S,
)
_NOT_FOUND = any_of(
    r"(?:không (?:tìm thấy|tồn tại)|chưa có).{0,40}"
    r"(?:trang|bài viết|nội dung|tin|dữ liệu|địa chỉ|đường dẫn|yêu cầu|kết quả)",
    r"(?:trang|bài viết|nội dung|tin bài|đường dẫn|địa chỉ|liên kết|chuyên mục)[^.!?]{0,60}"
    r"(?:không (?:tìm thấy|tồn tại|còn|có sẵn)|đã (?:bị )?(?:xóa|xoá|gỡ))",
    r"\b404\b.{0,40}(?:not found|error|lỗi|không)|(?:lỗi|error)\s*:?\s*404",
    r"không có (?:dữ liệu|bài viết|nội dung)|the resource cannot be found|nothing (?:was )?found",
    r"page (?:you requested )?(?:was |could )?not (?:be )?found",
    r"the page you.{0,40}(?:not|n't).{0,20}(?:exist|found)",
)
_UPDATING = any_of(
    r"(?:nội dung|dữ liệu|thông tin|bài viết|trang|chuyên mục|website|hệ thống|tin)[^.!?]{0,60}"
    r"(?:đang (?:được )?(?:cập nhật|xây dựng|bảo trì|nâng cấp)|sẽ (?:được )?cập nhật)",
    r"^\W*đang (?:được )?(?:cập nhật|xây dựng|bảo trì|nâng cấp)\b.{0,60}$",
    r"under (?:construction|maintenance)|coming soon",
    flags=re.I | re.M,
)
_LOGIN = any_of(r"đăng nhập|log ?in|sign in|tên (?:đăng nhập|truy cập)|mật khẩu|password")
_LOGIN_PATH = any_of(r"login|dang-nhap|signin|wp-login|users/login|account/login", start="/", end=r"\b")
_SEARCH_PATH = re.compile(r"/(?:search|seek|tim-kiem|timkiem|ket-qua-tim-kiem)(?:[/.?]|$)|^/s/", re.I)
_SEARCH_KEYS = frozenset(("s", "q", "keyword", "keywords", "search", "searchword", "tukhoa", "query"))
_TAG_PATH = re.compile(r"/(?:tags?|tu-khoa|hashtag|label|topic)/[^/]+|-ptag\.html", re.I)
_HOME_PATH = re.compile(
    r"^/(?:(?:vi|en|vn|vi-vn)/?)?(?:(?:index|default|home|trang-?chu|main)(?:\.\w+)?/?)?$", re.I
)
_LISTING_PATH = any_of(
    r"/(?:page[/-]\d+|trang-\d+|category/|chuyen-muc/|danh-muc/|author/|archive)",
    r"[?&](?:page|paged|start|pageindex|trang)=\d",
)
_CALENDAR = any_of(
    r"lịch (?:công tác|làm việc|tiếp công dân|tuần|họp|trực|lãnh đạo|hoạt động)|chương trình công tác",
    start="^",
)
_WEEKDAYS = re.compile(r"thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])\b|chủ nhật", re.I)
_DOCUMENT_LABELS = (
    re.compile(r"^(?:số[/, ]*(?:ký hiệu|hiệu|văn bản)|ký hiệu)(?: văn bản)?\b", re.I),
    re.compile(r"^(?:trích yếu|về việc)(?: nội dung)?\b", re.I),
    re.compile(r"^ngày (?:ban hành|văn bản|ký)\b", re.I),
    re.compile(r"^(?:cơ quan|đơn vị|nơi) (?:ban hành|ký)\b", re.I),
    re.compile(r"^(?:loại|hình thức|thể loại) văn bản\b", re.I),
    re.compile(r"^(?:ngày (?:có )?hiệu lực|lĩnh vực|người ký|hiệu lực)\b", re.I),
)
SHORT = 1500
"""Characters: a firewall's page, a login or an error has less; an article's page with its menus more."""


def kind_of_bytes(page: Page) -> tuple[PageKind, str] | None:
    """The kind of what is no HTML: a file by its magic bytes, nothing, XML by its root element."""
    head = page.body[:1024].lstrip()
    if not head:
        return "empty", "the answer has no body"
    for magic, name in _MAGIC:
        if page.body.startswith(magic):
            return "document", f"not HTML: {name}"
    if b"<urlset" in head or b"<sitemapindex" in head:
        return "sitemap", "an XML sitemap"
    if b"<rss" in head or b"<feed" in head[:600] or b"<rdf:RDF" in head:
        return "listing", "a feed"
    if head[:1] in (b"{", b"[") and b"<html" not in head.lower():
        return "listing", "JSON"
    return None


def kind_of_failure(
    page: Page, title: str, text: str, markup: str, *, has_password: bool
) -> tuple[PageKind, str] | None:
    """The kind of a page that stands in place of another: challenge, login, not found, updating, empty.

    ``title`` is the page's title and headline, ``text`` what the page shows outside of its menus (for an
    article its body), ``markup`` the decoded page. Only for pages without an article's text.
    """
    short = len(text) < SHORT
    if (
        short
        and len(markup) < 60_000
        and (found := _WAF.search(f"{title}\n{text}") or _WAF.search(markup[:20_000]))
    ):
        return "waf", f"says “{writing.clean(found.group(0))[:60]}”"
    path = urlsplit(page.url).path
    if has_password and short and (_LOGIN_PATH.search(path) or _LOGIN.search(title)):
        return "login", "asks for a password"
    if page.status in (404, 410):
        return "soft404", f"status {page.status}"
    if len(text) < 700 and (found := _NOT_FOUND.search(f"{title}\n{text}")):
        return "soft404", f"says “{writing.clean(found.group(0))[:60]}”"
    if len(text) < 500 and (found := _UPDATING.search(f"{title}\n{text}")):
        return "updating", f"says “{writing.clean(found.group(0))[:60]}”"
    if has_password and len(text) < 500 and _LOGIN.search(text):
        return "login", "asks for a password"
    if not text.strip() and not title.strip():
        return "empty", "no text"
    return None


def kind_of_address(url: str) -> tuple[PageKind, str] | None:
    """What the address alone says: home, search, tag, login."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    query = dict(parse_qsl(parts.query))
    if _SEARCH_PATH.search(path) or (_HOME_PATH.match(path) and _SEARCH_KEYS & {k.lower() for k in query}):
        return "search", "its address"
    if _TAG_PATH.search(path):
        return "tag", "its address"
    if _LOGIN_PATH.search(path):
        return "login", "its address"
    if _HOME_PATH.match(path or "/") and not query:
        return "home", "its address"
    if _LISTING_PATH.search(path + ("?" + parts.query if parts.query else "")):
        return "listing", "its address"
    return None


def is_calendar(title: str, text: str) -> bool:
    """Whether the text is a week's programme: named so, and by weekdays."""
    return bool(_CALENDAR.match(title)) and len(_WEEKDAYS.findall(text)) >= 3


def document_labels(lines: list[str]) -> int:
    """How many of the labels of an official document's record stand on the page (Số ký hiệu, Trích
    yếu, Ngày ban hành …)."""
    return sum(any(pattern.search(line) for line in lines if len(line) < 120) for pattern in _DOCUMENT_LABELS)
