"""DNN (DotNetNuke): bodies of Bình Thuận (``dcs.vn``), Quảng Nam.

How to recognise it:
1. ``<meta name="generator" content="DotNetNuke …">`` or a comment "DNN Platform - http://www.dnnsoftware.com".
2. ``/DesktopModules/``, ``/Portals/0/``, ``dnn_ctr…`` ids, ``__dnnVariable``.
3. Addresses ``/Trang-chu/post/9182/<slug>`` (also raw Unicode and ``.aspx``),
   ``/chi-tiet-tin/group/77/nid/8008/<slug>``, ``Default.aspx?tabid=656&Group=10&NID=1373`` [P].

Facts: the post number or NID is the key [P]; one article has an address below each tab.

No article of it was seen as markup, so that it states no selectors of one: labels and structure decide.
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="dnn",
    title="DNN (DotNetNuke)",
    signs=(
        Sign("generator", r"dotnetnuke|dnn platform", 0.9),
        Sign("html", r"dnnsoftware\.com|DNN Platform|DotNetNuke", 0.5),
        Sign("html", r"/DesktopModules/|__dnnVariable|dnn_ctr\d*|dnncore", 0.5),
        Sign("html", r"/Portals/(?:\d+|_default)/", 0.4),
        Sign("header", r"dnnoutputcache|set-cookie:[^\n]{0,200}(?:dnn_ismobile|\.dotnetnuke)", 0.6),
        Sign("url", r"/post/\d+/|/nid/\d+|[?&]tabid=\d+", 0.25),
    ),
    urls=UrlRules(
        article=(
            r"/post/(?P<key>\d+)/",
            r"/nid/(?P<key>\d+)(?:/|$)",
            r"[?&]nid=(?P<key>\d+)",
            r"/articletype/articleview/articleid/(?P<key>\d+)",
            r"[?&]articleid=(?P<key>\d+)",
            r"/(?:id|itemid|newsid)/(?P<key>\d+)(?:/|$)",
        ),
        never=(
            r"/ctl/(?:login|register|terms|privacy|sendpassword)",
            r"[?&](?:ctl|printmode|SkinSrc|ContainerSrc)=",
        ),
        drop_params=("language", "portalid", "dnnprintmode"),
    ),
    article=ArticleRules(
        caption=("figcaption", ".image-caption"),
        noise=(
            ".ArticleRelated",
            ".related",
            ".other-news",
            ".tinkhac",
            ".tin-lien-quan",
            ".ArticleTools",
            ".social",
            ".comments",
            ".DnnModule-Comments",
        ),
    ),
    listing=ListingRules(
        date=(".ArticleDate", ".articleDate", ".news-date", ".post-date", ".date", ".time"),
        lead=(".ArticleSummary", ".articleSummary", ".news-summary", ".summary", ".sapo", ".description"),
        noise=("#LeftPane", "#RightPane", ".LeftPane", ".RightPane", "#FooterPane"),
    ),
)
