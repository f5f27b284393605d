"""Joomla 1.5 to 5 (with K2): Hiệp Hòa, Văn hóa Nghệ An; look-alikes ``ID-slug.html`` (Lạng Sơn, Bắc Giang).

How to recognise it:
1. ``<meta name="generator" content="Joomla! - Open Source Content Management">``.
2. ``/media/jui/``, ``/media/system/js/``, ``/components/com_content/``, ``option=com_content``.
3. ``.item-page``, ``.blog .items-row``, ``.com-content-category-blog``; K2: ``#k2Container``.
4. Addresses ``/152-tin-tuc/nhip-cau/10649-hiep-hoa-ho-tro`` [P]: the last number with its slug is the id.

Facts: pages are turned by an offset, ``?start=10`` (``limitstart`` in old versions), zero on the first.
``?tmpl=component&print=1`` and ``?format=feed`` are twins of the page.
"""

from __future__ import annotations

from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules

PLATFORM = Platform(
    name="joomla",
    title="Joomla",
    signs=(
        Sign("generator", r"joomla", 0.9),
        Sign("html", r"/media/(?:jui|system|com_content|vendor/joomla)[\w/-]*", 0.4),
        Sign("html", r"/components/com_\w+/|option=com_\w+|/templates/[\w-]+/(?:css|js)/", 0.35),
        Sign(
            "html",
            r"class=[\"'][^\"']{0,120}\b(?:item-page|items-row|blog-items|com-content-\w+)|id=[\"']k2Container",
            0.3,
        ),
        Sign("html", r"joomla-script-options|joomla\.jtext", 0.5),
        Sign("url", r"/\d+-[\w-]+(?:\.html)?$|option=com_content", 0.2),
    ),
    urls=UrlRules(
        article=(
            r"[?&]id=(?P<key>\d+)(?:%3A[^&]*)?&(?:.*&)?view=article(?:&|$)",  # view=category has an id too
            r"/item/(?P<key>\d+)-[^/]+$",
            r"/(?P<key>\d+)-(?=(?:[^/-]*-){2})[^/]+?(?:\.html)?$",
        ),
        never=(
            r"[?&](?:tmpl=component|print=1|format=(?:feed|pdf)|task=|layout=edit|type=(?:rss|atom))",
            r"/component/(?:mailto|users|search|tags|finder)",
        ),
        drop_params=("Itemid", "lang", "catid", "start", "limitstart", "limit", "tmpl", "print", "layout"),
    ),
    article=ArticleRules(
        title=(
            ".item-page [itemprop=headline]",
            ".item-page .page-header h1",
            ".item-page .page-header h2",
            ".com-content-article h1",
            ".itemTitle",
            ".article-header h1",
            "h1.article-title",
            ".contentheading",
            "h2[itemprop=headline]",
            ".page-header h1",
            ".item-page h2",
        ),
        lead=(".itemIntroText", ".article-intro", ".introtext"),
        body=(
            ".item-page [itemprop=articleBody]",
            "[itemprop=articleBody]",
            ".com-content-article__body",
            ".itemFullText",
            ".itemBody",
            ".item-page",
            ".article-body",
            ".contentpaneopen",
        ),
        published=(
            "time[itemprop=datePublished]",
            ".published time",
            ".create time",
            "dd.published",
            "dd.create",
            ".itemDateCreated",
            ".article-info .published",
            ".createdate",
        ),
        byline=(
            "[itemprop=author] [itemprop=name]",
            ".createdby",
            ".itemAuthor",
            ".article-info .createdby",
            ".contentpaneopen span.small",
        ),
        section=(".category-name a", ".itemCategory a", ".breadcrumb li:last-child a"),
        caption=("figcaption", ".img_caption", ".caption", ".itemImageCaption"),
        noise=(
            ".article-info",
            ".pagenavigation",
            ".com-content-article__links",
            ".icons",
            ".pager",
            ".pagenav",
            ".pagination",
            ".tags",
            ".itemToolbar",
            ".itemRelated",
            ".itemNavigation",
            ".itemComments",
            ".itemSocialSharing",
            ".itemHeader",
            ".content_rating",
            ".relateditems",
            "#jc",
            "td.createdate",
            "td.modifydate",
            ".contentpaneopen span.small",
        ),
    ),
    listing=ListingRules(
        item=(
            ".blog .items-leading > div",
            ".blog .items-row > div",
            ".com-content-category-blog__item",
            ".blog-item",
            ".items-row .item",
            ".leading",
            "table.category tbody tr",
            ".com-content-category__table tbody tr",
            ".itemList .itemContainer",
            ".catItemView",
            ".category-list .list-title",
            "article.item",
        ),
        link=(
            "[itemprop=name] a",
            ".page-header a",
            ".item-title a",
            ".catItemTitle a",
            ".list-title a",
            ".contentheading a",
        ),
        date=(
            "time",
            ".published",
            ".create",
            ".catItemDateCreated",
            ".list-date",
            ".createdate",
            "dd.published",
        ),
        lead=(".catItemIntroText", ".item-content > p", "[itemprop=description]"),
        next_page=(
            "li.pagination-next a",
            "a.pagenav[title='Tiếp']",
            "a[aria-label*='next']",
            "a[title=Next]",
        ),
        page_url="{section}?start={n}{query}",
        second=10,
        step=10,
        noise=("aside", ".sidebar", "#sidebar", "#right", "#left", ".moduletable", "footer"),
    ),
)
