"""What kind of page this is, each with the reason that says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.reading.language import size_of
from crawler.reading.page import Page, PageKind
from crawler.reading.patterns import any_of, either_case
from vietnam import writing
from vietnam.values import quickly_made

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
_MARKUP_BEGINS = (b"<", b" ", b"\r", b"\n")
_XML_ROOT = re.compile(rb"<(?:urlset|sitemapindex|rss|feed|rdf:RDF)")
"""Asked before each by itself, which takes 90,000 instructions for a thousand bytes."""
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
    r"(?:không (?:tìm thấy|tồn tại)|chưa có) (?:[^\W\d]+ ){0,2}"
    r"(?:trang|bài viết|nội dung|dữ liệu|địa chỉ|đường dẫn|yêu cầu|kết quả)\b",
    r"(?:trang|bài viết|nội dung|tin bài|đường dẫn|địa chỉ|liên kết|chuyên mục) (?:[^\W\d]+ ){0,8}"
    r"(?:không (?:tìm thấy|tồn tại|còn|có sẵn|hợp lệ)|đã (?:bị )?(?:xóa|xoá|gỡ))",
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
_NOTICES: tuple[tuple[PageKind, re.Pattern[str]], ...] = (("soft404", _NOT_FOUND), ("updating", _UPDATING))
_NOT_YET = re.compile(r"(?:chưa|không) có\b", re.I)
"""What a section says of itself that is being filled: "Chưa có bài viết, nội dung đang được cập nhật"."""
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
_PATH_WORDS = (
    *("search", "seek", "kiem", "/s/", "tag", "tu-khoa", "label", "topic", "login", "dang-nhap", "signin"),
    *("page", "trang", "category", "chuyen-muc", "danh-muc", "author", "archive"),
)
"""One of them stands in every path, but for a home page's, that these expressions find something in."""
_PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9._:-]+(/[\w/.~-]*)(?:\?([\w=&.-]*))?", re.ASCII)
"""Nearly every address, with its path and query; urlsplit takes 30,000 instructions for a new one."""
_CALENDAR = any_of(
    r"lịch (?:công tác|làm việc|tiếp công dân|tuần|họp|trực|lãnh đạo|hoạt động)|chương trình công tác",
    start="^",
)
_WEEKDAYS = re.compile(r"thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])\b|chủ nhật", re.I)
_DOCUMENT_LABEL = any_of(
    r"((?:số[/, ]*(?:ký hiệu|hiệu|văn bản)|ký hiệu)(?: văn bản)?)",
    r"((?:trích yếu|về việc)(?: nội dung)?)",
    r"(ngày (?:ban hành|văn bản|ký))",
    r"((?:cơ quan|đơn vị|nơi) (?:ban hành|ký))",
    r"((?:loại|hình thức|thể loại) văn bản)",
    r"(ngày (?:có )?hiệu lực|lĩnh vực|người ký|hiệu lực)",
    end=r"\b",
)
"""Each kind of label in a group of its own; no line begins with two."""
_LABELS_BEGIN = either_case("số ký tr về ng cơ đơ nơ lo hì th lĩ hi")
"""The first two letters of each: the expression takes 4,000 instructions to find no label in a line."""
TEXT_MINIMUM = 140
"""Characters from which unknown markup's text is an article's without other evidence."""
_SENTENCE = 60
"""Characters of a text of one sentence, where the title tag speaks for the article."""
_HEADLINE_WORDS = 7
_WORD = 6
"""Characters of a word with its space, where a language writes none."""
_LISTED_TITLES = 6
"""Linked headlines in the text's region from which it may be a listing."""
_HEADLINES = 5
"""Linked headlines on a page without a text that make it a listing."""
_MANY_LINKS = 20
_SMALL = 60_000
"""Characters of markup; challenge pages carry their scripts inside, articles' pages are larger."""
_NOTICE = 300
"""Characters of a page that has nothing to say but that it has nothing to say."""
SHORT = 1500
"""Characters: a firewall's page, a login or an error has less; an article's page with its menus more."""


