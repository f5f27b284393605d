"""robots.txt by RFC 9309: what an answer means, and whether a URL may be asked.

Scrapy crawls when robots.txt answers 5xx or not at all, and reads rules out of error pages; the RFC says
that an unreachable file forbids everything (2.3.1.4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from protego import Protego

PRODUCT_TOKEN = "frontnews"  # noqa: S105 - the name by which robots.txt addresses us (RFC 9309 2.2.1)

READ_LIMIT = 500 * 1024
"""Bytes that are read at least (RFC 9309 2.5)."""

KEPT = timedelta(hours=24)
"""How long an answer is trusted (RFC 9309 2.4)."""

KEPT_UNREACHABLE = timedelta(minutes=10)
"""How long an unreachable file forbids before it is asked again."""

_PAGE = re.compile(
    r"\s*(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE | re.DOTALL
)
_MARKUP = re.compile(r"\s*<")
_GROUP = re.compile(r"^[ \t]*user-agent[ \t]*:", re.IGNORECASE | re.MULTILINE)
"""What each file with rules has (RFC 9309 2.2.1); obeyed even behind a warning that PHP printed above it."""

Access = Literal["rules", "all", "none"]


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """What robots.txt came to. ``access``: ``rules`` (read ``text``), ``all`` or ``none`` (unreachable)."""

    access: Access
    text: str = ""
    reason: str | None = None

    def kept_until(self, fetched_at: datetime) -> datetime:
        """Return when the file must be asked again."""
        return fetched_at + (KEPT_UNREACHABLE if self.access == "none" else KEPT)


class Robots:
    """The rules of one origin, ready to be asked."""

    def __init__(self, answer: RobotsAnswer) -> None:
        self.answer = answer
        self._rules = Protego.parse(answer.text) if answer.access == "rules" else None

    def allows(self, url: str) -> bool:
        """Tell whether ``url`` may be fetched by PRODUCT_TOKEN."""
        if self._rules is None:
            return self.answer.access == "all"
        return self._rules.can_fetch(url, PRODUCT_TOKEN)

    @property
    def crawl_delay(self) -> float | None:
        """Seconds between requests that the file asks for, or None. Not in the RFC; obeyed all the same."""
        delay = self._rules.crawl_delay(PRODUCT_TOKEN) if self._rules is not None else None
        return float(delay) if delay is not None else None

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """Sitemap addresses that the file names."""
        return tuple(self._rules.sitemaps) if self._rules is not None else ()


def read_robots(status: int, body: bytes, content_type: str | None) -> RobotsAnswer:
    """Return what an answer to /robots.txt means (RFC 9309 2.3.1); redirects have been followed.

    2xx: rules; a page of the site that stands in place of the file holds none (a soft 404). The type alone
    says little: frameworks send the real file as text/html, and pages as text/plain. 4xx: everything is
    allowed, but 429 is a server that wants to be left alone. The rest: nothing is allowed.
    """
    if 200 <= status <= 299:
        text = body[:READ_LIMIT].decode("utf-8-sig", errors="replace").replace("\0", "")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        is_markup = _MARKUP.match(text) or "html" in (content_type or "")
        if _PAGE.match(text) or (is_markup and _GROUP.search(text) is None):
            return RobotsAnswer("all", reason="an HTML page stands where robots.txt should be")
        return RobotsAnswer("rules", text=text)
    if 400 <= status <= 499 and status != 429:
        return RobotsAnswer("all", reason=f"robots.txt answered {status}")
    return RobotsAnswer("none", reason=f"robots.txt answered {status}")


def origin(url: str) -> str:
    """Return scheme, host and port of ``url``, for which one robots.txt speaks (RFC 9309 2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
