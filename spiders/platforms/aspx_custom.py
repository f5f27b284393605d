"""ASP.NET sites of one maker each (WebForms and MVC): many associations, Hòa Bình, Kiên Giang, An Giang.

How to recognise it:
1. ``__VIEWSTATE`` in a form, ``.aspx`` addresses, header ``X-AspNet-Version``, and no sign of SharePoint,
   DNN, VNPT portal or mojoPortal.
2. Articles by a number in the query: ``news.aspx?id=714&mnid=20``, ``/?cn=98&gd=1&tc=12481``,
   ``DuThaoSoNV.aspx?ItemID=634``; or in the path: ``/274/189678/<slug>.htm``, ``/chi-tiet/<slug>/2824``,
   ``/nam-2018/7435.aspx`` [P].
3. Listings turned by ``?PageIndex=12``, ``&pagenumber=973`` [P] or ``__doPostBack``.

Facts: several sites share a server under one host (``/phuoclongtho/`` on another agency's host [P]), so
that the first part of the path belongs to the key where the id stands in the query.
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="aspx_custom",
    title="ASP.NET of its own",
    signs=(
        Sign("html", r"id=[\"']__VIEWSTATE[\"']|name=[\"']__VIEWSTATE[\"']", 0.3),
        Sign("header", r"x-aspnet(?:mvc)?-version|x-powered-by: asp\.net", 0.15),
        Sign("url", r"\.aspx(?:\?|$)", 0.2),
        Sign("html", r"href=[\"'][^\"']{1,200}\.aspx[\"'?]", 0.15),
    ),
    urls=UrlRules(
        article=(
            r"^/(?P<key>(?:[\w-]+/)?)[\w-]*\.aspx\?(?:.*&)?(?:id|newsid|articleid|itemid|tinid|idtin|baiviet|nid)=(?P<key_2>\d+)",
            r"[?&](?:tc|newsid|articleid|idtin)=(?P<key>\d+)",
            r"^/\d+/(?P<key>\d{3,})/[^/]+\.htm",
            r"/(?:chi-tiet|chitiet|detail|tin-tuc|bai-viet|xem-tin)/(?:[^/]+/)*(?P<key>\d{2,})(?:\.aspx|\.html?)?$",
            r"/(?P<key>\d{3,})\.aspx$",
            r"/tintuc/view/(?P<key>[^/?]+)",
            r"/(?=(?:[^/-]*-){3})[^/]+-(?P<key>\d{2,})\.aspx$",
        ),
        never=(r"/(?:login|dangnhap|rss|print|inbai|lienhe|sitemap|timkiem|search)\.aspx",),
        drop_params=("pageindex", "PageIndex", "page", "lang"),
    ),
    article=ArticleRules(
        title=("[id$=lblTitle]", "[id$=lblTieuDe]", "[id$=lbTitle]"),
        lead=("[id$=lblSummary]", "[id$=lblTomTat]", "[id$=lblTrichYeu]", "[id$=lblDescription]"),
        body=("[id$=lblContent]", "[id$=lblNoiDung]", "[id$=lbContent]", "[id$=divContent]"),
        published=("[id$=lblNgayDang]",),
        byline=("[id$=lblTacGia]", "[id$=lblAuthor]"),
        source=("[id$=lblNguon]", "[id$=lblSource]"),
        caption=("figcaption", ".image-caption"),
        noise=(
            ".tinkhac",
            ".tin-lien-quan",
            ".other-news",
            ".related",
            "[id$=pnlTinKhac]",
            ".tools",
            ".share",
            ".luotxem",
        ),
    ),
    listing=ListingRules(
        date=("[id*=lblNgayDang]", "[id*=lblDate]", ".ngaydang", ".date", ".time"),
        lead=("[id*=lblTomTat]", "[id*=lblSummary]", ".sapo", ".tomtat", ".trichyeu", ".summary"),
        page_url="{section}?PageIndex={n}{query}",
    ),
)
