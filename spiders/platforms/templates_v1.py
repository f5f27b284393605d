"""The newspaper CMS with ``/TEMPLATES`` v1: Tây Ninh, Cần Thơ, Cà Mau, Đồng Khởi, Bình Dương, Đồng Tháp.

How to recognise it:
1. Articles ``<slug>-a10088.html`` [P]; the slug is cut at about 100 characters.
2. ``/TEMPLATES/…/v1/`` in the addresses of styles, ``.pubdate``, ``.content-fck`` [P].
3. Listings turned by ``?p=2`` [P].

Facts (pages of January 2026 [P]): ``span.pubdate`` is "128 | 08/01/2026 - 18:21", the counter first; of two
``h1`` the first is the breadcrumb; JSON-LD ``datePublished`` is a bare day and names no author.
Báo Cà Mau serves the archive of Báo Bạc Liêu ("(BL-HL)"), so that the host does not tell the province.
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="templates_v1",
    title="Newspaper CMS with TEMPLATES v1",
    signs=(
        Sign("html", r"/TEMPLATES?/[\w/-]{0,80}v1/", 0.5),
        Sign("html", r"class=[\"'][^\"']{0,60}\b(?:content-fck|pubdate)\b", 0.45),
        Sign("url", r"-a\d{4,}\.html$", 0.4),
        Sign("html", r"href=[\"'][^\"']{8,300}-a\d{4,}\.html", 0.35),
    ),
    urls=UrlRules(
        article=(r"-(?:a|nd|d|i)(?P<key>\d{2,})(?:\.html?)?$",),
        never=(r"/(?:tag|print|tim-kiem)/", r"-c\d+\.html$"),
    ),
    article=ArticleRules(
        title=("h1.title", "h1.news-title", ".detail h1.title-detail", "h1:not(.breadcrumb)"),
        lead=(".news-sapo", ".detail-sapo"),
        body=(".content-fck", "#content-fck"),
        published=("span.pubdate", ".pubdate"),
        section=(".breadcrumb li:last-child a", ".breadcrumb a:last-child"),
        caption=("figcaption", ".image-caption", "td.caption", ".PhotoCMS_Caption"),
        noise=(
            ".related",
            ".relate-news",
            ".tags",
            ".social",
            ".comment",
            ".other-news",
            ".print",
            ".box-related",
        ),
    ),
    listing=ListingRules(
        date=("span.pubdate", ".pubdate", ".date", "time"),
        lead=(".sapo", ".desc", ".summary"),
        page_url="{section}?p={n}{query}",
        noise=("aside", ".sidebar", ".most-view", ".xem-nhieu", "footer"),
    ),
)
