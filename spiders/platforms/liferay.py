"""Liferay with VNPT's and local portlets: Bắc Giang, Bắc Ninh, Thái Nguyên, Đà Nẵng, Quảng Ngãi, Quảng Bình,
Quảng Trị and its communes, Đồng Tháp, districts of Hà Giang, bodies of Cà Mau.

How to recognise it:
1. The header ``Liferay-Portal: Liferay …``; ``Liferay.ThemeDisplay``, ``/o/…-theme/``, ``/combo?browserId=``.
2. Friendly addresses with ``/-/``: ``/chi-tiet/-/view-article/1/1647698202167/1694656356022``,
   ``/chi-tiet-tin-tuc/-/news/44725/<slug>.html``, ``/-/asset_publisher/<instance>/content/id/5175643`` [P].
3. ``p_p_id=`` and ``…_INSTANCE_…`` parameters; pager ``…_cur=2`` or ``p_r_p_…_cur=2`` [G].
4. Bắc Ninh: ``loadPageURL: '…p_p_resource_id=loadPage…'`` of ``newsbycategory_WAR_bacninhportlet`` [G].

Facts: the second 13-digit number of ``view-article`` is the publish time in milliseconds (4 of 4 checked on
Quảng Trị and Quảng Bình sites) and the article's id. One article answers under many friendly addresses
(``/web/guest/-/x``, ``?redirect=``, ``?inheritRedirect=``), so that the content id is the key. The title is
``.title-news h1``; the first ``h1`` is a portlet's name. Đồng Tháp prints a literal ``null`` before it.
Bắc Ninh's list is JSON: ``{items: [{id, title, summary, createdDate, urlDetail}], totalPageNum}`` [G].
"""

from __future__ import annotations

import json
import re
from typing import TypeGuard
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.reading import urls
from crawler.reading.blocks import with_whole_leads
from crawler.reading.decoding import decode
from crawler.reading.feeds import plain_text
from crawler.reading.page import Listing, ListingRow, NextPage, Page
from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules
from vietnam.dates import parse_stamp

_LOAD_PAGE = re.compile(r"loadPageURL\s*[:=]\s*[\"']([^\"']{10,2000})[\"']")
_PAGE_SIZE = 20


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _text(item: dict[str, object], *names: str) -> str | None:
    for name in names:
        value = item.get(name)
        if isinstance(value, str | int) and (text := plain_text(str(value))):
            return text
    return None


def read_json_list(page: Page) -> Listing | None:
    """Bắc Ninh's lists: the HTML page gives no rows and the address of the JSON as its next page, the
    JSON gives rows; None for any other page."""
    start = page.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"{":
        return _read_json(page)
    if b"loadPageURL" not in page.body:
        return None
    found = _LOAD_PAGE.search(decode(page))
    link = urls.absolute(page.url, found[1].replace("&amp;", "&").replace("\\/", "/")) if found else None
    if link is None or not urls.same_site(link, page.url):
        return None
    return Listing(url=page.url, rows=(), next=NextPage(_numbered(link, 1)))


def _numbered(link: str, number: int) -> str:
    """The address of the n-th page of the JSON list, with the parameters that the page's script sends."""
    parts = urlsplit(link)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query |= {"pageNum": str(number), "recordPerPage": query.get("recordPerPage") or str(_PAGE_SIZE)}
    query.setdefault("keyword", "")
    return urlunsplit(parts._replace(query=urlencode(query)))


def _read_json(page: Page) -> Listing | None:
    try:
        answer: object = json.loads(page.body)
    except (ValueError, RecursionError):
        return None
    items = answer.get("items") if _is_object(answer) else None
    if not _is_object(answer) or not isinstance(items, list):
        return None
    rows = {row.url: row for row in (_row(item, page) for item in items) if row is not None}
    query = dict(parse_qsl(urlsplit(page.url).query))
    number = int(text) if (text := query.get("pageNum", "1")).isdecimal() else 1
    total = _text(answer, "totalPageNum", "totalPage") or "0"
    more = bool(rows) and total.isdecimal() and number < int(total)
    following = NextPage(_numbered(page.url, number + 1)) if more else None
    return Listing(url=page.url, rows=with_whole_leads(rows.values()), next=following)


