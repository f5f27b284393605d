"""WordPress, with whatever theme: associations, newer district sites, television stations.

How to recognise it:
1. ``<meta name="generator" content="WordPress 6.1.9">`` (some security plugins remove it).
2. The header ``Link: <…/wp-json/>; rel="https://api.w.org/"`` and ``<link rel="https://api.w.org/">``.
3. ``/wp-content/themes/<theme>/`` and ``/wp-includes/`` in the addresses of styles and pictures.
4. ``body.wp-embed-responsive``, ``postid-131``, ``<article id="post-131" class="… hentry">``.

Facts (recorded site of WordPress 6.1.9 with ColorMag 4.2.2, November 2026, and ``platforms.md`` section 9):
the address of an article is what the site chose (``/<slug>/``, ``/<slug>.html``, ``/<category>/<slug>``,
``/15872``), so that no pattern tells an article from a page; ``?p=131`` answers with a redirect to it
and joins it only through ``<link rel=shortlink>`` or the body class ``postid-131``. ``time.published``
carries local time with its offset. ColorMag calls the older page "Previous". REST ``date`` is the
site's local time without an offset, ``date_gmt`` is UTC. Excerpts that WordPress cuts end in "[…]".
"""

from __future__ import annotations

import json
import re
from typing import TypeGuard
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.reading import urls
from crawler.reading.blocks import with_whole_leads
from crawler.reading.feeds import plain_text
from crawler.reading.page import Listing, ListingRow, NextPage, Page
from crawler.reading.platform import ArticleRules, ListingRules, Platform, Sign, UrlRules
from vietnam.dates import Stamp, parse_stamp

_REST = re.compile(r"/wp-json/wp/v2/[\w-]+/?(?:\?|$)|[?&]rest_route=(?:/|%2F)wp(?:/|%2F)v2")
_PER_PAGE = 10
"""Posts of one answer where the request names no ``per_page`` (WordPress REST handbook)."""


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _rendered(value: object) -> str | None:
    """The text of a REST field: a string or ``{"rendered": "<p>…"}``."""
    if _is_object(value):
        value = value.get("rendered")
    return plain_text(value) or None if isinstance(value, str) else None


def _author(post: dict[str, object]) -> str | None:
    embedded = post.get("_embedded")
    authors = embedded.get("author") if _is_object(embedded) else None
    for author in authors if isinstance(authors, list) else []:
        if _is_object(author) and isinstance(author.get("name"), str):
            return plain_text(str(author["name"])) or None
    return None


def _stamp(post: dict[str, object], field: str, page: Page) -> Stamp | None:
    """``date_gmt`` is preferred: ``date`` follows the site's own time zone setting."""
    gmt, local = post.get(f"{field}_gmt"), post.get(field)
    if isinstance(gmt, str) and gmt[:4] not in ("", "0000"):
        return parse_stamp(gmt if gmt.endswith("Z") else f"{gmt}+00:00", latest=page.fetched_at)
    return parse_stamp(local, latest=page.fetched_at) if isinstance(local, str) else None


def _row(post: object, page: Page) -> ListingRow | None:
    if not _is_object(post) or not isinstance(post.get("link"), str) or post.get("type", "post") != "post":
        return None
    link = urls.absolute(page.url, str(post["link"]))
    if link is None or not urls.same_site(link, page.url):
        return None
    published, modified = _stamp(post, "date", page), _stamp(post, "modified", page)
    lead = _rendered(post.get("excerpt"))
    return ListingRow(
        url=urls.canonical(link, PLATFORM),
        title=_rendered(post.get("title")),
        lead=lead,
        published_at=published.at if published else None,
        published_precision=published.precision if published else None,
        modified_at=modified.at if modified else None,
        byline=_author(post),
    )


