"""Drupal 7 to 10: Báo Hậu Giang, Báo Lai Châu.

How to recognise it:
1. ``<meta name="Generator" content="Drupal 10 (https://www.drupal.org)">``, header ``X-Generator: Drupal``.
2. ``data-drupal-selector``, ``drupalSettings`` or ``Drupal.settings``; ``/sites/default/files/``.
3. ``.view-content .views-row`` in listings, ``article.node`` with ``.field--name-body`` in articles.

Facts: pages are turned by ``?page=1`` for the second page, counted from zero (Drupal's pager). Aliases may
be raw or percent-encoded Vietnamese (Báo Lai Châu [P]) or end in an id (Báo Hậu Giang
``…-81288.html`` [P]); ``/node/81288`` is the same article at its system path.
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="drupal",
    title="Drupal",
    signs=(
        Sign("generator", r"drupal", 0.9),
        Sign("header", r"x-generator: drupal|x-drupal-", 0.8),
        Sign("html", r"data-drupal-|drupalSettings|Drupal\.settings", 0.6),
        Sign("html", r"/sites/(?:default|all)/(?:files|themes|modules)/", 0.4),
        Sign("html", r"class=[\"'][^\"']{0,200}\b(?:views-row|field--name-|node--type-|field-name-)", 0.25),
    ),
    urls=UrlRules(
        article=(r"^/(?:[a-z]{2}/)?node/(?P<key>\d+)$", r"-(?P<key>\d{4,})\.html?$"),
        never=(r"/(?:taxonomy/term|user|comment|node/add|printpdf|printmail|filter)/", r"/node/?$"),
        drop_params=("destination", "itok", "page"),
    ),
    article=ArticleRules(
        title=(
            "h1.page-header",
            "h1.page-title",
            "h1.title",
            "#page-title",
            ".node__title",
            "article.node h1",
        ),
        lead=(
            ".field--name-field-sapo",
            ".field-name-field-sapo",
            ".field--name-field-summary",
            ".field-name-field-summary",
            ".field--name-field-tom-tat",
            ".field-name-field-tomtat",
            ".field--name-field-lead",
            ".field--name-field-description",
            ".field-name-field-description",
        ),
        body=(
            ".node .field--name-body",
            ".field--name-body",
            ".field-name-body",
            ".node__content .text-formatted",
            ".node__content",
            ".node .content",
            "[property='content:encoded']",
        ),
        published=(
            ".field--name-field-date",
            ".field-name-field-date",
            ".field--name-created",
            ".field-name-post-date",
            ".node__submitted time",
            ".node__submitted",
            ".submitted time",
            ".submitted",
            ".node__meta time",
            ".date-display-single",
        ),
        byline=(
            ".field--name-field-tac-gia",
            ".field-name-field-tac-gia",
            ".field--name-field-author",
            ".field-name-field-author",
            ".field--name-field-byline",
        ),
        source=(".field--name-field-nguon", ".field-name-field-nguon", ".field--name-field-source"),
        section=(".breadcrumb li:last-child a", ".breadcrumb a:last-child", ".field--name-field-category a"),
        caption=("figcaption", ".field--name-field-image-caption", ".image-field-caption"),
        noise=(
            ".links.inline",
            ".node__links",
            ".field--name-field-tags",
            ".field-name-field-tags",
            "#comments",
            ".comment-wrapper",
            ".views-element-container",
            ".view",
            ".sharethis-buttons",
            ".addtoany_list",
            ".statistics_counter",
        ),
    ),
    listing=ListingRules(
        item=(
            ".view-content .views-row",
            ".view-content tbody tr",
            ".view-content > .item-list li",
            ".view-content article.node",
            "article.node--view-mode-teaser",
            "article.node-teaser",
            ".node-teaser",
        ),
        link=(".views-field-title a", ".node__title a", ".field-content h2 a", ".field-content h3 a"),
        title=(".views-field-title", ".node__title"),
        date=(
            "time",
            ".views-field-created",
            ".views-field-field-date",
            ".views-field-changed-1",
            ".submitted",
            ".date-display-single",
        ),
        lead=(
            ".views-field-body",
            ".views-field-field-sapo",
            ".views-field-field-summary",
            ".field--name-body",
            ".field-name-body",
        ),
        next_page=(".pager__item--next a", "li.pager-next a", "li.next a[rel=next]", "a[rel=next]"),
        page_url="{section}?page={n}{query}",
        second=1,
        noise=(
            "aside",
            ".region-sidebar-first",
            ".region-sidebar-second",
            ".sidebar",
            "footer",
            ".block-views.sidebar",
        ),
    ),
)
