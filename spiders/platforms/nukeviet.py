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
publish time and correct; ``itemprop=author`` is the account. ``/savefile/`` and ``/print/`` repeat
each article; one article answers at the address of each of its categories with the same id.
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
    title=(
        "h1.title[itemprop=headline]",
        "[itemprop=headline]",
        ".news_column h1",
        "h1.title",
        "#content h1",
        "h1",
    ),
    lead=(".hometext", "#hometext", "[itemprop=description]:not(meta)", ".bodytext-lead"),
    body=("#news-bodyhtml", ".bodytext", "#newsbody", "[itemprop=articleBody]", ".news-detail-content"),
    # The eGovernment theme puts hits and comments in sibling span.h5: the date is the first.
    published=(
        ".news_column span.h5",
        "span.h5",
        ".news_column .time",
        ".news_column .text-muted",
        ".detail-time",
        ".post-time",
        "time",
        ".date",
    ),
    byline=("p.h5.text-right", ".author", ".news-author"),
    source=("p.h5.text-right", ".source"),
    section=(
        ".breadcrumbs li:last-child a",
        ".temp-breadcrumbs li:last-child a",
        ".breadcrumb li:last-child a",
    ),
    caption=("figcaption", ".image-caption", ".article figcaption"),
    noise=(
        ".other-news",
        ".related",
        ".detail-related",
        "#idcomment",
        ".comment-form",
        ".news-keywords",
        ".keywords",
        ".socialicon",
        ".fb-like",
        ".rating",
        "#stringrating",
        ".clearfix .hidden",
        ".adsbygoogle",
    ),
    distrust=("microdata", "rss-minutes"),
)

LISTING = ListingRules(
    item=(
        ".panel-body:not(.other-news)",
        "ul.related > li",
        "ul.list-items > li",
        ".item",
        ".news-item",
        "article",
    ),
    link=("h2 a", "h3 a", "h4 a"),
    title=(),
    date=(".text-muted", "em:not(.fa)", ".time", ".date"),
    next_page=(),
    page_url="{section}/page-{n}/",
    noise=(
        "#hot-news",
        ".hot-news-others",
        ".other-news",
        ".detail-related",
        "nav",
        "footer",
        ".nv-block-banners",
        ".tab-content",
        ".block-news",
        ".blocknews",
    ),
    within=(".news_column", ".news-list", "#news-list"),
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
