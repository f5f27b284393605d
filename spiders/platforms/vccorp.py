"""VCCorp's CMS: ward portals of Hà Nội (since July 2025), Người Lao Động, Dân trí, Kinh tế & Đô thị.

How to recognise it:
1. Articles ``<slug>-2806251125054235978.htm`` [P]: 16 to 19 digits before ``.htm``.
2. ``data-role="publishdate"``, ``.detail-title``, ``.detail-sapo``, ``.detail-content.afcbc-body`` [G].
3. ``.box-category-item``, ``.box-category-link-title`` in listings; styles from ``…mediacdn.vn``.

Facts: the id is a section number and the time of creation: ``2806 251125054235 978`` is 2025-11-25 05:42:35
[P]; ``196251130084255441`` is ``196`` and 2025-11-30 08:42:55 [P]. Đống Đa has a section for the
Front and the organizations by itself [P].
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="vccorp",
    title="VCCorp CMS",
    signs=(
        Sign("url", r"-\d{16,20}\.html?$", 0.5),
        Sign("html", r"href=[\"'][^\"']{8,300}-\d{16,20}\.html?[\"']", 0.45),
        Sign("html", r"data-role=[\"'](?:publishdate|sapo|content|author)|afcbc-body|detail-cmain", 0.5),
        Sign("html", r"box-category-(?:item|link-title|title)|mediacdn\.vn|sohatv\.vn|adminplayer", 0.35),
    ),
    urls=UrlRules(
        article=(r"-(?P<key>\d{15,20})\.html?$", r"-(?P<key>\d{8,14})\.htm$"),
        never=(r"/(?:tim-kiem|tag|print|ajax|timeline|rss)/|/(?:tim-kiem|tag)\.htm", r"\.chn$"),
    ),
    article=ArticleRules(
        title=("[data-role=title]", ".detail-title", "h1.article-title"),
        lead=("[data-role=sapo]", ".detail-sapo", "h2.sapo"),
        body=("[data-role=content]", ".detail-content", ".detail-cmain .detail-content", ".afcbc-body"),
        published=("[data-role=publishdate]", ".detail-time", ".pdate", ".detail-info time"),
        byline=("[data-role=author]", ".detail-author", ".author-info .name", ".detail-info .name"),
        source=("[data-role=source]", ".detail-source"),
        section=("[data-role=cate-name]", ".detail-cate a", ".breadcrumb a:last-child"),
        caption=(
            "figcaption",
            "[data-placeholder]",
            ".PhotoCMS_Caption",
            ".VCSortableInPreviewMode figcaption",
        ),
        noise=(
            ".VCSortableInPreviewMode[type=RelatedOneNews]",
            ".VCSortableInPreviewMode[type=RelatedNews]",
            "[type=RelatedNewsBox]",
            "[data-role=related]",
            ".detail-tab",
            ".detail-tags",
            ".detail-comment",
            ".banner",
            "zone",
            ".box-category",
        ),
    ),
    listing=ListingRules(
        item=(".box-category-item", ".box-focus-item", ".box-stream-item", ".news-item", ".list__item"),
        link=(".box-category-link-title", ".box-focus-link-title", ".box-title a", "[data-type=title]"),
        title=(".box-category-link-title", ".box-focus-link-title", "[data-type=title]"),
        date=(".box-category-time", "[data-role=time]", ".time-ago", ".time", "time"),
        lead=(".box-category-sapo", ".box-focus-sapo", ".sapo"),
        page_url="{section}/trang-{n}.htm",
        noise=("aside", ".sidebar", ".box-most-read", ".layout__right", "footer", "header"),
    ),
)