def read_rest(page: Page) -> Listing | None:
    """A REST answer (``/wp-json/wp/v2/posts?…``) as a listing; None where the page is none.

    The next page is asked for as long as this one was full or the header ``X-WP-TotalPages`` names more.
    """
    if not _REST.search(page.url):
        return None
    try:
        posts: object = json.loads(page.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(posts, list):
        return None
    rows = {row.url: row for row in (_row(post, page) for post in posts) if row is not None}
    parts = urlsplit(page.url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    number, size = (int(text) if (text := query.get(name, "")).isdecimal() else default
                    for name, default in (("page", 1), ("per_page", _PER_PAGE)))  # fmt: skip
    totals = [value for name, value in page.headers.items() if name.lower() == "x-wp-totalpages"]
    more = number < int(totals[0]) if totals and totals[0].isdecimal() else len(posts) >= size
    query["page"] = str(number + 1)
    following = urlunsplit(parts._replace(query=urlencode(query, safe=",:/")))
    return Listing(
        url=page.url,
        rows=with_whole_leads(rows.values()),
        next=NextPage(following) if more and rows else None,
    )


PLATFORM = Platform(
    name="wordpress",
    title="WordPress",
    signs=(
        Sign("generator", r"wordpress", 0.9),
        Sign("header", r"link:[^\n]{0,300}api\.w\.org", 0.7),
        Sign("html", r"https://api\.w\.org/|/wp-json/", 0.4),
        Sign("html", r"/wp-content/(?:themes|plugins|uploads)/", 0.4),
        Sign("html", r"/wp-includes/", 0.3),
        Sign("html", r"class=[\"'][^\"']{0,300}\b(?:hentry|postid-\d+|wp-[\w-]+)\b", 0.15),
        Sign("url", r"/wp-(?:json|content|sitemap)|[?&]p=\d+$", 0.3),
    ),
    urls=UrlRules(
        article=(r"/\?(?:.*&)?p=(?P<key>\d+)(?:&|$)",),
        never=(
            r"/(?:category|chuyen-muc|danh-muc|tag|author|feed|comments|attachment|wp-[\w-]+|the|tac-gia)(?:/|$)",
            r"/page/\d+",
            r"/(?:19|20)\d\d(?:/\d\d){0,2}/?$",  # date archives
            r"[?&](?:cat|tag|author|attachment_id|page_id|paged|replytocom|feed|s)=",
            # what every installation starts with, under any permalink
            r"/(?:\d+-)?(?:sample-page|hello-world|chao-moi-nguoi|trang-mau)(?:/|\.html?)?$",
        ),
        drop_params=("share", "nb", "replytocom", "amp", "noamp", "preview"),
    ),
    article=ArticleRules(
        # ColorMag 4, Twenty Eleven to Twenty Twenty-Five (blocks), Astra, GeneratePress, Flatsome, Newspaper
        # (tagDiv), JNews, Jannah, Kadence, OceanWP, Divi, Elementor. A bare h1 comes last: it may be a logo.
        title=(
            "h1.cm-entry-title",
            "h1.entry-title",
            "h1.wp-block-post-title",
            "h1.td-post-title",
            ".td-post-header h1",
            "h1.tdb-title-text",
            "h1.jeg_post_title",
            "h1.post-title",
            "h1.name.post-title",
            ".elementor-widget-theme-post-title h1",
            ".entry-header h1",
            "article h1",
            "#main h1",
            "#content h1",
        ),
        lead=(
            ".entry-excerpt",
            ".post-excerpt",
            ".td-post-sub-title",
            ".jeg_post_subtitle",
            ".entry-sub-title",
            ".post-subtitle",
            "p.lead",
            ".wp-block-post-excerpt",
            ".elementor-widget-theme-post-excerpt",
        ),
        body=(
            "article .cm-entry-summary",
            ".cm-entry-summary",
            ".td-post-content",
            ".tdb_single_content",
            ".tdb-block-inner > .td-fix-index",
            ".jeg_main_content .content-inner",
            ".entry-content.single-page",
            ".entry-content",
            ".wp-block-post-content",
            ".elementor-widget-theme-post-content",
            ".et_pb_post_content",
            ".post-content",
            ".the-content",
            ".single-content",
            "article .content",
            "[itemprop=articleBody]",
        ),
        published=(
            "article time.published",
            "time.entry-date.published",
            "time.entry-date",
            ".entry-date",
            ".posted-on time",
            ".td-post-date time",
            ".post-date time",
            "time.updated",
            ".wp-block-post-date time",
            ".jeg_meta_date",
            ".meta-date",
            ".cm-post-date",
            ".posted-on",
            ".elementor-post-info__item--type-date",
            ".post-meta .published",
            ".et_pb_title_meta_container .published",
        ),
        byline=(
            ".cm-author .fn",
            ".byline .author .fn",
            ".author.vcard .fn",
            ".author .fn",
            ".td-post-author-name a",
            ".jeg_meta_author a",
            ".byline .url",
            ".post-author a",
            ".meta-author a",
            "a[rel=author]",
            ".elementor-post-info__item--type-author",
            ".byline",
        ),
        source=(".entry-source", ".td-post-source-tags div.td-post-small-box a"),
        section=(
            ".cm-post-categories a",
            "a[rel~=category]",
            ".cat-links a",
            ".td-post-category",
            ".taxonomy-category a",
            ".entry-category a",
            ".post-categories a",
        ),
        caption=("figcaption", ".wp-caption-text", ".wp-element-caption"),
        noise=(
            ".sharedaddy",
            ".jp-relatedposts",
            ".related-posts",
            ".related-posts-wrapper",
            ".yarpp",
            ".yarpp-related",
            ".crp_related",
            ".post-navigation",
            ".nav-links",
            ".default-wp-page",
            "#comments",
            ".comments-area",
            "#respond",
            ".author-box",
            ".entry-footer",
            ".entry-meta",
            ".post-tags",
            ".tags-links",
            ".td-post-sharing",
            ".addtoany_share_save_container",
            ".ssba",
            ".heateor_sss_sharing_container",
            ".wp-post-navigation",
            ".jeg_share_button",
            ".kk-star-ratings",
            ".post-views",
            ".ez-toc-container",
            "#toc_container",
            ".wpulike",
            ".fb-comments",
            ".fb-like",
            ".code-block",
            ".adsbygoogle",
            ".social-share",
            ".blog-share",
        ),
    ),
    listing=ListingRules(
        within=(),
        item=(
            "article.hentry",
            "article.post",
            "article[id^=post-]",
            ".hentry",
            "div[id^=post-].post",
            ".wp-block-post",
            ".td_module_wrap",
            ".tdb_module_loop",
            ".td-cpt-post",
            ".jeg_post",
            ".post-item",
            ".elementor-post",
            "article.et_pb_post",
            ".blog-entry",
            ".item-list > article",
            "li.post-item",
            ".archive-post",
            ".cm-posts article",
        ),
        link=(
            ".cm-entry-title a",
            ".entry-title a",
            ".wp-block-post-title a",
            "h2.post-title a",
            ".post-title a",
            ".jeg_post_title a",
            ".elementor-post__title a",
            ".title a",
            "h5.post-title a",
        ),
        title=(
            ".cm-entry-title",
            ".entry-title",
            ".wp-block-post-title",
            ".post-title",
            ".jeg_post_title",
            ".elementor-post__title",
        ),
        date=(
            "time.published",
            "time.entry-date",
            "time",
            ".entry-date",
            ".cm-post-date",
            ".td-module-date",
            ".posted-on",
            ".meta-date",
            ".jeg_meta_date",
            ".elementor-post-date",
            ".post-date",
            ".date",
            ".published",
        ),
        lead=(
            ".cm-entry-summary",
            ".entry-summary",
            ".entry-excerpt",
            ".td-excerpt",
            ".wp-block-post-excerpt",
            ".jeg_post_excerpt",
            ".elementor-post__excerpt",
            ".post-excerpt",
            ".from_the_blog_excerpt",
            ".excerpt",
            ".entry-content",
            ".entry",
        ),
        next_page=(
            "a.next.page-numbers",
            ".nav-previous a",
            ".older-posts a",
            ".wp-block-query-pagination-next",
            ".nextpostslink",
        ),
        page_url="{section}/page/{n}/",
        noise=(
            "#secondary",
            "#cm-secondary",
            ".cm-secondary",
            ".widget-area",
            "aside.widget",
            ".sidebar",
            "#sidebar",
            ".td-ss-main-sidebar",
            ".jeg_sidebar",
            ".related-posts-wrapper",
            ".related-posts",
            "footer#colophon",
            "#footer",
            ".cm-footer",
            ".post-sidebar",
            ".cm-header",
            "#masthead",
        ),
    ),
    read_listing=read_rest,
)
