"""Oracle WebCenter Portal: all districts and departments of the former Quảng Nam.

How to recognise it:
1. ``/webcenter/portal/<portal>/pages_tin-tuc/…`` in addresses [P].
2. ``_afrLoop`` and ``_adf.ctrl-state`` parameters, ``AFR`` scripts, ``/webcenter/afr/``.
3. Articles ``…/chi-tiet?dDocName=PORTAL279540``; listings ``…/pages_tin-tuc?catalog=CTXH&page=2`` [P].

Facts: ``dDocName`` is unique over the whole province's server, so it alone is the key [P]. Listings print
"30/03/2021 | 12:00 AM": the time is always midnight, that is, unknown [P]. ``catalog=CTXH`` looks like the
section of political and social organizations [P]. Quảng Nam is part of Đà Nẵng since July 2025.

No article of it was seen as markup, so that it states no selectors of one: labels and structure decide.
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="webcenter",
    title="Oracle WebCenter Portal",
    signs=(
        Sign("url", r"/webcenter/portal/", 0.8),
        Sign("url", r"[?&](?:dDocName=|_adf\.ctrl-state=|_afrLoop=)", 0.3),
        Sign("html", r"/webcenter/(?:portal|afr|content|faces)/", 0.5),
        Sign("html", r"_adf\.ctrl-state|_afrLoop|AdfPage\.|dDocName=", 0.4),
        Sign("header", r"x-oracle-dms-ecid|oracle-http-server|weblogic", 0.3),
    ),
    urls=UrlRules(
        article=(r"[?&]dDocName=(?P<key>\w+)",),
        never=(r"/webcenter/content/", r"/conn/ucm/"),
        drop_params=(r"_adf\..*", r"_afr\w*", "catalog", "page", "wc\\..*", "pageid"),
        only=True,
    ),
    article=ArticleRules(
        caption=("figcaption",),
        noise=(".other-news", ".related", ".tinkhac", ".tin-lien-quan", ".tools", ".share"),
    ),
    listing=ListingRules(
        date=(".date", ".time", ".ngaydang", ".news-date"),
        lead=(".summary", ".sapo", ".description", ".trichyeu"),
        page_url="{section}?page={n}{query}",
    ),
)
