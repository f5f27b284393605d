"""Fetching one page for a portal: redirects, validators, spaced retries, and one class for every failure."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode, urljoin, urlsplit

from scrapy import Request
from scrapy.http.request import NO_CALLBACK
from w3lib.url import safe_url_string

from crawler.fetching.address import host_and_port
from crawler.fetching.causes import causes, error_of_exception
from crawler.fetching.downloading import download
from crawler.fetching.handler import TURNS
from crawler.fetching.outcomes import (
    PASSING,
    ErrorClass,
    FetchProblem,
    FetchRefused,
    error_of_status,
)
from crawler.fetching.robots import Robots, origin
from crawler.reading.page import Asked, ListingRow, Page
from crawler.reading.urls import plain_parts
from storage.engine import DatabaseProblem

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.fetching.gate import HostMemory
    from crawler.fetching.hosts import PortalHosts

TRIES = 3
REDIRECTS = 5
"""Hops that are followed; the longest honest chain seen has three (http, https, www)."""

SHORT_HOLD = 30.0
"""A hold of so few seconds is waited for; a longer one ends the run."""

JITTER = 0.25
"""Share by which a wait before another try is drawn out, so that many portals do not come back at once."""

REDIRECTING = (301, 302, 303, 307, 308)
PAGES = (200, 203)
"""The statuses that carry a page (RFC 9110 15.3)."""

SCHEMES = ("http", "https")

REFRESH_BYTES = 4096
"""A page of at most so many bytes that refreshes itself elsewhere is a redirect, a larger one is a page."""

REFRESH_SECONDS = 5
"""A refresh after more seconds is for people who read the page first (operations.md E3)."""

PLAIN_AGAIN: frozenset[ErrorClass] = frozenset({"bad_encoding"})
"""Classes after which the page is asked for once without compression (hostile_servers.md 35)."""

ASK_AGAIN_AFTER_304 = True
"""A server that says "not modified" to no condition may have a cache that takes us for another."""

NOT_TEXT = (b"%PDF-", b"PK\x03\x04", b"GIF8", b"\x89PNG", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"RIFF")
"""First bytes of files that servers send as text/html: PDF, zip and docx, pictures, old Word, WebP."""

MOST_COOKIES, LONGEST_COOKIE = 20, 4_096
"""Cookies of a portal that are kept, and their letters (RFC 6265 6.1 has every browser keep such a one)."""

_TAIL = 1024
"""Bytes at the end of a page in which its closing tags stand, with a few scripts behind them."""

_HEAD = 4096
"""Bytes at the beginning of a page in which its first tags stand."""
_OPENING = re.compile(rb"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_CLOSING = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)
_REFRESH = re.compile(
    rb"""<meta\b(?=[^>]*http-equiv=["']?refresh\b)[^>]*?content=["']?\s*(\d{1,3})\s*;\s*url\s*=\s*["']?([^"'>]+)""",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Validators:
    """What a conditional request carries: the ETag as it was sent, quotes and all, and an HTTP date."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return them as request headers."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that a page is as it was."""

    url: str


Outcome = Page | NotModified | FetchProblem


class Fetcher:
    """Fetches pages of one portal through the crawler's downloader: gate, turn, limits and all.

    ``hosts`` are the portal's own; a redirect that leaves them is the outcome ``redirect_offsite``. None
    stands for any.
    """

    def __init__(self, crawler: Crawler, hosts: PortalHosts | None) -> None:
        self.crawler = crawler
        self.hosts = hosts
        self.retry_wait = crawler.settings.getfloat("FRONTNEWS_RETRY_WAIT")
        self.requests = 0
        self.on_warning: Callable[[FetchProblem], None] = ignore_warning
        self._on_the_wire: Request | None = None
        self._closes_its_pages = False
        self._cookies: tuple[str, dict[str, str]] = "", {}
        """Their origin, and what the last listing page and the forms behind it have set: sent with forms
        alone, whose tokens hold for the session that the page was given in."""

    @property
    def on_the_wire(self) -> bool:
        """Whether a request is sent and not answered yet (one that waits for its turn is not sent)."""
        return self._on_the_wire is not None and "sent" in self._on_the_wire.meta

    @property
    def waiting(self) -> float:
        """Seconds for which the server has owed an answer, or its robots.txt, also to whom we wait behind.

        0 where it owes none: the pause before a turn is our politeness, not its slowness.
        """
        meta = self._on_the_wire.meta if self._on_the_wire is not None else {}
        since: float | None = meta.get("sent") or meta.get("asked_robots")
        if since is not None:
            return time.monotonic() - since
        return TURNS.owed(meta["server"]) if "server" in meta else 0.0

    async def robots(self, url: str) -> Robots | None:
        """Return the rules of the origin of ``url``, None where it was not asked for them yet."""
        memory: HostMemory | None = getattr(self.crawler.spider, "host_memory", None)
        return await memory.robots(origin(url)) if memory is not None else None

    async def fetch(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        form: tuple[tuple[str, str], ...] | None = None,
        row: ListingRow | None = None,
        file: bool = False,
    ) -> Outcome:
        """Fetch ``url``; raise nothing but cancellation and DatabaseProblem.

        ``form`` makes it a POST, ``row`` joins the page. ``file``: any bytes will do; else what is no page is
        the outcome ``not_html``.

        Failures of the passing kind are tried TRIES times, with growing pauses in which other portals go on.
        """
        wait = self.retry_wait
        plain = False
        for left in reversed(range(TRIES)):
            outcome = await self._follow(url, validators, form, row, plain=plain, file=file)
            if not isinstance(outcome, FetchProblem) or left == 0:
                return outcome
            if outcome.error in PLAIN_AGAIN and not plain:
                plain = True
                continue
            if outcome.status == 304 and ASK_AGAIN_AFTER_304 and left == TRIES - 1:
                continue
            if outcome.error == "rate_limited" and outcome.until is not None:
                pause = (outcome.until - datetime.now(UTC)).total_seconds()
                if pause > SHORT_HOLD:
                    return outcome
                await asyncio.sleep(max(pause, 0.0) + 0.05)
            elif outcome.error in PASSING and (outcome.status is None or 500 <= outcome.status <= 599):
                await asyncio.sleep(drawn_out(wait))
                wait *= 2
            else:
                return outcome
        raise AssertionError("unreachable")

    async def _follow(
        self,
        url: str,
        validators: Validators | None,
        form: tuple[tuple[str, str], ...] | None,
        row: ListingRow | None,
        *,
        plain: bool,
        file: bool,
    ) -> Outcome:
        asked = url
        visited: set[str] = set()
        for _ in range(REDIRECTS + 1):
            if url in visited:
                break
            visited.add(url)
            answer = await self._ask(url, validators, form, plain=plain)
            if isinstance(answer, FetchProblem):
                return answer
            redirected = answer.status in REDIRECTING
            location = location_of(answer) if redirected else refresh_of(answer)
            if redirected and not location:
                return FetchProblem(asked, "protocol", f"{answer.status} without Location", answer.status)
            if not location:
                return self._outcome(answer, conditional=validators is not None, row=row, file=file)
            joined = urljoin(url, location)
            target = safe_url_string(joined).partition("#")[0]
            if urlsplit(target).scheme not in SCHEMES or not well_formed(joined):
                return FetchProblem(asked, "blocked_address", f"redirected to {target[:200]}", answer.status)
            if self.hosts is not None and not self.hosts.cover(target):
                return FetchProblem(
                    asked, "redirect_offsite", f"redirected to {target}: has the portal moved?", answer.status
                )
            url, form = target, form if answer.status in (307, 308) else None
        return FetchProblem(asked, "redirect_loop", f"more than {REDIRECTS} redirects, or a circle")

    async def _ask(
        self,
        url: str,
        validators: Validators | None,
        form: tuple[tuple[str, str], ...] | None,
        *,
        plain: bool,
    ) -> Response | FetchProblem:
        headers = validators.headers() if validators else {}
        if plain:
            headers["Accept-Encoding"] = "identity"
        method: Literal["GET", "POST"] = "GET"
        body = ""
        if form is not None:
            method, body = "POST", urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            if self._cookies[0] == origin(url):
                headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies[1].items())
        try:
            # Scrapy looks for what must be escaped: 40 of the 42 µs of a request (M, 2026-11).
            meta = {"verbatim_url": plain_parts(url) is not None}
            request = Request(
                url, method=method, headers=headers, body=body, meta=meta, callback=NO_CALLBACK,
                dont_filter=True,
            )  # fmt: skip
            self._on_the_wire = request
            self.requests += 1
            response = await download(self.crawler, request)
        except DatabaseProblem:
            raise  # the gate could not look up what it knows of the host: that is no fault of the page
        except Exception as error:
            return problem(url, error)
        finally:
            self._on_the_wire = None
            if "tls_cert" in request.meta:
                self.on_warning(FetchProblem(url, "tls_cert", request.meta["tls_cert"]))
        refused = error_of_status(response.status, retry_after="held_until" in request.meta)
        if refused is not None and response.headers.get("cf-mitigated"):
            refused = "waf_challenge"
        if refused is not None and not 300 <= response.status <= 399:
            until = request.meta.get("held_until")
            said = f"answered {response.status}"
            if until:
                said += f"; held until {until:%Y-%m-%d %H:%M:%S} UTC"
            return FetchProblem(url, refused, said, response.status, until)
        return response

    def _outcome(
        self, response: Response, *, conditional: bool, row: ListingRow | None, file: bool
    ) -> Outcome:
        url = response.url
        if response.status == 304:
            if conditional:
                return NotModified(url)
            return FetchProblem(url, "protocol", "304 to a request without a condition", 304)
        if response.status not in PAGES:
            return FetchProblem(url, "protocol", f"answered {response.status}", response.status)
        headers = headers_of(response)
        if cookies := response.headers.getlist("Set-Cookie"):
            lines = [line.decode("latin-1") for line in cookies]
            headers["set-cookie"] = cookie_names(lines)
            if row is None and not file:
                self._remember(response, lines)
        content_type = headers.get("content-type")
        body = response.body
        is_file = body.startswith(NOT_TEXT) or (content_type or "").startswith(("image/", "application/pdf"))
        if is_file and not file:
            return FetchProblem(url, "not_html", f"a file, not a page ({content_type})", response.status)
        if "html" in (content_type or "html") and body and not is_file:
            if not ends_early(body):
                self._closes_its_pages = True
            elif self._closes_its_pages and _OPENING.search(body, 0, _HEAD):
                # Only where the portal's other pages have it: some CMSes never write </html>, and rows that a
                # script loads have no beginning either.
                return FetchProblem(url, "truncated", f"page ends early, after {len(body)} bytes")
        return Page(
            url=url,
            body=body,
            fetched_at=datetime.now(UTC),
            content_type=content_type,
            status=response.status,
            headers=headers,
            row=row,
            asked=asked_of(response.request),
        )

    def _remember(self, response: Response, cookies: Iterable[str]) -> None:
        named = dict(islice(cookies_of(cookies), MOST_COOKIES))
        is_form = response.request is not None and response.request.method == "POST"
        kept = self._cookies[1] if is_form else {}
        self._cookies = origin(response.url), dict(islice((kept | named).items(), MOST_COOKIES))


def ignore_warning(warning: FetchProblem) -> None:
    """The listener of a fetcher whose warnings nobody wants."""
    del warning


def location_of(response: Response) -> str:
    """Return where a redirect goes, as printed; many servers write raw UTF-8 there (RFC 9110 10.2.2)."""
    return (response.headers.get("Location") or b"").decode("utf-8", errors="replace").strip()


def refresh_of(response: Response) -> str:
    """Return where a page sends its readers by ``<meta http-equiv="refresh">``, empty where it does not."""
    if response.status not in PAGES or not 0 < len(response.body) <= REFRESH_BYTES:
        return ""
    found = _REFRESH.search(response.body)
    if found is None or int(found[1]) > REFRESH_SECONDS:
        return ""
    target = found[2].decode("utf-8", errors="replace").strip()
    return "" if urljoin(response.url, target) == response.url else target


def well_formed(url: str) -> bool:
    """Tell whether every parser of URLs reads this one alike (no user info, no backslash)."""
    try:
        host_and_port(url)
    except FetchRefused:
        return False
    return True


def ends_early(body: bytes) -> bool:
    """Tell whether an HTML page lacks its end."""
    if b"\0" in body[:64]:
        body = body.replace(b"\0", b"")  # UTF-16: every second byte of markup
    if body.find(b"</html>", -_TAIL) >= 0:
        return False
    # To search all of a page takes 0.3 of the 2.1 million instructions of a download.
    return _CLOSING.search(body, max(0, len(body) - _TAIL)) is None and _CLOSING.search(body) is None


def headers_of(response: Response) -> dict[str, str]:
    """Return the headers by their names in small letters, without control characters."""
    named = {
        header_name(name): b", ".join(values).decode("latin-1")
        for name, values in dict.items(response.headers)  # Headers.items looks each name up again
    }
    if _CONTROL.search("".join(named.values())) is not None:
        named = {name: without_control(value) for name, value in named.items()}
    return named


@lru_cache(maxsize=512)
def header_name(name: bytes) -> str:
    """Return a header's name in small letters, without control characters."""
    return without_control(name.decode("latin-1")).lower()


def without_control(text: str) -> str:
    """Return a text without control characters, which PostgreSQL would refuse."""
    return _CONTROL.sub("", text)


def drawn_out(seconds: float) -> float:
    """Return a pause a little longer, by chance."""
    return seconds * (1 + random.uniform(0, JITTER))  # noqa: S311


def cookie_names(lines: Iterable[str]) -> str:
    """What is kept of Set-Cookie lines: platforms are known by the names; the values are secrets."""
    names = (line.partition("=")[0].strip() for line in lines)
    return ", ".join(f"{name}=" for name in names if name and not set(name) & set(" ;,"))


def cookies_of(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The names and values of Set-Cookie lines that can be sent back as they are."""
    for line in lines:
        name, _, value = line.partition(";")[0].strip().partition("=")
        told = name + value
        if name and len(told) <= LONGEST_COOKIE and told.isascii() and told.isprintable():
            yield name, value


def asked_of(request: Request | None) -> Asked | None:
    """How a page was asked for, as the archive keeps it."""
    if request is None:
        return None
    headers = tuple([(name, *values) for name, values in dict.items(request.headers)])
    return Asked(request.method, _spelled(headers), request.body)


@lru_cache(maxsize=64)
def _spelled(headers: tuple[tuple[bytes, ...], ...]) -> tuple[tuple[str, str], ...]:
    """Names and values as text; most requests have the same."""
    return tuple((name.decode("latin-1"), b", ".join(values).decode("latin-1")) for name, *values in headers)


def problem(url: str, error: Exception) -> FetchProblem:
    """Return what a raised exception means for ``url``, in one line without addresses of objects."""
    kind = error_of_exception(error)
    until = next((c.until for c in causes(error) if isinstance(c, FetchRefused)), None)
    said = {
        "connect": "connection refused",
        "connect_timeout": "no connection within the time limit",
        "timeout": "no complete answer within the time limit",
        "reset": "connection closed by the server before the answer was complete",
        "dataloss": "the answer is shorter than announced",
        "too_large": "the answer is larger than the limit",
    }.get(kind)
    refused = next((str(c) for c in causes(error) if isinstance(c, FetchRefused)), None)
    return FetchProblem(url, kind, refused or said or " ".join(str(error).split())[:300], until=until)
