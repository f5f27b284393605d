"""SharePoint, plain and with Tân Dân's ``tandan-*`` parts: Điện Biên, Yên Bái, Lâm Đồng, Hà Nam, Củ Chi.

How to recognise it:
1. ``<meta name="GENERATOR" content="Microsoft SharePoint">``, header ``MicrosoftSharePointTeamServices``.
2. ``_spPageContextInfo``, ``/_layouts/15/``, ``#s4-workspace``, "Skip Ribbon Commands".
3. ``/Pages/<slug>.aspx`` addresses; ``.tandan-p-article-news-title`` where Tân Dân built it [G].
4. Dong Nai's ``glp-<slug>-glpnd-34445-glpnc-2-glpsite-1.html`` [P].

Facts: dates follow the vi-VN culture ("21 Tháng Sáu 2022 5:35:00 CH"). Yên Bái pads a parameter with 70
``+`` [P], which the canonical address drops. Lâm Đồng glues titles into percent-encoded slugs [P], so a
slug is never a title. Pages are turned by ``?PageIndex=`` or ``Page=`` where the links offer it, else by
``__doPostBack`` with the ViewState. Noise: "Skip Ribbon Commands", a counter with one digit a line.
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="sharepoint",
    title="Microsoft SharePoint",
    signs=(
        Sign("generator", r"microsoft sharepoint", 0.9),
        Sign("header", r"microsoftsharepointteamservices|x-sharepointhealthscore|sprequestguid", 0.8),
        Sign("html", r"_spPageContextInfo|s4-workspace|ms-rtestate-field|Skip Ribbon Commands", 0.5),
        Sign("html", r"/_layouts/(?:15|14|1033)?/?|/_catalogs/masterpage", 0.35),
        Sign("html", r"tandan-(?:p|span|item|article|news|date|paging)", 0.6),
        Sign("url", r"/pages/[^/]+\.aspx|/lists/[^/]+/view_detail\.aspx|-glpnd-\d+", 0.3),
    ),
    urls=UrlRules(
        article=(
            r"-glpnd-(?P<key>\d+)-",
            r"/lists/(?P<key>[^/]+)/(?:view_detail|dispform)\.aspx\?(?:.*&)?(?:item)?id=(?P<key_2>\d+)",
            r"/default\.aspx\?(?:.*&)?ItemID=(?P<key>\d+)",
            r"[?&]ItemID=(?P<key>\d+)",
            # A page named by its headline, hyphenated or glued and percent-encoded; sections have names of
            # up to five hyphens (Hoat-dong-lanh-dao-UBND-tinh.aspx [P]).
            r"/pages/(?=(?:[^/-]*-){8})[^/]+\.aspx",
            r"/pages/[^/?]{80,}\.aspx",
        ),
        never=(
            r"/pages/(?:default|home|trangchu|trang-chu|search|results|sitemap|login)\.aspx",
            r"/_layouts/|/_catalogs/|/forms/|/siteassets/",
        ),
        drop_params=(
            "Source",
            "lv",
            "page",
            "Page",
            "PageIndex",
            "Mode",
            "ContentTypeId",
            "InitialTabId",
            "Category",
        ),
    ),
    article=ArticleRules(
        title=(
            ".tandan-p-article-news-title",
            ".tandan-article-title",
            "h1.title",
            "#DeltaPlaceHolderMain h1",
        ),
        lead=(".tandan-p-article-news-summary", ".tandan-article-summary", ".TrichYeu", ".mota"),
        body=(
            ".tandan-p-article-main .ms-rtestate-field",
            ".tandan-p-article-main",
            ".tandan-p-article-news-content",
            "#DeltaPlaceHolderMain .ms-rtestate-field",
            ".ms-rtestate-field",
        ),
        published=(".tandan-span-date-publish", ".tandan-p-article-news-date"),
        byline=(".tandan-p-article-author", ".tandan-p-article-news-author"),
        source=(".tandan-p-article-source", ".nguontin"),
        caption=("figcaption", ".ms-rteImage-caption", ".image-caption"),
        noise=(
            ".ms-hidden",
            "#s4-ribbonrow",
            ".s4-notdlg",
            ".tandan-p-article-related",
            ".tandan-news-other",
            ".tinlienquan",
            ".tin-lien-quan",
            ".luotxem",
            ".counter",
        ),
    ),
    listing=ListingRules(
        item=(
            ".tandan-item-news",
            ".tandan-news-item",
            ".tandan-p-news-item",
            "li.dfwp-item",
            ".news-item",
            ".item-news",
        ),
        date=(".tandan-span-date-publish", ".tandan-date", ".news-date", ".date", ".ngaydang"),
        lead=(".tandan-news-summary", ".news-summary", ".description", ".sapo"),
        next_page=("span.CurrentPage + a", ".tandan-paging .current + a"),
        noise=("#s4-ribbonrow", "#sideNavBox", ".ms-core-sideNavBox-removeLeftMargin"),
    ),
)
