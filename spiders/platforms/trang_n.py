"""The PHP CMS with ``trang-N.html`` listings: bodies of Tuyên Quang, Báo Sơn La.

How to recognise it:
1. Listings ``/tin-hoat-dong/tin-tuc-chung/trang-302.html`` [P].
2. Articles ``/<section>/<subsection>/<slug>-9.html`` [P].
3. Articles end with the box "Tin cùng chuyên mục" and print "loading...." where its script fills in
   [S 002, 004].
4. After the merger ``/vi/tin-bai/<slug>?id=180283&type=NEWS`` and ``/vi/post/…?id=…&type=NEWS`` [P][G].

Facts: rows of a listing print "Ngày 28-10" without a year [P]: such a day is not a date until the article's
page or a neighbour gives the year, so that it stays None here. In the newer shape the slug is free, id
and type are the key.

No article of it was seen as markup, so that it states no selectors of one: labels and structure decide.
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="trang_n",
    title="PHP CMS with trang-N.html",
    signs=(
        Sign("url", r"/trang-\d+\.html$", 0.6),
        Sign("html", r"href=[\"'][^\"']{1,200}/trang-\d+\.html", 0.5),
        Sign("url", r"[?&]id=\d+.*[?&]type=NEWS", 0.7),
        Sign("html", r"[?&](?:amp;)?type=NEWS[\"'&]", 0.5),
        Sign("html", r"Tin cùng chuyên mục|tin-cung-chuyen-muc", 0.1),
    ),
    urls=UrlRules(
        article=(
            r"[?&]id=(?P<key>\d+)&(?:.*&)?type=(?P<key_2>\w+)",
            r"/(?=(?:[^/-]*-){2})(?!trang-\d)[^/]+-(?P<key>\d+)\.html$",
        ),
        never=(r"/trang-\d+\.html", r"/(?:print|in-tin|rss)/"),
        drop_params=("page",),
    ),
    article=ArticleRules(
        section=(".breadcrumb li:last-child a", ".breadcrumb a:last-child"),
        caption=("figcaption", ".image-caption", "td.caption"),
        noise=(
            ".tin-cung-chuyen-muc",
            ".other-news",
            ".tinkhac",
            ".tin-lien-quan",
            ".related",
            ".loading",
            ".share",
            ".tools",
            ".comment",
            ".zoom",
        ),
    ),
    listing=ListingRules(
        date=(".date", ".time", ".ngaydang", ".news-date"),
        lead=(".sapo", ".description", ".news-desc", ".desc", ".tomtat"),
        page_url="{section}/trang-{n}.html",
    ),
)
