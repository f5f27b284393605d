"""3CMS: bodies of Quảng Bình (Front, trade unions, Quảng Trạch).

How to recognise it:
1. ``/3cms/`` in every address: ``/3cms/<slug>.htm`` [P].
2. Print view ``/3cms/Ban-in-507.htm?art=13962393432237`` [P].
3. Words of its tools: "Bản in", "Gởi bài viết", "[Trở về]".

Facts: ``art`` starts with the unix time of the record's creation, which is NOT the publish time, since
records are reused: 1570789573 is 2019-10-11 for the report of a meeting on 04/11/2019 [P]. It is the key
all the same. The print view is often the only address seen, so it counts as the article.

No article of it was seen as markup, so that it states no selectors of one: labels and structure decide.
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="threecms",
    title="3CMS",
    signs=(
        Sign("url", r"/3cms/", 0.9),
        Sign("html", r"[\"'/]3cms/", 0.6),
        Sign("html", r"G[ởử]i bài viết", 0.15),
    ),
    urls=UrlRules(
        article=(
            r"[?&]art=(?P<key>\d+)",
            r"/3cms/(?=(?:[^/-]*-){3})[^/]+\.htm",
        ),
        never=(r"/3cms/(?:trang-chu|home|lien-he|so-do)[^/]*\.htm",),
        drop_params=("page", "cmd"),
    ),
    article=ArticleRules(
        caption=("figcaption", ".image-caption"),
        noise=(".tools", ".other-news", ".tinkhac", ".related", ".back"),
    ),
    listing=ListingRules(
        date=(".date", ".newsdate", ".ngaydang"), lead=(".summary", ".newssummary", ".tomtat")
    ),
)
