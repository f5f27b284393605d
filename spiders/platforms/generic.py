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
        # A long slug with an id (platforms.md sections 6-10). Sections have slugs and ids as well
        # (phong-trao-thi-dua-3091.html, tin-tuc-hoat-dong-uy-ban-mat-tran-…-xa-hoi.htm [P]), so only what
        # no section was seen to have counts; all else stays undecided. The patterns name no key: without
        # its slug a number is unique only by luck.
        article=(
            r"/(?=(?:[^/-]*-){6})[^/]+-(?:post(?:id)?|nd|a|d|i|n)?\d{4,}(?:\.[a-z]{3,5})?/?$",
            r"/(?=(?:[^/-]*-){3})[^/]+-(?:post(?:id)?\d{4,}|\d{9,})(?:\.[a-z]{3,5})?/?$",
            r"/\d{4,}[-/](?=(?:[^/-]*-){4})[^/]+$",
            r"[?&](?:newsid|itemid|articleid|ddocname|tinid|idtin|baiviet)=\w{2,}",
        ),
    ),
    article=ArticleRules(),
    listing=ListingRules(),
)
