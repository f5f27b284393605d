"""Unknown markup: no rules of its own, so that structure, labels and machine data decide.

1. It has no sign: it stands where nothing else is recognised.
2. Its addresses carry the ids that most Vietnamese CMSes share; a page without one may still be an article.
"""

from __future__ import annotations

from crawler.reading import urls
from crawler.reading.platform import ArticleRules, ListingRules, Platform, UrlRules

PLATFORM = Platform(
    name="generic",
    title="Unknown CMS",
    urls=UrlRules(
        # Its article patterns are guesses, which a print view or a tag with a number fits as well.
        never=tuple(pattern.pattern for pattern in urls.NEVER),
        # /<slug>-12345.html and its relatives of platforms.md sections 6-10. Without host and slug the
        # number alone is unique only by luck, so these patterns name no key: the address is the key.
        article=(
            r"/(?=(?:[^/-]*-){3})[^/]+[-_.](?:a|d|nd|i|n|post|postid|id)?\d{2,}(?:\.[a-z]{3,5})?/?$",
            r"/(?=(?:[^/-]*-){5})[^/]+\.(?:html?|aspx|epi|bld|ldo|bbg)$",
            r"/\d{3,}[-/](?=(?:[^/-]*-){3})[^/]+$",
            r"[?&](?:id|newsid|itemid|articleid|art|nid|ddocname|tinid|idtin|baiviet)=\w{2,}",
        ),
    ),
    article=ArticleRules(),
    listing=ListingRules(),
)
