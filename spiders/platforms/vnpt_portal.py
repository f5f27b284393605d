"""VNPT vPortal (``/portal/…``): districts of Thanh Hóa, Hưng Yên, Ninh Thuận, wards of Hà Tĩnh.

How to recognise it:
1. Addresses below ``/portal/``: ``/portal/pages/2023-12-07/<slug>-472771.aspx``, ``/portal/Pages/…``,
   home ``/portal/Home/default.aspx`` [P].
2. Print view ``/portal/pages/print.aspx?p=7372`` [P].
3. ASP.NET (``__VIEWSTATE``) with a text-to-speech button "Đọc bài viết" and a zoom widget "100%" [S 001].
4. The date line "Đăng lúc: 03/08/2022 (GMT+7)" above the text [S 001].

Facts: the date of publication is in the article's path [P]; the print page is the cleanest text but has no
date, and its ``p`` is the number at the end of the public address, so that both have one key [P].
A slogan stands in the banner and the section's name above the title [S 001].

No article of it was seen as markup, so that it states no selectors of one: labels and structure decide.
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="vnpt_portal",
    title="VNPT vPortal",
    signs=(
        Sign("url", r"/portal/pages/(?:\d{4}-\d{1,2}-\d{1,2}/|print\.aspx)", 0.8),
        Sign("url", r"/portal/(?:home|pages|folders)/", 0.35),
        Sign("html", r"[\"'/]portal/pages/(?:\d{4}-\d{1,2}-\d{1,2}/|print\.aspx)", 0.6),
        Sign("html", r"/portal/(?:home|pages|folders|photos|videoclip)/[^\"']{1,200}", 0.25),
        Sign("html", r"vportal|vnptportal|vnpt-portal", 0.3),
    ),
    urls=UrlRules(
        article=(
            r"/portal/pages/\d{4}-\d{1,2}-\d{1,2}/[^/]*-(?P<key>\d+)\.aspx",
            r"/portal/pages/print\.aspx\?(?:.*&)?p=(?P<key>\d+)",
            r"/portal/pages/(?:[^/]+/)*[^/]*-(?P<key>\d{3,})\.aspx",
        ),
        never=(r"/portal/pages/print\.aspx", r"/portal/(?:photos|videoclips?|documents|van-ban)/"),
        only=True,
    ),
    article=ArticleRules(
        section=(".breadcrumb li:last-child a", ".breadcrumb a:last-child", ".folder-title"),
        caption=("figcaption", ".image-caption"),
        noise=(
            ".article-tools",
            ".tools",
            ".tts",
            ".zoom",
            ".related",
            ".other-news",
            ".tin-lien-quan",
            ".tinkhac",
            ".counter",
            ".comment",
            ".share",
            "#audioPlayer",
        ),
    ),
    listing=ListingRules(
        date=(".article-date", ".news-date", ".date", ".time", ".ngaydang"),
        lead=(".article-summary", ".summary", ".sapo", ".description"),
        noise=(".tin-lien-quan", ".tin-doc-nhieu", ".right-column"),
    ),
)