def _row(item: object, page: Page) -> ListingRow | None:
    if not _is_object(item):
        return None
    link = urls.absolute(page.url, _text(item, "urlDetail", "url", "link"))
    if link is None or not urls.same_site(link, page.url):
        return None
    printed = _text(item, "createdDate", "publishDate", "displayDate")
    if printed is not None and printed.isdecimal() and len(printed) == 13:
        printed = str(int(printed) // 1000)
    stamp = parse_stamp(printed, now=page.fetched_at, latest=page.fetched_at) if printed else None
    return ListingRow(
        url=urls.canonical(link, PLATFORM),
        title=_text(item, "title"),
        lead=_text(item, "summary"),
        published_at=stamp.at if stamp else None,
        published_precision=stamp.precision if stamp else None,
    )


PLATFORM = Platform(
    name="liferay",
    title="Liferay",
    signs=(
        Sign("header", r"liferay-portal:", 0.9),
        Sign("html", r"Liferay\.(?:ThemeDisplay|Portlet|AUI|Language|currentURL)", 0.7),
        Sign("html", r"/combo/?\?browserId=|/o/[\w-]*theme[\w-]*/|/html/js/liferay|lfr-css-file", 0.4),
        Sign(
            "html",
            r"p_p_id=|_INSTANCE_\w{4,}|portlet-boundary|journal-content-article|taglib-page-iterator",
            0.4,
        ),
        Sign("html", r"_WAR_\w+portlet", 0.3),
        Sign("url", r"/-/(?:view-article|asset_publisher|news|journal_content)/|p_p_id=|/web/guest/", 0.5),
    ),
    urls=UrlRules(
        article=(
            r"/-/view-article/\d+/\d+/(?P<key>\d+)",
            r"/-/asset_publisher/[^/]+/content/id/(?P<key>\d+)",
            r"/-/(?:news|tin-tuc|article)/(?P<key>\d+)",
            r"[?&]_?[\w]*articleId=(?P<key>\d+)",
            r"/chi-tiet[\w-]*\?(?:.*&)?id=(?P<key>\d+)",
            r"/-/asset_publisher/[^/]+/content/(?P<key>[^/?]{8,})",
            r"/-/(?P<key>(?=(?:[^/-]*-){3})[^/?]+)$",
            r"/(?=(?:[^/-]*-){3})[^/]+\.(?P<key>\d{2,})$",  # bodies of Cà Mau: <slug>.247 [P]
        ),
        never=(
            r"/c/portal/|/documents/|/image/|/group/|/control_panel/|/-/search|/rss$",
            r"[?&]p_p_state=(?:exclusive|pop_up)",
        ),
        drop_params=(
            "redirect",
            "inheritRedirect",
            "plidlayout",
            r"p_p_\w+",
            r"p_r_p_\w+",
            r"p_auth",
            r"p_l_\w+",
            r"_\w*_(?:redirect|cur|delta|keywords|advancedSearch|andOperator|resetCur|orderByCol|orderByType)",
            "_c",
        ),
    ),
    article=ArticleRules(
        title=(
            ".title-news h1",
            "#contentDetailTitleId",
            ".chi-tiet-title",
            ".asset-content .header-title",
            ".journal-content-article h1",
            "h1:not(.portlet-title)",
            "h2.title",
        ),
        lead=("#sapoDetailId", ".chi-tiet-sapo"),
        body=("#contentDetail", ".journal-content-article", ".chi-tiet-main-content", ".asset-content"),
        published=(
            "span.title.meta-data-date",
            ".meta-data-date",
            ".publish-date",
            "p.date_post",
            ".chi-tiet-publish-date",
            ".date-post",
            ".metadata-publish-date",
        ),
        section=(".breadcrumb li:last-child a", ".breadcrumbs li:last-child a"),
        caption=("figcaption", ".image-caption", ".caption"),
        noise=(
            ".asset-related-assets",
            ".related-assets",
            ".asset-metadata",
            ".taglib-social-bookmarks",
            ".taglib-ratings",
            ".taglib-discussion",
            ".lien-quan",
            ".tin-lien-quan",
            ".bai-viet-lien-quan",
            ".other-news",
            ".asset-actions",
            ".lfr-meta-actions",
            ".font-size",
            ".print-action",
            ".view-count",
        ),
    ),
    listing=ListingRules(
        item=(
            ".asset-abstract",
            ".asset-publisher .asset-entry",
            ".news-item",
            ".item-news",
            ".list-news > li",
            ".journal-article-item",
        ),
        link=(".asset-title a", ".title-news a", ".news-title a"),
        date=(
            ".metadata-publish-date",
            ".publish-date",
            ".meta-data-date",
            ".date-post",
            ".date_post",
            ".news-date",
            ".date",
        ),
        lead=(".asset-summary", ".news-summary", ".summary", ".sapo", ".description"),
        next_page=(".taglib-page-iterator a.next", ".lfr-pagination a.next"),
        noise=(".portlet-nested-portlets .right-column", ".portlet-navigation", ".portlet-breadcrumb"),
    ),
    read_listing=read_json_list,
)