def kind_of_bytes(page: Page) -> tuple[PageKind, str] | None:
    """The kind of what is no HTML: a file by its magic bytes, nothing, XML by its root element."""
    head = page.body[:1024].lstrip()
    if not head:
        return "empty", "the answer has no body"
    if not page.body.startswith(_MARKUP_BEGINS):
        for magic, name in _MAGIC:
            if page.body.startswith(magic):
                return "document", f"not HTML: {name}"
    if _XML_ROOT.search(head):
        if b"<urlset" in head or b"<sitemapindex" in head:
            return "sitemap", "an XML sitemap"
        if b"<rss" in head or b"<feed" in head[:600] or b"<rdf:RDF" in head:
            return "listing", "a feed"
    if head[:1] in (b"{", b"[") and b"<html" not in head.lower():
        return "listing", "JSON"
    return None


@quickly_made
@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows, as far as its kind depends on it.

    ``lines`` is what would be the article's, ``text`` the same in one, ``around`` all lines that an unknown
    page shows outside of its menus and widgets (none where the platform's selectors found the body:
    ``by_platform``).
    ``headline_links`` counts links as long as headlines in the text's region, ``linked`` characters of
    links there, ``headlines`` such links all over the page; ``is_listing``: the region is headlines with
    summaries; ``is_apart``: text and title share nothing but the page; ``in_pictures``: photographs, files
    or a player stand under the headline, with a time beside it if ``is_dated``; ``at_article_address``: the
    address is one of the platform's articles. The latter, ``has_password`` and ``links`` are
    asked of few pages.
    """

    url: str
    status: int
    title: str
    page_title: str
    lines: Sequence[str]
    text: str
    around: Sequence[str]
    markup: Callable[[], str]
    at_article_address: Callable[[], bool]
    by_platform: bool
    claims_article: bool
    has_media: bool
    has_password: Callable[[], bool]
    headline_links: int
    linked: int
    headlines: int
    is_listing: bool
    is_apart: bool
    links: Callable[[], int]
    in_pictures: bool = False
    is_dated: bool = False
    is_part: bool = False
    """Whether it is a later page of an article: the last one may be a line."""


def page_kind(shown: Shown) -> tuple[PageKind, str]:
    """The kind of an HTML page and the reason that says so."""
    if shown.status in (404, 410):
        return "soft404", f"status {shown.status}"
    minimum = _SENTENCE if _has_own_title(shown) else TEXT_MINIMUM
    text = shown.text
    # the size is no less than the length, and takes 100,000 instructions for an article
    of_article = shown.by_platform or shown.is_part
    substance = bool(text) if of_article else len(text) >= minimum or size_of(text) >= minimum
    enough = _NOTICE if shown.by_platform else SHORT / 2
    failure = _failure(shown) if len(shown.text) < enough else None
    if failure is not None:
        return failure
    address = _kind_of_address(shown.url)
    if address in ("search", "tag", "login", "home") and not shown.claims_article:
        return address, "its address"
    said = (*shown.lines, *shown.around)
    if _CALENDAR.match(shown.title) and len(_WEEKDAYS.findall("\n".join(said))) >= 3:
        return "calendar", "a programme by weekdays"
    labels = _document_labels(said)
    if labels >= 3:
        return "document", f"{labels} labels of an official document"
    if shown.is_listing:
        return "listing", "headlines with a summary each"
    many = shown.headline_links >= _LISTED_TITLES and shown.linked > len(shown.text) * 0.35
    if many and not shown.by_platform and not (substance and shown.at_article_address()):
        return "listing", f"{shown.headline_links} linked headlines in the main part"
    if substance and shown.title and (shown.claims_article or not shown.is_apart):
        return "article", "the platform's body" if shown.by_platform else "a title and text"
    if address is not None:
        return address, "its address"
    if shown.has_media and shown.title and (shown.by_platform or shown.claims_article):
        return "article", "a title with pictures or files"
    if shown.in_pictures and (_has_own_title(shown) or (shown.is_dated and _is_headline(shown.title))):
        return "article", "pictures, files or a player under a headline"
    if shown.headline_links >= 3:
        return "listing", f"{shown.headline_links} linked headlines in the main part"
    if shown.headlines >= _HEADLINES:
        return "listing", f"{shown.headlines} linked headlines and no text"
    words = len(writing.fold(shown.title).split())
    if 0 < words < _HEADLINE_WORDS and shown.headlines and not shown.at_article_address():
        return "listing", "a linked headline under a section's name"
    links = shown.links()
    if links >= _MANY_LINKS:
        return "listing", f"{links} links and no text"
    return "empty", "no text that could be an article's"


def _is_headline(title: str) -> bool:
    return len(title.split()) >= _HEADLINE_WORDS // 2


def _has_own_title(shown: Shown) -> bool:
    """Whether the headline is a sentence that the page's title tag repeats: portals' parts are called
    shorter."""
    key = writing.fold(shown.title)
    words = max(len(key.split()), size_of(key) // _WORD if not key.isascii() else 0)
    return words >= _HEADLINE_WORDS and key in writing.fold(shown.page_title)


def _failure(shown: Shown) -> tuple[PageKind, str] | None:
    """The kind of a page that stands in place of another: challenge, login, not found, updating."""
    title = f"{shown.page_title}\n{shown.title}"
    around = "" if shown.by_platform else "\n".join(shown.around)
    text = around if len(around) > len(shown.text) else shown.text
    short = len(text) < SHORT
    if short and len(markup := shown.markup()) < _SMALL:
        found = _WAF.search(f"{title}\n{text}") or _WAF.search(markup[:20_000])
        if found and found.group(0).lower().startswith("document.cookie"):
            return "waf", "is a cookie wall: its script sets a cookie and loads the page again"
        if found:
            return "waf", f"says “{writing.clean(found.group(0))[:60]}”"
    path = urlsplit(shown.url).path
    if short and shown.has_password() and (_LOGIN_PATH.search(path) or _LOGIN.search(title)):
        return "login", "asks for a password"
    for kind, pattern in _NOTICES:
        said = pattern.search(title) if len(text) < SHORT / 2 else None
        if said is None and len(text) < _NOTICE:
            said = pattern.search(text)
        if said and kind == "soft404" and _NOT_YET.match(said[0]) and (more := _UPDATING.search(text)):
            kind, said = "updating", more
        if said:
            return kind, f"says “{writing.clean(said.group(0))[:60]}”"
    if len(text) < _NOTICE and shown.has_password() and _LOGIN.search(text):
        return "login", "asks for a password"
    return None


def says_nothing_is_there(text: str) -> bool:
    """Whether a headline says that there is no such page."""
    return len(text) < _NOTICE and _NOT_FOUND.search(text) is not None


def _kind_of_address(url: str) -> PageKind | None:
    """What the address alone says: home, search, tag, login, listing."""
    plain = _PLAIN_ADDRESS.fullmatch(url)
    raw, query = plain.groups("") if plain else urlsplit(url)[2:4]
    path = unquote(raw)
    if not query and not _HOME_PATH.match(path or "/"):
        small = path.casefold()
        if not any(word in small for word in _PATH_WORDS):
            return None  # as most articles' addresses: the expressions take 40,000 instructions
    keys = {key.lower() for key, _ in parse_qsl(query)}
    if _SEARCH_PATH.search(path) or (_HOME_PATH.match(path) and _SEARCH_KEYS & keys):
        return "search"
    if _TAG_PATH.search(path):
        return "tag"
    if _LOGIN_PATH.search(path):
        return "login"
    if _HOME_PATH.match(path or "/") and not keys:
        return "home"
    if _LISTING_PATH.search(path + ("?" + query if query else "")):
        return "listing"
    return None


def _document_labels(lines: Sequence[str]) -> int:
    """How many of the labels of an official document's record stand on the page (Số ký hiệu, Trích
    yếu, Ngày ban hành …)."""
    begun = [line for line in lines if len(line) < 120 and line[:2] in _LABELS_BEGIN]
    labels = map(_DOCUMENT_LABEL.match, begun)
    return len({label.lastindex for label in labels if label is not None})
