"""mojoPortal descendants: Sơn La, Cao Bằng; Lào Cai and Bình Thuận until 2021.

How to recognise it:
1. ``.ArticleHeader``, ``.ArticleSummary``, ``div.PostDate``, ``div.ArticleContent`` [G].
2. ``ModuleContent`` blocks, ``?pageid=…&mid=…`` addresses, ``/Data/Sites/1/`` files.
3. Articles ``/<slug>-<id>`` without extension; listings ``<section>/page/N`` [G].

Facts: the meta description is the site's slogan where it contains "Cổng thông tin điện tử" and is then no
lead [G]; the same markup was read on laocai and binhthuan in 2019 to 2021 [G].
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="mojoportal",
    title="mojoPortal",
    signs=(
        Sign("generator", r"mojoportal", 0.9),
        Sign("html", r"/Data/(?:Sites|SiteImages|skins)/", 0.4),
        Sign(
            "html",
            r"class=[\"'][^\"']{0,100}\b(?:ArticleHeader|ArticleSummary|ArticleContent|PostDate)\b",
            0.55,
        ),
        Sign(
            "html", r"class=[\"'][^\"']{0,100}\b(?:ModuleContent|modulecontent|ModuleTitle)\b|mojoportal", 0.4
        ),
        Sign("url", r"[?&]pageid=\d+.*[?&]mid=\d+|[?&]mid=\d+.*pageid=\d+", 0.4),
    ),
    urls=UrlRules(
        article=(
            r"/(?=(?:[^/-]*-){3})[^/]+-(?P<key>\d{2,})/?$",
            r"[?&]itemid=(?P<key>\d+)",
            r"/article/view(?:post|detail)?\.aspx\?(?:.*&)?(?:item|post|article)id=(?P<key>\d+)",
        ),
        never=(r"/page/\d+", r"/(?:secure|admin|siteoffice)/"),
        drop_params=("pagenumber",),
    ),
    article=ArticleRules(
        title=(".ArticleHeader", "h1.ArticleHeader", "h1.moduletitle"),
        lead=(".ArticleSummary",),
        body=("div.ArticleContent", ".ArticleContent", ".blogcontent"),
        published=("div.PostDate", ".PostDate", ".bdate"),
        byline=(".ArticleAuthor", ".PostAuthor", ".blogauthor"),
        source=(".ArticleSource",),
        caption=("figcaption", ".image-caption"),
        noise=(
            ".ArticleOther",
            ".OtherArticles",
            ".ArticleRelated",
            ".tinlienquan",
            ".addthis_toolbox",
            ".blogcommentservice",
        ),
    ),
    listing=ListingRules(
        item=(".ArticleItem", ".article-item", ".blogitem", ".ModuleContent .news-item"),
        link=(".ArticleTitle a", ".ArticleHeader a", ".blogtitle a"),
        date=(".PostDate", ".ArticleDate", ".bdate", ".date"),
        lead=(".ArticleSummary", ".summary", ".blogtext"),
        next_page=(".pagination .next a", ".pagination a.next", ".ModulePager a.next"),
        page_url="{section}/page/{n}",
    ),
)
