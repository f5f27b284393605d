"""What a request can come to: a closed set of error classes (reference/operations.md, E5).

Every failure of the network, of a server or of a page is one of :data:`ErrorClass`; nothing else
is ever counted, stored or shown. Which of them an exception of the network stands for is told by
crawler.fetching.causes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ErrorClass = Literal[
    "dns", "connect", "connect_timeout", "tls_handshake", "tls_legacy", "tls_cert", "timeout", "reset",
    "protocol", "header_too_large", "dataloss", "truncated", "too_large", "bomb", "bad_encoding",
    "http_4xx", "gone", "auth_wall", "waf_challenge", "rate_limited", "http_5xx", "redirect_loop",
    "redirect_offsite", "blocked_address", "robots_disallow", "robots_unreachable", "not_html",
    "soft_404", "listing_empty", "parse_incomplete", "schema_invalid", "trap_budget", "store_failed",
    "cancelled", "lost", "internal",
]  # fmt: skip

PASSING: frozenset[ErrorClass] = frozenset(
    {"dns", "connect", "connect_timeout", "timeout", "reset", "protocol", "dataloss", "truncated", "http_5xx"}
)
"""Classes that a second try may cure."""

UNREACHABLE: frozenset[ErrorClass] = frozenset(
    {"dns", "connect", "connect_timeout", "tls_handshake", "timeout", "reset", "robots_unreachable"}
)
"""Classes that say something of the server, not of one page: several in a row end a walk."""

BLOCKING: frozenset[ErrorClass] = frozenset({"rate_limited", "robots_disallow", "waf_challenge", "auth_wall"})
"""The server answers and does not want us: the verdict is ``blocked`` where nothing was let through."""

NO_LONGER = frozenset({404, 410, 451})
"""Statuses that say that a page was taken away (RFC 9110, RFC 7725); 401 and 403 only keep us out."""

WARNINGS: frozenset[ErrorClass] = frozenset({"tls_cert"})
"""What is counted and shown, and takes nothing from a run: the page came all the same."""


@dataclass(frozen=True, slots=True)
class FetchProblem:
    """A request that gave no page. ``until`` is set where the host asked to be left alone until then."""

    url: str
    error: ErrorClass
    message: str
    status: int | None = None
    until: datetime | None = None

    def __str__(self) -> str:
        return f"{self.url}: {self.message} [{self.error}]"


class FetchRefused(Exception):
    """Raised inside the download path by our own guards, with the class that they stand for."""

    def __init__(self, error: ErrorClass, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.error = error
        self.until = until


def error_of_status(status: int, *, retry_after: bool = False) -> ErrorClass | None:
    """Return the class of an HTTP status; None for one that carries a page (200, 203) and for 304.

    Redirects are the caller's to follow. 1xx, 204, 205, 206 and numbers outside RFC 9110 answer a
    question that was not asked: ``protocol``.
    """
    if status in (200, 203, 304):
        return None
    if status == 429 or (status == 503 and retry_after):
        return "rate_limited"
    if status in (401, 407):
        return "auth_wall"
    if status == 410:
        return "gone"
    if 400 <= status <= 499:
        return "http_4xx"
    if 500 <= status <= 599:
        return "http_5xx"
    return "protocol"
