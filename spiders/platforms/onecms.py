"""OneCMS / NEKO newspapers: Gia Lai, Lào Cai, Hà Tĩnh, Đắk Nông, Sài Gòn Giải Phóng, Lao Động.

How to recognise it:
1. Articles ``…-post565000.html`` [P] (``-postidNNN.bbg`` at Bắc Giang, ``NNN.ldo`` at Lao Động [P]).
2. ``.article__title.cms-title``, ``.article__sapo.cms-desc``, ``.article__body.zce-content-body`` [G].
3. ``<article class="story">`` with ``.story__heading`` in listings; ``ptag`` and ``/s/`` for tags and
   search [P].

Facts: ``time`` carries the publish time; print views ``/print/182204.html`` and tag pages ``…-ptag.html``
look like articles and are none [P].
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="onecms",
    title="OneCMS / NEKO",
    signs=(
        Sign("generator", r"onecms|neko|hemera", 0.8),
        Sign("url", r"-post(?:id)?\d+\.(?:html|bbg)$|-?\d{5,}\.(?:ldo|bld)$", 0.5),
        Sign(
            "html",
            r"class=[\"'][^\"']{0,80}\b(?:article__body|article__title|article__sapo|zce-content-body|cms-body)\b",
            0.6,
        ),
        Sign("html", r"class=[\"'][^\"']{0,80}\bstory__(?:heading|thumb|summary)\b", 0.5),
        Sign("html", r"href=[\"'][^\"']{8,300}-post\d{4,}\.html", 0.4),
    ),
    urls=UrlRules(
        article=(
            r"-post(?:id)?(?P<key>\d+)\.(?:html|bbg|amp)$",
            r"-(?P<key>\d{5,})\.(?:ldo|bld|tpo|vov)$",
            r"/(?=(?:[^/-]*-){3})[^/]+-(?P<key>\d{6,})\.html$",
        ),
        never=(
            r"/(?:print|amp|s|tag|topic|tac-gia|author)/",
            r"-(?:ptag|tag\d*|topic\d*|author\d*)\.html$",
            r"\.amp$",
        ),
    ),
    article=ArticleRules(
        title=(".article__title", "h1.cms-title", ".article__header h1", "h1.title"),
        lead=(".article__sapo", ".cms-desc", ".article__desc", ".chappeau"),
        body=(".article__body", ".cms-body", ".zce-content-body", ".art-body"),
        published=(".article__meta time", "time.time", ".article__time"),
        byline=(
            ".article__author",
            ".cms-author",
            ".article__meta .author",
            "[data-src^='/tac-gia'] .name",
            ".author-name",
        ),
        source=(".article__source", ".cms-source"),
        section=(".breadcrumb a:last-child", ".article__breadcrumb a:last-child", ".main-cate a"),
        caption=(
            "figcaption",
            ".fig figcaption",
            "em.cms-caption",
            ".picture figcaption",
            ".article__avatar figcaption",
        ),
        noise=(
            ".article__tag",
            ".article__relate",
            ".zce-content-widget",
            ".cms-relate",
            ".cms-related",
            ".article-relate",
            ".banner",
            ".ads_middle",
            ".article__social",
            ".sticky",
            "table.cms-quote-related",
        ),
    ),
    listing=ListingRules(
        item=("article.story", ".story", ".box-content .article", ".timeline .story"),
        link=(".story__heading a", ".story__title a"),
        title=(".story__heading", ".story__title"),
        date=("time", ".story__time", ".story__meta time", ".time"),
        lead=(".story__summary", ".story__sapo"),
        page_url="{section}?page={n}{query}",
        noise=("aside", ".sidebar", ".sub-col", ".rank", ".box-most-read", ".most-view", "footer", "header"),
    ),
)
