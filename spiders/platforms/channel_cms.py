"""The "channel" CMS of provincial newspapers: Nam Định, Đắk Lắk, Quảng Ngãi, Vĩnh Long, Đồng Nai, Ấp Bắc.

How to recognise it:
1. Articles ``/channel/5301/201911/<slug>-5657920`` and ``/chinh-tri/202303/<slug>-3162029/`` [P]: year and
   month stand in the path, the id ends it.
2. Listings ``/channel/5083/`` [P], ``/<section>/``.
3. ``#content`` holds the text, ``.date`` the date [G].

Facts: the path dates an article to the month; merged papers keep their addresses under a new host
(``travinh.baovinhlong.vn``), so that the host does not tell the province.
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="channel_cms",
    title="Newspaper CMS with /YYYYMM/ addresses",
    signs=(
        Sign("url", r"/(?:19|20)\d{4}/[^/]+-\d{5,}/?$", 0.6),
        Sign("url", r"/channel/\d+/", 0.4),
        Sign("html", r"href=[\"'][^\"']{1,120}/20\d{4}/[^\"'/]{8,300}-\d{5,}/?[\"']", 0.5),
        Sign("html", r"href=[\"'][^\"']{0,60}/channel/\d+/", 0.3),
    ),
    urls=UrlRules(
        article=(r"/(?:19|20)\d{4}/[^/]+-(?P<key>\d{5,})/?$",),
        never=(r"/(?:tag|topic|tim-kiem|print|video-clip)/",),
        only=True,
    ),
    article=ArticleRules(
        title=("h1#title", "#title", "h2#title", ".page-detail h1"),
        lead=("#sapo", "#content .lead", ".detail-sapo", "h2.lead"),
        body=("#content", "#news-content", ".page-detail-content"),
        published=(".page-detail-meta .list-inline-item", ".date"),
        byline=("#author", "#content p.author"),
        section=(".breadcrumb li:last-child a", ".breadcrumb a:last-child"),
        caption=("figcaption", ".caption", "td.pic_desc", ".image-caption", "td.caption"),
        noise=(
            ".related",
            "#related",
            ".other-news",
            ".tags",
            ".share",
            ".comment",
            ".fb-like",
            ".tinlienquan",
            ".zalo-share-button",
        ),
    ),
    listing=ListingRules(
        date=(".date", ".time", ".post-date"),
        lead=(".sapo", ".desc", ".lead", ".summary"),
        page_url="{section}?page={n}{query}",
        noise=("aside", ".sidebar", ".right-col", "footer"),
    ),
)
