"""NukeViet 4 (and 3), the most common CMS of Vietnamese districts and associations.

How to recognise it:
1. ``<meta name="generator" content="NukeViet v4.5">`` (recorded site, November 2026); feeds name
   ``NukeViet v4.0`` whatever the version.
2. ``/themes/<theme>/css|js/…?t=…`` beside ``/assets/js/global.js``, ``nv_`` names in scripts
   (``nv_base_siteurl``, ``nv_lang_data``), ``nvvithemever`` in the theme switch.
3. Addresses ``/vi/news/<category>/<alias>-6646.html`` (rewritten: ``/<category>/<alias>-240.html``),
   listings ``/<category>/page-2/``.
4. ``#news-bodyhtml.bodytext``, ``.hometext``, ``.news_column`` (source of the theme, GPL, 4.5).

Facts (``shared/reference/field_lessons.md``, from NukeViet's own code and confirmed on the recorded site):
``itemprop=datePublished`` is the *edit* time; ``article:published_time`` is malformed
(``2021-10-09+0709:30:00``); the minutes of RSS dates are the month; the sitemap's ``lastmod`` is the
publish time and correct; ``itemprop=author`` is the account. ``/savefile/`` and ``/print/`` repeat each
article; one article answers at the address of each of its categories with the same id.
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

URLS = UrlRules(
    # The suffix is a setting: ".html" by default, "/" on huyendoanhungha.vn [P]; the id is the key,
    # since old aliases lost their accented letters (Tây Ninh [P]) and change with the title.
    # Without ".html" an alias of five words keeps categories such as "/nam-2023/" out.
    article=(
        r"/[^/]+-(?P<key>\d+)\.html?$",
        r"/[^/]+/(?=(?:[^/-]*-){4})[^/]+-(?P<key>\d+)/?$",
    ),
    never=(
        r"/(?:savefile|print|sendmail|rss|feeds|tag|author|topic|groups|seek|users|contact|siteterms|about|voting|banners)/",
        r"/page-\d+",
        r"[?&](?:nvvithemever|nv_redirect|second)=",
    ),
    drop_params=("nv_redirect", "nvvithemever", "checkss", "_", "t"),
    only=True,
)

ARTICLE = ArticleRules(
    # default, mobile_default, egov and mobile_egov themes (detail.tpl of each, GPL)
    title=("h1.title", "h1[itemprop=headline]", ".news_column h1"),
    lead=(
        "div.hometext",
        "#hometext > p",
        "#hometext > .h2",
        "#hometext [itemprop=description]",
        "div[itemprop=description]",
    ),
    body=("#news-bodyhtml", "div.bodytext", "[itemprop=articleBody]"),
    # The eGovernment theme puts hits and comments into sibling span.h5: the date is the first one.
    published=(
        ".news_column span.h5",
        "span.h5",
        ".news_column em.time",
        "em.time",
        ".news_column .text-muted",
    ),
    byline=(".news_column p.text-right", "p.h5.text-right", "p.text-right"),
    source=(".news_column p.text-right", "p.h5.text-right", "p.text-right"),
    section=(
        ".temp-breadcrumbs li:last-child a",
        ".breadcrumbs li:last-child a",
        ".breadcrumb li:last-child a",
    ),
    caption=("figcaption", "#hometext em.show", "p.imgalt"),
    noise=(
        ".other-news",
        "ul.related",
        ".newsdetailbox",
        "#idcomment",
        "#form3B",
        ".keywords",
        ".news-keywords",
        ".socialicon",
        ".fb-like",
        ".adminlink",
        ".alert",
        ".modal",
        ".news-download-file",
    ),
    distrust=("microdata", "rss-minutes"),
)

LISTING = ListingRules(
    # viewcat_page, _main_right, _main_left, _main_bottom, _two_column (panels and the short lists in
    # them), _list (a list group of links), _grid (thumbnails)
    item=(
        ".news_column .panel-body:not(.other-news)",
        "ul.related:not(.detail-related) > li",
        ".news_column ul.list-items > li",
        ".list-group > a.show",
        ".thumbnail",
    ),
    link=("h2 a", "h3 a", "h4 a"),
    date=(".text-muted", "em:not(.fa)", ".time"),
    page_url="{section}/page-{n}/",
    # _list has no column of its own; then the whole page is looked at.
    within=(":has(> .news_column)",),
    noise=(
        # "Các tin khác" below a listing: the next page's rows without their leads and hours
        "h4 + ul.related",
        ".box-icon-title + ul.related",
        "#hot-news",
        ".other-news",
        ".newsdetailbox",
        "nav",
        "footer",
        ".nv-block-banners",
    ),
    lastmod_is_publication=True,
)

PLATFORM = Platform(
    name="nukeviet",
    title="NukeViet 4",
    signs=(
        Sign("generator", r"nukeviet", 0.9),
        Sign("html", r"nv_base_siteurl|nv_lang_data|nv_my_domain", 0.5),
        Sign("html", r"/themes/[\w-]+/(?:css|js|images)/[^\"']{1,80}", 0.15),
        Sign("html", r"id=[\"']news-bodyhtml[\"']|class=[\"'][^\"']{0,80}\bnews_column\b", 0.4),
        Sign("html", r"nvvithemever|/assets/js/language/vi\.js|nukeviet", 0.3),
        Sign("url", r"/(?:vi/)?news/(?:[\w-]+/){1,3}[\w-]+-\d+(?:\.html|/)$", 0.2),
        Sign("header", r"x-powered-by:.{0,40}nukeviet|set-cookie:[^\n]{0,80}nv4", 0.4),
    ),
    urls=URLS,
    article=ARTICLE,
    listing=LISTING,
)
