"""One file per platform: its signs, listing, pagination, article selectors, noise, quirks."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.reading.decoding import decode
from crawler.reading.page import Page
from crawler.reading.platform import Platform, Sign
from spiders.platforms import generic, nukeviet, wordpress

PLATFORMS: dict[str, Platform] = {
    module.PLATFORM.name: module.PLATFORM
    for module in (
        nukeviet,
        wordpress,
        generic,
    )
}
"""Every platform by its name, as a portal's record names it."""

_LEAST = 0.3
"""Confidence below which a platform is not proposed: one weak sign says nothing."""
_LOOKED_AT = 400_000
"""Characters of a page in which signs are sought; the longest recorded page has 71,000."""
_GENERATOR = re.compile(
    r"<meta[^>]{0,200}name=[\"']?generator[\"']?[^>]{0,40}content=[\"']([^\"'>]{1,200})"
    r"|<meta[^>]{0,40}content=[\"']([^\"'>]{1,200})[\"'][^>]{0,40}name=[\"']?generator",
    re.IGNORECASE,
)


def recognise(page: Page) -> list[tuple[Platform, float, list[str]]]:
    """The platforms that a page may be made by, best first, each with its confidence (0..1) and the
    marks that speak for it (``generator: NukeViet v4.5``). Empty where nothing is known."""
    text = decode(page)[:_LOOKED_AT]
    generators = "\n".join(a or b for a, b in _GENERATOR.findall(text))
    places = {
        "generator": generators,
        "html": text,
        "url": page.url,
        "header": "\n".join(f"{name.lower()}: {value}" for name, value in page.headers.items()),
    }
    found = []
    for platform in PLATFORMS.values():
        marks = [(sign, mark) for sign in platform.signs if (mark := _mark(sign, places[sign.where]))]
        confidence = min(1.0, sum(sign.weight for sign, _ in marks))
        if confidence >= _LEAST:
            evidence = [f"{sign.where}: {mark}" for sign, mark in marks]
            found.append((platform, round(confidence, 3), evidence))
    # A heavier sum beyond 1.0 still decides between two that are both certain.
    return sorted(found, key=lambda item: (-item[1], -len(item[2])))


def _mark(sign: Sign, text: str) -> str | None:
    found = _compiled(sign.pattern).search(text)
    return " ".join(found[0].split())[:80] if found else None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
