"""One file per platform: its signs, listing, pagination, article selectors, noise, quirks."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.reading.decoding import decode
from crawler.reading.page import Page
from crawler.reading.platform import Platform, Sign
from spiders.platforms import (
    aspx_custom,
    channel_cms,
    dnn,
    drupal,
    generic,
    joomla,
    liferay,
    mojoportal,
    nukeviet,
    nukeviet_egov,
    onecms,
    sharepoint,
    templates_v1,
    threecms,
    trang_n,
    vccorp,
    vnpt_portal,
    webcenter,
    wordpress,
)
from vietnam.phrases import Phrases
from vietnam.sought import standing

PLATFORMS: dict[str, Platform] = {
    module.PLATFORM.name: module.PLATFORM
    for module in (
        nukeviet,
        nukeviet_egov,
        wordpress,
        liferay,
        vnpt_portal,
        sharepoint,
        webcenter,
        drupal,
        joomla,
        dnn,
        mojoportal,
        threecms,
        trang_n,
        onecms,
        vccorp,
        channel_cms,
        templates_v1,
        aspx_custom,
        generic,
    )
}
"""Every platform by its name, as a portal's record names it. Of two that a page speaks for equally the
earlier one is proposed first."""

SURE = 0.5
"""Confidence from which a platform is believed; below it pages are read by their structure alone."""
_LEAST = 0.3
"""Confidence below which a platform is not proposed: one weak sign says nothing."""
_LOOKED_AT = 400_000
"""Characters of a page in which signs are sought; the longest recorded page has 71,000."""
_COMMON = ("class=", "href=", "id=", "https:")
"""What any page has: a sign is not sought by these where it has another text."""
_STANDING_IN = {
    sign.pattern: standing(sign.pattern.lower(), common=_COMMON)
    for platform in PLATFORMS.values()
    for sign in platform.signs
    if sign.where == "html"
}
"""Texts by the sign of which one stands wherever the sign does. A page has those of a few signs, and these
alone are searched for: to search 40 kB for all took 7.8 ms, more than to read it (November 2026)."""
_STANDING = Phrases(sorted(frozenset().union(*_STANDING_IN.values())))
_GENERATOR = re.compile(
    r"<meta[^>]{0,200}name=[\"']?generator[\"']?[^>]{0,40}content=[\"']([^\"'>]{1,200})"
    r"|<meta[^>]{0,40}content=[\"']([^\"'>]{1,200})[\"'][^>]{0,40}name=[\"']?generator",
    re.IGNORECASE,
)


def recognise(page: Page) -> list[tuple[Platform, float, list[str]]]:
    """The platforms that a page may be made by, best first, each with its confidence (0..1) and the
    marks that speak for it (``generator: NukeViet v4.5``). Empty where nothing is known."""
    text = decode(page)[:_LOOKED_AT]
    places = {
        "generator": "\n".join(a or b for a, b in _GENERATOR.findall(text)),
        "html": text,
        "url": page.url,
        "header": "\n".join(f"{name}: {value}" for name, value in page.headers.items()),
    }
    lowered = {where: part.lower() for where, part in places.items()}
    standing_there = _STANDING.places(lowered["html"])
    found: list[tuple[float, Platform, list[str]]] = []
    for platform in PLATFORMS.values():
        marks = [
            (sign, _mark(sign, places[sign.where], lowered[sign.where]))
            if sign.where != "html" or not _STANDING_IN[sign.pattern].isdisjoint(standing_there)
            else (sign, None)
            for sign in platform.signs
        ]
        if any(sign.required and mark is None for sign, mark in marks):
            continue
        weight = sum(sign.weight for sign, mark in marks if mark is not None)
        if weight >= _LEAST:
            found.append(
                (weight, platform, [f"{sign.where}: {mark}" for sign, mark in marks if mark is not None])
            )
    # Ordered by the sum itself: beyond 1.0 it still tells an edition from its base.
    found.sort(key=lambda candidate: -candidate[0])
    return [(platform, min(1.0, round(weight, 3)), evidence) for weight, platform, evidence in found]


def sure_platform(page: Page) -> Platform | None:
    """The platform that a page's own signs are SURE of."""
    ranked = recognise(page)
    return ranked[0][0] if ranked and ranked[0][1] >= SURE else None


def _mark(sign: Sign, text: str, lowered: str) -> str | None:
    found = _compiled(sign.pattern).search(lowered)
    return " ".join(text[found.start() : found.end()].split())[:80] if found else None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Lower case on both sides in place of re.IGNORECASE: 14 ms a page for all signs, not 48.
    return re.compile(pattern.lower())
